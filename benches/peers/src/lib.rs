//! The same jobs done by embedded-pos, by other crates, and by the least code
//! that does them at all (`floor`: no errors, no checks, one input).
//!
//! Each way of doing a job returns a digest of the result. `tests/agree.rs`
//! demands that the digests of a job are equal, so that nobody is fast by
//! leaving something out, and that ours allocates nothing.

pub mod aamva;
pub mod chinese;
pub mod dda;
pub mod faults;
pub mod gbk;
pub mod iso_dep;
pub mod licences;
pub mod linear;
pub mod mrz;
pub mod mrz_read;
pub mod payment;
pub mod plate;
pub mod receipt;
pub mod rsa;
pub mod search;
pub mod t0;
pub mod t1;
pub mod templates;
pub mod tlv;
pub mod transfers;
pub mod vin;
pub mod watch;

use std::cell::Cell;
use std::hint::black_box;

/// One way of doing a job.
#[derive(Clone, Copy)]
pub struct Entry {
    /// The job and the way, as `job/way`.
    pub name: &'static str,
    /// Does it once.
    pub run: fn() -> u64,
}

impl std::fmt::Display for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl Entry {
    /// The job.
    #[must_use]
    pub fn job(&self) -> &'static str {
        self.name.split('/').next().unwrap_or_default()
    }

    /// Whether this is our way.
    #[must_use]
    pub fn is_ours(&self) -> bool {
        self.name.ends_with("/ours")
    }
}

macro_rules! entries {
    ($($job:ident: $($way:ident),*;)*) => {
        /// All ways of doing all jobs.
        pub const ENTRIES: &[Entry] = &[$($(
            Entry { name: concat!(stringify!($job), "/", stringify!($way)), run: $job::$way },
        )*)*];
    };
}

entries! {
    tlv: floor, ours, iso7816_tlv, tlv_parser;
    templates: floor, ours, iso7816_tlv, tlv_parser;
    t0: floor, ours;
    t1: floor, ours;
    iso_dep: floor, ours;
    plate: floor, ours;
    mrz: ours, mrz;
    mrz_read: ours, mrz;
    vin: ours, vin_parser;
    aamva: floor, ours, aamva;
    receipt: ours, escpos, papermint, thermoprint;
    chinese: ours, escpos;
    gbk: ours, ours_gb2312, encoding_rs;
    rsa: ours, crypto_bigint, num_bigint;
    dda: ours;
    payment: ours, ours_with_dda;
    search: floor, ours, a608_embedded, hzgrow_r502;
}

/// Whether bytes came out. The tests look at them; that would be more than the
/// job.
pub(crate) fn came(print: impl Fn(&dyn Fn(&[u8]))) -> u64 {
    let came = Cell::new(false);
    print(&|bytes| came.set(came.get() | !black_box(bytes).is_empty()));
    came.get().into()
}

pub(crate) fn hex(digits: &str) -> Vec<u8> {
    let byte = |at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
    (0..digits.len()).step_by(2).map(byte).collect()
}

/// Adds to a digest. Cheap, so that the job is what is measured.
pub(crate) fn digest(state: u64, value: u64) -> u64 {
    state.rotate_left(7) ^ value
}
