use crate::card::{t0, t1};
use crate::port::{Class, Duration};

/// By whose rules an answer to reset is judged.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Rules {
    /// EMV Contact Level 1 (EMV Book 1, 8.3): what is not a basic response gets
    /// one warm reset, and then no power. No negotiation.
    Emv,
    /// ISO/IEC 7816-3: what can be understood is taken; the speed is negotiated
    /// if [`Config::fastest`] says so.
    Iso,
}

/// What can be chosen.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Config {
    /// The clock of the card in hertz: crystal over divider. 1 MHz to 5 MHz
    /// until more is agreed on (ISO/IEC 7816-3:2006, 5.2.3).
    pub clock: u32,
    /// The supplies to try, in this order, while a card is mute, or if its ATR
    /// says that it needs another (6.2.4). A bank card of class A answers at 5 V
    /// only.
    pub classes: &'static [Class],
    /// By whose rules.
    pub rules: Rules,
    /// How many clock cycles RST is low: at least 400 (6.2.2), 40 000 to 45 000
    /// with EMV (Book 1, 6.1.3.2).
    pub low: u16,
    /// Bits a second that UART and wiring are good for; by the rules of ISO the
    /// speed is then negotiated, and a card that insists on one is followed up
    /// to here. 0 to stay at the speed of the reset.
    pub fastest: u32,
    /// How long a T=0 card is borne with.
    pub t0: t0::Limits,
    /// How long a T=1 card is borne with.
    pub t1: t1::Limits,
    /// Between two looks at a slot, while it is waited at and while a card
    /// computes.
    pub look: Duration,
    /// Without power at least, before it is given again (6.4: 10 ms).
    pub rest: Duration,
}

impl Config {
    /// A payment terminal, with this clock of the card: 5 V, EMV, T=1 without
    /// resynchronisation.
    #[must_use]
    pub const fn emv(clock: u32) -> Self {
        Self {
            clock,
            classes: &[Class::A],
            rules: Rules::Emv,
            low: 42_000,
            fastest: 115_200,
            t0: t0::Limits::DEFAULT,
            t1: t1::Limits::EMV,
            look: Duration::from_millis(20),
            rest: Duration::from_millis(10),
        }
    }

    /// Any card of ISO/IEC 7816-3, lowest supply first.
    #[must_use]
    pub const fn iso(clock: u32) -> Self {
        Self {
            classes: &[Class::C, Class::B, Class::A],
            rules: Rules::Iso,
            t1: t1::Limits::DEFAULT,
            ..Self::emv(clock)
        }
    }
}
