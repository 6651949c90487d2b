use crate::scan::plate::{Class, Colour};

/// Whose numbers a camera uses: vendors share this protocol and its names,
/// not the meaning of `type` and `colorType`.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Profile {
    /// 臻识 VisionZenith (`VzClientSDK_LPDefine.h`, `LT_` and `LC_`).
    #[default]
    Vzenith,
    /// 千熠 Qianyi (HTTP protocol manual).
    Qianyi,
}

impl Profile {
    /// The class that a `type` stands for; `None` where it stands for several
    /// (2 black, 4 two-line yellow, 19 new energy of either size), for none of
    /// ours (12 farm), or for nothing.
    #[must_use]
    pub const fn class(self, code: i32) -> Option<Class> {
        match (self, code) {
            (_, 1 | 3) => Some(Class::Ordinary),
            (_, 5) => Some(Class::Police),
            (_, 6) => Some(Class::ArmedPolice),
            (_, 8 | 9) => Some(Class::Army),
            (Self::Vzenith, 7) => Some(Class::Ordinary),
            (Self::Vzenith, 10) => Some(Class::Embassy),
            (Self::Vzenith, 11) => Some(Class::HongKong),
            (Self::Vzenith, 13) => Some(Class::Coach),
            (Self::Vzenith, 14) => Some(Class::Macau),
            (Self::Vzenith, 15..=17) | (Self::Qianyi, 7) => Some(Class::ArmedPolice),
            (Self::Vzenith, 18) => Some(Class::Aviation),
            (Self::Qianyi, 11) => Some(Class::NewEnergySmall),
            (Self::Qianyi, 12) => Some(Class::NewEnergyLarge),
            _ => None,
        }
    }

    /// The colour that a `colorType` stands for; `None` for 0 and unknown ones.
    #[must_use]
    pub const fn colour(self, code: i32) -> Option<Colour> {
        match code {
            1 => Some(Colour::Blue),
            2 => Some(Colour::Yellow),
            3 => Some(Colour::White),
            4 => Some(Colour::Black),
            5 => Some(Colour::Green),
            6 => Some(Colour::YellowGreen),
            _ => None,
        }
    }
}
