use super::Barcode;
use super::pattern::Elements;
use super::retail::Number;

/// A bar code, to be drawn row by row. All rows are the same.
///
/// ```
/// use embedded_pos::printer::symbol::Barcode;
///
/// let bars = Barcode::ean8("9638507", 40).with_module(2).fit(384)?.bars.unwrap();
/// assert_eq!(bars.width(), 134);
/// assert_eq!(bars.row().next(), Some(0b1100_1100), "the guard, and two dots of the first space");
/// # Ok::<(), embedded_pos::printer::symbol::SymbolFault>(())
/// ```
#[derive(Clone, Debug)]
pub struct Bars<'a> {
    elements: Elements<'a>,
    width: u16,
    height: u8,
}

impl<'a> Bars<'a> {
    /// Of data that were checked.
    pub(super) fn of(code: &Barcode<'a>, number: Option<&Number>, module: u8) -> Option<Self> {
        let elements = Elements::new(code, number, module)?;
        let width = u16::try_from(elements.dots()).unwrap_or(u16::MAX);
        Some(Self { elements, width, height: code.height })
    }

    /// Its width in dots.
    #[must_use]
    pub const fn width(&self) -> u16 {
        self.width
    }

    /// Its height in dots.
    #[must_use]
    pub const fn height(&self) -> u16 {
        self.height as u16
    }

    /// A row of dots, in bytes, the leftmost in the highest bit, 1 is black.
    #[must_use]
    pub fn row(&self) -> BarRow<'a> {
        BarRow { elements: self.elements.clone(), left: 0, black: false }
    }
}

/// The bytes of a row of [`Bars`].
#[derive(Clone, Debug)]
pub struct BarRow<'a> {
    elements: Elements<'a>,
    /// Dots left of the element at hand.
    left: u8,
    black: bool,
}

impl Iterator for BarRow<'_> {
    type Item = u8;

    fn next(&mut self) -> Option<u8> {
        let mut byte = 0;
        let mut room = 8;
        while room > 0 {
            if self.left == 0 {
                let Some(width) = self.elements.next() else { break };
                (self.left, self.black) = (width, !self.black);
            }
            let dots = self.left.min(room);
            self.left -= dots;
            room -= dots;
            if self.black {
                let mask = if dots == 8 { 0xFF } else { (1 << dots) - 1 };
                byte |= mask << room;
            }
        }
        (room < 8).then_some(byte)
    }
}
