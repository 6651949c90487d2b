use super::profile::Profile;
use super::text::DrawnText;
use crate::printer::text::{Cells, Glyphs};
use crate::printer::{Align, Emphasis, Font, Style};

/// Dots of a hanzi, each way; of a character of font A, along the paper.
pub(super) const GLYPH: u16 = 24;

/// What is known of the line being set, and of the printer's modes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    pub(super) style: Style,
    pub(super) align: Align,
    /// Dots taken.
    pub(super) taken: u16,
    /// The highest magnification on it; 0 when it is empty.
    pub(super) height: u8,
    /// From one line to the next, in dots.
    pub(super) pitch: u8,
    /// Where the printable area begins.
    pub(super) left: u16,
    /// How wide it is, and its characters in this style.
    pub(super) cells: Cells,
    pub(super) tabs: Tabs,
    pub(super) mode: Mode,
    /// The number of the code page; at power-up it is what the printer's
    /// switches say.
    pub(super) page: Option<u8>,
    pub(super) slots: Slots,
}

/// What the printer takes bytes from 80h on for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Mode {
    /// Characters of two bytes.
    TwoByte,
    /// Characters of a code page.
    OneByte,
    Utf8,
}

/// Tab stops, in units of so many dots.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tabs {
    pub(super) stops: &'static [u8],
    pub(super) unit: u16,
    /// The printer has them: it was not switched off since it was told.
    pub(super) kept: bool,
}

/// The characters that stand in the user's places on this line, three bytes
/// each; NUL is none.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Slots([[u8; 3]; 6]);

/// What an item changes of it on its way; the others it sets at once, or not.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    style: Style,
    taken: u16,
    height: u8,
    cells: Cells,
    mode: Mode,
    page: Option<u8>,
    slots: Slots,
}

/// What the text of an item depends on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Context {
    pub(super) style: Style,
    pub(super) align: Align,
    /// Dots taken.
    pub(super) taken: u16,
    /// From one line to the next, in dots.
    pub(super) pitch: u8,
    pub(super) cells: Cells,
    pub(super) tabs: Tabs,
    pub(super) slots: Slots,
    pub(super) glyphs: Glyphs,
    pub(super) drawn: Option<&'static DrawnText>,
}

impl Context {
    /// The line before is ended first.
    pub(super) fn begin_line(&mut self) {
        self.taken = 0;
        self.slots.clear();
    }
}

impl Line {
    pub(super) const fn new(profile: &Profile) -> Self {
        let style = Style::NORMAL;
        Self {
            style,
            align: Align::Left,
            taken: 0,
            height: 0,
            pitch: profile.line_pitch,
            left: 0,
            cells: cells(&style, profile.paper.dots, profile),
            tabs: Tabs::EVERY_8,
            mode: match profile.charset.utf8() {
                None if profile.charset.has_hanzi() => Mode::TwoByte,
                _ => Mode::OneByte,
            },
            page: None,
            slots: Slots([[0; 3]; 6]),
        }
    }

    pub(super) const fn mark(&self) -> Mark {
        let Self { style, taken, height, cells, mode, page, slots, .. } = *self;
        Mark { style, taken, height, cells, mode, page, slots }
    }

    /// As it was there.
    pub(super) const fn back_to(&mut self, mark: Mark) {
        let Mark { style, taken, height, cells, mode, page, slots } = mark;
        *self = Self { style, taken, height, cells, mode, page, slots, ..*self };
    }

    /// Whether characters are as high as is counted, and not lower.
    pub(super) fn is_paced(&self) -> bool {
        let Style { font, emphasis, .. } = self.style;
        font == Font::A && !emphasis.contains(Emphasis::ROTATED)
    }

    pub(super) const fn is_begun(&self) -> bool {
        self.height > 0 || self.taken > 0
    }

    /// The line was ended.
    pub(super) fn empty(&mut self) {
        (self.taken, self.height) = (0, 0);
        self.slots.clear();
    }

    /// So many dots of what stands on the line were written.
    pub(super) fn wrote(&mut self, dots: u16) {
        if dots > 0 {
            self.taken = self.taken.saturating_add(dots);
            self.height = self.height.max(self.style.magnified().1);
        }
    }
}

/// How wide characters of a style are, on a line of so many dots.
pub(super) const fn cells(style: &Style, line: u16, profile: &Profile) -> Cells {
    let (across, _) = style.magnified();
    let narrow = match font_width(profile, style.font) {
        _ if style.emphasis.contains(Emphasis::ROTATED) => GLYPH,
        Some(width) => width,
        None => 0,
    };
    let spacing = style.spacing;
    Cells { line, narrow: dots(narrow, spacing, across), wide: dots(GLYPH, spacing, across) }
}

const fn dots(dots: u16, spacing: u8, across: u8) -> u16 {
    match (dots + spacing as u16).saturating_mul(across as u16) {
        0 => 1,
        dots => dots,
    }
}

/// How many dots wide a character of a font is, if the printer has it.
pub(super) const fn font_width(profile: &Profile, font: Font) -> Option<u16> {
    let width = match (font, profile.fonts) {
        (Font::A, [width, ..]) | (Font::B, [_, width, ..]) | (Font::C, [_, _, width, ..]) => width,
        _ => return None,
    };
    Some(*width as u16)
}

impl Tabs {
    /// As at power-up.
    const EVERY_8: Self = Self {
        stops: &[8, 16, 24, 32, 40, 48, 56, 64, 72, 80, 88, 96, 104, 112, 120, 128],
        unit: 12,
        kept: true,
    };

    /// The stop that comes after so many dots.
    pub(super) fn next(&self, taken: u16) -> Option<u16> {
        let stops = self.stops.iter().map(|stop| self.unit.saturating_mul(u16::from(*stop)));
        stops.into_iter().find(|stop| *stop > taken)
    }
}

impl Slots {
    /// The place of a character among the first `most`, and whether it stands
    /// there already; `None` if others have them all.
    pub(super) fn place(&mut self, character: char, most: u8) -> Option<(u8, bool)> {
        let [a, b, c, _] = u32::from(character).to_le_bytes();
        let character = [a, b, c];
        let mut slots = (0..).zip(&mut self.0).take(most.into());
        let (n, slot) = slots.find(|(_, slot)| [[0; 3], character].contains(slot))?;
        let known = core::mem::replace(slot, character) == character;
        Some((n, known))
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }
}
