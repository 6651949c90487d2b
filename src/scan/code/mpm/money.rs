/// A currency by its number (ISO 4217).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Currency(pub u16);

impl Currency {
    /// The yuan renminbi.
    pub const CNY: Self = Self(156);

    /// How many decimal places the minor unit is below the major one: the
    /// exceptions of ISO 4217, list one, and 2 for any other number.
    #[must_use]
    pub const fn exponent(self) -> u8 {
        match self.0 {
            // BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF
            // XPF.
            108 | 152 | 262 | 324 | 352 | 392 | 174 | 410 | 600 | 646 | 800 | 940 | 704 | 548
            | 950 | 952 | 953 => 0,
            // BHD IQD JOD KWD LYD OMR TND.
            48 | 368 | 400 | 414 | 434 | 512 | 788 => 3,
            // CLF UYW.
            990 | 927 => 4,
            _ => 2,
        }
    }
}

/// An amount as it stands in the code: digits, and a point where there are
/// decimals.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Amount<'a>(&'a str);

impl<'a> Amount<'a> {
    /// The longest there is.
    pub(super) const LONGEST: usize = 13;

    pub(super) fn new(value: &'a [u8]) -> Option<Self> {
        let text = core::str::from_utf8(value).ok()?;
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let fits = text.len() <= Self::LONGEST
            && !whole.is_empty()
            && is_digits(whole)
            && is_digits(fraction);
        fits.then_some(Self(text))
    }

    /// As it stands there.
    #[must_use]
    pub const fn text(self) -> &'a str {
        self.0
    }

    pub(super) fn is_zero(self) -> bool {
        self.0.bytes().all(|byte| matches!(byte, b'0' | b'.'))
    }

    /// In the minor unit, so many decimal places below the major one; `None`
    /// if there is a part of a minor unit.
    #[must_use]
    pub fn minor(self, exponent: u8) -> Option<u64> {
        let (whole, fraction) = self.0.split_once('.').unwrap_or((self.0, ""));
        let places = usize::from(exponent);
        let finer = fraction.get(places..).unwrap_or_default();
        let digits =
            whole.bytes().chain(fraction.bytes().chain(core::iter::repeat(b'0')).take(places));
        let sum = |sum: u64, digit: u8| sum.checked_mul(10)?.checked_add((digit & 0x0F).into());
        finer.bytes().all(|digit| digit == b'0').then_some(())?;
        digits.into_iter().try_fold(0, sum)
    }
}
