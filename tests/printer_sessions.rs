//! Sessions with printers, each from a seed: random documents of all kinds of
//! items, by every language, profile and flow control, on a line and with a
//! printer, paper, cover and power that fail at random, and calls that are
//! dropped. What a job is said to have come to is true of the paper, nothing
//! panics, and nothing waits for ever.
//!
//! A failure names its seed; `PRINTER_SEED=7 PRINTER_SESSIONS=1` runs that one
//! alone, `PRINTER_SESSIONS=10000` more of them.

use core::future::Future;
use core::pin::pin;
use core::task::{Context, Poll, Waker};

use embedded_pos::port::{Clock, Clocked, Duration, Instant, Port};
use embedded_pos::printer::escpos::{
    self, BusyPin, Credit, EscPos, Flow, Learned, Profile, Proof, Timed, XonXoff,
};
use embedded_pos::printer::job::{JobError, Jobs, Outcome};
use embedded_pos::printer::symbol::{Aztec, Barcode, DataMatrix, Pdf417, Symbol};
use embedded_pos::printer::{
    Align, Area, AsyncPrinter, Beep, Column, Direction, Drawer, Emphasis, Font, Item, Layout, Page,
    Placed, QrLevel, Raster, Style, Table, cpcl, star,
};
use embedded_pos::sim::printer::{
    Bitmap, CpclPrinter, EscPosPrinter, Flow as SimFlow, Jotter, Model, StarPrinter,
};
use embedded_pos::sim::{Device, Fault, SimPort, Simulated, VirtualClock};

/// SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ mixed >> 31
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn one_in(&mut self, odds: u64) -> bool {
        self.below(odds) == 0
    }

    fn pick<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len() as u64) as usize]
    }

    fn millis(&mut self, from: u64, to: u64) -> Duration {
        Duration::from_millis(from + self.below(to - from))
    }

    /// What becomes of a reply.
    fn reply(&mut self) -> Fault {
        match self.below(5) {
            0 => Fault::Silence,
            1 => Fault::Repeated,
            2 => Fault::Late(self.millis(1, 2_000)),
            3 => Fault::Flipped(0, 1 << self.below(8)),
            // A byte in the middle of another: its high bit is set.
            _ => Fault::Noise((0..=self.below(3)).map(|_| 0x80 | self.next() as u8).collect()),
        }
    }
}

/// A printer, as a person sees it.
trait Subject: Device + 'static {
    fn ends_paper(&mut self);
    fn opens(&mut self);
    fn helps(&mut self);
    /// Whether it was found out that it can be.
    fn cuts_power(&mut self, now: Instant, length: Duration) -> bool;
    fn breaks_reply(&mut self, fault: Fault);
    fn will_break_reply(&self) -> bool;
    fn paper(&self) -> &Bitmap;
    fn tears(&mut self);
    fn busy(&mut self, now: Instant) -> bool;
    fn overrun(&self) -> usize;
    fn decoded(model: Model, bytes: &[u8]) -> Self;
}

macro_rules! subject {
    ($printer:ty, $power:expr, $busy:expr) => {
        impl Subject for $printer {
            fn ends_paper(&mut self) {
                self.condition.paper_out = true;
            }

            fn opens(&mut self) {
                self.condition.cover_open = true;
            }

            fn helps(&mut self) {
                self.load_paper();
            }

            fn cuts_power(&mut self, now: Instant, length: Duration) -> bool {
                let power: fn(&mut Self, Instant, Duration) -> bool = $power;
                power(self, now, length)
            }

            fn breaks_reply(&mut self, fault: Fault) {
                self.outbox.inject(fault);
            }

            fn will_break_reply(&self) -> bool {
                self.outbox.is_faulty()
            }

            fn paper(&self) -> &Bitmap {
                self.bitmap()
            }

            fn tears(&mut self) {
                self.tear();
            }

            fn busy(&mut self, now: Instant) -> bool {
                let busy: fn(&mut Self, Instant) -> bool = $busy;
                busy(self, now)
            }

            fn overrun(&self) -> usize {
                self.lost()
            }

            fn decoded(model: Model, bytes: &[u8]) -> Self {
                <$printer>::decoded(model, bytes)
            }
        }
    };
}

subject!(
    EscPosPrinter,
    |printer, now, length| {
        printer.cut_power(now, length);
        true
    },
    |printer, now| EscPosPrinter::is_busy(printer, now)
);
subject!(StarPrinter, |_, _, _| false, |_, _| false);
subject!(CpclPrinter, |_, _, _| false, |_, _| false);

/// What goes wrong with a byte that comes in.
#[derive(Clone, Debug)]
enum Wrong {
    PaperOut,
    CoverOpen,
    Power(Duration),
    Reply(Fault),
}

/// A printer that things happen to.
struct Rig<S> {
    printer: S,
    received: usize,
    plan: Vec<(usize, Wrong, Duration)>,
    help_at: Option<Instant>,
}

impl<S: Subject> Rig<S> {
    fn help(&mut self, now: Instant) {
        if self.help_at.is_some_and(|at| now >= at) {
            self.help_at = None;
            self.printer.helps();
        }
    }

    fn happens(&mut self, now: Instant) {
        while let Some((_, wrong, help)) = self.plan.pop_if(|(at, ..)| *at <= self.received) {
            if std::env::var_os("PRINTER_SHOW").is_some() {
                eprintln!("{wrong:?} at {now:?}");
            }
            match wrong {
                Wrong::PaperOut => self.printer.ends_paper(),
                Wrong::CoverOpen => self.printer.opens(),
                Wrong::Power(length) => _ = self.printer.cuts_power(now, length),
                Wrong::Reply(fault) => self.printer.breaks_reply(fault),
            }
            self.help_at = Some(now + help);
        }
    }
}

impl<S: Subject> Device for Rig<S> {
    fn receive(&mut self, bytes: &[u8], now: Instant) {
        for byte in bytes {
            self.help(now);
            self.happens(now);
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
struct Busy(Simulated<Rig<EscPosPrinter>>, VirtualClock);

impl embedded_hal::digital::ErrorType for Busy {
    type Error = core::convert::Infallible;
}

impl embedded_hal::digital::InputPin for Busy {
    fn is_high(&mut self) -> Result<bool, Self::Error> {
        let now = self.1.now();
        let mut rig = self.0.device();
        rig.help(now);
        Ok(Subject::busy(&mut rig.printer, now))
    }

    fn is_low(&mut self) -> Result<bool, Self::Error> {
        self.is_high().map(|high| !high)
    }
}

/// A printer's driver: what a session needs of it.
trait Driver: AsyncPrinter {
    async fn init(&mut self) -> bool;
}

macro_rules! driver {
    ($driver:ty, [$($generics:tt)*]) => {
        impl<$($generics)*> Driver for Clocked<$driver, VirtualClock> {
            async fn init(&mut self) -> bool {
                let (driver, timer) = self.parts();
                driver.init().run(timer).await.is_ok()
            }
        }
    };
}

type Wire<S> = SimPort<Rig<S>, VirtualClock>;

driver!(EscPos<Wire<EscPosPrinter>, F>, [F: Flow]);
driver!(star::Star<Wire<StarPrinter>, F>, [F: Flow]);
driver!(cpcl::Cpcl<Wire<CpclPrinter>, F>, [F: Flow]);

const MARK: &[Item<'static>] = &[Item::Text("重打 REPRINT\n")];
const TABS: &[&[u8]] = &[&[3, 9, 20], &[5, 6, 7, 30], &[]];
const COLUMNS: &[Column] = &[
    Column { width: 12, align: Align::Left },
    Column { width: 6, align: Align::Right },
    Column { width: 5, align: Align::Center },
];
const TEXTS: &[&str] = &[
    "津A12345\n",
    "Zürich, Café 5 €\n",
    "机动车违反禁止标线指示，罚款二百元，记一分。被处罚人签名：",
    "a",
    "罚款 200.00 Дата\n",
    "The quick brown fox jumps over the lazy dog, twice and once more.\n",
    "\n",
];

fn style(random: &mut Random) -> Style {
    let rare = if random.one_in(3) { 0xFF } else { 0x07 };
    let emphasis = Emphasis::from_bits_truncate(random.next() as u8 & random.next() as u8 & rare);
    Style {
        emphasis,
        width: 1 + random.below(3) as u8,
        height: 1 + random.below(3) as u8,
        font: if random.one_in(3) { Font::B } else { Font::A },
        spacing: if random.one_in(6) { random.below(8) as u8 } else { 0 },
    }
}

fn layout(random: &mut Random, dots: u16) -> Layout {
    match random.below(8) {
        0 => Layout::LineSpacing(Some(24 + random.below(60) as u8)),
        1 => Layout::LineSpacing(None),
        2 => {
            let left = 8 * random.below(10) as u16;
            Layout::Area { left, width: dots - left - 8 * random.below(10) as u16 }
        }
        3 => Layout::Tabs(random.pick(TABS)),
        4 => Layout::Tab,
        5 => Layout::At(random.below(200) as u16),
        6 => Layout::Move(random.below(40) as i16 - 10),
        _ => Layout::Feed(random.below(100) as u16),
    }
}

/// One item of any kind.
fn item(random: &mut Random, dots: u16) -> Item<'static> {
    let rows = |random: &mut Random, bytes: usize| -> &'static [u8] {
        let dense = random.next() as u8 | 1;
        Vec::leak((0..bytes).map(|_| random.next() as u8 & dense).collect())
    };
    match random.below(17) {
        0 | 1 => Item::Style(style(random)),
        2 => Item::Align(random.pick(&[Align::Left, Align::Center, Align::Right])),
        3 | 4 => Item::Layout(layout(random, dots)),
        5 => Item::Columns("罚款", random.pick(&["￥200.00", "x", ""])),
        6 => Item::Table(Table { columns: COLUMNS, cells: &["罚款金额", "200.00", "x"] }),
        7 => random.pick(&[Item::Rule, Item::Cut, Item::Drawer(Drawer::FIRST)]),
        8 => random.pick(&[
            Item::Feed(2),
            Item::Beep(Beep { times: 1, length: Duration::from_millis(100) }),
        ]),
        9 => {
            let length = 1 + random.below(60) as usize;
            let data = Vec::leak((0..length).map(|_| b'0' + random.below(60) as u8).collect());
            Item::Qr { data, module: 2 + random.below(3) as u8, level: QrLevel::L }
        }
        10 => Item::Barcode(
            random
                .pick(&[Barcode::ean13("4006381333931", 40), Barcode::code128("AB-12345678", 30)]),
        ),
        11 => random.pick(&[
            Item::Symbol(Symbol::Pdf417(Pdf417::new(b"PDF417 of a session"))),
            Item::Symbol(Symbol::Aztec(Aztec::new(b"Aztec"))),
            Item::Symbol(Symbol::DataMatrix(DataMatrix::new(b"Matrix"))),
        ]),
        12 => {
            let (width, high) = (8 * (1 + random.below(24) as u16), 1 + random.below(60) as usize);
            Item::Raster(Raster { width, rows: rows(random, usize::from(width / 8) * high) })
        }
        13 => {
            let raster = Raster { width: 64, rows: rows(random, 8 * 40) };
            let items: &'static [Placed<'static>] = Vec::leak(vec![
                Placed { x: 10, y: 40, item: Item::Text("津A12345 of a page") },
                Placed { x: 60, y: 100, item: Item::Raster(raster) },
            ]);
            let direction = random.pick(&[Direction::Right, Direction::Left]);
            let area = Area { x: 0, y: 0, width: 320, height: 160, direction, items };
            Item::Page(Page { areas: Vec::leak(vec![area]) })
        }
        _ => Item::Text(random.pick(TEXTS)),
    }
}

/// A paper, and what it looks like.
struct Sheet {
    items: Vec<Item<'static>>,
    plain: Vec<Vec<u8>>,
    marked: Vec<Vec<u8>>,
}

/// How a language makes bytes of items: those of an item, or `None`.
type Encode = dyn FnMut(&Item<'static>) -> Option<Vec<u8>>;

fn rows(bitmap: &Bitmap) -> Vec<Vec<u8>> {
    bitmap.rows().chunks_exact(bitmap.width() / 8).map(<[u8]>::to_vec).collect()
}

/// Without blank rows around it.
fn trimmed(rows: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let inked = |row: &Vec<u8>| row.iter().any(|byte| *byte != 0);
    let first = rows.iter().position(inked).unwrap_or(0);
    let last = rows.iter().rposition(inked).map_or(first, |last| last + 1);
    rows[first..last].to_vec()
}

fn copies(paper: &[Vec<u8>], of: &[Vec<u8>]) -> usize {
    paper.windows(of.len()).filter(|rows| *rows == of).count()
}

fn prelude(dots: u16) -> Vec<Item<'static>> {
    vec![
        Item::Style(Style::NORMAL),
        Item::Align(Align::Left),
        Item::Layout(Layout::Area { left: 0, width: dots }),
        Item::Layout(Layout::LineSpacing(None)),
    ]
}

/// A way to drive a printer: one of each language, profile and flow control.
struct Setup<D> {
    name: &'static str,
    model: Model,
    proves: bool,
    dots: u16,
    /// Bytes that come first, and what encodes after them.
    encoder: fn() -> (Vec<u8>, Box<Encode>),
    driver: D,
}

impl<D> Setup<D> {
    fn look<S: Subject>(&self, items: &[Item<'static>]) -> Vec<Vec<u8>> {
        let (mut bytes, mut encode) = (self.encoder)();
        for item in items {
            bytes.extend(encode(item).unwrap_or_default());
        }
        // What is kept back until the line ends.
        bytes.extend(encode(&Item::Feed(0)).unwrap_or_default());
        trimmed(&rows(S::decoded(self.model, &bytes).paper()))
    }

    fn sheet<S: Subject>(&self, random: &mut Random, id: u64) -> Sheet {
        let name: &'static str = String::leak(format!("No. {id} {}\n", random.next() % 100_000));
        let (_, mut encode) = (self.encoder)();
        let mut items = prelude(self.dots);
        items.iter().for_each(|item| _ = encode(item));
        let before = items.len();
        let first = [Item::Text(name)].into_iter();
        let others: Vec<_> = (0..random.below(14)).map(|_| item(random, self.dots)).collect();
        for item in first.chain(others) {
            if encode(&item).is_some() {
                items.push(item);
            }
        }
        let marked = [&items[..before], MARK, &items[before..]].concat();
        Sheet {
            plain: self.look::<S>(&items),
            marked: self.look::<S>(&marked),
            items: items.split_off(before),
        }
    }
}

macro_rules! encoder {
    ($encoder:expr, $prologue:expr, $slice:expr) => {
        || {
            let mut encoder = $encoder;
            let prologue = $prologue.to_vec();
            (
                prologue,
                Box::new(move |item: &Item<'static>| {
                    let mut job = encoder.begin(item).ok()?;
                    let mut bytes = Vec::new();
                    while !job.is_done() {
                        let mut out = [0; $slice];
                        let slice = encoder.fill(&mut job, &mut out);
                        bytes.extend(&out[..slice.len]);
                    }
                    Some(bytes)
                }),
            )
        }
    };
}

/// One session: some jobs on one printer.
struct Session<'s, S: Subject, D> {
    sim: Simulated<Rig<S>>,
    clock: VirtualClock,
    random: Random,
    setup: &'s Setup<D>,
    context: String,
}

impl<S: Subject, P: Driver, D: Fn(&Simulated<Rig<S>>, &VirtualClock) -> P> Session<'_, S, D> {
    fn driver(&self) -> P {
        (self.setup.driver)(&self.sim, &self.clock)
    }

    /// Polls a future to its end, or so often.
    fn run<T>(&self, future: impl Future<Output = T>, polls: Option<u64>) -> Option<T> {
        const LONGEST: Duration = Duration::from_secs(240);
        let until = self.clock.clone().now() + LONGEST;
        let mut future = pin!(future);
        let mut context = Context::from_waker(Waker::noop());
        for _ in 0..polls.unwrap_or(u64::MAX) {
            if let Poll::Ready(done) = future.as_mut().poll(&mut context) {
                return Some(done);
            }
            assert!(self.clock.clone().now() < until, "no end: {}", self.context);
        }
        None
    }

    fn settle(&self) {
        let mut port = self.sim.port(self.clock.clone());
        for _ in 0..24 {
            self.clock.advance(Duration::from_millis(500));
            while port.try_read(&mut [0; 64]).is_ok() {}
        }
    }

    fn plan(&mut self) {
        let random = &mut self.random;
        let faults = if std::env::var_os("PRINTER_CALM").is_some() { 0 } else { random.below(3) };
        let mut plan: Vec<_> = (0..faults)
            .map(|_| {
                let wrong = match random.below(6) {
                    0 => Wrong::PaperOut,
                    1 => Wrong::CoverOpen,
                    2 => Wrong::Power(random.millis(0, 900)),
                    _ => Wrong::Reply(random.reply()),
                };
                (random.below(2_000) as usize, wrong, random.millis(1_000, 4_000))
            })
            .collect();
        plan.sort_by_key(|(at, ..)| core::cmp::Reverse(*at));
        self.context += &format!(", {plan:?}");
        let mut rig = self.sim.device();
        (rig.received, rig.plan) = (0, plan);
    }

    fn calm(&self) {
        self.sim.device().plan.clear();
        self.settle();
        self.sim.device().printer.helps();
    }

    /// The papers without a mark, and with.
    fn on_paper(&self, sheet: &Sheet) -> (usize, usize) {
        let paper = rows(self.sim.device().printer.paper());
        let marked = copies(&paper, &sheet.marked);
        (copies(&paper, &sheet.plain).saturating_sub(marked), marked)
    }

    /// The first row that is not as it should be, where most are.
    fn difference(&self, wanted: &[Vec<u8>]) -> String {
        let paper = trimmed(&rows(self.sim.device().printer.paper()));
        let equal = |from: usize| {
            let pairs = paper.iter().skip(from).zip(wanted);
            pairs.filter(|(is, should)| is == should).count()
        };
        let from = (0..paper.len()).max_by_key(|from| equal(*from)).unwrap_or(0);
        let mut pairs = paper.iter().skip(from).zip(wanted);
        let at = pairs.position(|(is, should)| is != should);
        if std::env::var_os("PRINTER_SHOW").is_some() {
            for (is, should) in paper.iter().skip(from).zip(wanted).skip(at.unwrap_or(0)).take(6) {
                let dots =
                    |row: &Vec<u8>| row.iter().map(|b| format!("{b:08b}")).collect::<String>();
                eprintln!("{}\n{}\n", dots(is), dots(should));
            }
        }
        let lost = self.sim.device().printer.overrun();
        let (is, should) = (paper.len(), wanted.len());
        format!("at row {at:?} from {from} of {is} and {should}, {lost} bytes lost")
    }

    /// Once, or once more where something is to go wrong with an answer to the
    /// first.
    fn init(&self, printer: &mut P) {
        let attempts = 1 + u8::from(self.sim.device().printer.will_break_reply());
        let begun = (0..attempts).any(|_| self.run(printer.init(), None) == Some(true));
        assert!(begun, "init: {}", self.context);
    }

    fn job(&mut self, store: &Jotter, printer: &mut P, id: u64) -> Option<Outcome> {
        let sheet = self.setup.sheet::<S>(&mut self.random, id);
        let setup = self.setup;
        let short = |item: &Item<'_>| format!("{item:?}").chars().take(60).collect::<String>();
        let items: Vec<_> = sheet.items.iter().map(short).collect();
        self.context = format!("{} job {id} {items:#?}", setup.name);
        self.plan();
        let mut jobs = Jobs::new(store.clone(), MARK);
        jobs.begin(id).unwrap_or_else(|error| panic!("{error}: {}", self.context));
        let mut outcome = None;
        for _ in 0..self.random.below(3) {
            let polls = Some(self.random.below(4_000));
            outcome = self.run(jobs.run(printer, &sheet.items[..]), polls);
            self.context += &format!(", dropped {}", outcome.is_none());
            if outcome.is_some() {
                break;
            }
        }
        if outcome.is_none() && self.random.one_in(3) {
            return self.restarted(store, jobs, &sheet, id);
        }
        let outcome = match outcome {
            Some(outcome) => outcome,
            None => self.run(jobs.run(printer, &sheet.items[..]), None).unwrap(),
        };
        let outcome = outcome.unwrap();
        self.calm();
        let on_paper = self.on_paper(&sheet);
        let said = match outcome {
            Outcome::Printed => setup.proves && on_paper == (1, 0),
            Outcome::NotPrinted { .. } => on_paper == (0, 0),
            Outcome::Unknown(_) => on_paper.0 <= 1 && on_paper.1 == 0,
        };
        assert!(
            said,
            "{outcome:?}, but {on_paper:?}, differs {}: {}",
            self.difference(&sheet.plain),
            self.context
        );
        if let Outcome::Unknown(_) = outcome {
            jobs.settle(id).unwrap();
        }
        Some(outcome)
    }

    /// The host was off, and starts again.
    fn restarted(
        &self,
        store: &Jotter,
        jobs: Jobs<'_, Jotter>,
        sheet: &Sheet,
        id: u64,
    ) -> Option<Outcome> {
        drop(jobs);
        self.calm();
        let mut printer = self.driver();
        let mut jobs = Jobs::new(store.clone(), MARK);
        assert!(matches!(jobs.begin(id), Err(JobError::Unsettled(_))), "{}", self.context);
        self.init(&mut printer);
        self.settle();
        jobs.reprint(id).unwrap();
        let outcome = self.run(jobs.run(&mut printer, &sheet.items[..]), None).unwrap().unwrap();
        self.settle();
        let on_paper = self.on_paper(sheet);
        // The mark may stand behind what the first attempt left on its line.
        let said = match outcome {
            Outcome::Printed => matches!(on_paper, (0 | 1, 1) | (1 | 2, 0)),
            Outcome::Unknown(_) => !self.setup.proves,
            Outcome::NotPrinted { .. } => false,
        };
        assert!(
            said,
            "again {outcome:?}, but {on_paper:?}, differs {}: {}",
            self.difference(&sheet.marked),
            self.context
        );
        jobs.settle(id).unwrap();
        None
    }
}

fn session<S: Subject, P: Driver, D: Fn(&Simulated<Rig<S>>, &VirtualClock) -> P>(
    setup: &Setup<D>,
    printer: S,
    seed: u64,
) {
    let clock = VirtualClock::in_steps(Duration::from_millis(1));
    let sim = Simulated::new(Rig { printer, received: 0, plan: Vec::new(), help_at: None });
    let random = Random(seed);
    let context = format!("seed {seed}");
    let mut session = Session { sim, clock, random, setup, context };
    let mut printer = session.driver();
    session.init(&mut printer);
    let store = Jotter::default();
    for id in 1..=3 {
        session.settle();
        session.sim.device().printer.tears();
        match session.job(&store, &mut printer, id) {
            Some(Outcome::Printed) => {}
            Some(_) => session.init(&mut printer),
            None => {
                printer = session.driver();
                session.init(&mut printer);
            }
        }
    }
}

static BANDS: Profile = Profile { band: 4, ..Profile::CLONE_58MM };
static LOSES: Profile = Profile { keeps_when_opened: false, ..Profile::CLONE_58MM };

macro_rules! sessions {
    ($test:ident, $sim:ident, $model:expr, $profile:expr, $encoder:expr, $printer:expr, $proves:expr, |$rig:ident, $clock:ident, $wire:ident| $driver:expr) => {
        #[test]
        fn $test() {
            let setup = Setup {
                name: stringify!($test),
                model: $model,
                proves: $proves,
                dots: $printer.paper.dots,
                encoder: $encoder,
                driver: |$rig: &Simulated<Rig<$sim>>, $clock: &VirtualClock| {
                    let $wire = $rig.port($clock.clone()).paced(115_200);
                    Clocked::<_, _>::new($driver, $clock.clone())
                },
            };
            let number = |name: &str| std::env::var(name).ok().map(|n| n.parse::<u64>().unwrap());
            let first = number("PRINTER_SEED").unwrap_or(1);
            for seed in first..first + number("PRINTER_SESSIONS").unwrap_or(20) {
                let run = || session(&setup, $sim::new($model), seed);
                if std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)).is_err() {
                    panic!("seed {seed}");
                }
            }
        }
    };
}

macro_rules! escpos {
    ($test:ident, $model:expr, $profile:expr, |$rig:ident, $clock:ident| $flow:expr) => {
        sessions!(
            $test,
            EscPosPrinter,
            $model,
            $profile,
            encoder!(escpos::Encoder::new($profile), escpos::Encoder::new($profile).prologue(), {
                escpos::Encoder::SLICE
            }),
            $profile,
            $profile.proof != Proof::None,
            |$rig, $clock, wire| EscPos::new(wire, $flow, $profile)
        );
    };
}

escpos!(clone_busy, Model::CLONE_58MM, &Profile::CLONE_58MM, |rig, clock| {
    BusyPin::new(Busy(rig.clone(), clock.clone()))
});
escpos!(clone_timed, Model::CLONE_58MM, &Profile::CLONE_58MM, |_rig, clock| Timed);
escpos!(clone_learned, Model::CLONE_58MM, &Profile::CLONE_58MM, |_rig, clock| Learned);
escpos!(clone_credit, Model::CLONE_58MM, &BANDS, |_rig, clock| Credit);
escpos!(
    clone_xon,
    Model { flow: SimFlow::XonXoff, ..Model::CLONE_58MM },
    &Profile::CLONE_58MM,
    |_rig, clock| XonXoff::new()
);
escpos!(
    loses_busy,
    Model { keeps_when_opened: false, ..Model::CLONE_58MM },
    &LOSES,
    |rig, clock| BusyPin::new(Busy(rig.clone(), clock.clone()))
);
escpos!(
    basic_timed,
    Model { barrier: false, ..Model::CLONE_58MM },
    &Profile::BASIC_58MM,
    |_rig, clock| Timed
);
escpos!(epson_busy, Model::EPSON_80MM, &Profile::EPSON_80MM, |rig, clock| {
    BusyPin::new(Busy(rig.clone(), clock.clone()))
});
escpos!(
    epson_xon,
    Model { flow: SimFlow::XonXoff, ..Model::EPSON_80MM },
    &Profile::EPSON_80MM,
    |_rig, clock| XonXoff::new()
);
sessions!(
    star_timed,
    StarPrinter,
    Model::STAR_80MM,
    &star::Profile::STAR_80MM,
    encoder!(star::Encoder::new(&star::Profile::STAR_80MM), star::Encoder::PROLOGUE, {
        star::Encoder::SLICE
    }),
    star::Profile::STAR_80MM.printer,
    true,
    |_rig, clock, wire| star::Star::new(wire, Timed, &star::Profile::STAR_80MM)
);
sessions!(
    cpcl_timed,
    CpclPrinter,
    Model::BELT_58MM,
    &cpcl::Profile::BELT_58MM,
    encoder!(cpcl::Encoder::new(&cpcl::Profile::BELT_58MM), cpcl::Encoder::PROLOGUE, {
        cpcl::Encoder::SLICE
    }),
    cpcl::Profile::BELT_58MM.printer,
    false,
    |_rig, clock, wire| cpcl::Cpcl::new(wire, Timed, &cpcl::Profile::BELT_58MM)
);
