//! A contact payment from the directory to the first GENERATE AC, which gives a
//! TC: the kernel, without what the card takes.

use std::sync::LazyLock;

use embedded_pos::civil::{CivilTime, Date};
use embedded_pos::emv::oda::{Authorities, Capk};
use embedded_pos::emv::{
    ActionCodes, Amount, Application, Capabilities, Limits, Payment, Step, Store, Terminal,
    Transaction,
};
use embedded_pos::sim::card::pki::{AuthorityKey, Key, Pki, Size};
use embedded_pos::sim::card::{
    Application as _, Authentication, CardApplication, EmvApplet, Personalisation,
};
use embedded_pos::sim::issuer::Issuer;

use crate::digest;

/// No authentication, no PIN; and all there is.
const PLAIN: [u8; 3] = [0xE0, 0x68, 0x00];
const FULL: [u8; 3] = [0xE0, 0xF8, 0xC8];

struct Session {
    key: AuthorityKey,
    /// What the card answers, without and with authentication.
    plain: Vec<Vec<u8>>,
    signed: Vec<Vec<u8>>,
}

/// Keys of 1408, 1408 and 1024 bits; every CVM list entry is "no CVM".
static SESSION: LazyLock<Session> = LazyLock::new(|| {
    let pki = Pki { authority: Key::new(Size::Bits1408), ..Pki::default() };
    let key = pki.authority_key([0xA0, 0x00, 0x00, 0x03, 0x33]);
    let record = |capabilities| {
        let application = CardApplication::new(1, "UnionPay Debit", 1)
            .authenticated(Authentication::Dynamic, pki.clone())
            .with(0x8E, &[0, 0, 0, 0, 0, 0, 0, 0, 0x1F, 0x00])
            .with(0x9F0D, &[0; 5])
            .with(0x9F0E, &[0; 5])
            .with(0x9F0F, &[0; 5]);
        let mut card = EmvApplet::new(Personalisation::of(application), &Issuer::default());
        let mut answers = Vec::new();
        let answer = |command: &[u8]| {
            let answer = card.process(command);
            answers.push(answer.clone());
            answer
        };
        assert!(play(&key, capabilities, answer));
        answers
    };
    let (plain, signed) = (record(PLAIN), record(FULL));
    Session { key, plain, signed }
});

/// Whether the card gave a TC.
fn play<A: AsRef<[u8]>>(
    key: &AuthorityKey,
    capabilities: [u8; 3],
    mut card: impl FnMut(&[u8]) -> A,
) -> bool {
    let keys = [Capk::new(key.rid, key.index, &key.modulus, &key.exponent)];
    let limits = Limits {
        floor: Amount::from_minor(100_000).unwrap(),
        threshold: Amount::ZERO,
        target_percent: 0,
        maximum_percent: 0,
    };
    let applications =
        [Application { limits, codes: ActionCodes::NONE, ..Application::UNIONPAY }];
    let terminal = Terminal {
        kind: 0x22,
        capabilities: Capabilities::from_bytes(capabilities),
        applications: &applications,
        authorities: Authorities { keys: &keys, revoked: &[] },
        ..Terminal::CHINA
    };
    let date = Date::new(2025, 3, 1).unwrap();
    let time = CivilTime::new(date, 10, 15, 30).unwrap();
    let amount = Amount::from_minor(20_000).unwrap();
    let payment = Payment::yuan(amount, time, 42, [0xB8, 0x1C, 0xCF, 0x08]);
    let mut memory = [0; Store::ROOM];
    let mut transaction = Transaction::new(&terminal, payment, &mut memory);
    loop {
        match transaction.step() {
            Step::Transmit(command) => {
                let answer = card(command);
                transaction.response(answer.as_ref());
            }
            Step::Done(outcome) => return outcome.is_approved(),
            step => panic!("{step:?}"),
        }
    }
}

fn replay(capabilities: [u8; 3], answers: &[Vec<u8>]) -> u64 {
    let mut answers = answers.iter();
    let approved = play(&SESSION.key, capabilities, |_| answers.next().unwrap());
    digest(answers.len() as u64, approved.into())
}

/// Without data authentication: the logic alone.
pub fn plain() -> u64 {
    replay(PLAIN, &SESSION.plain)
}

/// With DDA.
pub fn signed() -> u64 {
    replay(FULL, &SESSION.signed)
}
