use core::fmt;

use heapless::Vec;

use super::scan::capture;
use crate::fingerprint::script::Script;
use crate::fingerprint::sfm::code::Code;
use crate::fingerprint::sfm::command::{Parameter, Request};
use crate::fingerprint::sfm::data::SIX;
use crate::fingerprint::sfm::fault::Fault;
use crate::fingerprint::sfm::session::{Link, Session};
use crate::fingerprint::sfm::transfer::Cargo;
use crate::fingerprint::transfer::Meter;
use crate::fingerprint::{Depth, Event, Geometry, ImageSink, Rows};
use crate::port::Told;

/// Image format: a byte a pixel.
const GRAY: u32 = 0x30;

/// Before the pixels, seven numbers: width, height, whether it is compressed,
/// whether encrypted, format, bytes of the image and of a template. (SDK,
/// `UFImage`.)
const HEADER: usize = 28;

/// Takes an image of the finger that is on the sensor, and gives it out.
///
/// Rows are given out before the sum of their packet is there, and another scan
/// is another image: a line fault is forgiven only before the first row.
pub struct Image<S> {
    sink: Option<S>,
    rows: Option<Rows<S>>,
    header: Vec<u8, HEADER>,
    meter: Meter,
    formatted: bool,
}

impl<S: ImageSink> Image<S> {
    pub(in crate::fingerprint::sfm) fn new(sink: S) -> Self {
        let (header, meter) = (Vec::new(), Meter::of(None));
        Self { sink: Some(sink), rows: None, header, meter, formatted: false }
    }

    fn advance(&mut self, session: &mut Session<'_>) -> nb::Result<Geometry, Fault> {
        if !self.formatted {
            session.demand(&Request::write(Parameter::IMAGE_FORMAT, GRAY))?;
            self.formatted = true;
        }
        let request = Request::image();
        let mut take = |piece: &[u8]| self.put(piece);
        session.transfer(&request, Cargo::In(&mut take)).map_err(|error| match error {
            nb::Error::Other(Fault::Refused(_, Code::TimeOut)) => Fault::NoFinger.into(),
            nb::Error::Other(Fault::Refused(_, code)) => capture(&request, code).into(),
            error => error,
        })?;
        let image = self.rows.as_mut().and_then(Rows::finish);
        image.ok_or_else(|| session.out_of_step(SIX))
    }

    fn put(&mut self, piece: &[u8]) -> Result<(), Fault> {
        let missing = HEADER.saturating_sub(self.header.len()).min(piece.len());
        let (header, pixels) = piece.split_at_checked(missing).unwrap_or((piece, &[]));
        // Cannot fail: there is room for what is missing.
        let _ = self.header.extend_from_slice(header);
        if !self.header.is_full() {
            return Ok(());
        }
        if self.rows.is_none() {
            self.begin()?;
        }
        self.meter.done = self.meter.done.saturating_add(pixels.len());
        let fits = self.rows.as_mut().is_some_and(|rows| rows.put(pixels));
        if fits { Ok(()) } else { Err(Fault::OutOfStep(SIX)) }
    }

    fn begin(&mut self) -> Result<(), Fault> {
        let (numbers, _) = self.header.as_chunks();
        let mut numbers = numbers.iter().map(|number| u32::from_le_bytes(*number));
        let mut pixels = || numbers.next().and_then(|n| u16::try_from(n).ok()).unwrap_or(0);
        let geometry = Geometry { width: pixels(), height: pixels(), dpi: None };
        let (compressed, encrypted) = (pixels(), pixels());
        let rows = self.sink.take().and_then(|sink| Rows::new(sink, geometry, Depth::Eight));
        let rows = rows.filter(|_| (compressed, encrypted) == (0, 0));
        let rows = rows.ok_or(Fault::Geometry(geometry))?;
        self.meter = Meter::of(usize::try_from(rows.bytes()).ok());
        self.rows = Some(rows);
        Ok(())
    }
}

impl<S: ImageSink> Script for Image<S> {
    type Link = Link;
    type Output = Geometry;

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<Geometry, Event>, Fault> {
        loop {
            match self.advance(session) {
                Err(nb::Error::Other(fault)) if self.rows.is_none() => {
                    session.forgive(fault)?;
                    self.header.clear();
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
