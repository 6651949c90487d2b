use core::fmt;

use zeroize::Zeroize;

use crate::port::{Duration, Instant};

/// How long a port may take for one transaction. An `SpiDevice` takes no
/// longer than its bytes do; this is for one that is shared and busy.
const PATIENCE: Duration = Duration::from_millis(100);

/// The most bytes of data in one transaction, behind an address.
pub(super) const DATA: usize = 64;

#[derive(Clone, Copy)]
enum State {
    /// Nothing under way; what came last is still there.
    Over,
    Sending(Instant),
    Receiving(Instant),
}

/// What a transaction waits for.
pub(super) enum Waits {
    Send(Instant),
    Receive(Instant),
    /// It is over.
    Nothing,
    /// The port did not carry it out in time.
    Stalled,
}

/// One full-duplex transaction with a chip: what goes out, then, in its place,
/// what came in.
pub(super) struct Transaction {
    bytes: [u8; 1 + DATA],
    len: usize,
    /// How many bytes were sent, then how many came.
    done: usize,
    state: State,
}

impl Transaction {
    pub(super) const fn new() -> Self {
        Self { bytes: [0; 1 + DATA], len: 0, done: 0, state: State::Over }
    }

    /// Gives up what was under way.
    pub(super) fn abandon(&mut self) {
        self.bytes.zeroize();
        (self.len, self.done, self.state) = (0, 0, State::Over);
    }

    /// Begins; the bytes so far are these.
    pub(super) fn begin(&mut self, bytes: &[u8], now: Instant) {
        self.abandon();
        bytes.iter().for_each(|byte| self.push(*byte));
        self.state = State::Sending(now + PATIENCE);
    }

    /// One byte more to send; what is too much is left out.
    pub(super) fn push(&mut self, byte: u8) {
        if let Some(free) = self.bytes.get_mut(self.len) {
            *free = byte;
            self.len += 1;
        }
    }

    pub(super) fn waits(&self, now: Instant) -> Waits {
        match self.state {
            State::Over => Waits::Nothing,
            State::Sending(until) if now < until => Waits::Send(until),
            State::Receiving(until) if now < until => Waits::Receive(until),
            State::Sending(_) | State::Receiving(_) => Waits::Stalled,
        }
    }

    pub(super) fn outgoing(&self) -> &[u8] {
        self.bytes.get(self.done..self.len).unwrap_or_default()
    }

    pub(super) fn sent(&mut self, n: usize) {
        let State::Sending(until) = self.state else { return };
        self.done = self.done.saturating_add(n);
        if self.done >= self.len {
            (self.done, self.state) = (0, State::Receiving(until));
        }
    }

    pub(super) fn received(&mut self, bytes: &[u8]) -> usize {
        let State::Receiving(_) = self.state else { return bytes.len() };
        for (to, from) in self.bytes.iter_mut().take(self.len).skip(self.done).zip(bytes) {
            *to = *from;
            self.done += 1;
        }
        if self.done >= self.len {
            self.state = State::Over;
        }
        bytes.len()
    }

    /// What came in, behind the byte that was clocked in with the address.
    pub(super) fn reply(&self) -> &[u8] {
        self.bytes.get(1..self.len).unwrap_or_default()
    }

    /// Clears the lowest bits of the first byte of the reply.
    pub(super) fn clear_low_bits(&mut self, bits: u8) {
        if let (true, Some(first)) = (self.len > 1, self.bytes.get_mut(1)) {
            *first &= 0xFF_u8.checked_shl(bits.into()).unwrap_or(0);
        }
    }

    /// The first bytes of the reply.
    pub(super) fn values<const N: usize>(&self) -> [u8; N] {
        self.reply().first_chunk().copied().unwrap_or([0; N])
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        self.bytes.zeroize();
    }
}

impl fmt::Debug for Transaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.len)
    }
}
