use super::{Event, Script};
use crate::fingerprint::zfm::command::{SoftRst, Standby};
use crate::fingerprint::zfm::fault::Fault;
use crate::fingerprint::zfm::link::Link;
use crate::fingerprint::zfm::session::Session;
use crate::port::Told;

/// Puts the module to sleep. Nothing can be asked behind the answer, so that it
/// is believed as it is.
#[derive(Clone, Copy, Debug)]
pub struct Sleep;

impl Script for Sleep {
    type Link = Link;
    type Output = ();

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<(), Event>, Fault> {
        session.demand(&Standby)?;
        session.close();
        Ok(Told::Done(()))
    }
}

/// Starts the module anew and opens a session with it.
#[derive(Clone, Copy, Debug)]
pub struct Restart {
    told: bool,
}

impl Restart {
    pub(in crate::fingerprint::zfm) const fn new() -> Self {
        Self { told: false }
    }
}

impl Script for Restart {
    type Link = Link;
    type Output = ();

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<(), Event>, Fault> {
        if !self.told {
            session.admit(&SoftRst)?;
            session.open()?;
            session.excuse_restart();
            match session.demand(&SoftRst) {
                // It answers with that alone, or the answer was lost.
                Err(nb::Error::Other(Fault::Restarted)) => {}
                // With the session goes the excuse.
                Err(nb::Error::Other(fault)) => {
                    session.close();
                    return Err(fault.into());
                }
                result => result?,
            }
            self.told = true;
            session.close();
        }
        session.open().map(Told::Done)
    }
}
