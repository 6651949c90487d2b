//! What a JSON text says.

use core::fmt;

use super::command::Name;
use super::profile::Profile;
use crate::scan::base64::Base64;
use crate::scan::plate::feed::Room;
use crate::scan::plate::feed::json::{Json, Record, Schema, Then};
use crate::scan::plate::{
    Code, Confidence, EventId, PlateRead, ReadFlags, ReadTime, Reading, VendorCodes, Zone,
};

/// A camera's serial number: 17 characters, or `unknown`.
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct SerialNumber {
    bytes: [u8; Self::SIZE],
    len: usize,
}

impl SerialNumber {
    const SIZE: usize = 24;

    fn new(text: &[u8]) -> Self {
        let mut bytes = [0; Self::SIZE];
        let mut len = 0;
        for (to, from) in bytes.iter_mut().zip(text.iter().filter(|byte| byte.is_ascii_graphic())) {
            *to = *from;
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
#[derive(Clone, Debug, Default)]
pub struct Message {
    /// The number of its frame.
    pub(super) number: u8,
    /// The command it answers.
    pub(super) reply_to: Option<Name>,
    pub(super) state: Option<i32>,
    pub(super) serial: Option<SerialNumber>,
    pub(super) plate: Option<PlateRead>,
}

const CMD: u8 = 0;
const STATE: u8 = 1;
const VALUE: u8 = 2;
const ID: u8 = 3;
const FULL: u8 = 4;
const CLIP: u8 = 5;
const CIPHER: u8 = 6;
const TIME_STRING: u8 = 7;
const LICENSE: u8 = 8;
const COLOUR: u8 = 9;
const CLASS: u8 = 10;
const CONFIDENCE: u8 = 11;
const DIRECTION: u8 = 12;
const TRIGGER: u8 = 13;
const PLATE_ID: u8 = 14;
const OFFLINE: u8 = 15;
const FAKE: u8 = 16;
const SECONDS: u8 = 17;
const MICROS: u8 = 18;
const PATH: u8 = 19;
pub(super) const NAME: u8 = 20;

/// The [`NAME`] of an MQTT message that says no more than that the camera is
/// there.
pub(super) const KEEP_ALIVE: &[u8] = b"keep_alive";

/// The objects whose values are wanted.
const ROOT: u8 = 0;
const PLATE_RESULT: u8 = 1;
const TIME_STAMP: u8 = 2;
const TIMEVAL: u8 = 3;
const ALARM: u8 = 4;
const RESULT: u8 = 5;

/// A reading is a `PlateResult`; its members in TCP, HTTP and MQTT alike.
pub(super) static SCHEMA: Schema = Schema {
    root: Then::Scope(ROOT),
    rows: &[
        (ROOT, "PlateResult", Then::Record(PLATE_RESULT)),
        (ROOT, "cmd", Then::Field(CMD)),
        (ROOT, "state_code", Then::Field(STATE)),
        (ROOT, "value", Then::Field(VALUE)),
        (ROOT, "timeString", Then::Field(TIME_STRING)),
        (ROOT, "id", Then::Field(ID)),
        (ROOT, "fullImgSize", Then::Field(FULL)),
        (ROOT, "clipImgSize", Then::Field(CLIP)),
        (ROOT, "active_id", Then::Field(CIPHER)),
        // By HTTP; by MQTT the same in an envelope.
        (ROOT, "AlarmInfoPlate", Then::Scope(ALARM)),
        (ALARM, "result", Then::Scope(RESULT)),
        (RESULT, "PlateResult", Then::Record(PLATE_RESULT)),
        (PLATE_RESULT, "imagePath", Then::Field(PATH)),
        (PLATE_RESULT, "imageFileLen", Then::Field(FULL)),
        (PLATE_RESULT, "imageFragmentFileLen", Then::Field(CLIP)),
        (ROOT, "payload", Then::Scope(ROOT)),
        (ROOT, "name", Then::Field(NAME)),
        (PLATE_RESULT, "license", Then::Field(LICENSE)),
        (PLATE_RESULT, "colorType", Then::Field(COLOUR)),
        (PLATE_RESULT, "type", Then::Field(CLASS)),
        (PLATE_RESULT, "confidence", Then::Field(CONFIDENCE)),
        (PLATE_RESULT, "direction", Then::Field(DIRECTION)),
        (PLATE_RESULT, "triggerType", Then::Field(TRIGGER)),
        (PLATE_RESULT, "plateid", Then::Field(PLATE_ID)),
        (PLATE_RESULT, "isoffline", Then::Field(OFFLINE)),
        (PLATE_RESULT, "is_fake_plate", Then::Field(FAKE)),
        (PLATE_RESULT, "timeStamp", Then::Scope(TIME_STAMP)),
        (TIME_STAMP, "Timeval", Then::Scope(TIMEVAL)),
        (TIMEVAL, "sec", Then::Field(SECONDS)),
        (TIMEVAL, "usec", Then::Field(MICROS)),
    ],
    // GB 2312 by the TCP manual, UTF-8 by that of HTTP; each has been seen in the
    // place of the other.
    gbk: true,
};

impl Message {
    /// Reads a text that is whole.
    pub(super) fn read<B: Room>(json: &mut Json<B>, number: u8, profile: Profile) -> Self {
        let plate = json.record().map(|record| pushed(&record, profile, false));
        let outer = json.outer();
        let text = |field| outer.text(field);
        Self {
            number,
            reply_to: text(CMD).and_then(|name| Name::of(core::str::from_utf8(&name).ok()?)),
            state: narrow(outer.int(STATE)),
            serial: text(VALUE).map(|text| SerialNumber::new(&text)),
            plate,
        }
    }
}

fn narrow<T: TryFrom<i64>>(value: Option<i64>) -> Option<T> {
    value.and_then(|value| T::try_from(value).ok())
}

/// The reading that a `PlateResult` is, the plate in Base64 or not.
pub(super) fn pushed(record: &Record<'_>, profile: Profile, in_base64: bool) -> PlateRead {
    let license = record.text(LICENSE);
    let decoded = license.as_ref().filter(|_| in_base64).and_then(|text| decoded(text));
    let license = decoded.as_deref().or(license.as_deref());
    let mut read = PlateRead::new(license.unwrap_or_default());
    // What the firmware calls a vehicle without a plate, in either charset.
    if matches!(license, Some(b"" | b"_\xCE\xDE_" | b"_\xE6\x97\xA0_")) {
        read.reading = Reading::NoPlate;
    }
    let code = |field| narrow(record.int(field));
    read.class = code(CLASS).and_then(|code| profile.class(code));
    read.colour = code(COLOUR).and_then(|code| profile.colour(code));
    let code = |field| code(field).map(Code::Number);
    read.codes = VendorCodes {
        class: code(CLASS),
        colour: code(COLOUR),
        trigger: code(TRIGGER),
        direction: code(DIRECTION),
    };
    read.confidence = narrow(record.int(CONFIDENCE)).map(|value| Confidence { value, of: 100 });
    read.time = time(record);
    // Cameras that store no records number them all 0.
    let number = |field| narrow(record.int(field)).filter(|id| *id != 0).map(EventId::Number);
    read.event = number(PLATE_ID).or_else(|| number(ID));
    read.pictures.full = narrow(record.int(FULL)).unwrap_or(0);
    read.pictures.plate = narrow(record.int(CLIP)).unwrap_or(0);
    read.pictures.full_name = record.note(PATH);
    let is = |field| record.int(field).is_some_and(|value| value != 0);
    read.flags.set(ReadFlags::OFFLINE, is(OFFLINE));
    read.flags.set(ReadFlags::FAKE, is(FAKE));
    read.flags.set(ReadFlags::ENCRYPTED, is(CIPHER));
    read.flags.set(ReadFlags::REPEATED_KEY, record.is_repeated());
    read
}

fn decoded(text: &[u8]) -> Option<heapless::Vec<u8, 96>> {
    let mut bytes = heapless::Vec::new();
    Base64::new(text).try_for_each(|byte| bytes.push(byte.ok()?).ok())?;
    Some(bytes)
}

fn time(record: &Record<'_>) -> Option<ReadTime> {
    let seconds = record.int(SECONDS).filter(|seconds| *seconds > 0)?;
    let micros = narrow(record.int(MICROS)).filter(|micros| *micros < 1_000_000).unwrap_or(0);
    let local = record.text(TIME_STRING);
    let local = local.and_then(|text| ReadTime::parse(core::str::from_utf8(&text).ok()?));
    // `timeString` betrays the zone: it is local, and `Timeval` is UTC.
    let zone = local.and_then(|local| Zone::ahead(local.seconds.saturating_sub(seconds)));
    Some(ReadTime { seconds, micros, zone: zone.unwrap_or(Zone::Unknown) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::plate::Pictures;

    fn message(text: &[u8], number: u8) -> Message {
        let mut json = Json::new(&SCHEMA, [0; 768]);
        let whole = text.iter().map(|byte| json.push(*byte).unwrap()).last();
        assert_eq!(whole, Some(true));
        Message::read(&mut json, number, Profile::Vzenith)
    }

    #[test]
    fn values_of_the_wrong_kind_or_size_are_passed_over() {
        let text = br#"{"cmd":7,"state_code":"200","id":-1,"fullImgSize":-5,
            "PlateResult":{"license":["x"],"type":99999999999,"colorType":1.5,"confidence":null,
            "timeStamp":{"Timeval":{"sec":9223372036854775807,"usec":1000000}},
            "plateid":{"license":"y"},"isoffline":true},"timeString":"9999-12-31 23:59:59"}"#;
        let message = message(text, 3);
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
        let plate = message(text, 0).plate.unwrap();
        assert_eq!(plate.time.unwrap().zone, Zone::Unknown);
    }

    #[test]
    fn a_reading_is_numbered_by_the_one_number_that_is_none_of_all() {
        for (plate_id, id, event) in
            [(7, 3, Some(7)), (0, 3, Some(3)), (7, 0, Some(7)), (0, 0, None)]
        {
            let text = std::format!(r#"{{"PlateResult":{{"plateid":{plate_id}}},"id":{id}}}"#);
            let message = message(text.as_bytes(), 0);
            assert_eq!(message.plate.unwrap().event, event.map(EventId::Number));
        }
    }
}
