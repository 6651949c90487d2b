use core::cell::RefCell;

use super::chip::{Bus, Number, PCR, Tda8007, Tda8007Error};
use crate::ErrorType;
use crate::card::contact::CardSlot;
use crate::port::{CardState, Class, Duration, SlotFault};

/// PCR.
const START: u8 = 0x01;
const THREE_VOLT: u8 = 0x02;
const RSTIN: u8 = 0x04;
const ONE_VOLT_EIGHT: u8 = 0x08;

/// From START until the clock runs, and until VCC is down. Neither was found;
/// this is several times what relatives take.
const SEQUENCE: Duration = Duration::from_micros(500);

/// One slot of a [`Tda8007`].
#[derive(Debug)]
pub struct Slot<'a, B> {
    chip: &'a RefCell<Tda8007<B>>,
    number: Number,
    /// PCR as it is wanted.
    pcr: u8,
}

impl<'a, B> Slot<'a, B> {
    pub(super) const fn new(chip: &'a RefCell<Tda8007<B>>, number: Number) -> Self {
        Self { chip, number, pcr: 0 }
    }
}

impl<B: Bus> Slot<'_, B> {
    /// Writes PCR of this card; the UART stays with the card that has it.
    fn set(&mut self, pcr: u8) -> Result<(), Tda8007Error<B::Error>> {
        self.pcr = pcr;
        let mut chip = self.chip.borrow_mut();
        let before = chip.selected();
        chip.select(Some(self.number))?;
        chip.write(PCR, pcr)?;
        chip.select(before)
    }

    fn is_on(&self) -> bool {
        self.pcr & START != 0
    }
}

impl<B: Bus> ErrorType for Slot<'_, B> {
    type Error = Tda8007Error<B::Error>;
}

impl<B: Bus> CardSlot for Slot<'_, B> {
    fn sense(&mut self) -> Result<CardState, Self::Error> {
        let (present, told) = self.chip.borrow_mut().look(self.number)?;
        let fault = match self.is_on() {
            true if told.moved || !present => Some(SlotFault::TakenOff),
            true if told.overload => Some(SlotFault::Overload),
            true if told.hot => Some(SlotFault::Overheated),
            true if told.supply => Some(SlotFault::Supply),
            _ => None,
        };
        if fault.is_some() {
            self.set(0)?;
        }
        Ok(CardState { present, active: self.is_on(), fault, ..CardState::default() })
    }

    fn power(&mut self, class: Class, _low: u16) -> Result<CardState, Self::Error> {
        self.pcr = 0;
        let state = self.sense()?;
        if !state.present {
            return Ok(state);
        }
        let supply = match class {
            Class::A => 0,
            Class::B => THREE_VOLT,
            Class::C => ONE_VOLT_EIGHT,
        };
        self.set(supply)?;
        self.set(supply | START)?;
        Ok(CardState { active: true, wait: SEQUENCE, ..state })
    }

    fn reset(&mut self, _low: u16) -> Result<CardState, Self::Error> {
        self.set(self.pcr & !RSTIN)?;
        self.sense()
    }

    fn run(&mut self) -> Result<CardState, Self::Error> {
        let state = self.sense()?;
        if self.is_on() {
            self.set(self.pcr | RSTIN)?;
        }
        Ok(state)
    }

    fn off(&mut self) -> Result<CardState, Self::Error> {
        self.set(0)?;
        Ok(CardState { wait: SEQUENCE, ..self.sense()? })
    }

    fn connect(&mut self, on: bool) -> Result<(), Self::Error> {
        // Another card that takes the UART disconnects this one.
        if on { self.chip.borrow_mut().select(Some(self.number)) } else { Ok(()) }
    }
}
