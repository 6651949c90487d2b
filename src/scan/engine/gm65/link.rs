use crc::{CRC_64_XZ, Crc, NoTable};
use zeroize::Zeroize;

use super::frame::{CODE_MARK, Front, REPLY_MARK, Reply, code_len};
use super::symbology;
use super::timing::Timing;
use crate::port::{Duration, Instant};
use crate::scan::{Encoding, Scan};

/// The longest code the module can output: its length is one byte.
const CODE: usize = 256;
/// A reply parted by the longest code, and some.
const INBOX: usize = 320;

/// How long the port is looked at once more before silence counts.
const LAST_LOOK: Duration = Duration::from_millis(1);

/// Codes that are scanned again are known by this, for a moment. It is as
/// secret as they are: a short number can be computed back from it.
const FINGERPRINT: Crc<u64, NoTable> = Crc::<u64, NoTable>::new(&CRC_64_XZ);

/// A code that was read. It may be a secret, so `Debug` does not show it, and
/// it is overwritten when dropped.
pub struct Code {
    scan: Scan,
    bytes: [u8; CODE],
}

impl Code {
    /// Length, symbology, time.
    #[must_use]
    pub const fn scan(&self) -> Scan {
        self.scan
    }

    /// What was in the code.
    #[must_use]
    pub fn payload(&self) -> &[u8] {
        self.bytes.get(..self.scan.len).unwrap_or_default()
    }

    /// Copies as much of the payload as fits to the front of `buf`.
    pub(super) fn copy_to(&self, buf: &mut [u8]) -> Scan {
        let mut scan = self.scan;
        scan.len = copy(self.payload(), buf);
        scan.truncated |= scan.len < self.scan.len;
        scan
    }
}

impl Drop for Code {
    fn drop(&mut self) {
        self.bytes.zeroize();
    }
}

impl core::fmt::Debug for Code {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Code").field("scan", &self.scan).finish_non_exhaustive()
    }
}

/// Copies what fits, and says how much that was.
fn copy(from: &[u8], to: &mut [u8]) -> usize {
    to.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
    from.len().min(to.len())
}

/// Bytes from the module that are not understood yet.
struct Inbox {
    bytes: [u8; INBOX],
    len: usize,
}

impl Inbox {
    const fn is_empty(&self) -> bool {
        self.len == 0
    }

    const fn is_full(&self) -> bool {
        self.len == INBOX
    }

    fn as_slice(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    /// Takes what fits.
    fn push(&mut self, bytes: &[u8]) -> usize {
        let free = self.bytes.get_mut(self.len..).unwrap_or_default();
        let n = copy(bytes, free);
        self.len += n;
        n
    }

    /// Drops the first `n`, and overwrites them.
    fn drop_front(&mut self, n: usize) {
        let n = n.min(self.len);
        let held = self.bytes.get_mut(..self.len).unwrap_or_default();
        held.rotate_left(n);
        self.len -= n;
        self.bytes.get_mut(self.len..self.len + n).unwrap_or_default().zeroize();
    }
}

/// What the understood bytes end with.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Tail {
    /// Nothing that matters.
    Clear,
    /// Bytes that were part of nothing. A code among what follows them at once
    /// may be no code, but what is left of a reply or of another code.
    Noise,
    /// A code: what follows it at once is more of it, unless it is a reply.
    /// `kept` if it is the one that waits to be asked for.
    Code { kept: bool },
    /// More of a code than its length says: skipped until the line is quiet.
    Excess,
}

#[derive(Clone, Copy, Eq, PartialEq)]
struct Seen {
    fingerprint: u64,
    at: Instant,
}

/// What outlives a conversation with the module.
pub struct Link {
    inbox: Inbox,
    tail: Tail,
    /// When the last byte came.
    heard_at: Instant,
    /// Until when the port is looked at once more before silence counts.
    last_look: Option<Instant>,
    /// Whether the module is known and set up.
    pub(super) ready: bool,
    /// Whether it needs the register for raw output.
    pub(super) raw: bool,
    /// Whether codes come with a length in front. Not known before
    /// [`init`](super::Gm65::init).
    pub(super) framed: bool,
    pub(super) code_ids: bool,
    /// A code nobody has asked for yet.
    code: Option<Code>,
    /// A code that broke off: announced and received length.
    cut: Option<(u16, u16)>,
    missed: u32,
    seen: Option<Seen>,
    repeat: Duration,
    /// How many data bytes the reply has that is waited for.
    expected: Option<usize>,
    /// That reply.
    reply: Option<Reply>,
    /// The last byte of a command that was not sent to its end.
    pub(super) broken_off: Option<Instant>,
    /// Counts reads, so that replies to different ones differ in length.
    pub(super) turn: u8,
    settle: Duration,
    byte_gap: Duration,
}

impl core::fmt::Debug for Link {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Link").field("code", &self.code).finish_non_exhaustive()
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.inbox.bytes.zeroize();
        if let Some(seen) = &mut self.seen {
            seen.fingerprint.zeroize();
        }
    }
}

impl Link {
    pub(super) const fn new(repeat: Duration, timing: &Timing) -> Self {
        Self {
            inbox: Inbox { bytes: [0; INBOX], len: 0 },
            tail: Tail::Clear,
            heard_at: Instant::ZERO,
            last_look: None,
            ready: false,
            raw: false,
            framed: false,
            code_ids: false,
            code: None,
            cut: None,
            missed: 0,
            seen: None,
            repeat,
            expected: None,
            reply: None,
            broken_off: None,
            turn: 0,
            settle: timing.settle,
            byte_gap: timing.byte_gap,
        }
    }

    /// How many codes came while one was waiting to be asked for.
    pub(super) const fn missed(&self) -> u32 {
        self.missed
    }

    /// When the last byte came.
    pub(super) const fn heard_at(&self) -> Instant {
        self.heard_at
    }

    /// From now on a reply with so many data bytes is waited for, or none.
    pub(super) fn expect(&mut self, expected: Option<usize>) {
        self.expected = expected;
        self.reply = None;
    }

    /// The reply that was waited for.
    pub(super) fn take_reply(&mut self) -> Option<Reply> {
        self.reply.take()
    }

    /// Bytes came in. Returns how many were taken, at least one.
    pub(super) fn hear(&mut self, bytes: &[u8], now: Instant) -> usize {
        self.heard_at = now;
        self.last_look = None;
        if self.inbox.is_full() {
            self.give_up();
        }
        let taken = self.inbox.push(bytes);
        self.digest();
        taken
    }

    /// Time passes: what is not complete by now will not be. Who polls seldom
    /// has not looked, and the rest may lie in the port; so silence counts
    /// when the port was looked at after it.
    pub(super) fn pass(&mut self, now: Instant) {
        if now < self.wakes_at() {
            return;
        }
        if self.last_look.is_none() {
            self.last_look = Some(now + LAST_LOOK);
            return;
        }
        self.last_look = None;
        let silence = now.since(self.heard_at);
        while silence >= self.byte_gap && !self.inbox.is_empty() {
            self.give_up();
            self.digest();
        }
        if silence >= self.settle && self.inbox.is_empty() {
            self.tail = Tail::Clear;
        }
    }

    /// Gives up the incomplete frame at the front.
    fn give_up(&mut self) {
        match self.inbox.as_slice() {
            // All that is there was to be part of it. To look for frames among
            // the bytes of a code is to believe what is printed on paper.
            [CODE_MARK, len, came @ ..] => {
                let short = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
                self.cut = Some((short(code_len(*len)), short(came.len())));
                self.inbox.drop_front(INBOX);
            }
            _ => _ = self.skip_noise(),
        }
    }

    /// Takes from the front what is complete.
    fn digest(&mut self) {
        // Ends: as long as it goes on, at least one byte is dropped.
        while match self.inbox.as_slice() {
            [] => false,
            _ if self.tail == Tail::Excess => self.skip_noise(),
            [CODE_MARK, ..] if self.framed && !self.is_behind_code() => self.digest_code(),
            [REPLY_MARK, ..] => self.digest_reply(),
            _ => self.skip_noise(),
        } {}
    }

    /// Whether the front is right behind a code. The module reads one code for
    /// each trigger, so no other can stand there.
    const fn is_behind_code(&self) -> bool {
        matches!(self.tail, Tail::Code { .. })
    }

    /// Whether the code at the front is complete, and was taken.
    fn digest_code(&mut self) -> bool {
        let [_, len, rest @ ..] = self.inbox.as_slice() else { return false };
        let len = code_len(*len);
        let Some(code) = rest.get(..len).map(|counted| self.code_of(counted)) else { return false };
        self.inbox.drop_front(2 + len);
        self.keep(code);
        true
    }

    /// Whether it can be told what is at the front, and was taken.
    fn digest_reply(&mut self) -> bool {
        let bytes = self.inbox.as_slice();
        match Front::of(bytes, self.expected.filter(|_| self.framed)) {
            Front::Open => return false,
            Front::Noise => return self.skip_noise(),
            Front::Reply { reply, total } => {
                self.inbox.drop_front(total);
                self.tail = Tail::Clear;
                self.answer(reply);
            }
            Front::Parted { reply, at, code_len } => {
                let code = bytes.get(at + 2..at + code_len).map(|code| self.code_of(code));
                self.inbox.drop_front(code_len + reply.size());
                self.tail = Tail::Clear;
                code.into_iter().for_each(|code| self.keep(code));
                self.tail = Tail::Clear;
                self.answer(reply);
            }
        }
        true
    }

    /// A late reply to an earlier command has another length, and is dropped.
    fn answer(&mut self, reply: Reply) {
        if self.expected == Some(reply.data.len()) {
            self.expected = None;
            self.reply = Some(reply);
        }
    }

    /// Drops a byte that begins nothing. Right behind a code it is more of it,
    /// and so is all that follows.
    fn skip_noise(&mut self) -> bool {
        match self.tail {
            Tail::Clear => self.tail = Tail::Noise,
            Tail::Code { kept } => {
                self.tail = Tail::Excess;
                // What the whole of it was is not known.
                self.seen = None;
                self.code.iter_mut().filter(|_| kept).for_each(|code| code.scan.truncated = true);
            }
            Tail::Noise | Tail::Excess => {}
        }
        self.inbox.drop_front(if self.tail == Tail::Excess { INBOX } else { 1 });
        true
    }

    fn code_of(&self, counted: &[u8]) -> Code {
        let (symbology, payload) = match counted.split_first() {
            Some((id, payload)) if self.code_ids => (symbology::aim(*id), payload),
            _ => (None, counted),
        };
        let truncated = self.tail == Tail::Noise;
        let encoding = Encoding::Unknown;
        let scan = Scan { len: 0, symbology, encoding, truncated, at: self.heard_at };
        let mut code = Code { scan, bytes: [0; CODE] };
        code.scan.len = copy(payload, &mut code.bytes);
        code
    }

    fn keep(&mut self, code: Code) {
        let repeated = self.is_repeated(&code);
        let kept = !repeated && self.code.is_none();
        self.tail = Tail::Code { kept };
        if kept {
            self.code = Some(code);
        } else if !repeated {
            self.missed = self.missed.saturating_add(1);
        }
    }

    /// Whether the same code was seen less than the set time before; it counts
    /// as seen again.
    fn is_repeated(&mut self, code: &Code) -> bool {
        let seen = Seen { fingerprint: FINGERPRINT.checksum(code.payload()), at: code.scan.at };
        let before = self.seen.replace(seen);
        before.is_some_and(|before| {
            before.fingerprint == seen.fingerprint && seen.at.since(before.at) < self.repeat
        })
    }

    /// A code that broke off since this was asked last.
    pub(super) fn take_cut(&mut self) -> Option<(u16, u16)> {
        self.cut.take()
    }

    /// The code that is waiting, unless more of it may follow.
    pub(super) fn take_settled(&mut self) -> Option<Code> {
        if self.tail == (Tail::Code { kept: true }) { None } else { self.code.take() }
    }

    /// When time itself will change something.
    pub(super) fn wakes_at(&self) -> Instant {
        let due = match self.tail {
            _ if !self.inbox.is_empty() => self.heard_at + self.byte_gap,
            Tail::Noise | Tail::Code { .. } | Tail::Excess => self.heard_at + self.settle,
            Tail::Clear => Instant::FAR_FUTURE,
        };
        self.last_look.unwrap_or(due)
    }
}
