//! The simulated card's PIN, and the scripts of its issuer.

mod emv_issuer_support;

use embedded_pos::sim::card::pki::{Key, Pki, Size};
use embedded_pos::sim::card::{
    Application as _, Authentication, CardApplication, CardPin, Personalisation,
};
use embedded_pos::sim::issuer::{Scheme, Script, ScriptCommand};
use emv_issuer_support::authentication::{PublicKey, apply};
use emv_issuer_support::{SELECT, Session, parts};

const RID: [u8; 5] = [0xA0, 0x00, 0x00, 0x03, 0x33];
const RIGHT: [u8; 8] = [0x24, 0x12, 0x34, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];
const WRONG: [u8; 8] = [0x24, 0x43, 0x21, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];

fn debit() -> CardApplication {
    CardApplication::new(1, "UnionPay Debit", 1)
}

fn verify(session: &mut Session, block: &[u8]) -> u16 {
    session.status([0x00, 0x20, 0, 0x80], block, false)
}

fn tries(session: &mut Session) -> u8 {
    let (answer, status) = session.send([0x80, 0xCA, 0x9F, 0x17], &[], true);
    assert_eq!(status, 0x9000);
    answer[3]
}

#[test]
fn a_pin_has_its_tries() {
    let mut session = Session::new(Personalisation::of(debit()).with_pin("1234"));
    session.begin();
    assert_eq!(verify(&mut session, &WRONG), 0x63C2);
    assert_eq!(verify(&mut session, &WRONG), 0x63C1);
    assert_eq!(tries(&mut session), 1);
    assert_eq!(verify(&mut session, &RIGHT), 0x9000);
    assert_eq!(tries(&mut session), 3);
    for left in [2, 1, 0] {
        assert_eq!(verify(&mut session, &WRONG), 0x63C0 | left);
    }
    assert_eq!(verify(&mut session, &RIGHT), 0x6983);
    // It stays so when the card is pulled.
    session.reset().begin();
    assert_eq!(verify(&mut session, &RIGHT), 0x6983);
    assert_eq!(tries(&mut session), 0);
}

#[test]
fn blocks_of_every_length_are_compared_whole() {
    for (digits, block) in [
        ("123456", [0x26, 0x12, 0x34, 0x56, 0xFF, 0xFF, 0xFF, 0xFF]),
        ("12345", [0x25, 0x12, 0x34, 0x5F, 0xFF, 0xFF, 0xFF, 0xFF]),
        ("123456789012", [0x2C, 0x12, 0x34, 0x56, 0x78, 0x90, 0x12, 0xFF]),
    ] {
        let pin = CardPin { digits: digits.into(), limit: 15, tries: 15 };
        let personal = Personalisation { pin: Some(pin), ..Personalisation::default() };
        let mut session = Session::new(personal);
        session.begin();
        assert_eq!(verify(&mut session, &block), 0x9000);
        for at in 0..8 {
            let mut block = block;
            block[at] ^= 0x01;
            assert_eq!(verify(&mut session, &block), 0x63CE, "{digits}, {at}");
            block[at] ^= 0x01;
            assert_eq!(verify(&mut session, &block), 0x9000);
        }
    }
}

#[test]
fn verify_out_of_its_order_or_form_costs_no_try() {
    let mut session = Session::new(Personalisation::of(debit()).with_pin("1234"));
    assert_eq!(verify(&mut session, &RIGHT), 0x6985);
    session.begin();
    for (header, block, status) in [
        ([0x00, 0x20, 0x00, 0x80], &RIGHT[..7], 0x6700),
        ([0x00, 0x20, 0x00, 0x81], &RIGHT[..], 0x6A86),
        ([0x00, 0x20, 0x01, 0x80], &RIGHT[..], 0x6A86),
        // It has no key.
        ([0x00, 0x20, 0x00, 0x88], &[0; 128][..], 0x6A81),
    ] {
        assert_eq!(session.status(header, block, false), status);
    }
    assert_eq!(tries(&mut session), 3);
    let mut without = Session::new(Personalisation::default());
    without.begin();
    assert_eq!(verify(&mut without, &RIGHT), 0x6A88);
    assert_eq!(without.status([0x80, 0xCA, 0x9F, 0x17], &[], true), 0x6A88);
}

fn enciphered(key: &PublicKey, header: u8, block: &[u8], challenge: &[u8]) -> Vec<u8> {
    let mut clear = [&[header], block, challenge].concat();
    clear.resize(key.0.len(), 0x5A);
    apply(key, &clear)
}

#[test]
fn an_enciphered_pin_is_for_one_challenge() {
    let small = Key::new(Size::Bits1024);
    for pin in [None, Some(small), Some(Key::new(Size::Bits1152).with_f4())] {
        let pki = Pki { pin, ..Pki::default() };
        let application = debit().authenticated(Authentication::Dynamic, pki.clone());
        let mut session = Session::new(Personalisation::of(application).with_pin("1234"));
        session.begin();
        let issuer = session.issuer_key(&pki.authority_key(RID)).unwrap();
        let key = match pin {
            Some(_) => session.pin_key(&issuer).unwrap(),
            None => session.card_key(&issuer).unwrap(),
        };
        let challenge = |session: &mut Session| {
            let (challenge, status) = session.send([0x00, 0x84, 0, 0], &[], true);
            assert_eq!((challenge.len(), status), (8, 0x9000));
            challenge
        };
        let verify =
            |session: &mut Session, data: &[u8]| session.status([0x00, 0x20, 0, 0x88], data, false);
        let first = challenge(&mut session);
        let right = enciphered(&key, 0x7F, &RIGHT, &first);
        assert_eq!(verify(&mut session, &right), 0x9000, "{pin:?}");
        // The challenge was spent, and is not valid behind another command.
        assert_eq!(verify(&mut session, &right), 0x6984);
        let second = challenge(&mut session);
        assert_ne!(first, second);
        let right = enciphered(&key, 0x7F, &RIGHT, &second);
        assert_eq!(tries(&mut session), 3);
        assert_eq!(verify(&mut session, &right), 0x6984);

        let third = challenge(&mut session);
        assert_eq!(verify(&mut session, &enciphered(&key, 0x7F, &WRONG, &third)), 0x63C2);
        let stale = challenge(&mut session);
        assert_eq!(verify(&mut session, &enciphered(&key, 0x7F, &RIGHT, &third)), 0x63C1);
        assert_ne!(stale, third);
        let fourth = challenge(&mut session);
        assert_eq!(verify(&mut session, &enciphered(&key, 0x7E, &RIGHT, &fourth)), 0x63C0);
        assert_eq!(verify(&mut session, &right), 0x6983);
    }
}

/// A card with a PIN whose issuer sends these before its second cryptogram.
fn sent(scheme: Scheme, commands: &[ScriptCommand]) -> Session {
    let application = CardApplication { scheme, ..debit() };
    let mut session = Session::new(Personalisation::of(application).with_pin("1234"));
    session.issuer.send(Script::before(commands));
    session.ask();
    session
}

#[test]
fn scripts_of_every_kind_are_carried_out_with_every_cipher() {
    for scheme in Scheme::ALL {
        let commands = [
            ScriptCommand::ChangePin("987654".into()),
            ScriptCommand::PutData(0x9F14, vec![0x05]),
            ScriptCommand::PutData(0x9F58, vec![0x01]),
            ScriptCommand::BlockApplication,
            ScriptCommand::UnblockApplication,
        ];
        let mut session = sent(scheme, &commands);
        assert_eq!(session.run(0x71), [0x9000; 5], "{scheme:?}");
        assert_eq!(session.authenticate(), 0x9000);
        assert_eq!(session.generate_second(0x40).information, 0x40);
        // Five commands, none failed.
        assert_eq!(session.known[&0x9F10][6], 0x50);
        let personal = session.card.personal();
        assert_eq!(personal.pin.as_ref().unwrap().digits, "987654");
        assert_eq!(personal.applications[0].risk.online_after, Some(1));
        session.reset().begin();
        assert_eq!(session.known[&0x9F14], [0x05]);
        let block = b"\x26\x98\x76\x54\xFF\xFF\xFF\xFF";
        assert_eq!(verify(&mut session, block), 0x9000);
    }
}

#[test]
fn a_blocked_pin_is_unblocked_by_its_issuer() {
    let mut session = Session::new(Personalisation::of(debit()).with_pin("1234"));
    session.issuer.send(Script::after([ScriptCommand::UnblockPin]));
    session.begin();
    for _ in 0..3 {
        verify(&mut session, &WRONG);
    }
    session.generate(0x80);
    assert_eq!(session.known[&0x9F10][5] & 0x40, 0x40);
    assert!(session.go_online());
    session.authenticate();
    assert_eq!(session.generate_second(0x40).information, 0x40);
    assert_eq!(session.run(0x72), [0x9000]);
    session.reset().begin();
    assert_eq!(tries(&mut session), 3);
    assert_eq!(verify(&mut session, &RIGHT), 0x9000);
}

#[test]
fn a_blocked_application_gives_no_certificate_and_is_selected_with_a_warning() {
    let mut session = sent(Scheme::TRIPLE_DES, &[ScriptCommand::BlockApplication]);
    assert_eq!(session.run(0x71), [0x9000]);
    session.authenticate();
    assert_eq!(session.generate_second(0x40).information, 0x00);
    session.reset();
    assert_eq!(parts(&session.card.process(SELECT)).1, 0x6283);
    let options = b"\x83\x08\x01\x56\x00\x00\x00\x02\x00\x00";
    assert_eq!(session.status([0x80, 0xA8, 0, 0], options, true), 0x6985);

    let mut session = sent(Scheme::TRIPLE_DES, &[ScriptCommand::BlockCard]);
    assert_eq!(session.run(0x71), [0x9000]);
    assert_eq!(session.generate_second(0x40).information, 0x00);
    session.reset();
    assert_eq!(parts(&session.card.process(SELECT)).1, 0x6A81);
}

#[test]
fn a_script_with_a_wrong_code_changes_nothing() {
    let commands = [
        ScriptCommand::ChangePin("987654".into()),
        ScriptCommand::UnblockPin,
        ScriptCommand::BlockApplication,
        ScriptCommand::BlockCard,
        ScriptCommand::PutData(0x9F58, vec![0x01]),
    ];
    let mut session = Session::new(Personalisation::of(debit()).with_pin("1234"));
    session.issuer.send(Script::before(commands.clone()));
    session.issuer.spoil_scripts();
    let before = session.card.personal().clone();
    session.ask();
    assert_eq!(session.run(0x71), [0x6988; 5]);
    assert_eq!(session.card.personal(), &before);
    session.generate_second(0x40);
    assert_eq!(session.known[&0x9F10][6], 0x08);

    // Each bit of a right command counts; commands of one transaction are
    // nothing in the next.
    let mut session = sent(Scheme::TRIPLE_DES, &commands);
    let template = session.known[&0x71].clone();
    let script = emv_issuer_support::elements(&template);
    for (_, command) in script.iter().filter(|(tag, _)| *tag == 0x86) {
        for bit in 8..command.len() * 8 {
            let mut command = command.clone();
            command[bit / 8] ^= 1 << (bit % 8);
            let status = parts(&session.card.process(&command)).1;
            assert!(status & 0xFF00 != 0x9000, "{command:02X?}");
        }
    }
    assert_eq!(session.card.personal(), &before);
    session.reset().ask();
    session.known.insert(0x71, template);
    assert_eq!(session.run(0x71), [0x6988; 5]);
    assert_eq!(session.card.personal(), &before);
}

#[test]
fn script_commands_out_of_their_order_or_form_are_refused() {
    let raw = |bytes: &[u8]| ScriptCommand::Raw(bytes.to_vec());
    let mut session = sent(
        Scheme::TRIPLE_DES,
        &[
            raw(b"\x84\x24\x00\x00\x07\0\0\0\0\0\0\0"),
            raw(b"\x84\x24\x00\x03\x08\0\0\0\0\0\0\0\0"),
            raw(b"\x84\x1E\x00\x00\x08\0\0\0\0\0\0\0\0"),
            raw(b"\x84\x1E\x00\x00"),
            ScriptCommand::PutData(0x9F36, vec![0, 0]),
            ScriptCommand::PutData(0x9F58, vec![0, 0]),
            ScriptCommand::ChangePin("123".into()),
        ],
    );
    let wanted = [0x6987, 0x6A86, 0x6988, 0x6987, 0x6A88, 0x6A80, 0x6A80];
    assert_eq!(session.run(0x71), wanted);
    // Before a cryptogram there is no key for them.
    session.reset().begin();
    assert_eq!(session.status([0x84, 0x1E, 0, 0], &[0; 8], false), 0x6985);
    assert_eq!(session.generate(0x40).information, 0x40);
}
