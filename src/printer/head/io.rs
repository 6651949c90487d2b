use core::fmt;

/// A pin, the bus or a converter could not be driven. Which one, the
/// implementor knows.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct IoFault;

impl fmt::Display for IoFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a pin or the bus of the print head cannot be driven")
    }
}

impl core::error::Error for IoFault {}

/// The lines of a thermal head: data, latch, strobes.
pub trait HeadIo {
    /// Shifts a row into the register, the leftmost dot first, 1 burns. What
    /// is latched does not change.
    ///
    /// # Errors
    /// The bus failed.
    fn shift(&mut self, row: &[u8]) -> Result<(), IoFault>;

    /// Takes the register over into the latch, with the set-up, width and hold
    /// times of the data sheet.
    ///
    /// # Errors
    /// The pin failed.
    fn latch(&mut self) -> Result<(), IoFault>;

    /// Heats the latched dots under the strobe lines of `mask` (bit 0 is the
    /// first line), or stops heating them. The other lines stay as they are.
    ///
    /// # Errors
    /// A pin failed. Off was tried on every line of the mask all the same.
    fn strobe(&mut self, mask: u8, on: bool) -> Result<(), IoFault>;

    /// Heats for so long and stops by itself, whatever the processor does: a
    /// timer in one-pulse mode, or a monostable. Returns whether it can.
    ///
    /// With it, no stall of the program burns the head; without it, the
    /// strobe stays on until the next poll. [`strobe`](Self::strobe) ends it
    /// early.
    ///
    /// # Errors
    /// The timer failed; nothing is heated then.
    fn strobe_pulse(&mut self, mask: u8, micros: u16) -> Result<bool, IoFault> {
        let _ = (mask, micros);
        Ok(false)
    }

    /// Whether something else may go over the data line between two polls.
    /// What is shifted is latched at once then, and never while it heats.
    fn shares_bus(&self) -> bool {
        false
    }
}

/// The coils of the paper motor.
pub trait StepperIo {
    /// Sets the four coil inputs, bit 0 first; 0 releases the motor.
    ///
    /// # Errors
    /// A pin failed. Off was tried on every pin all the same.
    fn phase(&mut self, coils: u8) -> Result<(), IoFault>;
}

/// What is known of the mechanism. Temperature and voltage are asked for before
/// every strobe, the voltage once while it is on, and once more if it is out of
/// range; paper and platen at every poll.
pub trait HeadSense {
    /// The voltage over the head's thermistor, in mV.
    ///
    /// # Errors
    /// It could not be converted.
    fn thermistor_mv(&mut self) -> Result<u16, IoFault>;

    /// The voltage of the head's supply, in mV; while it heats, too.
    ///
    /// # Errors
    /// It could not be converted.
    fn vhead_mv(&mut self) -> Result<u16, IoFault>;

    /// Whether there is paper.
    ///
    /// # Errors
    /// The pin failed.
    fn paper(&mut self) -> Result<bool, IoFault>;

    /// Whether the platen is closed.
    ///
    /// # Errors
    /// The pin failed.
    fn platen(&mut self) -> Result<bool, IoFault>;
}

impl<T: HeadIo + ?Sized> HeadIo for &mut T {
    fn shift(&mut self, row: &[u8]) -> Result<(), IoFault> {
        T::shift(self, row)
    }

    fn latch(&mut self) -> Result<(), IoFault> {
        T::latch(self)
    }

    fn strobe(&mut self, mask: u8, on: bool) -> Result<(), IoFault> {
        T::strobe(self, mask, on)
    }

    fn strobe_pulse(&mut self, mask: u8, micros: u16) -> Result<bool, IoFault> {
        T::strobe_pulse(self, mask, micros)
    }

    fn shares_bus(&self) -> bool {
        T::shares_bus(self)
    }
}

impl<T: StepperIo + ?Sized> StepperIo for &mut T {
    fn phase(&mut self, coils: u8) -> Result<(), IoFault> {
        T::phase(self, coils)
    }
}

impl<T: HeadSense + ?Sized> HeadSense for &mut T {
    fn thermistor_mv(&mut self) -> Result<u16, IoFault> {
        T::thermistor_mv(self)
    }

    fn vhead_mv(&mut self) -> Result<u16, IoFault> {
        T::vhead_mv(self)
    }

    fn paper(&mut self) -> Result<bool, IoFault> {
        T::paper(self)
    }

    fn platen(&mut self) -> Result<bool, IoFault> {
        T::platen(self)
    }
}
