//! Engines that only send what they read.
//!
//! Any scanner on a serial line that is set up by its own codes and takes no
//! commands, or none that anybody wants to send: the driver listens, and never
//! sends a byte. How a code is told from the next is the caller's to say
//! ([`Framing`]), and what that means for binary codes is on the
//! [page of the framings](super::dialect#what-it-means-that-there-is-no-length).
//!
//! Setup codes stay as they are: what the scanner obeys when it is shown to it,
//! this driver cannot know or change. Use it where the public cannot hold codes
//! before the engine, or where its manual has a way to lock it.
//!
//! [`start`](super::reader::Reader::start) and
//! [`stop`](super::reader::Reader::stop) send nothing either: they say whether
//! what comes is kept. A code that begins while nobody wants it is dropped to
//! its end.
//!
//! ```
//! use embedded_pos::port::Duration;
//! use embedded_pos::scan::engine::line::{Config, Framing, LineEngine};
//! use embedded_pos::sim::scanner::LineModule;
//! use embedded_pos::sim::{Simulated, VirtualClock};
//!
//! let module = Simulated::new(LineModule::new(b"", b"\r\n"));
//! let mut clock = VirtualClock::new();
//! let config = Config::new(Framing::ending(b"\r\n"));
//! let mut driver = LineEngine::new(module.port(clock.clone()), config);
//! driver.init().wait(&mut clock)?;
//! driver.start().wait(&mut clock)?;
//! module.device().present(b"6901234567892", *b"E0");
//! driver.scan(Duration::from_secs(10)).wait(&mut clock)?;
//! assert_eq!(driver.payload().map(|(_, payload)| payload), Some(&b"6901234567892"[..]));
//! # Ok::<(), embedded_pos::port::CallError<_, _>>(())
//! ```

use core::convert::Infallible;

use super::dialect::Lines;
pub use super::dialect::{Framing, Identifier};
use super::reader::{Abilities, Bytes, Front, Job, Language, Next, NextOf, Reader, Script, Timing};
use super::settings;
use crate::port::Duration;
use crate::scan::{Encoding, Signals, Symbologies};

/// The driver of an engine that only sends.
pub type LineEngine<P, const N: usize = 512> = Reader<P, Line, N>;

impl<P> LineEngine<P> {
    /// A driver over `port`. No I/O.
    pub const fn new(port: P, config: Config) -> Self {
        Self::speaking(port, Line::new(config))
    }
}

/// How codes come.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Config {
    framing: Framing,
    identifier: Identifier,
    encoding: Encoding,
    repeat: Duration,
    gap: Duration,
}

impl Config {
    /// Codes told apart so, without identifier, in no encoding that is known,
    /// none twice within three seconds.
    #[must_use]
    pub const fn new(framing: Framing) -> Self {
        Self {
            framing,
            identifier: Identifier::None,
            encoding: Encoding::Unknown,
            repeat: Duration::from_secs(3),
            gap: Duration::from_millis(30),
        }
    }

    /// What the engine is set to put before the payload.
    #[must_use]
    pub const fn identifier(mut self, identifier: Identifier) -> Self {
        self.identifier = identifier;
        self
    }

    settings::encoding!();

    settings::repeat!();

    /// How long the line must be quiet for a code to be over. 30 ms unless
    /// set: above the 16 ms by which USB serial adapters may delay bytes.
    #[must_use]
    pub const fn gap(mut self, length: Duration) -> Self {
        self.gap = length;
        self
    }
}

/// What an engine that only sends speaks.
#[derive(Debug)]
pub struct Line {
    lines: Lines,
    repeat: Duration,
    timing: Timing,
    /// Whether codes are wanted.
    wanted: bool,
    /// The code that is coming began when none was.
    dropped: bool,
}

impl Line {
    /// Codes that come so.
    #[must_use]
    pub const fn new(config: Config) -> Self {
        Self {
            lines: Lines::new(config.framing, config.identifier, config.encoding),
            repeat: config.repeat,
            timing: Timing {
                reply: Duration::ZERO,
                send: Duration::ZERO,
                quiet: Duration::ZERO,
                byte_gap: config.gap,
                command_gap: Duration::ZERO,
                attempts: 1,
            },
            wanted: false,
            dropped: false,
        }
    }
}

/// What is done to listen, or not.
#[derive(Debug)]
pub struct Listen {
    is_init: bool,
    wanted: bool,
}

impl Script<Line> for Listen {
    type Output = ();

    fn is_init(&self) -> bool {
        self.is_init
    }

    fn next(&mut self, language: &mut Line, _heard: Option<Infallible>) -> NextOf<Self, Line> {
        language.wanted = self.wanted;
        Next::Done(Ok(()))
    }
}

impl Language for Line {
    type Command = Infallible;
    type Reply = Infallible;
    type Fault = Infallible;
    type Script = Listen;

    fn timing(&self) -> &Timing {
        &self.timing
    }

    fn repeat(&self) -> Duration {
        self.repeat
    }

    fn abilities(&self) -> Abilities {
        Abilities { signals: Signals::empty(), modes: &[], symbologies: Symbologies::empty() }
    }

    fn script(&self, job: Job) -> Option<Listen> {
        match job {
            Job::Init | Job::Start | Job::Stop => {
                Some(Listen { is_init: job == Job::Init, wanted: job == Job::Start })
            }
            Job::Mode(_) | Job::Symbologies(_) | Job::Signal(..) => None,
        }
    }

    fn encode(&mut self, command: &Infallible, _attempt: u8) -> Bytes {
        match *command {}
    }

    fn expect(&mut self, _command: Option<&Infallible>) {}

    fn front(&mut self, bytes: &[u8], silent: bool) -> Front<Infallible> {
        if silent && bytes.is_empty() && self.is_unsettled() {
            // It broke off; what comes now is another.
            self.give_up();
            return Front::Open;
        }
        let front = self.lines.front(bytes, silent, |_| false);
        if let Front::Begin(..) = front {
            self.dropped = !self.wanted;
        }
        match front {
            Front::Begin(n, _) | Front::Piece(n) | Front::End(n) | Front::Last(n)
                if self.dropped =>
            {
                Front::Noise(n)
            }
            front => front,
        }
    }

    fn is_unsettled(&self) -> bool {
        self.dropped && self.lines.is_growing()
    }

    fn give_up(&mut self) {
        self.lines.give_up();
    }
}
