//! What goes or comes in data packets behind an acknowledgement. They are not
//! acknowledged and have no numbers.

use super::command::Command;
use super::config::Timing;
use super::fault::Fault;
use super::frame::Pid;
use super::link::Link;
use super::script::{Image, ReadTemplate, Size, WriteTemplate};
use super::session::Session;
use super::wire::Frames;
use crate::fingerprint::transfer::Meter;
use crate::fingerprint::wire::{Heard, Lapse};
use crate::fingerprint::{ImageSink, Images, Slot, Transfers};
use crate::port::Duration;

/// Which way data go behind the acknowledgement of a command.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Flow {
    /// There are none.
    Nowhere,
    /// From the module to the host.
    Up,
    /// From the host to the module.
    Down,
}

/// What a script does with the data of a command: it takes the packet that came
/// out of the frames, or puts the next one in.
pub(super) type Cargo<'c> = &'c mut dyn FnMut(&mut Frames) -> Result<(), Fault>;

/// They are not of interest.
pub(super) fn none(_frames: &mut Frames) -> Result<(), Fault> {
    Ok(())
}

/// The content of each goes there.
pub(super) fn into(
    take: &mut dyn FnMut(&[u8]) -> Result<(), Fault>,
) -> impl FnMut(&mut Frames) -> Result<(), Fault> {
    |frames| take(frames.content())
}

/// These bytes, in packets of that many.
pub(super) fn out(
    data: &[u8],
    packet: u16,
    meter: &mut Meter,
) -> impl FnMut(&mut Frames) -> Result<(), Fault> {
    move |frames| {
        meter.done = frames.load(data, usize::from(packet));
        Ok(())
    }
}

/// Packets that may come at most: an image of any model, in the smallest ones,
/// has 1440.
const MOST: u16 = 2048;

/// How far the data of a command are.
#[derive(Debug)]
pub(super) struct Bulk {
    flow: Flow,
    stage: Stage,
    /// Bytes put in.
    pub(super) given: usize,
    /// Packets that may still come.
    left: u16,
    /// For each packet.
    packet: Duration,
    pause: Duration,
    tail: Duration,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Stage {
    /// The command is not acknowledged.
    Asked,
    Flowing,
    Over,
}

impl Bulk {
    pub(super) const fn new() -> Self {
        Self {
            flow: Flow::Nowhere,
            stage: Stage::Asked,
            given: 0,
            left: 0,
            packet: Duration::ZERO,
            pause: Duration::ZERO,
            tail: Duration::ZERO,
        }
    }

    pub(super) fn begin(&mut self, flow: Flow, timing: &Timing) {
        (self.flow, self.stage, self.given, self.left) = (flow, Stage::Asked, 0, MOST);
        (self.packet, self.pause) = (timing.packet, timing.pause);
        if flow == Flow::Up {
            self.tail = timing.tail;
        }
    }

    /// Whether all data went or came.
    pub(super) fn is_over(&self) -> bool {
        self.stage == Stage::Over
    }

    /// Whether data of a transfer that was given up may still come.
    pub(super) fn is_astray(&self) -> bool {
        self.tail > Duration::ZERO && self.flow == Flow::Nowhere
    }

    /// How long they may go on.
    pub(super) const fn tail(&self) -> Duration {
        self.tail
    }

    /// The module is known not to send any more.
    pub(super) fn settle(&mut self) {
        self.tail = Duration::ZERO;
    }

    /// Before the packet that is sent next.
    pub(super) const fn pause(&self) -> Duration {
        if self.given > 0 { self.pause } else { Duration::ZERO }
    }

    /// An acknowledgement came.
    pub(super) fn acknowledged(&mut self, good: bool) -> Result<Heard, Lapse> {
        match (self.flow, self.stage) {
            (Flow::Nowhere, _) => return Ok(Heard::All),
            (_, Stage::Asked) => {}
            _ => return Err(Lapse::OutOfStep),
        }
        if !good {
            self.settle();
            return Ok(Heard::All);
        }
        self.stage = Stage::Flowing;
        match self.flow {
            Flow::Down => Ok(self.next().unwrap_or(Heard::All)),
            _ => Ok(Heard::Turn(Some(self.packet))),
        }
    }

    /// A packet came.
    pub(super) fn came(&mut self, pid: Pid) -> Result<Heard, Lapse> {
        if (self.flow, self.stage) != (Flow::Up, Stage::Flowing) {
            return Err(Lapse::OutOfStep);
        }
        self.left = self.left.checked_sub(1).ok_or(Lapse::OutOfStep)?;
        if pid == Pid::End {
            self.stage = Stage::Over;
            self.settle();
        }
        Ok(Heard::Piece(Some(self.packet)))
    }

    /// The packet before went out: another one is put in, if there is any.
    pub(super) fn next(&mut self) -> Option<Heard> {
        if (self.flow, self.stage) != (Flow::Down, Stage::Flowing) {
            return None;
        }
        // Unless there is more.
        self.stage = Stage::Over;
        Some(Heard::Piece(Some(self.packet)))
    }

    /// So many bytes were put in, and there are more or not.
    pub(super) fn gave(&mut self, bytes: usize, more: bool) {
        self.given = self.given.saturating_add(bytes);
        self.stage = if more { Stage::Flowing } else { Stage::Over };
    }
}

impl Session<'_> {
    /// As [`demand`](Self::demand), with the data that go or come behind the acknowledgement.
    pub(super) fn transfer<C: Command>(
        &mut self,
        command: &C,
        cargo: Cargo<'_>,
    ) -> nb::Result<C::Reply, Fault> {
        match self.carry(command, cargo)? {
            Ok(()) => self.read(command),
            Err(code) => Ok(command.already(code).ok_or(Fault::Refused(C::OPCODE, code))?),
        }
    }

    /// The size of a template, as far as it was learned.
    pub(super) fn template(&self) -> Option<u16> {
        self.config().template.or(self.link.template)
    }

    pub(super) fn learn_template(&mut self, bytes: u16) {
        self.link().template = Some(bytes);
    }
}

impl Transfers for Link {
    type Size = Size;
    type ReadTemplate<'b> = ReadTemplate<'b>;
    type WriteTemplate<'b> = WriteTemplate<'b>;

    fn template_size() -> Size {
        Size::new()
    }

    fn read_template(slot: Slot, buffer: &mut [u8]) -> ReadTemplate<'_> {
        ReadTemplate::new(slot, buffer)
    }

    fn write_template(slot: Slot, template: &[u8]) -> WriteTemplate<'_> {
        WriteTemplate::new(slot, template)
    }
}

impl Images for Link {
    type Image<S: ImageSink> = Image<S>;

    fn image<S: ImageSink>(sink: S) -> Image<S> {
        Image::new(sink)
    }
}
