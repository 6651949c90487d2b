//! What is read of licences that are spoilt as those that reach a terminal are.

use std::fmt::Write;

use embedded_pos::scan::document::aamva::Aamva;
use embedded_pos::sim::Draw;
use embedded_pos::sim::documents::aamva::{Defect, Licence};

/// So many licences are spoilt in each way: of versions 01 to 10, which both
/// sides know.
pub const EACH: usize = 40;

/// What became of them.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Tally {
    /// Refused.
    pub refused: usize,
    /// Read, with every element as it was.
    pub right: usize,
    /// Read, with an element lost or another value in it.
    pub wrong: usize,
}

/// Reads a payload: all IDs and values, or none.
pub type Read = fn(&[u8]) -> Option<Vec<(String, String)>>;

/// `embedded_pos::scan::document::aamva`, tolerant.
pub fn ours(bytes: &[u8]) -> Option<Vec<(String, String)>> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let aamva = Aamva::parse(bytes).ok()?;
    Some(aamva.elements().map(|of| (of.id().to_owned(), text(of.value))).collect())
}

/// The same, strict.
pub fn strict(bytes: &[u8]) -> Option<Vec<(String, String)>> {
    Aamva::strict(bytes).ok().and_then(|_| ours(bytes))
}

/// Crate `aamva`.
pub fn aamva(bytes: &[u8]) -> Option<Vec<(String, String)>> {
    ::aamva::parse(bytes).ok().map(|licence| licence.elements.into_iter().collect())
}

/// Who reads.
pub const READERS: [(&str, Read); 3] =
    [("embedded-pos", ours), ("embedded-pos, strict", strict), ("aamva", aamva)];

/// What a reader makes of licences with this defect, or of sound ones.
#[must_use]
pub fn tally(read: Read, defect: Option<Defect>) -> Tally {
    let mut draw = Draw::new(7);
    let mut tally = Tally::default();
    for turn in 0..EACH {
        let version = u8::try_from(1 + turn % 10).unwrap_or(1);
        let licence = Licence::draw(&mut draw, version);
        let bytes = defect.map_or_else(|| licence.payload(), |defect| licence.spoilt(defect).bytes);
        let mut made: Vec<_> =
            licence.subfiles.into_iter().flat_map(|part| part.elements).collect();
        made.sort();
        match read(&bytes) {
            None => tally.refused += 1,
            Some(mut found) => {
                found.sort();
                *if found == made { &mut tally.right } else { &mut tally.wrong } += 1;
            }
        }
    }
    tally
}

/// A row a defect: how many of [`EACH`] are read right, and how many wrong.
#[must_use]
pub fn table() -> String {
    let mut table = String::from("| spoilt by |");
    READERS.iter().for_each(|(name, _)| _ = write!(table, " {name} |"));
    table += "\n| --- | --- | --- | --- |\n";
    let defects = [None].into_iter().chain(Defect::ALL.map(Some));
    for defect in defects {
        let name = defect.map_or("nothing".to_owned(), |defect| format!("{defect:?}"));
        let _ = write!(table, "| {name} |");
        for (_, read) in READERS {
            let tally = tally(read, defect);
            let wrong =
                if tally.wrong > 0 { format!(", {} wrong", tally.wrong) } else { String::new() };
            let _ = write!(table, " {}{wrong} |", tally.right);
        }
        table += "\n";
    }
    table
}
