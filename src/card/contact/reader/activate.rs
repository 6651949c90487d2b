use crate::card::atr::Reset;
use crate::card::pps::{Pps, Unmet};
use crate::card::{Atr, AtrError, t0, t1};
use crate::port::{CardState, Contact, Framing, Instant};

use super::Fault;
use super::answer::{Agreed, Answer, suits};
use super::inner::Inner;
use super::link::{Link, Protocol};
use super::talk::State;

/// A card begins to answer 400 to 40 000 clock cycles after its reset
/// (ISO/IEC 7816-3:2006, 6.2.2); a terminal gives it 42 000 (EMV Book 1,
/// 6.1.3.2), and the first character is over ten etu later.
const SOONEST: u32 = 400;
const LATEST: u32 = 42_000;
const CHARACTER: u32 = 10;

/// From one character of the ATR to the next, and for all of it, in etu of the
/// reset: what a terminal bears with (EMV Book 1, 8.1).
const BETWEEN: u32 = 10_080;
const WHOLE: u32 = 20_160;

/// Nothing comes for so long after an ATR that is over, or it was longer than
/// its characters said: one of them was not what the card sent. Longer than from
/// one character to the next (12), and the turnaround of T=0 (16) and T=1 (22).
const SILENCE: u32 = 22;

/// The waiting time of a PPS response: that of the ATR (9.3).
const WAIT: u32 = 9_600;

/// From the contacts without power to a protocol.
#[derive(Debug)]
pub(super) struct Activate<'a> {
    pub(super) inner: Inner<'a>,
    /// Which of [`Config::classes`](super::Config::classes).
    class: usize,
    warm: bool,
    answer: Answer,
    atr: Option<Atr>,
    agreed: Option<Agreed>,
    /// Nothing came after the ATR.
    whole: bool,
    /// Characters were damaged since the last reset.
    pub(super) flawed: bool,
    /// When RST went high, if that is known to the clock cycle.
    run_at: Option<Instant>,
    /// The bytes of a PPS response that came: six at most.
    response: [u8; 6],
    responded: usize,
}

impl Activate<'_> {
    pub(super) const fn new() -> Self {
        Self {
            inner: Inner::None,
            class: 0,
            warm: false,
            answer: Answer::NEW,
            atr: None,
            agreed: None,
            whole: false,
            flawed: false,
            run_at: None,
            response: [0; 6],
            responded: 0,
        }
    }

    /// The supply was taken away: before anything, or for another class.
    pub(super) fn off_done(&self, link: &Link) -> State {
        let framing = Contact::Framing(Framing::initial(link.config.clock));
        State::Pause(link.rest_until, framing)
    }

    pub(super) fn carried_out(
        &mut self,
        link: &mut Link,
        done: Contact,
        state: &CardState,
        now: Instant,
    ) -> Result<State, Fault> {
        let framing = Framing::initial(link.config.clock);
        Ok(match done {
            Contact::Take if state.active => State::Set(Contact::Off),
            Contact::Take => self.off_done(link),
            // Some of it was damaged, or more characters came than it has.
            Contact::Framing(_) if self.agreed.is_some() && self.flawed => {
                self.again(link, Fault::Damaged)?
            }
            Contact::Framing(_) if self.agreed.is_some() => self.agreed_on(link),
            Contact::Framing(_) => {
                (self.answer, self.run_at, self.flawed) = (Answer::NEW, None, false);
                State::Set(self.reset(link)?)
            }
            Contact::Power { low, .. } | Contact::Reset { low } => {
                let run_at = now + state.wait + framing.cycles(low.into());
                match state.automatic {
                    true => self.listen(run_at, &framing),
                    false => State::Pause(run_at, Contact::Run),
                }
            }
            Contact::Run => {
                self.run_at = Some(now);
                self.listen(now, &framing)
            }
            _ => State::Protocol,
        })
    }

    /// A cold reset with the class whose turn it is, or a warm one.
    fn reset(&self, link: &Link) -> Result<Contact, Fault> {
        let low = link.config.low;
        if self.warm {
            return Ok(Contact::Reset { low });
        }
        let class = *link.config.classes.get(self.class).ok_or(Fault::Mute)?;
        Ok(Contact::Power { class, low })
    }

    fn listen(&self, run_at: Instant, framing: &Framing) -> State {
        let until = run_at + framing.cycles(LATEST) + framing.etu(CHARACTER);
        State::Listen { until, end: until + framing.etu(WHOLE), looked: false }
    }

    /// So many characters were damaged since this was last told.
    pub(super) const fn flaws(&mut self, flaws: u8) {
        self.flawed |= flaws > 0;
    }

    /// The card says nothing more.
    pub(super) fn silent(&mut self, link: &Link, now: Instant) -> Result<State, Fault> {
        match (&self.atr, &self.agreed) {
            (Some(_), Some(_)) if self.whole => return Err(Fault::Pps),
            (Some(atr), Some(agreed)) => {
                self.whole = true;
                return Ok(next(link, atr, agreed, now));
            }
            _ => {}
        }
        match (self.answer.is_empty(), self.flawed) {
            (true, false) if !self.warm => self.other_class(link, Fault::Mute),
            (true, false) => self.again(link, Fault::Mute),
            // It may be the supply.
            (true, true) if self.warm => self.other_class(link, Fault::Damaged),
            (_, true) => self.again(link, Fault::Damaged),
            (false, false) => self.again(link, Fault::Slow),
        }
    }

    /// Another supply, if there is one.
    fn other_class(&mut self, link: &Link, fault: Fault) -> Result<State, Fault> {
        self.class += 1;
        self.warm = false;
        match link.config.classes.get(self.class) {
            Some(_) => Ok(State::Set(Contact::Off)),
            None => Err(fault),
        }
    }

    /// A warm reset, once (EMV Book 1, 8.1); then it is over.
    fn again(&mut self, link: &Link, fault: Fault) -> Result<State, Fault> {
        if self.warm {
            return Err(fault);
        }
        self.warm = true;
        (self.atr, self.agreed, self.whole, self.responded) = (None, None, false, 0);
        Ok(State::Set(Contact::Framing(Framing::initial(link.config.clock))))
    }

    pub(super) fn heard(
        &mut self,
        link: &mut Link,
        byte: u8,
        end: Instant,
        now: Instant,
    ) -> Result<State, Fault> {
        let framing = Framing::initial(link.config.clock);
        match &self.atr {
            Some(_) if self.whole => return self.responded(link, byte, end, now),
            Some(atr) => {
                let offset = atr.as_bytes().len();
                return self.again(link, Fault::Atr(AtrError::LeftOver { offset }));
            }
            None => {}
        }
        let first = self.answer.is_empty();
        // What is read may be older than now, but not younger.
        let soonest = framing.cycles(SOONEST) + framing.etu(CHARACTER - 1);
        if first && self.run_at.is_some_and(|run_at| now < run_at + soonest) {
            return self.again(link, Fault::Early);
        }
        let end = if first { now + framing.etu(WHOLE) } else { end };
        match self.answer.push(byte) {
            None => Ok(State::Listen { until: now + framing.etu(BETWEEN), end, looked: false }),
            Some(Err(fault)) => self.again(link, fault),
            Some(Ok(atr)) => self.answered(link, &atr, now),
        }
    }

    fn answered(&mut self, link: &mut Link, atr: &Atr, now: Instant) -> Result<State, Fault> {
        let class = link.config.classes.get(self.class);
        if class.is_some_and(|class| !suits(atr, *class)) {
            let others = link.config.classes.iter().skip(self.class + 1);
            if others.into_iter().any(|class| suits(atr, *class)) {
                return self.other_class(link, Fault::Mute);
            }
        }
        let reset = if self.warm { Reset::Warm } else { Reset::Cold };
        let agreed = match Agreed::new(atr, &link.config, reset) {
            Ok(agreed) => agreed,
            // It cannot be brought out of it.
            Err(fault @ Fault::Unmet(Unmet::Specific { changes: false })) => return Err(fault),
            Err(fault) => return self.again(link, fault),
        };
        (self.atr, self.agreed) = (Some(*atr), Some(agreed));
        let until = now + Framing::initial(link.config.clock).etu(SILENCE);
        Ok(State::Listen { until, end: until, looked: false })
    }

    pub(super) fn request(&self) -> &[u8] {
        let pps = self.agreed.as_ref().and_then(|agreed| agreed.ask.as_ref());
        pps.map_or(&[], Pps::request)
    }

    /// The request is out.
    pub(super) fn asked(&self, link: &Link, now: Instant) -> State {
        let framing = Framing::initial(link.config.clock);
        let until = now + framing.etu(WAIT + 12 * 4);
        State::Listen { until, end: until + framing.etu(WAIT), looked: false }
    }

    fn responded(
        &mut self,
        link: &Link,
        byte: u8,
        end: Instant,
        now: Instant,
    ) -> Result<State, Fault> {
        let framing = Framing::initial(link.config.clock);
        if let Some(slot) = self.response.get_mut(self.responded) {
            *slot = byte;
        }
        self.responded += 1;
        let response = self.response.get(..self.responded).unwrap_or_default();
        if Pps::response_len(response).is_none_or(|len| len > response.len()) {
            return Ok(State::Listen { until: now + framing.etu(WAIT), end, looked: false });
        }
        let (Some(atr), Some(agreed)) = (&self.atr, &mut self.agreed) else {
            return Err(Fault::Pps);
        };
        // A card that does not agree is given up (9.3).
        agreed.ta1 = agreed.ask.and_then(|pps| pps.agreed(response)).ok_or(Fault::Pps)?;
        Ok(State::Set(Contact::Framing(agreed.framing(atr, link.config.clock))))
    }

    /// The UART is set to what was agreed on.
    fn agreed_on(&mut self, link: &mut Link) -> State {
        let (Some(atr), Some(agreed)) = (self.atr, self.agreed) else { return State::Protocol };
        let framing = agreed.framing(&atr, link.config.clock);
        let Framing { clock, f, d, extra, .. } = framing;
        if agreed.protocol == 1 {
            let timing = t1::Timing::new(&atr.t1(), clock, f, d).with_extra_guard(extra);
            let mut t1 = t1::Link::new(timing, link.config.t1);
            t1.reset(&atr.t1(), timing);
            self.inner = Inner::T1(t1::Transmit::ifs(&mut t1, 254));
            link.protocol = Protocol::T1(t1);
        } else {
            let wi = atr.groups().find(|group| group.index == 2).and_then(|group| group.tc);
            let timing = t0::Timing::new(wi.unwrap_or(t0::Timing::DEFAULT_WI), clock, f, d);
            let timing = timing.with_extra_guard(extra);
            link.protocol = Protocol::T0(t0::Link::new(timing, link.config.t0));
            self.inner = Inner::Ready;
        }
        State::Protocol
    }

    /// The card is ready for commands. Returns the length of its ATR.
    pub(super) fn over(&self, link: &mut Link) -> usize {
        link.atr = self.atr;
        self.atr.map_or(0, |atr| atr.as_bytes().len())
    }
}

/// After the ATR: a PPS, or what holds without one.
fn next(link: &Link, atr: &Atr, agreed: &Agreed, now: Instant) -> State {
    match agreed.ask {
        None => State::Set(Contact::Framing(agreed.framing(atr, link.config.clock))),
        Some(_) => {
            let until = now + Framing::initial(link.config.clock).etu(WAIT);
            State::Ask { sent: 0, until }
        }
    }
}
