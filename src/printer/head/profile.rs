use core::ops::Range;

use super::thermistor::Thermistor;

/// Dots in a row of the heads here.
pub const DOTS: u16 = 384;

/// A row of dots: the leftmost in the highest bit of the first byte, 1 burns.
pub type Row = [u8; 48];

/// A mechanism: a constant, kept in flash. What it does with it, the driver
/// says. The [table](super#mechanisms) says where the numbers are from.
#[derive(Debug)]
pub struct Profile {
    /// Its name.
    pub name: &'static str,
    /// The heating elements.
    pub element: Element,
    /// The voltages that it may be heated with, in mV.
    pub millivolts: Range<u16>,
    /// How levels and times of its lines are.
    pub lines: Lines,
    /// The dots under each strobe line, counted from the left; at most eight
    /// lines.
    pub strobes: &'static [Range<u16>],
    /// The most dots to heat at once.
    pub dots_at_once: u16,
    /// The most current for them, in mA.
    pub milliamperes: u16,
    /// The longest that a dot may be heated at once, in µs.
    pub longest_us: u16,
    /// What is taken off for dots that are still warm, by the time since they
    /// were heated: the first entry that is not shorter holds, none is 100 %.
    pub history: &'static [History],
    /// The paper motor.
    pub motor: Motor,
    /// The thermistor on the head.
    pub thermistor: Thermistor,
    /// Heating stops at this temperature, in tenths of a degree Celsius.
    pub stop_at: i16,
    /// And goes on at this one.
    pub resume_at: i16,
    /// Rows from the head to the bar to tear at.
    pub tear_bar: u16,
}

/// A heating element and what stands in series with it.
#[derive(Clone, Copy, Debug)]
pub struct Element {
    /// Of the element, on the average: mOhm.
    pub heater: u32,
    /// The least that it may have: mOhm.
    pub heater_least: u32,
    /// Of its driver: mOhm.
    pub driver: u32,
    /// Of the common line, for each dot that is on: mOhm.
    pub common: u32,
    /// How much of the supply's voltage reaches it.
    pub drop: Drop,
}

/// What the head's drivers leave of the voltage.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Drop {
    /// All: the driver's resistance says it.
    None,
    /// LTP1245 manual: 1.2 V - 1.8 from 5.5 V, 1.4 V - 2.9 below; and 0.01 for
    /// each degree below zero when it is colder than -5 C.
    Ltp1245,
}

/// Levels and times of the lines between driver and head.
#[derive(Clone, Copy, Debug)]
pub struct Lines {
    /// The fastest clock, in Hz: what the bus is to be set to at most.
    pub clock_hz: u32,
    /// Whether a high strobe line heats.
    pub strobe_high: bool,
    /// Whether a high latch line takes the data over.
    pub latch_high: bool,
    /// From the last bit to the latch, in ns.
    pub latch_setup_ns: u16,
    /// Of the latch, in ns.
    pub latch_width_ns: u16,
    /// From the latch to the next bit, in ns.
    pub latch_hold_ns: u16,
    /// From the latch to the strobe, in µs.
    pub strobe_wait_us: u8,
}

/// How much of the energy a dot needs that was black before.
#[derive(Clone, Copy, Debug)]
pub struct History {
    /// When it is heated again so soon after it cooled at most, in µs.
    pub gap_us: u16,
    /// When it was black in the row before: %.
    pub once: u8,
    /// And in the row before that: %.
    pub twice: u8,
}

/// A paper motor.
#[derive(Clone, Copy, Debug)]
pub struct Motor {
    /// What the coils are set to, step after step, for paper to go forward.
    pub phases: &'static [u8],
    /// Steps for a row of dots.
    pub steps_per_row: u8,
    /// How long the first step takes, from rest, in µs.
    pub first_us: u16,
    /// How long the fastest takes, in µs.
    pub fastest_us: u16,
    /// Steps a second more, each second.
    pub acceleration: u32,
    /// How long the coils are on before the first step, and after the last, in
    /// ms.
    pub hold_ms: u8,
    /// Steps that take up the play of the gears after the platen was opened.
    pub backlash: u8,
}

/// Both coils on, four steps: A, /A, B, /B are bits 0 to 3.
const FULL_STEPS: [u8; 4] = [0b0101, 0b0110, 0b1010, 0b1001];
/// One coil, then both: eight half-steps.
const HALF_STEPS: [u8; 8] = [0b0101, 0b0100, 0b0110, 0b0010, 0b1010, 0b1000, 0b1001, 0b0001];

const ALL: Range<u16> = 0..DOTS;
const SIX_STROBES: [Range<u16>; 6] = [0..64, 64..128, 128..192, 192..256, 256..320, 320..384];
const SIX_FROM_THE_RIGHT: [Range<u16>; 6] =
    [320..384, 256..320, 192..256, 128..192, 64..128, 0..64];

const HISTORY: &[History] = &[
    History { gap_us: 300, once: 77, twice: 75 },
    History { gap_us: 700, once: 82, twice: 80 },
    History { gap_us: 1_500, once: 88, twice: 86 },
    History { gap_us: 3_000, once: 94, twice: 92 },
    History { gap_us: 6_000, once: 98, twice: 97 },
];

impl Profile {
    /// Seiko LTP02-245, and LTP01-245 whose energy data it takes: one strobe.
    pub const LTP02_245: Self = Self {
        name: "LTP02-245",
        element: Element {
            heater: 180_000,
            heater_least: 162_000,
            driver: 9_000,
            common: 279,
            drop: Drop::None,
        },
        millivolts: 5_500..8_001,
        lines: Lines {
            clock_hz: 8_000_000,
            strobe_high: true,
            latch_high: false,
            latch_setup_ns: 120,
            latch_width_ns: 120,
            latch_hold_ns: 70,
            strobe_wait_us: 8,
        },
        strobes: core::slice::from_ref(&ALL),
        dots_at_once: 45,
        milliamperes: 2_300,
        longest_us: 4_000,
        history: HISTORY,
        motor: Motor {
            phases: &FULL_STEPS,
            steps_per_row: 2,
            first_us: 2_500,
            fastest_us: 782,
            acceleration: 20_000,
            hold_ms: 5,
            backlash: 64,
        },
        thermistor: Thermistor::SEIKO_30K,
        stop_at: 800,
        resume_at: 600,
        tear_bar: 96,
    };

    /// Seiko LTP1245: six strobes.
    pub const LTP1245: Self = Self {
        name: "LTP1245",
        element: Element {
            heater: 178_500,
            heater_least: 169_000,
            driver: 25_000,
            common: 100,
            drop: Drop::Ltp1245,
        },
        millivolts: 4_200..8_501,
        lines: Lines {
            clock_hz: 4_000_000,
            latch_hold_ns: 120,
            strobe_wait_us: 1,
            ..Self::LTP02_245.lines
        },
        strobes: &SIX_STROBES,
        dots_at_once: 64,
        milliamperes: 2_810,
        longest_us: 14_000,
        ..Self::LTP02_245
    };

    /// Fujitsu FTP-628 MCL: six strobes, the first one at the right.
    pub const FTP_628: Self = Self {
        name: "FTP-628",
        element: Element {
            heater: 176_000,
            heater_least: 169_000,
            driver: 10_000,
            common: 200,
            drop: Drop::None,
        },
        millivolts: 4_200..8_501,
        lines: Lines {
            clock_hz: 8_000_000,
            strobe_high: false,
            latch_high: false,
            latch_setup_ns: 300,
            latch_width_ns: 200,
            latch_hold_ns: 50,
            strobe_wait_us: 4,
        },
        strobes: &SIX_FROM_THE_RIGHT,
        dots_at_once: 64,
        milliamperes: 3_050,
        longest_us: 6_000,
        motor: Motor {
            phases: &HALF_STEPS,
            fastest_us: 1_042,
            acceleration: 15_000,
            ..Self::LTP02_245.motor
        },
        ..Self::LTP02_245
    };

    /// APS SS205-V4: six strobes, slow.
    pub const SS205: Self = Self {
        name: "SS205",
        millivolts: 4_750..8_501,
        dots_at_once: 64,
        milliamperes: 2_300,
        strobes: &SIX_STROBES,
        longest_us: 5_000,
        motor: Motor {
            first_us: 3_000,
            fastest_us: 1_786,
            acceleration: 8_000,
            ..Self::LTP02_245.motor
        },
        ..Self::FTP_628
    };
}
