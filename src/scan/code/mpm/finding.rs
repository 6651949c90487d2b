use core::fmt;

use super::{Amount, Mpm, MpmError, Object, Objects, id};

/// What a merchant-presented code has that the standard does not allow. None of
/// it keeps the rest from being read.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Finding {
    /// This object must be there (table 4.2, and 56 or 57 where 55 asks for
    /// it); 02 stands for any account.
    Missing(u8),
    /// The first object is not the payload format.
    NotFirst,
    /// The CRC, which begins at this byte, is not the last object.
    CrcNotLast(usize),
    /// The identifier stood before on the same level. The first counts.
    Repeated {
        /// The identifier.
        id: u8,
        /// The template it stands in.
        inside: Option<u8>,
        /// Where the later one begins.
        offset: usize,
    },
    /// The content has not the form that the standard gives it.
    Form {
        /// The object.
        id: u8,
        /// Where it begins.
        offset: usize,
    },
    /// What stands in a template is no objects.
    Template {
        /// The template.
        id: u8,
        /// Why.
        error: MpmError,
    },
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(2) => f.write_str("no account (02 to 51)"),
            Self::Missing(id) => write!(f, "{id:02} is missing"),
            Self::NotFirst => f.write_str("the first object is not 00"),
            Self::CrcNotLast(offset) => write!(f, "63 at byte {offset} is not the last object"),
            Self::Repeated { id, inside: None, offset } => {
                write!(f, "{id:02} stands again at byte {offset}")
            }
            Self::Repeated { id, inside: Some(template), offset } => {
                write!(f, "{id:02} in {template:02} stands again at byte {offset}")
            }
            Self::Form { id, offset } => write!(f, "{id:02} at byte {offset} has not its form"),
            Self::Template { id, error } => write!(f, "{id:02} is no template: {error}"),
        }
    }
}

/// The objects that must be there, the account apart.
pub(super) const MANDATORY: [u8; 7] =
    [id::FORMAT, id::CATEGORY, id::CURRENCY, id::COUNTRY, id::NAME, id::CITY, id::CRC];

impl<'a> Mpm<'a> {
    /// Everything that the standard does not allow: what is missing first, then
    /// the rest as it stands.
    pub fn findings(&self) -> impl Iterator<Item = Finding> + use<'a> {
        let me = *self;
        let ids = me.ids();
        let missing = MANDATORY.into_iter().filter(move |id| ids & bit(*id) == 0);
        let account = (!me.accounts().any(|_| true)).then_some(2);
        let missing = account.into_iter().chain(missing).chain(me.missing_fee());
        let first = me.objects().next().and_then(Result::ok);
        let not_first = first.is_some_and(|first| first.id != id::FORMAT);
        let top = Level { objects: me.objects(), inside: None, seen: 0 };
        let inside = me.templates().flat_map(|template| Level {
            objects: template.objects(),
            inside: Some(template.id),
            seen: 0,
        });
        missing
            .map(Finding::Missing)
            .chain(not_first.then_some(Finding::NotFirst))
            .chain(me.crc_not_last())
            .chain(me.wrong_forms())
            .chain(top)
            .chain(inside)
    }

    fn missing_fee(&self) -> Option<u8> {
        let wanted = match self.get(id::TIP)?.value {
            b"02" => id::FEE,
            b"03" => id::PERCENTAGE,
            _ => return None,
        };
        self.get(wanted).is_none().then_some(wanted)
    }

    fn crc_not_last(&self) -> Option<Finding> {
        let crc = self.get(id::CRC)?;
        let last = self.objects().filter_map(Result::ok).last()?;
        (last.offset != crc.offset).then_some(Finding::CrcNotLast(crc.offset))
    }

    fn wrong_forms(&self) -> impl Iterator<Item = Finding> + use<'a> {
        let wrong = |object: &Object<'_>| !is_form(object.id, object.value);
        let all = self.objects().filter_map(Result::ok).filter(wrong);
        all.map(|object| Finding::Form { id: object.id, offset: object.offset })
    }

    /// The identifiers that are there, as bits.
    fn ids(&self) -> u128 {
        self.objects().filter_map(Result::ok).fold(0, |ids, object| ids | bit(object.id))
    }
}

/// What is found on one level: what is repeated, and for a template that it is
/// none.
struct Level<'a> {
    objects: Objects<'a>,
    inside: Option<u8>,
    seen: u128,
}

impl Iterator for Level<'_> {
    type Item = Finding;

    fn next(&mut self) -> Option<Finding> {
        loop {
            let object = match (self.objects.next()?, self.inside) {
                (Ok(object), _) => object,
                (Err(error), Some(id)) => return Some(Finding::Template { id, error }),
                (Err(_), None) => return None,
            };
            let before = self.seen;
            self.seen |= bit(object.id);
            if before == self.seen {
                let Object { id, offset, .. } = object;
                return Some(Finding::Repeated { id, inside: self.inside, offset });
            }
        }
    }
}

pub(super) const fn bit(id: u8) -> u128 {
    // Identifiers have two digits.
    1 << (id & 0x7F)
}

/// Whether the content has the form of the standard (table 4.2 and 4.7).
pub(super) fn is_form(id: u8, value: &[u8]) -> bool {
    let digits = |count| value.len() == count && value.iter().all(u8::is_ascii_digit);
    let up_to = |most| (1..=most).contains(&characters(value));
    match id {
        id::FORMAT => value == b"01",
        id::INITIATION | id::TIP => digits(2),
        id::CATEGORY => digits(4),
        id::CURRENCY => digits(3),
        // "Different from zero" (4.7); 00.01 to 99.99 percent.
        id::AMOUNT | id::FEE => Amount::new(value).is_some_and(|amount| !amount.is_zero()),
        id::PERCENTAGE => {
            let hundredths = Amount::new(value).and_then(|percent| percent.minor(2));
            value.len() <= 5 && hundredths.is_some_and(|count| (1..10_000).contains(&count))
        }
        id::COUNTRY => value.len() == 2 && value.iter().all(u8::is_ascii_uppercase),
        id::NAME => up_to(25),
        id::CITY => up_to(15),
        id::POSTAL_CODE => up_to(10),
        // Capitals, as in all examples of the standard (4.7.3, annex B).
        id::CRC => {
            value.len() == 4 && value.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'A'..=b'F'))
        }
        _ => !value.is_empty(),
    }
}

/// Of text that is not UTF-8, bytes.
pub(super) fn characters(value: &[u8]) -> usize {
    core::str::from_utf8(value).map_or(value.len(), |text| text.chars().count())
}
