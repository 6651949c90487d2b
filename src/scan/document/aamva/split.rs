//! Where one element ends and the next begins.

use super::header::{DESIGNATOR, Header, designator};
use super::mode::Mode;
use super::version::{self, bit, fixed, mandatory, standard};

/// What was seen of a set: whether once, and whether more often.
#[derive(Clone, Copy, Default)]
struct Seen {
    once: u128,
    more: u128,
}

impl Seen {
    fn add(&mut self, bit: u128) {
        self.more |= self.once & bit;
        self.once |= bit;
    }

    const fn unique(&self, bit: u128) -> bool {
        self.once & bit != 0 && self.more & bit == 0
    }
}

/// What one pass over the subfiles finds out, before they are taken apart.
#[derive(Clone, Copy)]
pub(super) struct Split<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) header: Header,
    pub(super) mode: Mode,
    /// The elements that may begin anywhere.
    elements: Seen,
    /// Those that the version demands, and of them those that stand in one place
    /// only, if all are there.
    demanded: u128,
    single: u128,
    /// The designators whose subfile begins behind a separator.
    pub(super) anchored: u128,
    /// Those whose subfile may begin within a value.
    within: Seen,
    /// Fewer bytes are there than the designators say.
    short: bool,
    /// The elements that begin behind a separator, those of the subfile that
    /// is surveyed, and those that do so more than once in a subfile.
    lines: u128,
    here: u128,
    pub(super) repeated: u128,
}

/// Where a value ends.
#[derive(Clone, Copy)]
pub(super) struct End {
    /// The first byte behind it.
    pub(super) at: usize,
    /// Of what stands there before the next record.
    pub(super) len: usize,
    /// Whether nothing else can be.
    pub(super) sure: bool,
    /// Where another element may begin within the value.
    pub(super) ambiguous: Option<usize>,
}

impl<'a> Split<'a> {
    pub(super) fn new(bytes: &'a [u8], header: Header) -> Self {
        let mode = Mode::of(bytes, header.body);
        let (elements, within) = (Seen::default(), Seen::default());
        let kind = bytes.get(header.body..header.body + 2).unwrap_or_default();
        let demanded = mandatory(header.version.read_as(), kind);
        let mut split = Self {
            bytes,
            header,
            mode,
            elements,
            demanded,
            single: 0,
            anchored: 0,
            within,
            short: false,
            lines: 0,
            here: 0,
            repeated: 0,
        };
        split.short = split.said() > bytes.len();
        split.survey();
        // What an element that stands in one place only would cut in two is
        // none. Then more of them may stand in one place only.
        if split.is_cut() && split.surely() != 0 {
            split.single = split.surely();
            (split.elements, split.within, split.anchored) = (elements, within, 0);
            split.here = 0;
            split.survey();
        }
        split
    }

    /// Where the last subfile ends, by the designators.
    fn said(&self) -> usize {
        let ends = (0..self.header.count).filter_map(|index| self.designator(index));
        ends.map(|(_, offset, length)| self.header.base + offset + length).max().unwrap_or(0)
    }

    /// Type, offset and length.
    pub(super) fn designator(&self, index: usize) -> Option<([u8; 2], usize, usize)> {
        designator(self.bytes, self.header.designators + index * DESIGNATOR)
    }

    pub(super) fn byte(&self, at: usize) -> Option<u8> {
        self.bytes.get(at).copied()
    }

    /// Whether here, or at the end, stands a separator in any case.
    pub(super) fn is_separator(&self, at: usize) -> bool {
        self.byte(at).is_none_or(|byte| self.mode.separates(byte))
    }

    /// Whether an element may begin here though no separator is before it.
    fn may_begin(&self, at: usize) -> Option<u128> {
        if self.mode == Mode::Spaces && at.checked_sub(1).and_then(|at| self.byte(at)) != Some(b' ')
        {
            return None;
        }
        bit(self.bytes.get(at..)?.get(..3)?)
    }

    /// The type of a subfile that can begin here, by what stands behind it: an
    /// element that such a subfile has, or nothing.
    fn kind(&self, at: usize, behind_separator: bool) -> Option<[u8; 2]> {
        let (kind, rest) = self.bytes.get(at..)?.split_first_chunk::<2>()?;
        let fits = match kind {
            [b'D', b'L'] | [b'I', b'D'] | [b'E', b'N'] => {
                rest.get(..3).and_then(version::number).is_some()
            }
            [b'Z', b'A'..=b'Z'] => {
                rest.starts_with(kind) && rest.get(2).is_some_and(u8::is_ascii_alphanumeric)
            }
            _ => false,
        };
        let empty = behind_separator && kind.iter().all(u8::is_ascii_uppercase);
        (fits || empty && self.is_separator(at + 2)).then_some(*kind)
    }

    /// The first of these designators that has this type.
    fn listed(&self, kind: [u8; 2], of: u128) -> Option<usize> {
        (0..self.header.count)
            .filter(|index| of & 1 << index != 0)
            .find(|index| self.designator(*index).is_some_and(|found| found.0 == kind))
    }

    /// The subfile that begins here, where one can begin, while this one is
    /// open: its type and its designator, if it is one of these.
    pub(super) fn subfile(
        &self,
        at: usize,
        of: u128,
        open: [u8; 2],
    ) -> Option<([u8; 2], Option<usize>)> {
        let kind = self.kind(at, true)?;
        let listed = self.listed(kind, of);
        let unlisted = !(kind.starts_with(b"Z") && open.starts_with(b"Z"));
        let known = unlisted && self.kind(at, false).is_some();
        (listed.is_some() || known).then_some((kind, listed))
    }

    /// Whether values end where the next element begins.
    fn is_cut(&self) -> bool {
        matches!(self.mode, Mode::Spaces | Mode::Bare)
    }

    /// The demanded elements that begin in one place only, if all are there.
    fn surely(&self) -> u128 {
        let all_there = self.demanded & !self.elements.once == 0;
        if all_there { self.demanded & self.elements.once & !self.elements.more } else { 0 }
    }

    /// Whether an element that stands in one place only begins within two bytes
    /// of here, so that none begins here.
    fn is_crossed(&self, at: usize) -> bool {
        let near = [at + 1, at + 2, at.wrapping_sub(1), at.wrapping_sub(2)];
        let single = |near| self.may_begin(near).is_some_and(|bit| self.single & bit != 0);
        self.single != 0 && near.into_iter().any(single)
    }

    fn survey(&mut self) {
        let mut behind = true;
        // Before this the bytes are a type and an ID: no other ID is in them.
        let mut known = 0;
        for (at, byte) in self.bytes.iter().enumerate().skip(self.header.body) {
            let separator = self.mode.separates(*byte);
            // Within a value, what can begin has one of these letters.
            if !separator && (behind || matches!(byte, b'D' | b'E' | b'I' | b'Z')) {
                let part = self.part(at, behind);
                if behind {
                    let id = if part { at + 2 } else { at };
                    self.here &= if part { 0 } else { u128::MAX };
                    known = id + 3;
                    self.line(id);
                } else if at >= known && !self.is_crossed(at) {
                    self.elements.add(self.may_begin(at).unwrap_or_default());
                }
            }
            behind = separator;
        }
    }

    /// Behind a separator stands this ID.
    fn line(&mut self, at: usize) {
        let bit = self.bytes.get(at..at + 3).and_then(bit).unwrap_or_default();
        self.lines |= bit;
        self.repeated |= self.here & bit;
        self.here |= bit;
        self.elements.add(bit);
    }

    /// Whether a subfile may begin here. If so, it is remembered.
    fn part(&mut self, at: usize, behind: bool) -> bool {
        let Some(kind) = self.kind(at, behind) else { return false };
        let of = if behind { !self.anchored } else { u128::MAX };
        let Some(bit) = self.listed(kind, of).map(|index| 1 << index) else { return false };
        if behind {
            self.anchored |= bit;
        } else {
            self.within.add(bit);
        }
        true
    }

    /// The subfile that begins here, within what looks like a value: one of
    /// these designators, whose subfile is nowhere behind a separator, and
    /// whether it can begin here only.
    fn within(&self, at: usize, of: u128) -> Option<bool> {
        let index = self.listed(self.kind(at, false)?, of & !self.anchored)?;
        Some(self.within.unique(1 << index))
    }

    /// The end of the value whose element begins at `at`, in a subfile of this
    /// type, with these designators still to come.
    pub(super) fn end(&self, at: usize, sure: bool, kind: [u8; 2], to_come: u128) -> End {
        if let Some(next) = self.full(at).filter(|_| sure) {
            return self.cut(next, true, None);
        }
        if self.is_plain(to_come) {
            let rest = self.bytes.get(at..).unwrap_or_default();
            let len = rest.iter().position(|byte| self.mode.separates(*byte));
            return self.last(at + len.unwrap_or(rest.len()), at, None);
        }
        let mut ambiguous = None;
        let mut here = at;
        while !self.is_separator(here) {
            let found = if here > at + 2 { self.begins(here, kind, to_come) } else { Begins::No };
            match found {
                Begins::Part => return self.part_end(here, ambiguous),
                Begins::Surely => return self.cut(here, true, ambiguous),
                Begins::Perhaps => return self.cut(here, false, ambiguous),
                Begins::Unclear => ambiguous = ambiguous.or(Some(here)),
                Begins::No => {}
            }
            here += 1;
        }
        self.last(here, at, ambiguous)
    }

    /// Whether nothing can be wrong with lines: every subfile to come begins
    /// behind a separator, and no demanded element can be in another's value.
    fn is_plain(&self, to_come: u128) -> bool {
        let lost = self.short && self.demanded & !self.lines != 0;
        !self.is_cut() && to_come & !self.anchored == 0 && !lost
    }

    /// Where the next element begins, if the standard fixes the length of this
    /// one and an element begins there.
    fn full(&self, at: usize) -> Option<usize> {
        if !self.is_cut() {
            return None;
        }
        let space = usize::from(self.mode == Mode::Spaces);
        let len = fixed(self.header.version.read_as(), self.bytes.get(at..)?.get(..3)?)?;
        let next = at + 3 + len + space;
        // If the value is shorter than it has to be, another ID comes sooner.
        let ends = |at| self.is_separator(at) || self.may_begin(at).is_some();
        (self.may_begin(next).is_some() && !(at + 3..next).any(ends)).then_some(next)
    }

    /// A value that ends before what begins here.
    fn cut(&self, here: usize, sure: bool, ambiguous: Option<usize>) -> End {
        let len = usize::from(self.mode == Mode::Spaces);
        End { at: here - len, len, sure, ambiguous }
    }

    /// A value that ends where a subfile begins.
    fn part_end(&self, here: usize, ambiguous: Option<usize>) -> End {
        match self.is_typed_return(here) {
            true => End { at: here - 1, len: 1, sure: self.is_end(here), ambiguous },
            false => self.cut(here, true, ambiguous),
        }
    }

    /// Whether a subfile ends here, by its designator.
    fn is_end(&self, here: usize) -> bool {
        let mut ends = (0..self.header.count).filter_map(|index| self.designator(index));
        ends.any(|(_, offset, length)| self.header.base + offset + length == here)
    }

    /// Whether before here, where a CR has to be, stands what it was typed as.
    fn is_typed_return(&self, here: usize) -> bool {
        self.header.typed && here.checked_sub(1).and_then(|at| self.byte(at)) == Some(b'M')
    }

    /// A value that ends at a separator or at the end.
    fn last(&self, here: usize, at: usize, ambiguous: Option<usize>) -> End {
        let spaced = self.mode == Mode::Spaces
            && here.checked_sub(1).and_then(|at| self.byte(at)) == Some(b' ');
        let replaced = spaced || self.is_typed_return(here);
        match replaced && here == self.bytes.len() && here > at + 3 {
            true => End { at: here - 1, len: 1, sure: spaced || self.is_end(here), ambiguous },
            false => End { ambiguous, ..self.separator(here) },
        }
    }

    /// The end of what stands before this separator.
    pub(super) fn separator(&self, at: usize) -> End {
        let len = match (self.byte(at), self.byte(at + 1)) {
            (None, _) => 0,
            (Some(b'\r'), Some(b'\n')) => 2,
            _ => 1,
        };
        End { at, len, sure: true, ambiguous: None }
    }

    /// Whether here stands a separator or a space.
    pub(super) fn is_blank(&self, at: usize) -> bool {
        self.byte(at).is_some_and(|byte| byte == b' ' || self.is_separator(at))
    }

    fn begins(&self, at: usize, kind: [u8; 2], to_come: u128) -> Begins {
        let behind_space = self.byte(at - 1) == Some(b' ');
        let possible = self.mode != Mode::Spaces || behind_space;
        if let Some(unique) = self.within(at, to_come).filter(|_| possible) {
            return if unique { Begins::Part } else { Begins::Unclear };
        }
        match self.mode {
            Mode::Lines | Mode::Controls | Mode::Pipes => self.lost(at),
            _ if kind.starts_with(b"Z") => self.own(at, kind, behind_space),
            _ => self.element(at),
        }
    }

    /// Within lines no value is cut. But a mandatory element that begins no
    /// line, in a payload that is too short, may have lost its separator.
    fn lost(&self, at: usize) -> Begins {
        let lost = self.demanded & !self.lines;
        let here = self.may_begin(at).unwrap_or_default();
        if self.short && lost & here != 0 { Begins::Unclear } else { Begins::No }
    }

    /// An element of the jurisdiction's: no standard says which there are.
    fn own(&self, at: usize, kind: [u8; 2], behind_space: bool) -> Begins {
        let is = self.bytes.get(at..at + 3).is_some_and(|id| {
            id.starts_with(&kind) && id.last().is_some_and(u8::is_ascii_alphanumeric)
        });
        match is && (behind_space || self.mode == Mode::Bare) {
            true => Begins::Perhaps,
            false => Begins::No,
        }
    }

    /// The rule that the module's documentation proves.
    fn element(&self, at: usize) -> Begins {
        let Some(bit) = self.may_begin(at) else { return Begins::No };
        if self.is_crossed(at) {
            Begins::No
        } else if self.surely() & bit != 0 {
            Begins::Surely
        } else if standard(self.header.version.read_as()) & bit != 0 && self.elements.unique(bit) {
            Begins::Perhaps
        } else {
            Begins::Unclear
        }
    }
}

enum Begins {
    /// A subfile surely does.
    Part,
    /// An element does.
    Surely,
    /// One may: cut here, and tell.
    Perhaps,
    /// One may, and elsewhere too: do not cut, but tell.
    Unclear,
    No,
}
