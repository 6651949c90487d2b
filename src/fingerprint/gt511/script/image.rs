use core::fmt;

use super::read_template::captured;
use super::{Ask, refused};
use crate::fingerprint::bulk::Cargo;
use crate::fingerprint::gt511::command::{CaptureFinger, Command, GetImage, GetRawImage};
use crate::fingerprint::gt511::fault::Fault;
use crate::fingerprint::gt511::session::{Answer, Link, Session};
use crate::fingerprint::script::Script;
use crate::fingerprint::transfer::Meter;
use crate::fingerprint::{Depth, Event, Geometry, ImageSink, Rows};
use crate::port::Told;

/// Gives out an image: of the finger that is on the sensor, or of whatever is
/// on the glass.
///
/// Rows are given out as they come, all but the last one before the sum of the
/// one packet is known: nothing holds 52 KB, and to have it sent twice would
/// double what takes 54 s at 9600 baud. The last row is given out only when the
/// sum is right. So who has all rows has a good image, and a line fault ends
/// the call once the first row is out; before that it is survived.
pub struct Image<S> {
    rows: Option<Rows<S>>,
    state: State,
    meter: Meter,
}

#[derive(Clone, Copy, Debug)]
enum State {
    Capture(Ask<CaptureFinger>),
    Finger(Ask<GetImage>),
    Raw(Ask<GetRawImage>),
}

const CAPTURE: State = State::Capture(Ask::new(CaptureFinger { best: true }));
const RAW: State = State::Raw(Ask::new(GetRawImage));

/// The images' shapes (GT-511C3 data sheet, commands 62h and 63h).
const FINGER: Geometry = Geometry { width: 258, height: 202, dpi: None };
const GLASS: Geometry = Geometry { width: 160, height: 120, dpi: None };

impl<S: ImageSink> Image<S> {
    pub(in crate::fingerprint::gt511) fn finger(sink: S) -> Self {
        Self::new(sink, FINGER, CAPTURE)
    }

    pub(in crate::fingerprint::gt511) fn raw(sink: S) -> Self {
        Self::new(sink, GLASS, RAW)
    }

    fn new(sink: S, geometry: Geometry, state: State) -> Self {
        let rows = Rows::new(sink, geometry, Depth::Eight);
        let bytes = rows.as_ref().and_then(|rows| usize::try_from(rows.bytes()).ok());
        Self { rows, state, meter: Meter::of(bytes) }
    }

    fn advance(&mut self, session: &mut Session<'_>) -> nb::Result<Geometry, Fault> {
        if let State::Capture(capture) = &mut self.state {
            captured(capture, session)?;
            self.state = State::Finger(Ask::new(GetImage));
        }
        let rows = self.rows.as_mut().ok_or(Fault::Image)?;
        match &mut self.state {
            State::Finger(get) => develop(get, session, rows, &mut self.meter)?,
            State::Raw(get) => {
                session.light(false)?;
                develop(get, session, rows, &mut self.meter)?;
            }
            State::Capture(_) => {}
        }
        if rows.is_complete() { Ok(rows.geometry()) } else { Err(Fault::Image.into()) }
    }

    fn again(&mut self) {
        self.state = match self.state {
            State::Raw(_) => RAW,
            _ => CAPTURE,
        };
    }

    fn recover(&mut self, fault: Fault, session: &mut Session<'_>) -> Result<(), Fault> {
        if self.meter.done > 0 {
            return Err(fault);
        }
        session.forgive(fault)?;
        self.again();
        Ok(())
    }
}

fn develop<C: Command<Reply = ()>, S: ImageSink>(
    get: &mut Ask<C>,
    session: &mut Session<'_>,
    rows: &mut Rows<S>,
    meter: &mut Meter,
) -> nb::Result<(), Fault> {
    let mut fits = true;
    let mut take = |piece: &[u8]| {
        meter.done = meter.done.saturating_add(piece.len());
        fits &= rows.put(piece);
    };
    let answer: Answer<()> = get.carry(session, Cargo::In(&mut take));
    answer?.map_err(refused::<C>)?;
    if fits { Ok(()) } else { Err(Fault::Image.into()) }
}

impl<S: ImageSink> Script for Image<S> {
    type Link = Link;
    type Output = Geometry;

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<Geometry, Event>, Fault> {
        loop {
            let image = match self.advance(session) {
                Err(nb::Error::Other(fault)) => {
                    self.recover(fault, session)?;
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
        f.debug_struct("Image").field("state", &self.state).finish_non_exhaustive()
    }
}
