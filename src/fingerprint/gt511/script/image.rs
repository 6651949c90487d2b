use core::fmt;

use super::exposure::{Exposure, light};
use super::refused;
use crate::fingerprint::bulk::Cargo;
use crate::fingerprint::gt511::command::{Command, GetImage, GetRawImage, IMAGE, RAW_IMAGE};
use crate::fingerprint::gt511::fault::Fault;
use crate::fingerprint::gt511::link::{Answer, Link};
use crate::fingerprint::gt511::nack::Nack;
use crate::fingerprint::gt511::session::Session;
use crate::fingerprint::script::Script;
use crate::fingerprint::transfer::Meter;
use crate::fingerprint::{Depth, Event, Geometry, ImageSink, Quality, Rows};
use crate::port::Told;

/// Takes an image and gives it out, row by row as it comes.
///
/// The sum of an image stands at its end, where it may still fail: all rows but
/// the last were given out then. As no document says that the module keeps an
/// image that was sent, only one of which nothing was given out is taken again
/// after a line fault: else the rows of two would be mixed.
pub struct Image<S> {
    rows: Option<Rows<S>>,
    raw: bool,
    step: Step,
    meter: Meter,
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Expose(Exposure),
    Fetch,
    /// Was that the answer to this command?
    Seal(Result<(), Nack>),
}

impl<S: ImageSink> Image<S> {
    /// Of the finger that is on the sensor.
    pub(in crate::fingerprint::gt511) fn new(sink: S) -> Self {
        Self::of(sink, IMAGE, false)
    }

    /// Of what the sensor sees.
    pub(in crate::fingerprint::gt511) fn raw(sink: S) -> Self {
        Self::of(sink, RAW_IMAGE, true)
    }

    fn of(sink: S, geometry: Geometry, raw: bool) -> Self {
        let rows = Rows::new(sink, geometry, Depth::Eight);
        let total = usize::try_from(geometry.pixels()).ok();
        Self { rows, raw, step: Step::Expose(Exposure::new()), meter: Meter::of(total) }
    }

    fn advance(&mut self, session: &mut Session<'_>) -> nb::Result<Geometry, Fault> {
        loop {
            self.step = match &mut self.step {
                Step::Expose(_) if self.raw => {
                    light(session)?;
                    Step::Fetch
                }
                Step::Expose(exposure) => {
                    exposure.poll(session)?;
                    Step::Fetch
                }
                Step::Fetch if self.raw => Step::Seal(self.fetch(&GetRawImage, session)?),
                Step::Fetch => Step::Seal(self.fetch(&GetImage, session)?),
                Step::Seal(answer) => {
                    let answer = *answer;
                    session.seal()?;
                    answer.map_err(|nack| self.refused(nack))?;
                    let image = self.rows.as_mut().and_then(Rows::finish);
                    return Ok(image.ok_or(Fault::OutOfStep(self.code()))?);
                }
            }
        }
    }

    fn fetch<C: Command>(&mut self, command: &C, session: &mut Session<'_>) -> Answer<C::Reply> {
        let (rows, meter) = (&mut self.rows, &mut self.meter);
        let mut take = |piece: &[u8]| {
            meter.done = meter.done.saturating_add(piece.len());
            let fits = rows.as_mut().is_some_and(|rows| rows.put(piece));
            if fits { Ok(()) } else { Err(Fault::OutOfStep(C::CODE)) }
        };
        session.transfer(command, Cargo::In(&mut take))
    }

    const fn code(&self) -> u16 {
        if self.raw { GetRawImage::CODE } else { GetImage::CODE }
    }

    fn refused(&self, nack: Nack) -> Fault {
        match nack {
            Nack::NotPressed => Fault::NoFinger,
            Nack::BadFinger => Fault::Poor(Quality::Unclear),
            nack if self.raw => refused::<GetRawImage>(nack),
            nack => refused::<GetImage>(nack),
        }
    }
}

impl<S: ImageSink> Script for Image<S> {
    type Link = Link;
    type Output = Geometry;

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<Geometry, Event>, Fault> {
        loop {
            match self.advance(session) {
                Err(nb::Error::Other(fault)) if self.meter.done == 0 => {
                    session.forgive(fault)?;
                    self.step = Step::Expose(Exposure::new());
                }
                result => return self.meter.tell(result.map(Told::Done)),
            }
        }
    }
}

/// Without the rows.
impl<S> fmt::Debug for Image<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Image({:?})", self.meter)
    }
}
