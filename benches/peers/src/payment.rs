//! What the contact kernel takes for a payment, from the directory of the card
//! to its first cryptogram: without the card's data being authenticated offline,
//! and with DDA, by keys of 1408, 1408 and 1024 bits. No card I/O: the answers
//! of the card stand in memory.

use std::sync::{LazyLock, Mutex};

use embedded_pos::civil::{CivilTime, Date};
use embedded_pos::emv::oda::{Authorities, Capk};
use embedded_pos::emv::{
    Amount, Application, Capabilities, Payment, Rule, Step, Store, Tag, Terminal, Transaction,
};

use crate::{digest, hex};

/// The card's answers to the commands, each with the first four bytes of its
/// command.
struct Card {
    answers: Vec<([u8; 4], Vec<u8>)>,
    /// The key of its authority.
    modulus: Vec<u8>,
}

/// The card of emvpt, as `tests/vectors/emv/ORIGIN` says.
static CARD: LazyLock<Card> = LazyLock::new(|| {
    let session = include_str!("../../../tests/vectors/emv/session.txt");
    let answers = session.lines().map(|line| {
        let (command, answer) = line.split_once(' ').unwrap();
        (*hex(command).first_chunk().unwrap(), hex(answer))
    });
    let cards = include_str!("../../../tests/vectors/emv/oda-public.jsonl");
    let modulus = cards.split_once("\"modulus\": \"").unwrap().1.split('"').next().unwrap();
    Card { answers: answers.collect(), modulus: hex(modulus) }
});

/// Is there before the payment, as in a terminal: to make it zero is not counted.
static MEMORY: Mutex<[u8; Store::ROOM]> = Mutex::new([0; Store::ROOM]);

/// Without offline data authentication.
pub fn ours() -> u64 {
    pay(Capabilities::IC_WITH_CONTACTS | Capabilities::NO_CVM, Rule::NoCommonMethod)
}

/// With DDA.
pub fn ours_with_dda() -> u64 {
    let all = Capabilities::SDA | Capabilities::DDA | Capabilities::CDA;
    let capabilities = Capabilities::IC_WITH_CONTACTS | Capabilities::NO_CVM | all;
    pay(capabilities, Rule::OfflineAuthenticationPerformed)
}

fn pay(capabilities: Capabilities, found: Rule) -> u64 {
    let Card { answers, modulus } = &*CARD;
    let application = Application { aid: b"\xAF\xFF\xFF\xFF\xFF\x12\x34", ..Application::UNIONPAY };
    let [.., last] = Terminal::CHINA.applications else { unreachable!() };
    let keys = [Capk::new([0xAF, 0xFF, 0xFF, 0xFF, 0xFF], 0x92, modulus, &[3])];
    let terminal = Terminal {
        kind: 0x22,
        capabilities,
        applications: &[*last, application],
        authorities: Authorities { keys: &keys, revoked: &[] },
        ..Terminal::CHINA
    };
    let time = CivilTime::new(Date::new(2017, 11, 30).unwrap(), 10, 15, 30).unwrap();
    let number = [0x01, 0x23, 0x45, 0x67];
    let payment = Payment::yuan(Amount::from_minor(20_000).unwrap(), time, 42, number);
    let mut memory = MEMORY.lock().unwrap();
    let mut transaction = Transaction::new(&terminal, payment, &mut *memory);
    let mut answers = answers.iter();
    while let Step::Transmit(command) = transaction.step() {
        // What the card is not asked for is passed over.
        let (_, answer) = answers.find(|(header, _)| command.starts_with(header)).unwrap();
        transaction.response(answer);
    }
    assert!(matches!(transaction.step(), Step::GoOnline(_)));
    assert!(transaction.findings().has(found) && transaction.fault_of_authentication().is_none());
    let cryptogram = transaction.data(Tag::AC).unwrap();
    cryptogram.iter().fold(0, |state, &byte| digest(state, byte.into()))
}
