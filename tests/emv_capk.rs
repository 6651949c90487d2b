//! Keys of certification authorities: public ones, downloads, updates.

mod emv_pki;

use embedded_pos::civil::Date;
use embedded_pos::emv::Tag;
use embedded_pos::emv::oda::rsa::RsaFault;
use embedded_pos::emv::oda::{Authorities, Capk, CapkFault, KeyRing};
use emv_pki::{hex, tlv};

/// A line of the public list.
struct Listed {
    rid: [u8; 5],
    index: u8,
    modulus: Vec<u8>,
    exponent: Vec<u8>,
    checksum: Option<[u8; 20]>,
}

fn listed() -> Vec<Listed> {
    let lines = include_str!("vectors/emv/capk.txt").lines();
    let read = |line: &str| {
        let columns: Vec<&str> = line.split('\t').map(str::trim).collect();
        let checksum = columns.get(6).filter(|digits| !digits.is_empty());
        Listed {
            rid: hex(columns[3]).try_into().unwrap(),
            index: hex(columns[2])[0],
            modulus: hex(columns[4]),
            exponent: hex(columns[1]),
            checksum: checksum.map(|digits| hex(digits).try_into().unwrap()),
        }
    };
    lines.map(read).collect()
}

impl Listed {
    fn key(&self) -> Capk<'_> {
        let key = Capk::new(self.rid, self.index, &self.modulus, &self.exponent);
        Capk { checksum: self.checksum, ..key }
    }

    /// As a host hands it out; `day` is the content of `DF05`.
    fn download(&self, day: &[u8]) -> Vec<u8> {
        [
            tlv(0x9F06, &self.rid),
            tlv(0x9F22, &[self.index]),
            tlv(0xDF05, day),
            tlv(0xDF06, &[0x01]),
            tlv(0xDF07, &[0x01]),
            tlv(0xDF02, &self.modulus),
            tlv(0xDF04, &self.exponent),
            tlv(0xDF03, &self.checksum.unwrap_or_default()),
        ]
        .concat()
    }
}

fn unionpay() -> Vec<Listed> {
    let mut keys = listed();
    keys.retain(|key| key.rid == [0xA0, 0x00, 0x00, 0x03, 0x33]);
    keys
}

#[test]
fn public_keys() {
    let keys = listed();
    let with = |result: Result<(), CapkFault>, checked| {
        let is = |key: &&Listed| key.key().check() == result && key.checksum.is_some() == checked;
        keys.iter().filter(is).count()
    };
    assert_eq!(with(Ok(()), true), 126);
    // One has 2048 bits, which EMV does not allow.
    assert_eq!(with(Err(CapkFault::Key(RsaFault::Modulus)), true), 1);
    // Eleven have no checksum in the list, one of them the exponent 2.
    assert_eq!(with(Ok(()), false), 10);
    assert_eq!(with(Err(CapkFault::Key(RsaFault::Exponent)), true), 6);
    assert_eq!(with(Err(CapkFault::Key(RsaFault::Exponent)), false), 1);
    assert_eq!(keys.len(), 144);
    let indices: Vec<u8> = unionpay().iter().map(|key| key.index).collect();
    assert_eq!(indices, [0x08, 0x09, 0x0A, 0x0B, 0x0C]);
    assert!(unionpay().iter().all(|key| key.key().check() == Ok(())));
}

#[test]
fn a_digit_that_is_wrong_shows() {
    for key in unionpay() {
        let mut seen = 0;
        for bit in (0..8 * key.modulus.len() - 1).step_by(37) {
            let mut modulus = key.modulus.clone();
            modulus[bit / 8] ^= 0x80 >> (bit % 8);
            let spoilt = Capk { modulus: &modulus, ..key.key() };
            seen += u32::from(spoilt.check() == Err(CapkFault::Checksum));
        }
        assert!(seen > 25, "{seen}");
        let other = Capk { index: key.index ^ 1, ..key.key() };
        assert_eq!(other.check(), Err(CapkFault::Checksum));
    }
}

#[test]
fn downloads() {
    for key in unionpay() {
        for day in [&[0x20, 0x30, 0x12, 0x31][..], b"20301231"] {
            let bytes = key.download(day);
            let expiry = Some(Date::new(2030, 12, 31).unwrap());
            assert_eq!(Capk::from_tlv(&bytes), Ok(Capk { expiry, ..key.key() }));
        }
        for day in [&[0x20, 0x30, 0x12][..], b"20301232", b"2030123A", &[0x20, 0x3A, 0x12, 0x31]] {
            let refused = Err(CapkFault::Value(Tag(0xDF05)));
            assert_eq!(Capk::from_tlv(&key.download(day)), refused);
        }
    }
}

#[test]
fn a_download_that_is_not_whole() {
    let key = &unionpay()[0];
    let bytes = key.download(b"20301231");
    for end in 0..bytes.len() {
        assert!(Capk::from_tlv(&bytes[..end]).is_err(), "{end}");
    }
    assert_eq!(Capk::from_tlv(&[]), Err(CapkFault::Missing(Tag(0x9F06))));
    let with = |tag: u32, value: &[u8]| {
        // The first of a kind counts.
        Capk::from_tlv(&[&tlv(tag, value)[..], &bytes].concat()).map(|_| ())
    };
    for (tag, value) in
        [(0x9F06, &[0xA0; 4][..]), (0x9F22, &[]), (0xDF06, &[0x02]), (0xDF07, &[]), (0xDF03, &[1])]
    {
        assert_eq!(with(tag, value), Err(CapkFault::Value(Tag(tag))), "{tag:X}");
    }
    assert_eq!(with(0xDF03, &[0x11; 20]), Err(CapkFault::Checksum));
    assert_eq!(with(0xDF04, &[0x02]), Err(CapkFault::Key(RsaFault::Exponent)));
    assert_eq!(with(0xDF02, &[0x02]), Err(CapkFault::Key(RsaFault::Modulus)));
}

#[test]
fn a_ring_is_changed_at_run_time() {
    let all = unionpay();
    let mut ring = KeyRing::<4>::new();
    for key in &all[..4] {
        ring.put(&key.key()).unwrap();
    }
    assert_eq!(ring.put(&all[4].key()), Err(CapkFault::Full));
    // One more with the same name takes the place of the old one.
    let expiry = Some(Date::new(2030, 12, 31).unwrap());
    let renewed = Capk { expiry, ..all[1].key() };
    ring.put(&renewed).unwrap();
    let wrong = Capk { checksum: Some([0; 20]), ..all[1].key() };
    assert_eq!(ring.put(&wrong), Err(CapkFault::Checksum));
    let keys = ring.keys();
    let trusted = Authorities { keys: &keys, revoked: &[] };
    assert_eq!(trusted.keys.len(), 4);
    assert_eq!(trusted.find(all[1].rid, all[1].index), Some(&renewed));
    assert_eq!(trusted.find(all[4].rid, all[4].index), None);

    assert!(ring.remove(all[0].rid, all[0].index));
    assert!(!ring.remove(all[0].rid, all[0].index));
    assert!(!ring.remove([0; 5], all[1].index));
    ring.put(&all[4].key()).unwrap();
    let indices: Vec<u8> = ring.keys().iter().map(|key| key.index).collect();
    assert_eq!(indices.len(), 4);
    assert!(!indices.contains(&all[0].index) && indices.contains(&all[4].index));
    assert!(KeyRing::<0>::default().keys().is_empty());
}
