use core::fmt;

use super::rsa::RsaFault;
use crate::emv::tlv::{Full, Tag};
use crate::{Error, ErrorKind};

/// Why offline data authentication failed.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum OdaFault {
    /// This element is missing, without which the method cannot be carried out:
    /// "ICC data missing" (EMV Book 3, 7.2 and 10.3).
    Missing(Tag),
    /// This element did not stand this check.
    Failed(Tag, Check),
    /// The store has no room for what came out.
    Full(Full),
}

/// A check that certificates, signatures and what they are about have to stand,
/// in the order in which they are made (EMV Book 2, 5.3, 5.4, 6.3 to 6.6).
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Check {
    /// The record has template `70` around it (EMV Book 3, 10.3).
    Template,
    /// The tag list, `9F4A`, has `82` alone (EMV Book 3, 10.3).
    TagList,
    /// The terminal has the certification authority's key with this index.
    AuthorityKnown,
    /// That key has not expired.
    AuthorityExpiry,
    /// The RSA operation can be done: the length is that of the key's modulus,
    /// exponent and modulus are possible.
    Rsa(RsaFault),
    /// The recovered data end with `BC`.
    Trailer,
    /// They begin with `6A`.
    Header,
    /// They are of the format that belongs there.
    Format,
    /// The fields fit in the recovered data.
    Fields,
    /// The hash algorithm is known: `01`, SHA-1.
    HashAlgorithm,
    /// The key's length is that of its parts.
    KeyLength,
    /// The hash is that of the data.
    Hash,
    /// The certificate is for this issuer, or for this card number.
    Subject,
    /// The certificate has not expired.
    Expiry,
    /// The certificate is not on the revocation list.
    Revocation,
    /// The key's algorithm is known: `01`, RSA; in a certificate of SM2 `04`.
    KeyAlgorithm,
    /// The key of SM2 is a point of the curve.
    Point,
    /// The signature of SM2 is that of the signer, over these data.
    Signature,
    /// The dynamic data have the number, cryptogram and hash that belong there.
    DynamicData,
    /// The Cryptogram Information Data that were signed are those sent in clear.
    CryptogramInformation,
    /// The hash is that of the transaction data.
    TransactionHash,
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rsa(fault) => return fault.fmt(f),
            Self::Template => "a record without template 70 takes part",
            Self::TagList => "the tag list has more than 82",
            Self::AuthorityKnown => "there is no such authority key",
            Self::AuthorityExpiry => "the authority key has expired",
            Self::Trailer => "the trailer is not BC",
            Self::Header => "the header is not 6A",
            Self::Format => "the format is another",
            Self::Fields => "the fields do not fit",
            Self::HashAlgorithm => "the hash algorithm is unknown",
            Self::KeyLength => "the parts of the key do not have its length",
            Self::Hash => "the hash is another",
            Self::Subject => "it is for another card",
            Self::Expiry => "it has expired",
            Self::Revocation => "it was revoked",
            Self::KeyAlgorithm => "the algorithm of the key is unknown",
            Self::Point => "the key is no point of the curve",
            Self::Signature => "the signature is another",
            Self::DynamicData => "the dynamic data are not what belongs there",
            Self::CryptogramInformation => "the Cryptogram Information Data are others",
            Self::TransactionHash => "the hash of the transaction data is another",
        })
    }
}

impl fmt::Display for OdaFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(tag) => write!(f, "{tag} is missing"),
            Self::Failed(tag, check) => write!(f, "{tag}: {check}"),
            Self::Full(full) => full.fmt(f),
        }
    }
}

impl core::error::Error for OdaFault {}

impl Error for OdaFault {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Full(_) => ErrorKind::Argument,
            Self::Missing(_) | Self::Failed(..) => ErrorKind::Protocol,
        }
    }
}

impl From<Full> for OdaFault {
    fn from(full: Full) -> Self {
        Self::Full(full)
    }
}
