//! What a JSON text says.

use core::fmt;

use heapless::Vec;
use picojson::{Event, PullParser, SliceParser};

use super::command::Name;
use super::json::{LONGEST_STRING, bytes};
use super::profile::Profile;
use crate::scan::plate::{
    Confidence, Pictures, PlateRead, ReadFlags, ReadTime, Reading, VendorCodes, Zone,
};

/// A camera's serial number: 17 characters, or `unknown`.
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct SerialNumber {
    bytes: [u8; Self::SIZE],
    len: usize,
}

impl SerialNumber {
    const SIZE: usize = 24;

    fn new(text: &str) -> Self {
        let mut bytes = [0; Self::SIZE];
        let mut len = 0;
        for (to, from) in bytes.iter_mut().zip(text.bytes().filter(u8::is_ascii_graphic)) {
            *to = from;
            len += 1;
        }
        Self { bytes, len }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(self.bytes.get(..self.len).unwrap_or_default()).unwrap_or_default()
    }
}

impl fmt::Debug for SerialNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(f)
    }
}

impl fmt::Display for SerialNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for SerialNumber {
    fn format(&self, f: defmt::Formatter<'_>) {
        self.as_str().format(f);
    }
}

/// What came, as far as it is wanted.
#[derive(Clone, Copy, Debug, Default)]
pub struct Message {
    /// The number of its frame.
    pub(super) number: u8,
    /// The command it answers.
    pub(super) reply_to: Option<Name>,
    pub(super) state: Option<i32>,
    pub(super) serial: Option<SerialNumber>,
    pub(super) plate: Option<PlateRead>,
}

/// The objects whose values are wanted.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Object {
    Outside,
    Root,
    PlateResult,
    TimeStamp,
    Timeval,
}

impl Object {
    const fn parent(self) -> Self {
        match self {
            Self::Outside | Self::Root => Self::Outside,
            Self::PlateResult => Self::Root,
            Self::TimeStamp => Self::PlateResult,
            Self::Timeval => Self::TimeStamp,
        }
    }
}

/// What is to be done with the value behind a key.
#[derive(Clone, Copy)]
enum Want {
    Object(Object),
    Cmd,
    Value,
    License,
    TimeString,
    Int(fn(&mut Fields) -> &mut Option<i64>),
}

impl Want {
    fn of(object: Object, key: &str) -> Option<Self> {
        Some(match (object, key) {
            (Object::Root, "PlateResult") => Self::Object(Object::PlateResult),
            (Object::PlateResult, "timeStamp") => Self::Object(Object::TimeStamp),
            (Object::TimeStamp, "Timeval") => Self::Object(Object::Timeval),
            (Object::Root, "cmd") => Self::Cmd,
            (Object::Root, "value") => Self::Value,
            (Object::Root, "timeString") => Self::TimeString,
            (Object::PlateResult, "license") => Self::License,
            (Object::Root, "state_code") => Self::Int(|fields| &mut fields.state),
            (Object::Root, "id") => Self::Int(|fields| &mut fields.id),
            (Object::Root, "fullImgSize") => Self::Int(|fields| &mut fields.full),
            (Object::Root, "clipImgSize") => Self::Int(|fields| &mut fields.clip),
            (Object::Root, "active_id") => Self::Int(|fields| &mut fields.cipher),
            (Object::PlateResult, "colorType") => Self::Int(|fields| &mut fields.colour),
            (Object::PlateResult, "type") => Self::Int(|fields| &mut fields.class),
            (Object::PlateResult, "confidence") => Self::Int(|fields| &mut fields.confidence),
            (Object::PlateResult, "direction") => Self::Int(|fields| &mut fields.direction),
            (Object::PlateResult, "triggerType") => Self::Int(|fields| &mut fields.trigger),
            (Object::PlateResult, "plateid") => Self::Int(|fields| &mut fields.plate_id),
            (Object::PlateResult, "isoffline") => Self::Int(|fields| &mut fields.offline),
            (Object::PlateResult, "is_fake_plate") => Self::Int(|fields| &mut fields.fake),
            (Object::Timeval, "sec") => Self::Int(|fields| &mut fields.seconds),
            (Object::Timeval, "usec") => Self::Int(|fields| &mut fields.micros),
            _ => return None,
        })
    }
}

/// The values found; of a key that comes twice, the first.
#[derive(Debug, Default)]
struct Fields {
    repeated: bool,
    has_plate: bool,
    cmd: Option<Option<Name>>,
    value: Option<SerialNumber>,
    license: Option<Vec<u8, LONGEST_STRING>>,
    /// `timeString`, in seconds since 1970 in the camera's zone.
    local: Option<i64>,
    state: Option<i64>,
    id: Option<i64>,
    full: Option<i64>,
    clip: Option<i64>,
    cipher: Option<i64>,
    colour: Option<i64>,
    class: Option<i64>,
    confidence: Option<i64>,
    direction: Option<i64>,
    trigger: Option<i64>,
    plate_id: Option<i64>,
    offline: Option<i64>,
    fake: Option<i64>,
    seconds: Option<i64>,
    micros: Option<i64>,
}

/// Keeps the first value; says whether there was one before.
fn first<T>(slot: &mut Option<T>, value: T) -> bool {
    let repeated = slot.is_some();
    slot.get_or_insert(value);
    repeated
}

impl Fields {
    fn int(&mut self, want: Option<Want>, value: i64) {
        if let Some(Want::Int(slot)) = want {
            self.repeated |= first(slot(self), value);
        }
    }

    fn string(&mut self, want: Option<Want>, text: &str) {
        self.repeated |= match want {
            Some(Want::Cmd) => first(&mut self.cmd, Name::of(text)),
            Some(Want::Value) => first(&mut self.value, SerialNumber::new(text)),
            Some(Want::License) => {
                first(&mut self.license, bytes(text).take(LONGEST_STRING).collect())
            }
            Some(Want::TimeString) => match civil_seconds(text) {
                Some(seconds) => first(&mut self.local, seconds),
                None => false,
            },
            _ => false,
        };
    }
}

/// Where in the text the parser is.
struct Walk {
    object: Object,
    /// How many containers deep in what nobody wants.
    strange: u16,
    want: Option<Want>,
    fields: Fields,
}

impl Walk {
    /// Takes an event; false when it was the last.
    fn take(&mut self, event: &Event<'_, '_>) -> bool {
        match event {
            Event::Key(key) => {
                self.want = if self.strange > 0 { None } else { Want::of(self.object, key) };
            }
            Event::StartObject => self.enter(),
            Event::EndObject if self.strange == 0 => self.object = self.object.parent(),
            Event::StartArray => {
                self.want = None;
                self.strange = self.strange.saturating_add(1);
            }
            Event::EndArray | Event::EndObject => self.strange = self.strange.saturating_sub(1),
            Event::String(text) => self.fields.string(self.want.take(), text),
            Event::Number(number) => {
                if let Some(value) = number.as_int() {
                    self.fields.int(self.want.take(), value);
                }
            }
            Event::Bool(value) => self.fields.int(self.want.take(), i64::from(*value)),
            Event::EndDocument => return false,
            _ => {}
        }
        true
    }

    fn enter(&mut self) {
        match (self.object, self.want.take()) {
            _ if self.strange > 0 => self.strange = self.strange.saturating_add(1),
            (Object::Outside, _) => self.object = Object::Root,
            (_, Some(Want::Object(object))) => {
                self.fields.has_plate |= object == Object::PlateResult;
                self.object = object;
            }
            _ => self.strange = 1,
        }
    }
}

impl Message {
    /// Reads a text that came through [`Json`](super::json::Json); `None` if it
    /// is not JSON.
    pub(super) fn parse(text: &[u8], number: u8, profile: Profile) -> Option<Self> {
        let mut scratch = [0; LONGEST_STRING + 16];
        let mut parser = SliceParser::with_buffer_from_slice(text, &mut scratch);
        let mut walk =
            Walk { object: Object::Outside, strange: 0, want: None, fields: Fields::default() };
        while walk.take(&parser.next_event().ok()?) {}
        let fields = walk.fields;
        Some(Self {
            number,
            reply_to: fields.cmd.flatten(),
            state: narrow(fields.state),
            serial: fields.value,
            plate: fields.has_plate.then(|| fields.plate(profile)),
        })
    }
}

fn narrow<T: TryFrom<i64>>(value: Option<i64>) -> Option<T> {
    value.and_then(|value| T::try_from(value).ok())
}

impl Fields {
    fn plate(&self, profile: Profile) -> PlateRead {
        let license = self.license.as_deref();
        let mut read = PlateRead::new(license.unwrap_or_default());
        // What the firmware calls a vehicle without a plate, in either charset.
        if matches!(license, Some(b"" | b"_\xCE\xDE_" | b"_\xE6\x97\xA0_")) {
            read.reading = Reading::NoPlate;
        }
        read.codes = VendorCodes {
            class: narrow(self.class),
            colour: narrow(self.colour),
            trigger: narrow(self.trigger),
            direction: narrow(self.direction),
        };
        read.class = read.codes.class.and_then(|code| profile.class(code));
        read.colour = read.codes.colour.and_then(|code| profile.colour(code));
        read.confidence = narrow(self.confidence).map(|value| Confidence { value, of: 100 });
        read.time = self.time();
        // Cameras that store no records number them all 0.
        let number = |id| narrow(id).filter(|id| *id != 0);
        read.event = number(self.plate_id).or_else(|| number(self.id));
        read.pictures = Pictures {
            full: narrow(self.full).unwrap_or(0),
            plate: narrow(self.clip).unwrap_or(0),
        };
        let is = |value: Option<i64>| value.is_some_and(|value| value != 0);
        read.flags.set(ReadFlags::OFFLINE, is(self.offline));
        read.flags.set(ReadFlags::FAKE, is(self.fake));
        read.flags.set(ReadFlags::ENCRYPTED, is(self.cipher));
        read.flags.set(ReadFlags::REPEATED_KEY, self.repeated);
        read
    }

    fn time(&self) -> Option<ReadTime> {
        let seconds = self.seconds.filter(|seconds| *seconds > 0)?;
        let micros = narrow(self.micros).filter(|micros| *micros < 1_000_000).unwrap_or(0);
        let zone = self.local.and_then(|local| zone(local.saturating_sub(seconds)));
        Some(ReadTime { seconds, micros, zone: zone.unwrap_or(Zone::Unknown) })
    }
}

/// The zone that `timeString` betrays, for it is local and `Timeval` is UTC.
/// The two may be taken some seconds apart.
fn zone(ahead: i64) -> Option<Zone> {
    const QUARTER: i64 = 15 * 60;
    if ahead.unsigned_abs() > 15 * 60 * 60 {
        return None;
    }
    let quarters = (ahead + QUARTER / 2).div_euclid(QUARTER);
    let apart = (ahead - quarters * QUARTER).abs();
    let minutes = i16::try_from(quarters * 15).ok()?;
    (apart <= 60 && minutes.abs() <= 14 * 60).then_some(Zone::East(minutes))
}

/// Seconds since 1970 of a time such as `2016-03-25 13:03:54`.
fn civil_seconds(text: &str) -> Option<i64> {
    let mut numbers = text.split(['-', ' ', ':']).map(|part| part.parse::<u16>().ok());
    let mut next = |most: u16| numbers.next().flatten().filter(|n| *n <= most).map(i64::from);
    let (year, month, day) = (next(9999)?, next(12)?, next(31)?);
    let (hour, minute, second) = (next(23)?, next(59)?, next(60)?);
    // Days from 1970-01-01, the year taken to begin in March.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = year * 365 + year.div_euclid(4) - year.div_euclid(100)
        + year.div_euclid(400)
        + (month * 153 + 2) / 5
        + day
        - 719_469;
    Some(((days * 24 + hour) * 60 + minute) * 60 + second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn civil_time_of_the_manual() {
        // "sec" : 1458882234 beside "timeString" : "2016-03-25 13:03:54"
        let local = civil_seconds("2016-03-25 13:03:54").unwrap();
        assert_eq!(local - 1_458_882_234, 8 * 3600);
        assert_eq!(civil_seconds("1970-01-01 00:00:00"), Some(0));
        assert_eq!(civil_seconds("2000-03-01 00:00:00"), Some(951_868_800));
        assert_eq!(civil_seconds("2024-02-29 23:59:59"), Some(1_709_251_199));
        for text in ["", "2016-03-25", "2016-13-25 13:03:54", "2016-03-25 13:03:xx"] {
            assert_eq!(civil_seconds(text), None, "{text}");
        }
    }

    #[test]
    fn values_of_the_wrong_kind_or_size_are_passed_over() {
        let text = br#"{"cmd":7,"state_code":"200","id":-1,"fullImgSize":-5,
            "PlateResult":{"license":["x"],"type":99999999999,"colorType":1.5,"confidence":null,
            "timeStamp":{"Timeval":{"sec":9223372036854775807,"usec":1000000}},
            "plateid":{"license":"y"},"isoffline":true},"timeString":"9999-12-31 23:59:59"}"#;
        let message = Message::parse(text, 3, Profile::Vzenith).unwrap();
        assert_eq!((message.number, message.reply_to, message.state), (3, None, None));
        let plate = message.plate.unwrap();
        assert!(plate.text.as_bytes().is_empty());
        assert_eq!((plate.codes, plate.confidence), (VendorCodes::default(), None));
        assert_eq!((plate.event, plate.pictures), (None, Pictures::default()));
        assert_eq!(plate.flags, ReadFlags::OFFLINE);
        let time = plate.time.unwrap();
        assert_eq!((time.micros, time.zone), (0, Zone::Unknown));
    }

    /// The earliest local time beside the latest there is.
    #[test]
    fn times_that_are_ages_apart_tell_no_zone() {
        let text = br#"{"PlateResult":{"timeStamp":{"Timeval":{"sec":9223372036854775807}}},
            "timeString":"0000-01-01 00:00:00"}"#;
        let plate = Message::parse(text, 0, Profile::Vzenith).unwrap().plate.unwrap();
        assert_eq!(plate.time.unwrap().zone, Zone::Unknown);
        assert_eq!((zone(i64::MIN), zone(i64::MAX)), (None, None));
    }

    #[test]
    fn a_reading_is_numbered_by_the_one_number_that_is_none_of_all() {
        for (plate_id, id, event) in
            [(7, 3, Some(7)), (0, 3, Some(3)), (7, 0, Some(7)), (0, 0, None)]
        {
            let text = std::format!(r#"{{"PlateResult":{{"plateid":{plate_id}}},"id":{id}}}"#);
            let message = Message::parse(text.as_bytes(), 0, Profile::Vzenith).unwrap();
            assert_eq!(message.plate.unwrap().event, event);
        }
    }

    #[test]
    fn what_is_no_json_is_none() {
        for text in ["", "x", "{\"a\":}", "{\"a\":1", "{\"a\":\"\\q\"}", "]"] {
            assert!(Message::parse(text.as_bytes(), 0, Profile::Vzenith).is_none(), "{text}");
        }
        assert!(Message::parse(b"[1,{\"PlateResult\":{}}]", 0, Profile::Vzenith).is_some());
    }

    #[test]
    fn zones() {
        assert_eq!(zone(8 * 3600 + 2), Some(Zone::East(480)));
        assert_eq!(zone(-3), Some(Zone::East(0)));
        assert_eq!(zone(-5 * 3600), Some(Zone::East(-300)));
        assert_eq!(zone(400), None);
        assert_eq!(zone(15 * 3600), None);
        assert_eq!(zone(i64::MAX / 2), None);
    }
}
