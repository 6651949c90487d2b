//! What programs and 臻识 cameras push.

use embedded_pos::scan::plate::feed::openalpr::OpenAlpr;
use embedded_pos::scan::plate::feed::plate_recognizer::PlateRecognizer;
use embedded_pos::scan::plate::feed::vzenith::{Profile, Push};
use embedded_pos::scan::plate::feed::{Event, Feed};

/// The events of a message, in pieces of this size; of pictures the bytes alone.
fn events(feed: &mut impl Feed, message: &[u8], size: usize) -> (Vec<String>, Vec<u8>) {
    let (mut events, mut picture) = (Vec::new(), Vec::new());
    let mut take = |event| match event {
        Ok(Event::Picture(piece)) => picture.extend(piece.bytes),
        other => events.push(format!("{other:?}")),
    };
    for mut piece in message.chunks(size) {
        while let (used, Some(event)) = feed.push(piece) {
            take(event);
            piece = &piece[used..];
        }
    }
    while let Some(event) = feed.end() {
        take(event);
    }
    (events, picture)
}

fn alike(mut feed: impl Feed, message: &[u8]) {
    let whole = events(&mut feed, message, message.len().max(1));
    assert_eq!(events(&mut feed, message, 1), whole);
    assert_eq!(events(&mut feed, message, 7), whole);
}

/// Any pieces give the same.
pub fn run(data: &[u8]) {
    let [kind, message @ ..] = data else { return };
    match kind {
        b'o' => alike(OpenAlpr::new([0; 256]), message),
        b'p' => alike(PlateRecognizer::new([0; 512]), message),
        b'm' => alike(Push::mqtt(Profile::Qianyi, [0; 512]), message),
        _ => alike(Push::http(Profile::Vzenith, [0; 512]), message),
    }
}
