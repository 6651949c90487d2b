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
    let Some((command, mut arguments)) = command::split(segment.data).filter(|_| number == 1)
    else {
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
