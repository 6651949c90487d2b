//! Frames of ZFM-20, R503 and other fingerprint modules (EF 01), as hex.

use embedded_pos::fingerprint::zfm::Confirmation;
use embedded_pos::fingerprint::zfm::command;
use embedded_pos::fingerprint::zfm::frame::{Frame, FrameError, Pid};
use serde_json::{Value, json};

use super::{Args, Bad};

/// `address`, `pid`, `length`, `content`, `sum`, `meaning`.
pub fn line(input: &str, _args: &Args) -> Result<Value, Bad> {
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
        "meaning": meaning(&frame),
    }))
}

/// The name of a command, or what a confirmation code says.
fn meaning(frame: &Frame<'_>) -> String {
    let first = frame.content.first().copied().unwrap_or(0);
    match frame.pid {
        Pid::Command => {
            command::name(first).map_or_else(|| format!("command {first:02X}h"), Into::into)
        }
        Pid::Acknowledge => Confirmation::from(first).meaning().into(),
        Pid::Data => "data, more follow".into(),
        Pid::End => "the last data".into(),
    }
}
