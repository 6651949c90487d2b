//! What the fuzz targets do, done to their corpus and to what is near it.
//!
//! A target is one file in `fuzz/`, which `cargo fuzz run NAME
//! tests/fuzz/corpus/NAME` runs too.

#[path = "fuzz/aamva.rs"]
mod aamva;
#[path = "fuzz/atr.rs"]
mod atr;
#[path = "fuzz/ats.rs"]
mod ats;
#[path = "fuzz/card_talk/mod.rs"]
mod card_talk;
#[path = "fuzz/ccid.rs"]
mod ccid;
#[path = "fuzz/certificates.rs"]
mod certificates;
#[path = "fuzz/classes.rs"]
mod classes;
#[path = "fuzz/classify.rs"]
mod classify;
#[path = "fuzz/cpm.rs"]
mod cpm;
#[path = "fuzz/feeds.rs"]
mod feeds;
#[path = "fuzz/id_card.rs"]
mod id_card;
#[path = "fuzz/iso_dep.rs"]
mod iso_dep;
#[path = "fuzz/kernel.rs"]
mod kernel;
#[path = "fuzz/kernel_talk.rs"]
mod kernel_talk;
#[path = "fuzz/mpm.rs"]
mod mpm;
#[path = "fuzz/mrz.rs"]
mod mrz;
#[path = "fuzz/plate.rs"]
mod plate;
#[path = "fuzz/plate_matching.rs"]
mod plate_matching;
#[path = "fuzz/plate_pushed.rs"]
mod plate_pushed;
#[path = "fuzz/plate_votes.rs"]
mod plate_votes;
#[path = "fuzz/pn532.rs"]
mod pn532;
#[path = "fuzz/pn532_talk.rs"]
mod pn532_talk;
#[path = "fuzz/resident_id.rs"]
mod resident_id;
#[path = "fuzz/scan_engines.rs"]
mod scan_engines;
#[path = "fuzz/sdt.rs"]
mod sdt;
#[path = "fuzz/ssi.rs"]
mod ssi;
#[path = "fuzz/t0.rs"]
mod t0;
#[path = "fuzz/t1.rs"]
mod t1;
#[path = "fuzz/tlv.rs"]
mod tlv;
#[path = "fuzz/vin.rs"]
mod vin;

use std::path::Path;

use embedded_pos::sim::Draw;

/// So many of the inputs that lie near one of the corpus are run.
const NEAR: usize = 2_000;

/// Runs a target over its corpus, each beginning of it, and what a few lots
/// make of it.
fn replay(target: &str, run: fn(&[u8])) {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/corpus").join(target);
    let mut seeds: Vec<_> = corpus.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(!seeds.is_empty(), "no corpus of {target}");
    seeds.sort();
    let mut draw = Draw::new(1);
    for seed in seeds {
        let seed = std::fs::read(seed).unwrap();
        run(&seed);
        (0..seed.len().min(NEAR)).for_each(|end| run(&seed[..end]));
        (0..NEAR).for_each(|_| run(&near(&seed, &mut draw)));
    }
}

/// The input with up to four bytes changed, taken out, doubled or put in.
fn near(seed: &[u8], draw: &mut Draw) -> Vec<u8> {
    let mut input = seed.to_vec();
    for _ in 0..=draw.below(3) {
        let at = draw.below(input.len());
        let lot = draw.number().to_le_bytes()[0];
        match (draw.below(5), input.get(at).copied()) {
            (0, Some(_)) => input[at] = lot,
            (1, Some(_)) => input[at] ^= 1 << (lot & 7),
            (2, Some(_)) => _ = input.remove(at),
            (3, Some(byte)) => input.insert(at, byte),
            _ => input.insert(at, lot),
        }
    }
    input
}

macro_rules! replayed {
    ($($target:ident)*) => {
        $(
            #[test]
            fn $target() {
                replay(stringify!($target), $target::run);
            }
        )*

        #[test]
        fn no_target_is_left_out() {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz");
            let files = folder.read_dir().unwrap().map(|entry| entry.unwrap().path());
            let mut found: Vec<_> = files
                .filter(|path| path.is_file())
                .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
                .collect();
            found.sort();
            assert_eq!(found, [$(stringify!($target)),*]);
        }
    };
}

replayed! {
    aamva
    atr
    ats
    ccid
    certificates
    classes
    classify
    cpm
    feeds
    id_card
    iso_dep
    kernel
    kernel_talk
    mpm
    mrz
    plate
    plate_matching
    plate_pushed
    plate_votes
    pn532
    pn532_talk
    resident_id
    scan_engines
    sdt
    ssi
    t0
    t1
    tlv
    vin
}
