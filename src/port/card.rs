use core::fmt;

use super::time::Duration;
use crate::ErrorType;

/// A class of operating conditions: the supply of a card (ISO/IEC 7816-3:2006,
/// 5.1.3).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Class {
    /// 5 V.
    A,
    /// 3 V.
    B,
    /// 1.8 V.
    C,
}

/// How a card means its bits (ISO/IEC 7816-3:2006, 8.1).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Convention {
    /// TS is 3B: high is 1, the lowest bit comes first.
    Direct,
    /// TS is 3F: low is 1, the highest bit comes first.
    Inverse,
}

impl fmt::Display for Convention {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Direct => "direct",
            Self::Inverse => "inverse",
        })
    }
}

impl Convention {
    /// The byte that a UART without conventions sees for this one, and the
    /// other way round. Parity is odd on such a UART when the convention is
    /// inverse: nine bits are turned over.
    #[must_use]
    pub const fn on_the_wire(self, byte: u8) -> u8 {
        match self {
            Self::Direct => byte,
            Self::Inverse => (!byte).reverse_bits(),
        }
    }
}

/// How characters are on the I/O contact (ISO/IEC 7816-3:2006, clause 7): what
/// a UART in smart-card mode is set to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Framing {
    /// The clock of the card in hertz.
    pub clock: u32,
    /// Clock rate conversion integer F: 372 after a reset.
    pub f: u16,
    /// Baud rate adjustment integer D: 1 after a reset.
    pub d: u8,
    /// TC1, the extra guard time N in etu; FF for the least that the protocol
    /// allows.
    pub extra: u8,
    /// T=1 and what is like it: no error signal, 11 etu from character to
    /// character at least. Else 12, and the error signal as
    /// [`signal`](Self::signal) has it.
    pub block: bool,
    /// Error signal and repetition (7.3): what comes with wrong parity is
    /// refused in the stop bits, what was refused is sent again. Not during
    /// the ATR (EMV Book 1, 9.2.3), nor with T=1.
    pub signal: bool,
    /// The convention; `None` until it is known, from the first character on.
    pub convention: Option<Convention>,
}

impl Framing {
    /// As it is after a reset, with this clock.
    #[must_use]
    pub const fn initial(clock: u32) -> Self {
        Self { clock, f: 372, d: 1, extra: 0, block: false, signal: false, convention: None }
    }

    /// Clock · D, and F: neither is nothing, for one divides by them.
    const fn rate(&self) -> (u32, u32) {
        let d = if self.d == 0 { 1 } else { self.d as u32 };
        (self.clock.saturating_mul(d), if self.f == 0 { 1 } else { self.f as u32 })
    }

    /// Bits a second: clock · D / F, rounded.
    #[must_use]
    pub const fn baud(&self) -> u32 {
        let (rate, f) = self.rate();
        rate.saturating_add(f / 2) / f
    }

    /// So many etu, rounded up; of an etu that is rounded up to 1/256 us, so
    /// that 32 bits are enough to divide.
    #[must_use]
    pub const fn etu(&self, n: u32) -> Duration {
        let (rate, f) = self.rate();
        let baud = if rate < f { 1 } else { rate / f };
        let etu = 256_000_000_u32.div_ceil(baud);
        Duration::from_micros((n as u64 * etu as u64 + 255) >> 8)
    }

    /// So many cycles of the card's clock, rounded up by a thousandth at most.
    #[must_use]
    pub const fn cycles(&self, n: u32) -> Duration {
        let kilohertz = if self.clock < 1_000 { 1 } else { self.clock / 1_000 };
        Duration::from_micros(n.saturating_mul(1_000).div_ceil(kilohertz) as u64)
    }

    /// From the beginning of one character of ours to that of the next, in etu:
    /// 12 + N; 11 for T=1 and 12 else if N is FF (11.2, 10.2).
    #[must_use]
    pub const fn guard(&self) -> u32 {
        match (self.extra, self.block) {
            (0xFF, true) => 11,
            (0xFF, false) => 12,
            (n, _) => 12 + n as u32,
        }
    }
}

/// What a conversation wants of the contacts of a card.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Contact {
    /// Tell how it stands, and forget the fault that is told.
    Sense,
    /// Cold reset: VCC, I/O, CLK in the order of ISO/IEC 7816-3:2006, 6.2.1;
    /// RST is low, for at least so many cycles of the clock. What came in
    /// before is forgotten.
    Power {
        /// The supply.
        class: Class,
        /// Cycles of the card's clock.
        low: u16,
    },
    /// Warm reset (6.2.3): RST is low, for at least so many cycles. What came
    /// in before is forgotten.
    Reset {
        /// Cycles of the card's clock.
        low: u16,
    },
    /// RST is high: the card answers.
    Run,
    /// RST, CLK, I/O, VCC off, in this order (6.4).
    Off,
    /// Set the characters.
    Framing(Framing),
    /// Have the I/O contact, where several cards share one.
    Take,
    /// Give it back.
    Release,
}

/// Why an interface chip took the power from a card.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum SlotFault {
    /// The card was pulled out.
    TakenOff,
    /// Too much current: a short, or a broken card.
    Overload,
    /// The chip is too hot.
    Overheated,
    /// The chip's own supply is too low.
    Supply,
    /// One of overload, heat and supply: the chip does not say which.
    Protection,
}

impl fmt::Display for SlotFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TakenOff => "the card was pulled out",
            Self::Overload => "the card draws too much current",
            Self::Overheated => "the interface chip is too hot",
            Self::Supply => "the supply of the interface chip is too low",
            Self::Protection => "the interface chip protects itself: current, heat or supply",
        })
    }
}

/// How it stands with a card, after a [`Contact`] was carried out.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct CardState {
    /// A card is in the slot.
    pub present: bool,
    /// It has power, or is about to.
    pub active: bool,
    /// Why it has none any more. Told once.
    pub fault: Option<SlotFault>,
    /// Characters that came with an error and were dropped, since last told.
    pub flaws: u8,
    /// How long what was wanted still takes.
    pub wait: Duration,
    /// RST goes high by itself at the end of that time: [`Contact::Run`] does
    /// nothing.
    pub automatic: bool,
}

/// The contacts of a card besides I/O: the second face of a
/// [`Port`](super::Port) to one.
pub trait CardLines: ErrorType {
    /// Carries out what a conversation wants. Does not wait: what takes its
    /// time goes on in the chip, and [`CardState::wait`] says how long.
    ///
    /// # Errors
    /// A pin or the bus failed; kind [`Busy`](crate::ErrorKind::Busy) when
    /// another card has the I/O contact,
    /// [`Unsupported`](crate::ErrorKind::Unsupported) for a class or a framing
    /// that the hardware has not.
    fn contact(&mut self, wanted: Contact) -> Result<CardState, Self::Error>;
}
