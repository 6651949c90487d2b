//! Which kinds come in which symbologies.

use super::Kind;

/// What the symbology says about a reading.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Carrier {
    /// Nothing: the engine does not say it, or it is none that is known.
    Unsaid,
    /// It is what the kind comes in: [`Kind::comes_in`].
    Usual,
    /// The kind does not come in it, but could.
    Unusual,
    /// It speaks against the reading: it cannot hold such a code, or the kind
    /// comes in others only.
    Against,
}

impl Carrier {
    /// The name as tools print it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unsaid => "unsaid",
            Self::Usual => "usual",
            Self::Unusual => "unusual",
            Self::Against => "against",
        }
    }
}

/// What a symbology can hold (ISO/IEC 15424, annex A, by letter).
#[derive(Clone, Copy, Eq, PartialEq)]
enum Family {
    /// EAN, UPC and GS1 DataBar: numbers of articles.
    Article,
    /// Codabar, Code 11, 2 of 5, MSI, Plessey: digits and a few signs.
    Digits,
    /// Code 39, Code 93, Code 128: text in one line.
    Line,
    /// PDF417.
    Pdf417,
    /// QR, Data Matrix, Aztec, MaxiCode, Han Xin.
    Matrix,
}

const fn family(letter: u8) -> Option<Family> {
    Some(match letter {
        b'E' | b'e' => Family::Article,
        b'F' | b'H' | b'I' | b'M' | b'N' | b'P' | b'R' | b'S' => Family::Digits,
        b'A' | b'C' | b'G' => Family::Line,
        b'L' => Family::Pdf417,
        b'Q' | b'U' | b'd' | b'h' | b'z' => Family::Matrix,
        _ => return None,
    })
}

/// What the AIM identifier says about a reading.
pub(super) fn carrier(kind: Kind, symbology: Option<[u8; 2]>) -> Carrier {
    let Some((letter, family)) = symbology.and_then(|[letter, _]| Some((letter, family(letter)?)))
    else {
        return Carrier::Unsaid;
    };
    let usual = match kind {
        kind if kind.is_wallet_number() => matches!(letter, b'C' | b'Q'),
        Kind::EmvCpm | Kind::EmvMpm | Kind::PayeeLink | Kind::Mdoc => letter == b'Q',
        Kind::Url => family == Family::Matrix,
        Kind::LicenceCore | Kind::ArchiveNumber => matches!(family, Family::Line | Family::Digits),
        Kind::Vin => matches!(letter, b'A' | b'C' | b'Q' | b'd'),
        Kind::Aamva => letter == b'L',
        Kind::Ean13 => letter == b'E',
        _ => false,
    };
    if usual {
        return Carrier::Usual;
    }
    let against = match kind {
        // The frame is that of AAMVA's annex D, which is about PDF417; and an
        // article number is what the symbology says it is.
        Kind::Aamva | Kind::Ean13 => true,
        Kind::LicenceCore => true,
        Kind::Unknown | Kind::AimPrefixed => false,
        Kind::EmvCpm
        | Kind::EmvMpm
        | Kind::Mdoc
        | Kind::Url
        | Kind::PayeeLink
        | Kind::Plate
        | Kind::Mrz
        | Kind::Vin => matches!(family, Family::Article | Family::Digits),
        _ => family == Family::Article,
    };
    if against { Carrier::Against } else { Carrier::Unusual }
}

impl Kind {
    /// The symbologies it comes in, for a person.
    #[must_use]
    pub const fn comes_in(self) -> &'static str {
        match self {
            Self::EmvCpm | Self::EmvMpm | Self::PayeeLink | Self::Mdoc => "QR",
            Self::Url => "QR and other matrix codes",
            Self::LicenceCore | Self::ArchiveNumber => "linear codes",
            Self::Vin => "Code 39, Code 128, QR and Data Matrix",
            Self::Aamva => "PDF417",
            Self::Ean13 => "EAN-13",
            kind if kind.is_wallet_number() => "Code 128 and QR",
            Self::ResidentId | Self::Plate | Self::Mrz | Self::Pan => "none that is usual",
            _ => "any",
        }
    }
}
