//! Signing in: attempts, lock-out, second factor.

mod terminal_support;

use embedded_pos::ErrorKind;
use embedded_pos::fingerprint::trust::{Attempts, Claim, Comparison, Denied, Policy, Reply};
use embedded_pos::fingerprint::{Alarm, Match, SensorId, Slot};
use embedded_pos::port::Duration;
use embedded_pos::terminal::{
    Event, Factor, Failures, Fault, Officer, OfficerId, RecordStore, Role, SignIn, SignInStep,
};
use terminal_support::*;

fn finger(slot: u16) -> Reply {
    Reply::Match(Match { slot: Slot(slot), score: 77 })
}

/// Keeps records, and names the sensor, until something else is asked for.
fn keep(world: &mut World, sign_in: &mut SignIn<'_>) -> Option<Denied> {
    let (now, mut denied) = (world.now(), None);
    loop {
        match sign_in.step(now) {
            SignInStep::Append(entry) => {
                let kept = entry.append(&mut world.sink).unwrap();
                sign_in.appended(&kept).unwrap();
            }
            SignInStep::Sensor => sign_in.sensor(Ok(sensor())).unwrap(),
            SignInStep::Denied(why) => denied = Some(why),
            _ => return denied,
        }
    }
}

fn begin<'a>(world: &mut World, roster: &'a [Officer<'a>]) -> SignIn<'a> {
    claim(world, roster, Claim::Anyone, POLICY)
}

fn claim<'a>(
    world: &mut World,
    roster: &'a [Officer<'a>],
    claim: Claim<OfficerId>,
    policy: Policy,
) -> SignIn<'a> {
    let mut failures = Failures::default();
    world.sink.replay(&mut |_, record| failures.record(record)).unwrap();
    let case = world.next_case();
    SignIn::new(roster, policy, claim, failures, case, world.now())
}

/// An attempt that fails; what the terminal then asks for.
fn fail(world: &mut World, sign_in: &mut SignIn<'_>, reply: Reply) -> Option<Duration> {
    keep(world, sign_in);
    let now = world.now();
    assert!(matches!(sign_in.step(now), SignInStep::Finger(Comparison::Search)));
    sign_in.finger(reply, 0, now).unwrap();
    assert_eq!(keep(world, sign_in), Some(Denied::NoMatch));
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
    sign_in.step(now);
    sign_in.sensor(Ok(sensor())).unwrap();
    let SignInStep::Append(entry) = sign_in.step(now) else { panic!("no record first") };
    assert_eq!(entry.record().event, Event::AttemptCounted { failures: 1 });
    assert_eq!(sign_in.finger(finger(1), 0, now), Err(Fault::OutOfOrder));
    keep(&mut world, &mut sign_in);
    sign_in.finger(finger(1), 0, now).unwrap();
    keep(&mut world, &mut sign_in);
    let SignInStep::Done(session) = sign_in.step(now) else { panic!("not signed in") };
    assert_eq!(&*session.officer().id, "010101");
    let record = line(world.sink.records().last().unwrap());
    assert!(record.contains("officer=010101 kind=signed-in role=officer slot=1 score=77"));
    let shown = "method=1:N level=low sensor=73656E736F72 duress=false";
    assert!(record.contains(shown), "{record}");
    assert_eq!(sign_in.failures(), Attempts::NONE);
}

#[test]
fn five_failures_then_thirty_seconds_doubling() {
    let mut world = World::new();
    let roster = roster();
    let mut sign_in = begin(&mut world, &roster);
    for round in 0..9_u32 {
        for _ in 0..4 {
            assert_eq!(fail(&mut world, &mut sign_in, Reply::NoMatch), None);
        }
        let closed = fail(&mut world, &mut sign_in, Reply::NoMatch).expect("closed");
        let expected = Duration::from_secs((30_u64 << round).min(3600));
        assert_eq!(closed, expected, "round {round}");
        // A matching finger changes nothing before the time is over.
        let now = world.now();
        assert_eq!(sign_in.finger(finger(1), 0, now), Err(Fault::OutOfOrder));
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
        sign_in.finger(Reply::Failed(ErrorKind::Retry), 0, world.now()).unwrap();
    }
    assert_eq!(sign_in.failures(), Attempts(1));
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
        assert_eq!(sign_in.failures(), Attempts(attempt));
        // The power is cut while the sensor compares.
    }
    let mut sign_in = begin(&mut world, &roster);
    let SignInStep::Wait { until } = sign_in.step(world.now()) else { panic!("open") };
    assert_eq!(until.since(world.at), Duration::from_secs(30));
}

#[test]
fn leaving_gives_it_back_unless_an_answer_is_outstanding() {
    let mut world = World::new();
    let roster = roster();
    // The sensor says that nothing was compared, and is not asked again.
    let mut sign_in = begin(&mut world, &roster);
    keep(&mut world, &mut sign_in);
    sign_in.finger(Reply::Failed(ErrorKind::Retry), 0, world.now()).unwrap();
    sign_in.leave(world.now()).unwrap();
    keep(&mut world, &mut sign_in);
    assert!(matches!(sign_in.step(world.now()), SignInStep::Left));
    // It was asked: nobody knows what it compared meanwhile.
    let mut sign_in = begin(&mut world, &roster);
    assert_eq!(sign_in.failures(), Attempts::NONE);
    keep(&mut world, &mut sign_in);
    sign_in.leave(world.now()).unwrap();
    keep(&mut world, &mut sign_in);
    assert!(matches!(sign_in.step(world.now()), SignInStep::Left));
    assert_eq!(sign_in.leave(world.now()), Err(Fault::OutOfOrder));
    assert_eq!(begin(&mut world, &roster).failures(), Attempts(1));
}

#[test]
fn a_claimed_officer_is_compared_with_his_own_templates_only() {
    let mut world = World::new();
    let roster = roster();
    let policy = Policy { accept_alike: true, ..Policy::STANDARD };
    let mut sign_in = claim(&mut world, &roster, Claim::Is(roster[0].id), policy);
    keep(&mut world, &mut sign_in);
    let now = world.now();
    let SignInStep::Finger(Comparison::Verify(Slot(1))) = sign_in.step(now) else { panic!() };
    sign_in.finger(Reply::NoMatch, 0, now).unwrap();
    let SignInStep::Finger(Comparison::Verify(Slot(2))) = sign_in.step(now) else { panic!() };
    sign_in.finger(finger(2), 0, now).unwrap();
    keep(&mut world, &mut sign_in);
    let SignInStep::Done(session) = sign_in.step(now) else { panic!("not signed in") };
    assert_eq!(session.evidence().found.slot, Slot(2));
    assert!(world.records_as_text().contains("method=1:1"));
    // Who is nobody's number has no template; a search is not allowed.
    for (who, why) in
        [(Claim::Is(text("999999")), Denied::NoTemplate), (Claim::Anyone, Denied::NoClaim)]
    {
        let mut sign_in = claim(&mut world, &roster, who, policy);
        let SignInStep::Append(_) = sign_in.step(now) else { panic!("no record") };
        sign_in.leave(now).unwrap_err();
        let mut stopped = None;
        while stopped.is_none() {
            match sign_in.step(now) {
                SignInStep::Append(entry) => {
                    let kept = entry.append(&mut world.sink).unwrap();
                    sign_in.appended(&kept).unwrap();
                }
                SignInStep::Denied(denied) => stopped = Some(denied),
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(stopped, Some(why));
    }
}

#[test]
fn a_fake_is_on_record_and_another_sensor_is_refused() {
    let mut world = World::new();
    let roster = roster();
    let mut sign_in = begin(&mut world, &roster);
    keep(&mut world, &mut sign_in);
    sign_in.finger(Reply::Alarm(Alarm::Fake), 0, world.now()).unwrap();
    keep(&mut world, &mut sign_in);
    assert!(world.records_as_text().contains("kind=attempt-denied why=fake"));
    sign_in.finger(Reply::Failed(ErrorKind::Line), 0, world.now()).unwrap();
    while let SignInStep::Append(entry) = sign_in.step(world.now()) {
        let kept = entry.append(&mut world.sink).unwrap();
        sign_in.appended(&kept).unwrap();
    }
    sign_in.step(world.now());
    let mut other = sensor();
    other.id = SensorId::new(b"another", false);
    sign_in.sensor(Ok(other)).unwrap();
    assert!(matches!(sign_in.step(world.now()), SignInStep::Append(_)));
    assert_eq!(sign_in.failures(), Attempts(2));
}

#[test]
fn the_second_factor_is_a_step_of_its_own() {
    let mut world = World::new();
    let roster = roster();
    let mut sign_in = begin(&mut world, &roster);
    for round in 1..=5 {
        keep(&mut world, &mut sign_in);
        let now = world.now();
        sign_in.finger(finger(4), 0, now).unwrap();
        let SignInStep::SecondFactor(officer, Factor::Pin) = sign_in.step(now) else {
            panic!("no second factor")
        };
        assert_eq!(officer.role, Role::Supervisor);
        sign_in.second_factor(false, now).unwrap();
        assert_eq!(sign_in.failures(), Attempts(round));
    }
    keep(&mut world, &mut sign_in);
    assert!(matches!(sign_in.step(world.now()), SignInStep::Wait { .. }));
    world.at += Duration::from_secs(30);
    keep(&mut world, &mut sign_in);
    sign_in.finger(finger(4), 0, world.now()).unwrap();
    sign_in.second_factor(true, world.now()).unwrap();
    keep(&mut world, &mut sign_in);
    assert!(matches!(sign_in.step(world.now()), SignInStep::Done(_)));
    assert!(world.records_as_text().contains("second=pin"));
}
