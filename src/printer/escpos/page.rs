use super::command;
use super::encoder::Out;
use super::graphics::{Form, RasterForm};
use super::job::{Body, Close, Job, Owed};
use super::line::{Context, cells};
use super::part::Words;
use super::profile::Profile;
use super::raster::Bands;
use super::refusal::Refusal;
use super::text::Text;
use super::work::Work;
use crate::printer::text::Piece;
use crate::printer::{Align, Area, Direction, Item, Page, Paper, Placed};

/// What is left of a page that was checked.
#[derive(Clone, Debug)]
pub(super) struct PageJob<'a> {
    areas: &'a [Area<'a>],
    /// The one that was begun, and what is left of it.
    area: Option<(&'a Area<'a>, &'a [Placed<'a>])>,
    begun: bool,
    height: u16,
}

/// What comes next in a page.
pub(super) enum Next<'a> {
    /// There is no room for what places it.
    Full,
    Item(Body<'a>),
    End,
}

impl<'a> PageJob<'a> {
    /// # Errors
    /// Why it cannot be printed; all of it is checked.
    pub(super) fn new(
        page: Page<'a>,
        profile: &Profile,
        mut context: Context,
    ) -> Result<Self, Refusal> {
        if profile.page == 0 {
            return Err(Refusal::NoPage);
        }
        let mut height = 0;
        context.begin_line();
        for area in page.areas {
            height = height.max(bottom(area, profile).ok_or(Refusal::PageArea)?);
            for placed in area.items {
                body(placed, area, profile, &mut context)?;
                if let Item::Style(style) = placed.item {
                    context.style = style;
                }
            }
        }
        Ok(Self { areas: page.areas, area: None, begun: false, height })
    }

    /// What the printer expects, of which `bytes` are those of a picture or
    /// code: then the page is given up.
    pub(super) fn owed(&self, bytes: usize) -> Owed {
        let close = if self.begun { Close::of(&command::CANCEL_PAGE) } else { Close::NOTHING };
        Owed { bytes, close, ..Owed::NOTHING }
    }

    /// Places the next item, or ends the page.
    pub(super) fn next(
        &mut self,
        profile: &Profile,
        mut context: Context,
        out: &mut Out<'_>,
    ) -> Next<'a> {
        if !self.begun {
            self.begun = out.put(&command::PAGE_MODE);
            return if self.begun { Next::Item(Body::Done) } else { Next::Full };
        }
        match (self.area, self.areas) {
            (Some((area, [placed, rest @ ..])), _) => {
                if !out.put(&place(placed, area, profile)) {
                    return Next::Full;
                }
                self.area = Some((area, rest));
                // An error cannot come: the page was checked.
                Next::Item(body(placed, area, profile, &mut context).unwrap_or(Body::Done))
            }
            (_, [area, rest @ ..]) => {
                if !out.put(&begin(area, profile)) {
                    return Next::Full;
                }
                (self.areas, self.area) = (rest, Some((area, area.items)));
                Next::Item(Body::Done)
            }
            _ if out.put(&command::PRINT_PAGE) => {
                out.working(Work::printing(self.height.into()));
                Next::End
            }
            _ => Next::Full,
        }
    }
}

/// The row after an area's last, if it is on the page.
fn bottom(area: &Area<'_>, profile: &Profile) -> Option<u16> {
    let right = area.x.checked_add(area.width)?;
    let bottom = area.y.checked_add(area.height)?;
    let some = area.width > 0 && area.height > 0;
    (some && right <= profile.paper.dots && bottom <= profile.page).then_some(bottom)
}

/// An area's size as seen by who reads it.
const fn reading_size(area: &Area<'_>) -> (u16, u16) {
    match area.direction {
        Direction::Right | Direction::Left => (area.width, area.height),
        Direction::Up | Direction::Down => (area.height, area.width),
    }
}

/// What stands in a page, if it can.
fn body<'a>(
    placed: &Placed<'a>,
    area: &Area<'_>,
    profile: &Profile,
    context: &mut Context,
) -> Result<Body<'a>, Refusal> {
    let (across, along) = reading_size(area);
    let dots = across.checked_sub(placed.x).filter(|dots| *dots > 0 && placed.y <= along);
    let dots = dots.ok_or(Refusal::PagePlace)?;
    let profile = Profile { paper: Paper { dots, ..profile.paper }, ..*profile };
    (context.align, context.taken) = (Align::Left, 0);
    context.cells = cells(&context.style, dots, &profile);
    let body = match placed.item {
        Item::Text(line) => {
            let words = Words::new(line, &profile, context)?;
            if words.ended || breaks(&words.text) {
                return Err(Refusal::InPage);
            }
            Body::Text(words)
        }
        Item::Raster(raster) => match profile.raster {
            form @ (RasterForm::Rows | RasterForm::Graphics) => {
                Body::Bands(Bands::whole(raster, Form::Print(form), &profile)?)
            }
            _ => return Err(Refusal::InPage),
        },
        Item::Style(_) | Item::Logo(_) | Item::Qr { .. } | Item::Barcode(_) => {
            Job::new(&placed.item, &profile, *context)?.body
        }
        _ => return Err(Refusal::InPage),
    };
    let height = height(&body).ok_or(Refusal::InPage)?;
    if height > placed.y.into() { Err(Refusal::PagePlace) } else { Ok(body) }
}

/// Whether a text takes more than one line.
fn breaks(text: &Text<'_>) -> bool {
    let Text::Wrapped { rest, .. } = text else { return false };
    rest.clone().any(|piece| matches!(piece, Ok(Piece::Break)))
}

/// Dots above the line that it stands on; nothing, if it cannot stand in a page.
fn height(body: &Body<'_>) -> Option<usize> {
    match body {
        Body::Code(code) => code.height().map(usize::from),
        Body::Bands(bands) => Some(bands.height()),
        _ => Some(0),
    }
}

/// In motion units, which across the paper are dots.
fn begin(area: &Area<'_>, profile: &Profile) -> [u8; 13] {
    let direction = match area.direction {
        Direction::Right => 0,
        Direction::Up => 1,
        Direction::Left => 2,
        Direction::Down => 3,
    };
    let units = |dots: u16| dots.saturating_mul(profile.units_per_dot.max(1).into());
    let [y, height] = [area.y, area.height].map(units);
    command::page_area([area.x, y, area.width, height].map(harmless), direction)
}

fn place(placed: &Placed<'_>, area: &Area<'_>, profile: &Profile) -> [u8; 8] {
    let units = u16::from(profile.units_per_dot.max(1));
    let (x, y) = match area.direction {
        Direction::Right | Direction::Left => (placed.x, placed.y.saturating_mul(units)),
        Direction::Up | Direction::Down => (placed.x.saturating_mul(units), placed.y),
    };
    command::place(harmless(x), harmless(y))
}

/// A number in which the printer finds no real-time command (DLE with EOT, ENQ
/// or DC4): it is moved by one motion unit.
const fn harmless(units: u16) -> u16 {
    match units {
        0x0410 | 0x0510 | 0x1410 => units + 1,
        other => other,
    }
}
