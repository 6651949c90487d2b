//! Number plates and plate cameras.
