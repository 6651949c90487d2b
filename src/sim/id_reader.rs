//! A reader of ID cards with a security module, and one of several cards.

use std::vec::Vec;

use super::documents::card::{Card, utf16};
use super::outbox::Outbox;
use super::wire::Device;
use crate::port::{Duration, Instant};

/// How far the reader got with the card that lies on it (ISO/IEC 14443-3).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Contact {
    /// It was not called yet.
    Idle,
    /// It answered the call.
    Ready,
    /// It was selected, and does not answer calls.
    Active,
}

/// A simulated reader. It speaks as the security module does, or, made by
/// [`oem`](Self::oem), as a reader of several cards.
#[derive(Debug)]
pub struct SdtReader {
    oem: bool,
    card: Option<(Card, Contact)>,
    finds_again: bool,
    knows_addresses: bool,
    sam_id: [u8; 16],
    baud: u32,
    host: u32,
    takes_speeds: bool,
    forced: Option<[u8; 3]>,
    lengths: Option<[u16; 3]>,
    lift_after: Option<usize>,
    mute: bool,
    inbox: Vec<u8>,
    heard_at: Instant,
    commands: Vec<Vec<u8>>,
    /// What is still to leave, and the faults to come.
    pub outbox: Outbox,
}

impl Default for SdtReader {
    fn default() -> Self {
        Self::new()
    }
}

const OK: [u8; 3] = [0, 0, 0x90];

fn no(code: u8) -> ([u8; 3], Vec<u8>) {
    ([0, 0, code], Vec::new())
}

impl SdtReader {
    /// A reader that is well, with nothing on it.
    #[must_use]
    pub fn new() -> Self {
        Self {
            oem: false,
            card: None,
            finds_again: false,
            knows_addresses: true,
            sam_id: [5, 0, 1, 0, 0xB2, 0x2F, 0x34, 0x01, 7, 0, 0, 0, 9, 0, 0, 0],
            baud: 115_200,
            host: 115_200,
            takes_speeds: true,
            forced: None,
            lengths: None,
            lift_after: None,
            mute: false,
            inbox: Vec::new(),
            heard_at: Instant::ZERO,
            commands: Vec::new(),
            outbox: Outbox::default(),
        }
    }

    /// The same of the other kind.
    #[must_use]
    pub fn oem() -> Self {
        Self { oem: true, ..Self::new() }
    }

    /// Lays a card on it.
    pub fn lay(&mut self, card: &Card) {
        self.card = Some((card.clone(), Contact::Idle));
    }

    /// Lifts it.
    pub fn lift(&mut self) {
        self.card = None;
    }

    /// Lifts it when the next reply has left so far; the rest of that never
    /// leaves.
    pub fn lift_after(&mut self, bytes: usize) {
        self.lift_after = Some(bytes);
    }

    /// Whether it finds a card again that was selected.
    pub fn finds_again(&mut self, yes: bool) {
        self.finds_again = yes;
    }

    /// Whether it knows the command for the newest address.
    pub fn knows_addresses(&mut self, yes: bool) {
        self.knows_addresses = yes;
    }

    /// The next reply has this status, and no data.
    pub fn force(&mut self, status: [u8; 3]) {
        self.forced = Some(status);
    }

    /// The next card is read with these lengths in front.
    pub fn declare(&mut self, lengths: [u16; 3]) {
        self.lengths = Some(lengths);
    }

    /// Whether it is dead.
    pub fn mute(&mut self, mute: bool) {
        self.mute = mute;
    }

    /// The speed of the host's port; at another than the reader's, each hears
    /// noise.
    pub fn hears_at(&mut self, baud: u32) {
        self.host = baud;
    }

    /// The speed that the reader has.
    #[must_use]
    pub const fn baud(&self) -> u32 {
        self.baud
    }

    /// Gives the reader this speed.
    pub fn runs_at(&mut self, baud: u32) {
        self.baud = baud;
    }

    /// Whether it changes its speed when it is told to, and says so.
    pub fn takes_speeds(&mut self, yes: bool) {
        self.takes_speeds = yes;
    }

    /// The commands that came with a right check, without their frames.
    #[must_use]
    pub fn commands(&self) -> &[Vec<u8>] {
        &self.commands
    }

    /// The frame at the front of what has come: its content if its check is
    /// right, and how many bytes to drop; nothing while it is not whole.
    fn frame(&self) -> Option<(Option<Vec<u8>>, usize)> {
        let noise = Some((None, 1));
        let (head, counts_check) = if self.oem { (1, 0) } else { (5, 1) };
        let mark: &[u8] = if self.oem { &[2] } else { &[0xAA, 0xAA, 0xAA, 0x96, 0x69] };
        if !mark.iter().zip(&self.inbox).all(|(mark, byte)| mark == byte) {
            return noise;
        }
        let len = self.inbox.get(head..head + 2)?;
        let len = len.iter().fold(0, |len, byte| len << 8 | usize::from(*byte));
        if !(2..64).contains(&len) {
            return noise;
        }
        let content = self.inbox.get(head + 2..)?.get(..len - counts_check)?.to_vec();
        let behind = self.inbox.get(head + 2 + len - counts_check..)?;
        let mut sum = content.iter().fold(0, |sum, byte| sum ^ byte);
        if self.oem {
            let [check, end, ..] = behind else { return None };
            let good = *check == sum && *end == 3;
            return Some((good.then_some(content), len + 5));
        }
        sum ^= len.to_le_bytes().iter().fold(0, |sum, byte| sum ^ byte);
        let good = *behind.first()? == sum;
        Some((good.then_some(content), len + 7))
    }

    fn reply(&mut self, status: [u8; 3], data: &[u8], after: Duration, now: Instant) {
        let status = self.forced.take().map_or((status, data), |forced| (forced, &[][..]));
        let (status, data) = status;
        let mut body =
            if self.oem { status.get(..2).unwrap_or_default() } else { &status }.to_vec();
        body.extend_from_slice(data);
        let sum = body.iter().fold(0, |sum, byte| sum ^ byte);
        let counted = body.len() + usize::from(!self.oem);
        let len = u16::try_from(counted).unwrap_or(0).to_be_bytes();
        let mut frame =
            if self.oem { std::vec![2] } else { std::vec![0xAA, 0xAA, 0xAA, 0x96, 0x69] };
        frame.extend(len);
        frame.extend(body);
        if self.oem {
            frame.extend([sum, 3]);
        } else {
            frame.push(sum ^ len.iter().fold(0, |sum, byte| sum ^ byte));
        }
        if let Some(bytes) = self.lift_after.take() {
            frame.truncate(bytes);
            self.lift();
        }
        if !self.mute {
            self.outbox.push(now, after, frame);
        }
    }

    fn obey(&mut self, command: &[u8], now: Instant) {
        self.commands.push(command.to_vec());
        let (status, data) = if self.oem { self.as_oem(command) } else { self.as_module(command) };
        // Reading a card takes its time; looking for one is quick.
        let millis = match command {
            [0x30 | 0xCA, ..] => 200,
            [0x20, ..] => 20,
            _ => 3,
        };
        self.reply(status, &data, Duration::from_millis(millis), now);
    }

    fn as_module(&mut self, command: &[u8]) -> ([u8; 3], Vec<u8>) {
        match command {
            [0x10, 0xFF] => {
                self.card.iter_mut().for_each(|(_, contact)| *contact = Contact::Idle);
                (OK, Vec::new())
            }
            [0x11, 0xFF] => (OK, Vec::new()),
            [0x12, 0xFF] => (OK, self.sam_id.to_vec()),
            [0x20, 0x01] => self.find(),
            [0x20, 0x02] => self.select(),
            [0x30, 0x01] => self.read(false),
            [0x30, 0x10] => self.read(true),
            [0x30, 0x03] if self.knows_addresses => self.address(),
            [0x60, number @ 0..=4] => {
                const SPEEDS: [u32; 5] = [115_200, 57_600, 38_400, 19_200, 9_600];
                if self.takes_speeds {
                    self.baud = *SPEEDS.get(usize::from(*number)).unwrap_or(&0);
                }
                (OK, Vec::new())
            }
            _ => no(0x21),
        }
    }

    fn as_oem(&mut self, command: &[u8]) -> ([u8; 3], Vec<u8>) {
        let fail = |code: u8| ([code, 0, 0], Vec::new());
        match (command, &self.card) {
            ([0x31, 0x11], _) => ([0, 0, 0], b"\xCC\x01SIMULATED READER0001".to_vec()),
            ([0x31, 0x12], _) => ([0, 0, 0], Vec::new()),
            ([0xCA, 0x01, 0x00..=0x03], None) => fail(0x80),
            ([0xCA, 0x01, 0x00], Some((card, _))) => {
                let mut data = std::vec![1, 0, 4, 0];
                data.extend(card.text());
                data.extend(&card.photo);
                ([0x90, 0, 0], data)
            }
            ([0xCA, 0x01, 0x01], Some((card, _))) => ([0x90, 0, 0], utf16(&card.number, 36)),
            _ => ([0, 0xF4, 0], Vec::new()),
        }
    }

    fn find(&mut self) -> ([u8; 3], Vec<u8>) {
        match &mut self.card {
            Some((_, contact)) if *contact != Contact::Active || self.finds_again => {
                *contact = Contact::Ready;
                ([0, 0, 0x9F], std::vec![0; 4])
            }
            _ => no(0x80),
        }
    }

    fn select(&mut self) -> ([u8; 3], Vec<u8>) {
        match &mut self.card {
            Some((_, contact @ Contact::Ready)) => {
                *contact = Contact::Active;
                (OK, std::vec![0; 8])
            }
            _ => no(0x81),
        }
    }

    fn selected(&self) -> Option<&Card> {
        self.card.as_ref().filter(|(_, contact)| *contact == Contact::Active).map(|(card, _)| card)
    }

    fn read(&mut self, fingers: bool) -> ([u8; 3], Vec<u8>) {
        let lengths = self.lengths.take();
        let Some(card) = self.selected() else { return no(0x41) };
        let finger: &[u8] = if fingers { &card.fingerprint } else { &[] };
        let own = [0x0100, 0x0400, u16::try_from(finger.len()).unwrap_or(0)];
        let lengths = lengths.unwrap_or(own);
        let shown = if fingers { 3 } else { 2 };
        let mut data: Vec<u8> =
            lengths.iter().take(shown).flat_map(|len| len.to_be_bytes()).collect();
        data.extend(card.text());
        data.extend(&card.photo);
        data.extend(finger);
        (OK, data)
    }

    fn address(&self) -> ([u8; 3], Vec<u8>) {
        match self.selected() {
            None => no(0x41),
            Some(Card { newest_address: Some(address), .. }) => (OK, utf16(address, 70)),
            Some(_) => no(0x91),
        }
    }
}

impl Device for SdtReader {
    fn receive(&mut self, bytes: &[u8], now: Instant) {
        // No document says so; but a reader that never forgot the beginning of
        // a command would hang.
        if now.since(self.heard_at) > Duration::from_millis(400) {
            self.inbox.clear();
        }
        self.heard_at = now;
        if self.host != self.baud {
            // At another speed every byte is another one.
            self.inbox.extend(bytes.iter().map(|byte| byte.rotate_left(3) ^ 0x5A));
        } else {
            self.inbox.extend_from_slice(bytes);
        }
        while let (false, Some((content, len))) = (self.inbox.is_empty(), self.frame()) {
            let is_noise = content.is_none() && len == 1;
            self.inbox.drain(..len.min(self.inbox.len()));
            match content {
                Some(command) => self.obey(&command, now),
                None if is_noise => {}
                None if self.oem => self.reply([0, 0xF3, 0], &[], Duration::ZERO, now),
                None => self.reply([0, 0, 0x10], &[], Duration::ZERO, now),
            }
        }
    }

    fn transmit(&mut self, now: Instant) -> Vec<u8> {
        let mut bytes = self.outbox.take(now);
        if self.host != self.baud {
            bytes.iter_mut().for_each(|byte| *byte = byte.rotate_left(3) ^ 0x5A);
        }
        bytes
    }
}
