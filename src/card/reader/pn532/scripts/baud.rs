use crate::card::reader::pn532::Fault;
use crate::card::reader::pn532::command::Request;
use crate::card::reader::pn532::link::Link;
use crate::card::reader::pn532::script::{Act, Deed, Script};
use crate::port::Instant;

/// Changes the speed of chip and port.
#[derive(Clone, Copy, Debug)]
pub struct SetBaud {
    new: u32,
    stage: Changing,
}

#[derive(Clone, Copy, Debug)]
enum Changing {
    /// A port that cannot be set is found out before anything is sent.
    Try,
    Ask,
    /// The chip changes when its response is acknowledged (7.2.8).
    Acknowledge,
    Settle,
    Tune,
    Prove,
}

impl SetBaud {
    pub(in crate::card::reader::pn532) const fn new(new: u32) -> Self {
        Self { new, stage: Changing::Try }
    }

    fn next(&mut self, link: &mut Link, answer: Result<(), Fault>, now: Instant) -> Act<()> {
        let (stage, deed) = match self.stage {
            Changing::Try => match Request::baud(self.new) {
                None => return Act::Done(Err(Fault::Baud(self.new))),
                Some(request) => {
                    // From here on nobody knows, until one is proven.
                    link.other_baud = Some(self.new).filter(|new| *new != link.baud);
                    link.compose(&request);
                    let wait = link.config.timing.answer;
                    (Changing::Ask, Deed::Ask { wait, repeatable: false, echoed: false })
                }
            },
            // Whatever became of it: if not at the one speed, the chip answers
            // at the other.
            Changing::Ask if answer.is_err() => (Changing::Prove, Deed::Setup),
            Changing::Ask => (Changing::Acknowledge, Deed::Acknowledge),
            Changing::Acknowledge => {
                let until = now + link.config.timing.settle + link.line_times().0;
                (Changing::Settle, Deed::Pause(until))
            }
            Changing::Settle => {
                if let Some(other) = &mut link.other_baud {
                    core::mem::swap(other, &mut link.baud);
                }
                (Changing::Tune, Deed::Tune(link.baud))
            }
            Changing::Tune => (Changing::Prove, Deed::Setup),
            Changing::Prove => {
                let taken = link.baud == self.new;
                let proven = if taken { Ok(()) } else { Err(Fault::BaudNotTaken) };
                return Act::Done(answer.and(proven));
            }
        };
        self.stage = stage;
        Act::Do(deed)
    }
}

impl Script for SetBaud {
    type Output = ();

    fn begin(&mut self, link: &mut Link, _: Instant) -> Act<()> {
        Act::Do(Deed::Tune(link.baud))
    }

    fn answered(&mut self, link: &mut Link, answer: Result<(), Fault>, now: Instant) -> Act<()> {
        self.next(link, answer, now)
    }
}
