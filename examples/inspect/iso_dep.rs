//! `iso-dep`: a frame of a contactless card or of its reader (ISO/IEC 14443-3
//! and -4), with its CRC or without. A first byte that is a PCB is taken for
//! one; what is said before ISO-DEP runs is told from it by form.

use embedded_pos::card::contactless::iso_dep::{Block, Pcb};
use embedded_pos::card::contactless::{Atqb, Ats, CardRates, Rate, Technology};
use serde_json::{Map, Value, json};

use super::{Args, Bad, bytes, hex};

/// One frame in hexadecimal.
pub fn line(input: &str, _args: &Args) -> Result<Value, Bad> {
    let frame = bytes(input)?;
    let (body, crc) = checked(&frame);
    let fields = before(body).map_or_else(|| block(body), Ok)?;
    let mut answer = Map::new();
    answer.extend(fields.as_object().cloned().unwrap_or_default());
    answer.insert("crc".into(), json!(crc));
    Ok(Value::Object(answer))
}

/// The frame without its CRC, and whose that is.
fn checked(frame: &[u8]) -> (&[u8], &'static str) {
    if let Some((body, check)) = frame.split_last_chunk() {
        for (technology, name) in [(Technology::A, "A"), (Technology::B, "B")] {
            if !body.is_empty() && technology.crc(body) == *check {
                return (body, name);
            }
        }
    }
    (frame, "none")
}

/// What is said before ISO-DEP runs.
fn before(body: &[u8]) -> Option<Value> {
    Some(match body {
        [0x26] => json!({"frame": "REQA"}),
        [0x52] => json!({"frame": "WUPA"}),
        [0x50, 0x00] => json!({"frame": "HLTA"}),
        [0x93 | 0x95 | 0x97, nvb, uid @ ..] => {
            let name = if *nvb == 0x70 { "SELECT" } else { "ANTICOLLISION" };
            let level = (body[0] - 0x93) / 2 + 1;
            json!({"frame": name, "level": level, "nvb": hex(&[*nvb]), "uid": hex(uid)})
        }
        [0xE0, parameter] => {
            json!({"frame": "RATS", "fsdi": parameter >> 4, "cid": parameter & 0x0F})
        }
        [ppss @ 0xD0..=0xDF] => json!({"frame": "PPS response", "cid": ppss & 0x0F}),
        [ppss @ 0xD0..=0xDF, 0x11, pps1] => json!({
            "frame": "PPS request", "cid": ppss & 0x0F, "dsi": pps1 >> 2 & 3, "dri": pps1 & 3,
        }),
        [0x05, afi, parameter] => {
            let name = if parameter & 0x08 == 0 { "REQB" } else { "WUPB" };
            let slots = 1 << (parameter & 0x07);
            json!({"frame": name, "afi": hex(&[*afi]), "slots": slots})
        }
        [0x1D, a, b, c, d, one, two, three, four, rest @ ..] => json!({
            "frame": "ATTRIB", "pupi": hex(&[*a, *b, *c, *d]), "fsdi": two & 0x0F,
            "dsi": two >> 6, "dri": two >> 4 & 3, "cid": four & 0x0F,
            "parameters": hex(&[*one, *two, *three, *four]), "higher_layer": hex(rest),
        }),
        _ => return ats(body).or_else(|| atqb(body)),
    })
}

fn ats(body: &[u8]) -> Option<Value> {
    // A block of I that is as long as its PCB says is hardly an ATS.
    let ats = Ats::parse(body).ok().filter(|_| Block::decode(body).is_err())?;
    Some(json!({
        "frame": "ATS", "fsci": ats.fsci, "rates": rates(ats.rates), "fwi": ats.fwi,
        "sfgi": ats.sfgi, "cid": ats.cid, "nad": ats.nad, "historical": hex(ats.historical),
    }))
}

fn atqb(body: &[u8]) -> Option<Value> {
    let atqb = Atqb::parse(body).ok()?;
    Some(json!({
        "frame": "ATQB", "pupi": hex(atqb.pupi), "application": hex(atqb.application),
        "rates": rates(atqb.rates), "fsci": atqb.fsci, "iso_dep": atqb.iso_dep, "fwi": atqb.fwi,
        "sfgi": atqb.sfgi, "cid": atqb.cid, "nad": atqb.nad,
    }))
}

/// To the card and from it, in kbit/s.
fn rates(rates: CardRates) -> Value {
    let all = [(Rate::R106, 106), (Rate::R212, 212), (Rate::R424, 424), (Rate::R848, 848)];
    let named = |has: &dyn Fn(Rate) -> bool| -> Vec<u16> {
        all.iter().filter(|(rate, _)| has(*rate)).map(|(_, name)| *name).collect()
    };
    json!({
        "to_card": named(&|rate| rates.hears(rate)),
        "from_card": named(&|rate| rates.speaks(rate)),
        "same_only": rates.same_only(),
    })
}

fn block(body: &[u8]) -> Result<Value, Bad> {
    let block = Block::decode(body).map_err(|error| Bad { error: error.to_string(), offset: 0 })?;
    let mut fields = match block.pcb {
        Pcb::I { number, more } => json!({
            "frame": "I", "number": u8::from(number), "chaining": more, "inf": hex(block.inf),
        }),
        Pcb::Ack { number } => json!({"frame": "R(ACK)", "number": u8::from(number)}),
        Pcb::Nak { number } => json!({"frame": "R(NAK)", "number": u8::from(number)}),
        Pcb::Deselect => json!({"frame": "S(DESELECT)"}),
        Pcb::Wtx => {
            let inf = block.inf.first().copied().unwrap_or(0);
            json!({"frame": "S(WTX)", "wtxm": inf & 0x3F, "power": inf >> 6})
        }
    };
    fields["cid"] = json!(block.cid);
    Ok(fields)
}
