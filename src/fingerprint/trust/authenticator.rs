use super::trial::Trial;
use super::{
    Attempts, Audit, Authenticated, Claim, Comparison, Denied, Enrolee, Evidence, Nonce,
    OutOfOrder, Pin, Policy, Presence, Reply,
};
use crate::ErrorKind;
use crate::fingerprint::SensorId;
use crate::port::Instant;

/// What an [`Authenticator`] wants next.
#[derive(Debug)]
pub enum Step<I> {
    /// Nothing: [`Authenticator::begin`].
    Idle,
    /// Write this down, if it is to be known; told once, and gone on by itself.
    Tell(Audit<I>),
    /// Ask the sensor which one it is and how many templates it has:
    /// [`Authenticator::sensor`], or [`Authenticator::sensor_failed`].
    Sensor,
    /// Have the sensor prove that it knows its secret:
    /// [`Authenticator::proved`], or [`Authenticator::sensor_failed`].
    Prove,
    /// Keep this count, so that a power cut does not lose it:
    /// [`Authenticator::persisted`], or [`Authenticator::not_persisted`].
    Persist(Attempts, Audit<I>),
    /// Wait for a finger and compare it: [`Authenticator::compared`].
    Compare(Comparison),
    /// Ask this person for the second factor:
    /// [`Authenticator::second_factor`].
    SecondFactor(I),
    /// It is over; told once.
    Done(Result<Authenticated<I>, Denied>),
}

/// Turns what a sensor claims into an authentication.
///
/// A machine without I/O: ask [`step`](Self::step), do it, say what came of it
/// with the method that the step names.
#[derive(Debug)]
pub struct Authenticator<'a, P: Enrolee> {
    policy: Policy,
    people: &'a [P],
    attempts: Attempts,
    closed_until: Instant,
    /// The sensor of this start, where any is accepted at first.
    pinned: Option<SensorId>,
    trial: Option<Trial<'a, P>>,
    state: State<P::Id>,
    /// A poor capture, an end and a lock-out; nothing else happens until they are
    /// told.
    told: [Option<Audit<P::Id>>; 3],
}

#[derive(Debug)]
enum State<I> {
    Idle,
    Sensor,
    Prove,
    Count,
    /// The attempt is counted, and no comparison asked for that has no answer.
    Ready,
    Comparing,
    Second(Evidence<I>),
    Forgive(Evidence<I>),
    Return,
    Ended(Result<Evidence<I>, Denied>),
}

impl<'a, P: Enrolee> Authenticator<'a, P> {
    /// Begins, after every start. `attempts` is what was persisted last; a
    /// lock-out that ran then runs anew, for time before the start is not known.
    #[must_use]
    pub fn new(policy: Policy, people: &'a [P], attempts: Attempts, now: Instant) -> Self {
        Self {
            policy,
            people,
            attempts,
            closed_until: now + policy.lock_out.after(attempts).unwrap_or_default(),
            pinned: match policy.sensor {
                Pin::To(id) => Some(id),
                Pin::FirstSeen => None,
            },
            trial: None,
            state: State::Idle,
            told: [None, None, None],
        }
    }

    /// Attempts that count as failed.
    #[must_use]
    pub const fn attempts(&self) -> Attempts {
        self.attempts
    }

    /// When there is an attempt; not in the future if there is one.
    #[must_use]
    pub const fn closed_until(&self) -> Instant {
        self.closed_until
    }

    /// Begins an authentication. What comes of it is bound to `nonce`.
    ///
    /// # Errors
    /// [`OutOfOrder`] while another one is under way: [`abandon`](Self::abandon)
    /// it.
    pub fn begin(
        &mut self,
        claim: Claim<P::Id>,
        nonce: Nonce,
        now: Instant,
    ) -> Result<(), OutOfOrder> {
        self.expect(|state| matches!(state, State::Idle))?;
        if now < self.closed_until {
            self.end(Denied::LockedOut { until: self.closed_until });
            return Ok(());
        }
        match Trial::new(&self.policy, self.people, claim, nonce) {
            Err(denied) => self.end(denied),
            Ok(trial) => {
                self.trial = Some(trial);
                self.state = State::Sensor;
            }
        }
        Ok(())
    }

    /// What to do now. The same until it is done, except for what is told once.
    pub fn step(&mut self) -> Step<P::Id> {
        if let Some(event) = self.told.iter_mut().find_map(Option::take) {
            return Step::Tell(event);
        }
        let attempts = self.attempts;
        match &self.state {
            State::Idle => Step::Idle,
            State::Sensor => Step::Sensor,
            State::Prove => Step::Prove,
            State::Count => {
                let counted = attempts.one_more();
                Step::Persist(counted, Audit::Counted(counted))
            }
            State::Return => {
                let returned = attempts.one_less();
                Step::Persist(returned, Audit::Returned(returned))
            }
            State::Forgive(evidence) => Step::Persist(Attempts::NONE, Audit::Passed(*evidence)),
            State::Ready | State::Comparing => self.compare(),
            State::Second(evidence) => Step::SecondFactor(evidence.who),
            State::Ended(result) => {
                let result = *result;
                self.state = State::Idle;
                self.finish(result)
            }
        }
    }

    /// What the sensor says of itself.
    ///
    /// # Errors
    /// [`OutOfOrder`].
    pub fn sensor(&mut self, sensor: Presence) -> Result<(), OutOfOrder> {
        self.expect(|state| matches!(state, State::Sensor))?;
        let expected = *self.pinned.get_or_insert(sensor.id);
        if sensor.id != expected {
            self.end(Denied::OtherSensor);
        } else if !sensor.id.is_unique() && !self.policy.accept_alike {
            self.end(Denied::AlikeSensor);
        } else if sensor.stored == 0 {
            self.end(Denied::NoTemplate);
        } else {
            self.state = if self.policy.proof { State::Prove } else { State::Count };
        }
        if let Some(trial) = &mut self.trial {
            trial.sensor = Some(sensor);
        }
        Ok(())
    }

    /// Whether the sensor knows the secret.
    ///
    /// # Errors
    /// [`OutOfOrder`].
    pub fn proved(&mut self, proved: bool) -> Result<(), OutOfOrder> {
        self.expect(|state| matches!(state, State::Prove))?;
        if proved {
            self.state = State::Count;
        } else {
            self.end(Denied::Unproven);
        }
        Ok(())
    }

    /// The sensor failed before a comparison: nothing was counted.
    ///
    /// # Errors
    /// [`OutOfOrder`].
    pub fn sensor_failed(&mut self, kind: ErrorKind) -> Result<(), OutOfOrder> {
        self.expect(|state| matches!(state, State::Sensor | State::Prove))?;
        self.end(Denied::of(kind));
        Ok(())
    }

    /// The count is kept.
    ///
    /// # Errors
    /// [`OutOfOrder`].
    pub fn persisted(&mut self) -> Result<(), OutOfOrder> {
        self.expect(|state| matches!(state, State::Count | State::Forgive(_) | State::Return))?;
        match self.state {
            State::Count => {
                self.attempts = self.attempts.one_more();
                self.state = State::Ready;
            }
            State::Forgive(evidence) => {
                self.attempts = Attempts::NONE;
                self.state = State::Ended(Ok(evidence));
            }
            _ => {
                self.attempts = self.attempts.one_less();
                self.end(Denied::Abandoned);
            }
        }
        Ok(())
    }

    /// The count could not be kept: nobody passes. What the store has may be the
    /// count of before or the new one; it is not taken for less than it was.
    ///
    /// # Errors
    /// [`OutOfOrder`].
    pub fn not_persisted(&mut self, now: Instant) -> Result<(), OutOfOrder> {
        self.expect(|state| matches!(state, State::Count | State::Forgive(_) | State::Return))?;
        match self.state {
            State::Count => self.end(Denied::Storage),
            _ => self.failed(Denied::Storage, now),
        }
        Ok(())
    }

    /// What the sensor said of the finger, and its interruptions by now.
    ///
    /// # Errors
    /// [`OutOfOrder`].
    pub fn compared(
        &mut self,
        reply: Reply,
        interruptions: u32,
        now: Instant,
    ) -> Result<(), OutOfOrder> {
        self.expect(|state| matches!(state, State::Comparing))?;
        if reply == Reply::Failed(ErrorKind::Retry) {
            self.state = State::Ready;
            self.tell(Audit::Poor);
            return Ok(());
        }
        let Some(trial) = &mut self.trial else { return Err(OutOfOrder) };
        match trial.judge(&self.policy, self.people, reply, interruptions, now) {
            Ok(Some(evidence)) => self.matched(evidence),
            Ok(None) => self.state = State::Ready,
            Err(denied) => self.failed(denied, now),
        }
        Ok(())
    }

    /// Whether the person passed the second factor. The attempt that was counted
    /// for the finger is the attempt for both.
    ///
    /// # Errors
    /// [`OutOfOrder`].
    pub fn second_factor(&mut self, passed: bool, now: Instant) -> Result<(), OutOfOrder> {
        self.expect(|state| matches!(state, State::Second(_)))?;
        match self.state {
            State::Second(evidence) if passed => {
                self.state = State::Forgive(Evidence { second_factor: true, at: now, ..evidence });
            }
            _ => self.failed(Denied::SecondFactor, now),
        }
        Ok(())
    }

    /// Ends it without a result. The attempt is given back if the sensor was not
    /// asked to compare, or had only poor captures; it stays counted while an
    /// answer is outstanding, for that may be the answer to a comparison.
    ///
    /// # Errors
    /// [`OutOfOrder`] if nothing is under way, or it is over but for
    /// [`Step::Done`].
    pub fn abandon(&mut self, now: Instant) -> Result<(), OutOfOrder> {
        match self.state {
            State::Idle | State::Ended(_) | State::Return => return Err(OutOfOrder),
            State::Sensor | State::Prove | State::Count => self.end(Denied::Abandoned),
            State::Ready if !self.is_used() => self.state = State::Return,
            _ => self.failed(Denied::Abandoned, now),
        }
        Ok(())
    }

    fn expect(&self, is_asked: impl FnOnce(&State<P::Id>) -> bool) -> Result<(), OutOfOrder> {
        let untold = self.told.iter().any(Option::is_some);
        if !untold && is_asked(&self.state) { Ok(()) } else { Err(OutOfOrder) }
    }

    fn tell(&mut self, event: Audit<P::Id>) {
        if let Some(place) = self.told.iter_mut().find(|place| place.is_none()) {
            *place = Some(event);
        }
    }

    fn end(&mut self, denied: Denied) {
        self.tell(Audit::Denied(denied));
        self.state = State::Ended(Err(denied));
    }

    /// The attempt that was counted was one.
    fn failed(&mut self, denied: Denied, now: Instant) {
        self.end(denied);
        if let Some(length) = self.policy.lock_out.after(self.attempts) {
            self.closed_until = now + length;
            self.tell(Audit::LockedOut { attempts: self.attempts, length });
        }
    }

    fn is_used(&self) -> bool {
        self.trial.as_ref().is_none_or(|trial| trial.used)
    }

    fn compare(&mut self) -> Step<P::Id> {
        match &self.trial {
            Some(trial) => {
                self.state = State::Comparing;
                Step::Compare(trial.comparison())
            }
            // There is one until the end; kept for the compiler.
            None => Step::Idle,
        }
    }

    fn matched(&mut self, evidence: Evidence<P::Id>) {
        let mut people = self.people.iter();
        let person = people.find(|person| person.id() == evidence.who);
        self.state = match person.is_some_and(P::needs_second_factor) {
            true => State::Second(evidence),
            false => State::Forgive(evidence),
        };
    }

    fn finish(&mut self, result: Result<Evidence<P::Id>, Denied>) -> Step<P::Id> {
        let trial = self.trial.take();
        Step::Done(result.and_then(|evidence| {
            let (nonce, sensor) = trial
                .and_then(|trial| trial.sensor.map(|sensor| (trial.nonce, sensor)))
                .ok_or(Denied::OtherSensor)?;
            let until = evidence.at + self.policy.validity;
            Ok(Authenticated { evidence, nonce, until, interruptions: sensor.interruptions })
        }))
    }
}
