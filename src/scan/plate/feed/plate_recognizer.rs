//! Plate Recognizer Stream: a webhook, JSON alone or as the field `json` of a
//! form with the picture as `upload`.
//!
//! Plates are lower-case; a [`Plate`](crate::scan::plate::Plate) and a
//! [`Spelling`](crate::scan::plate::matching::Spelling) are not, so compare
//! those. Scores are 0 to 1. An event is the picture's file name and the plate,
//! for one picture can have several. Of the first four `candidates`
//! of a plate those that are others are told behind it. Members by the vendor's public receivers (2026-07).
//!
//! ```
//! use embedded_pos::scan::plate::feed::plate_recognizer::PlateRecognizer;
//! use embedded_pos::scan::plate::feed::{Event, Feed};
//! use embedded_pos::sim::camera::pushed;
//!
//! let body = pushed::plate_recognizer("cam/1.jpg", &[("ad12345", "0.9")], &[0xFF, 0xD8]);
//! let mut feed = PlateRecognizer::new([0; 1024]);
//! let (used, event) = feed.push(&body);
//! let Some(Ok(Event::Plate(read))) = event else { panic!() };
//! assert_eq!(read.text.to_string(), "ad12345");
//! assert_eq!(read.confidence.unwrap().value, 900_000);
//! let (more, other) = feed.push(&body[used..]);
//! assert!(matches!(other, Some(Ok(Event::Candidate(_)))));
//! let (_, picture) = feed.push(&body[used + more..]);
//! assert!(matches!(picture, Some(Ok(Event::Picture(_)))));
//! ```

use super::json::{JsonDocument, Record, Schema, Then, Vendor};
use super::message::{Message, Role, Told, role_of};
use super::multipart::Head;
use super::{Room, View, feed};
use crate::scan::plate::{Candidate, Code, Confidence, EventId, PlateRead, ReadFlags, Reading};

const FILE: u8 = 0;
const TIME: u8 = 1;
const LOCAL: u8 = 2;
const PLATE: u8 = 3;
const SCORE: u8 = 4;
const DIRECTION: u8 = 5;
const TEXTS: u8 = 10;
const SCORES: u8 = 14;

static SCHEMA: Schema = Schema {
    root: Then::Scope(0),
    rows: &[
        (0, "data", Then::Scope(1)),
        (1, "filename", Then::Field(FILE)),
        (1, "timestamp", Then::Field(TIME)),
        (1, "timestamp_local", Then::Field(LOCAL)),
        (1, "results", Then::Record(2)),
        (2, "plate", Then::Field(PLATE)),
        (2, "score", Then::Field(SCORE)),
        (2, "direction", Then::Field(DIRECTION)),
        (2, "candidates", Then::Scope(3)),
        (3, "plate", Then::List(TEXTS)),
        (3, "score", Then::List(SCORES)),
    ],
    gbk: false,
};

/// Reads what such a program pushes. 768 bytes of room do for four plates in a
/// picture, with four candidates each; each more takes 150.
#[derive(Debug)]
pub struct PlateRecognizer<B>(Message<JsonDocument<Program, B>>);

impl<B: Room> PlateRecognizer<B> {
    /// Nothing yet.
    pub const fn new(room: B) -> Self {
        Self(Message::new(JsonDocument::new(room)))
    }
}

feed!(PlateRecognizer);

#[derive(Debug)]
struct Program;

impl Vendor for Program {
    const SCHEMA: &'static Schema = &SCHEMA;

    fn told(record: &Record<'_>) -> Option<Told> {
        // A vehicle without a plate has none, or null, or an empty one.
        let plate = record.text(PLATE);
        let text = plate.as_deref().unwrap_or_default();
        let mut read = PlateRead::new(text);
        if text.is_empty() {
            read.reading = Reading::NoPlate;
        }
        let score = record.decimal(SCORE, 6);
        read.confidence = score.map(|value| Confidence { value, of: 1_000_000 });
        read.time = record.time(LOCAL).or_else(|| record.time(TIME));
        read.event = record.whole(FILE).and_then(|file| {
            let mut name: heapless::Vec<u8, 260> = heapless::Vec::new();
            [&file, &b"/"[..], text]
                .iter()
                .try_for_each(|part| name.extend_from_slice(part))
                .ok()?;
            EventId::text(&name)
        });
        let degrees = record.decimal(DIRECTION, 0).and_then(|degrees| i32::try_from(degrees).ok());
        read.codes.direction = degrees.map(Code::Number);
        read.pictures.full_name = record.note(FILE);
        read.flags.set(ReadFlags::REPEATED_KEY, record.is_repeated());
        Some(Told::Plate(read))
    }

    fn candidate(record: &Record<'_>, place: u8) -> Option<Candidate> {
        let text =
            record.text(TEXTS + place).filter(|text| Some(text) != record.text(PLATE).as_ref())?;
        let sure = record.decimal(SCORES + place, 6);
        Some(Candidate::new(&text, sure.map(|value| Confidence { value, of: 1_000_000 })))
    }

    fn role(head: &Head) -> Role {
        match &*head.name {
            b"json" => Role::Document,
            b"upload" => Role::Picture(Some(View::Full)),
            _ => role_of(head),
        }
    }
}
