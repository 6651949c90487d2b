use std::format;
use std::string::String;
use std::vec::Vec;

use super::Report;
use crate::scan::plate::PlateRead;
use crate::scan::plate::feed::{Event, Fault, Feed};

/// Events, of which the bytes of a picture are one, in however many pieces.
#[derive(Clone, Debug, Eq, PartialEq)]
enum Told {
    Plate(std::boxed::Box<PlateRead>),
    Picture(u16, Vec<u8>),
    Other(String),
    Fault(Fault),
}

/// Examines a [`Feed`] with a message that it reads without a fault. The feed
/// must be new, or have ended its last message.
pub fn feed(feed: &mut impl Feed, message: &[u8]) -> Report {
    let mut report = Report::new();
    let whole = match told(feed, message, message.len()) {
        Ok(whole) => whole,
        Err(broken) => {
            report.check("a message is read", Err(broken));
            return report;
        }
    };
    let faulty = whole.iter().any(|told| matches!(told, Told::Fault(_)));
    let empty = whole.is_empty() || faulty;
    let seen = if empty { Err(format!("{whole:?}")) } else { Ok(()) };
    report.check("a message is read", seen);
    report.check("any pieces give the same events", in_pieces(feed, message, &whole));
    report.check("what has ended has nothing more to tell", ended(feed));
    report.check("a message that breaks off costs no other", cut(feed, message, &whole));
    report.check("what is no message costs no other", garbage(feed, message, &whole));
    report
}

fn add(all: &mut Vec<Told>, event: Result<Event<'_>, Fault>) {
    match (event, all.last_mut()) {
        (Ok(Event::Picture(piece)), Some(Told::Picture(number, bytes)))
            if *number == piece.picture =>
        {
            bytes.extend(piece.bytes);
        }
        (Ok(Event::Picture(piece)), _) => {
            all.push(Told::Picture(piece.picture, piece.bytes.into()));
        }
        (Ok(Event::Plate(read)), _) => all.push(Told::Plate(read.into())),
        (Ok(other), _) => all.push(Told::Other(format!("{other:?}"))),
        (Err(fault), _) => all.push(Told::Fault(fault)),
    }
}

fn told(feed: &mut impl Feed, message: &[u8], piece: usize) -> Result<Vec<Told>, String> {
    let mut all = Vec::new();
    for mut bytes in message.chunks(piece.max(1)) {
        loop {
            let (used, event) = feed.push(bytes);
            let Some(rest) = bytes.get(used..) else {
                return Err(format!("took {used} bytes of {}", bytes.len()));
            };
            bytes = rest;
            match event {
                Some(event) => add(&mut all, event),
                None if bytes.is_empty() => break,
                None => return Err(format!("left {} bytes and had no event", bytes.len())),
            }
        }
    }
    while let Some(event) = feed.end() {
        add(&mut all, event);
    }
    Ok(all)
}

fn alike(wanted: &[Told], got: &[Told], how: &str) -> Result<(), String> {
    if wanted == got { Ok(()) } else { Err(format!("{how}: {got:?} and not {wanted:?}")) }
}

fn in_pieces(feed: &mut impl Feed, message: &[u8], whole: &[Told]) -> Result<(), String> {
    [1, 2, 3, 7, 64, 100].into_iter().try_for_each(|piece| {
        alike(whole, &told(feed, message, piece)?, &format!("in pieces of {piece}"))
    })
}

fn ended(feed: &mut impl Feed) -> Result<(), String> {
    let again = feed.end().map(|event| format!("{event:?}"));
    again.map_or(Ok(()), Err)
}

fn cut(feed: &mut impl Feed, message: &[u8], whole: &[Told]) -> Result<(), String> {
    let step = message.len() / 64 + 1;
    (0..message.len()).step_by(step).try_for_each(|end| {
        told(feed, message.get(..end).unwrap_or_default(), 50)?;
        alike(whole, &told(feed, message, 50)?, &format!("behind one of {end} bytes"))
    })
}

fn garbage(feed: &mut impl Feed, message: &[u8], whole: &[Told]) -> Result<(), String> {
    for first in [0, b'-', b'{', b'<', b'E'] {
        let bytes: Vec<u8> = core::iter::once(first).chain(0..=255).collect();
        told(feed, &bytes, 50)?;
        alike(whole, &told(feed, message, 50)?, &format!("behind garbage after {first}"))?;
    }
    Ok(())
}
