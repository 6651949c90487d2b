//! A payment to verify a cardholder for.
#![allow(dead_code, reason = "each test uses its part")]

use embedded_pos::civil::{CivilTime, Date};
use embedded_pos::emv::cvm::{CvmNext, Performed, Verification};
use embedded_pos::emv::{Amount, Capabilities, Currency, Findings, Payment, Store, Tag, Terminal};

/// What the conditions of a CVM list ask about.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// Byte 2 of the terminal capabilities.
    pub capabilities: u8,
    /// Terminal type.
    pub terminal: u8,
    /// Transaction type.
    pub kind: u8,
    pub amount: u64,
    pub cashback: u64,
    /// `9F42` of the card.
    pub application_currency: Option<[u8; 2]>,
    pub x: u32,
    pub y: u32,
}

/// What came of a list.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Outcome {
    /// For each PIN that was wanted: `E` for one enciphered to the card, `P` for
    /// one in the clear, `O` for one for the issuer.
    pub asked: String,
    pub results: [u8; 3],
    pub findings: Findings,
}

impl Case {
    /// 10.00 yuan, for goods, at an attended terminal that supports nothing.
    pub const PURCHASE: Self = Self {
        capabilities: 0x00,
        terminal: 0x22,
        kind: 0x00,
        amount: 1_000,
        cashback: 0,
        application_currency: Some([0x01, 0x56]),
        x: 0,
        y: 0,
    };

    pub fn terminal(&self) -> Terminal<'static> {
        let capabilities = Capabilities::from_bytes([0xE0, self.capabilities, 0xC8]);
        Terminal { kind: self.terminal, capabilities, ..Terminal::CHINA }
    }

    pub fn payment(&self) -> Payment {
        let now = CivilTime::new(Date::new(2025, 3, 1).unwrap(), 10, 15, 30).unwrap();
        let amount = Amount::from_minor(self.amount).unwrap();
        Payment {
            kind: self.kind,
            cashback: Amount::from_minor(self.cashback).unwrap(),
            currency: Currency::CNY,
            ..Payment::yuan(amount, now, 1, [0; 4])
        }
    }

    /// Walks over these rules. To each PIN that is wanted comes the next of these
    /// answers, and then that it failed.
    pub fn run(&self, rules: &[[u8; 2]], performed: &[Performed]) -> Outcome {
        let mut memory = [0; 512];
        let mut store = Store::new(&mut memory);
        store.set(Tag::AIP, &[0x10, 0x00]).unwrap();
        if let Some(currency) = self.application_currency {
            store.set(Tag::CURRENCY_APPLICATION, &currency).unwrap();
        }
        let amounts = [self.x.to_be_bytes(), self.y.to_be_bytes()].concat();
        store.set(Tag::CVM_LIST, &[amounts, rules.concat()].concat()).unwrap();

        let (terminal, payment) = (self.terminal(), self.payment());
        let mut findings = Findings::new();
        let mut asked = String::new();
        let begun = Verification::begin(&store, &terminal, &payment, &mut findings);
        let (mut walk, mut next) = begun.unwrap();
        let mut performed = performed.iter().copied();
        let results = loop {
            asked.push(match next {
                CvmNext::OfflinePin { enciphered: true } => 'E',
                CvmNext::OfflinePin { enciphered: false } => 'P',
                CvmNext::OnlinePin => 'O',
                CvmNext::Done(results) => break results,
            });
            let came = performed.next().unwrap_or(Performed::Failed);
            next = walk.went(&store, &terminal, &payment, came, &mut findings);
        };
        Outcome { asked, results, findings }
    }
}

/// Bytes of hexadecimal digits.
pub fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> =
        hex.chars().map(|digit| digit.to_digit(16).unwrap().try_into().unwrap()).collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}
