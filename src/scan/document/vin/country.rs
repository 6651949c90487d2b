/// The part of the world that a maker is of (ISO 3780, the first character).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Region {
    /// A to G.
    Africa,
    /// H to R; H was Africa's before China used it.
    Asia,
    /// S to Z.
    Europe,
    /// 1 to 5, and 7F to 70.
    NorthAmerica,
    /// 6, and 7A to 7E.
    Oceania,
    /// 8, 9 and 0.
    SouthAmerica,
}

impl Region {
    /// The name as tools print it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Africa => "africa",
            Self::Asia => "asia",
            Self::Europe => "europe",
            Self::NorthAmerica => "north-america",
            Self::Oceania => "oceania",
            Self::SouthAmerica => "south-america",
        }
    }

    pub(super) const fn of(first: u8, second: u8) -> Self {
        match (first, second) {
            (b'A'..=b'G', _) => Self::Africa,
            (b'H'..=b'R', _) => Self::Asia,
            (b'S'..=b'Z', _) => Self::Europe,
            (b'6', _) | (b'7', b'A'..=b'E') => Self::Oceania,
            (b'1'..=b'5' | b'7', _) => Self::NorthAmerica,
            _ => Self::SouthAmerica,
        }
    }
}

/// First character, range of the second, and the country. In a range, letters
/// come before digits, and 0 is the last digit.
#[rustfmt::skip]
static COUNTRIES: [[u8; 5]; 70] = [
    *b"1A0US", *b"2A0CA", *b"3AWMX", *b"4A0US", *b"5A0US", *b"6AWAU", *b"7AENZ", *b"7F0US",
    *b"8AEAR", *b"8FGCL", *b"8LNEC", *b"8STPE", *b"8XZVE",
    *b"9AEBR", *b"9FGCO", *b"9LLPY", *b"9STUY", *b"939BR",
    *b"AAHZA",
    *b"HA0CN", *b"JA0JP", *b"KAELK", *b"KFKIL", *b"KLRKR", *b"LA0CN", *b"MAEIN", *b"MFKID", *b"MLRTH",
    *b"NAEIR", *b"NFGPK", *b"NLRTR", *b"PACPH", *b"PFGSG", *b"PLRMY", *b"RABAE", *b"RFKTW", *b"RLMVN",
    *b"SAMGB", *b"SNTDE", *b"SUZPL", *b"S12LV", *b"TAHCH", *b"TJPCZ", *b"TRVHU", *b"TW1PT",
    *b"UHMDK", *b"UNRIE", *b"UUXRO", *b"U57SK", *b"VAEAT", *b"VFRFR", *b"VSWES", *b"V35HR", *b"V68EE",
    *b"WA0DE", *b"XACBG", *b"XFHGR", *b"XLRNL", *b"XSWRU", *b"X30RU", *b"YAEBE", *b"YFKFI", *b"YSWSE",
    *b"YX2NO", *b"Y35BY", *b"Y60UA", *b"ZARIT", *b"ZXZSI", *b"Z35LT", *b"Z60RU",
];

pub(super) fn country(first: u8, second: u8) -> Option<&'static str> {
    let country = COUNTRIES.iter().find_map(|[begin, from, to, country @ ..]| {
        let range = rank(*from)..=rank(*to);
        (*begin == first && range.contains(&rank(second))).then_some(country)
    })?;
    core::str::from_utf8(country).ok()
}

/// The place of a character in a range.
const fn rank(byte: u8) -> u8 {
    match byte {
        b'0' => u8::MAX,
        b'1'..=b'9' => byte + b'Z',
        _ => byte,
    }
}
