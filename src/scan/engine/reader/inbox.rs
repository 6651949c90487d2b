use zeroize::Zeroize;

/// How many bytes of a frame are held until it is understood.
pub const INBOX: usize = 320;

/// Bytes from the engine that are not understood yet. They may be secret.
pub(super) struct Inbox {
    bytes: [u8; INBOX],
    len: usize,
}

impl Inbox {
    pub(super) const fn new() -> Self {
        Self { bytes: [0; INBOX], len: 0 }
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub(super) const fn is_full(&self) -> bool {
        self.len == INBOX
    }

    pub(super) fn as_slice(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    /// Takes what fits; how much.
    pub(super) fn push(&mut self, bytes: &[u8]) -> usize {
        let free = self.bytes.get_mut(self.len..).unwrap_or_default();
        free.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
        let n = free.len().min(bytes.len());
        self.len += n;
        n
    }

    /// Drops the first `n`, and overwrites them.
    pub(super) fn drop_front(&mut self, n: usize) {
        let n = n.min(self.len);
        self.bytes.get_mut(..self.len).unwrap_or_default().rotate_left(n);
        self.len -= n;
        self.bytes.get_mut(self.len..self.len + n).unwrap_or_default().zeroize();
    }
}

impl Drop for Inbox {
    fn drop(&mut self) {
        self.bytes.zeroize();
    }
}
