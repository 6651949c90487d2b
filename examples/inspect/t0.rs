//! `t0`: a TPDU of T=0 as it goes over the line (ISO/IEC 7816-3:2006, 10.3).

use embedded_pos::card::StatusWord;
use serde_json::{Value, json};

use super::{Args, Bad, bytes, hex};

fn bad(error: &str, offset: usize) -> Bad {
    Bad { error: error.into(), offset }
}

/// One TPDU in hexadecimal, from CLA to SW2, with all that both sides say in the
/// order in which they say it.
pub fn line(input: &str, _args: &Args) -> Result<Value, Bad> {
    let bytes = bytes(input)?;
    let Some(&[cla, ins, p1, p2, p3]) = bytes.first_chunk() else {
        return Err(bad("the header ends early", bytes.len()));
    };
    if matches!(ins >> 4, 6 | 9) {
        return Err(bad("INS is 6X or 9X", 1));
    }
    let (mut procedure, mut data) = (Vec::new(), Vec::new());
    let mut at = 5;
    let status = loop {
        let byte = *bytes.get(at).ok_or_else(|| bad("a procedure byte is missing", at))?;
        let whole = if p3 == 0 { 256 } else { usize::from(p3) };
        let n = match byte {
            0x60 => 0,
            0x61..=0x6F | 0x90..=0x9F => {
                let sw2 = *bytes.get(at + 1).ok_or_else(|| bad("SW2 is missing", at + 1))?;
                break StatusWord::from([byte, sw2]);
            }
            // A card may acknowledge a header that no data goes with.
            _ if byte == ins && p3 == 0 && bytes.len() < at + 1 + 256 => 0,
            _ if byte == ins && data.len() < whole => whole - data.len(),
            _ if byte == !ins && data.len() < whole => 1,
            _ => return Err(bad("no procedure byte", at)),
        };
        procedure.push(hex(&[byte]));
        let end = at + 1 + n;
        data.extend(bytes.get(at + 1..end).ok_or_else(|| bad("data is missing", bytes.len()))?);
        at = end;
    };
    if bytes.len() > at + 2 {
        return Err(bad("it goes on after the status word", at + 2));
    }
    Ok(json!({
        "cla": hex(&[cla]),
        "ins": hex(&[ins]),
        "p1": hex(&[p1]),
        "p2": hex(&[p2]),
        "p3": hex(&[p3]),
        "procedure": procedure,
        "data": hex(&data),
        "sw1": hex(&[status.sw1()]),
        "sw2": hex(&[status.sw2()]),
        "status": status.to_string(),
    }))
}
