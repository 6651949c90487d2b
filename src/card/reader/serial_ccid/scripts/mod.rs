//! Which command follows which reply.

mod activate;
mod blocks;
mod look;
mod parts;
mod speed;
mod tell;
mod transmit;

pub use activate::Activate;
pub use look::{Deactivate, Look};
pub use speed::SpeedUp;
pub use tell::Tell;
pub use transmit::Transmit;

use super::link::Link;
use super::message::Request;
use super::script::Act;
use super::turn::Care;

/// Asks for something that may be asked for twice; the data is in the room.
fn ask<T>(link: &mut Link, request: Request, data: usize) -> Act<T> {
    link.compose(request, data);
    Act::Ask { wait: link.config.timing.answer, care: Care::Repeat }
}
