use core::convert::Infallible;

use super::command::Command;
use super::config::Framing;
use super::fault::Fault;
use super::link::{Link, Sink};
use super::script::is_card;
use super::status::Code;
use super::talk::{Heard, Next, Script};
use crate::port::{Duration, Instant};

/// What is waited for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Wanted {
    /// That a card is laid on.
    Card,
    /// That it is lifted.
    Removal,
}

/// For how long.
#[derive(Clone, Copy, Debug)]
enum Patience {
    For(Duration),
    Until(Instant),
}

/// What was asked last.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Asked {
    Nothing,
    /// Whether a card can be found.
    Find,
    /// To select it.
    Select,
    /// Whether the one that was not selected was so before: its reply may have
    /// been lost.
    Selected,
    /// Once more whether it can be found.
    FindAgain,
    /// Once more to select it.
    SelectAgain,
    /// Whether the one that was reported is still there.
    Probe,
    /// The same, of a reader that has no newest address.
    FindGone,
}

/// Waits for a person with a card.
///
/// A card that was selected does not answer when it is looked for; some
/// readers find it again, some do not until it was lifted. So whether it still
/// lies there is asked by reading its newest address, which all cards answer,
/// if only by that there is none. This rests on what such cards do, and not on
/// a document of the readers.
#[derive(Debug)]
pub struct Await {
    wanted: Wanted,
    patience: Patience,
    asked: Asked,
    /// When the next question is due.
    pause: Option<Instant>,
}

impl Await {
    pub(super) const fn within(wanted: Wanted, length: Duration) -> Self {
        Self { wanted, patience: Patience::For(length), asked: Asked::Nothing, pause: None }
    }

    /// For as long as a person takes.
    pub(super) const fn a_person(wanted: Wanted) -> Self {
        let patience = Patience::Until(Instant::FAR_FUTURE);
        Self { wanted, patience, asked: Asked::Nothing, pause: None }
    }

    pub(super) const fn wanted(&self) -> Wanted {
        self.wanted
    }

    fn ask(&mut self, asked: Asked) -> Next<()> {
        self.asked = asked;
        Next::Ask(match asked {
            Asked::Nothing | Asked::Find | Asked::FindAgain | Asked::FindGone => Command::Find,
            Asked::Select | Asked::SelectAgain => Command::Select,
            Asked::Selected | Asked::Probe => Command::Address,
        })
    }

    /// The next round of questions.
    fn round(&mut self, link: &mut Link) -> Next<()> {
        if let Patience::Until(end) = self.patience {
            link.last_try = end;
        }
        match (link.card, link.framing()) {
            (false, _) => self.ask(Asked::Find),
            (true, Framing::Sdt) => self.ask(Asked::Probe),
            (true, Framing::Oem) => self.ask(Asked::FindGone),
        }
    }

    /// Nothing to do until the reader is asked again.
    fn rest(&mut self, link: &Link, now: Instant) -> Next<()> {
        let end = match self.patience {
            Patience::Until(end) => end,
            Patience::For(length) => now + length,
        };
        if now >= end {
            return Next::Done(Err(match self.wanted {
                Wanted::Card => Fault::NoCard,
                Wanted::Removal => Fault::NotLifted,
            }));
        }
        let until = end.min(now + link.timing.ask.max(Duration::from_millis(1)));
        (self.asked, self.pause) = (Asked::Nothing, Some(until));
        Next::Pause(until)
    }

    /// There is a card: the one that was reported, or else another.
    fn present(&mut self, link: &mut Link, now: Instant) -> Next<()> {
        if !link.is_new_card() {
            return self.rest(link, now);
        }
        // In place of one that was lifted, it is still to be reported.
        link.card = self.wanted == Wanted::Card;
        Next::Done(Ok(()))
    }

    /// There is none.
    fn absent(&mut self, link: &mut Link, now: Instant) -> Next<()> {
        let first = core::mem::replace(&mut link.card, false);
        match self.wanted {
            Wanted::Removal => Next::Done(Ok(())),
            // Another one may lie there already.
            Wanted::Card if first => self.ask(Asked::Find),
            Wanted::Card => self.rest(link, now),
        }
    }

    fn found(&mut self, link: &mut Link, now: Instant) -> Next<()> {
        match (self.wanted, link.framing()) {
            (Wanted::Card, Framing::Sdt) => {
                // It is selected, whatever that takes.
                link.last_try = Instant::FAR_FUTURE;
                self.ask(Asked::Select)
            }
            (Wanted::Card, Framing::Oem) => self.present(link, now),
            (Wanted::Removal, _) => {
                // To find it, an OEM reader reads its number.
                link.forget();
                self.rest(link, now)
            }
        }
    }

    fn heard(&mut self, link: &mut Link, yes: bool, now: Instant) -> Next<()> {
        match (self.asked, yes) {
            (Asked::Nothing, _) => self.round(link),
            (Asked::Find, true) => self.found(link, now),
            (Asked::FindAgain, true) => self.ask(Asked::SelectAgain),
            (Asked::Find | Asked::Probe | Asked::FindGone, false) => self.absent(link, now),
            (Asked::Select, false) => self.ask(Asked::Selected),
            (Asked::Selected, false) => self.ask(Asked::FindAgain),
            (Asked::FindAgain | Asked::SelectAgain, false) => Next::Done(Err(Fault::Lift)),
            (_, true) => self.present(link, now),
        }
    }
}

impl Sink for Await {}

impl Script<(), Infallible> for Await {
    fn next(&mut self, link: &mut Link, heard: Heard, now: Instant) -> Next<()> {
        if let Patience::For(length) = self.patience {
            self.patience = Patience::Until(now + length);
        }
        match heard {
            None => match self.pause.filter(|until| now < *until) {
                Some(until) => Next::Pause(until),
                None => self.round(link),
            },
            Some(Ok(_)) => self.heard(link, true, now),
            Some(Err(fault)) if is_card(fault) => self.heard(link, false, now),
            Some(Err(Fault::Refused { status, .. })) if status.code() == Code::NoContent => {
                self.heard(link, true, now)
            }
            // The reader has no newest address.
            Some(Err(Fault::Refused { .. })) if self.asked == Asked::Probe => {
                self.ask(Asked::FindGone)
            }
            Some(Err(Fault::Refused { .. })) if self.asked == Asked::Selected => {
                self.ask(Asked::FindAgain)
            }
            Some(Err(fault)) => Next::Done(Err(fault)),
        }
    }
}
