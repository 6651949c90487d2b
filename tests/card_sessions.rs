//! The same payment card, and the same session, behind every kind of reader that
//! the program `card` has.
#![allow(dead_code, reason = "the program's files have more than is tried here")]

#[path = "../examples/common/mod.rs"]
#[macro_use]
mod common;
#[path = "../examples/card/sims.rs"]
mod sims;

use std::sync::{Arc, Mutex};

use embedded_pos::card::{Atr, Command, Response};
use embedded_pos::nb;
use embedded_pos::sim::card::{Application, EmvApplet, Personalisation};
use embedded_pos::sim::issuer::Issuer;
use sims::{AnyReader, Sim};

/// A command and its response, as the card had them.
type Apdus = (Vec<u8>, Vec<u8>);

/// A payment card that keeps what it was asked and what it answered.
struct Logged(EmvApplet, Arc<Mutex<Vec<Apdus>>>);

impl Application for Logged {
    fn reset(&mut self) {
        self.0.reset();
    }

    fn process(&mut self, command: &[u8]) -> Vec<u8> {
        let response = self.0.process(command);
        self.1.lock().unwrap().push((command.into(), response.clone()));
        response
    }
}

/// SELECT of the directory and of an application, GET PROCESSING OPTIONS, READ
/// RECORD of all the first file has, GET DATA, and one that no card knows.
fn commands() -> Vec<Vec<u8>> {
    let aid = [0xA0, 0x00, 0x00, 0x03, 0x33, 0x01, 0x01, 0x01];
    let select = Command::new(0x00, 0xA4, 0x04, 0x00).expect(256);
    let mut commands = vec![
        select.data(b"1PAY.SYS.DDF01"),
        Command::new(0x00, 0xB2, 1, 0x0C).expect(256),
        Command::new(0x00, 0xB2, 2, 0x0C).expect(256),
        select.data(&aid),
        Command::new(0x80, 0xA8, 0x00, 0x00).data(&[0x83, 0x00]).expect(256),
        Command::new(0x80, 0xCA, 0x9F, 0x36).expect(256),
        Command::new(0x00, 0x88, 0x00, 0x00).data(&[1, 2, 3, 4]).expect(256),
    ];
    commands.extend((1..5).map(|record| Command::new(0x00, 0xB2, record, 0x14).expect(256)));
    let written = |command: Command<'_>| {
        let mut buf = [0; Command::MAX];
        command.write_to(&mut buf).unwrap().to_vec()
    };
    commands.into_iter().map(written).collect()
}

/// What the host sees of a session.
fn hold(mut reader: AnyReader) -> Vec<Apdus> {
    let mut polls = 0;
    while let Err(error) = reader.poll_inserted() {
        assert!(matches!(error, nb::Error::WouldBlock), "{error:?}");
        polls += 1;
        assert!(polls < 10_000, "no card");
    }
    let mut atr = [0; Atr::MAX];
    let len = reader.activate(&mut atr).unwrap();
    assert!(Atr::new(&atr[..len]).is_ok());
    let answered = commands().into_iter().map(|command| {
        let mut response = [0; Response::MAX];
        let len = reader.transmit(&command, &mut response).unwrap();
        (command, response[..len].to_vec())
    });
    let log = answered.collect();
    reader.deactivate().unwrap();
    log
}

#[test]
fn every_reader_has_the_same_log() {
    let mut want: Option<(Vec<Apdus>, Vec<Apdus>)> = None;
    for (name, sim) in Sim::ALL {
        let kept = Arc::new(Mutex::new(Vec::new()));
        let applet = EmvApplet::new(Personalisation::default(), &Issuer::default());
        let seen = hold(sim.held(Logged(applet, kept.clone())).0);
        let mut kept = kept.lock().unwrap().clone();
        // T=0 has a card asked with a wrong Le, and then with the right one.
        kept.dedup_by(|again, first| again.0[..4] == first.0[..4] && again.1 == first.1);
        assert_eq!(seen.len(), 11);
        assert!(seen.iter().any(|(_, response)| response.len() > 20), "{name}");
        let kept = kept.into_iter().map(|(command, response)| (command[..4].to_vec(), response));
        let log = (seen, kept.collect::<Vec<_>>());
        let want = want.get_or_insert_with(|| log.clone());
        assert_eq!(log, *want, "{name}");
    }
}
