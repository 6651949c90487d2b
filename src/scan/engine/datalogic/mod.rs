//! Datalogic and PSC scanners with single-byte host commands; CipherLab.
//!
//! An older scanner on RS-232 that takes single letters: `E` and it reads, `D`
//! and it does not. It answers none of them, so the driver cannot tell a
//! scanner that obeys from one that is not there; only codes can. Built from
//! the lists of host commands in the reference manuals of the QuickScan 2300,
//! the PowerScan and the Magellan 9300i (Datalogic), and of the CipherLab 1664.
//! Not tried on a scanner yet.
//!
//! | command | byte | Datalogic | CipherLab |
//! | --- | --- | --- | --- |
//! | [`Enable`](Command::Enable) | `E` | yes | yes |
//! | [`Disable`](Command::Disable) | `D` | yes | yes |
//! | [`Reset`](Command::Reset) | `R` | yes; deaf for up to 30 s | |
//! | [`Beep`](Command::Beep) | `B`, or `#@////` CR | if its beeper is on | yes |
//! | [`ForceBeep`](Command::ForceBeep) | 01 | yes | |
//! | [`Halt`](Command::Halt) | 13, or `#@----` CR | see below | yes |
//! | [`Resume`](Command::Resume) | 11, or `#@....` CR | see below | yes |
//!
//! [`Halt`](Command::Halt) and [`Resume`](Command::Resume) are XOFF and XON as
//! ASCII has them (DC3 and DC1). The manuals print the numbers the other way
//! round; the driver itself uses neither.
//!
//! The other commands of a CipherLab (`#@` and six digits) set anything,
//! speed and interface included, and cannot be said here.
//!
//! # Setup
//!
//! No host command locks the scanner against the setup labels of its manual.
//! Between [`stop`](super::reader::Reader::stop) and
//! [`start`](super::reader::Reader::start) it reads none, for it reads nothing.
//!
//! # What comes
//!
//! The code, a carriage return behind it unless it is set otherwise
//! ([`Config::framing`]). The scanner goes on reading after a code, so the
//! carriage return ends it wherever it stands: see
//! [what it means that there is no length](super::dialect#what-it-means-that-there-is-no-length).
//!
//! ```
//! use embedded_pos::port::Duration;
//! use embedded_pos::scan::engine::datalogic::{Config, Datalogic};
//! use embedded_pos::sim::scanner::DatalogicModule;
//! use embedded_pos::sim::{Simulated, VirtualClock};
//!
//! let module = Simulated::new(DatalogicModule::new());
//! let mut clock = VirtualClock::new();
//! let mut driver = Datalogic::new(module.port(clock.clone()), Config::new());
//! driver.init().wait(&mut clock)?;
//! driver.start().wait(&mut clock)?;
//! module.device().present(b"6901234567892", *b"E0");
//! driver.scan(Duration::from_secs(10)).wait(&mut clock)?;
//! assert_eq!(driver.payload().map(|(_, payload)| payload), Some(&b"6901234567892"[..]));
//! # Ok::<(), embedded_pos::port::CallError<_, _>>(())
//! ```

use super::dialect::{Answer, Lines, Refusal, Said, Steps};
pub use super::dialect::{Framing, Identifier};
use super::reader::{Abilities, Bytes, Front, Held, Job, Language, Reader, Timing};
use super::settings;
use crate::port::Duration;
use crate::scan::{Encoding, Signals, Symbologies};

/// The driver of a Datalogic or CipherLab scanner.
pub type Datalogic<P, const N: usize = 512> = Reader<P, HostBytes, N>;

impl<P> Datalogic<P> {
    /// A driver over `port`. No I/O.
    pub const fn new(port: P, config: Config) -> Self {
        Self::speaking(port, HostBytes::new(config))
    }
}

impl<P, const N: usize> Datalogic<P, N> {
    /// Says a command. There is no reply.
    pub fn say(&mut self, command: Command) -> Held<'_, P, Steps<Command>, HostBytes, N> {
        let make = self.language().make;
        self.hold(Steps::of(Some(command).filter(|command| !command.bytes(make).is_empty())))
    }
}

/// Whose scanner it is.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Make {
    /// Datalogic, PSC.
    #[default]
    Datalogic,
    /// CipherLab.
    CipherLab,
}

/// A host command. None other can be said.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Command {
    /// Read.
    Enable,
    /// Do not read.
    Disable,
    /// Begin anew: codes that were read are dropped, and commands are not heard
    /// for up to 30 s. CipherLab: nothing is sent.
    Reset,
    /// A beep.
    Beep,
    /// A beep, whatever the beeper is set to. CipherLab: as
    /// [`Beep`](Self::Beep).
    ForceBeep,
    /// Send nothing until [`Resume`](Self::Resume).
    Halt,
    /// Go on sending.
    Resume,
}

impl Command {
    fn bytes(self, make: Make) -> &'static [u8] {
        match (self, make) {
            (Self::Enable, _) => b"E",
            (Self::Disable, _) => b"D",
            (Self::Reset, Make::Datalogic) => b"R",
            (Self::Beep, Make::Datalogic) => b"B",
            (Self::ForceBeep, Make::Datalogic) => b"\x01",
            (Self::Halt, Make::Datalogic) => b"\x13",
            (Self::Resume, Make::Datalogic) => b"\x11",
            (Self::Reset, Make::CipherLab) => b"",
            (Self::Beep | Self::ForceBeep, Make::CipherLab) => b"#@////\r",
            (Self::Halt, Make::CipherLab) => b"#@----\r",
            (Self::Resume, Make::CipherLab) => b"#@....\r",
        }
    }
}

impl Said for Command {
    fn is_answered(self) -> bool {
        false
    }
}

/// How a scanner is to be spoken to, and how codes come.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Config {
    make: Make,
    framing: Framing,
    identifier: Identifier,
    encoding: Encoding,
    repeat: Duration,
}

impl Config {
    /// A Datalogic that puts a carriage return behind each code and nothing
    /// before it; none twice within three seconds.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            make: Make::Datalogic,
            // It goes on reading: two codes may lie in the port.
            framing: Framing::ending(b"\r"),
            identifier: Identifier::None,
            encoding: Encoding::Unknown,
            repeat: Duration::from_secs(3),
        }
    }

    /// Whose scanner it is.
    #[must_use]
    pub const fn make(mut self, make: Make) -> Self {
        self.make = make;
        self
    }

    settings::framing!(
        "How codes are told apart.",
        "What the scanner is set to put before the payload."
    );

    settings::encoding!();

    settings::repeat!();
}

impl Default for Config {
    fn default() -> Self {
        Self::new()
    }
}

/// What such a scanner speaks.
#[derive(Debug)]
pub struct HostBytes {
    lines: Lines,
    make: Make,
    repeat: Duration,
}

impl HostBytes {
    /// Spoken to so.
    #[must_use]
    pub const fn new(config: Config) -> Self {
        Self {
            lines: Lines::new(config.framing, config.identifier, config.encoding),
            make: config.make,
            repeat: config.repeat,
        }
    }
}

/// No manual gives times.
const TIMING: Timing = Timing {
    reply: Duration::ZERO,
    send: Duration::from_millis(500),
    quiet: Duration::from_millis(2),
    byte_gap: Duration::from_millis(30),
    command_gap: Duration::from_millis(20),
    attempts: 1,
};

impl Language for HostBytes {
    type Command = Command;
    type Reply = Answer;
    type Fault = Refusal;
    type Script = Steps<Command>;

    fn timing(&self) -> &Timing {
        &TIMING
    }

    fn repeat(&self) -> Duration {
        self.repeat
    }

    fn abilities(&self) -> Abilities {
        Abilities { signals: Signals::BEEPER, modes: &[], symbologies: Symbologies::empty() }
    }

    fn script(&self, job: Job) -> Option<Steps<Command>> {
        Some(match job {
            Job::Init => Steps::init([Command::Disable]),
            Job::Start => Steps::of([Command::Enable]),
            Job::Stop => Steps::of([Command::Disable]),
            Job::Signal(Signals::BEEPER, on) => Steps::of(on.then_some(Command::Beep)),
            Job::Mode(_) | Job::Symbologies(_) | Job::Signal(..) => return None,
        })
    }

    fn encode(&mut self, command: &Command, _attempt: u8) -> Bytes {
        Bytes::of(command.bytes(self.make))
    }

    fn expect(&mut self, _command: Option<&Command>) {}

    fn front(&mut self, bytes: &[u8], silent: bool) -> Front<Answer> {
        self.lines.front(bytes, silent, |_| false)
    }

    fn give_up(&mut self) {
        self.lines.give_up();
    }
}
