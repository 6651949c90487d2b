use super::Item;

/// A page: set as a whole in the printer's memory, and then printed.
///
/// What stands in it is placed by the dot, in four directions.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Page<'a> {
    /// They may overlap: what comes later is drawn over it.
    pub areas: &'a [Area<'a>],
}

/// A part of a page.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Area<'a> {
    /// Dots from the left edge of the paper.
    pub x: u16,
    /// Dots from the top of the page.
    pub y: u16,
    /// Dots across the paper.
    pub width: u16,
    /// Dots along the paper.
    pub height: u16,
    /// Which way it is read.
    pub direction: Direction,
    /// What stands in it.
    pub items: &'a [Placed<'a>],
}

/// Which way an area is read, by the paper as it comes out.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Direction {
    /// From left to right.
    #[default]
    Right,
    /// From the bottom to the top: turned a quarter to the left.
    Up,
    /// From right to left: upside down.
    Left,
    /// From the top to the bottom: turned a quarter to the right.
    Down,
}

/// Something in an area, and where: as seen by who reads it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Placed<'a> {
    /// Dots from the area's edge at which reading begins.
    pub x: u16,
    /// Dots from the area's top to the line that it stands on: the base line
    /// of text, the lower edge of pictures and codes.
    pub y: u16,
    /// Styles, pictures, logos, codes, and text of one line that fits into
    /// the area; anything else is refused.
    pub item: Item<'a>,
}
