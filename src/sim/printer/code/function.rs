use std::format;
use std::vec::Vec;

use super::super::bitmap::Bitmap;
use super::super::event::Event;
use super::{labelled, qr};

/// Whether kind, function and parameters are those of the manual, with its
/// lengths and ranges.
pub(super) fn is_known(data: &[u8]) -> bool {
    match *data {
        // PDF417: columns, rows, module, height of a row, correction, options.
        [48, 65, n] => n <= 30,
        [48, 66, n] => matches!(n, 0 | 3..=90),
        [48, 67, n] => matches!(n, 1..=8),
        [48, 68, n] => matches!(n, 2..=8),
        [48, 69, m, n] => matches!((m, n), (48, 48..=56) | (49, 1..=40)),
        [48, 70, n] => n <= 1,
        // QR: model, module, correction.
        [49, 65, n, 0] => matches!(n, 49..=51),
        [49, 67, n] => matches!(n, 1..=16),
        [49, 69, n] => matches!(n, 48..=51),
        // MaxiCode: mode.
        [50, 65, n] => matches!(n, 50..=54),
        // DataBar and composite: module, widest, font.
        [51 | 52, 67, n] => matches!(n, 2..=8),
        [51 | 52, 71, low, high] => matches!(u16::from_le_bytes([low, high]), 0 | 106..=3_952),
        [52, 72, n] => matches!(n, 0..=5 | 48..=53 | 97 | 98),
        // Aztec: mode and layers, module, correction.
        [53, 66, m, n] => matches!((m, n), (0 | 48, 0 | 4..=32) | (1 | 49, 0..=4)),
        [53, 67, n] => matches!(n, 2..=16),
        [53, 69, n] => matches!(n, 5..=95),
        // Data Matrix: shape, module.
        [54, 66, 48, columns, rows] => columns == rows && columns % 2 == 0 && columns <= 144,
        [54, 66, 49, 8, n] => matches!(n, 0 | 18 | 32),
        [54, 66, 49, 12, n] => matches!(n, 0 | 26 | 36),
        [54, 66, 49, 16, n] => matches!(n, 0 | 36 | 48),
        [54, 67, n] => matches!(n, 2..=16),
        [48, 80, 48, _, ..] | [49, 80, 48, _, ..] => true,
        [50, 80, 48, _, ..] => data.len() <= 141,
        [51, 80, 48, 72 | 73 | 76, _, ..] => data.len() <= 259,
        [52, 80, 48, 48, 65..=77, _, ..] | [52, 80, 48, 49, 65 | 66, _, ..] => data.len() <= 2_366,
        [53, 80, 48, _, ..] => data.len() <= 3_835,
        [54, 80, 48, _, ..] => data.len() <= 3_119,
        [48..=54, 81, 48] => true,
        _ => false,
    }
}

/// What was set and stored.
#[derive(Debug)]
pub(super) struct Stored {
    qr: (u8, u8, u8),
    /// The kind that was stored last, and its parts with what stands before
    /// them.
    kind: u8,
    parts: Vec<Vec<u8>>,
}

impl Default for Stored {
    fn default() -> Self {
        Self { qr: (50, 3, 48), kind: 0, parts: Vec::new() }
    }
}

impl Stored {
    /// What is printed, if anything.
    pub(super) fn function(&mut self, data: &[u8]) -> Option<(Option<Bitmap>, Event)> {
        match *data {
            [49, 65, n, _] => self.qr.0 = n,
            [49, 67, n] => self.qr.1 = n,
            [49, 69, n] => self.qr.2 = n,
            [kind, 80, _, ref part @ ..] => self.store(kind, part),
            [kind, 81, _] => return Some(self.print(kind)),
            _ => {}
        }
        None
    }

    fn store(&mut self, kind: u8, part: &[u8]) {
        let second = kind == 52 && part.first() == Some(&49) && self.kind == 52;
        if !second {
            self.parts.clear();
        }
        self.kind = kind;
        self.parts.push(part.into());
    }

    fn print(&self, kind: u8) -> (Option<Bitmap>, Event) {
        let name = name(kind, &self.qr, self.parts.first());
        let part = match self.parts.as_slice() {
            [part] if self.kind == kind && kind != 52 => part.as_slice(),
            [_, part] if self.kind == kind => part.get(2..).unwrap_or(&[]),
            _ => return (None, Event::NotPrinted(format!("{name}: nothing is stored"))),
        };
        match kind {
            49 if self.qr.0 == 50 => qr::event(part, self.qr.1, self.qr.2 - 48),
            51 => {
                let data = part.get(1..).unwrap_or(&[]).into();
                (Some(labelled(name)), Event::Symbol { kind: name, data, linear: Vec::new() })
            }
            _ => {
                let linear = match (kind, self.parts.first()) {
                    (52, Some(linear)) => linear.get(2..).unwrap_or(&[]).into(),
                    _ => Vec::new(),
                };
                (Some(labelled(name)), Event::Symbol { kind: name, data: part.into(), linear })
            }
        }
    }
}

fn name(kind: u8, (model, ..): &(u8, u8, u8), part: Option<&Vec<u8>>) -> &'static str {
    match (kind, part.and_then(|part| part.first())) {
        (48, _) => "pdf417",
        (49, _) if *model == 51 => "micro-qr",
        (49, _) if *model == 49 => "qr-model-1",
        (49, _) => "qr",
        (50, _) => "maxicode",
        (51, Some(73)) => "databar-stacked-omnidirectional",
        (51, Some(76)) => "databar-expanded-stacked",
        (51, _) => "databar-stacked",
        (52, _) => "composite",
        (53, _) => "aztec",
        _ => "data-matrix",
    }
}
