use super::{Event, Script};
use crate::fingerprint::SensorId;
use crate::fingerprint::zfm::command::{Command, GetChipSn, ReadProdInfo, ReadSysPara};
use crate::fingerprint::zfm::dialect::Dialect;
use crate::fingerprint::zfm::fault::Fault;
use crate::fingerprint::zfm::link::Link;
use crate::fingerprint::zfm::session::Session;
use crate::port::Told;

/// Asks the module which one it is: the serial number on the label of an R503,
/// that of the chip of a Synochip module; of others, and of those that have
/// none, only address, kind and capacity, which others have too.
#[derive(Clone, Copy, Debug)]
pub struct Identity {
    state: State,
}

#[derive(Clone, Copy, Debug)]
enum State {
    Serial,
    Common,
    Seal(SensorId),
}

impl Identity {
    pub(in crate::fingerprint::zfm) const fn new() -> Self {
        Self { state: State::Serial }
    }

    fn advance(&mut self, session: &mut Session<'_>) -> nb::Result<SensorId, Fault> {
        loop {
            self.state = match self.state {
                State::Serial => serial(session)?.map_or(State::Common, State::Seal),
                State::Common => State::Seal(common(session)?),
                State::Seal(id) => {
                    session.seal::<ReadSysPara>()?;
                    session.recognise(id);
                    return Ok(id);
                }
            };
        }
    }
}

fn serial(session: &mut Session<'_>) -> nb::Result<Option<SensorId>, Fault> {
    match session.config().dialect {
        Dialect::Zfm20 => Ok(None),
        Dialect::R503 | Dialect::R503V12 => {
            Ok(unless_refused(session, &ReadProdInfo)?.and_then(|label| unique(&label.serial)))
        }
        Dialect::Synochip => {
            Ok(unless_refused(session, &GetChipSn)?.and_then(|serial| unique(&serial)))
        }
    }
}

/// The answer, if the module has the command after all.
fn unless_refused<C: Command>(
    session: &mut Session<'_>,
    command: &C,
) -> nb::Result<Option<C::Reply>, Fault> {
    match session.demand(command) {
        Err(nb::Error::Other(Fault::Refused(..))) => Ok(None),
        result => result.map(Some),
    }
}

/// `None` for a number that was never given.
fn unique(serial: &[u8]) -> Option<SensorId> {
    let blank = [0x00, 0xFF, b' ', b'0'];
    let is_blank = blank.iter().any(|blank| serial.iter().all(|byte| byte == blank));
    (!is_blank).then(|| SensorId::new(serial, true))
}

fn common(session: &mut Session<'_>) -> nb::Result<SensorId, Fault> {
    let parameters = session.demand(&ReadSysPara)?;
    let [a, b, c, d] = parameters.address.to_be_bytes();
    let ([s0, s1], [c0, c1]) = (parameters.system.to_be_bytes(), parameters.capacity.to_be_bytes());
    Ok(SensorId::new(&[a, b, c, d, s0, s1, c0, c1], false))
}

impl Script for Identity {
    type Link = Link;
    type Output = SensorId;

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<SensorId, Event>, Fault> {
        session.persist_from(self, Self::advance, |it| it.state = State::Serial)
    }
}
