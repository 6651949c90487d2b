//! The simulated payment card behind T=0, T=1, a CCID reader and ISO-DEP: a
//! whole transaction with signatures, PIN and scripts has the same answers.
#![allow(dead_code, reason = "the program's files have more than is tried here")]

mod emv_issuer_support;
#[path = "../examples/common/mod.rs"]
#[macro_use]
mod common;
#[path = "../examples/card/sims.rs"]
mod sims;

use embedded_pos::card::{Atr, Response};
use embedded_pos::nb;
use embedded_pos::sim::card::pki::Pki;
use embedded_pos::sim::card::{
    Application as _, Authentication, CardApplication, EmvApplet, Personalisation,
};
use embedded_pos::sim::issuer::{Issuer, Script, ScriptCommand};
use emv_issuer_support::{Session, elements};
use sims::{AnyReader, Sim};

fn card(issuer: &Issuer) -> EmvApplet {
    let application = CardApplication::new(1, "UnionPay Debit", 1)
        .authenticated(Authentication::Static, Pki::default())
        .authenticated(Authentication::Combined, Pki::default());
    EmvApplet::new(Personalisation::of(application).with_pin("1234"), issuer)
}

/// The commands of a transaction and the answers of the bare card.
fn transaction() -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut issuer = Issuer::default();
    issuer.send(Script::before([ScriptCommand::ChangePin("987654".into())]));
    issuer.send(Script::after([ScriptCommand::BlockApplication]));
    let mut session = Session::with(card(&issuer), issuer);
    session.begin();
    session.send([0x00, 0x88, 0, 0], &[1, 2, 3, 4], true);
    session.send([0x00, 0x84, 0, 0], &[], true);
    session.send([0x00, 0x20, 0, 0x80], b"\x24\x43\x21\xFF\xFF\xFF\xFF\xFF", false);
    session.send([0x00, 0x20, 0, 0x80], b"\x24\x12\x34\xFF\xFF\xFF\xFF\xFF", false);
    session.send([0x80, 0xCA, 0x9F, 0x36], &[], true);
    session.send([0x80, 0xCA, 0x9F, 0x99], &[], true);
    assert_eq!(session.generate(0x80).information, 0x80);
    assert!(session.go_online());
    assert_eq!(session.authenticate(), 0x9000);
    assert_eq!(session.run(0x71), [0x9000]);
    assert_eq!(session.generate_second(0x50).information, 0x40);
    assert_eq!(session.run(0x72), [0x9000]);
    let commands = session.card.commands().to_vec();
    assert_eq!(commands.len(), 21);
    // The card begins anew, and so do its random numbers.
    let mut card = card(&Issuer::default());
    commands.into_iter().map(|command| (command.clone(), card.process(&command))).collect()
}

fn hold(reader: &mut AnyReader, command: &[u8]) -> Vec<u8> {
    let mut response = [0; Response::MAX];
    let length = reader.transmit(command, &mut response).unwrap();
    response[..length].to_vec()
}

#[test]
fn a_transaction_is_the_same_through_every_reader() {
    let wanted = transaction();
    // Long answers are among them: a certificate, and a signed cryptogram.
    assert!(wanted.iter().any(|(_, answer)| answer.len() > 250));
    let signed = wanted.iter().rev().find(|(command, _)| command[1] == 0xAE).unwrap();
    let content = &elements(&signed.1[..signed.1.len() - 2])[0].1;
    assert!(elements(content).iter().any(|(tag, value)| *tag == 0x9F4B && value.len() == 128));

    for (name, sim) in Sim::ALL {
        let mut reader = sim.held(card(&Issuer::default())).0;
        let mut polls = 0;
        while let Err(error) = reader.poll_inserted() {
            assert!(matches!(error, nb::Error::WouldBlock), "{name}: {error:?}");
            polls += 1;
            assert!(polls < 10_000, "{name}: no card");
        }
        reader.activate(&mut [0; Atr::MAX]).unwrap();
        for (number, (command, answer)) in wanted.iter().enumerate() {
            assert_eq!(hold(&mut reader, command), *answer, "{name}, command {number}");
        }
        reader.deactivate().unwrap();
    }
}
