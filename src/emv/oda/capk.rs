use crate::civil::Date;

/// A public key of a certification authority (EMV Book 2, 11.2).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Capk<'a> {
    /// Registered Application Provider Identifier: the first five bytes of the
    /// application identifiers it is for.
    pub rid: [u8; 5],
    /// Certification Authority Public Key Index, as `8F` of the card.
    pub index: u8,
    /// The modulus: 64 to 248 bytes.
    pub modulus: &'a [u8],
    /// The exponent: 3 or 65537.
    pub exponent: &'a [u8],
    /// The day after which it counts no more.
    pub expiry: Option<Date>,
    /// SHA-1 over identifier, index, modulus and exponent.
    pub checksum: Option<[u8; 20]>,
}

/// The certificate of an issuer that was called back (EMV Book 2, 5.1.2).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Revoked {
    /// Of the certification authority.
    pub rid: [u8; 5],
    /// Of its key.
    pub index: u8,
    /// The serial number of the certificate.
    pub serial: [u8; 3],
}

/// The certification authorities that a terminal trusts.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Authorities<'a> {
    /// Their keys.
    pub keys: &'a [Capk<'a>],
    /// The certificates that they called back.
    pub revoked: &'a [Revoked],
}

impl Authorities<'_> {
    /// None: no card can be authenticated offline.
    pub const NONE: Self = Self { keys: &[], revoked: &[] };
}
