use super::steps::Answer;
use crate::scan::engine::reader::{Bytes, Front};

/// A reply that repeats its command with a character for the outcome put in:
/// how late and foreign replies are told from the one that is waited for.
#[derive(Clone, Debug)]
pub(in crate::scan::engine) struct Echo {
    /// What comes before the outcome, but for the value that was asked for.
    text: Bytes,
    is_query: bool,
    end: &'static [u8],
}

/// What the bytes at the front are, seen by one who waits for an [`Echo`].
pub(in crate::scan::engine) enum Heard {
    /// It, as far as they go.
    Open,
    /// Not it.
    Other,
    /// It: how long it is, the character for the outcome, and the value that
    /// was asked for.
    Reply { len: usize, status: u8, value: Bytes },
}

impl Echo {
    pub(in crate::scan::engine) const fn new(
        text: Bytes,
        is_query: bool,
        end: &'static [u8],
    ) -> Self {
        Self { text, is_query, end }
    }

    /// The reply to the command of that name, if that is what stands there.
    pub(in crate::scan::engine) fn front(
        &self,
        name: [u8; 6],
        bytes: &[u8],
    ) -> Option<Front<Answer>> {
        Some(match self.heard(bytes) {
            Heard::Other => return None,
            Heard::Open => Front::Open,
            Heard::Reply { len, status, value } => {
                Front::Reply(len, Answer::of(name, status, value))
            }
        })
    }

    pub(in crate::scan::engine) fn heard(&self, bytes: &[u8]) -> Heard {
        let text = self.text.as_slice();
        if !agrees(text, bytes) {
            return Heard::Other;
        }
        let Some(rest) = bytes.get(text.len()..) else { return Heard::Open };
        let Some(at) = rest.iter().position(|byte| matches!(byte, 0x05 | 0x06 | 0x15)) else {
            // A value is no longer than what can be kept of it.
            let fits = rest.is_empty() || self.is_query && rest.len() < Bytes::MOST;
            return if fits { Heard::Open } else { Heard::Other };
        };
        let (value, rest) = rest.split_at_checked(at).unwrap_or_default();
        let [status, end @ ..] = rest else { return Heard::Open };
        if !agrees(self.end, end) || !value.is_empty() && !self.is_query {
            return Heard::Other;
        }
        if end.len() < self.end.len() {
            return Heard::Open;
        }
        let len = text.len() + at + 1 + self.end.len();
        Heard::Reply { len, status: *status, value: Bytes::of(value) }
    }
}

/// Whether the bytes are the pattern, as far as both go. Engines may answer in
/// capitals.
fn agrees(pattern: &[u8], bytes: &[u8]) -> bool {
    pattern.iter().zip(bytes).all(|(a, b)| a.eq_ignore_ascii_case(b))
}

/// Puts a number behind.
pub(in crate::scan::engine) fn decimal(value: u16, out: &mut Bytes) {
    let places = [10_000, 1_000, 100, 10, 1];
    for place in places.into_iter().filter(|place| *place == 1 || value >= *place) {
        // Below ten.
        out.push(b'0' + u8::try_from(value / place % 10).unwrap_or(0));
    }
}
