//! `inspect camera`: messages that plate cameras push.

use clap::ValueEnum;
use embedded_pos::scan::plate::feed::axis::Axis;
use embedded_pos::scan::plate::feed::dahua::Dahua;
use embedded_pos::scan::plate::feed::gat1400::Gat1400;
use embedded_pos::scan::plate::feed::hikvision::Hikvision;
use embedded_pos::scan::plate::feed::{Event, Fault, Feed};
use embedded_pos::scan::plate::{PlateRead, Reading};
use serde_json::{Value, json};

use super::Bad;

/// Whose message it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum Vendor {
    Axis,
    Dahua,
    Gat1400,
    Hikvision,
}

impl Vendor {
    /// Reads what such a camera pushes, with room for a good many plates.
    pub fn feed(self) -> Box<dyn Feed> {
        let (large, small) = (|| vec![0; 1 << 18], || vec![0; 1 << 16]);
        match self {
            Self::Axis => Box::new(Axis::new(small())),
            Self::Dahua => Box::new(Dahua::new(small())),
            Self::Gat1400 => Box::new(Gat1400::new(small())),
            Self::Hikvision => Box::new(Hikvision::new(large(), small())),
        }
    }
}

/// The readings of a message.
pub fn readings(feed: &mut dyn Feed, message: &[u8]) -> Result<Vec<PlateRead>, Fault> {
    let mut readings = Vec::new();
    let mut rest = message;
    loop {
        let (used, event) = feed.push(rest);
        rest = rest.get(used..).unwrap_or_default();
        match event {
            Some(Ok(Event::Plate(read))) => readings.push(read),
            Some(event) => _ = event?,
            None => break,
        }
    }
    while let Some(event) = feed.end() {
        if let Event::Plate(read) = event? {
            readings.push(read);
        }
    }
    Ok(readings)
}

/// Decodes one whole message.
pub fn line(input: &str, args: &super::Args) -> Result<Value, Bad> {
    let message = super::bytes(input)?;
    let vendor = args.vendor.ok_or_else(|| Bad { error: "no --vendor".into(), offset: 0 })?;
    let readings = readings(&mut *vendor.feed(), &message).map_err(|fault| Bad {
        error: fault.to_string(),
        offset: usize::try_from(fault.offset).unwrap_or(usize::MAX),
    })?;
    Ok(readings.iter().map(reading).collect())
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
