use zeroize::Zeroize;

/// Opens a frame.
const SYNC: u8 = 0x03;
const ACK: u8 = 0x06;
const NAK: u8 = 0x15;
/// RDR_to_PC_NotifySlotChange, alone with one byte of state, without frame.
const NOTIFY_SLOT_CHANGE: u8 = 0x50;

/// SYNC and ACK.
const START: usize = 2;
/// The CCID header.
const HEADER: usize = 10;

/// XOR of all bytes of a frame but itself.
fn lrc(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |sum, byte| sum ^ byte)
}

/// The longest message: a header and a short command APDU (dwMaxCCIDMessageLength
/// of all these readers is 271).
const LONGEST: usize = HEADER + crate::card::Command::MAX;
/// The longest frame.
pub(super) const MAX: usize = START + LONGEST + 1;

/// The frame to be sent, kept so that it can be sent again.
pub(super) struct Outgoing {
    bytes: [u8; MAX],
    len: usize,
}

impl Outgoing {
    pub(super) const fn new() -> Self {
        Self { bytes: [0; MAX], len: 0 }
    }

    /// Where the data of a message goes that is not longer than this.
    pub(super) fn room(&mut self, message: u16) -> &mut [u8] {
        let end = START + LONGEST.min(message.into());
        self.bytes.get_mut(START + HEADER..end).unwrap_or_default()
    }

    /// Makes a frame around the data that is there: message type, slot, number,
    /// and the three bytes that are the message's own.
    pub(super) fn compose(&mut self, [kind, slot, seq]: [u8; 3], own: [u8; 3], data: usize) {
        let [low, high, ..] = data.to_le_bytes();
        let [a, b, c] = own;
        if let Some(head) = self.bytes.first_chunk_mut() {
            *head = [SYNC, ACK, kind, low, high, 0, 0, slot, seq, a, b, c];
        }
        self.len = START + HEADER + data;
        self.seal();
    }

    /// Gives the frame another number.
    pub(super) fn renumber(&mut self, seq: u8) {
        self.len = self.len.saturating_sub(1);
        if let Some(old) = self.bytes.get_mut(START + 6) {
            *old = seq;
        }
        self.seal();
    }

    fn seal(&mut self) {
        let check = lrc(self.bytes());
        if let Some(last) = self.bytes.get_mut(self.len) {
            *last = check;
            self.len += 1;
        }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    pub(super) fn wipe(&mut self) {
        self.bytes.zeroize();
        self.len = 0;
    }

    #[cfg(test)]
    pub(super) fn is_wiped(&self) -> bool {
        self.bytes == [0; MAX]
    }
}

/// A message from the reader, with a check that fits.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Message<'a> {
    pub(super) kind: u8,
    pub(super) slot: u8,
    pub(super) seq: u8,
    /// Three bytes that each message has for itself.
    pub(super) own: [u8; 3],
    pub(super) data: &'a [u8],
}

/// What was found in the stream of bytes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Found {
    /// A whole frame: [`Incoming::message`].
    Message,
    /// A frame whose check does not fit; its message type, if that is true.
    Garbled(u8),
    /// The reader did not understand us.
    Nak,
    /// The card was put in or taken out.
    CardMoved,
    /// The reader asks for more time.
    MoreTime,
}

/// Finds frames in the stream of bytes. Whatever is not a frame is passed over.
pub(super) struct Incoming {
    bytes: [u8; MAX],
    len: usize,
    /// The bytes at the front that were found and can go.
    found: usize,
}

impl Incoming {
    pub(super) const fn new() -> Self {
        Self { bytes: [0; MAX], len: 0, found: 0 }
    }

    /// Takes a byte in; ask [`find`](Self::find) until it finds nothing.
    pub(super) fn push(&mut self, byte: u8) {
        if let Some(room) = self.bytes.get_mut(self.len) {
            *room = byte;
            self.len += 1;
        }
    }

    pub(super) fn find(&mut self) -> Option<Found> {
        loop {
            self.drop_found();
            let (found, used) = match self.bytes.get(..self.len).unwrap_or_default() {
                [] | [SYNC] | [SYNC, NAK] | [NOTIFY_SLOT_CHANGE] => return None,
                [SYNC, NAK, check, ..] if *check == SYNC ^ NAK => (Some(Found::Nak), 3),
                [NOTIFY_SLOT_CHANGE, 0x02, ..] => (Some(Found::CardMoved), 2),
                // The 03 may be the SYNC of a frame after a stray 50; if not,
                // it does no harm.
                [NOTIFY_SLOT_CHANGE, SYNC, ..] => (Some(Found::CardMoved), 1),
                [0x80..=0xFF, ..] => (Some(Found::MoreTime), 1),
                frame @ [SYNC, ACK, ..] => frame_at(frame)?,
                _ => (None, 1),
            };
            self.found = used;
            if found.is_some() {
                return found;
            }
        }
    }

    /// The message just found.
    pub(super) fn message(&self) -> Option<Message<'_>> {
        let (head, rest) = self.frame().split_first_chunk::<{ START + HEADER }>()?;
        let [_, _, kind, _, _, _, _, slot, seq, a, b, c] = *head;
        let (_, data) = rest.split_last()?;
        Some(Message { kind, slot, seq, own: [a, b, c], data })
    }

    /// The frame just found, as it came.
    pub(super) fn frame(&self) -> &[u8] {
        self.bytes.get(..self.found).unwrap_or_default()
    }

    /// A frame has begun and is not whole.
    pub(super) fn is_partial(&self) -> bool {
        self.len > self.found
    }

    /// The rest of the frame will not come: look for another behind its start.
    /// Tells the message type of what was given up, if it had got so far.
    pub(super) fn give_up(&mut self) -> Option<u8> {
        self.drop_found();
        self.found = self.next_sync();
        match self.bytes.get(..self.len) {
            Some([SYNC, ACK, kind, ..]) => Some(*kind),
            _ => None,
        }
    }

    fn next_sync(&self) -> usize {
        let bytes = self.bytes.get(1..self.len).unwrap_or_default();
        bytes.iter().position(|byte| *byte == SYNC).map_or(self.len, |index| index + 1)
    }

    fn drop_found(&mut self) {
        let garbled = core::mem::take(&mut self.found);
        self.bytes.copy_within(garbled..self.len, 0);
        self.len -= garbled;
    }

    pub(super) fn wipe(&mut self) {
        self.bytes.zeroize();
        (self.len, self.found) = (0, 0);
    }
}

/// What a frame that begins like one is, and how many bytes of it are used up;
/// `None` while it is not whole.
fn frame_at(frame: &[u8]) -> Option<(Option<Found>, usize)> {
    let [_, _, kind, low, high, zero, nil, ..] = frame else { return None };
    let data = u32::from_le_bytes([*low, *high, *zero, *nil]);
    let whole = usize::try_from(data).ok().map(|data| data.saturating_add(START + HEADER + 1));
    match whole.filter(|whole| *whole <= MAX) {
        None => Some((Some(Found::Garbled(*kind)), 1)),
        Some(whole) => {
            let frame = frame.get(..whole)?;
            if lrc(frame) == 0 {
                Some((Some(Found::Message), whole))
            } else {
                let next = frame.iter().skip(1).position(|byte| *byte == SYNC);
                Some((Some(Found::Garbled(*kind)), next.map_or(whole, |index| index + 1)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use super::*;

    /// A frame around the answer to GetSlotStatus as libccid logs it (OsEID,
    /// doc/T1_CRC.txt): 81 00000000 00 09 00 00 00.
    const STATUS: [u8; 13] = [3, 6, 0x81, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0x8D];

    fn found(bytes: &[u8]) -> Vec<Found> {
        let mut incoming = Incoming::new();
        let mut found = Vec::new();
        for byte in bytes {
            incoming.push(*byte);
            found.extend(core::iter::from_fn(|| incoming.find()));
        }
        found
    }

    #[test]
    fn a_message_is_taken_apart() {
        let mut incoming = Incoming::new();
        STATUS.iter().for_each(|byte| incoming.push(*byte));
        assert_eq!(incoming.find(), Some(Found::Message));
        let message = incoming.message().unwrap();
        assert_eq!((message.kind, message.slot, message.seq), (0x81, 0, 9));
        assert!(message.data.is_empty());
        assert_eq!(incoming.find(), None);
    }

    #[test]
    fn the_command_of_the_facts_is_composed() {
        // Logged by libccid: 65 00000000 00 09 00 00 00.
        let mut out = Outgoing::new();
        out.compose([0x65, 0, 8], [0; 3], 0);
        out.renumber(9);
        assert_eq!(out.bytes(), [3, 6, 0x65, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0x69]);
        // 6F 06000000 00 0A 00 00 00 with a block of six bytes.
        let block = [0x00, 0xC1, 0x01, 0xFE, 0x54, 0x4E];
        out.room(271)[..6].copy_from_slice(&block);
        out.compose([0x6F, 0, 0x0A], [0; 3], 6);
        assert_eq!(out.bytes()[..12], [3, 6, 0x6F, 6, 0, 0, 0, 0, 0x0A, 0, 0, 0]);
        assert_eq!((out.bytes()[12..18] == block, lrc(out.bytes())), (true, 0));
    }

    #[test]
    fn every_truncation_and_every_flipped_bit_is_noticed() {
        for len in 0..STATUS.len() {
            assert_eq!(found(&STATUS[..len]), []);
        }
        for bit in 0..STATUS.len() * 8 {
            let mut wrong = STATUS;
            wrong[bit / 8] ^= 1 << (bit % 8);
            assert!(!found(&wrong).contains(&Found::Message), "bit {bit}");
        }
    }

    #[test]
    fn the_short_forms_and_noise_around_a_message() {
        use Found::{CardMoved, Message, MoreTime, Nak};
        let mut bytes = Vec::from([0x00, 0x03, 0x77, 0x50, 0x02, 0x03, 0x15, 0x16, 0x9A, 0x50]);
        bytes.extend(STATUS);
        bytes.extend([0x50, 0x03]);
        let want = [CardMoved, Nak, MoreTime, CardMoved, Message, CardMoved];
        assert_eq!(found(&bytes), want);
    }

    #[test]
    fn a_message_behind_a_garbled_one_is_found() {
        for lost in 0..STATUS.len() {
            let mut bytes = STATUS.to_vec();
            bytes.remove(lost);
            bytes.extend(STATUS);
            bytes.extend([0; 2]);
            assert!(found(&bytes).contains(&Found::Message), "without byte {lost}");
        }
    }

    #[test]
    fn a_length_beyond_all_bounds_is_no_frame() {
        let start = [3, 6, 0x80, 0, 0, 1, 0];
        assert_eq!(found(&start), [Found::Garbled(0x80), Found::MoreTime]);
    }

    #[test]
    fn a_frame_that_stops_is_given_up() {
        let mut incoming = Incoming::new();
        STATUS[..8].iter().for_each(|byte| incoming.push(*byte));
        assert!(incoming.find().is_none() && incoming.is_partial());
        assert_eq!(incoming.give_up(), Some(0x81));
        assert!(!incoming.is_partial() || incoming.find().is_none());
        STATUS.iter().for_each(|byte| incoming.push(*byte));
        assert_eq!(incoming.find(), Some(Found::Message));
    }
}
