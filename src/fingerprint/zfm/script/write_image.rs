use core::fmt;

use super::shape::Shape;
use super::{Event, Link, Script, Session, Told};
use crate::fingerprint::transfer::Meter;
use crate::fingerprint::zfm::bulk::out;
use crate::fingerprint::zfm::command::{Command, DownImage};
use crate::fingerprint::zfm::dialect::Dialects;
use crate::fingerprint::zfm::fault::Fault;

/// Gives an image to the module, as if it had taken it.
///
/// The module does not say whether it arrived; read it back with
/// [`UpImage`](crate::fingerprint::zfm::command::UpImage) where that matters.
pub struct WriteImage<'b> {
    image: &'b [u8],
    shape: Shape,
    state: State,
    meter: Meter,
}

#[derive(Clone, Copy, Debug)]
enum State {
    Shape,
    Packet,
    Send(u16),
    Sent,
}

impl<'b> WriteImage<'b> {
    pub(in crate::fingerprint::zfm) const fn new(image: &'b [u8]) -> Self {
        let meter = Meter::of(Some(image.len()));
        Self { image, shape: Shape::new(), state: State::Shape, meter }
    }

    fn advance(&mut self, session: &mut Session<'_>) -> nb::Result<(), Fault> {
        loop {
            self.state = match self.state {
                State::Shape => {
                    let pixels = self.shape.image(session)?.pixels();
                    if usize::try_from(pixels / 2) != Ok(self.image.len()) {
                        return Err(Fault::Image.into());
                    }
                    State::Packet
                }
                State::Packet => State::Send(self.packet(session)?),
                State::Send(packet) => {
                    session.transfer(&DownImage, &mut out(self.image, packet, &mut self.meter))?;
                    State::Sent
                }
                State::Sent => return session.seal::<DownImage>(),
            };
        }
    }

    /// An R503 takes no image in packets of 32 bytes.
    fn packet(&mut self, session: &mut Session<'_>) -> nb::Result<u16, Fault> {
        let grow = Dialects::GROW.contains(session.config().dialect.into());
        match self.shape.packet(session)? {
            packet if grow && packet < 64 => Err(Fault::Value(DownImage::OPCODE).into()),
            packet => Ok(packet),
        }
    }

    fn again(&mut self) {
        self.shape.again();
        self.state = State::Shape;
    }
}

impl Script for WriteImage<'_> {
    type Link = Link;
    type Output = ();

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<(), Event>, Fault> {
        let written = session.persist_from(self, Self::advance, Self::again);
        self.meter.tell(written)
    }
}

/// Without the bytes, which are a person's.
impl fmt::Debug for WriteImage<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WriteImage").field("state", &self.state).finish_non_exhaustive()
    }
}
