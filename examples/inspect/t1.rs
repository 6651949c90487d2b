//! `t1`: a block of T=1 (ISO/IEC 7816-3:2006, 11.3).

use embedded_pos::card::t1::{Block, BlockError, Cause, Control, Edc, Pcb};
use serde_json::{Map, Value, json};

use super::{Args, Bad, bytes, hex};

/// One block in hexadecimal. Its length tells whether it ends with an LRC or a
/// CRC.
pub fn line(input: &str, _args: &Args) -> Result<Value, Bad> {
    let bytes = bytes(input)?;
    let bad = |error: &str, offset| Bad { error: error.into(), offset };
    let (edc, name) = match Block::total(&bytes, Edc::Lrc) {
        None => return Err(bad("no block: the prologue ends early, or LEN is FF", 2)),
        Some(len) if len + 1 == bytes.len() => (Edc::Crc, "CRC"),
        Some(len) if len == bytes.len() => (Edc::Lrc, "LRC"),
        Some(len) if len < bytes.len() => return Err(bad("the block goes on after its end", len)),
        Some(_) => return Err(bad("the block ends early", bytes.len())),
    };
    let block = match Block::decode(&bytes, edc) {
        Ok(block) => block,
        Err(BlockError::Check) => {
            return Err(bad("the check does not fit", bytes.len() - edc.len()));
        }
        Err(BlockError::Pcb(_)) => return Err(bad("the PCB is reserved", 1)),
        Err(_) => return Err(bad("LEN does not fit the kind of block", 2)),
    };
    let mut out = Map::new();
    let mut put = |name: &str, value: Value| out.insert(name.into(), value);
    put("nad", json!(hex(&[block.nad])));
    put("sad", json!(block.nad & 7));
    put("dad", json!((block.nad >> 4) & 7));
    put("pcb", json!(hex(&[block.pcb.encode()])));
    match block.pcb {
        Pcb::I { ns, more } => {
            put("block", json!("I"));
            put("n_s", json!(u8::from(ns)));
            put("m", json!(u8::from(more)));
        }
        Pcb::R { nr, cause } => {
            put("block", json!("R"));
            put("n_r", json!(u8::from(nr)));
            let cause = match cause {
                Cause::None => "none",
                Cause::Check => "edc or parity",
                Cause::Other => "other",
            };
            put("error", json!(cause));
        }
        Pcb::Request(control) | Pcb::Response(control) => {
            put("block", json!("S"));
            let name = match control {
                Control::Resynch => "RESYNCH",
                Control::Ifs => "IFS",
                Control::Abort => "ABORT",
                Control::Wtx => "WTX",
            };
            let response = matches!(block.pcb, Pcb::Response(_));
            put("s", json!(format!("{name} {}", if response { "response" } else { "request" })));
        }
    }
    put("len", json!(block.inf.len()));
    put("inf", json!(hex(block.inf)));
    put("edc", json!(name));
    Ok(Value::Object(out))
}
