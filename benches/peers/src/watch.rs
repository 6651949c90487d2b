//! A misread plate looked up in a list of 1,000 times so many.

use std::hint::black_box;

use embedded_pos::scan::plate::matching::{Query, Spelling};
use embedded_pos::sim::Draw;

/// Drawn plates of Tianjin: all begin alike, which is the worst.
pub fn list(times: usize) -> Vec<Spelling> {
    let mut draw = Draw::new(1);
    (0..1_000 * times)
        .map(|_| Spelling::new(&format!("津A{}", draw.text("0123456789ABCDEFGH", 5))))
        .collect()
}

/// How many are within the limit of one wrong character.
pub fn look_up(list: &[Spelling]) -> u64 {
    let found = Query::new(black_box("津A1Z345")).nearest::<_, 4>(list);
    found.iter().count() as u64
}
