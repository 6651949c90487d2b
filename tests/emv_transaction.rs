//! Whole transactions against the simulated card and its issuer.

mod emv_support;

use embedded_pos::card::StatusWord;
use embedded_pos::emv::{
    Approval, Cid, Cryptogram, Decline, FIELD_55, Fault, Instruction, OnlineResponse,
    ResponseFault, Step, Tag, Terminal, Transaction, Tsi, Tvr, Verdict,
};
use embedded_pos::sim::card::{
    Application as _, CardApplication, Layout, Misbehaviour, Personalisation,
};
use embedded_pos::sim::issuer::Issuer;
use emv_support::{World, arena, payment, play, play_at};

fn one(application: CardApplication) -> Personalisation {
    Personalisation { applications: vec![application], ..Personalisation::default() }
}

fn debit() -> CardApplication {
    CardApplication::new(1, "UnionPay Debit", 1)
}

fn instructions(world: &World) -> Vec<u8> {
    world.card.commands().iter().map(|command| command[1]).collect()
}

#[test]
fn an_approved_payment_ends_with_the_cards_certificate() {
    let mut world = World::new(Personalisation::default());
    let mut arena = arena();
    let mut transaction = Transaction::new(&Terminal::CHINA, payment(), &mut arena);
    let outcome = world.play(&mut transaction);
    assert_eq!(outcome.result, Verdict::Approved(Approval::Online));
    assert!(!outcome.reversal_due);
    assert_eq!(outcome.cid.and_then(Cid::cryptogram), Some(Cryptogram::Tc));

    // The issuer accepts the certificate that goes to settlement.
    let mut field = [0; 255];
    let length = transaction.field_55(FIELD_55, &mut field).unwrap();
    assert_eq!(world.issuer.verify("6200000000000005", 1, &field[..length]), Some(0x40));
    assert_eq!(Issuer::new([7; 16]).verify("6200000000000005", 1, &field[..length]), None);

    // The card says that it supports cardholder verification, and has no list
    // for it; this acquirer's floor limit is zero.
    let found = Tvr::NO_OFFLINE_AUTHENTICATION | Tvr::ICC_DATA_MISSING | Tvr::FLOOR_LIMIT;
    assert_eq!(transaction.tvr(), found);
    let done = Tsi::CARD_RISK_MANAGEMENT | Tsi::TERMINAL_RISK_MANAGEMENT;
    assert_eq!(transaction.tsi(), done | Tsi::ISSUER_AUTHENTICATION);
    assert_eq!(transaction.data(Tag::TVR), Some(&[0xA0, 0, 0, 0x80, 0][..]));
    assert_eq!(transaction.data(Tag::TSI), Some(&[0x38, 0][..]));
    assert_eq!(transaction.data(Tag::CVM_RESULTS), Some(&[0x3F, 0, 0][..]));
    assert_eq!(transaction.data(Tag::ARC), Some(&b"00"[..]));
    assert_eq!(transaction.pan().unwrap().masked().to_string(), "620000******0005");
}

#[test]
fn the_commands_are_those_of_the_standard_in_its_order() {
    let mut world = World::new(Personalisation::default());
    assert_eq!(play(&mut world).result, Verdict::Approved(Approval::Online));
    // Directory and its two records, selection, options, three records, first
    // AC, external authenticate, second AC.
    let order = [0xA4, 0xB2, 0xB2, 0xA4, 0xA8, 0xB2, 0xB2, 0xB2, 0xAE, 0x82, 0xAE];
    assert_eq!(instructions(&world), order);
    let commands = world.card.commands();
    assert_eq!(commands[4], b"\x80\xA8\x00\x00\x0A\x83\x08\x01\x56\x00\x00\x00\x02\x00\x00\x00");
    assert_eq!((commands[8][2], commands[10][2]), (0x80, 0x40));
    // 9F02 at the front of CDOL1, 8A at that of CDOL2.
    assert_eq!(commands[8][5..11], [0, 0, 0, 0x02, 0x00, 0x00]);
    assert_eq!(commands[10][5..7], *b"00");
}

#[test]
fn both_layouts_of_answers_and_both_ways_of_issuer_authentication_work() {
    for layout in [Layout::Values, Layout::Elements] {
        for directory in [true, false] {
            for application in [debit(), debit().without_external_authenticate()] {
                let application = CardApplication { layout, mutual: true, ..application };
                let external = application.profile[0] & 0x04 != 0;
                let mut world = World::new(Personalisation { directory, ..one(application) });
                let outcome = play(&mut world);
                assert_eq!(
                    outcome.result,
                    Verdict::Approved(Approval::Online),
                    "{layout:?}, {directory}"
                );
                assert_eq!(instructions(&world).contains(&0x82), external);
            }
        }
    }
}

#[test]
fn the_issuer_declines() {
    let mut world = World::new(Personalisation::default());
    world.issuer.answer(*b"51");
    let outcome = play(&mut world);
    assert_eq!(outcome.result, Verdict::Declined(Decline::Issuer));
    assert!(!outcome.reversal_due);
    // The card was told, and asked for an AAC.
    assert_eq!(world.card.commands().last().unwrap()[2], 0x00);
}

#[test]
fn a_declined_payment_stays_declined_whatever_the_card_does() {
    for how in [
        Misbehaviour::Second(0x40),
        Misbehaviour::Removed(9),
        Misbehaviour::Removed(10),
        Misbehaviour::Reply(10, vec![0x69, 0x85]),
        Misbehaviour::Reply(10, vec![]),
    ] {
        let mut world = World::new(Personalisation::default()).with(how.clone());
        world.issuer.answer(*b"05");
        let outcome = play(&mut world);
        assert_eq!(outcome.result, Verdict::Declined(Decline::Issuer), "{how:?}");
        assert!(!outcome.reversal_due, "{how:?}");
    }
}

#[test]
fn the_card_declines_at_once() {
    let mut world = World::new(Personalisation::default()).with(Misbehaviour::First(0x09));
    let outcome = play(&mut world);
    assert_eq!(outcome.result, Verdict::Declined(Decline::Card));
    assert_eq!(world.asked, 0);
    let cid = outcome.cid.unwrap();
    assert!(cid.advice());
    assert_eq!(cid.reason(), 1);
}

#[test]
fn a_card_may_not_give_more_than_it_was_asked_for() {
    for information in [0x40, 0xC0] {
        let mut world =
            World::new(Personalisation::default()).with(Misbehaviour::First(information));
        let fault = Fault::Cryptogram { asked: Cryptogram::Arqc, given: information };
        assert_eq!(play(&mut world).result, Verdict::Failed(fault));
        assert_eq!(world.asked, 0);
    }
    let mut world = World::new(Personalisation::default()).with(Misbehaviour::Second(0x87));
    let outcome = play(&mut world);
    let fault = Fault::Cryptogram { asked: Cryptogram::Tc, given: 0x87 };
    assert_eq!(outcome.result, Verdict::Failed(fault));
    assert!(outcome.reversal_due);
    assert_eq!(outcome.cid, Some(Cid(0x87)));
}

#[test]
fn the_card_refuses_after_an_approval_and_a_reversal_is_due() {
    let mut world = World::new(Personalisation::default()).with(Misbehaviour::Second(0x00));
    let outcome = play(&mut world);
    assert_eq!(outcome.result, Verdict::Declined(Decline::CardAfterIssuer));
    assert!(outcome.reversal_due);
}

#[test]
fn a_forged_approval_is_noted_and_the_card_decides() {
    // This card does not insist.
    let mut world = World::new(Personalisation::default());
    world.issuer.forge();
    let mut arena = arena();
    let mut transaction = Transaction::new(&Terminal::CHINA, payment(), &mut arena);
    assert_eq!(world.play(&mut transaction).result, Verdict::Approved(Approval::Online));
    assert!(transaction.tvr().contains(Tvr::ISSUER_AUTHENTICATION_FAILED));
    assert_eq!(transaction.data(Tag::TVR), Some(&[0xA0, 0, 0, 0x80, 0x40][..]));
    assert!(transaction.tsi().contains(Tsi::ISSUER_AUTHENTICATION));

    // These do, and both learn it in their own way.
    for application in [debit(), debit().without_external_authenticate()] {
        let application = CardApplication { mutual: true, ..application };
        let mut world = World::new(one(application));
        world.issuer.forge();
        let outcome = play(&mut world);
        assert_eq!(outcome.result, Verdict::Declined(Decline::CardAfterIssuer));
        assert!(outcome.reversal_due);
        assert_eq!(outcome.cid.map(Cid::reason), Some(3));
    }
}

#[test]
fn without_issuer_authentication_data_there_is_no_external_authenticate() {
    let mut world = World::new(Personalisation::default());
    world.issuer.keep_silent();
    assert_eq!(play(&mut world).result, Verdict::Approved(Approval::Online));
    assert!(!instructions(&world).contains(&0x82));
}

#[test]
fn an_issuer_that_cannot_be_reached_means_a_decline_that_the_card_confirms() {
    let mut world = World::new(Personalisation::default());
    world.online = false;
    let mut arena = arena();
    let mut transaction = Transaction::new(&Terminal::CHINA, payment(), &mut arena);
    let outcome = world.play(&mut transaction);
    assert_eq!(outcome.result, Verdict::Declined(Decline::NotOnline));
    assert!(!outcome.reversal_due);
    assert_eq!(transaction.data(Tag::ARC), Some(&b"Z3"[..]));
    let last = world.card.commands().last().unwrap();
    assert_eq!((last[1], last[2]), (0xAE, 0x00));
}

#[test]
fn a_card_pulled_at_any_command_ends_the_payment_and_says_if_a_reversal_is_due() {
    let mut world = World::new(Personalisation::default());
    play(&mut world);
    let count = world.card.commands().len();
    for at in 0..count {
        let mut world = World::new(Personalisation::default()).with(Misbehaviour::Removed(at));
        let outcome = play(&mut world);
        assert_eq!(outcome.result, Verdict::Failed(Fault::Removed), "command {at}");
        // The issuer is asked after the first GENERATE AC, command 8.
        assert_eq!(world.asked, usize::from(at > 8));
        assert_eq!(outcome.reversal_due, at > 8, "command {at}");
    }
}

#[test]
fn a_card_pulled_while_the_issuer_is_asked_leaves_the_answer_to_decide() {
    for (arc, online, result, due) in [
        (*b"00", true, Verdict::Failed(Fault::Removed), true),
        (*b"51", true, Verdict::Declined(Decline::Issuer), false),
        (*b"00", false, Verdict::Failed(Fault::Removed), false),
    ] {
        let mut world = World::new(Personalisation::default());
        world.issuer.answer(arc);
        world.online = online;
        world.pulled_online = true;
        let outcome = play(&mut world);
        assert_eq!((outcome.result, outcome.reversal_due), (result, due));
    }
}

#[test]
fn an_application_that_is_unwilling_gives_way_to_the_next() {
    let unwilling = CardApplication { unwilling: true, ..debit() };
    let credit = CardApplication::new(2, "UnionPay Credit", 2);
    let personal =
        Personalisation { applications: vec![unwilling, credit], ..Personalisation::default() };
    let mut world = World::new(personal);
    world.choices = vec![Some(0)];
    let mut arena = arena();
    let mut transaction = Transaction::new(&Terminal::CHINA, payment(), &mut arena);
    assert_eq!(world.play(&mut transaction).result, Verdict::Approved(Approval::Online));
    assert!(transaction.again());
    assert_eq!(transaction.data(Tag::DF_NAME).unwrap().last(), Some(&2));
    assert_eq!(transaction.data(Tag::LABEL), Some(&b"UnionPay Credit"[..]));

    let mut world = World::new(one(CardApplication { unwilling: true, ..debit() }));
    let fault = Fault::Refused(Instruction::GetProcessingOptions, StatusWord(0x6985));
    assert_eq!(play(&mut world).result, Verdict::Failed(fault));
}

#[test]
fn a_card_cannot_change_what_is_for_the_terminal_to_say() {
    // A record with an amount, a currency, results and an unpredictable number.
    let record =
        b"\x9F\x02\x06\0\0\0\0\0\x01\x5F\x2A\x02\x08\x40\x95\x05\0\0\0\0\0\x9F\x37\x04\0\0\0\0";
    let application = CardApplication { records: vec![(3, 1, record.to_vec())], ..debit() };
    let mut world = World::new(one(application));
    let mut arena = arena();
    let mut transaction = Transaction::new(&Terminal::CHINA, payment(), &mut arena);
    assert_eq!(world.play(&mut transaction).result, Verdict::Approved(Approval::Online));
    assert_eq!(transaction.data(Tag::AMOUNT), Some(&[0, 0, 0, 2, 0, 0][..]));
    assert_eq!(transaction.data(Tag::CURRENCY), Some(&[0x01, 0x56][..]));
    assert_eq!(transaction.data(Tag::UNPREDICTABLE_NUMBER), Some(&[0xB8, 0x1C, 0xCF, 0x08][..]));
}

#[test]
fn the_answer_to_the_options_brings_profile_and_locator_and_nothing_else() {
    let reply = b"\x77\x1C\x82\x02\x1C\0\x94\x08\x08\x01\x01\0\x10\x01\x02\0\x5A\x08\x62\0\0\0\0\0\0\x13\x5F\x34\x01\x99\x90\0";
    let mut world =
        World::new(Personalisation::default()).with(Misbehaviour::Reply(4, reply.to_vec()));
    let mut arena = arena();
    let mut transaction = Transaction::new(&Terminal::CHINA, payment(), &mut arena);
    assert_eq!(world.play(&mut transaction).result, Verdict::Approved(Approval::Online));
    assert_eq!(transaction.pan().unwrap().expose(), "6200000000000005");
    assert_eq!(transaction.data(Tag::PAN_SEQUENCE), Some(&[1][..]));
    // What it brings may be there once.
    let reply = b"\x77\x10\x82\x02\x1C\0\x94\x08\x08\x01\x01\0\x10\x01\x02\0\x82\0\x90\0";
    let mut world =
        World::new(Personalisation::default()).with(Misbehaviour::Reply(4, reply.to_vec()));
    let command = Instruction::GetProcessingOptions;
    let wrong = Fault::Value { command, tag: Tag::AIP, offset: 18 };
    assert_eq!(play(&mut world).result, Verdict::Failed(wrong));
    let reply = b"\x77\x12\x82\x02\x1C\0\x94\x08\x08\x01\x01\0\x10\x01\x02\0\x82\x02\x18\0\x90\0";
    let mut world =
        World::new(Personalisation::default()).with(Misbehaviour::Reply(4, reply.to_vec()));
    let twice = Fault::Twice { command, tag: Tag::AIP, offset: 16 };
    assert_eq!(play(&mut world).result, Verdict::Failed(twice));
}

#[test]
fn a_second_cryptogram_that_cannot_be_used_leaves_the_first_for_the_reversal() {
    // No AC, no room for one, and a CID twice.
    for reply in [
        &b"\x77\x09\x9F\x27\x01\x40\x9F\x36\x02\0\x09\x90\0"[..],
        b"\x80\x0A\x40\0\x09\x11\x11\x11\x11\x11\x11\x11\x90\0",
        b"\x77\x08\x9F\x27\x01\x40\x9F\x27\x01\x40\x90\0",
    ] {
        let mut world =
            World::new(Personalisation::default()).with(Misbehaviour::Reply(10, reply.to_vec()));
        let mut arena = arena();
        let mut transaction = Transaction::new(&Terminal::CHINA, payment(), &mut arena);
        let outcome = world.play(&mut transaction);
        assert!(matches!(outcome.result, Verdict::Failed(_)) && outcome.reversal_due);
        assert_eq!(transaction.data(Tag::CID), Some(&[0x80][..]));
        assert_eq!(transaction.data(Tag::ATC), Some(&[0, 1][..]));
        assert_eq!(outcome.cid, Some(Cid(0x80)));
    }
}

#[test]
fn a_primitive_that_comes_twice_is_refused() {
    let again = vec![(3, 1, b"\x5F\x24\x03\x31\x12\x31".to_vec())];
    let mut world = World::new(one(CardApplication { records: again, ..debit() }));
    let command = Instruction::ReadRecord { sfi: 3, record: 1 };
    let fault = Fault::Twice { command, tag: Tag::EXPIRATION_DATE, offset: 2 };
    assert_eq!(play(&mut world).result, Verdict::Failed(fault));
}

#[test]
fn an_element_of_the_selection_may_stand_in_a_record_as_well_and_counts_no_more() {
    // A label and a profile: the selection and the options come before.
    let again = vec![(3, 1, b"\x50\x03ABC\x82\x02\x18\0".to_vec())];
    let mut world = World::new(one(CardApplication { records: again, ..debit() }));
    let mut arena = arena();
    let mut transaction = Transaction::new(&Terminal::CHINA, payment(), &mut arena);
    assert_eq!(world.play(&mut transaction).result, Verdict::Approved(Approval::Online));
    assert_eq!(transaction.data(Tag::LABEL), Some(&b"UnionPay Debit"[..]));
    assert_eq!(transaction.data(Tag::AIP), Some(&[0x1C, 0][..]));
}

#[test]
fn a_mandatory_element_that_is_missing_is_named() {
    let last = Instruction::ReadRecord { sfi: 2, record: 1 };
    let mut world = World::new(Personalisation::default())
        .with(Misbehaviour::Locator(vec![0x10, 0x01, 0x01, 0x00]));
    assert_eq!(play(&mut world).result, Verdict::Failed(Fault::Missing(last, Tag::CDOL1)));
}

#[test]
fn a_wrong_locator_is_refused() {
    for (locator, offset) in [
        (&[][..], 0),
        (&[0x08, 1, 1], 0),
        (&[0x08, 1, 1, 0, 0x08], 4),
        (&[0x00, 1, 1, 0], 0),
        (&[0xF8, 1, 1, 0], 0),
        (&[0x09, 1, 1, 0], 0),
        (&[0x08, 0, 1, 0], 0),
        (&[0x08, 1, 1, 0, 0x10, 2, 1, 0], 4),
        (&[0x08, 1, 2, 3], 0),
    ] {
        let mut world =
            World::new(Personalisation::default()).with(Misbehaviour::Locator(locator.to_vec()));
        match play(&mut world).result {
            Verdict::Failed(Fault::Locator(fault)) => assert_eq!(fault.offset, offset),
            other => panic!("{locator:02X?}: {other:?}"),
        }
    }
    // A file that is not there.
    let mut world =
        World::new(Personalisation::default()).with(Misbehaviour::Locator(vec![0x28, 1, 1, 0]));
    let refused = Fault::Refused(Instruction::ReadRecord { sfi: 5, record: 1 }, StatusWord(0x6A83));
    assert_eq!(play(&mut world).result, Verdict::Failed(refused));
}

#[test]
fn a_list_that_cannot_be_answered_fails_before_the_issuer_is_asked() {
    for (list, tag) in
        [(b"\x9F\x02\xFF\x9F\x03\x01".to_vec(), Tag::CDOL2), (b"\x9F\x02".to_vec(), Tag::CDOL2)]
    {
        let mut world = World::new(one(CardApplication { cdol2: list, ..debit() }));
        let result = play(&mut world).result;
        assert!(matches!(result, Verdict::Failed(Fault::List(at, _)) if at == tag), "{result:?}");
        assert_eq!(world.asked, 0);
    }
}

#[test]
fn status_words_of_the_transport_are_named_as_such() {
    for (at, sw) in [(0, 0x6110), (3, 0x6C20), (4, 0x610C), (5, 0x6C15), (8, 0x6120), (9, 0x6100)] {
        let reply = u16::to_be_bytes(sw).to_vec();
        let mut world = World::new(Personalisation::default()).with(Misbehaviour::Reply(at, reply));
        let result = play(&mut world).result;
        assert!(
            matches!(result, Verdict::Failed(Fault::Transport(_, given)) if given.0 == sw),
            "command {at}: {result:?}"
        );
    }
}

#[test]
fn a_store_that_is_too_small_is_an_error_at_every_size() {
    let mut world = World::new(Personalisation::default());
    let mut needed = 0;
    for room in (0..1024).step_by(7) {
        world.card.reset();
        world.issuer_approved = false;
        let mut arena = vec![0; room];
        let mut transaction = Transaction::new(&Terminal::CHINA, payment(), &mut arena);
        let outcome = world.play(&mut transaction);
        let failed = !outcome.is_approved();
        assert_eq!(outcome.reversal_due, failed && world.issuer_approved, "{room} bytes");
        match outcome.result {
            Verdict::Approved(Approval::Online) => {}
            Verdict::Failed(Fault::Full(_)) => needed = room,
            other => panic!("{room} bytes: {other:?}"),
        }
    }
    assert!((550..700).contains(&needed), "{needed}");
}

#[test]
fn nothing_secret_is_left_in_the_callers_memory() {
    let mut arena = arena();
    let mut world = World::new(Personalisation::default());
    let mut transaction = Transaction::new(&Terminal::CHINA, payment(), &mut arena);
    world.play(&mut transaction);
    let shown = format!("{transaction:?} {:?}", transaction.pan());
    assert!(!shown.contains("6200000000000005"), "{shown}");
    assert!(!shown.contains("98, 0, 0, 0"), "{shown}");
    drop(transaction);
    assert!(arena.iter().all(|&byte| byte == 0));
}

/// What a transaction wants, in full.
fn shape(transaction: &Transaction<'_>) -> String {
    match transaction.step() {
        Step::Transmit(command) => format!("{command:02X?}"),
        step => format!("{step:?}"),
    }
}

#[test]
fn a_resumption_out_of_turn_changes_nothing() {
    let mut world = World::new(Personalisation::default());
    let mut arena = arena();
    let mut transaction = Transaction::new(&Terminal::CHINA, payment(), &mut arena);
    for _ in 0..emv_support::STEPS {
        let before = shape(&transaction);
        transaction.choose(0);
        if !matches!(transaction.step(), Step::Choose(_)) {
            transaction.cancel();
        }
        match transaction.step() {
            Step::GoOnline(_) => {
                transaction.response(&[0x90, 0x00]);
                assert_eq!(shape(&transaction), before);
                let answer = emv_support::authorise(&world.issuer, &transaction);
                transaction.online(&emv_support::response(&answer));
            }
            Step::Transmit(command) => {
                let command = command.to_vec();
                transaction.online(&OnlineResponse::approved(*b"00"));
                transaction.unable_to_go_online();
                assert_eq!(shape(&transaction), before);
                let answer = world.card.process(&command);
                transaction.response(&answer);
            }
            Step::Choose(_) => panic!("one application"),
            Step::EnterPin(_) | Step::Verify(_) | Step::Assess(_) => panic!("no such capability"),
            Step::Done(outcome) => {
                assert_eq!(outcome.result, Verdict::Approved(Approval::Online));
                transaction.card_removed();
                transaction.response(&[0x90, 0x00]);
                transaction.online(&OnlineResponse::declined(*b"05"));
                assert_eq!(shape(&transaction), before);
                return;
            }
        }
    }
    panic!("no end");
}

/// How long the answers of this card are, in a payment that is approved.
fn lengths(personal: &Personalisation) -> Vec<usize> {
    let mut world = World::new(personal.clone());
    assert_eq!(play(&mut world).result, Verdict::Approved(Approval::Online));
    let commands = world.card.commands().to_vec();
    world.card.reset();
    commands.iter().map(|command| world.card.process(command).len()).collect()
}

#[test]
fn malformed_answers_end_in_a_typed_outcome() {
    let elements = Personalisation::default();
    let values = CardApplication { layout: Layout::Values, ..debit() };
    let values = Personalisation { directory: false, ..one(values) };
    for personal in [elements, values] {
        for (at, length) in lengths(&personal).into_iter().enumerate() {
            let cuts = (0..length).map(|end| Misbehaviour::Cut(at, end));
            let flips = (0..length).flat_map(|index| {
                (0..8).map(move |bit| Misbehaviour::Flipped(at, index, 1 << bit))
            });
            for how in cuts.chain(flips) {
                let mut world = World::new(personal.clone()).with(how.clone());
                world.choices = vec![Some(0); 4];
                let outcome = play(&mut world);
                // An approval by the issuer that did not end in one by the
                // card must be reversed, and nothing else.
                let approved = world.asked == 1 && world.issuer_approved;
                let failed = !outcome.is_approved();
                assert_eq!(outcome.reversal_due, approved && failed, "{how:?}: {outcome:?}");
            }
        }
    }
}

#[test]
fn an_answer_cut_short_is_never_an_approval() {
    let personal = Personalisation { directory: false, ..Personalisation::default() };
    let lengths = lengths(&personal);
    // From the final SELECT on, behind the directory that is not there and
    // three names; a cut answer to EXTERNAL AUTHENTICATE has no status word.
    for (at, length) in lengths.into_iter().enumerate().skip(4) {
        for end in 0..length {
            let mut world = World::new(personal.clone()).with(Misbehaviour::Cut(at, end));
            let result = play(&mut world).result;
            assert!(matches!(result, Verdict::Failed(_)), "{at}, {end}: {result:?}");
        }
    }
}

#[test]
fn one_application_is_taken_where_the_cardholder_cannot_choose() {
    let terminal = Terminal { cardholder_choice: false, ..Terminal::CHINA };
    let confirmed = CardApplication { priority: 0x81, ..debit() };
    let credit = CardApplication::new(2, "UnionPay Credit", 2);
    let personal =
        Personalisation { applications: vec![confirmed, credit], ..Personalisation::default() };
    let mut world = World::new(personal);
    assert_eq!(play_at(&terminal, &mut world).result, Verdict::Approved(Approval::Online));
    assert!(world.offered.is_empty());
    assert_eq!(world.card.commands()[4][12], 2);
}

#[test]
fn an_answer_of_the_host_is_checked_before_the_card_sees_it() {
    let approved = OnlineResponse::approved(*b"00");
    assert!(approved.clone().field_55(b"\x91\x0A1234567800").is_ok());
    // One that cannot be used changes nothing, and takes no approval away.
    let mut kept = approved;
    assert!(kept.field_55(b"\x72\x00\x91\x0812345678\x91").is_err());
    assert_eq!(kept, approved);
    let scripts = b"\x72\x0F\x9F\x18\x04\0\0\0\x01\x86\x06\x84\x16\0\0\x01\0\x91\x0812345678";
    let mut with_scripts = approved;
    with_scripts.field_55(scripts).unwrap();
    assert!(with_scripts.has_scripts());
    assert!(!approved.has_scripts());
    for length in [0, 7, 17] {
        let field = [&[0x91, length][..], &vec![1; length.into()]].concat();
        let fault = approved.clone().field_55(&field).unwrap_err();
        assert_eq!(fault, ResponseFault::Authentication(length.into()));
    }
    let fault = approved.clone().field_55(b"\x91\x0A12").unwrap_err();
    assert_eq!(fault.to_string(), "at byte 1: 91 claims 10 bytes where 2 are left");
}

#[test]
fn faults_say_what_and_where() {
    let command = Instruction::ReadRecord { sfi: 2, record: 1 };
    for (fault, text) in [
        (Fault::Missing(command, Tag::PAN), "READ RECORD 1 of file 2: 5A is missing"),
        (
            Fault::Refused(Instruction::GenerateAc(1), StatusWord(0x6985)),
            "first GENERATE AC: refused with 6985 (conditions of use not satisfied)",
        ),
        (
            Fault::Twice { command, tag: Tag::PAN, offset: 12 },
            "READ RECORD 1 of file 2: at byte 12: 5A is there twice",
        ),
        (
            Fault::Cryptogram { asked: Cryptogram::Arqc, given: 0x40 },
            "asked for Arqc, the card answered with CID 40",
        ),
    ] {
        assert_eq!(fault.to_string(), text);
    }
    let mut world = World::new(Personalisation::default()).with(Misbehaviour::Second(0x00));
    let told = play(&mut world).to_string();
    assert_eq!(told, "declined by the card after the issuer approved; a reversal is due");
}
