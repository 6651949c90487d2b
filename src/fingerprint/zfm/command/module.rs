use bitflags::bitflags;

use super::{Command, nothing};
use crate::fingerprint::zfm::config::{Password, Timing};
use crate::fingerprint::zfm::confirmation::Confirmation;
use crate::port::Duration;

/// Asks for the parameters. The R308 does not know it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ReadSysPara;

bitflags! {
    /// What a module is up to.
    #[derive(Clone, Copy, Debug, Eq, PartialEq)]
    pub struct Status: u16 {
        /// It works on a command.
        const BUSY = 1;
        /// The last finger matched.
        const PASS = 1 << 1;
        /// The password is verified.
        const PASSWORD = 1 << 2;
        /// There is a valid image.
        const IMAGE = 1 << 3;
        const _ = !0;
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Status {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "Status({=u16:#06x})", self.bits());
    }
}

/// Content of a data packet, by the module's code for it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct PacketSize(pub u16);

impl PacketSize {
    /// Bytes; `None` for a code that is not in the manuals.
    #[must_use]
    pub const fn bytes(self) -> Option<u16> {
        match self.0 {
            code @ 0..=3 => Some(32 << code),
            _ => None,
        }
    }
}

/// What a module says about itself.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Parameters {
    /// What it is up to.
    pub status: Status,
    /// Its kind: 0000h ZFM-20 and R503 V1.2.2, 0009h R503 V1.1.
    pub system: u16,
    /// Templates its library holds.
    pub capacity: u16,
    /// How strictly it matches, 1 to 5.
    pub level: u16,
    /// Its address.
    pub address: u32,
    /// Content of its data packets.
    pub packet: PacketSize,
    /// Its speed, in units of 9600 baud.
    pub baud: u16,
}

impl Command for ReadSysPara {
    const OPCODE: u8 = 0x0F;
    const NAME: &'static str = "ReadSysPara";
    const REPLY: usize = 16;
    const REFUSALS: &'static [Confirmation] = &[];
    type Parameters = [u8; 0];
    type Reply = Parameters;

    fn parameters(&self) -> [u8; 0] {
        []
    }

    fn decode(&self, reply: &[u8]) -> Option<Parameters> {
        let reply: [u8; 16] = reply.try_into().ok()?;
        let [s0, s1, i0, i1, c0, c1, l0, l1, a0, a1, a2, a3, p0, p1, b0, b1] = reply;
        Some(Parameters {
            status: Status::from_bits_retain(u16::from_be_bytes([s0, s1])),
            system: u16::from_be_bytes([i0, i1]),
            capacity: u16::from_be_bytes([c0, c1]),
            level: u16::from_be_bytes([l0, l1]),
            address: u32::from_be_bytes([a0, a1, a2, a3]),
            packet: PacketSize(u16::from_be_bytes([p0, p1])),
            baud: u16::from_be_bytes([b0, b1]),
        })
    }
}

/// Verifies the password, so that the module obeys.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct VfyPwd(pub Password);

impl Command for VfyPwd {
    const OPCODE: u8 = 0x13;
    const NAME: &'static str = "VfyPwd";
    const REPLY: usize = 0;
    const REFUSALS: &'static [Confirmation] = &[Confirmation::WrongPassword];
    type Parameters = [u8; 4];
    type Reply = ();

    fn parameters(&self) -> [u8; 4] {
        self.0.to_bytes()
    }

    fn decode(&self, reply: &[u8]) -> Option<()> {
        nothing(reply)
    }
}

/// Changes the password. [`Zfm::set_password`] makes sure that it took.
///
/// [`Zfm::set_password`]: crate::fingerprint::zfm::Zfm::set_password
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SetPwd(pub Password);

impl Command for SetPwd {
    const OPCODE: u8 = 0x12;
    const NAME: &'static str = "SetPwd";
    const REPLY: usize = 0;
    const REFUSALS: &'static [Confirmation] = &[Confirmation::FlashFailed];
    type Parameters = [u8; 4];
    type Reply = ();

    fn parameters(&self) -> [u8; 4] {
        self.0.to_bytes()
    }

    fn decode(&self, reply: &[u8]) -> Option<()> {
        nothing(reply)
    }

    fn time(&self, timing: &Timing) -> Duration {
        timing.flash
    }
}

/// Asks for a random number.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct GetRandomCode;

impl Command for GetRandomCode {
    const OPCODE: u8 = 0x14;
    const NAME: &'static str = "GetRandomCode";
    const REPLY: usize = 4;
    const REFUSALS: &'static [Confirmation] = &[];
    type Parameters = [u8; 0];
    type Reply = u32;

    fn parameters(&self) -> [u8; 0] {
        []
    }

    fn decode(&self, reply: &[u8]) -> Option<u32> {
        reply.try_into().ok().map(u32::from_be_bytes)
    }
}

/// Asks whether the sensor works. R503 only.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct CheckSensor;

impl Command for CheckSensor {
    const OPCODE: u8 = 0x36;
    const NAME: &'static str = "CheckSensor";
    const R503_ONLY: bool = true;
    const REPLY: usize = 0;
    const REFUSALS: &'static [Confirmation] = &[Confirmation::SensorFault];
    type Parameters = [u8; 0];
    type Reply = ();

    fn parameters(&self) -> [u8; 0] {
        []
    }

    fn decode(&self, reply: &[u8]) -> Option<()> {
        nothing(reply)
    }
}

/// Asks whether the module is there. R503 only.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct HandShake;

impl Command for HandShake {
    const OPCODE: u8 = 0x40;
    const NAME: &'static str = "HandShake";
    const R503_ONLY: bool = true;
    const REPLY: usize = 0;
    const REFUSALS: &'static [Confirmation] = &[];
    type Parameters = [u8; 0];
    type Reply = ();

    fn parameters(&self) -> [u8; 0] {
        []
    }

    fn decode(&self, reply: &[u8]) -> Option<()> {
        nothing(reply)
    }
}

/// Asks for what stands on the module's label. R503 only.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ReadProdInfo;

/// What stands on the module's label. Texts are padded with zeroes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct ProductInfo {
    /// The model.
    pub model: [u8; 16],
    /// The batch.
    pub batch: [u8; 4],
    /// The serial number.
    pub serial: [u8; 8],
    /// The hardware's version, major and minor.
    pub hardware: [u8; 2],
    /// The model of the sensor.
    pub sensor: [u8; 8],
    /// Width of an image, in pixels.
    pub width: u16,
    /// Height of an image, in pixels.
    pub height: u16,
    /// Size of a template, in bytes.
    pub template: u16,
    /// Templates the library holds.
    pub capacity: u16,
}

impl Command for ReadProdInfo {
    const OPCODE: u8 = 0x3C;
    const NAME: &'static str = "ReadProdInfo";
    const R503_ONLY: bool = true;
    const REPLY: usize = 46;
    const REFUSALS: &'static [Confirmation] = &[];
    type Parameters = [u8; 0];
    type Reply = ProductInfo;

    fn parameters(&self) -> [u8; 0] {
        []
    }

    fn decode(&self, reply: &[u8]) -> Option<ProductInfo> {
        let (model, rest) = reply.split_first_chunk()?;
        let (batch, rest) = rest.split_first_chunk()?;
        let (serial, rest) = rest.split_first_chunk()?;
        let (hardware, rest) = rest.split_first_chunk()?;
        let (sensor, rest) = rest.split_first_chunk()?;
        let [w0, w1, h0, h1, t0, t1, c0, c1] = rest.try_into().ok()?;
        Some(ProductInfo {
            model: *model,
            batch: *batch,
            serial: *serial,
            hardware: *hardware,
            sensor: *sensor,
            width: u16::from_be_bytes([w0, w1]),
            height: u16::from_be_bytes([h0, h1]),
            template: u16::from_be_bytes([t0, t1]),
            capacity: u16::from_be_bytes([c0, c1]),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::vector::{assert_exact, assert_frame, bytes};
    use super::*;

    #[test]
    fn frames() {
        let password = || Password::new(0x0102_0304);
        assert_frame(&ReadSysPara, "EF01 FFFFFFFF 01 0003 0F 0013");
        assert_frame(&VfyPwd(Password::FACTORY), "EF01 FFFFFFFF 01 0007 13 00000000 001B");
        assert_frame(&VfyPwd(password()), "EF01 FFFFFFFF 01 0007 13 01020304 0025");
        assert_frame(&SetPwd(password()), "EF01 FFFFFFFF 01 0007 12 01020304 0024");
        assert_frame(&GetRandomCode, "EF01 FFFFFFFF 01 0003 14 0018");
        assert_frame(&CheckSensor, "EF01 FFFFFFFF 01 0003 36 003A");
        assert_frame(&HandShake, "EF01 FFFFFFFF 01 0003 40 0044");
        assert_frame(&ReadProdInfo, "EF01 FFFFFFFF 01 0003 3C 0040");
        assert_exact(&ReadSysPara);
        assert_exact(&VfyPwd(password()));
        assert_exact(&SetPwd(password()));
        assert_exact(&GetRandomCode);
        assert_exact(&CheckSensor);
        assert_exact(&HandShake);
        assert_exact(&ReadProdInfo);
    }

    #[test]
    fn parameters_of_a_real_module() {
        // Adafruit_CircuitPython_Fingerprint, thread 30.
        let reply = bytes("0000 0000 0050 0003 FFFFFFFF 0002 000C");
        let parameters = ReadSysPara.decode(&reply).unwrap();
        assert_eq!((parameters.capacity, parameters.level, parameters.baud), (80, 3, 12));
        assert_eq!(parameters.packet.bytes(), Some(128));
        assert_eq!(parameters.address, u32::MAX);
        assert_eq!(PacketSize(4).bytes(), None);
    }
}
