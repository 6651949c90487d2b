use core::fmt;

use crc::{CRC_32_ISO_HDLC, Crc, Digest, NoTable};

use super::shape::Shape;
use super::{Event, Link, Script, Session, Told};
use crate::fingerprint::transfer::Meter;
use crate::fingerprint::zfm::bulk::into;
use crate::fingerprint::zfm::command::{Command, GenImg, Img2Tz, UpImage};
use crate::fingerprint::zfm::confirmation::Confirmation;
use crate::fingerprint::zfm::fault::Fault;
use crate::fingerprint::{Depth, Geometry, ImageSink, Rows};

static CRC: Crc<u32, NoTable> = Crc::<u32, NoTable>::new(&CRC_32_ISO_HDLC);

/// Takes an image of the finger that is on the sensor, and gives it out.
///
/// A line fault asks for the same image again: the module keeps it. What was
/// given out before is then compared by its check sum, for a packet that was
/// lost unnoticed cannot be taken back.
pub struct Image<S> {
    sink: Option<S>,
    rows: Option<Rows<S>>,
    shape: Shape,
    state: State,
    meter: Meter,
    sum: Digest<'static, u32, NoTable>,
    /// Bytes of the longest attempt before, and their sum.
    before: (usize, u32),
}

#[derive(Clone, Copy, Debug)]
enum State {
    Shape,
    Capture,
    /// That is so, if the answer was to this command.
    Captured(Result<(), Confirmation>),
    Send,
    Sent,
}

impl<S: ImageSink> Image<S> {
    pub(in crate::fingerprint::zfm) fn new(sink: S) -> Self {
        Self {
            sink: Some(sink),
            rows: None,
            shape: Shape::new(),
            state: State::Shape,
            meter: Meter::of(None),
            sum: CRC.digest(),
            before: (0, 0),
        }
    }

    fn advance(&mut self, session: &mut Session<'_>) -> nb::Result<Geometry, Fault> {
        loop {
            self.state = match self.state {
                State::Shape => {
                    let geometry = self.shape.image(session)?;
                    if self.rows.is_none() {
                        let sink = self.sink.take();
                        self.rows = sink.and_then(|sink| Rows::new(sink, geometry, Depth::Four));
                    }
                    State::Capture
                }
                State::Capture => State::Captured(session.ask(&GenImg)?),
                State::Captured(answer) => {
                    session.seal::<GenImg>()?;
                    answer.map_err(refused)?;
                    State::Send
                }
                State::Send => {
                    self.receive(session)?;
                    State::Sent
                }
                State::Sent => {
                    session.seal::<UpImage>()?;
                    let image = self.rows.as_mut().and_then(Rows::finish);
                    return Ok(image.ok_or(Fault::Image)?);
                }
            };
        }
    }

    fn receive(&mut self, session: &mut Session<'_>) -> nb::Result<(), Fault> {
        let rows = self.rows.as_mut().ok_or(Fault::Image)?;
        let (meter, sum, before) = (&mut self.meter, &mut self.sum, self.before);
        meter.total = usize::try_from(rows.bytes()).ok();
        let mut take = |piece: &[u8]| {
            let known = meter.done < before.0;
            sum.update(piece);
            meter.done = meter.done.saturating_add(piece.len());
            let same = !known || meter.done < before.0 || so_far(meter, sum) == before;
            if same && rows.put(piece) { Ok(()) } else { Err(Fault::Image) }
        };
        session.transfer(&UpImage, &mut into(&mut take))?;
        if Some(meter.done) == meter.total { Ok(()) } else { Err(Fault::Image.into()) }
    }

    /// From the image on, if there is one: the module keeps it.
    fn again(&mut self) {
        self.shape.again();
        if self.meter.done > self.before.0 {
            self.before = so_far(&self.meter, &self.sum);
        }
        (self.meter.done, self.sum) = (0, CRC.digest());
        if let Some(rows) = &mut self.rows {
            rows.again();
        }
        self.state = match self.state {
            State::Send | State::Sent => State::Send,
            _ => State::Shape,
        };
    }
}

fn so_far(meter: &Meter, sum: &Digest<'static, u32, NoTable>) -> (usize, u32) {
    (meter.done, sum.clone().finalize())
}

fn refused(code: Confirmation) -> Fault {
    match code {
        Confirmation::NoFinger => Fault::NoFinger,
        code => Img2Tz::quality(code).map_or(Fault::Refused(GenImg::OPCODE, code), Fault::Poor),
    }
}

impl<S: ImageSink> Script for Image<S> {
    type Link = Link;
    type Output = Geometry;

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<Geometry, Event>, Fault> {
        let image = session.persist_from(self, Self::advance, Self::again);
        self.meter.tell(image)
    }
}

impl<S> fmt::Debug for Image<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Image").field("state", &self.state).finish_non_exhaustive()
    }
}
