use super::symbol::{HAN, HANZI, PROVINCES, Symbol};

/// What kind of plate it is, by its form.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Class {
    /// 普通号牌: cars, lorries, buses, motorcycles; which of them, the text
    /// does not say. The trial plates of 2002 are of this class, with
    /// [`Advice::STYLE_2002`](super::Advice::STYLE_2002).
    Ordinary,
    /// 小型新能源汽车.
    NewEnergySmall,
    /// 大型新能源汽车.
    NewEnergyLarge,
    /// 挂车.
    Trailer,
    /// 教练车: driving school.
    Coach,
    /// 警车.
    Police,
    /// 香港入出境车.
    HongKong,
    /// 澳门入出境车.
    Macau,
    /// 试验车 (试).
    Test,
    /// 特型车, over the limits of size or weight (超).
    OverLimit,
    /// 领馆, forms of 2012 and 2018.
    Consulate,
    /// 使馆, forms of 2012 and 2017.
    Embassy,
    /// 应急救援 (2019): fire and forest brigades.
    Emergency,
    /// 武警 (2012).
    ArmedPolice,
    /// 军队 (2012).
    Army,
    /// 民航: airfield vehicles.
    Aviation,
}

impl Class {
    /// A name in ASCII, such as `new-energy-small`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ordinary => "ordinary",
            Self::NewEnergySmall => "new-energy-small",
            Self::NewEnergyLarge => "new-energy-large",
            Self::Trailer => "trailer",
            Self::Coach => "coach",
            Self::Police => "police",
            Self::HongKong => "hong-kong",
            Self::Macau => "macau",
            Self::Test => "test",
            Self::OverLimit => "over-limit",
            Self::Consulate => "consulate",
            Self::Embassy => "embassy",
            Self::Emergency => "emergency",
            Self::ArmedPolice => "armed-police",
            Self::Army => "army",
            Self::Aviation => "aviation",
        }
    }

    /// The mark behind the number, where the class has one. The embassies'
    /// stands before it in the form of 2012.
    #[must_use]
    pub const fn mark(self) -> Option<&'static str> {
        match self {
            Self::Trailer => Some("挂"),
            Self::Coach => Some("学"),
            Self::Police => Some("警"),
            Self::HongKong => Some("港"),
            Self::Macau => Some("澳"),
            Self::Test => Some("试"),
            Self::OverLimit => Some("超"),
            Self::Consulate => Some("领"),
            Self::Embassy => Some("使"),
            Self::Emergency => Some("应急"),
            _ => None,
        }
    }

    /// Whether plates of this class come in that colour (GA 36-2018, as others
    /// quote it).
    ///
    /// The paper plates of test and over-limit vehicles are printed on
    /// patterns that cameras see in any colour: they fit all. Ordinary ones
    /// are blue, yellow, or black (the old plates of foreigners); one seen
    /// green is a new-energy plate that lost a character.
    ///
    /// This looks at the class, never at the length: programs that call every
    /// plate of eight characters green (HyperLPR's `code_filter` does) are
    /// wrong on 应急 and WJ, and what they say of a colour is no second
    /// opinion.
    #[must_use]
    pub const fn fits(self, colour: Colour) -> bool {
        use Colour::{Black, Blue, Green, White, Yellow, YellowGreen};
        match self {
            Self::Ordinary => matches!(colour, Blue | Yellow | Black),
            Self::NewEnergySmall | Self::Aviation => matches!(colour, Green),
            // Many cameras know one green only.
            Self::NewEnergyLarge => matches!(colour, Green | YellowGreen),
            Self::Trailer | Self::Coach => matches!(colour, Yellow),
            Self::HongKong | Self::Macau | Self::Consulate | Self::Embassy => {
                matches!(colour, Black)
            }
            Self::Police | Self::Emergency | Self::ArmedPolice | Self::Army => {
                matches!(colour, White)
            }
            Self::Test | Self::OverLimit => true,
        }
    }
}

/// The colour of a plate's ground.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Colour {
    /// 蓝.
    Blue,
    /// 黄.
    Yellow,
    /// 白.
    White,
    /// 黑.
    Black,
    /// 绿, plain or fading.
    Green,
    /// 黄绿, half and half.
    YellowGreen,
}

/// What drives a new-energy vehicle.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Energy {
    /// 纯电动: by battery alone (letters D, A, B, C, E).
    Electric,
    /// 非纯电动: hybrid, fuel cell (letters F, G, H, J, K).
    Other,
}

impl Energy {
    /// A name in ASCII.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Electric => "electric",
            Self::Other => "other",
        }
    }

    pub(super) const fn of(letter: u8) -> Option<Self> {
        match letter {
            b'A'..=b'E' => Some(Self::Electric),
            b'F' | b'G' | b'H' | b'J' | b'K' => Some(Self::Other),
            _ => None,
        }
    }
}

/// A province, autonomous region or municipality, by its character on plates.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Province(u8);

impl Province {
    pub(super) const fn of(symbol: Symbol) -> Option<Self> {
        match symbol.checked_sub(HAN) {
            Some(place) if place < PROVINCES => Some(Self(place)),
            _ => None,
        }
    }

    /// All, in the order of GB/T 2260.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..PROVINCES).map(Self)
    }

    /// The one that this character stands for.
    #[must_use]
    pub fn from_character(character: char) -> Option<Self> {
        Self::all().find(|province| province.character() == character)
    }

    /// The one whose codes begin with these two digits; see
    /// [`code`](Self::code).
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        Self::all().find(|province| province.code() == code)
    }

    pub(super) const fn symbol(self) -> Symbol {
        HAN + self.0
    }

    /// Its character, such as `津`.
    #[must_use]
    pub fn character(self) -> char {
        HANZI.get(usize::from(self.0)).map_or('?', |(character, _)| *character)
    }

    /// The first two digits of its codes in GB/T 2260, such as 12 for 津: what
    /// resident ID numbers begin with.
    #[must_use]
    pub fn code(self) -> u8 {
        const CODES: [u8; PROVINCES as usize] = [
            11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50,
            51, 52, 53, 54, 61, 62, 63, 64, 65,
        ];
        CODES.get(usize::from(self.0)).copied().unwrap_or(0)
    }

    /// Whether the issuing letter was in use when this was written.
    pub(super) fn issues(self, letter: u8) -> bool {
        /// The municipalities and 粤 use, or are about to use, every letter.
        const ALL: &str = "ABCDEFGHJKLMNPQRSTUVWXYZ";
        #[rustfmt::skip]
        const LETTERS: [&str; PROVINCES as usize] = [
            ALL, ALL, "ABCDEFGHJRSTX", "ABCDEFHJKLM", "ABCDEFGHJKLM", // 京津冀晋蒙
            "ABCDEFGHJKLMNPV", "ABCDEFGHJK", "ABCDEFGHJKLMNPR", ALL, // 辽吉黑沪
            "ABCDEFGHJKLMNU", "ABCDEFGHJKL", "ABCDEFGHJKLMNPQRS", // 苏浙皖
            "ABCDEFGHJK", "ABCDEFGHJKLM", "ABCDEFGHJKLMNPQRSUVWY", // 闽赣鲁
            "ABCDEFGHJKLMNPQRSUV", "ABCDEFGHJKLMNPQRSW", "ABCDEFGHJKLMNSU", // 豫鄂湘
            ALL, "ABCDEFGHJKLMNPR", "ABCDEF", ALL, // 粤桂琼渝
            "ABCDEFGHJKLMQRSTUVWXYZ", "ABCDEFGHJ", "ABCDEFGHJKLMNPQRS", // 川贵云
            "ABCDEFGHJ", "ABCDEFGHJKUV", "ABCDEFGHJKLMNP", // 藏陕甘
            "ABCDEFGH", "ABCDE", "ABCDEFGHJKLMNPQRS", // 青宁新
        ];
        let letters = LETTERS.get(usize::from(self.0)).copied().unwrap_or(ALL);
        // Not `contains`, which is made for long texts.
        letters.bytes().any(|issued| issued == letter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::plate::symbol::han;

    #[test]
    fn codes_and_letters_stand_with_their_provinces() {
        let of = |c| Province::of(han(c)).unwrap();
        for (c, code, last) in
            [('津', 12, 'Z'), ('冀', 13, 'X'), ('琼', 46, 'F'), ('宁', 64, 'E'), ('新', 65, 'S')]
        {
            assert_eq!(of(c).code(), code);
            assert!(of(c).issues(u8::try_from(last).unwrap()), "{c}{last}");
        }
        assert!(!of('宁').issues(b'F') && !of('琼').issues(b'G') && !of('晋').issues(b'G'));
        assert_eq!(Province::of(han('警')), None);
    }
}
