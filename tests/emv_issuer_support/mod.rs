//! A terminal that is written by hand, with none of the kernel: for tests of
//! the simulated card.
#![allow(dead_code)]

pub mod authentication;

use std::collections::BTreeMap;

use embedded_pos::sim::card::{Application as _, EmvApplet, Personalisation};
use embedded_pos::sim::issuer::Issuer;

pub const PAN: &str = "6200000000000005";
pub const SELECT: &[u8] = b"\x00\xA4\x04\x00\x08\xA0\x00\x00\x03\x33\x01\x01\x01\x00";

/// The elements of one level.
pub fn elements(mut bytes: &[u8]) -> Vec<(u32, Vec<u8>)> {
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let mut tag = 0;
        let mut at = 0;
        loop {
            tag = tag << 8 | u32::from(bytes[at]);
            at += 1;
            let ends = if at == 1 { bytes[0] & 0x1F != 0x1F } else { bytes[at - 1] & 0x80 == 0 };
            if ends {
                break;
            }
        }
        let (length, start) = match bytes[at] {
            0x81 => (usize::from(bytes[at + 1]), at + 2),
            0x82 => (usize::from(bytes[at + 1]) << 8 | usize::from(bytes[at + 2]), at + 3),
            short => (usize::from(short), at + 1),
        };
        assert!(bytes[at] <= 0x82);
        found.push((tag, bytes[start..start + length].to_vec()));
        bytes = &bytes[start + length..];
    }
    found
}

/// An element, with its tag and length.
pub fn element(tag: u32, value: &[u8]) -> Vec<u8> {
    let bytes = tag.to_be_bytes();
    let mut made: Vec<u8> = bytes.into_iter().skip_while(|&byte| byte == 0).collect();
    match u8::try_from(value.len()).unwrap() {
        short @ 0..0x80 => made.push(short),
        long => made.extend([0x81, long]),
    }
    made.extend(value);
    made
}

/// Data and status word.
pub fn parts(answer: &[u8]) -> (Vec<u8>, u16) {
    let (data, status) = answer.split_last_chunk().unwrap();
    (data.to_vec(), u16::from_be_bytes(*status))
}

/// A short command with data, and with Le if it expects some.
pub fn command(header: [u8; 4], data: &[u8], expects: bool) -> Vec<u8> {
    let mut command = header.to_vec();
    if !data.is_empty() {
        command.push(u8::try_from(data.len()).unwrap());
        command.extend(data);
    }
    if expects {
        command.push(0);
    }
    command
}

/// A session with a card.
pub struct Session {
    pub card: EmvApplet,
    pub issuer: Issuer,
    /// What the terminal knows, and the card said.
    pub known: BTreeMap<u32, Vec<u8>>,
    /// Static Data to be Authenticated.
    pub static_data: Vec<u8>,
    pub pdol_data: Vec<u8>,
    pub cdol1_data: Vec<u8>,
    pub cdol2_data: Vec<u8>,
}

/// What a GENERATE AC brought.
pub struct Generated {
    /// The answer without its template.
    pub content: Vec<u8>,
    pub information: u8,
    /// The cryptogram, where it is in the clear.
    pub cryptogram: Vec<u8>,
}

impl Session {
    /// With a new card of this personalisation.
    pub fn new(personal: Personalisation) -> Self {
        let issuer = Issuer::default();
        Self::with(EmvApplet::new(personal, &issuer), issuer)
    }

    pub fn with(card: EmvApplet, issuer: Issuer) -> Self {
        let told: [(u32, &[u8]); 11] = [
            (0x9F02, b"\x00\x00\x00\x02\x00\x00"),
            (0x9F03, &[0; 6]),
            (0x9F1A, b"\x01\x56"),
            (0x95, b"\x80\x00\x00\x00\x00"),
            (0x5F2A, b"\x01\x56"),
            (0x9A, b"\x25\x03\x01"),
            (0x9C, &[0]),
            (0x9F37, b"\x01\x02\x03\x04"),
            (0x9F21, b"\x10\x15\x30"),
            (0x9F4E, &[0x20; 20]),
            (0x8A, b"00"),
        ];
        let known = told.into_iter().map(|(tag, value)| (tag, value.to_vec())).collect();
        let (static_data, pdol_data) = (Vec::new(), Vec::new());
        let (cdol1_data, cdol2_data) = (Vec::new(), Vec::new());
        Self { card, issuer, known, static_data, pdol_data, cdol1_data, cdol2_data }
    }

    /// Begins again.
    pub fn reset(&mut self) -> &mut Self {
        self.card.reset();
        self.static_data.clear();
        self
    }

    pub fn send(&mut self, header: [u8; 4], data: &[u8], expects: bool) -> (Vec<u8>, u16) {
        parts(&self.card.process(&command(header, data, expects)))
    }

    pub fn status(&mut self, header: [u8; 4], data: &[u8], expects: bool) -> u16 {
        self.send(header, data, expects).1
    }

    /// SELECT and GET PROCESSING OPTIONS; the locator.
    pub fn open(&mut self) -> Vec<u8> {
        let (fci, status) = parts(&self.card.process(SELECT));
        assert_eq!(status, 0x9000);
        let fci = elements(&elements(&fci)[0].1);
        let own = elements(&fci.iter().find(|(tag, _)| *tag == 0xA5).unwrap().1);
        let list = own.into_iter().find(|(tag, _)| *tag == 0x9F38).map(|found| found.1);
        self.pdol_data = self.fill(&list.unwrap_or_default());
        let data = [&[0x83], &[u8::try_from(self.pdol_data.len()).unwrap()], &self.pdol_data[..]];
        let (answer, status) = self.send([0x80, 0xA8, 0, 0], &data.concat(), true);
        assert_eq!(status, 0x9000);
        let (template, content) = elements(&answer).remove(0);
        let found = match template {
            0x80 => vec![(0x82, content[..2].to_vec()), (0x94, content[2..].to_vec())],
            _ => elements(&content),
        };
        self.known.extend(found);
        self.known[&0x94].clone()
    }

    /// READ RECORD of all that the locator says.
    pub fn read(&mut self) {
        let locator = self.known[&0x94].clone();
        for entry in locator.chunks(4) {
            for number in entry[1]..=entry[2] {
                let (record, status) = self.send([0x00, 0xB2, number, entry[0] | 4], &[], true);
                assert_eq!(status, 0x9000, "{entry:02X?}, {number}");
                let (tag, content) = elements(&record).remove(0);
                assert_eq!(tag, 0x70);
                if number < entry[1] + entry[3] {
                    let whole = entry[0] >> 3 > 10;
                    self.static_data.extend(if whole { &record } else { &content });
                }
                self.known.extend(elements(&content));
            }
        }
        if let Some(list) = self.known.get(&0x9F4A) {
            assert_eq!(list, &[0x82]);
            self.static_data.extend(&self.known[&0x82]);
        }
    }

    /// SELECT to READ RECORD.
    pub fn begin(&mut self) -> &mut Self {
        self.open();
        self.read();
        self
    }

    /// Answers a list from what is known; zeros for what is not.
    pub fn fill(&self, mut list: &[u8]) -> Vec<u8> {
        let mut data = Vec::new();
        while !list.is_empty() {
            let long = list[0] & 0x1F == 0x1F;
            let (tag, rest) = list.split_at(if long { 2 } else { 1 });
            let tag = tag.iter().fold(0, |tag, &byte| tag << 8 | u32::from(byte));
            let mut value = self.known.get(&tag).cloned().unwrap_or_default();
            value.resize(rest[0].into(), 0);
            data.extend(value);
            list = &rest[1..];
        }
        data
    }

    pub fn generate(&mut self, asked: u8) -> Generated {
        self.generated(asked, 0x8C)
    }

    pub fn generate_second(&mut self, asked: u8) -> Generated {
        self.generated(asked, 0x8D)
    }

    fn generated(&mut self, asked: u8, list: u32) -> Generated {
        let data = self.fill(&self.known[&list].clone());
        let (answer, status) = self.send([0x80, 0xAE, asked, 0], &data, true);
        assert_eq!(status, 0x9000);
        if list == 0x8C {
            self.cdol1_data = data
        } else {
            self.cdol2_data = data
        }
        let (template, content) = elements(&answer).remove(0);
        let found = match template {
            0x80 => vec![
                (0x9F27, content[..1].to_vec()),
                (0x9F36, content[1..3].to_vec()),
                (0x9F26, content[3..11].to_vec()),
                (0x9F10, content[11..].to_vec()),
            ],
            _ => elements(&content),
        };
        self.known.extend(found);
        let information = self.known[&0x9F27][0];
        let cryptogram = self.known.get(&0x9F26).cloned().unwrap_or_default();
        Generated { content, information, cryptogram }
    }

    /// Field 55 of a request.
    pub fn field_55(&self) -> Vec<u8> {
        let tags = [
            0x9F26, 0x9F27, 0x9F10, 0x9F37, 0x9F36, 0x95, 0x9A, 0x9C, 0x9F02, 0x5F2A, 0x82, 0x9F1A,
            0x9F03,
        ];
        tags.iter().flat_map(|tag| element(*tag, &self.known[tag])).collect()
    }

    /// The kind of the last cryptogram, if it is the card's.
    pub fn kind(&self) -> Option<u8> {
        self.issuer.verify(PAN, 1, &self.field_55())
    }

    /// Asks the issuer, and keeps what it says: `8A`, `91`, scripts as they
    /// are. Whether it approves.
    pub fn go_online(&mut self) -> bool {
        let answer = self.issuer.authorise(PAN, 1, &self.field_55());
        self.known.insert(0x8A, answer.arc.to_vec());
        [0x91, 0x71, 0x72].iter().for_each(|tag| {
            self.known.remove(tag);
        });
        self.known.extend(elements(&answer.field_55));
        answer.approved
    }

    /// EXTERNAL AUTHENTICATE with what the issuer said.
    pub fn authenticate(&mut self) -> u16 {
        let data = self.known[&0x91].clone();
        self.status([0x00, 0x82, 0, 0], &data, false)
    }

    /// Carries out the scripts of a template; the status words.
    pub fn run(&mut self, template: u32) -> Vec<u16> {
        let script = elements(&self.known[&template]);
        assert_eq!(script[0].0, 0x9F18);
        let commands = script.into_iter().filter(|(tag, _)| *tag == 0x86);
        commands.map(|(_, command)| parts(&self.card.process(&command)).1).collect()
    }

    /// A transaction that its issuer is asked for, up to the issuer's answer.
    pub fn ask(&mut self) -> &mut Self {
        self.begin();
        assert_eq!(self.generate(0x80).information, 0x80);
        assert!(self.go_online());
        self
    }
}
