/// What is signed in the simulated payment system.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Signed {
    /// Issuer Public Key Certificate, `90`: by the certification authority.
    IssuerCertificate,
    /// Signed Static Application Data, `93`: by the issuer.
    StaticData,
    /// ICC Public Key Certificate, `9F46`: by the issuer.
    CardCertificate,
    /// ICC PIN Encipherment Public Key Certificate, `9F2D`: by the issuer.
    PinCertificate,
    /// Signed Dynamic Application Data, `9F4B`, of INTERNAL AUTHENTICATE: by
    /// the card.
    DynamicData,
    /// `9F4B` of a GENERATE AC: by the card.
    Cryptogram,
}

/// What is wrong in a signature. All else in it is right: where the flaw is
/// in what is hashed, the hash is that of the flawed data.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Flaw {
    /// The recovered data do not begin with `6A`.
    Header,
    /// They do not end with `BC`.
    Trailer,
    /// The format octet is another.
    Format,
    /// The hash is another.
    Hash,
    /// The hash algorithm indicator is another.
    HashAlgorithm,
    /// The signature is a byte too short.
    Short,
    /// The signature is a byte too long.
    Long,
    /// It was made over other data than are there: a record that was changed,
    /// an unpredictable number of another time.
    Stale,
    /// A certificate: of another issuer or card number.
    Subject,
    /// A certificate: expired in January 2015.
    Expired,
    /// A certificate: the algorithm of the key is another.
    KeyAlgorithm,
    /// A certificate: the key claims to have 255 bytes.
    KeyLength,
    /// A certificate: the length of the exponent is another.
    ExponentLength,
    /// Dynamic data: they claim to be longer than there is room.
    DynamicLength,
    /// Dynamic data: the ICC Dynamic Number claims 255 bytes.
    DynamicNumber,
    /// A GENERATE AC: the Cryptogram Information Data in the signature are
    /// not those in the answer.
    Information,
    /// A GENERATE AC: the cryptogram in the signature is not the card's.
    Cryptogram,
    /// A GENERATE AC: the Transaction Data Hash Code is that of other data.
    DataHash,
}

impl Flaw {
    /// All of them.
    pub const ALL: [Self; 18] = [
        Self::Header,
        Self::Trailer,
        Self::Format,
        Self::Hash,
        Self::HashAlgorithm,
        Self::Short,
        Self::Long,
        Self::Stale,
        Self::Subject,
        Self::Expired,
        Self::KeyAlgorithm,
        Self::KeyLength,
        Self::ExponentLength,
        Self::DynamicLength,
        Self::DynamicNumber,
        Self::Information,
        Self::Cryptogram,
        Self::DataHash,
    ];

    /// Whether that can be wrong in a signature of this kind.
    #[must_use]
    pub const fn fits(self, signed: Signed) -> bool {
        match self {
            Self::Subject
            | Self::Expired
            | Self::KeyAlgorithm
            | Self::KeyLength
            | Self::ExponentLength => matches!(
                signed,
                Signed::IssuerCertificate | Signed::CardCertificate | Signed::PinCertificate
            ),
            Self::DynamicLength | Self::DynamicNumber => {
                matches!(signed, Signed::DynamicData | Signed::Cryptogram)
            }
            Self::Information | Self::Cryptogram | Self::DataHash => {
                matches!(signed, Signed::Cryptogram)
            }
            // What a certificate is hashed with beside itself: of the issuer's,
            // its remainder, and of the key for PINs as well.
            Self::Stale => !matches!(signed, Signed::IssuerCertificate | Signed::PinCertificate),
            _ => true,
        }
    }

    /// Spoils what is signed, before it is hashed (Book 2, tables 2, 4, 14, 17
    /// and 22, from the format octet on).
    pub(super) fn spoil(self, signed: Signed, data: &mut [u8]) {
        // Where the expiration date of a certificate is.
        let expiry = if signed == Signed::IssuerCertificate { 5 } else { 11 };
        let certificate = Self::Subject.fits(signed);
        let number = data.get(3).map_or(0, |&length| usize::from(length));
        let (at, mask) = match self {
            Self::Format => (0, 0x10),
            Self::HashAlgorithm => (if certificate { expiry + 5 } else { 1 }, 0x06),
            Self::Subject => (2, 0x01),
            Self::KeyAlgorithm => (expiry + 6, 0x06),
            Self::KeyLength => (expiry + 7, data.get(expiry + 7).map_or(0xFF, |length| !length)),
            Self::ExponentLength => (expiry + 8, 0x02),
            Self::DynamicLength => (2, 0xF0),
            Self::DynamicNumber => (3, data.get(3).map_or(0xFF, |length| !length)),
            Self::Information => (4 + number, 0xC0),
            Self::Cryptogram => (5 + number, 0x01),
            Self::DataHash => (13 + number, 0x01),
            Self::Expired => {
                let date = data.get_mut(expiry..expiry + 2).unwrap_or_default();
                date.iter_mut().zip([0x01, 0x15]).for_each(|(to, byte)| *to = byte);
                return;
            }
            _ => return,
        };
        data.get_mut(at).into_iter().for_each(|byte| *byte ^= mask);
    }
}
