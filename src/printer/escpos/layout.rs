//! Where on the line, and how far the paper moves.

use super::command;
use super::encoder::{Encoder, Out};
use super::job::{Body, Command};
use super::line::{Context, Tabs};
use super::profile::Profile;
use super::refusal::Refusal;
use super::symbol::is_real_time;
use super::work::Work;
use crate::printer::Layout;

/// How many tab stops a printer keeps.
const TABS: usize = 32;

/// A layout, checked.
pub(super) fn body<'a>(
    layout: Layout,
    profile: &Profile,
    context: &Context,
) -> Result<Body<'a>, Refusal> {
    let is_possible = match layout {
        Layout::LineSpacing(dots) => dots.is_none_or(|dots| units(dots, profile).is_some()),
        Layout::Area { left, width } => {
            let right = left.checked_add(width);
            width > 0 && right.is_some_and(|right| right <= profile.paper.dots)
        }
        Layout::Tabs(stops) => {
            let ascend = stops.windows(2).all(|two| matches!(two, [a, b] if a < b));
            let real_time = is_real_time(stops.iter().copied());
            stops.len() <= TABS && ascend && stops.first() != Some(&0) && !real_time
        }
        Layout::Tab => {
            context.tabs.next(context.taken).is_some_and(|stop| stop < context.cells.line)
        }
        Layout::At(dots) => dots < context.cells.line,
        Layout::Move(dots) => {
            let to = context.taken.checked_add_signed(dots);
            to.is_some_and(|to| to < context.cells.line)
        }
        Layout::Feed(dots) => return Ok(Body::FeedDots(dots)),
        Layout::FeedBack(dots) if dots > profile.feed_back => return Err(Refusal::FeedBack),
        Layout::FeedBack(dots) => units(dots, profile).is_some(),
    };
    is_possible.then_some(Body::Command(Command::Layout(layout))).ok_or(Refusal::Layout)
}

/// Whether it is for whole lines.
pub(super) const fn ends_line(layout: Layout) -> bool {
    matches!(layout, Layout::Area { .. } | Layout::Feed(_) | Layout::FeedBack(_))
}

/// Dots along the paper in motion units.
fn units(dots: u8, profile: &Profile) -> Option<u8> {
    dots.checked_mul(profile.units_per_dot.max(1))
}

impl Encoder {
    pub(super) fn layout(&mut self, layout: Layout, out: &mut Out<'_>) -> bool {
        let profile = self.profile;
        match layout {
            Layout::LineSpacing(dots) => self.line_spacing(dots, out),
            Layout::Area { left, width } => self.area(left, width, out),
            Layout::Tabs(stops) => self.tabs(stops, out),
            Layout::Tab => match self.line.tabs.next(self.line.taken) {
                Some(stop) if self.line.tabs.kept => self.place(stop, &command::TAB, out),
                Some(stop) => self.place(stop, &command::at(stop), out),
                None => true,
            },
            Layout::At(dots) => self.place(dots, &command::at(dots), out),
            Layout::Move(dots) => {
                let to = self.line.taken.saturating_add_signed(dots);
                self.place(to, &command::forward(dots), out)
            }
            Layout::FeedBack(dots) => {
                let back = command::feed_back_units(units(dots, profile).unwrap_or(0));
                out.put(&back) && out.working(Work::feeding(dots.into()))
            }
            Layout::Feed(mut dots) => self.feed_dots(&mut dots, out),
        }
    }

    pub(super) fn line_spacing(&mut self, dots: Option<u8>, out: &mut Out<'_>) -> bool {
        self.line.pitch = dots.unwrap_or(self.profile.line_pitch);
        match dots.and_then(|dots| units(dots, self.profile)) {
            Some(units) => out.put(&command::line_spacing(units)),
            None => out.put(&command::OWN_LINE_SPACING),
        }
    }

    pub(super) fn area(&mut self, left: u16, width: u16, out: &mut Out<'_>) -> bool {
        (self.line.left, self.line.cells.line) = (left, width);
        out.put(&command::area(left, width))
    }

    pub(super) fn tabs(&mut self, stops: &'static [u8], out: &mut Out<'_>) -> bool {
        self.line.tabs = Tabs { stops, unit: self.line.cells.narrow, kept: true };
        out.put_all(&[&command::TABS, stops, &[0]])
    }

    /// Goes to a place on the line, unless there is no room for the bytes.
    fn place(&mut self, to: u16, bytes: &[u8], out: &mut Out<'_>) -> bool {
        let done = out.put(bytes);
        if done {
            self.line.taken = to;
        }
        done
    }
}
