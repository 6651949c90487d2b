use super::record::Outbox;
use super::{
    Authorisation, Docket, Entry, Event, Factor, Fault, Kept, Moment, Officer, OfficerId, Session,
};
use crate::ErrorKind;
use crate::fingerprint::Slot;
use crate::fingerprint::trust::{
    Attempts, Audit, Authenticated, Authenticator, Claim, Comparison, Denied, Enrolee, Nonce,
    OutOfOrder, Policy, Presence, Reply, Step,
};
use crate::port::Instant;

/// What a sign-in wants next.
#[derive(Debug)]
pub enum SignInStep<'m, 'a> {
    /// Keep this record: [`SignIn::appended`].
    Append(Entry<'m>),
    /// The terminal is closed until then.
    Wait {
        /// When to ask again.
        until: Instant,
    },
    /// Ask the sensor which one it is: [`SignIn::sensor`].
    Sensor,
    /// Have the sensor prove that it knows its secret: [`SignIn::proved`].
    Prove,
    /// Wait for a finger and compare it so: [`SignIn::finger`], or
    /// [`SignIn::leave`] if nobody comes.
    Finger(Comparison),
    /// Ask this officer for this too: [`SignIn::second_factor`].
    SecondFactor(&'a Officer<'a>, Factor),
    /// The attempt was in vain, which is told once. The next step is another
    /// attempt; [`SignIn::leave`] if there is to be none.
    Denied(Denied),
    /// The officer is signed in.
    Done(Session<'a>),
    /// Nobody signed in.
    Left,
}

/// An officer signs in: finger first, then the second factor if the officer
/// has one.
///
/// An [`Authenticator`] whose count of attempts is kept by records: that of an
/// attempt before the comparison, so that cutting the power does not give it
/// back; that of the sign-in forgives them.
#[derive(Debug)]
pub struct SignIn<'a> {
    authenticator: Authenticator<'a, Officer<'a>>,
    roster: &'a [Officer<'a>],
    claim: Claim<OfficerId>,
    nonce: Nonce,
    sensor: Option<Presence>,
    docket: Docket,
    outbox: Outbox,
    /// The record in the outbox is that of the count.
    counting: bool,
    end: Option<End<'a>>,
}

#[derive(Clone, Copy, Debug)]
enum End<'a> {
    Done(Session<'a>),
    Left,
}

impl Enrolee for Officer<'_> {
    type Id = OfficerId;

    fn id(&self) -> OfficerId {
        self.id
    }

    fn slots(&self) -> &[Slot] {
        self.slots
    }

    fn needs_second_factor(&self) -> bool {
        self.second.is_some()
    }
}

impl From<OutOfOrder> for Fault {
    fn from(_: OutOfOrder) -> Self {
        Self::OutOfOrder
    }
}

impl<'a> SignIn<'a> {
    /// Begins. `failures` is what the last records said ([`Failures`]); if the
    /// terminal was closed, it is closed anew. `case` is never used again.
    #[must_use]
    pub fn new(
        roster: &'a [Officer<'a>],
        policy: Policy,
        claim: Claim<OfficerId>,
        failures: Failures,
        case: u32,
        now: Moment,
    ) -> Self {
        let [a, b, c, d] = case.to_le_bytes();
        Self {
            authenticator: Authenticator::new(policy, roster, failures.0, now.at),
            roster,
            claim,
            nonce: Nonce::new([a, b, c, d, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
            sensor: None,
            docket: Docket::new(case, None),
            outbox: Outbox::empty(),
            counting: false,
            end: None,
        }
    }

    /// Attempts that are counted as failed.
    #[must_use]
    pub const fn failures(&self) -> Attempts {
        self.authenticator.attempts()
    }

    /// What to do now. The same until it is done, except for what is told once.
    pub fn step(&mut self, now: Moment) -> SignInStep<'_, 'a> {
        let next = self.advance(now);
        if let Some(entry) = self.outbox.entry() {
            return SignInStep::Append(entry);
        }
        match self.end {
            Some(End::Done(session)) => SignInStep::Done(session),
            Some(End::Left) => SignInStep::Left,
            None => next.unwrap_or(SignInStep::Wait { until: now.at }),
        }
    }

    /// The record was kept.
    ///
    /// # Errors
    /// [`Fault::OutOfOrder`] or [`Fault::WrongEntry`].
    pub fn appended(&mut self, kept: &Kept) -> Result<(), Fault> {
        self.outbox.kept(kept)?;
        if core::mem::take(&mut self.counting) {
            self.authenticator.persisted()?;
        }
        Ok(())
    }

    /// What the sensor says of itself, or that it failed.
    ///
    /// # Errors
    /// [`Fault::OutOfOrder`].
    pub fn sensor(&mut self, sensor: Result<Presence, ErrorKind>) -> Result<(), Fault> {
        self.outbox.clear()?;
        self.sensor = sensor.ok();
        let told = match sensor {
            Ok(sensor) => self.authenticator.sensor(sensor),
            Err(kind) => self.authenticator.sensor_failed(kind),
        };
        Ok(told?)
    }

    /// Whether the sensor knows its secret.
    ///
    /// # Errors
    /// [`Fault::OutOfOrder`].
    pub fn proved(&mut self, proved: bool) -> Result<(), Fault> {
        self.outbox.clear()?;
        Ok(self.authenticator.proved(proved)?)
    }

    /// What the sensor said, and its interruptions by now. A template that
    /// belongs to no officer counts as unknown; a poor capture does not count.
    ///
    /// # Errors
    /// [`Fault::OutOfOrder`].
    pub fn finger(&mut self, reply: Reply, interruptions: u32, now: Moment) -> Result<(), Fault> {
        self.outbox.clear()?;
        Ok(self.authenticator.compared(reply, interruptions, now.at)?)
    }

    /// Whether the officer passed the second factor. The attempt that was
    /// counted for the finger is the attempt for both.
    ///
    /// # Errors
    /// [`Fault::OutOfOrder`].
    pub fn second_factor(&mut self, passed: bool, now: Moment) -> Result<(), Fault> {
        self.outbox.clear()?;
        Ok(self.authenticator.second_factor(passed, now.at)?)
    }

    /// Nobody stays. The attempt that was counted is given back as
    /// [`Authenticator::abandon`] says.
    ///
    /// # Errors
    /// [`Fault::OutOfOrder`] once it is over, or while a record is to be kept.
    pub fn leave(&mut self, now: Moment) -> Result<(), Fault> {
        self.outbox.clear()?;
        if self.end.is_some() {
            return Err(Fault::OutOfOrder);
        }
        // Between two attempts there is none to abandon.
        let _ = self.authenticator.abandon(now.at);
        self.end = Some(End::Left);
        Ok(())
    }

    /// What the finger is good for beside a session: one decision that waited for
    /// it, [`Case::authorised`](super::Case::authorised). `None` unless the
    /// officer is signed in.
    #[must_use]
    pub fn into_authorisation(self) -> Option<Authorisation> {
        match self.end? {
            End::Done(session) => Some(Authorisation(session.evidence)),
            End::Left => None,
        }
    }

    /// Goes on as far as nobody is needed; what is then asked for, unless a
    /// record is to be kept.
    fn advance(&mut self, now: Moment) -> Option<SignInStep<'static, 'a>> {
        while self.outbox.clear().is_ok() {
            match self.authenticator.step() {
                Step::Idle if self.end.is_some() => return None,
                Step::Idle => match self.authenticator.closed_until() {
                    until if until > now.at => return Some(SignInStep::Wait { until }),
                    _ => self.authenticator.begin(self.claim, self.nonce, now.at).ok()?,
                },
                Step::Tell(event) => self.tell(event, now),
                Step::Persist(_, event) => {
                    self.counting = true;
                    self.tell(event, now);
                }
                Step::Sensor => return Some(SignInStep::Sensor),
                Step::Prove => return Some(SignInStep::Prove),
                Step::Compare(comparison) => return Some(SignInStep::Finger(comparison)),
                Step::SecondFactor(id) => {
                    let officer = self.officer(id)?;
                    return Some(SignInStep::SecondFactor(officer, officer.second?));
                }
                Step::Done(Err(_)) if self.end.is_some() => {}
                Step::Done(Err(denied)) => return Some(SignInStep::Denied(denied)),
                Step::Done(Ok(token)) => self.end = self.enter(token, now),
            }
        }
        None
    }

    /// Keeps what happened, where a record is for it.
    fn tell(&mut self, event: Audit<OfficerId>, now: Moment) {
        let event = match event {
            Audit::Counted(failures) => Event::AttemptCounted { failures: failures.0 },
            Audit::Returned(failures) => Event::AttemptReturned { failures: failures.0 },
            Audit::Denied(denied) => Event::AttemptDenied { denied },
            Audit::LockedOut { attempts, length } => {
                let seconds = length.as_millis() / 1_000;
                let seconds = u32::try_from(seconds).unwrap_or(u32::MAX);
                Event::LockedOut { failures: attempts.0, seconds }
            }
            Audit::Passed(evidence) => {
                let Some(officer) = self.officer(evidence.who) else { return };
                self.docket.sign(officer.id);
                let second = officer.second.filter(|_| evidence.second_factor);
                Event::SignedIn { role: officer.role, second, evidence }
            }
            Audit::Poor => return,
        };
        self.outbox.put(self.docket.record(now, event));
    }

    fn officer(&self, id: OfficerId) -> Option<&'a Officer<'a>> {
        self.roster.iter().find(|officer| officer.id == id)
    }

    fn enter(&self, token: Authenticated<OfficerId>, now: Moment) -> Option<End<'a>> {
        let evidence = token.redeem(&self.nonce, now.at, &self.sensor?).ok()?;
        let officer = self.officer(evidence.who)?;
        Some(End::Done(Session { officer, since: now.civil, evidence }))
    }
}

impl Docket {
    /// From here on, records are this officer's.
    const fn sign(&mut self, officer: OfficerId) {
        self.officer = Some(officer);
    }
}

/// Finds the failed attempts in the records, after a restart.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Failures(pub Attempts);

impl Failures {
    /// Takes the next record.
    pub const fn record(&mut self, record: &super::Record) {
        match record.event {
            Event::AttemptCounted { failures } | Event::AttemptReturned { failures } => {
                self.0 = Attempts(failures);
            }
            Event::SignedIn { .. } => self.0 = Attempts::NONE,
            _ => {}
        }
    }
}
