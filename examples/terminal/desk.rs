//! The officer's desk: the loop that leads a case through the devices.
//!
//! This is what the main program of a terminal does, for any devices, hosts
//! and people. It needs neither `std` nor a heap; the firmware in
//! `examples/boards/` includes this very file.

use core::fmt::{self, Write as _};

use embedded_pos::card::CardReader;
use embedded_pos::emv;
use embedded_pos::emv::cvm::PinEntry;
use embedded_pos::fingerprint::trust::{
    Claim, Comparison, Denied, Evidence, Policy, Presence, Reply,
};
use embedded_pos::fingerprint::{Alarms, FingerprintSensor, Identified};
use embedded_pos::port::{Duration, Instant};
use embedded_pos::printer::Printer;
use embedded_pos::scan::code::{Expect, Kind, OneTime, PaymentCode, classify};
use embedded_pos::scan::plate::{Colour, Plate, PlateCamera};
use embedded_pos::scan::{Scan, Scanner};
use embedded_pos::terminal::papers::Papers;
use embedded_pos::terminal::payment::{
    self, Answer, Charge, History, Means, Method, OrderState, Payment, Replay, Request, Wallet,
};
use embedded_pos::terminal::{
    Authorisation, Backend, Case, Choice, Confirmation, Delivery, Driver, Entry, Factor, Failures,
    Fault, Fen, Finding, Kept, Moment, NumberBlock, Officer, OfficerId, Outcome, Paper, Printing,
    Record, RecordStore, Rules, Seq, Series, Session, SignIn, SignInStep, Signature, Source,
    Standing, Step, Subject, Taken, Tender, Text, Vehicle, Violation, upload_oldest,
};
use embedded_pos::{Error, ErrorKind, nb};

use crate::slip::{Chip, WithChip};

/// How often a device is asked again after its line failed it.
const TRIES: u32 = 4;
/// How long a person has for what the terminal asks for.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often a paper is printed again before it is owed.
const COPIES: u8 = 4;

/// What is the same for all cases of a terminal.
#[derive(Clone, Copy, Debug)]
pub struct Office<'a> {
    /// Who may sign in.
    pub roster: &'a [Officer<'a>],
    /// What it takes.
    pub policy: Policy,
    /// What is decided by.
    pub rules: Rules<'a>,
    /// The wording of the papers.
    pub papers: Papers<'a>,
    /// The terminal, as cards see it.
    pub chip: emv::Terminal<'a>,
}

/// The numbers the terminal may give out.
#[derive(Debug, Default)]
pub struct Numbers {
    /// Of decisions.
    pub decisions: Option<NumberBlock>,
    /// Of certificates of compulsory measures.
    pub measures: Option<NumberBlock>,
}

/// The parts of a terminal.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Part {
    /// The card reader.
    Card,
    /// The scan engine.
    Scanner,
    /// The plate camera.
    Camera,
    /// The fingerprint sensor.
    Fingerprint,
    /// The printer.
    Printer,
    /// The record store.
    Records,
    /// The hosts.
    Backend,
    /// The logic itself.
    Terminal,
    /// The PIN pad.
    PinPad,
}

impl Part {
    /// The name, as on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::Scanner => "scanner",
            Self::Camera => "camera",
            Self::Fingerprint => "fingerprint",
            Self::Printer => "printer",
            Self::Records => "records",
            Self::Backend => "backend",
            Self::Terminal => "terminal",
            Self::PinPad => "PIN pad",
        }
    }
}

/// Why a case stopped before its end.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Stop {
    /// Which part.
    pub part: Part,
    /// What a caller can do.
    pub kind: ErrorKind,
    /// What went wrong.
    pub text: heapless::String<96>,
}

impl Stop {
    /// A part failed in this way.
    pub fn new(part: Part, error: &impl Error) -> Self {
        let mut text = heapless::String::new();
        // What does not fit is left out.
        let _ = write!(text, "{error}");
        Self { part, kind: error.kind(), text }
    }
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl core::error::Error for Stop {}

impl Error for Stop {
    fn kind(&self) -> ErrorKind {
        self.kind
    }
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Self::new(Part::Terminal, &fault)
    }
}

/// What a person is asked to do now.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Act {
    /// Drive past the camera.
    PassCamera,
    /// Lay a finger on the sensor.
    LayFinger,
    /// Hold the licence in front of the scanner.
    ShowLicence,
    /// Hold the payment code in front of the scanner.
    ShowPayment(Wallet),
    /// Put the card in.
    InsertCard,
    /// Leave the card where it is.
    LeaveCard,
    /// Take the card out.
    TakeCard,
    /// Pay what the code shows.
    PayShown,
    /// Put paper in.
    LoadPaper,
    /// Take away the hand, or what was shown.
    Done,
}

/// The people at the terminal, and its clock.
pub trait World {
    /// The time.
    fn now(&mut self) -> Moment;
    /// Lets time pass until then, or a little of it.
    fn idle(&mut self, until: Instant);
    /// Tells what happens, for people to follow.
    fn tell(&mut self, part: Part, line: fmt::Arguments<'_>);
    /// A conversation failed and is held again.
    fn survived(&mut self, part: Part, error: &dyn fmt::Display);
    /// Asks a person to do something.
    fn ask(&mut self, act: Act);
    /// The number of the officer who signs in.
    fn officer(&mut self) -> OfficerId;
    /// Whether the officer passes the second factor.
    fn second_factor(&mut self, factor: Factor) -> bool;
    /// The plate the officer types; `None` to wait for the camera.
    fn typed_plate(&mut self) -> Option<Plate>;
    /// What the officer does about what the databases know.
    fn choose<'v>(&mut self, violations: &'v [Option<Violation>]) -> Choice<'v>;
    /// What the person says to it.
    fn confirm(&mut self) -> Confirmation;
    /// How the person pays.
    fn tender(&mut self, due: Fen) -> Tender;
    /// The code to show to the payer.
    fn show(&mut self, code: &[u8]);
    /// A paper came out, or did not.
    fn printed(&mut self, paper: Paper, printing: Printing);
    /// Whether the person signs.
    fn sign(&mut self) -> Signature;
    /// Whether the person takes the papers.
    fn deliver(&mut self) -> Delivery;
    /// Four bytes no card can foresee.
    fn unpredictable(&mut self) -> [u8; 4];
}

/// The devices, the hosts, the store, and the people.
#[derive(Debug)]
pub struct Desk<C, S, K, F, P, N, B, R, W> {
    /// The card reader.
    pub card: C,
    /// The scan engine.
    pub scanner: S,
    /// The plate camera.
    pub camera: K,
    /// The fingerprint sensor.
    pub sensor: F,
    /// The printer.
    pub printer: P,
    /// The PIN pad; it is asked for what the office's terminal can do.
    pub pad: N,
    /// The hosts.
    pub backend: B,
    /// The record store.
    pub records: R,
    /// The payment codes of the last minutes.
    pub codes: OneTime<16>,
    /// The people and the clock.
    pub world: W,
}

/// What was answered, in words for people.
pub struct Said<'a, T>(pub &'a T);

impl fmt::Display for Said<'_, Evidence<OfficerId>> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Evidence { method, found, second_factor, .. } = self.0;
        let second = if *second_factor { " and a second factor" } else { "" };
        let (method, level) = (method.name(), self.0.level().name());
        write!(f, "by finger {method}, score {}{second}: {level}", found.score)
    }
}

impl fmt::Display for Said<'_, Option<Colour>> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(colour) => write!(f, "{colour:?}"),
            None => f.write_str("of unknown colour"),
        }
    }
}

impl fmt::Display for Said<'_, Finding> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Finding::Violations(count) => write!(f, "{count}"),
            Finding::Standing(Standing::Until(day)) => write!(f, "until {day}"),
            Finding::Standing(Standing::None) => f.write_str("none on record"),
            Finding::Unknown(kind) => write!(f, "not known, {kind}"),
            other => write!(f, "{other:?}"),
        }
    }
}

impl fmt::Display for Said<'_, Answer> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Answer::Reply(reply) => match &reply.state {
                OrderState::Paid(approval) => {
                    write!(f, "paid {} yuan, reference {}", approval.amount, approval.reference)
                }
                OrderState::Declined(code) => write!(f, "declined, code {code}"),
                state => write!(f, "{state:?}"),
            },
            Answer::Shown(len) => write!(f, "a code of {len} bytes to show"),
            Answer::Undo(undo) => write!(f, "undoing: {undo:?}"),
            Answer::NotSent(_) => f.write_str("not sent"),
            Answer::Nothing(doubt) => write!(f, "no answer that tells: {doubt:?}"),
        }
    }
}

/// Asks a device until it answers, as long as asking again may help.
pub fn retry<T, E: Error>(
    world: &mut impl World,
    part: Part,
    mut ask: impl FnMut() -> Result<T, E>,
) -> Result<T, Stop> {
    let mut tries = TRIES;
    loop {
        match ask() {
            Ok(value) => return Ok(value),
            Err(error) if tries > 1 && may_pass(error.kind()) => {
                tries -= 1;
                world.survived(part, &error);
            }
            Err(error) => return Err(Stop::new(part, &error)),
        }
    }
}

/// A line that garbles may pass too; one that is gone fails as often as asked.
const fn may_pass(kind: ErrorKind) -> bool {
    use ErrorKind::{Busy, Line, Protocol, Retry, Timeout};
    matches!(kind, Line | Timeout | Protocol | Busy | Retry)
}

/// Whether another attempt can end otherwise.
const fn may_pass_again(denied: Denied) -> bool {
    !matches!(denied, Denied::NoTemplate | Denied::OtherSensor | Denied::AlikeSensor)
}

/// Polls until a person did what was asked for, for a while. `None`: nobody did.
pub fn patiently<W: World, T, E: Error>(
    world: &mut W,
    part: Part,
    mut poll: impl FnMut() -> nb::Result<T, E>,
) -> Result<Option<T>, Stop> {
    let end = world.now().at + PATIENCE;
    let mut tries = TRIES;
    while world.now().at < end {
        match poll() {
            Ok(value) => return Ok(Some(value)),
            Err(nb::Error::WouldBlock) => {
                let soon = world.now().at + Duration::from_millis(1);
                world.idle(soon);
            }
            Err(nb::Error::Other(error)) if tries > 1 && may_pass(error.kind()) => {
                tries -= 1;
                world.survived(part, &error);
            }
            Err(nb::Error::Other(error)) => return Err(Stop::new(part, &error)),
        }
    }
    Ok(None)
}

/// Nobody did what was asked for.
fn nobody(part: Part) -> Stop {
    Stop::new(part, &ErrorKind::Absent)
}

pub fn keep<R: RecordStore>(
    world: &mut impl World,
    records: &mut R,
    entry: Entry<'_>,
) -> Result<Kept, Stop> {
    let kept = retry(world, Part::Records, || entry.append(records))?;
    world.tell(Part::Records, format_args!("{}", entry.record().event.kind()));
    Ok(kept)
}

impl<C, S, K, F, P, N, B, R, W> Desk<C, S, K, F, P, N, B, R, W>
where
    C: CardReader,
    S: Scanner,
    K: PlateCamera,
    F: FingerprintSensor + Identified + Alarms,
    P: Printer,
    N: PinEntry,
    B: Backend,
    R: RecordStore,
    W: World,
{
    /// Signs an officer in and leads one case.
    pub fn shift(&mut self, office: &Office<'_>) -> Result<Outcome, Stop> {
        let number = self.next_case()?;
        let session = self.sign_in(office, number)?;
        let number = self.next_case()?;
        self.case(office, session, number, &mut Numbers::default())
    }

    /// A case number that no record has yet.
    pub fn next_case(&mut self) -> Result<u32, Stop> {
        let mut last = 0;
        self.replay(|record| last = record.case.max(last))?;
        Ok(last.saturating_add(1))
    }

    fn replay(&mut self, mut each: impl FnMut(&Record)) -> Result<(), Stop> {
        let Self { world, records, .. } = self;
        retry(world, Part::Records, || records.replay(&mut |_, record| each(record)))
    }

    /// Signs an officer in; `case` numbers the records of it.
    pub fn sign_in<'a>(&mut self, office: &Office<'a>, case: u32) -> Result<Session<'a>, Stop> {
        let claim = Claim::Is(self.world.officer());
        let (session, _) = self.authenticate(office, claim, case)?;
        self.greet(&session);
        Ok(session)
    }

    /// Has the officer who is signed in lay the finger anew.
    fn lay_finger(
        &mut self,
        office: &Office<'_>,
        session: &Session<'_>,
    ) -> Result<Authorisation, Stop> {
        let number = self.next_case()?;
        let claim = Claim::Is(session.officer().id);
        let (_, sign_in) = self.authenticate(office, claim, number)?;
        Ok(sign_in.into_authorisation().ok_or(Fault::NotAuthorised)?)
    }

    /// How many attempts failed is in the records: switching the terminal off
    /// forgives none.
    fn authenticate<'a>(
        &mut self,
        office: &Office<'a>,
        claim: Claim<OfficerId>,
        case: u32,
    ) -> Result<(Session<'a>, SignIn<'a>), Stop> {
        let mut failures = Failures::default();
        self.replay(|record| failures.record(record))?;
        let now = self.world.now();
        let mut sign_in = SignIn::new(office.roster, office.policy, claim, failures, case, now);
        let (mut vain, mut poor) = (0, 0);
        loop {
            let now = self.world.now();
            match sign_in.step(now) {
                SignInStep::Append(entry) => {
                    let kept = keep(&mut self.world, &mut self.records, entry)?;
                    sign_in.appended(&kept)?;
                }
                SignInStep::Wait { until } => self.world.idle(until),
                SignInStep::Sensor => sign_in.sensor(self.presence().map_err(|stop| stop.kind))?,
                // The policy of this office asks for none.
                SignInStep::Prove => sign_in.proved(false)?,
                SignInStep::Finger(comparison) => match self.finger(comparison)? {
                    Some(reply) => {
                        sign_in.finger(reply, self.sensor.interruptions(), self.world.now())?;
                        poor += u32::from(reply == Reply::Failed(ErrorKind::Retry));
                        if poor > TRIES {
                            sign_in.leave(self.world.now())?;
                        }
                    }
                    None => sign_in.leave(self.world.now())?,
                },
                SignInStep::SecondFactor(_, factor) => {
                    let passed = self.world.second_factor(factor);
                    sign_in.second_factor(passed, self.world.now())?;
                }
                SignInStep::Denied(denied) => {
                    self.world.survived(Part::Fingerprint, &denied);
                    vain += 1;
                    if vain > TRIES || !may_pass_again(denied) {
                        return Err(Stop::new(Part::Fingerprint, &denied));
                    }
                }
                SignInStep::Done(session) => return Ok((session, sign_in)),
                SignInStep::Left => return Err(nobody(Part::Fingerprint)),
            }
        }
    }

    fn greet(&mut self, session: &Session<'_>) {
        let officer = session.officer();
        self.world.tell(
            Part::Terminal,
            format_args!("{} {} signed in, {}", officer.id, officer.name, Said(session.evidence())),
        );
    }

    fn presence(&mut self) -> Result<Presence, Stop> {
        let Self { world, sensor, .. } = self;
        let stored = retry(world, Part::Fingerprint, || sensor.library())?.stored;
        let id = retry(world, Part::Fingerprint, || sensor.sensor_id())?;
        Ok(Presence { id, interruptions: sensor.interruptions(), stored })
    }

    /// Lets the sensor compare, once: an answer that got lost may have been one
    /// to a comparison. `None`: nobody came.
    fn finger(&mut self, comparison: Comparison) -> Result<Option<Reply>, Stop> {
        let Self { world, sensor, .. } = self;
        world.ask(Act::LayFinger);
        let reply = patiently(world, Part::Fingerprint, || {
            let polled = match comparison {
                Comparison::Verify(slot) => sensor.poll_verify(slot),
                Comparison::Search => sensor.poll_identify(),
            };
            let result = match polled {
                Err(nb::Error::WouldBlock) => return Err(nb::Error::WouldBlock),
                Err(nb::Error::Other(error)) => Err(error),
                Ok(found) => Ok(found),
            };
            Ok::<_, nb::Error<ErrorKind>>(Reply::of(&result, F::alarm))
        });
        world.ask(Act::Done);
        let reply = reply?;
        if let Some(Reply::Match(found)) = reply {
            world.tell(Part::Fingerprint, format_args!("{}, score {}", found.slot, found.score));
        }
        Ok(reply)
    }

    /// Drives the payments without an end, of before a power cut or of a host
    /// that did not answer, to theirs. One can stay unresolved; it is found
    /// again.
    pub fn take_up(&mut self, office: &Office<'_>) -> Result<(), Stop> {
        for _ in 0..TRIES {
            let mut open = Replay::<4>::new();
            self.replay(|record| open.record(record))?;
            while let Some(mut payment) = open.take(office.rules.timing, self.world.now())? {
                let key = payment.key();
                self.world.tell(Part::Terminal, format_args!("payment {key} is taken up"));
                self.drive(&mut payment)?;
            }
            if !open.is_overflown() {
                return Ok(());
            }
        }
        Err(Fault::StillOpen.into())
    }

    fn drive(&mut self, payment: &mut Payment) -> Result<(), Stop> {
        loop {
            let now = self.world.now();
            match payment.step(now) {
                payment::Step::Append(entry) => {
                    let kept = keep(&mut self.world, &mut self.records, entry)?;
                    payment.appended(&kept)?;
                }
                payment::Step::Ask(request) => {
                    // It was sent before: only questions and undoing are left.
                    let answer = request.ask(&mut self.backend, &mut Means::Nothing);
                    self.world.tell(Part::Backend, format_args!("{}", Said(&answer)));
                    payment.answered(answer, self.world.now())?;
                }
                payment::Step::Complete(_) => payment.completed(false, now)?,
                payment::Step::Wait { until } => self.world.idle(until),
                payment::Step::Done => return Ok(()),
            }
        }
    }

    /// Sends records until the archive has this one, or all. Returns the last
    /// it took.
    pub fn upload(&mut self, upto: Seq) -> Option<Seq> {
        let (mut acked, mut failures) = (None, 0);
        while failures < TRIES && acked < Some(upto) {
            match upload_oldest(&mut self.records, &mut self.backend) {
                Ok(Some(seq)) => (acked, failures) = (Some(seq), 0),
                Ok(None) => break,
                Err(error) => {
                    failures += 1;
                    self.world.survived(Part::Backend, &error);
                }
            }
        }
        acked
    }

    /// Leads one case to its end. Payments without an end come first.
    pub fn case<'a>(
        &mut self,
        office: &'a Office<'a>,
        session: Session<'a>,
        number: u32,
        numbers: &mut Numbers,
    ) -> Result<Outcome, Stop> {
        self.take_up(office)?;
        let mut case = Case::new(&office.rules, session, number)?;
        let mut violations = [None; 8];
        // Of the payment that was made, for its slip.
        let mut chip = None;
        loop {
            let now = self.world.now();
            match case.step(now) {
                Step::Append(entry) => {
                    let kept = keep(&mut self.world, &mut self.records, entry)?;
                    case.appended(kept, now)?;
                }
                Step::Identify => case.identified(self.identify()?, self.world.now())?,
                Step::Query(query) => {
                    let subject = *case.subject();
                    let finding = query.ask(&mut self.backend, &subject, &mut violations);
                    self.world.tell(Part::Backend, format_args!("{query:?}: {}", Said(&finding)));
                    case.queried(finding, self.world.now())?;
                }
                Step::Choose => {
                    case.chosen(self.world.choose(&violations), self.world.now())?;
                }
                Step::Confirm => case.confirmed(self.world.confirm(), self.world.now())?,
                Step::Authorise => {
                    let authorisation = self.lay_finger(office, &session)?;
                    case.authorised(authorisation, self.world.now())?;
                }
                Step::Number(series) => {
                    case.numbered(self.number(series, numbers)?, self.world.now())?;
                }
                Step::Recall(terminal, decision) => {
                    let history = retry(&mut self.world, Part::Records, || {
                        History::read(terminal, decision, &mut self.records)
                    })?;
                    case.recalled(&history, self.world.now())?;
                }
                Step::Tender { due } => {
                    case.tendered(self.world.tender(due), self.world.now())?;
                }
                Step::Ask(request) => chip = self.pay(office, &mut case, number, request)?.or(chip),
                // Only after an approval, and `by_card` sees to that itself: a
                // card that is gone by now did not agree.
                Step::Complete(_) => case.completed(false, now)?,
                Step::Wait { until } => self.world.idle(until),
                Step::Print { paper, copy } => {
                    let fields = WithChip { case: &case, chip: chip.as_ref() };
                    let printing = self.print(office, &fields, paper, copy)?;
                    self.world.printed(paper, printing);
                    case.printed(printing, self.world.now())?;
                }
                Step::Sign => case.signed(self.world.sign(), self.world.now())?,
                Step::Deliver => case.delivered(self.world.deliver(), self.world.now())?,
                Step::Upload { upto } => case.uploaded(self.upload(upto))?,
                Step::Done(outcome) => return Ok(outcome),
                // A step of a later version of the crate.
                _ => return Err(Stop::new(Part::Terminal, &ErrorKind::Unsupported)),
            }
        }
    }

    /// Takes a number. What the records know is not given out again, should the
    /// platform grant a block twice.
    fn number(&mut self, series: Series, numbers: &mut Numbers) -> Result<Taken, Stop> {
        let block = match series {
            Series::Decision => &mut numbers.decisions,
            Series::Measure => &mut numbers.measures,
            // A series of a later version of the crate.
            _ => return Err(Stop::new(Part::Terminal, &ErrorKind::Unsupported)),
        };
        if block.as_ref().is_none_or(|block| block.left() == 0) {
            let Self { world, backend, .. } = self;
            let mut granted = retry(world, Part::Backend, || backend.numbers(series))?;
            self.replay(|record| {
                record.event.number().into_iter().for_each(|number| granted.used(number));
            })?;
            *block = Some(granted);
        }
        Ok(block.as_mut().ok_or(Fault::Exhausted)?.take()?)
    }

    fn identify(&mut self) -> Result<Subject, Stop> {
        let (plate, colour, source) = match self.world.typed_plate() {
            Some(plate) => (plate, plate.colour(), Source::Typed),
            None => self.plate()?,
        };
        // Several classes can have the same form; the colour tells most apart.
        let classes = colour.map_or(plate.hpzl(), |colour| plate.hpzl_in(colour));
        let vehicle = Vehicle::new(&plate, *classes.first().ok_or(Fault::NoSubject)?)?;
        self.world.tell(
            Part::Terminal,
            format_args!(
                "plate {} ({source:?}): class {}, number {}",
                vehicle.plate, vehicle.hpzl, vehicle.hphm
            ),
        );
        let driver = Driver { licence: self.licence()?, name: Text::EMPTY };
        Ok(Subject { vehicle: Some((vehicle, source)), driver: Some((driver, Source::Scanner)) })
    }

    fn plate(&mut self) -> Result<(Plate, Option<Colour>, Source), Stop> {
        let Self { world, camera, .. } = self;
        retry(world, Part::Camera, || camera.subscribe())?;
        world.ask(Act::PassCamera);
        let read = patiently(world, Part::Camera, || -> nb::Result<_, K::Error> {
            loop {
                let read = camera.poll_plate()?;
                if let Some(plate) = read.plate() {
                    return Ok((plate, read));
                }
            }
        })?;
        world.ask(Act::Done);
        let (plate, read) = read.ok_or(nobody(Part::Camera))?;
        let pictures = read.pictures.full;
        world.tell(
            Part::Camera,
            format_args!("{plate}, {}, {pictures} bytes of picture", Said(&read.colour)),
        );
        Ok((plate, read.colour, Source::Camera))
    }

    fn licence(&mut self) -> Result<Text<18>, Stop> {
        for _ in 0..TRIES {
            let mut buf = [0; 256];
            let scan = self.scan(Act::ShowLicence, &mut buf)?.ok_or(nobody(Part::Scanner))?;
            let payload = buf.get(..scan.len).unwrap_or_default();
            let found = classify(payload, scan.symbology, Expect::Licence);
            if found.get(Kind::ResidentId).is_some()
                && let Ok(text) = core::str::from_utf8(payload)
            {
                self.world.tell(Part::Scanner, format_args!("licence {text}"));
                return Ok(Text::new(text)?);
            }
            self.world.tell(Part::Scanner, format_args!("that is no licence"));
        }
        Err(nobody(Part::Scanner))
    }

    /// Starts the scanner and waits for a code; `None` if nobody shows one.
    fn scan(&mut self, act: Act, buf: &mut [u8]) -> Result<Option<Scan>, Stop> {
        let Self { world, scanner, .. } = self;
        retry(world, Part::Scanner, || scanner.start())?;
        world.ask(act);
        let scan = patiently(world, Part::Scanner, || scanner.poll_scan(buf))?;
        world.ask(Act::Done);
        if let Err(stop) = retry(world, Part::Scanner, || scanner.stop()) {
            erase(buf);
            return Err(stop);
        }
        Ok(scan)
    }

    fn pay(
        &mut self,
        office: &Office<'_>,
        case: &mut Case<'_>,
        number: u32,
        request: Request,
    ) -> Result<Option<Chip>, Stop> {
        let answer = match request {
            Request::Pay(charge) if charge.method() == Method::Card => {
                return self.by_card(office, case, number, charge);
            }
            Request::Pay(charge) => self.by_code(charge)?,
            Request::Show(charge) => {
                let mut code = [0; 256];
                let answer =
                    Request::Show(charge).ask(&mut self.backend, &mut Means::Show(&mut code));
                if let Answer::Shown(len) = answer {
                    self.world.show(code.get(..len).unwrap_or_default());
                    self.world.ask(Act::PayShown);
                }
                answer
            }
            other => other.ask(&mut self.backend, &mut Means::Nothing),
        };
        self.world.tell(Part::Backend, format_args!("{}", Said(&answer)));
        case.answered(answer, self.world.now())?;
        Ok(None)
    }

    fn by_code(&mut self, charge: Charge) -> Result<Answer, Stop> {
        let Method::Scanned(wallet) = charge.method() else { return Ok(Answer::NotSent(charge)) };
        let mut buf = [0; 256];
        let Some(scan) = self.scan(Act::ShowPayment(wallet), &mut buf)? else {
            return Ok(Answer::NotSent(charge));
        };
        let payload = buf.get(..scan.len).unwrap_or_default();
        let wanted = match wallet {
            Wallet::WeChat => Kind::Wechat,
            Wallet::Alipay => Kind::Alipay,
            _ => Kind::UnionPayQr,
        };
        let found = classify(payload, scan.symbology, Expect::Payment);
        let code = found.get(wanted).and(PaymentCode::new(payload));
        erase(&mut buf);
        let Some(code) = code else {
            self.world.tell(Part::Scanner, format_args!("that is no code of {wallet:?}"));
            return Ok(Answer::NotSent(charge));
        };
        self.world.tell(Part::Scanner, format_args!("a code of {wallet:?}"));
        let mut code = match self.codes.admit(code, self.world.now().at) {
            Ok(code) => code,
            Err(refusal) => {
                self.world.tell(Part::Scanner, format_args!("{refusal}"));
                return Ok(Answer::NotSent(charge));
            }
        };
        let answer = Request::Pay(charge).ask(&mut self.backend, &mut Means::Code(&mut code));
        self.codes.take_back(code);
        Ok(answer)
    }

    fn print(
        &mut self,
        office: &Office<'_>,
        fields: &WithChip<'_>,
        paper: Paper,
        copy: u8,
    ) -> Result<Printing, Stop> {
        if copy > COPIES {
            return Ok(Printing::GivenUp);
        }
        let Self { world, printer, .. } = self;
        let mut scratch = [0; 512];
        let mut page = office.papers.template(paper).render(fields, &mut scratch);
        loop {
            match page.next_item() {
                Ok(None) => break,
                Ok(Some(item)) => {
                    if let Err(error) = printer.print(&item) {
                        return broken(world, &error);
                    }
                }
                Err(fault) => return Err(Stop::new(Part::Terminal, &fault)),
            }
        }
        let printed = patiently(world, Part::Printer, || printer.poll_printed());
        match printed {
            Ok(Some(completion)) => {
                world.tell(Part::Printer, format_args!("{} printed, {completion:?}", paper.name()));
                Ok(completion.into())
            }
            Ok(None) => Ok(Printing::Failed(ErrorKind::Timeout)),
            Err(stop) => broken_for(world, stop),
        }
    }
}

/// Printing stopped. A printer whose line is gone ends the case; paper can be
/// put in.
fn broken(world: &mut impl World, error: &impl Error) -> Result<Printing, Stop> {
    broken_for(world, Stop::new(Part::Printer, error))
}

fn broken_for(world: &mut impl World, stop: Stop) -> Result<Printing, Stop> {
    match stop.kind {
        ErrorKind::Line | ErrorKind::Unsupported | ErrorKind::Argument => Err(stop),
        kind => {
            world.survived(Part::Printer, &stop.text);
            if kind == ErrorKind::Absent {
                world.ask(Act::LoadPaper);
            }
            Ok(Printing::Failed(kind))
        }
    }
}

/// Forgets what a card or a payer showed.
pub fn erase(secret: &mut [u8]) {
    secret.fill(0);
    // Seen from outside, so that it is not left out.
    core::hint::black_box(secret);
}
