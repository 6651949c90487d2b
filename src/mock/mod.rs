//! `mockall` mocks of the class traits.
//!
//! A mock is for call expectations: *this method is called once, with that
//! argument*. For behaviour take a [simulator](crate::sim).

mod camera;

pub use camera::MockPlateCamera;
