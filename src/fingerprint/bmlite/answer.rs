use core::ops::Range;

use heapless::Vec;

use super::command::{COUNT, DATA, ID, MATCH, RESULT, Request, SIZE, UNIQUE_ID, VERSION};
use super::outcome::Outcome;
use crate::fingerprint::Slot;

/// Bytes of a module's number.
const UNIQUE: usize = 12;

/// What is in an answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Answer {
    /// Whether it was done.
    pub outcome: Outcome,
    /// Whether the finger was found.
    pub matched: Option<bool>,
    /// The number of a template.
    pub slot: Option<Slot>,
    /// How many.
    pub count: Option<u32>,
    /// How many bytes.
    pub size: Option<u32>,
    /// How many bytes of an image or a template come with it.
    pub data: Option<u16>,
    /// Whether the list has the number that was looked for.
    pub holds: Option<bool>,
    /// The module's number.
    pub unique_id: Option<[u8; UNIQUE]>,
}

impl Answer {
    const EMPTY: Self = Self {
        outcome: Outcome::Ok,
        matched: None,
        slot: None,
        count: None,
        size: None,
        data: None,
        holds: None,
        unique_id: None,
    };
}

/// Where in a message the next byte stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Part {
    /// Command and number of arguments.
    Message,
    /// Number and size of an argument.
    Argument,
    /// So much is left of this argument.
    Value(u16, u16),
    End,
}

/// Reads the message of an answer as it comes, in whatever pieces:
///
/// ```text
/// command (2) | arguments (2) | { argument (2) | size (2) | size bytes }...
/// ```
#[derive(Debug)]
pub(super) struct Reader {
    request: Request,
    part: Part,
    /// What is there of the part; of a long argument, its beginning.
    field: Vec<u8, UNIQUE>,
    /// Arguments that are still to come.
    left: u16,
    /// It is no answer to the request, or there is something behind it.
    wrong: bool,
    /// It says whether the command was done.
    told: bool,
    answer: Answer,
}

impl Reader {
    pub(super) const fn new(request: Request) -> Self {
        Self {
            request,
            part: Part::Message,
            field: Vec::new(),
            left: 0,
            wrong: false,
            told: false,
            answer: Answer::EMPTY,
        }
    }

    pub(super) const fn request(&self) -> &Request {
        &self.request
    }

    /// What was read so far.
    pub(super) const fn so_far(&self) -> &Answer {
        &self.answer
    }

    /// The answer. `None`: the message is one to something else, is cut off,
    /// or does not say whether the command was done.
    pub(super) fn answer(&self) -> Option<Answer> {
        let right = self.part == Part::End && self.told && !self.wrong;
        right.then_some(self.answer)
    }

    /// Takes the next bytes in; which of them are of an image or a template.
    pub(super) fn put(&mut self, bytes: &[u8]) -> Range<usize> {
        let (mut at, mut data) = (0, 0..0);
        while let Some(rest @ [_, ..]) = bytes.get(at..) {
            let of_data = matches!(self.part, Part::Value(DATA, _)) && self.request.uploads();
            let end = at.saturating_add(self.take(rest));
            if of_data {
                data = at..end;
            }
            at = end;
        }
        data
    }

    /// Takes bytes of one part; how many.
    fn take(&mut self, bytes: &[u8]) -> usize {
        match self.part {
            Part::Message | Part::Argument => {
                let missing = 4_usize.saturating_sub(self.field.len());
                let head = bytes.get(..missing).unwrap_or(bytes);
                // Cannot fail: a head has four bytes.
                let _ = self.field.extend_from_slice(head);
                self.head();
                head.len()
            }
            Part::Value(argument, left) => {
                let value = bytes.get(..left.into()).unwrap_or(bytes);
                let rest = left.saturating_sub(u16::try_from(value.len()).unwrap_or(left));
                self.value(argument, value);
                self.part = Part::Value(argument, rest);
                if rest == 0 {
                    self.argument(argument);
                }
                value.len()
            }
            Part::End => {
                self.wrong = true;
                bytes.len()
            }
        }
    }

    /// A head is there, or a part of one.
    fn head(&mut self) {
        let [a, b, c, d] = *self.field.as_slice() else { return };
        let (first, second) = (u16::from_le_bytes([a, b]), u16::from_le_bytes([c, d]));
        self.field.clear();
        if self.part == Part::Message {
            self.wrong = first != self.request.command();
            self.left = second;
            self.next();
            return;
        }
        if first == DATA {
            self.wrong |= self.answer.data.replace(second).is_some();
            self.answer.holds = self.request.wanted().map(|_| false);
        }
        self.part = Part::Value(first, second);
        if second == 0 {
            self.argument(first);
        }
    }

    fn next(&mut self) {
        self.field.clear();
        self.part = match self.left.checked_sub(1) {
            None => Part::End,
            Some(left) => {
                self.left = left;
                Part::Argument
            }
        };
    }

    fn value(&mut self, argument: u16, bytes: &[u8]) {
        for byte in bytes {
            // What does not fit is of no interest.
            let _ = self.field.push(*byte);
            if let (DATA, [low, high]) = (argument, self.field.as_slice()) {
                let id = Slot(u16::from_le_bytes([*low, *high]));
                if self.request.wanted() == Some(id) {
                    self.answer.holds = Some(true);
                }
                self.field.clear();
            }
        }
    }

    /// An argument is there.
    fn argument(&mut self, argument: u16) {
        let answer = &mut self.answer;
        match (argument, self.field.as_slice()) {
            (RESULT, [result, ..]) => {
                answer.outcome = Outcome::from(result.cast_signed());
                self.told = true;
            }
            (MATCH, [matched]) => answer.matched = Some(*matched != 0),
            (ID, [low, high]) => answer.slot = Some(Slot(u16::from_le_bytes([*low, *high]))),
            (COUNT, bytes) => answer.count = number(bytes),
            (SIZE, bytes) => answer.size = number(bytes),
            (UNIQUE_ID, bytes) => answer.unique_id = bytes.try_into().ok(),
            _ => {}
        }
        // What was asked for is an answer by itself.
        self.told |= matches!(argument, VERSION | UNIQUE_ID | SIZE) && self.request.asks(argument);
        self.next();
    }
}

/// A number of up to four bytes.
fn number(bytes: &[u8]) -> Option<u32> {
    let digits = (1..=4).contains(&bytes.len()).then_some(bytes)?;
    Some(digits.iter().rev().fold(0, |n, byte| (n << 8) | u32::from(*byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(message: &[u8], request: Request, chunk: usize) -> Option<Answer> {
        let mut reader = Reader::new(request);
        for piece in message.chunks(chunk) {
            let _ = reader.put(piece);
        }
        reader.answer()
    }

    const HIT: [u8; 20] = [3, 0, 3, 0, 10, 0, 1, 0, 1, 6, 0, 2, 0, 7, 0, 1, 0x20, 1, 0, 0];

    #[test]
    fn an_answer_is_read_or_refused_at_each_length() {
        for chunk in 1..=HIT.len() {
            let answer = read(&HIT, Request::identify(), chunk).unwrap();
            assert_eq!((answer.matched, answer.slot), (Some(true), Some(Slot(7))));
        }
        for len in 0..HIT.len() {
            assert_eq!(read(&HIT[..len], Request::identify(), 3), None);
        }
        assert_eq!(read(&HIT, Request::extract(), 3), None);
        let long = [&HIT[..], &[0]].concat();
        assert_eq!(read(&long, Request::identify(), 7), None);
    }

    #[test]
    fn without_a_result_nothing_was_done() {
        assert_eq!(read(&[3, 0, 1, 0, 10, 0, 1, 0, 1], Request::identify(), 9), None);
        let version = [4, 0x30, 1, 0, 3, 0x60, 1, 0, b'3'];
        assert!(read(&version, Request::version(), 9).is_some());
        assert_eq!(read(&version, Request::unique_id(), 9), None);
    }

    #[test]
    fn a_list_is_searched_in_whatever_pieces() {
        let list = [2, 0x40, 2, 0, 10, 0x10, 6, 0, 1, 0, 2, 1, 0, 0, 1, 0x20, 1, 0, 0];
        for chunk in 1..=list.len() {
            for (slot, there) in [(0, true), (1, true), (0x102, true), (2, false), (0x201, false)] {
                let answer = read(&list, Request::holds(Slot(slot)), chunk).unwrap();
                assert_eq!(answer.holds, Some(there), "{slot}");
            }
        }
    }

    #[test]
    fn data_is_given_out_piece_by_piece() {
        let message = [6, 0, 2, 0, 1, 0x20, 1, 0, 0, 10, 0x10, 5, 0, 1, 2, 3, 4, 5];
        for chunk in 1..=message.len() {
            let mut reader = Reader::new(Request::upload());
            let mut data = std::vec::Vec::new();
            for piece in message.chunks(chunk) {
                data.extend_from_slice(&piece[reader.put(piece)]);
            }
            assert_eq!((data, reader.answer().unwrap().data), (std::vec![1, 2, 3, 4, 5], Some(5)));
        }
    }
}
