use core::fmt;

use super::class::{Class, Colour};

/// A plate-type code, 号牌种类 (GA/T 16.7): half of the key under which the
/// traffic database keeps a vehicle; the other half is
/// [`Plate::hphm`](super::Plate::hphm).
///
/// Shown with two digits, as the databases want it.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Hpzl(u8);

impl Hpzl {
    /// 01, lorries and buses.
    pub const LARGE: Self = Self(1);
    /// 02, cars.
    pub const SMALL: Self = Self(2);
    /// 51, new-energy lorries and buses.
    pub const LARGE_NEW_ENERGY: Self = Self(51);
    /// 52, new-energy cars.
    pub const SMALL_NEW_ENERGY: Self = Self(52);

    /// A code by its number; `None` over 99.
    #[must_use]
    pub const fn new(code: u8) -> Option<Self> {
        if code <= 99 { Some(Self(code)) } else { None }
    }

    /// Its number.
    #[must_use]
    pub const fn code(self) -> u8 {
        self.0
    }

    /// What it stands for, in Chinese; `None` for a code that is not in the
    /// standard. (Insurers use 80 to 84 in ways of their own.)
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            1 => "大型汽车",
            2 => "小型汽车",
            3 => "使馆汽车",
            4 => "领馆汽车",
            5 => "境外汽车",
            6 => "外籍汽车",
            7 => "两、三轮摩托车",
            8 => "轻便摩托车",
            9 => "使馆摩托车",
            10 => "领馆摩托车",
            11 => "境外摩托车",
            12 => "外籍摩托车",
            13 => "低速车",
            14 => "拖拉机",
            15 => "挂车",
            16 => "教练汽车",
            17 => "教练摩托车",
            18 => "试验汽车",
            19 => "试验摩托车",
            20 => "临时入境汽车",
            21 => "临时入境摩托车",
            22 => "临时行驶车",
            23 => "警用汽车",
            24 => "警用摩托车",
            25 => "原农机",
            26 => "香港入出境车",
            27 => "澳门入出境车",
            31 => "武警",
            32 => "军队",
            41 => "无号牌",
            42 => "假号牌",
            43 => "挪用号牌",
            51 => "大型新能源汽车",
            52 => "小型新能源汽车",
            99 => "其他",
            _ => return None,
        })
    }

    /// The codes of plates of 2002: seven characters were given to cars,
    /// lorries and motorcycles only.
    pub(super) const TRIAL: &'static [Self] = &[Self(2), Self(1), Self(7), Self(8)];

    /// The class of the plates with this code; `None` for a code that does not
    /// tell it: plates of other countries, temporary ones, none at all, 99.
    #[must_use]
    pub const fn class(self) -> Option<Class> {
        Some(match self.0 {
            1 | 2 | 6 | 7 | 8 | 12 | 13 | 14 => Class::Ordinary,
            3 | 9 => Class::Embassy,
            4 | 10 => Class::Consulate,
            15 => Class::Trailer,
            16 | 17 => Class::Coach,
            18 | 19 => Class::Test,
            23 | 24 => Class::Police,
            26 => Class::HongKong,
            27 => Class::Macau,
            31 => Class::ArmedPolice,
            32 => Class::Army,
            51 => Class::NewEnergyLarge,
            52 => Class::NewEnergySmall,
            _ => return None,
        })
    }

    /// The codes that a plate of this class and colour can have, the likely
    /// ones first.
    ///
    /// The text of an ordinary plate does not tell a car from a lorry or a
    /// motorcycle; its colour does in part (GA 36-2018).
    pub(super) const fn candidates(class: Class, colour: Option<Colour>) -> &'static [Self] {
        match (class, colour) {
            (Class::Ordinary, Some(Colour::Blue)) => &[Self(2), Self(8)],
            (Class::Ordinary, Some(Colour::Yellow)) => &[Self(1), Self(7), Self(13)],
            (Class::Ordinary, Some(Colour::Black)) => &[Self(6), Self(12)],
            (Class::Ordinary, Some(Colour::Green)) => &[Self(14)],
            (Class::Ordinary, _) => {
                &[Self(2), Self(1), Self(7), Self(8), Self(13), Self(14), Self(6), Self(12)]
            }
            (Class::NewEnergySmall, _) => &[Self(52)],
            (Class::NewEnergyLarge, _) => &[Self(51)],
            (Class::Trailer, _) => &[Self(15)],
            (Class::Coach, _) => &[Self(16), Self(17)],
            (Class::Police, _) => &[Self(23), Self(24)],
            (Class::HongKong, _) => &[Self(26)],
            (Class::Macau, _) => &[Self(27)],
            (Class::Test, _) => &[Self(18), Self(19), Self(22)],
            (Class::OverLimit, _) => &[Self(22)],
            (Class::Consulate, _) => &[Self(4), Self(10)],
            (Class::Embassy, _) => &[Self(3), Self(9)],
            (Class::ArmedPolice, _) => &[Self(31)],
            (Class::Army, _) => &[Self(32)],
            // The list has no code for them.
            (Class::Emergency | Class::Aviation, _) => &[Self(99)],
        }
    }
}

impl fmt::Display for Hpzl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}", self.0)
    }
}
