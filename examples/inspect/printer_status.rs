//! What an ESC/POS printer sends: `1:16` is an answer to DLE EOT 1,
//! `asb:10000000` automatic status, `stream:` whatever came.

use embedded_pos::printer::Status;
use embedded_pos::printer::escpos::{
    Dialect, Replies, Reply, automatic, is_real_time, paper, real_time,
};
use serde_json::{Map, Value, json};

use super::{Args, Bad};

/// `replies`, each with its `kind` and its `fields`.
pub fn line(input: &str, _args: &Args) -> Result<Value, Bad> {
    let (what, hex) = input.trim().split_once(':').ok_or_else(|| Bad {
        error: "no N:, asb: or stream: in front of the bytes".into(),
        offset: 0,
    })?;
    let bytes = super::bytes(hex)?;
    let replies = match what.trim() {
        "stream" => stream(&bytes)?,
        "asb" => vec![automatic_status(&bytes)?],
        n => vec![answer(n, &bytes)?],
    };
    Ok(json!({ "replies": replies }))
}

/// An answer to DLE EOT n.
fn answer(n: &str, bytes: &[u8]) -> Result<Value, Bad> {
    let bad = |error: String| Bad { error, offset: 0 };
    let n = match n.parse() {
        Ok(n @ (1..=4 | 7 | 8 | 18)) => n,
        _ => return Err(bad(format!("`{n}` is no request: 1 to 4, 7, 8, 18, asb or stream"))),
    };
    match *bytes {
        [byte] if is_real_time(byte) => Ok(reply("dle-eot", real_time_fields(Some(n), byte))),
        [byte] => {
            Err(bad(format!("{byte:02X}h is no answer to DLE EOT: its fixed bits are 0xx1xx10")))
        }
        _ => Err(bad(format!("an answer to DLE EOT is one byte, not {}", bytes.len()))),
    }
}

fn automatic_status(bytes: &[u8]) -> Result<Value, Bad> {
    let bad = |error: String, offset| Bad { error, offset };
    let status: [u8; 4] = bytes
        .try_into()
        .map_err(|_| bad(format!("automatic status is four bytes, not {}", bytes.len()), 0))?;
    let [first, others @ ..] = status;
    if first & 0x93 != 0x10 {
        return Err(bad(format!("{first:02X}h: the fixed bits of the first byte are 0xx1xx00"), 0));
    }
    if let Some(at) = others.iter().position(|byte| byte & 0x90 != 0) {
        let byte = others[at];
        return Err(bad(format!("{byte:02X}h: the fixed bits are 0xx0xxxx"), at + 1));
    }
    Ok(reply("asb", flags(automatic(status), &ALL)))
}

/// All that came, cut into replies.
fn stream(bytes: &[u8]) -> Result<Vec<Value>, Bad> {
    let mut replies = Replies::new();
    let mut out = Vec::new();
    let mut block: Option<(u8, u8, Vec<u8>)> = None;
    for (offset, byte) in bytes.iter().enumerate() {
        let heard = replies.push(*byte);
        if replies.broken() {
            let error = format!("a reply breaks off before {byte:02X}h");
            return Err(Bad { error, offset });
        }
        out.extend(match heard {
            None => None,
            Some(Reply::Block { header, id }) => {
                block = Some((header, id, Vec::new()));
                None
            }
            Some(Reply::Data(byte)) => {
                block.iter_mut().for_each(|(.., text)| text.push(byte));
                None
            }
            Some(Reply::End) => block.take().map(|(header, id, text)| {
                let text = String::from_utf8_lossy(&text).into_owned();
                reply("block", json!({ "header": hex(header), "id": hex(id), "text": text }))
            }),
            Some(Reply::Noise(byte)) => {
                let error = format!("{byte:02X}h begins no reply");
                return Err(Bad { error, offset });
            }
            Some(other) => Some(single(other)),
        });
    }
    if replies.is_open() {
        return Err(Bad { error: "a reply is not whole".into(), offset: bytes.len() });
    }
    Ok(out)
}

/// A reply of one piece.
fn single(heard: Reply) -> Value {
    match heard {
        Reply::Xon => reply("xon", json!({})),
        Reply::Xoff => reply("xoff", json!({})),
        Reply::PowerOn => reply("power-on", json!({})),
        Reply::RealTime { n, byte } => reply("dle-eot", real_time_fields(n, byte)),
        Reply::InOrder(byte) => {
            let mut fields = flags(
                paper(byte),
                &[(Status::PAPER_LOW, "paper_low"), (Status::PAPER_OUT, "paper_out")],
            );
            fields["byte"] = hex(byte).into();
            reply("in-order", fields)
        }
        Reply::Automatic(bytes) => reply("asb", flags(automatic(bytes), &ALL)),
        Reply::Process(id) => reply("process", json!({ "id": String::from_utf8_lossy(&id) })),
        other => reply("other", json!({ "reply": format!("{other:?}") })),
    }
}

fn reply(kind: &str, fields: Value) -> Value {
    json!({ "kind": kind, "fields": fields })
}

fn hex(byte: u8) -> String {
    super::hex(&[byte])
}

const ALL: [(Status, &str); 10] = [
    (Status::ONLINE, "online"),
    (Status::PAPER_LOW, "paper_low"),
    (Status::PAPER_OUT, "paper_out"),
    (Status::COVER_OPEN, "cover_open"),
    (Status::OVERHEATED, "overheated"),
    (Status::CUTTER_ERROR, "cutter_error"),
    (Status::FATAL, "fatal"),
    (Status::FEEDING, "feeding"),
    (Status::RECOVERABLE, "recoverable"),
    (Status::DRAWER_PIN, "drawer_pin"),
];

fn flags(status: Status, of: &[(Status, &str)]) -> Value {
    let fields = of.iter().map(|(flag, name)| ((*name).into(), status.contains(*flag).into()));
    Value::Object(fields.collect::<Map<_, _>>())
}

/// What an answer to DLE EOT says, as far as it is known which.
fn real_time_fields(n: Option<u8>, byte: u8) -> Value {
    let names: &[&str] = match n {
        Some(1) => &["online", "feeding", "recoverable", "drawer_pin"],
        Some(2) => &["cover_open", "feeding", "paper_out"],
        Some(3) => &["recoverable", "cutter_error", "fatal", "overheated"],
        Some(4) => &["paper_low", "paper_out"],
        _ => &[],
    };
    let of: Vec<_> = ALL.into_iter().filter(|(_, name)| names.contains(name)).collect();
    let mut fields = flags(real_time(Dialect::Epson, n.unwrap_or(0), byte), &of);
    fields["byte"] = hex(byte).into();
    if let Some(n) = n {
        fields["n"] = n.into();
    }
    if n == Some(2) {
        fields["error"] = (byte & 0x40 != 0).into();
    }
    fields
}
