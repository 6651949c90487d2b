use zeroize::Zeroize;

use super::language::Head;
use crate::port::{Duration, Instant};
use crate::scan::Scan;

/// What a code is known by for a while, so that it is not told twice: FNV-1a.
/// As secret as the code: a short number can be computed back from it.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(in crate::scan::engine) struct Fingerprint(u64);

impl Fingerprint {
    pub(in crate::scan::engine) const EMPTY: Self = Self(0xCBF2_9CE4_8422_2325);

    pub(in crate::scan::engine) fn add(&mut self, bytes: &[u8]) {
        const PRIME: u64 = 0x0100_0000_01B3;
        self.0 =
            bytes.iter().fold(self.0, |sum, byte| (sum ^ u64::from(*byte)).wrapping_mul(PRIME));
    }
}

impl Zeroize for Fingerprint {
    fn zeroize(&mut self) {
        self.0.zeroize();
    }
}

#[derive(Clone, Copy)]
enum State {
    Empty,
    /// It is coming; `kept` unless another one waits.
    Growing {
        head: Head,
        kept: bool,
    },
    Whole(Scan),
}

/// One body for all that wipe.
#[inline(never)]
fn wipe(bytes: &mut [u8]) {
    bytes.zeroize();
}

/// The code that waits to be asked for, and the one that is coming.
pub(super) struct Code<const N: usize> {
    bytes: [u8; N],
    /// How many bytes came, whether or not there was room.
    came: usize,
    state: State,
    /// Of the code that is coming.
    fingerprint: Fingerprint,
    /// The last one that was kept, or was the same as that, and when.
    seen: Option<(Fingerprint, Instant)>,
    /// The code that waits, while another is coming.
    waiting: Option<Scan>,
    /// It, or the one that is whole, was told, and makes room for another: for
    /// one that begins alike where they differ.
    pub(super) told: bool,
    pub(super) missed: u32,
}

impl<const N: usize> Code<N> {
    pub(super) const fn new() -> Self {
        Self {
            bytes: [0; N],
            came: 0,
            state: State::Empty,
            fingerprint: Fingerprint::EMPTY,
            seen: None,
            waiting: None,
            told: false,
            missed: 0,
        }
    }

    pub(super) const fn is_growing(&self) -> bool {
        matches!(self.state, State::Growing { .. })
    }

    /// How many bytes of the code that is coming there are; of none, none.
    pub(super) fn came(&self) -> u16 {
        let came = if self.is_growing() { self.came } else { 0 };
        u16::try_from(came).unwrap_or(u16::MAX)
    }

    pub(super) fn begin(&mut self, head: Head) {
        if let State::Whole(scan) = self.state {
            self.waiting = Some(scan);
        }
        self.state = State::Growing { head, kept: self.told || self.waiting.is_none() };
        (self.came, self.fingerprint) = (0, Fingerprint::EMPTY);
    }

    pub(super) fn push(&mut self, bytes: &[u8]) {
        let State::Growing { kept, .. } = self.state else { return };
        self.fingerprint.add(bytes);
        if kept {
            let fit = bytes.get(..N.saturating_sub(self.came)).unwrap_or(bytes);
            let told = self.waiting.map_or(0, |scan| scan.len);
            let places = self.bytes.iter().take(told).skip(self.came).zip(fit);
            if places.filter(|(a, b)| a == b).count() < fit.len() {
                self.make_room();
            }
            let free = self.bytes.get_mut(self.came..).unwrap_or_default();
            free.iter_mut().zip(fit).for_each(|(to, from)| *to = *from);
        }
        self.came = self.came.saturating_add(bytes.len());
    }

    /// The code that is coming is not known to be whole.
    pub(super) fn doubt(&mut self) {
        if let State::Growing { head, .. } = &mut self.state {
            head.truncated = true;
        }
    }

    /// The code that was coming is whole.
    pub(super) fn end(&mut self, at: Instant, repeat: Duration) {
        let State::Growing { head, kept } = self.state else { return };
        let repeated = !head.truncated && self.is_repeated(at, repeat);
        if kept || repeated {
            // What the whole of a truncated one was is not known; one that is missed
            // is new when it comes again.
            self.seen = (!head.truncated).then_some((self.fingerprint, at));
        }
        let len = self.came.min(N);
        if kept && !repeated {
            self.make_room();
            self.state = State::Whole(Scan {
                len,
                symbology: head.symbology,
                encoding: head.encoding,
                truncated: head.truncated || len < self.came,
                at,
            });
            return;
        }
        if !repeated {
            self.missed = self.missed.saturating_add(1);
        }
        self.drop_growing();
    }

    /// The code that was coming will not be whole.
    pub(super) fn drop_growing(&mut self) {
        let State::Growing { kept, .. } = self.state else { return };
        if kept && self.waiting.is_none() {
            self.wipe(0, self.came);
        }
        self.state = self.waiting.take().map_or(State::Empty, State::Whole);
    }

    /// The code that was told gives way to the one that is coming, which is the
    /// same up to here.
    #[inline(never)]
    fn make_room(&mut self) {
        if let Some(scan) = self.waiting.take() {
            self.wipe(self.came, scan.len);
        }
        self.told = false;
    }

    fn wipe(&mut self, from: usize, to: usize) {
        wipe(self.bytes.get_mut(from..to.min(N)).unwrap_or_default());
    }

    /// Whether the same code was seen less than the set time before; it then
    /// counts as seen again.
    fn is_repeated(&self, at: Instant, repeat: Duration) -> bool {
        self.seen.is_some_and(|(fingerprint, before)| {
            fingerprint == self.fingerprint && at.since(before) < repeat
        })
    }

    /// The code that waits.
    pub(super) const fn scan(&self) -> Option<Scan> {
        match (self.state, self.waiting) {
            (State::Whole(scan), _) | (State::Growing { .. }, Some(scan)) => Some(scan),
            _ => None,
        }
    }

    /// Its payload.
    pub(super) fn payload(&self) -> &[u8] {
        let len = self.scan().map_or(0, |scan| scan.len);
        self.bytes.get(..len).unwrap_or_default()
    }

    /// Room for the next.
    pub(super) fn forget(&mut self) {
        if let Some(scan) = self.scan() {
            // What it has in common with the one that is coming stands once.
            let common = if self.told { usize::from(self.is_growing()) * self.came } else { 0 };
            self.wipe(common, scan.len);
            self.waiting = None;
        }
        self.told = false;
        if let State::Whole(_) = self.state {
            self.state = State::Empty;
        }
    }
}

impl<const N: usize> Drop for Code<N> {
    fn drop(&mut self) {
        self.bytes.zeroize();
        self.fingerprint.zeroize();
        if let Some((seen, _)) = &mut self.seen {
            seen.zeroize();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOON: Duration = Duration::from_secs(1);

    fn read<const N: usize>(code: &mut Code<N>, bytes: &[u8], at: u64) {
        code.begin(Head::default());
        bytes.chunks(2).for_each(|piece| code.push(piece));
        code.end(Instant::from_micros(at), SOON);
    }

    #[test]
    fn one_waits_and_others_are_missed() {
        let mut code = Code::<8>::new();
        read(&mut code, b"first", 1);
        code.begin(Head::default());
        code.push(b"second");
        assert_eq!(code.payload(), b"first");
        code.end(Instant::from_micros(2), SOON);
        assert_eq!((code.payload(), code.missed), (&b"first"[..], 1));
        code.forget();
        assert_eq!(code.scan(), None);
        assert_eq!(code.bytes, [0; 8]);
    }

    #[test]
    fn the_same_is_told_again_only_after_a_while() {
        let mut code = Code::<8>::new();
        read(&mut code, b"same", 1);
        code.forget();
        read(&mut code, b"same", 900_000);
        assert_eq!((code.scan(), code.missed), (None, 0));
        assert_eq!(code.bytes, [0; 8]);
        // It was seen again in between.
        read(&mut code, b"same", 1_800_000);
        assert_eq!(code.scan(), None);
        read(&mut code, b"same", 2_800_000);
        assert_eq!(code.payload(), b"same");
    }

    #[test]
    fn what_does_not_fit_is_said() {
        let mut code = Code::<4>::new();
        read(&mut code, b"12345", 1);
        assert_eq!(code.payload(), b"1234");
        assert!(code.scan().is_some_and(|scan| scan.truncated));
    }

    #[test]
    fn one_that_is_given_up_leaves_the_one_that_waits() {
        let mut code = Code::<8>::new();
        read(&mut code, b"first", 1);
        code.begin(Head::default());
        code.push(b"sec");
        code.forget();
        code.drop_growing();
        assert_eq!((code.scan(), code.missed), (None, 0));
        assert_eq!(code.came(), 0);
        read(&mut code, b"third", 3);
        assert_eq!(code.payload(), b"third");
    }
}
