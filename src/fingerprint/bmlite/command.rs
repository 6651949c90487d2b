//! The commands that the driver sends.

use heapless::Vec;

use super::config::Timing;
use crate::fingerprint::Slot;
use crate::port::Duration;

/// Takes an image of the finger.
pub const CAPTURE: u16 = 0x0001;
/// Enrols a finger, image by image.
pub const ENROLL: u16 = 0x0002;
/// Finds the extracted features in the storage.
pub const IDENTIFY: u16 = 0x0003;
/// Works on the image.
pub const IMAGE: u16 = 0x0005;
/// Works on the enrolled template.
pub const TEMPLATE: u16 = 0x0006;
/// Waits for the finger to come or go.
pub const WAIT: u16 = 0x0007;
/// Starts the module anew.
pub const RESET: u16 = 0x3002;
/// Cancels what the module is at.
pub const CANCEL: u16 = 0x3003;
/// Asks about the module.
pub const INFO: u16 = 0x3004;
/// Works on the stored templates.
pub const STORAGE: u16 = 0x4002;

const FINGER_UP: u16 = 0x0002;
const START: u16 = 0x0003;
const ADD: u16 = 0x0004;
const FINISH: u16 = 0x0005;
pub(super) const ID: u16 = 0x0006;
const ALL: u16 = 0x0007;
const EXTRACT: u16 = 0x0008;
pub(super) const MATCH: u16 = 0x000A;
const GET: u16 = 0x1004;
/// From the module to the host.
const UPLOAD: u16 = 0x1005;
/// From the host to the module.
const DOWNLOAD: u16 = 0x1006;
const SAVE: u16 = 0x1008;
const DELETE: u16 = 0x1009;
pub(super) const DATA: u16 = 0x100A;
pub(super) const RESULT: u16 = 0x2001;
pub(super) const COUNT: u16 = 0x2002;
pub(super) const SIZE: u16 = 0x2003;
const TIMEOUT: u16 = 0x5001;
pub(super) const VERSION: u16 = 0x6003;
pub(super) const UNIQUE_ID: u16 = 0x6004;

/// The longest request, but for the template that may follow: two arguments,
/// of which one has a number.
const MAX_REQUEST: usize = 14;

/// How long the module waits for a finger to come or go, in milliseconds.
const PATIENCE: u16 = 1_000;

/// The name of a command, as far as it is known.
#[must_use]
pub const fn name(command: u16) -> Option<&'static str> {
    Some(match command {
        CAPTURE => "CAPTURE",
        ENROLL => "ENROLL",
        IDENTIFY => "IDENTIFY",
        0x0004 => "MATCH",
        IMAGE => "IMAGE",
        TEMPLATE => "TEMPLATE",
        WAIT => "WAIT",
        0x1002 => "SENSOR",
        RESET => "RESET",
        CANCEL => "CANCEL",
        INFO => "INFO",
        STORAGE => "STORAGE_TEMPLATE",
        0x6001 => "COMMUNICATION",
        _ => return None,
    })
}

/// A command as it is sent.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Request {
    command: u16,
    argument: Option<u16>,
    object: Option<Object>,
    /// Which one is looked for in a list that comes back.
    wanted: Option<Slot>,
}

/// The second argument.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
enum Object {
    Bare(u16),
    Number(u16, u16),
    /// So many bytes follow the request.
    Data(u16),
}

impl Request {
    const fn new(command: u16, argument: Option<u16>, object: Option<Object>) -> Self {
        Self { command, argument, object, wanted: None }
    }

    /// Waits a second for a finger and takes its image.
    #[must_use]
    pub const fn capture() -> Self {
        Self::new(CAPTURE, None, Some(Object::Number(TIMEOUT, PATIENCE)))
    }

    /// Extracts the features of the image.
    #[must_use]
    pub const fn extract() -> Self {
        Self::new(IMAGE, Some(EXTRACT), None)
    }

    /// Finds the extracted features in the storage.
    #[must_use]
    pub const fn identify() -> Self {
        Self::new(IDENTIFY, None, None)
    }

    /// Begins an enrolment.
    #[must_use]
    pub const fn start() -> Self {
        Self::new(ENROLL, Some(START), None)
    }

    /// Adds the image to the enrolment. Answer: how many are still to come.
    #[must_use]
    pub const fn add() -> Self {
        Self::new(ENROLL, Some(ADD), None)
    }

    /// Makes the template.
    #[must_use]
    pub const fn finish() -> Self {
        Self::new(ENROLL, Some(FINISH), None)
    }

    /// Stores the template.
    #[must_use]
    pub const fn save(slot: Slot) -> Self {
        Self::new(TEMPLATE, Some(SAVE), Some(Object::Number(ID, slot.0)))
    }

    /// Waits a second for the finger to be lifted.
    #[must_use]
    pub const fn lifted() -> Self {
        Self::new(WAIT, Some(FINGER_UP), Some(Object::Number(TIMEOUT, PATIENCE)))
    }

    /// Counts the stored templates.
    #[must_use]
    pub const fn count() -> Self {
        Self::new(STORAGE, Some(COUNT), None)
    }

    /// Whether there is a template with this number among the stored.
    #[must_use]
    pub const fn holds(slot: Slot) -> Self {
        let mut request = Self::new(STORAGE, Some(ID), None);
        request.wanted = Some(slot);
        request
    }

    /// Deletes a stored template.
    #[must_use]
    pub const fn delete(slot: Slot) -> Self {
        Self::new(STORAGE, Some(DELETE), Some(Object::Number(ID, slot.0)))
    }

    /// Deletes all stored templates.
    #[must_use]
    pub const fn clear() -> Self {
        Self::new(STORAGE, Some(DELETE), Some(Object::Bare(ALL)))
    }

    /// Asks for the version of the firmware.
    #[must_use]
    pub const fn version() -> Self {
        Self::new(INFO, Some(GET), Some(Object::Bare(VERSION)))
    }

    /// Asks for the module's number. Answer: twelve bytes.
    #[must_use]
    pub const fn unique_id() -> Self {
        Self::new(INFO, Some(GET), Some(Object::Bare(UNIQUE_ID)))
    }

    /// Asks how large the image is. Answer: its bytes.
    #[must_use]
    pub const fn image_size() -> Self {
        Self::new(IMAGE, Some(SIZE), None)
    }

    /// Asks for the image. Answer: its bytes, of which only a
    /// [transfer](crate::fingerprint::Imaging) makes something.
    #[must_use]
    pub const fn image() -> Self {
        Self::new(IMAGE, Some(UPLOAD), None)
    }

    /// Takes a template from the storage to work on.
    #[must_use]
    pub const fn load(slot: Slot) -> Self {
        Self::new(STORAGE, Some(UPLOAD), Some(Object::Number(ID, slot.0)))
    }

    /// Asks for the template that is worked on. Answer: its bytes, of which
    /// only a [transfer](crate::fingerprint::TemplateTransfer) makes something.
    #[must_use]
    pub const fn upload() -> Self {
        Self::new(TEMPLATE, Some(UPLOAD), None)
    }

    /// Gives the module a template of so many bytes to work on, which follow.
    pub(super) const fn download(size: u16) -> Self {
        Self::new(TEMPLATE, Some(DOWNLOAD), Some(Object::Data(size)))
    }

    /// Starts the module anew, once it has answered.
    #[must_use]
    pub const fn reset() -> Self {
        Self::new(RESET, None, None)
    }

    /// Cancels what the module is at.
    #[must_use]
    pub const fn cancel() -> Self {
        Self::new(CANCEL, None, None)
    }

    /// What is to be done.
    #[must_use]
    pub const fn command(&self) -> u16 {
        self.command
    }

    pub(super) const fn wanted(&self) -> Option<Slot> {
        self.wanted
    }

    /// Whether this is the argument that is asked for.
    pub(super) fn asks(&self, argument: u16) -> bool {
        self.argument == Some(argument) || self.object == Some(Object::Bare(argument))
    }

    /// Whether an image or a template comes with the answer.
    pub(super) fn uploads(&self) -> bool {
        matches!(self.command, IMAGE | TEMPLATE) && self.argument == Some(UPLOAD)
    }

    pub(super) fn time(&self, timing: &Timing) -> Duration {
        match self.command {
            _ if self.uploads() => timing.transfer,
            CAPTURE | WAIT => timing.person,
            ENROLL | IDENTIFY | IMAGE => timing.work,
            TEMPLATE | STORAGE => timing.flash,
            _ => timing.reply,
        }
    }

    /// The message, but for the template that may follow.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8, MAX_REQUEST> {
        let mut bytes = Vec::new();
        // Cannot fail: there is room for two arguments and a number.
        let _ = self.encode(&mut bytes);
        bytes
    }

    fn encode(&self, out: &mut Vec<u8, MAX_REQUEST>) -> Result<(), heapless::CapacityError> {
        let count = u16::from(self.argument.is_some()) + u16::from(self.object.is_some());
        let mut put = |field: u16| out.extend_from_slice(&field.to_le_bytes());
        put(self.command)?;
        put(count)?;
        for object in self.argument.map(Object::Bare).into_iter().chain(self.object) {
            match object {
                Object::Bare(argument) => [argument, 0].into_iter().try_for_each(&mut put)?,
                Object::Number(argument, number) => {
                    [argument, 2, number].into_iter().try_for_each(&mut put)?;
                }
                Object::Data(size) => [DATA, size].into_iter().try_for_each(&mut put)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_as_they_stand_on_the_wire() {
        // Computed from FPC's description of the commands.
        let cases: [(Request, &[u8]); 9] = [
            (Request::capture(), &[1, 0, 1, 0, 1, 0x50, 2, 0, 0xE8, 3]),
            (Request::extract(), &[5, 0, 1, 0, 8, 0, 0, 0]),
            (Request::identify(), &[3, 0, 0, 0]),
            (Request::save(Slot(0x0102)), &[6, 0, 2, 0, 8, 0x10, 0, 0, 6, 0, 2, 0, 2, 1]),
            (Request::clear(), &[2, 0x40, 2, 0, 9, 0x10, 0, 0, 7, 0, 0, 0]),
            (Request::upload(), &[6, 0, 1, 0, 5, 0x10, 0, 0]),
            (Request::download(300), &[6, 0, 2, 0, 6, 0x10, 0, 0, 10, 0x10, 44, 1]),
            (Request::load(Slot(9)), &[2, 0x40, 2, 0, 5, 0x10, 0, 0, 6, 0, 2, 0, 9, 0]),
            (Request::version(), &[4, 0x30, 2, 0, 4, 0x10, 0, 0, 3, 0x60, 0, 0]),
        ];
        for (request, wire) in cases {
            assert_eq!(request.to_bytes(), wire, "{request:?}");
        }
    }
}
