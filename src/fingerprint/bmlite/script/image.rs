use core::fmt;

use super::capture::capture;
use super::transfer::Coming;
use crate::fingerprint::bmlite::command::Request;
use crate::fingerprint::bmlite::fault::Fault;
use crate::fingerprint::bmlite::session::{Cargo, Link, Session};
use crate::fingerprint::script::{Script, Waiting};
use crate::fingerprint::{Depth, Event, Geometry, ImageSink, Rows};
use crate::port::Told;

/// Takes an image of the finger that is on the sensor, and gives it out.
///
/// A line fault asks for the same image again: the module keeps it.
pub struct Image<S> {
    sink: Option<S>,
    rows: Option<Rows<S>>,
    coming: Coming,
}

impl<S: ImageSink> Image<S> {
    pub(in crate::fingerprint::bmlite) const fn new(sink: S) -> Self {
        Self { sink: Some(sink), rows: None, coming: Coming::NOTHING }
    }

    fn advance(&mut self, session: &mut Session<'_>) -> nb::Result<Geometry, Fault> {
        let geometry = session.config().geometry;
        let rows = match &mut self.rows {
            Some(rows) => rows,
            none => {
                capture(session, &mut Waiting::over())?;
                let rows =
                    self.sink.take().and_then(|sink| Rows::new(sink, geometry, Depth::Eight));
                none.insert(rows.ok_or(Fault::Geometry(0))?)
            }
        };
        let coming = &mut self.coming;
        let mut take = |of: u16, piece: &[u8]| {
            let mut fits = u32::from(of) == rows.bytes();
            coming.take(of, piece, |_, piece| fits = fits && rows.put(piece));
            if fits { Ok(()) } else { Err(Fault::Geometry(of)) }
        };
        session.transfer(&Request::image(), Cargo::In(&mut take))?;
        Ok(rows.finish().ok_or(Fault::Geometry(0))?)
    }

    fn again(&mut self) {
        self.coming = Coming::NOTHING;
        if let Some(rows) = &mut self.rows {
            rows.again();
        }
    }
}

impl<S: ImageSink> Script for Image<S> {
    type Link = Link;
    type Output = Geometry;

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<Geometry, Event>, Fault> {
        let image = session.persist_from(self, Self::advance, Self::again);
        self.coming.tell(image)
    }
}

/// Without the rows.
impl<S> fmt::Debug for Image<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Image({:?})", self.coming)
    }
}
