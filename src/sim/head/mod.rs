//! A simulated thermal mechanism on the level of its pins.
//!
//! It shifts, latches and strobes; each element heats by its voltage, its
//! resistance and that of all others, and the time; it cools down; paper moves
//! by the phases of the motor, if they come in order and not too fast. What
//! was done wrong is a list of [`Violation`]s; what came out is a picture, and
//! the energy of each of its dots in terms of what the paper needs.
//!
//! It knows the manuals by itself ([`Model`]), and nothing of the driver's
//! plans or tables. How heat lingers from row to row (30 % for 1.5 ms, 3 % for
//! 6 ms) is an assumption: manuals do not say.
//!
//! ```
//! use embedded_pos::port::Clocked;
//! use embedded_pos::printer::head::{Config, Head, Profile};
//! use embedded_pos::printer::{Item, Printer};
//! use embedded_pos::sim::VirtualClock;
//! use embedded_pos::sim::head::{Model, SimHead};
//!
//! let clock = VirtualClock::new();
//! let sim = SimHead::new(Model::LTP1245, clock.clone());
//! let (io, motor, sense, font) = sim.parts(&Profile::LTP1245);
//! let head = Head::new(io, motor, sense, font, &Profile::LTP1245, Config::DEFAULT);
//! let mut printer = Clocked::new(head, clock);
//! printer.print(&Item::Text("津A12345\n"))?;
//! assert!(sim.device().violations().is_empty());
//! assert_eq!(sim.device().strobes() > 0, true);
//! # Ok::<(), embedded_pos::printer::head::Fault>(())
//! ```

mod handle;
mod model;
mod motor;
mod paper;
mod pins;
mod violation;

pub use handle::{FONT, SimHead, SimIo, SimStepper, Timed};
pub use model::Model;
pub use paper::Tone;
pub use pins::{Delay, Pin, Spi, Switch};
pub use violation::Violation;

use std::vec::Vec;

use self::motor::Motor;
use self::paper::{Paper, tone};
use super::VirtualClock;
use super::printer::Bitmap;
use crate::port::{Clock, Duration};

const DOTS: usize = 384;

/// A dot that heats while the paper is gone does so no longer than this.
const REACTION: u64 = 300_000;

/// The mechanism and what is around it.
#[derive(Debug)]
pub struct Mechanism {
    model: Model,
    clock: VirtualClock,
    /// ns that are no whole µs of the clock.
    rest: u64,
    /// Of the head, in degrees Celsius.
    pub celsius: f64,
    /// Of the battery, idle.
    pub volts: f64,
    /// Of the battery, in Ohm.
    pub source: f64,
    paper_in: bool,
    platen_closed: bool,
    register: Vec<bool>,
    shifted: usize,
    bit_at: u64,
    latched: Vec<bool>,
    latch: Option<u64>,
    latch_end: u64,
    strobes: u8,
    strobe_at: u64,
    pulse_end: Option<u64>,
    integrated: u64,
    bare: u64,
    longest: u64,
    count: u32,
    motor: Motor,
    paper: Paper,
    violations: Vec<Violation>,
}

impl Mechanism {
    fn new(model: Model, clock: VirtualClock) -> Self {
        Self {
            clock,
            rest: 0,
            celsius: 25.0,
            volts: 7.2,
            source: 0.0,
            paper_in: true,
            platen_closed: true,
            register: std::vec![false; DOTS],
            shifted: 0,
            bit_at: 0,
            latched: std::vec![false; DOTS],
            latch: None,
            latch_end: 0,
            strobes: 0,
            strobe_at: 0,
            pulse_end: None,
            integrated: 0,
            bare: 0,
            longest: 0,
            count: 0,
            motor: Motor::new(model.play),
            paper: Paper::new(),
            violations: Vec::new(),
            model,
        }
    }

    /// What was done wrong.
    #[must_use]
    pub fn violations(&self) -> &[Violation] {
        &self.violations
    }

    /// What is seen on the paper: rows from where the gears began to move it.
    #[must_use]
    pub fn bitmap(&self) -> Bitmap {
        self.paper.bitmap()
    }

    /// How dark a dot is.
    #[must_use]
    pub fn tone(&self, x: usize, y: usize) -> Tone {
        tone(self.energy(x, y))
    }

    /// The energy of a dot, and what lingered from those before it, in terms of
    /// what it needs.
    #[must_use]
    pub fn energy(&self, x: usize, y: usize) -> f64 {
        self.paper.energy(x, y)
    }

    /// How many strobes there were.
    #[must_use]
    pub const fn strobes(&self) -> u32 {
        self.count
    }

    /// The longest of them, in µs.
    #[must_use]
    pub const fn longest_us(&self) -> u64 {
        self.longest / 1_000
    }

    /// Whether no element and no coil is on.
    pub fn is_safe(&mut self) -> bool {
        self.pass(0);
        self.strobes == 0 && !self.motor.is_on()
    }

    /// Puts paper in, or takes it out.
    pub fn set_paper(&mut self, is_in: bool) {
        self.pass(0);
        self.paper_in = is_in;
    }

    /// Moves the platen's switch.
    pub fn set_platen(&mut self, closed: bool) {
        self.pass(0);
        self.platen_closed = closed;
    }

    /// Opens the platen and closes it: the gears have play again.
    pub const fn work_platen(&mut self) {
        self.motor.play = self.model.play;
    }

    /// The voltage over the thermistor: 30 kOhm, B 3 950, with 30 kOhm to
    /// 3.3 V.
    fn thermistor_mv(&self) -> u16 {
        let ohms = 30e3 * (3_950.0 * (1.0 / (self.celsius + 273.15) - 1.0 / 298.15)).exp();
        millis(3.3 * ohms / (ohms + 30e3))
    }

    fn vhead_mv(&mut self) -> u16 {
        self.pass(0);
        let dots = self.heated().count();
        millis(self.volts_with(dots))
    }

    /// The voltage at the connector with so many dots on.
    fn volts_with(&self, dots: usize) -> f64 {
        let dots = dots as f64;
        let path = self.model.heater + self.model.driver + self.model.common * dots;
        self.volts * path / (path + self.source * dots)
    }

    fn now(&mut self) -> u64 {
        self.clock.now().as_micros() * 1_000 + self.rest
    }

    /// Lets time pass; the time after it, in ns.
    fn pass(&mut self, ns: u64) -> u64 {
        self.rest += ns;
        self.clock.advance(Duration::from_micros(self.rest / 1_000));
        self.rest %= 1_000;
        let now = self.now();
        if let Some(end) = self.pulse_end.filter(|end| now >= *end) {
            self.heat_until(end);
            self.strobe(0, end);
        }
        self.heat_until(now);
        if let Some(violation) = self.motor.settle(&self.model, now) {
            self.violations.push(violation);
        }
        if self.motor.position > 0 {
            self.paper.reach(self.row());
        }
        now
    }

    fn check(&mut self, kept: bool, violation: Violation) {
        if !kept {
            self.violations.push(violation);
        }
    }

    fn shift(&mut self, word: u8, hz: u32) {
        let now = self.pass(0);
        self.check(hz <= self.model.clock_hz, Violation::Clock(hz));
        self.check(500_000_000 / u64::from(hz) >= self.model.data_ns, Violation::Clock(hz));
        let gap = now - self.latch_end;
        let first = self.latch_end == 0;
        self.check(first || gap >= self.model.latch_hold_ns, Violation::LatchHold(gap));
        self.register.drain(..8);
        self.register.extend((0..8).map(|bit| word << bit & 0x80 != 0));
        self.shifted += 8;
        self.bit_at = self.pass(8_000_000_000 / u64::from(hz));
    }

    fn set_latch(&mut self, high: bool, now: u64) {
        match (high == self.model.latch_high, self.latch) {
            (true, None) => {
                let gap = now - self.bit_at;
                self.check(gap >= self.model.latch_setup_ns, Violation::LatchSetup(gap));
                let bits = self.shifted;
                self.check(bits > 0 && bits.is_multiple_of(DOTS), Violation::Bits(bits));
                self.latch = Some(now);
            }
            (false, Some(since)) => {
                self.check(now - since >= self.model.latch_ns, Violation::LatchWidth(now - since));
                self.check(self.strobes == 0, Violation::LatchedHot);
                self.latched.clone_from(&self.register);
                (self.latch, self.latch_end, self.shifted) = (None, now, 0);
            }
            _ => {}
        }
    }

    fn set_strobe(&mut self, line: usize, high: bool, now: u64) {
        let bit = 1 << line;
        let on = high == self.model.strobe_high && line < self.model.strobes.len();
        self.strobe(if on { self.strobes | bit } else { self.strobes & !bit }, now);
    }

    /// The timer switches lines on, and after a while off.
    fn pulse(&mut self, mask: u8, micros: u16) {
        let now = self.pass(0);
        self.strobe(self.strobes | mask, now);
        self.pulse_end = Some(now + u64::from(micros) * 1_000);
    }

    fn strobe(&mut self, strobes: u8, now: u64) {
        let before = std::mem::replace(&mut self.strobes, strobes);
        match (before, strobes) {
            (0, 0) => {}
            (0, _) => self.heat_begins(now),
            (_, 0) => {
                let length = now - self.strobe_at;
                self.longest = self.longest.max(length);
                self.check(length <= self.model.longest_ns, Violation::TooLong(length));
                self.pulse_end = None;
            }
            _ => {}
        }
        let dots = self.heated().count();
        self.check(dots <= self.model.dots, Violation::TooMany(dots));
        let path = self.model.heater + self.model.driver + self.model.common * dots as f64;
        let amperes = dots as f64 * self.volts_with(dots) / path;
        self.check(amperes <= self.model.amperes, Violation::Current(amperes));
    }

    fn heat_begins(&mut self, now: u64) {
        let wait = now - self.latch_end;
        (self.strobe_at, self.bare) = (now, 0);
        self.count += 1;
        self.check(wait >= self.model.strobe_wait_ns, Violation::StrobeWait(wait));
        self.check(self.paper_in && self.platen_closed, Violation::Bare);
        self.check(self.celsius < 80.5, Violation::Hot(self.celsius));
        let (least, most) = self.model.volts;
        let inside = self.volts > least - 0.01 && self.volts < most + 0.01;
        self.check(inside, Violation::Voltage(self.volts));
    }

    fn set_coil(&mut self, coil: u32, high: bool, now: u64) {
        self.motor.set(coil, high, now);
    }

    /// The elements that are on.
    fn heated(&self) -> impl Iterator<Item = usize> {
        let lines = self.model.strobes.iter().enumerate();
        let on = lines.filter(|(line, _)| self.strobes >> line & 1 == 1);
        on.flat_map(|(_, dots)| dots.clone())
            .filter(|dot| self.latched.get(*dot).copied().unwrap_or(false))
    }

    /// The row of dots under the head.
    fn row(&self) -> usize {
        usize::try_from((self.motor.position - 1).div_euclid(self.model.steps)).unwrap_or(0)
    }

    /// Heats what is on from where it was left until `now`: each element by
    /// I^2 R, in terms of what TF50KS needs at this temperature.
    fn heat_until(&mut self, now: u64) {
        let ns = now.saturating_sub(self.integrated);
        self.integrated = self.integrated.max(now);
        if self.strobes == 0 || ns == 0 {
            return;
        }
        let dots: Vec<usize> = self.heated().collect();
        let volts = self.model.effective(self.volts_with(dots.len()), self.celsius);
        let path = self.model.heater + self.model.driver + self.model.common * dots.len() as f64;
        let joules = (volts / path).powi(2) * self.model.heater * ns as f64 * 1e-9;
        let needs = 0.285_3e-3 - 0.002_803e-3 * (self.celsius - 25.0);
        let row = self.row();
        for dot in dots {
            self.paper.heat(dot, row, joules / needs, now);
        }
        if !(self.paper_in && self.platen_closed) {
            self.bare += ns;
            self.check(self.bare <= REACTION, Violation::Bare);
        }
    }
}

fn millis(volts: f64) -> u16 {
    // Within a u16 by the range of what is measured.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let millis = (volts * 1e3).round().clamp(0.0, 65_535.0) as u16;
    millis
}
