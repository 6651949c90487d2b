//! Number plates and plate cameras.

mod advice;
mod class;
mod error;
mod form;
mod grammar;
mod hpzl;
mod symbol;
mod text;

pub use advice::Advice;
pub use class::{Class, Colour, Energy, Province};
pub use error::PlateError;
pub use grammar::Plate;
pub use hpzl::Hpzl;
pub use text::PlateText;
