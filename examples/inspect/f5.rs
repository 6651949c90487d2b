//! Frames of Waveshare, 1020A and other F5 fingerprint modules, as hex.

use embedded_pos::fingerprint::f5::frame::{Frame, FrameError};
use embedded_pos::fingerprint::f5::{Ack, command};
use serde_json::{Value, json};

use super::{Args, Bad};

/// `command`, `bytes`, `check`, `name`, and `reply`: what the third byte says if
/// this is an answer. A frame does not tell which way it goes.
pub fn line(input: &str, _args: &Args) -> Result<Value, Bad> {
    let bytes = super::bytes(input)?;
    let bad =
        |error: FrameError| Bad { error: error.to_string(), offset: error.offset(bytes.len()) };
    let (frame, rest) = Frame::split(&bytes).map_err(bad)?;
    if !rest.is_empty() {
        let error = "bytes behind the frame".into();
        return Err(Bad { error, offset: bytes.len() - rest.len() });
    }
    let unknown = || format!("command {:02X}h", frame.command);
    Ok(json!({
        "command": format!("{:02X}", frame.command),
        "bytes": super::hex(&frame.bytes),
        "check": if frame.is_intact() { "valid" } else { "invalid" },
        "name": command::name(frame.command).map_or_else(unknown, Into::into),
        "reply": reply(&frame),
    }))
}

/// A search that hits, or a template that is there, has a permission where
/// other answers have their status.
fn reply(frame: &Frame) -> String {
    let [high, low, code] = frame.bytes;
    match (frame.command, u16::from_be_bytes([high, low]), code) {
        (0x0C, number @ 1.., 1..=3) => format!("template {number}, permission {code}"),
        (0x0A, 0, 1..=3) => format!("permission {code}"),
        (0x09, count, 0) => format!("count {count}"),
        _ => Ack::from(code).meaning().into(),
    }
}
