//! What is said of the drivers beside each other.

use peers::faults::{DRIVERS, Outcome, rows, table, verdict};
use peers::transfers;

#[test]
fn ours_accepts_none_and_is_right_with_the_next_call() {
    let (name, ours) = DRIVERS[0];
    assert_eq!(name, "embedded-pos");
    for (row, how, _) in rows() {
        let verdict = verdict(ours, &how);
        assert!(!verdict.is_false_match(), "{row}: {verdict:?}");
        assert_eq!((verdict.recovers, verdict.miscounted), (Some(1), None), "{row}");
        for outcome in [verdict.anna, verdict.stranger] {
            assert!(!matches!(outcome, Outcome::Panicked | Outcome::Hung), "{row}: {outcome:?}");
            assert_ne!(outcome, Outcome::Found(Some(12)), "{row}");
        }
    }
}

#[test]
fn the_rows_tell_a_driver_that_checks_from_one_that_does_not() {
    for (name, make) in &DRIVERS[1..] {
        let accepted = rows().iter().filter(|row| verdict(*make, &row.1).is_false_match()).count();
        assert!(accepted >= 3, "{name}: {accepted}");
        assert_eq!(verdict(*make, &rows()[0].1).recovers, Some(1), "{name}");
    }
}

#[test]
fn the_tables_in_the_docs_are_these() {
    let docs = include_str!("../../../docs/performance.md");
    assert!(docs.contains(&table()), "cargo run --bin faults");
    assert!(docs.contains(&transfers::table()), "cargo run --bin faults");
}

#[test]
fn ours_takes_a_template_whole_or_not_at_all() {
    for row in transfers::rows() {
        assert!(!matches!(transfers::ours(&row), transfers::Outcome::Wrong(_)), "{}", row.name);
    }
    let wrong = |row: &transfers::Row| {
        matches!(transfers::a608_embedded(row), transfers::Outcome::Wrong(_))
    };
    assert!(transfers::rows().iter().filter(|row| wrong(row)).count() >= 3);
}
