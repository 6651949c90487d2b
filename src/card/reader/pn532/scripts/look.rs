use super::{again, gone};
use crate::card::contactless::Technology;
use crate::card::reader::pn532::Fault;
use crate::card::reader::pn532::command::{self, Request};
use crate::card::reader::pn532::link::Link;
use crate::card::reader::pn532::script::{Act, Deed, Script};
use crate::card::reader::pn532::target::Listed;
use crate::port::Instant;

/// Looks whether a card is in the field; the output says so.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    stage: Looking,
    /// How often the cards were listed in vain, for the line garbled it.
    spoilt: u8,
}

#[derive(Clone, Copy, Debug)]
enum Looking {
    /// Not before it is time.
    Patience,
    /// The card that was found is asked whether it is there.
    Presence,
    /// The same by a means of our own: of some cards the chip says that they
    /// are gone (libnfc, `pn53x_ISO14443A_4_is_present`).
    Nak,
    /// The field goes off, so that a card forgets that it was selected.
    Off,
    /// It stays off for a while.
    Reset,
    List(Technology),
    /// There is none: the field goes off until the next look.
    None,
}

impl Look {
    pub(in crate::card::reader::pn532) const fn new() -> Self {
        Self { stage: Looking::Patience, spoilt: 0 }
    }

    fn ask(&mut self, link: &mut Link, stage: Looking) -> Act<bool> {
        self.stage = stage;
        let request = match stage {
            Looking::Presence => Request::PRESENCE,
            Looking::Nak => Request::R_NAK,
            Looking::List(technology) => Request::list(technology),
            _ => Request::field(false),
        };
        Act::ask(link, &request)
    }

    fn next(&mut self, link: &mut Link, now: Instant) -> Result<Act<bool>, Fault> {
        Ok(match self.stage {
            Looking::Patience => {
                link.look_at = now + link.config.timing.look;
                match link.card() {
                    Some(card) if card.is_iso_dep() => self.ask(link, Looking::Presence),
                    None if link.listed.count() == 0 => {
                        self.ask(link, Looking::List(Technology::A))
                    }
                    _ => self.ask(link, Looking::Off),
                }
            }
            Looking::Presence => match gone(command::presence(link.reply()))? {
                false => Act::Done(Ok(true)),
                true => self.ask(link, Looking::Nak),
            },
            Looking::Nak => match gone(command::status(link.reply()))? {
                false => Act::Done(Ok(true)),
                true => {
                    link.deactivated();
                    self.ask(link, Looking::None)
                }
            },
            Looking::Off => {
                link.deactivated();
                self.stage = Looking::Reset;
                Act::Do(Deed::Pause(now + link.config.timing.reset))
            }
            Looking::Reset => self.ask(link, Looking::List(Technology::A)),
            Looking::List(technology) => {
                link.listed = Listed::decode(link.reply(), technology == Technology::A)
                    .ok_or(Fault::WrongReply)?;
                match (link.listed.count(), technology) {
                    (1.., _) => Act::Done(Ok(true)),
                    (0, Technology::A) => self.ask(link, Looking::List(Technology::B)),
                    (0, Technology::B) => self.ask(link, Looking::None),
                }
            }
            Looking::None => {
                link.field_off(now);
                Act::Done(Ok(false))
            }
        })
    }
}

impl Script for Look {
    type Output = bool;

    fn begin(&mut self, link: &mut Link, now: Instant) -> Act<bool> {
        if now < link.look_at {
            return Act::Do(Deed::Pause(link.look_at));
        }
        self.next(link, now).unwrap_or_else(|fault| Act::Done(Err(fault)))
    }

    fn answered(&mut self, link: &mut Link, answer: Result<(), Fault>, now: Instant) -> Act<bool> {
        if let (Looking::List(_), true) = (self.stage, again(answer, &mut self.spoilt)) {
            return self.ask(link, Looking::Off);
        }
        let next = answer.and_then(|()| self.next(link, now));
        next.unwrap_or_else(|fault| Act::Done(Err(fault)))
    }
}
