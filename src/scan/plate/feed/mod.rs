//! Drivers for plate cameras, by vendor protocol.
//!
//! A driver turns its protocol's frames into [`PlateRead`](super::PlateRead)s:
//! memory is bounded whatever the camera sends, pictures are passed over or
//! handed on in pieces, and the vendor's numbers are read by a table of that
//! vendor, for no two agree.

pub mod vzenith;
