use crate::scan::engine::reader::{Front, Head};
use crate::scan::{Encoding, symbology};

/// How codes are told apart where no length comes before them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Framing {
    prefix: &'static [u8],
    /// Empty: silence alone ends a code.
    suffix: &'static [u8],
    /// The suffix ends a code only where silence follows it.
    alone: bool,
}

impl Framing {
    /// A code ends with `suffix`, wherever that stands. Without one, as
    /// [`silence`](Self::silence).
    #[must_use]
    pub const fn ending(suffix: &'static [u8]) -> Self {
        Self { prefix: b"", suffix, alone: false }
    }

    /// A code stands between `prefix` and `suffix`. What stands outside is
    /// dropped.
    #[must_use]
    pub const fn between(prefix: &'static [u8], suffix: &'static [u8]) -> Self {
        Self { prefix, suffix, alone: false }
    }

    /// A code ends where the line is quiet for
    /// [`Timing::byte_gap`](crate::scan::engine::reader::Timing::byte_gap).
    #[must_use]
    pub const fn silence() -> Self {
        Self::ending(b"")
    }

    /// The suffix ends a code only where silence follows it; elsewhere it is
    /// payload. A code without its suffix before the silence broke off.
    #[must_use]
    pub const fn then_silence(mut self) -> Self {
        self.alone = true;
        self
    }
}

/// What the engine puts before the payload.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Identifier {
    /// Nothing.
    #[default]
    None,
    /// The AIM symbology identifier: `]`, a letter, a modifier (ISO/IEC
    /// 15424). A code without it has no symbology.
    Aim,
    /// A letter by Honeywell's list. A code whose letter is not on it is
    /// [truncated](crate::scan::Scan::truncated), the letter its first byte.
    Honeywell,
}

/// How far a pattern and the bytes there are agree.
enum Match {
    Whole,
    /// As far as the bytes go.
    Part,
    No,
}

fn compare(pattern: &[u8], bytes: &[u8]) -> Match {
    match (pattern.iter().zip(bytes).all(|(a, b)| a == b), bytes.len() < pattern.len()) {
        (false, _) => Match::No,
        (true, true) => Match::Part,
        (true, false) => Match::Whole,
    }
}

/// Codes on a line without lengths.
#[derive(Clone, Debug)]
pub(in crate::scan::engine) struct Lines {
    framing: Framing,
    pub(in crate::scan::engine) identifier: Identifier,
    pub(in crate::scan::engine) encoding: Encoding,
    growing: bool,
}

impl Lines {
    pub(in crate::scan::engine) const fn new(
        framing: Framing,
        identifier: Identifier,
        encoding: Encoding,
    ) -> Self {
        Self { framing, identifier, encoding, growing: false }
    }

    /// Whether a code has begun.
    pub(in crate::scan::engine) const fn is_growing(&self) -> bool {
        self.growing
    }

    /// A code that had begun is given up.
    pub(in crate::scan::engine) const fn give_up(&mut self) {
        self.growing = false;
    }

    /// What stands at the front, as
    /// [`Language::front`](crate::scan::engine::reader::Language::front).
    /// `is_reply` says whether bytes behind a suffix can be, or become, the
    /// reply that is waited for.
    pub(in crate::scan::engine) fn front<R>(
        &mut self,
        bytes: &[u8],
        silent: bool,
        is_reply: impl Fn(&[u8]) -> bool,
    ) -> Front<R> {
        let front = if self.growing {
            self.within(bytes, silent, is_reply)
        } else {
            self.before(bytes, silent, is_reply)
        };
        match front {
            Front::Begin(..) => self.growing = true,
            Front::End(_) | Front::Last(_) => self.growing = false,
            _ => {}
        }
        front
    }

    fn before<R>(&self, bytes: &[u8], silent: bool, is_reply: impl Fn(&[u8]) -> bool) -> Front<R> {
        let Framing { prefix, suffix, .. } = self.framing;
        let rest = match compare(prefix, bytes) {
            Match::No => return Front::Noise(1),
            Match::Part => return Front::Open,
            Match::Whole => bytes.get(prefix.len()..).unwrap_or_default(),
        };
        let empty = Front::Noise(prefix.len() + suffix.len());
        // An empty line is no code: some engines end with it what they could
        // not read.
        match compare(suffix, rest) {
            _ if suffix.is_empty() => {}
            Match::Whole if !self.may_begin_with_suffix() => return empty,
            Match::Whole => match rest.get(suffix.len()..).unwrap_or_default() {
                behind if !behind.is_empty() && !is_reply(behind) => {}
                _ if silent => return empty,
                _ => return Front::Open,
            },
            Match::Part if !silent => return Front::Open,
            Match::Part | Match::No => {}
        }
        match self.identified(rest, silent) {
            Some((n, head)) => Front::Begin(prefix.len() + n, head),
            None => Front::Open,
        }
    }

    /// Whether a suffix that something follows is the beginning of a code.
    fn may_begin_with_suffix(&self) -> bool {
        self.framing.alone && self.identifier != Identifier::Honeywell
    }

    /// How many bytes say what the code is, and what they say; `None` if more
    /// are needed.
    fn identified(&self, bytes: &[u8], silent: bool) -> Option<(usize, Head)> {
        let head = Head { encoding: self.encoding, ..Head::default() };
        match (self.identifier, bytes) {
            (_, []) => None,
            (Identifier::Honeywell, [id, ..]) => Some(match symbology::honeywell(*id) {
                None => (0, Head { truncated: true, ..head }),
                symbology => (1, Head { symbology, ..head }),
            }),
            (Identifier::Aim, [b']', code, modifier, ..])
                if code.is_ascii_alphabetic() && modifier.is_ascii_alphanumeric() =>
            {
                Some((3, Head { symbology: Some([*code, *modifier]), ..head }))
            }
            (Identifier::Aim, [b']'] | [b']', _]) if !silent => None,
            (Identifier::Aim | Identifier::None, _) => Some((0, head)),
        }
    }

    fn within<R>(&self, bytes: &[u8], silent: bool, is_reply: impl Fn(&[u8]) -> bool) -> Front<R> {
        let Some(first) = self.framing.suffix.first() else {
            return match bytes.len() {
                n if silent => Front::Last(n),
                1 => Front::Open,
                // The last byte is held back: silence then has it to end.
                n => Front::Piece(n - 1),
            };
        };
        match bytes.iter().position(|byte| byte == first) {
            None => Front::Piece(bytes.len()),
            Some(0) => self.at_suffix(bytes, silent, is_reply),
            Some(at) => Front::Piece(at),
        }
    }

    fn at_suffix<R>(
        &self,
        bytes: &[u8],
        silent: bool,
        is_reply: impl Fn(&[u8]) -> bool,
    ) -> Front<R> {
        let Framing { suffix, alone, .. } = self.framing;
        let behind = bytes.get(suffix.len()..).unwrap_or_default();
        match compare(suffix, bytes) {
            Match::Whole if !alone => Front::End(suffix.len()),
            Match::Whole if !behind.is_empty() && !is_reply(behind) => Front::Piece(1),
            Match::Whole if silent => Front::End(suffix.len()),
            Match::Part if silent => Front::Piece(1),
            Match::Whole | Match::Part => Front::Open,
            Match::No => Front::Piece(1),
        }
    }
}
