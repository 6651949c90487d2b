use core::convert::Infallible;

use crate::card::{t0, t1};
use crate::port::{Exchange, Instant, Step};

use super::Fault;
use super::link::{Link, Protocol};

/// An exchange of the card's protocol.
#[derive(Debug)]
pub(super) enum Inner<'a> {
    T0(t0::Transmit<'a>),
    T1(t1::Transmit<'a>),
    /// There is no active card.
    None,
    /// A card that needs nothing more to be ready.
    Ready,
}

impl<'a> Inner<'a> {
    /// With a command that is kept.
    pub(super) fn command(link: &mut Link, command: &[u8]) -> Self {
        link.command_made();
        match &mut link.protocol {
            _ if link.atr.is_none() => Self::None,
            Protocol::None => Self::None,
            Protocol::T0(link) => Self::T0(t0::Transmit::command(link, command)),
            Protocol::T1(link) => Self::T1(t1::Transmit::command(link, command)),
        }
    }

    /// With the caller's command and room.
    pub(super) fn lent(link: &mut Link, command: &'a [u8], response: &'a mut [u8]) -> Self {
        link.command_made();
        match &mut link.protocol {
            _ if link.atr.is_none() => Self::None,
            Protocol::None => Self::None,
            Protocol::T0(link) => Self::T0(t0::Transmit::lent(link, command, response)),
            Protocol::T1(link) => Self::T1(t1::Transmit::lent(link, command, response)),
        }
    }

    pub(super) fn step(&mut self, link: &mut Link, now: Instant) -> Step<usize, Fault, Infallible> {
        match (self, &mut link.protocol) {
            (Self::T0(x), Protocol::T0(link)) => map(x.step(link, now), |fault| match fault {
                t0::Fault::Room => Fault::Buffer { needed: link.session().came() },
                other => Fault::T0(other),
            }),
            (Self::T1(x), Protocol::T1(link)) => map(x.step(link, now), |fault| match fault {
                t1::Fault::Room => Fault::Buffer { needed: link.session().came() },
                other => Fault::T1(other),
            }),
            (Self::Ready, _) => Step::Done(Ok(0)),
            _ => Step::Done(Err(Fault::Inactive)),
        }
    }

    pub(super) fn outgoing<'b>(&'b self, link: &'b Link) -> &'b [u8] {
        match (self, &link.protocol) {
            (Self::T0(x), Protocol::T0(link)) => x.outgoing(link),
            (Self::T1(x), Protocol::T1(link)) => x.outgoing(link),
            _ => &[],
        }
    }

    pub(super) fn sent(&mut self, link: &mut Link, n: usize, now: Instant) {
        match (self, &mut link.protocol) {
            (Self::T0(x), Protocol::T0(link)) => x.sent(link, n, now),
            (Self::T1(x), Protocol::T1(link)) => x.sent(link, n, now),
            _ => {}
        }
    }

    pub(super) fn received(&mut self, link: &mut Link, bytes: &[u8], now: Instant) -> usize {
        match (self, &mut link.protocol) {
            (Self::T0(x), Protocol::T0(link)) => x.received(link, bytes, now),
            (Self::T1(x), Protocol::T1(link)) => x.received(link, bytes, now),
            _ => bytes.len(),
        }
    }
}

fn map<T, F, E>(step: Step<T, F, E>, wrap: impl FnOnce(F) -> Fault) -> Step<T, Fault, E> {
    match step {
        Step::Done(result) => Step::Done(result.map_err(wrap)),
        Step::Send { until } => Step::Send { until },
        Step::Receive { until } => Step::Receive { until },
        Step::Pause { until } => Step::Pause { until },
        Step::Set(line) => Step::Set(line),
        Step::Event(event) => Step::Event(event),
    }
}
