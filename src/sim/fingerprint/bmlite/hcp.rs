use std::vec::Vec;

/// Number and data of each argument.
pub(super) type Arguments = Vec<(u16, Vec<u8>)>;

/// Command and arguments of a message.
pub(super) fn parse(message: &[u8]) -> Option<(u16, Arguments)> {
    let word = |at: usize| {
        let pair = message.get(at..at + 2)?;
        Some(u16::from_le_bytes([*pair.first()?, *pair.last()?]))
    };
    let mut arguments = Vec::new();
    let mut at = 4;
    for _ in 0..word(2)? {
        let size = usize::from(word(at + 2)?);
        arguments.push((word(at)?, message.get(at + 4..at + 4 + size)?.to_vec()));
        at += 4 + size;
    }
    Some((word(0)?, arguments))
}

pub(super) fn number(arguments: &Arguments, name: u16) -> Option<u16> {
    let (_, data) = arguments.iter().find(|(argument, _)| *argument == name)?;
    Some(u16::from_le_bytes([*data.first()?, *data.get(1)?]))
}

pub(super) fn frame(data: &[u8], at: u16, of: u16) -> Vec<u8> {
    let size = u16::try_from(data.len()).unwrap_or(0);
    let mut bytes = std::vec![0, 0];
    for field in [size + 6, size, at, of] {
        bytes.extend(field.to_le_bytes());
    }
    bytes.extend(data);
    let check = crc(bytes.get(4..).unwrap_or(&[]));
    bytes.extend(check.to_le_bytes());
    bytes
}

/// CRC-32 of IEEE 802.3, bit by bit.
pub(super) fn crc(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _| (crc >> 1) ^ (0xEDB8_8320 * (crc & 1));
    !bytes.iter().fold(u32::MAX, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), step))
}
