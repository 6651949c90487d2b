/// Lines of a form, put together in one piece.
#[derive(Debug)]
pub(super) struct Chunk {
    bytes: [u8; Self::SIZE],
    len: usize,
}

impl Chunk {
    /// As much as a slice takes.
    pub(super) const SIZE: usize = 96;

    pub(super) const fn new() -> Self {
        Self { bytes: [0; Self::SIZE], len: 0 }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or(&[])
    }

    /// Text, a space after it.
    pub(super) fn word(self, text: &[u8]) -> Self {
        self.text(text).text(b" ")
    }

    /// A number, a space after it.
    pub(super) fn number(self, number: u16) -> Self {
        const PLACES: [u16; 5] = [10_000, 1_000, 100, 10, 1];
        let digits = PLACES.map(|place| number / place % 10);
        let zeros = digits.iter().take(4).take_while(|digit| **digit == 0).count();
        let text = digits.map(|digit| b'0' + digit.to_le_bytes()[0]);
        self.word(text.get(zeros..).unwrap_or(&[]))
    }

    /// Ends the line; a space before its end is left out.
    pub(super) fn end(mut self) -> Self {
        if self.bytes().last() == Some(&b' ') {
            self.len -= 1;
        }
        self.text(b"\r\n")
    }

    pub(super) fn text(mut self, text: &[u8]) -> Self {
        let rest = self.bytes.get_mut(self.len..).unwrap_or_default();
        for (slot, byte) in rest.iter_mut().zip(text) {
            *slot = *byte;
        }
        self.len = (self.len + text.len()).min(Self::SIZE);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::Chunk;

    #[test]
    fn numbers_are_decimal() {
        for (number, text) in [(0, "0 "), (7, "7 "), (10, "10 "), (576, "576 "), (65_535, "65535 ")]
        {
            assert_eq!(Chunk::new().number(number).bytes(), text.as_bytes());
        }
    }

    #[test]
    fn what_does_not_fit_is_cut() {
        let chunk = Chunk::new().text(&[b'x'; 200]);
        assert_eq!(chunk.bytes(), [b'x'; Chunk::SIZE]);
    }
}
