//! Which family answers, and at which speed.
//!
//! Each family is asked one thing that only reads, in a frame that is nothing
//! to the others; what comes back has to begin as only its own answer does.

use embedded_pos::fingerprint::zfm;
use embedded_pos::port::adapter::SystemClock;
use embedded_pos::port::{Clock, Duration, Port};

use crate::args::Access;
use crate::common::profile::Profile;
use crate::common::{AnyError, AnyPort};

/// How long an answer may take, and the rest of it.
const PATIENCE: Duration = Duration::from_millis(250);
const REST: Duration = Duration::from_millis(30);

/// The speeds in use, that of most models first.
const SPEEDS: [u32; 6] = [57_600, 9_600, 19_200, 115_200, 38_400, 230_400];

/// What was found.
pub struct Found {
    pub profile: Profile,
    pub family: &'static str,
    /// `None` where this end has no speed.
    pub baud: Option<u32>,
    pub told: String,
}

/// Model, family, and what else an answer says.
type Said = (Profile, &'static str, String);

/// A question, and what its answer says.
struct Question {
    ask: &'static [u8],
    read: fn(&[u8]) -> Option<Said>,
}

const QUESTIONS: [Question; 5] = [
    // ReadSysPara, to the address of delivery.
    Question {
        ask: &[0xEF, 0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0x01, 0x00, 0x03, 0x0F, 0x00, 0x13],
        read: ef01,
    },
    // GetEnrollCount.
    Question {
        ask: &[0x55, 0xAA, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x20, 0x00, 0x20, 0x01],
        read: gt511,
    },
    // The serial number; a count of 0 would be the question again.
    Question { ask: &[0xF5, 0x2A, 0x00, 0x00, 0x00, 0x00, 0x2A, 0xF5], read: f5 },
    // SS, read the status.
    Question { ask: &[0x40, 0x04, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x44, 0x0A], read: sfm },
    // INFO, GET, VERSION.
    Question {
        ask: &[
            0x00, 0x00, 0x12, 0x00, 0x0C, 0x00, 0x01, 0x00, 0x01, 0x00, 0x04, 0x30, 0x02, 0x00,
            0x04, 0x10, 0x00, 0x00, 0x03, 0x60, 0x00, 0x00, 0x04, 0x90, 0xEA, 0xDE,
        ],
        read: bmlite,
    },
];

/// Where `start` is in what came.
fn after<'a>(bytes: &'a [u8], start: &[u8]) -> Option<&'a [u8]> {
    let at = bytes.windows(start.len()).position(|window| window == start)?;
    bytes.get(at + start.len()..)
}

fn ef01(bytes: &[u8]) -> Option<Said> {
    let rest = after(bytes, &[0xEF, 0x01])?;
    let [a, b, c, d, 0x07, _, _, code, more @ ..] = rest else { return None };
    let address = u32::from_be_bytes([*a, *b, *c, *d]);
    let said = match (code, more) {
        (0, [_, _, _, _, high, low, ..]) => {
            format!("{} slots", u16::from_be_bytes([*high, *low]))
        }
        (0x21, _) => "locked by a password".into(),
        _ => format!("answers {code:02X}h to ReadSysPara"),
    };
    Some((Profile::Zfm20, "EF 01", format!("address {address:08X}, {said}")))
}

fn gt511(bytes: &[u8]) -> Option<Said> {
    let [a, b, _, _, code @ (0x30 | 0x31), 0x00, ..] = after(bytes, &[0x55, 0xAA, 0x01, 0x00])?
    else {
        return None;
    };
    let count = u16::from_le_bytes([*a, *b]);
    let said = if *code == 0x30 { format!("{count} templates") } else { "it refused".into() };
    Some((Profile::Gt511c3, "GT-511", format!("{said}; a GT-521F52 answers alike")))
}

fn f5(bytes: &[u8]) -> Option<Said> {
    let [a, b, c, 0, check, 0xF5, ..] = after(bytes, &[0xF5, 0x2A])? else { return None };
    let right = 0x2A ^ a ^ b ^ c == *check && [a, b, c] != [&0, &0, &0];
    let said = format!("serial {a:02X}{b:02X}{c:02X}; a 1020A answers alike");
    right.then_some((Profile::Waveshare, "F5", said))
}

fn sfm(bytes: &[u8]) -> Option<Said> {
    let [status, _, _, _, _, _, _, _, flag, _, 0x0A, ..] = after(bytes, &[0x40, 0x04])? else {
        return None;
    };
    // An echo has no flag.
    let said = format!("status {status:02X}h");
    (*flag != 0).then_some((Profile::Sfm, "SFM", said))
}

fn bmlite(bytes: &[u8]) -> Option<Said> {
    let rest = after(bytes, &[0x7F, 0xFF, 0x01, 0x7F])?;
    let version = after(rest, &[0x03, 0x60]).and_then(|text| text.get(2..)).unwrap_or_default();
    let version = version.split(|byte| !byte.is_ascii_graphic()).next().unwrap_or_default();
    Some((Profile::Bmlite, "HCP", format!("version {}", String::from_utf8_lossy(version))))
}

/// Asks at every speed, this end's own first. Takes ten seconds at most.
pub fn probe(port: &mut AnyPort, own: u32, access: Access) -> Result<Option<Found>, AnyError> {
    let others = SPEEDS.iter().copied().filter(|speed| *speed != own);
    for baud in std::iter::once(own).chain(others) {
        let set = match port.baud() {
            Some(setter) => setter.set_baud(baud).map(|()| true).or_else(|error| {
                // Some devices do not have every speed.
                if baud == own { Err(error) } else { Ok(false) }
            })?,
            None => baud == own,
        };
        if set && let Some(mut found) = ask_all(port, access)? {
            found.baud = port.baud().is_some().then_some(baud);
            return Ok(Some(found));
        }
    }
    Ok(None)
}

fn ask_all(port: &mut AnyPort, access: Access) -> Result<Option<Found>, AnyError> {
    for Question { ask: question, read } in QUESTIONS {
        let answer = ask(port, question)?;
        if let Some((profile, family, told)) = read(&answer) {
            let profile = if family == "EF 01" { dialect(port, access) } else { profile };
            return Ok(Some(Found { profile, family, baud: None, told }));
        }
    }
    Ok(None)
}

/// Which EF 01 module it is; what is locked or does not fit is taken for the
/// plainest.
fn dialect(port: &mut AnyPort, access: Access) -> Profile {
    let mut config = zfm::Config::zfm20(zfm::Password::new(access.password));
    config.address = access.address;
    config.retries = 0;
    match zfm::Zfm::new(port, config).probe().wait(&mut SystemClock::new()) {
        Ok(zfm::Dialect::R503) => Profile::R503,
        Ok(zfm::Dialect::R503V12) => Profile::R503V12,
        Ok(zfm::Dialect::Synochip) => Profile::Synochip,
        _ => Profile::Zfm20,
    }
}

/// Sends a question; what came back.
fn ask(port: &mut AnyPort, question: &[u8]) -> Result<Vec<u8>, AnyError> {
    let mut clock = SystemClock::new();
    let mut left = question;
    let mut until = clock.now() + PATIENCE;
    let mut answer = Vec::new();
    let mut buffer = [0; 64];
    while clock.now() < until && answer.len() < 1024 {
        if !left.is_empty() {
            match port.try_write(left) {
                Ok(n) => left = left.get(n..).unwrap_or_default(),
                Err(nb::Error::WouldBlock) => {}
                Err(nb::Error::Other(error)) => return Err(error),
            }
        }
        match port.try_read(&mut buffer) {
            Ok(n) => {
                answer.extend_from_slice(buffer.get(..n).unwrap_or_default());
                until = until.max(clock.now() + REST);
            }
            Err(nb::Error::WouldBlock) => clock.idle(until),
            Err(nb::Error::Other(error)) => return Err(error),
        }
    }
    Ok(answer)
}
