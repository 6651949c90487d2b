//! What the examples share: port names on the command line, and the way a
//! failing device is reported.
#![allow(dead_code)]

/// A line for people or programs on standard output.
#[allow(unused_macros)]
macro_rules! say {
    ($($text:tt)*) => { $crate::common::say(format_args!($($text)*)) };
}

pub mod png;
pub mod printer;
pub mod profile;
pub mod stage;
pub mod trace;

use std::fmt;
use std::io::{self, Write as _};
use std::str::FromStr;

use embedded_pos::port::adapter::{SerialPort, StreamError, StreamPort};
use embedded_pos::port::{Port, SetBaud};
use embedded_pos::{Error, ErrorKind, ErrorType};

/// Where a device is: `sim`, `PATH[@BAUD]`, or `tcp:HOST:PORT`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum PortName {
    /// A simulator in this process.
    Sim,
    /// A TCP port.
    Tcp(String),
    /// A serial device or pseudo-terminal, and its speed.
    Serial(String, Option<u32>),
}

impl FromStr for PortName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "sim" {
            return Ok(Self::Sim);
        }
        if text.is_empty() {
            return Err("sim, PATH[@BAUD] or tcp:HOST:PORT is wanted".into());
        }
        if let Some(address) = text.strip_prefix("tcp:") {
            let port = address.rsplit_once(':').and_then(|(_, port)| port.parse::<u16>().ok());
            return match port {
                Some(_) => Ok(Self::Tcp(address.into())),
                None => Err(format!("`{address}` is no HOST:PORT")),
            };
        }
        match text.rsplit_once('@') {
            None => Ok(Self::Serial(text.into(), None)),
            Some((path, baud)) => match baud.parse() {
                Ok(baud) if baud > 0 => Ok(Self::Serial(path.into(), Some(baud))),
                _ => Err(format!("`{baud}` is no baud rate")),
            },
        }
    }
}

impl fmt::Display for PortName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sim => f.write_str("sim"),
            Self::Tcp(address) => write!(f, "tcp:{address}"),
            Self::Serial(path, None) => f.write_str(path),
            Self::Serial(path, Some(baud)) => write!(f, "{path}@{baud}"),
        }
    }
}

/// A port of any kind.
pub type AnyPort = Box<dyn Port<Error = AnyError>>;

/// The error of a port of any kind.
#[derive(Debug)]
pub struct AnyError {
    kind: ErrorKind,
    text: String,
}

impl fmt::Display for AnyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for AnyError {}

impl Error for AnyError {
    fn kind(&self) -> ErrorKind {
        self.kind
    }
}

/// Any port, with its error made an [`AnyError`].
struct Erased<P>(P);

impl<P> ErrorType for Erased<P> {
    type Error = AnyError;
}

impl<P: Port> Port for Erased<P> {
    fn try_read(&mut self, buf: &mut [u8]) -> nb::Result<usize, AnyError> {
        self.0.try_read(buf).map_err(|error| error.map(erase))
    }

    fn try_write(&mut self, bytes: &[u8]) -> nb::Result<usize, AnyError> {
        self.0.try_write(bytes).map_err(|error| error.map(erase))
    }

    fn baud(&mut self) -> Option<&mut dyn SetBaud<Error = AnyError>> {
        self.0.baud().is_some().then_some(self)
    }
}

impl<P: Port> SetBaud for Erased<P> {
    fn set_baud(&mut self, baud: u32) -> Result<(), AnyError> {
        self.0.baud().map_or(Ok(()), |port| port.set_baud(baud).map_err(erase))
    }
}

/// Any error, as its kind and text.
pub fn erase(error: impl Error) -> AnyError {
    AnyError { kind: error.kind(), text: error.to_string() }
}

/// A failure of the program's own.
pub fn failure(kind: ErrorKind, text: &str) -> AnyError {
    AnyError { kind, text: text.into() }
}

/// Makes a port of any type one of the same type.
pub fn erased(port: impl Port + 'static) -> AnyPort {
    Box::new(Erased(port))
}

impl PortName {
    /// The speed that the name gives.
    pub const fn baud(&self) -> Option<u32> {
        match self {
            Self::Serial(_, baud) => *baud,
            _ => None,
        }
    }

    /// Opens the port; `simulated` makes the simulator's, `baud` is the
    /// device's usual speed.
    pub fn open(&self, baud: u32, simulated: impl FnOnce() -> AnyPort) -> io::Result<AnyPort> {
        match self {
            Self::Sim => Ok(simulated()),
            Self::Tcp(address) => Ok(erased(StreamPort::connect(address.as_str())?)),
            Self::Serial(path, own) => Ok(erased(SerialPort::open(path, own.unwrap_or(baud))?)),
        }
    }
}

/// Writes a line; ends the program, well, when nobody reads on (`| head`).
pub fn say(text: fmt::Arguments<'_>) {
    if writeln!(io::stdout(), "{text}").is_err() {
        std::process::exit(0);
    }
}

/// One clear line for a person: which device, what, what to try.
pub fn advice(device: &str, port: &impl fmt::Display, error: &impl Error) -> String {
    let remedy = match error.kind() {
        ErrorKind::Line => "check the cable, the path and the speed",
        ErrorKind::Timeout => "check that it is powered, and the speed",
        ErrorKind::Protocol => "check the speed, and that it is this kind of device",
        ErrorKind::Absent => "put in what is missing: card, paper, finger",
        ErrorKind::Retry | ErrorKind::Busy => "try again",
        ErrorKind::Hardware => "switch it off and on; if that does not help, it is broken",
        _ => "see `--help`",
    };
    format!("{device} at {port}: {error}; {remedy}")
}

/// What opening a port failed with, as an error of this module.
pub fn open_error(error: io::Error) -> StreamError {
    error.into()
}
