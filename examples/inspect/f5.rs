//! Frames of Waveshare, 1020A and other F5 fingerprint modules, as hex.

use embedded_pos::fingerprint::f5::frame::{Data, FRAME, Frame, FrameError};
use embedded_pos::fingerprint::f5::{Ack, command};
use serde_json::{Value, json};

use super::{Args, Bad};

/// `command`, `bytes`, `check`, `name`, and `reply`: what the third byte says if
/// this is an answer. A frame does not tell which way it goes. `data`, `check`
/// and `length` of a long frame, which does not say how long it is: it is the
/// whole line.
pub fn line(input: &str, _args: &Args) -> Result<Value, Bad> {
    let bytes = super::bytes(input)?;
    let bad =
        |error: FrameError| Bad { error: error.to_string(), offset: error.offset(bytes.len()) };
    if let Some(data) = long_frame(&bytes) {
        return Ok(json!({
            "data": super::hex(data.data),
            "check": validity(data.is_intact()),
            "length": data.data.len(),
        }));
    }
    let (frame, rest) = Frame::split(&bytes).map_err(bad)?;
    if !rest.is_empty() {
        let error = "bytes behind the frame".into();
        return Err(Bad { error, offset: bytes.len() - rest.len() });
    }
    let unknown = || format!("command {:02X}h", frame.command);
    Ok(json!({
        "command": format!("{:02X}", frame.command),
        "bytes": super::hex(&frame.bytes),
        "check": validity(frame.is_intact()),
        "name": command::name(frame.command).map_or_else(unknown, Into::into),
        "reply": reply(&frame),
    }))
}

/// The line as a long frame, unless it is, or begins with, a good short one.
fn long_frame(bytes: &[u8]) -> Option<Data<'_>> {
    let short = Frame::split(bytes).is_ok_and(|(frame, _)| frame.is_intact());
    let (data, _) = Data::split(bytes, bytes.len().checked_sub(3)?).ok().filter(|_| !short)?;
    (data.is_intact() || bytes.len() != FRAME).then_some(data)
}

fn validity(is_intact: bool) -> &'static str {
    if is_intact { "valid" } else { "invalid" }
}

/// A search that hits, or a template that is there, has a permission where
/// other answers have their status.
fn reply(frame: &Frame) -> String {
    let [high, low, code] = frame.bytes;
    match (frame.command, u16::from_be_bytes([high, low]), code) {
        (0x0C, number @ 1.., 1..=3) => format!("template {number}, permission {code}"),
        (0x0A, 0, 1..=3) => format!("permission {code}"),
        (0x09, count, 0) => format!("count {count}"),
        (0x23 | 0x24 | 0x2B | 0x31, length, 0) => format!("{length} bytes follow"),
        _ => Ack::from(code).meaning().into(),
    }
}
