use crate::port::{Duration, Instant, Step};

/// Babble is endured this long before a command, as a multiple of the silence
/// that is asked for.
const BABBLE: u64 = 16;

/// The frames of a family: the command that goes out, what comes in.
pub trait Framing {
    /// What goes wrong.
    type Fault;

    /// That it went wrong with the command.
    fn fault(&self, lapse: Lapse) -> Self::Fault;

    /// The whole command.
    fn command(&self) -> &[u8];

    /// The command is not needed any more; it may hold a secret.
    fn wipe(&mut self) {}

    /// How long the module needs before what is to be sent next: it may still
    /// be at work on the packet before.
    fn pause(&self) -> Duration {
        Duration::ZERO
    }

    /// Whether the command is to stop the module while it sends, so that no
    /// silence is waited for.
    fn is_interrupt(&self) -> bool {
        false
    }

    /// How long the module may still go on by itself with a transfer that was
    /// given up: so much longer babble is endured before a command.
    fn tail(&self) -> Duration {
        Duration::ZERO
    }

    /// Takes bytes in; how many.
    fn push(&mut self, bytes: &[u8]) -> usize;

    /// Throws away what was taken in.
    fn clear(&mut self);

    /// Whether there is the beginning of a frame.
    fn is_within_frame(&self) -> bool;

    /// Judges what came while nothing was asked.
    fn discard(&mut self, silence: Silence) -> Result<(), Self::Fault>;

    /// Judges what came after the command.
    fn judge(&mut self) -> Result<Heard, Self::Fault>;
}

/// What can go wrong between any two that take turns.
#[derive(Clone, Copy, Debug)]
pub enum Lapse {
    Timeout,
    /// The answer was cut off.
    Damaged,
    OutOfStep,
    Babble,
}

/// How much of the answer is there.
#[derive(Clone, Copy, Debug)]
pub enum Heard {
    Nothing,
    /// One frame, and another is due.
    Part,
    /// One frame. What is to be sent has changed: it goes out, if there is
    /// any; then the next frame is due within this time, or when it was.
    Turn(Option<Duration>),
    /// The same, and before that the frames are handed to the script: to take
    /// out what came, or to put in what is to be sent.
    Piece(Option<Duration>),
    All,
}

/// The silence that is asked for before a command.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Silence {
    /// In step: what comes now is out of place.
    Quiet,
    /// After a fault: whatever comes is thrown away.
    Settle,
}

/// What the face is to do while a script waits.
pub(super) type Wait = Step<(), (), ()>;

/// The times of a family's table that are the line's, where they stand: most
/// are not needed each time.
#[derive(Clone, Copy, Debug)]
pub struct Pace<'c> {
    /// Silence before a command.
    pub(super) quiet: &'c Duration,
    /// The same, after a fault.
    pub(super) settle: &'c Duration,
    /// Between two bytes of a frame.
    pub(super) gap: &'c Duration,
    /// For an answer that takes no work.
    pub(super) reply: &'c Duration,
}

impl Pace<'_> {
    const fn silence(self, silence: Silence) -> Duration {
        match silence {
            Silence::Quiet => *self.quiet,
            Silence::Settle => *self.settle,
        }
    }
}

/// How far a command is.
pub(super) enum Progress {
    Waiting,
    Piece,
    Answered,
}

#[derive(Clone, Copy, Debug)]
enum Phase {
    Idle,
    /// Waiting for silence.
    Drain(Silence),
    Send,
    Reply,
}

/// One command on its way and its answer: frames and deadlines, no meaning.
#[derive(Debug)]
pub(super) struct Wire<F> {
    pub(super) frames: F,
    phase: Phase,
    pub(super) wait: Wait,
    sent: usize,
    /// When silence is too late; then, when sending may begin.
    gate: Instant,
    /// How long the answer may take once all is sent, if not until when it was
    /// due.
    time: Option<Duration>,
    /// When the answer is too late.
    due: Instant,
    /// When something was last heard.
    heard: Instant,
}

impl<F> Wire<F> {
    pub(super) const fn new(frames: F) -> Self {
        Self {
            frames,
            phase: Phase::Idle,
            wait: Step::Pause { until: Instant::ZERO },
            sent: 0,
            gate: Instant::ZERO,
            time: None,
            due: Instant::ZERO,
            heard: Instant::ZERO,
        }
    }

    pub(super) const fn is_idle(&self) -> bool {
        matches!(self.phase, Phase::Idle)
    }
}

impl<F: Framing> Wire<F> {
    /// Gives up what is on its way.
    pub(super) fn abandon(&mut self) {
        self.frames.clear();
        self.end();
    }

    fn end(&mut self) {
        self.phase = Phase::Idle;
        self.frames.wipe();
    }

    /// Starts with the command of the frames, whose answer may take `time`.
    pub(super) fn begin(&mut self, silence: Silence, time: Duration, pace: Pace<'_>, now: Instant) {
        // What came in while nobody listened is heard now.
        self.heard = now;
        self.gate = now + pace.silence(silence).times(BABBLE) + self.frames.tail();
        self.time = Some(time);
        self.phase = Phase::Drain(silence);
    }

    /// Goes on with the command.
    pub(super) fn poll(&mut self, pace: Pace<'_>, now: Instant) -> Result<Progress, F::Fault> {
        let result = self.advance(pace, now);
        if !matches!(result, Ok(Progress::Waiting | Progress::Piece)) {
            self.end();
        }
        result
    }

    fn advance(&mut self, pace: Pace<'_>, now: Instant) -> Result<Progress, F::Fault> {
        loop {
            match self.phase {
                Phase::Idle => return Err(self.frames.fault(Lapse::OutOfStep)),
                Phase::Drain(silence) => {
                    self.frames.discard(silence)?;
                    let until = self.heard + self.silence(silence, pace);
                    if now < until {
                        return self.wait(Step::Receive { until }, now < self.gate, Lapse::Babble);
                    }
                    self.frames.clear();
                    self.send(self.time, now);
                }
                Phase::Send => {
                    let (from, until) = (self.gate, self.gate + *pace.reply);
                    if now < from {
                        return self.wait(Step::Pause { until: from }, true, Lapse::Timeout);
                    }
                    if !self.outgoing().is_empty() {
                        return self.wait(Step::Send { until }, now < until, Lapse::Timeout);
                    }
                    self.frames.wipe();
                    self.due = self.time.map_or(self.due, |time| now + time);
                    self.phase = Phase::Reply;
                }
                Phase::Reply => match self.frames.judge()? {
                    Heard::Nothing => return self.overdue(pace, now),
                    Heard::Part => self.due = now + *pace.reply,
                    Heard::Turn(time) => self.send(time, now),
                    Heard::Piece(time) => {
                        self.send(time, now);
                        return Ok(Progress::Piece);
                    }
                    Heard::All => return Ok(Progress::Answered),
                },
            }
        }
    }

    fn silence(&self, silence: Silence, pace: Pace<'_>) -> Duration {
        if self.frames.is_interrupt() { Duration::ZERO } else { pace.silence(silence) }
    }

    fn send(&mut self, time: Option<Duration>, now: Instant) {
        self.sent = 0;
        self.time = time;
        self.gate = now + self.frames.pause();
        self.phase = Phase::Send;
    }

    fn wait(&mut self, wait: Wait, in_time: bool, lapse: Lapse) -> Result<Progress, F::Fault> {
        self.wait = wait;
        if in_time { Ok(Progress::Waiting) } else { Err(self.frames.fault(lapse)) }
    }

    fn overdue(&mut self, pace: Pace<'_>, now: Instant) -> Result<Progress, F::Fault> {
        let (due, gap) = (self.due, self.heard + *pace.gap);
        if !self.frames.is_within_frame() {
            return self.wait(Step::Receive { until: due }, now < due, Lapse::Timeout);
        }
        if now >= gap {
            return Err(self.frames.fault(Lapse::Damaged));
        }
        self.wait(Step::Receive { until: due.min(gap) }, now < due, Lapse::Timeout)
    }

    pub(super) fn outgoing(&self) -> &[u8] {
        self.frames.command().get(self.sent..).unwrap_or(&[])
    }

    pub(super) fn sent(&mut self, n: usize) {
        self.sent = self.sent.saturating_add(n);
    }

    pub(super) fn received(&mut self, bytes: &[u8], now: Instant) -> usize {
        self.heard = now;
        self.frames.push(bytes)
    }
}
