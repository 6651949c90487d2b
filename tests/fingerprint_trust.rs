//! Attempts, lock-out, tokens: what a sensor claims, and what it takes.

mod fingerprint_common;

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use embedded_pos::fingerprint::trust::{
    AttemptStore, Attempts, Audit, Authenticated, Claim, Denied, Enrolee, Evidence, Gate,
    GateError, Level, LockOut, Method, Nonce, OnDuress, Passage, Pin, Policy, Presence, Search,
    Void,
};
use embedded_pos::fingerprint::{
    Alarm, Alarms, Capabilities, Enrolment, FingerprintSensor, Identified, Library, Match,
    SensorId, Slot,
};
use embedded_pos::port::{Clock, Duration, Instant};
use embedded_pos::sim::VirtualClock;
use embedded_pos::sim::attempts::{MemoryAttempts, StoreFault};
use embedded_pos::{ErrorKind, ErrorType, nb};

#[derive(Clone, Copy, Debug)]
struct Officer {
    id: u32,
    slots: &'static [Slot],
    second: bool,
}

impl Enrolee for Officer {
    type Id = u32;

    fn id(&self) -> u32 {
        self.id
    }

    fn slots(&self) -> &[Slot] {
        self.slots
    }

    fn needs_second_factor(&self) -> bool {
        self.second
    }
}

const PEOPLE: [Officer; 5] = [
    Officer { id: 1, slots: &[Slot(1)], second: false },
    Officer { id: 2, slots: &[Slot(2), Slot(3)], second: false },
    Officer { id: 3, slots: &[Slot(4)], second: true },
    Officer { id: 4, slots: &[], second: false },
    Officer { id: 5, slots: &[Slot(7)], second: false },
];

/// What the sensor does at its next poll.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Does {
    Match(u16, u16),
    NoMatch,
    Waits,
    Fails(ErrorKind),
    /// The module knows it for a fake.
    Fake,
    Duress(u16),
    /// It is exchanged, and the new one matches.
    Restarts(u16),
}

#[derive(Debug)]
struct Module {
    does: VecDeque<Does>,
    /// Comparisons that it made.
    comparisons: usize,
    id: SensorId,
    interruptions: u32,
    stored: u16,
    asked: Vec<Option<Slot>>,
    /// The secret in its notepad.
    knows: bool,
}

/// Alarms are told apart by kinds the tests use for nothing else.
const FAKE: ErrorKind = ErrorKind::Unsupported;
const DURESS: ErrorKind = ErrorKind::Busy;

#[derive(Clone, Debug)]
struct Sensor(Rc<RefCell<Module>>);

impl Sensor {
    fn new() -> Self {
        Self(Rc::new(RefCell::new(Module {
            does: VecDeque::new(),
            comparisons: 0,
            id: SensorId::new(b"serial 1", true),
            interruptions: 0,
            stored: 4,
            asked: Vec::new(),
            knows: false,
        })))
    }

    fn will(&self, does: &[Does]) {
        self.0.borrow_mut().does.extend(does);
    }

    fn comparisons(&self) -> usize {
        self.0.borrow().comparisons
    }

    fn poll(&mut self, asked: Option<Slot>) -> nb::Result<Option<Match>, ErrorKind> {
        let mut module = self.0.borrow_mut();
        let does = module.does.pop_front().unwrap_or(Does::Waits);
        if does == Does::Waits {
            return Err(nb::Error::WouldBlock);
        }
        module.asked.push(asked);
        if does == Does::Fails(ErrorKind::Retry) {
            return Err(ErrorKind::Retry.into());
        }
        module.comparisons += 1;
        match does {
            Does::Match(slot, score) => Ok(Some(Match { slot: Slot(slot), score })),
            Does::Restarts(slot) => {
                module.interruptions += 1;
                Ok(Some(Match { slot: Slot(slot), score: 90 }))
            }
            Does::Fails(kind) => Err(kind.into()),
            Does::Fake => Err(FAKE.into()),
            Does::Duress(_) => Err(DURESS.into()),
            Does::NoMatch | Does::Waits => Ok(None),
        }
    }
}

impl ErrorType for Sensor {
    type Error = ErrorKind;
}

impl FingerprintSensor for Sensor {
    fn capabilities(&self) -> Capabilities {
        Capabilities::SCORE
    }

    fn library(&mut self) -> Result<Library, ErrorKind> {
        Ok(Library { stored: self.0.borrow().stored, capacity: 200 })
    }

    fn poll_identify(&mut self) -> nb::Result<Option<Match>, ErrorKind> {
        self.poll(None)
    }

    fn poll_verify(&mut self, slot: Slot) -> nb::Result<Option<Match>, ErrorKind> {
        self.poll(Some(slot))
    }

    fn poll_enrol(&mut self, _slot: Slot) -> nb::Result<Enrolment, ErrorKind> {
        Err(ErrorKind::Unsupported.into())
    }

    fn delete(&mut self, _slot: Slot) -> Result<(), ErrorKind> {
        Err(ErrorKind::Unsupported)
    }
}

impl Identified for Sensor {
    fn sensor_id(&mut self) -> Result<SensorId, ErrorKind> {
        Ok(self.0.borrow().id)
    }

    fn interruptions(&self) -> u32 {
        self.0.borrow().interruptions
    }
}

impl Alarms for Sensor {
    fn alarm(error: &ErrorKind) -> Option<Alarm> {
        match *error {
            FAKE => Some(Alarm::Fake),
            DURESS => Some(Alarm::Duress(Match { slot: Slot(1), score: 80 })),
            _ => None,
        }
    }
}

/// The flash: what is in it outlives the gate.
#[derive(Clone, Debug, Default)]
struct Flash(Rc<RefCell<MemoryAttempts>>);

impl Flash {
    fn holding(attempts: Attempts) -> Self {
        let flash = Self::default();
        flash.0.borrow_mut().store(attempts.to_bytes()).unwrap();
        flash
    }

    fn count(&self) -> Attempts {
        self.0.borrow().bytes().map_or(Attempts::NONE, Attempts::from_bytes)
    }
}

impl ErrorType for Flash {
    type Error = ErrorKind;
}

impl AttemptStore for Flash {
    fn load(&mut self) -> Result<Option<[u8; 4]>, ErrorKind> {
        self.0.borrow_mut().load()
    }

    fn store(&mut self, bytes: [u8; 4]) -> Result<(), ErrorKind> {
        self.0.borrow_mut().store(bytes)
    }
}

type Ours = Gate<'static, Officer, Sensor, Flash>;

const NONCE: Nonce = Nonce::new([7; 16]);

fn gate(policy: Policy, sensor: &Sensor, flash: &Flash, now: Instant) -> Ours {
    let gate = Gate::new(policy, &PEOPLE, sensor.clone(), flash.clone(), now).unwrap();
    gate.identified().alarmed()
}

fn fresh(policy: Policy) -> (Ours, Sensor, VirtualClock) {
    let (sensor, clock) = (Sensor::new(), VirtualClock::new());
    let gate = gate(policy, &sensor, &Flash::default(), Instant::ZERO);
    (gate, sensor, clock)
}

type End = Result<Authenticated<u32>, GateError<ErrorKind, ErrorKind>>;

/// One authentication until its end; poor captures are repeated, the second
/// factor is right.
fn attempt(gate: &mut Ours, clock: &mut VirtualClock, claim: Claim<u32>) -> End {
    gate.begin(claim, NONCE, clock.now()).unwrap();
    finish(gate, clock, &mut Vec::new())
}

fn finish(gate: &mut Ours, clock: &mut VirtualClock, heard: &mut Vec<Audit<u32>>) -> End {
    loop {
        match gate.poll(clock, |event| heard.push(*event)) {
            Ok(Passage::Passed(token)) => return Ok(token),
            Ok(Passage::Prove) => {
                let knows = gate.sensor().0.borrow().knows;
                gate.proved(knows).unwrap();
            }
            Ok(Passage::SecondFactor(_)) => gate.second_factor(true, clock.now()).unwrap(),
            Err(nb::Error::Other(GateError::Poor(_))) => {}
            Err(nb::Error::Other(error)) => return Err(error),
            Err(nb::Error::WouldBlock) => panic!("the sensor has nothing to do"),
        }
    }
}

fn denied(end: End) -> Denied {
    match end {
        Err(GateError::Denied(denied)) => denied,
        other => panic!("{other:?}"),
    }
}

fn count(gate: Ours) -> Attempts {
    gate.release().1.count()
}

#[test]
fn who_is_claimed_passes_by_his_own_template() {
    let (mut gate, sensor, mut clock) = fresh(Policy::STANDARD);
    sensor.will(&[Does::NoMatch, Does::Match(3, 120)]);
    clock.advance(Duration::from_secs(5));
    gate.begin(Claim::Is(2), NONCE, clock.now()).unwrap();
    let mut heard = Vec::new();
    let token = finish(&mut gate, &mut clock, &mut heard).unwrap();
    let expected = Evidence {
        who: 2,
        method: Method::Verified,
        found: Match { slot: Slot(3), score: 120 },
        second_factor: false,
        duress: false,
        sensor: SensorId::new(b"serial 1", true),
        at: Instant::ZERO + Duration::from_secs(5),
    };
    assert_eq!(*token.evidence(), expected);
    assert_eq!(expected.level(), Level::Substantial);
    assert_eq!(heard, [Audit::Counted(Attempts(1)), Audit::Passed(expected)]);
    assert_eq!(sensor.0.borrow().asked, [Some(Slot(2)), Some(Slot(3))]);
    let now = clock.now();
    assert_eq!(gate.redeem(token, &NONCE, now), Ok(expected));
    assert_eq!(count(gate), Attempts::NONE);
}

#[test]
fn each_claim_and_each_reply_has_its_end() {
    let search = Policy { search: Some(Search { minimum_score: 60 }), ..Policy::STANDARD };
    let strict = Policy { minimum_score: 60, ..Policy::STANDARD };
    let quiet = Policy { on_duress: OnDuress::Deny, ..Policy::STANDARD };
    let is = |denied| Err(GateError::Denied(denied));
    type Row<'a> =
        (Policy, Claim<u32>, &'a [Does], Result<(), GateError<ErrorKind, ErrorKind>>, u16);
    let table: &[Row<'_>] = &[
        (Policy::STANDARD, Claim::Is(1), &[Does::Match(1, 0)], Ok(()), 0),
        (Policy::STANDARD, Claim::Is(1), &[Does::NoMatch], is(Denied::NoMatch), 1),
        // An answer about another template is no answer.
        (Policy::STANDARD, Claim::Is(1), &[Does::Match(2, 99)], is(Denied::Protocol), 1),
        (Policy::STANDARD, Claim::Is(1), &[Does::Fake], is(Denied::Fake), 1),
        (Policy::STANDARD, Claim::Is(1), &[Does::Restarts(1)], is(Denied::Interrupted), 1),
        (Policy::STANDARD, Claim::Is(1), &[Does::Duress(1)], Ok(()), 0),
        (quiet, Claim::Is(1), &[Does::Duress(1)], is(Denied::Duress), 1),
        (strict, Claim::Is(1), &[Does::Match(1, 59)], is(Denied::NoMatch), 1),
        (strict, Claim::Is(2), &[Does::Match(2, 59), Does::Match(3, 60)], Ok(()), 0),
        // Nobody, or without a template.
        (Policy::STANDARD, Claim::Is(4), &[], is(Denied::NoTemplate), 0),
        (Policy::STANDARD, Claim::Is(99), &[], is(Denied::NoTemplate), 0),
        (Policy::STANDARD, Claim::Anyone, &[], is(Denied::NoClaim), 0),
        (search, Claim::Anyone, &[Does::Match(7, 60)], Ok(()), 0),
        (search, Claim::Anyone, &[Does::Match(7, 59)], is(Denied::NoMatch), 1),
        // A template that is nobody's.
        (search, Claim::Anyone, &[Does::Match(9, 99)], is(Denied::NoMatch), 1),
        (search, Claim::Anyone, &[Does::NoMatch], is(Denied::NoMatch), 1),
    ];
    for (policy, claim, does, expected, counted) in table {
        let (mut gate, sensor, mut clock) = fresh(*policy);
        sensor.will(does);
        let end = attempt(&mut gate, &mut clock, *claim).map(|_| ());
        assert_eq!(end, *expected, "{claim:?} {does:?}");
        assert_eq!(count(gate), Attempts(*counted), "{claim:?} {does:?}");
        let twin = twin::attempt(*policy, *claim, does);
        assert_eq!(twin, (*expected, Attempts(*counted)), "{claim:?} {does:?}");
    }
}

#[test]
fn each_kind_of_failure_keeps_its_error_and_counts() {
    use ErrorKind::{Absent, Argument, Hardware, Line, Protocol, Refused, Timeout};
    for kind in [Line, Timeout, Protocol, Refused, Hardware, Absent, Argument] {
        let (mut gate, sensor, mut clock) = fresh(Policy::STANDARD);
        sensor.will(&[Does::Fails(kind)]);
        let end = attempt(&mut gate, &mut clock, Claim::Is(1));
        assert_eq!(end.unwrap_err(), GateError::Sensor(kind));
        assert_eq!(count(gate), Attempts(1), "{kind}");
        let twin = twin::attempt(Policy::STANDARD, Claim::Is(1), &[Does::Fails(kind)]);
        assert_eq!(twin, (Err(GateError::Sensor(kind)), Attempts(1)));
    }
}

#[test]
fn duress_is_told_to_the_program_alone() {
    let (mut gate, sensor, mut clock) = fresh(Policy::STANDARD);
    sensor.will(&[Does::Duress(1)]);
    let token = attempt(&mut gate, &mut clock, Claim::Is(1)).unwrap();
    assert!(token.evidence().duress);
    // What the person sees of a refusal is that of any other finger.
    assert_eq!(Denied::Duress.to_string(), Denied::NoMatch.to_string());
    let kind = |denied: Denied| embedded_pos::Error::kind(&denied);
    assert_eq!(kind(Denied::Duress), kind(Denied::NoMatch));
}

#[test]
fn only_the_sensor_that_is_expected_is_asked_for_a_finger() {
    let (one, two) = (SensorId::new(b"serial 1", true), SensorId::new(b"serial 2", true));
    let alike = SensorId::new(b"R503", false);
    let pinned = Policy { sensor: Pin::To(two), ..Policy::STANDARD };
    let lax = Policy { accept_alike: true, ..Policy::STANDARD };
    let proof = Policy { proof: true, ..Policy::STANDARD };
    let table = [
        (Policy::STANDARD, one, 4, None),
        (pinned, one, 4, Some(Denied::OtherSensor)),
        (pinned, two, 4, None),
        (Policy::STANDARD, alike, 4, Some(Denied::AlikeSensor)),
        (lax, alike, 4, None),
        (Policy::STANDARD, one, 0, Some(Denied::NoTemplate)),
        (proof, one, 4, Some(Denied::Unproven)),
    ];
    for (policy, id, stored, expected) in table {
        let (mut gate, sensor, mut clock) = fresh(policy);
        (sensor.0.borrow_mut().id, sensor.0.borrow_mut().stored) = (id, stored);
        sensor.will(&[Does::Match(1, 90)]);
        let end = attempt(&mut gate, &mut clock, Claim::Is(1));
        match expected {
            None => assert_eq!(end.unwrap().evidence().sensor, id),
            Some(expected) => {
                assert_eq!(denied(end), expected);
                assert_eq!(sensor.comparisons(), 0);
                assert_eq!(count(gate), Attempts::NONE);
            }
        }
    }
    // The first that is seen stays the only one.
    let (mut gate, sensor, mut clock) = fresh(Policy::STANDARD);
    sensor.will(&[Does::Match(1, 90)]);
    let _ = attempt(&mut gate, &mut clock, Claim::Is(1)).unwrap();
    sensor.0.borrow_mut().id = two;
    assert_eq!(denied(attempt(&mut gate, &mut clock, Claim::Is(1))), Denied::OtherSensor);
    // One that knows the secret.
    let (mut gate, sensor, mut clock) = fresh(proof);
    sensor.0.borrow_mut().knows = true;
    sensor.will(&[Does::Match(1, 90)]);
    assert!(attempt(&mut gate, &mut clock, Claim::Is(1)).is_ok());
}

#[test]
fn a_token_is_good_once_for_its_session_sensor_and_time() {
    let id = SensorId::new(b"serial 1", true);
    let good = Presence { id, interruptions: 0, stored: 4 };
    let other = Presence { id: SensorId::new(b"serial 2", true), ..good };
    let restarted = Presence { interruptions: 1, ..good };
    let at = |secs| Instant::ZERO + Duration::from_secs(secs);
    let mut last = [7; 16];
    last[15] ^= 1;
    let almost = Instant::from_micros(40_000_000 - 1);
    let table = [
        (NONCE, at(10), good, Ok(())),
        (NONCE, almost, good, Ok(())),
        (NONCE, at(40), good, Err(Void::Expired)),
        (NONCE, at(9), good, Err(Void::NotYet)),
        (Nonce::new(last), at(10), good, Err(Void::OtherNonce)),
        (Nonce::new([0; 16]), at(10), good, Err(Void::OtherNonce)),
        (NONCE, at(10), other, Err(Void::OtherSensor)),
        (NONCE, at(10), restarted, Err(Void::Interrupted)),
    ];
    for (nonce, now, presence, expected) in table {
        let (mut gate, sensor, mut clock) = fresh(Policy::STANDARD);
        clock.advance(Duration::from_secs(10));
        sensor.will(&[Does::Match(1, 90)]);
        let token = attempt(&mut gate, &mut clock, Claim::Is(1)).unwrap();
        assert_eq!(format!("{token:?}").matches("Nonce(..)").count(), 1);
        let redeemed = token.redeem(&nonce, now, &presence);
        assert_eq!(redeemed.map(|_| ()), expected, "{now:?} {presence:?}");
    }
    // The gate asks the sensor itself.
    let (mut gate, sensor, mut clock) = fresh(Policy::STANDARD);
    sensor.will(&[Does::Match(1, 90)]);
    let token = attempt(&mut gate, &mut clock, Claim::Is(1)).unwrap();
    sensor.0.borrow_mut().interruptions += 1;
    let now = clock.now();
    assert_eq!(gate.redeem(token, &NONCE, now), Err(GateError::Void(Void::Interrupted)));
}

#[test]
fn a_second_factor_is_part_of_the_attempt() {
    let (mut gate, sensor, mut clock) = fresh(Policy::STANDARD);
    sensor.will(&[Does::Match(4, 90), Does::Match(4, 90)]);
    let token = attempt(&mut gate, &mut clock, Claim::Is(3)).unwrap();
    assert_eq!(token.evidence().level(), Level::High);
    gate.begin(Claim::Is(3), NONCE, clock.now()).unwrap();
    assert!(matches!(gate.poll(&mut clock, |_| {}), Ok(Passage::SecondFactor(3))));
    gate.second_factor(false, clock.now()).unwrap();
    assert_eq!(denied(finish(&mut gate, &mut clock, &mut Vec::new())), Denied::SecondFactor);
    assert_eq!(count(gate), Attempts(1));
}

/// What an attacker does with each attempt, so that it be not counted.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Trick {
    None,
    /// Cuts the line once the sensor has compared.
    Line,
    /// Cuts the power then.
    Power,
    /// Cuts the power as the attempt is being counted, and again tries.
    Store(StoreFault),
    /// Has poor captures before, and after.
    Poor,
    /// Says he leaves once the sensor has compared, before its answer is read.
    Leave,
}

/// One who tries for `length` as often as he can; how many comparisons he had.
fn brute_force(trick: Trick, length: Duration) -> usize {
    let sensor = Sensor::new();
    let (flash, mut clock) = (Flash::default(), VirtualClock::new());
    let end = Instant::ZERO + length;
    let mut round = 0_u32;
    let mut gate = gate(Policy::STANDARD, &sensor, &flash, clock.now());
    loop {
        assert!(sensor.comparisons() < 10_000, "{trick:?} goes on without end");
        let until = gate.closed_until();
        if until >= end {
            return sensor.comparisons();
        }
        let now = clock.now();
        clock.advance(until.since(now));
        sensor.0.borrow_mut().does.clear();
        match trick {
            Trick::Line => sensor.will(&[Does::Fails(ErrorKind::Timeout)]),
            Trick::Poor => {
                sensor.will(&[Does::Fails(ErrorKind::Retry), Does::NoMatch]);
            }
            Trick::Leave => sensor.will(&[Does::Waits]),
            _ => sensor.will(&[Does::NoMatch]),
        }
        gate.begin(Claim::Is(1), NONCE, clock.now()).unwrap();
        match trick {
            Trick::Leave => {
                assert!(matches!(gate.poll(&mut clock, |_| {}), Err(nb::Error::WouldBlock)));
                // It has compared by now.
                sensor.0.borrow_mut().comparisons += 1;
                gate.abandon(clock.now()).unwrap();
                finish(&mut gate, &mut clock, &mut Vec::new()).unwrap_err();
            }
            Trick::Power => {
                // The answer is read, and nothing comes of it.
                sensor.0.borrow_mut().does.clear();
                sensor.0.borrow_mut().comparisons += 1;
                let _ = gate.poll(&mut clock, |_| {});
                gate = self::gate(Policy::STANDARD, &sensor, &flash, clock.now());
            }
            Trick::Store(kind) => {
                round += 1;
                let cut = round.is_multiple_of(2);
                if cut {
                    flash.0.borrow_mut().fail_after(0, kind);
                }
                finish(&mut gate, &mut clock, &mut Vec::new()).unwrap_err();
                if cut {
                    gate = self::gate(Policy::STANDARD, &sensor, &flash, clock.now());
                }
            }
            _ => {
                finish(&mut gate, &mut clock, &mut Vec::new()).unwrap_err();
            }
        }
    }
}

#[test]
fn an_attacker_has_thirty_five_attempts_an_hour_whatever_he_cuts() {
    let hour = Duration::from_secs(3600);
    for trick in [Trick::None, Trick::Line, Trick::Power, Trick::Poor, Trick::Leave] {
        assert_eq!(brute_force(trick, hour), 35, "{trick:?}");
    }
    // A cut before the count is kept has no comparison; one after it has a count
    // without one; torn bytes are taken for the most that there can be.
    for (fault, expected) in
        [(StoreFault::Before, 30), (StoreFault::After, 18), (StoreFault::Torn, 1)]
    {
        assert_eq!(brute_force(Trick::Store(fault), hour), expected, "{fault:?}");
    }
}

/// The figure of the module's page: FIDO's rule is for 12.8 days.
#[test]
fn in_twelve_days_there_are_1570_attempts() {
    assert_eq!(brute_force(Trick::None, Duration::from_secs(1_105_920)), 1_570);
}

#[test]
fn a_count_never_grows_past_its_lock_out() {
    for tries in [1, 2, 5, 7, 1000] {
        let lock_out = LockOut { tries, ..LockOut::STANDARD };
        assert_eq!(lock_out.after(Attempts::NONE), None);
        assert_eq!(lock_out.after(Attempts(tries)), Some(Duration::from_secs(30)));
        // Where counting ends, each attempt is followed by the longest.
        assert_eq!(lock_out.after(Attempts::MOST), Some(lock_out.longest));
    }
    let (sensor, mut clock) = (Sensor::new(), VirtualClock::new());
    let flash = Flash::holding(Attempts::MOST);
    let policy = Policy { lock_out: LockOut { tries: 7, ..LockOut::STANDARD }, ..Policy::STANDARD };
    let mut gate = gate(policy, &sensor, &flash, Instant::ZERO);
    for _ in 0..3 {
        assert_eq!(gate.closed_until().since(clock.now()), LockOut::STANDARD.longest);
        clock.advance(LockOut::STANDARD.longest);
        sensor.will(&[Does::NoMatch]);
        assert_eq!(denied(attempt(&mut gate, &mut clock, Claim::Is(1))), Denied::NoMatch);
    }
}

#[test]
fn the_count_survives_its_bytes_or_is_the_most() {
    for count in [0, 1, 5, 0x1234, u16::MAX] {
        let bytes = Attempts(count).to_bytes();
        assert_eq!(Attempts::from_bytes(bytes), Attempts(count));
        for bit in 0..32 {
            let mut bytes = bytes;
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(Attempts::from_bytes(bytes), Attempts::MOST);
        }
    }
    assert_eq!(Attempts::from_bytes([0xFF; 4]), Attempts::MOST);
}

/// The power goes at each store of an attempt that passes, in each way.
#[test]
fn a_power_cut_at_any_store_gives_no_attempt_back() {
    use StoreFault::{After, Before, Torn};
    for (stores, fault, left) in [
        (0, Before, Attempts(3)),
        (0, After, Attempts(4)),
        (0, Torn, Attempts::MOST),
        (1, Before, Attempts(4)),
        (1, After, Attempts::NONE),
        (1, Torn, Attempts::MOST),
    ] {
        let (sensor, mut clock) = (Sensor::new(), VirtualClock::new());
        let flash = Flash::holding(Attempts(3));
        flash.0.borrow_mut().fail_after(stores, fault);
        let mut gate = gate(Policy::STANDARD, &sensor, &flash, Instant::ZERO);
        sensor.will(&[Does::Match(1, 90)]);
        let end = attempt(&mut gate, &mut clock, Claim::Is(1));
        // Nobody passes on a count that is not kept.
        assert_eq!(end.unwrap_err(), GateError::Store(ErrorKind::Hardware));
        assert_eq!(sensor.comparisons(), stores, "{fault:?}");
        assert_eq!(flash.count(), left, "{stores} {fault:?}");
    }
}

/// Else the next attempts would be counted from past the lock-out.
#[test]
fn an_attempt_that_cannot_be_given_back_closes_as_one_that_failed() {
    let (sensor, mut clock, flash) = (Sensor::new(), VirtualClock::new(), Flash::default());
    let mut gate = gate(Policy::STANDARD, &sensor, &flash, Instant::ZERO);
    sensor.will(&[Does::NoMatch; 4]);
    for _ in 0..4 {
        assert_eq!(denied(attempt(&mut gate, &mut clock, Claim::Is(1))), Denied::NoMatch);
    }
    sensor.will(&[Does::Fails(ErrorKind::Retry)]);
    let now = clock.now();
    gate.begin(Claim::Is(1), NONCE, now).unwrap();
    assert!(matches!(
        gate.poll(&mut clock, |_| {}),
        Err(nb::Error::Other(GateError::Poor(ErrorKind::Retry)))
    ));
    flash.0.borrow_mut().fail_after(0, StoreFault::Before);
    gate.abandon(now).unwrap();
    let end = finish(&mut gate, &mut clock, &mut Vec::new());
    assert_eq!(end.unwrap_err(), GateError::Store(ErrorKind::Hardware));
    assert_eq!(gate.closed_until().since(now), Duration::from_secs(30));
}

/// Else the first template could be tried without end.
#[test]
fn a_poor_capture_after_a_comparison_gives_nothing_back() {
    let (mut gate, sensor, mut clock) = fresh(Policy::STANDARD);
    sensor.will(&[Does::NoMatch, Does::Fails(ErrorKind::Retry)]);
    gate.begin(Claim::Is(2), NONCE, clock.now()).unwrap();
    let poor = gate.poll(&mut clock, |_| {});
    assert!(matches!(poor, Err(nb::Error::Other(GateError::Poor(_)))));
    // The same template is asked for again, not the first.
    sensor.will(&[Does::Fails(ErrorKind::Retry)]);
    let poor = gate.poll(&mut clock, |_| {});
    assert!(matches!(poor, Err(nb::Error::Other(GateError::Poor(_)))));
    assert_eq!(sensor.0.borrow().asked, [2, 3, 3].map(|slot| Some(Slot(slot))));
    gate.abandon(clock.now()).unwrap();
    assert_eq!(denied(finish(&mut gate, &mut clock, &mut Vec::new())), Denied::Abandoned);
    assert_eq!(count(gate), Attempts(1));
}

/// A small, separate model of the counting.
#[derive(Clone, Copy, Debug, Default)]
struct Model {
    count: u32,
    closed_until: u64,
}

impl Model {
    fn vain(&mut self, now: u64) {
        self.count += 1;
        self.close(now);
    }

    fn close(&mut self, now: u64) {
        if self.count > 0 && self.count.is_multiple_of(5) {
            let mut length = 30_u64;
            for _ in 1..self.count / 5 {
                length = (length * 2).min(3600);
            }
            self.closed_until = now + length * 1_000_000;
        }
    }
}

/// Any small generator will do.
fn next(seed: &mut u64) -> u64 {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    *seed >> 33
}

fn random_session(mut seed: u64) -> usize {
    let sensor = Sensor::new();
    let (mut clock, mut model, mut passed) = (VirtualClock::new(), Model::default(), 0);
    let flash = Flash::default();
    let mut gate = gate(Policy::STANDARD, &sensor, &flash, Instant::ZERO);
    for _ in 0..60 {
        sensor.0.borrow_mut().does.clear();
        if next(&mut seed).is_multiple_of(3) {
            clock.advance(Duration::from_secs(next(&mut seed) % 900));
        }
        let now = clock.now();
        gate.begin(Claim::Is(1), NONCE, now).unwrap();
        if now.as_micros() < model.closed_until {
            let until = Instant::from_micros(model.closed_until);
            let end = finish(&mut gate, &mut clock, &mut Vec::new());
            assert_eq!(denied(end), Denied::LockedOut { until });
            continue;
        }
        let at = now.as_micros();
        match next(&mut seed) % 10 {
            0 | 1 => {
                sensor.will(&[Does::Fails(ErrorKind::Retry), Does::Match(1, 50)]);
                let _ = finish(&mut gate, &mut clock, &mut Vec::new()).unwrap();
                model = Model::default();
                passed += 1;
            }
            2..=4 => {
                sensor.will(&[Does::NoMatch]);
                finish(&mut gate, &mut clock, &mut Vec::new()).unwrap_err();
                model.vain(at);
            }
            5 => {
                sensor.will(&[Does::Fails(ErrorKind::Line)]);
                finish(&mut gate, &mut clock, &mut Vec::new()).unwrap_err();
                model.vain(at);
            }
            // Leaves before the sensor is asked: nothing happened.
            6 => {
                gate.abandon(now).unwrap();
                finish(&mut gate, &mut clock, &mut Vec::new()).unwrap_err();
            }
            // Leaves after a poor capture: as if nothing had.
            7 => {
                sensor.will(&[Does::Fails(ErrorKind::Retry)]);
                let poor = gate.poll(&mut clock, |_| {});
                assert!(matches!(poor, Err(nb::Error::Other(GateError::Poor(_)))));
                gate.abandon(now).unwrap();
                finish(&mut gate, &mut clock, &mut Vec::new()).unwrap_err();
            }
            // Leaves while the sensor is asked.
            8 => {
                assert!(matches!(gate.poll(&mut clock, |_| {}), Err(nb::Error::WouldBlock)));
                gate.abandon(now).unwrap();
                finish(&mut gate, &mut clock, &mut Vec::new()).unwrap_err();
                model.vain(at);
            }
            // The power goes while the sensor is asked.
            _ => {
                let _ = gate.poll(&mut clock, |_| {});
                model.count += 1;
                model.close(at);
                gate = self::gate(Policy::STANDARD, &sensor, &flash, now);
            }
        }
        let closed = gate.closed_until().as_micros();
        assert_eq!(closed.max(at), model.closed_until.max(at), "{model:?}");
    }
    assert_eq!(u32::from(count(gate).0), model.count);
    passed
}

#[test]
fn ten_thousand_random_sessions_count_as_the_model_does() {
    let passed: usize = (0..10_000).map(random_session).sum();
    assert!(passed > 10_000, "{passed}");
}

#[test]
fn what_is_not_asked_for_changes_nothing() {
    let (mut gate, sensor, mut clock) = fresh(Policy::STANDARD);
    let now = clock.now();
    assert!(gate.abandon(now).is_err());
    assert!(gate.second_factor(true, now).is_err());
    assert!(matches!(gate.poll(&mut clock, |_| {}), Err(nb::Error::Other(GateError::OutOfOrder))));
    gate.begin(Claim::Is(1), NONCE, now).unwrap();
    assert!(gate.begin(Claim::Is(2), NONCE, now).is_err());
    assert!(gate.second_factor(true, now).is_err());
    sensor.will(&[Does::Match(1, 90)]);
    assert_eq!(finish(&mut gate, &mut clock, &mut Vec::new()).unwrap().evidence().who, 1);
}

/// The async gate, on the same sensor and flash.
mod twin {
    use std::future::poll_fn;
    use std::task::Poll;

    use embedded_pos::fingerprint::trust::{AsyncGate, Named};
    use embedded_pos::sim::block_on;

    use super::*;
    use crate::fingerprint_common::bench::drop_future_after;

    /// Asked again at the next poll of the future.
    async fn wait(sensor: &mut Sensor, asked: Option<Slot>) -> Result<Option<Match>, ErrorKind> {
        poll_fn(|_| match sensor.poll(asked) {
            Err(nb::Error::WouldBlock) => Poll::Pending,
            Err(nb::Error::Other(kind)) => Poll::Ready(Err(kind)),
            Ok(found) => Poll::Ready(Ok(found)),
        })
        .await
    }

    impl embedded_pos::fingerprint::AsyncFingerprintSensor for Sensor {
        fn capabilities(&self) -> Capabilities {
            FingerprintSensor::capabilities(self)
        }

        async fn library(&mut self) -> Result<Library, ErrorKind> {
            FingerprintSensor::library(self)
        }

        async fn identify(&mut self) -> Result<Option<Match>, ErrorKind> {
            wait(self, None).await
        }

        async fn verify(&mut self, slot: Slot) -> Result<Option<Match>, ErrorKind> {
            wait(self, Some(slot)).await
        }

        async fn enrol(&mut self, _: Slot, _: impl FnMut(Enrolment)) -> Result<(), ErrorKind> {
            Err(ErrorKind::Unsupported)
        }

        async fn delete(&mut self, _: Slot) -> Result<(), ErrorKind> {
            Err(ErrorKind::Unsupported)
        }
    }

    impl embedded_pos::fingerprint::AsyncIdentified for Sensor {
        async fn sensor_id(&mut self) -> Result<SensorId, ErrorKind> {
            Identified::sensor_id(self)
        }

        fn interruptions(&self) -> u32 {
            Identified::interruptions(self)
        }
    }

    type Twin = AsyncGate<'static, Officer, Sensor, Flash, Named>;

    fn fresh(policy: Policy, does: &[Does]) -> (Twin, Sensor, VirtualClock) {
        let (sensor, flash) = (Sensor::new(), Flash::default());
        sensor.will(does);
        let gate = AsyncGate::new(policy, &PEOPLE, sensor.clone(), flash, Instant::ZERO).unwrap();
        (gate.identified().alarmed(), sensor, VirtualClock::new())
    }

    async fn finish(gate: &mut Twin, clock: &mut VirtualClock) -> End {
        loop {
            match gate.pass(clock, |_| {}).await {
                Ok(Passage::Passed(token)) => return Ok(token),
                Ok(Passage::Prove) => gate.proved(true).unwrap(),
                Ok(Passage::SecondFactor(_)) => gate.second_factor(true, clock.now()).unwrap(),
                Err(GateError::Poor(_)) => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// One authentication, in which the sensor waits first: its end, and what
    /// is counted then.
    pub fn attempt(
        policy: Policy,
        claim: Claim<u32>,
        does: &[Does],
    ) -> (Result<(), GateError<ErrorKind, ErrorKind>>, Attempts) {
        let (mut gate, _, mut clock) = fresh(policy, &[&[Does::Waits], does].concat());
        gate.begin(claim, NONCE, Instant::ZERO).unwrap();
        let end = block_on(finish(&mut gate, &mut clock)).map(|_| ());
        (end, gate.release().1.count())
    }

    #[test]
    fn a_future_that_is_dropped_leaves_the_attempt_counted() {
        let (mut gate, sensor, mut clock) = fresh(Policy::STANDARD, &[]);
        gate.begin(Claim::Is(1), NONCE, Instant::ZERO).unwrap();
        assert!(drop_future_after(5, gate.pass(&mut clock, |_| {})).is_none());
        // Gone on with.
        sensor.will(&[Does::Fails(ErrorKind::Retry), Does::Waits, Does::Match(1, 90)]);
        let token = block_on(finish(&mut gate, &mut clock)).unwrap();
        assert_eq!(block_on(gate.redeem(token, &NONCE, Instant::ZERO)).unwrap().who, 1);
        // Given up.
        gate.begin(Claim::Is(1), NONCE, Instant::ZERO).unwrap();
        assert!(drop_future_after(5, gate.pass(&mut clock, |_| {})).is_none());
        gate.abandon(Instant::ZERO).unwrap();
        assert_eq!(denied(block_on(finish(&mut gate, &mut clock))), Denied::Abandoned);
        assert_eq!(gate.release().1.count(), Attempts(1));
    }

    #[test]
    fn a_token_is_void_once_the_sensor_was_interrupted() {
        let proof = Policy { proof: true, ..Policy::STANDARD };
        let (mut gate, sensor, mut clock) = fresh(proof, &[Does::Match(4, 90)]);
        gate.begin(Claim::Is(3), NONCE, Instant::ZERO).unwrap();
        let token = block_on(finish(&mut gate, &mut clock)).unwrap();
        assert!(token.evidence().second_factor);
        sensor.0.borrow_mut().interruptions += 1;
        let redeemed = block_on(gate.redeem(token, &NONCE, Instant::ZERO));
        assert_eq!(redeemed, Err(GateError::Void(Void::Interrupted)));
    }

    #[test]
    fn a_sensor_without_a_name_is_like_any_other_of_its_model() {
        let lax = Policy { accept_alike: true, ..Policy::STANDARD };
        for (policy, passes) in [(lax, true), (Policy::STANDARD, false)] {
            let sensor = Sensor::new();
            sensor.will(&[Does::Match(1, 90)]);
            let now = Instant::ZERO;
            let mut gate = AsyncGate::new(policy, &PEOPLE, sensor, Flash::default(), now).unwrap();
            gate.begin(Claim::Is(1), NONCE, now).unwrap();
            let end = block_on(gate.pass(&mut VirtualClock::new(), |_| {}));
            match end {
                Ok(Passage::Passed(_)) => assert!(passes),
                end => assert_eq!(end.unwrap_err(), GateError::Denied(Denied::AlikeSensor)),
            }
        }
    }
}
