//! Offline data authentication: each check with a card that stands all others,
//! and public cards.

mod emv_pki;

use embedded_pos::civil::Date;
use embedded_pos::emv::oda::{Authorities, Capk, CardData, Check, OdaFault, Revoked, Sent, rsa};
use embedded_pos::emv::{Aip, Store, Tag};
use emv_pki::{AUTHORITY, CARD, Certificate, ISSUER, PIN, hex, tlv};
use sha1::{Digest, Sha1};

const RID: [u8; 5] = [0xA0, 0x00, 0x00, 0x03, 0x33];
const INDEX: u8 = 0xE1;
const AID: [u8; 8] = [0xA0, 0x00, 0x00, 0x03, 0x33, 0x01, 0x01, 0x01];
const PAN: [u8; 8] = [0x62, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x05];
const PAN_PADDED: [u8; 10] = [0x62, 0, 0, 0, 0, 0, 0, 0x05, 0xFF, 0xFF];
const AIP: Aip = Aip::from_bits_retain(0x7900);

/// What a card holds, to be spoilt.
struct Card {
    issuer: Certificate,
    icc: Certificate,
    pin: Option<Certificate>,
    /// The record of file 2 that takes part, without its template.
    static_data: Vec<u8>,
    outside: Option<Vec<u8>>,
    left_out: Option<u32>,
    replaced: Vec<(u32, Vec<u8>)>,
}

impl Card {
    fn new() -> Self {
        Self {
            issuer: Certificate::issuer(&[0x62, 0x00, 0x00, 0xFF]),
            icc: Certificate::card(&PAN_PADDED, &CARD),
            pin: None,
            static_data: [tlv(0x5A, &PAN), tlv(0x9F4A, &[0x82])].concat(),
            outside: None,
            left_out: None,
            replaced: Vec::new(),
        }
    }

    fn elements(&self) -> Vec<(u32, Vec<u8>)> {
        let (issuer, issuer_rest) = self.issuer.signed(&AUTHORITY, &[]);
        let whole = [&self.static_data[..], &AIP.bits().to_be_bytes()].concat();
        let outside = self.outside.as_ref().unwrap_or(&whole);
        let (icc, icc_rest) = self.icc.signed(&ISSUER, outside);
        let padding = [0xBB; 128 - 26];
        let ssad = ISSUER.seal(&[&[0x03, 0x01, 0xDA, 0xC0], &padding[..]].concat(), outside);
        let mut elements = vec![
            (0x8F, vec![INDEX]),
            (0x90, issuer),
            (0x92, issuer_rest),
            (0x9F32, self.issuer.exponent.clone()),
            (0x93, ssad),
            (0x9F46, icc),
            (0x9F47, self.icc.exponent.clone()),
            (0x9F48, icc_rest),
        ];
        if let Some(pin) = &self.pin {
            let (signed, rest) = pin.signed(&ISSUER, &[]);
            elements.extend([(0x9F2D, signed), (0x9F2E, vec![0x03]), (0x9F2F, rest)]);
        }
        elements.retain(|(tag, _)| Some(*tag) != self.left_out);
        for (tag, value) in &self.replaced {
            elements
                .iter_mut()
                .filter(|(is, _)| is == tag)
                .for_each(|(_, old)| *old = value.clone());
        }
        elements
    }

    fn read<'m>(&self, memory: &'m mut [u8]) -> CardData<'m> {
        told(memory, &self.static_data, &self.elements()).unwrap()
    }
}

fn told<'m>(
    memory: &'m mut [u8],
    static_data: &[u8],
    elements: &[(u32, Vec<u8>)],
) -> Result<CardData<'m>, OdaFault> {
    let mut data = CardData::new(memory, &AID, AIP)?;
    data.record(2, true, &tlv(0x70, static_data))?;
    for (tag, value) in elements {
        data.record(4, false, &tlv(0x70, &tlv(*tag, value)))?;
    }
    Ok(data)
}

fn date(year: u16, month: u8, day: u8) -> Date {
    Date::new(year, month, day).unwrap()
}

fn with_authority<T>(
    expiry: Option<Date>,
    revoked: &[Revoked],
    run: impl FnOnce(&Authorities<'_>) -> T,
) -> T {
    let modulus = AUTHORITY.modulus();
    let key = Capk { expiry, ..Capk::new(RID, INDEX, &modulus, &[0x03]) };
    run(&Authorities { keys: &[key], revoked })
}

fn sda_on(card: &Card, date: Date) -> Result<[u8; 2], OdaFault> {
    let mut memory = [0; Store::ROOM];
    let mut data = card.read(&mut memory);
    with_authority(None, &[], |authorities| data.sda(authorities, date))?;
    Ok(data.data(Tag::AUTHENTICATION_CODE).unwrap().try_into().unwrap())
}

fn sda(card: &Card) -> Result<[u8; 2], OdaFault> {
    sda_on(card, date(2026, 3, 2))
}

const UN: [u8; 4] = [0xB8, 0x1C, 0xCF, 0x08];

/// A card's signature over this dynamic data, and the data sent.
fn dynamic(dynamic: &[u8], sent: &[u8]) -> Vec<u8> {
    let room = 96 - 22 - 3 - dynamic.len();
    let head = [0x05, 0x01, dynamic.len() as u8];
    CARD.seal(&[&head, dynamic, &vec![0xBB; room][..]].concat(), sent)
}

fn dda(card: &Card, response: &[u8]) -> Result<Option<Vec<u8>>, OdaFault> {
    let mut memory = [0; Store::ROOM];
    let mut data = card.read(&mut memory);
    with_authority(None, &[], |trusted| data.dda(trusted, date(2026, 3, 2), response, &UN))?;
    Ok(data.data(Tag::DYNAMIC_NUMBER).map(<[u8]>::to_vec))
}

const NUMBER: [u8; 5] = [0x04, 0x11, 0x22, 0x33, 0x44];

#[test]
fn a_sound_card_stands_every_check() {
    let card = Card::new();
    assert_eq!(sda(&card), Ok([0xDA, 0xC0]));
    for template in [0x80, 0x77] {
        let signature = dynamic(&NUMBER, &UN);
        let content = if template == 0x77 { tlv(0x9F4B, &signature) } else { signature };
        assert_eq!(dda(&card, &tlv(template, &content)), Ok(Some(NUMBER[1..].to_vec())));
    }
}

/// What an issuer's certificate is for, until when, and which one it is.
#[test]
fn issuer_certificates() {
    let failed = |check| Err(OdaFault::Failed(Tag::ISSUER_CERTIFICATE, check));
    let with = |change: fn(&mut Certificate)| {
        let mut card = Card::new();
        change(&mut card.issuer);
        sda(&card)
    };
    let good = Ok([0xDA, 0xC0]);
    assert_eq!(with(|it| it.subject = vec![0x62, 0x0F, 0xFF, 0xFF]), good);
    assert_eq!(with(|it| it.subject = vec![0x62, 0x00, 0x00, 0x00]), good);
    assert_eq!(with(|it| it.subject = vec![0x62, 0xFF, 0xFF, 0xFF]), failed(Check::Subject));
    assert_eq!(with(|it| it.subject = vec![0x62, 0x1F, 0xFF, 0xFF]), failed(Check::Subject));
    assert_eq!(with(|it| it.subject = vec![0x62, 0x00, 0x00, 0x01]), failed(Check::Subject));
    assert_eq!(with(|it| it.format = 0x04), failed(Check::Format));
    assert_eq!(with(|it| it.hash_algorithm = 0x02), failed(Check::HashAlgorithm));
    assert_eq!(with(|it| it.key_algorithm = 0x02), failed(Check::KeyAlgorithm));
    assert_eq!(with(|it| it.expiry = [0x02, 0x26]), failed(Check::Expiry));
    assert_eq!(with(|it| it.expiry = [0x03, 0x26]), good);
    for no_month in [[0x00, 0x29], [0x13, 0x29], [0x1A, 0x29], [0x12, 0xA9], [0x12, 0x99]] {
        let mut card = Card::new();
        card.issuer.expiry = no_month;
        assert_eq!(sda(&card), failed(Check::Expiry), "{no_month:02X?}");
    }
    let card = Card::new();
    assert_eq!(sda_on(&card, date(2029, 12, 31)), good);
    assert_eq!(sda_on(&card, date(2030, 1, 1)), failed(Check::Expiry));
}

#[test]
fn a_key_in_pieces() {
    let failed = |check| Err(OdaFault::Failed(Tag::ISSUER_CERTIFICATE, check));
    let mut card = Card::new();
    card.left_out = Some(0x92);
    assert_eq!(sda(&card), Err(OdaFault::Missing(Tag::ISSUER_REMAINDER)));
    let rest = ISSUER.modulus()[92..].to_vec();
    card.left_out = None;
    card.replaced = vec![(0x92, rest[1..].to_vec())];
    assert_eq!(sda(&card), failed(Check::Hash));
    card.replaced = vec![(0x92, [&rest[..], &[0]].concat())];
    assert_eq!(sda(&card), failed(Check::Hash));
    // An exponent in more bytes than it needs is none.
    let mut card = Card::new();
    card.issuer.exponent = vec![0x00, 0x03];
    assert_eq!(
        sda(&card),
        Err(OdaFault::Failed(Tag::STATIC_SIGNATURE, Check::Rsa(rsa::RsaFault::Exponent)))
    );
    // The whole key has room: what is left is padding.
    let mut card = Card::new();
    card.icc = Certificate::card(&PAN_PADDED, &PIN);
    let mut memory = [0; Store::ROOM];
    let mut data = card.read(&mut memory);
    let key = with_authority(None, &[], |trusted| {
        data.pin_key(trusted, date(2026, 3, 2)).map(|(modulus, _)| modulus.to_vec())
    });
    assert_eq!(key, Ok(PIN.modulus()));
}

#[test]
fn authorities() {
    let day = date(2026, 3, 2);
    let run = |expiry, revoked: &[Revoked]| {
        let mut memory = [0; Store::ROOM];
        let mut data = Card::new().read(&mut memory);
        with_authority(expiry, revoked, |trusted| data.sda(trusted, day))
    };
    let failed = |tag, check| Err(OdaFault::Failed(tag, check));
    assert_eq!(run(Some(day), &[]), Ok(()));
    let expired = failed(Tag::AUTHORITY_INDEX, Check::AuthorityExpiry);
    assert_eq!(run(Some(date(2026, 3, 1)), &[]), expired);
    let entry = Revoked { rid: RID, index: INDEX, serial: [0x00, 0x01, 0x02] };
    let others = [
        Revoked { serial: [0x00, 0x01, 0x03], ..entry },
        Revoked { index: INDEX + 1, ..entry },
        Revoked { rid: [0xA0, 0x00, 0x00, 0x00, 0x03], ..entry },
    ];
    assert_eq!(run(None, &others), Ok(()));
    let revoked = failed(Tag::ISSUER_CERTIFICATE, Check::Revocation);
    assert_eq!(run(None, &[others[0], entry]), revoked);

    let mut card = Card::new();
    card.replaced = vec![(0x8F, vec![INDEX + 1])];
    assert_eq!(sda(&card), failed(Tag::AUTHORITY_INDEX, Check::AuthorityKnown).map(|()| [0; 2]));
    card.replaced = vec![(0x8F, vec![])];
    assert_eq!(sda(&card), failed(Tag::AUTHORITY_INDEX, Check::AuthorityKnown).map(|()| [0; 2]));
}

#[test]
fn card_certificates() {
    let failed = |check| Err(OdaFault::Failed(Tag::ICC_CERTIFICATE, check));
    let response = tlv(0x80, &dynamic(&NUMBER, &UN));
    let with = |change: fn(&mut Card)| {
        let mut card = Card::new();
        change(&mut card);
        dda(&card, &response)
    };
    assert_eq!(with(|it| it.icc.subject[7] = 0x06), failed(Check::Subject));
    assert_eq!(with(|it| it.icc.subject[8] = 0x0F), failed(Check::Subject));
    assert_eq!(with(|it| it.icc.subject[7] = 0x0F), failed(Check::Subject));
    assert_eq!(with(|it| it.icc.expiry = [0x02, 0x26]), failed(Check::Expiry));
    assert_eq!(with(|it| it.icc.format = 0x02), failed(Check::Format));
    assert_eq!(with(|it| it.icc.key_algorithm = 0x04), failed(Check::KeyAlgorithm));
    assert_eq!(with(|it| it.outside = Some(vec![])), failed(Check::Hash));
    assert_eq!(with(|it| it.left_out = Some(0x9F48)), Err(OdaFault::Missing(Tag::ICC_REMAINDER)));
    for tag in [0x8F, 0x90, 0x9F32, 0x9F46, 0x9F47] {
        let mut card = Card::new();
        card.left_out = Some(tag);
        assert_eq!(dda(&card, &response), Err(OdaFault::Missing(Tag(tag))));
    }
}

/// Which data are static: the profile only by the tag list, and that has no
/// other tag.
#[test]
fn the_tag_list() {
    let tag_list = |list: Option<&[u8]>, outside: &[u8]| {
        let mut card = Card::new();
        let list = list.map_or(vec![], |list| tlv(0x9F4A, list));
        card.static_data = [tlv(0x5A, &PAN), list].concat();
        card.outside = Some([&card.static_data[..], outside].concat());
        sda(&card)
    };
    assert_eq!(tag_list(None, &[]), Ok([0xDA, 0xC0]));
    assert_eq!(tag_list(Some(&[0x82]), &AIP.bits().to_be_bytes()), Ok([0xDA, 0xC0]));
    let refused = Err(OdaFault::Failed(Tag::STATIC_DATA_TAGS, Check::TagList));
    for list in [&[][..], &[0x82, 0x82], &[0x5A], &[0x82, 0x5A]] {
        assert_eq!(tag_list(Some(list), &[]), refused, "{list:02X?}");
    }
}

/// Files 1 to 10 take part without their template, the others with it.
#[test]
fn records_and_files() {
    let mut memory = [0; Store::ROOM];
    let mut data = CardData::new(&mut memory, &AID, AIP).unwrap();
    let record = [0x70, 0x03, 0x50, 0x01, 0x41];
    data.record(10, true, &record).unwrap();
    data.record(11, true, &record).unwrap();
    data.record(1, false, &[0x70, 0x03, 0x50, 0x01, 0x42]).unwrap();
    let pieces: Vec<&[u8]> = data.static_data().unwrap().collect();
    assert_eq!(pieces, [&record[2..], &record[..]]);
    assert_eq!(data.data(Tag::LABEL), Some(&[0x41][..]));
    for bare in [&[0x50, 0x01, 0x41][..], &[], &[0x61, 0x00]] {
        let mut memory = [0; Store::ROOM];
        let mut data = CardData::new(&mut memory, &AID, AIP).unwrap();
        data.record(12, true, bare).unwrap();
        let refused = Some(OdaFault::Failed(Tag::RECORD, Check::Template));
        assert_eq!(data.static_data().err(), refused);
    }
}

/// Book 2, 6.5.2 asks nothing of the dynamic data; a number is taken only if it
/// is one.
#[test]
fn dynamic_data_of_any_form() {
    let card = Card::new();
    let number = |data: &[u8]| dda(&card, &tlv(0x80, &dynamic(data, &UN)));
    assert_eq!(number(&NUMBER), Ok(Some(vec![0x11, 0x22, 0x33, 0x44])));
    assert_eq!(number(&[0x02, 0xAA, 0xBB, 0xCC]), Ok(Some(vec![0xAA, 0xBB])));
    // Three random bytes without a length, as one public applet has them.
    for odd in [&[0x9F, 0x21, 0x07][..], &[], &[0x00], &[0x01, 0xAA], &[0x04, 0x11, 0x22]] {
        assert_eq!(number(odd), Ok(None), "{odd:02X?}");
    }
    assert_eq!(number(&[[0x09].as_slice(), &[0x11; 9]].concat()), Ok(None));
    let wrong = dda(&card, &tlv(0x80, &dynamic(&NUMBER, &[0; 4])));
    assert_eq!(wrong, Err(OdaFault::Failed(Tag::DYNAMIC_DATA, Check::Hash)));
    let none = Err(OdaFault::Missing(Tag::DYNAMIC_DATA));
    assert_eq!(dda(&card, &[]), none);
    assert_eq!(dda(&card, &tlv(0x77, &[])), none);
    assert_eq!(dda(&card, &tlv(0x70, &[])), none);
}

const PDOL_DATA: [u8; 6] = [0, 0, 0, 0, 1, 0];
const CDOL1_DATA: [u8; 4] = UN;
const CDOL2_DATA: [u8; 6] = [0x30, 0x30, 0xB8, 0x1C, 0xCF, 0x08];
const AC: [u8; 8] = [0x5A; 8];

/// What a card answers to GENERATE AC with a signature. `clear` is what stands
/// beside it.
fn combined(cid: u8, clear: &[u8], sent: &[&[u8]]) -> Vec<u8> {
    let hash = Sha1::digest([&sent.concat(), clear].concat());
    let data = [&NUMBER[..], &[cid], &AC, &hash].concat();
    tlv(0x77, &[clear, &tlv(0x9F4B, &dynamic(&data, &UN))].concat())
}

fn cda(response: &[u8], second: bool) -> Result<Vec<u8>, OdaFault> {
    let mut memory = [0; Store::ROOM];
    let mut data = Card::new().read(&mut memory);
    let sent = Sent {
        unpredictable_number: &UN,
        pdol_data: &PDOL_DATA,
        cdol1_data: &CDOL1_DATA,
        cdol2_data: second.then_some(&CDOL2_DATA),
    };
    with_authority(None, &[], |trusted| data.cda(trusted, date(2026, 3, 2), response, &sent))?;
    assert_eq!(data.data(Tag::DYNAMIC_NUMBER), Some(&NUMBER[1..]));
    Ok(data.data(Tag::AC).unwrap().to_vec())
}

#[test]
fn combined_data_with_the_first_and_the_second_cryptogram() {
    let clear = [tlv(0x9F27, &[0x80]), tlv(0x9F36, &[0x00, 0x07])].concat();
    let first = combined(0x80, &clear, &[&PDOL_DATA, &CDOL1_DATA]);
    assert_eq!(cda(&first, false), Ok(AC.to_vec()));
    let failed = |check| Err(OdaFault::Failed(Tag::DYNAMIC_DATA, check));
    assert_eq!(cda(&first, true), failed(Check::TransactionHash));
    let second = combined(0x80, &clear, &[&PDOL_DATA, &CDOL1_DATA, &CDOL2_DATA]);
    assert_eq!(cda(&second, true), Ok(AC.to_vec()));
    assert_eq!(cda(&second, false), failed(Check::TransactionHash));
    // What was sent in clear is another kind of cryptogram.
    let other = combined(0x40, &clear, &[&PDOL_DATA, &CDOL1_DATA]);
    assert_eq!(cda(&other, false), failed(Check::CryptogramInformation));
    // Behind the signature, and between padding.
    let (before, behind) = (tlv(0x9F27, &[0x80]), tlv(0x9F10, &[0x07; 8]));
    let hash = Sha1::digest([&PDOL_DATA[..], &CDOL1_DATA, &before, &behind].concat());
    let data = [&NUMBER[..], &[0x80], &AC, &hash].concat();
    let signature = tlv(0x9F4B, &dynamic(&data, &UN));
    let response = tlv(0x77, &[&before, &[0, 0][..], &signature, &[0], &behind].concat());
    assert_eq!(cda(&response, false), Ok(AC.to_vec()));
}

#[test]
fn combined_data_that_are_cut() {
    let clear = tlv(0x9F27, &[0x80]);
    let hash = Sha1::digest([&PDOL_DATA[..], &CDOL1_DATA, &clear].concat());
    let data = [&NUMBER[..], &[0x80], &AC, &hash].concat();
    for end in 0..data.len() {
        let signature = tlv(0x9F4B, &dynamic(&data[..end], &UN));
        let response = tlv(0x77, &[&clear[..], &signature].concat());
        let refused = Err(OdaFault::Failed(Tag::DYNAMIC_DATA, Check::DynamicData));
        assert_eq!(cda(&response, false), refused, "{end}");
    }
    let missing = |tag| Err(OdaFault::Missing(tag));
    assert_eq!(cda(&tlv(0x77, &clear), false), missing(Tag::DYNAMIC_DATA));
    assert_eq!(cda(&tlv(0x77, &[]), false), missing(Tag::CID));
    assert_eq!(cda(&tlv(0x80, &clear), false), missing(Tag::RESPONSE_2));
}

/// The card's own key for a PIN, and the other if it has none (Book 2, 7.1).
#[test]
fn keys_for_a_pin() {
    let day = date(2026, 3, 2);
    let key = |card: &Card| {
        let mut memory = [0; Store::ROOM];
        let mut data = card.read(&mut memory);
        with_authority(None, &[], |trusted| {
            data.pin_key(trusted, day)
                .map(|(modulus, exponent)| (modulus.to_vec(), exponent.to_vec()))
        })
    };
    let mut card = Card::new();
    assert_eq!(key(&card), Ok((CARD.modulus(), vec![0x03])));
    card.pin = Some(Certificate::card(&PAN_PADDED, &PIN));
    assert_eq!(key(&card), Ok((PIN.modulus(), vec![0x03])));
    // Its certificate says nothing of the static data.
    card.outside = Some(vec![]);
    assert_eq!(key(&card), Ok((PIN.modulus(), vec![0x03])));
    card.pin.as_mut().unwrap().expiry = [0x02, 0x26];
    assert_eq!(key(&card), Err(OdaFault::Failed(Tag::PIN_CERTIFICATE, Check::Expiry)));
    card.left_out = Some(0x9F2E);
    assert_eq!(key(&card), Err(OdaFault::Missing(Tag::PIN_EXPONENT)));
}

/// No bit of a certificate or a signature can be another.
#[test]
fn every_bit_counts() {
    let card = Card::new();
    let sound = card.elements();
    for tag in [0x90, 0x93] {
        let place = sound.iter().position(|(is, _)| *is == tag).unwrap();
        for bit in (0..8 * sound[place].1.len()).step_by(3) {
            let mut elements = sound.clone();
            elements[place].1[bit / 8] ^= 1 << (bit % 8);
            let mut memory = [0; Store::ROOM];
            let mut data = told(&mut memory, &card.static_data, &elements).unwrap();
            let result = with_authority(None, &[], |trusted| data.sda(trusted, date(2026, 3, 2)));
            assert!(matches!(result, Err(OdaFault::Failed(is, _)) if is == Tag(tag)), "{bit}");
        }
    }
}

#[test]
fn a_store_that_is_full() {
    let card = Card::new();
    let elements = card.elements();
    let with = |room: usize| -> Result<(), OdaFault> {
        let mut memory = vec![0; room];
        let mut data = told(&mut memory, &card.static_data, &elements)?;
        with_authority(None, &[], |trusted| data.sda(trusted, date(2026, 3, 2)))
    };
    let enough = (0..2000).find(|&room| with(room).is_ok()).unwrap();
    // Certificates and remainders once, the issuer's key, and headers.
    assert!((700..900).contains(&enough), "{enough}");
    assert!((0..enough).all(|room| matches!(with(room), Err(OdaFault::Full(_)))));
}

/// Signatures of test cards whose content their makers published.
#[test]
fn public_signatures() {
    let mut seen = [0, 0];
    for line in include_str!("vectors/emv/recovered.jsonl").lines() {
        let vector: serde_json::Value = serde_json::from_str(line).unwrap();
        let field = |name: &str| hex(vector[name].as_str().unwrap());
        let (modulus, signature) = (field("modulus"), field("signature"));
        let mut out = vec![0; modulus.len()];
        rsa::recover(&modulus, &field("exponent"), &signature, &mut out).unwrap();
        if vector["spoilt"] == true {
            assert!(out[0] != 0x6A || out[modulus.len() - 1] != 0xBC);
            seen[1] += 1;
            continue;
        }
        assert!(out.starts_with(&field("begins")) && out.ends_with(&[0xBC]), "{out:02X?}");
        for held in vector["holds"].as_array().unwrap() {
            let held = hex(held.as_str().unwrap());
            assert!(out.windows(held.len()).any(|window| window == held), "{}", vector["what"]);
        }
        seen[0] += 1;
    }
    assert_eq!(seen, [7, 4]);
}

/// A contactless card that signs amount, currency and its own number as well.
#[test]
fn fast_dynamic_data() {
    let card: serde_json::Value =
        serde_json::from_str(include_str!("vectors/emv/fdda.json")).unwrap();
    let field = |value: &serde_json::Value, name: &str| hex(value[name].as_str().unwrap());
    let mut memory = [0; 2 * Store::ROOM];
    let aip = Aip::from_bits_retain(0x2000);
    let mut data = CardData::new(&mut memory, &field(&card, "aid"), aip).unwrap();
    // The first record of file 2 and the third do not take part.
    for (record, authenticated) in
        card["records"].as_array().unwrap().iter().zip([true, false, false])
    {
        let sfi = record["sfi"].as_u64().unwrap() as u8;
        data.record(sfi, authenticated, &field(record, "data")).unwrap();
    }
    let key = &card["capk"];
    let (modulus, rid) = (field(key, "modulus"), field(key, "rid").try_into().unwrap());
    let keys = [Capk::new(rid, field(key, "index")[0], &modulus, &[0x03])];
    let trusted = Authorities { keys: &keys, revoked: &[] };
    let (response, sent) =
        (field(&card, "internal_authenticate_response"), field(&card, "ddol_data"));
    let day = date(2019, 8, 19);
    assert_eq!(data.dda(&trusted, day, &response, &sent), Ok(()));
    assert_eq!(data.data(Tag::DYNAMIC_NUMBER), Some(&[0x00, 0x15][..]));
    let failed = Err(OdaFault::Failed(Tag::DYNAMIC_DATA, Check::Hash));
    assert_eq!(data.dda(&trusted, day, &response, &sent[1..]), failed);
}
