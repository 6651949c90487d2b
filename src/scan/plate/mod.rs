//! Number plates and plate cameras.

mod advice;
mod camera;
mod class;
mod error;
pub mod feed;
mod form;
mod grammar;
mod hpzl;
mod read;
mod symbol;
mod text;

pub use advice::Advice;
#[cfg(feature = "async")]
pub use camera::AsyncPlateCamera;
pub use camera::PlateCamera;
pub use class::{Class, Colour, Energy, Province};
pub use error::PlateError;
pub use grammar::Plate;
pub use hpzl::Hpzl;
pub use read::{
    Confidence, Pictures, PlateRead, RawText, ReadFlags, ReadTime, Reading, VendorCodes, Zone,
};
pub use text::PlateText;
