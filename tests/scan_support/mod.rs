//! What tests of several scan engines need.

use embedded_pos::port::{Duration, Instant};
use embedded_pos::sim::Device;

/// Answers nothing and says what it was told to, some bytes at a time.
#[derive(Debug)]
pub struct Babbler {
    /// Each after so many milliseconds.
    script: Vec<(u8, Vec<u8>)>,
    at: Instant,
}

impl Babbler {
    pub fn new(script: &[(u8, Vec<u8>)]) -> Self {
        Self { script: script.to_vec(), at: Instant::ZERO }
    }
}

impl Device for Babbler {
    fn receive(&mut self, _bytes: &[u8], _now: Instant) {}

    fn transmit(&mut self, now: Instant) -> Vec<u8> {
        let mut out = Vec::new();
        while let Some((pause, bytes)) = self.script.first().cloned() {
            let at = self.at + Duration::from_millis(pause.into());
            if at > now {
                break;
            }
            self.at = at;
            out.extend(bytes);
            self.script.remove(0);
        }
        out
    }
}
