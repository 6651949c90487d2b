//! What cameras push.

use embedded_pos::scan::plate::feed::Feed;
use embedded_pos::scan::plate::feed::dahua::Dahua;
use embedded_pos::scan::plate::feed::gat1400::Gat1400;
use embedded_pos::scan::plate::feed::hikvision::Hikvision;
use embedded_pos::scan::plate::feed::openalpr::OpenAlpr;
use embedded_pos::scan::plate::feed::vzenith::{Profile, Push};
use embedded_pos::sim::Draw;
use embedded_pos::sim::camera::Sight;
use embedded_pos::sim::camera::pushed::{self, Alarm};

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
pub fn gat1400(times: usize) -> u64 {
    let message = Sight::gat1400(&sights(times)).into_bytes();
    read(&mut Gat1400::new(room()), &message)
}

/// XML: an answer to a poll of so many plates.
#[must_use]
pub fn hikvision_poll(times: usize) -> u64 {
    let message = Sight::hikvision_poll(&sights(times)).into_bytes();
    read(&mut Hikvision::new(room(), room()), &message)
}

/// Forms with pictures of so many bytes.
#[must_use]
pub fn hikvision_pictures(times: usize) -> u64 {
    let mut sight = sights(1).remove(0);
    sight.pictures = (50_000 * times, 0);
    read(&mut Hikvision::new(room(), room()), &sight.hikvision_form())
}

/// Lines and pictures, an event after another.
#[must_use]
pub fn dahua(times: usize) -> u64 {
    read(&mut Dahua::new(room()), &Sight::dahua_stream(&sights(times)))
}

/// JSON: a picture of so many plates.
#[must_use]
pub fn openalpr(times: usize) -> u64 {
    let message = pushed::openalpr("uuid", 1, &vec![("A12345", "89.130661"); times]);
    read(&mut OpenAlpr::new(room()), message.as_bytes())
}

/// JSON with a picture of so many bytes in Base64.
#[must_use]
pub fn vzenith_push(times: usize) -> u64 {
    let alarm = Alarm { image: 10_000 * times, ..Alarm::new("津A12345") };
    read(&mut Push::mqtt(Profile::Vzenith, room()), alarm.mqtt().as_bytes())
}

/// Reads all of it; how many events there were.
fn read(feed: &mut dyn Feed, message: &[u8]) -> u64 {
    let (mut events, mut rest) = (0, message);
    loop {
        let (used, event) = feed.push(rest);
        rest = &rest[used..];
        match event {
            Some(event) => events += u64::from(event.is_ok()),
            None => return events,
        }
    }
}
