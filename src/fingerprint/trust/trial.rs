use super::{
    Claim, Comparison, Denied, Enrolee, Evidence, Method, Nonce, OnDuress, Policy, Presence, Reply,
};
use crate::fingerprint::{Alarm, Match, Slot};
use crate::port::Instant;

/// What one authentication is about.
#[derive(Debug)]
pub(super) struct Trial<'a, P> {
    /// Who is claimed, and which of his templates is next.
    claimed: Option<(&'a P, usize)>,
    pub(super) nonce: Nonce,
    pub(super) sensor: Option<Presence>,
    /// The sensor answered a comparison: the attempt is no longer given back.
    pub(super) used: bool,
}

impl<'a, P: Enrolee> Trial<'a, P> {
    pub(super) fn new(
        policy: &Policy,
        people: &'a [P],
        claim: Claim<P::Id>,
        nonce: Nonce,
    ) -> Result<Self, Denied> {
        let claimed = match claim {
            Claim::Anyone if policy.search.is_some() => None,
            Claim::Anyone => return Err(Denied::NoClaim),
            Claim::Is(who) => {
                let mut people = people.iter();
                let person = people.find(|person| person.id() == who && !person.slots().is_empty());
                Some((person.ok_or(Denied::NoTemplate)?, 0))
            }
        };
        Ok(Self { claimed, nonce, sensor: None, used: false })
    }

    pub(super) fn comparison(&self) -> Comparison {
        self.slot().map_or(Comparison::Search, Comparison::Verify)
    }

    /// The template to compare with, if somebody is claimed.
    fn slot(&self) -> Option<Slot> {
        let (person, next) = self.claimed.as_ref()?;
        person.slots().get(*next).copied()
    }

    /// It was not this template: goes on to the next of who is claimed.
    fn turn<T>(&mut self) -> Result<Option<T>, Denied> {
        let (person, next) = self.claimed.as_mut().ok_or(Denied::NoMatch)?;
        *next = next.saturating_add(1);
        if *next < person.slots().len() { Ok(None) } else { Err(Denied::NoMatch) }
    }

    /// What a reply means: who it is, that another template is to be compared,
    /// or that it was in vain.
    pub(super) fn judge(
        &mut self,
        policy: &Policy,
        people: &[P],
        reply: Reply,
        interruptions: u32,
        now: Instant,
    ) -> Result<Option<Evidence<P::Id>>, Denied> {
        self.used = true;
        let (found, duress) = match reply {
            Reply::Match(found) => (found, false),
            Reply::Alarm(Alarm::Duress(found)) => (found, true),
            Reply::Alarm(Alarm::Fake) => return Err(Denied::Fake),
            Reply::Alarm(Alarm::Residue) => return Err(Denied::Residue),
            Reply::NoMatch => return self.turn(),
            Reply::Failed(kind) => return Err(Denied::of(kind)),
        };
        let (method, minimum_score) = self.measure(policy, found)?;
        let sensor = self.sensor.filter(|sensor| sensor.interruptions == interruptions);
        let sensor = sensor.ok_or(Denied::Interrupted)?.id;
        if found.score < minimum_score {
            return self.turn();
        }
        let claimed = self.claimed.map(|(person, _)| person);
        let person = claimed.or_else(|| owner(people, found.slot)).ok_or(Denied::NoMatch)?;
        if duress && policy.on_duress == OnDuress::Deny {
            return Err(Denied::Duress);
        }
        let (who, second_factor) = (person.id(), false);
        Ok(Some(Evidence { who, method, found, second_factor, duress, sensor, at: now }))
    }

    /// How it was compared, and the score that passes.
    fn measure(&self, policy: &Policy, found: Match) -> Result<(Method, u16), Denied> {
        match (self.slot(), policy.search) {
            // An answer about another template is none to what was asked.
            (Some(slot), _) if slot != found.slot => Err(Denied::Protocol),
            (Some(_), _) => Ok((Method::Verified, policy.minimum_score)),
            (None, Some(search)) => Ok((Method::Searched, search.minimum_score)),
            (None, None) => Err(Denied::NoClaim),
        }
    }
}

/// Whose template it is; one that two claim is nobody's.
fn owner<P: Enrolee>(people: &[P], slot: Slot) -> Option<&P> {
    let mut owners = people.iter().filter(|person| person.slots().contains(&slot));
    owners.next().filter(|_| owners.next().is_none())
}
