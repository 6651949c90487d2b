//! What the simulated card and its payment system sign, verified by the letter
//! of EMV Book 2.

mod emv_issuer_support;

use embedded_pos::sim::card::pki::{AuthorityKey, Exponent, Flaw, Key, Pki, Signed, Size};
use embedded_pos::sim::card::{
    Authentication, CardApplication, EmvApplet, Layout, Misbehaviour, Personalisation, Placement,
};
use embedded_pos::sim::issuer::Issuer;
use emv_issuer_support::Session;
use emv_issuer_support::authentication::{Wrong, hash};

const SIZES: [Size; 4] = [Size::Bits1024, Size::Bits1152, Size::Bits1408, Size::Bits1984];
const RID: [u8; 5] = [0xA0, 0x00, 0x00, 0x03, 0x33];

fn debit() -> CardApplication {
    CardApplication::new(1, "UnionPay Debit", 1)
}

/// SDA, DDA and CDA.
fn all_ways(pki: &Pki) -> CardApplication {
    let application = debit().authenticated(Authentication::Static, pki.clone());
    application.authenticated(Authentication::Combined, pki.clone())
}

/// Every key and signature of a card: the first that is wrong.
fn verify(session: &mut Session, authority: &AuthorityKey) -> Result<(), (Signed, Wrong)> {
    session.begin();
    let on = |signed| move |wrong| (signed, wrong);
    let issuer = session.issuer_key(authority).map_err(on(Signed::IssuerCertificate))?;
    let code = session.static_authentication(&issuer).map_err(on(Signed::StaticData))?;
    assert_eq!(code, [0xDA, 0xC0]);
    let key = session.card_key(&issuer).map_err(on(Signed::CardCertificate))?;
    if session.known.contains_key(&0x9F2D) {
        session.pin_key(&issuer).map_err(on(Signed::PinCertificate))?;
    }
    let number = session.dynamic_authentication(&key).map_err(on(Signed::DynamicData))?;
    assert_eq!(number.len(), 8);
    // A key of 1984 bits leaves no room for it in an answer.
    if key.0.len() < 248 {
        for second in [false, true] {
            let generated =
                if second { session.generate_second(0x50) } else { session.generate(0x90) };
            assert_eq!(generated.information, if second { 0x40 } else { 0x80 });
            let verified = session.combined_authentication(&key, &generated.content);
            verified.map_err(on(Signed::Cryptogram))?;
        }
    }
    Ok(())
}

#[test]
fn every_size_and_exponent_is_signed_with_and_certified() {
    let mut count = 0;
    for authority in 0..4 {
        for issuer in 0..=authority {
            for card in 0..=issuer {
                count += 1;
                let [authority, issuer, card] = [authority, issuer, card].map(|at| SIZES[at]);
                // Each exponent at each place, in turn.
                let f4 =
                    |key: Key, bit: u32| if count >> bit & 1 == 1 { key.with_f4() } else { key };
                let pki = Pki {
                    authority: f4(Key::new(authority), 0),
                    issuer: f4(Key::new(issuer), 1),
                    card: f4(Key::new(card), 2),
                    pin: Some(f4(Key::new(card), 1)),
                    ..Pki::default()
                };
                let mut session = Session::new(Personalisation::of(all_ways(&pki)));
                let key = pki.authority_key(RID);
                assert_eq!(verify(&mut session, &key), Ok(()), "{pki:?}");
            }
        }
    }
    assert_eq!(count, 20);
}

#[test]
fn keys_of_the_authority_are_what_they_say() {
    let mut indices = Vec::new();
    for size in SIZES {
        for exponent in [Exponent::Three, Exponent::F4] {
            let pki = Pki { authority: Key { size, exponent }, ..Pki::default() };
            let AuthorityKey { rid, index, modulus, exponent, checksum } = pki.authority_key(RID);
            assert_eq!(checksum, hash(&[&rid, &[index], &modulus, &exponent]));
            assert_eq!(modulus[0] & 0x80, 0x80);
            indices.push((modulus.len(), exponent.len(), index));
        }
    }
    let lengths: Vec<_> =
        indices.iter().map(|&(modulus, exponent, _)| (modulus, exponent)).collect();
    let wanted = [(128, 1), (128, 3), (144, 1), (144, 3), (176, 1), (176, 3), (248, 1), (248, 3)];
    assert_eq!(lengths, wanted);
    indices.dedup_by_key(|known| known.2);
    assert_eq!(indices.len(), 8);
}

/// What a terminal finds.
fn wanted(flaw: Flaw) -> Wrong {
    match flaw {
        Flaw::Header => "header",
        Flaw::Trailer => "trailer",
        Flaw::Format => "format",
        Flaw::Hash | Flaw::Stale => "hash",
        Flaw::HashAlgorithm => "hash algorithm",
        Flaw::Short | Flaw::Long => "length",
        Flaw::Subject => "subject",
        Flaw::Expired => "expired",
        Flaw::KeyAlgorithm => "key algorithm",
        Flaw::KeyLength => "key length",
        Flaw::ExponentLength => "exponent length",
        Flaw::DynamicLength => "dynamic length",
        Flaw::DynamicNumber => "dynamic number",
        Flaw::Information => "information",
        Flaw::Cryptogram => "cryptogram",
        Flaw::DataHash => "data hash",
    }
}

#[test]
fn every_flaw_is_in_its_signature_and_nowhere_else() {
    let signed = [
        Signed::IssuerCertificate,
        Signed::StaticData,
        Signed::CardCertificate,
        Signed::PinCertificate,
        Signed::DynamicData,
        Signed::Cryptogram,
    ];
    let small = Key::new(Size::Bits1024);
    // With remainders, and without.
    for pki in [
        Pki { authority: small, issuer: small, card: small, pin: Some(small), ..Pki::default() },
        Pki { pin: Some(small), ..Pki::default() },
    ] {
        let authority = pki.authority_key(RID);
        let mut count = 0;
        for signed in signed {
            for flaw in Flaw::ALL.into_iter().filter(|flaw| flaw.fits(signed)) {
                let mut session = Session::new(Personalisation::of(all_ways(&pki)));
                session.card.misbehave(Misbehaviour::Flawed(signed, flaw));
                let found = verify(&mut session, &authority);
                assert_eq!(found, Err((signed, wanted(flaw))), "{signed:?}, {flaw:?}");
                count += 1;
            }
        }
        assert_eq!(count, 12 + 8 + 13 + 12 + 10 + 13);
    }
}

#[test]
fn a_record_that_was_changed_fails_static_and_dynamic_authentication() {
    let pki = Pki::default();
    let authority = pki.authority_key(RID);
    let issuer = Issuer::default();
    let card = EmvApplet::new(Personalisation::of(all_ways(&pki)), &issuer);
    // Commands 0 and 1 are SELECT and the options; record 2 of file 2, the
    // lists, is command 4.
    let mut session = Session::with(card, issuer);
    session.card.misbehave(Misbehaviour::Flipped(4, 30, 0x01));
    session.begin();
    let key = session.issuer_key(&authority).unwrap();
    assert_eq!(session.static_authentication(&key), Err("hash"));
    assert_eq!(session.card_key(&key), Err("hash"));
}

#[test]
fn files_above_10_are_authenticated_with_their_templates() {
    let pki = Pki::default();
    let authority = pki.authority_key(RID);
    let mut application = all_ways(&pki).with(0x9F07, &[0xFF, 0x00]).with(0x8E, &[0; 10]);
    application.placements.insert(0, Placement::new(11, 1, &[0x9F07]).authenticated());
    application.placements.insert(1, Placement::new(30, 5, &[0x8E]).authenticated());
    let mut session = Session::new(Personalisation::of(application));
    assert_eq!(verify(&mut session, &authority), Ok(()));
    assert_eq!(session.known[&0x94][..8], [0x58, 1, 1, 1, 0xF0, 5, 5, 1]);
    assert_eq!(session.static_data[..6], [0x70, 5, 0x9F, 0x07, 2, 0xFF]);
}

#[test]
fn entries_of_the_locator_cover_records_in_a_row_and_count_the_authenticated_ones() {
    let pki = Pki::default();
    let application = all_ways(&pki).with(0x5F25, &[0x20, 0x01, 0x01]);
    let mut session = Session::new(Personalisation::of(application.clone()));
    let wanted = [[0x08, 1, 1, 0], [0x10, 1, 3, 3], [0x20, 1, 5, 0]];
    assert_eq!(session.open(), wanted.concat());
    // One that is not authenticated in between starts another entry, one at
    // the end does not.
    let mut parted = application.clone();
    parted.placements[2].authenticated = false;
    let mut session = Session::new(Personalisation::of(parted));
    let wanted = [[0x08, 1, 1, 0], [0x10, 1, 2, 1], [0x10, 3, 3, 1], [0x20, 1, 5, 0]];
    assert_eq!(session.open(), wanted.concat());
    // Without a key, nothing is.
    let mut session = Session::new(Personalisation::of(debit()));
    assert_eq!(session.open(), [[0x08, 1, 1, 0], [0x10, 1, 2, 0]].concat());
}

#[test]
fn an_element_can_be_another_or_absent() {
    let pki = Pki::default();
    let authority = pki.authority_key(RID);
    // A list for INTERNAL AUTHENTICATE, a certificate of another card.
    let list = b"\x9F\x37\x04\x9F\x02\x06\x9A\x03";
    let mut session = Session::new(Personalisation::of(all_ways(&pki).with(0x9F49, list)));
    assert_eq!(verify(&mut session, &authority), Ok(()));
    let none = Personalisation::of(all_ways(&pki).with(0x9F46, &[]).with(0x5F20, &[]));
    let mut session = Session::new(none);
    session.begin();
    assert!(!session.known.contains_key(&0x9F46) && !session.known.contains_key(&0x5F20));
    assert!(session.known.contains_key(&0x9F47));
    let mut session = Session::new(Personalisation::of(all_ways(&pki).with(0x90, &[0x6A; 248])));
    assert!(matches!(verify(&mut session, &authority), Err((Signed::IssuerCertificate, _))));
}

#[test]
fn signatures_are_asked_for_where_the_profile_has_them_and_never_with_an_aac() {
    let mut session = Session::new(Personalisation::of(debit()));
    session.begin();
    assert_eq!(session.status([0x00, 0x88, 0, 0], &[1, 2, 3, 4], true), 0x6985);
    let data = session.fill(&session.known[&0x8C].clone());
    assert_eq!(session.status([0x80, 0xAE, 0x90, 0], &data, true), 0x6A86);

    let pki = Pki::default();
    for layout in [Layout::Values, Layout::Elements] {
        let application = CardApplication { layout, ..all_ways(&pki) };
        let mut session = Session::new(Personalisation::of(application));
        assert_eq!(verify(&mut session, &pki.authority_key(RID)), Ok(()));
        // In the clear if nobody asks, and if it is an AAC.
        for (asked, information) in [(0x80, 0x80), (0x10, 0x00)] {
            session.reset().begin();
            session.known.remove(&0x9F4B);
            let generated = session.generate(asked);
            assert_eq!(generated.information, information);
            assert_eq!(generated.cryptogram.len(), 8);
            assert!(!session.known.contains_key(&0x9F4B));
            assert_eq!(session.kind(), Some(information));
        }
    }
}

#[test]
fn a_dynamic_number_is_another_each_time() {
    let pki = Pki::default();
    let mut session = Session::new(Personalisation::of(all_ways(&pki)));
    let key = {
        session.begin();
        let issuer = session.issuer_key(&pki.authority_key(RID)).unwrap();
        session.card_key(&issuer).unwrap()
    };
    let first = session.dynamic_authentication(&key).unwrap();
    let second = session.dynamic_authentication(&key).unwrap();
    session.reset().begin();
    let third = session.dynamic_authentication(&key).unwrap();
    assert!(first != second && second != third && first != third);
}
