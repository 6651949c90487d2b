//! What scan engines say.

use std::collections::VecDeque;

use embedded_pos::port::{Clock, Duration, Instant, Port};
use embedded_pos::scan::engine::dialect::{Framing, Identifier};
use embedded_pos::scan::engine::reader::{Language, Reader};
use embedded_pos::scan::engine::{datalogic, de2120, honeywell, line, m3y, newland};
use embedded_pos::{ErrorKind, ErrorType, nb};

/// Says the input, up to so many bytes a read.
struct Mouth {
    said: VecDeque<u8>,
    chunk: usize,
}

impl ErrorType for Mouth {
    type Error = ErrorKind;
}

impl Port for Mouth {
    fn try_read(&mut self, buf: &mut [u8]) -> nb::Result<usize, ErrorKind> {
        let n = self.said.len().min(buf.len()).min(self.chunk);
        buf.iter_mut().zip(self.said.drain(..n)).for_each(|(to, from)| *to = from);
        if n == 0 { Err(nb::Error::WouldBlock) } else { Ok(n) }
    }

    fn try_write(&mut self, bytes: &[u8]) -> nb::Result<usize, ErrorKind> {
        Ok(bytes.len())
    }
}

/// A clock for which waiting takes no time.
struct Leaps(Instant);

impl Clock for Leaps {
    fn now(&mut self) -> Instant {
        self.0
    }

    fn idle(&mut self, until: Instant) {
        self.0 = self.0.max(until);
    }
}

fn talk<L: Language>(language: L, data: &[u8], chunk: usize) {
    let mut clock = Leaps(Instant::ZERO);
    let mouth = Mouth { said: data.iter().copied().collect(), chunk };
    let mut driver = Reader::<_, L, 64>::speaking(mouth, language);
    let _ = driver.init().wait(&mut clock);
    let _ = driver.start().wait(&mut clock);
    for _ in 0..4 {
        let _ = driver.scan(Duration::from_millis(200)).wait(&mut clock);
        if let Some((scan, payload)) = driver.payload() {
            assert_eq!(scan.len, payload.len());
        }
        driver.forget();
    }
    assert!(clock.now() < Instant::ZERO + Duration::from_secs(120));
}

/// Whatever they say, every conversation ends, and a payload is as long as it
/// is said to be.
pub fn run(data: &[u8]) {
    let chunk = data.len() % 64 + 1;
    talk(de2120::CaretCommands::new(de2120::Config::new()), data, chunk);
    for make in [honeywell::Make::Honeywell, honeywell::Make::Canmax] {
        talk(honeywell::SerialMenu::new(honeywell::Config::new(make)), data, chunk);
    }
    for config in [newland::Config::new(), newland::Config::new().packed(0)] {
        talk(newland::Unified::new(config.lock(false)), data, chunk);
    }
    talk(newland::Unified::new(newland::Config::nls()), data, chunk);
    talk(datalogic::HostBytes::new(datalogic::Config::new()), data, chunk);
    talk(m3y::BccFrames::new(m3y::Config::new()), data, chunk);
    for framing in [
        Framing::silence(),
        Framing::ending(b"\r\n"),
        Framing::ending(b"\r").then_silence(),
        Framing::between(b"\x02", b"\x03"),
    ] {
        let config = line::Config::new(framing).identifier(Identifier::Aim);
        talk(line::Line::new(config), data, chunk);
    }
}
