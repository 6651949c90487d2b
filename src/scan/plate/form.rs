//! The forms of plates, as a table.

use super::class::Class;
use super::symbol::{HAN, PROVINCES, Symbol, han};

/// What may stand at one place of a plate.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(super) enum Slot {
    /// A province character.
    Province,
    /// An issuing letter: all but I and O.
    Issuer,
    /// The first letter of an army plate: all but I, O and W.
    Arm,
    /// X for fire, S for forest brigades.
    Brigade,
    /// A digit, or a letter but I and O.
    Any,
    /// A letter but I and O.
    Letter,
    /// A digit.
    Digit,
    /// The first digit of a country code: 1, 2 or 3.
    Country,
    /// The letter that tells what drives a new-energy vehicle.
    Energy,
    /// A digit, or the letter of a branch of the armed police.
    Branch,
    /// This symbol, in the place of the province.
    In(Symbol),
    /// This issuing letter.
    By(Symbol),
    /// This symbol, no part of the number.
    Mark(Symbol),
}

impl Slot {
    pub(super) const fn takes(self, symbol: Symbol) -> bool {
        const LAST_PROVINCE: Symbol = HAN + PROVINCES - 1;
        let letter = matches!(symbol, b'A'..=b'H' | b'J'..=b'N' | b'P'..=b'Z');
        match self {
            Self::Province => matches!(symbol, HAN..=LAST_PROVINCE),
            Self::Issuer | Self::Letter => letter,
            Self::Arm => letter && symbol != b'W',
            Self::Brigade => matches!(symbol, b'X' | b'S'),
            Self::Any => letter || symbol.is_ascii_digit(),
            Self::Digit => symbol.is_ascii_digit(),
            Self::Country => matches!(symbol, b'1'..=b'3'),
            Self::Energy => matches!(symbol, b'A'..=b'H' | b'J' | b'K'),
            Self::Branch => {
                symbol.is_ascii_digit()
                    || matches!(symbol, b'X' | b'B' | b'T' | b'S' | b'H' | b'J' | b'D')
            }
            Self::In(wanted) | Self::By(wanted) | Self::Mark(wanted) => symbol == wanted,
        }
    }

    /// Whether it names the issuer.
    pub(super) const fn is_issuer(self) -> bool {
        matches!(self, Self::Issuer | Self::Arm | Self::Brigade | Self::By(_))
    }

    /// Whether it counts as a place of the serial.
    pub(super) const fn is_serial(self) -> bool {
        !self.is_issuer() && !matches!(self, Self::Province | Self::In(_) | Self::Mark(_))
    }
}

/// A form of plates.
#[derive(Debug, Eq, Hash, PartialEq)]
pub(super) struct Form {
    pub(super) class: Class,
    pub(super) slots: &'static [Slot],
}

impl Form {
    /// Whether it is one of the trial of 2002: no other ordinary one is that
    /// long.
    pub(super) fn is_trial(&self) -> bool {
        self.class == Class::Ordinary && self.slots.len() == LONGEST
    }

    /// The plate of this form that has this number, and this province and mark
    /// beside it.
    pub(super) fn fill(&self, number: &[Symbol], province: Symbol) -> Option<[Symbol; LONGEST]> {
        let mut number = number.iter();
        let mut symbols = [0; LONGEST];
        for (symbol, slot) in symbols.iter_mut().zip(self.slots) {
            *symbol = match slot {
                Slot::Province | Slot::In(_) => province,
                Slot::Mark(mark) if *mark >= HAN => *mark,
                _ => *number.next()?,
            };
            if !slot.takes(*symbol) {
                return None;
            }
        }
        number.next().is_none().then_some(symbols)
    }
}

/// The longest form.
pub(super) const LONGEST: usize = 8;

use Slot::{Any as S, Arm, Branch, Brigade, By, Country as Q, Digit as D, Energy as E};
use Slot::{In, Issuer as L, Letter as A, Mark, Province as P};

const W: Slot = Mark(b'W');
const J: Slot = Mark(b'J');

macro_rules! forms {
    ($($class:ident: $($slot:expr),+;)+) => {
        &[$(Form { class: Class::$class, slots: &[$($slot),+] }),+]
    };
}

/// Every form, the frequent ones first. No text fits two of them.
#[rustfmt::skip]
static FORMS: &[Form] = forms! {
    Ordinary: P, L, S, S, S, S, S;
    NewEnergySmall: P, L, E, S, D, D, D, D;
    NewEnergyLarge: P, L, D, D, D, D, D, E;
    Trailer: P, L, S, S, S, S, Mark(han('挂'));
    Coach: P, L, S, S, S, S, Mark(han('学'));
    Police: P, L, S, S, S, S, Mark(han('警'));
    HongKong: In(han('粤')), By(b'Z'), S, S, S, S, Mark(han('港'));
    Macau: In(han('粤')), By(b'Z'), S, S, S, S, Mark(han('澳'));
    Test: P, L, S, S, S, S, Mark(han('试'));
    OverLimit: P, L, S, S, S, S, Mark(han('超'));
    Consulate: P, L, S, S, S, S, Mark(han('领')); // 2012
    Consulate: P, Q, D, D, S, S, Mark(han('领')); // 2018
    Embassy: Mark(han('使')), Q, D, D, S, S, S; // 2012
    Embassy: Q, D, D, S, S, S, Mark(han('使')); // 2017
    Emergency: P, Brigade, D, D, D, D, Mark(han('应')), Mark(han('急'));
    Emergency: In(han('京')), D, D, D, D, D, Mark(han('应')), Mark(han('急')); // the ministry
    ArmedPolice: W, J, P, S, S, S, S, Branch;
    ArmedPolice: W, J, S, S, S, S, S, Branch;
    ArmedPolice: W, J, S, S, S, S, Branch; // headquarters, without a province
    Army: Arm, L, S, S, S, S, S;
    Aviation: Mark(han('民')), Mark(han('航')), S, S, S, S, S;
};

/// Where the trial of 2002 ran, and the three forms of its numbers.
#[rustfmt::skip]
static TRIAL_2002: &[Form] = forms! {
    Ordinary: In(han('京')), L, D, D, D, A, A, A;
    Ordinary: In(han('京')), L, A, A, A, D, D, D;
    Ordinary: In(han('京')), L, D, D, D, D, D, D;
    Ordinary: In(han('津')), L, D, D, D, A, A, A;
    Ordinary: In(han('津')), L, A, A, A, D, D, D;
    Ordinary: In(han('津')), L, D, D, D, D, D, D;
    Ordinary: In(han('浙')), By(b'A'), D, D, D, A, A, A;
    Ordinary: In(han('浙')), By(b'A'), A, A, A, D, D, D;
    Ordinary: In(han('浙')), By(b'A'), D, D, D, D, D, D;
    Ordinary: In(han('粤')), By(b'B'), D, D, D, A, A, A;
    Ordinary: In(han('粤')), By(b'B'), A, A, A, D, D, D;
    Ordinary: In(han('粤')), By(b'B'), D, D, D, D, D, D;
};

/// Every form.
pub(super) fn forms() -> impl Iterator<Item = &'static Form> {
    FORMS.iter().chain(TRIAL_2002)
}

/// How far the symbols fit: to the end, or to this place.
fn fit(form: &Form, symbols: &[Symbol]) -> Result<(), usize> {
    let mut pairs = form.slots.iter().zip(symbols);
    match pairs.position(|(slot, symbol)| !slot.takes(*symbol)) {
        Some(place) => Err(place),
        None if form.slots.len() == symbols.len() => Ok(()),
        None => Err(form.slots.len().min(symbols.len())),
    }
}

/// Whether the text has the marks of the form: `津112345` is no attempt at the
/// consulate plate `津11234领`.
fn has_marks(form: &Form, symbols: &[Symbol]) -> bool {
    form.slots.iter().all(|slot| match slot {
        Slot::Mark(mark) => symbols.contains(mark),
        _ => true,
    })
}

/// The form that the symbols have, or the place up to which some form could
/// still have been.
pub(super) fn find(symbols: &[Symbol]) -> Result<&'static Form, usize> {
    let whole = |form: &&Form| form.slots.len() == symbols.len() && fit(form, symbols).is_ok();
    if let Some(form) = forms().find(whole) {
        return Ok(form);
    }
    let mut furthest = 0;
    for form in forms() {
        // One that does not fit there either goes no further.
        let here = form.slots.get(furthest).zip(symbols.get(furthest));
        if here.is_some_and(|(slot, symbol)| slot.takes(*symbol))
            && let Err(place) = fit(form, symbols)
            && place > furthest
            && has_marks(form, symbols)
        {
            furthest = place;
        }
    }
    Err(furthest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_whole() {
        for form in forms() {
            assert!((7..=LONGEST).contains(&form.slots.len()), "{form:?}");
            for slot in form.slots {
                assert_ne!(*slot, Mark(0), "{form:?}");
                assert_ne!(*slot, In(0), "{form:?}");
            }
        }
    }

    /// Each pair of forms of one length has a place where no symbol suits
    /// both.
    #[test]
    fn no_text_fits_two_forms() {
        let forms: std::vec::Vec<_> = forms().collect();
        for (place, one) in forms.iter().enumerate() {
            for other in forms.iter().skip(place + 1) {
                let apart = one.slots.iter().zip(other.slots).any(|(a, b)| {
                    (0..=u8::MAX).all(|symbol| !(a.takes(symbol) && b.takes(symbol)))
                });
                let same_class = one.class == other.class;
                assert!(
                    apart || same_class || one.slots.len() != other.slots.len(),
                    "{one:?} and {other:?}"
                );
            }
        }
    }
}
