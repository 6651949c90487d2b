use crate::fingerprint::Quality;
use crate::fingerprint::gt511::command::{CaptureFinger, CmosLed, Command};
use crate::fingerprint::gt511::fault::Fault;
use crate::fingerprint::gt511::nack::Nack;
use crate::fingerprint::gt511::session::Session;

/// Takes the best image of the finger that is on the sensor now.
pub(super) fn expose(session: &mut Session<'_>) -> nb::Result<(), Fault> {
    light(session)?;
    match session.ask(&CaptureFinger { best: true }.request())? {
        Ok(_) => Ok(()),
        Err(Nack::NotPressed) => Err(Fault::NoFinger.into()),
        Err(_) => Err(Fault::Poor(Quality::Unclear).into()),
    }
}

/// Switches the light under the glass on, unless it is.
pub(super) fn light(session: &mut Session<'_>) -> nb::Result<(), Fault> {
    if !session.is_lit() {
        session.glance(&CmosLed(true).request())?;
        session.set_lit(true);
    }
    Ok(())
}
