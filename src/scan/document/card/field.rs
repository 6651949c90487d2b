use super::IdText;

/// Where the flag of the kind stands, in all four layouts.
const FLAG_AT: usize = 248;

/// What sort of card a text is of.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum CardKind {
    /// A resident ID card (居民身份证).
    Resident,
    /// A residence permit for residents of Hong Kong, Macau or Taiwan
    /// (港澳台居民居住证).
    Permit,
    /// The ID card of a foreign permanent resident, as of 2017.
    Foreigner2017,
    /// The same, as of 2023.
    Foreigner2023,
    /// Another flag. The fields are those of a resident ID card, as on every
    /// card that readers knew before there were others.
    Other(u16),
}

impl CardKind {
    pub(super) fn of(text: &[u8; IdText::LEN]) -> Self {
        let flag = text.get(FLAG_AT..).and_then(|rest| rest.first_chunk());
        match flag.map_or(0, |flag| u16::from_le_bytes(*flag)) {
            // Some readers leave the reserved bytes of resident cards empty.
            0x0020 | 0 => Self::Resident,
            0x004A => Self::Permit,
            0x0049 => Self::Foreigner2017,
            0x0059 => Self::Foreigner2023,
            other => Self::Other(other),
        }
    }
}

/// A field of a card's text.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Field {
    /// The name in Chinese.
    Name,
    /// The name of a foreigner in Latin letters. As text it has its
    /// [rest](Self::EnglishNameRest) behind it.
    EnglishName,
    /// What of it has no room in the first field of a card of 2023.
    EnglishNameRest,
    /// The code of the sex.
    Sex,
    /// The code of the ethnic group.
    Nation,
    /// The day of birth.
    Birth,
    /// The address.
    Address,
    /// The number of the holder.
    Number,
    /// Who issued it.
    Issuer,
    /// From when it is valid.
    ValidFrom,
    /// Until when.
    ValidUntil,
    /// The number of the holder's pass (通行证号码).
    Pass,
    /// How often it was issued; for cards of 2023, exchanged.
    IssueCount,
    /// The code of the holder's country, or region.
    Nationality,
    /// The version of the card.
    Version,
    /// The code of the authority that took the application.
    Authority,
    /// What relates the card to the holder's earlier ones (关联项).
    Related,
}

impl Field {
    /// Where it begins, and its length, in bytes.
    pub(super) const fn place(self, kind: CardKind) -> Option<(usize, usize)> {
        match kind {
            CardKind::Resident | CardKind::Other(_) => self.in_resident(),
            CardKind::Permit => self.in_permit(),
            CardKind::Foreigner2017 => self.in_2017(),
            CardKind::Foreigner2023 => self.in_2023(),
        }
    }

    const fn in_resident(self) -> Option<(usize, usize)> {
        Some(match self {
            Self::Name => (0, 30),
            Self::Sex => (30, 2),
            Self::Nation => (32, 4),
            Self::Birth => (36, 16),
            Self::Address => (52, 70),
            Self::Number => (122, 36),
            Self::Issuer => (158, 30),
            Self::ValidFrom => (188, 16),
            Self::ValidUntil => (204, 16),
            _ => return None,
        })
    }

    const fn in_permit(self) -> Option<(usize, usize)> {
        match self {
            Self::Nation => None,
            Self::Pass => Some((220, 18)),
            Self::IssueCount => Some((238, 4)),
            _ => self.in_resident(),
        }
    }

    const fn in_2017(self) -> Option<(usize, usize)> {
        Some(match self {
            Self::EnglishName => (0, 120),
            Self::Sex => (120, 2),
            Self::Number => (122, 30),
            Self::Nationality => (152, 6),
            Self::Name => (158, 30),
            Self::ValidFrom => (188, 16),
            Self::ValidUntil => (204, 16),
            Self::Birth => (220, 16),
            Self::Version => (236, 4),
            Self::Authority => (240, 8),
            _ => return None,
        })
    }

    const fn in_2023(self) -> Option<(usize, usize)> {
        Some(match self {
            Self::Name => (0, 30),
            Self::Sex => (30, 2),
            Self::IssueCount => (32, 4),
            Self::Birth => (36, 16),
            Self::EnglishName => (52, 70),
            Self::Number => (122, 36),
            Self::ValidFrom => (188, 16),
            Self::ValidUntil => (204, 16),
            Self::EnglishNameRest => (220, 22),
            Self::Nationality => (242, 6),
            Self::Related => (250, 6),
            _ => return None,
        })
    }
}
