//! Packets of Suprema UniFinger modules (40 or 41 .. 0A), as hex.

use embedded_pos::fingerprint::sfm::packet::{Packet, PacketError};
use embedded_pos::fingerprint::sfm::{Code, command};
use serde_json::{Value, json};

use super::{Args, Bad};

/// `terminal` (or null), `command`, `name`, `param`, `size`, `flag`, and what
/// the flag says if the packet is a response. A request looks like one.
pub fn line(input: &str, _args: &Args) -> Result<Value, Bad> {
    let bytes = super::bytes(input)?;
    let bad = |error: PacketError| Bad { error: error.to_string(), offset: error.offset(&bytes) };
    let (packet, rest) = Packet::split(&bytes).map_err(bad)?;
    let code = Code::from(packet.flag);
    Ok(json!({
        "terminal": packet.terminal,
        "command": format!("{:02X}", packet.command),
        "name": command::name(packet.command),
        "param": packet.param,
        "size": packet.size,
        "flag": format!("{:02X}", packet.flag),
        "response": (!matches!(code, Code::Other(_))).then(|| code.meaning()),
        "data": super::hex(rest),
    }))
}
