//! RSA's public operation against an independent big-number library.

use embedded_pos::emv::oda::rsa::{MODULUS_MAX, RsaFault, recover};
use embedded_pos::sim::Draw;
use num_bigint::BigUint;

const THREE: &[u8] = &[3];
const F4: &[u8] = &[1, 0, 1];

/// `input ^ exponent mod modulus`, by the library.
fn expected(modulus: &[u8], exponent: &[u8], input: &[u8]) -> Vec<u8> {
    let [modulus_number, exponent, input] = [modulus, exponent, input].map(BigUint::from_bytes_be);
    let result = input.modpow(&exponent, &modulus_number).to_bytes_be();
    let zeros = if result == [0] { modulus.len() } else { modulus.len() - result.len() };
    let digits = if result == [0] { &[][..] } else { &result };
    [&vec![0; zeros][..], digits].concat()
}

fn agrees(modulus: &[u8], exponent: &[u8], input: &[u8]) {
    let mut out = vec![0xA5; modulus.len()];
    recover(modulus, exponent, input, &mut out).unwrap();
    assert_eq!(out, expected(modulus, exponent, input), "{modulus:02X?} {exponent:?} {input:02X?}");
}

fn bytes(draw: &mut Draw, len: usize) -> Vec<u8> {
    (0..len).map(|_| draw.number().to_le_bytes()[3]).collect()
}

/// An odd number of this length whose upper limb is as said.
fn modulus(draw: &mut Draw, len: usize) -> Vec<u8> {
    let mut modulus = bytes(draw, len);
    let top = match draw.below(6) {
        0 => [0xFF; 4],
        1 => [0x80, 0, 0, 0],
        2 => [0, 0, 0, 1],
        3 => [0x01, 0, 0, 0],
        _ => [0xC1, 0x57, 0x0D, 0xE9],
    };
    for (byte, top) in modulus.iter_mut().zip(top) {
        *byte = top;
    }
    modulus[0] = modulus[0].max(1);
    modulus[len - 1] |= 1;
    modulus
}

/// Below the modulus.
fn below(draw: &mut Draw, modulus: &[u8]) -> Vec<u8> {
    let number = BigUint::from_bytes_be(&bytes(draw, modulus.len()));
    let digits = (number % BigUint::from_bytes_be(modulus)).to_bytes_be();
    [&vec![0; modulus.len() - digits.len()][..], &digits].concat()
}

#[test]
fn any_length_agrees() {
    let mut draw = Draw::new(7);
    for len in 1..=MODULUS_MAX {
        for round in 0..8 {
            let modulus = modulus(&mut draw, len);
            let input = below(&mut draw, &modulus);
            agrees(&modulus, if round == 0 { F4 } else { THREE }, &input);
        }
    }
}

#[test]
fn the_lengths_of_cards_agree() {
    let mut draw = Draw::new(8);
    for len in [64, 72, 80, 96, 112, 128, 144, 176, 192, 224, 247, 248] {
        for round in 0..80 {
            let modulus = modulus(&mut draw, len);
            let input = below(&mut draw, &modulus);
            agrees(&modulus, if round % 16 == 0 { F4 } else { THREE }, &input);
        }
    }
}

/// Limbs of all ones and zeros, where carries run far and quotients are at
/// their ends.
#[test]
fn long_carries_agree() {
    let mut draw = Draw::new(9);
    let pattern = |draw: &mut Draw, len: usize| -> Vec<u8> {
        let limbs = (0..len.div_ceil(4)).flat_map(|_| match draw.below(4) {
            0 => [0; 4],
            1 => [0, 0, 0, 1],
            2 => [0x80, 0, 0, 0],
            _ => [0xFF; 4],
        });
        limbs.take(len).collect()
    };
    for round in 0..5_000 {
        let len = 1 + draw.below(64);
        let mut modulus = pattern(&mut draw, len);
        modulus[0] |= [0x01, 0x80, 0xFF][round % 3];
        modulus[len - 1] |= 1;
        let number = BigUint::from_bytes_be(&pattern(&mut draw, len));
        let digits = (number % BigUint::from_bytes_be(&modulus)).to_bytes_be();
        let input = [&vec![0; len - digits.len()][..], &digits].concat();
        agrees(&modulus, if round % 4 == 0 { F4 } else { THREE }, &input);
    }
}

#[test]
fn the_ends_of_the_range_agree() {
    for len in [1, 3, 4, 5, 8, 61, 128, 247, 248] {
        for first in [0x01, 0x7F, 0x80, 0xFF] {
            let mut modulus = vec![0xFF; len];
            modulus[0] = first;
            modulus[len - 1] |= 1;
            let mut low = vec![0; len];
            low[0] = first;
            low[len - 1] |= 1;
            for modulus in [modulus, low] {
                let mut one = vec![0; len];
                one[len - 1] = 1;
                let mut last = modulus.clone();
                last[len - 1] -= 1;
                let inputs = [vec![0; len], one, last];
                for input in inputs.iter().filter(|input| **input < modulus) {
                    agrees(&modulus, THREE, input);
                    agrees(&modulus, F4, input);
                }
            }
        }
    }
}

#[test]
fn what_cannot_be_is_refused() {
    let modulus = [0xC1; 128];
    let input = [0x6A; 128];
    let mut out = [0; 128];
    let mut refused = |modulus: &[u8], exponent: &[u8], input: &[u8], len| {
        let fault = recover(modulus, exponent, input, &mut out[..len]).unwrap_err();
        assert_eq!(out, [0; 128], "something was written");
        fault
    };
    let even = [&modulus[1..], &[0xC0]].concat();
    let zero = [&[0x00], &modulus[1..]].concat();
    assert_eq!(refused(&even, THREE, &input, 128), RsaFault::Modulus);
    assert_eq!(refused(&zero, THREE, &input, 128), RsaFault::Modulus);
    assert_eq!(refused(&[], THREE, &[], 0), RsaFault::Modulus);
    assert_eq!(refused(&[0xC1; 249], THREE, &[0x6A; 249], 128), RsaFault::Modulus);
    for exponent in [&[][..], &[0], &[1], &[2], &[4], &[17], &[0, 3], &[1, 0, 0], &[0, 1, 0, 1]] {
        assert_eq!(refused(&modulus, exponent, &input, 128), RsaFault::Exponent, "{exponent:?}");
    }
    assert_eq!(refused(&modulus, THREE, &input[1..], 128), RsaFault::Length);
    assert_eq!(refused(&modulus, THREE, &input, 127), RsaFault::Length);
    assert_eq!(refused(&modulus, THREE, &modulus, 128), RsaFault::Range);
    assert_eq!(refused(&modulus, THREE, &[0xFF; 128], 128), RsaFault::Range);
}
