//! ID cards: their 256 bytes of text, and what is on the chip beside it.
//!
//! Made of the lengths of the fields, one after another, in the order of the
//! published structures; the parser has places instead.

use std::string::{String, ToString};
use std::vec::Vec;

use crate::sim::Draw;

/// What a simulated card holds.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Card {
    kind: Kind,
    /// The name in Chinese.
    pub name: String,
    /// The name of a foreigner in Latin letters.
    pub english_name: String,
    /// The code of the sex.
    pub sex: String,
    /// The code of the ethnic group.
    pub nation: String,
    /// `YYYYMMDD`.
    pub birth: String,
    /// The address.
    pub address: String,
    /// The number of the holder.
    pub number: String,
    /// Who issued it; the code of the authority on a card of 2017.
    pub issuer: String,
    /// `YYYYMMDD`.
    pub valid_from: String,
    /// `YYYYMMDD`, or 长期.
    pub valid_until: String,
    /// The number of the holder's pass.
    pub pass: String,
    /// How often it was issued.
    pub count: String,
    /// The code of the country.
    pub country: String,
    /// The version of the card.
    pub version: String,
    /// The related item.
    pub related: String,
    /// 1 024 bytes, which no decoder has to understand.
    pub photo: Vec<u8>,
    /// 1 024 bytes, 512, or none.
    pub fingerprint: Vec<u8>,
    /// An address added later.
    pub newest_address: Option<String>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    Resident,
    Permit,
    Foreigner2017,
    Foreigner2023,
}

/// No country: ISO 3166 leaves XAA to XZZ to its users.
const NO_COUNTRY: &str = "XXA";

/// Data of a chip that mean nothing, of so many bytes.
fn data(seed: u64, len: usize) -> Vec<u8> {
    let mut draw = Draw::new(seed);
    (0..len).map(|_| draw.number().to_le_bytes()[0]).collect()
}

fn card(kind: Kind, name: &str, number: &str) -> Card {
    Card {
        kind,
        name: name.into(),
        english_name: String::new(),
        sex: "1".into(),
        nation: "01".into(),
        birth: "19900101".into(),
        address: "某省某市某区试验路1号".into(),
        number: number.into(),
        issuer: "某市公安局试验分局".into(),
        valid_from: "20200101".into(),
        valid_until: "20400101".into(),
        pass: String::new(),
        count: String::new(),
        country: String::new(),
        version: String::new(),
        related: String::new(),
        photo: data(1, 1_024),
        fingerprint: data(2, 1_024),
        newest_address: None,
    }
}

/// A resident ID card, of an area that there is not.
#[must_use]
pub fn resident(name: &str) -> Card {
    card(Kind::Resident, name, &with_check("00000019900101001"))
}

/// A residence permit for residents of Hong Kong, Macau or Taiwan.
#[must_use]
pub fn permit(name: &str) -> Card {
    let number = with_check("81999919900101001");
    Card { pass: "H00000000".into(), count: "01".into(), ..card(Kind::Permit, name, &number) }
}

/// The card of a foreign permanent resident, as of 2017.
#[must_use]
pub fn foreigner_2017(english_name: &str) -> Card {
    Card {
        english_name: english_name.into(),
        country: NO_COUNTRY.into(),
        issuer: "0000".into(),
        version: "01".into(),
        ..card(Kind::Foreigner2017, "测试", "XXA000090010100")
    }
}

/// The same as of 2023.
#[must_use]
pub fn foreigner_2023(english_name: &str) -> Card {
    Card {
        english_name: english_name.into(),
        country: NO_COUNTRY.into(),
        count: "00".into(),
        related: "0".into(),
        ..card(Kind::Foreigner2023, "测试", &with_check("90000019900101001"))
    }
}

impl Card {
    /// With this day of birth, `YYYYMMDD`, which is not checked.
    #[must_use]
    pub fn birth(mut self, birth: &str) -> Self {
        self.birth = birth.into();
        self
    }

    /// Valid from, and until.
    #[must_use]
    pub fn valid(mut self, from: &str, until: &str) -> Self {
        self.valid_from = from.into();
        self.valid_until = until.into();
        self
    }

    /// With an address added later.
    #[must_use]
    pub fn moved(mut self, address: &str) -> Self {
        self.newest_address = Some(address.into());
        self
    }

    /// With so many bytes of fingerprints: 1 024, 512 or 0.
    #[must_use]
    pub fn fingerprints(mut self, len: usize) -> Self {
        self.fingerprint = data(2, len);
        self
    }

    /// The text as it is on the chip.
    #[must_use]
    pub fn text(&self) -> [u8; 256] {
        let english: Vec<char> = self.english_name.chars().collect();
        let (front, rest) = english.split_at(english.len().min(35));
        let (front, rest) = (String::from_iter(front), String::from_iter(rest));
        let like_resident = |nation, address, issuer, end: &[_]| {
            let fields = [
                (&*self.name, 30),
                (&self.sex, 2),
                (nation, 4),
                (&self.birth, 16),
                (address, 70),
                (&self.number, 36),
                (issuer, 30),
                (&self.valid_from, 16),
                (&self.valid_until, 16),
            ];
            chip(&[&fields, end].concat())
        };
        match self.kind {
            Kind::Resident => {
                like_resident(&*self.nation, &*self.address, &*self.issuer, &[("", 36)])
            }
            Kind::Permit => {
                let end = [(&*self.pass, 18), (&self.count, 4), ("", 6), ("J", 2), ("", 6)];
                like_resident("", &self.address, &self.issuer, &end)
            }
            Kind::Foreigner2023 => {
                let end = [(&*rest, 22), (&self.country, 6), ("Y", 2), (&self.related, 6)];
                like_resident(&self.count, &front, "", &end)
            }
            Kind::Foreigner2017 => chip(&[
                (&self.english_name, 120),
                (&self.sex, 2),
                (&self.number, 30),
                (&self.country, 6),
                (&self.name, 30),
                (&self.valid_from, 16),
                (&self.valid_until, 16),
                (&self.birth, 16),
                (&self.version, 4),
                (&self.issuer, 8),
                ("I", 2),
                ("", 6),
            ]),
        }
    }
}

/// Fields of so many bytes, one after another.
fn chip(fields: &[(&str, usize)]) -> [u8; 256] {
    let bytes: Vec<u8> = fields.iter().flat_map(|(text, len)| utf16(text, *len)).collect();
    bytes.try_into().unwrap_or([0; 256])
}

/// UTF-16, the low byte first, cut or filled up with spaces to so many bytes.
#[must_use]
pub fn utf16(text: &str, len: usize) -> Vec<u8> {
    let mut bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    bytes.truncate(len);
    while bytes.len() < len {
        bytes.extend([b' ', 0]);
    }
    bytes
}

/// The seventeen digits with their check character (ISO 7064, MOD 11-2, from
/// the left: twice the sum so far and the next digit).
#[must_use]
pub fn with_check(digits: &str) -> String {
    let product = digits.bytes().fold(0, |product, digit| {
        let digit = u32::from(digit.wrapping_sub(b'0'));
        (product + digit) * 2 % 11
    });
    let check = match (12 - product) % 11 {
        10 => "X".into(),
        check => check.to_string(),
    };
    digits.to_string() + &check
}

/// A card of any kind, with data drawn by lot.
#[must_use]
pub fn any(draw: &mut Draw) -> Card {
    const GIVEN: &str = "甲乙丙丁戊己庚辛壬癸一二三四五六七八九";
    let len = 1 + draw.below(2);
    let name = String::from("测试") + &draw.text(GIVEN, len);
    let letters = 3 + draw.below(38);
    let english = String::from("TEST ") + &draw.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", letters) + "Z";
    let mut card = match draw.below(4) {
        0 => resident(&name),
        1 => permit(&name),
        2 => foreigner_2017(&english),
        _ => foreigner_2023(&english),
    };
    let year = 1_930 + draw.below(90);
    let (month, day) = (1 + draw.below(12), 1 + draw.below(28));
    card.birth = std::format!("{year}{month:02}{day:02}");
    if card.kind != Kind::Foreigner2017 {
        let area: String = card.number.chars().take(6).collect();
        card.number = with_check(&std::format!("{area}{}{:03}", card.birth, draw.below(1_000)));
    }
    card.sex = draw.text("12", 1);
    card.nation = std::format!("{:02}", 1 + draw.below(56));
    card.valid_until = if draw.below(3) == 0 {
        "长期".into()
    } else {
        std::format!("20{}0101", 30 + draw.below(60))
    };
    card
}

/// A card that is wrong in one field: the card, and the name of the field as
/// `IdCard`'s `Field` has it.
#[must_use]
pub fn nearly(draw: &mut Draw) -> (Card, &'static str) {
    let mut card = any(draw);
    let bad = *draw.one_of(&["19900230", "2O000101", "19901301", "        "]).unwrap_or(&"");
    let field = match draw.below(3) {
        0 => {
            card.birth = bad.into();
            "Birth"
        }
        1 => {
            card.valid_from = bad.into();
            "ValidFrom"
        }
        _ => {
            card.valid_until = "长长".into();
            "ValidUntil"
        }
    };
    (card, field)
}
