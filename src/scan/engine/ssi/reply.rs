//! What a decoder says about itself.

use super::packet::Opcode;

/// What happened (`EVENT`).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Event {
    /// 01: a code was read that is no setup code.
    Decode,
    /// 03: it was switched on.
    PowerUp,
    /// 07: a parameter was entered wrongly.
    ParameterError,
    /// 08: a parameter was stored.
    ParameterStored,
    /// 0A: all parameters have their defaults again.
    DefaultsSet,
    /// 0F: a setup code asks for a number.
    NumberExpected,
    /// Another.
    Other(u8),
}

impl Event {
    /// Of its byte.
    #[must_use]
    pub const fn of(raw: u8) -> Self {
        match raw {
            0x01 => Self::Decode,
            0x03 => Self::PowerUp,
            0x07 => Self::ParameterError,
            0x08 => Self::ParameterStored,
            0x0A => Self::DefaultsSet,
            0x0F => Self::NumberExpected,
            other => Self::Other(other),
        }
    }
}

/// The most bytes of a revision that are kept.
const REVISION: usize = 64;

/// What a decoder says about its software, `REPLY_REVISION`: words with spaces
/// between them, the release first.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Revision {
    bytes: [u8; REVISION],
    len: u8,
}

impl Revision {
    pub(super) const EMPTY: Self = Self { bytes: [0; REVISION], len: 0 };

    pub(super) fn of(data: &[u8]) -> Self {
        let mut revision = Self::EMPTY;
        for (to, from) in revision.bytes.iter_mut().zip(data) {
            *to = *from;
            revision.len += 1;
        }
        revision
    }

    /// As it came, its first 64 bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.len)).unwrap_or_default()
    }
}

/// What a decoder can do, `CAPABILITIES_REPLY`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Capabilities {
    /// The speeds: bit 0 is 300 baud, then 600, 1 200, 2 400, 4 800, 9 600,
    /// 19 200, 28 800, 38 400, 57 600, 115 200 ...
    pub bauds: u16,
    /// Parities, stop bits, handshaking.
    pub serial: u8,
    /// Which multipacket options.
    pub multipacket: u8,
    /// A bit for each opcode.
    commands: [u8; 32],
}

impl Capabilities {
    pub(super) const NONE: Self = Self { bauds: 0, serial: 0, multipacket: 0, commands: [0; 32] };

    pub(super) fn of(data: &[u8]) -> Option<Self> {
        let [high, low, serial, multipacket, commands @ ..] = data else { return None };
        let bauds = u16::from_be_bytes([*high, *low]);
        let mut capabilities =
            Self { bauds, serial: *serial, multipacket: *multipacket, commands: [0; 32] };
        for opcode in commands {
            if let Some(byte) = capabilities.commands.get_mut(usize::from(opcode / 8)) {
                *byte |= 1 << (opcode % 8);
            }
        }
        Some(capabilities)
    }

    /// Whether it says that it knows this opcode.
    #[must_use]
    pub fn knows(&self, opcode: Opcode) -> bool {
        let byte = self.commands.get(usize::from(opcode.raw() / 8));
        byte.is_some_and(|byte| byte >> (opcode.raw() % 8) & 1 == 1)
    }
}
