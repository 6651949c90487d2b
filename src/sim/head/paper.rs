use std::vec::Vec;

use crate::sim::printer::Bitmap;

/// How dark a dot is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Tone {
    /// It was not heated.
    White,
    /// It has not turned black.
    Faint,
    /// It is black.
    Black,
    /// It had far too much: the paper sticks to the head.
    Burnt,
}

/// Dots and what heats them.
#[derive(Debug)]
pub(super) struct Paper {
    /// For each row, for each dot: its energy, in terms of what it needs.
    rows: Vec<[f64; 384]>,
    elements: Vec<Element>,
}

/// What is left in an element of what it had: in itself, and in the glaze.
#[derive(Clone, Copy, Debug, Default)]
struct Element {
    film: f64,
    glaze: f64,
    at: u64,
}

impl Element {
    /// Lets it cool down until `now`: to 1/e in 1.5 ms and 6 ms.
    fn cool(&mut self, now: u64) {
        let micros = now.saturating_sub(self.at) as f64 / 1e3;
        self.film *= (-micros / 1_500.0).exp();
        self.glaze *= (-micros / 6_000.0).exp();
        self.at = now;
    }
}

impl Paper {
    pub(super) fn new() -> Self {
        Self { rows: Vec::new(), elements: std::vec![Element::default(); 384] }
    }

    /// Paper came under the head up to this row.
    pub(super) fn reach(&mut self, row: usize) {
        while self.rows.len() <= row {
            self.rows.push([0.0; 384]);
        }
    }

    /// A dot of a row gets energy until `now`.
    pub(super) fn heat(&mut self, dot: usize, row: usize, energy: f64, now: u64) {
        self.reach(row);
        let (Some(element), Some(at)) =
            (self.elements.get_mut(dot), self.rows.get_mut(row).and_then(|row| row.get_mut(dot)))
        else {
            return;
        };
        element.cool(now);
        if *at == 0.0 {
            *at = element.film + element.glaze;
        }
        *at += energy;
        element.film += 0.3 * energy;
        element.glaze += 0.03 * energy;
    }

    pub(super) const fn height(&self) -> usize {
        self.rows.len()
    }

    pub(super) fn energy(&self, x: usize, y: usize) -> f64 {
        self.rows.get(y).and_then(|row| row.get(x)).copied().unwrap_or(0.0)
    }

    /// What is seen.
    pub(super) fn bitmap(&self) -> Bitmap {
        let mut bitmap = Bitmap::blank(384, self.height());
        for y in 0..self.height() {
            for x in (0..384).filter(|x| self.energy(*x, y) >= 0.5) {
                bitmap.set(x, y);
            }
        }
        bitmap
    }
}

/// The tone for an energy, in terms of what a dot needs.
pub(super) fn tone(energy: f64) -> Tone {
    match energy {
        energy if energy < 0.2 => Tone::White,
        energy if energy < 0.75 => Tone::Faint,
        energy if energy < 1.3 => Tone::Black,
        _ => Tone::Burnt,
    }
}
