//! Offline data authentication with SM2 and SM3: what `inspect oda` cannot show
//! of it.

use embedded_pos::civil::Date;
use embedded_pos::emv::oda::sm::{KEY_LEN, Message, SIGNATURE_LEN};
use embedded_pos::emv::oda::{
    Authorities, Capk, CapkFault, CardData, Check, KeyRing, OdaFault, Revoked, Sent,
};
use embedded_pos::emv::{Afl, Aip, Store, Tag};
use serde_json::Value;

/// A row of hexadecimal digits.
fn hex(digits: &str) -> Vec<u8> {
    let digits: Vec<u8> = digits.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let pair = |pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    digits.chunks(2).map(pair).collect()
}

fn array<const N: usize>(digits: &str) -> [u8; N] {
    hex(digits).try_into().unwrap()
}

/// GM/T 0003.5-2012, the example of a signature.
const SIGNER: &str = "09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020
    CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13";
const SIGNATURE: &str = "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3
    B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA";

fn is_signed(signer: &[u8; KEY_LEN], text: &[u8], signature: &[u8; SIGNATURE_LEN]) -> Option<bool> {
    let mut message = Message::new(signer)?;
    message.add(text);
    Some(message.is_signed(signature))
}

#[test]
fn the_example_of_the_standard() {
    let (signer, signature) = (array(SIGNER), array(SIGNATURE));
    assert_eq!(is_signed(&signer, b"message digest", &signature), Some(true));
    assert_eq!(is_signed(&signer, b"message digest.", &signature), Some(false));
    // Piece by piece is the same.
    let mut message = Message::new(&signer).unwrap();
    b"message digest".iter().for_each(|&byte| message.add(&[byte]));
    assert!(message.is_signed(&signature));
}

#[test]
fn no_other_bit_will_do() {
    let (signer, signature): ([u8; KEY_LEN], [u8; SIGNATURE_LEN]) =
        (array(SIGNER), array(SIGNATURE));
    for bit in (0..8 * SIGNATURE_LEN).step_by(7) {
        let mut other = signature;
        other[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(is_signed(&signer, b"message digest", &other), Some(false), "{bit}");
        let mut other = signer;
        other[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(is_signed(&other, b"message digest", &signature), None, "{bit}");
    }
}

#[test]
fn numbers_out_of_range_are_no_signature() {
    let order = "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123";
    let (order, signature) = (hex(order), hex(SIGNATURE));
    let (r, s) = signature.split_at(32);
    let minus_r = {
        // n - r, so that t = r + s is 0.
        let mut digits = order.clone();
        let mut borrow = 0;
        for (digit, take) in digits.iter_mut().zip(r).rev() {
            let rest = i16::from(*digit) - i16::from(*take) - borrow;
            borrow = i16::from(rest < 0);
            *digit = (rest & 0xFF) as u8;
        }
        digits
    };
    let (zero, ones) = ([0; 32], [0xFF; 32]);
    let pairs: [(&[u8], &[u8]); 6] =
        [(&zero, s), (r, &zero), (&order, s), (r, &order), (&ones, &ones), (r, &minus_r)];
    for (r, s) in pairs {
        let signature = [r, s].concat().try_into().unwrap();
        assert_eq!(is_signed(&array(SIGNER), b"message digest", &signature), Some(false));
    }
}

/// UnionPay's keys: 57 for tests, as terminals' parameters have it, and 18.
const KEY_57: &str = "E8105E77861FD2EB727C84E36D3D4A5666BD0ADCE8781F0145D3D82D72B92748
    E22D5404C6C41F3EC8B790DE2F61CF29FAECB168C79F5C8666762D53CC26A460";
const KEY_18: &str = "37710FEB7CC3617767874E85509C268E8F931D68773E93A89F39A4247DFE2D28
    0FC5BC838353885B6DAD447C8F90116BD9D314047591989F67F319544D42A48B";

fn parameters(key: &str, rest: &str) -> Vec<u8> {
    hex(&format!("9F0605A000000333 9F220157 DF050420201231 {rest} DF0240 {key}"))
}

#[test]
fn keys_are_read_from_parameters() {
    for rest in [
        "DF060107 DF070104 DF040100",
        "DF070104",
        // A checksum of any length is passed over.
        "DF070104 DF0303ABCDEF",
    ] {
        let bytes = parameters(KEY_57, rest);
        let key = Capk::from_tlv(&bytes).unwrap();
        assert_eq!((key.index, key.modulus, key.exponent), (0x57, &hex(KEY_57)[..], &[][..]));
        assert_eq!(key.expiry, Some(Date::new(2020, 12, 31).unwrap()));
        assert_eq!(key, Capk { expiry: key.expiry, ..Capk::sm2(key.rid, 0x57, &array(KEY_57)) });
    }
    let point: [u8; KEY_LEN] = array(KEY_18);
    assert_eq!(Capk::sm2([0xA0, 0, 0, 3, 0x33], 0x18, &point).check(), Ok(()));
}

#[test]
fn keys_that_are_none_are_refused() {
    let refused = |bytes: &[u8]| Capk::from_tlv(bytes).unwrap_err();
    let mistyped = KEY_57.replace("E8105E", "E8105F");
    assert_eq!(refused(&parameters(&mistyped, "DF070104")), CapkFault::Point);
    let other_hash = parameters(KEY_57, "DF070104 DF060101");
    assert_eq!(refused(&other_hash), CapkFault::Value(Tag(0xDF06)));
    // Said to be RSA, or not said.
    assert_eq!(refused(&parameters(KEY_57, "DF070101")), CapkFault::Missing(Tag(0xDF04)));
    assert_eq!(refused(&parameters(KEY_57, "")), CapkFault::Missing(Tag(0xDF04)));
    let short = hex("9F0605A000000333 9F220157 DF070104 DF0203C1C1C1");
    assert_eq!(refused(&short), CapkFault::Value(Tag(0xDF02)));

    let mut ring = KeyRing::<2>::new();
    let (good, bad) = (array(KEY_57), array(&mistyped));
    let rid = [0xA0, 0, 0, 3, 0x33];
    assert_eq!(ring.put(&Capk::sm2(rid, 0x57, &bad)), Err(CapkFault::Point));
    ring.put(&Capk::sm2(rid, 0x57, &good)).unwrap();
    assert_eq!(ring.keys()[0], Capk::sm2(rid, 0x57, &good));
}

/// A line of the vectors as a card.
struct Card {
    aip: Aip,
    afl: Vec<u8>,
    aid: Vec<u8>,
    records: Vec<(u8, u8, Vec<u8>)>,
    point: [u8; KEY_LEN],
    index: u8,
    date: Date,
    number: Vec<u8>,
    response: Vec<u8>,
    pdol_data: Vec<u8>,
    cdol1_data: Vec<u8>,
}

const RID: [u8; 5] = [0xA0, 0, 0, 3, 0x33];

impl Card {
    /// The first valid card of this method.
    fn valid(method: &str) -> Self {
        let lines = include_str!("vectors/sm2/cards.jsonl").lines();
        let mut values = lines.map(|line| serde_json::from_str::<Value>(line).unwrap());
        let value = values
            .find(|value| value["want"]["method"] == method && value["why"] == "valid")
            .unwrap();
        let input = &value["input"];
        let bytes = |value: &Value| hex(value.as_str().unwrap_or_default());
        let record = |record: &Value| {
            let number = |name| record[name].as_u64().unwrap() as u8;
            (number("sfi"), number("number"), bytes(&record["data"]))
        };
        let date = array::<3>(input["date"].as_str().unwrap());
        let [year, month, day] = date.map(|byte| (byte >> 4) * 10 + (byte & 15));
        let name =
            if method == "dda" { "internal_authenticate_response" } else { "generate_ac_response" };
        Self {
            aip: Aip::from_bits_retain(u16::from_be_bytes(array(input["aip"].as_str().unwrap()))),
            afl: bytes(&input["afl"]),
            aid: bytes(&input["aid"]),
            records: input["records"].as_array().unwrap().iter().map(record).collect(),
            point: bytes(&input["capk"]["modulus"]).try_into().unwrap(),
            index: bytes(&input["capk"]["index"])[0],
            date: Date::new(2000 + u16::from(year), month, day).unwrap(),
            number: bytes(&input["unpredictable_number"]),
            response: bytes(&input[name]),
            pdol_data: bytes(&input["pdol_data"]),
            cdol1_data: bytes(&input["cdol1_data"]),
        }
    }

    fn key(&self) -> Capk<'_> {
        Capk::sm2(RID, self.index, &self.point)
    }

    fn authenticate(&self, method: &str, authorities: &Authorities<'_>) -> Result<(), OdaFault> {
        let mut memory = [0; 2 * Store::ROOM];
        let mut card = CardData::new(&mut memory, &self.aid, self.aip)?;
        for wanted in Afl::new(&self.afl).unwrap().records() {
            let is = |record: &&(u8, u8, _)| (record.0, record.1) == (wanted.sfi, wanted.number);
            let record = self.records.iter().find(is).unwrap();
            card.record(wanted.sfi, wanted.authenticated, &record.2)?;
        }
        match method {
            "sda" => card.sda(authorities, self.date),
            "dda" => card.dda(authorities, self.date, &self.response, &self.number),
            _ => {
                let sent = Sent {
                    unpredictable_number: &self.number,
                    pdol_data: &self.pdol_data,
                    cdol1_data: &self.cdol1_data,
                    cdol2_data: None,
                };
                card.cda(authorities, self.date, &self.response, &sent)
            }
        }
    }

    fn trusting(&self, method: &str) -> Result<(), OdaFault> {
        self.authenticate(method, &Authorities { keys: &[self.key()], revoked: &[] })
    }
}

const METHODS: [&str; 3] = ["sda", "dda", "cda"];

fn failed(tag: u32, check: Check) -> Result<(), OdaFault> {
    Err(OdaFault::Failed(Tag(tag), check))
}

#[test]
fn a_revoked_certificate_and_an_expired_authority() {
    for method in METHODS {
        let card = Card::valid(method);
        assert_eq!(card.trusting(method), Ok(()));
        let revoked = [Revoked { rid: RID, index: card.index, serial: [0, 0x30, 1] }];
        let authorities = Authorities { keys: &[card.key()], revoked: &revoked };
        assert_eq!(card.authenticate(method, &authorities), failed(0x90, Check::Revocation));
        let revoked = [Revoked { rid: RID, index: card.index ^ 1, serial: [0, 0x30, 1] }];
        let authorities = Authorities { keys: &[card.key()], revoked: &revoked };
        assert_eq!(card.authenticate(method, &authorities), Ok(()));

        let until = |expiry| Capk { expiry: Some(expiry), ..card.key() };
        let authorities = Authorities { keys: &[until(card.date)], revoked: &[] };
        assert_eq!(card.authenticate(method, &authorities), Ok(()));
        let before = Date::new(2029, 7, 3).unwrap();
        let authorities = Authorities { keys: &[until(before)], revoked: &[] };
        assert_eq!(card.authenticate(method, &authorities), failed(0x8F, Check::AuthorityExpiry));
    }
}

/// A card of the one kind, and a key of the other for its index.
#[test]
fn the_two_kinds_are_not_mixed() {
    for method in METHODS {
        let card = Card::valid(method);
        let modulus = [0xC1; 64];
        let rsa = Capk::new(RID, card.index, &modulus, &[3]);
        let authorities = Authorities { keys: &[rsa], revoked: &[] };
        // RSA needs exponents.
        let missing = if method == "sda" { 0x9F32 } else { 0x9F47 };
        let fault = card.authenticate(method, &authorities);
        assert_eq!(fault, Err(OdaFault::Missing(Tag(missing))));
        assert_eq!(
            card.authenticate(method, &Authorities::NONE),
            Err(OdaFault::Missing(Tag(missing)))
        );
    }
}

/// Whatever byte of a card is another, it is not authenticated: all that is
/// read is signed, but for the names of algorithms that do not count.
#[test]
fn every_byte_counts() {
    for method in METHODS {
        let card = Card::valid(method);
        // What is not looked at for this method.
        let passed_over: &[u8] = if method == "sda" { &[0x9F] } else { &[0x93] };
        for (index, record) in card.records.iter().enumerate() {
            let content = &record.2[if record.2[1] & 0x80 == 0 { 2 } else { 3 }..];
            if passed_over.contains(&content[0]) || content[0] == 0x8F {
                continue;
            }
            for at in (0..record.2.len()).step_by(5) {
                let mut other = Card::valid(method);
                other.records[index].2[at] ^= 0x11;
                assert!(other.trusting(method).is_err(), "{method} {index} {at}");
            }
        }
        for at in (0..card.response.len()).step_by(5) {
            let mut other = Card::valid(method);
            other.response[at] ^= 0x11;
            assert!(method == "sda" || other.trusting(method).is_err(), "{method} {at}");
        }
    }
}

#[test]
fn cut_anywhere_nothing_is_authenticated() {
    for method in METHODS {
        let card = Card::valid(method);
        for length in (0..card.response.len()).step_by(3) {
            let mut other = Card::valid(method);
            other.response.truncate(length);
            assert!(method == "sda" || other.trusting(method).is_err(), "{method} {length}");
        }
        // The certificates and the signature, each in a record of its own; the
        // last two are for one kind of method each.
        let used = if method == "sda" { [2, 3] } else { [2, 4] };
        for index in used {
            for length in (0..card.records[index].2.len()).step_by(5) {
                let mut other = Card::valid(method);
                other.records[index].2.truncate(length);
                assert!(other.trusting(method).is_err(), "{method} {index} {length}");
            }
        }
    }
}
