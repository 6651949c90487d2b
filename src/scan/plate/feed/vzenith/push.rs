use super::message::{KEEP_ALIVE, SCHEMA, pushed};
use super::profile::Profile;
use crate::scan::plate::feed::json::Json;
use crate::scan::plate::feed::message::{Document, Message, Role, Told, role_of};
use crate::scan::plate::feed::multipart::Head;
use crate::scan::plate::feed::{FaultKind, Room, feed};

/// Reads what these cameras push: `AlarmInfoPlate` by HTTP POST, and the same in
/// the payload of `device/SERIAL/message/up/ivs_result` by MQTT (some firmware
/// has the serial number first), where the plate is Base64.
///
/// 768 bytes of room do. Pictures come as Base64 in the text (`imageFile`); they
/// are passed over as they come, only their sizes are told, so have the camera
/// send none. What other messages say (inputs, serial data) is passed over; a
/// `keep_alive` of MQTT is a heartbeat. By the vendor's HTTP push manual and
/// users of its MQTT manual 1.1.14; not tried on a camera.
///
/// ```
/// use embedded_pos::scan::plate::feed::vzenith::{Profile, Push};
/// use embedded_pos::scan::plate::feed::{Event, Feed};
///
/// let body = r#"{"AlarmInfoPlate":{"result":{"PlateResult":{"license":"粤Z9065澳",
///     "type":14,"colorType":4,"confidence":96,"plateid":21085}}}}"#;
/// let mut feed = Push::http(Profile::Vzenith, [0; 768]);
/// let (_, event) = feed.push(body.as_bytes());
/// let Some(Ok(Event::Plate(read))) = event else { panic!() };
/// assert_eq!(read.plate().unwrap().canonical(), "粤Z9065澳");
/// assert!(read.is_consistent());
/// ```
#[derive(Debug)]
pub struct Push<B>(Message<Pushed<B>>);

impl<B: Room> Push<B> {
    /// Nothing yet, by HTTP from a camera with these numbers.
    pub const fn http(profile: Profile, room: B) -> Self {
        Self::new(profile, false, room)
    }

    /// Nothing yet, by MQTT.
    pub const fn mqtt(profile: Profile, room: B) -> Self {
        Self::new(profile, true, room)
    }

    const fn new(profile: Profile, base64: bool, room: B) -> Self {
        let json = Json::new(&SCHEMA, room);
        Self(Message::new(Pushed { json, profile, base64, alone: false }))
    }
}

feed!(Push);

#[derive(Debug)]
struct Pushed<B> {
    json: Json<B>,
    profile: Profile,
    /// The plate is Base64.
    base64: bool,
    /// Whether it was told what stands in no record.
    alone: bool,
}

impl<B: Room> Document for Pushed<B> {
    fn push(&mut self, byte: u8) -> Result<bool, FaultKind> {
        Ok(self.json.push(byte)?)
    }

    fn told(&mut self) -> Option<Told> {
        if let Some(record) = self.json.record() {
            self.alone = true;
            return Some(Told::Plate(pushed(&record, self.profile, self.base64)));
        }
        if self.is_cut() || core::mem::replace(&mut self.alone, true) {
            return None;
        }
        let name = self.json.outer().text(super::message::NAME)?;
        (*name == *KEEP_ALIVE).then_some(Told::Heartbeat)
    }

    fn is_cut(&self) -> bool {
        self.json.is_short()
    }

    fn clear(&mut self) {
        self.alone = false;
        self.json.clear();
    }

    fn role(head: &Head) -> Role {
        role_of(head)
    }
}
