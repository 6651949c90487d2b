//! What each version of the standard lists.

/// The version of the standard that a payload says it keeps.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Version(pub u8);

/// Years of the versions 01 to 11.
const YEARS: [u16; 11] = [2000, 2003, 2005, 2009, 2010, 2011, 2012, 2013, 2016, 2020, 2025];

impl Version {
    /// The newest that is known here.
    pub const NEWEST: Self = Self(11);

    /// The year of the standard; `None` for versions that are not known.
    #[must_use]
    pub fn year(self) -> Option<u16> {
        YEARS.get(usize::from(self.0).checked_sub(1)?).copied()
    }

    /// What to know of a version that is none of 01 to 11: it is read like
    /// the next one that is known.
    #[must_use]
    pub const fn advice(self) -> Option<&'static str> {
        match self.0 {
            0 => Some("version 00 is of before the standard of 2000: read as 01"),
            1..=11 => None,
            _ => Some("newer than the standard of 2025: read as version 11"),
        }
    }

    /// The known version that it is read as.
    pub(super) fn read_as(self) -> u8 {
        self.0.clamp(1, Self::NEWEST.0)
    }

    /// What this version says of an element. Jurisdictions' own elements are
    /// [`Standing::Jurisdiction`].
    ///
    /// Versions 01, 02, 04 and 08 to 11 are from the texts of the standard's
    /// Annex D and tables that quote it; which of `DDA` to `DDD` are in 03 is
    /// read off payloads.
    #[must_use]
    pub fn standing(self, id: &[u8; 3]) -> Standing {
        let version = self.read_as();
        let Some(bit) = bit(id) else {
            let own = id.first() == Some(&b'Z');
            return if own { Standing::Jurisdiction } else { Standing::Unknown };
        };
        if mandatory(version, b"DL") & bit != 0 {
            Standing::Mandatory
        } else if standard(version) & bit != 0 {
            Standing::Optional
        } else if (1..version).any(|earlier| standard(earlier) & bit != 0) {
            Standing::Removed
        } else if (version..=Self::NEWEST.0).any(|later| standard(later) & bit != 0) {
            Standing::Later
        } else {
            Standing::Unknown
        }
    }
}

/// What a version of the standard says of an element.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Standing {
    /// Every licence has it.
    Mandatory,
    /// A licence may have it.
    Optional,
    /// An earlier version had it, this one does not.
    Removed,
    /// Only a later version has it.
    Later,
    /// The jurisdiction's own.
    Jurisdiction,
    /// In no version.
    Unknown,
}

/// The number of an element `DAA` to `DDZ`.
pub(super) fn number(id: &[u8]) -> Option<u8> {
    match id {
        [b'D', group @ b'A'..=b'D', letter @ b'A'..=b'Z'] => {
            Some((group - b'A') * 26 + (letter - b'A'))
        }
        _ => None,
    }
}

/// Its bit in a set of elements.
pub(super) fn bit(id: &[u8]) -> Option<u128> {
    number(id).map(|number| 1 << number)
}

/// A set of elements, of their last two letters.
const fn set(mut ids: &[u8]) -> u128 {
    let mut set = 0;
    while let [group, letter, rest @ ..] = ids {
        set |= 1 << ((*group - b'A') * 26 + (*letter - b'A'));
        ids = rest;
    }
    set
}

/// 2000: table of the elements `DAA` to `DAZ` and `DBA` to `DBS`.
const V01: u128 = set(b"BABBBCBDBEBFBGBHBIBJBKBLBMBNBOBPBQBRBS") | 0x03FF_FFFF;
/// 2003.
const V02: u128 =
    set(b"AGAHAIAJAKAQAUAWAXAYAZBABBBCBDBGBNBSCACBCDCECFCGCHCICJCKCLCMCNCOCPCQCRCSCTCU");
/// 2005.
const V03: u128 = V02 | set(b"DADBDCDD");
/// 2009: the name in three parts, each with its truncation.
const V04: u128 = V03 & !set(b"CHCT") | set(b"ACADDEDFDG");
/// 2010: days when the holder turns 18, 19, 21.
const V05: u128 = V04 | set(b"DHDIDJ");
/// 2011: organ donor.
const V06: u128 = V05 | set(b"DK");
/// 2012: veteran.
const V07: u128 = V06 | set(b"DL");
/// 2025: CDL, non-domiciled, enhanced, permit; no aliases, ethnicity, hazmat.
const V11: u128 = V07 & !set(b"BGBNBSCLDC") | set(b"DMDNDODP");

/// The elements that a version lists.
pub(super) const fn standard(version: u8) -> u128 {
    match version {
        0 | 1 => V01,
        2 => V02,
        3 => V03,
        4 => V04,
        5 => V05,
        6 => V06,
        7..=10 => V07,
        _ => V11,
    }
}

/// Those that each version demands of every document, but for the name.
const ALWAYS: u128 = set(b"AGAIAJAKAQBABBBCBD");
/// What only licences have, from version 02 on.
const DRIVING: u128 = set(b"CACBCD");
const ALWAYS_2003: u128 = ALWAYS | set(b"CSCTAUAYCFCG");
const ALWAYS_2009: u128 = ALWAYS | set(b"CSACADAUAYCFCGDEDFDG");

/// The elements that a version demands in a subfile of this type.
pub(super) fn mandatory(version: u8, kind: &[u8]) -> u128 {
    let driving = if kind == b"ID" { 0 } else { DRIVING };
    match version {
        // The name may be `DAA`, or `DAB` and `DAC`.
        0 | 1 => ALWAYS,
        2 | 3 => ALWAYS_2003 | driving,
        _ => ALWAYS_2009 | driving,
    }
}

/// How long its value is, where the standard fixes it.
pub(super) fn fixed(version: u8, id: &[u8]) -> Option<usize> {
    match id.strip_prefix(b"D")? {
        // Dates; those of version 01 also have dashes in the field.
        b"BA" | b"BB" | b"BD" if version > 1 => Some(8),
        b"DB" | b"DC" | b"DH" | b"DI" | b"DJ" => Some(8),
        b"BC" | b"CE" | b"DA" | b"DD" | b"DE" | b"DF" | b"DG" | b"DK" | b"DL" | b"DM" | b"DN"
        | b"DO" | b"DP" => Some(1),
        b"AJ" => Some(2),
        b"AY" | b"CG" => Some(3),
        _ => None,
    }
}
