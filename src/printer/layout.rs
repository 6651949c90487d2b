use super::Align;

/// Where on the line, and how far the paper moves. All in dots, but for tabs.
///
/// It holds until it is changed or the printer is initialised.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Layout {
    /// From one line to the next; `None` is the printer's own.
    LineSpacing(Option<u8>),
    /// The printable area: from the printer's left edge, and how wide.
    Area {
        /// The left margin.
        left: u16,
        /// The width; it reaches no farther than the paper.
        width: u16,
    },
    /// Tab stops: at most 32, each in columns of the style there is now, from
    /// the left margin, and beyond the one before. Without it, every 8 columns.
    /// 16 and then 20 are refused: a printer finds a real-time command in them.
    Tabs(&'static [u8]),
    /// To the next tab stop.
    Tab,
    /// To this place from the left margin.
    At(u16),
    /// This far to the right, or, if less than 0, back.
    Move(i16),
    /// Ends the line and feeds the paper.
    Feed(u16),
    /// Ends the line and draws the paper back, so that what follows is printed
    /// over it.
    FeedBack(u8),
}

/// A line of a table: cells in columns, with a column of space between them.
///
/// A cell that is wider than its column is cut off there, and at a line end;
/// a hanzi is never split.
///
/// ```
/// use embedded_pos::printer::escpos::{Encoder, Profile};
/// use embedded_pos::printer::{Align, Column, Item, Table};
///
/// const COLUMNS: &[Column] = &[
///     Column { width: 12, align: Align::Left },
///     Column { width: 4, align: Align::Right },
/// ];
/// let line = Table { columns: COLUMNS, cells: &["tea", "2"] };
/// let mut out = [0; 64];
/// let slice = Encoder::new(&Profile::CLONE_58MM).encode(&Item::Table(line), &mut out)?;
/// assert_eq!(out[..slice.len], *b"tea             2\n");
/// # Ok::<(), embedded_pos::printer::escpos::Refusal>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Table<'a> {
    /// The columns, from the left.
    pub columns: &'a [Column],
    /// A text for each; those that are missing are blank.
    pub cells: &'a [&'a str],
}

/// A column of a [`Table`].
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Column {
    /// Columns of the paper, in the style there is.
    pub width: u8,
    /// Where a cell stands in it.
    pub align: Align,
}
