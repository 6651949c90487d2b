//! Packets of SSI scan engines, as hex.

use embedded_pos::scan::engine::ssi::{
    Cause, Event, Held, Layout, Opcode, Packet, Settings, Source, Status, Value as Holds,
};
use serde_json::{Map, Value, json};

use super::{Args, Bad};

/// `opcode`, `source`, `status`, `data`, `checksum`, and what the data are.
pub fn line(input: &str, _args: &Args) -> Result<Value, Bad> {
    let bytes = super::bytes(input)?;
    let packet = Packet::parse(&bytes)
        .map_err(|error| Bad { error: error.to_string(), offset: error.offset(bytes.len()) })?;
    let mut fields = Map::new();
    fields.insert("opcode".into(), format!("{:?}", packet.opcode()).into());
    let source = match packet.source() {
        Source::Decoder => "decoder".into(),
        Source::Host => "host".into(),
        Source::Other(raw) => format!("{raw:02X}"),
    };
    fields.insert("source".into(), source.into());
    fields.insert("status".into(), status(packet.status()));
    fields.insert("data".into(), super::hex(packet.data()).into());
    let checksum = if packet.is_intact() { "valid" } else { "invalid" };
    fields.insert("checksum".into(), checksum.into());
    if let Some((name, value)) = meaning(&packet) {
        fields.insert(name.into(), value);
    }
    Ok(Value::Object(fields))
}

fn status(status: Status) -> Value {
    let named = status.iter_names().map(|(name, _)| name.to_lowercase());
    let names: Vec<String> = named.filter(|name| name != "_").collect();
    json!({ "raw": format!("{:02X}", status.bits()), "bits": names })
}

/// What the data say, where that is known.
fn meaning(packet: &Packet<'_>) -> Option<(&'static str, Value)> {
    let data = packet.data();
    Some(match packet.opcode() {
        Opcode::DECODE_DATA => ("layouts", layouts(data)),
        Opcode::CMD_NAK => ("cause", cause(*data.first()?).into()),
        Opcode::EVENT => ("event", event(*data.first()?).into()),
        Opcode::PARAM_SEND => ("parameters", parameters(data)),
        Opcode::MULTIPACKET_SEGMENT => ("segment", (*data.first()?).into()),
        Opcode::REPLY_REVISION => ("revision", String::from_utf8_lossy(data).into()),
        _ => return None,
    })
}

/// Every layout that fits.
fn layouts(data: &[u8]) -> Value {
    let all = [("classic", Layout::Classic), ("extended", Layout::Extended)];
    let fits = all.into_iter().filter_map(|(name, layout)| {
        let code = layout.read(data)?;
        Some(json!({
            "layout": name,
            "type": format!("{:02X}", code.kind),
            "payload": super::hex(code.payload),
        }))
    });
    fits.collect()
}

fn parameters(data: &[u8]) -> Value {
    let mut settings = Settings::new(data);
    let mut known: Vec<Value> = settings
        .by_ref()
        .map(|(parameter, held)| {
            let (size, value) = match held {
                Held::Value(Holds::Byte(byte)) => ("byte", Value::from(byte)),
                Held::Value(Holds::Word(word)) => ("word", word.into()),
                Held::Bytes(bytes) => ("bytes", super::hex(bytes).into()),
            };
            json!({ "number": parameter.number(), "size": size, "value": value })
        })
        .collect();
    if !settings.rest().is_empty() {
        known.push(json!({ "unknown": super::hex(settings.rest()) }));
    }
    known.into()
}

fn cause(raw: u8) -> String {
    match Cause::of(raw) {
        Cause::Resend => "resend".into(),
        Cause::BadContext => "bad context".into(),
        Cause::Denied => "denied".into(),
        Cause::Cancel => "cancel".into(),
        Cause::Other(raw) => format!("{raw:02X}"),
    }
}

fn event(raw: u8) -> String {
    match Event::of(raw) {
        Event::Decode => "decode".into(),
        Event::PowerUp => "power up".into(),
        Event::ParameterError => "parameter error".into(),
        Event::ParameterStored => "parameter stored".into(),
        Event::DefaultsSet => "defaults set".into(),
        Event::NumberExpected => "number expected".into(),
        Event::Other(raw) => format!("{raw:02X}"),
    }
}
