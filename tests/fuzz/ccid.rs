//! A conversation with a serial CCID reader that answers what the input says, at
//! each level of exchange; and APDUs.

use std::collections::VecDeque;
use std::convert::Infallible;

use embedded_pos::card::reader::serial_ccid::{Config, Features, Level, Preference, SerialCcid};
use embedded_pos::card::{Command, Response};
use embedded_pos::port::{Clock, Duration, Instant, Port};
use embedded_pos::sim::VirtualClock;
use embedded_pos::{ErrorType, nb};

/// Answers each command with the next part of the input: bytes as they are, or
/// a message in a sound frame that answers the command.
struct Reader<'a> {
    input: &'a [u8],
    coming: VecDeque<u8>,
    chunk: usize,
}

impl Reader<'_> {
    fn take(&mut self, len: usize) -> Vec<u8> {
        let (taken, rest) = self.input.split_at(len.min(self.input.len()));
        self.input = rest;
        taken.to_vec()
    }

    fn answer(&mut self, command: &[u8]) {
        while let Some((operation, rest)) = self.input.split_first() {
            self.input = rest;
            let len = usize::from(operation & 0x3F) * 5;
            if operation & 0x40 == 0 {
                let raw = self.take(len);
                self.coming.extend(raw);
            } else {
                let mut head = self.take(4);
                head.resize(4, 0);
                let data = self.take(len);
                let (slot, seq) = (command[7], command[8]);
                let mut frame = vec![3, 6, head[0]];
                frame.extend((data.len() as u32).to_le_bytes());
                frame.extend([slot, seq, head[1], head[2], head[3]]);
                frame.extend(data);
                frame.push(frame.iter().fold(0, |sum, byte| sum ^ byte));
                self.coming.extend(frame);
            }
            if operation & 0x80 == 0 {
                break;
            }
        }
    }
}

impl ErrorType for Reader<'_> {
    type Error = Infallible;
}

impl Port for Reader<'_> {
    fn try_read(&mut self, buf: &mut [u8]) -> nb::Result<usize, Infallible> {
        let n = buf.len().min(self.coming.len()).min(self.chunk);
        if n == 0 {
            return Err(nb::Error::WouldBlock);
        }
        buf.iter_mut().zip(self.coming.drain(..n)).for_each(|(to, from)| *to = from);
        Ok(n)
    }

    fn try_write(&mut self, bytes: &[u8]) -> nb::Result<usize, Infallible> {
        if let [3, 6, ..] = bytes {
            self.answer(bytes);
        }
        Ok(bytes.len())
    }
}

/// What came of an activation, of two commands, and of what the reader itself
/// is asked.
type Outcome = (Option<Vec<u8>>, Option<Vec<u8>>, Option<Vec<u8>>, bool);

fn talk(config: Config, input: &[u8], chunk: usize) -> Outcome {
    let mut clock = VirtualClock::in_steps(Duration::from_secs(10));
    let port = Reader { input, coming: VecDeque::new(), chunk };
    let mut driver = SerialCcid::new(port, config);
    let active = driver.activate().wait(&mut clock).is_ok();
    let atr = driver.atr().map(|atr| atr.as_bytes().to_vec());
    assert_eq!(active, atr.is_some());
    let mut room = [0; 300];
    let command = [0x00, 0xA4, 0x04, 0x00, 0x02, 0x3F, 0x00, 0x00];
    let len = driver.transmit_into(&command, &mut room).wait(&mut clock).ok();
    let first = len.map(|len| room[..len].to_vec());
    let sent = driver.transmit(&[0x00, 0xB2, 0x01, 0x0C, 0x00]).wait(&mut clock).is_ok();
    let second = sent.then(|| driver.response().to_vec());
    for response in [&first, &second].into_iter().flatten() {
        assert!(atr.is_some() && Response::new(response).is_ok());
    }
    let told = driver.parameters().wait(&mut clock).is_ok();
    let _ = driver.deactivate().wait(&mut clock);
    assert!(clock.now() < Instant::ZERO + Duration::from_secs(100_000));
    (atr, first, second, told)
}

/// It ends, and does not depend on how the bytes are chunked. What is taken for
/// a command APDU is written as it was.
pub fn run(data: &[u8]) {
    if let Ok(command) = Command::parse(data) {
        assert_eq!(command.write_to(&mut vec![0; data.len()]), Ok(data));
    }
    let Some((choice, input)) = data.split_first() else { return };
    let level = match choice & 3 {
        0 | 1 => Level::Tpdu,
        2 => Level::ShortApdu,
        _ => Level::ExtendedApdu,
    };
    let features = Features::from_bits_truncate(u32::from(choice >> 2 & 3) << 6);
    let preference = if choice & 0x10 == 0 { Preference::First } else { Preference::T1 };
    let message = if choice & 0x20 == 0 { 271 } else { 17 };
    let config = Config { level, features, preference, message, ..Config::DEFAULT };
    assert_eq!(talk(config, input, usize::MAX), talk(config, input, 1));
}
