use super::{Ask, refused};
use crate::fingerprint::gt511::command::Open;
use crate::fingerprint::gt511::fault::Fault;
use crate::fingerprint::gt511::link::Link;
use crate::fingerprint::gt511::session::Session;
use crate::fingerprint::script::Script;
use crate::fingerprint::{Event, SensorId};
use crate::port::Told;

/// Asks the module for its serial number.
#[derive(Clone, Copy, Debug)]
pub struct Identity(Ask<Open>);

impl Identity {
    pub(in crate::fingerprint::gt511) const fn new() -> Self {
        Self(Ask::new(Open))
    }

    fn advance(&mut self, session: &mut Session<'_>) -> nb::Result<SensorId, Fault> {
        let info = self.0.poll(session)?.map_err(refused::<Open>)?;
        session.recognise(info);
        // Nobody says whether it stays on.
        session.set_lit(false);
        Ok(SensorId::new(&info.serial, !is_blank(&info.serial)))
    }
}

/// A number that was never given.
fn is_blank(serial: &[u8]) -> bool {
    [0x00, 0xFF, b' ', b'0'].iter().any(|blank| serial.iter().all(|byte| byte == blank))
}

impl Script for Identity {
    type Link = Link;
    type Output = SensorId;

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<SensorId, Event>, Fault> {
        session.persist_from(self, Self::advance, |_| {})
    }
}
