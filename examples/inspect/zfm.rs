//! Frames of ZFM-20, R503 and other fingerprint modules (EF 01), as hex.

use clap::ValueEnum;
use embedded_pos::fingerprint::zfm::frame::{Frame, FrameError, Pid};
use embedded_pos::fingerprint::zfm::{self, Confirmation, command};
use serde_json::{Value, json};

use super::{Args, Bad};

/// Whose meanings are shown; without one, all.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum Dialect {
    Zfm20,
    R503,
    #[value(name = "r503-v1.2")]
    R503V12,
    Synochip,
}

impl From<Dialect> for zfm::Dialect {
    fn from(dialect: Dialect) -> Self {
        match dialect {
            Dialect::Zfm20 => Self::Zfm20,
            Dialect::R503 => Self::R503,
            Dialect::R503V12 => Self::R503V12,
            Dialect::Synochip => Self::Synochip,
        }
    }
}

/// `address`, `pid`, `length`, `content`, `sum`, `meaning`.
pub fn line(input: &str, args: &Args) -> Result<Value, Bad> {
    let bytes = super::bytes(input)?;
    let bad =
        |error: FrameError| Bad { error: error.to_string(), offset: error.offset(bytes.len()) };
    let (frame, rest) = Frame::split(&bytes).map_err(bad)?;
    if !rest.is_empty() {
        let error = "bytes behind the frame".into();
        return Err(Bad { error, offset: bytes.len() - rest.len() });
    }
    let pid = match frame.pid {
        Pid::Command => "command",
        Pid::Data => "data",
        Pid::Acknowledge => "acknowledge",
        Pid::End => "end",
    };
    Ok(json!({
        "address": format!("{:08X}", frame.address),
        "pid": pid,
        "length": frame.length(),
        "content": super::hex(frame.content),
        "sum": if frame.is_intact() { "valid" } else { "invalid" },
        "meaning": meaning(&frame, args.dialect.map(Into::into)),
    }))
}

/// The name of a command, or what a confirmation code says.
fn meaning(frame: &Frame<'_>, dialect: Option<zfm::Dialect>) -> String {
    let first = frame.content.first().copied().unwrap_or(0);
    match (frame.pid, dialect) {
        (Pid::Command, Some(dialect)) => either(command::name(first, dialect), first),
        (Pid::Command, None) => either(command::names(first), first),
        (Pid::Acknowledge, Some(dialect)) => Confirmation::read(first, dialect).meaning().into(),
        (Pid::Acknowledge, None) => {
            let readings: Vec<_> =
                Confirmation::readings(first).map(Confirmation::meaning).collect();
            if readings.is_empty() { "unknown code".into() } else { readings.join(" or ") }
        }
        (Pid::Data, _) => "data, more follow".into(),
        (Pid::End, _) => "the last data".into(),
    }
}

/// The names of a command, for makers disagree.
fn either(names: impl IntoIterator<Item = &'static str>, opcode: u8) -> String {
    let names: Vec<_> = names.into_iter().collect();
    if names.is_empty() { format!("command {opcode:02X}h") } else { names.join(" or ") }
}
