use heapless::Vec;

use super::Timing;
use super::command::{Name, Text};
use super::fault::Fault;
use super::frame::{Arrival, Header, Kind, Reader};
use super::message::Message;
use super::profile::Profile;
use crate::port::{Duration, Instant};
use crate::scan::plate::{EventId, PlateRead, RawText, ReadTime};

/// How many readings are kept while a command is waiting for its reply.
const QUEUE: usize = 2;

/// What a reading is known by when its pictures are asked for; a fifth of it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Shown {
    text: RawText,
    event: Option<EventId>,
    time: Option<ReadTime>,
    /// The size of the picture of the whole scene.
    pub(super) full: u32,
}

impl From<&PlateRead> for Shown {
    fn from(read: &PlateRead) -> Self {
        let PlateRead { text, event, time, .. } = *read;
        Self { text, event, time, full: read.pictures.full }
    }
}

/// What outlives a conversation with a camera.
#[derive(Debug)]
pub struct Session {
    timing: Timing,
    profile: Profile,
    reader: Reader,
    /// A heartbeat and the longest command.
    out: Vec<u8, 112>,
    sent: usize,
    send_by: Instant,
    number: u8,
    /// The number of the last `getivsresult`.
    asked: Option<u8>,
    /// Readings that came while something else was waited for; the oldest
    /// first.
    queue: Vec<PlateRead, QUEUE>,
    lost: u32,
    /// The reading whose pictures are coming.
    pictured: Option<Shown>,
    begun: bool,
    beat_at: Instant,
    tended_at: Instant,
    heard_at: Instant,
    /// Until when the port is looked at once more before a frame is given up.
    last_look: Option<Instant>,
}

impl Session {
    pub(super) const fn new(timing: Timing, profile: Profile) -> Self {
        Self {
            timing,
            profile,
            reader: Reader::new(),
            out: Vec::new(),
            sent: 0,
            send_by: Instant::ZERO,
            number: 0,
            asked: None,
            queue: Vec::new(),
            lost: 0,
            pictured: None,
            begun: false,
            beat_at: Instant::ZERO,
            tended_at: Instant::ZERO,
            heard_at: Instant::ZERO,
            last_look: None,
        }
    }

    /// Keeps the heartbeat going. To be called first in every step.
    pub(super) fn tend(&mut self, now: Instant) {
        let deaf = now.since(self.tended_at) > self.timing.silence;
        if !self.begun || deaf {
            // Nobody listened, so nothing could be heard.
            self.heard_at = now;
        }
        if !self.begun {
            self.begun = true;
            self.beat_at = now;
        }
        self.tended_at = now;
        if now >= self.beat_at {
            self.beat_at = now + self.timing.heartbeat.max(Duration::from_millis(1));
            if self.unsent().is_empty() {
                self.queue_out(&Header::HEARTBEAT.encode(), now);
            }
        }
    }

    fn queue_out(&mut self, bytes: &[u8], now: Instant) {
        if self.unsent().is_empty() {
            self.out.clear();
            self.sent = 0;
            self.send_by = now + self.timing.send;
        }
        // There is room: see the length of `out`.
        let _ = self.out.extend_from_slice(bytes);
    }

    /// Queues a command; returns the number its reply will have, and by when it
    /// must be sent.
    pub(super) fn command(&mut self, name: Name, text: &Text, now: Instant) -> (u8, Instant) {
        // 0 is for what is told unasked.
        self.number = self.number.checked_add(1).unwrap_or(1);
        let len = u32::try_from(text.len()).unwrap_or(0);
        let header = Header { kind: Kind::Json, number: self.number, len };
        self.queue_out(&header.encode(), now);
        self.queue_out(text.as_bytes(), now);
        if name == Name::GetIvsResult {
            self.asked = Some(self.number);
        } else if self.asked == Some(self.number) {
            // Numbers come round.
            self.asked = None;
        }
        (self.number, self.send_by)
    }

    /// What is still to be sent. A command of which a part went out must be
    /// sent to its end, or the camera would take the next one for the rest.
    pub(super) fn unsent(&self) -> &[u8] {
        self.out.get(self.sent..).unwrap_or_default()
    }

    pub(super) fn sent(&mut self, n: usize) {
        self.sent = self.sent.saturating_add(n).min(self.out.len());
    }

    /// By when the unsent must be gone; `None` if nothing is unsent.
    pub(super) fn sending(&mut self, now: Instant) -> Option<Result<Instant, Fault>> {
        if self.unsent().is_empty() {
            return None;
        }
        if now < self.send_by {
            return Some(Ok(self.send_by));
        }
        self.send_by = now + self.timing.send;
        Some(Err(Fault::NotSent))
    }

    pub(super) fn received(&mut self, bytes: &[u8], now: Instant) -> usize {
        self.hear(now);
        self.reader.take(bytes)
    }

    /// As [`received`](Self::received), but not beyond the pictures.
    pub(super) fn picture<'b>(&mut self, bytes: &'b [u8], now: Instant) -> (usize, &'b [u8]) {
        self.hear(now);
        self.reader.take_picture(bytes)
    }

    fn hear(&mut self, now: Instant) {
        self.heard_at = now;
        self.last_look = None;
    }

    /// What has come, once.
    pub(super) fn message(&mut self, now: Instant) -> Option<Result<Message, Fault>> {
        let abandoned = if self.is_stalled(now) { self.reader.abandon() } else { None };
        let number = match self.reader.arrival().or(abandoned)? {
            Arrival::Json(number) => number,
            Arrival::Long(len) => return Some(Err(self.missed(Fault::Long { len }))),
            Arrival::Broken(len) => return Some(Err(self.missed(Fault::Broken { len }))),
        };
        let message = Message::read(self.reader.json(), number, self.profile);
        if let Some(plate) = &message.plate {
            let pictures = &plate.pictures;
            self.reader.declare(pictures.full.saturating_add(pictures.plate));
        }
        self.pictured = message.plate.as_ref().map(Shown::from);
        Some(Ok(message))
    }

    fn missed(&mut self, fault: Fault) -> Fault {
        self.pictured = None;
        fault
    }

    /// Keeps the reading of a message for later; but not the late reply to a
    /// question for the last reading, which was told before.
    pub(super) fn keep(&mut self, message: &Message) {
        let Some(plate) = &message.plate else { return };
        if message.number != 0 && Some(message.number) == self.asked {
            return;
        }
        if self.queue.push(*plate).is_err() {
            self.lose();
        }
    }

    /// A frame could not be read while a command waited for its reply.
    pub(super) fn lose(&mut self) {
        self.lost = self.lost.saturating_add(1);
    }

    /// The oldest reading kept.
    pub(super) fn kept(&mut self) -> Option<PlateRead> {
        if self.queue.is_empty() { None } else { Some(self.queue.remove(0)) }
    }

    pub(super) const fn lost(&self) -> u32 {
        self.lost
    }

    /// Whether the pictures of this reading are coming.
    pub(super) fn pictures_of(&self, shown: &Shown) -> bool {
        self.reader.in_pictures() && self.pictured.as_ref() == Some(shown)
    }

    /// By when a frame that has begun must go on.
    fn gap_end(&self) -> Instant {
        if !self.reader.is_inside() {
            return Instant::FAR_FUTURE;
        }
        self.last_look.unwrap_or(self.heard_at + self.timing.gap)
    }

    /// Whether the frame that has begun does not go on. Who polls seldom has
    /// not looked, and the rest may lie in the port; so that is seen to first.
    fn is_stalled(&mut self, now: Instant) -> bool {
        const LAST_LOOK: Duration = Duration::from_millis(1);
        let overdue = now >= self.gap_end();
        let looked = self.last_look.is_some();
        if overdue && !looked {
            self.last_look = Some(now + LAST_LOOK);
        }
        overdue && looked
    }

    /// Whether the frame that has begun does not go on; it is given up then.
    pub(super) fn give_up(&mut self, now: Instant) -> bool {
        let stalled = self.is_stalled(now);
        if stalled {
            self.reader.abandon();
        }
        stalled
    }

    /// By when something must be heard.
    pub(super) fn silence_end(&self) -> Instant {
        self.heard_at + self.timing.silence
    }

    /// Counts the silence anew.
    pub(super) fn forgive(&mut self, now: Instant) {
        self.heard_at = now;
    }

    /// When to look again at the latest.
    pub(super) fn until(&self, end: Instant) -> Instant {
        end.min(self.beat_at).min(self.gap_end())
    }

    pub(super) fn reply_by(&self, now: Instant) -> Instant {
        now + self.timing.reply
    }
}
