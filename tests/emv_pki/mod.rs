//! A certification authority, an issuer and a card that sign what a test says,
//! with another library's arithmetic. The keys were drawn for this and guard
//! nothing.
#![allow(dead_code, reason = "each test takes what it needs")]

use num_bigint::BigUint;
use sha1::{Digest, Sha1};

/// A key pair with the exponent 3, in hexadecimal.
#[derive(Clone, Copy)]
pub struct Pair {
    modulus: &'static str,
    private: &'static str,
}

/// Of the authority, 128 bytes.
pub const AUTHORITY: Pair = Pair {
    modulus: "C7BF18C91108DFD4FB7AD3328366F37E607252708BAD26ABEAFC9A7892456E5E91566DCCD7A0DB71\
     61C9EC5D9E144585E3C436BAEFC3A9DA5DD16FFCBAA7346B54A91D26D80CC51C25B444E97B3591DC\
     25395C5C0A73F36346D8D15E4C2187FDA2D87B40AC64E5B81DE1809414651B55EF5AC17CEFAFED55\
     AD1F3BDE63FDA4A1",
    private: "852A10860B5B3FE35251E221ACEF4CFEEAF6E1A05D1E19C7F1FDBC5061839EE9B6399E888FC0924B\
     96869D93BEB82E594282CF274A82713C3E8B9FFDD1C4CD9BB571497F72DC7CF8076D4EEDF981AC97\
     C61B8E2BC1612CC69F62B0292C8EC2A01B8B3E69E170FDB193C7CF77554828DDB46485349711861E\
     2A6F49E01D4CB583",
};

/// Of the issuer, 128 bytes.
pub const ISSUER: Pair = Pair {
    modulus: "CFE60A983BFC8C8D598363EB66247C58EAEA35C7EB561D09E208E513D1D9E4CAB7A509C76A726E0A\
     59C1A3F44FEEB909307EAA2638F52632B752060220D7720E49972520634DB6CBD6942524833B6AA1\
     1EE85AD9C4EE1AF81A2AB292B6C5C7ED0CB1DD966A22C7B10CA64151E77008F447F8F5C8AEBF8D42\
     C04E87F5BBF9C283",
    private: "8A995C657D53085E3BACED47996DA83B4746CE85478EBE0696B098B7E13BEDDC7A6E0684F1A19EB1\
     912BC2A2DFF47B5B75A9C6C425F8C421CF8C04016B3A4C0852BD2F6A7B81D2EAEEE7E71CDB4F3C01\
     BD85EFE2CB1F79CC485E699BCF46452D9C32CB7F5F596DD8CF361D33A6E9148447FFC1ABD18ABF5C\
     2C02DBA1AC1140BB",
};

/// Of the card, 96 bytes.
pub const CARD: Pair = Pair {
    modulus: "BC73F8495EF657FF76D0A5D32EB2B5A99DEA445E15778FD013B0BBAFA49EFE009F2BDE1233CCD2AA\
     4EEF03D2A64F1C79DDB5E5D0CDAD52A96D4B279CB499E2171372CC572C01AE01522B599A2680C458\
     A9B95FE34D147BD236598E70E1AC6DE5",
    private: "7DA2A5863F4EE554F9E06E8CC9CC791BBE9C2D940E4FB5356275D2751869FEAB14C7E96177DDE1C6\
     DF4A028C6EDF685018383D6D6DFF7B52BBC0C0B1E32A10396A9E843D41F0658DB464AA62C8E2BC2D\
     9E51BBBFBD5AC074F21B586BCE86D073",
};

/// Of the card, for a PIN, 80 bytes.
pub const PIN: Pair = Pair {
    modulus: "C3498899AD83CB64B8DA4718942ED0CD97EB08FB1ECD99F51B1A8B9C70F91AF0DD7C4D072E55D8F9\
     E8BD422B0F80126C6122A0C11BB460EFF026759E8CF6EA245F218A7752FA357B89FFFF0093BF1FED",
    private: "823105BBC90287987B3C2F65B81F35DE65475B521489114E1211B2684B50BCA093A8335A1EE3E5FA\
     C60B76F1F18C3441329A4FFAEF47E23045C4DEDE1C17E239A37879789AC57C821501DDC80AD091D3",
};

pub fn hex(digits: &str) -> Vec<u8> {
    let byte = |at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
    (0..digits.len()).step_by(2).map(byte).collect()
}

impl Pair {
    pub fn modulus(&self) -> Vec<u8> {
        hex(self.modulus)
    }

    /// `plain` is as long as the modulus.
    pub fn sign(&self, plain: &[u8]) -> Vec<u8> {
        assert_eq!(plain.len(), self.modulus.len() / 2);
        let number = |digits: &str| BigUint::parse_bytes(digits.as_bytes(), 16).unwrap();
        let plain_number = BigUint::from_bytes_be(plain);
        let signed =
            plain_number.modpow(&number(self.private), &number(self.modulus)).to_bytes_be();
        [&vec![0; plain.len() - signed.len()][..], &signed].concat()
    }

    /// Signs `6A`, the data, the hash of them and of what is outside, `BC`.
    pub fn seal(&self, data: &[u8], outside: &[u8]) -> Vec<u8> {
        let hash = Sha1::new().chain_update(data).chain_update(outside).finalize();
        self.sign(&[&[0x6A], data, &hash, &[0xBC]].concat())
    }
}

/// A certificate, all of its fields open to change.
#[derive(Clone)]
pub struct Certificate {
    pub format: u8,
    pub subject: Vec<u8>,
    pub expiry: [u8; 2],
    pub serial: [u8; 3],
    pub hash_algorithm: u8,
    pub key_algorithm: u8,
    pub key: Vec<u8>,
    pub exponent: Vec<u8>,
}

impl Certificate {
    pub fn issuer(digits: &[u8; 4]) -> Self {
        Self::of(0x02, digits, &ISSUER)
    }

    pub fn card(pan: &[u8; 10], pair: &Pair) -> Self {
        Self::of(0x04, pan, pair)
    }

    fn of(format: u8, subject: &[u8], pair: &Pair) -> Self {
        Self {
            format,
            subject: subject.to_vec(),
            expiry: [0x12, 0x29],
            serial: [0x00, 0x01, 0x02],
            hash_algorithm: 0x01,
            key_algorithm: 0x01,
            key: pair.modulus(),
            exponent: vec![0x03],
        }
    }

    /// The certificate by this signer, and what it had no room for.
    pub fn signed(&self, by: &Pair, outside: &[u8]) -> (Vec<u8>, Vec<u8>) {
        let fixed = [
            &[self.format][..],
            &self.subject,
            &self.expiry,
            &self.serial,
            &[self.hash_algorithm, self.key_algorithm, self.key.len() as u8, 1],
        ]
        .concat();
        let room = by.modulus().len() - 22 - fixed.len();
        let held = room.min(self.key.len());
        let (digits, remainder) = self.key.split_at(held);
        let data = [&fixed, digits, &vec![0xBB; room - held][..]].concat();
        let outside = [remainder, &self.exponent, outside].concat();
        (by.seal(&data, &outside), remainder.to_vec())
    }
}

/// An object with this tag.
pub fn tlv(tag: u32, value: &[u8]) -> Vec<u8> {
    let tag = tag.to_be_bytes();
    let first = tag.iter().position(|&byte| byte != 0).unwrap();
    let length = value.len() as u8;
    let form = if length < 0x80 { vec![length] } else { vec![0x81, length] };
    [&tag[first..], &form, value].concat()
}
