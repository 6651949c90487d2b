//! A plate camera that speaks the protocol of 臻识 VisionZenith, and the messages
//! of cameras that push.

mod pass;
pub mod pushed;
mod sight;

pub use pass::{Pass, picture};
pub use sight::Sight;

use std::borrow::ToOwned;
use std::format;
use std::string::String;
use std::vec;
use std::vec::Vec;

use self::pass::Views;
use super::{Device, Fault, Outbox};
use crate::port::{Duration, Instant};

fn frame(kind: u8, number: u8, body: &[u8], lie: i64) -> Vec<u8> {
    let len = i64::try_from(body.len()).unwrap_or(0).saturating_add(lie);
    let mut frame = vec![0x56, 0x5A, kind, number];
    frame.extend(u32::try_from(len).unwrap_or(0).to_be_bytes());
    frame.extend(body);
    frame
}

/// A simulated camera. It is blind until told what goes [past](Self::pass).
#[derive(Debug, Default)]
pub struct VzenithCamera {
    now: Instant,
    inbox: Vec<u8>,
    outbox: Outbox,
    /// Apart, so that faults are for the frames that matter.
    beats: Outbox,
    subscribed: bool,
    views: Views,
    scene: Option<Pass>,
    last: Option<(u32, u64, Pass)>,
    next_id: u32,
    commands: Vec<String>,
    heartbeats: usize,
    mute: bool,
    anonymous: bool,
    unconfirmed: bool,
    refusal: Option<u16>,
    lie: i64,
    split: Option<(usize, Duration)>,
    cut: Option<usize>,
    /// The end of a pause in a frame.
    paused_until: Instant,
}

impl VzenithCamera {
    /// A camera that works.
    #[must_use]
    pub fn new() -> Self {
        Self { next_id: 1, ..Self::default() }
    }

    /// A vehicle goes past. It is told if somebody subscribed.
    pub fn pass(&mut self, pass: &Pass) {
        let id = self.next_id;
        self.next_id += 1;
        let seconds = self.now.as_micros() / 1_000_000;
        self.last = Some((id, seconds, pass.clone()));
        if self.subscribed {
            let body = pass.body(id, seconds, self.views);
            self.tell(0, &body);
        }
    }

    /// Tells the last reading again, as one that was stored.
    pub fn resend(&mut self) {
        if let Some((id, seconds, pass)) = self.last.clone() {
            let body = pass.offline().body(id, seconds, self.views);
            self.tell(0, &body);
        }
    }

    /// What the camera sees when it is made to look.
    pub fn stand(&mut self, pass: Pass) {
        self.scene = Some(pass);
    }

    /// Sends bytes as they are.
    pub fn send(&mut self, bytes: &[u8]) {
        self.outbox.push(self.now, Duration::ZERO, bytes);
    }

    /// Sends so many heartbeats.
    pub fn beat(&mut self, count: usize) {
        for _ in 0..count {
            self.beats.push(self.now, Duration::ZERO, frame(1, 0, &[], 0));
        }
    }

    /// The next reading or reply goes wrong in this way.
    pub fn inject(&mut self, fault: Fault) {
        self.outbox.inject(fault);
    }

    /// The next reading claims to be so many bytes longer than it is.
    pub fn lie(&mut self, bytes: i64) {
        self.lie = bytes;
    }

    /// The next reading stops after so many bytes, and goes on after a pause.
    pub fn split(&mut self, at: usize, pause: Duration) {
        self.split = Some((at, pause));
    }

    /// The next reading ends after so many bytes.
    pub fn cut(&mut self, at: usize) {
        self.cut = Some(at);
    }

    /// Whether the camera is alive but says nothing, not even a heartbeat.
    pub fn mute(&mut self, mute: bool) {
        self.mute = mute;
    }

    /// Whether replies have the number 0 instead of the command's.
    pub fn anonymous(&mut self, anonymous: bool) {
        self.anonymous = anonymous;
    }

    /// Whether `ivsresult` is obeyed without a word.
    pub fn unconfirmed(&mut self, unconfirmed: bool) {
        self.unconfirmed = unconfirmed;
    }

    /// Refuses the next command with this state.
    pub fn refuse(&mut self, code: u16) {
        self.refusal = Some(code);
    }

    /// The commands that came, without blanks.
    #[must_use]
    pub fn commands(&self) -> &[String] {
        &self.commands
    }

    /// How many heartbeats came.
    #[must_use]
    pub fn heartbeats(&self) -> usize {
        self.heartbeats
    }

    /// Whether it tells what it reads.
    #[must_use]
    pub fn is_subscribed(&self) -> bool {
        self.subscribed
    }

    fn tell(&mut self, number: u8, body: &[u8]) {
        let number = if self.anonymous { 0 } else { number };
        let mut frame = frame(0, number, body, core::mem::take(&mut self.lie));
        if let Some(at) = self.cut.take() {
            frame.truncate(at);
        }
        let Some((at, pause)) = self.split.take() else {
            return self.outbox.push(self.now, Duration::ZERO, frame);
        };
        let rest = frame.split_off(at.min(frame.len()));
        self.outbox.push(self.now, Duration::ZERO, frame);
        self.outbox.push(self.now, pause, rest);
        self.paused_until = self.now + pause;
    }

    fn reply(&mut self, number: u8, json: &str) {
        self.tell(number, json.as_bytes());
    }

    fn obey(&mut self, number: u8, command: &str) {
        let name = command.split("\"cmd\":\"").nth(1).and_then(|rest| rest.split('"').next());
        let name = name.unwrap_or_default().to_owned();
        self.commands.push(command.to_owned());
        if let Some(code) = self.refusal.take() {
            return self.reply(number, &format!(r#"{{"cmd":"{name}","state_code":{code}}}"#));
        }
        match &*name {
            "getsn" => self.reply(
                number,
                r#"{ "cmd" : "getsn", "state_code" : 200, "value" : "0ba76bc6-e26d52eb" }"#,
            ),
            "ivsresult" => self.set_up(number, command),
            "getivsresult" => self.tell_last(number, command.contains(r#""image":true"#)),
            "trigger" => {
                let seen = self.scene.clone().unwrap_or_else(|| Pass::new("_无_"));
                self.pass(&seen.by_software());
            }
            _ => self.reply(number, &format!(r#"{{"cmd":"{name}","state_code":405}}"#)),
        }
    }

    fn set_up(&mut self, number: u8, command: &str) {
        self.subscribed = command.contains(r#""enable":true"#);
        let image = command.contains(r#""image":true"#);
        let kind = command.split("\"image_type\":").nth(1).and_then(|rest| rest.chars().next());
        self.views = Views {
            full: image && matches!(kind, Some('0' | '2')),
            clip: image && matches!(kind, Some('1' | '2')),
        };
        if !self.unconfirmed {
            self.reply(number, r#"{"cmd":"ivsresult","id":"","state_code":200}"#);
        }
    }

    fn tell_last(&mut self, number: u8, image: bool) {
        match self.last.clone() {
            Some((id, seconds, pass)) => {
                let body = pass.body(id, seconds, Views { full: image, clip: false });
                self.tell(number, &body);
            }
            None => self.reply(number, r#"{"cmd":"getivsresult","state_code":404}"#),
        }
    }
}

impl Device for VzenithCamera {
    fn receive(&mut self, bytes: &[u8], now: Instant) {
        self.now = self.now.max(now);
        self.inbox.extend(bytes);
        while let Some((&[v, z, kind, number, a, b, c, d], rest)) = self.inbox.split_first_chunk() {
            let len = usize::try_from(u32::from_be_bytes([a, b, c, d])).unwrap_or(usize::MAX);
            if (v, z) != (b'V', b'Z') || kind > 1 {
                self.inbox.remove(0);
                continue;
            }
            let Some(body) = rest.get(..len) else { return };
            let body = String::from_utf8_lossy(body).replace([' ', '\n', '\0'], "");
            self.inbox.drain(..8 + len);
            match kind {
                _ if self.mute => {}
                1 => {
                    self.heartbeats += 1;
                    self.beat(1);
                }
                _ => self.obey(number, &body),
            }
        }
    }

    fn transmit(&mut self, now: Instant) -> Vec<u8> {
        self.now = self.now.max(now);
        if self.mute {
            self.outbox.clear();
            self.beats.clear();
        }
        let mut out = self.outbox.take(now);
        // Not in the middle of a frame.
        if now >= self.paused_until {
            out.extend(self.beats.take(now));
        }
        out
    }
}
