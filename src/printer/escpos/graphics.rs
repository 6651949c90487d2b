use super::command;
use super::job::Close;

/// How a printer takes pictures.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum RasterForm {
    /// `GS v 0`: rows. Nearly every printer; Epson calls it obsolete.
    Rows,
    /// `GS ( L` and `GS 8 L`, functions 112 and 50: rows. Epson, and what is
    /// like it, but not the cheap ones.
    Graphics,
    /// `DC2 *`: rows. The mechanisms of the CSN-A2 family.
    Dc2,
    /// `ESC *` 33: lines of 24 dots. The oldest printers.
    ///
    /// A picture takes whole lines, so that its last rows may be followed by
    /// up to 23 white ones.
    Columns24,
    /// `ESC *` 1: lines of 8 dots, of which each is three rows high on paper
    /// (68 dots an inch). For printers that have nothing else; a picture needs
    /// a third of the rows.
    Columns8,
}

/// What is done with a picture.
#[derive(Clone, Copy, Debug)]
pub(super) enum Form {
    Print(RasterForm),
    /// `GS ( L` function 67: kept by this key.
    Keep([u8; 2]),
    /// `FS q`: kept as the only one.
    KeepFirst,
}

impl Form {
    /// If the payload goes column by column: how many bytes a column has.
    pub(super) const fn column(self, rows: usize) -> Option<usize> {
        match self {
            Self::Print(RasterForm::Columns24) => Some(3),
            Self::Print(RasterForm::Columns8) => Some(1),
            Self::KeepFirst => Some(rows.div_ceil(8)),
            _ => None,
        }
    }

    /// Rows of the picture in a line, if it is printed in lines.
    pub(super) const fn line(self) -> Option<usize> {
        match self {
            Self::Print(RasterForm::Columns24) => Some(24),
            Self::Print(RasterForm::Columns8) => Some(8),
            _ => None,
        }
    }

    /// Rows of paper that a row of the picture takes.
    pub(super) const fn pitch(self) -> u8 {
        match self {
            Self::Print(RasterForm::Columns8) => 3,
            Self::Print(_) => 1,
            Self::Keep(_) | Self::KeepFirst => 0,
        }
    }

    /// Whether each row may be printed as it comes.
    pub(super) const fn streams(self) -> bool {
        matches!(self, Self::Print(RasterForm::Rows | RasterForm::Dc2))
    }

    /// What stands before a band of so many bytes and rows.
    pub(super) fn header<R>(self, bytes: u16, rows: u16, with: impl FnOnce(&[u8]) -> R) -> R {
        match self {
            Self::Print(RasterForm::Rows) => with(&command::raster(bytes, rows)),
            Self::Print(RasterForm::Dc2) => with(&command::dc2_raster(bytes, rows)),
            Self::Print(RasterForm::Columns24) => with(&command::columns(33, bytes)),
            Self::Print(RasterForm::Columns8) => with(&command::columns(1, bytes)),
            Self::Print(RasterForm::Graphics) => {
                graphics(bytes, rows, command::graphics(bytes, rows), with)
            }
            Self::Keep(key) => graphics(bytes, rows, command::keep_logo(key, bytes, rows), with),
            Self::KeepFirst => with(&command::keep_first(bytes, rows.div_ceil(8))),
        }
    }

    /// What stands after it, and prints it.
    pub(super) const fn footer(self) -> &'static [u8] {
        match self {
            Self::Print(RasterForm::Graphics) => &command::GRAPHICS_PRINT,
            Self::Print(RasterForm::Columns24 | RasterForm::Columns8) => &command::LF,
            _ => &[],
        }
    }

    /// What makes a printer ready for text again that has been sent all of a
    /// band but its end; `spacing` is what sets that of text.
    pub(super) fn close(self, spacing: [u8; 3]) -> Close {
        let ([lf], [esc, three, n]) = (command::LF, spacing);
        match self.line() {
            Some(_) => Close::of(&[lf, esc, three, n]),
            None => Close::of(self.footer()),
        }
    }
}

/// `GS ( L`, or `GS 8 L` when its length takes more than two bytes.
fn graphics<const N: usize, R>(
    bytes: u16,
    rows: u16,
    parameters: [u8; N],
    with: impl FnOnce(&[u8]) -> R,
) -> R {
    let length = u32::from(bytes) * u32::from(rows) + u32::try_from(N).unwrap_or(0);
    let (short, long) = (u16::try_from(length).map(u16::to_le_bytes), length.to_le_bytes());
    let parts: [&[u8]; 3] = match &short {
        Ok(short) => [b"\x1D(L", short, &parameters],
        Err(_) => [b"\x1D8L", &long, &parameters],
    };
    let (mut header, mut end) = ([0; 18], 0);
    for (slot, byte) in header.iter_mut().zip(parts.into_iter().flatten()) {
        *slot = *byte;
        end += 1;
    }
    with(header.get(..end).unwrap_or(&[]))
}

#[cfg(test)]
mod tests {
    use super::{Form, RasterForm};

    fn header(form: Form, bytes: u16, rows: u16) -> std::vec::Vec<u8> {
        form.header(bytes, rows, <[u8]>::to_vec)
    }

    /// Epson's reference of `GS ( L` and `GS 8 L`: p counts from m on, and so
    /// is 10 or 11 more than the rows.
    #[test]
    fn graphics_have_their_lengths() {
        let print = Form::Print(RasterForm::Graphics);
        let short = b"\x1D(L\x8A\x04\x30\x70\x30\x01\x01\x31\x80\x01\x18\x00";
        assert_eq!(header(print, 48, 24), short);
        let long = b"\x1D8L\xAA\x86\x01\x00\x30\x70\x30\x01\x01\x31\x20\x03\xE8\x03";
        assert_eq!(header(print, 100, 1000), long);
        let keep = b"\x1D(L\x1B\x00\x30\x43\x30G1\x01\x10\x00\x08\x00\x31";
        assert_eq!(header(Form::Keep(*b"G1"), 2, 8), keep);
        assert_eq!(header(Form::KeepFirst, 2, 9), b"\x1Cq\x01\x02\x00\x02\x00");
    }
}
