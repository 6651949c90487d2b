//! The header: compliance indicator, separators, file type, numbers, subfile
//! designators (2020, D.12.3 and D.12.4).

use super::fault::FaultKind::{self, *};
use super::{Fault, Version};
use crate::scan::document::number;

/// Where a file type is looked for.
const WINDOW: usize = 64;
/// A designator: type 2, offset 4, length 4.
pub(super) const DESIGNATOR: usize = 10;
/// All that two digits can count.
const MOST: usize = 99;

const LF: u8 = b'\n';
const RS: u8 = 0x1E;
const CR: u8 = b'\r';

/// What is wrong with a header: at most so much.
#[derive(Clone, Copy, Default)]
pub(super) struct Faults {
    list: [Option<Fault>; 14],
    len: usize,
}

impl Faults {
    pub(super) fn push(&mut self, kind: FaultKind, at: usize) {
        if let Some(free) = self.list.get_mut(self.len) {
            *free = Some(Fault { kind, at });
            self.len += 1;
        }
    }

    pub(super) fn get(&self, index: usize) -> Option<Fault> {
        self.list.get(index).copied().flatten()
    }
}

#[derive(Clone, Copy)]
pub(super) struct Header {
    /// A keyboard typed the CR of the header as M, so it did all.
    pub(super) typed: bool,
    /// Where the compliance indicator stands: offsets count from here.
    pub(super) base: usize,
    /// Where the number of the issuer stands.
    pub(super) iin: usize,
    pub(super) version: Version,
    pub(super) jurisdiction_version: Option<u8>,
    /// Where the designators stand, and how many can be read.
    pub(super) designators: usize,
    pub(super) count: usize,
    /// Where the subfiles begin.
    pub(super) body: usize,
    pub(super) faults: Faults,
}

impl Header {
    pub(super) fn read(bytes: &[u8]) -> Result<Self, Fault> {
        let mut faults = Faults::default();
        let (at, iin, fault) = file_type(bytes)?;
        let before = bytes.get(..at).unwrap_or_default();
        let typed = before.ends_with(b"M");
        let base = lead(before, &mut faults);
        if let Some((kind, at)) = fault {
            faults.push(kind, at);
        }
        let digits = bytes.iter().skip(iin).take(13).take_while(|byte| byte.is_ascii_digit());
        let digits = digits.count();
        let value = |at| bytes.get(at..at + 2).and_then(number).and_then(|n| u8::try_from(n).ok());
        let version = Version(value(iin + 6).unwrap_or_default());
        let old = version.read_as() == 1;
        let designators = iin + digits;
        let found = (0..MOST)
            .take_while(|index| designator(bytes, designators + index * DESIGNATOR).is_some());
        let count = found.count();
        let (jurisdiction_version, said) = match digits {
            12 => {
                if old {
                    faults.push(JurisdictionVersionUnexpected, iin + 8);
                }
                (value(iin + 8), value(iin + 10))
            }
            10 => {
                if !old {
                    faults.push(JurisdictionVersionMissing, iin + 8);
                }
                (None, value(iin + 8))
            }
            8 => {
                if !old {
                    faults.push(JurisdictionVersionMissing, iin + 8);
                }
                faults.push(EntryCountMissing, iin + 8);
                (None, None)
            }
            _ => return Err(Fault { kind: Header, at: iin }),
        };
        let mut header = Self {
            typed,
            base,
            iin,
            version,
            jurisdiction_version,
            designators,
            count,
            body: 0,
            faults,
        };
        header.count(said.map(usize::from), bytes)?;
        Ok(header)
    }

    /// Compares the number of entries, and finds where the subfiles begin.
    fn count(&mut self, said: Option<usize>, bytes: &[u8]) -> Result<(), Fault> {
        let end = self.designators + self.count * DESIGNATOR;
        self.body = end;
        let unread = said.unwrap_or(1).saturating_sub(self.count);
        if unread > 0 && !begins(bytes, end) {
            // Designators that cannot be read: no longer than they would be.
            let body = (end..=end + unread * DESIGNATOR).find(|at| begins(bytes, *at));
            self.body = body.ok_or(Fault { kind: NoSubfile, at: end })?;
            self.faults.push(Designator, end);
        } else if said.is_some_and(|said| said != self.count) {
            self.faults.push(EntryCount, self.designators - 2);
        } else if self.count == 0 {
            self.faults.push(Designator, end);
        }
        Ok(())
    }
}

/// Whether a licence's subfile begins here: its type and an element.
pub(super) fn begins(bytes: &[u8], at: usize) -> bool {
    let Some([b'D', b'L', id @ ..] | [b'I', b'D', id @ ..] | [b'E', b'N', id @ ..]) =
        bytes.get(at..at + 5)
    else {
        return false;
    };
    super::version::number(id).is_some()
}

/// Type, offset and length.
pub(super) fn designator(bytes: &[u8], at: usize) -> Option<([u8; 2], usize, usize)> {
    let (kind, rest) = bytes.get(at..at + DESIGNATOR)?.split_first_chunk::<2>()?;
    let (offset, length) = rest.split_at_checked(4)?;
    if !kind.iter().all(u8::is_ascii_uppercase) {
        return None;
    }
    Some((*kind, number(offset)?.into(), number(length)?.into()))
}

type At = (usize, usize, Option<(FaultKind, usize)>);

/// Where the file type stands, where the digits behind it, and what is wrong
/// with it.
fn file_type(bytes: &[u8]) -> Result<At, Fault> {
    let window = bytes.get(..bytes.len().min(WINDOW)).unwrap_or_default();
    let found = (0..window.len()).find_map(|at| {
        let rest = window.get(at..)?;
        let (len, fault) = match rest {
            [b'A', b'N', b'S', b'I', b' ', ..] => (5, None),
            [b'A', b'N', b'S', b'I', ..] => (4, Some((FileTypeBlank, at + 4))),
            [b'A', b'A', b'M', b'V', b'A', ..] => (5, Some((FileType, at))),
            _ => return None,
        };
        rest.get(len).filter(|byte| byte.is_ascii_digit())?;
        Some((at, at + len, fault))
    });
    found.ok_or(Fault { kind: NotAamva, at: 0 })
}

/// Looks at all that stands before the file type; returns where the compliance
/// indicator stands or would.
fn lead(before: &[u8], faults: &mut Faults) -> usize {
    let (at, separators) = match before.iter().position(|byte| *byte == b'@') {
        Some(at) => (at, at + 1),
        None => {
            let at = before.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
            (at, at)
        }
    };
    if at > 0 {
        faults.push(LeadingBytes, 0);
    }
    if at == separators {
        faults.push(ComplianceIndicator, at);
    }
    let found = before.get(separators..).unwrap_or_default();
    if found != [LF, RS, CR] {
        self::separators(found, separators, faults);
    }
    at
}

/// Compares what stands in place of LF, RS, CR.
fn separators(found: &[u8], begin: usize, faults: &mut Faults) {
    let lost = [LineFeedLost, RecordSeparatorLost, ReturnLost];
    let mut next = 0;
    let mut bytes = found.iter().copied().enumerate().take(6).peekable();
    while let Some((index, byte)) = bytes.next() {
        let at = begin + index;
        let followed = bytes.peek().map(|(_, byte)| *byte);
        let (kind, becomes) = match (next, byte) {
            (0, LF) => (None, 1),
            (0, CR) if followed == Some(LF) => {
                bytes.next();
                (Some(ReturnLineFeed), 1)
            }
            (0, CR) if found.len() > 2 => (Some(ReturnForLineFeed), 1),
            (0..=1, RS) => (None, 2),
            (1, LF) => (Some(LineFeedForReturn), 3),
            (2, LF) => (Some(LineFeedForReturn), 3),
            (3, LF) => (Some(ReturnLineFeed), 3),
            (0..=2, CR) => (None, 3),
            (_, b'|') => (Some(PipeForSeparator), next + 1),
            (_, b' ') => (Some(SpaceForSeparator), next + 1),
            _ => (Some(OtherForSeparator), next + 1),
        };
        let passed = lost.iter().enumerate().filter(|(of, _)| (next..becomes - 1).contains(of));
        passed.for_each(|(_, kind)| faults.push(*kind, at));
        if let Some(kind) = kind {
            faults.push(kind, at);
        }
        next = becomes.min(3);
    }
    let end = begin + found.len();
    lost.iter().skip(next).for_each(|kind| faults.push(*kind, end));
}
