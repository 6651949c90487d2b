//! The sealed container for templates, against another implementation.

use embedded_pos::fingerprint::trust::{Binding, OVERHEAD, Refusal, SealKey, open, seal};
use embedded_pos::fingerprint::{SensorId, Slot};

const KEY: SealKey = {
    let (mut key, mut i) = ([0; 32], 0_u8);
    while i < 32 {
        key[i as usize] = i;
        i += 1;
    }
    SealKey::new(key)
};

fn binding() -> Binding<'static> {
    Binding {
        device: b"TJ000123",
        person: b"012345",
        slot: Slot(3),
        sensor: SensorId::new(b"serial 1", true),
    }
}

fn template(length: usize) -> Vec<u8> {
    (0..length).map(|i| (i * 7 % 256) as u8).collect()
}

fn hex(text: &str) -> Vec<u8> {
    let digits = text.strip_prefix('-').unwrap_or(text).as_bytes();
    digits
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

fn sealed(binding: &Binding<'_>, counter: u32, length: usize) -> Vec<u8> {
    let mut buffer = template(length);
    buffer.resize(length + OVERHEAD, 0xEE);
    assert_eq!(seal(&KEY, binding, counter, &mut buffer, length), Ok(buffer.len()));
    buffer
}

#[test]
fn it_is_what_another_implementation_seals() {
    let vectors = include_str!("vectors/sealed/sealed.txt");
    for line in vectors.lines() {
        let column: Vec<_> = line.split(' ').collect();
        let (device, person, sensor) = (hex(column[0]), hex(column[1]), hex(column[3]));
        let sensor = SensorId::new(&sensor, column[4] == "1");
        let slot = Slot(column[2].parse().unwrap());
        let binding = Binding { device: &device, person: &person, slot, sensor };
        let (counter, length) = (column[5].parse().unwrap(), column[6].parse().unwrap());
        let mut container = hex(column[7]);
        assert_eq!(sealed(&binding, counter, length), container);
        assert_eq!(open(&KEY, &binding, counter, &mut container).unwrap(), template(length));
    }
    assert_eq!(vectors.lines().count(), 4);
}

#[test]
fn no_flipped_bit_and_no_cut_is_opened() {
    let container = sealed(&binding(), 9, 48);
    for bit in 0..container.len() * 8 {
        let mut changed = container.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        let refusal = open(&KEY, &binding(), 9, &mut changed).unwrap_err();
        let expected = match bit / 8 {
            0..=2 => Refusal::NoContainer,
            3 => Refusal::Version(1 ^ 1 << (bit % 8)),
            4..=7 => match 9 ^ 1_u32 << (bit - 32) {
                counter if counter < 9 => Refusal::Rollback { counter, oldest: 9 },
                _ => Refusal::NotAuthentic,
            },
            _ => Refusal::NotAuthentic,
        };
        assert_eq!(refusal, expected, "bit {bit}");
    }
    for length in 0..container.len() {
        assert!(open(&KEY, &binding(), 0, &mut container[..length].to_vec()).is_err());
    }
    let mut longer = [container, vec![0]].concat();
    assert_eq!(open(&KEY, &binding(), 0, &mut longer), Err(Refusal::NotAuthentic));
}

#[test]
fn it_opens_for_what_it_is_bound_to_alone() {
    let good = binding();
    let others = [
        Binding { device: b"TJ000124", ..good },
        Binding { person: b"012346", ..good },
        // The same bytes, otherwise divided.
        Binding { device: b"TJ0001230", person: b"12345", ..good },
        Binding { slot: Slot(4), ..good },
        Binding { sensor: SensorId::new(b"serial 2", true), ..good },
        Binding { sensor: SensorId::new(b"serial 1", false), ..good },
    ];
    for other in &others {
        let mut container = sealed(&good, 5, 16);
        let before = container.clone();
        assert_eq!(open(&KEY, other, 5, &mut container), Err(Refusal::NotAuthentic));
        assert_eq!(container, before, "nothing of the template is left behind");
    }
    let mut container = sealed(&good, 5, 16);
    let key = SealKey::new([1; 32]);
    assert_eq!(open(&key, &good, 5, &mut container), Err(Refusal::NotAuthentic));
    let older = Refusal::Rollback { counter: 5, oldest: 6 };
    assert_eq!(open(&KEY, &good, 6, &mut container), Err(older));
    assert_eq!(open(&KEY, &good, 5, &mut container).unwrap(), template(16));
}

#[test]
fn what_does_not_fit_changes_nothing() {
    let mut small = [7; OVERHEAD + 15];
    assert_eq!(seal(&KEY, &binding(), 1, &mut small, 16), Err(Refusal::NoRoom(OVERHEAD + 16)));
    assert_eq!(seal(&KEY, &binding(), 1, &mut small, usize::MAX), Err(Refusal::NoRoom(usize::MAX)));
    let long = Binding { person: &[0; 33], ..binding() };
    assert_eq!(seal(&KEY, &long, 1, &mut small, 8), Err(Refusal::LongName));
    assert_eq!(small, [7; OVERHEAD + 15]);
    assert_eq!(format!("{KEY:?}"), "SealKey(..)");
}

#[test]
fn a_counter_that_comes_twice_shows_only_whether_it_is_the_same() {
    let one = sealed(&binding(), 1, 64);
    assert_eq!(one, sealed(&binding(), 1, 64));
    let mut other = template(64);
    other[63] ^= 1;
    other.resize(64 + OVERHEAD, 0);
    seal(&KEY, &binding(), 1, &mut other, 64).unwrap();
    // Not one block of the key stream is shared.
    for block in [8..24, 24..40, 40..56] {
        assert_ne!(one[block.clone()], other[block]);
    }
}
