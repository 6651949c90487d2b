//! The same input once, four times and sixteen times: what each parser takes
//! for it grows as the input does.

use embedded_pos::scan::plate::feed::Feed;
use embedded_pos::scan::plate::feed::dahua::Dahua;
use embedded_pos::scan::plate::feed::gat1400::Gat1400;
use embedded_pos::scan::plate::feed::hikvision::Hikvision;
use embedded_pos::sim::Draw;
use embedded_pos::sim::camera::Sight;

/// A parser, and what it is to read.
pub struct Job {
    feed: Box<dyn Feed>,
    message: Vec<u8>,
}

fn sights(count: usize) -> Vec<Sight> {
    let mut draw = Draw::new(1);
    let sight = Sight { pictures: (2000, 200), ..Sight::draw(&mut draw) };
    vec![sight; count]
}

fn room() -> Vec<u8> {
    vec![0; 1 << 16]
}

/// JSON with pictures in it: a vehicle, four, sixteen.
#[must_use]
pub fn gat1400(times: usize) -> Job {
    let message = Sight::gat1400(&sights(times)).into_bytes();
    Job { feed: Box::new(Gat1400::new(room())), message }
}

/// XML: an answer to a poll of so many plates.
#[must_use]
pub fn hikvision_poll(times: usize) -> Job {
    let message = Sight::hikvision_poll(&sights(times)).into_bytes();
    Job { feed: Box::new(Hikvision::new(room(), room())), message }
}

/// Forms with pictures of so many bytes.
#[must_use]
pub fn hikvision_pictures(times: usize) -> Job {
    let mut sight = sights(1).remove(0);
    sight.pictures = (50_000 * times, 0);
    Job { feed: Box::new(Hikvision::new(room(), room())), message: sight.hikvision_form() }
}

/// Lines and pictures, an event after another.
#[must_use]
pub fn dahua(times: usize) -> Job {
    Job { feed: Box::new(Dahua::new(room())), message: Sight::dahua_stream(&sights(times)) }
}

impl Job {
    /// Reads all of it; how many events there were.
    pub fn run(&mut self) -> u64 {
        let (mut events, mut rest) = (0, &*self.message);
        loop {
            let (used, event) = self.feed.push(rest);
            rest = &rest[used..];
            match event {
                Some(event) => events += u64::from(event.is_ok()),
                None => return events,
            }
        }
    }
}
