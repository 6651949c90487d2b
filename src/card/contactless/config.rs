use crate::port::Duration;

use super::front_end::{Rate, Rates};
use super::iso_dep::{Limits, WrongBlock};

/// The times of polling and activation.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Timing {
    /// How long the field is off so that every card is reset: EMV tRESET, 5.1
    /// to 10 ms; ISO/IEC 14443-3 asks for 5 ms.
    pub reset: Duration,
    /// How long a card has the field before the first frame of a technology:
    /// EMV tP, 5.1 to 10 ms; ISO/IEC 14443-3, 5: 5 ms.
    pub guard: Duration,
    /// Before a frame of the activation is sent again: EMV tRETRANSMISSION, 3
    /// to 33 ms.
    pub retransmission: Duration,
    /// Until the answer to a request or a selection must have begun. Cards
    /// answer after 0.1 ms (type A), 0.6 ms at most (ATQB: 7 680 / fc).
    pub answer: Duration,
    /// The same for RATS: EMV FWT of activation, 71 680 / fc, and 49 152 / fc
    /// on top.
    pub activation: Duration,
    /// Between two looks into a field without a card.
    pub look: Duration,
    /// Between two questions to an active card whether it is there.
    pub presence: Duration,
}

impl Timing {
    /// In the middle of what EMV allows; ten looks a second.
    pub const DEFAULT: Self = Self {
        reset: Duration::from_micros(7_000),
        guard: Duration::from_micros(5_600),
        retransmission: Duration::from_micros(5_000),
        answer: Duration::from_micros(1_000),
        activation: Duration::from_micros(8_912),
        look: Duration::from_millis(100),
        presence: Duration::from_millis(100),
    };
}

/// What to do when cards of type A answer together.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Several {
    /// Fail with [`Fault::SeveralCards`](super::Fault::SeveralCards): a person
    /// shall choose.
    Refuse,
    /// Go on with the one that has the higher identifier where they differ
    /// (ISO/IEC 14443-3:2011, 6.5.3), whatever that is. Cards of both types in
    /// the field are refused all the same.
    Resolve,
}

/// What can be chosen.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Config {
    /// The times.
    pub timing: Timing,
    /// How long a card is borne with, once it is active.
    pub limits: Limits,
    /// How often a frame of polling and activation is tried, with
    /// [`Timing::retransmission`] in between (EMV: three times).
    pub tries: u8,
    /// How many looks in a row must find nothing before the card counts as
    /// removed (EMV removal procedure: three).
    pub misses: u8,
    /// What to do with several cards.
    pub several: Several,
    /// Cards of type B may answer with an extended ATQB, which has a guard time
    /// in it (ISO/IEC 14443-3:2011, 7.9.4.7).
    pub extended_atqb: bool,
    /// The card identifier that blocks are to have, 1 to 14, with cards that
    /// take one. Others, and `None`: none, as EMV has it.
    pub cid: Option<u8>,
    /// The bit rates to go up to, if front end and card can.
    pub rates: Rates,
}

impl Config {
    /// The card identifier, if it is one.
    pub(super) fn cid(&self) -> Option<u8> {
        self.cid.filter(|cid| matches!(cid, 1..=14))
    }

    /// EMV Level 1: 106 kbit/s, no card identifier, no bearing with a card that
    /// breaks the protocol, and no pause between looks.
    pub const EMV: Self = Self {
        timing: Timing { look: Timing::DEFAULT.guard, ..Timing::DEFAULT },
        limits: Limits { wrong_block: WrongBlock::Fail, ..Limits::DEFAULT },
        tries: 3,
        misses: 3,
        several: Several::Refuse,
        extended_atqb: false,
        cid: None,
        rates: Rates { send: Rate::R106, receive: Rate::R106 },
    };

    /// ISO/IEC 14443: as fast as both can.
    pub const ISO: Self = Self {
        timing: Timing::DEFAULT,
        limits: Limits::DEFAULT,
        extended_atqb: true,
        rates: Rates { send: Rate::R848, receive: Rate::R848 },
        ..Self::EMV
    };
}

impl Default for Config {
    fn default() -> Self {
        Self::EMV
    }
}
