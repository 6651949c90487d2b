//! `inspect pn532`: a frame to or from a PN532, as hex, with or without the 00
//! around it.

use embedded_pos::card::reader::pn532::Status;
use embedded_pos::card::reader::pn532::frame::{Found, find, name};
use serde_json::{Value, json};

use super::{Args, Bad};

/// `frame`, and of one with data `direction`, `code`, `name`, `data`, and
/// `status` where the response begins with one.
pub fn line(input: &str, _args: &Args) -> Result<Value, Bad> {
    let mut bytes = super::bytes(input)?;
    let end = bytes.len();
    let start = bytes.iter().position(|byte| *byte != 0).unwrap_or(0).saturating_sub(1);
    // The 00 behind the frame may have been left out.
    bytes.push(0);
    let bad = |error: &str, offset| Bad { error: error.into(), offset };
    let (found, used) = match find(&bytes[start..]) {
        Some((Found::Noise, _)) => return Err(bad("no frame begins here", start)),
        Some((Found::Garbled, _)) => return Err(bad("the check is wrong", start)),
        Some(found) => found,
        None => return Err(bad("the frame ends too early", end)),
    };
    if let Some(behind) = bytes[start + used..].iter().position(|byte| *byte != 0) {
        return Err(bad("bytes behind the frame", start + used + behind));
    }
    Ok(match found {
        Found::Data([tfi @ (0xD4 | 0xD5), code, data @ ..]) => message(*tfi, *code, data),
        Found::Data(_) => json!({ "frame": "error" }),
        Found::Ack => json!({ "frame": "ack" }),
        _ => json!({ "frame": "nack" }),
    })
}

fn message(tfi: u8, code: u8, data: &[u8]) -> Value {
    let (direction, command) = match tfi {
        0xD4 => ("command", code),
        _ => ("response", code.wrapping_sub(1)),
    };
    let has_status = matches!(command, 0x16 | 0x40 | 0x42 | 0x44 | 0x4E | 0x52 | 0x54);
    let status = data.first().filter(|_| has_status && tfi == 0xD5);
    json!({
        "frame": "data",
        "direction": direction,
        "code": format!("{code:02X}"),
        "name": name(command),
        "status": status.map(|status| Status(*status).to_string()),
        "data": super::hex(data),
    })
}
