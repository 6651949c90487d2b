/// What a vehicle is used for (使用性质): a letter of GA/T 16.3, as police
/// programs list them. Unknown letters survive.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Use(
    /// The letter.
    pub u8,
);

/// From A on.
const NAMES: [&str; 19] = [
    "非营运",
    "公路客运",
    "公交客运",
    "出租客运",
    "旅游客运",
    "货运",
    "租赁",
    "警用",
    "消防",
    "救护",
    "工程救险",
    "营转非",
    "出租转非",
    "教练",
    "幼儿校车",
    "小学生校车",
    "初中生校车",
    "危化品运输",
    "中小学生校车",
];

impl Use {
    /// 非营运, not for hire.
    pub const PRIVATE: Self = Self(b'A');

    /// The use of that name, as printed on the licence.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let at = NAMES.iter().position(|known| *known == name)?;
        u8::try_from(at).ok().map(|at| Self(b'A' + at))
    }

    /// Its name, as printed; `None` if the letter is not known.
    #[must_use]
    pub fn name(self) -> Option<&'static str> {
        NAMES.get(usize::from(self.0.checked_sub(b'A')?)).copied()
    }
}
