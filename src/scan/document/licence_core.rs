use super::{Check, digit};

/// The weights of the thirteen characters; the third is the check character.
const WEIGHTS: [u16; 13] = [9, 8, 0, 8, 7, 3, 2, 3, 5, 6, 7, 8, 9];
const CHECK_AT: usize = 2;

/// The core number (证芯编号) of a Chinese driving or vehicle licence: thirteen
/// characters in a linear code on its second page, digits but for the third,
/// the check character, which may be X.
///
/// No standard for it is public. The rule of the check character comes from
/// the web forms of traffic police: weights 9 8 - 8 7 3 2 3 5 6 7 8 9, modulo
/// 11, ten is X, and a digit 4 counts as 8. So it is good for a warning, not
/// for a refusal.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct LicenceCore {
    check: Check,
}

impl LicenceCore {
    /// Looks at a number; `None` if it has not the form of one.
    #[must_use]
    pub fn parse(text: &[u8]) -> Option<Self> {
        let text: &[u8; 13] = text.try_into().ok()?;
        let check = *text.get(CHECK_AT)?;
        let mut sum = 0;
        for (at, (byte, weight)) in text.iter().zip(WEIGHTS).enumerate() {
            match digit(*byte) {
                Some(4) => sum += 8 * weight,
                Some(value) => sum += u16::from(value) * weight,
                None if at == CHECK_AT && *byte == b'X' => {}
                None => return None,
            }
        }
        let wanted = b"0123456789X".get(usize::from(sum % 11));
        let check = if wanted == Some(&check) { Check::Valid } else { Check::Invalid };
        Some(Self { check })
    }

    /// What the check character says.
    #[must_use]
    pub const fn check(self) -> Check {
        self.check
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Synthetic, computed with the rule by an independent program.
    #[test]
    fn computed_numbers_agree() {
        for number in ["1293456789012", "1140000000001", "3221111222233", "1494444444444"] {
            let core = LicenceCore::parse(number.as_bytes()).unwrap();
            assert_eq!(core.check(), Check::Valid, "{number}");
        }
    }

    #[test]
    fn the_check_may_be_an_x_and_nothing_else_may() {
        assert_eq!(LicenceCore::parse(b"12X3456789012").unwrap().check(), Check::Invalid);
        assert_eq!(LicenceCore::parse(b"1293456X89012"), None);
        assert_eq!(LicenceCore::parse(b"129345678901"), None);
        let right = (0..=9).map(|last| {
            let text = std::format!("00X000000000{last}");
            LicenceCore::parse(text.as_bytes()).unwrap().check()
        });
        assert_eq!(right.filter(|check| *check == Check::Valid).count(), 1);
    }
}
