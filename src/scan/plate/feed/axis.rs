//! Axis cameras with the FF Group's number plate program (CaMMRa): JSON by
//! HTTP POST or MQTT, alone or as a part of a form with pictures.
//!
//! A vehicle is told when it is `new`, at each `update` and when it is `lost`,
//! under one `carID`; the state is kept as
//! [`VendorCodes::trigger`](crate::scan::plate::VendorCodes::trigger). All
//! values are strings. Members by public samples of such messages, not by a
//! manual, and not tried on a camera.
//!
//! ```
//! use embedded_pos::scan::plate::feed::axis::Axis;
//! use embedded_pos::scan::plate::feed::{Event, Feed};
//!
//! let body = br#"{"datetime":"20160325 130354123","plateText":"ABC123",
//!     "plateConfidence":"0.719034","carState":"new","carID":"148"}"#;
//! let mut feed = Axis::new([0; 512]);
//! let (used, event) = feed.push(body);
//! let Some(Ok(Event::Plate(read))) = event else { panic!() };
//! assert_eq!(used, body.len());
//! assert_eq!(read.text.to_string(), "ABC123");
//! assert_eq!(read.event.unwrap().to_string(), "148");
//! assert!(feed.end().is_none());
//! ```

use super::json::{JsonDocument, Record, Schema, Then, Vendor};
use super::message::{Message, Told};
use super::{Room, feed};
use crate::scan::plate::{Confidence, PlateRead, ReadFlags, ReadTime};

const TEXT: u8 = 0;
const UTF8: u8 = 1;
const CONFIDENCE: u8 = 2;
const STATE: u8 = 3;
const CAR: u8 = 4;
const DATE: u8 = 5;
const CAPTURED: u8 = 6;
const DIRECTION: u8 = 7;
const FULL_SIZE: u8 = 8;
const PLATE_SIZE: u8 = 9;

static SCHEMA: Schema = Schema {
    root: Then::Record(0),
    rows: &[
        (0, "plateText", Then::Field(TEXT)),
        (0, "plateUTF8", Then::Field(UTF8)),
        (0, "plateConfidence", Then::Field(CONFIDENCE)),
        (0, "carState", Then::Field(STATE)),
        (0, "carID", Then::Field(CAR)),
        (0, "datetime", Then::Field(DATE)),
        (0, "capture_timestamp", Then::Field(CAPTURED)),
        (0, "carMoveDirection", Then::Field(DIRECTION)),
        (0, "vehicleImageSize", Then::Field(FULL_SIZE)),
        (0, "plateImageSize", Then::Field(PLATE_SIZE)),
    ],
    gbk: false,
};

/// Reads what such a camera pushes. 512 bytes of room do.
#[derive(Debug)]
pub struct Axis<B>(Message<JsonDocument<Camera, B>>);

impl<B: Room> Axis<B> {
    /// Nothing yet.
    pub const fn new(room: B) -> Self {
        Self(Message::new(JsonDocument::new(room)))
    }
}

feed!(Axis);

#[derive(Debug)]
struct Camera;

impl Vendor for Camera {
    const SCHEMA: &'static Schema = &SCHEMA;

    fn told(record: &Record<'_>) -> Option<Told> {
        // In plateText the letters of some countries are transcribed.
        let filled = |field| record.text(field).filter(|text| !text.is_empty());
        let text = filled(UTF8).or_else(|| filled(TEXT)).or_else(|| record.text(TEXT))?;
        let mut read = PlateRead::new(&text);
        read.confidence =
            record.decimal(CONFIDENCE, 6).map(|value| Confidence { value, of: 1_000_000 });
        read.event = record.event(CAR);
        let captured = record.loose_int(CAPTURED).filter(|millis| *millis > 0);
        read.time = captured.map(ReadTime::from_millis).or_else(|| record.time(DATE));
        read.codes.trigger = record.code(STATE);
        read.codes.direction = record.code(DIRECTION);
        let size = |field| record.loose_int(field).and_then(|size| u32::try_from(size).ok());
        read.pictures.full = size(FULL_SIZE).unwrap_or(0);
        read.pictures.plate = size(PLATE_SIZE).unwrap_or(0);
        read.flags.set(ReadFlags::REPEATED_KEY, record.is_repeated());
        Some(Told::Plate(read))
    }
}
