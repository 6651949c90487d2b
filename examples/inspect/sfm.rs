//! Packets of Suprema UniFinger modules (40 or 41 .. 0A), as hex.

use embedded_pos::fingerprint::sfm::packet::{Packet, PacketError};
use embedded_pos::fingerprint::sfm::{Code, command};
use serde_json::{Value, json};

use super::{Args, Bad};

/// Of a data packet, its number, how many there are, and its sum.
fn data(packet: &Packet, rest: &[u8]) -> Option<Value> {
    let (data, tail) = rest.split_at_checked(usize::try_from(packet.size).ok()?)?;
    let sum = data.iter().fold(0u32, |sum, byte| sum.wrapping_add(u32::from(*byte)));
    let (number, count) = (packet.param >> 16, packet.param & 0xFFFF);
    let right = !data.is_empty() && tail == sum.to_le_bytes();
    right.then(|| json!({ "number": number, "of": count, "sum": format!("{sum:08X}") }))
}

/// `terminal` (or null), `command`, `name`, `param`, `size`, `flag`, and what
/// the flag says if the packet is a response; `packet` if data with a right sum
/// follow, and `data`. A request looks like one.
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
        "packet": data(&packet, rest),
        "data": super::hex(rest),
    }))
}
