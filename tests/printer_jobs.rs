//! Jobs: each on paper exactly once, or reported as not printed or unknown,
//! whatever fails at whatever byte.
//!
//! Every 67th byte by default; `PRINTER_EVERY=1` takes all of them. With
//! `--nocapture`, the table of what came out.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use embedded_pos::port::{Clock, Clocked, Duration, Instant, Port};
use embedded_pos::printer::escpos::{
    BusyPin, Credit, Encoder, EscPos, Finish, Flow, Profile, Timed, Unpaced,
};
use embedded_pos::printer::job::{JobError, JobStore, Jobs, Outcome, Record, State, Why};
use embedded_pos::printer::{Align, AsyncPrinter, Item, QrLevel, Raster, Status, Style};
use embedded_pos::sim::printer::{EscPosPrinter, Jotter, Model};
use embedded_pos::sim::{
    Device, Fault as LineFault, SimPort, Simulated, Unplugged, VirtualClock, block_on,
};
use embedded_pos::{Error, ErrorKind, ErrorType};

const MARK: &[Item<'static>] = &[Item::Text("重打 REPRINT\n")];

/// What goes wrong.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Wrong {
    Nothing,
    PaperOut,
    CoverOpen,
    PrinterPower,
    HostPower,
    ReplyLost,
    ReplyDoubled,
    ReplyGarbled,
}

/// A printer that something happens to at its `at`th byte.
struct Rig {
    printer: EscPosPrinter,
    wrong: Wrong,
    at: usize,
    received: usize,
    /// How many the first attempt was.
    first: usize,
    /// When the person is there.
    help_at: Option<Instant>,
}

impl Rig {
    fn help(&mut self, now: Instant) {
        if self.help_at.is_some_and(|at| now >= at) {
            self.help_at = None;
            self.printer.load_paper();
        }
    }

    fn happens(&mut self, now: Instant) {
        // A person takes a second or more; so does a power switch.
        let slow = Duration::from_millis(1_000 + (self.at as u64 * 37) % 900);
        match self.wrong {
            Wrong::PaperOut => self.printer.condition.paper_out = true,
            Wrong::CoverOpen => self.printer.condition.cover_open = true,
            Wrong::PrinterPower => {
                let off = Duration::from_millis((self.at as u64 * 53) % 700);
                return self.printer.cut_power(now, off);
            }
            Wrong::ReplyLost => return self.printer.outbox.inject(LineFault::Silence),
            Wrong::ReplyDoubled => return self.printer.outbox.inject(LineFault::Repeated),
            Wrong::ReplyGarbled => {
                let mask = 1 << (self.at % 8);
                return self.printer.outbox.inject(LineFault::Flipped(0, mask));
            }
            Wrong::Nothing | Wrong::HostPower => return,
        }
        self.help_at = Some(now + slow);
    }
}

impl Device for Rig {
    fn receive(&mut self, bytes: &[u8], now: Instant) {
        for byte in bytes {
            self.help(now);
            if self.received == self.at {
                self.happens(now);
            }
            self.received += 1;
            self.printer.receive(&[*byte], now);
        }
    }

    fn transmit(&mut self, now: Instant) -> Vec<u8> {
        self.help(now);
        self.printer.transmit(now)
    }
}

/// Its BUSY line.
struct Busy(Simulated<Rig>, VirtualClock);

impl embedded_hal::digital::ErrorType for Busy {
    type Error = core::convert::Infallible;
}

impl embedded_hal::digital::InputPin for Busy {
    fn is_high(&mut self) -> Result<bool, Self::Error> {
        let now = self.1.now();
        let mut rig = self.0.device();
        rig.help(now);
        Ok(rig.printer.is_busy(now))
    }

    fn is_low(&mut self) -> Result<bool, Self::Error> {
        self.is_high().map(|high| !high)
    }
}

/// The host's line and store, until its power is cut with its `left`th byte.
#[derive(Clone)]
struct Host {
    left: Rc<Cell<usize>>,
}

struct HostPort(SimPort<Rig, VirtualClock>, Host);

impl ErrorType for HostPort {
    type Error = Unplugged;
}

impl Port for HostPort {
    fn try_read(&mut self, buf: &mut [u8]) -> nb::Result<usize, Unplugged> {
        if self.1.left.get() == 0 {
            return Err(nb::Error::Other(Unplugged));
        }
        self.0.try_read(buf)
    }

    fn try_write(&mut self, bytes: &[u8]) -> nb::Result<usize, Unplugged> {
        let left = self.1.left.get();
        if left == 0 {
            return Err(nb::Error::Other(Unplugged));
        }
        let n = self.0.try_write(&bytes[..bytes.len().min(left)])?;
        self.1.left.set(left - n);
        Ok(n)
    }
}

struct HostStore(Jotter, Host);

impl ErrorType for HostStore {
    type Error = ErrorKind;
}

impl JobStore for HostStore {
    fn load(&mut self) -> Result<Option<Record>, ErrorKind> {
        self.0.load().map_err(|error| error.kind())
    }

    fn store(&mut self, record: &Record) -> Result<(), ErrorKind> {
        match self.1.left.get() {
            0 => Err(ErrorKind::Line),
            _ => self.0.store(record).map_err(|error| error.kind()),
        }
    }
}

/// A paper of some 500 bytes, and of 200 rows with ink.
fn document(rows: &[u8]) -> Vec<Item<'_>> {
    vec![
        Item::Align(Align::Center),
        Item::Style(Style { height: 2, ..Style::BOLD }),
        Item::Text("罚款收据 1201051234567890\n"),
        Item::Style(Style::NORMAL),
        Item::Align(Align::Left),
        Item::Rule,
        Item::Columns("罚款", "￥200.00"),
        Item::Raster(Raster { width: 48, rows }),
        Item::Text("机动车违反禁止标线指示，罚款二百元，记一分。被处罚人签名：\n"),
        Item::Qr { data: b"1201051234567890", module: 2, level: QrLevel::L },
        Item::Columns("合计", "￥200.00"),
        Item::Cut,
    ]
}

/// What a paper looks like, without blank rows around it.
fn picture(items: &[Item<'_>], profile: &'static Profile, model: Model) -> Vec<Vec<u8>> {
    let mut encoder = Encoder::new(profile);
    let mut bytes = Encoder::PROLOGUE.to_vec();
    for item in items {
        let mut job = encoder.begin(item).unwrap();
        while !job.is_done() {
            let mut out = [0; Encoder::SLICE];
            let slice = encoder.fill(&mut job, &mut out);
            bytes.extend(&out[..slice.len]);
        }
    }
    let rows = rows(&EscPosPrinter::decoded(model, &bytes));
    let inked = |row: &Vec<u8>| row.iter().any(|byte| *byte != 0);
    let first = rows.iter().position(inked).unwrap();
    let last = rows.iter().rposition(inked).unwrap();
    rows[first..=last].to_vec()
}

fn rows(printer: &EscPosPrinter) -> Vec<Vec<u8>> {
    let bitmap = printer.bitmap();
    bitmap.rows().chunks_exact(bitmap.width() / 8).map(<[u8]>::to_vec).collect()
}

fn copies(paper: &[Vec<u8>], of: &[Vec<u8>]) -> usize {
    paper.windows(of.len()).filter(|rows| *rows == of).count()
}

type Driver<F> = Clocked<EscPos<HostPort, F>, VirtualClock, Finish<F>>;

/// A printer, its host, and what is to come out.
struct Bench<F> {
    sim: Simulated<Rig>,
    clock: VirtualClock,
    store: Jotter,
    profile: &'static Profile,
    flow: fn(&Simulated<Rig>, &VirtualClock) -> F,
    plain: Vec<Vec<u8>>,
    marked: Vec<Vec<u8>>,
}

impl<F: Flow> Bench<F> {
    fn driver(&self, left: usize) -> (Driver<F>, Host) {
        let host = Host { left: Rc::new(Cell::new(left)) };
        let port = HostPort(self.sim.port(self.clock.clone()).paced(115_200), host.clone());
        let flow = (self.flow)(&self.sim, &self.clock);
        (Clocked::new(EscPos::new(port, flow, self.profile), self.clock.clone()), host)
    }

    /// Everything the printer still has comes out.
    fn settle(&self) {
        let mut rig = self.sim.device();
        let mut now = self.clock.clone().now();
        for _ in 0..40 {
            now += Duration::from_millis(500);
            self.clock.advance(Duration::from_millis(500));
            let _ = rig.transmit(now);
        }
        assert!(rig.help_at.is_none() && !rig.printer.is_off(now));
    }

    /// How many papers there are: without a mark, and with.
    fn on_paper(&self) -> (usize, usize) {
        let paper = rows(&self.sim.device().printer);
        let marked = copies(&paper, &self.marked);
        (copies(&paper, &self.plain) - marked, marked)
    }

    /// Prints a job that was begun, until its outcome or the end of the host.
    fn run(
        &self,
        printer: &mut Driver<F>,
        jobs: &mut Jobs<'_, HostStore>,
        items: &[Item<'_>],
    ) -> Option<Outcome> {
        for _ in 0..200_000 {
            match jobs.poll(printer, items) {
                Err(nb::Error::WouldBlock) => self.clock.advance(Duration::from_millis(1)),
                Err(nb::Error::Other(_)) => return None,
                Ok(outcome) => return Some(outcome),
            }
        }
        panic!("no end");
    }
}

/// One job with one fault: what the first attempt came to, and that the end is
/// one paper.
fn one<F: Flow>(bench: &Bench<F>, items: &[Item<'_>], wrong: Wrong, at: usize) -> &'static str {
    let (mut printer, host) = bench.driver(usize::MAX);
    printer.driver_mut().init().wait(&mut bench.clock.clone()).unwrap();
    {
        let mut rig = bench.sim.device();
        (rig.wrong, rig.at, rig.received) = (wrong, at, 0);
    }
    if wrong == Wrong::HostPower {
        host.left.set(at.max(1));
    }
    let mut jobs = Jobs::new(HostStore(bench.store.clone(), host), MARK);
    jobs.begin(7).unwrap();
    let first = bench.run(&mut printer, &mut jobs, items);
    drop((jobs, printer));
    {
        let mut rig = bench.sim.device();
        (rig.wrong, rig.first) = (Wrong::Nothing, rig.received);
    }
    bench.settle();
    let context = format!(
        "{wrong:?} at {at}: {first:?}, on paper {:?}, lost {}",
        bench.on_paper(),
        bench.sim.device().printer.lost()
    );
    let (plain, marked) = bench.on_paper();
    assert_eq!(marked, 0, "{context}");
    let name = match first {
        Some(Outcome::Printed) => {
            assert_eq!(plain, 1, "{context}");
            "printed"
        }
        Some(Outcome::NotPrinted { partial, .. }) => {
            assert_eq!(plain, 0, "{context}");
            if partial { "part" } else { "not printed" }
        }
        Some(Outcome::Unknown(_)) | None => {
            assert!(plain <= 1, "{context}");
            if first.is_none() { "host cut" } else { "unknown" }
        }
    };
    again(bench, items, first, &context);
    name
}

/// The host starts (again), and prints once more where the job is not known to
/// be on paper.
fn again<F: Flow>(bench: &Bench<F>, items: &[Item<'_>], first: Option<Outcome>, context: &str) {
    let mut outcome = first;
    for _ in 0..4 {
        let (mut printer, host) = bench.driver(usize::MAX);
        let mut jobs = Jobs::new(HostStore(bench.store.clone(), host), MARK);
        let begun = jobs.begin(7);
        match outcome {
            Some(Outcome::Printed) => {
                assert_eq!(begun, Err(JobError::AlreadyPrinted), "{context}");
                break;
            }
            Some(Outcome::NotPrinted { .. }) => assert_eq!(begun, Ok(()), "{context}"),
            _ => {
                assert!(matches!(begun, Err(JobError::Unsettled(_))), "{context}");
                assert!(matches!(jobs.begin(8), Err(JobError::Unsettled(_))), "{context}");
                jobs.reprint(7).unwrap();
            }
        }
        let init = printer.driver_mut().init().wait(&mut bench.clock.clone());
        init.unwrap_or_else(|error| panic!("{error}: {context}"));
        outcome = bench.run(&mut printer, &mut jobs, items);
        bench.settle();
        if bench.profile.proof == embedded_pos::printer::escpos::Proof::None {
            break;
        }
    }
    let (plain, marked) = bench.on_paper();
    assert!(plain <= 1, "twice without a mark: {context}, then {outcome:?}");
    assert!(plain + marked >= 1, "never: {context}, then {outcome:?}");
    if bench.profile.proof != embedded_pos::printer::escpos::Proof::None {
        assert_eq!(outcome, Some(Outcome::Printed), "{context}");
    }
}

/// How many runs of each kind came to what.
type Table = BTreeMap<(&'static str, Wrong, &'static str), usize>;

fn campaign<F: Flow>(
    name: &'static str,
    model: Model,
    profile: &'static Profile,
    flow: fn(&Simulated<Rig>, &VirtualClock) -> F,
    table: &RefCell<Table>,
) {
    let every = std::env::var("PRINTER_EVERY").map_or(67, |every| every.parse().unwrap());
    let dots: Vec<u8> = (0..6_u32 * 30).map(|i| (i * 37 % 251) as u8 | 1).collect();
    let items = document(&dots);
    let prelude = [Item::Style(Style::NORMAL), Item::Align(Align::Left)];
    let plain = picture(&[&prelude[..], &items].concat(), profile, model);
    let marked = picture(&[&prelude[..], MARK, &items].concat(), profile, model);
    let bench = || {
        let clock = VirtualClock::in_steps(Duration::from_millis(1));
        let printer = EscPosPrinter::new(model);
        let rig =
            Rig { printer, wrong: Wrong::Nothing, at: 0, received: 0, first: 0, help_at: None };
        let (plain, marked) = (plain.clone(), marked.clone());
        let sim = Simulated::new(rig);
        Bench { sim, clock, store: Jotter::default(), profile, flow, plain, marked }
    };
    let whole = bench();
    let first = one(&whole, &items, Wrong::Nothing, 0);
    let proves = profile.proof != embedded_pos::printer::escpos::Proof::None;
    assert_eq!(first, if proves { "printed" } else { "unknown" });
    let length = whole.sim.device().first;
    for (kind, wrong) in [
        Wrong::PaperOut,
        Wrong::CoverOpen,
        Wrong::PrinterPower,
        Wrong::HostPower,
        Wrong::ReplyLost,
        Wrong::ReplyDoubled,
        Wrong::ReplyGarbled,
    ]
    .into_iter()
    .enumerate()
    {
        for at in (kind % every..length).step_by(every) {
            let came = one(&bench(), &items, wrong, at);
            *table.borrow_mut().entry((name, wrong, came)).or_default() += 1;
        }
    }
}

fn busy(sim: &Simulated<Rig>, clock: &VirtualClock) -> BusyPin<Busy> {
    BusyPin::new(Busy(sim.clone(), clock.clone()))
}

static BANDS: Profile = Profile { band: 4, ..Profile::CLONE_58MM };
static LOSES: Profile = Profile { keeps_when_opened: false, ..Profile::CLONE_58MM };

fn show(table: &RefCell<Table>) {
    for ((name, wrong, came), count) in table.borrow().iter() {
        println!("| {name} | {wrong:?} | {came} | {count} |");
    }
}

#[test]
fn process_numbers_and_busy() {
    let table = RefCell::default();
    campaign("process number, BUSY", Model::EPSON_80MM, &Profile::EPSON_80MM, busy, &table);
    show(&table);
}

#[test]
fn a_barrier_and_busy() {
    let table = RefCell::default();
    campaign("GS r, BUSY", Model::CLONE_58MM, &Profile::CLONE_58MM, busy, &table);
    let table_ref = table.borrow();
    // What the printer keeps, is gone on with.
    let resumed = |wrong| table_ref.get(&("GS r, BUSY", wrong, "printed")).copied().unwrap_or(0);
    assert!(resumed(Wrong::PaperOut) > 0 && resumed(Wrong::CoverOpen) > 0);
    drop(table_ref);
    show(&table);
}

#[test]
fn a_barrier_and_a_buffer_that_is_lost_with_the_cover_open() {
    let table = RefCell::default();
    let model = Model { keeps_when_opened: false, ..Model::CLONE_58MM };
    campaign("GS r, BUSY, loses", model, &LOSES, busy, &table);
    show(&table);
}

#[test]
fn a_barrier_and_times() {
    let table = RefCell::default();
    campaign("GS r, timed", Model::CLONE_58MM, &Profile::CLONE_58MM, |_, _| Timed, &table);
    show(&table);
}

#[test]
fn a_barrier_and_credit() {
    let table = RefCell::default();
    campaign("GS r, credit", Model::CLONE_58MM, &BANDS, |_, _| Credit, &table);
    show(&table);
}

#[test]
fn no_proof() {
    let table = RefCell::default();
    static BASIC: Profile = Profile { symbols: Profile::CLONE_58MM.symbols, ..Profile::BASIC_58MM };
    let model = Model { barrier: false, ..Model::CLONE_58MM };
    campaign("none, timed", model, &BASIC, |_, _| Timed, &table);
    let printed = table.borrow().keys().any(|(.., came)| *came == "printed");
    assert!(!printed, "who proves nothing has not printed");
    show(&table);
}

type Simple =
    Clocked<EscPos<SimPort<EscPosPrinter, VirtualClock>, Unpaced>, VirtualClock, Finish<Unpaced>>;

fn simple() -> (Simulated<EscPosPrinter>, Simple, VirtualClock) {
    let clock = VirtualClock::new();
    let sim = Simulated::new(EscPosPrinter::new(Model::EPSON_80MM));
    let mut driver = EscPos::new(sim.port(clock.clone()), Unpaced, &Profile::EPSON_80MM);
    driver.init().wait(&mut clock.clone()).unwrap();
    (sim, Clocked::new(driver, clock.clone()), clock)
}

#[test]
fn a_job_waits_for_paper_and_says_so() {
    let (sim, mut printer, clock) = simple();
    let mut jobs = Jobs::new(Jotter::default(), MARK);
    jobs.begin(1).unwrap();
    let paper = [Item::Text("一\n"), Item::Text("二\n")];
    for _ in 0..3 {
        assert_eq!(jobs.poll(&mut printer, &paper), Err(nb::Error::WouldBlock));
    }
    sim.device().condition.paper_out = true;
    for _ in 0..50 {
        assert_eq!(jobs.poll(&mut printer, &paper), Err(nb::Error::WouldBlock));
        clock.advance(Duration::from_millis(100));
    }
    assert_eq!(jobs.waiting(), Some(Status::PAPER_OUT));
    assert_eq!(jobs.begin(2), Err(JobError::Running));
    sim.device().load_paper();
    let outcome = loop {
        match jobs.poll(&mut printer, &paper) {
            Err(nb::Error::WouldBlock) => clock.advance(Duration::from_millis(1)),
            other => break other,
        }
    };
    assert_eq!(outcome, Ok(Outcome::Printed));
    assert_eq!(sim.device().text(), "一\n二\n");
    assert_eq!(jobs.last(), Ok(Some(Record { id: 1, state: State::Printed, copies: 1 })));
    assert_eq!(jobs.begin(1), Err(JobError::AlreadyPrinted));
    assert_eq!(jobs.begin(0), Err(JobError::Old));
    assert_eq!(jobs.reprint(2), Err(JobError::NoJob));
}

#[test]
fn a_job_that_is_given_up_is_not_printed_or_not_known() {
    let (sim, mut printer, clock) = simple();
    let mut jobs = Jobs::new(Jotter::default(), MARK);
    sim.device().condition.cover_open = true;
    jobs.begin(1).unwrap();
    let paper = [Item::Text("一\n"), Item::Text("二\n"), Item::Cut];
    assert_eq!(jobs.poll(&mut printer, &paper), Err(nb::Error::WouldBlock));
    let why = Why::Stopped(Status::COVER_OPEN);
    let not = Outcome::NotPrinted { partial: false, why };
    assert_eq!(jobs.poll(&mut printer, &paper), Ok(not));
    sim.device().load_paper();
    clock.advance(Duration::from_secs(1));
    jobs.begin(1).unwrap();
    (0..13).for_each(|_| assert!(jobs.poll(&mut printer, &paper).is_err()));
    jobs.cancel(&paper);
    let partial = Outcome::NotPrinted { partial: true, why: Why::Cancelled };
    assert_eq!(jobs.poll(&mut printer, &paper), Ok(partial));
    jobs.begin(1).unwrap();
    for _ in 0..30 {
        assert!(jobs.poll(&mut printer, &paper).is_err());
        clock.advance(Duration::from_millis(1));
    }
    jobs.cancel(&paper);
    assert_eq!(jobs.poll(&mut printer, &paper), Ok(Outcome::Unknown(Why::Cancelled)));
    assert!(matches!(jobs.begin(2), Err(JobError::Unsettled(Record { id: 1, .. }))));
    jobs.settle(1).unwrap();
    assert_eq!(jobs.begin(1), Err(JobError::AlreadyPrinted), "it was seen to");
    assert_eq!(jobs.begin(2), Ok(()));
}

#[test]
fn what_cannot_be_printed_is_not_printed() {
    let (_, mut printer, _) = simple();
    let mut jobs = Jobs::new(Jotter::default(), MARK);
    jobs.begin(1).unwrap();
    let paper = [Item::Text("一\n"), Item::Text("\u{FFFF}\n")];
    let outcome = (0..40).find_map(|_| jobs.poll(&mut printer, &paper).ok());
    let why = Why::Failed(ErrorKind::Argument);
    assert_eq!(outcome, Some(Outcome::NotPrinted { partial: true, why }));
}

#[test]
fn the_async_face_prints_the_same() {
    let (sim, printer, clock) = simple();
    let (driver, _) = printer.release();
    let mut printer = Clocked::<_, _>::new(driver, clock);
    assert!(AsyncPrinter::paper(&printer).dots == 576);
    let mut jobs = Jobs::new(Jotter::default(), MARK);
    jobs.begin(1).unwrap();
    let paper = [Item::Text("一\n")];
    assert_eq!(block_on(jobs.run(&mut printer, &paper)), Ok(Outcome::Printed));
    jobs.reprint(1).unwrap();
    assert_eq!(block_on(jobs.run(&mut printer, &paper)), Ok(Outcome::Printed));
    assert_eq!(sim.device().text(), "一\n重打 REPRINT\n一\n");
    assert_eq!(jobs.last().unwrap().unwrap().copies, 2);
}
