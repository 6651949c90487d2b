use std::string::String;
use std::vec::Vec;

use super::wire::tlv;

/// What is written into a card when it is made.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Personalisation {
    /// The card number: digits.
    pub pan: String,
    /// Which of the cards with that number it is.
    pub pan_sequence: u8,
    /// Whether it has a directory, `1PAY.SYS.DDF01`.
    pub directory: bool,
    /// Its applications, in the order in which it finds them.
    pub applications: Vec<CardApplication>,
}

/// One application of a card.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CardApplication {
    /// Its name.
    pub name: Vec<u8>,
    /// Its label.
    pub label: String,
    /// Application Priority Indicator: place in the order, 0 for none; bit 8
    /// asks for confirmation.
    pub priority: u8,
    /// Application Interchange Profile.
    pub profile: [u8; 2],
    /// What it wants to know at first.
    pub pdol: Option<Vec<u8>>,
    /// What it wants to know for its first cryptogram. Needs the amounts
    /// `9F02` and `9F03`, `9F1A`, `95`, `5F2A`, `9A`, `9C` and `9F37`, over
    /// which cryptograms are made.
    pub cdol1: Vec<u8>,
    /// What it wants to know for its second. Needs the same, and `8A`.
    pub cdol2: Vec<u8>,
    /// How it lays out its answers.
    pub layout: Layout,
    /// Further records: file, number, content of the template.
    pub records: Vec<(u8, u8, Vec<u8>)>,
    /// Whether it is blocked.
    pub blocked: bool,
    /// Whether it says "conditions of use not satisfied" to GET PROCESSING
    /// OPTIONS.
    pub unwilling: bool,
    /// Whether it declines when the issuer did not prove to be the issuer.
    pub mutual: bool,
}

/// How a card lays out its answers to GET PROCESSING OPTIONS and GENERATE AC.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Layout {
    /// Format 1: template `80`, values without tags.
    Values,
    /// Format 2: template `77`, elements.
    Elements,
}

impl Default for Personalisation {
    /// A synthetic UnionPay debit card with a directory.
    fn default() -> Self {
        Self {
            pan: "6200000000000005".into(),
            pan_sequence: 1,
            directory: true,
            applications: [CardApplication::new(0x01, "UnionPay Debit", 1)].into(),
        }
    }
}

impl CardApplication {
    /// A UnionPay application: the last byte of its name is 1 for debit, 2 for
    /// credit, 3 for quasi-credit.
    #[must_use]
    pub fn new(last: u8, label: &str, priority: u8) -> Self {
        Self {
            name: [0xA0, 0x00, 0x00, 0x03, 0x33, 0x01, 0x01, last].into(),
            label: label.into(),
            priority,
            profile: [0x1C, 0x00],
            pdol: Some([0x9F, 0x1A, 0x02, 0x9F, 0x02, 0x06].into()),
            cdol1: [
                &b"\x9F\x02\x06\x9F\x03\x06\x9F\x1A\x02\x95\x05\x5F\x2A\x02"[..],
                b"\x9A\x03\x9C\x01\x9F\x37\x04\x9F\x21\x03\x9F\x4E\x14",
            ]
            .concat(),
            cdol2: [
                &b"\x8A\x02\x9F\x02\x06\x9F\x03\x06\x9F\x1A\x02\x95\x05"[..],
                b"\x5F\x2A\x02\x9A\x03\x9C\x01\x9F\x37\x04\x9F\x21\x03",
            ]
            .concat(),
            layout: Layout::Elements,
            records: Vec::new(),
            blocked: false,
            unwilling: false,
            mutual: false,
        }
    }

    /// With issuer authentication in the second GENERATE AC and not by
    /// EXTERNAL AUTHENTICATE.
    #[must_use]
    pub fn without_external_authenticate(mut self) -> Self {
        self.profile = [0x18, 0x00];
        self.cdol2 = [b"\x91\x0A", self.cdol2.as_slice()].concat();
        self
    }

    /// File Control Information.
    pub(super) fn fci(&self) -> Vec<u8> {
        let mut own = tlv(&[0x50], self.label.as_bytes());
        if self.priority != 0 {
            own.extend(tlv(&[0x87], &[self.priority]));
        }
        if let Some(pdol) = &self.pdol {
            own.extend(tlv(&[0x9F, 0x38], pdol));
        }
        own.extend(tlv(&[0x5F, 0x2D], b"zhen"));
        tlv(&[0x6F], &[tlv(&[0x84], &self.name), tlv(&[0xA5], &own)].concat())
    }

    /// Its entry in the directory.
    pub(super) fn entry(&self) -> Vec<u8> {
        let mut own = [tlv(&[0x4F], &self.name), tlv(&[0x50], self.label.as_bytes())].concat();
        if self.priority != 0 {
            own.extend(tlv(&[0x87], &[self.priority]));
        }
        tlv(&[0x61], &own)
    }
}

impl Personalisation {
    /// The records of an application: file, number, content of the template.
    pub(super) fn records(&self, application: &CardApplication) -> Vec<(u8, u8, Vec<u8>)> {
        let track = std::format!("{}D31122200000000000", self.pan);
        let holder = [
            tlv(&[0x5A], &compressed(&self.pan)),
            tlv(&[0x5F, 0x24], &[0x31, 0x12, 0x31]),
            tlv(&[0x5F, 0x34], &[self.pan_sequence]),
            tlv(&[0x5F, 0x28], &[0x01, 0x56]),
        ];
        let lists = [tlv(&[0x8C], &application.cdol1), tlv(&[0x8D], &application.cdol2)];
        let mut records = std::vec![
            (1, 1, [tlv(&[0x57], &compressed(&track)), tlv(&[0x5F, 0x20], b"TEST/CARD")].concat()),
            (2, 1, holder.concat()),
            (2, 2, lists.concat()),
        ];
        records.extend(application.records.iter().cloned());
        records
    }
}

/// Digits two in a byte, padded with `F`.
fn compressed(digits: &str) -> Vec<u8> {
    let nibble = |digit: u8| if digit == b'D' { 0xD } else { digit.wrapping_sub(b'0') & 0x0F };
    let pair = |pair: &[u8]| match *pair {
        [high, low] => nibble(high) << 4 | nibble(low),
        [high] => nibble(high) << 4 | 0x0F,
        _ => 0xFF,
    };
    digits.as_bytes().chunks(2).map(pair).collect()
}
