//! Packets of GT-511C1R, GT-511C3 and GT-521F fingerprint modules, as hex.

use embedded_pos::fingerprint::Geometry;
use embedded_pos::fingerprint::gt511::frame::{Data, FrameError, OVERHEAD, Packet};
use embedded_pos::fingerprint::gt511::{Nack, command};
use serde_json::{Value, json};

use super::{Args, Bad};

/// `kind`, `device`, `code` and `parameter` or `data`, `sum`, `meaning`. A data
/// packet, which does not say how long it is, is the whole line.
pub fn line(input: &str, _args: &Args) -> Result<Value, Bad> {
    let bytes = super::bytes(input)?;
    let bad =
        |error: FrameError| Bad { error: error.to_string(), offset: error.offset(bytes.len()) };
    if bytes.first() == Some(&0x5A) {
        let len = bytes.len().checked_sub(OVERHEAD).ok_or(bad(FrameError::Incomplete))?;
        return Data::split(&bytes, len).map(|(data, _)| data_packet(&data)).map_err(bad);
    }
    let (packet, rest) = Packet::split(&bytes).map_err(bad)?;
    if !rest.is_empty() {
        let error = "bytes behind the packet".into();
        return Err(Bad { error, offset: bytes.len() - rest.len() });
    }
    let (kind, meaning) = meaning(&packet);
    Ok(json!({
        "kind": kind,
        "device": format!("{:04X}", packet.device),
        "code": format!("{:04X}", packet.code),
        "parameter": packet.parameter,
        "sum": validity(packet.is_intact()),
        "meaning": meaning,
    }))
}

fn data_packet(packet: &Data<'_>) -> Value {
    json!({
        "kind": "data",
        "device": format!("{:04X}", packet.device),
        "data": super::hex(packet.data),
        "sum": validity(packet.is_intact()),
        "meaning": content(packet.data),
    })
}

/// What has so many bytes.
fn content(data: &[u8]) -> String {
    let bytes = data.len();
    let is_of = |shape: Geometry| usize::try_from(shape.pixels()) == Ok(bytes);
    let shapes = [("image", command::IMAGE), ("raw image", command::RAW_IMAGE)];
    if let Some((name, shape)) = shapes.into_iter().find(|(_, shape)| is_of(*shape)) {
        return format!("{name}, {shape} pixels");
    }
    match command::Info::from_bytes(data) {
        Some(info) => {
            format!("firmware {:08X}, serial number {}", info.firmware, super::hex(&info.serial))
        }
        None if bytes == command::TEMPLATE => "template".into(),
        None => format!("{bytes} bytes of data"),
    }
}

fn validity(is_intact: bool) -> &'static str {
    if is_intact { "valid" } else { "invalid" }
}

/// What it is, and the name of a command or what a response says.
fn meaning(packet: &Packet) -> (&'static str, String) {
    match packet.code {
        0x30 => ("ack", format!("done: {}", packet.parameter)),
        0x31 => ("nack", Nack::from(packet.parameter).meaning().into()),
        code => {
            let unknown = || format!("command {code:02X}h");
            ("command", command::name(code).map_or_else(unknown, Into::into))
        }
    }
}
