use super::block::Cipher;

/// Which cryptograms a card and its issuer make.
///
/// A card says it by the Cryptogram Version Number in its Issuer Application
/// Data, `9F10`, of eight bytes: the length 07, key index, cryptogram version
/// number, the length 03 and three bytes of Card Verification Results, an
/// octet 01. (The layout is that of UnionPay and of older Visa cards; the
/// version numbers are this simulation's own.)
///
/// A cryptogram is made with the session key for cryptograms over the values of
/// `9F02`, `9F03`, `9F1A`, `95`, `5F2A`, `9A`, `9C`, `9F37`, as far as the card's
/// list asks for them, then `82`, `9F36` and all of `9F10`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Scheme {
    /// The block cipher.
    pub cipher: Cipher,
    /// How the issuer proves itself.
    pub response: ResponseMethod,
}

/// How an issuer proves itself to its card: what stands in `91` (EMV Book 2,
/// 8.2).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ResponseMethod {
    /// Method 1: eight bytes over the ARQC and the response code, then the
    /// response code.
    Code,
    /// Method 2: four bytes over the ARQC and a Card Status Update of four
    /// bytes, which follows them.
    StatusUpdate,
}

impl Scheme {
    /// Triple DES and method 1: version 01.
    pub const TRIPLE_DES: Self = Self { cipher: Cipher::TripleDes, response: ResponseMethod::Code };
    /// Triple DES and method 2: version 02.
    pub const TRIPLE_DES_STATUS: Self =
        Self { response: ResponseMethod::StatusUpdate, ..Self::TRIPLE_DES };
    /// AES and method 1: version 11.
    pub const AES: Self = Self { cipher: Cipher::Aes, ..Self::TRIPLE_DES };
    /// AES and method 2: version 12.
    pub const AES_STATUS: Self = Self { response: ResponseMethod::StatusUpdate, ..Self::AES };
    /// All of them.
    pub const ALL: [Self; 4] =
        [Self::TRIPLE_DES, Self::TRIPLE_DES_STATUS, Self::AES, Self::AES_STATUS];

    /// Cryptogram Version Number.
    #[must_use]
    pub const fn version(self) -> u8 {
        let cipher = match self.cipher {
            Cipher::TripleDes => 0x00,
            Cipher::Aes => 0x10,
        };
        let response = match self.response {
            ResponseMethod::Code => 0x01,
            ResponseMethod::StatusUpdate => 0x02,
        };
        cipher | response
    }

    /// That of these Issuer Application Data.
    pub(super) fn of(issuer_data: &[u8]) -> Option<Self> {
        let version = *issuer_data.get(2)?;
        Self::ALL.into_iter().find(|scheme| scheme.version() == version)
    }
}
