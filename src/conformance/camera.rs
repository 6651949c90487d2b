use std::format;
use std::string::{String, ToString};

use super::Report;
use crate::scan::plate::{PlateCamera, PlateRead};
use crate::{Error, ErrorKind};

/// What happens in front of a plate camera while it is examined.
pub trait Traffic {
    /// Drives a vehicle with this plate past the camera.
    fn pass(&mut self, plate: &str);

    /// Lets a little time go by, the `attempt`th time since waiting began.
    /// False when a camera that works would have told by now.
    fn wait(&mut self, attempt: u32) -> bool;
}

/// Examines a [`PlateCamera`] that is connected and sees nothing yet.
pub fn plate_camera(camera: &mut impl PlateCamera, traffic: &mut impl Traffic) -> Report {
    let mut report = Report::new();
    report.check("subscribing succeeds", said(camera.subscribe()));
    report.check("nothing is told while nothing goes past", nothing(camera, traffic));
    report.check("a vehicle is told once", once(camera, traffic));
    report.check("vehicles are told in their order", in_order(camera, traffic));
    report.check("a vehicle is told while a command is answered", meanwhile(camera, traffic));
    report.check("subscribing twice tells once", twice(camera, traffic));
    report.check("a trigger is obeyed or declared unsupported", triggered(camera, traffic));
    report.check("unsubscribing succeeds", said(camera.unsubscribe()));
    report.check("nothing is told to who unsubscribed", unheard(camera, traffic));
    report.check("subscribing again is heard", again(camera, traffic));
    report
}

fn said<E: Error>(result: Result<(), E>) -> Result<(), String> {
    result.map_err(|error| error.to_string())
}

/// The next reading; `None` when none comes in time.
fn next<C: PlateCamera>(
    camera: &mut C,
    traffic: &mut impl Traffic,
) -> Result<Option<PlateRead>, String> {
    let mut attempt = 0;
    loop {
        match camera.poll_plate() {
            Ok(read) => return Ok(Some(read)),
            Err(nb::Error::Other(error)) => return Err(error.to_string()),
            Err(nb::Error::WouldBlock) => {}
        }
        if !traffic.wait(attempt) {
            return Ok(None);
        }
        attempt = attempt.saturating_add(1);
    }
}

fn nothing(camera: &mut impl PlateCamera, traffic: &mut impl Traffic) -> Result<(), String> {
    match next(camera, traffic)? {
        None => Ok(()),
        Some(read) => Err(format!("told {}", read.text)),
    }
}

fn expect(
    camera: &mut impl PlateCamera,
    traffic: &mut impl Traffic,
    plate: &str,
) -> Result<(), String> {
    let read = next(camera, traffic)?.ok_or_else(|| format!("{plate} was not told"))?;
    match read.plate() {
        Some(found) if found.canonical() == plate => Ok(()),
        _ => Err(format!("{plate} was told as {} ({:?})", read.text, read.reading)),
    }
}

fn once(camera: &mut impl PlateCamera, traffic: &mut impl Traffic) -> Result<(), String> {
    traffic.pass("津A12345");
    expect(camera, traffic, "津A12345")?;
    nothing(camera, traffic)
}

fn in_order(camera: &mut impl PlateCamera, traffic: &mut impl Traffic) -> Result<(), String> {
    const PLATES: [&str; 4] = ["津AD12345", "京A1234警", "粤Z1234港", "鲁A54321"];
    for plate in PLATES {
        traffic.pass(plate);
    }
    PLATES.into_iter().try_for_each(|plate| expect(camera, traffic, plate))?;
    nothing(camera, traffic)
}

fn meanwhile(camera: &mut impl PlateCamera, traffic: &mut impl Traffic) -> Result<(), String> {
    traffic.pass("津A11111");
    said(camera.subscribe())?;
    expect(camera, traffic, "津A11111")
}

fn twice(camera: &mut impl PlateCamera, traffic: &mut impl Traffic) -> Result<(), String> {
    said(camera.subscribe())?;
    once(camera, traffic)
}

fn triggered(camera: &mut impl PlateCamera, traffic: &mut impl Traffic) -> Result<(), String> {
    let obeyed = match camera.trigger() {
        Ok(()) => next(camera, traffic),
        Err(error) if error.kind() == ErrorKind::Unsupported => return Ok(()),
        Err(error) => return Err(error.to_string()),
    };
    match obeyed? {
        Some(_) => Ok(()),
        None => Err("it was obeyed, but nothing was told".into()),
    }
}

fn unheard(camera: &mut impl PlateCamera, traffic: &mut impl Traffic) -> Result<(), String> {
    traffic.pass("津A22222");
    nothing(camera, traffic)
}

fn again(camera: &mut impl PlateCamera, traffic: &mut impl Traffic) -> Result<(), String> {
    said(camera.subscribe())?;
    traffic.pass("津A33333");
    expect(camera, traffic, "津A33333")
}
