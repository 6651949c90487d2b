use super::{Event, Script};
use crate::fingerprint::zfm::command::{AuraLed, Command, Control, ControlBln};
use crate::fingerprint::zfm::dialect::Lamp;
use crate::fingerprint::zfm::fault::Fault;
use crate::fingerprint::zfm::link::Link;
use crate::fingerprint::zfm::session::Session;
use crate::fingerprint::{Colour, Pattern};
use crate::port::Told;

/// Half the speed of an R503's light.
const HALF: u8 = 0x80;

/// Sets the light that the module has, without end.
#[derive(Clone, Copy, Debug)]
pub struct Shine {
    control: Control,
    colour: Colour,
}

impl Shine {
    pub(in crate::fingerprint::zfm) fn new(pattern: Pattern, colour: Colour) -> Self {
        Self { control: Control::from(pattern), colour }
    }

    fn advance(self, session: &mut Session<'_>) -> nb::Result<(), Fault> {
        let Self { control, colour } = self;
        match session.profile().lamp {
            Some(Lamp::Aura) => session.demand(&AuraLed { control, speed: HALF, colour, times: 0 }),
            Some(Lamp::Bln) => {
                session.demand(&ControlBln { control, start: colour, end: colour, times: 0 })
            }
            None => Err(Fault::Unsupported(AuraLed::OPCODE).into()),
        }
    }
}

impl Script for Shine {
    type Link = Link;
    type Output = ();

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<(), Event>, Fault> {
        session.persist(|session| self.advance(session))
    }
}
