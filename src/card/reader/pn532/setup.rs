use super::Fault;
use super::command::{self, Parameters, Request, RfItem};
use super::link::Link;
use super::script::{Act, Deed};

/// Brings the chip into step, so that no answer is owed; and sets it up, if it
/// is not: as a reader, with retries that end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Setup {
    stage: Stage,
    /// The other speed was tried too.
    retuned: bool,
    /// All of it is to be done.
    is_complete: bool,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Stage {
    /// First of all: it ends the low battery mode in which the chip starts
    /// (AN10609, Low battery mode).
    Sam,
    /// When the chip gives back these very bytes, all that came before it is
    /// past.
    Echo,
    Firmware,
    Parameters,
    Timings,
    Retries,
    /// The port gets the other speed.
    Retune,
}

impl Setup {
    pub(super) fn begin(link: &mut Link) -> (Self, Deed) {
        // The chip is woken up, whatever it was at.
        link.settled = false;
        let (stage, request) = match link.firmware {
            None => (Stage::Sam, Request::NO_SAM),
            Some(_) => (Stage::Echo, link.echo()),
        };
        (Self { stage, retuned: false, is_complete: false }, Deed::ask(link, &request))
    }

    pub(super) fn answered(&mut self, link: &mut Link, answer: Result<(), Fault>) -> Act<()> {
        match self.next(link, answer) {
            Ok(Some(deed)) => Act::Do(deed),
            Ok(None) => Act::Done(Ok(())),
            Err(fault) => {
                link.firmware = None;
                Act::Done(Err(fault))
            }
        }
    }

    fn next(&mut self, link: &mut Link, answer: Result<(), Fault>) -> Result<Option<Deed>, Fault> {
        let (stage, request) = match self.stage {
            Stage::Sam if answer.is_err() => return self.retune(link, answer).map(Some),
            // It may have lost its power, and with it how it was set up.
            Stage::Echo if answer.is_err() && !self.is_complete => {
                link.firmware = None;
                (Stage::Sam, Request::NO_SAM)
            }
            Stage::Retune => (Stage::Sam, Request::NO_SAM),
            Stage::Sam => {
                self.is_complete = true;
                (Stage::Echo, link.echo())
            }
            Stage::Echo => {
                answer?;
                link.settled = true;
                link.other_baud = None;
                if !self.is_complete {
                    return Ok(None);
                }
                (Stage::Firmware, Request::FIRMWARE)
            }
            Stage::Firmware => {
                let firmware = answer.and_then(|()| command::firmware(link.reply()))?;
                if firmware.ic != 0x32 {
                    return Err(Fault::Chip { ic: firmware.ic });
                }
                link.firmware = Some(firmware);
                (Stage::Parameters, Request::parameters(Parameters::AUTOMATIC_RATS))
            }
            Stage::Parameters => {
                answer?;
                (Stage::Timings, Request::rf(RfItem::Timings { atr_res: 0x0B, retry: 0x0A }))
            }
            Stage::Timings => {
                answer?;
                let passive = link.config.retries;
                (Stage::Retries, Request::rf(RfItem::Retries { atr: 0, psl: 1, passive }))
            }
            Stage::Retries => return answer.map(|()| None),
        };
        self.stage = stage;
        Ok(Some(Deed::ask(link, &request)))
    }

    /// Nobody answers: at the other speed somebody may, if there is one.
    fn retune(&mut self, link: &mut Link, answer: Result<(), Fault>) -> Result<Deed, Fault> {
        let other = link.other_baud.as_mut().filter(|_| !self.retuned);
        let other = other.ok_or(answer.err().unwrap_or(Fault::Silent))?;
        core::mem::swap(other, &mut link.baud);
        self.retuned = true;
        self.stage = Stage::Retune;
        Ok(Deed::Tune(link.baud))
    }
}
