use std::collections::VecDeque;
use std::string::String;
use std::vec::Vec;

use super::{Asked, GAP, SfmMisbehaviour, SfmModule, Stored};
use crate::port::{Duration, Instant};

/// Pixels of an image.
const WIDTH: u32 = 96;
const HEIGHT: u32 = 100;
/// Bytes in a packet of an image.
const PACKET: usize = 0x1000;

const SUCCESS: u8 = 0x61;
const DATA_ERROR: u8 = 0x82;
const DATA_OK: u8 = 0x83;
/// So long the module waits for the rest of a data packet.
const PATIENCE: Duration = Duration::from_millis(500);
const SOON: Duration = Duration::from_millis(5);

/// A template on its way in.
#[derive(Clone, Debug)]
pub(super) struct Transfer {
    user: u32,
    flag: u8,
    size: usize,
    /// The head of the data packet came.
    head: bool,
}

fn sum(data: &[u8]) -> [u8; 4] {
    let total: u32 = data.iter().map(|byte| u32::from(*byte)).sum();
    total.to_le_bytes()
}

impl SfmModule {
    /// The template of a finger.
    #[must_use]
    pub fn template_of(&self, finger: &str) -> Vec<u8> {
        let size = usize::try_from(self.setting(0x64).unwrap_or(384)).unwrap_or(384);
        let name = finger.bytes().cycle();
        let seed: u32 = finger.bytes().map(u32::from).sum();
        let noise = (0u32..).map(|at| seed.wrapping_mul(at * at + 7).to_le_bytes()[1]);
        let mut template = std::vec![0x45, u8::try_from(finger.len()).unwrap_or(0)];
        template.extend(finger.bytes());
        template.extend(name.zip(noise).map(|(a, b)| a ^ b).take(size - template.len()));
        template
    }

    /// Whose finger it is, if it is one of ours.
    fn finger_of(&self, template: &[u8]) -> Option<String> {
        let len = usize::from(*template.get(1)?);
        let name = String::from_utf8(template.get(2..2 + len)?.to_vec()).ok()?;
        (self.template_of(&name) == template).then_some(name)
    }

    /// RTX: one data packet for each template of the user.
    pub(super) fn read_template(&mut self, asked: &Asked, now: Instant) {
        let Some(all) = self.library.get(&asked.param).cloned() else {
            return self.respond(0x89, asked.param, 0, 0x69, SOON, now);
        };
        let count = u32::try_from(all.len()).unwrap_or(u32::MAX);
        let size = self.setting(0x64).unwrap_or(384);
        self.respond(0x89, asked.param, (count << 16) | size, SUCCESS, SOON, now);
        // Nobody asks for more than the first one: the next waits for an
        // acknowledgement.
        if let Some(first) = all.first() {
            let mut data = self.template_of(&first.finger);
            data.extend(sum(&data));
            self.respond_with((0x89, count, size, SUCCESS), &data, SOON, now);
        }
    }

    /// The image of a finger, a byte a pixel.
    #[must_use]
    pub fn image_of(finger: &str) -> Vec<u8> {
        let pixels = usize::try_from(WIDTH * HEIGHT).unwrap_or(0);
        let shades = finger.bytes().cycle().zip(0u8..=250).map(|(a, b)| a.wrapping_add(b));
        let shades: Vec<u8> = shades.collect();
        shades.into_iter().cycle().take(pixels).collect()
    }

    /// SIX: the header, then the pixels as they are to be packed.
    pub(super) fn scan_image(&mut self, finger: &str, delay: Duration, now: Instant) {
        let format = self.setting(0x6C).unwrap_or(0x30);
        let mut pixels = Self::image_of(finger);
        if format != 0x30 {
            pixels.truncate(pixels.len() / 8);
        }
        let bytes = u32::try_from(pixels.len()).unwrap_or(0);
        let header = [WIDTH, HEIGHT, 0, 0, format, bytes, 384];
        let mut image: Vec<u8> = header.into_iter().flat_map(u32::to_le_bytes).collect();
        image.extend(pixels);
        let packets = image.chunks(PACKET);
        let count = u32::try_from(packets.len()).unwrap_or(0);
        let numbers = (0..count).map(|number| (number << 16) | count);
        self.image = Some(numbers.zip(packets.map(<[u8]>::to_vec)).collect::<VecDeque<_>>());
        self.respond(0x83, 0, bytes, SUCCESS, delay, now);
        self.working = Instant::ZERO;
        self.send_packet(delay, now);
    }

    /// The next packet of an image, or that there is none any more.
    fn send_packet(&mut self, delay: Duration, now: Instant) {
        let Some((param, mut data)) = self.image.as_mut().and_then(VecDeque::pop_front) else {
            self.image = None;
            return self.respond(0x83, 0, 0, SUCCESS, delay, now);
        };
        let size = u32::try_from(data.len()).unwrap_or(0);
        data.extend(sum(&data));
        self.respond_with((0x83, param, size, SUCCESS), &data, delay, now);
    }

    /// ETX: asks for the data.
    pub(super) fn write_template(&mut self, asked: &Asked, now: Instant) {
        let size = usize::try_from(asked.size).unwrap_or(0);
        let (user, flag) = (asked.param, asked.flag);
        self.transfer = Some(Transfer { user, flag, size, head: false });
        self.respond(0x87, user, 0, SUCCESS, SOON, now);
    }

    /// Whether it is the head of the data packet that is waited for.
    pub(super) fn goes_on(&mut self, asked: &Asked, now: Instant) -> bool {
        if self.image.is_some() && (asked.command, asked.flag) == (0x83, DATA_OK) {
            self.send_packet(SOON, now);
            return true;
        }
        match &mut self.transfer {
            Some(transfer) if asked.command == 0x87 && asked.param == 1 && asked.flag == 0 => {
                transfer.head = usize::try_from(asked.size) == Ok(transfer.size);
                transfer.head
            }
            _ => false,
        }
    }

    /// Data that do not come are not waited for.
    pub(super) fn give_up(&mut self, now: Instant) {
        if self.transfer.is_some() && now.since(self.heard) > PATIENCE {
            self.transfer = None;
            self.inbox.clear();
        }
    }

    pub(super) fn wants_data(&self) -> bool {
        self.transfer.as_ref().is_some_and(|transfer| transfer.head)
    }

    /// Takes the data of a packet; whether they are all there.
    pub(super) fn take_data(&mut self, now: Instant) -> bool {
        let Some(transfer) = self.transfer.clone() else { return false };
        let whole = transfer.size + 4;
        if self.inbox.len() < whole {
            return false;
        }
        let bytes: Vec<u8> = self.inbox.drain(..whole).collect();
        let (data, tail) = bytes.split_at(transfer.size);
        self.transfer = None;
        if sum(data) != *tail {
            self.respond(0x87, transfer.user, 0, DATA_ERROR, SOON, now);
            return true;
        }
        let other =
            self.faults.iter().position(|(_, _, how)| matches!(how, SfmMisbehaviour::Keeps(_)));
        let data = match other.and_then(|at| self.faults.remove(at)) {
            Some((_, _, SfmMisbehaviour::Keeps(other))) => other,
            _ => data.to_vec(),
        };
        self.respond(0x87, transfer.user, 0, DATA_OK, SOON, now);
        let flag = self.keep(&transfer, &data);
        self.working = now + GAP + SOON;
        self.respond(0x87, transfer.user, 0, flag, GAP + SOON, now);
        true
    }

    fn keep(&mut self, transfer: &Transfer, data: &[u8]) -> u8 {
        let Some(finger) = self.finger_of(data) else { return 0x63 };
        if transfer.flag == 0x70 && self.library.contains_key(&transfer.user) {
            return 0x6E;
        }
        if self.parameter(0x74) == Some(0) {
            return 0x6D;
        }
        let stored = Stored { finger, duress: false };
        self.library.entry(transfer.user).or_default().push(stored);
        SUCCESS
    }
}
