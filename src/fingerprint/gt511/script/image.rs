use core::fmt;

use super::exposure::{expose, light};
use crate::fingerprint::bulk::Cargo;
use crate::fingerprint::gt511::command::{
    Command, GetImage, GetRawImage, IMAGE, RAW_IMAGE, Request,
};
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
    /// The image was taken.
    exposed: bool,
    meter: Meter,
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
        Self { rows, raw, exposed: false, meter: Meter::of(total) }
    }

    fn advance(&mut self, session: &mut Session<'_>) -> nb::Result<Geometry, Fault> {
        if !self.exposed {
            if self.raw {
                light(session)?
            } else {
                expose(session)?
            }
            self.exposed = true;
        }
        let request = if self.raw { GetRawImage.request() } else { GetImage.request() };
        self.fetch(&request, session)?.map_err(|nack| match nack {
            Nack::NotPressed => Fault::NoFinger,
            Nack::BadFinger => Fault::Poor(Quality::Unclear),
            nack => request.refused(nack),
        })?;
        let image = self.rows.as_mut().and_then(Rows::finish);
        Ok(image.ok_or(request.out_of_step())?)
    }

    fn fetch(&mut self, request: &Request, session: &mut Session<'_>) -> Answer {
        let (rows, meter) = (&mut self.rows, &mut self.meter);
        let mut take = |piece: &[u8]| {
            meter.done = meter.done.saturating_add(piece.len());
            let fits = rows.as_mut().is_some_and(|rows| rows.put(piece));
            if fits { Ok(()) } else { Err(request.out_of_step()) }
        };
        session.transfer(request, Cargo::In(&mut take))
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
                    self.exposed = false;
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
