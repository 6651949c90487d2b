//! What crate `aamva` names of `rxing`. It finds no bar code in any picture.

#![allow(non_camel_case_types, non_snake_case, reason = "the crate's own names")]

pub enum BarcodeFormat {
    PDF_417,
}

#[derive(Default)]
pub struct DecodeHints {
    pub TryHarder: Option<bool>,
    pub Others: (),
}

pub enum Exceptions {
    NotFoundException(String),
    IllegalStateException(String),
}

impl std::fmt::Display for Exceptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a stand-in")
    }
}

pub enum RXingResult {}

impl RXingResult {
    pub fn getText(&self) -> &str {
        match *self {}
    }
}

pub mod helpers {
    use super::{BarcodeFormat, DecodeHints, Exceptions, RXingResult};

    pub fn detect_in_luma_with_hints(
        _luma: Vec<u8>,
        _width: u32,
        _height: u32,
        _format: Option<BarcodeFormat>,
        _hints: &mut DecodeHints,
    ) -> Result<RXingResult, Exceptions> {
        Err(Exceptions::NotFoundException(String::new()))
    }
}
