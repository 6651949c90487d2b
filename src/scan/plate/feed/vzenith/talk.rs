use core::convert::Infallible;

use super::command::{Command, encode, verdict};
use super::fault::Fault;
use super::message::Message;
use super::session::{Session, Shown};
use crate::port::{Exchange, Instant, Step, StepOf};
use crate::scan::plate::PlateRead;
use crate::scan::plate::feed::View;

/// The conversation of one command.
#[derive(Debug)]
pub struct Order<C> {
    command: C,
    /// The number of its frame, and by when its reply must be there.
    pending: Option<(u8, Instant)>,
}

impl<C: Command> Order<C> {
    pub(super) const fn new(command: C) -> Self {
        Self { command, pending: None }
    }

    fn replied(&self, number: u8, message: &Message) -> Option<Result<C::Output, Fault>> {
        // Firmware that does not copy the number sends 0.
        if message.number != number && message.number != 0 {
            return None;
        }
        if message.plate.is_none() {
            if message.reply_to != Some(C::NAME) {
                return None;
            }
            if let Err(fault) = verdict(C::NAME, message.state) {
                return Some(Err(fault));
            }
        }
        self.command.replied(message).map(Ok)
    }
}

/// What to do as long as bytes are to be sent.
fn sending<T, E>(session: &mut Session, now: Instant) -> Option<Step<T, Fault, E>> {
    session.tend(now);
    match session.sending(now)? {
        Ok(until) => Some(Step::Send { until }),
        Err(fault) => Some(Step::Done(Err(fault))),
    }
}

impl<C: Command> Exchange for Order<C> {
    type Link = Session;
    type Output = C::Output;
    type Fault = Fault;
    type Event = Infallible;

    fn step(&mut self, session: &mut Session, now: Instant) -> StepOf<Self> {
        if let Some(step) = sending(session, now) {
            return step;
        }
        let Some((number, end)) = self.pending else {
            let (number, until) = session.command(C::NAME, &encode(&self.command), now);
            self.pending = Some((number, session.reply_by(now)));
            return Step::Send { until };
        };
        if let Some(output) = self.command.sent() {
            return Step::Done(Ok(output));
        }
        match session.message(now) {
            Some(Ok(message)) => {
                let result = self.replied(number, &message);
                // A reading without a number may be one told unasked: better
                // twice than not at all.
                if result.is_none() || message.number == 0 {
                    session.keep(&message);
                }
                if let Some(result) = result {
                    return Step::Done(result);
                }
            }
            Some(Err(_)) => session.lose(),
            None => {}
        }
        if now >= end {
            return Step::Done(Err(Fault::NoAnswer(C::NAME)));
        }
        Step::Receive { until: session.until(end) }
    }

    fn outgoing<'a>(&'a self, session: &'a Session) -> &'a [u8] {
        session.unsent()
    }

    fn sent(&mut self, session: &mut Session, n: usize, _now: Instant) {
        session.sent(n);
    }

    fn received(&mut self, session: &mut Session, bytes: &[u8], now: Instant) -> usize {
        session.received(bytes, now)
    }
}

/// Waits for the next reading, for as long as the camera shows that it is
/// there.
#[derive(Debug)]
pub struct Next(pub(super) ());

impl Exchange for Next {
    type Link = Session;
    type Output = PlateRead;
    type Fault = Fault;
    type Event = Infallible;

    fn step(&mut self, session: &mut Session, now: Instant) -> StepOf<Self> {
        if let Some(plate) = session.kept() {
            return Step::Done(Ok(plate));
        }
        if let Some(step) = sending(session, now) {
            return step;
        }
        match session.message(now) {
            Some(Ok(message)) if message.plate.is_some() => session.keep(&message),
            Some(Ok(Message { reply_to: Some(command), state, .. })) => {
                // A late reply; a trigger is refused by one.
                if let Err(fault) = verdict(command, state) {
                    return Step::Done(Err(fault));
                }
            }
            Some(Err(fault)) => return Step::Done(Err(fault)),
            Some(Ok(_)) | None => {}
        }
        if let Some(plate) = session.kept() {
            return Step::Done(Ok(plate));
        }
        if now >= session.silence_end() {
            session.forgive(now);
            return Step::Done(Err(Fault::Silent));
        }
        Step::Receive { until: session.until(session.silence_end()) }
    }

    fn outgoing<'a>(&'a self, session: &'a Session) -> &'a [u8] {
        session.unsent()
    }

    fn sent(&mut self, session: &mut Session, n: usize, _now: Instant) {
        session.sent(n);
    }

    fn received(&mut self, session: &mut Session, bytes: &[u8], now: Instant) -> usize {
        session.received(bytes, now)
    }
}

/// A piece of a picture.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Chunk {
    /// Which picture.
    pub view: View,
    /// Where in the picture the piece begins.
    pub offset: u32,
    bytes: [u8; Self::SIZE],
    len: usize,
}

impl Chunk {
    const SIZE: usize = 64;

    /// The bytes: 1 to 64 of a JPEG file.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

/// Hands the pictures of a reading over, piece by piece.
#[derive(Debug)]
pub struct Film {
    shown: Shown,
    /// Bytes handed over, of both pictures.
    done: u32,
    chunk: Option<Chunk>,
}

impl Film {
    pub(super) fn new(plate: &PlateRead) -> Self {
        Self { shown: plate.into(), done: 0, chunk: None }
    }

    /// Where the next byte belongs, and how many may follow it there.
    fn place(&self) -> (View, u32, usize) {
        let full = self.shown.full;
        let room = |left: u32| usize::try_from(left).unwrap_or(usize::MAX).min(Chunk::SIZE);
        match full.checked_sub(self.done) {
            Some(left @ 1..) => (View::Full, self.done, room(left)),
            _ => (View::Plate, self.done.saturating_sub(full), Chunk::SIZE),
        }
    }

    fn put(&mut self, piece: &[u8]) {
        let (view, offset, _) = self.place();
        let mut bytes = [0; Chunk::SIZE];
        for (to, from) in bytes.iter_mut().zip(piece) {
            *to = *from;
        }
        self.done = self.done.saturating_add(u32::try_from(piece.len()).unwrap_or(u32::MAX));
        self.chunk = (!piece.is_empty()).then_some(Chunk { view, offset, bytes, len: piece.len() });
    }
}

impl Exchange for Film {
    type Link = Session;
    /// How many bytes came.
    type Output = u32;
    type Fault = Fault;
    type Event = Chunk;

    fn step(&mut self, session: &mut Session, now: Instant) -> StepOf<Self> {
        if let Some(chunk) = self.chunk.take() {
            return Step::Event(chunk);
        }
        if !session.pictures_of(&self.shown) {
            return Step::Done(Ok(self.done));
        }
        if let Some(step) = sending(session, now) {
            return step;
        }
        if session.give_up(now) {
            return Step::Done(Err(Fault::PictureCut));
        }
        Step::Receive { until: session.until(Instant::FAR_FUTURE) }
    }

    fn outgoing<'a>(&'a self, session: &'a Session) -> &'a [u8] {
        session.unsent()
    }

    fn sent(&mut self, session: &mut Session, n: usize, _now: Instant) {
        session.sent(n);
    }

    fn received(&mut self, session: &mut Session, bytes: &[u8], now: Instant) -> usize {
        let (_, _, most) = self.place();
        let (used, piece) = session.picture(bytes.get(..most).unwrap_or(bytes), now);
        self.put(piece);
        used
    }
}
