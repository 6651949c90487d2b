//! Thousands of sessions of each family, each from a seed: random people,
//! fingers and operations, on a line and with a module that break at random.
//! No match is told that the module did not make, nothing panics, no step goes
//! past its deadline, and the library is as was reported.
//!
//! A failure names its seed; `FINGERPRINT_SEED=7 FINGERPRINT_SESSIONS=1` runs that one
//! alone, `FINGERPRINT_SESSIONS=100000` more of them.

mod fingerprint_common;

use embedded_pos::fingerprint::{Driver, Enrolment, Event, Family, Match, Slot};
use embedded_pos::fingerprint::{bmlite, f5, gt511, sfm, zfm};
use embedded_pos::port::middleware::{FaultInjector, FaultPlan, Faults};
use embedded_pos::port::{CallError, Clock, Duration, Instant, Told};
use embedded_pos::sim::fingerprint::{
    BmLiteMisbehaviour, BmLiteModule, Claim, F5Misbehaviour, F5Module, Gt511Misbehaviour,
    Gt511Module, Misbehaviour, R503Module, SfmMisbehaviour, SfmModule, Skin, Touch,
};
use embedded_pos::sim::{Fault, SimPort, Simulated, Unplugged, VirtualClock};
use fingerprint_common::bench::Touched;

/// The slots that are used.
const SLOTS: u16 = 6;
const PEOPLE: [&str; 5] = ["anna", "bert", "cleo", "dora", "emil"];

/// How long a person is waited for.
const PATIENCE: Duration = Duration::from_secs(1);

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

    fn pick<T: Clone>(&mut self, all: &[T]) -> T {
        all[self.below(all.len() as u64) as usize].clone()
    }

    fn slot(&mut self) -> u16 {
        self.below(SLOTS.into()) as u16
    }

    fn millis(&mut self, end: u64) -> Duration {
        Duration::from_millis(self.below(end))
    }

    fn line(&mut self) -> Fault {
        let index = self.below(30) as usize;
        match self.below(8) {
            0 => Fault::WrongCheck,
            1 => Fault::Late(self.millis(6_000)),
            2 => Fault::Silence,
            3 => Fault::Noise((0..=self.below(20)).map(|_| self.next() as u8).collect()),
            4 => Fault::LostByte(index),
            5 => Fault::DoubledByte(index),
            6 => Fault::Flipped(index, 1 << self.below(8)),
            _ => Fault::Repeated,
        }
    }

    fn plan(&mut self) -> FaultPlan {
        let mut kinds = || {
            let faults = Faults::from_bits_truncate(self.next() as u8 & self.next() as u8);
            // A line that is dead is dull.
            if self.one_in(8) { faults } else { faults - Faults::CUT }
        };
        let (inbound, outbound) = (kinds(), kinds());
        FaultPlan {
            seed: self.next(),
            inbound,
            outbound,
            one_in: 20 + self.below(200) as u32,
            // No two in one frame: what a sum cannot see is counted in
            // `faults.rs`.
            apart: 64,
            at_most: self.below(6) as u32,
            delay: self.millis(1_500),
        }
    }
}

/// Which reply goes wrong.
#[derive(Clone, Copy, Debug)]
enum Which {
    /// That after so many.
    After(usize),
    /// The next to a search in the whole library.
    Search,
}

/// A module of one family, and how it goes wrong.
trait Subject: Touched + Sized {
    const NAME: &'static str;
    /// The module's number of slot 0.
    const FIRST: u16;
    /// No call takes longer, whatever goes wrong; see the families' pages.
    const LONGEST: Duration;
    /// Whether a poor capture is told from a stranger's finger.
    const TELLS_POOR: bool = true;
    type Link: Family;
    type Misbehaviour;

    fn module() -> Self;
    fn driver<P>(port: P) -> Driver<P, Self::Link>;
    fn claims(&self) -> &[Claim];
    fn place_badly(&mut self, finger: &str);
    fn has_misbehaved(&self) -> bool;
    fn go_wrong(&mut self, which: Which, how: Self::Misbehaviour);
    /// Breaks this reply; says how.
    fn misbehave(&mut self, which: Which, random: &mut Random) -> String;
    /// Makes the module say something else, well-formed, in that reply's place.
    fn lie(&mut self, which: Which, random: &mut Random) -> String;
}

/// What is the same to write for each, and means another type.
macro_rules! plainly {
    ($module:ty, $misbehaviour:ty, $search:literal) => {
        fn module() -> Self {
            <$module>::new()
        }

        fn claims(&self) -> &[Claim] {
            <$module>::claims(self)
        }

        fn has_misbehaved(&self) -> bool {
            <$module>::has_misbehaved(self)
        }

        fn go_wrong(&mut self, which: Which, how: $misbehaviour) {
            match which {
                Which::After(replies) => self.misbehave_after(replies, how),
                Which::Search => self.misbehave_on($search, how),
            }
        }
    };
}

impl Subject for R503Module {
    const NAME: &'static str = "EF01";
    const FIRST: u16 = 0;
    const LONGEST: Duration = Duration::from_secs(45);
    type Link = zfm::Link;
    type Misbehaviour = Misbehaviour;
    plainly!(R503Module, Misbehaviour, 0x04);

    fn driver<P>(port: P) -> Driver<P, zfm::Link> {
        let timing = zfm::Timing { finger: PATIENCE, lift: PATIENCE, ..zfm::Timing::DEFAULT };
        let config = zfm::Config::r503(zfm::Password::FACTORY);
        zfm::Zfm::new(port, zfm::Config { captures: 2, timing, ..config })
    }

    fn place_badly(&mut self, finger: &str) {
        R503Module::place_badly(self, finger, Skin::Dry);
    }

    fn misbehave(&mut self, which: Which, random: &mut Random) -> String {
        let content = forged_ef01(random);
        let gap = random.millis(500);
        let stale = random.pick(&[0x01, 0x02, 0x04, 0x06, 0x0C, 0x0F, 0x13, 0x14, 0x1D]);
        let how = match random.below(7) {
            0 => Misbehaviour::Stale(stale, gap),
            1 => Misbehaviour::Before(content, gap),
            2 => Misbehaviour::Address(random.next() as u32),
            3 => Misbehaviour::Length(random.pick(&[0xFFFF, 0x0800, 0x0003, 0x0102])),
            4 => Misbehaviour::PowerCycle,
            _ => Misbehaviour::Line(random.line()),
        };
        let told = format!("{which:?}: {how:?}");
        self.go_wrong(which, how);
        told
    }

    fn lie(&mut self, which: Which, random: &mut Random) -> String {
        let content = forged_ef01(random);
        let told = format!("{which:?}: {content:02X?} instead");
        self.go_wrong(which, Misbehaviour::Instead(content));
        told
    }
}

fn forged_ef01(random: &mut Random) -> Vec<u8> {
    let hit = vec![0, 0, random.slot() as u8, 0, 9];
    random.pick(&[vec![0], vec![1], vec![9, 0, 0, 0, 0], vec![0xFF], hit])
}

impl Subject for Gt511Module {
    const NAME: &'static str = "GT-511";
    const FIRST: u16 = 0;
    const LONGEST: Duration = Duration::from_secs(45);
    type Link = gt511::Link;
    type Misbehaviour = Gt511Misbehaviour;
    plainly!(Gt511Module, Gt511Misbehaviour, 0x51);

    fn driver<P>(port: P) -> Driver<P, gt511::Link> {
        let timing = gt511::Timing { finger: PATIENCE, lift: PATIENCE, ..gt511::Timing::DEFAULT };
        gt511::Gt511::new(port, gt511::Config { timing, ..gt511::Config::gt511c3() })
    }

    fn place_badly(&mut self, finger: &str) {
        Gt511Module::place_badly(self, finger, Skin::Dry);
    }

    fn misbehave(&mut self, which: Which, random: &mut Random) -> String {
        let ((good, parameter), gap) = (forged_gt511(random), random.millis(500));
        let stale = random.pick(&[0x01, 0x12, 0x20, 0x21, 0x26, 0x40, 0x50, 0x51, 0x60]);
        let how = match random.below(5) {
            0 => Gt511Misbehaviour::Stale(stale, gap),
            1 => Gt511Misbehaviour::Before(good, parameter, gap),
            2 => Gt511Misbehaviour::PowerCycle,
            _ => Gt511Misbehaviour::Line(random.line()),
        };
        let told = format!("{which:?}: {how:?}");
        self.go_wrong(which, how);
        told
    }

    fn lie(&mut self, which: Which, random: &mut Random) -> String {
        let (good, parameter) = forged_gt511(random);
        let told = format!("{which:?}: {good} {parameter:04X} instead");
        self.go_wrong(which, Gt511Misbehaviour::Instead(good, parameter));
        told
    }
}

fn forged_gt511(random: &mut Random) -> (bool, u32) {
    let slot = random.slot().into();
    (random.one_in(2), random.pick(&[0, slot, 0x1004, 0x1007, 0x1008, 0x1012]))
}

impl Subject for F5Module {
    const NAME: &'static str = "F5";
    const FIRST: u16 = 1;
    const LONGEST: Duration = Duration::from_secs(45);
    const TELLS_POOR: bool = false;
    type Link = f5::Link;
    type Misbehaviour = F5Misbehaviour;
    plainly!(F5Module, F5Misbehaviour, 0x0C);

    fn driver<P>(port: P) -> Driver<P, f5::Link> {
        let timing = f5::Timing { finger: PATIENCE, lift: PATIENCE, ..f5::Timing::DEFAULT };
        f5::F5::new(port, f5::Config { timing, ..f5::Config::waveshare() })
    }

    fn place_badly(&mut self, finger: &str) {
        F5Module::place_badly(self, finger, Skin::Dry);
    }

    fn misbehave(&mut self, which: Which, random: &mut Random) -> String {
        let (content, gap) = (forged_f5(random), random.millis(500));
        let stale = random.pick(&[0x01, 0x03, 0x04, 0x09, 0x0A, 0x0B, 0x0C, 0x28]);
        let how = match random.below(5) {
            0 => F5Misbehaviour::Stale(stale, gap),
            1 => F5Misbehaviour::Before(content, gap),
            2 => F5Misbehaviour::PowerCycle,
            _ => F5Misbehaviour::Line(random.line()),
        };
        let told = format!("{which:?}: {how:?}");
        self.go_wrong(which, how);
        told
    }

    fn lie(&mut self, which: Which, random: &mut Random) -> String {
        let content = forged_f5(random);
        let told = format!("{which:?}: {content:02X?} instead");
        self.go_wrong(which, F5Misbehaviour::Instead(content));
        told
    }
}

fn forged_f5(random: &mut Random) -> [u8; 3] {
    let number = random.slot() as u8 + 1;
    random.pick(&[[0, 0, 0], [0, 0, 1], [0, 0, 5], [0, number, 1]])
}

impl Subject for SfmModule {
    const NAME: &'static str = "SFM";
    const FIRST: u16 = 1;
    const LONGEST: Duration = Duration::from_secs(60);
    type Link = sfm::Link;
    type Misbehaviour = SfmMisbehaviour;
    plainly!(SfmModule, SfmMisbehaviour, 0x11);

    fn driver<P>(port: P) -> Driver<P, sfm::Link> {
        let timing = sfm::Timing { finger: PATIENCE, lift: PATIENCE, ..sfm::Timing::DEFAULT };
        sfm::Sfm::new(port, sfm::Config { timing, ..sfm::Config::new() })
    }

    fn place_badly(&mut self, finger: &str) {
        self.place_so(finger, Touch::Poor);
    }

    fn misbehave(&mut self, which: Which, random: &mut Random) -> String {
        let command = random.pick(&[0x01, 0x04, 0x05, 0x08, 0x11, 0x16, 0x60]);
        let ([user, size, flag], gap) = (forged_sfm(random), random.millis(500));
        let how = match random.below(6) {
            0 => SfmMisbehaviour::Stale(command as u8, gap),
            1 => SfmMisbehaviour::Before([command, user, size, flag], gap),
            2 => SfmMisbehaviour::Terminal(random.next() as u16),
            3 => SfmMisbehaviour::PowerCycle,
            _ => SfmMisbehaviour::Line(random.line()),
        };
        let told = format!("{which:?}: {how:?}");
        self.go_wrong(which, how);
        told
    }

    fn lie(&mut self, which: Which, random: &mut Random) -> String {
        let content = forged_sfm(random);
        let told = format!("{which:?}: {content:02X?} instead");
        self.go_wrong(which, SfmMisbehaviour::Instead(content));
        told
    }
}

fn forged_sfm(random: &mut Random) -> [u32; 3] {
    let user = u32::from(random.slot()) + 1;
    [user, 0, random.pick(&[0x61, 0x62, 0x69, 0x6A, 0x6C, 0x76])]
}

impl Subject for BmLiteModule {
    const NAME: &'static str = "BM-Lite";
    const FIRST: u16 = 0;
    const LONGEST: Duration = Duration::from_secs(60);
    type Link = bmlite::Link;
    type Misbehaviour = BmLiteMisbehaviour;
    plainly!(BmLiteModule, BmLiteMisbehaviour, 0x0003);

    fn driver<P>(port: P) -> Driver<P, bmlite::Link> {
        let timing = bmlite::Timing { finger: PATIENCE, lift: PATIENCE, ..bmlite::Timing::DEFAULT };
        bmlite::BmLite::new(port, bmlite::Config { timing, ..bmlite::Config::new(SLOTS) })
    }

    fn place_badly(&mut self, finger: &str) {
        self.place_so(finger, Touch::Poor);
    }

    fn misbehave(&mut self, which: Which, random: &mut Random) -> String {
        let (message, gap) = (forged_bmlite(random), random.millis(500));
        let stale = random.pick(&[0x0001, 0x0003, 0x0005, 0x3004, 0x4002]);
        let how = match random.below(7) {
            0 => BmLiteMisbehaviour::Stale(stale, gap),
            1 => BmLiteMisbehaviour::Before(message, gap),
            2 => BmLiteMisbehaviour::Segment(random.below(3) as u16, random.below(4) as u16),
            3 => BmLiteMisbehaviour::PowerCycle,
            4 => BmLiteMisbehaviour::Acknowledgement(random.line()),
            _ => BmLiteMisbehaviour::Line(random.line()),
        };
        let told = format!("{which:?}: {how:?}");
        self.go_wrong(which, how);
        told
    }

    fn lie(&mut self, which: Which, random: &mut Random) -> String {
        let message = forged_bmlite(random);
        let told = format!("{which:?}: {message:02X?} instead");
        self.go_wrong(which, BmLiteMisbehaviour::Instead(message));
        told
    }
}

fn forged_bmlite(random: &mut Random) -> Vec<u8> {
    let slot = random.slot() as u8;
    let hit = vec![3, 0, 3, 0, 10, 0, 1, 0, 1, 6, 0, 2, 0, slot, 0, 1, 0x20, 1, 0, 0];
    random.pick(&[hit, vec![1, 0, 1, 0, 1, 0x20, 1, 0, 0]])
}

/// The clock of the driver: it sees the deadline of each step.
struct Watch {
    clock: VirtualClock,
    end: Instant,
}

impl Clock for Watch {
    fn now(&mut self) -> Instant {
        self.clock.now()
    }

    fn idle(&mut self, until: Instant) {
        assert!(until > self.now(), "a step names a time that is over");
        assert!(until <= self.end, "a step goes on {:?} too long", until.since(self.end));
        self.clock.idle(until);
    }
}

type Line<M> = FaultInjector<SimPort<M, VirtualClock>, VirtualClock>;
type Failure<M> = CallError<<<M as Subject>::Link as Family>::Fault, Unplugged>;

struct Session<M: Subject> {
    module: Simulated<M>,
    driver: Driver<Line<M>, M::Link>,
    watch: Watch,
    random: Random,
    /// Who is on the sensor, and whether well.
    finger: Option<(&'static str, bool)>,
    /// The module said, or will say, what is not so.
    lied: bool,
    seed: u64,
    /// What happened, for whoever looks into a failure.
    history: Vec<String>,
}

/// Whose template is where.
type Shelf = Vec<Option<String>>;

impl<M: Subject> Session<M> {
    fn new(seed: u64) -> Self {
        let mut random = Random(seed);
        let mut module = M::module();
        for slot in 0..SLOTS {
            if let (true, Some(person)) = (random.one_in(2), PEOPLE.get(usize::from(slot))) {
                module.store(slot, person);
            }
        }
        let module = Simulated::new(module);
        let clock = VirtualClock::in_steps(Duration::from_millis(10));
        let plan = random.plan();
        let line = FaultInjector::new(module.port(clock.clone()), clock.clone(), plan);
        let history = vec![format!("{plan:?}")];
        let watch = Watch { clock, end: Instant::ZERO };
        Self {
            module,
            driver: M::driver(line),
            watch,
            random,
            finger: None,
            lied: false,
            seed,
            history,
        }
    }

    fn run(&mut self) {
        for _ in 0..1 + self.random.below(4) {
            self.arrange();
            let now = self.watch.now();
            self.watch.end = now + M::LONGEST;
            self.history.push(format!("{now:?}: {:?} on {:?}", self.shelf(), self.finger));
            let which = self.random.below(8);
            self.history.push(format!("operation {which}"));
            match which {
                0..3 => self.identify(),
                3..5 => self.verify(),
                5 => self.enrol(),
                6 => self.delete(),
                _ => self.count(),
            }
        }
    }

    /// What happens before an operation.
    fn arrange(&mut self) {
        let (person, well) = (self.random.pick(&PEOPLE), !self.random.one_in(6));
        let mut module = self.module.device();
        self.finger = (!self.random.one_in(10)).then_some((person, well));
        match self.finger {
            None => module.lift(),
            Some((_, true)) => module.place(person),
            Some((_, false)) => module.place_badly(person),
        }
        if module.has_misbehaved() && self.random.one_in(2) {
            let after = self.random.below(8) as usize;
            let which = self.random.pick(&[Which::After(after), Which::Search]);
            // A module that says well-formed what is not so is believed in all
            // but a match, which it would have to say twice.
            let lies = self.random.one_in(8);
            self.lied |= lies;
            let how = if lies { M::lie } else { M::misbehave };
            self.history.push(how(&mut module, which, &mut self.random));
        }
        if self.random.one_in(4) {
            self.watch.clock.advance(self.random.millis(4_000));
        }
    }

    fn shelf(&self) -> Shelf {
        (0..SLOTS).map(|slot| self.module.device().stored(slot)).collect()
    }

    fn identify(&mut self) {
        let claims = self.module.device().claims().len();
        let found = self.driver.identify().wait(&mut self.watch);
        self.judge(None, found, claims);
    }

    fn verify(&mut self) {
        let claims = self.module.device().claims().len();
        let slot = self.random.slot();
        let found = self.driver.verify(Slot(slot)).wait(&mut self.watch);
        self.judge(Some(slot), found, claims);
    }

    /// Whether that is so of what was found of the finger on the sensor.
    fn judge(&self, slot: Option<u16>, found: Result<Option<Match>, Failure<M>>, claims: usize) {
        match found {
            Err(_) => {}
            Ok(Some(found)) => self.judge_hit(slot, found, claims),
            Ok(None) if self.lied => {}
            Ok(None) => self.judge_miss(slot),
        }
    }

    fn judge_hit(&self, slot: Option<u16>, found: Match, claims: usize) {
        assert!(slot.is_none_or(|slot| slot == found.slot.0), "{found:?}, not {slot:?}");
        let (finger, number) = (self.finger.map(|(finger, _)| finger), found.slot.0 + M::FIRST);
        let module = self.module.device();
        // What the module lied about can be the image.
        let made = module.claims()[claims..].iter().any(|claim| {
            let its_own = self.lied || Some(claim.finger.as_str()) == finger;
            // Of two scores, the driver tells the lower.
            claim.slot == number && claim.score >= found.score && its_own
        });
        assert!(made, "a false match: {found:?}");
    }

    fn judge_miss(&self, slot: Option<u16>) {
        let shelf = self.shelf();
        let (finger, well) = self.finger.expect("somebody was there");
        let is_there = |place: u16| shelf[usize::from(place)].as_deref() == Some(finger);
        let known = slot.map_or_else(|| (0..SLOTS).any(is_there), is_there);
        assert!(!known || !well && !M::TELLS_POOR, "{finger} is no match in {slot:?}");
    }

    fn enrol(&mut self) {
        let (before, slot) = (self.shelf(), self.random.slot());
        let finger = self.random.pick(&PEOPLE);
        let mut call = self.driver.enrol(Slot(slot));
        let result = loop {
            match call.next(&mut self.watch) {
                Ok(Told::Event(Event::Enrolment(Enrolment::Place(_)))) => {
                    self.module.device().place(finger);
                }
                Ok(Told::Event(Event::Enrolment(Enrolment::Lift))) => self.module.device().lift(),
                Ok(Told::Event(_)) => {}
                Ok(Told::Done(())) => break Ok(()),
                Err(error) => break Err(error),
            }
        };
        let mut after = self.shelf();
        if result.is_ok() && !self.lied {
            assert_eq!(after[usize::from(slot)].as_deref(), Some(finger), "not stored");
            assert!(before.iter().flatten().all(|name| name != finger), "{finger} twice");
            assert_eq!(before[usize::from(slot)], None, "stored over another");
        }
        // It may be stored although the line died before that was known.
        if before[usize::from(slot)].is_none()
            && after[usize::from(slot)].as_deref() == Some(finger)
        {
            after[usize::from(slot)] = None;
        }
        assert_eq!(after, before, "{result:?}");
    }

    fn delete(&mut self) {
        let (mut before, slot) = (self.shelf(), self.random.slot());
        let result = self.driver.delete(Slot(slot)).wait(&mut self.watch);
        let after = self.shelf();
        if result.is_ok() && !self.lied || after[usize::from(slot)].is_none() {
            before[usize::from(slot)] = None;
        }
        assert_eq!(after, before, "{result:?}");
    }

    fn count(&mut self) {
        let stored = self.shelf().iter().flatten().count();
        let counted = self.driver.count().wait(&mut self.watch);
        if let (Ok(library), false) = (counted, self.lied) {
            assert_eq!(usize::from(library.stored), stored);
        }
    }
}

impl<M: Subject> Drop for Session<M> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let line = self.watch.clock.now();
            eprintln!("{}: FINGERPRINT_SEED={}, ends at {line:?}", M::NAME, self.seed);
            self.history.iter().for_each(|line| eprintln!("  {line}"));
        }
    }
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|value| value.parse().expect("a number"))
}

fn sessions<M: Subject>() {
    let first = number("FINGERPRINT_SEED").unwrap_or(1);
    for seed in first..first + number("FINGERPRINT_SESSIONS").unwrap_or(2_000) {
        Session::<M>::new(seed).run();
    }
}

#[test]
fn ef01() {
    sessions::<R503Module>();
}

#[test]
fn gt511() {
    sessions::<Gt511Module>();
}

#[test]
fn f5() {
    sessions::<F5Module>();
}

#[test]
fn sfm() {
    sessions::<SfmModule>();
}

#[test]
fn bmlite() {
    sessions::<BmLiteModule>();
}
