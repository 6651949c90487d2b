//! What programs and 臻识 cameras push.

use embedded_pos::scan::plate::feed::openalpr::OpenAlpr;
use embedded_pos::scan::plate::feed::plate_recognizer::PlateRecognizer;
use embedded_pos::scan::plate::feed::vzenith::{Profile, Push};
use embedded_pos::scan::plate::feed::{Event, Fault, Feed};

/// The events of a message; of pictures the bytes alone.
type Came = (Vec<String>, Vec<u8>);

fn take(came: &mut Came, event: Result<Event<'_>, Fault>) {
    match event {
        Ok(Event::Picture(piece)) => came.1.extend(piece.bytes),
        other => came.0.push(format!("{other:?}")),
    }
}

/// What comes of a message in pieces of this size.
fn events(feed: &mut impl Feed, message: &[u8], size: usize) -> Came {
    let mut came = Came::default();
    for mut piece in message.chunks(size) {
        while let (used, Some(event)) = feed.push(piece) {
            take(&mut came, event);
            piece = &piece[used..];
        }
    }
    while let Some(event) = feed.end() {
        take(&mut came, event);
    }
    came
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
