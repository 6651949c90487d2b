use core::fmt;

use super::{Atr, AtrError, DEFAULT_TA1, Tck};

/// Which reset the ATR answers.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Reset {
    /// Power was switched on.
    Cold,
    /// RST was pulled low while the card had power.
    Warm,
}

/// What a payment terminal does after an ATR (EMV Book 1, 8.3 and 6.1.3.3):
/// the second verdict, beside that of [`Atr::new`], which asks only whether it
/// is one.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Verdict {
    /// Goes on, without PPS.
    Accepted(Terms),
    /// Resets the card once more, warm.
    WarmReset(Refusal),
    /// Deactivates it.
    Rejected(Refusal),
}

/// How an accepted card is spoken to.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Terms {
    /// 0 or 1.
    pub protocol: u8,
    /// F and D in force, as TA1 has them: 11 to 13.
    pub ta1: u8,
}

/// The character of an ATR that a terminal minds.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Character {
    /// The convention: 3B or 3F.
    Ts,
    /// What follows, which is not what came.
    T0,
    /// F and D: 11 to 13 in specific mode.
    Ta1,
    /// Programming voltage: 00 after a cold reset, anything after a warm one.
    Tb1,
    /// Extra guard time: 00 or FF. (Book 1 in version 4.3 had terminals bear
    /// with others.)
    Tc1,
    /// The protocol: 0 or 1.
    Td1,
    /// Specific mode: the first protocol, explicit parameters.
    Ta2,
    /// Programming voltage once more: not allowed.
    Tb2,
    /// Work waiting integer: 0A.
    Tc2,
    /// The second protocol: 1, or with T=0 also E or F.
    Td2,
    /// IFSC: 10 to FE.
    Ta3,
    /// BWI at most 4, CWI at most 5, 2 to the CWI more than N + 1; needed for
    /// T=1.
    Tb3,
    /// Check of the blocks: 00, which is LRC.
    Tc3,
    /// Classes of supply, the first TA for T=15: 1 to 7 in its lower six bits.
    Classes,
    /// The check character.
    Tck,
}

impl Character {
    /// Its name, and the clause of EMV Book 1 about it.
    #[must_use]
    pub const fn name_and_clause(self) -> (&'static str, &'static str) {
        match self {
            Self::Ts => ("TS", "8.3.1"),
            Self::T0 => ("T0", "8.3.2"),
            Self::Ta1 => ("TA1", "8.3.3.1"),
            Self::Tb1 => ("TB1", "8.3.3.2"),
            Self::Tc1 => ("TC1", "8.3.3.3"),
            Self::Td1 => ("TD1", "8.3.3.4"),
            Self::Ta2 => ("TA2", "8.3.3.5"),
            Self::Tb2 => ("TB2", "8.3.3.6"),
            Self::Tc2 => ("TC2", "8.3.3.7"),
            Self::Td2 => ("TD2", "8.3.3.8"),
            Self::Ta3 => ("TA3", "8.3.3.9"),
            Self::Tb3 => ("TB3", "8.3.3.10"),
            Self::Tc3 => ("TC3", "8.3.3.11"),
            Self::Classes => ("TA for T=15", "8.3; ISO/IEC 7816-3:2006, 8.3"),
            Self::Tck => ("TCK", "8.3.4"),
        }
    }
}

/// Why an ATR is not accepted: a character that is wrong.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Refusal {
    /// Which.
    pub character: Character,
    /// Its value; `None` if it is missing.
    pub value: Option<u8>,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, clause) = self.character.name_and_clause();
        match self.value {
            Some(value) => write!(f, "{name} is {value:02X} (EMV Book 1, {clause})"),
            None => write!(f, "{name} is missing (EMV Book 1, {clause})"),
        }
    }
}

impl Verdict {
    /// The verdict on bytes that came after a reset, ATR or not.
    ///
    /// ```
    /// use embedded_pos::card::atr::{Character, Reset, Verdict};
    ///
    /// let atr = [0x3B, 0x60, 0x00, 0x00];
    /// let Verdict::Accepted(terms) = Verdict::of(&atr, Reset::Cold) else { panic!() };
    /// assert_eq!((terms.protocol, terms.ta1), (0, 0x11));
    ///
    /// // TB1 tells of a programming voltage: only after a warm reset.
    /// let atr = [0x3B, 0x60, 0x25, 0x00];
    /// let Verdict::WarmReset(refusal) = Verdict::of(&atr, Reset::Cold) else { panic!() };
    /// assert_eq!(refusal.character, Character::Tb1);
    /// assert_eq!(refusal.to_string(), "TB1 is 25 (EMV Book 1, 8.3.3.2)");
    /// assert!(matches!(Verdict::of(&atr, Reset::Warm), Verdict::Accepted(_)));
    /// ```
    #[must_use]
    pub fn of(bytes: &[u8], reset: Reset) -> Self {
        match (judge(bytes, reset), reset) {
            (Ok(terms), _) => Self::Accepted(terms),
            (Err(refusal), Reset::Cold) => Self::WarmReset(refusal),
            (Err(refusal), Reset::Warm) => Self::Rejected(refusal),
        }
    }
}

/// Finds the first character that is wrong.
struct Judge(Result<(), Refusal>);

impl Judge {
    /// Not inlined: there are many.
    #[inline(never)]
    fn mind(&mut self, character: Character, value: Option<u8>, right: bool) {
        if !right && self.0.is_ok() {
            self.0 = Err(Refusal { character, value });
        }
    }
}

fn judge(bytes: &[u8], reset: Reset) -> Result<Terms, Refusal> {
    let refuse = |character, value| Err(Refusal { character, value });
    let atr = match Atr::new(bytes) {
        Ok(atr) => atr,
        Err(AtrError::Ts { found }) => return refuse(Character::Ts, Some(found)),
        Err(_) => return refuse(Character::T0, bytes.get(1).copied()),
    };
    let [ta1, tb1, tc1, td1] = interface(&atr, 1);
    let [ta2, tb2, tc2, td2] = interface(&atr, 2);
    let [ta3, tb3, tc3, _] = interface(&atr, 3);
    let protocol = td1.unwrap_or(0) & 0x0F;
    let terms = Terms { protocol, ta1: speed(ta1, ta2) };
    let mut judge = Judge(Ok(()));
    judge.mind(Character::Ta1, ta1, matches!(terms.ta1, 0x11..=0x13));
    judge.mind(Character::Tb1, tb1, tb1 == Some(0) || reset == Reset::Warm);
    judge.mind(Character::Tc1, tc1, matches!(tc1, None | Some(0 | 0xFF)));
    judge.mind(Character::Td1, td1, protocol < 2);
    judge.mind(Character::Ta2, ta2, ta2.is_none_or(|ta2| ta2 & 0x1F == protocol));
    judge.mind(Character::Tb2, tb2, tb2.is_none());
    judge.mind(Character::Tc2, tc2, matches!(tc2, None | Some(0x0A)));
    judge.mind(Character::Td2, td2, td2.is_none_or(|td2| second_is(protocol, td2)));
    if protocol == 1 || td2.is_some_and(|td2| td2 & 0x0F == 1) {
        let waits = tb3.is_some_and(|tb3| waits(tb3, tc1.unwrap_or(0)));
        judge.mind(Character::Ta3, ta3, matches!(ta3, None | Some(0x10..=0xFE)));
        judge.mind(Character::Tb3, tb3, waits);
        judge.mind(Character::Tc3, tc3, matches!(tc3, None | Some(0)));
    }
    let for_15 = atr.groups().find(|group| group.protocol == Some(15));
    let classes = for_15.and_then(|group| group.ta);
    judge.mind(Character::Classes, classes, classes.is_none_or(|y| matches!(y & 0x3F, 1..=7)));
    let tck = atr.tck();
    let last = bytes.last().copied().filter(|_| tck == Tck::Invalid);
    judge.mind(Character::Tck, last, matches!(tck, Tck::Valid | Tck::Absent));
    judge.0.map(|()| terms)
}

/// TA, TB, TC and TD of a group, or of none.
#[inline(never)]
fn interface(atr: &Atr, index: u8) -> [Option<u8>; 4] {
    atr.group(index).map_or([None; 4], |group| [group.ta, group.tb, group.tc, group.td])
}

/// TA1 counts in specific mode only: nothing is negotiated (8.3.3.1).
fn speed(ta1: Option<u8>, ta2: Option<u8>) -> u8 {
    let specific = ta2.is_some_and(|ta2| ta2 & 0x10 == 0);
    ta1.filter(|_| specific).unwrap_or(DEFAULT_TA1)
}

/// Whether the second protocol may stand behind the first (8.3.3.8). Version
/// 4.3 names E for the cards that speak T=0, later ones F.
const fn second_is(first: u8, td2: u8) -> bool {
    matches!((first, td2 & 0x0F), (_, 1) | (0, 14 | 15))
}

/// Whether the waiting times are short enough, and the character waiting time
/// longer than the guard time (8.3.3.10).
fn waits(tb3: u8, extra: u8) -> bool {
    let (bwi, cwi) = (tb3 >> 4, tb3 & 0x0F);
    // N + 1, where FF is -1.
    let guard = u16::from(extra.wrapping_add(1));
    bwi <= 4 && cwi <= 5 && 1 << cwi > guard
}
