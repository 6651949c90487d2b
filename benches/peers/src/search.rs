//! A session with an R503 and a hundred searches in it; the module answers at
//! once.

use std::convert::Infallible;
use std::hint::black_box;

use a608_embedded::FingerprintSensor;
use embedded_pos::fingerprint::zfm::command::Search;
use embedded_pos::fingerprint::zfm::{Config, Password, Zfm};
use embedded_pos::port::{Clock, Instant, Port};
use embedded_pos::{ErrorType, nb};
use hzgrow_r502::{Command, R502, Reply};

use crate::digest;

const TIMES: u64 = 100;

/// To a search: slot 12, score 150. Sums as in the manuals.
const HIT: [u8; 16] = [0xEF, 1, 255, 255, 255, 255, 7, 0, 7, 0, 0, 12, 0, 150, 0, 0xB0];
/// To the password.
const DONE: [u8; 12] = [0xEF, 1, 255, 255, 255, 255, 7, 0, 3, 0, 0, 0x0A];
/// To the request for a random number.
const RANDOM: [u8; 16] = [0xEF, 1, 255, 255, 255, 255, 7, 0, 7, 0, 1, 2, 3, 4, 0, 0x18];
/// To the request for the count: two.
const COUNT: [u8; 14] = [0xEF, 1, 255, 255, 255, 255, 7, 0, 5, 0, 0, 2, 0, 0x0E];
/// To the request for the parameters: 200 templates.
const PARAMETERS: [u8; 28] = [
    0xEF, 1, 255, 255, 255, 255, 7, 0, 0x13, 0, 0, 0, 0, 0, 0, 0xC8, 0, 3, 255, 255, 255, 255, 0,
    2, 0, 6, 4, 0xE9,
];

fn add(state: u64, slot: u16, score: u16) -> u64 {
    digest(state, u64::from(slot) << 16 | u64::from(score))
}

/// The frame made and the answer checked, for this address only, without an
/// end to waiting.
pub fn floor() -> u64 {
    let mut module = Module::default();
    (0..TIMES).fold(0, |state, _| {
        let mut frame = [0xEF, 1, 255, 255, 255, 255, 1, 0, 8, 4, 1, 0, 0, 0, 200, 0, 0];
        let sum: u16 = black_box(&frame)[6..15].iter().map(|byte| u16::from(*byte)).sum();
        frame[15..].copy_from_slice(&sum.to_be_bytes());
        module.hear(&frame);
        let mut answer = [0; 16];
        assert_eq!(module.say(&mut answer), answer.len());
        let sum: u16 = answer[6..14].iter().map(|byte| u16::from(*byte)).sum();
        assert_eq!(sum.to_be_bytes(), answer[14..]);
        assert_eq!((answer[6], answer[8], answer[9]), (7, 7, 0));
        let [a, b, c, d] = [answer[10], answer[11], answer[12], answer[13]];
        add(state, u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]))
    })
}

/// `embedded_pos::fingerprint::zfm`. Each search has another command behind it.
pub fn ours() -> u64 {
    let (mut zfm, mut clock) =
        (Zfm::new(Module::default(), Config::r503(Password::FACTORY)), Leap(0));
    zfm.init().wait(&mut clock).expect("a session");
    (0..TIMES).fold(0, |state, _| {
        let search = black_box(Search { buffer: 1, start: 0, count: 200 });
        let hit = zfm.ask(search).wait(&mut clock).expect("a hit");
        add(state, hit.page, hit.score)
    })
}

/// The crate `a608_embedded`.
pub fn a608_embedded() -> u64 {
    let mut sensor = FingerprintSensor::new(Module::default(), [0; 4]);
    sensor.init().expect("a session");
    (0..TIMES).fold(0, |state, _| {
        assert_eq!(black_box(&mut sensor).finger_search(), Ok(0));
        add(state, sensor.finger_id, sensor.confidence)
    })
}

/// The crate `hzgrow-r502`.
pub fn hzgrow_r502() -> u64 {
    let module = std::cell::RefCell::new(Module::default());
    let mut sensor = R502::new(Half(&module), Half(&module), u32::MAX);
    sensor.send_command(Command::VfyPwd { password: 0 }).expect("a session");
    (0..TIMES).fold(0, |state, _| {
        let search = black_box(Command::Search { buffer: 1, start_index: 0, end_index: 200 });
        match sensor.send_command(search) {
            Ok(Reply::Search(hit)) => add(state, hit.match_id, hit.match_score),
            other => panic!("{other:?}"),
        }
    })
}

/// Answers each command when it is whole.
#[derive(Debug, Default)]
pub struct Module {
    heard: usize,
    opcode: u8,
    length: usize,
    left: &'static [u8],
}

impl Module {
    fn hear(&mut self, bytes: &[u8]) {
        for byte in black_box(bytes) {
            match self.heard {
                8 => self.length = usize::from(*byte),
                9 => self.opcode = *byte,
                _ => {}
            }
            self.heard += 1;
            if self.heard > 8 && self.heard == 9 + self.length {
                self.heard = 0;
                self.left = match self.opcode {
                    0x04 => &HIT,
                    0x0F => &PARAMETERS,
                    0x14 => &RANDOM,
                    0x1D => &COUNT,
                    _ => &DONE,
                };
            }
        }
    }

    fn say(&mut self, buf: &mut [u8]) -> usize {
        let n = self.left.len().min(buf.len());
        let (now, later) = self.left.split_at(n);
        buf[..n].copy_from_slice(now);
        self.left = later;
        n
    }
}

impl ErrorType for Module {
    type Error = Infallible;
}

impl Port for Module {
    fn try_read(&mut self, buf: &mut [u8]) -> nb::Result<usize, Infallible> {
        match self.say(buf) {
            0 => Err(nb::Error::WouldBlock),
            n => Ok(n),
        }
    }

    fn try_write(&mut self, bytes: &[u8]) -> nb::Result<usize, Infallible> {
        self.hear(bytes);
        Ok(bytes.len())
    }
}

impl embedded_io::ErrorType for Module {
    type Error = Infallible;
}

impl embedded_io::Read for Module {
    fn read(&mut self, buf: &mut [u8]) -> Result<usize, Infallible> {
        Ok(self.say(buf))
    }
}

impl embedded_io::Write for Module {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        self.hear(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

/// One direction of the module's line.
#[derive(Debug)]
struct Half<'a>(&'a std::cell::RefCell<Module>);

impl embedded_hal_02::serial::Read<u8> for Half<'_> {
    type Error = Infallible;

    fn read(&mut self) -> nb_01::Result<u8, Infallible> {
        let mut byte = [0];
        match self.0.borrow_mut().say(&mut byte) {
            0 => Err(nb_01::Error::WouldBlock),
            _ => Ok(byte[0]),
        }
    }
}

impl embedded_hal_02::serial::Write<u8> for Half<'_> {
    type Error = Infallible;

    fn write(&mut self, byte: u8) -> nb_01::Result<(), Infallible> {
        self.0.borrow_mut().hear(&[byte]);
        Ok(())
    }

    fn flush(&mut self) -> nb_01::Result<(), Infallible> {
        Ok(())
    }
}

/// Where something is waited for, the time has come at once.
struct Leap(u64);

impl Clock for Leap {
    fn now(&mut self) -> Instant {
        Instant::from_micros(self.0)
    }

    fn idle(&mut self, until: Instant) {
        self.0 = until.as_micros();
    }
}
