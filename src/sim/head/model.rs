use std::ops::Range;

/// What a mechanism is and bears, by its manual. Ohms, volts, seconds.
#[derive(Clone, Copy, Debug)]
pub struct Model {
    /// Its name.
    pub name: &'static str,
    /// A heating element.
    pub heater: f64,
    /// Its driver.
    pub driver: f64,
    /// The common line, for each dot that is on.
    pub common: f64,
    /// Whether the drivers take off a part of the voltage as those of LTP1245.
    pub drops: bool,
    /// The voltages it bears, idle.
    pub volts: (f64, f64),
    /// The dots under each strobe.
    pub strobes: &'static [Range<usize>],
    /// Whether a high strobe heats.
    pub strobe_high: bool,
    /// Whether a high latch is open.
    pub latch_high: bool,
    /// The fastest clock, in Hz.
    pub clock_hz: u32,
    /// Data before and after the clock's edge, in ns.
    pub data_ns: u64,
    /// From the last bit to the latch, in ns.
    pub latch_setup_ns: u64,
    /// Of the latch, in ns.
    pub latch_ns: u64,
    /// From the latch to the next bit, in ns.
    pub latch_hold_ns: u64,
    /// From the latch to the strobe, in ns.
    pub strobe_wait_ns: u64,
    /// Dots at once.
    pub dots: usize,
    /// Amperes for them.
    pub amperes: f64,
    /// The longest strobe, in ns.
    pub longest_ns: u64,
    /// Eighths of the motor's cycle in a step; and steps in a row of dots.
    pub eighths: u8,
    /// Steps for a row of dots.
    pub steps: i64,
    /// Steps a second from rest.
    pub pull_in: f64,
    /// Steps a second at most.
    pub pull_out: f64,
    /// Steps a second more, each second.
    pub acceleration: f64,
    /// How long the coils are to be on before the first step, in ns.
    pub settle_ns: u64,
    /// Steps that the gears swallow after the platen was opened.
    pub play: u32,
}

const ALL: Range<usize> = 0..384;
const SIX: [Range<usize>; 6] = [0..64, 64..128, 128..192, 192..256, 256..320, 320..384];
const FROM_RIGHT: [Range<usize>; 6] = [320..384, 256..320, 192..256, 128..192, 64..128, 0..64];

impl Model {
    /// Seiko LTP02-245.
    pub const LTP02_245: Self = Self {
        name: "LTP02-245",
        heater: 180.0,
        driver: 9.0,
        common: 0.279,
        drops: false,
        volts: (5.5, 8.0),
        strobes: std::slice::from_ref(&ALL),
        strobe_high: true,
        latch_high: false,
        clock_hz: 8_000_000,
        data_ns: 40,
        latch_setup_ns: 120,
        latch_ns: 120,
        latch_hold_ns: 70,
        strobe_wait_ns: 8_000,
        dots: 45,
        amperes: 2.4,
        longest_ns: 4_000_000,
        eighths: 2,
        steps: 2,
        pull_in: 405.0,
        pull_out: 1_290.0,
        acceleration: 21_000.0,
        settle_ns: 4_000_000,
        play: 40,
    };

    /// Seiko LTP1245.
    pub const LTP1245: Self = Self {
        name: "LTP1245",
        heater: 178.5,
        driver: 25.0,
        common: 0.1,
        drops: true,
        volts: (4.2, 8.5),
        strobes: &SIX,
        clock_hz: 4_000_000,
        data_ns: 50,
        latch_hold_ns: 120,
        strobe_wait_ns: 120,
        dots: 64,
        amperes: 2.75,
        longest_ns: 14_000_000,
        ..Self::LTP02_245
    };

    /// Fujitsu FTP-628.
    pub const FTP_628: Self = Self {
        name: "FTP-628",
        heater: 176.0,
        driver: 10.0,
        common: 0.2,
        drops: false,
        volts: (4.2, 8.5),
        strobes: &FROM_RIGHT,
        strobe_high: false,
        data_ns: 50,
        latch_setup_ns: 300,
        latch_ns: 200,
        latch_hold_ns: 50,
        strobe_wait_ns: 3_300,
        clock_hz: 8_000_000,
        dots: 64,
        amperes: 2.9,
        longest_ns: 6_000_000,
        eighths: 1,
        pull_out: 970.0,
        acceleration: 16_000.0,
        ..Self::LTP1245
    };

    /// APS SS205-V4.
    pub const SS205: Self = Self {
        name: "SS205",
        volts: (4.75, 8.5),
        strobes: &SIX,
        amperes: 2.3,
        longest_ns: 5_000_000,
        eighths: 2,
        pull_in: 340.0,
        pull_out: 566.0,
        acceleration: 8_500.0,
        ..Self::FTP_628
    };

    /// The voltage at the elements when so much is at the connector.
    pub(super) fn effective(&self, volts: f64, celsius: f64) -> f64 {
        if !self.drops {
            return volts;
        }
        let frost = if celsius < -5.0 { 0.01 * celsius } else { 0.0 };
        let volts = if volts < 5.5 { 1.4 * volts - 2.9 } else { 1.2 * volts - 1.8 };
        (volts + frost).max(0.0)
    }
}
