//! Selection of the application.

mod emv_support;

use embedded_pos::card::StatusWord;
use embedded_pos::emv::{
    Application, Candidate, Fault, SelectStep, Selection, Step, Terminal, Transaction,
};
use embedded_pos::sim::card::{
    Application as _, CardApplication, EmvApplet, Misbehaviour, Personalisation,
};
use embedded_pos::sim::issuer::Issuer;
use proptest::prelude::*;

fn card(applications: &[CardApplication]) -> Personalisation {
    Personalisation { applications: applications.to_vec(), ..Personalisation::default() }
}

fn application(last: u8, priority: u8) -> CardApplication {
    CardApplication::new(last, &format!("APP {last}"), priority)
}

/// How a selection ended, and what was offered on the way.
#[derive(Debug, PartialEq)]
struct End {
    result: Result<Vec<u8>, Fault>,
    offered: Vec<Vec<Vec<u8>>>,
}

fn select(terminal: &Terminal<'_>, applet: &mut EmvApplet, choices: &[usize]) -> End {
    let mut selection = Selection::new(terminal);
    let mut choices = choices.iter();
    let mut offered = Vec::new();
    for _ in 0..emv_support::STEPS {
        match selection.step() {
            SelectStep::Transmit(command) => {
                let answer = applet.process(command);
                selection.response(&answer);
            }
            SelectStep::Choose(candidates) => {
                offered.push(candidates.iter().map(|found| found.name().to_vec()).collect());
                match choices.next() {
                    Some(&index) => selection.choose(index),
                    None => selection.cancel(),
                }
            }
            SelectStep::Selected(found) => {
                return End { result: Ok(found.name().to_vec()), offered };
            }
            SelectStep::Failed(fault) => return End { result: Err(fault), offered },
        }
    }
    panic!("no end: {selection:?}");
}

fn applet(personal: Personalisation) -> EmvApplet {
    EmvApplet::new(personal, &Issuer::default())
}

fn last(name: &[u8]) -> u8 {
    *name.last().unwrap()
}

#[test]
fn several_candidates_are_offered_in_the_order_of_the_card() {
    for directory in [true, false] {
        let applications = [application(1, 0), application(2, 3), application(3, 1)];
        let personal = Personalisation { directory, ..card(&applications) };
        let end = select(&Terminal::CHINA, &mut applet(personal), &[1]);
        let order: Vec<_> = end.offered[0].iter().map(|name| last(name)).collect();
        // Those without a priority come last.
        assert_eq!(order, [3, 2, 1]);
        assert_eq!(last(&end.result.unwrap()), 2);
    }
}

#[test]
fn a_directory_is_not_asked_where_the_terminal_does_not_want_it() {
    let terminal = Terminal { directory: false, ..Terminal::CHINA };
    let mut applet = applet(card(&[application(2, 1)]));
    let end = select(&terminal, &mut applet, &[]);
    assert_eq!(last(&end.result.unwrap()), 2);
    // Three tries of the list, and the selection itself.
    let names: Vec<_> = applet.commands().iter().map(|command| last(&command[5..13])).collect();
    assert_eq!(names, [1, 2, 3, 2]);
}

#[test]
fn one_candidate_is_taken_unless_it_wants_to_be_confirmed() {
    let mut applet_ = applet(card(&[application(1, 0x81)]));
    let end = select(&Terminal::CHINA, &mut applet_, &[]);
    assert_eq!((end.result, end.offered.len()), (Err(Fault::Cancelled), 1));
    let end = select(&Terminal::CHINA, &mut applet_, &[0]);
    assert_eq!(last(&end.result.unwrap()), 1);
    let mute = Terminal { cardholder_choice: false, ..Terminal::CHINA };
    let end = select(&mute, &mut applet_, &[]);
    assert_eq!((end.result, end.offered.len()), (Err(Fault::NoApplication), 0));
    let end = select(&Terminal::CHINA, &mut applet(card(&[application(1, 1)])), &[]);
    assert_eq!((last(&end.result.unwrap()), end.offered.len()), (1, 0));
}

#[test]
fn a_choice_that_is_none_changes_nothing() {
    let applications = [application(1, 1), application(2, 2)];
    let end = select(&Terminal::CHINA, &mut applet(card(&applications)), &[2, 99, 1]);
    assert_eq!(end.offered.len(), 3);
    assert_eq!(last(&end.result.unwrap()), 2);
}

#[test]
fn partial_names_find_all_occurrences() {
    let rid =
        [Application { aid: b"\xA0\x00\x00\x03\x33", partial: true, ..Application::UNIONPAY }];
    let terminal = Terminal { applications: &rid, ..Terminal::CHINA };
    for directory in [true, false] {
        let applications = [application(1, 2), application(9, 1)];
        let personal = Personalisation { directory, ..card(&applications) };
        let end = select(&terminal, &mut applet(personal), &[0]);
        assert_eq!(end.offered[0].len(), 2, "{directory}");
        assert_eq!(last(&end.result.unwrap()), 9);
    }
    // Not where only the whole name counts.
    let whole = [Application { partial: false, ..rid[0] }];
    let terminal = Terminal { applications: &whole, ..Terminal::CHINA };
    let end = select(&terminal, &mut applet(card(&[application(1, 1)])), &[0]);
    assert_eq!(end.result, Err(Fault::NoApplication));
    // An application found by two of the terminal's names is there once.
    let both = [rid[0], Terminal::CHINA.applications[0]];
    let terminal = Terminal { applications: &both, directory: false, ..Terminal::CHINA };
    let end = select(&terminal, &mut applet(card(&[application(1, 1)])), &[]);
    assert_eq!((last(&end.result.unwrap()), end.offered.len()), (1, 0));
}

#[test]
fn a_card_that_always_has_a_next_application_comes_to_an_end() {
    let rid =
        [Application { aid: b"\xA0\x00\x00\x03\x33", partial: true, ..Application::UNIONPAY }];
    let terminal = Terminal { applications: &rid, directory: false, ..Terminal::CHINA };
    let mut selection = Selection::new(&terminal);
    let fci = b"\x6F\x0E\x84\x08\xA0\x00\x00\x03\x33\x01\x01\x01\xA5\x02\x50\x00\x90\x00";
    let mut steps = 0;
    while let SelectStep::Transmit(_) = selection.step() {
        selection.response(fci);
        steps += 1;
        assert!(steps < 30);
    }
    assert!(matches!(selection.step(), SelectStep::Selected(_)), "{selection:?}");
}

#[test]
fn blocked_is_told_apart_from_absent() {
    let blocked = CardApplication { blocked: true, ..application(1, 1) };
    for directory in [true, false] {
        let personal = Personalisation { directory, ..card(std::slice::from_ref(&blocked)) };
        let end = select(&Terminal::CHINA, &mut applet(personal), &[]);
        assert_eq!(end.result, Err(Fault::ApplicationBlocked), "{directory}");
        // Another takes its place.
        let applications = [blocked.clone(), application(2, 2)];
        let personal = Personalisation { directory, ..card(&applications) };
        let end = select(&Terminal::CHINA, &mut applet(personal), &[0]);
        assert_eq!(last(&end.result.unwrap()), 2, "{directory}");
    }
    let mut applet_ = applet(card(&[application(1, 1)]));
    applet_.misbehave(Misbehaviour::Blocked);
    assert_eq!(select(&Terminal::CHINA, &mut applet_, &[]).result, Err(Fault::CardBlocked));
    let end = select(&Terminal::CHINA, &mut applet(card(&[application(7, 1)])), &[]);
    assert_eq!(end.result, Err(Fault::NoApplication));
    let none = Terminal { applications: &[], ..Terminal::CHINA };
    let end = select(&none, &mut applet(card(&[application(1, 1)])), &[]);
    assert_eq!(end.result, Err(Fault::NoApplication));
}

#[test]
fn a_directory_that_cannot_be_used_is_passed_over() {
    for reply in [
        &b"\x6A\x82"[..],
        b"\x62\x83",
        b"\x69\x85",
        b"\x90\x00",
        b"\x6F\x02\x84\x05\x90\x00",
        // A file that cannot be, and none.
        b"\x6F\x0C\x84\x05\xA0\x00\x00\x03\x33\xA5\x03\x88\x01\x0B\x90\x00",
        b"\x6F\x0B\x84\x05\xA0\x00\x00\x03\x33\xA5\x02\x50\x00\x90\x00",
    ] {
        let mut applet = applet(card(&[application(1, 1)]));
        applet.misbehave(Misbehaviour::Reply(0, reply.to_vec()));
        let end = select(&Terminal::CHINA, &mut applet, &[]);
        assert_eq!(last(&end.result.unwrap()), 1, "{reply:02X?}");
    }
    // A record that is none hides no other.
    let mut applet = applet(card(&[application(1, 1), application(2, 2)]));
    applet.misbehave(Misbehaviour::Reply(1, b"\x70\x05\x61\x90\x00".to_vec()));
    let end = select(&Terminal::CHINA, &mut applet, &[]);
    assert_eq!(last(&end.result.unwrap()), 2);
}

#[test]
fn a_record_of_the_directory_that_cannot_be_read_hides_no_application() {
    for (at, sw) in [(1, 0x6985), (2, 0x6581), (2, 0x6283_u16)] {
        let mut applet = applet(card(&[application(1, 2), application(2, 1)]));
        applet.misbehave(Misbehaviour::Reply(at, sw.to_be_bytes().to_vec()));
        let end = select(&Terminal::CHINA, &mut applet, &[0]);
        let order: Vec<_> = end.offered[0].iter().map(|name| last(name)).collect();
        assert_eq!(order, [2, 1], "{at}, {sw:04X}");
        assert_eq!(last(&end.result.unwrap()), 2);
    }
}

#[test]
fn an_application_that_answers_with_another_name_is_dropped() {
    let mut applet = applet(card(&[application(1, 1)]));
    // Directory, two records, and the selection.
    applet.misbehave(Misbehaviour::Flipped(3, 11, 0x04));
    match select(&Terminal::CHINA, &mut applet, &[]).result {
        Err(Fault::Value { offset: 4, .. }) => {}
        other => panic!("{other:?}"),
    }
}

#[test]
fn more_applications_than_the_terminal_can_list_are_an_error() {
    let rid =
        [Application { aid: b"\xA0\x00\x00\x03\x33", partial: true, ..Application::UNIONPAY }];
    let terminal = Terminal { applications: &rid, ..Terminal::CHINA };
    let most = u8::try_from(Selection::MOST).unwrap();
    let applications: Vec<_> = (0..=most).map(|last| application(last, 0)).collect();
    let end = select(&terminal, &mut applet(card(&applications)), &[]);
    assert_eq!(end.result, Err(Fault::TooManyApplications));
    let end = select(&terminal, &mut applet(card(&applications[..Selection::MOST])), &[9]);
    assert_eq!(last(&end.result.unwrap()), 9);
}

#[test]
fn a_candidate_is_shown_by_label_or_name_and_never_chosen_by_them() {
    let mut selection = Selection::new(&Terminal::CHINA);
    let entry = |label: &[u8], more: &[u8]| {
        let mut own = b"\x4F\x08\xA0\x00\x00\x03\x33\x01\x01\x01\x50".to_vec();
        own.push(u8::try_from(label.len()).unwrap());
        own.extend([label, more].concat());
        own
    };
    let own = entry("借记".as_bytes(), b"\x87\x01\x8F\x9F\x12\x03abc");
    let length = u8::try_from(own.len()).unwrap();
    let record = [&[0x70, length + 2, 0x61, length][..], &own, b"\x90\x00"].concat();
    selection.response(
        b"\x6F\x10\x84\x05\xA0\x00\x00\x03\x33\xA5\x07\x88\x01\x01\x9F\x11\x01\x01\x90\x00",
    );
    selection.response(&record);
    selection.response(b"\x6A\x83");
    let SelectStep::Choose([found]) = selection.step() else { panic!("{selection:?}") };
    let found: &Candidate = found;
    assert_eq!(found.to_string(), "A000000333010101");
    assert_eq!(found.label(), "借记".as_bytes());
    assert_eq!(found.preferred_name(), Some((&b"abc"[..], 1)));
    assert_eq!((found.priority(), found.needs_confirmation()), (Some(15), true));
}

proptest! {
    #[test]
    fn no_answers_upset_a_transaction(
        answers in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..60), 1..40),
        ok in any::<bool>()
    ) {
        let mut arena = emv_support::arena();
        let mut transaction = Transaction::new(&Terminal::CHINA, emv_support::payment(), &mut arena);
        for mut answer in answers {
            if ok {
                answer.extend([0x90, 0x00]);
            }
            match transaction.step() {
                Step::Transmit(_) => transaction.response(&answer),
                Step::Choose(_) => transaction.choose(0),
                Step::GoOnline(_) => transaction.unable_to_go_online(),
                Step::EnterPin(_) | Step::Verify(_) | Step::Assess(_) => unreachable!(),
                Step::Done(outcome) => {
                    prop_assert!(!outcome.is_approved());
                    break;
                }
            }
        }
    }

    #[test]
    fn any_status_word_to_any_command_ends_in_an_outcome(at in 0_usize..11, sw in any::<u16>()) {
        prop_assume!(sw != StatusWord::SUCCESS.0);
        let mut world = emv_support::World::new(Personalisation::default())
            .with(Misbehaviour::Reply(at, sw.to_be_bytes().to_vec()));
        let outcome = emv_support::play(&mut world);
        let failed = !outcome.is_approved();
        prop_assert_eq!(outcome.reversal_due, failed && world.issuer_approved);
        // Directory and issuer authentication can fail without harm.
        prop_assert!(failed || at <= 2 || at == 9, "{at}: {outcome:?}");
    }
}
