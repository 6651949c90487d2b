//! The simulated payment card and its issuer on their own: what they are asked
//! here is written by hand, with none of the kernel.

use embedded_pos::sim::card::{Application as _, EmvApplet, Misbehaviour, Personalisation};
use embedded_pos::sim::issuer::Issuer;

const SELECT: &[u8] = b"\x00\xA4\x04\x00\x08\xA0\x00\x00\x03\x33\x01\x01\x01\x00";
const OPEN: &[u8] = b"\x80\xA8\x00\x00\x0A\x83\x08\x01\x56\x00\x00\x00\x02\x00\x00\x00";
const PAN: &str = "6200000000000005";

/// What the first list of the card asks for, up to the time and the name.
const TOLD: &[u8] =
    b"\0\0\0\x02\0\0\0\0\0\0\0\0\x01\x56\x80\0\0\0\0\x01\x56\x25\x03\x01\0\x01\x02\x03\x04";

fn card() -> (EmvApplet, Issuer) {
    let issuer = Issuer::default();
    (EmvApplet::new(Personalisation::default(), &issuer), issuer)
}

fn status(answer: &[u8]) -> u16 {
    u16::from_be_bytes(*answer.last_chunk().unwrap())
}

fn generate(kind: u8, front: &[u8], back: &[u8]) -> Vec<u8> {
    let data = [front, TOLD, &[0x10, 0x15, 0x30], back].concat();
    let length = u8::try_from(data.len()).unwrap();
    [&[0x80, 0xAE, kind, 0x00, length][..], &data, &[0x00]].concat()
}

fn first() -> Vec<u8> {
    generate(0x80, &[], &[0x20; 20])
}

/// Field 55 of a request, from an answer in template 77.
fn field_55(answer: &[u8]) -> Vec<u8> {
    let own = &answer[2..answer.len() - 2];
    let told = b"\x9F\x02\x06\0\0\0\x02\0\0\x9F\x03\x06\0\0\0\0\0\0\x9F\x1A\x02\x01\x56\x95\x05\x80\0\0\0\0\x5F\x2A\x02\x01\x56\x9A\x03\x25\x03\x01\x9C\x01\0\x9F\x37\x04\x01\x02\x03\x04\x82\x02\x1C\0";
    [own, told].concat()
}

#[test]
fn an_issuer_knows_its_card_and_every_bit_of_the_request() {
    let (mut card, issuer) = card();
    card.process(SELECT);
    card.process(OPEN);
    let field = field_55(&card.process(&first()));
    let answer = issuer.authorise(PAN, 1, &field);
    assert!(answer.approved);
    assert_eq!((answer.arc, &answer.field_55[..2]), (*b"00", &[0x91, 10][..]));
    for at in 0..field.len() {
        for bit in 0..8 {
            let mut field = field.clone();
            field[at] ^= 1 << bit;
            // The low bits of 9F27 are in the card's own data again.
            let cid = field[..3] == [0x9F, 0x27, 0x01] && at == 3 && bit < 6;
            assert!(cid || !issuer.authorise(PAN, 1, &field).approved, "{at}, {bit}");
        }
    }
    assert!(!issuer.authorise(PAN, 2, &field).approved);
    assert!(!issuer.authorise("6200000000000013", 1, &field).approved);
    assert_eq!(Issuer::new([1; 16]).authorise(PAN, 1, &field).arc, *b"05");
}

#[test]
fn a_card_knows_its_issuer() {
    for (mask, sw) in [(0x00, 0x9000), (0x01, 0x6300)] {
        let (mut card, issuer) = card();
        card.process(SELECT);
        card.process(OPEN);
        let field = field_55(&card.process(&first()));
        let mut proof = issuer.authorise(PAN, 1, &field).field_55.split_off(2);
        proof[0] ^= mask;
        let command = [&[0x00, 0x82, 0x00, 0x00, 10][..], &proof].concat();
        assert_eq!(status(&card.process(&command)), sw);
        // Once in a transaction.
        assert_eq!(status(&card.process(&command)), 0x6985);
        let answer = card.process(&generate(0x40, b"00", &[]));
        let settled = field_55(&answer);
        assert_eq!(issuer.verify(PAN, 1, &settled), Some(0x40));
        // A third cryptogram is refused.
        assert_eq!(status(&card.process(&generate(0x40, b"00", &[]))), 0x6985);
    }
}

#[test]
fn commands_out_of_their_order_or_form_are_refused() {
    let (mut card, _) = card();
    let read = b"\x00\xB2\x01\x0C\x00";
    for (command, sw) in [
        (&read[..], 0x6985),
        (OPEN, 0x6985),
        (&first(), 0x6985),
        (b"\x00\xA4\x04\x00\x08\xA0\x00\x00\x03\x33\x01\x01\x09\x00", 0x6A82),
        (SELECT, 0x9000),
        (read, 0x6985),
        // Length, template, list.
        (b"\x80\xA8\x00\x00\x05\x83\x02\x01", 0x6700),
        (b"\x80\xA8\x00\x00\x02\x84\x00\x00", 0x6A80),
        (b"\x80\xA8\x00\x00\x04\x83\x02\x01\x56\x00", 0x6A80),
        (OPEN, 0x9000),
        (OPEN, 0x6985),
        (read, 0x9000),
        (b"\x00\xB2\x09\x0C\x00", 0x6A83),
        (b"\x00\xB2\x01\x0C", 0x6700),
        (b"\x00\xB2\x01\x0D\x00", 0x6A86),
        (&generate(0x80, &[], &[]), 0x6700),
        (&generate(0xC0, &[], &[0x20; 20]), 0x6A86),
        (b"\x00\x82\x00\x00\x0812345678", 0x6985),
        (&first(), 0x9000),
        (b"\x00\x82\x00\x00\x071234567", 0x6700),
        (b"\x00\xC0\x00\x00\x00", 0x6D00),
        (b"\x90\xA4\x04\x00\x00", 0x6E00),
        (b"\x00\xA4", 0x6700),
    ] {
        assert_eq!(status(&card.process(command)), sw, "{command:02X?}");
    }
}

#[test]
fn a_card_that_was_taken_out_says_nothing_until_it_is_reset() {
    let (mut card, _) = card();
    card.misbehave(Misbehaviour::Removed(1));
    assert_eq!(status(&card.process(SELECT)), 0x9000);
    assert!(!card.is_removed());
    assert!(card.process(OPEN).is_empty());
    assert!(card.is_removed());
    card.reset();
    assert!(!card.is_removed());
    assert_eq!(status(&card.process(SELECT)), 0x9000);
}
