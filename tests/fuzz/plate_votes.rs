//! Readings of vehicles, and what they say together.

use embedded_pos::port::{Duration, Instant};
use embedded_pos::scan::plate::votes::{How, Rules, Votes};
use embedded_pos::scan::plate::{Confidence, EventId, PlateRead};

/// Lines, each a reading: time since the last in tens of milliseconds, event,
/// confidence, text. Each reading is in one outcome, or told as repeated.
pub fn run(data: &[u8]) {
    let mut votes: Votes<3> = Votes::new(Rules { frames: 2, ..Rules::new() });
    let (mut now, mut counted, mut frames) = (Instant::ZERO, 0, 0);
    for line in data.split(|byte| *byte == b'\n') {
        let [wait, event, sure, text @ ..] = line else { continue };
        now += Duration::from_millis(u64::from(*wait) * 10);
        let mut read = PlateRead::new(text);
        read.event = (*event != b'0').then_some(EventId::Number((*event).into()));
        read.confidence = Some(Confidence { value: (*sure).into(), of: 255 });
        let added = votes.add(&read, now);
        counted += u32::from(added.how != How::Repeated);
        frames += added.pushed_out.map_or(0, |outcome| outcome.frames);
        if wait % 2 == 0 {
            frames += votes.take(now).map_or(0, |outcome| outcome.frames);
        }
    }
    while let Some(outcome) = votes.take(Instant::FAR_FUTURE) {
        assert_eq!(outcome.support.as_slice().len(), outcome.spelling.len());
        frames += outcome.frames;
    }
    assert_eq!(frames, counted);
}
