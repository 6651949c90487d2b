//! What every front end is to do, whatever the chip.

use embedded_pos::card::contactless::{FrontEnd, Heard, Operation, Rate, Rates, Technology};
use embedded_pos::port::{Duration, Instant};
use embedded_pos::sim::card::{Disturbance, Echo, IsoDepCard, Picc, Signal};

use super::{Mirror, Modelled, bench, ready};

const NONE: [&str; 0] = [];

pub fn a_card_answers_wupa_anticollision_select_and_rats<M: Modelled>() {
    let (mut bench, bus) = ready::<M>(Technology::A);
    bus.chip().air().add(IsoDepCard::type_a(Echo).with_uid(&[1, 2, 3, 4]));
    assert_eq!(bench.bits(&[0x52], 7, false), Ok(Heard::Frame));
    assert_eq!((bench.frame.bytes(), bench.frame.bits()), (&[0x04, 0x00][..], 16));
    assert_eq!(bench.bits(&[0x93, 0x20], 16, true), Ok(Heard::Frame));
    assert_eq!(bench.frame.bytes(), [1, 2, 3, 4, 4]);
    assert_eq!(bench.exchange(&[0x93, 0x70, 1, 2, 3, 4, 4], 200), Ok(Heard::Frame));
    assert_eq!(bench.frame.bytes(), [0x20]);
    assert_eq!(bench.exchange(&[0xE0, 0x80], 10_000), Ok(Heard::Frame));
    assert_eq!(bench.frame.bytes().first(), Some(&8));
    assert_eq!(bench.operate(Operation::Field(false)), Ok(Heard::Silence));
    assert!(!bus.chip().air().is_on());
    assert_eq!(bus.chip().violations(), NONE);
}

pub fn nothing_in_the_field_is_silence_in_time<M: Modelled>() {
    for technology in [Technology::A, Technology::B] {
        let (mut bench, bus) = ready::<M>(technology);
        for wait in [100, 5_000, 300_000, 600_000, 4_949_000] {
            let begun = bench.now();
            let heard = bench.exchange(&[0x05, 0x00, 0x08], wait);
            assert_eq!(heard, Ok(Heard::Silence));
            let took = bench.now().since(begun).as_micros();
            assert!((wait..wait + wait / 500 + 2_500).contains(&took), "{wait}: {took}");
        }
        assert_eq!(bus.chip().violations(), NONE);
    }
}

pub fn two_cards_collide_at_the_bit_where_they_differ<M: Modelled>() {
    let (mut bench, bus) = ready::<M>(Technology::A);
    for uid in [[0x11, 0x22, 0x33, 0x44], [0x11, 0x22, 0x13, 0x44]] {
        bus.chip().air().add(IsoDepCard::type_a(Echo).with_uid(&uid));
    }
    assert_eq!(bench.bits(&[0x52], 7, false), Ok(Heard::Frame));
    assert_eq!(bench.bits(&[0x93, 0x20], 16, true), Ok(Heard::Collision { bit: 21 }));
    assert_eq!(bench.frame.bytes()[..2], [0x11, 0x22]);
    assert_eq!(bench.frame.bytes()[2] & 0x1F, 0x13);
    // The bit is set: 22 bits of the UID are known, 2 bytes and 6 bits.
    let known = [0x93, 0x46, 0x11, 0x22, 0x33];
    assert_eq!(bench.bits(&known, 16 + 22, true), Ok(Heard::Frame));
    // Of 33 the two bits that were not sent, and below them nothing.
    assert_eq!(bench.frame.bytes(), [0x00, 0x44, 0x44]);
    assert_eq!(bus.chip().violations(), NONE);
}

pub fn cards_with_other_uid_lengths_collide_in_atqa<M: Modelled>() {
    let (mut bench, bus) = ready::<M>(Technology::A);
    bus.chip().air().add(IsoDepCard::type_a(Echo));
    bus.chip().air().add(IsoDepCard::type_a(Echo).with_uid(&[4, 2, 3, 4, 5, 6, 7]));
    // 04 00 and 44 00.
    assert_eq!(bench.bits(&[0x52], 7, false), Ok(Heard::Collision { bit: 6 }));
    assert_eq!(bus.chip().violations(), NONE);
}

pub fn a_second_collision_is_counted_from_the_alignment<M: Modelled>() {
    let (mut bench, bus) = ready::<M>(Technology::A);
    for uid in [[0x11, 0x22, 0x33, 0x44], [0x11, 0x22, 0xB3, 0x44], [0x10, 0, 0, 0]] {
        bus.chip().air().add(IsoDepCard::type_a(Echo).with_uid(&uid));
    }
    assert_eq!(bench.bits(&[0x52], 7, false), Ok(Heard::Frame));
    assert_eq!(bench.bits(&[0x93, 0x20], 16, true), Ok(Heard::Collision { bit: 0 }));
    // 0 bytes and 1 bit of the UID; the answer has bits 1 to 7 in its first
    // byte, and the cards differ in bit 23.
    assert_eq!(bench.bits(&[0x93, 0x21, 0x01], 17, true), Ok(Heard::Collision { bit: 23 }));
    assert_eq!(bench.frame.bytes()[..2], [0x10, 0x22]);
    assert_eq!(bus.chip().violations(), NONE);
}

pub fn frames_of_every_length_pass_both_ways<M: Modelled>() {
    let long: Vec<u8> = (0..254).collect();
    for technology in [Technology::A, Technology::B] {
        for len in [1, 2, 61, 62, 63, 64, 65, 126, 127, 128, 253, 254] {
            let (mut bench, bus) = ready::<M>(technology);
            let card = Mirror::new(technology, &long[..255 - len]).shared();
            bus.chip().air().add(card.clone());
            assert_eq!(bench.exchange(&long[..len], 5_000), Ok(Heard::Frame), "{len}");
            assert_eq!(bench.frame.bytes(), &long[..255 - len]);
            assert_eq!(card.lock().unwrap().heard, [&long[..len]]);
            assert_eq!(bus.chip().violations(), NONE);
        }
    }
}

pub fn errors_of_the_line_are_told_apart_from_silence<M: Modelled>() {
    let cases = [
        (Disturbance::Flipped(3), Heard::Garbled),
        (Disturbance::Broken, Heard::Garbled),
        (Disturbance::Lost, Heard::Silence),
        (Disturbance::Late(Duration::from_millis(20)), Heard::Silence),
    ];
    for technology in [Technology::A, Technology::B] {
        for (disturbance, heard) in cases {
            let (mut bench, bus) = ready::<M>(technology);
            bus.chip().air().add(Mirror::new(technology, &[1, 2, 3]));
            bus.chip().air().disturb(1, disturbance);
            assert_eq!(bench.exchange(&[0x55], 5_000), Ok(heard), "{disturbance:?}");
            bench.clock.advance(Duration::from_millis(50));
            assert_eq!(bench.exchange(&[0x55], 5_000), Ok(Heard::Frame));
            assert_eq!(bench.frame.bytes(), [1, 2, 3]);
            assert_eq!(bus.chip().violations(), NONE);
        }
    }
}

/// Answers at the fourth of the highest rate, asked at double the lowest.
struct Fast(Technology);

impl Picc for Fast {
    fn field(&mut self, _: bool, _: Instant) {}

    fn hear(&mut self, signal: &Signal, _: Instant) -> Option<(Duration, Signal)> {
        assert_eq!(signal.rate, Rate::R212);
        let answer = Signal::with_crc(self.0, &[7; 40]).at(Rate::R424);
        Some((Duration::from_micros(300), answer))
    }
}

pub fn rates_are_set_in_both_directions<M: Modelled>() {
    let rates = Rates { send: Rate::R212, receive: Rate::R424 };
    for technology in [Technology::A, Technology::B] {
        let (mut bench, bus) = bench(M::new(), M::chip(rates));
        assert_eq!(bench.chip.abilities().rates, rates);
        bench.init().unwrap();
        bench.field(technology).unwrap();
        bus.chip().air().add(Fast(technology));
        bench.operate(Operation::Modulation { technology, rates }).unwrap();
        assert_eq!(bench.exchange(&[9; 40], 5_000), Ok(Heard::Frame));
        assert_eq!(bench.frame.bytes(), [7; 40]);
        assert_eq!(bus.chip().violations(), NONE);
    }
}

/// Whatever was under way is given up, and leaves nothing behind.
pub fn an_operation_can_be_abandoned_anywhere<M: Modelled>() {
    for steps in 0..60 {
        let (mut bench, bus) = ready::<M>(Technology::A);
        bus.chip().air().add(IsoDepCard::type_a(Echo));
        bench.frame.send_bits(&[0x52], 7, false);
        let now = bench.now();
        bench.chip.begin(Operation::Transceive { wait: Duration::from_micros(200) }, now);
        bench.some(steps);
        bench.operate(Operation::Field(false)).unwrap();
        bench.clock.advance(Duration::from_millis(6));
        bench.field(Technology::A).unwrap();
        assert_eq!(bench.bits(&[0x52], 7, false), Ok(Heard::Frame), "after {steps}");
        assert_eq!(bench.frame.bytes(), [0x04, 0x00]);
        assert_eq!(bus.chip().violations(), NONE);
    }
}

/// Answers after 3 ms.
struct Slow(Technology);

impl Picc for Slow {
    fn field(&mut self, _: bool, _: Instant) {}

    fn hear(&mut self, _: &Signal, _: Instant) -> Option<(Duration, Signal)> {
        Some((Duration::from_millis(3), Signal::with_crc(self.0, &[7; 100])))
    }
}

/// EMV: what is shorter than four bytes and wrong is no answer.
pub fn noise_is_waited_through<M: Modelled>() {
    for technology in [Technology::A, Technology::B] {
        let (mut bench, bus) = ready::<M>(technology);
        let card = bus.chip().air().add(Slow(technology));
        for after in [200, 600, 1_500] {
            bus.chip().make_noise(Duration::from_micros(after));
            assert_eq!(bench.exchange(&[0x55], 5_000), Ok(Heard::Frame), "{after}");
            assert_eq!(bench.frame.bytes(), [7; 100]);
        }
        bus.chip().air().remove(card);
        bus.chip().make_noise(Duration::from_micros(1_000));
        let begun = bench.now();
        assert_eq!(bench.exchange(&[0x55], 5_000), Ok(Heard::Silence));
        let took = bench.now().since(begun).as_micros();
        assert!((5_000..8_500).contains(&took), "{took}");
        assert_eq!(bus.chip().violations(), NONE);
    }
}
