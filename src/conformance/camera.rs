use std::format;
use std::string::{String, ToString};

use super::Report;
use crate::scan::plate::{PlateCamera, PlateRead};
use crate::{Error, ErrorKind};

/// What goes on in front of a plate camera.
pub trait PlateCameraStimulus {
    /// Drives a vehicle with this plate past the camera.
    fn pass(&mut self, plate: &str);

    /// Lets some time pass: a millisecond or more.
    fn pause(&mut self);
}

/// How many pauses a reading may take.
const PATIENCE: usize = 5_000;
/// How many pauses of silence are proof of silence.
const SILENCE: usize = 500;

/// Examines a [`PlateCamera`] that is connected and sees nothing yet.
pub fn plate_camera(
    camera: &mut impl PlateCamera,
    stimulus: &mut impl PlateCameraStimulus,
) -> Report {
    let mut report = Report::new();
    report.check("subscribing succeeds", said(camera.subscribe()));
    report.check("nothing is told while nothing goes past", nothing(camera, stimulus));
    report.check("a vehicle is told once", once(camera, stimulus));
    report.check("vehicles are told in their order", in_order(camera, stimulus));
    report.check("a vehicle is told while a command is answered", meanwhile(camera, stimulus));
    report.check("subscribing twice tells once", twice(camera, stimulus));
    report.check("a trigger is obeyed or declared unsupported", triggered(camera, stimulus));
    report.check("unsubscribing succeeds", said(camera.unsubscribe()));
    report.check("nothing is told to who unsubscribed", unheard(camera, stimulus));
    report.check("subscribing again is heard", again(camera, stimulus));
    report
}

fn said<E: Error>(result: Result<(), E>) -> Result<(), String> {
    result.map_err(|error| error.to_string())
}

/// The next reading; `None` when none comes within so many pauses.
fn next(
    camera: &mut impl PlateCamera,
    stimulus: &mut impl PlateCameraStimulus,
    pauses: usize,
) -> Result<Option<PlateRead>, String> {
    for _ in 0..pauses {
        match camera.poll_plate() {
            Ok(read) => return Ok(Some(read)),
            Err(nb::Error::Other(error)) => return Err(error.to_string()),
            Err(nb::Error::WouldBlock) => stimulus.pause(),
        }
    }
    Ok(None)
}

fn nothing(
    camera: &mut impl PlateCamera,
    stimulus: &mut impl PlateCameraStimulus,
) -> Result<(), String> {
    match next(camera, stimulus, SILENCE)? {
        None => Ok(()),
        Some(read) => Err(format!("told {}", read.text)),
    }
}

fn expect(
    camera: &mut impl PlateCamera,
    stimulus: &mut impl PlateCameraStimulus,
    plate: &str,
) -> Result<(), String> {
    let read = next(camera, stimulus, PATIENCE)?.ok_or_else(|| format!("{plate} was not told"))?;
    match read.plate() {
        Some(found) if found.canonical() == plate => Ok(()),
        _ => Err(format!("{plate} was told as {} ({:?})", read.text, read.reading)),
    }
}

fn once(
    camera: &mut impl PlateCamera,
    stimulus: &mut impl PlateCameraStimulus,
) -> Result<(), String> {
    stimulus.pass("津A12345");
    expect(camera, stimulus, "津A12345")?;
    nothing(camera, stimulus)
}

fn in_order(
    camera: &mut impl PlateCamera,
    stimulus: &mut impl PlateCameraStimulus,
) -> Result<(), String> {
    const PLATES: [&str; 4] = ["津AD12345", "京A1234警", "粤Z1234港", "鲁A54321"];
    for plate in PLATES {
        stimulus.pass(plate);
    }
    PLATES.into_iter().try_for_each(|plate| expect(camera, stimulus, plate))?;
    nothing(camera, stimulus)
}

fn meanwhile(
    camera: &mut impl PlateCamera,
    stimulus: &mut impl PlateCameraStimulus,
) -> Result<(), String> {
    stimulus.pass("津A11111");
    said(camera.subscribe())?;
    expect(camera, stimulus, "津A11111")
}

fn twice(
    camera: &mut impl PlateCamera,
    stimulus: &mut impl PlateCameraStimulus,
) -> Result<(), String> {
    said(camera.subscribe())?;
    once(camera, stimulus)
}

fn triggered(
    camera: &mut impl PlateCamera,
    stimulus: &mut impl PlateCameraStimulus,
) -> Result<(), String> {
    let obeyed = match camera.trigger() {
        Ok(()) => next(camera, stimulus, PATIENCE),
        Err(error) if error.kind() == ErrorKind::Unsupported => return Ok(()),
        Err(error) => return Err(error.to_string()),
    };
    match obeyed? {
        Some(_) => Ok(()),
        None => Err("it was obeyed, but nothing was told".into()),
    }
}

fn unheard(
    camera: &mut impl PlateCamera,
    stimulus: &mut impl PlateCameraStimulus,
) -> Result<(), String> {
    stimulus.pass("津A22222");
    nothing(camera, stimulus)
}

fn again(
    camera: &mut impl PlateCamera,
    stimulus: &mut impl PlateCameraStimulus,
) -> Result<(), String> {
    said(camera.subscribe())?;
    stimulus.pass("津A33333");
    expect(camera, stimulus, "津A33333")
}
