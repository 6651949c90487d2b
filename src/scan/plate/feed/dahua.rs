//! Dahua (大华) cameras: `TrafficJunction` events and their like, in each of
//! the forms in which they are pushed.
//!
//! - `snapManager.cgi?action=attachFileProc`: an answer in parts that never
//!   ends, of lines such as `Events[0].TrafficCar.PlateNumber=津A12345`, pictures
//!   and `Heartbeat`s.
//! - `eventManager.cgi?action=attach`: the same with lines such as
//!   `Code=TrafficJunction;action=Pulse;index=0;data={…}`, or `[…]` of several.
//! - `client.notifyEventStream`, the JSON of the vendor's own protocol; its
//!   frames are not read here.
//! - `POST /NotificationInfo/TollgateInfo`, JSON with a `Picture` in it.
//!
//! Every event that tells a plate is a reading, its code kept as
//! [`VendorCodes::trigger`](crate::scan::plate::VendorCodes::trigger). `UTC` is
//! the camera's local time, in spite of its name; where there is a `RealUTC`,
//! that is the time and the difference is the zone. The scale of `Confidence` is
//! not told, nor what the plate types mean: both are kept as sent.
//!
//! Members by public samples and by public programs that read them, not by a
//! manual, and not tried on a camera.
//!
//! ```
//! use embedded_pos::scan::plate::feed::dahua::Dahua;
//! use embedded_pos::scan::plate::feed::{Event, Feed};
//!
//! let body = "--myboundary\r\nContent-Type: text/plain\r\n\r\n\
//!     Events[0].EventBaseInfo.Code=TrafficJunction\r\nEvents[0].UTC=1458939834\r\n\
//!     Events[0].RealUTC=1458911034\r\nEvents[0].TrafficCar.PlateNumber=津A12345\r\n\
//!     Events[0].TrafficCar.PlateColor=Blue\r\n--myboundary\r\n";
//! let mut feed = Dahua::new([0; 1024]);
//! let (_, Some(Ok(Event::Plate(read)))) = feed.push(body.as_bytes()) else { panic!() };
//! assert_eq!(read.plate().unwrap().canonical(), "津A12345");
//! assert_eq!(read.time.unwrap().to_string(), "2016-03-25T21:03:54.000000+08:00");
//! ```

use heapless::Vec;

use super::json::{JsonDocument, Record, Schema, Then, Vendor};
use super::message::{Document, Message, Role, Told, is_blank, role_of};
use super::multipart::Head;
use super::{FaultKind, Room, feed};
use crate::scan::plate::{
    Colour, Confidence, EventId, PlateRead, ReadFlags, ReadTime, Reading, Zone,
};

const CODE: u8 = 0;
const PLATE: u8 = 1;
const COLOUR: u8 = 2;
const TYPE: u8 = 3;
const DIRECTION: u8 = 4;
const OBJECT_TYPE: u8 = 5;
const TEXT: u8 = 6;
const CONFIDENCE: u8 = 7;
const UTC: u8 = 8;
const MILLIS: u8 = 9;
const REAL_UTC: u8 = 10;
const ID: u8 = 11;
const TIME: u8 = 12;
const BASE_CODE: u8 = 13;

const ROOT: u8 = 0;
const PARAMS: u8 = 1;
/// An event, or the data in it: their members are not the same in any two forms.
const EVENT: u8 = 2;
const BASE: u8 = 3;
const CAR: u8 = 4;
const OBJECT: u8 = 5;
const PICTURE: u8 = 6;
const SNAP: u8 = 7;
const SHOWN: u8 = 8;

static SCHEMA: Schema = Schema {
    root: Then::Scope(ROOT),
    rows: &[
        // As an event with `data=` is made to be.
        (ROOT, "Code", Then::Field(CODE)),
        (ROOT, "params", Then::Scope(PARAMS)),
        (PARAMS, "eventList", Then::Record(EVENT)),
        (ROOT, "Events", Then::Record(EVENT)),
        (EVENT, "Data", Then::Scope(EVENT)),
        (EVENT, "Code", Then::Field(CODE)),
        (EVENT, "EventBaseInfo", Then::Scope(BASE)),
        (BASE, "Code", Then::Field(BASE_CODE)),
        (EVENT, "UTC", Then::Field(UTC)),
        (EVENT, "UTCMS", Then::Field(MILLIS)),
        (EVENT, "RealUTC", Then::Field(REAL_UTC)),
        (EVENT, "EventID", Then::Field(ID)),
        (EVENT, "TrafficCar", Then::Scope(CAR)),
        (CAR, "PlateNumber", Then::Field(PLATE)),
        (CAR, "PlateColor", Then::Field(COLOUR)),
        (CAR, "PlateType", Then::Field(TYPE)),
        (CAR, "Direction", Then::Field(DIRECTION)),
        (EVENT, "Object", Then::Scope(OBJECT)),
        (OBJECT, "ObjectType", Then::Field(OBJECT_TYPE)),
        (OBJECT, "Text", Then::Field(TEXT)),
        (OBJECT, "Confidence", Then::Field(CONFIDENCE)),
        (ROOT, "Picture", Then::Record(PICTURE)),
        (PICTURE, "Plate", Then::Scope(SHOWN)),
        (SHOWN, "PlateNumber", Then::Field(PLATE)),
        (SHOWN, "PlateColor", Then::Field(COLOUR)),
        (SHOWN, "PlateType", Then::Field(TYPE)),
        (SHOWN, "Confidence", Then::Field(CONFIDENCE)),
        (PICTURE, "SnapInfo", Then::Scope(SNAP)),
        (SNAP, "AccurateTime", Then::Field(TIME)),
        (SNAP, "Direction", Then::Field(DIRECTION)),
    ],
    gbk: false,
};

/// Reads what such a camera pushes. 512 bytes of room an event do.
#[derive(Debug)]
pub struct Dahua<B>(Message<Events<B>>);

impl<B: Room> Dahua<B> {
    /// Nothing yet.
    pub const fn new(room: B) -> Self {
        Self(Message::new(Events {
            values: JsonDocument::new(room),
            form: Form::Unknown,
            line: Vec::new(),
            index: None,
            beat: false,
        }))
    }
}

feed!(Dahua);

#[derive(Debug)]
struct Camera;

impl Vendor for Camera {
    const SCHEMA: &'static Schema = &SCHEMA;

    fn told(record: &Record<'_>) -> Option<Told> {
        // Else it is what is written on the vehicle.
        let is_plate = record.text(OBJECT_TYPE).is_some_and(|kind| *kind == *b"Plate");
        let seen = || record.text(TEXT).filter(|_| is_plate);
        let text = match record.text(PLATE) {
            Some(text) if text.is_empty() => seen().unwrap_or(text),
            text => text.or_else(seen)?,
        };
        let mut read = PlateRead::new(&text);
        if matches!(&*text, b"" | b"Unknown" | b"No Plate") {
            read.reading = Reading::NoPlate;
        }
        read.codes.class = record.code(TYPE);
        read.codes.colour = record.code(COLOUR);
        read.codes.direction = record.code(DIRECTION);
        read.codes.trigger = record.code(CODE).or_else(|| record.code(BASE_CODE));
        read.colour = record.text(COLOUR).and_then(|word| colour(&word));
        let sure = record.loose_int(CONFIDENCE).and_then(|value| u32::try_from(value).ok());
        read.confidence = sure.map(|value| Confidence { value, of: 0 });
        read.time = time(record).or_else(|| record.time(TIME));
        let id = record.loose_int(ID).and_then(|id| u64::try_from(id).ok());
        read.event = id.filter(|id| *id != 0).map(EventId::Number);
        read.flags.set(ReadFlags::REPEATED_KEY, record.is_repeated());
        Some(Told::Plate(read))
    }
}

fn time(record: &Record<'_>) -> Option<ReadTime> {
    let seconds = |field| record.loose_int(field).filter(|seconds| *seconds > 0);
    let local = seconds(UTC);
    let millis = record.loose_int(MILLIS).and_then(|millis| u32::try_from(millis).ok());
    let micros = millis.filter(|millis| *millis < 1000).unwrap_or(0) * 1000;
    let Some(real) = seconds(REAL_UTC) else {
        return Some(ReadTime { seconds: local?, micros, zone: Zone::Unknown });
    };
    let zone = local.and_then(|local| Zone::ahead(local.saturating_sub(real)));
    // Where they are the same, the camera may be set to UTC or not know a zone.
    Some(ReadTime { seconds: real, micros, zone: zone.unwrap_or(Zone::East(0)) })
}

/// The colour that a `PlateColor` stands for.
fn colour(word: &[u8]) -> Option<Colour> {
    Some(match word {
        b"Blue" => Colour::Blue,
        b"Yellow" => Colour::Yellow,
        b"White" => Colour::White,
        b"Black" => Colour::Black,
        b"Green" => Colour::Green,
        b"YellowGreen" => Colour::YellowGreen,
        _ => return None,
    })
}

/// In which form events come.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Form {
    Unknown,
    Json,
    /// Lines of a name and a value.
    Lines,
    /// JSON behind `data=`.
    Data,
}

/// What JSON an event with `data=` is made to be, around its code.
const BEFORE: &[u8] = br#"{"Code":""#;
const BETWEEN: &[u8] = br#"","Events":"#;
const BEHIND: &[u8] = b"}";
/// How deep in it the data stand.
const DATA: usize = 1;

/// Events that are being received.
#[derive(Debug)]
struct Events<B> {
    values: JsonDocument<Camera, B>,
    form: Form,
    line: Vec<u8, 256>,
    /// Of the event whose lines come.
    index: Option<u16>,
    beat: bool,
}

impl<B: Room> Document for Events<B> {
    fn push(&mut self, byte: u8) -> Result<bool, FaultKind> {
        if self.form == Form::Unknown {
            self.form = match byte {
                _ if is_blank(byte) => return Ok(false),
                b'{' | b'[' => Form::Json,
                _ => Form::Lines,
            };
        }
        match self.form {
            Form::Json => return self.values.push(byte),
            Form::Data => {
                let outside = self.values.json.depth() == DATA;
                if outside && !is_blank(byte) && !matches!(byte, b'{' | b'[') {
                    // A number or a word, which tells no plate.
                    self.clear();
                    self.form = Form::Lines;
                    return Ok(false);
                }
                self.values.push(byte)?;
                if !outside && self.values.json.depth() == DATA {
                    return self.push_all(BEHIND);
                }
            }
            _ if byte == b'\n' => self.line()?,
            // A longer line is cut.
            _ => {
                _ = self.line.push(byte);
                if byte == b'=' {
                    self.begin_data()?;
                }
            }
        }
        Ok(false)
    }

    fn end(&mut self) -> Result<(), FaultKind> {
        match self.form {
            Form::Json | Form::Data => Err(FaultKind::Truncated),
            Form::Unknown | Form::Lines => {
                self.line()?;
                self.select(None)
            }
        }
    }

    fn told(&mut self) -> Option<Told> {
        if core::mem::take(&mut self.beat) {
            return Some(Told::Heartbeat);
        }
        self.values.told()
    }

    fn is_cut(&self) -> bool {
        self.values.is_cut()
    }

    fn clear(&mut self) {
        self.values.clear();
        self.line.clear();
        self.form = Form::Unknown;
        self.index = None;
        self.beat = false;
    }

    fn role(head: &Head) -> Role {
        role_of(head)
    }
}

impl<B: Room> Events<B> {
    fn push_all(&mut self, bytes: &[u8]) -> Result<bool, FaultKind> {
        bytes.iter().try_fold(false, |_, byte| self.values.push(*byte))
    }

    /// If the line is one of an event up to its data: these come next.
    fn begin_data(&mut self) -> Result<(), FaultKind> {
        let mut code: Vec<u8, 32> = Vec::new();
        match self.line.strip_prefix(b"Code=") {
            Some(rest) if rest.ends_with(b";data=") => {
                let word = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric());
                code.extend(word.copied().take(32));
            }
            _ => return Ok(()),
        }
        self.form = Form::Data;
        self.push_all(BEFORE)?;
        self.push_all(&code)?;
        self.push_all(BETWEEN).map(|_| ())
    }

    /// A line has ended: `Heartbeat`, or `Events[0].Name.Name=value`.
    fn line(&mut self) -> Result<(), FaultKind> {
        let line = core::mem::take(&mut self.line);
        let line = line.trim_ascii();
        self.beat |= line == b"Heartbeat";
        let Some(at) = line.iter().position(|byte| *byte == b'=') else { return Ok(()) };
        let (name, value) = line.split_at(at);
        let mut names = name.split(|byte| *byte == b'.').map(|name| {
            let (name, index) =
                name.split_at(name.iter().position(|byte| *byte == b'[').unwrap_or(name.len()));
            (core::str::from_utf8(name).unwrap_or_default(), index)
        });
        let Some(("Events", index)) = names.next() else { return Ok(()) };
        let digits = index.iter().filter(|byte| byte.is_ascii_digit());
        let index = digits.fold(0_u16, |index, digit| {
            index.saturating_mul(10).saturating_add(u16::from(digit - b'0'))
        });
        self.select(Some(index))?;
        let json = &mut self.values.json;
        let mut depth = 0;
        for (name, _) in names {
            json.begin_element(name)?;
            depth += 1;
        }
        value.iter().skip(1).for_each(|byte| json.element_byte(*byte));
        (0..depth).try_for_each(|_| json.end_element())?;
        Ok(())
    }

    /// The lines of another event come, or of none.
    fn select(&mut self, index: Option<u16>) -> Result<(), FaultKind> {
        if self.index == index {
            return Ok(());
        }
        if self.index.is_some() {
            self.values.json.end_element()?;
        }
        if index.is_some() {
            self.values.json.begin_element("Events")?;
        }
        self.index = index;
        Ok(())
    }
}
