use crate::card::atr::{DEFAULT_TA1, Reset, Terms, Verdict, di, fi};
use crate::card::pps::{Host, Mode, Pps};
use crate::card::{Atr, AtrError, Tck};
use crate::port::{Class, Framing};

use super::{Config, Fault, Rules};

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
    /// F and D in force, as TA1 has them; once the card has agreed.
    pub(super) ta1: u8,
    pub(super) ask: Option<Pps>,
}

impl Agreed {
    /// What follows from an ATR, by the rules.
    pub(super) fn new(atr: &Atr, config: &Config, reset: Reset) -> Result<Self, Fault> {
        match config.rules {
            Rules::Emv => match Verdict::of(atr.as_bytes(), reset) {
                Verdict::Accepted(Terms { protocol, ta1 }) => Ok(Self { protocol, ta1, ask: None }),
                Verdict::WarmReset(refusal) | Verdict::Rejected(refusal) => {
                    Err(Fault::Refused(refusal))
                }
            },
            Rules::Iso if matches!(atr.tck(), Tck::Invalid | Tck::Missing) => Err(Fault::Tck),
            Rules::Iso => {
                let host =
                    Host { protocols: &[0, 1], clock: config.clock, fastest: config.fastest };
                Ok(match host.meet(atr).map_err(Fault::Unmet)? {
                    Mode::Ready { protocol, ta1 } => Self { protocol, ta1, ask: None },
                    Mode::Ask(pps) => {
                        Self { protocol: pps.protocol(), ta1: DEFAULT_TA1, ask: Some(pps) }
                    }
                })
            }
        }
    }

    /// The characters that are used then.
    pub(super) fn framing(&self, atr: &Atr, clock: u32) -> Framing {
        Framing {
            clock,
            f: fi(self.ta1).unwrap_or(372),
            d: di(self.ta1).unwrap_or(1),
            extra: atr.tc1().unwrap_or(0),
            block: self.protocol == 1,
            signal: self.protocol == 0,
            convention: Some(atr.convention()),
        }
    }
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
