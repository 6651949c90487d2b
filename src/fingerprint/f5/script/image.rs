use core::fmt;

use super::{Ask, refused};
use crate::fingerprint::bulk::Cargo;
use crate::fingerprint::f5::ack::Ack;
use crate::fingerprint::f5::command::CaptureImage;
use crate::fingerprint::f5::fault::Fault;
use crate::fingerprint::f5::session::{Link, Session};
use crate::fingerprint::script::Script;
use crate::fingerprint::transfer::Meter;
use crate::fingerprint::{Depth, Event, Geometry, ImageSink, Quality, Rows};
use crate::port::Told;

/// Takes an image of the finger that is on the sensor, and gives it out.
///
/// Rows are given out as they come, all but the last one before the check of
/// the one long frame is known: nothing holds 9,800 bytes. The last row is
/// given out only when the check is right. So a line fault ends the call once
/// the first row is out, for another image would be another; before that it is
/// survived.
pub struct Image<S> {
    rows: Option<Rows<S>>,
    ask: Ask<CaptureImage>,
    meter: Meter,
    fits: bool,
}

/// 280 x 280, of which each second pixel of each second row is sent (manual,
/// command 24h).
const GEOMETRY: Geometry = Geometry { width: 140, height: 140, dpi: None };

impl<S: ImageSink> Image<S> {
    pub(in crate::fingerprint::f5) fn new(sink: S) -> Self {
        let rows = Rows::new(sink, GEOMETRY, Depth::Four);
        let bytes = rows.as_ref().and_then(|rows| usize::try_from(rows.bytes()).ok());
        Self { rows, ask: Ask::new(CaptureImage), meter: Meter::of(bytes), fits: true }
    }

    fn advance(&mut self, session: &mut Session<'_>) -> nb::Result<Geometry, Fault> {
        let rows = self.rows.as_mut().ok_or(Fault::Image)?;
        let (meter, fits) = (&mut self.meter, &mut self.fits);
        let mut take = |piece: &[u8]| {
            meter.done = meter.done.saturating_add(piece.len());
            *fits &= rows.put(piece);
            Ok(())
        };
        self.ask.carry(session, Cargo::In(&mut take))?.map_err(|ack| match ack {
            ack if ack.is_nobody() => Fault::NoFinger,
            Ack::Fail => Fault::Poor(Quality::Unclear),
            ack => refused::<CaptureImage>(ack),
        })?;
        Ok(rows.finish().filter(|_| *fits).ok_or(Fault::Image)?)
    }
}

impl<S: ImageSink> Script for Image<S> {
    type Link = Link;
    type Output = Geometry;

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<Geometry, Event>, Fault> {
        loop {
            let image = match self.advance(session) {
                Err(nb::Error::Other(fault)) if self.meter.done == 0 => {
                    session.forgive(fault)?;
                    continue;
                }
                image => image.map(Told::Done),
            };
            return self.meter.tell(image);
        }
    }
}

/// Without the rows.
impl<S> fmt::Debug for Image<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Image").field("ask", &self.ask).finish_non_exhaustive()
    }
}
