use super::matching::{Hit, hit};
use super::{Command, Flow, OWNER, TEMPLATE, id, length, status};
use crate::fingerprint::Slot;
use crate::fingerprint::f5::ack::Ack;
use crate::fingerprint::f5::config::{Config, Permission};
use crate::port::Duration;

/// Bytes of a long frame with a template.
const FEATURES: usize = OWNER + TEMPLATE;

/// Bytes of one with an image: 140 x 140 pixels, two to a byte.
const IMAGE: usize = 140 * 140 / 2;

/// The length of what goes out.
const GOING: [u8; 3] = [0, 0xC4, 0];

const _: () = assert!(FEATURES == 0xC4);

const fn owner(slot: Slot, permission: u8) -> [u8; OWNER] {
    let [high, low] = id(slot).to_be_bytes();
    [high, low, permission]
}

/// Waits for a finger and sends its features.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct CaptureFeatures;

impl Command for CaptureFeatures {
    const CODE: u8 = 0x23;
    const NAME: &'static str = "capture and return features";
    const FLOW: Flow = Flow::Up(FEATURES);
    type Reply = ();

    fn decode(&self, answer: [u8; 3]) -> Option<Result<(), Ack>> {
        length(answer, FEATURES, &[Ack::Fail, Ack::Timeout, Ack::TryAgain])
    }

    fn time(&self, config: &Config) -> Duration {
        config.capture()
    }
}

/// Waits for a finger and sends its image.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct CaptureImage;

impl Command for CaptureImage {
    const CODE: u8 = 0x24;
    const NAME: &'static str = "capture and return the image";
    const FLOW: Flow = Flow::Up(IMAGE);
    type Reply = ();

    fn decode(&self, answer: [u8; 3]) -> Option<Result<(), Ack>> {
        length(answer, IMAGE, &[Ack::Fail, Ack::Timeout, Ack::TryAgain])
    }

    fn time(&self, config: &Config) -> Duration {
        config.capture()
    }
}

/// Sends the features of a template, behind its number and permission.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ReadFeatures(pub Slot);

impl Command for ReadFeatures {
    const CODE: u8 = 0x31;
    const NAME: &'static str = "read features";
    const FLOW: Flow = Flow::Up(FEATURES);
    type Reply = ();

    fn parameters(&self) -> [u8; 3] {
        owner(self.0, 0)
    }

    fn decode(&self, answer: [u8; 3]) -> Option<Result<(), Ack>> {
        length(answer, FEATURES, &[Ack::Fail, Ack::NoUser])
    }
}

/// Takes features for a template.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct WriteFeatures {
    /// Where the template is to go.
    pub slot: Slot,
    /// What is kept with it.
    pub permission: Permission,
}

impl Command for WriteFeatures {
    const CODE: u8 = 0x41;
    const NAME: &'static str = "write features";
    const FLOW: Flow = Flow::Down;
    type Reply = ();

    fn parameters(&self) -> [u8; 3] {
        GOING
    }

    fn owner(&self) -> [u8; OWNER] {
        owner(self.slot, self.permission as u8)
    }

    /// Some name the template in their answer.
    fn decode(&self, answer: [u8; 3]) -> Option<Result<(), Ack>> {
        const REFUSALS: [Ack; 4] = [Ack::Fail, Ack::Full, Ack::UserOccupied, Ack::FingerOccupied];
        match answer {
            [high, low, code] if [high, low] == id(self.slot).to_be_bytes() => {
                status([0, 0, code], &REFUSALS)
            }
            answer => status(answer, &REFUSALS),
        }
    }

    fn time(&self, config: &Config) -> Duration {
        config.timing.flash
    }
}

/// Compares features that are sent with a template.
///
/// Its answer has the number of [`SearchFeatures`] in the manual: an erratum,
/// or a module that does so. Both are taken.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct CompareFeatures(pub Slot);

impl Command for CompareFeatures {
    const CODE: u8 = 0x42;
    const NAME: &'static str = "compare features with one";
    const FLOW: Flow = Flow::Down;
    const ALIAS: Option<u8> = Some(SearchFeatures::CODE);
    type Reply = ();

    fn parameters(&self) -> [u8; 3] {
        GOING
    }

    fn owner(&self) -> [u8; OWNER] {
        owner(self.0, 0)
    }

    fn decode(&self, answer: [u8; 3]) -> Option<Result<(), Ack>> {
        status(answer, &[Ack::Fail, Ack::NoUser])
    }

    fn time(&self, config: &Config) -> Duration {
        config.timing.work
    }
}

/// Searches features that are sent in the library.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct SearchFeatures;

impl Command for SearchFeatures {
    const CODE: u8 = 0x43;
    const NAME: &'static str = "compare features with all";
    const FLOW: Flow = Flow::Down;
    type Reply = Hit;

    fn parameters(&self) -> [u8; 3] {
        GOING
    }

    fn decode(&self, answer: [u8; 3]) -> Option<Result<Hit, Ack>> {
        hit(answer)
    }

    fn time(&self, config: &Config) -> Duration {
        config.timing.work
    }
}

/// Waits for a finger and compares it with features that are sent.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct CompareFinger;

impl Command for CompareFinger {
    const CODE: u8 = 0x44;
    const NAME: &'static str = "compare features with the finger";
    const FLOW: Flow = Flow::Down;
    type Reply = ();

    fn parameters(&self) -> [u8; 3] {
        GOING
    }

    fn decode(&self, answer: [u8; 3]) -> Option<Result<(), Ack>> {
        status(answer, &[Ack::Fail, Ack::Timeout, Ack::TryAgain])
    }

    fn time(&self, config: &Config) -> Duration {
        config.capture()
    }
}
