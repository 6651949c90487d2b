use core::fmt;

use zeroize::Zeroize;

/// What came over a bus and was not read yet, for ports over one. It can be part
/// of what a card says, or of a template: it is wiped as it is taken.
pub(crate) struct Inbox<const N: usize> {
    bytes: [u8; N],
    from: usize,
    to: usize,
    /// How long the room is, filled or not.
    room: usize,
}

impl<const N: usize> Inbox<N> {
    pub(crate) const fn new() -> Self {
        Self { bytes: [0; N], from: 0, to: 0, room: 0 }
    }

    /// Room for so many bytes, if there is. What was not read, or came before a
    /// bus failed, is wiped; there is nothing to read until it is
    /// [filled](Self::filled).
    pub(crate) fn room(&mut self, len: usize) -> Option<&mut [u8]> {
        self.part(0, self.room).zeroize();
        (self.from, self.to, self.room) = (0, 0, 0);
        let room = self.bytes.get_mut(..len)?;
        self.room = len;
        Some(room)
    }

    /// A part of that room.
    pub(crate) fn part(&mut self, at: usize, len: usize) -> &mut [u8] {
        self.bytes.get_mut(at..at.saturating_add(len)).unwrap_or_default()
    }

    /// So many bytes came into the room.
    pub(crate) const fn filled(&mut self, len: usize) {
        self.to = len;
    }

    /// Moves what fits to the front of `buf`; how many bytes.
    pub(crate) fn take(&mut self, buf: &mut [u8]) -> usize {
        let unread = self.bytes.get_mut(self.from..self.to).unwrap_or_default();
        let taken = unread.len().min(buf.len());
        for (to, from) in buf.iter_mut().zip(unread) {
            *to = core::mem::take(from);
        }
        self.from = self.from.saturating_add(taken);
        taken
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.from >= self.to
    }
}

impl<const N: usize> fmt::Debug for Inbox<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.to.saturating_sub(self.from))
    }
}

impl<const N: usize> Drop for Inbox<N> {
    fn drop(&mut self) {
        self.bytes.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use super::Inbox;

    #[test]
    fn nothing_stays_of_a_part_that_was_not_read_or_not_filled() {
        let mut inbox = Inbox::<8>::new();
        inbox.room(8).unwrap().fill(0x5A);
        // The bus fails: it is not filled. The next part is shorter.
        inbox.room(2).unwrap().copy_from_slice(&[1, 2]);
        assert_eq!(inbox.bytes, [1, 2, 0, 0, 0, 0, 0, 0]);
        inbox.filled(2);
        let mut buf = [0; 4];
        assert_eq!((inbox.take(&mut buf[..1]), inbox.is_empty()), (1, false));
        assert_eq!(inbox.bytes, [0, 2, 0, 0, 0, 0, 0, 0]);
        assert_eq!((inbox.take(&mut buf[1..]), inbox.is_empty()), (1, true));
        assert_eq!((buf, inbox.bytes), ([1, 2, 0, 0], [0; 8]));
        assert!(inbox.room(9).is_none());
    }
}
