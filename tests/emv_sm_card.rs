//! Simulated cards that have SM2 beside RSA: which of them is used, and what is
//! wrong with either.

mod emv_support;

use embedded_pos::civil::Date;
use embedded_pos::emv::oda::{Authorities, Capk, CardData, Check, OdaFault, Sent};
use embedded_pos::emv::{Afl, Aip, Application, Step, Store, Tag, Terminal, Transaction};
use embedded_pos::sim::card::pki::{Flaw, Pki, Signed};
use embedded_pos::sim::card::{
    Application as _, Authentication, CardApplication, EmvApplet, Layout, Misbehaviour,
    Personalisation,
};
use embedded_pos::sim::issuer::Issuer;
use embedded_pos::tlv::Objects;

const RID: [u8; 5] = [0xA0, 0, 0, 3, 0x33];
const NUMBER: [u8; 4] = [0x5A, 0x11, 0xC3, 0x07];
const PDOL: &[u8] = &[0x9F, 0x1A, 0x02, 0xDF, 0x69, 0x01];

fn applet(by: Authentication, layout: Layout) -> EmvApplet {
    let application = CardApplication {
        pdol: Some(PDOL.into()),
        layout,
        ..CardApplication::new(1, "UnionPay Debit", 1)
    };
    let application = application.authenticated(by, Pki::default().with_sm2());
    EmvApplet::new(Personalisation::of(application), &Issuer::default())
}

/// What the card answers; the status word must be good.
fn send(card: &mut EmvApplet, header: [u8; 4], data: &[u8]) -> Vec<u8> {
    let length = u8::try_from(data.len()).unwrap();
    let length = if data.is_empty() { &[][..] } else { &[length] };
    let mut answer = card.process(&[&header, length, data, &[0]].concat());
    assert_eq!(answer.split_off(answer.len() - 2), [0x90, 0x00], "{header:02X?}");
    answer
}

/// A session: the card authenticated by whom the terminal trusts.
struct Session {
    card: EmvApplet,
    by: Authentication,
    sm2: u8,
    aip: Aip,
    pdol_data: Vec<u8>,
    records: Vec<(u8, bool, Vec<u8>)>,
    /// Whether there is an ICC Dynamic Number afterwards.
    has_number: bool,
}

impl Session {
    /// Reads the records as a terminal that says so of SM2.
    fn new(mut card: EmvApplet, by: Authentication, sm2: u8) -> Self {
        let name = card.personal().applications[0].name.clone();
        send(&mut card, [0x00, 0xA4, 0x04, 0x00], &name);
        let pdol_data = vec![0x01, 0x56, sm2];
        let options = send(&mut card, [0x80, 0xA8, 0, 0], &[&[0x83, 3], &pdol_data[..]].concat());
        let values: Vec<u8> = match options[0] {
            0x80 => options[2..].to_vec(),
            _ => Objects::new(&options[2..])
                .flat_map(|object| object.unwrap().value.to_vec())
                .collect(),
        };
        let (aip, afl) = values.split_at(2);
        let mut records = Vec::new();
        for wanted in Afl::new(afl).unwrap().records() {
            let record = send(&mut card, [0x00, 0xB2, wanted.number, wanted.sfi << 3 | 4], &[]);
            records.push((wanted.sfi, wanted.authenticated, record));
        }
        let aip = Aip::from_bits_retain(u16::from_be_bytes([aip[0], aip[1]]));
        Self { card, by, sm2, aip, pdol_data, records, has_number: true }
    }

    fn authenticate(&mut self, authorities: &Authorities<'_>) -> Result<(), OdaFault> {
        let mut memory = [0; 2 * Store::ROOM];
        let mut data = CardData::new(&mut memory, &RID, self.aip)?;
        for (sfi, authenticated, record) in &self.records {
            data.record(*sfi, *authenticated, record)?;
        }
        let date = Date::new(2026, 11, 27).unwrap();
        match self.by {
            Authentication::Static => data.sda(authorities, date),
            Authentication::Dynamic => {
                let answer = send(&mut self.card, [0x00, 0x88, 0, 0], &NUMBER);
                data.dda(authorities, date, &answer, &NUMBER)?;
                assert_eq!(data.data(Tag::DYNAMIC_NUMBER).is_some(), self.has_number);
                Ok(())
            }
            _ => self.combined(&mut data, authorities, date),
        }
    }

    /// The first cryptogram in a signature, an ARQC.
    fn combined(
        &mut self,
        data: &mut CardData<'_>,
        authorities: &Authorities<'_>,
        date: Date,
    ) -> Result<(), OdaFault> {
        let told = |tag: u32, length: usize| match tag {
            0x9F37 => NUMBER.to_vec(),
            0x9F02 => vec![0, 0, 0, 2, 0, 0],
            _ => vec![0; length],
        };
        let cdol1 = self.card.personal().applications[0].cdol1.clone();
        let entries = embedded_pos::emv::Dol::new(&cdol1).entries();
        let cdol1_data: Vec<u8> = entries
            .map(|entry| entry.unwrap())
            .flat_map(|entry| told(entry.tag.0, entry.length.into()))
            .collect();
        let answer = send(&mut self.card, [0x80, 0xAE, 0x90, 0], &cdol1_data);
        let sent = Sent {
            unpredictable_number: &NUMBER,
            pdol_data: &self.pdol_data,
            cdol1_data: &cdol1_data,
            cdol2_data: None,
        };
        data.cda(authorities, date, &answer, &sent)?;
        assert_eq!(data.data(Tag::AC).map(<[u8]>::len), Some(8));
        Ok(())
    }

    /// By a terminal that has both keys.
    fn trusting(&mut self) -> Result<(), OdaFault> {
        let pki = Pki::default().with_sm2();
        let (rsa, sm2) = (pki.authority_key(RID), pki.sm2_authority_key(RID));
        assert_ne!(rsa.index, sm2.index);
        let keys = [
            Capk::new(RID, rsa.index, &rsa.modulus, &rsa.exponent),
            Capk::sm2(RID, sm2.index, &sm2.point),
        ];
        assert_eq!(keys.map(|key| key.check()), [Ok(()); 2]);
        let both = self.authenticate(&Authorities { keys: &keys, revoked: &[] });
        // The key of the other kind has no part in it.
        let [rsa, sm2] = keys.each_ref().map(std::slice::from_ref);
        let one = if self.sm2 == 1 { sm2 } else { rsa };
        if self.by == Authentication::Static {
            assert_eq!(self.authenticate(&Authorities { keys: one, revoked: &[] }), both);
        }
        both
    }
}

const WAYS: [Authentication; 3] =
    [Authentication::Static, Authentication::Dynamic, Authentication::Combined];

#[test]
fn a_card_answers_with_what_the_terminal_has() {
    for by in WAYS {
        for layout in [Layout::Values, Layout::Elements] {
            for sm2 in [0x00, 0x01] {
                let mut session = Session::new(applet(by, layout), by, sm2);
                let certificate = session.records.iter().find_map(|(_, _, record)| {
                    let content = Objects::new(record).next().unwrap().unwrap();
                    let found = Objects::new(content.value).find(Tag(0x90)).unwrap();
                    found.map(|object| object.value.to_vec())
                });
                let certificate = certificate.unwrap();
                assert_eq!(certificate[0] == 0x12 && certificate.len() == 142, sm2 == 1);
                assert_eq!(session.trusting(), Ok(()), "{by:?} {layout:?} {sm2}");
            }
        }
    }
}

/// Where each flaw shows.
fn expected(signed: Signed, flaw: Flaw) -> Result<(), OdaFault> {
    let tag = Tag(match signed {
        Signed::IssuerCertificate => 0x90,
        Signed::StaticData => 0x93,
        Signed::CardCertificate => 0x9F46,
        _ => 0x9F4B,
    });
    let certificate = matches!(signed, Signed::IssuerCertificate | Signed::CardCertificate);
    let check = match flaw {
        Flaw::Format => Check::Format,
        Flaw::Short | Flaw::Long if certificate => Check::KeyLength,
        Flaw::Short | Flaw::Long | Flaw::DynamicLength => Check::Fields,
        Flaw::Hash | Flaw::Stale => Check::Signature,
        Flaw::Subject => Check::Subject,
        Flaw::Expired => Check::Expiry,
        Flaw::KeyAlgorithm => Check::KeyAlgorithm,
        Flaw::KeyLength => Check::KeyLength,
        Flaw::DynamicNumber => Check::DynamicData,
        Flaw::Information => Check::CryptogramInformation,
        Flaw::DataHash => Check::TransactionHash,
        _ => unreachable!("{flaw:?}"),
    };
    Err(OdaFault::Failed(tag, check))
}

#[test]
fn each_flaw_is_named() {
    let mut seen = 0;
    for (by, signed) in [
        (Authentication::Static, Signed::IssuerCertificate),
        (Authentication::Static, Signed::StaticData),
        (Authentication::Dynamic, Signed::IssuerCertificate),
        (Authentication::Dynamic, Signed::CardCertificate),
        (Authentication::Dynamic, Signed::DynamicData),
        (Authentication::Combined, Signed::CardCertificate),
        (Authentication::Combined, Signed::Cryptogram),
    ] {
        for flaw in Flaw::ALL.into_iter().filter(|flaw| flaw.fits_sm2(signed)) {
            // Below.
            if (signed, flaw) == (Signed::DynamicData, Flaw::DynamicNumber)
                || flaw == Flaw::Cryptogram
            {
                continue;
            }
            let mut card = applet(by, Layout::Elements);
            card.misbehave(Misbehaviour::Flawed(signed, flaw));
            let result = Session::new(card, by, 0x01).trusting();
            assert_eq!(result, expected(signed, flaw), "{by:?} {signed:?} {flaw:?}");
            seen += 1;
        }
    }
    assert_eq!(seen, 54);
}

/// Dynamic data without a number, which DDA does not look at; and a cryptogram
/// that the card did not make, which is for the issuer to find out.
#[test]
fn what_is_signed_is_authenticated() {
    for (by, signed, flaw) in [
        (Authentication::Dynamic, Signed::DynamicData, Flaw::DynamicNumber),
        (Authentication::Combined, Signed::Cryptogram, Flaw::Cryptogram),
    ] {
        let mut card = applet(by, Layout::Elements);
        card.misbehave(Misbehaviour::Flawed(signed, flaw));
        let mut session = Session::new(card, by, 0x01);
        session.has_number = by == Authentication::Combined;
        assert_eq!(session.trusting(), Ok(()), "{by:?}");
    }
}

/// What GET PROCESSING OPTIONS told the card, by a transaction of the kernel.
fn told(terminal: &Terminal<'_>) -> Vec<u8> {
    let mut card = applet(Authentication::Dynamic, Layout::Elements);
    let mut memory = emv_support::arena();
    let mut transaction = Transaction::new(terminal, emv_support::payment(), &mut memory);
    for _ in 0..emv_support::STEPS {
        match transaction.step() {
            Step::Transmit(command) => {
                let command = command.to_vec();
                if command.starts_with(&[0x80, 0xA8]) {
                    return command[7..command.len() - 1].to_vec();
                }
                transaction.response(&card.process(&command));
            }
            Step::Choose(_) => transaction.choose(0),
            step => panic!("{step:?}"),
        }
    }
    panic!("no end");
}

#[test]
fn the_terminal_says_what_it_has() {
    let pki = Pki::default().with_sm2();
    let (rsa, sm2) = (pki.authority_key(RID), pki.sm2_authority_key(RID));
    let rsa = Capk::new(RID, rsa.index, &rsa.modulus, &rsa.exponent);
    let keys = [rsa, Capk::sm2(RID, sm2.index, &sm2.point)];
    let terminal = |keys| Terminal {
        applications: &[Application::UNIONPAY],
        authorities: Authorities { keys, revoked: &[] },
        ..Terminal::CHINA
    };
    assert_eq!(told(&terminal(&keys)), [0x01, 0x56, 0x01]);
    assert_eq!(told(&terminal(&keys[..1])), [0x01, 0x56, 0x00]);
    assert_eq!(told(&terminal(&[])), [0x01, 0x56, 0x00]);
}
