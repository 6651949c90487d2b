use crate::fingerprint::script::Script;
use crate::fingerprint::sfm::code::Code;
use crate::fingerprint::sfm::command::{Parameter, Request};
use crate::fingerprint::sfm::fault::Fault;
use crate::fingerprint::sfm::session::{Link, Session};
use crate::fingerprint::{Event, SensorId};
use crate::port::Told;

/// Asks for the serial number; of a module that has none, for its module ID,
/// which whoever set it up chose.
#[derive(Clone, Copy, Debug)]
pub struct Identity {
    nameless: bool,
}

impl Identity {
    pub(in crate::fingerprint::sfm) const fn new() -> Self {
        Self { nameless: false }
    }

    fn advance(&mut self, session: &mut Session<'_>) -> nb::Result<SensorId, Fault> {
        if !self.nameless {
            match session.demand(&Request::read(Parameter::SERIAL_NUMBER)) {
                Err(nb::Error::Other(
                    Fault::Unsupported(_) | Fault::Refused(_, Code::NoSerialNumber),
                )) => {}
                result => match result?.size {
                    // Never given.
                    0 | u32::MAX => {}
                    serial => return Ok(recognise(session, serial, true)),
                },
            }
            self.nameless = true;
        }
        let id = session.demand(&Request::read(Parameter::MODULE_ID))?.size;
        Ok(recognise(session, id, false))
    }
}

fn recognise(session: &mut Session<'_>, number: u32, unique: bool) -> SensorId {
    let id = SensorId::new(&number.to_be_bytes(), unique);
    session.link().recognise(id);
    id
}

impl Script for Identity {
    type Link = Link;
    type Output = SensorId;

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<SensorId, Event>, Fault> {
        session.persist_from(self, Self::advance, |identity| identity.nameless = false)
    }
}
