use std::fmt;
use std::vec::Vec;

use crate::card::contactless::{
    Abilities, Frame, FrontEnd, Heard, Operation, Rate, Rates, Technology, Wants,
};
use crate::port::{Duration, Instant};
use crate::sim::{Device, Outbox};
use crate::{Error, ErrorKind};

use super::{Air, Signal};

/// A front end without a chip's peculiarities: it hands each operation to an
/// [`IdealReader`] as one message, and gets one back. For tests of what stands
/// above a front end.
///
/// It allocates nothing, as a chip's does not.
#[derive(Debug)]
pub struct IdealFrontEnd {
    abilities: Abilities,
    out: Message,
    sent: usize,
    reply: Message,
    until: Instant,
    /// The operation that was begun, to be put into a message with its frame.
    begun: Option<Option<Operation>>,
}

/// Its length, then so many bytes.
#[derive(Debug)]
struct Message {
    bytes: [u8; Self::MAX],
    len: usize,
}

impl Message {
    const MAX: usize = Frame::MAX + 32;
    const NEW: Self = Self { bytes: [0; Self::MAX], len: 0 };

    fn push(&mut self, bytes: &[u8]) {
        for byte in bytes {
            if let Some(room) = self.bytes.get_mut(self.len) {
                *room = *byte;
                self.len += 1;
            }
        }
    }

    fn seal(&mut self) {
        let body = u16::try_from(self.len.saturating_sub(2)).unwrap_or(0);
        self.bytes.iter_mut().zip(body.to_le_bytes()).for_each(|(to, from)| *to = from);
    }

    fn all(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    /// What it carries, once it is whole.
    fn body(&self) -> Option<&[u8]> {
        let (len, body) = self.all().split_first_chunk()?;
        body.get(..usize::from(u16::from_le_bytes(*len)))
    }
}

/// The [`IdealReader`] does not answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Gone;

impl fmt::Display for Gone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("it does not answer")
    }
}

impl std::error::Error for Gone {}

impl Error for Gone {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Timeout
    }
}

impl IdealFrontEnd {
    /// With all bit rates.
    #[must_use]
    pub const fn new() -> Self {
        let rates = Rates { send: Rate::R848, receive: Rate::R848 };
        Self::with_abilities(Abilities { rates, ..Abilities::DEFAULT })
    }

    /// With these abilities.
    #[must_use]
    pub const fn with_abilities(abilities: Abilities) -> Self {
        let until = Instant::ZERO;
        let (out, reply) = (Message::NEW, Message::NEW);
        Self { abilities, out, sent: 0, reply, until, begun: None }
    }

    fn compose(&mut self, operation: Option<Operation>, frame: &Frame, now: Instant) {
        (self.out, self.reply, self.sent) = (Message::NEW, Message::NEW, 0);
        self.until = now + Duration::from_millis(200);
        self.out.push(&[0, 0]);
        match operation {
            None => self.out.push(b"I"),
            Some(Operation::Field(on)) => self.out.push(&[b'F', on.into()]),
            Some(Operation::Modulation { technology, rates }) => {
                let b = u8::from(technology == Technology::B);
                self.out.push(&[b'M', b, rates.send as u8, rates.receive as u8]);
            }
            Some(Operation::Transceive { wait }) => {
                self.until += wait;
                self.out.push(b"T");
                self.out.push(&wait.as_micros().to_le_bytes());
                self.out.push(&[u8::from(frame.crc()), frame.align()]);
                self.out.push(&frame.bits().to_le_bytes());
                self.out.push(frame.bytes());
            }
        }
        self.out.seal();
    }

    fn heard(&self, frame: &mut Frame) -> Option<Result<Heard, Gone>> {
        let body = self.reply.body()?;
        let [kind, low, high, last, bytes @ ..] = body else { return Some(Err(Gone)) };
        frame.listen();
        if !frame.push(bytes) {
            return Some(Ok(Heard::Garbled));
        }
        frame.set_last_bits(*last);
        Some(Ok(match kind {
            0 => Heard::Silence,
            1 => Heard::Frame,
            2 => Heard::Collision { bit: u16::from_le_bytes([*low, *high]) },
            _ => Heard::Garbled,
        }))
    }
}

impl Default for IdealFrontEnd {
    fn default() -> Self {
        Self::new()
    }
}

impl FrontEnd for IdealFrontEnd {
    type Fault = Gone;

    fn abilities(&self) -> Abilities {
        self.abilities
    }

    fn init(&mut self, _: Instant) {
        self.begun = Some(None);
    }

    fn begin(&mut self, operation: Operation, _: Instant) {
        self.begun = Some(Some(operation));
    }

    fn step(&mut self, frame: &mut Frame, now: Instant) -> Wants<Gone> {
        if let Some(operation) = self.begun.take() {
            self.compose(operation, frame, now);
        }
        let until = self.until;
        match self.heard(frame) {
            Some(heard) => Wants::Done(heard),
            None if now >= until => Wants::Done(Err(Gone)),
            None if self.sent < self.out.len => Wants::Send { until },
            None => Wants::Receive { until },
        }
    }

    fn outgoing<'a>(&'a self, _: &'a Frame) -> &'a [u8] {
        self.out.all().get(self.sent..).unwrap_or_default()
    }

    fn sent(&mut self, n: usize, _: Instant) {
        self.sent += n;
    }

    fn received(&mut self, _: &mut Frame, bytes: &[u8], _: Instant) -> usize {
        self.reply.push(bytes);
        bytes.len()
    }
}

/// The other end of an [`IdealFrontEnd`]: an antenna, and cards in its
/// [`Air`].
///
/// ```
/// use embedded_pos::card::contactless::{Config, Contactless};
/// use embedded_pos::sim::card::{Echo, IdealFrontEnd, IdealReader, IsoDepCard};
/// use embedded_pos::sim::{Simulated, VirtualClock};
///
/// let mut clock = VirtualClock::new();
/// let device = Simulated::new(IdealReader::new());
/// let port = device.port(clock.clone());
/// let mut reader = Contactless::over(port, IdealFrontEnd::new(), Config::EMV);
/// device.device().air.add(IsoDepCard::type_b(Echo));
/// reader.activate().wait(&mut clock)?;
/// reader.transmit(&[0x00, 0xB0, 0x00, 0x00, 0x02]).wait(&mut clock)?;
/// assert_eq!(reader.response(), [0x00, 0x01, 0x90, 0x00]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct IdealReader {
    /// The field and the cards in it.
    pub air: Air,
    technology: Technology,
    send: Rate,
    receive: Rate,
    heard: Vec<u8>,
    out: Outbox,
}

impl Default for IdealReader {
    fn default() -> Self {
        Self::new()
    }
}

impl IdealReader {
    /// With no field, and no card.
    #[must_use]
    pub fn new() -> Self {
        Self {
            air: Air::new(),
            technology: Technology::A,
            send: Rate::R106,
            receive: Rate::R106,
            heard: Vec::new(),
            out: Outbox::default(),
        }
    }

    fn obey(&mut self, message: &[u8], now: Instant) {
        match message {
            [b'T', a, b, c, d, e, f, g, h, crc, align, low, high, bytes @ ..] => {
                let wait = u64::from_le_bytes([*a, *b, *c, *d, *e, *f, *g, *h]);
                let bits = usize::from(u16::from_le_bytes([*low, *high]));
                let signal = match crc {
                    0 => Signal { technology: self.technology, ..Signal::bits(bytes, bits) },
                    _ => Signal::with_crc(self.technology, bytes),
                };
                let wait = Duration::from_micros(wait);
                return self.transceive(&signal.at(self.send), wait, *crc != 0, *align, now);
            }
            [b'F', on] => self.air.field(*on != 0, now),
            [b'M', b, send, receive] => {
                self.technology = if *b == 0 { Technology::A } else { Technology::B };
                (self.send, self.receive) = (rate(*send), rate(*receive));
            }
            _ => self.air.field(false, now),
        }
        self.answer(now, Duration::ZERO, 0, 0, &[], 0);
    }

    fn transceive(&mut self, signal: &Signal, wait: Duration, crc: bool, align: u8, now: Instant) {
        let end = now + signal.airtime();
        let reply = self.air.transmit(signal, end);
        let Some(reply) = reply.filter(|reply| reply.at < end + wait) else {
            return self.answer(end, wait, 0, 0, &[], 0);
        };
        let delay = reply.end.since(now);
        let answer = reply.signal;
        if answer.technology != self.technology || answer.rate != self.receive {
            return self.answer(now, delay, 3, 0, &[], 0);
        }
        // As the chips do it: the first bit goes to where the rest of the
        // frame belongs.
        let align = usize::from(align);
        let total = align + answer.bits;
        let mut bytes = std::vec![0; total.div_ceil(8)];
        for at in (0..answer.bits).filter(|at| answer.bit(*at) == Some(true)) {
            if let Some(byte) = bytes.get_mut((align + at) / 8) {
                *byte |= 1 << ((align + at) % 8);
            }
        }
        match reply.collision {
            Some(bit) => self.answer(now, delay, 2, align + bit, &bytes, total),
            None if !answer.intact => self.answer(now, delay, 3, 0, &bytes, total),
            None if crc => match answer.checked() {
                Some(body) => self.answer(now, delay, 1, 0, body, body.len() * 8),
                None => self.answer(now, delay, 3, 0, &bytes, total),
            },
            None => self.answer(now, delay, 1, 0, &bytes, total),
        }
    }

    fn answer(
        &mut self,
        now: Instant,
        delay: Duration,
        kind: u8,
        bit: usize,
        bytes: &[u8],
        bits: usize,
    ) {
        let [low, high, ..] = bit.to_le_bytes();
        let [last, ..] = (bits % 8).to_le_bytes();
        let body = [&[kind, low, high, last], bytes].concat();
        let len = u16::try_from(body.len()).unwrap_or(0);
        self.out.push(now, delay, [&len.to_le_bytes()[..], &body].concat());
    }
}

fn rate(code: u8) -> Rate {
    match code {
        0 => Rate::R106,
        1 => Rate::R212,
        2 => Rate::R424,
        _ => Rate::R848,
    }
}

impl Device for IdealReader {
    fn receive(&mut self, bytes: &[u8], now: Instant) {
        // A message that begins is what the host waits for: what was still to
        // be told of the one before is of no use.
        if self.heard.is_empty() {
            self.out.clear();
        }
        self.heard.extend(bytes);
        while let Some((len, rest)) = self.heard.split_first_chunk() {
            let len = usize::from(u16::from_le_bytes(*len));
            let Some(message) = rest.get(..len).map(<[u8]>::to_vec) else { return };
            self.heard.drain(..2 + len);
            self.obey(&message, now);
        }
    }

    fn transmit(&mut self, now: Instant) -> Vec<u8> {
        self.out.take(now)
    }
}
