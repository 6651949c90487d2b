//! Hikvision (海康威视) cameras by ISAPI: what they post to a server, what their
//! `alertStream` goes on sending, and the answer to a poll for plates.
//!
//! - An `EventNotificationAlert`, in a form with pictures or alone, is a
//!   reading if it holds an `ANPR`; if its `eventType` is `videoloss` and
//!   `inactive` it is a heartbeat; other events are passed over. Both
//!   namespaces in use are read, for neither is looked at, and so is the JSON
//!   that some firmware sends in its place.
//! - `Plates`, the answer to `POST /ISAPI/Traffic/channels/1/vehicleDetect/plates`,
//!   is a reading a `Plate`. A camera tells the same plate again every second,
//!   and not in order: compare [`PlateRead::event`], which is the picture's name
//!   there, and the time.
//! - A plate of China has its colour before it (`蓝津A12345`): it is stripped,
//!   kept in [`PlateRead::text`], and is the [`PlateRead::colour`] if the camera
//!   tells no other.
//! - [`PlateRead::event`] is the `UUID`. What is sent again after a lost
//!   connection (`isDataRetransmission`) has the same, and
//!   [`ReadFlags::OFFLINE`].
//!
//! Members by public samples of such messages and by public programs that read
//! them; the numbers of plate types by an enumeration in one of these. Not tried
//! on a camera.
//!
//! ```
//! use embedded_pos::scan::plate::feed::hikvision::Hikvision;
//! use embedded_pos::scan::plate::feed::{Event, Feed};
//! use embedded_pos::scan::plate::Colour;
//!
//! let body = "<EventNotificationAlert xmlns=\"http://www.isapi.org/ver20/XMLSchema\">
//!     <dateTime>2016-03-25T13:03:54+08:00</dateTime><eventType>ANPR</eventType>
//!     <ANPR><licensePlate>蓝津A12345</licensePlate><confidenceLevel>97</confidenceLevel></ANPR>
//!     <UUID>602cf998-1dd2-11b2-a842-be6ebc977415</UUID></EventNotificationAlert>";
//! let mut feed = Hikvision::new([0; 2048], [0; 512]);
//! let (_, Some(Ok(Event::Plate(read)))) = feed.push(body.as_bytes()) else { panic!() };
//! assert_eq!(read.plate().unwrap().canonical(), "津A12345");
//! assert_eq!((read.colour, read.text.to_string()), (Some(Colour::Blue), "蓝津A12345".into()));
//! assert_eq!(read.event.unwrap().to_string(), "602cf998-1dd2-11b2-a842-be6ebc977415");
//! ```

use super::json::{Record, Schema, Then, Vendor};
use super::message::{Message, Role, Told, role_of};
use super::multipart::Head;
use super::xml::XmlDocument;
use super::{Event, Fault, Feed, Room, View};
use crate::scan::plate::{Characters, Class, Colour, Confidence, PlateRead, ReadFlags, Reading};

const PLATE: u8 = 0;
const CONFIDENCE: u8 = 2;
const CHARACTERS: u8 = 3;
const TYPE: u8 = 4;
const COLOUR: u8 = 5;
const DIRECTION: u8 = 6;
const DETECT: u8 = 7;
const TIME: u8 = 8;
const UUID: u8 = 9;
const AGAIN: u8 = 10;
const EVENT: u8 = 11;
const STATE: u8 = 12;
const PICTURE: u8 = 13;
const NAMES: u8 = 16;
const KINDS: u8 = 20;

/// The objects: an alert, what it says of a plate, its pictures, the answer to
/// a poll, a plate of it.
const ALERT: u8 = 0;
const ANPR: u8 = 1;
const LIST: u8 = 2;
const INFO: u8 = 3;
const PLATES: u8 = 4;
const POLLED: u8 = 5;

static SCHEMA: Schema = Schema {
    root: Then::Scope(ALERT),
    rows: &[
        (ALERT, "EventNotificationAlert", Then::Scope(ALERT)),
        (ALERT, "dateTime", Then::Field(TIME)),
        (ALERT, "eventType", Then::Field(EVENT)),
        (ALERT, "eventState", Then::Field(STATE)),
        (ALERT, "UUID", Then::Field(UUID)),
        (ALERT, "isDataRetransmission", Then::Field(AGAIN)),
        (ALERT, "ANPR", Then::Record(ANPR)),
        // By a tool that makes JSON of the XML.
        (ALERT, "aNPR", Then::Record(ANPR)),
        (ALERT, "pictureInfoList", Then::Scope(LIST)),
        (ANPR, "licensePlate", Then::Field(PLATE)),
        (ANPR, "confidenceLevel", Then::Field(CONFIDENCE)),
        (ANPR, "plateCharBelieve", Then::Field(CHARACTERS)),
        (ANPR, "plateType", Then::Field(TYPE)),
        (ANPR, "plateColor", Then::Field(COLOUR)),
        (ANPR, "direction", Then::Field(DIRECTION)),
        (ANPR, "detectType", Then::Field(DETECT)),
        (ANPR, "pictureInfoList", Then::Scope(LIST)),
        (LIST, "pictureInfo", Then::Scope(INFO)),
        (LIST, "fileName", Then::List(NAMES)),
        (LIST, "type", Then::List(KINDS)),
        (INFO, "fileName", Then::List(NAMES)),
        (INFO, "type", Then::List(KINDS)),
        (ALERT, "Plates", Then::Scope(PLATES)),
        (PLATES, "Plate", Then::Record(POLLED)),
        (POLLED, "plateNumber", Then::Field(PLATE)),
        (POLLED, "captureTime", Then::Field(TIME)),
        (POLLED, "picName", Then::Field(PICTURE)),
        (POLLED, "direction", Then::Field(DIRECTION)),
    ],
    gbk: false,
};

/// Reads what such a camera sends. 8 KB of room for the XML, `X`, do for a
/// reading (twice its bytes above ASCII), and 768 bytes for the values, `B`; an
/// answer to a poll takes 350 and 150 a plate. JSON takes the latter only.
#[derive(Debug)]
pub struct Hikvision<X, B>(Message<XmlDocument<Camera, X, B>>);

impl<X: Room, B: Room> Hikvision<X, B> {
    /// Nothing yet.
    pub const fn new(xml: X, values: B) -> Self {
        Self(Message::new(XmlDocument::new(xml, values)))
    }
}

impl<X: Room, B: Room> Feed for Hikvision<X, B> {
    fn push<'p>(&'p mut self, bytes: &'p [u8]) -> (usize, Option<Result<Event<'p>, Fault>>) {
        self.0.push(bytes)
    }

    fn end(&mut self) -> Option<Result<Event<'_>, Fault>> {
        self.0.end()
    }
}

#[derive(Debug)]
struct Camera;

impl Vendor for Camera {
    const SCHEMA: &'static Schema = &SCHEMA;

    fn told(record: &Record<'_>) -> Option<Told> {
        let text = record.text(PLATE);
        let text = text.as_deref().unwrap_or_default();
        let mut read = PlateRead::new(text);
        // What the firmware calls a vehicle without a plate, in two languages.
        if matches!(text, b"" | b"unknown" | b"noplate") || text == "无车牌".as_bytes() {
            read.reading = Reading::NoPlate;
        }
        read.codes.class = record.code(TYPE);
        read.codes.colour = record.code(COLOUR);
        read.codes.direction = record.code(DIRECTION);
        read.codes.trigger = record.code(DETECT);
        read.class = record.text(TYPE).and_then(|code| class(&code));
        let told = record.text(COLOUR).and_then(|code| colour(&code));
        read.colour = told.or_else(|| read.plate()?.colour());
        let sure = record.loose_int(CONFIDENCE).and_then(|value| u32::try_from(value).ok());
        read.confidence = sure.map(|value| Confidence { value, of: 100 });
        read.characters =
            record.text(CHARACTERS).map(|text| Characters::read(&text)).unwrap_or_default();
        read.time = record.time(TIME);
        read.event = record.event(UUID).or_else(|| record.event(PICTURE));
        names(record, &mut read);
        let again = record.text(AGAIN).is_some_and(|text| *text == *b"true");
        read.flags.set(ReadFlags::OFFLINE, again || record.int(AGAIN) == Some(1));
        read.flags.set(ReadFlags::REPEATED_KEY, record.is_repeated());
        Some(Told::Plate(read))
    }

    fn told_alone(outer: &Record<'_>) -> Option<Told> {
        let is = |field, word: &[u8]| outer.text(field).is_some_and(|text| *text == *word);
        let beat = is(EVENT, b"videoloss") && is(STATE, b"inactive") || is(EVENT, b"heartBeat");
        beat.then_some(Told::Heartbeat)
    }

    fn role(head: &Head) -> Role {
        match role_of(head) {
            Role::Picture(_) => Role::Picture(view(&head.file).or_else(|| view(&head.name))),
            role => role,
        }
    }
}

/// The class that a `plateType` stands for, by its word or its number; `None`
/// where it stands for several (`yellowTwoLine`, `newEnergy` of either size,
/// `hongKongMacao`), for none of ours (farm and temporary ones), or for what is
/// not certain (2, `arm`). The words are spelt as the firmware spells them.
fn class(code: &[u8]) -> Option<Class> {
    Some(match code {
        b"1" | b"92TypeCivil" | b"7" | b"02TypePersonalized" | b"16" | b"motorola" => {
            Class::Ordinary
        }
        b"3" | b"upDownMilitay" | b"5" | b"leftRightMilitay" | b"9" | b"04NewMilitay" => {
            Class::Army
        }
        b"4" | b"92TypeArm" | b"11" | b"oneLineArm" | b"12" | b"twoLineArm" => Class::ArmedPolice,
        b"18" | b"2012TypeOneLineArm" | b"19" | b"2012TypeTwoLineArm" => Class::ArmedPolice,
        b"10" | b"embassy" => Class::Embassy,
        b"20" | b"civilAviation" => Class::Aviation,
        b"100" | b"coach" => Class::Coach,
        b"102" | b"trailer" => Class::Trailer,
        b"103" | b"consulate" => Class::Consulate,
        _ => return None,
    })
}

/// The colour that a `plateColor` stands for.
fn colour(code: &[u8]) -> Option<Colour> {
    Some(match code {
        b"blue" => Colour::Blue,
        b"yellow" => Colour::Yellow,
        b"white" => Colour::White,
        b"black" => Colour::Black,
        b"green" => Colour::Green,
        _ => return None,
    })
}

/// What a picture shows, by its name or its kind.
fn view(name: &[u8]) -> Option<View> {
    if name.starts_with(b"licensePlate") {
        return Some(View::Plate);
    }
    name.starts_with(b"detection").then_some(View::Full)
}

/// The names of the pictures, by what each shows: by the name, for one may come
/// without a kind, and the kinds stand apart from the names.
fn names(record: &Record<'_>, read: &mut PlateRead) {
    for (name, kind) in (NAMES..NAMES + 4).zip(KINDS..) {
        let shows = |field| record.text(field).and_then(|text| view(&text));
        match shows(name).or_else(|| shows(kind)) {
            Some(View::Full) => read.pictures.full_name = record.note(name),
            Some(View::Plate) => read.pictures.plate_name = record.note(name),
            None => {}
        }
    }
    if read.pictures.full_name.is_empty() {
        read.pictures.full_name = record.note(PICTURE);
    }
}
