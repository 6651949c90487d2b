//! `inspect ccid`: what crosses the line of a serial CCID reader, as hex: frames
//! `03 06 .. XOR`, NAK, card events, requests for time; or a bare message of ten
//! bytes and its data, as a log of libccid has it.

use embedded_pos::card::Atr;
use embedded_pos::card::reader::serial_ccid::ReaderError;
use serde_json::{Value, json};

use super::{Args, Bad, apdu, hex};

fn bad(error: &str, offset: usize) -> Bad {
    Bad { error: error.into(), offset }
}

/// Fields as USB CCID names them, without their prefixes.
pub fn line(input: &str, _args: &Args) -> Result<Value, Bad> {
    let bytes = super::bytes(input)?;
    match bytes.as_slice() {
        [0x03, 0x06, rest @ ..] => {
            let [message @ .., _] = rest else { return Err(bad("the frame is cut short", 2)) };
            let valid = bytes.iter().fold(0, |sum, byte| sum ^ byte) == 0;
            self::message(message, 2, json!(if valid { "valid" } else { "invalid" }))
        }
        [0x03, 0x15, 0x16] => Ok(json!({ "frame": "NAK" })),
        [0x50, slots] => Ok(json!({
            "frame": "event",
            "name": "RDR_to_PC_NotifySlotChange",
            "present": slots & 1 != 0,
            "changed": slots & 2 != 0,
        })),
        [0x80..=0xFF] => Ok(json!({ "frame": "time", "value": bytes[0] })),
        _ => message(&bytes, 0, Value::Null),
    }
}

fn message(bytes: &[u8], at: usize, check: Value) -> Result<Value, Bad> {
    let Some((head, data)) = bytes.split_first_chunk::<10>() else {
        return Err(bad("shorter than the header of a message", at + bytes.len()));
    };
    let [kind, a, b, c, d, slot, seq, own @ ..] = *head;
    let length = u32::from_le_bytes([a, b, c, d]);
    if usize::try_from(length) != Ok(data.len()) {
        let error = format!("dwLength is {length}, and {} bytes follow", data.len());
        return Err(Bad { error, offset: at + 1 });
    }
    let mut answer = json!({
        "frame": if at == 0 { "message" } else { "ack" },
        "name": name(kind),
        "message": hex(&[kind]),
        "direction": if kind < 0x80 { "command" } else { "reply" },
        "slot": slot,
        "seq": seq,
    });
    let fields = answer.as_object_mut().expect("an object");
    let mut put = |name: &str, value: Value| _ = fields.insert(name.into(), value);
    if kind < 0x80 {
        command(kind, own, &mut put);
    } else {
        reply(kind, own, &mut put);
    }
    put("data", hex(data).into());
    if let (0x80, Ok(atr)) = (kind, Atr::new(data)) {
        put("atr", json!({ "protocols": atr.protocols().collect::<Vec<_>>() }));
    }
    // A whole APDU, at those levels; a TPDU of T=0 looks the same.
    let apdu = match kind {
        0x6F if own[1] == 0 => apdu::command(data).ok(),
        _ => None,
    };
    put("apdu", apdu.unwrap_or(Value::Null));
    put("check", check);
    Ok(answer)
}

fn command(kind: u8, own: [u8; 3], put: &mut impl FnMut(&str, Value)) {
    match kind {
        0x62 => put(
            "power_select",
            match own[0] {
                0 => "automatic".into(),
                1 => "5.0 V".into(),
                2 => "3.0 V".into(),
                3 => "1.8 V".into(),
                other => other.into(),
            },
        ),
        0x61 => put("protocol", own[0].into()),
        0x6E => put("clock", json!(if own[0] == 0 { "restart" } else { "stop" })),
        0x6F | 0x69 => {
            put("bwi", own[0].into());
            put("level_parameter", hex(&[own[2], own[1]]).into());
        }
        _ => put("own", hex(&own).into()),
    }
}

fn reply(kind: u8, [status, error, last]: [u8; 3], put: &mut impl FnMut(&str, Value)) {
    put("icc", json!(["active", "inactive", "absent", "reserved"][usize::from(status & 3)]));
    let outcome = ["done", "failed", "time extension", "reserved"][usize::from(status >> 6)];
    put("command", outcome.into());
    match status >> 6 {
        1 => put("error", format!("{error:02X}: {}", ReaderError::from(error)).into()),
        2 => put("multiplier", error.into()),
        _ => put("error", Value::Null),
    }
    match kind {
        0x80 => put("chain_parameter", hex(&[last]).into()),
        0x81 => put("clock_status", last.into()),
        0x82 => put("protocol", last.into()),
        _ => {}
    }
}

fn name(kind: u8) -> Option<&'static str> {
    Some(match kind {
        0x61 => "PC_to_RDR_SetParameters",
        0x62 => "PC_to_RDR_IccPowerOn",
        0x63 => "PC_to_RDR_IccPowerOff",
        0x65 => "PC_to_RDR_GetSlotStatus",
        0x69 => "PC_to_RDR_Secure",
        0x6A => "PC_to_RDR_T0APDU",
        0x6B => "PC_to_RDR_Escape",
        0x6C => "PC_to_RDR_GetParameters",
        0x6D => "PC_to_RDR_ResetParameters",
        0x6E => "PC_to_RDR_IccClock",
        0x6F => "PC_to_RDR_XfrBlock",
        0x71 => "PC_to_RDR_Mechanical",
        0x72 => "PC_to_RDR_Abort",
        0x73 => "PC_to_RDR_SetDataRateAndClockFrequency",
        0x80 => "RDR_to_PC_DataBlock",
        0x81 => "RDR_to_PC_SlotStatus",
        0x82 => "RDR_to_PC_Parameters",
        0x83 => "RDR_to_PC_Escape",
        0x84 => "RDR_to_PC_DataRateAndClockFrequency",
        _ => return None,
    })
}
