//! What is said of spoilt licences.

use embedded_pos::sim::documents::aamva::Defect;
use peers::licences::{EACH, Tally, aamva, ours, strict, tally};

const RIGHT: Tally = Tally { refused: 0, right: EACH, wrong: 0 };
const REFUSED: Tally = Tally { refused: EACH, right: 0, wrong: 0 };

#[test]
fn ours_reads_all_of_them_and_strictly_none() {
    assert_eq!((tally(ours, None), tally(strict, None)), (RIGHT, RIGHT));
    for defect in Defect::ALL {
        assert_eq!((tally(ours, Some(defect)), tally(strict, Some(defect))), (RIGHT, REFUSED));
    }
}

/// As it is on real licences: the crate takes few, and no version 01.
#[test]
fn the_crate_aamva_reads_few_of_them() {
    assert!(tally(aamva, None).right <= EACH * 9 / 10, "version 01");
    let right: Vec<_> =
        Defect::ALL.into_iter().filter(|defect| tally(aamva, Some(*defect)).right > 0).collect();
    assert!(right.len() * 3 < Defect::ALL.len(), "{right:?}");
}
