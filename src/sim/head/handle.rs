use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::pins::Line;
use super::{Delay, Mechanism, Model, Pin, Spi, Switch};
use crate::printer::head::{
    Bus, Gb2312Font, HeadIo, HeadSense, IoFault, Profile, Sensors, SpiHead, StepperPins,
};
use crate::sim::VirtualClock;

/// The font of the simulated printers, for a driver that needs one: Noto Sans
/// Mono CJK SC.
pub const FONT: Gb2312Font<'static> = Gb2312Font {
    ascii: include_bytes!("../printer/font/ascii24.bin"),
    hanzi: include_bytes!("../printer/font/hanzi24.bin"),
};

/// A handle to a mechanism: clones are handles to the same one.
#[derive(Clone, Debug)]
pub struct SimHead(Arc<Mutex<Mechanism>>);

/// The head's lines as [`SimHead::parts`] has them.
pub type SimIo = SpiHead<Bus<Spi>, Pin, Pin, Delay, 6>;

/// The motor as [`SimHead::parts`] has it.
pub type SimStepper = StepperPins<Pin, Pin, Pin, Pin>;

impl SimHead {
    /// A mechanism with paper, at 25 C and 7.2 V, by `clock`.
    #[must_use]
    pub fn new(model: Model, clock: VirtualClock) -> Self {
        Self(Arc::new(Mutex::new(Mechanism::new(model, clock))))
    }

    /// The mechanism, to look at it and to do things to it.
    pub fn device(&self) -> MutexGuard<'_, Mechanism> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A bus to it.
    #[must_use]
    pub fn spi(&self, hz: u32) -> Spi {
        Spi { sim: self.clone(), hz }
    }

    fn pin(&self, line: Line) -> Pin {
        Pin { sim: self.clone(), line }
    }

    /// What a driver needs for it, with a timer for the strobes, and a font.
    pub fn parts(
        &self,
        profile: &Profile,
    ) -> (Timed, SimStepper, impl HeadSense + use<>, Gb2312Font<'static>) {
        let timer = Timed { io: self.io(profile), sim: self.clone() };
        (timer, self.stepper(), self.sense(), FONT)
    }

    /// The head's lines, on the fastest bus that the profile allows.
    #[must_use]
    pub fn io(&self, profile: &Profile) -> SimIo {
        let strobes = [0, 1, 2, 3, 4, 5].map(|line| self.pin(Line::Strobe(line)));
        let bus = Bus(self.spi(profile.lines.clock_hz));
        let delay = Delay { sim: self.clone() };
        SpiHead::new(bus, self.pin(Line::Latch), strobes, delay, profile)
    }

    /// The motor's coils.
    #[must_use]
    pub fn stepper(&self) -> SimStepper {
        let [a, b, c, d] = [0, 1, 2, 3].map(|coil| self.pin(Line::Coil(coil)));
        StepperPins(a, b, c, d)
    }

    /// The sensors.
    pub fn sense(&self) -> impl HeadSense + use<> {
        let [thermistor, vhead] = [self.clone(), self.clone()];
        let switch = |read| Switch { sim: self.clone(), read };
        Sensors {
            thermistor: move || thermistor.device().thermistor_mv(),
            vhead: move || vhead.device().vhead_mv(),
            paper: switch(|device| device.paper_in),
            paper_high: true,
            platen: switch(|device| device.platen_closed),
            platen_high: true,
        }
    }
}

/// The lines, and a timer that ends strobes.
#[derive(Debug)]
pub struct Timed {
    io: SimIo,
    sim: SimHead,
}

impl HeadIo for Timed {
    fn shift(&mut self, row: &[u8]) -> Result<(), IoFault> {
        self.io.shift(row)
    }

    fn latch(&mut self) -> Result<(), IoFault> {
        self.io.latch()
    }

    fn strobe(&mut self, mask: u8, on: bool) -> Result<(), IoFault> {
        self.io.strobe(mask, on)
    }

    fn strobe_pulse(&mut self, mask: u8, micros: u16) -> Result<bool, IoFault> {
        self.sim.device().pulse(mask, micros);
        Ok(true)
    }
}
