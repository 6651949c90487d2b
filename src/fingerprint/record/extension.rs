use core::fmt;

use super::Edition;

/// How the length of an extension counts.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Counting {
    /// With type and length, as the standards say: the blocks close so.
    WithHeader,
    /// The data alone: the blocks close so, and not otherwise.
    DataOnly,
    /// The blocks close both ways; they are read as
    /// [`WithHeader`](Self::WithHeader).
    Either,
    /// The blocks close neither way; none is read.
    Neither,
}

/// The extended data of a view, block by block. `Debug` shows how many bytes.
///
/// Records are around that count the four bytes of type and length in an
/// extension's length, and others that do not. What closes exactly is taken,
/// and [`counting`](Self::counting) tells.
#[derive(Clone, Copy)]
pub struct Extensions<'a> {
    bytes: &'a [u8],
    edition: Edition,
    counting: Counting,
}

impl<'a> Extensions<'a> {
    pub(super) fn new(bytes: &'a [u8], edition: Edition) -> Self {
        let counting = match (closes(bytes, HEADER), closes(bytes, 0)) {
            (true, true) if !bytes.is_empty() => Counting::Either,
            (true, _) => Counting::WithHeader,
            (false, true) => Counting::DataOnly,
            (false, false) => Counting::Neither,
        };
        Self { bytes, edition, counting }
    }

    /// How the lengths count.
    pub const fn counting(&self) -> Counting {
        self.counting
    }
}

/// Type and length.
const HEADER: usize = 4;

/// The first block and the rest. `counted` bytes of the header are in the
/// length.
fn split(bytes: &[u8], counted: usize) -> Option<(u16, &[u8], &[u8])> {
    let ([a, b, c, d], rest) = bytes.split_first_chunk::<HEADER>()?;
    let length = usize::from(u16::from_be_bytes([*c, *d])).checked_sub(counted)?;
    let (data, rest) = rest.split_at_checked(length)?;
    Some((u16::from_be_bytes([*a, *b]), data, rest))
}

fn closes(mut bytes: &[u8], counted: usize) -> bool {
    while let Some((_, _, rest)) = split(bytes, counted) {
        bytes = rest;
    }
    bytes.is_empty()
}

impl<'a> Iterator for Extensions<'a> {
    type Item = Extension<'a>;

    fn next(&mut self) -> Option<Extension<'a>> {
        let counted = match self.counting {
            Counting::WithHeader | Counting::Either => HEADER,
            Counting::DataOnly => 0,
            Counting::Neither => return None,
        };
        let (kind, data, rest) = split(self.bytes, counted)?;
        self.bytes = rest;
        Some(Extension { kind, data, edition: self.edition })
    }
}

impl fmt::Debug for Extensions<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Extensions").field("bytes", &self.bytes.len()).finish_non_exhaustive()
    }
}

/// A block of extended data. `Debug` shows its kind and how many bytes.
#[derive(Clone, Copy)]
pub struct Extension<'a> {
    /// 1: ridge counts, 2: cores and deltas, 3: zonal quality (ISO); from 0100h
    /// a vendor's.
    pub kind: u16,
    /// Its data.
    pub data: &'a [u8],
    edition: Edition,
}

impl<'a> Extension<'a> {
    /// The type of [ridge counts](Self::ridge_counts).
    pub const RIDGE_COUNTS: u16 = 1;
    /// The type of [cores and deltas](Self::landmarks).
    pub const LANDMARKS: u16 = 2;

    /// Ridges between two minutiae, if this is of that type.
    #[must_use]
    pub fn ridge_counts(&self) -> Option<RidgeCounts<'a>> {
        let (method, counts) = self.data.split_first()?;
        (self.kind == Self::RIDGE_COUNTS).then_some(RidgeCounts { method: *method, counts })
    }

    /// Cores, then deltas, if this is of that type.
    #[must_use]
    pub fn landmarks(&self) -> Option<Landmarks<'a>> {
        (self.kind == Self::LANDMARKS).then_some(Landmarks {
            rest: self.data,
            iso: self.edition.is_iso(),
            list: None,
            left: 0,
            angular: false,
        })
    }

    /// Whether the data is as long as what it says it holds.
    pub(super) fn fits(&self) -> bool {
        match self.kind {
            Self::RIDGE_COUNTS => self.data.len() % 3 == 1,
            Self::LANDMARKS => self.landmarks().is_some_and(Landmarks::ends),
            _ => true,
        }
    }
}

impl fmt::Debug for Extension<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Extension")
            .field("kind", &self.kind)
            .field("bytes", &self.data.len())
            .finish_non_exhaustive()
    }
}

/// Ridges between minutiae. `Debug` shows how many.
#[derive(Clone, Copy)]
pub struct RidgeCounts<'a> {
    method: u8,
    counts: &'a [u8],
}

/// So many ridges are between two minutiae. Whether the first minutia has the
/// number 0 or 1, records do not agree.
#[derive(Clone, Copy, Eq, PartialEq)]
#[allow(missing_docs, reason = "the names say it")]
pub struct RidgeCount {
    pub from: u8,
    pub to: u8,
    pub ridges: u8,
}

impl RidgeCounts<'_> {
    /// How the pairs were chosen: 0 somehow, 1 the nearest in four quadrants, 2
    /// in eight octants.
    pub const fn method(&self) -> u8 {
        self.method
    }
}

impl Iterator for RidgeCounts<'_> {
    type Item = RidgeCount;

    fn next(&mut self) -> Option<RidgeCount> {
        let ([from, to, ridges], rest) = self.counts.split_first_chunk()?;
        self.counts = rest;
        Some(RidgeCount { from: *from, to: *to, ridges: *ridges })
    }
}

impl fmt::Debug for RidgeCounts<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RidgeCounts").field("len", &(self.counts.len() / 3)).finish_non_exhaustive()
    }
}

impl fmt::Debug for RidgeCount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RidgeCount(..)")
    }
}

/// Cores and deltas of a finger. `Debug` shows nothing of them.
///
/// In ANSI records the count says whether there are angles, for all of a list; in
/// ISO records each point does.
#[derive(Clone, Copy)]
pub struct Landmarks<'a> {
    rest: &'a [u8],
    iso: bool,
    /// The list that is being read.
    list: Option<LandmarkKind>,
    left: u8,
    angular: bool,
}

/// Which of the two.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum LandmarkKind {
    /// Where the innermost ridge turns.
    Core,
    /// Where three ridge flows meet.
    Delta,
}

/// A core or delta.
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct Landmark<'a> {
    /// Which of the two.
    pub kind: LandmarkKind,
    /// Pixels from the left edge.
    pub x: u16,
    /// Pixels from the upper edge.
    pub y: u16,
    /// No angle; or one of a core, three of a delta, in the
    /// [unit](Edition::angle_unit) of the edition.
    pub angles: &'a [u8],
}

/// Of the count in ANSI, of a point in ISO: the upper two bits are 01 with
/// angles.
const ANGULAR: u8 = 0b01;

impl<'a> Landmarks<'a> {
    /// The next list's count; cores come first.
    fn open(&mut self) -> Option<()> {
        let (count, rest) = self.rest.split_first()?;
        self.list = Some(match self.list {
            None => LandmarkKind::Core,
            Some(LandmarkKind::Core) => LandmarkKind::Delta,
            Some(LandmarkKind::Delta) => return None,
        });
        self.left = count & if self.iso { 0x3F } else { 0x0F };
        self.angular = count >> 6 == ANGULAR;
        self.rest = rest;
        Some(())
    }

    fn point(&mut self, kind: LandmarkKind) -> Option<Landmark<'a>> {
        let ([a, b, c, d], rest) = self.rest.split_first_chunk()?;
        let angular = if self.iso { a >> 6 == ANGULAR } else { self.angular };
        let angles = match kind {
            _ if !angular => 0,
            LandmarkKind::Core => 1,
            LandmarkKind::Delta => 3,
        };
        let (angles, rest) = rest.split_at_checked(angles)?;
        self.rest = rest;
        self.left -= 1;
        let (x, y) = (u16::from_be_bytes([a & 0x3F, *b]), u16::from_be_bytes([c & 0x3F, *d]));
        Some(Landmark { kind, x, y, angles })
    }

    /// Whether both lists are there and nothing is behind them.
    fn ends(mut self) -> bool {
        while self.next().is_some() {}
        self.left == 0 && self.rest.is_empty() && self.list == Some(LandmarkKind::Delta)
    }
}

impl<'a> Iterator for Landmarks<'a> {
    type Item = Landmark<'a>;

    fn next(&mut self) -> Option<Landmark<'a>> {
        while self.left == 0 {
            self.open()?;
        }
        let kind = self.list?;
        self.point(kind)
    }
}

impl fmt::Debug for Landmarks<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Landmarks(..)")
    }
}

impl fmt::Debug for Landmark<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Landmark(..)")
    }
}
