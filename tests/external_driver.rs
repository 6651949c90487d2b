//! A driver written from outside: what a vendor can do without a change to the
//! crate. The device is invented: the Acme F1, a fingerprint sensor.
//!
//! A request is `A1 seq op hi lo sum`, a reply `A2 seq status hi lo sum`; the
//! sum is that of the five bytes before, modulo 256.
//!
//! Everything here stands as it would in a crate of the vendor's own, and uses
//! public items only. One thing differs from a driver inside: a trait of this
//! crate cannot be implemented for `Clocked`, a type of this crate, from
//! outside (Rust's orphan rule). A type of the vendor's own around it can.

use core::fmt;

use embedded_pos::conformance::{FingerprintStimulus, fingerprint};
use embedded_pos::fingerprint::{
    AsyncFingerprintSensor, Capabilities, Enrolment, FingerprintSensor, Library, Match, Slot,
};
use embedded_pos::port::adapter::IoError;
use embedded_pos::port::{
    Call, CallError, Channel, Clock, Clocked, Duration, Exchange, Instant, Port, Step, StepOf,
    Timer, Told,
};
use embedded_pos::sim::{
    Device, Fault as LineFault, Outbox, Simulated, Unplugged, VirtualClock, block_on,
};
use embedded_pos::{Error, ErrorKind, ErrorType, nb};

// The driver.

/// How long the sensor takes to answer, at most.
const ANSWER: Duration = Duration::from_millis(100);
/// How often it is asked whether a finger is there.
const LOOK: Duration = Duration::from_millis(20);

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Op {
    Count = 1,
    Capacity = 2,
    Finger = 3,
    Search = 4,
    Compare = 5,
    Capture = 6,
    Store = 7,
    Delete = 8,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Reply {
    status: u8,
    value: u16,
}

/// What goes wrong with an Acme F1.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Fault {
    Silent,
    Occupied,
    Known,
    NoSuchSlot,
    Status(u8),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Silent => f.write_str("the sensor does not answer"),
            Self::Occupied => f.write_str("there is a template in the slot"),
            Self::Known => f.write_str("the finger is in the library"),
            Self::NoSuchSlot => f.write_str("there is no such slot"),
            Self::Status(status) => write!(f, "status {status:02X}"),
        }
    }
}

impl core::error::Error for Fault {}

impl Error for Fault {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Silent => ErrorKind::Timeout,
            Self::Occupied | Self::Known => ErrorKind::Refused,
            Self::NoSuchSlot => ErrorKind::Argument,
            Self::Status(_) => ErrorKind::Protocol,
        }
    }
}

/// What outlives a conversation.
#[derive(Debug, Default)]
struct Link {
    /// The number of the last request: a reply with another is late.
    seq: u8,
    frame: [u8; 6],
    len: usize,
    reply: Option<Reply>,
}

impl Link {
    fn take(&mut self, byte: u8) {
        self.frame[self.len] = byte;
        self.len += 1;
        if self.frame[0] != 0xA2 {
            self.len = 0;
        }
        let [_, seq, status, hi, lo, sum] = self.frame;
        if self.len < 6 {
            return;
        }
        self.len = 0;
        if sum_of(&self.frame) != sum {
            // The frame may begin within the damaged one.
            let again = self.frame;
            again[1..].iter().for_each(|byte| self.take(*byte));
        } else if seq == self.seq {
            self.reply = Some(Reply { status, value: u16::from_be_bytes([hi, lo]) });
        }
    }
}

fn sum_of(frame: &[u8]) -> u8 {
    frame[..5].iter().fold(0, |sum, byte| sum.wrapping_add(*byte))
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Plan {
    Once(Op, u16),
    Identify(Option<Slot>),
    Enrol(Slot),
}

/// A request and its answer, or a script of them.
#[derive(Debug)]
struct Conversation {
    plan: Plan,
    op: Op,
    capture: u8,
    lifting: bool,
    tell: Option<Enrolment>,
    rest: Instant,
    out: [u8; 6],
    sent: usize,
    tries: u8,
    until: Option<Instant>,
}

impl Conversation {
    fn new(plan: Plan) -> Self {
        let (op, tell) = match plan {
            Plan::Once(op, _) => (op, None),
            Plan::Identify(_) => (Op::Finger, None),
            Plan::Enrol(_) => (Op::Finger, Some(Enrolment::Place(1))),
        };
        Self {
            plan,
            op,
            capture: 1,
            lifting: false,
            tell,
            rest: Instant::ZERO,
            out: [0; 6],
            sent: 0,
            tries: 0,
            until: None,
        }
    }

    fn ask(&mut self, link: &mut Link, now: Instant) {
        link.seq = link.seq.wrapping_add(1);
        link.reply = None;
        let argument = match (self.plan, self.op) {
            (Plan::Once(_, argument), _) => argument,
            (Plan::Identify(Some(slot)) | Plan::Enrol(slot), Op::Compare | Op::Store) => slot.0,
            _ => self.capture.into(),
        };
        let [hi, lo] = argument.to_be_bytes();
        self.out = [0xA1, link.seq, self.op as u8, hi, lo, 0];
        self.out[5] = sum_of(&self.out);
        self.sent = 0;
        self.until = Some(now + ANSWER);
    }

    /// Goes on after a reply; the result if that was all.
    fn advance(&mut self, reply: Reply, now: Instant) -> Option<Result<Reply, Fault>> {
        self.tries = 0;
        self.until = None;
        self.op = match (self.plan, self.op, reply) {
            (_, _, Reply { status: 3, .. }) => return Some(Err(Fault::Occupied)),
            (_, _, Reply { status: 4, .. }) => return Some(Err(Fault::Known)),
            (_, _, Reply { status: 5, .. }) => return Some(Err(Fault::NoSuchSlot)),
            // Gone again before it was looked at.
            (Plan::Identify(_) | Plan::Enrol(_), Op::Search | Op::Compare | Op::Capture, r)
                if r.status == 2 =>
            {
                Op::Finger
            }
            (_, Op::Search | Op::Compare, Reply { status: 1, .. }) => return Some(Ok(reply)),
            (_, _, Reply { status: 1.., .. }) => return Some(Err(Fault::Status(reply.status))),
            (Plan::Once(..), ..) | (_, Op::Search | Op::Compare | Op::Store, _) => {
                return Some(Ok(reply));
            }
            (_, Op::Finger, Reply { value, .. }) if (value == 0) != self.lifting => {
                self.rest = now + LOOK;
                Op::Finger
            }
            (Plan::Identify(None), ..) => Op::Search,
            (Plan::Identify(Some(_)), ..) => Op::Compare,
            (Plan::Enrol(_), Op::Finger, _) if self.lifting => {
                self.lifting = false;
                self.capture += 1;
                self.tell = Some(Enrolment::Place(self.capture));
                Op::Finger
            }
            (Plan::Enrol(_), Op::Finger, _) => Op::Capture,
            (Plan::Enrol(_), ..) if self.capture == 2 => Op::Store,
            (Plan::Enrol(_), ..) => {
                self.lifting = true;
                self.tell = Some(Enrolment::Lift);
                Op::Finger
            }
        };
        None
    }
}

impl Exchange for Conversation {
    type Link = Link;
    type Output = Reply;
    type Fault = Fault;
    type Event = Enrolment;

    fn step(&mut self, link: &mut Link, now: Instant) -> StepOf<Self> {
        if let Some(reply) = link.reply.take().filter(|_| self.until.is_some())
            && let Some(result) = self.advance(reply, now)
        {
            return Step::Done(result);
        }
        if let Some(told) = self.tell.take() {
            return Step::Event(told);
        }
        if now < self.rest {
            return Step::Pause { until: self.rest };
        }
        if self.until.is_some_and(|until| until <= now) {
            // Twice stored is refused, so it is not asked for twice.
            if self.tries == 2 || self.op == Op::Store {
                return Step::Done(Err(Fault::Silent));
            }
            self.tries += 1;
            self.until = None;
        }
        if self.until.is_none() {
            self.ask(link, now);
        }
        let until = self.until.unwrap_or(now);
        if self.sent < self.out.len() { Step::Send { until } } else { Step::Receive { until } }
    }

    fn outgoing<'a>(&'a self, _link: &'a Link) -> &'a [u8] {
        &self.out[self.sent..]
    }

    fn sent(&mut self, _link: &mut Link, n: usize, _now: Instant) {
        self.sent += n;
    }

    fn received(&mut self, link: &mut Link, bytes: &[u8], _now: Instant) -> usize {
        let mut used = 0;
        for byte in bytes {
            if link.reply.is_some() {
                break;
            }
            link.take(*byte);
            used += 1;
        }
        used
    }
}

/// The Acme F1.
#[derive(Debug)]
struct F1<P> {
    channel: Channel<P>,
    link: Link,
}

impl<P> F1<P> {
    fn new(port: P) -> Self {
        Self { channel: Channel::new(port), link: Link::default() }
    }

    fn hold(&mut self, plan: Plan) -> Call<'_, P, Conversation> {
        self.channel.call(&mut self.link, Conversation::new(plan))
    }
}

fn found(reply: Reply) -> Option<Match> {
    (reply.status == 0).then_some(Match { slot: Slot(reply.value), score: 100 })
}

/// The sensor joined with its clock: of its class.
#[derive(Debug)]
struct Sensor<P, C>(Clocked<F1<P>, C, Conversation>);

impl<P: ErrorType, C> ErrorType for Sensor<P, C> {
    type Error = CallError<Fault, P::Error>;
}

impl<P: Port, C: Clock> Sensor<P, C> {
    fn new(port: P, clock: C) -> Self {
        Self(Clocked::new(F1::new(port), clock))
    }

    fn once(&mut self, op: Op, argument: u16) -> Result<Reply, CallError<Fault, P::Error>> {
        let (sensor, clock) = self.0.parts();
        sensor.hold(Plan::Once(op, argument)).wait(clock)
    }

    fn poll(
        &mut self,
        plan: Plan,
    ) -> nb::Result<Told<Reply, Enrolment>, CallError<Fault, P::Error>> {
        let mut event = None;
        let done = self.0.poll_with(
            |_| Conversation::new(plan),
            |sensor, pending, now| {
                if pending.plan != plan {
                    *pending = Conversation::new(plan);
                }
                match sensor.channel.poll_event(pending, &mut sensor.link, now)? {
                    Told::Done(reply) => Ok(reply),
                    Told::Event(told) => {
                        event = Some(told);
                        Err(nb::Error::WouldBlock)
                    }
                }
            },
        );
        event.map_or(done.map(Told::Done), |event| Ok(Told::Event(event)))
    }

    fn poll_match(
        &mut self,
        slot: Option<Slot>,
    ) -> nb::Result<Option<Match>, CallError<Fault, P::Error>> {
        match self.poll(Plan::Identify(slot))? {
            Told::Done(reply) => Ok(found(reply)),
            Told::Event(_) => Err(nb::Error::WouldBlock),
        }
    }
}

impl<P: Port, C: Clock> FingerprintSensor for Sensor<P, C> {
    fn capabilities(&self) -> Capabilities {
        Capabilities::DUPLICATES
    }

    fn library(&mut self) -> Result<Library, Self::Error> {
        let stored = self.once(Op::Count, 0)?.value;
        Ok(Library { stored, capacity: self.once(Op::Capacity, 0)?.value })
    }

    fn poll_identify(&mut self) -> nb::Result<Option<Match>, Self::Error> {
        self.poll_match(None)
    }

    fn poll_verify(&mut self, slot: Slot) -> nb::Result<Option<Match>, Self::Error> {
        self.poll_match(Some(slot))
    }

    fn poll_enrol(&mut self, slot: Slot) -> nb::Result<Enrolment, Self::Error> {
        match self.poll(Plan::Enrol(slot))? {
            Told::Done(_) => Ok(Enrolment::Stored(slot)),
            Told::Event(step) => Ok(step),
        }
    }

    fn delete(&mut self, slot: Slot) -> Result<(), Self::Error> {
        self.once(Op::Delete, slot.0).map(drop)
    }
}

/// The sensor joined with its timer: of the async class.
struct AsyncSensor<P, T>(Clocked<F1<P>, T>);

impl<P: embedded_io_async::ErrorType, T> ErrorType for AsyncSensor<P, T> {
    type Error = CallError<Fault, IoError<P::Error>>;
}

impl<P: embedded_io_async::Read + embedded_io_async::Write, T: Timer> AsyncSensor<P, T> {
    async fn once(&mut self, plan: Plan) -> Result<Reply, <Self as ErrorType>::Error> {
        let (sensor, timer) = self.0.parts();
        sensor.hold(plan).run(timer).await
    }
}

impl<P, T> AsyncFingerprintSensor for AsyncSensor<P, T>
where
    P: embedded_io_async::Read + embedded_io_async::Write,
    T: Timer,
{
    fn capabilities(&self) -> Capabilities {
        Capabilities::DUPLICATES
    }

    async fn library(&mut self) -> Result<Library, Self::Error> {
        let stored = self.once(Plan::Once(Op::Count, 0)).await?.value;
        Ok(Library { stored, capacity: self.once(Plan::Once(Op::Capacity, 0)).await?.value })
    }

    async fn identify(&mut self) -> Result<Option<Match>, Self::Error> {
        self.once(Plan::Identify(None)).await.map(found)
    }

    async fn verify(&mut self, slot: Slot) -> Result<Option<Match>, Self::Error> {
        self.once(Plan::Identify(Some(slot))).await.map(found)
    }

    async fn enrol(
        &mut self,
        slot: Slot,
        mut told: impl FnMut(Enrolment),
    ) -> Result<(), Self::Error> {
        let (sensor, timer) = self.0.parts();
        let mut call = sensor.hold(Plan::Enrol(slot));
        while let Told::Event(step) = call.run_event(timer).await? {
            told(step);
        }
        told(Enrolment::Stored(slot));
        Ok(())
    }

    async fn delete(&mut self, slot: Slot) -> Result<(), Self::Error> {
        self.once(Plan::Once(Op::Delete, slot.0)).await.map(drop)
    }
}

// The simulator: from the data sheet, with nothing of the driver.

#[derive(Debug, Default)]
struct AcmeF1 {
    input: Vec<u8>,
    outbox: Outbox,
    finger: Option<usize>,
    captured: Vec<usize>,
    library: [Option<usize>; 8],
    /// Takes everybody for the template of slot 1.
    gullible: bool,
    heard: usize,
}

impl AcmeF1 {
    fn obey(&mut self, op: u8, argument: usize) -> (u8, usize) {
        match op {
            1 => (0, self.library.iter().flatten().count()),
            2 => (0, self.library.len()),
            3 => (0, self.finger.is_some().into()),
            4 if self.gullible => (0, 1),
            4 => match self.finger {
                None => (2, 0),
                finger => match self.library.iter().position(|known| *known == finger) {
                    None => (1, 0),
                    Some(slot) => (0, slot),
                },
            },
            5 if self.finger.is_none() => (2, 0),
            5 => match self.library.get(argument) {
                Some(known) if *known == self.finger => (0, argument),
                _ => (1, 0),
            },
            6 => match self.finger {
                None => (2, 0),
                Some(finger) => {
                    self.captured.truncate(argument - 1);
                    self.captured.push(finger);
                    (0, 0)
                }
            },
            7 => match (self.library.get(argument), &self.captured[..]) {
                (None, _) => (5, 0),
                (Some(Some(_)), _) => (3, 0),
                (_, [a, b]) if a == b && self.library.contains(&Some(*a)) => (4, 0),
                (_, [a, b]) if a == b => {
                    self.library[argument] = Some(*a);
                    (0, 0)
                }
                _ => (9, 0),
            },
            8 => match self.library.get_mut(argument) {
                None => (5, 0),
                Some(slot) => {
                    *slot = None;
                    (0, 0)
                }
            },
            _ => (0xFF, 0),
        }
    }
}

impl Device for AcmeF1 {
    fn receive(&mut self, bytes: &[u8], now: Instant) {
        self.input.extend(bytes);
        while let Some(start) = self.input.iter().position(|byte| *byte == 0xA1) {
            self.input.drain(..start);
            let Some(&[_, seq, op, hi, lo, check]) = self.input.get(..6) else { return };
            let sum = [0xA1, seq, op, hi, lo].iter().map(|byte| u32::from(*byte)).sum::<u32>();
            if sum % 256 != check.into() {
                self.input.remove(0);
                continue;
            }
            self.input.drain(..6);
            self.heard += 1;
            let (status, value) = self.obey(op, usize::from(hi) * 256 + usize::from(lo));
            let mut reply = vec![0xA2, seq, status, (value / 256) as u8, (value % 256) as u8];
            let sum: u32 = reply.iter().map(|byte| u32::from(*byte)).sum();
            reply.push((sum % 256) as u8);
            self.outbox.push(now, Duration::from_millis(5), reply);
        }
        self.input.clear();
    }

    fn transmit(&mut self, now: Instant) -> Vec<u8> {
        self.outbox.take(now)
    }
}

struct Hand {
    device: Simulated<AcmeF1>,
    clock: VirtualClock,
}

impl FingerprintStimulus for Hand {
    fn place(&mut self, finger: usize) {
        self.device.device().finger = Some(finger);
    }

    fn lift(&mut self) {
        self.device.device().finger = None;
    }

    fn wait(&mut self) {
        self.clock.advance(Duration::from_millis(1));
    }
}

type SimSensor = Sensor<embedded_pos::sim::SimPort<AcmeF1, VirtualClock>, VirtualClock>;

fn bench(chunk: usize) -> (SimSensor, Hand) {
    let (device, clock) = (Simulated::new(AcmeF1::default()), VirtualClock::new());
    let sensor = Sensor::new(device.port(clock.clone()).chunked(chunk), clock.clone());
    (sensor, Hand { device, clock })
}

#[test]
fn the_suite_of_the_class_runs_on_a_driver_from_outside() {
    for chunk in [1, 4, usize::MAX] {
        let (mut sensor, mut hand) = bench(chunk);
        let report = fingerprint(&mut sensor, &mut hand);
        assert!(report.passed(), "{report}");
        assert!(report.checks.len() > 10);
    }
}

#[test]
fn the_suite_names_what_is_broken() {
    let (mut sensor, mut hand) = bench(usize::MAX);
    hand.device.device().gullible = true;
    let report = fingerprint(&mut sensor, &mut hand);
    let broken: Vec<_> = report.failures().map(|check| check.promise).collect();
    assert!(broken.contains(&"an empty library matches nobody"), "{report}");
    assert!(broken.contains(&"a strange finger is no match and no error"), "{report}");
    assert!(!broken.contains(&"a finger is verified in its slot and in no other"), "{report}");
}

#[test]
fn each_line_fault_is_survived() {
    let mut faults = vec![
        LineFault::WrongCheck,
        LineFault::Silence,
        LineFault::Late(Duration::from_millis(150)),
        LineFault::Noise(vec![0xA2, 0xA2, 0, 0xA1]),
        LineFault::Repeated,
    ];
    for at in 0..6 {
        faults.extend([LineFault::LostByte(at), LineFault::DoubledByte(at)]);
        faults.extend((0..8).map(|bit| LineFault::Flipped(at, 1 << bit)));
    }
    for fault in faults {
        let (mut sensor, hand) = bench(3);
        hand.device.device().library[3] = Some(0);
        hand.device.device().finger = Some(0);
        hand.device.device().outbox.inject(fault.clone());
        assert_eq!(sensor.library().unwrap(), Library { stored: 1, capacity: 8 }, "{fault:?}");
        hand.device.device().outbox.inject(fault.clone());
        let (driver, clock) = sensor.0.parts();
        let reply = driver.hold(Plan::Identify(None)).wait(clock).unwrap();
        assert_eq!(found(reply).map(|found| found.slot), Some(Slot(3)), "{fault:?}");
    }
}

#[test]
fn an_error_has_a_kind_and_a_sentence() {
    let (mut sensor, hand) = bench(usize::MAX);
    for _ in 0..3 {
        hand.device.device().outbox.inject(LineFault::Silence);
    }
    let error = sensor.library().unwrap_err();
    assert_eq!((error.kind(), error), (ErrorKind::Timeout, CallError::Device(Fault::Silent)));
    assert_eq!(error.to_string(), "the sensor does not answer");
    assert_eq!(hand.device.device().heard, 3, "asked three times, no more");
    hand.device.unplug();
    assert_eq!(sensor.library(), Err(CallError::Port(Unplugged)));
}

#[test]
fn the_async_twin_of_the_class_can_be_had_too() {
    let (device, mut clock) = (Simulated::new(AcmeF1::default()), VirtualClock::new());
    let port = device.port(clock.clone()).chunked(2);
    let mut sensor = AsyncSensor(Clocked::new(F1::new(port), clock.clone()));
    let mut steps = Vec::new();
    let told = |step| {
        steps.push(step);
        device.device().finger = (step != Enrolment::Lift).then_some(1);
    };
    block_on(sensor.enrol(Slot(2), told)).unwrap();
    let (first, second) = (Enrolment::Place(1), Enrolment::Place(2));
    assert_eq!(steps, [first, Enrolment::Lift, second, Enrolment::Stored(Slot(2))]);
    assert_eq!(block_on(sensor.identify()).unwrap().unwrap().slot, Slot(2));
    assert_eq!(block_on(sensor.verify(Slot(1))).unwrap(), None);
    block_on(sensor.delete(Slot(2))).unwrap();
    assert_eq!(block_on(sensor.library()).unwrap().stored, 0);
    assert!(Clock::now(&mut clock) > Instant::ZERO);
}
