//! Certificates, signatures and records of a card that signs whatever the input
//! says.

use std::sync::LazyLock;

use embedded_pos::civil::Date;
use embedded_pos::emv::oda::{Authorities, Capk, CardData, OdaFault, Sent};
use embedded_pos::emv::{Aip, Store, Tag};
use num_bigint::BigUint;

/// One key pair of 384 bits with the exponent 3, for all. It was drawn for this.
struct Pair {
    modulus: Vec<u8>,
    number: BigUint,
    private: BigUint,
}

static PAIR: LazyLock<Pair> = LazyLock::new(|| {
    let number = BigUint::parse_bytes(
        b"D5C88DCDC54FC9D14D7BFE0F1062B3A2C338E749B76AD69C\
          B36CC4BBC61E1968DCEE9D40C0CD86E1A0B7F2F7C3E20AA9",
        16,
    )
    .unwrap();
    let private = BigUint::parse_bytes(
        b"8E85B3DE838A868B88FD540A0AEC77C1D77B44DBCF9C8F11\
          E9B983359C112D29A7C2EB9A80C30DE8618031A9824F0D0B",
        16,
    )
    .unwrap();
    Pair { modulus: number.to_bytes_be(), number, private }
});

const LEN: usize = 48;
const AID: [u8; 7] = [0xA0, 0x00, 0x00, 0x03, 0x33, 0x01, 0x01];

/// The input is the card's: its first byte says which checks are met without
/// luck, the others are what it signs, 47 bytes each, and a record.
pub fn run(data: &[u8]) {
    let Some((&choice, mut rest)) = data.split_first() else { return };
    let mut sealed = |outside: &[&[u8]]| {
        let (plain, after) = rest.split_at(rest.len().min(LEN - 1));
        rest = after;
        sealed(choice, plain, outside)
    };
    let (issuer, icc) = (sealed(&[&PAIR.modulus[12..], &[3]]), sealed(&[&PAIR.modulus[6..], &[3]]));
    let (ssad, sdad) = (sealed(&[]), sealed(&[&[1, 2, 3, 4]]));
    let record = rest;
    let elements: [(&[u8], &[u8]); 9] = [
        (&[0x8F], &[1]),
        (&[0x5A], &[0x62, 0, 0, 0, 0, 0, 0, 0x05]),
        (&[0x90], &issuer),
        (&[0x92], &PAIR.modulus[12..]),
        (&[0x9F, 0x32], &[3]),
        (&[0x93], &ssad),
        (&[0x9F, 0x46], &icc),
        (&[0x9F, 0x47], &[3]),
        (&[0x9F, 0x48], &PAIR.modulus[6..]),
    ];
    let mut memory = [0; Store::ROOM];
    let Ok(mut card) = read(&mut memory, choice, record, &elements) else { return };
    let rid = [0xA0, 0x00, 0x00, 0x03, 0x33];
    let keys = [Capk::new(rid, 1, &PAIR.modulus, &[3])];
    let trusted = Authorities { keys: &keys, revoked: &[] };
    let date = Date::new(2026, 3, 2).unwrap();
    if card.sda(&trusted, date).is_ok() {
        assert!(is_signed(&issuer, 0x02) && is_signed(&ssad, 0x03), "taken as good");
        assert!(card.data(Tag::AUTHENTICATION_CODE).is_some());
    }
    if card.dda(&trusted, date, &object(&[0x80], &sdad), &[1, 2, 3, 4]).is_ok() {
        assert!(is_signed(&icc, 0x04) && is_signed(&sdad, 0x05), "taken as good");
        let number = card.data(Tag::DYNAMIC_NUMBER);
        assert!(number.is_none_or(|number| (2..=8).contains(&number.len())));
    }
    let sent = Sent { unpredictable_number: &[1, 2, 3, 4], ..Sent::default() };
    let clear = [&[0x9F, 0x27, 1, choice][..], &object(&[0x9F, 0x4B], &sdad)].concat();
    let response = object(&[0x77], &clear);
    if card.cda(&trusted, date, &response, &sent).is_ok() {
        assert!(is_signed(&icc, 0x04) && is_signed(&sdad, 0x05), "taken as good");
    }
    _ = card.cda(&trusted, date, record, &sent);
    _ = card.pin_key(&trusted, date).map(|(modulus, _)| assert!(modulus.len() <= 248));
    _ = Capk::from_tlv(record).map(|key| assert_eq!(key.check(), Ok(())));
}

/// The record of the input, which takes part or not, and the others.
fn read<'m>(
    memory: &'m mut [u8],
    choice: u8,
    record: &[u8],
    elements: &[(&[u8], &[u8])],
) -> Result<CardData<'m>, OdaFault> {
    let mut card = CardData::new(memory, &AID, Aip::from_bits_retain(0x7900))?;
    card.record(choice % 31, choice & 0x20 == 0, record)?;
    for (tag, value) in elements {
        card.record(4, false, &object(&[0x70], &object(tag, value)))?;
    }
    Ok(card)
}

/// An object; what is signed is short.
fn object(tag: &[u8], value: &[u8]) -> Vec<u8> {
    let length = u8::try_from(value.len()).unwrap();
    [tag, &[0x81, length], value].concat()
}

/// What is signed, with header, hash and trailer as they should be where the
/// choice says so.
fn sealed(choice: u8, plain: &[u8], outside: &[&[u8]]) -> Vec<u8> {
    let mut whole = [0; LEN];
    whole[0] = 0x6A;
    whole[1..=plain.len()].copy_from_slice(plain);
    if choice & 0x40 == 0 {
        let hash = sha1(&[&[&whole[1..LEN - 21]], outside].concat());
        whole[LEN - 21..LEN - 1].copy_from_slice(&hash);
        whole[LEN - 1] = 0xBC;
    }
    let signed = BigUint::from_bytes_be(&whole).modpow(&PAIR.private, &PAIR.number).to_bytes_be();
    [&vec![0; LEN - signed.len()][..], &signed].concat()
}

fn sha1(pieces: &[&[u8]]) -> [u8; 20] {
    use sha1::{Digest, Sha1};

    pieces.iter().fold(Sha1::new(), |hash, piece| hash.chain_update(piece)).finalize().into()
}

/// Whether it is of this format, by the other library's arithmetic.
fn is_signed(signature: &[u8], format: u8) -> bool {
    let plain = BigUint::from_bytes_be(signature).modpow(&BigUint::from(3_u8), &PAIR.number);
    let plain = plain.to_bytes_be();
    plain.len() == LEN && plain.starts_with(&[0x6A, format]) && plain.ends_with(&[0xBC])
}
