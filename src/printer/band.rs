use super::{Item, Printer, Raster};

/// A part of a picture: some of its rows, to be drawn on.
///
/// Places are those of the picture; what is drawn above or below the band, or
/// beside the picture, is left out. Under feature `graphics` it is a
/// `DrawTarget` of `embedded-graphics`, on which `BinaryColor::On` is black, as
/// large as the whole picture.
#[derive(Debug)]
pub struct Band<'a> {
    width: u16,
    height: u16,
    top: u16,
    stride: usize,
    rows: &'a mut [u8],
}

impl Band<'_> {
    /// Dots in a row.
    #[must_use]
    pub const fn width(&self) -> u16 {
        self.width
    }

    /// Rows of the picture.
    #[must_use]
    pub const fn height(&self) -> u16 {
        self.height
    }

    /// The rows of the picture that are in the band.
    #[must_use]
    pub fn rows(&self) -> core::ops::Range<u16> {
        let rows = self.rows.len() / self.stride.max(1);
        self.top..self.top.saturating_add(u16::try_from(rows).unwrap_or(u16::MAX))
    }

    /// The rows with their numbers, from the top, each of whole bytes, the
    /// leftmost dot in the highest bit, 1 is black. Every row of the picture
    /// comes once, in order.
    pub fn rows_mut(&mut self) -> impl Iterator<Item = (u16, &mut [u8])> {
        let numbers = self.rows();
        numbers.zip(self.rows.chunks_exact_mut(self.stride.max(1)))
    }

    /// Makes a dot black or white.
    pub fn set(&mut self, x: u16, y: u16, black: bool) {
        if x < self.width {
            self.merge(x / 8, y, 0x80 >> (x % 8), if black { 0xFF } else { 0 });
        }
    }

    /// Sets the dots of a byte that are in the mask.
    fn merge(&mut self, at: u16, y: u16, mask: u8, dots: u8) {
        let row = y.checked_sub(self.top).map(|row| usize::from(row) * self.stride);
        if let Some(byte) = row.and_then(|row| self.rows.get_mut(row + usize::from(at))) {
            *byte = *byte & !mask | dots & mask;
        }
    }

    /// Makes a rectangle black or white.
    pub fn fill(
        &mut self,
        columns: core::ops::Range<u16>,
        rows: core::ops::Range<u16>,
        black: bool,
    ) {
        let right = columns.end.min(self.width);
        if columns.start >= right {
            return;
        }
        let (first, last) = (usize::from(columns.start / 8), usize::from((right - 1) / 8));
        let (head, tail) = (0xFF >> (columns.start % 8), 0xFF << (7 - (right - 1) % 8));
        for (_, row) in self.rows_mut().filter(|(y, _)| rows.contains(y)) {
            for (at, byte) in row.iter_mut().enumerate().take(last + 1).skip(first) {
                let mask = if at == first { head } else { 0xFF };
                let mask = if at == last { mask & tail } else { mask };
                *byte = if black { *byte | mask } else { *byte & !mask };
            }
        }
    }
}

/// A picture that is drawn band by band, so that it needs no more memory than
/// one of them.
///
/// What [`print_banded`] does, for callers that print in another way: polled,
/// say, or with a word in between.
///
/// ```
/// use embedded_pos::printer::Banded;
///
/// let mut buffer = [0; 2 * 24];
/// let mut picture = Banded::new(16, 40, &mut buffer);
/// let mut heights = Vec::new();
/// while let Some(raster) = picture.next_band(|band| band.fill(0..16, 0..1, true)) {
///     heights.push(raster.rows.len() / 2);
/// }
/// assert_eq!(heights, [24, 16]);
/// ```
#[derive(Debug)]
pub struct Banded<'a> {
    width: u16,
    height: u16,
    top: u16,
    stride: usize,
    buffer: &'a mut [u8],
}

impl<'a> Banded<'a> {
    /// A picture of this size. The buffer is for one band: `width / 8`, rounded
    /// up, times 24 to 64 rows. Whole lines of 24 (or of 8) rows are used if
    /// there are any, for printers that print in such.
    pub const fn new(width: u16, height: u16, buffer: &'a mut [u8]) -> Self {
        Self { width, height, top: 0, stride: width.div_ceil(8) as usize, buffer }
    }

    /// Draws the next band, from the top; `None` when there is no more.
    ///
    /// Of a picture for which the buffer is shorter than a row, one is returned
    /// that no printer takes.
    pub fn next_band(&mut self, draw: impl FnOnce(&mut Band<'_>)) -> Option<Raster<'_>> {
        let left = self.height.saturating_sub(self.top);
        if left == 0 {
            return None;
        }
        let room = match self.buffer.len() / self.stride.max(1) {
            rows @ 24.. => rows - rows % 24,
            rows @ 8.. => rows - rows % 8,
            rows => rows,
        };
        let height = u16::try_from(room).unwrap_or(u16::MAX).min(left);
        let rows = self.buffer.get_mut(..usize::from(height) * self.stride).unwrap_or_default();
        if rows.is_empty() {
            self.top = self.height;
            return Some(Raster { width: 0, rows: &[] });
        }
        rows.fill(0);
        let (width, top, stride) = (self.width, self.top, self.stride);
        draw(&mut Band { width, height: self.height, top, stride, rows });
        self.top = top.saturating_add(height);
        Some(Raster { width, rows })
    }
}

/// Prints a picture that is drawn anew for each of its bands: `draw` is called
/// for all of them, and draws the whole picture, or what of it is in
/// [`Band::rows`].
///
/// The buffer is for one band ([`Banded::new`]): 1 152 bytes for 384 dots and
/// 24 rows, whatever the picture's height.
///
/// ```
/// # #[cfg(feature = "sim")] {
/// # use embedded_pos::port::Clocked;
/// # use embedded_pos::printer::escpos::{EscPos, Profile, Timed};
/// # use embedded_pos::sim::printer::{EscPosPrinter, Model};
/// # use embedded_pos::sim::{Simulated, VirtualClock};
/// use embedded_pos::printer::print_banded;
///
/// # let clock = VirtualClock::new();
/// # let sim = Simulated::new(EscPosPrinter::new(Model::CLONE_58MM));
/// # let driver = EscPos::new(sim.port(clock.clone()), Timed, &Profile::CLONE_58MM);
/// # let mut printer = Clocked::new(driver, clock);
/// let mut buffer = [0; 48 * 24];
/// print_banded(&mut printer, 384, 600, &mut buffer, |band| {
///     band.fill(0..384, 0..2, true);
///     band.fill(0..384, 598..600, true);
/// })?;
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// Those of [`Printer::print`]; with kind [`Argument`](crate::ErrorKind::Argument)
/// also when the buffer is shorter than a row.
pub fn print_banded<P: Printer + ?Sized>(
    printer: &mut P,
    width: u16,
    height: u16,
    buffer: &mut [u8],
    mut draw: impl FnMut(&mut Band<'_>),
) -> Result<(), P::Error> {
    let mut picture = Banded::new(width, height, buffer);
    while let Some(raster) = picture.next_band(&mut draw) {
        printer.print(&Item::Raster(raster))?;
    }
    Ok(())
}

/// [`print_banded`], async. Drop the future to stop; what was printed of the
/// picture stays.
///
/// # Errors
/// As `print_banded`.
#[cfg(feature = "async")]
pub async fn print_banded_async<P: super::AsyncPrinter + ?Sized>(
    printer: &mut P,
    width: u16,
    height: u16,
    buffer: &mut [u8],
    mut draw: impl FnMut(&mut Band<'_>),
) -> Result<(), P::Error> {
    let mut picture = Banded::new(width, height, buffer);
    while let Some(raster) = picture.next_band(&mut draw) {
        printer.print(&Item::Raster(raster)).await?;
    }
    Ok(())
}

#[cfg(feature = "graphics")]
mod target {
    use core::convert::Infallible;

    use embedded_graphics_core::geometry::{OriginDimensions, Size};
    use embedded_graphics_core::pixelcolor::BinaryColor;
    use embedded_graphics_core::prelude::{DrawTarget, Pixel};
    use embedded_graphics_core::primitives::Rectangle;

    use super::Band;

    impl OriginDimensions for Band<'_> {
        fn size(&self) -> Size {
            Size::new(self.width.into(), self.height.into())
        }
    }

    /// From its start, to what is beside it.
    fn range(start: i32, length: u32) -> core::ops::Range<u16> {
        let end = i64::from(start) + i64::from(length);
        let clamp = |at: i64| u16::try_from(at.max(0)).unwrap_or(u16::MAX);
        clamp(start.into())..clamp(end)
    }

    impl Band<'_> {
        /// Draws on a row from `x` on, a byte at a time.
        fn fill_row(&mut self, x: i32, y: u16, colours: impl Iterator<Item = BinaryColor>) {
            let (mut mask, mut dots, mut at) = (0, 0, 0);
            let inside = 0..i32::from(self.width());
            let pixels = (x..).zip(colours).filter(|(x, _)| inside.contains(x));
            for (x, colour) in pixels.filter_map(|(x, c)| Some((u16::try_from(x).ok()?, c))) {
                if x / 8 != at {
                    self.merge(at, y, mask, dots);
                    (mask, dots, at) = (0, 0, x / 8);
                }
                let dot = 0x80 >> (x % 8);
                mask |= dot;
                dots |= if colour.is_on() { dot } else { 0 };
            }
            self.merge(at, y, mask, dots);
        }
    }

    impl DrawTarget for Band<'_> {
        type Color = BinaryColor;
        type Error = Infallible;

        fn draw_iter<I>(&mut self, pixels: I) -> Result<(), Infallible>
        where
            I: IntoIterator<Item = Pixel<BinaryColor>>,
        {
            for Pixel(at, colour) in pixels {
                if let (Ok(x), Ok(y)) = (u16::try_from(at.x), u16::try_from(at.y)) {
                    self.set(x, y, colour.is_on());
                }
            }
            Ok(())
        }

        fn fill_contiguous<I>(&mut self, area: &Rectangle, colours: I) -> Result<(), Infallible>
        where
            I: IntoIterator<Item = BinaryColor>,
        {
            let (mut colours, rows) = (colours.into_iter(), self.rows());
            let width = usize::try_from(area.size.width).unwrap_or(usize::MAX);
            // What is above the band is passed over, what is below not read.
            for y in area.rows().take_while(|y| *y < rows.end.into()) {
                let row = colours.by_ref().take(width);
                match u16::try_from(y) {
                    Ok(y) if rows.contains(&y) => self.fill_row(area.top_left.x, y, row),
                    _ => row.for_each(drop),
                }
            }
            Ok(())
        }

        fn fill_solid(&mut self, area: &Rectangle, colour: BinaryColor) -> Result<(), Infallible> {
            let columns = range(area.top_left.x, area.size.width);
            let rows = range(area.top_left.y, area.size.height);
            self.fill(columns, rows, colour.is_on());
            Ok(())
        }
    }
}
