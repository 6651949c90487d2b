//! GA/T 1400, what the video platforms of the police speak (视图库, VIID): JSON
//! by `POST /VIID/MotorVehicles`, and in the notifications of a subscription.
//!
//! One message holds any number of vehicles. Pictures stand in it in base64
//! (passed over) or as URLs ([`Pictures::full_name`] is `StorageUrl1`). The
//! class is a 号牌种类 code ([`Hpzl`]), the time is local and tells no zone.
//! Numbers come as numbers or as strings. A `POST /VIID/System/Keepalive` is a
//! [`Event::Heartbeat`](super::Event::Heartbeat).
//!
//! Members by GA/T 1400.3 and by what public programs for it read; the colours
//! are those of its `ColorType`. Not tried with a platform.
//!
//! [`Pictures::full_name`]: crate::scan::plate::Pictures::full_name
//!
//! ```
//! use embedded_pos::scan::plate::feed::gat1400::Gat1400;
//! use embedded_pos::scan::plate::feed::{Event, Feed};
//! use embedded_pos::scan::plate::{Class, Colour};
//!
//! let body = r#"{"MotorVehicleListObject":{"MotorVehicleObject":[{
//!     "MotorVehicleID":"120000000011900000010220160325130354000010200001",
//!     "HasPlate":"1","PlateNo":"津A12345","PlateClass":"02","PlateColor":"5",
//!     "PlateReliability":"93","PassTime":"20160325130354"}]}}"#;
//! let mut feed = Gat1400::new([0; 2048]);
//! let (_, Some(Ok(Event::Plate(read)))) = feed.push(body.as_bytes()) else { panic!() };
//! assert_eq!(read.plate().unwrap().canonical(), "津A12345");
//! assert_eq!((read.class, read.colour), (Some(Class::Ordinary), Some(Colour::Blue)));
//! assert_eq!(read.time.unwrap().to_string(), "2016-03-25T13:03:54.000000");
//! ```

use super::json::{JsonDocument, Record, Schema, Then, Vendor};
use super::message::{Message, Told};
use super::{Room, feed};
use crate::scan::plate::{Characters, Colour, Confidence, Hpzl, PlateRead, ReadFlags, Reading};

const ID: u8 = 0;
const PLATE: u8 = 1;
const HAS_PLATE: u8 = 2;
const CLASS: u8 = 3;
const COLOUR: u8 = 4;
const RELIABILITY: u8 = 5;
const CHARACTERS: u8 = 6;
const PASSED: u8 = 7;
const SHOT: u8 = 8;
const URL: u8 = 9;
const DIRECTION: u8 = 10;
const DEVICE: u8 = 11;

const VEHICLE: u8 = 2;

static SCHEMA: Schema = Schema {
    root: Then::Scope(0),
    rows: &[
        (0, "MotorVehicleListObject", Then::Scope(1)),
        (1, "MotorVehicleObject", Then::Record(VEHICLE)),
        (0, "SubscribeNotificationListObject", Then::Scope(3)),
        (3, "SubscribeNotificationObject", Then::Scope(4)),
        (4, "MotorVehicleObjectList", Then::Scope(1)),
        (0, "KeepaliveObject", Then::Scope(5)),
        (5, "DeviceID", Then::Field(DEVICE)),
        (VEHICLE, "MotorVehicleID", Then::Field(ID)),
        (VEHICLE, "PlateNo", Then::Field(PLATE)),
        (VEHICLE, "HasPlate", Then::Field(HAS_PLATE)),
        (VEHICLE, "PlateClass", Then::Field(CLASS)),
        (VEHICLE, "PlateColor", Then::Field(COLOUR)),
        (VEHICLE, "PlateReliability", Then::Field(RELIABILITY)),
        (VEHICLE, "PlateCharReliability", Then::Field(CHARACTERS)),
        (VEHICLE, "PassTime", Then::Field(PASSED)),
        (VEHICLE, "StorageUrl1", Then::Field(URL)),
        (VEHICLE, "Direction", Then::Field(DIRECTION)),
        (VEHICLE, "SubImageList", Then::Scope(6)),
        (6, "SubImageInfoObject", Then::Scope(7)),
        (7, "ShotTime", Then::Field(SHOT)),
    ],
    gbk: false,
};

/// Reads what such a platform or camera posts. 512 bytes of room a vehicle do.
#[derive(Debug)]
pub struct Gat1400<B>(Message<JsonDocument<Platform, B>>);

impl<B: Room> Gat1400<B> {
    /// Nothing yet.
    pub const fn new(room: B) -> Self {
        Self(Message::new(JsonDocument::new(room)))
    }
}

feed!(Gat1400);

#[derive(Debug)]
struct Platform;

impl Vendor for Platform {
    const SCHEMA: &'static Schema = &SCHEMA;

    fn told(record: &Record<'_>) -> Option<Told> {
        let text = record.text(PLATE);
        let text = text.as_deref().unwrap_or_default();
        let mut read = PlateRead::new(text);
        // Where there is none, programs leave the number empty or say so.
        let none = text.is_empty() || text == "无车牌".as_bytes();
        if none && record.loose_int(HAS_PLATE) != Some(1) {
            read.reading = Reading::NoPlate;
        }
        read.codes.class = record.code(CLASS);
        read.codes.colour = record.code(COLOUR);
        read.codes.direction = record.code(DIRECTION);
        let code = record.loose_int(CLASS).and_then(|code| u8::try_from(code).ok());
        read.class = code.and_then(Hpzl::new).and_then(Hpzl::class);
        read.colour = record.loose_int(COLOUR).and_then(colour);
        let reliability = record.loose_int(RELIABILITY).and_then(|value| u32::try_from(value).ok());
        read.confidence = reliability.map(|value| Confidence { value, of: 100 });
        read.characters =
            record.text(CHARACTERS).map(|text| Characters::read(&text)).unwrap_or_default();
        read.time = record.time(PASSED).or_else(|| record.time(SHOT));
        read.event = record.event(ID);
        read.pictures.full_name = record.note(URL);
        read.flags.set(ReadFlags::REPEATED_KEY, record.is_repeated());
        Some(Told::Plate(read))
    }

    fn told_alone(outer: &Record<'_>) -> Option<Told> {
        outer.text(DEVICE).map(|_| Told::Heartbeat)
    }
}

/// The colour that a `PlateColor` stands for; `None` for those that no plate
/// here has (3 grey, 4 red, 7 orange, 8 brown, 99 another).
const fn colour(code: i64) -> Option<Colour> {
    match code {
        1 => Some(Colour::Black),
        2 => Some(Colour::White),
        5 => Some(Colour::Blue),
        6 => Some(Colour::Yellow),
        9 => Some(Colour::Green),
        _ => None,
    }
}
