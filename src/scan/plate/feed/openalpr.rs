//! OpenALPR and Rekor Scout: JSON, version 1 and 2, by HTTP POST.
//!
//! One `alpr_results` is one picture, with a result for each plate in it; all
//! have its `uuid`, so that the event of the second is `UUID/1`, and so on. An
//! `alpr_group` sums up one vehicle under the `uuid` of its best picture: it is
//! the same event again. Of each plate the best text is told, and of the first four
//! `candidates` those that are others. Whatever comes twice is passed over
//! (`img_width` does). These programs have no pattern for plates of China; what
//! they read there has no province, and
//! [`matching`](crate::scan::plate::matching) finds it. Members by the program's
//! source (`alpr_impl.cpp`, 2020) and its manual for groups and heartbeats.
//!
//! ```
//! use embedded_pos::scan::plate::feed::openalpr::OpenAlpr;
//! use embedded_pos::scan::plate::feed::{Event, Feed};
//!
//! let body = br#"{"version":2,"data_type":"alpr_results","uuid":"cam1-17","img_width":1280,
//!     "epoch_time":1458882234921,"results":[{"plate":"A12345","confidence":89.13,
//!     "plate_index":0,"candidates":[{"plate":"A12345","confidence":89.13}]}],"img_width":1280}"#;
//! let mut feed = OpenAlpr::new([0; 512]);
//! let (_, event) = feed.push(body);
//! let Some(Ok(Event::Plate(read))) = event else { panic!() };
//! assert_eq!(read.text.to_string(), "A12345");
//! assert_eq!(read.event.unwrap().to_string(), "cam1-17");
//! assert_eq!(read.time.unwrap().micros, 921_000);
//! ```

use core::fmt::Write;

use super::json::{JsonDocument, Record, Schema, Then, Vendor};
use super::message::{Message, Told};
use super::{Room, feed};
use crate::scan::plate::{
    Candidate, Code, Confidence, EventId, PlateRead, ReadFlags, ReadTime, Reading,
};

const KIND: u8 = 0;
const UUID: u8 = 1;
const TIME: u8 = 2;
const BEST_UUID: u8 = 3;
const START: u8 = 4;
const TRAVEL: u8 = 5;
const PLATE: u8 = 6;
const CONFIDENCE: u8 = 7;
const INDEX: u8 = 8;
const TEXTS: u8 = 10;
const SCORES: u8 = 14;

static SCHEMA: Schema = Schema {
    root: Then::Scope(0),
    rows: &[
        (0, "data_type", Then::Field(KIND)),
        (0, "uuid", Then::Field(UUID)),
        (0, "epoch_time", Then::Field(TIME)),
        (0, "results", Then::Record(1)),
        (0, "best_plate", Then::Record(1)),
        (0, "best_uuid", Then::Field(BEST_UUID)),
        (0, "epoch_start", Then::Field(START)),
        (0, "travel_direction", Then::Field(TRAVEL)),
        (1, "plate", Then::Field(PLATE)),
        (1, "confidence", Then::Field(CONFIDENCE)),
        (1, "plate_index", Then::Field(INDEX)),
        (1, "candidates", Then::Scope(2)),
        (2, "plate", Then::List(TEXTS)),
        (2, "confidence", Then::List(SCORES)),
    ],
    gbk: false,
};

/// Reads what such a program pushes. 400 bytes of room do for two plates in a
/// picture, with four candidates each; each more takes 160.
#[derive(Debug)]
pub struct OpenAlpr<B>(Message<JsonDocument<Program, B>>);

impl<B: Room> OpenAlpr<B> {
    /// Nothing yet.
    pub const fn new(room: B) -> Self {
        Self(Message::new(JsonDocument::new(room)))
    }
}

feed!(OpenAlpr);

#[derive(Debug)]
struct Program;

impl Vendor for Program {
    const SCHEMA: &'static Schema = &SCHEMA;

    fn told(record: &Record<'_>) -> Option<Told> {
        let text = record.text(PLATE)?;
        let mut read = PlateRead::new(&text);
        if text.is_empty() {
            read.reading = Reading::NoPlate;
        }
        // 0 to 100, with six decimals.
        let confidence = record.decimal(CONFIDENCE, 6);
        read.confidence = confidence.map(|value| Confidence { value, of: 100_000_000 });
        let millis = record.int(TIME).or_else(|| record.int(START));
        read.time = millis.filter(|millis| *millis > 0).map(ReadTime::from_millis);
        read.event = event(record);
        let degrees = record.decimal(TRAVEL, 0).and_then(|degrees| i32::try_from(degrees).ok());
        read.codes.direction = degrees.map(Code::Number);
        read.flags.set(ReadFlags::REPEATED_KEY, record.is_repeated());
        Some(Told::Plate(read))
    }

    fn candidate(record: &Record<'_>, place: u8) -> Option<Candidate> {
        let text =
            record.text(TEXTS + place).filter(|text| Some(text) != record.text(PLATE).as_ref())?;
        let sure = record.decimal(SCORES + place, 6);
        Some(Candidate::new(&text, sure.map(|value| Confidence { value, of: 100_000_000 })))
    }

    fn told_alone(outer: &Record<'_>) -> Option<Told> {
        (*outer.text(KIND)? == *b"heartbeat").then_some(Told::Heartbeat)
    }
}

/// The picture, and which plate of it.
fn event(record: &Record<'_>) -> Option<EventId> {
    let named = |field| Some((field, record.event(field)?));
    let (field, event) = named(UUID).or_else(|| named(BEST_UUID))?;
    let Some(index) = record.int(INDEX).filter(|index| *index > 0) else { return Some(event) };
    let mut text = heapless::Vec::<u8, 160>::new();
    match event {
        EventId::Number(number) => write!(text, "{number}").ok()?,
        // All of it: what an EventId keeps can be less.
        EventId::Text(_) => text.extend_from_slice(&record.whole(field)?).ok()?,
    }
    write!(text, "/{index}").ok()?;
    EventId::text(&text)
}
