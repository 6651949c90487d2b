//! `inspect camera`: messages that plate cameras push.

use embedded_pos::scan::plate::{PlateRead, Reading};
use serde_json::{Value, json};

use super::Bad;

#[path = "../common/feeds.rs"]
mod feeds;

pub use feeds::Vendor;

/// Decodes one whole message.
pub fn line(input: &str, args: &super::Args) -> Result<Value, Bad> {
    let message = super::bytes(input)?;
    let vendor = args.vendor.ok_or_else(|| Bad { error: "no --vendor".into(), offset: 0 })?;
    let mut seen = Ok(Vec::new());
    let mut tell = |told: Result<&PlateRead, _>| match (&mut seen, told) {
        (Ok(seen), Ok(read)) => seen.push(reading(read)),
        (Ok(_), Err(fault)) => seen = Err(fault),
        (Err(_), _) => {}
    };
    let mut feed = vendor.feed();
    feeds::push(&mut *feed, &message, &mut tell);
    feeds::end(&mut *feed, &mut tell);
    seen.map(Value::Array).map_err(|fault| Bad {
        error: fault.to_string(),
        offset: usize::try_from(fault.offset).unwrap_or(usize::MAX),
    })
}

fn reading(read: &PlateRead) -> Value {
    let plate = match read.reading {
        Reading::Plate(plate) => Some(plate.canonical().as_str().to_owned()),
        Reading::NoPlate => None,
        Reading::Unreadable(_) => Some(read.text.to_string()),
    };
    let class = read.plate().map(|plate| plate.class()).or(read.class);
    json!({
        "plate": plate,
        "colour": read.colour.map(|colour| format!("{colour:?}").to_lowercase()),
        "class": class.map(|class| class.name()),
        "confidence": read.confidence.map(|sure| match sure.of {
            0 | 100 => json!(sure.value),
            of => json!(f64::from(sure.value) * 100.0 / f64::from(of)),
        }),
        "time": read.time.map(|time| time.to_string()),
        "event": read.event.map(|event| event.to_string()),
    })
}
