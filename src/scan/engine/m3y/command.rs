use crate::scan::engine::dialect::Said;
use crate::scan::engine::reader::Bytes;

/// A command to the module. None other can be said.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Command {
    /// `T_OUT_CVER`: the version, answered by text.
    Version,
    /// `S_CMD_0000`: obey no setup codes.
    SetupCodesOff,
    /// `S_CMD_020E`: look until told to stop.
    Start,
    /// `S_CMD_020D`: stop looking.
    Stop,
    /// `S_CMD_03L1`, `S_CMD_03L0`: the light.
    Light(bool),
}

impl Command {
    const fn text(self) -> &'static [u8; 10] {
        match self {
            Self::Version => b"T_OUT_CVER",
            Self::SetupCodesOff => b"S_CMD_0000",
            Self::Start => b"S_CMD_020E",
            Self::Stop => b"S_CMD_020D",
            Self::Light(true) => b"S_CMD_03L1",
            Self::Light(false) => b"S_CMD_03L0",
        }
    }

    /// What tells it from others.
    pub(super) const fn name(self) -> [u8; 6] {
        let [.., a, b, c, d, e, f] = *self.text();
        [a, b, c, d, e, f]
    }

    /// `5A 00 | length | text | XOR from the kind on | A5`.
    pub(super) fn encode(self) -> Bytes {
        let text = self.text();
        let mut bytes = Bytes::of(&[0x5A, 0x00, 0x00, 0x0A]);
        bytes.extend(text);
        let checked = bytes.as_slice().iter().skip(1);
        let bcc = checked.fold(0, |bcc, byte| bcc ^ byte);
        bytes.extend(&[bcc, 0xA5]);
        bytes
    }
}

impl Said for Command {
    fn is_answered(self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vector of the manual, its check computed anew.
    #[test]
    fn the_version_is_asked_for_as_the_manual_has_it() {
        let bytes = Command::Version.encode();
        assert_eq!(bytes.as_slice(), b"\x5A\x00\x00\x0AT_OUT_CVER\x12\xA5");
    }
}
