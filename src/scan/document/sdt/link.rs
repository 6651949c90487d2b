use crc::{CRC_64_XZ, Crc, NoTable};
use zeroize::Zeroize;

use super::command::{Command, SPEEDS};
use super::config::{Config, Framing, Timing};
use super::frame::{Data, Reader, Seen};
use super::status::{Code, Status};
use crate::port::{Duration, Instant};

/// Cards of an OEM reader are told apart by this.
const FINGERPRINT: Crc<u64, NoTable> = Crc::<u64, NoTable>::new(&CRC_64_XZ);

/// How long the port is looked at once more before silence counts.
const LAST_LOOK: Duration = Duration::from_millis(1);

/// In bytes, with room: text, photo and fingerprints are 2321.
pub(super) const LONGEST_REPLY: usize = 2_400;

/// Who takes the data of a reply that is too long to be held.
pub(super) trait Sink {
    /// A reply with so many data bytes begins, perhaps again.
    fn begin(&mut self, _len: u16) {}

    /// Takes a byte of it; whether it can take another before it was heard.
    fn data(&mut self, _at: u16, _byte: u8) -> bool {
        true
    }
}

/// What came of a reply.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Reply {
    /// All of it.
    Whole(Status),
    /// A damaged one.
    Damaged,
}

/// What outlives a conversation with a reader.
pub struct Link {
    framing: Framing,
    pub(super) timing: Timing,
    reader: Reader,
    data: Data,
    /// The command whose reply is waited for.
    pending: Option<Command>,
    reply: Option<Reply>,
    /// How many bytes followed it at once.
    followed: usize,
    /// Whether anything came since it was sent.
    pub(super) heard: bool,
    heard_at: Instant,
    /// Until when the port is looked at once more before silence counts.
    last_look: Option<Instant>,
    /// Whether a card was reported and is not known to be gone.
    pub(super) card: bool,
    /// Its number, of a reader that sends it when it finds a card, as a
    /// fingerprint: as secret as the number, which can be computed back.
    number: u64,
    /// From then on nothing is tried again.
    pub(super) last_try: Instant,
    baud: u32,
    /// Nobody knows whether it is not this one.
    other: Option<u32>,
}

impl core::fmt::Debug for Link {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Link").field("card", &self.card).finish_non_exhaustive()
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.number.zeroize();
    }
}

impl Link {
    pub(super) const fn new(config: &Config) -> Self {
        Self {
            framing: config.framing,
            timing: config.timing,
            reader: Reader::new(config.framing),
            data: Data::new(),
            pending: None,
            reply: None,
            followed: 0,
            heard: false,
            heard_at: Instant::ZERO,
            last_look: None,
            card: false,
            number: 0,
            last_try: Instant::FAR_FUTURE,
            baud: config.baud,
            other: None,
        }
    }

    pub(super) const fn framing(&self) -> Framing {
        self.framing
    }

    /// The data of the last reply, if it was a short one.
    pub(super) fn data(&self) -> &[u8] {
        self.data.as_slice()
    }

    pub(super) fn forget(&mut self) {
        self.data.clear();
    }

    /// From now on the reply to this is waited for, or none: then what comes
    /// is passed over.
    pub(super) fn expect(&mut self, command: Option<Command>) {
        self.pending = command;
        self.reply = None;
        self.followed = 0;
        self.heard = false;
        self.reader.restart();
        self.data.clear();
    }

    /// What was waited for, as soon as nothing follows it.
    pub(super) fn take_reply(&mut self, now: Instant) -> Option<Reply> {
        if self.babbles() || self.is_due(now) { self.reply.take() } else { None }
    }

    /// Whether more follows the reply than any other reply has: then no
    /// silence is waited for.
    const fn babbles(&self) -> bool {
        self.followed > LONGEST_REPLY
    }

    /// Whether it is there, and may not be over yet.
    pub(super) const fn is_replied(&self) -> bool {
        self.reply.is_some()
    }

    /// How many data bytes of it are there, if it has begun.
    pub(super) fn begun(&self) -> Option<u16> {
        self.reader.progress()
    }

    /// Bytes came in. Returns how many were used, at least one.
    pub(super) fn received(&mut self, bytes: &[u8], now: Instant, sink: &mut dyn Sink) -> usize {
        self.heard_at = now;
        self.last_look = None;
        let Some(command) = self.pending else { return bytes.len() };
        self.heard = true;
        if self.reply.is_some() {
            self.excess(bytes);
            return bytes.len();
        }
        let last = bytes.iter().position(|byte| !self.byte(*byte, command, sink));
        last.map_or(bytes.len(), |at| at + 1)
    }

    /// What follows a reply at once is another one that was late, or else more
    /// of it than its length says.
    fn excess(&mut self, bytes: &[u8]) {
        let is_other = bytes.first() == Some(&self.reader.mark_byte());
        let is_first = self.followed == 0;
        self.followed = self.followed.saturating_add(bytes.len());
        if is_first && !is_other || self.babbles() {
            self.reply = Some(Reply::Damaged);
        }
    }

    /// Takes a byte; whether another one may follow at once.
    fn byte(&mut self, byte: u8, command: Command, sink: &mut dyn Sink) -> bool {
        match self.reader.byte(byte, command) {
            Seen::Nothing => {}
            Seen::Status => self.begin(command, sink),
            Seen::Data(at) if command.streams() => return sink.data(at, byte),
            Seen::Data(_) => self.data.push(byte),
            Seen::Good => return !self.end(command),
            Seen::Bad => {
                self.reply = Some(Reply::Damaged);
                return false;
            }
        }
        true
    }

    fn begin(&mut self, command: Command, sink: &mut dyn Sink) {
        let (status, len) = (self.reader.status(), self.reader.data_len());
        self.data.clear();
        if !command.admits(status) {
            self.reader.restart();
        } else if command.streams() && len > 0 {
            sink.begin(len);
        }
    }

    /// A whole reply: whether it is the one.
    fn end(&mut self, command: Command) -> bool {
        let status = self.reader.status();
        let is_yes = matches!(status.code(), Code::Done | Code::Found);
        let fits = !is_yes || !command.has_data() || self.reader.data_len() > 0;
        if fits {
            self.reply = Some(Reply::Whole(status));
        }
        fits
    }

    /// When the line was quiet for so long.
    pub(super) fn quiet_at(&self) -> Instant {
        self.heard_at + self.timing.quiet
    }

    /// When silence says something: that a reply is over, or broken off.
    pub(super) fn due_at(&self) -> Instant {
        let silence = match self.reply {
            Some(_) => self.timing.settle,
            None if self.reader.is_inside() => self.timing.gap,
            None => return Instant::FAR_FUTURE,
        };
        self.last_look.unwrap_or(self.heard_at + silence)
    }

    /// Whether it is so far. Who polls seldom has not looked, and the rest may
    /// lie in the port; so that is seen to first.
    fn is_due(&mut self, now: Instant) -> bool {
        let overdue = now >= self.due_at();
        let looked = self.last_look.is_some();
        if overdue && !looked {
            self.last_look = Some(now + LAST_LOOK);
        }
        overdue && looked
    }

    /// Whether the reply that has begun does not go on.
    pub(super) fn is_stalled(&mut self, now: Instant) -> bool {
        self.reply.is_none() && self.is_due(now)
    }

    /// A card is there: whether it is another one than was reported. An OEM
    /// reader has just sent its number; of a module's, a card that is found
    /// or selected is another.
    pub(super) fn is_new_card(&mut self) -> bool {
        let number = match self.framing {
            Framing::Sdt => 0,
            Framing::Oem => FINGERPRINT.checksum(self.data()),
        };
        self.forget();
        let before = core::mem::replace(&mut self.number, number);
        !core::mem::replace(&mut self.card, true) || before != number
    }

    pub(super) const fn baud(&self) -> u32 {
        self.baud
    }

    /// The speed is this one, and nobody doubts it.
    pub(super) const fn set_baud(&mut self, baud: u32) {
        self.baud = baud;
        self.other = None;
    }

    /// The reader may have this one instead.
    pub(super) const fn suspect(&mut self, other: u32) {
        self.other = Some(other);
    }

    pub(super) const fn is_in_doubt(&self) -> bool {
        self.other.is_some()
    }

    /// Takes the other one; which it is.
    pub(super) const fn swap(&mut self) -> u32 {
        if let Some(other) = &mut self.other {
            core::mem::swap(other, &mut self.baud);
        }
        self.baud
    }

    /// The number of a speed in the command that sets it.
    pub(super) fn speed_number(baud: u32) -> Option<u8> {
        let at = SPEEDS.iter().position(|speed| *speed == baud)?;
        u8::try_from(at).ok()
    }
}
