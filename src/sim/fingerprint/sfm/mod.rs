mod data;
mod obey;

use std::collections::{BTreeMap, VecDeque};
use std::string::String;
use std::vec::Vec;

use super::Claim;
use crate::port::{Duration, Instant};
use crate::sim::{Device, Fault, Outbox};

/// How a finger lies on the sensor of a [`SfmModule`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Touch {
    /// As it should.
    Good,
    /// So that the image is not good enough.
    Poor,
    /// It is none, but a copy of one.
    Fake,
}

/// A way for a [`SfmModule`] to misbehave with one of its responses.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum SfmMisbehaviour {
    /// The line breaks the response.
    Line(Fault),
    /// The last final response to this command comes again, and this one so
    /// much later.
    Stale(u8, Duration),
    /// A response to this command with this parameter, size and flag comes
    /// first, and the right one so much later.
    Before([u32; 4], Duration),
    /// A response with this parameter, size and flag comes instead.
    Instead([u32; 3]),
    /// The response comes from another terminal, or in the other form.
    Terminal(u16),
    /// It stores this template instead of the one that came.
    Keeps(Vec<u8>),
    /// The module loses power instead of responding: settings are as
    /// delivered, the library stays.
    PowerCycle,
}

/// A request as it stands on the wire.
#[derive(Clone, Debug)]
struct Asked {
    command: u8,
    param: u32,
    size: u32,
    flag: u8,
}

#[derive(Clone, Debug, Eq, PartialEq)]
struct Stored {
    finger: String,
    duress: bool,
}

/// A simulated UniFinger module: fingers have names, and match by them.
///
/// Calls for a finger wait until one lies there or the time that is set is
/// over, as parameter 62h says.
#[derive(Debug)]
pub struct SfmModule {
    terminal: Option<u16>,
    capacity: u32,
    library: BTreeMap<u32, Vec<Stored>>,
    finger: Option<(String, Touch)>,
    settings: BTreeMap<u8, u32>,
    saved: BTreeMap<u8, u32>,
    /// The command that waits for a finger, and since when.
    waiting: Option<(Asked, Instant)>,
    /// Until when it is busy with one that has got its finger.
    working: Instant,
    transfer: Option<data::Transfer>,
    /// Packets of an image that are to leave, with their params.
    image: Option<VecDeque<(u32, Vec<u8>)>>,
    inbox: Vec<u8>,
    outbox: Outbox,
    faults: VecDeque<(Option<u8>, usize, SfmMisbehaviour)>,
    last: BTreeMap<u8, Vec<u8>>,
    commands: Vec<u8>,
    claims: Vec<Claim>,
    heard: Instant,
}

/// A command that stands still for so long is given up.
const GAP: Duration = Duration::from_millis(20);

impl Default for SfmModule {
    fn default() -> Self {
        Self::new()
    }
}

impl SfmModule {
    /// A module as delivered, with room for 1900 templates.
    #[must_use]
    pub fn new() -> Self {
        let settings = BTreeMap::from([
            (0x62, 0x3A),
            (0x64, 384),
            (0x65, 0x41),
            (0x66, 0x50),
            (0x6C, 0x31),
            (0x6D, 1),
            (0x6E, 0x3034_4156),
            (0x6F, 0x0001_E240),
            (0x75, 0x31),
            (0x86, 0x30),
            (0x98, 0x30),
        ]);
        Self {
            terminal: None,
            capacity: 1900,
            library: BTreeMap::new(),
            finger: None,
            saved: settings.clone(),
            settings,
            waiting: None,
            working: Instant::ZERO,
            transfer: None,
            image: None,
            inbox: Vec::new(),
            outbox: Outbox::default(),
            faults: VecDeque::new(),
            last: BTreeMap::new(),
            commands: Vec::new(),
            claims: Vec::new(),
            heard: Instant::ZERO,
        }
    }

    /// The same on RS-485.
    #[must_use]
    pub fn on_network(mut self, terminal: u16) -> Self {
        self.terminal = Some(terminal);
        self
    }

    /// The same with another setting, saved.
    #[must_use]
    pub fn with_setting(mut self, parameter: u8, value: u32) -> Self {
        self.settings.insert(parameter, value);
        self.saved.insert(parameter, value);
        self
    }

    /// The same without a parameter.
    #[must_use]
    pub fn without_setting(mut self, parameter: u8) -> Self {
        self.settings.remove(&parameter);
        self.saved.remove(&parameter);
        self
    }

    /// The same with room for so many templates.
    #[must_use]
    pub fn with_capacity(mut self, capacity: u32) -> Self {
        self.capacity = capacity;
        self
    }

    /// Somebody lays a finger down.
    pub fn place(&mut self, name: &str) {
        self.place_so(name, Touch::Good);
    }

    /// Somebody lays a finger down, or something like it.
    pub fn place_so(&mut self, name: &str, touch: Touch) {
        self.finger = Some((name.into(), touch));
    }

    /// The finger is lifted.
    pub fn lift(&mut self) {
        self.finger = None;
    }

    /// Puts a template of a user into the library, past the wire.
    pub fn store(&mut self, user: u32, name: &str) {
        let stored = Stored { finger: name.into(), duress: false };
        self.library.entry(user).or_default().push(stored);
    }

    /// The same, of a duress finger.
    pub fn store_duress(&mut self, user: u32, name: &str) {
        let stored = Stored { finger: name.into(), duress: true };
        self.library.entry(user).or_default().push(stored);
    }

    /// Takes the templates of a user out of the library, past the wire.
    pub fn erase(&mut self, user: u32) {
        self.library.remove(&user);
    }

    /// Loses power and gets it back: settings are as saved, the library stays.
    pub fn power_cycle(&mut self) {
        self.settings = self.saved.clone();
        (self.waiting, self.transfer, self.image) = (None, None, None);
        self.inbox.clear();
        self.outbox.clear();
    }

    /// Whose first template a user has.
    #[must_use]
    pub fn stored(&self, user: u32) -> Option<&str> {
        self.library.get(&user)?.first().map(|stored| stored.finger.as_str())
    }

    /// The value of a parameter.
    #[must_use]
    pub fn setting(&self, parameter: u8) -> Option<u32> {
        self.settings.get(&parameter).copied()
    }

    /// The matches that the module made so far; the slot is the user ID.
    #[must_use]
    pub fn claims(&self) -> &[Claim] {
        &self.claims
    }

    /// The commands that it received so far.
    #[must_use]
    pub fn commands(&self) -> &[u8] {
        &self.commands
    }

    /// Misbehaves with the next final response to this command.
    pub fn misbehave_on(&mut self, command: u8, how: SfmMisbehaviour) {
        self.faults.push_back((Some(command), 0, how));
    }

    /// Misbehaves with the response after so many good final ones.
    pub fn misbehave_after(&mut self, responses: usize, how: SfmMisbehaviour) {
        self.faults.push_back((None, responses, how));
    }

    /// Whether all that was to go wrong has gone wrong.
    #[must_use]
    pub fn has_misbehaved(&self) -> bool {
        self.faults.is_empty()
    }

    /// Sends bytes on its own.
    pub fn babble(&mut self, bytes: &[u8], now: Instant) {
        self.outbox.push(now, Duration::ZERO, bytes);
    }

    fn packet(&self, command: u8, param: u32, size: u32, flag: u8) -> Vec<u8> {
        packet(self.terminal, command, param, size, flag)
    }

    /// What is to go wrong with this response.
    fn fault(&mut self, command: u8) -> Option<SfmMisbehaviour> {
        let due = self.faults.iter().position(|(on, left, how)| match on {
            _ if matches!(how, SfmMisbehaviour::Keeps(_)) => false,
            Some(on) => *on == command,
            None => *left == 0,
        });
        for (_, left, _) in &mut self.faults {
            *left = left.saturating_sub(1);
        }
        due.and_then(|at| self.faults.remove(at)).map(|(_, _, how)| how)
    }

    /// The final response to a command.
    fn respond(
        &mut self,
        command: u8,
        param: u32,
        size: u32,
        flag: u8,
        delay: Duration,
        now: Instant,
    ) {
        self.respond_with((command, param, size, flag), &[], delay, now);
    }

    /// The same, with data behind it.
    fn respond_with(
        &mut self,
        (command, param, size, flag): (u8, u32, u32, u8),
        data: &[u8],
        delay: Duration,
        now: Instant,
    ) {
        let mut good = self.packet(command, param, size, flag);
        good.extend(data);
        let byte = |n: u32| u8::try_from(n).unwrap_or(0);
        let mut first = None;
        let mut reply = good.clone();
        match self.fault(command) {
            None | Some(SfmMisbehaviour::Keeps(_)) => {}
            Some(SfmMisbehaviour::Line(fault)) => self.outbox.inject(fault),
            Some(SfmMisbehaviour::Stale(stale, gap)) => {
                first = Some((self.last.get(&stale).cloned().unwrap_or_default(), gap));
            }
            Some(SfmMisbehaviour::Before([command, param, size, flag], gap)) => {
                first = Some((self.packet(byte(command), param, size, byte(flag)), gap));
            }
            Some(SfmMisbehaviour::Instead([param, size, flag])) => {
                reply = self.packet(command, param, size, byte(flag));
            }
            Some(SfmMisbehaviour::Terminal(other)) => {
                reply = packet(Some(other), command, param, size, flag);
            }
            Some(SfmMisbehaviour::PowerCycle) => return self.power_cycle(),
        }
        self.last.insert(command, good);
        match first {
            None => self.outbox.push(now, delay, reply),
            Some((first, gap)) => {
                self.outbox.push(now, delay, first);
                self.outbox.push(now, delay + gap, reply);
            }
        }
    }

    /// Takes the first request out of what came in; `None` until it is whole.
    fn next_request(&mut self) -> Option<Asked> {
        let (start, head) = match self.terminal {
            None => (0x40, 1),
            Some(_) => (0x41, 3),
        };
        loop {
            let at = self.inbox.iter().position(|byte| *byte == start);
            self.inbox.drain(..at.unwrap_or(self.inbox.len()));
            let packet: Vec<u8> = self.inbox.get(..head + 12)?.to_vec();
            let (body, tail) = packet.split_at(packet.len() - 2);
            let total: u32 = body.iter().map(|byte| u32::from(*byte)).sum();
            let right = tail.first().is_some_and(|sum| u32::from(*sum) == total % 256);
            if !right || tail.last() != Some(&0x0A) {
                self.inbox.remove(0);
                continue;
            }
            self.inbox.drain(..packet.len());
            let number = |from: usize, count: usize| {
                let digits = body.iter().skip(from).take(count).rev();
                digits.fold(0u32, |n, byte| (n << 8) | u32::from(*byte))
            };
            let to = if head == 3 { number(1, 2) } else { 0 };
            if to != u32::from(self.terminal.unwrap_or(0)) {
                continue;
            }
            let byte = |at: usize| body.get(at).copied().unwrap_or(0);
            return Some(Asked {
                command: byte(head),
                param: number(head + 1, 4),
                size: number(head + 5, 4),
                flag: byte(head + 9),
            });
        }
    }
}

fn packet(terminal: Option<u16>, command: u8, param: u32, size: u32, flag: u8) -> Vec<u8> {
    let mut bytes = std::vec![if terminal.is_some() { 0x41 } else { 0x40 }];
    bytes.extend(terminal.into_iter().flat_map(u16::to_le_bytes));
    bytes.push(command);
    bytes.extend(param.to_le_bytes());
    bytes.extend(size.to_le_bytes());
    bytes.push(flag);
    let total: u32 = bytes.iter().map(|byte| u32::from(*byte)).sum();
    bytes.extend(total.to_le_bytes().first());
    bytes.push(0x0A);
    bytes
}

impl Device for SfmModule {
    fn receive(&mut self, bytes: &[u8], now: Instant) {
        if now.since(self.heard) > GAP && !self.wants_data() {
            self.inbox.clear();
        }
        self.give_up(now);
        self.heard = now;
        self.inbox.extend(bytes);
        loop {
            if self.wants_data() {
                if !self.take_data(now) {
                    return;
                }
                continue;
            }
            let Some(asked) = self.next_request() else { return };
            self.obey(&asked, now);
        }
    }

    fn transmit(&mut self, now: Instant) -> Vec<u8> {
        self.tick(now);
        self.outbox.take(now)
    }
}
