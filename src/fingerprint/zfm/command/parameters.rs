use bitflags::bitflags;

use super::{Command, nothing};
use crate::fingerprint::zfm::config::Timing;
use crate::fingerprint::zfm::confirmation::Confirmation;
use crate::fingerprint::zfm::dialect::Profile;
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
    /// Its kind: 0000h ZFM-20 and R503 V1.2.2, 0009h R503 V1.1;
    /// the kind of sensor on Synochip's.
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

/// A parameter that can be written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Register {
    /// The speed, in units of 9600 baud.
    Baud = 4,
    /// How strictly it matches, 1 to 5.
    Level = 5,
    /// Content of data packets, as [`PacketSize`] counts it.
    Packet = 6,
}

/// Sets a parameter: SetSysPara on a ZFM-20. The module answers, then applies
/// it. [`Zfm::set_baud`], [`Zfm::set_level`] and [`Zfm::set_packet`] make sure
/// that it took.
///
/// [`Zfm::set_baud`]: crate::fingerprint::zfm::Zfm::set_baud
/// [`Zfm::set_level`]: crate::fingerprint::zfm::Zfm::set_level
/// [`Zfm::set_packet`]: crate::fingerprint::zfm::Zfm::set_packet
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct WriteReg {
    /// Which.
    pub register: Register,
    /// To what.
    pub value: u8,
}

impl Command for WriteReg {
    const OPCODE: u8 = 0x0E;
    const NAME: &'static str = "WriteReg";
    const REPLY: usize = 0;
    const REFUSALS: &'static [Confirmation] =
        &[Confirmation::BadRegister, Confirmation::BadRegisterValue, Confirmation::FlashFailed];
    type Parameters = [u8; 2];
    type Reply = ();

    fn parameters(&self) -> [u8; 2] {
        [self.register as u8, self.value]
    }

    fn decode(&self, reply: &[u8]) -> Option<()> {
        nothing(reply)
    }

    fn time(&self, timing: &Timing) -> Duration {
        timing.flash
    }

    fn fits(&self, profile: &Profile) -> bool {
        match self.register {
            Register::Baud => profile.bauds.contains(&self.value),
            Register::Level => (1..=5).contains(&self.value),
            Register::Packet => PacketSize(self.value.into()).bytes().is_some(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::vector::{assert_exact, assert_frame, bytes};
    use super::*;

    #[test]
    fn frames() {
        // The sum is ours; the printed frame, of a register 03, is in
        // tests/vectors/zfm.
        let level = WriteReg { register: Register::Level, value: 1 };
        assert_frame(&level, "EF01 FFFFFFFF 01 0005 0E 05 01 001A");
        assert_frame(&ReadSysPara, "EF01 FFFFFFFF 01 0003 0F 0013");
        assert_exact(&level);
        assert_exact(&ReadSysPara);
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
