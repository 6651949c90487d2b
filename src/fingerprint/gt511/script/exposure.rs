use super::{Ask, refused};
use crate::fingerprint::Quality;
use crate::fingerprint::gt511::command::{CaptureFinger, CmosLed};
use crate::fingerprint::gt511::fault::Fault;
use crate::fingerprint::gt511::nack::Nack;
use crate::fingerprint::gt511::session::Session;

/// Takes the best image of the finger that is on the sensor now.
#[derive(Clone, Copy, Debug)]
pub(super) struct Exposure(Ask<CaptureFinger>);

impl Exposure {
    pub(super) const fn new() -> Self {
        Self(Ask::new(CaptureFinger { best: true }))
    }

    pub(super) fn poll(&mut self, session: &mut Session<'_>) -> nb::Result<(), Fault> {
        light(session)?;
        match self.0.poll(session)? {
            Ok(()) => Ok(()),
            Err(Nack::NotPressed) => Err(Fault::NoFinger.into()),
            Err(_) => Err(Fault::Poor(Quality::Unclear).into()),
        }
    }
}

/// Switches the light under the glass on, unless it is.
pub(super) fn light(session: &mut Session<'_>) -> nb::Result<(), Fault> {
    if !session.is_lit() {
        session.ask(&CmosLed(true))?.map_err(refused::<CmosLed>)?;
        session.set_lit(true);
    }
    Ok(())
}
