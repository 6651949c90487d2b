use core::fmt;

use heapless::Vec;
use zeroize::Zeroize;

use super::frame::{
    DATA_HEAD, DATA_START, DEVICE, FrameError, HEAD, PACKET, Packet, START, split, sum_of,
};
use crate::fingerprint::bulk::{Came, Incoming};

/// What a [`Parser`] found.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Found {
    /// A command or response with the right sum and device.
    Packet(Packet),
    /// The next bytes of a data packet, whose sum is not known yet:
    /// [`Parser::piece`] has them.
    Piece,
    /// A data packet is over, and its sum is right.
    End,
    /// A packet whose sum or device is wrong.
    Damaged,
}

/// Finds packets in a stream of bytes, whatever stands between them.
///
/// A data packet does not say how long it is: the parser is told which length
/// to [expect](Self::expect), and skips the start of any while it expects none.
/// It gives data on as they come, as an image is longer than anybody wants to
/// keep it; their sum stands at their end.
#[derive(Default)]
pub struct Parser {
    /// What is not known to be data.
    bytes: Vec<u8, PACKET>,
    /// How many of them the last find used up.
    used: usize,
    data: usize,
    incoming: Incoming,
    /// That of the data packet, so far.
    sum: u16,
}

/// What the bytes so far are.
enum Verdict {
    Packet,
    Data,
    Damaged,
    Nothing,
}

impl Parser {
    /// A parser that has seen nothing.
    #[must_use]
    pub const fn new() -> Self {
        Self { bytes: Vec::new(), used: 0, data: 0, incoming: Incoming::new(), sum: 0 }
    }

    /// From here on, data packets hold so many bytes; with zero, none is
    /// expected.
    pub fn expect(&mut self, data: usize) {
        self.data = data;
    }

    /// Takes bytes until something is found; returns how many. What was found
    /// is to be [taken](Self::take) before the next bytes.
    pub fn push(&mut self, bytes: &[u8]) -> usize {
        for (taken, byte) in bytes.iter().enumerate() {
            if !matches!(self.verdict(), Verdict::Nothing) {
                return taken;
            }
            // Cannot fail: so many bytes are something.
            let _ = self.bytes.push(*byte);
        }
        bytes.len()
    }

    /// What was found, if anything.
    pub fn take(&mut self) -> Option<Found> {
        match self.verdict() {
            Verdict::Nothing => None,
            Verdict::Damaged => {
                self.used = START.len();
                Some(Found::Damaged)
            }
            Verdict::Packet => {
                self.used = PACKET;
                Packet::split(&self.bytes).ok().map(|(packet, _)| Found::Packet(packet))
            }
            Verdict::Data => self.incoming.take().map(|came| self.came(&came)),
        }
    }

    fn came(&mut self, came: &Came) -> Found {
        match came {
            Came::Piece => {
                self.sum = self.sum.wrapping_add(sum_of(self.piece()));
                Found::Piece
            }
            Came::End(sum) if *sum == self.sum.to_le_bytes() => Found::End,
            Came::End(_) => Found::Damaged,
        }
    }

    /// The bytes of the piece that was found last.
    #[must_use]
    pub fn piece(&self) -> &[u8] {
        self.incoming.piece()
    }

    /// Whether a packet has begun and not ended.
    #[must_use]
    pub fn is_within_packet(&self) -> bool {
        self.incoming.is_on() || self.bytes.len() > self.used
    }

    /// Forgets all, but for the length that is expected.
    pub fn clear(&mut self) {
        self.bytes.zeroize();
        self.used = 0;
        self.incoming.clear();
    }

    /// Skips what cannot begin a packet, and judges the rest.
    fn verdict(&mut self) -> Verdict {
        let used = core::mem::take(&mut self.used);
        self.drop_front(used);
        loop {
            if self.incoming.is_on() {
                let data = self.incoming.push(&self.bytes);
                self.drop_front(data);
                return if self.incoming.is_ready() { Verdict::Data } else { Verdict::Nothing };
            }
            match (Packet::split(&self.bytes), split::<HEAD>(&self.bytes, DATA_START)) {
                (Ok((packet, _)), _) if packet.device == DEVICE && packet.is_intact() => {
                    return Verdict::Packet;
                }
                (Ok(_), _) => return Verdict::Damaged,
                (Err(FrameError::Incomplete), _) => return Verdict::Nothing,
                (_, Ok(_) | Err(FrameError::Incomplete)) if self.data == 0 => self.drop_front(1),
                (_, Ok((head, _))) if *head == DATA_HEAD => {
                    self.incoming.begin(self.data);
                    self.sum = sum_of(&DATA_HEAD);
                    self.drop_front(HEAD);
                }
                (_, Ok(_)) => return Verdict::Damaged,
                (_, Err(FrameError::Incomplete)) => return Verdict::Nothing,
                _ => self.drop_front(1),
            }
        }
    }

    fn drop_front(&mut self, count: usize) {
        let whole = self.bytes.len();
        let len = whole.saturating_sub(count);
        self.bytes.rotate_left(count.min(whole));
        if let Some(dropped) = self.bytes.get_mut(len..) {
            dropped.zeroize();
        }
        self.bytes.truncate(len);
    }
}

/// Without the bytes.
impl fmt::Debug for Parser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Parser({} bytes, {} expected)", self.bytes.len(), self.data)
    }
}
