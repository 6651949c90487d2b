/// One group of interface bytes: TAi, TBi, TCi, TDi.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Group {
    /// The `i`, from 1.
    pub index: u8,
    /// The protocol the group is about: the T in TD(i-1). `None` for the
    /// first, which is global; so is the second.
    pub protocol: Option<u8>,
    /// TAi.
    pub ta: Option<u8>,
    /// TBi.
    pub tb: Option<u8>,
    /// TCi.
    pub tc: Option<u8>,
    /// TDi.
    pub td: Option<u8>,
}

/// The interface bytes of an ATR, group by group.
#[derive(Clone, Debug)]
pub struct Groups<'a> {
    rest: &'a [u8],
    /// Which bytes the next group has: Y(i), in the upper half of a byte.
    present: u8,
    index: u8,
    protocol: Option<u8>,
}

impl<'a> Groups<'a> {
    /// Those of an ATR.
    pub(super) fn of(atr: &'a [u8]) -> Self {
        let present = atr.get(1).map_or(0, |t0| t0 & 0xF0);
        Self { rest: atr.get(2..).unwrap_or_default(), present, index: 1, protocol: None }
    }

    /// Whether none was announced that is not there. After the last.
    pub(super) const fn is_whole(&self) -> bool {
        self.present == 0
    }

    /// What follows. After the last.
    pub(super) const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    fn take(&mut self, bit: u8) -> Option<Option<u8>> {
        if self.present & bit == 0 {
            return Some(None);
        }
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(Some(*first))
    }
}

impl Iterator for Groups<'_> {
    type Item = Group;

    fn next(&mut self) -> Option<Group> {
        if self.present == 0 {
            return None;
        }
        let group = Group {
            index: self.index,
            protocol: self.protocol,
            ta: self.take(0x10)?,
            tb: self.take(0x20)?,
            tc: self.take(0x40)?,
            td: self.take(0x80)?,
        };
        self.present = group.td.unwrap_or(0) & 0xF0;
        self.protocol = group.td.map(|td| td & 0x0F);
        self.index = self.index.saturating_add(1);
        Some(group)
    }
}
