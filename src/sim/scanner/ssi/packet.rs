//! Packets as the decoder writes them, from the guide alone.

use std::vec::Vec;

/// The most bytes behind status in one packet: the length is one byte, and
/// counts the four before them.
const DATA: usize = 251;

/// How codes are laid out in `DECODE_DATA`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SsiLayout {
    /// Type, data; replies have status 00.
    Classic,
    /// Type, a byte of flags, a length of two bytes, data; replies have status
    /// 80, what comes unasked 20.
    Extended,
}

/// How codes too long for one packet are sent.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SsiLong {
    /// As several `DECODE_DATA` with status bit 1, each with the type.
    Continued,
    /// As `MULTIPACKET_SEGMENT`.
    Segments,
}

/// What a parameter holds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SsiValue {
    /// One byte.
    Byte(u8),
    /// Two bytes, the high one first.
    Word(u16),
}

/// A whole packet of the decoder.
pub(super) fn packet(opcode: u8, status: u8, data: &[u8]) -> Vec<u8> {
    from(0x00, opcode, status, data)
}

fn from(source: u8, opcode: u8, status: u8, data: &[u8]) -> Vec<u8> {
    let len = (4 + data.len()).to_le_bytes()[0];
    let mut packet = std::vec![len, opcode, source, status];
    packet.extend_from_slice(data);
    seal(packet)
}

/// Puts the check behind what has none.
fn seal(mut packet: Vec<u8>) -> Vec<u8> {
    let sum: u32 = packet.iter().map(|byte| u32::from(*byte)).sum();
    let [.., high, low] = (0x1_0000 - (sum & 0xFFFF)).to_be_bytes();
    packet.extend([high, low]);
    packet
}

/// The packet, marked as one that is sent again.
pub(super) fn again(packet: &[u8]) -> Vec<u8> {
    let mut packet = packet.split_last_chunk::<2>().map_or(Vec::new(), |(rest, _)| rest.into());
    if let Some(status) = packet.get_mut(3) {
        *status |= 1;
    }
    seal(packet)
}

/// Whether the check behind `packet` is right.
pub(super) fn is_right(packet: &[u8]) -> bool {
    packet.split_last_chunk::<2>().is_some_and(|(rest, _)| seal(rest.into()) == packet)
}

/// The packets of a code.
pub(super) fn code(layout: SsiLayout, long: SsiLong, kind: u8, code: &[u8]) -> Vec<Vec<u8>> {
    let [.., high, low] = code.len().to_be_bytes();
    let (mut head, status) = match layout {
        SsiLayout::Classic => (std::vec![kind], 0x00),
        SsiLayout::Extended => (std::vec![kind, 0x01, high, low], 0x20),
    };
    if head.len() + code.len() <= DATA {
        head.extend_from_slice(code);
        return std::vec![packet(0xF3, status, &head)];
    }
    match long {
        SsiLong::Continued => continued(kind, code),
        SsiLong::Segments => segments(kind, code),
    }
}

fn continued(kind: u8, code: &[u8]) -> Vec<Vec<u8>> {
    let parts: Vec<&[u8]> = code.chunks(DATA - 1).collect();
    let last = parts.len() - 1;
    let packets = parts.into_iter().enumerate().map(|(index, part)| {
        let mut data = std::vec![kind];
        data.extend_from_slice(part);
        packet(0xF3, if index == last { 0x00 } else { 0x02 }, &data)
    });
    packets.collect()
}

/// As recorded: the message is opcode, source, status, a length, type, flags,
/// the length of the code, and the code; the first segment has source 02.
fn segments(kind: u8, code: &[u8]) -> Vec<Vec<u8>> {
    let [.., high, low] = code.len().to_be_bytes();
    let [.., more_high, more_low] = (code.len() + 3).to_be_bytes();
    let mut message = std::vec![0xF3, 0x00, 0x00, more_high, more_low, kind, 0x01, high, low];
    message.extend_from_slice(code);
    let packets = message.chunks(DATA - 1).enumerate().map(|(index, part)| {
        let mut data = std::vec![index.to_le_bytes()[0]];
        data.extend_from_slice(part);
        from(if index == 0 { 0x02 } else { 0x00 }, 0x73, 0x00, &data)
    });
    packets.collect()
}

/// A parameter number as it is sent, behind F4 if the value is a word.
pub(super) fn setting(number: u16, value: SsiValue) -> Vec<u8> {
    let mut out = Vec::new();
    if matches!(value, SsiValue::Word(_)) {
        out.push(0xF4);
    }
    let [high, low] = number.to_be_bytes();
    match high {
        0 => out.push(low),
        1..=3 => out.extend([0xEF + high, low]),
        _ => out.extend([0xF8, high, low]),
    }
    match value {
        SsiValue::Byte(value) => out.push(value),
        SsiValue::Word(value) => out.extend(value.to_be_bytes()),
    }
    out
}

/// The number at the front, and what is behind it.
pub(super) fn number(bytes: &[u8]) -> Option<(u16, &[u8])> {
    match bytes {
        [prefix @ 0xF0..=0xF2, low, rest @ ..] => {
            Some((u16::from_be_bytes([prefix - 0xEF, *low]), rest))
        }
        [0xF8, high, low, rest @ ..] => Some((u16::from_be_bytes([*high, *low]), rest)),
        [low @ 0..=0xEF, rest @ ..] => Some(((*low).into(), rest)),
        _ => None,
    }
}
