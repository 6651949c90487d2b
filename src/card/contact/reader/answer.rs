use crate::card::atr::{DEFAULT_TA1, di, fi};
use crate::card::{Atr, AtrError, Tck};
use crate::port::{Class, Framing};

use super::{Config, Fault};

/// An answer to reset as it comes in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Answer {
    bytes: [u8; Atr::MAX],
    len: usize,
}

impl Answer {
    pub(super) const NEW: Self = Self { bytes: [0; Atr::MAX], len: 0 };

    pub(super) const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Takes a byte; the ATR once it is whole, or why it is none.
    pub(super) fn push(&mut self, byte: u8) -> Option<Result<Atr, Fault>> {
        let Some(room) = self.bytes.get_mut(self.len) else {
            return Some(Err(Fault::Atr(AtrError::LeftOver { offset: Atr::MAX })));
        };
        *room = byte;
        self.len += 1;
        match Atr::new(self.bytes.get(..self.len).unwrap_or_default()) {
            // The check byte is still to come.
            Ok(atr) if atr.tck() == Tck::Missing => None,
            Ok(atr) => Some(Ok(atr)),
            Err(AtrError::Truncated { .. }) => None,
            Err(error) => Some(Err(Fault::Atr(error))),
        }
    }
}

/// What is agreed on with a card: by its ATR alone, or asked for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Agreed {
    pub(super) protocol: u8,
    pub(super) f: u16,
    pub(super) d: u8,
    /// TA1 to be asked for (PPS1).
    pub(super) ask: Option<u8>,
}

impl Agreed {
    /// What follows from an ATR: specific mode, or negotiable.
    pub(super) fn new(atr: &Atr, config: &Config) -> Result<Self, Fault> {
        if matches!(atr.tck(), Tck::Invalid | Tck::Missing) {
            return Err(Fault::Tck);
        }
        let ta1 = atr.ta1().unwrap_or(DEFAULT_TA1);
        let (protocol, ta1, ask) = match atr.specific_mode() {
            Some(mode) if mode.implicit => return Err(Fault::ImplicitSpeed),
            Some(mode) => (mode.protocol, ta1, None),
            None => {
                let wanted = config.fastest.filter(|_| ta1 != DEFAULT_TA1);
                let ask = wanted.and_then(|most| slower(ta1, most));
                (atr.protocols().find(|t| *t < 2).unwrap_or(atr.first_protocol()), DEFAULT_TA1, ask)
            }
        };
        if protocol > 1 {
            return Err(Fault::Protocol { offered: protocol });
        }
        // The first protocol holds without being asked for.
        let ask = ask.or((atr.specific_mode().is_none() && protocol != atr.first_protocol())
            .then_some(DEFAULT_TA1));
        Self { protocol, f: 0, d: 0, ask }.at(ask.unwrap_or(ta1))
    }

    fn at(self, ta1: u8) -> Result<Self, Fault> {
        let (f, d) = fi(ta1).zip(di(ta1)).ok_or(Fault::Speed { ta1 })?;
        Ok(Self { f, d, ..self })
    }

    /// The characters that are used then.
    pub(super) fn framing(&self, atr: &Atr, clock: u32) -> Framing {
        Framing {
            clock,
            f: self.f,
            d: self.d,
            extra: atr.tc1().unwrap_or(0),
            block: self.protocol == 1,
            signal: self.protocol == 0,
            convention: Some(atr.convention()),
        }
    }
}

/// The slower of two TA1, for a card offers everything up to its own
/// (ISO/IEC 7816-3:2006, 9.2); `None` if it does not exist.
fn slower(card: u8, host: u8) -> Option<u8> {
    let rate = |ta1| Some(u32::from(di(ta1)?) * 10_000 / u32::from(fi(ta1)?));
    Some(if rate(host)? < rate(card)? { host } else { card })
}

/// Whether the card may be used with this supply: the first TA for T=15
/// (8.3). A card that says nothing is a card of any class.
pub(super) fn suits(atr: &Atr, class: Class) -> bool {
    let indicator = atr.groups().filter(|g| g.protocol == Some(15)).find_map(|group| group.ta);
    let bit = match class {
        Class::A => 0x01,
        Class::B => 0x02,
        Class::C => 0x04,
    };
    indicator.is_none_or(|ta| ta & 0x3F == 0 || ta & bit != 0)
}
