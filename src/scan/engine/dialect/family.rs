use super::steps::{Said, Steps};
use crate::scan::Symbologies;

/// A family of codes that an engine can be told to read or to pass over by a
/// setting of its own, and the name of that.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Family {
    symbologies: Symbologies,
    name: [u8; 6],
}

impl Family {
    pub(in crate::scan::engine) const fn new(symbologies: Symbologies, name: &[u8; 6]) -> Self {
        Self { symbologies, name: *name }
    }

    /// To which of the families that all engines share it belongs.
    #[must_use]
    pub const fn symbologies(self) -> Symbologies {
        self.symbologies
    }

    /// The name of the setting.
    #[must_use]
    pub const fn name(self) -> [u8; 6] {
        self.name
    }

    /// What all of them are.
    pub(in crate::scan::engine) const fn all(families: &[Self]) -> Symbologies {
        let (mut all, mut rest) = (Symbologies::empty(), families);
        while let [first, more @ ..] = rest {
            all = all.union(first.symbologies);
            rest = more;
        }
        all
    }

    /// What sets each of them for `on` and no others; `None` if one of `on` is not
    /// among them.
    pub(in crate::scan::engine) fn steps<C: Said>(
        families: &[Self],
        on: Symbologies,
        set: impl Fn(Self, bool) -> C,
    ) -> Option<Steps<C>> {
        let steps = families.iter().map(|family| set(*family, on.contains(family.symbologies)));
        Self::all(families).contains(on).then(|| Steps::of(steps))
    }
}
