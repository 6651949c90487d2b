//! The frames of fingerprint sensors.

use embedded_pos::fingerprint::{bmlite, f5, gt511, sfm, zfm};

use super::Item;

pub fn zfm(bytes: &[u8]) -> Item {
    use zfm::frame::{Frame, FrameError, Pid};
    let (frame, rest) = match Frame::split(bytes) {
        Ok(split) => split,
        Err(FrameError::Incomplete) => return None,
        Err(_) if bytes[0] == 0x55 => return Some((1, "the module started".into())),
        Err(_) => return noise(),
    };
    let first = frame.content.first().copied().unwrap_or(0);
    let meaning = match frame.pid {
        Pid::Command => either(zfm::command::names(first), format!("command {first:02X}h")),
        Pid::Acknowledge => {
            let said = zfm::Confirmation::readings(first).map(zfm::Confirmation::meaning);
            either(said, "unknown code".into())
        }
        Pid::Data => "data, more follow".into(),
        Pid::End => "the last data".into(),
    };
    Some((bytes.len() - rest.len(), format!("{meaning}, {}", sum(frame.is_intact()))))
}

pub fn gt511(bytes: &[u8]) -> Item {
    use gt511::frame::{Data, FrameError, OVERHEAD, Packet};
    /// What the module says of itself, a template, a raw and a full image.
    const DATA: [usize; 4] = [24, 498, 19_200, 52_116];
    if bytes.starts_with(&[0x5A, 0xA5]) || bytes == [0x5A] {
        let len = bytes.len().saturating_sub(OVERHEAD);
        let whole = DATA.contains(&len) && Data::split(bytes, len).is_ok_and(|it| it.0.is_intact());
        return whole.then(|| (bytes.len(), format!("{len} bytes of data, sum ok")));
    }
    let (packet, rest) = match Packet::split(bytes) {
        Ok(split) => split,
        Err(FrameError::Incomplete) => return None,
        Err(_) => return noise(),
    };
    let meaning = match packet.code {
        0x30 => format!("done: {}", packet.parameter),
        0x31 => gt511::Nack::from(packet.parameter).meaning().into(),
        code => gt511::command::name(code).map_or(format!("command {code:02X}h"), Into::into),
    };
    Some((bytes.len() - rest.len(), format!("{meaning}, {}", sum(packet.is_intact()))))
}

/// A frame does not say which way it goes, but the line does.
pub fn f5(bytes: &[u8], answer: bool) -> Item {
    use f5::frame::{Frame, FrameError};
    let (frame, rest) = match Frame::split(bytes) {
        Ok(split) => split,
        Err(FrameError::Incomplete) => return None,
        Err(_) => return noise(),
    };
    let unknown = || format!("command {:02X}h", frame.command);
    let name = f5::command::name(frame.command).map_or_else(unknown, String::from);
    let [high, low, code] = frame.bytes;
    let said = match (answer, frame.command, u16::from_be_bytes([high, low])) {
        (false, ..) => String::new(),
        (true, 0x0C, number @ 1..) => format!(": template {number}"),
        (true, 0x09, count) => format!(": {count}"),
        // A permission stands where others have a status.
        (true, 0x0A, _) if (1..=3).contains(&code) => ": in use".into(),
        (true, 0x2A, _) => ": a number".into(),
        _ => format!(": {}", f5::Ack::from(code).meaning()),
    };
    let check = if frame.is_intact() { "check ok" } else { "wrong check" };
    Some((bytes.len() - rest.len(), format!("{name}{said}, {check}")))
}

pub fn sfm(bytes: &[u8], answer: bool) -> Item {
    use sfm::packet::{Packet, PacketError};
    let (packet, rest) = match Packet::split(bytes) {
        Ok(split) => split,
        Err(PacketError::Incomplete) => return None,
        Err(_) => return noise(),
    };
    let unknown = || format!("command {:02X}h", packet.command);
    let name = sfm::command::name(packet.command).map_or_else(unknown, String::from);
    let said = if answer {
        format!(": {}", sfm::Code::from(packet.flag).meaning())
    } else {
        String::new()
    };
    Some((bytes.len() - rest.len(), format!("{name}{said}, sum ok")))
}

pub fn bmlite(bytes: &[u8]) -> Item {
    use bmlite::frame::{ACK, FrameError, Segment};
    if bytes.starts_with(&ACK) {
        return Some((ACK.len(), "acknowledged".into()));
    }
    if ACK.starts_with(bytes) {
        return None;
    }
    let (segment, rest) = match Segment::split(bytes) {
        Ok(split) => split,
        Err(FrameError::Incomplete) => return None,
        Err(_) => return noise(),
    };
    let name = match segment.data {
        [low, high, ..] if segment.number == 1 => {
            bmlite::command::name(u16::from_le_bytes([*low, *high])).unwrap_or("another command")
        }
        _ => "more of it",
    };
    let place = format!("segment {} of {}", segment.number, segment.count);
    Some((bytes.len() - rest.len(), format!("{name}, {place}, CRC ok")))
}

/// What makers of one frame mean by a byte, where they disagree.
fn either(meanings: impl Iterator<Item = &'static str>, none: String) -> String {
    let meanings: Vec<_> = meanings.collect();
    if meanings.is_empty() { none } else { meanings.join(" or ") }
}

fn noise() -> Item {
    Some((1, "noise".into()))
}

fn sum(right: bool) -> &'static str {
    if right { "sum ok" } else { "wrong sum" }
}
