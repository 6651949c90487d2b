// The first definition of a link holds: the README's own lead to files beside it,
// which are not beside this page.
//! [architecture]: https://docs.rs/crate/embedded-pos/latest/source/docs/architecture.md
//! [faults]: https://docs.rs/crate/embedded-pos/latest/source/docs/faults.md
//! [performance]: https://docs.rs/crate/embedded-pos/latest/source/docs/performance.md
//! [add-a-driver]: https://docs.rs/crate/embedded-pos/latest/source/docs/how-to-add-a-driver.md
//! [contributing]: https://docs.rs/crate/embedded-pos/latest/source/CONTRIBUTING.md
//! [security]: https://docs.rs/crate/embedded-pos/latest/source/SECURITY.md
//! [changelog]: https://docs.rs/crate/embedded-pos/latest/source/CHANGELOG.md
//! [apache]: https://docs.rs/crate/embedded-pos/latest/source/LICENSE-APACHE
//! [mit]: https://docs.rs/crate/embedded-pos/latest/source/LICENSE-MIT
//! [ofl]: https://docs.rs/crate/embedded-pos/latest/source/src/sim/printer/font/OFL.txt
#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]
#![warn(missing_docs, missing_debug_implementations, unreachable_pub)]
#![deny(rustdoc::broken_intra_doc_links)]
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::cast_possible_truncation
    )
)]

#[cfg(any(test, feature = "std"))]
extern crate std;

pub mod card;
pub mod civil;
#[cfg(feature = "sim")]
pub mod conformance;
pub mod emv;
mod error;
pub mod fingerprint;
#[cfg(feature = "mock")]
pub mod mock;
pub mod port;
pub mod printer;
pub mod scan;
#[cfg(feature = "sim")]
pub mod sim;
pub mod terminal;
pub mod tlv;

pub use error::{Error, ErrorKind, ErrorType};
pub use {embedded_hal, embedded_io, nb};
