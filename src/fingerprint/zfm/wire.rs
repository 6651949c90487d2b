use core::fmt;

use heapless::Vec;
use zeroize::Zeroize;

use super::bulk::Bulk;
use super::command::{Cancel, Command, Order, Step};
use super::config::Config;
use super::fault::Fault;
use super::frame::{self, Found, Frame, MAX_CONTENT, MAX_FRAME, Parser, Pid};
use crate::fingerprint::Event;
use crate::fingerprint::wire::{Framing, Heard, Lapse, Silence};
use crate::port::Duration;

/// Content of the longest command in the manuals: WriteNotepad, with 32 bytes.
const MAX_COMMAND: usize = 34;

/// The code of a good answer.
const GOOD: u8 = 0x00;

/// The notice of a module that woke by touch (M5): an acknowledgement of
/// nothing.
const WOKEN: [u8; 1] = [0xFF];

/// A command and its answer.
pub struct Frames {
    parser: Parser,
    /// A command, or a data packet.
    outgoing: Vec<u8, MAX_FRAME>,
    bulk: Bulk,
    /// Where the answer comes from.
    address: u32,
    opcode: u8,
    foreign: Option<u32>,
    woken: bool,
    step: Step,
    /// The last step told, and what it tells.
    rank: u8,
    told: Option<Event>,
    time: Duration,
    restarts: u32,
    /// The next restart was asked for.
    excused: bool,
}

impl Frames {
    pub(super) const fn new() -> Self {
        Self {
            parser: Parser::new(),
            outgoing: Vec::new(),
            bulk: Bulk::new(),
            address: 0,
            opcode: 0,
            foreign: None,
            woken: false,
            step: |_| None,
            rank: 0,
            told: None,
            time: Duration::ZERO,
            restarts: 0,
            excused: false,
        }
    }

    /// Puts a command in; how long its answer may take. Refuses one that is
    /// longer than any can be.
    pub(super) fn begin(&mut self, order: &dyn Order, config: &Config) -> Result<Duration, Fault> {
        let terms = order.terms();
        self.address = order.answered_from(config.address);
        self.time = order.time(&config.timing);
        self.bulk.begin(terms.flow, &config.timing);
        (self.opcode, self.foreign) = (terms.opcode, None);
        (self.step, self.rank, self.told) = (terms.step, 0, None);
        let mut fits = true;
        frame::write(&mut self.outgoing, config.address, Pid::Command, |content| {
            let _ = content.push(terms.opcode);
            order.put(&mut |parameters| {
                fits = parameters.len() < MAX_COMMAND;
                let _ = content.extend_from_slice(parameters);
            });
        });
        if !fits {
            self.wipe();
            return Err(Fault::Unsupported(terms.opcode));
        }
        Ok(self.time)
    }

    /// Puts the next packet of `data` in, `size` bytes of it; how many are gone
    /// then.
    pub(super) fn load(&mut self, data: &[u8], size: usize) -> usize {
        let rest = data.get(self.bulk.given..).unwrap_or(&[]);
        let size = size.clamp(1, MAX_CONTENT);
        let (content, more) = rest.split_at_checked(size).unwrap_or((rest, &[]));
        let pid = if more.is_empty() { Pid::End } else { Pid::Data };
        frame::write(&mut self.outgoing, self.address, pid, |out| {
            let _ = out.extend_from_slice(content);
        });
        self.bulk.gave(content.len(), !more.is_empty());
        self.bulk.given
    }

    /// The content of the frame that came last, until the next bytes.
    pub(super) fn content(&self) -> &[u8] {
        self.parser.frame().map_or(&[], |frame| frame.content)
    }

    /// The content of the answer, until the next bytes.
    pub(super) fn answer(&self) -> &[u8] {
        if self.bulk.is_over() { &[GOOD] } else { self.content() }
    }

    /// Whether data of a transfer that was given up may still come.
    pub(super) const fn is_trailing(&self) -> bool {
        self.bulk.tail().as_micros() > 0
    }

    /// No such data come any more.
    pub(super) fn settle(&mut self) {
        // It came, or it never will: the next one was not asked for.
        self.excused = false;
        self.bulk.settle();
    }

    /// What the module said since, besides its answer: that it was woken by
    /// touch, or how far it is.
    pub(super) fn take_told(&mut self) -> Option<Event> {
        match core::mem::take(&mut self.woken) {
            true => Some(Event::Woken),
            false => self.told.take(),
        }
    }

    /// How often the module started anew, unasked.
    pub(super) const fn restarts(&self) -> u32 {
        self.restarts
    }

    /// The module is told to start anew.
    pub(super) fn excuse_restart(&mut self) {
        self.excused = true;
    }

    fn count_restart(&mut self) {
        let unasked = !core::mem::take(&mut self.excused);
        self.restarts = self.restarts.saturating_add(unasked.into());
    }
}

impl Framing for Frames {
    type Fault = Fault;

    fn fault(&self, lapse: Lapse) -> Fault {
        match lapse {
            Lapse::Timeout => self.foreign.map_or(Fault::Timeout(self.opcode), Fault::Foreign),
            Lapse::Damaged => Fault::Damaged(self.opcode),
            Lapse::OutOfStep => Fault::OutOfStep(self.opcode),
            Lapse::Babble => Fault::Babble,
        }
    }

    fn command(&self) -> &[u8] {
        &self.outgoing
    }

    /// The command may hold the password.
    fn wipe(&mut self) {
        self.outgoing.zeroize();
    }

    fn pause(&self) -> Duration {
        self.bulk.pause()
    }

    fn is_interrupt(&self) -> bool {
        self.opcode == Cancel::OPCODE && self.is_trailing()
    }

    fn tail(&self) -> Duration {
        self.bulk.tail()
    }

    fn push(&mut self, bytes: &[u8]) -> usize {
        self.parser.push(bytes)
    }

    fn clear(&mut self) {
        self.parser.clear();
    }

    fn is_within_frame(&self) -> bool {
        self.parser.is_within_frame()
    }

    fn discard(&mut self, silence: Silence) -> Result<(), Fault> {
        while let Some(found) = self.parser.take() {
            match (found, silence) {
                (Found::Frame(frame), _) if is_woken(&frame, self.address) => self.woken = true,
                (Found::Frame(frame), Silence::Quiet) if is_from(&frame, self.address) => {
                    return Err(Fault::OutOfStep(self.opcode));
                }
                (Found::Started, _) => {
                    self.count_restart();
                    if matches!(silence, Silence::Quiet) {
                        return Err(Fault::Restarted);
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn judge(&mut self) -> Result<Heard, Fault> {
        if self.bulk.is_over() {
            // It may hold a piece of a template.
            self.parser.clear();
            return Ok(Heard::All);
        }
        while let Some(found) = self.parser.take() {
            match found {
                Found::Damaged if self.bulk.is_astray() => {}
                Found::Damaged => return Err(Fault::Damaged(self.opcode)),
                Found::Started => {
                    self.count_restart();
                    return Err(Fault::Restarted);
                }
                Found::Frame(frame) if is_woken(&frame, self.address) => self.woken = true,
                Found::Frame(frame) if frame.address != self.address => {
                    self.foreign = Some(frame.address);
                }
                // On a line with both directions on one wire, our own command.
                Found::Frame(Frame { pid: Pid::Command, .. }) => {}
                Found::Frame(Frame { pid: Pid::Acknowledge, content, .. }) => {
                    let step = content.strip_prefix(&[GOOD]).and_then(self.step);
                    let Some((rank, told)) = step else {
                        let heard = self.bulk.acknowledged(content == [GOOD]);
                        return heard.map_err(|lapse| self.fault(lapse));
                    };
                    if rank <= self.rank {
                        return Err(Fault::OutOfStep(self.opcode));
                    }
                    (self.rank, self.told) = (rank, told);
                    return Ok(Heard::Turn(Some(self.time)));
                }
                Found::Frame(_) if self.bulk.is_astray() => {}
                Found::Frame(Frame { pid, .. }) => {
                    return self.bulk.came(pid).map_err(|lapse| self.fault(lapse));
                }
            }
        }
        Ok(self.bulk.next().unwrap_or(Heard::Nothing))
    }
}

/// Templates pass through here.
impl Drop for Frames {
    fn drop(&mut self) {
        self.outgoing.zeroize();
        self.parser.clear();
    }
}

impl fmt::Debug for Frames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Frames").field("opcode", &self.opcode).finish_non_exhaustive()
    }
}

/// What the module itself sends: a command is our own, heard back.
fn is_from(frame: &Frame<'_>, address: u32) -> bool {
    frame.address == address && frame.pid != Pid::Command
}

fn is_woken(frame: &Frame<'_>, address: u32) -> bool {
    is_from(frame, address) && frame.pid == Pid::Acknowledge && frame.content == WOKEN
}
