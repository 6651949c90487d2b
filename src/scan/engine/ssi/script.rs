use super::config::Config;
use super::fault::Fault;
use super::order::{Answer, Command, Order, Reply, held};
use super::packet::Opcode;
use super::parameter::{Parameter, Setting, Value};
use super::protocol::Protocol;
use super::reply::{Capabilities, Revision};
use super::settle::{Say, Settle, Want, need, want};
use crate::port::Duration;
use crate::scan::engine::reader::{Fault as ReaderFault, Job, Next, Script};
use crate::scan::{Mode, Signals, Symbologies};

/// Guide, WAKEUP: at least 10 ms, and less than a second.
const WAKING: Duration = Duration::from_millis(15);

/// Which parameters are a family of codes.
const FAMILIES: [(Symbologies, &[u16]); 14] = [
    (Symbologies::EAN_UPC, &[0x01, 0x02, 0x03, 0x04]),
    (Symbologies::CODE128, &[0x08]),
    (Symbologies::CODE39, &[0x00]),
    (Symbologies::CODE93, &[0x09]),
    (Symbologies::CODE11, &[0x0A]),
    (Symbologies::CODABAR, &[0x07]),
    (Symbologies::INTERLEAVED_2_OF_5, &[0x06]),
    (Symbologies::MSI, &[0x0B]),
    (Symbologies::DATABAR, &[338, 339, 340]),
    (Symbologies::PDF417, &[0x0F]),
    (Symbologies::QR, &[293]),
    (Symbologies::DATA_MATRIX, &[292]),
    (Symbologies::AZTEC, &[574]),
    (Symbologies::MAXICODE, &[294]),
];

/// All of them.
pub(super) const SYMBOLOGIES: Symbologies = Symbologies::all().difference(Symbologies::HAN_XIN);

/// Families on and off. One that is wanted must be there.
fn families(on: Symbologies) -> impl Iterator<Item = Want> {
    FAMILIES.iter().flat_map(move |(family, parameters)| {
        let is_on = on.contains(*family);
        parameters.iter().filter_map(move |number| {
            let value = Value::Byte(u8::from(is_on));
            let setting = (Parameter::new(*number)?, value);
            Some(Want { setting, is_needed: is_on && *family != Symbologies::EAN_UPC })
        })
    })
}

const fn trigger(mode: Mode) -> Option<u8> {
    match mode {
        Mode::Command => Some(0x08),
        Mode::Presentation => Some(0x07),
        Mode::Continuous => None,
    }
}

/// What must hold whenever the engine looks for codes; asked for at once.
fn guard(mode: Mode, config: &Config) -> [Want; 8] {
    [
        need((Parameter::PACKETS, Value::Byte(1))),
        want(Parameter::SETUP_CODES, 0),
        want(Parameter::HANDSHAKE, 1),
        want(Parameter::TRIGGER_MODE, trigger(mode).unwrap_or(0x08)),
        want(Parameter::CODE_ID, 0),
        want(Parameter::DATA_FORMAT, 0),
        want(Parameter::MULTIPACKET, 0),
        want(Parameter::SESSION_TIME, config.session),
    ]
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Stage {
    Wake,
    Waking,
    /// The next order.
    Before,
    /// Settings; begun?
    Settle(bool),
    /// The next order of those that follow the settings.
    After,
}

type Orders = heapless::Vec<Order, 4>;

/// How the jobs of every engine are done, and orders: it is woken, then told
/// some things, set, and told others.
#[derive(Debug)]
pub struct Work {
    refused: Option<Fault>,
    is_init: bool,
    mode: Option<Mode>,
    stage: Stage,
    before: Orders,
    settle: Settle,
    after: Orders,
    /// What was said last.
    opcode: Opcode,
}

impl Work {
    fn new(config: &Config, wants: impl IntoIterator<Item = Want>, orders: &[Order]) -> Self {
        Self {
            refused: None,
            is_init: false,
            mode: None,
            stage: if config.wake { Stage::Wake } else { Stage::Before },
            before: Orders::new(),
            settle: Settle::new(wants, config),
            after: orders.iter().cloned().rev().take(4).collect(),
            opcode: Opcode::CMD_ACK,
        }
    }

    pub(super) fn of(job: Job, protocol: &Protocol) -> Option<Self> {
        let config = &protocol.config;
        let plain = |opcode| [Order::Plain(opcode)];
        let is_command = protocol.mode == Mode::Command;
        Some(match job {
            Job::Init => Self::init(config, &[]),
            Job::Start if is_command => {
                Self::new(config, guard(Mode::Command, config), &plain(Opcode::START_SESSION))
            }
            Job::Start => {
                Self::new(config, guard(protocol.mode, config), &plain(Opcode::SCAN_ENABLE))
            }
            Job::Stop if is_command => Self::new(config, [], &plain(Opcode::STOP_SESSION)),
            Job::Stop => Self::new(config, [], &plain(Opcode::SCAN_DISABLE)),
            Job::Mode(mode) => {
                trigger(mode)?;
                let work = Self::new(config, guard(mode, config), &plain(Opcode::SCAN_ENABLE));
                Self { mode: Some(mode), ..work }
            }
            Job::Symbologies(on) if SYMBOLOGIES.contains(on) => {
                Self::new(config, families(on), &[])
            }
            Job::Symbologies(_) => return None,
            Job::Signal(signals, on) => Self::signal(config, signals, on),
        })
    }

    /// Finds out what the engine is, after `first`, and makes it safe.
    pub(super) fn init(config: &Config, first: &[Order]) -> Self {
        let announce = config.announce.then_some(Order::Announce);
        let revision = Order::Plain(Opcode::REQUEST_REVISION);
        let before = first.iter().cloned().chain(announce).chain([revision]);
        let mut before: Orders = before.take(4).collect();
        before.reverse();
        let enable = [Order::Plain(Opcode::SCAN_ENABLE)];
        let work = Self::new(config, guard(Mode::Command, config), &enable);
        Self { is_init: true, before, ..work }
    }

    pub(super) fn orders(config: &Config, orders: &[Order]) -> Self {
        Self::new(config, [], orders)
    }

    pub(super) fn set(config: &Config, setting: Setting) -> Self {
        let refused = setting.0.is_owned().then_some(Fault::Owned(setting.0));
        Self { refused, ..Self::new(config, [need(setting)], &[]) }
    }

    fn signal(config: &Config, signals: Signals, on: bool) -> Self {
        let orders = [
            (Signals::BEEPER, on.then_some(Order::With(Opcode::BEEP, 0x00))),
            (Signals::LED, Some(led(0x01, on))),
            (Signals::AIM, Some(aim(on))),
            (Signals::ILLUMINATION, Some(illumination(on))),
        ];
        let orders = orders.into_iter().filter(|(signal, _)| signals.contains(*signal));
        let orders: Orders = orders.filter_map(|(_, order)| order).collect();
        Self::new(config, [], &orders)
    }

    /// What follows; `None` when all is done.
    fn follow(&mut self, heard: Option<&Answer>) -> Result<Option<Say>, Fault> {
        if let Some(Answer::Refused(cause)) = heard {
            return Err(Fault::Refused { opcode: self.opcode, cause: *cause });
        }
        loop {
            // Ends: each round is another stage or says something.
            let (stage, said) = match self.stage {
                Stage::Wake => (Stage::Waking, Some(Say::Tell(Order::Wake))),
                Stage::Waking => (Stage::Before, Some(Say::Wait(WAKING))),
                Stage::Before => match self.before.pop() {
                    Some(order) => (Stage::Before, Some(Say::Ask(order))),
                    None => (Stage::Settle(false), None),
                },
                Stage::Settle(begun) => match self.settle.next(heard.filter(|_| begun))? {
                    Some(said) => (Stage::Settle(true), Some(said)),
                    None => (Stage::After, None),
                },
                Stage::After => match self.after.pop() {
                    Some(order) => (Stage::After, Some(Say::Ask(order))),
                    None => return Ok(None),
                },
            };
            self.stage = stage;
            if said.is_some() {
                return Ok(said);
            }
        }
    }
}

pub(super) const fn led(lamps: u8, on: bool) -> Order {
    Order::With(if on { Opcode::LED_ON } else { Opcode::LED_OFF }, lamps)
}

pub(super) const fn aim(on: bool) -> Order {
    Order::Plain(if on { Opcode::AIM_ON } else { Opcode::AIM_OFF })
}

pub(super) const fn illumination(on: bool) -> Order {
    Order::Plain(if on { Opcode::ILLUMINATION_ON } else { Opcode::ILLUMINATION_OFF })
}

fn say<T>(said: Say) -> Next<Command, T, Fault> {
    match said {
        Say::Ask(order) => Next::Ask(Command(order)),
        Say::Tell(order) => Next::Tell(Command(order)),
        Say::Wait(length) => Next::Wait(length),
    }
}

fn failed<T>(fault: Fault) -> Next<Command, T, Fault> {
    Next::Done(Err(ReaderFault::Engine(fault)))
}

impl Script<Protocol> for Work {
    type Output = ();

    fn is_init(&self) -> bool {
        self.is_init
    }

    fn next(&mut self, protocol: &mut Protocol, heard: Option<Reply>) -> Next<Command, (), Fault> {
        if let Some(fault) = self.refused.take() {
            return failed(fault);
        }
        if self.is_init && self.opcode == Opcode::CMD_ACK {
            protocol.meet();
        }
        let heard = heard.map(|reply| reply.0);
        if let Some(Answer::Revision(revision)) = &heard {
            protocol.revision = *revision;
        }
        match self.follow(heard.as_ref()) {
            Err(fault) => failed(fault),
            Ok(None) => {
                protocol.mode = self.mode.unwrap_or(protocol.mode);
                Next::Done(Ok(()))
            }
            Ok(Some(said)) => {
                if let Say::Ask(order) | Say::Tell(order) = &said {
                    self.opcode = order.opcode();
                }
                say(said)
            }
        }
    }
}

/// Asks the engine one thing.
#[derive(Debug)]
pub struct Inquiry<T> {
    stage: Stage,
    order: Order,
    read: fn(&Answer, &Order) -> Result<T, Fault>,
}

impl<T> Inquiry<T> {
    fn new(config: &Config, order: Order, read: fn(&Answer, &Order) -> Result<T, Fault>) -> Self {
        Self { stage: if config.wake { Stage::Wake } else { Stage::Before }, order, read }
    }
}

impl Inquiry<Value> {
    pub(super) fn parameter(config: &Config, parameter: Parameter) -> Self {
        let order = Order::Request([parameter].into_iter().collect());
        Self::new(config, order, |answer, order| {
            let (Answer::Parameters(settings), Order::Request(asked)) = (answer, order) else {
                return Ok(Value::Byte(0));
            };
            let parameter = asked.first().copied().unwrap_or(Parameter::CODE_39);
            held(settings, parameter).ok_or(Fault::Missing(parameter))
        })
    }
}

impl Inquiry<Capabilities> {
    pub(super) fn capabilities(config: &Config) -> Self {
        let order = Order::Plain(Opcode::CAPABILITIES_REQUEST);
        Self::new(config, order, |answer, _| match answer {
            Answer::Capabilities(capabilities) => Ok(*capabilities),
            _ => Ok(Capabilities::NONE),
        })
    }
}

impl<T> Script<Protocol> for Inquiry<T> {
    type Output = T;

    fn next(&mut self, _protocol: &mut Protocol, heard: Option<Reply>) -> Next<Command, T, Fault> {
        match (self.stage, heard) {
            (Stage::Wake, _) => {
                self.stage = Stage::Waking;
                say(Say::Tell(Order::Wake))
            }
            (Stage::Waking, _) => {
                self.stage = Stage::Before;
                say(Say::Wait(WAKING))
            }
            (_, None) => say(Say::Ask(self.order.clone())),
            (_, Some(Reply(Answer::Refused(cause)))) => {
                failed(Fault::Refused { opcode: self.order.opcode(), cause })
            }
            (_, Some(Reply(answer))) => {
                let read = (self.read)(&answer, &self.order);
                Next::Done(read.map_err(ReaderFault::Engine))
            }
        }
    }
}

/// What the engine said about itself at the last `init`.
pub(super) const fn revision(protocol: &Protocol) -> &Revision {
    &protocol.revision
}
