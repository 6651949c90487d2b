//! What was sent to a card, and what it said, does not stay in a driver: after
//! a PIN was verified, however that ended, no part of it stands in the memory of
//! any driver that carries APDUs; the record that was read is gone with the next
//! command and with the card; and nothing of both shows in `Debug`, not even
//! while it is on its way.

mod front_ends;
mod memory;

use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use embedded_pos::card::contact::reader::{Config, ContactReader};
use embedded_pos::card::contact::{Contacts, HalfDuplex};
use embedded_pos::card::contactless::{self, Contactless};
use embedded_pos::card::reader::pn532::{self, Pn532};
use embedded_pos::card::reader::serial_ccid::{self, Level, SerialCcid};
use embedded_pos::card::reader::tda8035::{Chip, PinSlot};
use embedded_pos::card::{T1Parameters, t0, t1};
use embedded_pos::port::adapter::SpiTransfers;
use embedded_pos::port::{Call, CardLines, Clock, Duration, Exchange, Port, SetBaud};
use embedded_pos::sim::card::{
    ApduCard, Application, CardLine, CcidReader, Exchanges, Held, IsoDepCard, Mfrc522Model, OnSpi,
    Pn532 as Pn532Chip, Socket, St25r3916Model, T0Card, T1Card, T1Characters, TpduCard,
};
use embedded_pos::sim::{Simulated, VirtualClock};
use embedded_pos::{ErrorType, nb};
use front_ends::Modelled;

/// VERIFY with a plaintext PIN block, and the digits of it.
const VERIFY: [u8; 13] =
    [0x00, 0x20, 0x00, 0x80, 0x08, 0x26, 0x97, 0xB5, 0xE3, 0xFF, 0xFF, 0xFF, 0xFF];
const PIN: [u8; 4] = [0x26, 0x97, 0xB5, 0xE3];

/// READ RECORD, and what stands in the record.
const READ: [u8; 5] = [0x00, 0xB2, 0x01, 0x0C, 0x00];
const RECORD: [u8; 12] = [0x70, 0x0A, 0x57, 0x08, 0x62, 0x9D, 0xC7, 0x5A, 0xE9, 0xD2, 0x7B, 0x6F];
const ACCOUNT: [u8; 8] = [0x62, 0x9D, 0xC7, 0x5A, 0xE9, 0xD2, 0x7B, 0x6F];

/// GET CHALLENGE, which is no secret here.
const CHALLENGE: [u8; 5] = [0x00, 0x84, 0x00, 0x00, 0x02];

struct Keeper;

impl Application for Keeper {
    fn reset(&mut self) {}

    fn process(&mut self, command: &[u8]) -> Vec<u8> {
        match command {
            [_, 0x20, ..] => vec![0x90, 0x00],
            [_, 0xB2, ..] => [&RECORD[..], &[0x90, 0x00]].concat(),
            [_, 0x84, ..] => vec![0x11, 0x22, 0x90, 0x00],
            _ => vec![0x6D, 0x00],
        }
    }
}

/// What becomes of a line.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
enum Fate {
    #[default]
    Fine,
    /// Nothing comes any more.
    Silent,
    /// Every byte that comes is another.
    Garbled,
}

/// A port to which that happens.
struct Wire<P> {
    port: P,
    fate: Arc<Mutex<Fate>>,
}

impl<P> Debug for Wire<P> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Wire")
    }
}

impl<P: ErrorType> ErrorType for Wire<P> {
    type Error = P::Error;
}

impl<P: Port> Port for Wire<P> {
    fn try_read(&mut self, buf: &mut [u8]) -> nb::Result<usize, P::Error> {
        let n = self.port.try_read(buf)?;
        match *self.fate.lock().unwrap() {
            Fate::Fine => return Ok(n),
            Fate::Silent => buf[..n].fill(0),
            Fate::Garbled => {
                buf[..n].iter_mut().for_each(|byte| *byte ^= 0x5A);
                return Ok(n);
            }
        }
        Err(nb::Error::WouldBlock)
    }

    fn try_write(&mut self, bytes: &[u8]) -> nb::Result<usize, P::Error> {
        self.port.try_write(bytes)
    }

    fn baud(&mut self) -> Option<&mut dyn SetBaud<Error = P::Error>> {
        self.port.baud()
    }

    fn card(&mut self) -> Option<&mut dyn CardLines<Error = P::Error>> {
        self.port.card()
    }
}

/// How a command can end.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum End {
    Well,
    Pulled,
    Line(Fate),
}

const ENDS: [End; 4] = [End::Well, End::Pulled, End::Line(Fate::Silent), End::Line(Fate::Garbled)];

/// A driver with an active card.
struct Bench<D> {
    driver: D,
    clock: VirtualClock,
    fate: Arc<Mutex<Fate>>,
    pull: Box<dyn FnMut()>,
}

/// A wire for a bench.
fn wire<P>(port: P) -> (Wire<P>, Arc<Mutex<Fate>>) {
    let fate = Arc::<Mutex<Fate>>::default();
    (Wire { port, fate: Arc::clone(&fate) }, fate)
}

/// A driver that carries APDUs.
trait Carries: Debug + Sized {
    type Port: Port + Debug;
    type Transmit: Exchange<Link: Debug, Fault: Debug> + Debug;

    fn send(&mut self, command: &[u8]) -> Call<'_, Self::Port, Self::Transmit>;
}

/// The bytes in none of the ways that `Debug` has.
fn shows(text: &str, secret: &[u8]) -> bool {
    let joined = |separator: &str, byte: &dyn Fn(&u8) -> String| {
        secret[..3].iter().map(byte).collect::<Vec<_>>().join(separator).to_uppercase()
    };
    let text = text.to_uppercase();
    [
        joined(", ", &|byte| format!("{byte}")),
        joined(", ", &|byte| format!("{byte:x}")),
        joined(", ", &|byte| format!("{byte:#x}")),
        joined(" ", &|byte| format!("{byte:02x}")),
        joined("", &|byte| format!("{byte:02x}")),
    ]
    .iter()
    .any(|wrong| text.contains(wrong))
}

impl<D: Carries> Bench<D> {
    /// Sends a command; after some steps, what is to happen happens. Whether
    /// the command ended well; and whether it was still on its way then.
    fn send(&mut self, command: &[u8], end: End, steps: usize) -> (bool, bool) {
        let mut call = self.driver.send(command);
        for _ in 0..steps {
            let text = format!("{call:?}");
            assert!(!shows(&text, &PIN) && !shows(&text, &ACCOUNT), "{text}");
            match call.poll(self.clock.now()) {
                Err(nb::Error::WouldBlock) => self.clock.advance(Duration::from_micros(400)),
                other => return (other.is_ok(), false),
            }
        }
        match end {
            End::Well => {}
            End::Pulled => (self.pull)(),
            End::Line(fate) => *self.fate.lock().unwrap() = fate,
        }
        (call.wait(&mut self.clock).is_ok(), true)
    }

    fn keeps(&self, secret: &[u8]) -> bool {
        secret.windows(3).any(|part| memory::holds(&self.driver, part))
    }
}

/// All of it, with a bench made anew for each try.
fn examine<D: Carries>(name: &str, bench: impl Fn() -> Bench<D>) {
    // Memory is looked at, and it is there to be seen.
    let mut seen = false;
    for end in ENDS {
        for steps in [0, 1, 2, 3, 5, 8, 13, 20, 30, 50, 80, 120, 200] {
            let mut bench = bench();
            let (well, ongoing) = bench.send(&VERIFY, end, steps);
            assert!(well || end != End::Well, "{name}: {end:?} after {steps}");
            assert!(!bench.keeps(&PIN), "{name}: PIN, {end:?} after {steps}");
            let text = format!("{:?}", bench.driver);
            assert!(!shows(&text, &PIN), "{name}: {text}");
            if !ongoing {
                break;
            }
            let mut call = bench.driver.send(&READ);
            for _ in 0..3 {
                _ = call.poll(bench.clock.now());
            }
        }
    }
    let mut bench = bench();
    assert!(bench.send(&READ, End::Well, 0).0, "{name}");
    seen |= bench.keeps(&ACCOUNT);
    let text = format!("{:?}", bench.driver);
    assert!(!shows(&text, &ACCOUNT), "{name}: {text}");
    assert!(bench.send(&CHALLENGE, End::Well, 0).0, "{name}");
    assert!(!bench.keeps(&ACCOUNT), "{name}: the record, after another command");
    assert!(bench.send(&READ, End::Well, 0).0, "{name}");
    assert!(!bench.send(&CHALLENGE, End::Pulled, 0).0, "{name}");
    assert!(!bench.keeps(&ACCOUNT), "{name}: the record, when the card is gone");
    assert!(seen, "{name}: the response is kept for the caller, or nothing is looked at");
}

impl<P: Port + Debug> Carries for SerialCcid<P> {
    type Port = P;
    type Transmit = serial_ccid::Talk<serial_ccid::Transmit<'static>>;

    fn send(&mut self, command: &[u8]) -> Call<'_, P, Self::Transmit> {
        self.transmit(command)
    }
}

fn serial(level: Level, exchanges: Exchanges, card: fn() -> Held) {
    examine(&format!("serial CCID, {level:?}"), || {
        let mut clock = VirtualClock::new();
        let device = Simulated::new(CcidReader::new().with_level(exchanges));
        device.device().insert(card());
        let (port, fate) = wire(device.port(clock.clone()));
        let config = serial_ccid::Config { level, ..serial_ccid::Config::DEFAULT };
        let mut driver = SerialCcid::new(port, config);
        driver.activate().wait(&mut clock).unwrap();
        let pull = Box::new(move || _ = device.device().remove());
        Bench { driver, clock, fate, pull }
    });
}

#[test]
fn serial_ccid_with_blocks() {
    serial(Level::Tpdu, Exchanges::Tpdu, || T1Card::new(Keeper).into());
}

#[test]
fn serial_ccid_with_tpdus() {
    serial(Level::Tpdu, Exchanges::Tpdu, || TpduCard::new(Keeper).into());
}

#[test]
fn serial_ccid_with_apdus() {
    serial(Level::ShortApdu, Exchanges::ShortApdu, || ApduCard::new(Keeper).into());
    serial(Level::ExtendedApdu, Exchanges::ExtendedApdu, || ApduCard::new(Keeper).into());
}

impl<P: Port + Debug> Carries for ContactReader<P> {
    type Port = P;
    type Transmit = embedded_pos::card::contact::reader::Talk<'static>;

    fn send(&mut self, command: &[u8]) -> Call<'_, P, Self::Transmit> {
        self.transmit(command)
    }
}

fn contact(name: &str, insert: fn(&Socket)) {
    examine(name, || {
        let mut clock = VirtualClock::in_steps(Duration::from_micros(50));
        let socket = Socket::tda8035(clock.clone());
        let pins = socket.pins();
        let supply = (pins.en_5v, pins.en_1v8n);
        let slot = PinSlot::new(pins.cmdvccn, pins.rstin, pins.offn, supply, Chip::TDA8035);
        let uart = HalfDuplex::new(socket.uart(), clock.clone(), true);
        let (port, fate) = wire(Contacts::new(uart, slot));
        let mut driver = ContactReader::new(port, Config::emv(4_000_000));
        insert(&socket);
        clock.advance(Duration::from_millis(30));
        driver.activate().wait(&mut clock).unwrap();
        Bench { driver, clock, fate, pull: Box::new(move || socket.remove()) }
    });
}

#[test]
fn contact_reader_with_t0() {
    contact("contact reader, T=0", |socket| socket.insert(T0Card::new(Keeper)));
}

#[test]
fn contact_reader_with_t1() {
    contact("contact reader, T=1", |socket| socket.insert(T1Card::new(Keeper)));
    contact("contact reader, T=1 in small blocks", |socket| {
        socket.insert(T1Card::new(Keeper).with_ifsc(16));
    });
}

impl<P: Port + Debug> Carries for t0::Line<P> {
    type Port = P;
    type Transmit = t0::Transmit<'static>;

    fn send(&mut self, command: &[u8]) -> Call<'_, P, Self::Transmit> {
        self.transmit(command)
    }
}

impl<P: Port + Debug> Carries for t1::Line<P> {
    type Port = P;
    type Transmit = t1::Transmit<'static>;

    fn send(&mut self, command: &[u8]) -> Call<'_, P, Self::Transmit> {
        self.transmit(command)
    }
}

/// A bare line does not know that a card was pulled: it is silent.
fn cut(fate: &Arc<Mutex<Fate>>) -> Box<dyn FnMut()> {
    let fate = Arc::clone(fate);
    Box::new(move || *fate.lock().unwrap() = Fate::Silent)
}

#[test]
fn a_line_of_t0() {
    examine("T=0", || {
        let clock = VirtualClock::new();
        let device = Simulated::new(CardLine::new(T0Card::new(Keeper)));
        let (port, fate) = wire(device.port(clock.clone()));
        let timing = t0::Timing::new(10, 3_579_545, 372, 1);
        let driver = t0::Line::new(port, timing, t0::Limits::DEFAULT);
        let pull = cut(&fate);
        Bench { driver, clock, fate, pull }
    });
}

#[test]
fn a_line_of_t1() {
    for limits in [t1::Limits::DEFAULT, t1::Limits::EMV] {
        examine("T=1", || {
            let clock = VirtualClock::new();
            let card = T1Characters::from(T1Card::new(Keeper));
            let device = Simulated::new(CardLine::new(card));
            let (port, fate) = wire(device.port(clock.clone()));
            let timing = t1::Timing::new(&T1Parameters::default(), 3_579_545, 372, 1);
            let driver = t1::Line::new(port, timing, limits);
            let pull = cut(&fate);
            Bench { driver, clock, fate, pull }
        });
    }
}

impl<P: Port + Debug> Carries for Pn532<P> {
    type Port = P;
    type Transmit = pn532::Talk<pn532::Transmit<'static>>;

    fn send(&mut self, command: &[u8]) -> Call<'_, P, Self::Transmit> {
        self.transmit(command)
    }
}

#[test]
fn a_pn532() {
    examine("PN532", || {
        let mut clock = VirtualClock::new();
        let chip = Simulated::new(Pn532Chip::new());
        let (port, fate) = wire(chip.port(clock.clone()));
        let mut driver = Pn532::new(port, pn532::Config::DEFAULT);
        let card = chip.device().air.add(IsoDepCard::type_a(Keeper).with_uid(&[1, 2, 3, 4]));
        driver.activate().wait(&mut clock).unwrap();
        let pull = Box::new(move || _ = chip.device().air.remove(card));
        Bench { driver, clock, fate, pull }
    });
}

impl<P: Port + Debug, F: contactless::FrontEnd<Fault: Debug> + Debug> Carries
    for Contactless<P, F>
{
    type Port = P;
    type Transmit = contactless::Talk<contactless::Transmit<'static>, F>;

    fn send(&mut self, command: &[u8]) -> Call<'_, P, Self::Transmit> {
        self.transmit(command)
    }
}

fn contactless<M: Modelled + 'static>(name: &str)
where
    M::Chip: Debug,
{
    examine(name, || {
        let mut clock = VirtualClock::new();
        let bus = OnSpi::new(M::new(), clock.clone());
        let (port, fate) = wire(SpiTransfers::new(bus.clone()));
        let config = contactless::Config::EMV;
        let mut driver = Contactless::over(port, M::chip(config.rates), config);
        let card = bus.chip().air().add(IsoDepCard::type_a(Keeper).with_uid(&[1, 2, 3, 4]));
        driver.activate().wait(&mut clock).unwrap();
        let pull = Box::new(move || _ = bus.chip().air().remove(card));
        Bench { driver, clock, fate, pull }
    });
}

#[test]
fn an_mfrc522() {
    contactless::<Mfrc522Model>("MFRC522");
}

#[test]
fn an_st25r3916() {
    contactless::<St25r3916Model>("ST25R3916");
}
