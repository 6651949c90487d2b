//! Grey pictures in black and white, row by row.
//!
//! A [`Dither`] turns rows of grey into packed rows of dots as they come. Its
//! memory are the errors of two or three rows, whatever the picture's height;
//! with [`print_banded`](super::print_banded) no picture needs a buffer of its
//! own:
//!
//! ```
//! # #[cfg(feature = "sim")] {
//! use embedded_pos::printer::dither::{Dither, Method};
//! use embedded_pos::printer::{Printer, print_banded};
//!
//! /// A photograph, a row at a time from wherever it is.
//! fn photograph<P: Printer>(
//!     printer: &mut P,
//!     height: u16,
//!     mut next_row: impl FnMut(&mut [u8]),
//! ) -> Result<(), P::Error> {
//!     let mut errors = [0; Dither::state(Method::Atkinson, 384)];
//!     let mut dither = Dither::new(Method::Atkinson, 384, &mut errors);
//!     let (mut band, mut grey) = ([0; 48 * 24], [0; 384]);
//!     print_banded(printer, 384, height, &mut band, |band| {
//!         for (_, row) in band.rows_mut() {
//!             next_row(&mut grey);
//!             dither.row(&grey, row);
//!         }
//!     })
//! }
//! # }
//! ```

/// How grey becomes black and white.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Method {
    /// A pattern of 8 by 8 dots (Bayer): no memory, even areas.
    Ordered,
    /// Floyd and Steinberg: the error goes to four neighbours. The truest.
    FloydSteinberg,
    /// Atkinson: three quarters of the error go to six neighbours. More
    /// contrast, which thermal paper is glad of.
    Atkinson,
}

impl Method {
    /// Rows of errors that are kept: the one at work and those below.
    const fn rows(self) -> usize {
        match self {
            Self::Ordered => 0,
            Self::FloydSteinberg => 2,
            Self::Atkinson => 3,
        }
    }
}

/// Turns rows of grey into rows of dots.
#[derive(Debug)]
pub struct Dither<'a> {
    method: Method,
    width: usize,
    /// The errors of the row at work, and of those below.
    errors: [&'a mut [i16]; 3],
    y: usize,
}

/// Thresholds of [`Method::Ordered`], in 64ths: Bayer's matrix.
const BAYER: [[u8; 8]; 8] = {
    let mut matrix = [[0; 8]; 8];
    let mut at = 0;
    while at < 64 {
        let (x, y) = (at % 8, at / 8);
        let (mut bit, mut value) = (0, 0);
        while bit < 3 {
            value = value << 2 | ((x ^ y) >> bit & 1) << 1 | y >> bit & 1;
            bit += 1;
        }
        #[allow(clippy::indexing_slicing, clippy::cast_possible_truncation)]
        {
            matrix[y][x] = value as u8;
        }
        at += 1;
    }
    matrix
};

impl<'a> Dither<'a> {
    /// How many numbers [`new`](Self::new) is to be given for rows of `width`
    /// dots.
    #[must_use]
    pub const fn state(method: Method, width: u16) -> usize {
        method.rows() * width as usize
    }

    /// For a picture of `width` dots a row; `errors` is
    /// [`state`](Self::state) long. Of one that is shorter, the dots to the
    /// right come out as plain black or white.
    #[must_use]
    pub fn new(method: Method, width: u16, errors: &'a mut [i16]) -> Self {
        errors.fill(0);
        let width = usize::from(width);
        let each = width.min(errors.len() / method.rows().max(1));
        let (first, rest) = errors.split_at_mut(each);
        let (second, rest) = rest.split_at_mut(each.min(rest.len()));
        let third = rest.get_mut(..each).unwrap_or_default();
        Self { method, width, errors: [first, second, third], y: 0 }
    }

    /// Turns the next row: `grey` from 0 (black) to 255 (white), a byte a dot,
    /// into `dots`, 8 a byte, the leftmost in the highest bit, 1 is black.
    ///
    /// What is missing of `grey` is white; what is left of `dots` too.
    pub fn row(&mut self, grey: &[u8], dots: &mut [u8]) {
        dots.fill(0);
        let mut carried = [0; 2];
        for (x, level) in grey.iter().take(self.width).enumerate() {
            let black = match self.method {
                Method::Ordered => self.ordered(x, *level),
                _ => self.diffused(x, i16::from(*level), &mut carried),
            };
            if let (true, Some(byte)) = (black, dots.get_mut(x / 8)) {
                *byte |= 0x80 >> (x % 8);
            }
        }
        self.y = self.y.wrapping_add(1);
        let [first, second, third] = &mut self.errors;
        first.fill(0);
        core::mem::swap(first, second);
        if self.method == Method::Atkinson {
            core::mem::swap(second, third);
        }
    }

    fn ordered(&self, x: usize, level: u8) -> bool {
        let row = BAYER.get(self.y % 8).and_then(|row| row.get(x % 8));
        // From 2 to 254.
        u16::from(level) < row.map_or(128, |part| 4 * u16::from(*part) + 2)
    }

    /// `carried` is what the dots before give to this one and the next.
    fn diffused(&mut self, x: usize, level: i16, carried: &mut [i16; 2]) -> bool {
        let [first, second, third] = &mut self.errors;
        let [now, next] = *carried;
        let value = level + now + first.get(x).copied().unwrap_or(0);
        let black = value < 128;
        let error = if black { value } else { value - 255 };
        let add = |row: &mut [i16], x: Option<usize>, part: i16| {
            if let Some(slot) = x.and_then(|x| row.get_mut(x)) {
                *slot += part;
            }
        };
        let (left, right) = (x.checked_sub(1), x.checked_add(1));
        if self.method == Method::Atkinson {
            let part = error / 8;
            *carried = [next + part, part];
            [left, Some(x), right].into_iter().for_each(|x| add(second, x, part));
            add(third, Some(x), part);
        } else {
            let [ahead, below_left, below] = [7, 3, 5].map(|sixteenths| error * sixteenths / 16);
            *carried = [ahead, 0];
            add(second, left, below_left);
            add(second, Some(x), below);
            // The rest, so that nothing is lost to rounding.
            add(second, right, error - ahead - below_left - below);
        }
        black
    }
}
