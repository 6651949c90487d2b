use core::convert::Infallible;

use embedded_hal::delay::DelayNs;
use embedded_hal::digital::{self, InputPin, OutputPin};
use embedded_hal::spi::{self, SpiBus};

use super::{Mechanism, SimHead};

/// An output of the board.
#[derive(Clone, Debug)]
pub struct Pin {
    pub(super) sim: SimHead,
    pub(super) line: Line,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Line {
    Latch,
    Strobe(usize),
    Coil(u32),
}

impl digital::ErrorType for Pin {
    type Error = Infallible;
}

impl Pin {
    fn set(&mut self, high: bool) {
        let mut device = self.sim.device();
        let now = device.pass(10);
        match self.line {
            Line::Latch => device.set_latch(high, now),
            Line::Strobe(line) => device.set_strobe(line, high, now),
            Line::Coil(coil) => device.set_coil(coil, high, now),
        }
    }
}

impl OutputPin for Pin {
    fn set_low(&mut self) -> Result<(), Infallible> {
        self.set(false);
        Ok(())
    }

    fn set_high(&mut self) -> Result<(), Infallible> {
        self.set(true);
        Ok(())
    }
}

/// A switch: high when there is paper, or the platen is closed.
#[derive(Clone, Debug)]
pub struct Switch {
    pub(super) sim: SimHead,
    pub(super) read: fn(&Mechanism) -> bool,
}

impl digital::ErrorType for Switch {
    type Error = Infallible;
}

impl InputPin for Switch {
    fn is_high(&mut self) -> Result<bool, Infallible> {
        Ok((self.read)(&self.sim.device()))
    }

    fn is_low(&mut self) -> Result<bool, Infallible> {
        Ok(!(self.read)(&self.sim.device()))
    }
}

/// Data and clock, on a bus of so many Hz; a transfer takes its time.
#[derive(Clone, Debug)]
pub struct Spi {
    pub(super) sim: SimHead,
    pub(super) hz: u32,
}

impl spi::ErrorType for Spi {
    type Error = Infallible;
}

impl SpiBus for Spi {
    fn write(&mut self, words: &[u8]) -> Result<(), Infallible> {
        for word in words {
            self.sim.device().shift(*word, self.hz);
        }
        Ok(())
    }

    fn read(&mut self, _: &mut [u8]) -> Result<(), Infallible> {
        Ok(())
    }

    fn transfer(&mut self, _: &mut [u8], write: &[u8]) -> Result<(), Infallible> {
        self.write(write)
    }

    fn transfer_in_place(&mut self, words: &mut [u8]) -> Result<(), Infallible> {
        self.write(words)
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

/// A delay that passes the mechanism's time.
#[derive(Clone, Debug)]
pub struct Delay {
    pub(super) sim: SimHead,
}

impl DelayNs for Delay {
    fn delay_ns(&mut self, ns: u32) {
        self.sim.device().pass(ns.into());
    }
}
