use super::{Command, status};
use crate::fingerprint::f5::ack::Ack;
use crate::fingerprint::f5::config::Config;
use crate::port::Duration;

const LEVEL: u8 = 0x28;
const DUPLICATES: u8 = 0x2D;
const CAPTURE_TIME: u8 = 0x2E;

/// How much a finger has to resemble its template, 0 to 9.
pub type Level = Set<LEVEL>;
/// Asks for that.
pub type ReadLevel = Get<LEVEL>;
/// Whether a finger can be enrolled once only: 1, or also twice: 0.
pub type Duplicates = Set<DUPLICATES>;
/// Asks for that.
pub type ReadDuplicates = Get<DUPLICATES>;
/// How long the module itself waits for a finger, in images of 0.2 to 0.3 s.
/// Zero is for ever, and is not to be sent.
pub type CaptureTime = Set<CAPTURE_TIME>;

const fn name(code: u8) -> &'static str {
    match code {
        LEVEL => "comparison level",
        DUPLICATES => "duplicates",
        _ => "capture time",
    }
}

/// Sets the parameter of this number.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Set<const CODE: u8>(pub u8);

impl<const CODE: u8> Command for Set<CODE> {
    const CODE: u8 = CODE;
    const NAME: &'static str = name(CODE);
    type Reply = ();

    fn parameters(&self) -> [u8; 3] {
        [0, self.0, 0]
    }

    fn decode(&self, answer: [u8; 3]) -> Option<Result<(), Ack>> {
        let [zero, _, code] = answer;
        status([zero, 0, code], &[Ack::Fail])
    }

    /// The first command of a session is one of these: the module may still
    /// wait for a finger, at the bidding of a call that was dropped.
    fn time(&self, config: &Config) -> Duration {
        config.abandoned()
    }
}

/// Asks for the parameter of this number.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Get<const CODE: u8>;

impl<const CODE: u8> Command for Get<CODE> {
    const CODE: u8 = CODE;
    const NAME: &'static str = name(CODE);
    type Reply = u8;

    fn parameters(&self) -> [u8; 3] {
        [0, 0, 1]
    }

    fn decode(&self, answer: [u8; 3]) -> Option<Result<u8, Ack>> {
        match answer {
            [0, value, 0] => Some(Ok(value)),
            [0, _, 1] => Some(Err(Ack::Fail)),
            _ => None,
        }
    }
}

/// The module's serial number, 24 bits.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ReadSerial;

impl Command for ReadSerial {
    const CODE: u8 = 0x2A;
    const NAME: &'static str = "serial number";
    type Reply = u32;

    fn decode(&self, [a, b, c]: [u8; 3]) -> Option<Result<u32, Ack>> {
        Some(Ok(u32::from_be_bytes([0, a, b, c])))
    }
}

/// Lets the module sleep until its reset line wakes it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Sleep;

impl Command for Sleep {
    const CODE: u8 = 0x2C;
    const NAME: &'static str = "sleep";
    type Reply = ();

    fn decode(&self, answer: [u8; 3]) -> Option<Result<(), Ack>> {
        status(answer, &[Ack::Fail])
    }
}

/// Sets the module's serial number, 24 bits.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct SetSerial(pub u32);

impl Command for SetSerial {
    const CODE: u8 = 0x08;
    const NAME: &'static str = "set serial number";
    type Reply = ();

    fn parameters(&self) -> [u8; 3] {
        let [_, number @ ..] = self.0.to_be_bytes();
        number
    }

    fn decode(&self, answer: [u8; 3]) -> Option<Result<(), Ack>> {
        (answer == self.parameters()).then_some(Ok(()))
    }

    fn time(&self, config: &Config) -> Duration {
        config.timing.flash
    }
}

/// Changes the speed, to one of 9600 to 115 200 bits a second.
///
/// [`F5::set_baud`](crate::fingerprint::f5::F5::set_baud) sends it: by itself,
/// it leaves the port behind.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct SetBaud(pub u32);

impl SetBaud {
    /// The speeds, in the order of their codes from 1.
    pub const SPEEDS: &'static [u32] = &[9_600, 19_200, 38_400, 57_600, 115_200];

    fn code(&self) -> u8 {
        let codes = (1..).zip(Self::SPEEDS);
        codes.filter(|(_, baud)| **baud == self.0).map(|(code, _)| code).next().unwrap_or(0)
    }
}

impl Command for SetBaud {
    const CODE: u8 = 0x21;
    const NAME: &'static str = "baud rate";
    type Reply = ();

    fn parameters(&self) -> [u8; 3] {
        [0, 0, self.code()]
    }

    /// The manual does not say whether the code stands in the answer, or a
    /// status: 1 may be either.
    fn decode(&self, answer: [u8; 3]) -> Option<Result<(), Ack>> {
        match answer {
            [0, 0, code] if code == self.code() => Some(Ok(())),
            answer => status(answer, &[Ack::Fail]),
        }
    }
}
