use super::config::{Framing, Timing};
use super::status::{Code, Status};
use crate::port::Duration;

/// A command to a reader.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Command {
    /// Resets the reader.
    Reset,
    /// Asks how the reader is; of an OEM reader, for its version.
    Status,
    /// Asks which security module is in it.
    SamId,
    /// Looks for a card. An OEM reader reads its number for that.
    Find,
    /// Selects the card that was found.
    Select,
    /// Reads text and photo.
    Read,
    /// Reads text, photo and fingerprints.
    ReadAll,
    /// Reads the newest address.
    Address,
    /// Changes the speed, to that of this number.
    Speed(u8),
}

/// The longest command on a wire, in bytes.
pub(super) const LONGEST: usize = 10;

/// The speeds, in bits a second; a speed's number is its place.
pub(super) const SPEEDS: [u32; 5] = [115_200, 57_600, 38_400, 19_200, 9_600];

/// SW1, SW2, SW3 and the check: a reply that is a status only.
const BARE: u16 = 4;

impl Command {
    /// The bytes that say it, between length and check; `None` if readers of
    /// this framing do not have it. The second number is how many of the
    /// three count.
    pub(super) const fn bytes(self, framing: Framing) -> Option<([u8; 3], usize)> {
        const fn two(a: u8, b: u8) -> Option<([u8; 3], usize)> {
            Some(([a, b, 0], 2))
        }
        match (framing, self) {
            (Framing::Sdt, Self::Reset) => two(0x10, 0xFF),
            (Framing::Sdt, Self::Status) => two(0x11, 0xFF),
            (Framing::Sdt, Self::SamId) => two(0x12, 0xFF),
            (Framing::Sdt, Self::Find) => two(0x20, 0x01),
            (Framing::Sdt, Self::Select) => two(0x20, 0x02),
            (Framing::Sdt, Self::Read) => two(0x30, 0x01),
            (Framing::Sdt, Self::ReadAll) => two(0x30, 0x10),
            (Framing::Sdt, Self::Address) => two(0x30, 0x03),
            (Framing::Sdt, Self::Speed(number)) => two(0x60, number),
            (Framing::Oem, Self::Reset) => two(0x31, 0x12),
            (Framing::Oem, Self::Status) => two(0x31, 0x11),
            (Framing::Oem, Self::Find) => Some(([0xCA, 0x01, 0x01], 3)),
            (Framing::Oem, Self::Read) => Some(([0xCA, 0x01, 0x00], 3)),
            (Framing::Oem, _) => None,
        }
    }

    /// Whether a frame whose length field says so can be the reply.
    pub(super) fn fits(self, framing: Framing, len: u16) -> bool {
        match (framing, self) {
            (Framing::Sdt, Self::Find) => len == BARE || len == 8,
            (Framing::Sdt, Self::Select) => len == BARE || len == 12,
            (Framing::Sdt, Self::SamId) => len == BARE || len == 20,
            (Framing::Sdt, Self::Read) => len == BARE || len == 0x0508,
            (Framing::Sdt, Self::ReadAll) => {
                matches!(len, BARE | 0x050A | 0x070A | 0x090A)
            }
            (Framing::Sdt, Self::Address) => len == BARE || len == 74,
            (Framing::Sdt, _) => len == BARE,
            // Two bytes of status; a number, alone or with more of the text; a
            // version and what its maker puts there.
            (Framing::Oem, Self::Find) => matches!(len, 2 | 38..=72),
            (Framing::Oem, Self::Read) => matches!(len, 2 | 0x0506),
            (Framing::Oem, _) => matches!(len, 2..=66),
        }
    }

    /// Whether a status can be the reply to it. Those of the line and of the
    /// reader can be to any.
    pub(super) const fn admits(self, status: Status) -> bool {
        let asks_card = !matches!(self, Self::Reset | Self::Status | Self::SamId | Self::Speed(_));
        match status.code() {
            Code::Found => matches!(self, Self::Find),
            Code::NotFound | Code::NotSelected if status.is_oem() => asks_card,
            Code::NotFound => matches!(self, Self::Find),
            Code::NotSelected => matches!(self, Self::Select),
            Code::ReadFailed | Code::NoContent => asks_card,
            _ => true,
        }
    }

    /// Whether a reply that says yes has data behind that. Without, it is a
    /// late reply to another command.
    pub(super) const fn has_data(self) -> bool {
        !matches!(self, Self::Reset | Self::Status | Self::Speed(_))
    }

    /// Whether the reply is too long to be held.
    pub(super) const fn streams(self) -> bool {
        matches!(self, Self::Read | Self::ReadAll)
    }

    /// How long the reply may take, and how many bytes it can have.
    pub(super) const fn time(self, timing: &Timing) -> (Duration, u64) {
        match self {
            Self::Reset => (timing.reset, 20),
            Self::Status | Self::SamId | Self::Speed(_) => (timing.reader, 80),
            Self::Find | Self::Select => (timing.card, 80),
            Self::Read => (timing.read, 1_295),
            Self::ReadAll => (timing.read_all, 2_321),
            Self::Address => (timing.address, 81),
        }
    }
}
