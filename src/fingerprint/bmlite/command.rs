//! The commands that the driver sends, and what is in their answers.

use core::fmt;

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
/// Asks about the module.
pub const INFO: u16 = 0x3004;
/// Works on the stored templates.
pub const STORAGE: u16 = 0x4002;

const FINGER_UP: u16 = 0x0002;
const START: u16 = 0x0003;
const ADD: u16 = 0x0004;
const FINISH: u16 = 0x0005;
const ID: u16 = 0x0006;
const ALL: u16 = 0x0007;
const EXTRACT: u16 = 0x0008;
const MATCH: u16 = 0x000A;
const GET: u16 = 0x1004;
const SAVE: u16 = 0x1008;
const DELETE: u16 = 0x1009;
const DATA: u16 = 0x100A;
const RESULT: u16 = 0x2001;
const COUNT: u16 = 0x2002;
const TIMEOUT: u16 = 0x5001;
const VERSION: u16 = 0x6003;

/// The longest request: two arguments, of which one has a number.
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
        0x3002 => "RESET",
        0x3003 => "CANCEL",
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
    /// The second argument, and its number if it has one.
    object: Option<(u16, Option<u16>)>,
    /// Which one is looked for in a list that comes back.
    wanted: Option<Slot>,
}

impl Request {
    const fn new(command: u16, argument: Option<u16>, object: Option<(u16, Option<u16>)>) -> Self {
        Self { command, argument, object, wanted: None }
    }

    /// Waits a second for a finger and takes its image.
    #[must_use]
    pub const fn capture() -> Self {
        Self::new(CAPTURE, None, Some((TIMEOUT, Some(PATIENCE))))
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
        Self::new(TEMPLATE, Some(SAVE), Some((ID, Some(slot.0))))
    }

    /// Waits a second for the finger to be lifted.
    #[must_use]
    pub const fn lifted() -> Self {
        Self::new(WAIT, Some(FINGER_UP), Some((TIMEOUT, Some(PATIENCE))))
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
        Self::new(STORAGE, Some(DELETE), Some((ID, Some(slot.0))))
    }

    /// Deletes all stored templates.
    #[must_use]
    pub const fn clear() -> Self {
        Self::new(STORAGE, Some(DELETE), Some((ALL, None)))
    }

    /// Asks for the version of the firmware.
    #[must_use]
    pub const fn version() -> Self {
        Self::new(INFO, Some(GET), Some((VERSION, None)))
    }

    /// What is to be done.
    #[must_use]
    pub const fn command(&self) -> u16 {
        self.command
    }

    pub(super) const fn time(&self, timing: &Timing) -> Duration {
        match self.command {
            CAPTURE | WAIT => timing.person,
            ENROLL | IDENTIFY | IMAGE => timing.work,
            TEMPLATE | STORAGE => timing.flash,
            _ => timing.reply,
        }
    }

    /// The message.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8, MAX_REQUEST> {
        let mut bytes = Vec::new();
        // Cannot fail: there is room for two arguments and a number.
        let _ = self.encode(&mut bytes);
        bytes
    }

    fn encode(&self, out: &mut Vec<u8, MAX_REQUEST>) -> Result<(), heapless::CapacityError> {
        let count = u16::from(self.argument.is_some()) + u16::from(self.object.is_some());
        out.extend_from_slice(&self.command.to_le_bytes())?;
        out.extend_from_slice(&count.to_le_bytes())?;
        let argument = self.argument.map(|argument| (argument, None));
        for (argument, number) in argument.into_iter().chain(self.object) {
            out.extend_from_slice(&argument.to_le_bytes())?;
            let size: u16 = if number.is_some() { 2 } else { 0 };
            out.extend_from_slice(&size.to_le_bytes())?;
            if let Some(number) = number {
                out.extend_from_slice(&number.to_le_bytes())?;
            }
        }
        Ok(())
    }
}

/// The result of a command: 0, or why not.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Outcome(pub i8);

impl Outcome {
    /// It was done.
    pub const OK: Self = Self(0);
    /// No finger came, or it did not go.
    pub const TIMEOUT: Self = Self(-11);
    /// There is a template of this number.
    pub const ID_NOT_UNIQUE: Self = Self(-12);
    /// There is no template of this number.
    pub const ID_NOT_FOUND: Self = Self(-13);
    /// The image could not be taken.
    pub const CAPTURE_ERROR: Self = Self(-15);
    /// There is no template to work on.
    pub const MISSING_TEMPLATE: Self = Self(-18);
    /// Too many images were bad.
    pub const TOO_MANY_BAD_IMAGES: Self = Self(-22);
    /// The finger moved.
    pub const FINGER_NOT_STABLE: Self = Self(-25);

    /// What it says.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self.0 {
            0 => "done",
            -1 => "general error",
            -2 => "internal error",
            -3 => "invalid argument",
            -4 => "not implemented",
            -5 => "cancelled",
            -6 => "out of memory",
            -7 => "out of resources",
            -8 => "input or output failed",
            -9 => "the sensor is broken",
            -10 => "wrong state",
            -11 => "no finger came or went in time",
            -12 => "the ID is in use",
            -13 => "there is no such ID",
            -14 => "invalid format",
            -15 => "no image could be taken",
            -16 => "another sensor",
            -17 => "invalid parameter",
            -18 => "no template",
            -19 => "invalid calibration",
            -20 => "the storage is not formatted",
            -21 => "the sensor is not initialised",
            -22 => "too many bad images",
            -23 => "cryptographic error",
            -24 => "not supported",
            -25 => "the finger moved",
            -26 => "not initialised",
            _ => "no result of the manual",
        }
    }

    pub(super) const fn is_poor(self) -> bool {
        matches!(self, Self::CAPTURE_ERROR | Self::TOO_MANY_BAD_IMAGES | Self::FINGER_NOT_STABLE)
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.meaning(), self.0)
    }
}

/// The arguments of a message: each one's number and data.
#[derive(Clone, Debug)]
pub struct Arguments<'a> {
    left: u16,
    bytes: &'a [u8],
}

/// The command of a message, and its arguments. `None` if there are not four
/// bytes.
#[must_use]
pub fn split(message: &[u8]) -> Option<(u16, Arguments<'_>)> {
    let (command, rest) = message.split_first_chunk()?;
    let (count, bytes) = rest.split_first_chunk()?;
    let arguments = Arguments { left: u16::from_le_bytes(*count), bytes };
    Some((u16::from_le_bytes(*command), arguments))
}

impl Arguments<'_> {
    /// Whether all was taken that was announced, and nothing is left.
    #[must_use]
    pub const fn is_complete(&self) -> bool {
        self.left == 0 && self.bytes.is_empty()
    }
}

impl<'a> Iterator for Arguments<'a> {
    type Item = (u16, &'a [u8]);

    /// `None` at the end, or where an argument is cut off.
    fn next(&mut self) -> Option<Self::Item> {
        let left = self.left.checked_sub(1)?;
        let (argument, rest) = self.bytes.split_first_chunk()?;
        let (size, rest) = rest.split_first_chunk()?;
        let (data, rest) = rest.split_at_checked(u16::from_le_bytes(*size).into())?;
        (self.left, self.bytes) = (left, rest);
        Some((u16::from_le_bytes(*argument), data))
    }
}

/// What is in an answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Answer {
    /// Whether it was done.
    pub outcome: Outcome,
    /// Whether the finger was found.
    pub matched: Option<bool>,
    /// The number of a template.
    pub slot: Option<Slot>,
    /// How many.
    pub count: Option<u32>,
    /// Whether the list has the number that was looked for.
    pub holds: Option<bool>,
}

impl Answer {
    /// Reads the answer to a request. `None`: it is one to something else, it
    /// is cut off, or does not say whether the command was done.
    pub(super) fn read(message: &[u8], request: &Request) -> Option<Self> {
        let (command, mut arguments) = split(message)?;
        let (mut outcome, mut version) = (None, false);
        let mut answer =
            Self { outcome: Outcome::OK, matched: None, slot: None, count: None, holds: None };
        for (argument, data) in arguments.by_ref() {
            match (argument, data) {
                (RESULT, [result, ..]) => outcome = Some(Outcome(result.cast_signed())),
                (MATCH, [matched]) => answer.matched = Some(*matched != 0),
                (ID, [low, high]) => answer.slot = Some(Slot(u16::from_le_bytes([*low, *high]))),
                (COUNT, data) => answer.count = count(data),
                (DATA, data) => answer.holds = request.wanted.map(|slot| holds(data, slot)),
                (VERSION, _) => version = true,
                _ => {}
            }
        }
        let outcome = match outcome {
            Some(outcome) => outcome,
            // The version alone is an answer.
            None if version => Outcome::OK,
            None => return None,
        };
        let right = command == request.command && arguments.is_complete();
        right.then_some(Self { outcome, ..answer })
    }
}

/// A number of up to four bytes.
fn count(data: &[u8]) -> Option<u32> {
    let digits = (1..=4).contains(&data.len()).then_some(data)?;
    Some(digits.iter().rev().fold(0, |n, byte| (n << 8) | u32::from(*byte)))
}

fn holds(ids: &[u8], slot: Slot) -> bool {
    ids.chunks_exact(2).any(|id| id == slot.0.to_le_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_as_they_stand_on_the_wire() {
        // Computed from FPC's description of the commands.
        let cases: [(Request, &[u8]); 6] = [
            (Request::capture(), &[1, 0, 1, 0, 1, 0x50, 2, 0, 0xE8, 3]),
            (Request::extract(), &[5, 0, 1, 0, 8, 0, 0, 0]),
            (Request::identify(), &[3, 0, 0, 0]),
            (Request::save(Slot(0x0102)), &[6, 0, 2, 0, 8, 0x10, 0, 0, 6, 0, 2, 0, 2, 1]),
            (Request::clear(), &[2, 0x40, 2, 0, 9, 0x10, 0, 0, 7, 0, 0, 0]),
            (Request::version(), &[4, 0x30, 2, 0, 4, 0x10, 0, 0, 3, 0x60, 0, 0]),
        ];
        for (request, wire) in cases {
            assert_eq!(request.to_bytes(), wire, "{request:?}");
        }
    }

    #[test]
    fn an_answer_is_read_or_refused_at_each_length() {
        let hit = [3, 0, 3, 0, 10, 0, 1, 0, 1, 6, 0, 2, 0, 7, 0, 1, 0x20, 1, 0, 0];
        let answer = Answer::read(&hit, &Request::identify()).unwrap();
        assert_eq!((answer.matched, answer.slot), (Some(true), Some(Slot(7))));
        for len in 0..hit.len() {
            assert_eq!(Answer::read(&hit[..len], &Request::identify()), None);
        }
        assert_eq!(Answer::read(&hit, &Request::extract()), None);
        let long = [&hit[..], &[0]].concat();
        assert_eq!(Answer::read(&long, &Request::identify()), None);
    }

    #[test]
    fn without_a_result_nothing_was_done() {
        assert_eq!(Answer::read(&[3, 0, 1, 0, 10, 0, 1, 0, 1], &Request::identify()), None);
        let version = [4, 0x30, 1, 0, 3, 0x60, 1, 0, b'3'];
        assert!(Answer::read(&version, &Request::version()).is_some());
    }
}
