use core::fmt;

use super::config::Framing;
use crate::ErrorKind;

/// What a reader answers, as it stands on the wire.
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Status {
    framing: Framing,
    bytes: [u8; 3],
}

/// What it means (SAM_V 通信协议, 状态信息; 多合一读卡器通讯协议,
/// 二代身份证返回状态码表).
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Code {
    /// `90`: done.
    Done,
    /// `9F`: a card was found.
    Found,
    /// `10`: the check of the command was wrong.
    Checksum,
    /// `11`: its length was wrong.
    Length,
    /// `21`: there is no such command, or not now.
    Command,
    /// `23`: the command is not permitted. Named by one program only.
    NotPermitted,
    /// `24`: an error that the reader does not know.
    Unknown,
    /// `31`: the card did not accept the reader.
    CardRejectsReader,
    /// `32`: the reader did not accept the card.
    ReaderRejectsCard,
    /// `33`: what was read did not verify.
    NotVerified,
    /// `40`: the wrong card.
    WrongCard,
    /// `41`: the card could not be read; as a rule, it was lifted.
    ReadFailed,
    /// `47`: no random number could be had from it.
    NoRandom,
    /// `60`: the reader failed its self-test and takes no commands.
    SelfTest,
    /// `66`: the reader is not authorised.
    Unauthorised,
    /// `80`: no card was found.
    NotFound,
    /// `81`: the card could not be selected.
    NotSelected,
    /// `91`: the card has no such item.
    NoContent,
    /// Another one.
    Other(u8),
}

impl Status {
    /// Of the bytes of a reply: SW1, SW2, SW3; of an OEM reader two and a zero.
    #[must_use]
    pub const fn new(framing: Framing, bytes: [u8; 3]) -> Self {
        Self { framing, bytes }
    }

    /// The bytes: SW1 and SW2, the answer of the card, and SW3, the reader's
    /// own; of an OEM reader two and a zero.
    #[must_use]
    pub const fn bytes(self) -> [u8; 3] {
        self.bytes
    }

    /// Whether it is an OEM reader's, which finds and selects in every command.
    pub(super) const fn is_oem(self) -> bool {
        matches!(self.framing, Framing::Oem)
    }

    /// What it means.
    #[must_use]
    pub const fn code(self) -> Code {
        match (self.framing, self.bytes) {
            (Framing::Sdt, [_, _, code]) => Code::of(code),
            (Framing::Oem, [0, general, _]) => Code::of_oem(general),
            (Framing::Oem, [code, 0, _]) => Code::of(code),
            (Framing::Oem, [other, _, _]) => Code::Other(other),
        }
    }

    /// Whether the reader says that the line garbled the command.
    pub(super) const fn is_line(self) -> bool {
        matches!(self.code(), Code::Checksum | Code::Length)
    }

    /// Whether the card is to blame and the reader is well: it is gone, or as
    /// good as gone.
    pub(super) const fn is_card(self) -> bool {
        matches!(
            self.code(),
            Code::CardRejectsReader
                | Code::ReaderRejectsCard
                | Code::NotVerified
                | Code::WrongCard
                | Code::ReadFailed
                | Code::NoRandom
                | Code::NotFound
                | Code::NotSelected
        )
    }

    pub(super) const fn kind(self) -> ErrorKind {
        match self.code() {
            Code::Checksum | Code::Length => ErrorKind::Line,
            Code::Command => ErrorKind::Unsupported,
            Code::NotPermitted
            | Code::Unauthorised
            | Code::CardRejectsReader
            | Code::ReaderRejectsCard
            | Code::NotVerified
            | Code::WrongCard => ErrorKind::Refused,
            Code::ReadFailed | Code::NoRandom | Code::NotSelected => ErrorKind::Retry,
            Code::NotFound | Code::NoContent => ErrorKind::Absent,
            Code::SelfTest => ErrorKind::Hardware,
            Code::Done | Code::Found | Code::Unknown | Code::Other(_) => ErrorKind::Protocol,
        }
    }
}

impl Code {
    const fn of(code: u8) -> Self {
        match code {
            0x90 => Self::Done,
            0x9F => Self::Found,
            0x10 => Self::Checksum,
            0x11 => Self::Length,
            0x21 => Self::Command,
            0x23 => Self::NotPermitted,
            0x24 => Self::Unknown,
            0x31 => Self::CardRejectsReader,
            0x32 => Self::ReaderRejectsCard,
            0x33 => Self::NotVerified,
            0x40 => Self::WrongCard,
            0x41 => Self::ReadFailed,
            0x47 => Self::NoRandom,
            0x60 => Self::SelfTest,
            0x66 => Self::Unauthorised,
            0x80 => Self::NotFound,
            0x81 => Self::NotSelected,
            0x91 => Self::NoContent,
            other => Self::Other(other),
        }
    }

    /// The second byte of an OEM reader's general answers
    /// (读写器通用状态返回码表).
    const fn of_oem(code: u8) -> Self {
        match code {
            0x00 => Self::Done,
            // The packet's ends, its length; the host was too slow.
            0xF1 | 0xF2 | 0xFD => Self::Length,
            0xF3 => Self::Checksum,
            0x01 | 0xF4 => Self::Command,
            other => Self::Other(other),
        }
    }
}

impl fmt::Debug for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c] = self.bytes;
        write!(f, "Status({a:02X} {b:02X} {c:02X} {:?})", self.code())
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c] = self.bytes;
        let text = match self.code() {
            Code::Done => "done",
            Code::Found => "a card was found",
            Code::Checksum => "the check of the command was wrong",
            Code::Length => "the length of the command was wrong",
            Code::Command => "no such command, or not now",
            Code::NotPermitted => "not permitted",
            Code::Unknown => "the reader does not know what is wrong",
            Code::CardRejectsReader => "the card did not accept the reader",
            Code::ReaderRejectsCard => "the reader did not accept the card",
            Code::NotVerified => "what was read did not verify",
            Code::WrongCard => "the wrong card",
            Code::ReadFailed => "the card could not be read",
            Code::NoRandom => "no random number from the card",
            Code::SelfTest => "the reader failed its self-test",
            Code::Unauthorised => "the reader is not authorised",
            Code::NotFound => "no card was found",
            Code::NotSelected => "the card could not be selected",
            Code::NoContent => "the card has no such item",
            Code::Other(_) => "an unknown status",
        };
        write!(f, "{text} ({a:02X} {b:02X} {c:02X})")
    }
}
