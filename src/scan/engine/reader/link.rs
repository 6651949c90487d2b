use super::code::Code;
use super::inbox::Inbox;
use super::language::{Bytes, Front, Language};
use crate::port::{Duration, Instant, Step};
use crate::scan::Scan;

/// How long the port is looked at once more before silence counts.
const LAST_LOOK: Duration = Duration::from_millis(1);

/// What outlives a conversation with an engine that speaks `L`.
pub struct Link<L: Language, const N: usize> {
    pub(super) language: L,
    pub(super) code: Code<N>,
    inbox: Inbox,
    /// When the last byte came.
    heard_at: Instant,
    /// Until when the port is looked at once more before silence counts.
    last_look: Option<Instant>,
    /// The last step was a look at the port.
    looked: bool,
    /// What is due to the engine.
    answer: Bytes,
    /// By when it is to be sent.
    answer_by: Option<Instant>,
    /// The last byte of what of it was sent.
    answered_at: Option<Instant>,
    reply: Option<L::Reply>,
    again: bool,
    /// A code that is lost, after so many bytes.
    spoilt: Option<u16>,
    /// What came last is part of nothing.
    stray: bool,
    /// Whether the engine is known and set up.
    pub(super) ready: bool,
    /// The last byte of a command that was not sent to its end.
    pub(super) broken_off: Option<Instant>,
}

impl<L: Language, const N: usize> core::fmt::Debug for Link<L, N> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Link").field("scan", &self.code.scan()).finish_non_exhaustive()
    }
}

impl<L: Language, const N: usize> Link<L, N> {
    pub(super) const fn new(language: L) -> Self {
        Self {
            language,
            code: Code::new(),
            inbox: Inbox::new(),
            heard_at: Instant::ZERO,
            last_look: None,
            looked: false,
            answer: Bytes::new(),
            answer_by: None,
            answered_at: None,
            reply: None,
            again: false,
            spoilt: None,
            stray: false,
            ready: false,
            broken_off: None,
        }
    }

    /// When the last byte came.
    pub(super) const fn heard_at(&self) -> Instant {
        self.heard_at
    }

    /// From now on the reply to this is waited for.
    pub(super) fn expect(&mut self, command: Option<&L::Command>) {
        self.language.expect(command);
        (self.reply, self.again) = (None, false);
    }

    /// The reply that was waited for.
    pub(super) fn take_reply(&mut self) -> Option<L::Reply> {
        self.reply.take()
    }

    /// Whether the engine wants the command again.
    pub(super) fn take_again(&mut self) -> bool {
        core::mem::take(&mut self.again)
    }

    /// A code that is lost, and how many bytes of it came.
    pub(super) fn take_spoilt(&mut self) -> Option<u16> {
        self.spoilt.take()
    }

    /// The code that waits.
    pub(super) const fn scan(&self) -> Option<Scan> {
        self.code.scan()
    }

    /// When the engine has forgotten a command that was broken off.
    pub(super) fn forgotten_at(&self) -> Instant {
        let gap = self.language.timing().command_gap;
        self.broken_off.map_or(Instant::ZERO, |at| at + gap)
    }

    /// What there is to do about what is due to the engine.
    pub(super) fn owed<T, F, E>(&mut self, now: Instant) -> Option<Step<T, F, E>> {
        let (may_send, until) = self.due(now)?;
        Some(if may_send { Step::Send { until } } else { Step::Receive { until } })
    }

    /// Whether the answer may be sent now, and until when that holds.
    fn due(&mut self, now: Instant) -> Option<(bool, Instant)> {
        if self.answer.as_slice().is_empty() {
            return None;
        }
        let from = self.forgotten_at();
        if now < from {
            return Some((false, from));
        }
        let send = self.language.timing().send;
        let until = *self.answer_by.get_or_insert(now + send);
        if now < until {
            return Some((true, until));
        }
        // Of the first there may be a beginning that the engine waits on.
        self.broken_off = self.answered_at.or(self.broken_off);
        self.answered(Bytes::MOST, now);
        None
    }

    pub(super) fn answer(&self) -> &[u8] {
        self.answer.as_slice()
    }

    /// So many bytes of the answer went out.
    pub(super) fn answered(&mut self, n: usize, now: Instant) {
        self.answer.drop_front(n);
        self.answer_by = None;
        self.answered_at = (!self.answer.as_slice().is_empty()).then_some(now);
    }

    /// Bytes came in. Returns how many were taken, at least one.
    pub(super) fn hear(&mut self, bytes: &[u8], now: Instant) -> usize {
        self.heard_at = now;
        self.last_look = None;
        self.language.at(now);
        if self.inbox.is_full() {
            self.digest(true);
        }
        let taken = self.inbox.push(bytes);
        self.digest(false);
        taken
    }

    /// Time passes: what is not complete by now will not be. Who polls seldom
    /// has not looked, nor has who was sending, and the rest may lie in the port;
    /// so silence counts when the port was looked at after it.
    pub(super) fn pass(&mut self, now: Instant) {
        if now < self.wakes_at() {
            return;
        }
        if self.last_look.is_none() || !self.looked {
            self.last_look = Some(now + LAST_LOOK);
            return;
        }
        self.last_look = None;
        self.language.at(now);
        self.digest(true);
        self.stray = false;
        if self.code.is_growing() && now.since(self.heard_at) >= self.language.pause() {
            self.spoil();
        }
    }

    /// The step that is about to be taken: whether it is a look at the port.
    pub(super) const fn about_to<T, F, E>(&mut self, step: Step<T, F, E>) -> Step<T, F, E> {
        self.looked = matches!(step, Step::Receive { .. });
        step
    }

    /// When time itself will change something.
    pub(super) fn wakes_at(&self) -> Instant {
        let gap = match self.inbox.is_empty() {
            true if !self.stray && !self.waits() => return Instant::FAR_FUTURE,
            true => self.language.pause(),
            false => self.language.timing().byte_gap,
        };
        self.last_look.unwrap_or(self.heard_at + gap)
    }

    /// Whether silence means something although no byte is held.
    fn waits(&self) -> bool {
        self.code.is_growing() || self.language.is_unsettled()
    }

    /// Takes from the front what is understood.
    fn digest(&mut self, silent: bool) {
        // A front may take no byte: a code begins or ends. Twice for each byte
        // is more than there can be.
        for _ in 0..2 * super::INBOX + 2 {
            if self.inbox.is_empty() && !(silent && self.waits()) {
                return;
            }
            let front = self.language.front(self.inbox.as_slice(), silent);
            if matches!(front, Front::Open) {
                if silent {
                    self.inbox.drop_front(super::INBOX);
                }
                return;
            }
            self.take(front);
        }
    }

    fn take(&mut self, front: Front<L::Reply>) {
        let n = front.len();
        match front {
            Front::Open | Front::Noise(_) => {}
            Front::Stray(_) => self.stray = true,
            Front::Begin(_, mut head) => {
                head.truncated |= core::mem::take(&mut self.stray);
                if self.code.is_growing() {
                    self.spoilt = Some(self.code.came());
                    self.code.drop_growing();
                }
                self.code.begin(head);
            }
            Front::Piece(_) | Front::End(_) | Front::Last(_) | Front::Excess(..) => {
                self.grow(&front);
            }
            Front::Spoilt(_) => {
                self.spoil();
                self.stray = true;
            }
            Front::Reply(_, reply) => (self.reply, self.stray) = (Some(reply), false),
            Front::Again(_) => self.again = true,
        }
        self.inbox.drop_front(n);
        if let Some(answer) = self.language.answer() {
            // All of it or nothing: the engine asks again.
            if self.answer.as_slice().len() + answer.as_slice().len() <= Bytes::MOST {
                self.answer.extend(answer.as_slice());
            }
        }
    }

    fn grow(&mut self, front: &Front<L::Reply>) {
        if let Front::Excess(_, missed) = front {
            self.code.doubt();
            self.code.missed = self.code.missed.saturating_add(*missed);
        }
        if matches!(front, Front::Piece(_) | Front::Last(_)) {
            self.code.push(self.inbox.as_slice().get(..front.len()).unwrap_or_default());
        }
        if !matches!(front, Front::Piece(_)) {
            self.code.end(self.heard_at, self.language.repeat());
        }
    }

    fn spoil(&mut self) {
        self.spoilt = Some(self.code.came());
        self.code.drop_growing();
        self.language.give_up();
    }
}
