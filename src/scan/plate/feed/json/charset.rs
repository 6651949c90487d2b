/// What strings can be in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Charset {
    /// Some bytes are not UTF-8.
    foreign: bool,
    /// How many bytes of an UTF-8 character are to come.
    open: u8,
}

impl Charset {
    /// Nothing yet.
    pub(super) const fn new() -> Self {
        Self { foreign: false, open: 0 }
    }

    /// Takes the next byte of a string.
    pub(super) fn take(&mut self, byte: u8) {
        self.open = match (byte, self.open) {
            (0x80..=0xBF, 1..) => self.open - 1,
            (0x00..=0x7F, 0) => 0,
            (0xC2..=0xDF, 0) => 1,
            (0xE0..=0xEF, 0) => 2,
            (0xF0..=0xF4, 0) => 3,
            _ => {
                self.foreign = true;
                0
            }
        };
    }

    /// Whether the last character is whole, if this is UTF-8.
    pub(super) const fn is_whole(self) -> bool {
        !self.foreign && self.open == 0
    }
}
