//! A payment through all of it: kernel, reader driver, CCID frames on a line,
//! T=1 blocks, and the simulated card.

mod emv_support;

use embedded_pos::card::reader::serial_ccid::{Config, SerialCcid};
use embedded_pos::card::{Atr, CardReader, Response};
use embedded_pos::emv::{Approval, Fault, Outcome, Step, Terminal, Transaction, Verdict};
use embedded_pos::port::Clocked;
use embedded_pos::sim::card::{CcidReader, EmvApplet, Personalisation, T1Card};
use embedded_pos::sim::issuer::Issuer;
use embedded_pos::sim::{Simulated, VirtualClock};
use embedded_pos::{Error as _, ErrorKind};

/// Plays a payment; `before` is called before each command to the card.
fn pay(
    device: &Simulated<CcidReader>,
    issuer: &Issuer,
    mut before: impl FnMut(usize, &Simulated<CcidReader>),
) -> Outcome {
    let clock = VirtualClock::new();
    let uart = device.port(clock.clone());
    let mut reader = Clocked::new(SerialCcid::new(uart, Config::DEFAULT), clock);
    reader.activate(&mut [0; Atr::MAX]).unwrap();

    let mut arena = emv_support::arena();
    let mut transaction = Transaction::new(&Terminal::CHINA, emv_support::payment(), &mut arena);
    let mut buf = [0; Response::MAX];
    for count in 0..emv_support::STEPS {
        match transaction.step() {
            Step::Transmit(command) => {
                before(count, device);
                match reader.transmit(command, &mut buf) {
                    Ok(length) => transaction.response(&buf[..length]),
                    Err(error) if error.kind() == ErrorKind::Absent => transaction.card_removed(),
                    Err(error) => panic!("{error}"),
                }
            }
            Step::GoOnline(_) => {
                let answer = emv_support::authorise(issuer, &transaction);
                transaction.online(&emv_support::response(&answer));
            }
            Step::Choose(_) => transaction.choose(0),
            Step::Done(outcome) => return outcome,
            step => panic!("{step:?}"),
        }
    }
    panic!("no end");
}

fn device(issuer: &Issuer) -> Simulated<CcidReader> {
    let device = Simulated::new(CcidReader::new());
    let applet = EmvApplet::new(Personalisation::default(), issuer);
    device.device().insert(T1Card::new(applet));
    device
}

#[test]
fn a_payment_goes_through_the_reader_to_the_card() {
    let issuer = Issuer::default();
    let device = device(&issuer);
    let outcome = pay(&device, &issuer, |_, _| {});
    assert_eq!(outcome.result, Verdict::Approved(Approval::Online));
    assert_eq!(device.device().violations(), [""; 0]);
    assert_eq!(device.device().card().unwrap().violations(), [""; 0]);
}

#[test]
fn a_card_pulled_from_the_reader_ends_the_payment() {
    let issuer = Issuer::default();
    // The issuer is asked at step 9; the second GENERATE AC is step 11.
    for (at, due) in [(0, false), (3, false), (8, false), (10, true), (11, true)] {
        let outcome = pay(&device(&issuer), &issuer, |count, device| {
            if count == at {
                device.device().remove();
            }
        });
        assert_eq!(outcome.result, Verdict::Failed(Fault::Removed), "step {at}");
        assert_eq!(outcome.reversal_due, due, "step {at}");
    }
}
