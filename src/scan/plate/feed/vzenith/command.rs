//! The commands, and who answers them (TCP protocol manual 1.0.3, clause 2).

use core::fmt::{self, Write as _};

use heapless::String;

use super::fault::Fault;
use super::message::{Message, SerialNumber};
use crate::scan::plate::PlateRead;

/// Which pictures a camera is to send with a reading (`image`, `image_type`).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Views {
    /// None.
    #[default]
    None,
    /// The whole scene.
    Full,
    /// The plate alone.
    Plate,
    /// The scene, then the plate.
    Both,
}

/// The name of a command, as in its `cmd`.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Name {
    /// `getsn`.
    GetSn,
    /// `ivsresult`.
    IvsResult,
    /// `getivsresult`.
    GetIvsResult,
    /// `trigger`.
    Trigger,
}

impl Name {
    const ALL: [Self; 4] = [Self::GetSn, Self::IvsResult, Self::GetIvsResult, Self::Trigger];

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::GetSn => "getsn",
            Self::IvsResult => "ivsresult",
            Self::GetIvsResult => "getivsresult",
            Self::Trigger => "trigger",
        }
    }

    pub(super) fn of(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|name| name.as_str() == text)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The longest command has 75 bytes.
pub(super) type Text = String<88>;

/// A command: what is sent, and what is a reply to it.
pub trait Command {
    /// What a good reply tells.
    type Output;

    #[doc(hidden)]
    const NAME: Name;

    #[doc(hidden)]
    fn arguments(&self, out: &mut dyn fmt::Write) -> fmt::Result;

    /// The result when the command is sent, where the camera sends no reply.
    #[doc(hidden)]
    fn sent(&self) -> Option<Self::Output> {
        None
    }

    /// The result, if the message is a reply; the number has been looked at.
    #[doc(hidden)]
    fn replied(&self, message: &Message) -> Option<Self::Output>;
}

pub(super) fn encode(command: &impl Command) -> Text {
    fn write<C: Command>(command: &C, out: &mut Text) -> fmt::Result {
        write!(out, "{{\"cmd\":\"{}\"", C::NAME)?;
        command.arguments(out)?;
        out.write_char('}')
    }
    let mut text = Text::new();
    // There is room for all: see the test.
    let _ = write(command, &mut text);
    text
}

/// `getsn`: the camera's serial number.
#[derive(Clone, Copy, Debug)]
pub struct GetSn;

impl Command for GetSn {
    type Output = SerialNumber;
    const NAME: Name = Name::GetSn;

    fn arguments(&self, _: &mut dyn fmt::Write) -> fmt::Result {
        Ok(())
    }

    fn replied(&self, message: &Message) -> Option<SerialNumber> {
        message.serial
    }
}

/// `ivsresult`: whether to tell of each reading, and with which pictures.
#[derive(Clone, Copy, Debug)]
pub struct IvsResult {
    pub(super) enable: bool,
    pub(super) views: Views,
    /// Whether the firmware confirms it.
    pub(super) confirmed: bool,
}

impl Command for IvsResult {
    type Output = ();
    const NAME: Name = Name::IvsResult;

    fn arguments(&self, out: &mut dyn fmt::Write) -> fmt::Result {
        let image = self.views != Views::None;
        let image_type = match self.views {
            Views::None | Views::Full => 0,
            Views::Plate => 1,
            Views::Both => 2,
        };
        write!(
            out,
            ",\"enable\":{},\"format\":\"json\",\"image\":{image},\"image_type\":{image_type}",
            self.enable
        )
    }

    fn sent(&self) -> Option<()> {
        (!self.confirmed).then_some(())
    }

    fn replied(&self, message: &Message) -> Option<()> {
        message.plate.is_none().then_some(())
    }
}

/// `getivsresult`: the last reading again.
#[derive(Clone, Copy, Debug)]
pub struct GetIvsResult {
    pub(super) image: bool,
}

impl Command for GetIvsResult {
    type Output = PlateRead;
    const NAME: Name = Name::GetIvsResult;

    fn arguments(&self, out: &mut dyn fmt::Write) -> fmt::Result {
        write!(out, ",\"image\":{},\"format\":\"json\"", self.image)
    }

    fn replied(&self, message: &Message) -> Option<PlateRead> {
        message.plate
    }
}

/// `trigger`: look now. Its reply is the reading, which may take its time; so
/// the vendor's own program does not wait for it either.
#[derive(Clone, Copy, Debug)]
pub struct Trigger;

impl Command for Trigger {
    type Output = ();
    const NAME: Name = Name::Trigger;

    fn arguments(&self, _: &mut dyn fmt::Write) -> fmt::Result {
        Ok(())
    }

    fn sent(&self) -> Option<()> {
        Some(())
    }

    fn replied(&self, _: &Message) -> Option<()> {
        None
    }
}

/// What a reply with this state means.
pub(super) fn verdict(command: Name, state: Option<i32>) -> Result<(), Fault> {
    match state {
        None | Some(200) => Ok(()),
        Some(code) => Err(Fault::Refused { command, code: u16::try_from(code).unwrap_or(0) }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_as_in_the_manual() {
        assert_eq!(encode(&GetSn), r#"{"cmd":"getsn"}"#);
        assert_eq!(encode(&Trigger), r#"{"cmd":"trigger"}"#);
        assert_eq!(
            encode(&GetIvsResult { image: false }),
            r#"{"cmd":"getivsresult","image":false,"format":"json"}"#
        );
        assert_eq!(
            encode(&IvsResult { enable: false, views: Views::None, confirmed: true }),
            r#"{"cmd":"ivsresult","enable":false,"format":"json","image":false,"image_type":0}"#
        );
        assert_eq!(
            encode(&IvsResult { enable: true, views: Views::Both, confirmed: true }),
            r#"{"cmd":"ivsresult","enable":true,"format":"json","image":true,"image_type":2}"#
        );
    }

    #[test]
    fn names_come_back() {
        for name in Name::ALL {
            assert_eq!(Name::of(name.as_str()), Some(name));
        }
        assert_eq!(Name::of("ivs_result"), None);
    }
}
