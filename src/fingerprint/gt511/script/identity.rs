use super::{Script, insist};
use crate::fingerprint::gt511::command::{Command, Open};
use crate::fingerprint::gt511::fault::Fault;
use crate::fingerprint::gt511::link::Link;
use crate::fingerprint::gt511::session::Session;
use crate::fingerprint::{Event, SensorId};
use crate::port::Told;

/// Asks the module for its serial number.
#[derive(Clone, Copy, Debug)]
pub struct Identity;

/// A number that was never given.
fn is_blank(serial: &[u8]) -> bool {
    [0x00, 0xFF, b' ', b'0'].iter().any(|blank| serial.iter().all(|byte| byte == blank))
}

impl Script for Identity {
    type Link = Link;
    type Output = SensorId;

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<SensorId, Event>, Fault> {
        insist(session, &Open.request())?;
        let serial = session.recognise()?.serial;
        // Nobody says whether it stays on.
        session.set_lit(false);
        Ok(Told::Done(SensorId::new(&serial, !is_blank(&serial))))
    }
}
