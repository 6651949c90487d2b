//! Star line mode and `StarPRNT`, from Star's command specifications.

use std::vec;
use std::vec::Vec;

use super::code::CodeOp;
use super::machine::{Dialect, Machine, apply};
use super::page::Page;
use super::{Condition, Model, Op};

/// A simulated printer of Star's kind.
pub type StarPrinter = Machine<Star>;

/// What a byte completes.
#[derive(Debug)]
enum Read {
    Ops(Vec<Op>),
    /// `ESC GS ETX 1`.
    PrintEnd([u8; 2]),
}

/// The bytes of a command that is not whole, and the count of print ends.
#[derive(Debug)]
pub struct Star {
    bytes: Vec<u8>,
    printed: u8,
}

impl Dialect for Star {
    fn new(_: &Model) -> Self {
        Self { bytes: Vec::new(), printed: 0 }
    }

    fn read(&mut self, byte: u8, page: &mut Page) -> Vec<u8> {
        self.bytes.push(byte);
        let Some(read) = parse(&self.bytes) else { return Vec::new() };
        self.bytes.clear();
        match read {
            Read::Ops(ops) => {
                apply(page, ops);
                Vec::new()
            }
            Read::PrintEnd([a, b]) => {
                page.flush_line();
                self.printed = self.printed.wrapping_add(1);
                vec![0x1B, 0x1D, 0x03, 1, a, b, self.printed, 0]
            }
        }
    }

    fn retract(&mut self) {
        self.bytes.pop();
    }

    fn incomplete(&self) -> &[u8] {
        &self.bytes
    }

    fn request(recent: &[u8], condition: &Condition, _: bool) -> Option<(usize, Vec<u8>)> {
        recent.ends_with(&[0x1B, 0x06, 0x01]).then(|| (3, asb(condition)))
    }
}

/// Nine bytes, version 3.
fn asb(condition: &Condition) -> Vec<u8> {
    let bits = |bits: &[(bool, u8)]| {
        bits.iter().filter(|(set, _)| *set).fold(0, |byte, (_, mask)| byte | mask)
    };
    let printer =
        bits(&[(condition.stops(), 0x08), (condition.cover_open, 0x20), (condition.feeding, 0x40)]);
    let errors = bits(&[
        (condition.overheated, 0x40),
        (condition.broken, 0x20),
        (condition.cutter_stuck, 0x08),
    ]);
    let sensors = bits(&[(condition.paper_out, 0x08), (condition.paper_low, 0x04)]);
    vec![0x23, 0x06, printer, errors, 0, sensors, 0, 0, 0]
}

fn parse(bytes: &[u8]) -> Option<Read> {
    let op = match *bytes {
        [0x00 | 0x0D] => Op::Nothing,
        [0x0A] => Op::LineFeed,
        [0x07] => Op::Drawer,
        [narrow @ 0x20..=0x7E] => Op::Narrow(narrow),
        [0x80..=0xFF] => return None,
        [lead @ 0x80..=0xFF, trail] => Op::Wide([lead, trail]),
        [0x1B, 0x1D, ref rest @ ..] => return group(rest),
        [0x1B, b'b', ref rest @ ..] => return bar_code(rest).map(Read::Ops),
        [0x1B, ref rest @ ..] => return escape(rest),
        ref other => Op::Unknown(other.into()),
    };
    Some(Read::Ops(vec![op]))
}

fn escape(rest: &[u8]) -> Option<Read> {
    let op = match *rest {
        [] | [0x06] => return None,
        // Was executed when it came in.
        [0x06, _] | [0x1E, b'a', _] => Op::Nothing,
        [b'@'] => Op::Initialize,
        [b'E'] => Op::Bold(true),
        [b'F'] => Op::Bold(false),
        [b'4'] => Op::Inverse(true),
        [b'5'] => Op::Inverse(false),
        [b'0'] => Op::LineSpacing(Some(24)),
        [b'-' | b'a' | b'I' | b'J' | b'z' | b'd' | b'W' | b'h' | b'$' | b'R' | b' '] => {
            return None;
        }
        [b'i' | 0x1E] | [b'i' | 0x1E, _] => return None,
        [b'i', high, wide] => {
            let size = wide << 4 | high;
            return Some(Read::Ops(vec![Op::Size(size)]));
        }
        [b'-', n] => {
            let on = n & 0x0F;
            return Some(Read::Ops(vec![Op::Underline(on), Op::KanjiUnderline(on)]));
        }
        [b'a', n] => Op::FeedLines(n),
        [b'I', n] => Op::FeedUnits(n),
        [b'J', n] => return Some(Read::Ops(vec![Op::FeedUnits(n), Op::FeedUnits(n)])),
        [b'z', n] => Op::LineSpacing(Some(if n & 1 == 1 { 32 } else { 24 })),
        [b'd', n @ (0..=3 | b'0'..=b'3')] => Op::Cut { partial: n & 1 == 1, units: 0 },
        [0x1E, b'F' | b'd' | b'r', _] | [b'W' | b'h' | b'$' | b'R' | b' ', _] => {
            Op::Ignored([&[0x1B], rest].concat())
        }
        _ => Op::Unknown([&[0x1B], rest].concat()),
    };
    Some(Read::Ops(vec![op]))
}

/// `ESC GS`.
fn group(rest: &[u8]) -> Option<Read> {
    let op = match *rest {
        [] | [b'a' | b't' | b'y' | b'S' | 0x03] => return None,
        [b'a', n] => Op::Align(n & 0x0F),
        [0x03, ref rest @ ..] => {
            let (&[function, a, b], []) = rest.split_first_chunk()? else { return None };
            match function {
                1 => return Some(Read::PrintEnd([a, b])),
                _ => Op::Ignored(vec![0x1B, 0x1D, 0x03, function, a, b]),
            }
        }
        [b'y', ref rest @ ..] => qr(rest)?,
        [b'S', _, xl, xh, yl, yh, _, ref data @ ..] => {
            let stride = usize::from(u16::from_le_bytes([xl, xh]));
            let rows = usize::from(u16::from_le_bytes([yl, yh]));
            if data.len() < stride * rows {
                return None;
            }
            Op::Raster { stride, rows: data.into() }
        }
        [b'S', ..] => return None,
        [b't', _] => Op::Ignored([&[0x1B, 0x1D], rest].concat()),
        _ => Op::Unknown([&[0x1B, 0x1D], rest].concat()),
    };
    Some(Read::Ops(vec![op]))
}

/// `ESC GS y`.
fn qr(rest: &[u8]) -> Option<Op> {
    Some(match *rest {
        [b'P'] => stored(&[81, 48]),
        [b'S', b'0', n] => stored(&[65, n + 48, 0]),
        [b'S', b'1', n] => stored(&[69, n + 48]),
        [b'S', b'2', n] => stored(&[67, n]),
        [b'D', b'1', 0, low, high, ref data @ ..] => {
            if data.len() < usize::from(u16::from_le_bytes([low, high])) {
                return None;
            }
            stored(&[&[80, 48], data].concat())
        }
        [b'S'] | [b'S', _] | [b'D', ..] => return None,
        ref other => Op::Unknown([b"\x1B\x1Dy", other].concat()),
    })
}

/// As the drawing takes it: kind QR, function, parameters.
fn stored(function: &[u8]) -> Op {
    Op::Code(CodeOp::Function([&[49], function].concat()))
}

/// `ESC b n1 n2 n3 n4 data RS`.
fn bar_code(rest: &[u8]) -> Option<Vec<Op>> {
    let (&[kind, text, mode, height], data) = rest.split_first_chunk()?;
    let (0x1E, data) = data.split_last()? else { return None };
    let number = |n: u8| if n >= 48 { n - 48 } else { n };
    let symbology = [66, 65, 68, 67, 69, 70, 73, 72, 71].get(usize::from(number(kind)));
    let symbology = *symbology.unwrap_or(&0);
    let data = if symbology == 73 { code128(data) } else { data.into() };
    let ops = [
        CodeOp::Height(height),
        CodeOp::Module(number(mode) + 1),
        CodeOp::Text(if matches!(number(text), 2 | 4) { 2 } else { 0 }),
        CodeOp::Bar { symbology, data },
    ];
    Some(ops.map(Op::Code).into())
}

/// The characters with their code sets, as the drawing takes them.
fn code128(data: &[u8]) -> Vec<u8> {
    let (set, data) = match data {
        [b'%', set @ b'6'..=b'8', data @ ..] => (b'A' + (set - b'6'), data),
        data => (b'B', data),
    };
    let digit = |byte: u8| byte & 0x0F;
    if set == b'C' {
        let pairs = data.chunks(2).map(|pair| pair.iter().fold(0, |n, d| 10 * n + digit(*d)));
        return b"{C".iter().copied().chain(pairs).collect();
    }
    let (mut out, mut rest) = (vec![b'{', set], data);
    while let [byte, others @ ..] = rest {
        let escaped = (*byte, others.first()) == (b'%', Some(&b'0'));
        rest = others.get(usize::from(escaped)..).unwrap_or(&[]);
        out.push(*byte);
        out.extend((*byte == b'{').then_some(b'{'));
    }
    out
}
