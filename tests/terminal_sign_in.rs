//! Signing in: attempts, lock-out, second factor.

mod terminal_support;

use embedded_pos::fingerprint::{Match, Slot};
use embedded_pos::port::Duration;
use embedded_pos::terminal::{
    Event, Factor, Failures, Fault, Finger, LockOut, Officer, RecordStore, Role, SignIn, SignInStep,
};
use terminal_support::*;

fn finger(slot: u16) -> Finger {
    Finger::Matched(Match { slot: Slot(slot), score: 77 })
}

/// Keeps records until something else is asked for.
fn keep(world: &mut World, sign_in: &mut SignIn<'_>) {
    let now = world.now();
    while let SignInStep::Append(entry) = sign_in.step(now) {
        let kept = entry.append(&mut world.sink).unwrap();
        sign_in.appended(&kept).unwrap();
    }
}

fn begin<'a>(world: &mut World, roster: &'a [Officer<'a>]) -> SignIn<'a> {
    let mut failures = Failures::default();
    world.sink.replay(&mut |_, record| failures.record(record)).unwrap();
    let case = world.next_case();
    SignIn::new(roster, LockOut::STANDARD, failures.0, case, world.now())
}

/// An attempt that fails; what the terminal then asks for.
fn fail(world: &mut World, sign_in: &mut SignIn<'_>, finger: Finger) -> Option<Duration> {
    keep(world, sign_in);
    let now = world.now();
    assert!(matches!(sign_in.step(now), SignInStep::Finger));
    sign_in.finger(finger, now).unwrap();
    keep(world, sign_in);
    match sign_in.step(now) {
        SignInStep::Wait { until } => Some(until.since(now.at)),
        _ => None,
    }
}

#[test]
fn the_attempt_is_kept_before_the_finger_is_asked_for() {
    let mut world = World::new();
    let roster = roster();
    let mut sign_in = begin(&mut world, &roster);
    let now = world.now();
    let SignInStep::Append(entry) = sign_in.step(now) else { panic!("no record first") };
    assert_eq!(entry.record().event, Event::AttemptCounted { failures: 1 });
    assert_eq!(sign_in.finger(finger(1), now), Err(Fault::OutOfOrder));
    keep(&mut world, &mut sign_in);
    sign_in.finger(finger(1), now).unwrap();
    keep(&mut world, &mut sign_in);
    let SignInStep::Done(session) = sign_in.step(now) else { panic!("not signed in") };
    assert_eq!(&*session.officer().id, "010101");
    let record = line(world.sink.records().last().unwrap());
    assert!(record.contains("officer=010101 kind=signed-in role=officer slot=1 score=77"));
    assert_eq!(sign_in.failures(), 0);
}

#[test]
fn five_failures_then_thirty_seconds_doubling() {
    let mut world = World::new();
    let roster = roster();
    let mut sign_in = begin(&mut world, &roster);
    for round in 0..9_u32 {
        for _ in 0..4 {
            assert_eq!(fail(&mut world, &mut sign_in, Finger::Unknown), None);
        }
        let closed = fail(&mut world, &mut sign_in, Finger::Unknown).expect("closed");
        let expected = Duration::from_secs((30_u64 << round).min(3600));
        assert_eq!(closed, expected, "round {round}");
        // A matching finger changes nothing before the time is over.
        let now = world.now();
        assert_eq!(sign_in.finger(finger(1), now), Err(Fault::OutOfOrder));
        world.at += Duration::from_micros(closed.as_micros() - 1);
        assert!(matches!(sign_in.step(world.now()), SignInStep::Wait { .. }));
        world.at += Duration::from_micros(1);
    }
    let locked = world.sink.records().iter().filter_map(|record| match record.event {
        Event::LockedOut { failures, seconds } => Some((failures, seconds)),
        _ => None,
    });
    let locked: Vec<_> = locked.take(3).collect();
    assert_eq!(locked, [(5, 30), (10, 60), (15, 120)]);
}

#[test]
fn a_poor_capture_does_not_count() {
    let mut world = World::new();
    let roster = roster();
    let mut sign_in = begin(&mut world, &roster);
    for _ in 0..20 {
        keep(&mut world, &mut sign_in);
        sign_in.finger(Finger::Poor, world.now()).unwrap();
    }
    assert_eq!(sign_in.failures(), 1);
    assert_eq!(world.sink.records().len(), 1);
}

#[test]
fn a_template_of_no_officer_is_a_failure() {
    let mut world = World::new();
    let roster = roster();
    let mut sign_in = begin(&mut world, &roster);
    for _ in 0..4 {
        assert_eq!(fail(&mut world, &mut sign_in, finger(99)), None);
    }
    assert!(fail(&mut world, &mut sign_in, finger(99)).is_some());
}

#[test]
fn cutting_the_power_gives_no_attempt_back() {
    let mut world = World::new();
    let roster = roster();
    for attempt in 1..=5 {
        let mut sign_in = begin(&mut world, &roster);
        keep(&mut world, &mut sign_in);
        assert_eq!(sign_in.failures(), attempt);
        // The power is cut while the sensor compares.
    }
    let mut sign_in = begin(&mut world, &roster);
    let SignInStep::Wait { until } = sign_in.step(world.now()) else { panic!("open") };
    assert_eq!(until.since(world.at), Duration::from_secs(30));
}

#[test]
fn leaving_gives_it_back_unless_a_finger_matched() {
    let mut world = World::new();
    let roster = roster();
    let mut sign_in = begin(&mut world, &roster);
    keep(&mut world, &mut sign_in);
    sign_in.leave(world.now()).unwrap();
    keep(&mut world, &mut sign_in);
    assert!(matches!(sign_in.step(world.now()), SignInStep::Left));
    let mut sign_in = begin(&mut world, &roster);
    assert_eq!(sign_in.failures(), 0);
    keep(&mut world, &mut sign_in);
    sign_in.finger(finger(4), world.now()).unwrap();
    assert_eq!(sign_in.leave(world.now()), Err(Fault::OutOfOrder));
}

#[test]
fn the_second_factor_is_a_step_of_its_own() {
    let mut world = World::new();
    let roster = roster();
    let mut sign_in = begin(&mut world, &roster);
    for round in 1..=5 {
        keep(&mut world, &mut sign_in);
        let now = world.now();
        sign_in.finger(finger(4), now).unwrap();
        let SignInStep::SecondFactor(officer, Factor::Pin) = sign_in.step(now) else {
            panic!("no second factor")
        };
        assert_eq!(officer.role, Role::Supervisor);
        sign_in.second_factor(false, now).unwrap();
        assert_eq!(sign_in.failures(), round);
    }
    keep(&mut world, &mut sign_in);
    assert!(matches!(sign_in.step(world.now()), SignInStep::Wait { .. }));
    world.at += Duration::from_secs(30);
    keep(&mut world, &mut sign_in);
    sign_in.finger(finger(4), world.now()).unwrap();
    sign_in.second_factor(true, world.now()).unwrap();
    keep(&mut world, &mut sign_in);
    assert!(matches!(sign_in.step(world.now()), SignInStep::Done(_)));
    assert!(world.records_as_text().contains("second=pin"));
}
