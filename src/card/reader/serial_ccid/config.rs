use bitflags::bitflags;

use crate::card::{t0, t1};
use crate::port::Duration;

use super::Voltage;

/// How long the reader may take.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Timing {
    /// For an answer, besides what the card takes. libccid gives 2 s to find
    /// out whether a reader is there, and adds 1 s to what a card may take.
    pub answer: Duration,
    /// For the reset of a card: 40 000 clock cycles until the ATR begins, and
    /// 19 200 etu until it is over (EMV Book 1, 8.3.3.1), are 2.0 s at 3.58
    /// MHz.
    pub reset: Duration,
    /// Between two bytes of one message at most.
    pub gap: Duration,
    /// Before a command is sent again, so that the reader gives up what is left
    /// of a broken frame.
    pub settle: Duration,
    /// Between two looks at a slot that is waited at.
    pub look: Duration,
    /// How long the line has to be quiet behind a reply whose data has no check
    /// of its own: a byte that came twice can leave the XOR right, but not the
    /// length. Ten bytes at 115 200 baud.
    pub tail: Duration,
}

impl Timing {
    /// For a reader at 115 200 baud.
    pub const DEFAULT: Self = Self {
        answer: Duration::from_millis(1_000),
        reset: Duration::from_millis(3_500),
        gap: Duration::from_millis(100),
        settle: Duration::from_millis(250),
        look: Duration::from_millis(250),
        tail: Duration::from_micros(1_000),
    };
}

/// What the reader is handed of a command (dwFeatures, bits 16 to 18).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Level {
    /// Blocks of T=1 and TPDUs of T=0. The protocols are spoken here.
    Tpdu,
    /// Short APDUs. The reader speaks the protocols.
    ShortApdu,
    /// APDUs of any length, in parts. The reader speaks the protocols.
    ExtendedApdu,
}

/// Which protocol to choose with a card that offers both.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Preference {
    /// The one it offers first, as EMV Book 1, 8.3.3, has it: no PPS.
    First,
    /// T=0.
    T0,
    /// T=1: its blocks have a check of their own, and what is garbled on the
    /// line to the reader is asked for again.
    T1,
}

bitflags! {
    /// What the reader does of its own accord (dwFeatures of the class
    /// descriptor: USB CCID 1.1, table 5.1-1).
    #[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
    pub struct Features: u32 {
        /// It agrees with the card on protocol and speed in its own way.
        const NEGOTIATES = 0x40;
        /// It sends the PPS for the parameters it is set to.
        const SENDS_PPS = 0x80;
        /// It tells the card the size of its information fields.
        const SENDS_IFS = 0x400;
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Features {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "Features({=u32:#x})", self.bits());
    }
}

/// What can be chosen.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Config {
    /// Which slot of the reader; 0 is the one of a reader with one.
    pub slot: u8,
    /// The voltages to try, in this order, while a card is mute:
    /// [`Voltage::DOWN`], [`Voltage::UP`] or [`Voltage::AUTO`].
    pub voltages: [Option<Voltage>; 3],
    /// The clock of the card in hertz; these readers have 4 MHz or 4.8 MHz.
    pub clock: u32,
    /// What the reader is handed.
    pub level: Level,
    /// What it does of its own accord.
    pub features: Features,
    /// The longest message it takes (dwMaxCCIDMessageLength). More than 271
    /// bytes are not sent.
    pub message: u16,
    /// Up to which speed of the card, in bits a second, to go by PPS; 0 to stay
    /// at that of the reset, as EMV does.
    pub fastest: u32,
    /// What to choose with a card that offers T=0 and T=1.
    pub preference: Preference,
    /// How long the reader may take.
    pub timing: Timing,
    /// How long a card is borne with that speaks T=1.
    pub limits: t1::Limits,
    /// And one that speaks T=0.
    pub t0_limits: t0::Limits,
}

impl Config {
    /// GemPC Twin, GemPC PinPad, GemCore POS Pro and SIM Pro.
    pub const DEFAULT: Self = Self {
        slot: 0,
        voltages: Voltage::DOWN,
        clock: 4_000_000,
        level: Level::Tpdu,
        features: Features::empty(),
        message: 271,
        fastest: 0,
        preference: Preference::First,
        timing: Timing::DEFAULT,
        limits: t1::Limits::DEFAULT,
        t0_limits: t0::Limits::DEFAULT,
    };

    /// Microchip SEC1210 (dwFeatures 000100B2).
    pub const SEC1210: Self =
        Self { clock: 4_800_000, features: Features::SENDS_PPS, ..Self::DEFAULT };

    /// GemCore SIM Pro 2, which starts at 9 600 baud: call
    /// [`speed_up`](super::SerialCcid::speed_up) first.
    pub const GEMCORE_SIM_PRO_2: Self = Self { clock: 4_800_000, ..Self::DEFAULT };

    /// From the class descriptor of a reader (USB CCID 1.1, 5.1), 54 bytes from
    /// bLength on. On a serial line nobody can ask for it; it stands in the
    /// reader's papers. `None` for what is no such descriptor, and for readers
    /// that are handed single characters.
    #[must_use]
    pub fn from_descriptor(descriptor: &[u8; 54]) -> Option<Self> {
        let [0x36, 0x21, _, _, _, voltages, rest @ ..] = descriptor else { return None };
        let word = |at: usize| {
            let bytes = rest.get(at - 6..)?.first_chunk()?;
            Some(u32::from_le_bytes(*bytes))
        };
        let (clock, features, message) = (word(10)?, word(40)?, word(44)?);
        let level = match features >> 16 & 0x07 {
            1 => Level::Tpdu,
            2 => Level::ShortApdu,
            4 => Level::ExtendedApdu,
            _ => return None,
        };
        // 08h: chosen by the reader.
        let voltages = match features & 0x08 {
            0 => Voltage::DOWN.map(|volts| volts.filter(|volts| volts.is_in(*voltages))),
            _ => Voltage::AUTO,
        };
        Some(Self {
            voltages,
            clock: clock.saturating_mul(1_000),
            level,
            features: Features::from_bits_truncate(features),
            message: message.try_into().unwrap_or(u16::MAX),
            ..Self::DEFAULT
        })
    }
}

impl Default for Config {
    fn default() -> Self {
        Self::DEFAULT
    }
}
