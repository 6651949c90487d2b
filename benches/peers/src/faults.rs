//! What three drivers make of an R503 that misbehaves: the same simulated
//! module, one fault in its answer to a search, in virtual time.

use std::cell::RefCell;
use std::fmt::{self, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use a608_embedded::FingerprintSensor;
use embedded_pos::fingerprint::zfm::{Config, Password, Zfm};
use embedded_pos::port::{Clock, Duration, Port};
use embedded_pos::sim::fingerprint::{Misbehaviour, R503Module};
use embedded_pos::sim::{Fault, SimPort, Simulated, VirtualClock};
use hzgrow_r502::{Command, GenImgStatus, Img2TzStatus, R502, Reply, SearchStatus};

/// Slots of anna and bert. Nobody knows the stranger.
const ANNA: u16 = 3;
const BERT: u16 = 12;

/// How long a port waits for a byte; the peers leave that to it.
const TIMEOUT: Duration = Duration::from_secs(1);

/// A call that takes longer hangs.
const ENDLESS: Duration = Duration::from_secs(60);

/// So many calls to come back to itself.
const CALLS: usize = 5;

/// A driver, as the table sees it.
pub trait Driver {
    /// Takes an image and searches it: the slot.
    fn identify(&mut self) -> Result<Option<u16>, String>;
    /// How many templates there are.
    fn count(&mut self) -> Result<u16, String>;
}

/// A driver on a line.
type Made = fn(Wire) -> Box<dyn Driver>;

/// The drivers, by name.
pub const DRIVERS: [(&str, Made); 3] = [
    ("embedded-pos", |wire| Box::new(Ours::new(wire))),
    ("a608_embedded 0.1", |wire| Box::new(A608::new(wire))),
    ("hzgrow-r502 0.2", |wire| Box::new(Hzgrow::new(wire))),
];

/// The faults, by name, and whether what comes is then no good answer.
#[must_use]
pub fn rows() -> Vec<(&'static str, Misbehaviour, bool)> {
    use Misbehaviour::{Address, Instead, Length, Line, Overlong, Stale};
    let now = Duration::ZERO;
    vec![
        ("none", Stale(0, now), false),
        ("wrong sum", Line(Fault::WrongCheck), true),
        ("byte 11 inverted", Line(Fault::Flipped(11, 0xFF)), true),
        ("byte doubled", Line(Fault::DoubledByte(10)), true),
        ("an earlier answer to a search first", Stale(0x04, now), false),
        ("an earlier answer to another command first", Stale(0x0F, now), false),
        ("1.5 s late", Line(Fault::Late(Duration::from_millis(1_500))), false),
        ("no answer", Line(Fault::Silence), false),
        ("a byte lost", Line(Fault::LostByte(4)), true),
        ("a junk byte before", Line(Fault::Noise(vec![0xA5])), false),
        ("of another module", Address(1), true),
        ("length FFFFh", Length(0xFFFF), true),
        ("length 0800h, and so many bytes", Overlong, true),
        ("code 21h, locked", Instead(vec![0x21]), false),
    ]
}

/// What one driver made of one fault.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Verdict {
    /// Of anna's finger.
    pub anna: Outcome,
    /// Of a finger that is not in the library.
    pub stranger: Outcome,
    /// After how many more calls it is right again; `None` if never.
    pub recovers: Option<usize>,
    /// Another image was taken for anna before that.
    pub asked_again: bool,
    /// A count of templates, right after, that was no error and wrong.
    pub miscounted: Option<u16>,
}

/// What an identification came to.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Outcome {
    /// A match with this slot, or none.
    Found(Option<u16>),
    /// It said that it failed.
    Failed(String),
    /// It panicked.
    Panicked,
    /// It took longer than any call should.
    Hung,
}

impl Verdict {
    /// Whether a match was told that the module did not make.
    #[must_use]
    pub fn is_false_match(&self) -> bool {
        let wrong = |outcome: &Outcome, own| matches!(outcome, Outcome::Found(Some(slot)) if Some(*slot) != own);
        wrong(&self.anna, Some(ANNA)) || wrong(&self.stranger, None)
    }
}

/// A verdict in words; of a fault that makes a bad answer, or not.
struct InWords<'a>(&'a Verdict, bool);

impl fmt::Display for InWords<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(verdict, is_bad) = self;
        match (&verdict.stranger, &verdict.anna) {
            (Outcome::Found(Some(slot)), _) => write!(f, "**a stranger is {slot}**")?,
            (_, Outcome::Found(Some(ANNA))) if verdict.asked_again => {
                f.write_str("asks again: right")?
            }
            (_, Outcome::Found(Some(ANNA))) if *is_bad => f.write_str("**taken as good**")?,
            (_, Outcome::Found(Some(ANNA))) => f.write_str("right")?,
            (_, Outcome::Found(Some(slot))) => write!(f, "**anna is {slot}**")?,
            (_, Outcome::Found(None)) => f.write_str("**anna is nobody**")?,
            (_, Outcome::Failed(_)) => f.write_str("error")?,
            (_, Outcome::Panicked) => f.write_str("**panic**")?,
            (_, Outcome::Hung) => f.write_str("**hangs**")?,
        }
        match verdict.recovers {
            Some(1) => {}
            Some(calls) => write!(f, "; right again at call {calls}")?,
            None => f.write_str("; never right again")?,
        }
        verdict.miscounted.map_or(Ok(()), |count| write!(f, "; then counts {count} of 2"))
    }
}

/// Runs one driver against one fault.
#[must_use]
pub fn verdict(make: Made, how: &Misbehaviour) -> Verdict {
    let mut bench = Bench::new(make, how);
    let images = bench.images();
    let anna = bench.identify("anna");
    let asked_again = bench.images() > images + 1;
    let is_right = |bench: &mut Bench| bench.identify("anna") == Outcome::Found(Some(ANNA));
    let recovers = (1..=CALLS).find(|_| is_right(&mut bench));
    let stranger = Bench::new(make, how).identify("stranger");
    let mut bench = Bench::new(make, how);
    bench.identify("anna");
    let count = catch_unwind(AssertUnwindSafe(|| bench.driver.count())).ok().and_then(Result::ok);
    let miscounted = count.filter(|count| *count != 2);
    Verdict { anna, stranger, recovers, asked_again, miscounted }
}

/// The table, in Markdown.
#[must_use]
pub fn table() -> String {
    let names: Vec<_> = DRIVERS.iter().map(|(name, _)| *name).collect();
    let mut table = format!("| the answer to a search | {} |\n| --- |", names.join(" | "));
    table += &" --- |".repeat(names.len());
    for (row, how, is_bad) in rows() {
        let _ = write!(table, "\n| {row} |");
        for (_, make) in DRIVERS {
            let _ = write!(table, " {} |", InWords(&verdict(make, &how), is_bad));
        }
    }
    table
}

/// A driver that has just found bert, and then meets the fault.
struct Bench {
    module: Simulated<R503Module>,
    clock: VirtualClock,
    driver: Box<dyn Driver>,
}

impl Bench {
    fn new(make: Made, how: &Misbehaviour) -> Self {
        let mut module = R503Module::new();
        module.store(ANNA, "anna");
        module.store(BERT, "bert");
        let module = Simulated::new(module);
        let clock = VirtualClock::in_steps(Duration::from_millis(1));
        let driver = make(Wire::new(&module, &clock));
        let mut bench = Self { module, clock, driver };
        assert_eq!(bench.identify("bert"), Outcome::Found(Some(BERT)));
        bench.module.device().misbehave_on(0x04, how.clone());
        bench
    }

    /// How many images were taken so far.
    fn images(&self) -> usize {
        self.module.device().commands().iter().filter(|opcode| **opcode == 0x01).count()
    }

    fn identify(&mut self, finger: &str) -> Outcome {
        self.module.device().place(finger);
        let begun = self.clock.now();
        let result = catch_unwind(AssertUnwindSafe(|| self.driver.identify()));
        match result {
            _ if self.clock.now().since(begun) > ENDLESS => Outcome::Hung,
            Err(_) => Outcome::Panicked,
            Ok(Ok(found)) => Outcome::Found(found),
            Ok(Err(error)) => Outcome::Failed(error),
        }
    }
}

/// The line to the module.
#[derive(Debug)]
pub struct Wire {
    port: SimPort<R503Module, VirtualClock>,
    clock: VirtualClock,
}

/// No byte came in time.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Timeout;

impl fmt::Display for Timeout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no byte in time")
    }
}

impl std::error::Error for Timeout {}

impl embedded_io::Error for Timeout {
    fn kind(&self) -> embedded_io::ErrorKind {
        embedded_io::ErrorKind::TimedOut
    }
}

impl Wire {
    /// A line to this module.
    #[must_use]
    pub fn new(module: &Simulated<R503Module>, clock: &VirtualClock) -> Self {
        Self { port: module.port(clock.clone()), clock: clock.clone() }
    }

    fn read(&mut self, buf: &mut [u8]) -> Result<usize, Timeout> {
        let end = self.clock.now() + TIMEOUT;
        loop {
            if let Ok(n) = self.port.try_read(buf) {
                return Ok(n);
            }
            if self.clock.now() >= end {
                return Err(Timeout);
            }
            self.clock.idle(end);
        }
    }

    fn write(&mut self, bytes: &[u8]) -> Result<usize, Timeout> {
        self.port.try_write(bytes).map_err(|_| Timeout)
    }
}

impl embedded_io::ErrorType for Wire {
    type Error = Timeout;
}

impl embedded_io::Read for Wire {
    fn read(&mut self, buf: &mut [u8]) -> Result<usize, Timeout> {
        Self::read(self, buf)
    }
}

impl embedded_io::Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Timeout> {
        Self::write(self, bytes)
    }

    fn flush(&mut self) -> Result<(), Timeout> {
        Ok(())
    }
}

/// One direction of a line.
#[derive(Clone, Debug)]
struct Half(Rc<RefCell<Wire>>);

impl embedded_hal_02::serial::Read<u8> for Half {
    type Error = Timeout;

    fn read(&mut self) -> nb_01::Result<u8, Timeout> {
        let mut byte = [0];
        self.0.borrow_mut().read(&mut byte)?;
        Ok(byte[0])
    }
}

impl embedded_hal_02::serial::Write<u8> for Half {
    type Error = Timeout;

    fn write(&mut self, byte: u8) -> nb_01::Result<(), Timeout> {
        self.0.borrow_mut().write(&[byte])?;
        Ok(())
    }

    fn flush(&mut self) -> nb_01::Result<(), Timeout> {
        Ok(())
    }
}

struct Ours {
    driver: Zfm<SimPort<R503Module, VirtualClock>>,
    clock: VirtualClock,
}

impl Ours {
    fn new(wire: Wire) -> Self {
        let driver = Zfm::new(wire.port, Config::r503(Password::FACTORY));
        Self { driver, clock: wire.clock }
    }
}

impl Driver for Ours {
    fn identify(&mut self) -> Result<Option<u16>, String> {
        let found = self.driver.identify().wait(&mut self.clock);
        found.map(|found| found.map(|found| found.slot.0)).map_err(|error| error.to_string())
    }

    fn count(&mut self) -> Result<u16, String> {
        let library = self.driver.count().wait(&mut self.clock);
        library.map(|library| library.stored).map_err(|error| error.to_string())
    }
}

struct A608(FingerprintSensor<Wire>);

impl A608 {
    fn new(wire: Wire) -> Self {
        let mut sensor = FingerprintSensor::new(wire, [0; 4]);
        sensor.init().expect("a session");
        Self(sensor)
    }
}

/// A code of the module that is no success.
fn code(what: &str, code: u8) -> String {
    format!("{what}: code {code:02X}h")
}

impl Driver for A608 {
    fn identify(&mut self) -> Result<Option<u16>, String> {
        let failed = |error| format!("{error:?}");
        match self.0.get_image().map_err(failed)? {
            a608_embedded::OK => {}
            other => return Err(code("image", other)),
        }
        match self.0.image_2_tz(1).map_err(failed)? {
            a608_embedded::OK => {}
            other => return Err(code("features", other)),
        }
        match self.0.finger_search().map_err(failed)? {
            a608_embedded::OK => Ok(Some(self.0.finger_id)),
            a608_embedded::NOTFOUND => Ok(None),
            other => Err(code("search", other)),
        }
    }

    fn count(&mut self) -> Result<u16, String> {
        match self.0.count_templates().map_err(|error| format!("{error:?}"))? {
            a608_embedded::OK => Ok(self.0.template_count),
            other => Err(code("count", other)),
        }
    }
}

struct Hzgrow(R502<Half, Half>);

impl Hzgrow {
    fn new(wire: Wire) -> Self {
        let half = Half(Rc::new(RefCell::new(wire)));
        let mut sensor = R502::new(half.clone(), half, u32::MAX);
        sensor.send_command(Command::VfyPwd { password: 0 }).expect("a session");
        sensor.send_command(Command::ReadSysPara).expect("the parameters");
        Self(sensor)
    }

    fn ask(&mut self, command: Command) -> Result<Reply, String> {
        self.0.send_command(command).map_err(|error| format!("{error:?}"))
    }
}

impl Driver for Hzgrow {
    fn identify(&mut self) -> Result<Option<u16>, String> {
        match self.ask(Command::GenImg)? {
            Reply::GenImg(image) if matches!(image.confirmation_code, GenImgStatus::Success) => {}
            other => return Err(format!("{other:?}")),
        }
        match self.ask(Command::Img2Tz { buffer: 1 })? {
            Reply::Img2Tz(done) if matches!(done.confirmation_code, Img2TzStatus::Success) => {}
            other => return Err(format!("{other:?}")),
        }
        match self.ask(Command::Search { buffer: 1, start_index: 0, end_index: 200 })? {
            Reply::Search(hit) => match hit.confirmation_code {
                SearchStatus::Success => Ok(Some(hit.match_id)),
                SearchStatus::NoMatch => Ok(None),
                other => Err(format!("{other:?}")),
            },
            other => Err(format!("{other:?}")),
        }
    }

    fn count(&mut self) -> Result<u16, String> {
        match self.ask(Command::TemplateNum)? {
            Reply::TemplateNum(count) => Ok(count.template_num),
            other => Err(format!("{other:?}")),
        }
    }
}
