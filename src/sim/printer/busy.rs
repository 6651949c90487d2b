use core::convert::Infallible;

use embedded_hal::digital::{ErrorType, InputPin};

use super::EscPosPrinter;
use crate::port::Clock;
use crate::sim::Simulated;

/// The BUSY line of a simulated printer, as an input pin.
#[derive(Debug)]
pub struct BusyLine<C> {
    printer: Simulated<EscPosPrinter>,
    clock: C,
}

impl<C: Clock> BusyLine<C> {
    /// A pin that is wired to the printer.
    pub const fn new(printer: Simulated<EscPosPrinter>, clock: C) -> Self {
        Self { printer, clock }
    }
}

impl<C> ErrorType for BusyLine<C> {
    type Error = Infallible;
}

impl<C: Clock> InputPin for BusyLine<C> {
    fn is_high(&mut self) -> Result<bool, Infallible> {
        let now = self.clock.now();
        Ok(self.printer.device().is_busy(now))
    }

    fn is_low(&mut self) -> Result<bool, Infallible> {
        self.is_high().map(|high| !high)
    }
}
