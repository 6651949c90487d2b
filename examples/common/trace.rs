//! What crosses a line, for people: each frame on a line of its own, in
//! hexadecimal and decoded.
//!
//! The text tells what is said, not whose it is: of a scanned code its length,
//! of a card's data their kind. The digits beside it hide nothing.

mod fingerprint;

use std::collections::VecDeque;

use crc::{CRC_16_XMODEM, Crc};
use embedded_pos::card::t1::{Block, Edc, Pcb};
use embedded_pos::card::{Atr, StatusWord};
use embedded_pos::port::middleware::{Direction, Trace, Tracer};
use embedded_pos::port::{Clock, Duration, Instant};
use embedded_pos::scan::plate::Plate;
use embedded_pos::sim::printer::{EscPosPrinter, Event, Model};

use super::{AnyPort, erased};

/// What is spoken on a line.
#[derive(Clone, Copy, Debug)]
pub enum Protocol {
    /// Fingerprint sensors, EF 01.
    Zfm,
    /// GT-511 and GT-521F fingerprint sensors.
    Gt511,
    /// Fingerprint sensors, F5.
    F5,
    /// Suprema SFM fingerprint sensors.
    Sfm,
    /// FPC BM-Lite fingerprint sensors.
    BmLite,
    /// GM65 scan engines.
    Gm65,
    /// Other scan engines: what comes at once, undecoded.
    Bursts,
    /// Serial CCID, and T=1 in it.
    Ccid,
    /// PN532 on HSU.
    Pn532,
    /// Vzenith cameras.
    Vzenith,
    /// ESC/POS.
    EscPos,
}

impl Protocol {
    /// Bytes that wait longer for the rest of their frame will not get it. A
    /// line of print may wait for the paper to move.
    const fn gap(self) -> Duration {
        match self {
            Self::EscPos => Duration::from_secs(5),
            _ => Duration::from_millis(100),
        }
    }
}

/// A trace on standard error: time of the first byte, device, direction, bytes
/// and what they mean.
pub struct Lines<C> {
    name: &'static str,
    clock: C,
    decoder: Decoder,
    sides: [Side; 2],
}

/// What came in one direction and is no whole frame yet.
#[derive(Default)]
struct Side {
    bytes: Vec<u8>,
    since: Instant,
    last: Instant,
}

impl<C: Clock> Lines<C> {
    pub fn new(name: &'static str, protocol: Protocol, clock: C) -> Self {
        Self { name, clock, decoder: Decoder::new(protocol), sides: Default::default() }
    }
}

impl<C: Clock> Trace for Lines<C> {
    fn bytes(&mut self, direction: Direction, bytes: &[u8]) {
        let now = self.clock.now();
        for (side, way) in self.sides.iter_mut().zip([Direction::Out, Direction::In]) {
            if !side.bytes.is_empty() && side.last + self.decoder.protocol.gap() < now {
                print(self.name, way, side.since, &side.bytes, "incomplete");
                side.bytes.clear();
            }
        }
        let side = &mut self.sides[usize::from(direction == Direction::In)];
        side.last = now;
        for byte in bytes {
            if side.bytes.is_empty() {
                side.since = now;
            }
            side.bytes.push(*byte);
            while let Some((len, meaning)) = self.decoder.first(direction, &side.bytes) {
                let rest = side.bytes.split_off(len);
                print(self.name, direction, side.since, &side.bytes, &meaning);
                side.bytes = rest;
            }
        }
    }

    fn speed(&mut self, baud: u32) {
        eprintln!("{} {:11} = {baud} baud", time(self.clock.now()), self.name);
    }
}

impl<C> Drop for Lines<C> {
    fn drop(&mut self) {
        for (side, way) in self.sides.iter().zip([Direction::Out, Direction::In]) {
            if !side.bytes.is_empty() {
                print(self.name, way, side.since, &side.bytes, "incomplete");
            }
        }
    }
}

/// The port, watched if it is to be.
pub fn traced(
    port: AnyPort,
    is_on: bool,
    name: &'static str,
    protocol: Protocol,
    clock: impl Clock + 'static,
) -> AnyPort {
    if is_on { erased(Tracer::new(port, Lines::new(name, protocol, clock))) } else { port }
}

fn time(at: Instant) -> String {
    format!("{:8}.{:03}", at.as_micros() / 1_000, at.as_micros() % 1_000)
}

fn print(name: &str, direction: Direction, at: Instant, bytes: &[u8], meaning: &str) {
    let arrow = if direction == Direction::Out { '>' } else { '<' };
    let hex: Vec<String> = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
    eprintln!("{} {name:11} {arrow} {}  | {meaning}", time(at), hex.join(" "));
}

/// How many bytes at the front belong together, and what they say.
pub type Item = Option<(usize, String)>;

/// Finds frames and says what they mean.
pub struct Decoder {
    protocol: Protocol,
    /// By direction: the next I-block of the card goes on with the last.
    chained: [bool; 2],
    /// What the printer was asked and has not answered.
    asked: VecDeque<String>,
}

impl Decoder {
    pub fn new(protocol: Protocol) -> Self {
        Self { protocol, chained: [false; 2], asked: VecDeque::new() }
    }

    /// The first item of what came in a direction, once it is whole.
    pub fn first(&mut self, direction: Direction, bytes: &[u8]) -> Item {
        if bytes.is_empty() {
            return None;
        }
        match (self.protocol, direction) {
            (Protocol::Zfm, _) => fingerprint::zfm(bytes),
            (Protocol::Gt511, _) => fingerprint::gt511(bytes),
            (Protocol::F5, way) => fingerprint::f5(bytes, way == Direction::In),
            (Protocol::Sfm, way) => fingerprint::sfm(bytes, way == Direction::In),
            (Protocol::BmLite, _) => fingerprint::bmlite(bytes),
            (Protocol::Gm65, Direction::Out) => gm65(bytes, 0x7E, 6),
            (Protocol::Gm65, Direction::In) => code(bytes).unwrap_or_else(|| gm65(bytes, 0x02, 4)),
            (Protocol::Bursts, _) => None,
            (Protocol::Ccid, _) => self.ccid(direction, bytes),
            (Protocol::Pn532, _) => pn532(bytes),
            (Protocol::Vzenith, _) => vzenith(bytes),
            (Protocol::EscPos, Direction::Out) => self.escpos(bytes),
            (Protocol::EscPos, Direction::In) => {
                let asked = self.asked.pop_front().unwrap_or("nothing that was asked".into());
                Some((1, format!("answer to {asked}")))
            }
        }
    }

    /// `03 06 | 10 bytes | data | XOR`, NAK, or what the reader says unasked.
    fn ccid(&mut self, direction: Direction, bytes: &[u8]) -> Item {
        let whole = |len: usize| bytes.get(..len);
        match bytes {
            [0x03] | [0x03, 0x06 | 0x15] | [0x50] => return None,
            [0x03, 0x15, _, ..] => return Some((3, "NAK: again, please".into())),
            [0x50, slots, ..] => return Some((2, format!("slot change {slots:02X}"))),
            [0x03, 0x06, ..] => {}
            _ => return Some((1, "noise".into())),
        }
        let len = usize::from(*bytes.get(3)?) | usize::from(*bytes.get(4)?) << 8;
        let frame = whole(13 + len)?;
        let number = frame[8];
        let (data, sum) = (&frame[12..12 + len], frame.iter().fold(0, |sum, byte| sum ^ byte));
        let kind = match frame[2] {
            0x61 => "SetParameters".into(),
            0x62 => "IccPowerOn".into(),
            0x63 => "IccPowerOff".into(),
            0x65 => "GetSlotStatus".into(),
            0x6F => "XfrBlock".into(),
            0x80 => "DataBlock".into(),
            0x81 => "SlotStatus".into(),
            0x82 => "Parameters".into(),
            other => format!("{other:02X}h"),
        };
        let inside = match (sum, frame[2]) {
            (0, ..0x80) if direction == Direction::In => ", echo".into(),
            (0, 0x6F | 0x80) if len > 0 => self.block(direction, data),
            (0, _) => String::new(),
            _ => ", wrong check".into(),
        };
        Some((frame.len(), format!("{kind} {number}{inside}")))
    }

    /// A T=1 block, or an ATR.
    fn block(&mut self, direction: Direction, data: &[u8]) -> String {
        let block = Block::decode(data, Edc::Lrc).or_else(|_| Block::decode(data, Edc::Crc));
        let Ok(block) = block else {
            return match Atr::new(data) {
                Ok(_) => ", ATR".into(),
                Err(_) => ", no T=1 block".into(),
            };
        };
        let Pcb::I { ns, more } = block.pcb else { return format!(", T=1 {:?}", block.pcb) };
        let chained = &mut self.chained[usize::from(direction == Direction::In)];
        let first = !std::mem::replace(chained, more);
        let inside = match (direction, block.inf) {
            (Direction::Out, [cla, ins, p1, p2, ..]) if first => {
                format!("{cla:02X} {ins:02X} {p1:02X} {p2:02X} {}", instruction(*ins))
            }
            (Direction::In, [.., sw1, sw2]) if !more => StatusWord::from([*sw1, *sw2]).to_string(),
            _ => format!("{} bytes of a chain", block.inf.len()),
        };
        format!(", T=1 I({}{}): {inside}", u8::from(ns), if more { ", more" } else { "" })
    }

    /// Up to what is seen on paper, or a question.
    fn escpos(&mut self, bytes: &[u8]) -> Item {
        let question = match bytes {
            [.., 0x10, 0x04, n @ 1..=4] => Some(format!("DLE EOT {n}")),
            [.., 0x1D, 0x72, n @ (1 | 2 | 49 | 50)] => Some(format!("GS r {n}")),
            _ => None,
        };
        // With two-byte characters on, as the driver sets them.
        let printer = EscPosPrinter::decoded(Model::CLONE_58MM, bytes);
        let seen = printer.events().iter().any(|event| !matches!(event, Event::Text { .. }));
        if !printer.incomplete().is_empty() || (!seen && question.is_none()) {
            return None;
        }
        self.asked.extend(question.clone());
        let said = printer.events().iter().map(|event| match event {
            Event::Text { text, .. } => format!("{text:?}"),
            Event::Feed { dots } => format!("feed {dots}"),
            Event::Image { width, height } => format!("image {width} x {height}"),
            Event::Qr { data, .. } => format!("QR code of {} bytes", data.len()),
            Event::Barcode { kind, text, .. } => format!("{kind} {text:?}"),
            Event::Unknown(_) => "unknown".into(),
            Event::Ignored(_) => "not for this printer".into(),
            other => format!("{other:?}"),
        });
        Some((bytes.len(), said.chain(question).collect::<Vec<_>>().join(", ")))
    }
}

/// `03 | length | what was scanned`. `None`: it is no code.
fn code(bytes: &[u8]) -> Option<Item> {
    let len = match bytes {
        [0x03] => return Some(None),
        [0x03, 0, ..] => 256,
        [0x03, len, ..] => usize::from(*len),
        _ => return None,
    };
    Some((bytes.len() >= 2 + len).then(|| (2 + len, format!("a code of {len} bytes"))))
}

/// `mark 00 | type | length | address, of a command | data | CRC`.
fn gm65(bytes: &[u8], mark: u8, head: usize) -> Item {
    const CHECK: Crc<u16> = Crc::<u16>::new(&CRC_16_XMODEM);
    match bytes {
        [first] if *first == mark => return None,
        [first, 0x00, ..] if *first == mark => {}
        _ => return Some((1, "noise".into())),
    }
    let len = bytes.get(3).map(|len| if *len == 0 { 256 } else { usize::from(*len) })?;
    let frame = bytes.get(..head + len + 2)?;
    let (said, check) = frame.split_last_chunk()?;
    let crc = match u16::from_be_bytes(*check) {
        check if check == CHECK.checksum(&said[2..]) => "CRC ok",
        0xABCD => "no CRC",
        _ => "wrong CRC",
    };
    let what = match (mark, frame[2]) {
        (0x02, 0x00) => format!("done, {len} bytes"),
        (0x02, kind) => format!("reply {kind:02X}h"),
        (_, 0x07) => format!("read {} from {:02X}{:02X}h", frame[6], frame[4], frame[5]),
        (_, 0x08) => format!("write {len} from {:02X}{:02X}h", frame[4], frame[5]),
        (_, 0x09) => "save".into(),
        (_, kind) => format!("command {kind:02X}h"),
    };
    Some((frame.len(), format!("{what}, {crc}")))
}

/// `VZ | kind | number | length | data`.
fn vzenith(bytes: &[u8]) -> Item {
    match bytes {
        [b'V'] => return None,
        [b'V', b'Z', ..] => {}
        _ => return Some((1, "noise".into())),
    }
    let (head, rest) = bytes.split_first_chunk::<8>()?;
    let [_, _, kind, number, len @ ..] = *head;
    let data = rest.get(..usize::try_from(u32::from_be_bytes(len)).ok()?)?;
    let said = match kind {
        0 => json(data),
        1 => "heartbeat".into(),
        2 => "binary".into(),
        _ => return Some((1, "noise".into())),
    };
    Some((8 + data.len(), format!("{number}: {said}")))
}

/// JSON on one line; behind a zero byte stand pictures.
fn json(data: &[u8]) -> String {
    let text = data.split(|byte| *byte == 0).next().unwrap_or_default();
    let pictures = data.len().saturating_sub(text.len() + 1);
    // Plates are in GBK, or in UTF-8.
    let part = |bytes: &[u8]| match (std::str::from_utf8(bytes), Plate::parse_gbk(bytes)) {
        (Err(_), Ok(plate)) => plate.to_string(),
        _ => String::from_utf8_lossy(bytes).into_owned(),
    };
    let text = text.split(|byte| *byte == b'"').map(part).collect::<Vec<_>>().join("\"");
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if pictures == 0 { text } else { format!("{text} and {pictures} bytes of picture") }
}

fn instruction(ins: u8) -> &'static str {
    match ins {
        0x20 => "VERIFY",
        0x82 => "EXTERNAL AUTHENTICATE",
        0x88 => "INTERNAL AUTHENTICATE",
        0xA4 => "SELECT",
        0xA8 => "GET PROCESSING OPTIONS",
        0xAE => "GENERATE AC",
        0xB2 => "READ RECORD",
        0xC0 => "GET RESPONSE",
        0xCA => "GET DATA",
        _ => "",
    }
}

/// A frame, from 00 FF on.
fn pn532(bytes: &[u8]) -> Item {
    use embedded_pos::card::reader::pn532::frame::{Found, find, name};
    let (found, used) = find(bytes)?;
    let meaning = match found {
        Found::Noise if bytes[0] == 0x00 => "00 before or behind a frame".into(),
        Found::Noise => "noise, or a call to wake up".into(),
        Found::Ack => "ACK".into(),
        Found::Nack => "NACK: again, please".into(),
        Found::Garbled => "a frame, sum wrong".into(),
        Found::Data([tfi, code, data @ ..]) => {
            let command = code.wrapping_sub(tfi & 1);
            format!("{}, {} bytes", name(command).unwrap_or("unknown command"), data.len())
        }
        Found::Data(_) => "error frame: not understood".into(),
    };
    Some((used, meaning))
}
