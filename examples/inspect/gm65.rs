//! Frames of GM65 scan engines, as hex: commands (`7E 00`) and replies
//! (`02 00`).

use crc::{CRC_16_XMODEM, Crc};
use serde_json::{Value, json};

use super::{Args, Bad};

const CHECK: Crc<u16> = Crc::<u16>::new(&CRC_16_XMODEM);

/// `direction`, `type`, `address`, `data`, `crc`.
pub fn line(input: &str, _args: &Args) -> Result<Value, Bad> {
    let bytes = super::bytes(input)?;
    let (direction, addressed) = match bytes.as_slice() {
        [0x7E, 0x00, ..] => ("command", true),
        [0x02, 0x00, ..] => ("reply", false),
        [0x7E | 0x02] | [] => return Err(bad("the frame ends in its head", bytes.len())),
        [0x7E | 0x02, ..] => return Err(bad("no 00 follows the first byte", 1)),
        _ => return Err(bad("begins with neither 7E 00 nor 02 00", 0)),
    };
    let short = || bad("the frame ends too early", bytes.len());
    let (head, rest) = bytes.split_at_checked(if addressed { 6 } else { 4 }).ok_or_else(short)?;
    // As the manual has it, length 00 is 256.
    let len = if head[3] == 0 { 256 } else { usize::from(head[3]) };
    let (data, rest) = rest.split_at_checked(len).ok_or_else(short)?;
    let (check, rest) = rest.split_first_chunk().ok_or_else(short)?;
    if !rest.is_empty() {
        return Err(bad("bytes behind the frame", bytes.len() - rest.len()));
    }
    let covered = &bytes[2..bytes.len() - 2];
    let crc = match u16::from_be_bytes(*check) {
        check if check == CHECK.checksum(covered) => "valid",
        0xABCD => "skipped",
        _ => "invalid",
    };
    let address = if addressed { super::hex(&head[4..6]).into() } else { Value::Null };
    Ok(json!({
        "direction": direction,
        "type": name(head[2], data, addressed),
        "address": address,
        "data": super::hex(data),
        "crc": crc,
    }))
}

fn name(kind: u8, data: &[u8], is_command: bool) -> String {
    match (is_command, kind) {
        (true, 0x05) => "erase".into(),
        (true, 0x07) => "read".into(),
        (true, 0x08) => "write".into(),
        (true, 0x09) if data == [0xFF] => "reset".into(),
        (true, 0x09) => "save".into(),
        (false, 0x00) => "success".into(),
        _ => format!("{kind:02X}"),
    }
}

fn bad(error: &str, offset: usize) -> Bad {
    Bad { error: error.into(), offset }
}
