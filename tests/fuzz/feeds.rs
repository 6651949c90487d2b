//! What plate cameras push.

use embedded_pos::scan::plate::feed::axis::Axis;
use embedded_pos::scan::plate::feed::dahua::Dahua;
use embedded_pos::scan::plate::feed::gat1400::Gat1400;
use embedded_pos::scan::plate::feed::hikvision::Hikvision;
use embedded_pos::scan::plate::feed::{Event, Fault, Feed, Piece};
use embedded_pos::scan::plate::{PlateRead, ReadTime};

/// An event, without the bytes of a picture: these come in any pieces.
#[derive(Debug, PartialEq)]
enum Seen {
    Plate(Box<PlateRead>),
    Picture(u16, usize),
    Heartbeat,
    Fault(Fault),
}

fn seen(feed: &mut dyn Feed, message: &[u8], piece: usize) -> Vec<Seen> {
    let mut all = Vec::new();
    for mut bytes in message.chunks(piece.max(1)) {
        loop {
            let (used, event) = feed.push(bytes);
            bytes = &bytes[used..];
            let Some(event) = event else { break };
            add(&mut all, event);
        }
        assert!(bytes.is_empty());
    }
    while let Some(event) = feed.end() {
        add(&mut all, event);
    }
    all
}

fn add(all: &mut Vec<Seen>, event: Result<Event<'_>, Fault>) {
    match (event, all.last_mut()) {
        (Ok(Event::Plate(read)), _) => all.push(Seen::Plate(Box::new(read))),
        (Ok(Event::Picture(Piece { picture, bytes, .. })), last) => match last {
            Some(Seen::Picture(number, len)) if *number == picture => *len += bytes.len(),
            _ => all.push(Seen::Picture(picture, bytes.len())),
        },
        (Ok(_), _) => all.push(Seen::Heartbeat),
        (Err(fault), _) => all.push(Seen::Fault(fault)),
    }
}

/// Any pieces give the same events, and what has ended leaves nothing behind.
pub fn run(data: &[u8]) {
    if let Ok(text) = core::str::from_utf8(data) {
        let _ = ReadTime::parse(text);
    }
    let Some((vendor, message)) = data.split_first() else { return };
    let feed: &mut dyn Feed = match vendor % 4 {
        0 => &mut Axis::new([0; 256]),
        1 => &mut Dahua::new([0; 256]),
        2 => &mut Gat1400::new([0; 256]),
        _ => &mut Hikvision::new([0; 1024], [0; 256]),
    };
    let whole = seen(feed, message, usize::MAX);
    for piece in [1, 3, 64] {
        assert_eq!(seen(feed, message, piece), whole, "in pieces of {piece}");
    }
}
