use std::string::String;
use std::vec::Vec;

use super::wire::{element, tlv, value};
use crate::sim::card::pki::Pki;
use crate::sim::issuer::Scheme;

/// The elements that stand in the File Control Information: languages, code
/// table, preferred name, discretionary data.
pub(super) const IN_FCI: [u32; 4] = [0x5F2D, 0x9F11, 0x9F12, 0xBF0C];

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
    /// What VERIFY compares with; without one, there is no VERIFY.
    pub pin: Option<CardPin>,
    /// How many transactions it had: Application Transaction Counter, `9F36`,
    /// before the next.
    pub counter: u16,
    /// The counter of the last transaction that went online, `9F13`.
    pub last_online: u16,
}

/// The PIN of a card.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CardPin {
    /// 4 to 12 digits.
    pub digits: String,
    /// How often it may be wrong in a row.
    pub limit: u8,
    /// How often it may be wrong from now on: PIN Try Counter, `9F17`.
    pub tries: u8,
}

/// One application of a card.
///
/// Its elements are a default for each, what [`with`](Self::with) says of it,
/// and the certificates of its [`authentication`](Self::authentication). They
/// stand in records as [`placements`](Self::placements) says.
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
    /// Further elements, or other values: a tag and a value, an empty one for
    /// an element that is not there. See [`with`](Self::with).
    pub elements: Vec<(u32, Vec<u8>)>,
    /// Which element is in which record, in the order of the Application File
    /// Locator.
    pub placements: Vec<Placement>,
    /// Further records: file, number, content of the template. They are not
    /// authenticated.
    pub records: Vec<(u8, u8, Vec<u8>)>,
    /// With which keys its data are authenticated offline. Which ways there
    /// are is in its [`profile`](Self::profile): see
    /// [`authenticated`](Self::authenticated).
    pub authentication: Option<Pki>,
    /// Which cryptograms it makes.
    pub scheme: Scheme,
    /// When it goes online, and when it declines.
    pub risk: Risk,
    /// Whether it is blocked.
    pub blocked: bool,
    /// Whether it says "conditions of use not satisfied" to GET PROCESSING
    /// OPTIONS.
    pub unwilling: bool,
    /// Whether it declines when the issuer did not prove to be the issuer.
    pub mutual: bool,
}

/// A record of the elements of these tags; of those that are there. A record
/// of none is not there either.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Placement {
    /// Short File Identifier, 1 to 30.
    pub file: u8,
    /// The number in the file, from 1.
    pub number: u8,
    /// What is in it. What is in no placement at all stands at the end of the
    /// one that is for [`REST`](Self::REST).
    pub tags: Vec<u32>,
    /// Whether it is among the Static Data to be Authenticated.
    pub authenticated: bool,
}

/// Limits of a card's own; amounts in minor units of its currency. A limit that
/// is absent is none.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Risk {
    /// Above this amount, it gives no TC without its issuer.
    pub online_above: Option<u64>,
    /// Above this amount, it declines.
    pub decline_above: Option<u64>,
    /// After so many transactions in a row offline, it asks its issuer.
    pub online_after: Option<u8>,
    /// After so many, it declines if its issuer cannot be reached.
    pub decline_after: Option<u8>,
    /// Above this amount in a row offline, it asks its issuer.
    pub online_above_in_all: Option<u64>,
    /// It asks its issuer in its first transaction.
    pub first_online: bool,
}

/// How a card lays out its answers to GET PROCESSING OPTIONS, INTERNAL
/// AUTHENTICATE and GENERATE AC.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Layout {
    /// Format 1: template `80`, values without tags.
    Values,
    /// Format 2: template `77`, elements.
    Elements,
}

/// A way of offline data authentication (EMV Book 2, 5 and 6).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Authentication {
    /// Static: SDA.
    Static,
    /// Dynamic: DDA.
    Dynamic,
    /// Combined with the cryptogram: CDA; the card can do DDA as well.
    Combined,
}

impl Default for Personalisation {
    /// A synthetic UnionPay debit card with a directory and without a PIN.
    fn default() -> Self {
        Self {
            pan: "6200000000000005".into(),
            pan_sequence: 1,
            directory: true,
            applications: [CardApplication::new(0x01, "UnionPay Debit", 1)].into(),
            pin: None,
            counter: 0,
            last_online: 0,
        }
    }
}

impl Personalisation {
    /// A card with this application alone.
    #[must_use]
    pub fn of(application: CardApplication) -> Self {
        Self { applications: [application].into(), ..Self::default() }
    }

    /// With this PIN and three tries.
    #[must_use]
    pub fn with_pin(self, digits: &str) -> Self {
        Self { pin: Some(CardPin { digits: digits.into(), limit: 3, tries: 3 }), ..self }
    }
}

impl Placement {
    /// Stands for every element that no placement names.
    pub const REST: u32 = 0;

    /// A record of these elements.
    #[must_use]
    pub fn new(file: u8, number: u8, tags: &[u32]) -> Self {
        Self { file, number, tags: tags.into(), authenticated: false }
    }

    /// The same, among the Static Data to be Authenticated.
    #[must_use]
    pub fn authenticated(self) -> Self {
        Self { authenticated: true, ..self }
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
            elements: Vec::new(),
            placements: placements(),
            records: Vec::new(),
            authentication: None,
            scheme: Scheme::TRIPLE_DES,
            risk: Risk::default(),
            blocked: false,
            unwilling: false,
            mutual: false,
        }
    }

    /// With issuer authentication in the second GENERATE AC and not by
    /// EXTERNAL AUTHENTICATE.
    #[must_use]
    pub fn without_external_authenticate(mut self) -> Self {
        let [first, second] = self.profile;
        self.profile = [first & !0x04, second];
        let length = if self.scheme.response == Scheme::TRIPLE_DES.response { 0x0A } else { 0x08 };
        self.cdol2 = [&[0x91, length], self.cdol2.as_slice()].concat();
        self
    }

    /// With this value of an element: `8E` for a CVM list, `9F0D`, `9F0E` and
    /// `9F0F` for Issuer Action Codes, `9F07` for Application Usage Control,
    /// `5F24` and `5F25` for dates, `9F08` for the version, `9F14` and `9F23` for
    /// the limits of consecutive offline transactions, `5F28` for the country,
    /// `9F49` and `97` for lists, `9F4F` for the format of a log (GET DATA), `5F2D`,
    /// `9F11`, `9F12` and `BF0C` for the answer to SELECT, and any other.
    /// An empty value takes an element away.
    #[must_use]
    pub fn with(mut self, tag: u32, value: &[u8]) -> Self {
        self.elements.retain(|(known, _)| *known != tag);
        self.elements.push((tag, value.into()));
        self
    }

    /// Authenticated offline in this way, by these keys: sets the bits of the
    /// profile.
    #[must_use]
    pub fn authenticated(mut self, by: Authentication, pki: Pki) -> Self {
        let [first, second] = self.profile;
        let bits = match by {
            Authentication::Static => 0x40,
            Authentication::Dynamic => 0x20,
            Authentication::Combined => 0x21,
        };
        self.profile = [first | bits, second];
        self.authentication = Some(pki);
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
        for tag in IN_FCI {
            let own_value = value(&self.elements, tag).map(Vec::as_slice);
            let default: &[u8] = if tag == 0x5F2D { b"zhen" } else { &[] };
            let value = own_value.unwrap_or(default);
            own.extend(if value.is_empty() { Vec::new() } else { element(tag, value) });
        }
        tlv(&[0x6F], &[tlv(&[0x84], &self.name), tlv(&[0xA5], &own)].concat())
    }

    /// Its entry in the directory.
    pub(super) fn entry(&self) -> Vec<u8> {
        let mut own = [tlv(&[0x4F], &self.name), element(0x50, self.label.as_bytes())].concat();
        if self.priority != 0 {
            own.extend(tlv(&[0x87], &[self.priority]));
        }
        tlv(&[0x61], &own)
    }
}

/// The records of a card: certificates each in one of their own, as they are
/// long.
fn placements() -> Vec<Placement> {
    [
        Placement::new(1, 1, &[0x57, 0x5F20, 0x9F1F]),
        Placement::new(2, 1, &[0x5A, 0x5F24, 0x5F34, 0x5F28]).authenticated(),
        Placement::new(2, 2, &[0x8C, 0x8D, 0x97]).authenticated(),
        Placement::new(2, 3, &[Placement::REST]).authenticated(),
        Placement::new(4, 1, &[0x8F, 0x9F32, 0x92, 0x9F49, 0x9F4A]),
        Placement::new(4, 2, &[0x90]),
        Placement::new(4, 3, &[0x93]),
        Placement::new(4, 4, &[0x9F47, 0x9F48]),
        Placement::new(4, 5, &[0x9F46]),
        Placement::new(5, 1, &[0x9F2E, 0x9F2F]),
        Placement::new(5, 2, &[0x9F2D]),
    ]
    .into()
}
