//! A bare print head, through the same trait; without the dots of a font.
#![no_std]
#![no_main]

use embedded_pos::printer::head::{
    Config, Font, Head, HeadIo, HeadSense, IoFault, Profile, StepperIo,
};
use embedded_pos::printer::text::Charset;
use flash::{Timer, unknown, wanted};

/// Head, motor, sensors and font: registers that do not exist.
struct Part;

impl HeadIo for Part {
    fn shift(&mut self, row: &[u8]) -> Result<(), IoFault> {
        row.iter().for_each(|byte| wanted((*byte).into()));
        Ok(())
    }

    fn latch(&mut self) -> Result<(), IoFault> {
        wanted(1);
        Ok(())
    }

    fn strobe(&mut self, mask: u8, on: bool) -> Result<(), IoFault> {
        wanted(u32::from(mask) << 1 | u32::from(on));
        Ok(())
    }
}

impl StepperIo for Part {
    fn phase(&mut self, coils: u8) -> Result<(), IoFault> {
        wanted(coils.into());
        Ok(())
    }
}

impl HeadSense for Part {
    fn thermistor_mv(&mut self) -> Result<u16, IoFault> {
        Ok(unknown() as u16)
    }

    fn vhead_mv(&mut self) -> Result<u16, IoFault> {
        Ok(unknown() as u16)
    }

    fn paper(&mut self) -> Result<bool, IoFault> {
        Ok(unknown() & 1 != 0)
    }

    fn platen(&mut self) -> Result<bool, IoFault> {
        Ok(unknown() & 2 != 0)
    }
}

impl Font for Part {
    fn charset(&self) -> Charset {
        Charset::ASCII
    }

    fn narrow(&self, byte: u8, row: u8) -> u16 {
        unknown() as u16 ^ u16::from_be_bytes([byte, row])
    }

    fn wide(&self, _: [u8; 2], _: u8) -> Option<u32> {
        None
    }
}

flash::printer!(
    Head<Part, Part, Part, Part>,
    Head::new(Part, Part, Part, Part, &Profile::FTP_628, Config::DEFAULT)
);
