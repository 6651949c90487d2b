use super::{gone, is_of_chip};
use crate::card::pair::Lent;
use crate::card::reader::pn532::command::{self, Request};
use crate::card::reader::pn532::link::Link;
use crate::card::reader::pn532::script::{Act, Deed, Script};
use crate::card::reader::pn532::target::Target;
use crate::card::reader::pn532::{Fault, Status};
use crate::port::{Duration, Instant};

/// Enough for each byte of a long APDU at 9 600 baud, and on the air.
const BYTE: Duration = Duration::from_millis(4);

/// Sends a command APDU; the output is the length of the response.
#[derive(Debug)]
pub struct Transmit<'a> {
    stage: Transmitting,
    set: Result<(), Fault>,
    /// When there is no further part in any case.
    end: Instant,
    lent: Option<Lent<'a>>,
}

#[derive(Clone, Copy, Debug)]
enum Transmitting {
    Exchange,
    /// It failed with this; is the card still there?
    Presence(Fault),
    Nak(Fault),
}

impl<'a> Transmit<'a> {
    /// With a command that is kept.
    pub(in crate::card::reader::pn532) fn kept(link: &mut Link, command: &[u8]) -> Self {
        let set = match link.atr {
            None => Err(Fault::Inactive),
            // A header (ISO/IEC 7816-4:2020, 5.2).
            Some(_) => link.apdu.set(command, 4),
        };
        Self { stage: Transmitting::Exchange, set, end: Instant::ZERO, lent: None }
    }

    /// With the caller's command and room.
    pub(in crate::card::reader::pn532) fn lent(
        link: &mut Link,
        command: &'a [u8],
        response: &'a mut [u8],
    ) -> Self {
        let set = match link.atr {
            None => Err(Fault::Inactive),
            Some(_) => link.apdu.lend(command),
        };
        let lent = Some(Lent { command, response });
        Self { stage: Transmitting::Exchange, set, end: Instant::ZERO, lent }
    }

    /// The next part of the command, or an empty one for the next part of the
    /// response.
    fn part(&self, link: &mut Link) -> Act<usize> {
        let number = link.card().map_or(1, Target::number);
        link.compose_part(number, Lent::command(&self.lent));
        Act::Do(Deed::ask_card(link))
    }

    fn exchanged(&mut self, link: &mut Link, now: Instant) -> Result<Act<usize>, Fault> {
        command::status(link.reply())?;
        let has_more = link.reply().first().is_some_and(|status| Status(*status).has_more());
        if link.apdu.has_unsent() {
            return Ok(self.part(link));
        }
        let room = self.lent.as_mut().map(|lent| &mut *lent.response);
        let longest = room.as_ref().map_or(usize::MAX, |room| room.len());
        let taken = link.take_part(room);
        match (has_more, link.apdu.came()) {
            (true, _) if !taken || now >= self.end => {
                // What is left of it is not the answer to another command.
                link.deactivated();
                Err(if taken { Fault::KeepsAsking } else { Fault::Response })
            }
            (true, _) => Ok(self.part(link)),
            _ if !taken => Err(Fault::Response),
            (false, 0 | 1) => Err(Fault::Response),
            (false, needed) if needed > longest => Err(Fault::Buffer { needed }),
            (false, len) => Ok(Act::Done(Ok(len))),
        }
    }

    fn next(
        &mut self,
        link: &mut Link,
        answer: Result<(), Fault>,
        now: Instant,
    ) -> Result<Act<usize>, Fault> {
        match self.stage {
            Transmitting::Exchange => match answer.and_then(|()| self.exchanged(link, now)) {
                Err(fault @ Fault::Status(status)) if !is_of_chip(status) => {
                    self.stage = Transmitting::Presence(fault);
                    Ok(Act::ask(link, &Request::PRESENCE))
                }
                other => other,
            },
            Transmitting::Presence(fault) => {
                answer?;
                if !gone(command::presence(link.reply()))? {
                    return Err(fault);
                }
                self.stage = Transmitting::Nak(fault);
                Ok(Act::ask(link, &Request::R_NAK))
            }
            Transmitting::Nak(fault) => {
                answer?;
                if gone(command::status(link.reply()))? {
                    link.deactivated();
                    return Err(Fault::Absent);
                }
                Err(fault)
            }
        }
    }
}

impl Script for Transmit<'_> {
    type Output = usize;

    fn check(&self, link: &Link) -> Result<(), Fault> {
        // Setting up may have found that the card was lost.
        self.set.and(link.atr.map(|_| ()).ok_or(Fault::Inactive))
    }

    fn begin(&mut self, link: &mut Link, now: Instant) -> Act<usize> {
        let longer = Lent::takes_longer(&self.lent, BYTE);
        self.end = now + link.config.timing.card.times(3) + longer;
        self.part(link)
    }

    fn answered(&mut self, link: &mut Link, answer: Result<(), Fault>, now: Instant) -> Act<usize> {
        self.next(link, answer, now).unwrap_or_else(|fault| {
            link.apdu.wipe();
            Act::Done(Err(fault))
        })
    }
}

/// Sends bytes to the card as they are; the output is how many came back.
#[derive(Clone, Copy, Debug)]
pub struct Thru {
    set: Result<(), Fault>,
}

impl Thru {
    pub(in crate::card::reader::pn532) fn new(link: &mut Link, bytes: &[u8]) -> Self {
        Self { set: link.apdu.set(bytes, 1) }
    }
}

impl Script for Thru {
    type Output = usize;

    fn check(&self, _: &Link) -> Result<(), Fault> {
        self.set
    }

    fn begin(&mut self, link: &mut Link, _: Instant) -> Act<usize> {
        link.compose_thru();
        Act::Do(Deed::ask_card(link))
    }

    fn answered(&mut self, link: &mut Link, answer: Result<(), Fault>, _: Instant) -> Act<usize> {
        Act::Done(answer.and_then(|()| {
            command::status(link.reply())?;
            let taken = link.take_part(None);
            taken.then(|| link.apdu.response().len()).ok_or(Fault::Response)
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::card::Atr;
    use crate::card::reader::pn532::Config;
    use crate::card::reader::pn532::command::Firmware;
    use crate::card::reader::pn532::script::Talk;
    use crate::port::{Exchange, Step};

    /// A chip that is set up, and has a card.
    fn link() -> Link {
        let mut link = Link::new(Config::DEFAULT);
        link.atr = Some(Atr::new(&[0x3B, 0x80, 0x80, 0x01, 0x01]).unwrap());
        link.firmware = Some(Firmware { ic: 0x32, version: (1, 6), support: 7 });
        link.settled = true;
        link
    }

    /// A card that has always more to say, and says nothing.
    #[test]
    fn an_answer_without_end_is_not_waited_for() {
        let more = [0x00, 0x00, 0xFF, 0x03, 0xFD, 0xD5, 0x41, 0x40, 0xAA, 0x00];
        let said = [&[0x00, 0x00, 0xFF, 0x00, 0xFF, 0x00][..], &more].concat();
        let mut link = link();
        let mut talk = Talk::new(Transmit::kept(&mut link, &[0x00, 0xCA, 0x00, 0x00, 0x00]));
        let mut now = Instant::ZERO;
        let ended = (0..1_000).find_map(|_| {
            match talk.step(&mut link, now) {
                Step::Send { .. } => {
                    let len = talk.outgoing(&link).len();
                    talk.sent(&mut link, len, now);
                }
                Step::Receive { .. } => {
                    now += Duration::from_secs(1);
                    assert!(talk.received(&mut link, &said, now) > 0);
                }
                Step::Pause { until } => now = until,
                Step::Done(result) => return Some(result),
                other => panic!("{other:?}"),
            }
            None
        });
        assert_eq!(ended, Some(Err(Fault::KeepsAsking)));
        assert!((30_000..33_000).contains(&now.since(Instant::ZERO).as_millis()), "{now:?}");
        assert!(link.atr.is_none());
    }

    /// However it ends, nothing of a VERIFY stays behind.
    #[test]
    fn a_command_is_wiped_when_its_conversation_ends() {
        let verify = [0x00, 0x20, 0x00, 0x80, 0x03, 0x24, 0x12, 0x34];
        let acknowledged = [0x00, 0x00, 0xFF, 0x00, 0xFF, 0x00];
        let refused =
            [&acknowledged[..], &[0x00, 0x00, 0xFF, 0x01, 0xFF, 0x7F, 0x81, 0x00]].concat();
        for said in [&[][..], &acknowledged, &refused] {
            let mut link = link();
            let mut talk = Talk::new(Transmit::kept(&mut link, &verify));
            let mut now = Instant::ZERO;
            assert!(matches!(talk.step(&mut link, now), Step::Send { .. }));
            assert_eq!(link.out.bytes()[8..16], verify);
            let len = talk.outgoing(&link).len();
            talk.sent(&mut link, len, now);
            assert!(matches!(talk.step(&mut link, now), Step::Receive { .. }));
            talk.received(&mut link, said, now);
            let ended = (0..10).any(|_| {
                now += Duration::from_secs(20);
                matches!(talk.step(&mut link, now), Step::Done(Err(_)))
            });
            assert!(ended && link.out.is_wiped() && link.apdu.is_wiped(), "{said:02X?}");
        }
    }
}
