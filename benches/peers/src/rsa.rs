//! The public operation of RSA with 1984 bits and the exponent 3: an issuer's
//! certificate, by a key of its scheme.

use std::sync::LazyLock;

use crypto_bigint::modular::{FixedMontyForm, FixedMontyParams};
use crypto_bigint::{Limb, Odd, Uint};
use embedded_pos::emv::oda::rsa;
use num_bigint::BigUint;

use crate::digest;

type U1984 = Uint<{ 1984 / Limb::BITS as usize }>;

/// Modulus and certificate.
static INPUT: LazyLock<[Vec<u8>; 2]> = LazyLock::new(|| {
    let vectors = include_str!("../../../tests/vectors/emv/recovered.jsonl");
    ["\"modulus\": \"", "\"signature\": \""].map(|name| {
        let digits = vectors.split_once(name).unwrap().1.split('"').next().unwrap();
        let byte = |at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
        (0..digits.len()).step_by(2).map(byte).collect()
    })
});

fn whole(recovered: &[u8]) -> u64 {
    recovered.iter().fold(0, |state, &byte| digest(state, byte.into()))
}

pub fn ours() -> u64 {
    let [modulus, certificate] = &*INPUT;
    let mut out = [0; 248];
    rsa::recover(modulus, &[3], certificate, &mut out).unwrap();
    whole(&out)
}

pub fn crypto_bigint() -> u64 {
    let [modulus, certificate] = &*INPUT;
    let modulus = Odd::new(U1984::from_be_slice(modulus)).unwrap();
    let params = FixedMontyParams::new_vartime(modulus);
    let base = FixedMontyForm::new(&U1984::from_be_slice(certificate), &params);
    let result = base.pow_vartime(&crypto_bigint::U64::from(3_u64)).retrieve();
    let words = result.as_words().iter().rev();
    words.flat_map(|word| word.to_be_bytes()).fold(0, |state, byte| digest(state, byte.into()))
}

/// It allocates.
pub fn num_bigint() -> u64 {
    let [modulus, certificate] = &*INPUT;
    let [modulus, base] = [modulus, certificate].map(|bytes| BigUint::from_bytes_be(bytes));
    whole(&base.modpow(&BigUint::from(3_u8), &modulus).to_bytes_be())
}
