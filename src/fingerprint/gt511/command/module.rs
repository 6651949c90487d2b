use super::{Command, Flow, done};
use crate::fingerprint::gt511::nack::Nack;

/// What a module says about itself.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Info {
    /// The firmware's version, as it stands there.
    pub firmware: u32,
    /// The most bytes of an ISO disc image over USB.
    pub iso_area: u32,
    /// The module's serial number.
    pub serial: [u8; 16],
}

/// Opens the module and asks what it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Open;

impl Command for Open {
    const CODE: u16 = 0x01;
    const NAME: &'static str = "Open";
    const FLOW: Flow = Flow::Up(24);
    type Reply = Info;

    fn parameter(&self) -> u32 {
        1 // With the data packet.
    }

    fn decode(&self, parameter: u32, data: &[u8]) -> Option<Info> {
        done(parameter)?;
        let (firmware, rest) = data.split_first_chunk()?;
        let (iso_area, serial) = rest.split_first_chunk()?;
        Some(Info {
            firmware: u32::from_le_bytes(*firmware),
            iso_area: u32::from_le_bytes(*iso_area),
            serial: serial.try_into().ok()?,
        })
    }
}

/// Says that the module is not needed any more.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Close;

impl Command for Close {
    const CODE: u16 = 0x02;
    const NAME: &'static str = "Close";
    type Reply = ();

    fn decode(&self, parameter: u32, _data: &[u8]) -> Option<()> {
        done(parameter)
    }
}

/// Changes the speed, to one of 9600 to 115 200 bits a second, until the module
/// loses power.
///
/// [`Gt511::set_baud`](crate::fingerprint::Driver::set_baud) sends it: by
/// itself, it leaves the port behind.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ChangeBaud(pub u32);

impl Command for ChangeBaud {
    const CODE: u16 = 0x04;
    const NAME: &'static str = "ChangeBaudrate";
    const REFUSALS: &'static [Nack] = &[Nack::BaudRate];
    type Reply = ();

    fn parameter(&self) -> u32 {
        self.0
    }

    fn decode(&self, parameter: u32, _data: &[u8]) -> Option<()> {
        done(parameter)
    }
}

/// Switches the light under the glass. Without it there is no image.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct CmosLed(pub bool);

impl Command for CmosLed {
    const CODE: u16 = 0x12;
    const NAME: &'static str = "CmosLed";
    type Reply = ();

    fn parameter(&self) -> u32 {
        self.0.into()
    }

    fn decode(&self, parameter: u32, _data: &[u8]) -> Option<()> {
        done(parameter)
    }
}
