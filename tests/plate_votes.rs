//! Many readings of a vehicle become one result.

use embedded_pos::port::{Duration, Instant};
use embedded_pos::scan::plate::votes::{Added, How, Outcome, OutcomeFlags, Rules, Votes};
use embedded_pos::scan::plate::{Characters, Confidence, EventId, PlateRead, Reading};
use embedded_pos::sim::{Draw, plates};
use proptest::prelude::*;

fn at(millis: u64) -> Instant {
    Instant::from_micros(millis * 1_000)
}

fn read(text: &str) -> PlateRead {
    PlateRead::new(text.as_bytes())
}

fn of_event(text: &str, event: u64) -> PlateRead {
    let mut read = read(text);
    read.event = Some(EventId::Number(event));
    read
}

fn sure(text: &str, value: u32) -> PlateRead {
    let mut read = read(text);
    read.confidence = Some(Confidence { value, of: 100 });
    read
}

fn only<const N: usize>(votes: &mut Votes<N>) -> Outcome {
    let outcome = votes.take(Instant::FAR_FUTURE).unwrap();
    assert_eq!(votes.take(Instant::FAR_FUTURE), None);
    outcome
}

#[test]
fn the_surer_reading_counts_more() {
    let mut votes: Votes<2> = Votes::new(Rules::new());
    for read in [sure("津A12B45", 30), sure("津A12845", 80), sure("津A12B45", 30)] {
        votes.add(&read, at(0));
    }
    let outcome = only(&mut votes);
    assert_eq!(outcome.plate().unwrap().canonical(), "津A12845");
    assert_eq!(outcome.support.as_slice(), [46, 46, 46, 46, 26, 46, 46]);
    assert_eq!(outcome.flags, OutcomeFlags::WEAK);
    assert!(outcome.is_rejected());
}

#[test]
fn readings_of_one_event_are_one_vehicle_whatever_their_texts() {
    let mut votes: Votes<4> = Votes::new(Rules::new());
    let texts = ["津A1234", "津A12345", "津A12345", "浙AI2345", "12345"];
    let added: Vec<Added> = texts
        .iter()
        .zip(0..)
        .map(|(text, frame)| votes.add(&of_event(text, 7), at(frame * 40)))
        .collect();
    assert!(added.iter().all(|added| added.ticket == 0 && added.pushed_out.is_none()));
    let how: Vec<How> = added.iter().map(|added| added.how).collect();
    assert_eq!(how[0], How::First);
    assert!(how[1..].iter().all(|how| *how == How::Joined));
    // The first, and the first of more characters.
    let best: Vec<bool> = added.iter().map(|added| added.best).collect();
    assert_eq!(best, [true, true, false, false, false]);
    assert_eq!(votes.due(), Some(at(160 + 1_000)));
    assert_eq!(votes.take(at(1_159)), None);
    let outcome = votes.take(at(1_160)).unwrap();
    assert_eq!(outcome.plate().unwrap().canonical(), "津A12345");
    assert_eq!((outcome.frames, outcome.first, outcome.last), (5, at(0), at(160)));
    assert_eq!(outcome.event, Some(EventId::Number(7)));
    assert_eq!(outcome.flags, OutcomeFlags::LENGTHS);
}

/// One plate lost characters in a different place each time.
#[test]
fn what_is_short_is_laid_beside_what_leads() {
    let mut votes: Votes<1> = Votes::new(Rules::new());
    for text in ["津A1234", "津A12345", "A12345", "津2345", "津A12345"] {
        votes.add(&of_event(text, 1), at(0));
    }
    assert_eq!(only(&mut votes).plate().unwrap().canonical(), "津A12345");
}

#[test]
fn another_event_with_the_same_plate_is_the_same_vehicle_by_choice() {
    let go = |alike, second: &str| {
        let mut votes: Votes<4> = Votes::new(Rules { alike, ..Rules::new() });
        votes.add(&of_event("津A12845", 1), at(0));
        votes.add(&of_event(second, 2), at(500)).how
    };
    assert_eq!(go(Some(30), "津A12845"), How::Joined);
    assert_eq!(go(Some(30), "津A12B45"), How::Joined);
    assert_eq!(go(Some(30), "津A12945"), How::First);
    assert_eq!(go(Some(0), "津A12B45"), How::First);
    assert_eq!(go(None, "津A12845"), How::First);

    let mut votes: Votes<4> = Votes::new(Rules::new());
    votes.add(&of_event("津A12845", 1), at(0));
    votes.add(&of_event("津A12845", 2), at(500));
    let outcome = only(&mut votes);
    assert_eq!((outcome.flags, outcome.frames), (OutcomeFlags::EVENTS, 2));
    // The first without one.
    let mut votes: Votes<4> = Votes::new(Rules::new());
    votes.add(&read("津A12845"), at(0));
    votes.add(&of_event("津A12845", 2), at(500));
    let outcome = only(&mut votes);
    assert_eq!((outcome.event, outcome.flags), (Some(EventId::Number(2)), OutcomeFlags::empty()));
    // Its own event goes before a like text.
    let mut votes: Votes<4> = Votes::new(Rules { alike: Some(100), ..Rules::new() });
    votes.add(&of_event("津A12845", 1), at(0));
    votes.add(&of_event("沪C77777", 2), at(0));
    assert_eq!(votes.add(&of_event("津A12845", 2), at(1)).ticket, 1);
}

#[test]
fn a_late_reading_is_told_as_repeated() {
    let mut votes: Votes<4> = Votes::new(Rules::new());
    votes.add(&of_event("津A12345", 1), at(0));
    // Closed, though nobody took it yet.
    assert_eq!(votes.add(&of_event("津A12345", 1), at(1_000)).how, How::Repeated);
    assert_eq!(only(&mut votes).frames, 1);
    for millis in [3_000, 7_000, 12_000] {
        let added = votes.add(&of_event("津A12345", 1), at(millis));
        assert_eq!((added.how, added.ticket, added.best), (How::Repeated, 0, false));
    }
    assert_eq!(votes.take(Instant::FAR_FUTURE), None);
    // Without its event, and far later.
    assert_eq!(votes.add(&read("津A12345"), at(16_000)).how, How::Repeated);
    let again = votes.add(&of_event("津A12345", 1), at(21_001));
    assert_eq!((again.how, again.ticket), (How::First, 1));
}

#[test]
fn one_that_stays_is_handed_over_once() {
    let mut votes: Votes<2> = Votes::new(Rules::new());
    let mut outcomes = 0;
    for frame in 0..2_000 {
        votes.add(&read("津A12345"), at(frame * 40));
        outcomes += usize::from(votes.take(at(frame * 40)).is_some());
    }
    outcomes += usize::from(votes.take(Instant::FAR_FUTURE).is_some());
    assert_eq!(outcomes, 1);
}

/// The rings of an Audi, a text of nothing, a vehicle without a plate.
#[test]
fn what_is_no_plate_comes_out_with_a_flag() {
    let mut votes: Votes<4> = Votes::new(Rules::new());
    votes.add(&sure("C00D", 95), at(0));
    let outcome = only(&mut votes);
    assert_eq!(outcome.spelling.to_string(), "C00D");
    assert!(matches!(outcome.reading, Reading::Unreadable(_)));
    assert_eq!((outcome.flags, outcome.is_rejected()), (OutcomeFlags::NOT_A_PLATE, true));

    let mut none = read("_无_");
    none.reading = Reading::NoPlate;
    let mut votes: Votes<4> = Votes::new(Rules { frames: 2, ..Rules::new() });
    votes.add(&none, at(0));
    let outcome = only(&mut votes);
    assert_eq!(outcome.reading, Reading::NoPlate);
    assert_eq!(outcome.flags, OutcomeFlags::NOT_A_PLATE | OutcomeFlags::UNSEEN | OutcomeFlags::FEW);
}

#[test]
fn one_more_than_there_is_room_for_pushes_out_the_first() {
    let mut votes: Votes<2> = Votes::new(Rules::new());
    votes.add(&read("津A11111"), at(0));
    votes.add(&read("津B22222"), at(100));
    let added = votes.add(&read("津C33333"), at(200));
    let out = added.pushed_out.unwrap();
    assert_eq!(out.plate().unwrap().canonical(), "津A11111");
    assert_eq!(out.flags, OutcomeFlags::PUSHED_OUT);
    // One that was handed over goes first, and silently.
    assert_eq!(votes.take(at(1_150)).unwrap().ticket, 1);
    assert_eq!(votes.add(&read("津D44444"), at(1_150)).pushed_out, None);
    let rest: Vec<u32> = core::iter::from_fn(|| votes.take(Instant::FAR_FUTURE))
        .map(|outcome| outcome.ticket)
        .collect();
    assert_eq!(rest, [2, 3]);
}

/// A minute of pictures: no sum runs over.
#[test]
fn old_votes_fade() {
    let rules = Rules { longest: Duration::from_secs(1_000), ..Rules::new() };
    let mut votes: Votes<1> = Votes::new(rules);
    (0..1_500).for_each(|frame| _ = votes.add(&of_event("津A12345", 1), at(frame)));
    (0..1_500).for_each(|frame| _ = votes.add(&of_event("津A12346", 1), at(frame)));
    let outcome = only(&mut votes);
    assert_eq!(outcome.plate().unwrap().canonical(), "津A12346");
    assert_eq!(outcome.frames, 3_000);
    assert!(outcome.support.as_slice()[0] == 100 && outcome.support.as_slice()[6] > 80);
}

/// Drawn vehicles, one picture in four misread: all of them come out right, and
/// each once.
#[test]
fn drawn_vehicles_are_read_right() {
    let mut draw = Draw::new(5);
    let classes: Vec<_> = plates::classes().collect();
    let mut votes: Votes<4> = Votes::new(Rules::new());
    for event in 0..500 {
        let class = *draw.one_of(&classes).unwrap();
        let plate = plates::valid(&mut draw, class);
        let start = event * 60_000;
        for frame in plates::frames(&mut draw, &plate.text, 12) {
            let mut read = of_event(&frame.text, event);
            read.characters = Characters::new(frame.characters);
            votes.add(&read, at(start + frame.millis));
        }
        let outcome = votes.take(at(start + 10_000)).unwrap();
        assert_eq!(outcome.spelling.to_string(), plate.text);
        assert_eq!(outcome.frames, 12);
        assert_eq!(votes.take(Instant::FAR_FUTURE), None);
    }
}

proptest! {
    /// Each reading is counted in one outcome or told as repeated.
    #[test]
    fn nothing_is_lost(reads in proptest::collection::vec((0..6_usize, 0..4_u64, 0..3_000_u64), 1..60)) {
        const TEXTS: [&str; 6] = ["津A12345", "津A12B45", "沪C777", "", "C00D", "\u{1F600}津A123456789"];
        let mut votes: Votes<3> = Votes::new(Rules::new());
        let (mut now, mut counted, mut frames) = (0, 0, 0);
        for (text, event, wait) in reads {
            now += wait;
            let read = if event == 0 { read(TEXTS[text]) } else { of_event(TEXTS[text], event) };
            let added = votes.add(&read, at(now));
            counted += u32::from(added.how != How::Repeated);
            frames += added.pushed_out.map_or(0, |outcome| outcome.frames);
            if wait % 3 == 0 {
                while let Some(outcome) = votes.take(at(now)) {
                    frames += outcome.frames;
                }
            }
        }
        while let Some(outcome) = votes.take(Instant::FAR_FUTURE) {
            frames += outcome.frames;
        }
        prop_assert_eq!(frames, counted);
    }
}

/// Nobody has more than a quarter of the votes.
#[test]
fn four_readings_that_all_differ_support_none() {
    let mut votes: Votes<2> = Votes::new(Rules::new());
    for text in ["津A1234A", "津A1234B", "津A1234C", "津A1234D"] {
        votes.add(&of_event(text, 7), at(0));
    }
    let outcome = votes.take(Instant::FAR_FUTURE).unwrap();
    assert_eq!(outcome.support.as_slice(), [100, 100, 100, 100, 100, 100, 25]);
    assert_eq!(outcome.flags, OutcomeFlags::WEAK);
    assert_eq!(outcome.plate().unwrap().canonical(), "津A1234A");
}

/// The second event is known by its text, then its readings by the event.
#[test]
fn the_second_event_of_a_vehicle_is_its_own_too() {
    let mut votes: Votes<4> = Votes::new(Rules::new());
    for (text, event) in [("津A12345", 1), ("津A12345", 2), ("浙B1", 2), ("浙B2", 1)] {
        let added = votes.add(&of_event(text, event), at(0));
        assert_eq!(added.ticket, 0, "{text}");
    }
    assert_eq!(votes.add(&of_event("浙B3", 3), at(0)).how, How::First);
}

/// Whoever takes seldom has no second result of one that stays.
#[test]
fn one_that_stays_is_one_though_nobody_takes() {
    let mut votes: Votes<4> = Votes::new(Rules::new());
    for millis in (0..30_000).step_by(100) {
        let added = votes.add(&of_event("津A12345", 1), at(millis));
        assert_eq!(added.ticket, 0, "{millis}");
    }
    let outcome = votes.take(at(30_000)).unwrap();
    assert_eq!((outcome.frames, outcome.last), (100, at(9_900)));
    assert_eq!(votes.take(Instant::FAR_FUTURE), None);
}

/// As the documentation of the module has it.
#[test]
fn a_vehicle_and_one_that_left_take_some_900_bytes() {
    let one = size_of::<Votes<5>>() - size_of::<Votes<4>>();
    assert!((850..=950).contains(&one), "{one}");
}
