//! Offline data authentication, by the letter of EMV Book 2, 5 and 6.

use embedded_pos::sim::card::pki::AuthorityKey;
use num_bigint::BigUint;
use sha1::{Digest, Sha1};

use super::{Session, elements};

/// A modulus and an exponent.
pub type PublicKey = (Vec<u8>, Vec<u8>);

/// What is wrong.
pub type Wrong = &'static str;

pub fn hash(parts: &[&[u8]]) -> [u8; 20] {
    Sha1::digest(parts.concat()).into()
}

/// The operation with a public key.
pub fn apply((modulus, exponent): &PublicKey, data: &[u8]) -> Vec<u8> {
    let number = BigUint::from_bytes_be;
    let bytes = number(data).modpow(&number(exponent), &number(modulus)).to_bytes_be();
    [vec![0; modulus.len() - bytes.len()], bytes].concat()
}

/// What was signed, from the format octet to the padding: with what stands
/// beside it, it has the right hash.
fn recover(key: &PublicKey, signature: &[u8], format: u8, beside: &[u8]) -> Result<Vec<u8>, Wrong> {
    check(signature.len() == key.0.len(), "length")?;
    let clear = apply(key, signature);
    check(clear[0] == 0x6A, "header")?;
    check(clear[clear.len() - 1] == 0xBC, "trailer")?;
    let (data, digest) = clear[1..clear.len() - 1].split_at(clear.len() - 22);
    check(data[0] == format, "format")?;
    let algorithm = match format {
        0x02 => 10,
        0x04 => 16,
        _ => 1,
    };
    check(data[algorithm] == 0x01, "hash algorithm")?;
    check(digest == hash(&[data, beside]), "hash")?;
    Ok(data.to_vec())
}

/// A key from a certificate with a subject of so many bytes.
fn certified(
    signer: &PublicKey,
    (certificate, remainder, exponent): (&[u8], &[u8], &[u8]),
    subject: &[u8],
    static_data: &[u8],
) -> Result<PublicKey, Wrong> {
    let format = if subject.len() == 4 { 0x02 } else { 0x04 };
    let beside = [remainder, exponent, static_data].concat();
    let data = recover(signer, certificate, format, &beside)?;
    let (own, rest) = data[1..].split_at(subject.len());
    check(own == subject, "subject")?;
    let [month, year, _, _, _, _, algorithm, length, exponent_length, inside @ ..] = rest else {
        return Err("too short");
    };
    // In March 2025; all here are of this century.
    check((*year, *month) >= (0x25, 0x03), "expired")?;
    check(*algorithm == 0x01, "key algorithm")?;
    check(usize::from(*exponent_length) == exponent.len(), "exponent length")?;
    let length = usize::from(*length);
    let room = inside.len().min(length);
    let modulus = [&inside[..room], remainder].concat();
    check(modulus.len() == length, "key length")?;
    check(inside[room..].iter().all(|&byte| byte == 0xBB), "key length")?;
    Ok((modulus, exponent.to_vec()))
}

fn check(right: bool, wrong: Wrong) -> Result<(), Wrong> {
    if right { Ok(()) } else { Err(wrong) }
}

impl Session {
    fn value(&self, tag: u32) -> &[u8] {
        self.known.get(&tag).map(Vec::as_slice).unwrap_or_default()
    }

    pub fn issuer_key(&self, authority: &AuthorityKey) -> Result<PublicKey, Wrong> {
        check(self.value(0x8F) == [authority.index], "index")?;
        let key = (authority.modulus.clone(), authority.exponent.clone());
        let parts = (self.value(0x90), self.value(0x92), self.value(0x9F32));
        let pan = self.value(0x5A);
        certified(&key, parts, &[pan[0], pan[1], pan[2], 0xFF], &[])
    }

    fn pan(&self) -> Vec<u8> {
        let mut pan = self.value(0x5A).to_vec();
        pan.resize(10, 0xFF);
        pan
    }

    pub fn card_key(&self, issuer: &PublicKey) -> Result<PublicKey, Wrong> {
        let parts = (self.value(0x9F46), self.value(0x9F48), self.value(0x9F47));
        certified(issuer, parts, &self.pan(), &self.static_data)
    }

    pub fn pin_key(&self, issuer: &PublicKey) -> Result<PublicKey, Wrong> {
        let parts = (self.value(0x9F2D), self.value(0x9F2F), self.value(0x9F2E));
        certified(issuer, parts, &self.pan(), &[])
    }

    /// SDA; the Data Authentication Code.
    pub fn static_authentication(&self, issuer: &PublicKey) -> Result<[u8; 2], Wrong> {
        let data = recover(issuer, self.value(0x93), 0x03, &self.static_data)?;
        check(data[4..].iter().all(|&byte| byte == 0xBB), "padding")?;
        Ok([data[2], data[3]])
    }

    /// ICC Dynamic Data of a signature over what the terminal said.
    fn dynamic_data(key: &PublicKey, signature: &[u8], said: &[u8]) -> Result<Vec<u8>, Wrong> {
        let data = recover(key, signature, 0x05, said)?;
        let dynamic = data[3..].get(..data[2].into()).ok_or("dynamic length")?;
        check(data[3 + dynamic.len()..].iter().all(|&byte| byte == 0xBB), "padding")?;
        check((2..=8).contains(&dynamic[0]), "dynamic number")?;
        Ok(dynamic.to_vec())
    }

    /// DDA: INTERNAL AUTHENTICATE; the ICC Dynamic Number.
    pub fn dynamic_authentication(&mut self, key: &PublicKey) -> Result<Vec<u8>, Wrong> {
        let said = self.fill(&self.known[&0x9F49].clone());
        let (answer, status) = self.send([0x00, 0x88, 0, 0], &said, true);
        assert_eq!(status, 0x9000);
        let (template, content) = elements(&answer).remove(0);
        let signature = match template {
            0x80 => content,
            _ => elements(&content).remove(0).1,
        };
        Ok(Self::dynamic_data(key, &signature, &said)?[1..].to_vec())
    }

    /// CDA of the answer to a GENERATE AC; puts `9F26`.
    pub fn combined_authentication(
        &mut self,
        key: &PublicKey,
        content: &[u8],
    ) -> Result<(), Wrong> {
        let found = elements(content);
        check(found.iter().all(|(tag, _)| *tag != 0x9F26), "cryptogram in the clear")?;
        let signature = self.value(0x9F4B);
        let dynamic = Self::dynamic_data(key, signature, self.value(0x9F37))?;
        let rest = &dynamic[1 + usize::from(dynamic[0])..];
        check(rest.len() == 29, "dynamic length")?;
        check(rest[..1] == *self.value(0x9F27), "information")?;
        let others = found.iter().filter(|(tag, _)| *tag != 0x9F4B);
        let others: Vec<u8> = others.flat_map(|(tag, value)| super::element(*tag, value)).collect();
        let lists = [&self.pdol_data[..], &self.cdol1_data, &self.cdol2_data, &others];
        check(rest[9..] == hash(&lists), "data hash")?;
        self.known.insert(0x9F26, rest[1..9].to_vec());
        check(self.kind() == Some(rest[0] & 0xC0), "cryptogram")
    }
}
