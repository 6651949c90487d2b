//! The parts around the interface chips of contact cards.

use core::convert::Infallible;
use core::ptr;

use embedded_hal::digital::{ErrorType as PinErrorType, InputPin, OutputPin};
use embedded_hal::i2c::{ErrorType as I2cErrorType, I2c, Operation};
use embedded_pos::card::reader::tda8007::Bus;
use embedded_pos::card::{Atr, CardReader};
use embedded_pos::port::{Port, SetBaud};
use embedded_pos::{ErrorType, nb};

use crate::{Uart, unknown, wanted};

const PINS: *mut u32 = ptr::without_provenance_mut(0x4000_0020);
const SPEED: *mut u32 = ptr::without_provenance_mut(0x4000_0024);
const BYTE: *mut u8 = ptr::without_provenance_mut(0x4000_0028);

/// A card is waited for, read, and let go.
pub fn card(reader: &mut impl CardReader) {
    wanted(nb::block!(reader.poll_inserted()).is_ok().into());
    let mut atr = [0; Atr::MAX];
    wanted(reader.activate(&mut atr).is_ok().into());
    atr.iter().for_each(|byte| wanted((*byte).into()));
    let command = [unknown() as u8; 8];
    let mut response = [0; 64];
    wanted(reader.transmit(&command, &mut response).map_or(0, |len| len as u32));
    response.iter().for_each(|byte| wanted((*byte).into()));
    wanted(reader.deactivate().is_ok().into());
    wanted(nb::block!(reader.poll_removed()).is_ok().into());
}

/// A UART whose speed and parity can be set.
#[derive(Debug)]
pub struct CardUart;

impl ErrorType for CardUart {
    type Error = Infallible;
}

impl Port for CardUart {
    fn try_read(&mut self, buf: &mut [u8]) -> nb::Result<usize, Infallible> {
        Uart.try_read(buf)
    }

    fn try_write(&mut self, bytes: &[u8]) -> nb::Result<usize, Infallible> {
        Uart.try_write(bytes)
    }

    fn baud(&mut self) -> Option<&mut dyn SetBaud<Error = Infallible>> {
        Some(self)
    }
}

impl SetBaud for CardUart {
    fn set_baud(&mut self, baud: u32) -> Result<(), Infallible> {
        // SAFETY: never run.
        unsafe { SPEED.write_volatile(baud) }
        Ok(())
    }

    fn set_parity(&mut self, odd: bool) -> Result<bool, Infallible> {
        // SAFETY: never run.
        unsafe { SPEED.write_volatile(odd.into()) }
        Ok(unknown() != 0)
    }
}

/// A pin of a port.
#[derive(Debug)]
pub struct Pin(pub u8);

impl PinErrorType for Pin {
    type Error = Infallible;
}

impl OutputPin for Pin {
    #[inline(never)]
    fn set_low(&mut self) -> Result<(), Infallible> {
        // SAFETY: never run.
        unsafe { PINS.write_volatile(1 << self.0) }
        Ok(())
    }

    #[inline(never)]
    fn set_high(&mut self) -> Result<(), Infallible> {
        // SAFETY: never run.
        unsafe { PINS.write_volatile(0x1_0000 << self.0) }
        Ok(())
    }
}

impl InputPin for Pin {
    #[inline(never)]
    fn is_high(&mut self) -> Result<bool, Infallible> {
        Ok(unknown() >> self.0 & 1 != 0)
    }

    fn is_low(&mut self) -> Result<bool, Infallible> {
        self.is_high().map(|high| !high)
    }
}

/// A bus of one register: I2C, or eight bits wide.
#[derive(Debug)]
pub struct Wires;

impl I2cErrorType for Wires {
    type Error = Infallible;
}

impl I2c for Wires {
    #[inline(never)]
    fn transaction(
        &mut self,
        address: u8,
        operations: &mut [Operation<'_>],
    ) -> Result<(), Infallible> {
        for operation in operations {
            match operation {
                Operation::Read(room) => room.fill(unknown() as u8),
                // SAFETY: never run.
                Operation::Write(bytes) => {
                    bytes.iter().for_each(|byte| unsafe { BYTE.write_volatile(*byte ^ address) })
                }
            }
        }
        Ok(())
    }
}

impl ErrorType for Wires {
    type Error = Infallible;
}

impl Bus for Wires {
    #[inline(never)]
    fn read(&mut self, register: u8) -> Result<u8, Infallible> {
        // SAFETY: never run.
        Ok(unsafe { BYTE.add(register.into()).read_volatile() })
    }

    #[inline(never)]
    fn write(&mut self, register: u8, value: u8) -> Result<(), Infallible> {
        // SAFETY: never run.
        unsafe { BYTE.add(register.into()).write_volatile(value) }
        Ok(())
    }
}
