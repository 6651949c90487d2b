//! Parsers of input of any length, on the same input once, four times and
//! sixteen times as long, made on the spot: what they take grows as it does, and
//! no faster.

mod aamva;
mod codes;
mod feeds;
mod id_reader;
mod travel;

pub use aamva::{aamva, aamva_bare};
pub use codes::{cpm, mpm, readings};
pub use feeds::{dahua, gat1400, hikvision_pictures, hikvision_poll, openalpr, vzenith_push};
pub use id_reader::{classes, sdt};
pub use travel::mrz;
