use core::cell::RefCell;

use embedded_hal::i2c::I2c;

use super::Number;
use super::chip::{
    ASYNCHRONOUS, CONFIG, Command, EARLY, RESET_HIGH, RESET_LOW, Status, Tda8026, Tda8026Error,
};
use crate::ErrorType;
use crate::card::contact::CardSlot;
use crate::port::{CardState, Class, Duration, SlotFault};

/// An answer before 200 + so many clock cycles is early (ISO/IEC 7816-3:2006,
/// 6.2.2 has 400; EMV's 380 is left to the reader).
const NOT_EARLY: u8 = 0xAA;

/// From START until the clock runs, at most. Not found in a data sheet; that of
/// the TDA8023, which has the same sequencer, is 250 us.
const ACTIVATION: Duration = Duration::from_micros(500);

/// Until VCC is down; several times what relatives take.
const DEACTIVATION: Duration = Duration::from_millis(1);

/// One slot of a [`Tda8026`].
#[derive(Debug)]
pub struct Slot<'a, I> {
    chip: &'a RefCell<Tda8026<I>>,
    number: Number,
    /// Register 0 as it is wanted: START, supply, IOEN.
    command: Command,
    /// The I/O line is this slot's.
    connected: bool,
    sure: bool,
    /// START was given and the card seen active since.
    seen: bool,
}

impl<'a, I> Slot<'a, I> {
    pub(super) const fn new(chip: &'a RefCell<Tda8026<I>>, number: Number) -> Self {
        Self {
            chip,
            number,
            command: Command::empty(),
            connected: matches!(number, Number::One),
            sure: true,
            seen: false,
        }
    }
}

impl<I: I2c> Slot<'_, I> {
    fn io(&self) -> Command {
        if self.connected { Command::IO_ENABLE } else { Command::empty() }
    }

    /// The times that the chip counts by itself.
    fn times(&self, low: u16) -> Result<(), Tda8026Error<I::Error>> {
        let mut chip = self.chip.borrow_mut();
        let [high, low] = low.to_be_bytes();
        let command = self.command | self.io();
        chip.set(self.number, command, EARLY, NOT_EARLY)?;
        chip.set(self.number, command, RESET_HIGH, high)?;
        chip.set(self.number, command, RESET_LOW, low)
    }

    fn apply(&self, more: Command) -> Result<(), Tda8026Error<I::Error>> {
        self.chip.borrow_mut().command(self.number, self.command | self.io() | more)
    }

    /// What a status says; a fault ends the activation.
    fn judge(&mut self, status: Status) -> Result<CardState, Tda8026Error<I::Error>> {
        let started = self.command.contains(Command::START);
        let present = status.contains(Status::PRES);
        let active = status.contains(Status::ACTIVE);
        self.seen |= started && active;
        let fault = match started {
            true if !present || status.contains(Status::PRESL) => Some(SlotFault::TakenOff),
            true if status.contains(Status::PROT) => Some(SlotFault::Protection),
            true if status.contains(Status::SUPL) => Some(SlotFault::Supply),
            true if self.seen && !active => Some(SlotFault::Protection),
            _ => None,
        };
        if fault.is_some() {
            self.stop()?;
        }
        let active = self.command.contains(Command::START);
        Ok(CardState { present, active, fault, ..CardState::default() })
    }

    fn stop(&mut self) -> Result<(), Tda8026Error<I::Error>> {
        (self.command, self.seen) = (Command::empty(), false);
        self.apply(Command::empty())
    }
}

impl<I: I2c> ErrorType for Slot<'_, I> {
    type Error = Tda8026Error<I::Error>;
}

impl<I: I2c> CardSlot for Slot<'_, I> {
    fn sense(&mut self) -> Result<CardState, Self::Error> {
        let status = self.chip.borrow_mut().status(self.number)?;
        self.judge(status)
    }

    fn power(&mut self, class: Class, low: u16) -> Result<CardState, Self::Error> {
        self.stop()?;
        // What is latched is of the time before.
        let status = self.chip.borrow_mut().status(self.number)?;
        let state = self.judge(status)?;
        if !state.present {
            return Ok(state);
        }
        let config = ASYNCHRONOUS | self.chip.borrow().divider(self.number);
        self.chip.borrow_mut().set(self.number, self.io(), CONFIG, config)?;
        self.times(low)?;
        self.command = Command::START
            | match class {
                Class::A => Command::FIVE_VOLT,
                Class::B => Command::empty(),
                Class::C => Command::ONE_VOLT_EIGHT,
            };
        self.apply(Command::empty())?;
        Ok(CardState { active: true, wait: ACTIVATION, automatic: true, ..state })
    }

    fn reset(&mut self, low: u16) -> Result<CardState, Self::Error> {
        let state = self.sense()?;
        if state.active {
            self.times(low)?;
            self.apply(Command::WARM)?;
        }
        Ok(CardState { automatic: true, ..state })
    }

    fn run(&mut self) -> Result<CardState, Self::Error> {
        self.sense()
    }

    fn off(&mut self) -> Result<CardState, Self::Error> {
        self.stop()?;
        let status = self.chip.borrow_mut().status(self.number)?;
        let state = self.judge(status)?;
        Ok(CardState { wait: DEACTIVATION, ..state })
    }

    fn connect(&mut self, on: bool) -> Result<(), Self::Error> {
        if self.number == Number::One || (self.connected == on && self.sure) {
            return Ok(());
        }
        let before = core::mem::replace(&mut self.connected, on);
        let applied = self.apply(Command::empty());
        self.sure = applied.is_ok();
        if applied.is_err() {
            self.connected = before;
        }
        applied
    }
}
