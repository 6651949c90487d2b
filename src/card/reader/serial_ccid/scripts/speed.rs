use crate::port::{Duration, Instant};

use super::super::Fault;
use super::super::link::Link;
use super::super::message::Request;
use super::super::script::{Act, Heeded, Script};
use super::super::turn::Care;

/// What the reader has when it is switched on, and what it has then.
const FIRST: u32 = 9_600;
const THEN: u32 = 115_200;

/// The escape command that sets 115 200 baud, as `ccid_serial.c` of libccid
/// 1.5.5 has it.
const FASTER: [u8; 3] = [0x01, 0x10, 0x20];

/// How long the reader takes to change (the same source).
const CHANGE: Duration = Duration::from_millis(250);

#[derive(Clone, Copy, Debug)]
enum Stage {
    /// The port goes to the first speed, where the reader is looked for.
    First,
    Escape,
    /// The port goes to the second speed, and the reader is looked for there.
    Then,
}

/// Sets a reader that starts at 9600 baud, and the port, to 115 200.
#[derive(Clone, Copy, Debug)]
pub struct SpeedUp(Stage);

impl SpeedUp {
    pub(in super::super) const fn new() -> Self {
        Self(Stage::First)
    }

    fn ask(link: &mut Link, request: Request, data: &[u8]) -> Act<()> {
        let room = link.room().iter_mut().zip(data);
        room.for_each(|(room, byte)| *room = *byte);
        link.compose(request, data.len());
        // At the other speed it is silent: three times would be long.
        Act::Ask { wait: link.config.timing.answer, care: Care::Once }
    }
}

impl Script for SpeedUp {
    type Output = ();

    fn begin(&mut self, _: &mut Link, _: Instant) -> Act<()> {
        Act::Speed(FIRST)
    }

    fn go_on(&mut self, link: &mut Link, _: Instant) -> Act<()> {
        match self.0 {
            Stage::First | Stage::Then => Self::ask(link, Request::SLOT_STATUS, &[]),
            Stage::Escape => {
                self.0 = Stage::Then;
                Act::Speed(THEN)
            }
        }
    }

    fn answered(&mut self, link: &mut Link, answer: Heeded, now: Instant) -> Act<()> {
        match (self.0, answer.done()) {
            (Stage::First, Ok(_)) => {
                self.0 = Stage::Escape;
                Self::ask(link, Request::ESCAPE, &FASTER)
            }
            (Stage::First, Err(_)) => {
                self.0 = Stage::Then;
                Act::Speed(THEN)
            }
            // What it answered may have come at either speed.
            (Stage::Escape, _) => Act::Pause(now + CHANGE),
            (Stage::Then, Ok(_) | Err(Fault::Absent | Fault::Reader(_))) => Act::Done(Ok(())),
            (Stage::Then, Err(fault)) => Act::Done(Err(fault)),
        }
    }
}
