//! Keys, cryptograms and scripts of the simulated issuer, as others compute them.

use embedded_pos::sim::issuer::{Cipher, Derivation, MasterKey};

fn bytes(text: &str) -> Vec<u8> {
    if text == "-" {
        return Vec::new();
    }
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
        .collect()
}

fn array<const N: usize>(text: &str) -> [u8; N] {
    bytes(text).try_into().unwrap()
}

/// Checks each step of a case from what the vector says of the step before.
fn check(cipher: Cipher, line: &str) {
    let fields: Vec<&str> = line.split(' ').collect();
    let [master, pan, sequence, atc, data, card, session, ac, rest @ ..] = &fields[..] else {
        panic!("{line}");
    };
    let [arc, arpc_1, csu, proprietary, arpc_2, script, header, content, mac, rest @ ..] = rest
    else {
        panic!("{line}");
    };
    let [_, block, enciphered] = rest else { panic!("{line}") };

    let issuer = MasterKey::new(cipher, array(master));
    let derivation = Derivation::of(cipher, pan);
    let of_card = issuer.of_card(derivation, pan, sequence.parse().unwrap());
    assert_eq!(of_card.expose(), array(card), "{line}");
    let counter = u16::from_be_bytes(array(atc));
    let key = of_card.cryptogram_session(counter);
    assert_eq!(key.expose(), array(session), "{line}");
    let cryptogram = key.cryptogram(&bytes(data));
    assert_eq!(cryptogram, array(ac), "{line}");
    assert_eq!(key.response(cryptogram, array(arc)), array(arpc_1), "{line}");
    let update = key.status_update(cryptogram, array(csu), &bytes(proprietary));
    assert_eq!(update, array(arpc_2), "{line}");

    let key = of_card.script_session(cryptogram);
    assert_eq!(key.expose(), array(script), "{line}");
    let made = key.script_mac(array(header), counter, cryptogram, &bytes(content));
    assert_eq!(made, array(mac), "{line}");
    assert_eq!(key.encipher(&bytes(block)), bytes(enciphered), "{line}");
    assert_eq!(key.decipher(&bytes(enciphered)), Some(bytes(block)), "{line}");
}

fn check_all(cipher: Cipher, file: &str) -> usize {
    let cases = file.lines().filter(|line| !line.starts_with('#'));
    cases.inspect(|line| check(cipher, line)).count()
}

#[test]
fn keys_cryptograms_and_scripts_are_those_of_pyemv() {
    let file = include_str!("vectors/emv/cryptograms.txt");
    assert_eq!(check_all(Cipher::TripleDes, file), 256);
    // Both options are among them.
    let lengths = file.lines().skip(1).map(|line| line.split(' ').nth(1).unwrap().len());
    let long = lengths.filter(|&length| length > 16).count();
    assert!((64..192).contains(&long), "{long}");
}

#[test]
fn with_aes_they_are_those_of_the_steps_one_by_one() {
    assert_eq!(check_all(Cipher::Aes, include_str!("vectors/emv/aes.txt")), 64);
}

#[test]
fn what_was_not_enciphered_with_a_key_is_not_deciphered_with_it() {
    for cipher in [Cipher::TripleDes, Cipher::Aes] {
        let key = MasterKey::new(cipher, [0x11; 16]).script_session([0x22; 8]);
        let other = MasterKey::new(cipher, [0x11; 16]).script_session([0x23; 8]);
        let enciphered = other.encipher(b"a PIN block");
        assert_ne!(key.decipher(&enciphered).as_deref(), Some(&b"a PIN block"[..]));
        assert_eq!(other.decipher(&enciphered[1..]), None);
        assert_eq!(key.decipher(&[]), None);
    }
}
