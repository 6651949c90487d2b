use core::fmt;

use crate::port::Instant;

use super::super::Fault;
use super::super::link::Link;
use super::super::message::Request;
use super::super::script::{Act, Heeded, Script};
use super::super::turn::Care;

/// One command to the reader and what it answers.
#[derive(Clone, Copy)]
pub struct Tell<T> {
    request: Request,
    /// How much of the room is its data; or the data does not fit there.
    data: Result<usize, Fault>,
    understand: fn(&Link) -> Result<T, Fault>,
}

impl<T> Tell<T> {
    /// `fill` writes the data of the command to the front of the room, and says
    /// how much.
    pub(in super::super) fn new(
        request: Request,
        data: Result<usize, Fault>,
        understand: fn(&Link) -> Result<T, Fault>,
    ) -> Self {
        Self { request, data, understand }
    }
}

impl Tell<()> {
    /// A command without data, of whose reply only the status matters.
    pub(in super::super) fn plain(request: Request) -> Self {
        Self::new(request, Ok(0), |_| Ok(()))
    }
}

impl<T: Copy> Script for Tell<T> {
    type Output = T;

    fn begin(&mut self, link: &mut Link, _: Instant) -> Act<T> {
        match self.data {
            Ok(data) => {
                link.compose(self.request, data);
                Act::Ask { wait: link.config.timing.reset, care: Care::Once }
            }
            Err(fault) => Act::Done(Err(fault)),
        }
    }

    fn answered(&mut self, link: &mut Link, answer: Heeded, _: Instant) -> Act<T> {
        Act::Done(answer.done().and_then(|_| (self.understand)(link)))
    }
}

impl<T> fmt::Debug for Tell<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tell").field("request", &self.request).finish_non_exhaustive()
    }
}
