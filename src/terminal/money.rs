use core::fmt;

/// An amount of money in fen, the hundredth of a yuan. Shown in yuan with two
/// decimals.
///
/// ```
/// use embedded_pos::terminal::Fen;
///
/// assert_eq!(Fen::yuan(200).to_string(), "200.00");
/// assert_eq!(Fen(5).to_string(), "0.05");
/// assert_eq!(Fen(20_605).capital().to_string(), "贰佰零陆元零伍分");
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Fen(pub u64);

impl Fen {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// Whole yuan.
    #[must_use]
    pub const fn yuan(yuan: u32) -> Self {
        // Widening: u32 * 100 fits in u64.
        Self(yuan as u64 * 100)
    }

    /// The sum; the largest amount there is on overflow.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// The amount in the capital figures of Chinese vouchers
    /// (正确填写票据和结算凭证的基本规定).
    #[must_use]
    pub const fn capital(self) -> Capital {
        Capital(self)
    }
}

impl fmt::Display for Fen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02}", self.0 / 100, self.0 % 100)
    }
}

/// An amount that is shown in capital figures.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Capital(Fen);

const DIGITS: [&str; 10] = ["零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖"];
/// Powers of ten within a group of four.
const UNITS: [(u64, &str); 4] = [(1_000, "仟"), (100, "佰"), (10, "拾"), (1, "")];
/// Groups of four digits.
const GROUPS: [(u64, &str); 4] =
    [(1_000_000_000_000, "万亿"), (100_000_000, "亿"), (10_000, "万"), (1, "")];

fn digit(n: u64) -> &'static str {
    usize::try_from(n % 10).ok().and_then(|n| DIGITS.get(n)).copied().unwrap_or_default()
}

/// Writes figures from the highest; a run of zeros between two figures is
/// written once.
struct Figures<'a, 'b> {
    out: &'a mut fmt::Formatter<'b>,
    started: bool,
    zero: bool,
}

impl Figures<'_, '_> {
    fn figure(&mut self, n: u64, unit: &str) -> fmt::Result {
        if n == 0 {
            self.zero = self.started;
            return Ok(());
        }
        if core::mem::take(&mut self.zero) {
            self.out.write_str("零")?;
        }
        self.started = true;
        self.out.write_str(digit(n))?;
        self.out.write_str(unit)
    }

    fn group(&mut self, group: u64, name: &str) -> fmt::Result {
        for (power, unit) in UNITS {
            self.figure(group / power % 10, unit)?;
        }
        if group > 0 { self.out.write_str(name) } else { Ok(()) }
    }
}

impl fmt::Display for Capital {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (yuan, fen) = (self.0.0 / 100, self.0.0 % 100);
        let mut figures = Figures { out: f, started: false, zero: false };
        for (power, name) in GROUPS {
            figures.group(yuan / power % 10_000, name)?;
        }
        match (figures.started, fen) {
            (false, 0) => return f.write_str("零元整"),
            (false, _) => {}
            (true, _) => figures.out.write_str("元")?,
        }
        if fen == 0 {
            return f.write_str("整");
        }
        // Zeros that end the yuan need no word before a figure of jiao.
        figures.zero = false;
        figures.figure(fen / 10, "角")?;
        if fen % 10 == 0 { f.write_str("整") } else { figures.figure(fen % 10, "分") }
    }
}

#[cfg(test)]
mod tests {
    use std::string::ToString;

    use super::*;

    #[test]
    fn capital_figures() {
        for (fen, text) in [
            (0, "零元整"),
            (5, "伍分"),
            (10, "壹角整"),
            (105, "壹元零伍分"),
            (20_000, "贰佰元整"),
            (20_600, "贰佰零陆元整"),
            (100_050, "壹仟元伍角整"),
            (100_001, "壹仟元零壹分"),
            (1_000_500, "壹万零伍元整"),
            (10_020_000, "壹拾万零贰佰元整"),
            (123_456_789, "壹佰贰拾叁万肆仟伍佰陆拾柒元捌角玖分"),
            (10_000_000_100, "壹亿零壹元整"),
        ] {
            assert_eq!(Fen(fen).capital().to_string(), text, "{fen}");
        }
    }

    #[test]
    fn extremes() {
        assert_eq!(Fen(u64::MAX).to_string(), "184467440737095516.15");
        assert!(!Fen(u64::MAX).capital().to_string().is_empty());
        assert_eq!(Fen(u64::MAX).plus(Fen(1)), Fen(u64::MAX));
    }
}
