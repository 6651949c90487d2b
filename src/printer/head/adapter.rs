use embedded_hal::delay::DelayNs;
use embedded_hal::digital::{InputPin, OutputPin, PinState};
use embedded_hal::spi::{SpiBus, SpiDevice};

use super::io::{HeadIo, HeadSense, IoFault, StepperIo};
use super::profile::{Lines, Profile};

/// Where a row goes out: [`Bus`] or [`Device`].
pub trait ShiftOut {
    /// Writes all bytes, the highest bit first, and returns when the last bit
    /// is out.
    ///
    /// # Errors
    /// The bus failed.
    fn write(&mut self, bytes: &[u8]) -> Result<(), IoFault>;

    /// Whether others use it too: [`HeadIo::shares_bus`].
    fn is_shared(&self) -> bool {
        false
    }
}

/// A bus of its own (mode 0).
#[derive(Debug)]
pub struct Bus<B>(pub B);

/// A bus that others use too, with a chip select that is not connected: a row
/// overwrites whatever else went over the line, and only a row is latched.
#[derive(Debug)]
pub struct Device<D>(pub D);

impl<B: SpiBus> ShiftOut for Bus<B> {
    fn write(&mut self, bytes: &[u8]) -> Result<(), IoFault> {
        self.0.write(bytes).map_err(|_| IoFault)?;
        self.0.flush().map_err(|_| IoFault)
    }
}

impl<D: SpiDevice> ShiftOut for Device<D> {
    fn write(&mut self, bytes: &[u8]) -> Result<(), IoFault> {
        self.0.write(bytes).map_err(|_| IoFault)
    }

    fn is_shared(&self) -> bool {
        true
    }
}

/// A head on SPI, a latch pin and strobe pins. The delay is for the hundreds
/// of nanoseconds that a latch takes.
///
/// Its strobes stay on until they are switched off. For a timer that ends
/// them, wrap it and implement [`HeadIo::strobe_pulse`]; pass the other methods
/// on, [`HeadIo::shares_bus`] among them.
#[derive(Debug)]
pub struct SpiHead<B, L, S, D, const N: usize> {
    bus: B,
    latch: L,
    strobes: [S; N],
    delay: D,
    lines: Lines,
}

impl<B, L: OutputPin, S: OutputPin, D, const N: usize> SpiHead<B, L, S, D, N> {
    /// Joins the parts. No I/O: the pins are to be outputs that are at rest.
    /// The strobes stand in the order of the [profile's](Profile::strobes).
    pub const fn new(bus: B, latch: L, strobes: [S; N], delay: D, profile: &Profile) -> Self {
        Self { bus, latch, strobes, delay, lines: profile.lines }
    }

    /// Gives the parts back.
    pub fn release(self) -> (B, L, [S; N], D) {
        (self.bus, self.latch, self.strobes, self.delay)
    }

    fn set(&mut self, mask: u8, on: bool) -> Result<(), IoFault> {
        let state = PinState::from(on == self.lines.strobe_high);
        let mut result = Ok(());
        for (n, pin) in self.strobes.iter_mut().enumerate() {
            if mask >> n & 1 == 1 && pin.set_state(state).is_err() {
                result = Err(IoFault);
            }
        }
        result
    }

    fn set_latch(&mut self, active: bool) -> Result<(), IoFault> {
        let state = PinState::from(active == self.lines.latch_high);
        self.latch.set_state(state).map_err(|_| IoFault)
    }
}

impl<B: ShiftOut, L: OutputPin, S: OutputPin, D: DelayNs, const N: usize> HeadIo
    for SpiHead<B, L, S, D, N>
{
    fn shift(&mut self, row: &[u8]) -> Result<(), IoFault> {
        self.bus.write(row)
    }

    fn latch(&mut self) -> Result<(), IoFault> {
        self.delay.delay_ns(self.lines.latch_setup_ns.into());
        self.set_latch(true)?;
        self.delay.delay_ns(self.lines.latch_width_ns.into());
        self.set_latch(false)?;
        self.delay.delay_ns(self.lines.latch_hold_ns.into());
        Ok(())
    }

    fn strobe(&mut self, mask: u8, on: bool) -> Result<(), IoFault> {
        self.set(mask, on)
    }

    fn shares_bus(&self) -> bool {
        self.bus.is_shared()
    }
}

/// A motor driver with an input for each end of two coils: A, /A, B, /B.
#[derive(Debug)]
pub struct StepperPins<A, B, C, D>(pub A, pub B, pub C, pub D);

impl<A: OutputPin, B: OutputPin, C: OutputPin, D: OutputPin> StepperIo for StepperPins<A, B, C, D> {
    fn phase(&mut self, coils: u8) -> Result<(), IoFault> {
        let state = |bit: u8| PinState::from(coils >> bit & 1 == 1);
        let failed = [
            self.0.set_state(state(0)).is_err(),
            self.1.set_state(state(1)).is_err(),
            self.2.set_state(state(2)).is_err(),
            self.3.set_state(state(3)).is_err(),
        ];
        if failed.contains(&true) { Err(IoFault) } else { Ok(()) }
    }
}

/// Two converters, as closures that return mV (0 if they cannot: that is taken
/// for a broken sensor), and two switches.
#[derive(Debug)]
pub struct Sensors<T, V, P, L> {
    /// Measures the voltage over the thermistor.
    pub thermistor: T,
    /// Measures the head's supply, before its divider.
    pub vhead: V,
    /// The paper sensor.
    pub paper: P,
    /// The level of the pin when there is paper.
    pub paper_high: bool,
    /// The platen switch.
    pub platen: L,
    /// The level of the pin when the platen is closed.
    pub platen_high: bool,
}

impl<T, V, P, L> HeadSense for Sensors<T, V, P, L>
where
    T: FnMut() -> u16,
    V: FnMut() -> u16,
    P: InputPin,
    L: InputPin,
{
    fn thermistor_mv(&mut self) -> Result<u16, IoFault> {
        Ok((self.thermistor)())
    }

    fn vhead_mv(&mut self) -> Result<u16, IoFault> {
        Ok((self.vhead)())
    }

    fn paper(&mut self) -> Result<bool, IoFault> {
        Ok(self.paper.is_high().map_err(|_| IoFault)? == self.paper_high)
    }

    fn platen(&mut self) -> Result<bool, IoFault> {
        Ok(self.platen.is_high().map_err(|_| IoFault)? == self.platen_high)
    }
}
