//! Frames of FPC BM-Lite (HCP), as hex: one segment of a message.

use embedded_pos::fingerprint::bmlite::command;
use embedded_pos::fingerprint::bmlite::frame::{ACK, FrameError, Segment};
use serde_json::{Value, json};

use super::{Args, Bad};

/// `segment`, `segments`, and of a first segment `command`, `name`,
/// `arguments` [{`argument`, `data`}] and whether they are `complete`; else
/// `data`. An acknowledgement is `ack`.
pub fn line(input: &str, _args: &Args) -> Result<Value, Bad> {
    let bytes = super::bytes(input)?;
    if bytes == ACK {
        return Ok(json!({ "ack": true }));
    }
    let bad =
        |error: FrameError| Bad { error: error.to_string(), offset: error.offset(bytes.len()) };
    let (segment, rest) = Segment::split(&bytes).map_err(bad)?;
    if !rest.is_empty() {
        let error = "bytes behind the frame".into();
        return Err(Bad { error, offset: bytes.len() - rest.len() });
    }
    let (number, count) = (segment.number, segment.count);
    let Some((command, mut arguments)) = split(segment.data).filter(|_| number == 1) else {
        let data = super::hex(segment.data);
        return Ok(json!({ "segment": number, "segments": count, "data": data }));
    };
    let list: Vec<_> = arguments
        .by_ref()
        .map(|(name, data)| json!({ "argument": format!("{name:04X}"), "data": super::hex(data) }))
        .collect();
    Ok(json!({
        "segment": number,
        "segments": count,
        "command": format!("{command:04X}"),
        "name": command::name(command),
        "arguments": list,
        "complete": arguments.is_complete(),
    }))
}

/// The arguments of a message: each one's number and data.
struct Arguments<'a> {
    left: u16,
    bytes: &'a [u8],
}

/// The command of a message, and its arguments; `None` if there are not four
/// bytes.
fn split(message: &[u8]) -> Option<(u16, Arguments<'_>)> {
    let (command, rest) = message.split_first_chunk()?;
    let (count, bytes) = rest.split_first_chunk()?;
    let arguments = Arguments { left: u16::from_le_bytes(*count), bytes };
    Some((u16::from_le_bytes(*command), arguments))
}

impl Arguments<'_> {
    /// Whether all was taken that was announced, and nothing is left.
    const fn is_complete(&self) -> bool {
        self.left == 0 && self.bytes.is_empty()
    }
}

impl<'a> Iterator for Arguments<'a> {
    type Item = (u16, &'a [u8]);

    /// `None` at the end, or where an argument is cut off.
    fn next(&mut self) -> Option<Self::Item> {
        let left = self.left.checked_sub(1)?;
        let (argument, rest) = self.bytes.split_first_chunk()?;
        let (size, rest) = rest.split_first_chunk()?;
        let (data, rest) = rest.split_at_checked(u16::from_le_bytes(*size).into())?;
        (self.left, self.bytes) = (left, rest);
        Some((u16::from_le_bytes(*argument), data))
    }
}
