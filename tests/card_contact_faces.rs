//! One card behind every chip and behind serial CCID, blocking and async: the
//! same APDUs, the same answers. And what a plain UART makes of a card's
//! characters.

use std::cell::RefCell;
use std::collections::VecDeque;

use embedded_pos::card::contact::reader::{Config, ContactReader};
use embedded_pos::card::contact::{Contacts, HalfDuplex, Shared, SharedLine, SmartcardPhy};
use embedded_pos::card::reader::serial_ccid::{self, SerialCcid};
use embedded_pos::card::reader::tda8007::{self, Tda8007};
use embedded_pos::card::reader::tda8026::{self, Tda8026};
use embedded_pos::card::reader::tda8035::{Chip, PinSlot};
use embedded_pos::card::{AsyncCardReader, Atr, CardReader, Convention, Response};
use embedded_pos::port::middleware::Tracer;
use embedded_pos::port::{CallError, Clocked, Contact, Duration, Framing, Line, Port, SetBaud};
use embedded_pos::sim::card::{
    CcidReader, EmvApplet, Personalisation, SimTda8007, SimTda8026, Socket, T1Card,
};
use embedded_pos::sim::issuer::Issuer;
use embedded_pos::sim::{Simulated, VirtualClock, block_on};
use embedded_pos::{Error, ErrorKind, ErrorType, nb};

/// Answers, refusals, and a command that is as long as can be.
fn commands() -> Vec<Vec<u8>> {
    vec![
        b"\x00\xA4\x04\x00\x0E1PAY.SYS.DDF01\x00".to_vec(),
        vec![0x00, 0xB2, 0x01, 0x0C, 0x00],
        vec![0x00, 0xB2, 0x02, 0x0C, 0x00],
        b"\x00\xA4\x04\x00\x07\xA0\x00\x00\x03\x33\x01\x01\x00".to_vec(),
        vec![0x80, 0xCA, 0x9F, 0x17, 0x00],
        vec![0x00, 0x20, 0x00, 0x80, 0x08, 0x24, 0x12, 0x34, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
        [&[0x80, 0xE2, 0x00, 0x00, 0xFF][..], &[0x5A; 255]].concat(),
    ]
}

fn card() -> T1Card {
    T1Card::new(EmvApplet::new(Personalisation::default(), &Issuer::default()))
}

fn log(reader: &mut impl CardReader) -> Vec<Vec<u8>> {
    let mut atr = [0; Atr::MAX];
    let len = reader.activate(&mut atr).unwrap();
    let mut log = vec![atr[..len].to_vec()];
    for command in commands() {
        let mut response = [0; Response::MAX];
        let len = reader.transmit(&command, &mut response).unwrap();
        log.extend([command, response[..len].to_vec()]);
    }
    reader.deactivate().unwrap();
    log
}

async fn log_async(reader: &mut impl AsyncCardReader) -> Vec<Vec<u8>> {
    reader.inserted().await.unwrap();
    let mut atr = [0; Atr::MAX];
    let len = reader.activate(&mut atr).await.unwrap();
    let mut log = vec![atr[..len].to_vec()];
    for command in commands() {
        let mut response = [0; Response::MAX];
        let len = reader.transmit(&command, &mut response).await.unwrap();
        log.extend([command, response[..len].to_vec()]);
    }
    reader.deactivate().await.unwrap();
    log
}

fn over_serial_ccid() -> Vec<Vec<u8>> {
    let clock = VirtualClock::new();
    let device = Simulated::new(CcidReader::new());
    device.device().insert(card());
    let driver = SerialCcid::new(device.port(clock.clone()), serial_ccid::Config::DEFAULT);
    log(&mut Clocked::new(driver, clock))
}

fn pin_reader(
    socket: &Socket,
    chip: Chip,
    clock: &VirtualClock,
) -> ContactReader<impl Port<Error: std::fmt::Debug> + use<>> {
    let pins = socket.pins();
    let supply = (pins.en_5v, pins.en_1v8n);
    let slot = PinSlot::new(pins.cmdvccn, pins.rstin, pins.offn, supply, chip);
    let uart = HalfDuplex::new(socket.uart(), clock.clone(), true);
    ContactReader::new(Contacts::new(uart, slot), Config::emv(4_000_000))
}

#[test]
fn the_same_session_behind_every_chip_and_serial_ccid() {
    let want = over_serial_ccid();
    assert_eq!(want.len(), 15);

    for chip in [Chip::TDA8035, Chip::TDA8024] {
        let clock = VirtualClock::in_steps(Duration::from_micros(50));
        let is_8035 = chip == Chip::TDA8035;
        let make = if is_8035 { Socket::tda8035 } else { Socket::tda8024 };
        let socket = make(clock.clone());
        socket.insert(card());
        clock.advance(Duration::from_millis(30));
        let reader = pin_reader(&socket, chip, &clock);
        assert_eq!(log(&mut Clocked::new(reader, clock)), want);
        assert_eq!(socket.violations(), [""; 0]);
    }

    let clock = VirtualClock::in_steps(Duration::from_micros(50));
    let sim = SimTda8026::new(clock.clone());
    sim.insert(3, card());
    let chip = RefCell::new(Tda8026::new(sim.i2c()));
    chip.borrow_mut().init().unwrap();
    let line = RefCell::new(SharedLine::new(HalfDuplex::new(sim.uart(2), clock.clone(), true)));
    let slot = Tda8026::slot(&chip, tda8026::Number::Three);
    let reader = ContactReader::new(Shared::new(&line, slot, 3), Config::emv(4_000_000));
    assert_eq!(log(&mut Clocked::new(reader, clock)), want);
    assert_eq!(sim.violations(), [""; 0]);

    let clock = VirtualClock::in_steps(Duration::from_micros(50));
    let sim = SimTda8007::new(clock.clone(), 14_745_600);
    sim.insert(2, card());
    let chip = RefCell::new(Tda8007::new(sim.bus(), tda8007::Divider::Four));
    chip.borrow_mut().init().unwrap();
    let line = RefCell::new(SharedLine::new(Tda8007::uart(&chip)));
    let slot = Tda8007::slot(&chip, tda8007::Number::Two);
    let reader = ContactReader::new(Shared::new(&line, slot, 2), Config::emv(14_745_600 / 4));
    assert_eq!(log(&mut Clocked::new(reader, clock)), want);
    assert_eq!(sim.violations(), [""; 0]);
}

#[test]
fn the_async_twin_does_the_same() {
    let clock = VirtualClock::in_steps(Duration::from_micros(50));
    let socket = Socket::tda8035(clock.clone());
    socket.insert(card());
    let reader = pin_reader(&socket, Chip::TDA8035, &clock);
    let mut reader = Clocked::<_, _>::new(reader, clock.clone());
    let have = block_on(log_async(&mut reader));
    assert_eq!(have, over_serial_ccid());
    socket.remove();
    clock.advance(Duration::from_millis(10));
    block_on(reader.removed()).unwrap();
    assert_eq!(socket.violations(), [""; 0]);
}

#[test]
fn a_future_that_is_dropped_loses_no_card() {
    let clock = VirtualClock::in_steps(Duration::from_micros(50));
    let socket = Socket::tda8035(clock.clone());
    socket.insert(T1Card::echo());
    let reader = pin_reader(&socket, Chip::TDA8035, &clock);
    let mut reader = Clocked::<_, _>::new(reader, clock.clone());
    block_on(reader.inserted()).unwrap();
    let mut atr = [0; Atr::MAX];
    {
        let mut half = std::pin::pin!(reader.activate(&mut atr));
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        for _ in 0..200 {
            assert!(half.as_mut().poll(&mut context).is_pending());
        }
    }
    assert!(block_on(reader.activate(&mut atr)).is_ok());
    let mut response = [0; 8];
    let command = [0x00, 0xB2, 0x01, 0x0C, 0x01];
    assert_eq!(block_on(reader.transmit(&command, &mut response)).unwrap(), 3);
    assert_eq!(socket.violations(), [""; 0]);
}

/// A port that leads to no card, and one seen through by a tracer.
#[test]
fn a_port_that_leads_to_no_card_says_so() {
    let mut clock = VirtualClock::new();
    let mut reader = ContactReader::new(Wire::default(), Config::emv(4_000_000));
    let error = reader.activate().wait(&mut clock).unwrap_err();
    assert_eq!(error, CallError::Line(Line::Card(Contact::Take)));
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert_eq!(error.to_string(), "this port does not lead to a card");

    let clock = VirtualClock::in_steps(Duration::from_micros(50));
    let socket = Socket::tda8035(clock.clone());
    socket.insert(T1Card::echo());
    clock.advance(Duration::from_millis(10));
    let port = pin_reader(&socket, Chip::TDA8035, &clock).release();
    let traced = Tracer::new(port, Count(0));
    let mut reader = ContactReader::new(traced, Config::emv(4_000_000));
    reader.activate().wait(&mut clock.clone()).unwrap();
    // The ATR, and S(IFS) with its answer.
    assert_eq!(reader.release().release().1.0, 12 + 5 + 5);
}

struct Count(usize);

impl embedded_pos::port::middleware::Trace for Count {
    fn bytes(&mut self, _: embedded_pos::port::middleware::Direction, bytes: &[u8]) {
        self.0 += bytes.len();
    }
}

/// A UART from its bytes.
#[derive(Debug, Default)]
struct Wire {
    incoming: VecDeque<Result<u8, Noise>>,
    /// What comes after a write.
    then: VecDeque<Result<u8, Noise>>,
    sent: Vec<u8>,
    settings: Vec<String>,
    no_parity: bool,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Noise;

impl std::fmt::Display for Noise {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("noise")
    }
}

impl std::error::Error for Noise {}

impl Error for Noise {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Line
    }
}

impl ErrorType for Wire {
    type Error = Noise;
}

impl Port for Wire {
    fn try_read(&mut self, buf: &mut [u8]) -> nb::Result<usize, Noise> {
        let mut n = 0;
        for slot in buf {
            match self.incoming.front() {
                Some(Ok(byte)) => *slot = *byte,
                Some(Err(_)) if n == 0 => {
                    self.incoming.pop_front();
                    return Err(nb::Error::Other(Noise));
                }
                _ => break,
            }
            self.incoming.pop_front();
            n += 1;
        }
        if n == 0 { Err(nb::Error::WouldBlock) } else { Ok(n) }
    }

    fn try_write(&mut self, bytes: &[u8]) -> nb::Result<usize, Noise> {
        self.sent.extend(bytes);
        self.incoming.append(&mut self.then);
        Ok(bytes.len())
    }

    fn baud(&mut self) -> Option<&mut dyn SetBaud<Error = Noise>> {
        Some(self)
    }
}

impl SetBaud for Wire {
    fn set_baud(&mut self, baud: u32) -> Result<(), Noise> {
        self.settings.push(baud.to_string());
        Ok(())
    }

    fn set_parity(&mut self, odd: bool) -> Result<bool, Noise> {
        self.settings.push(if odd { "odd" } else { "even" }.into());
        Ok(!self.no_parity)
    }
}

fn read(uart: &mut HalfDuplex<Wire, VirtualClock>) -> Vec<u8> {
    let mut all = Vec::new();
    let mut buf = [0; 8];
    for _ in 0..100 {
        match uart.try_read(&mut buf) {
            Ok(n) => all.extend(&buf[..n]),
            Err(nb::Error::WouldBlock) => {}
            Err(nb::Error::Other(error)) => panic!("{error}"),
        }
    }
    all
}

fn uart(
    incoming: &[Result<u8, Noise>],
    echo: bool,
) -> (HalfDuplex<Wire, VirtualClock>, VirtualClock) {
    let clock = VirtualClock::new();
    let wire = Wire { incoming: incoming.iter().copied().collect(), ..Wire::default() };
    (HalfDuplex::new(wire, clock.clone(), echo), clock)
}

#[test]
fn a_plain_uart_is_set_and_turned_over() {
    // An inverse card without parity check, and with it: 3F comes as 03.
    for first in [Ok(0x03), Err(Noise)] {
        let (mut uart, _) = uart(&[first, Ok(0xFF), Ok(0x23)], false);
        uart.configure(&Framing::initial(3_571_200)).unwrap();
        assert_eq!(read(&mut uart), [0x3F, 0x00, 0x3B]);
        let wire = uart.release().0;
        assert_eq!(wire.settings, ["9600", "even", "odd"]);
    }
    let (mut uart, _) = uart(&[Ok(0x3B), Ok(0x03)], false);
    uart.configure(&Framing::initial(3_571_200)).unwrap();
    assert_eq!(read(&mut uart), [0x3B, 0x03]);
    let fast = Framing { f: 372, d: 4, ..Framing::initial(3_571_200) };
    let inverse = Some(Convention::Inverse);
    uart.configure(&Framing { convention: inverse, ..fast }).unwrap();
    assert_eq!(uart.try_write(&[0x3F, 0x00]), Ok(2));
    let wire = uart.release().0;
    assert_eq!(wire.sent, [0x03, 0xFF]);
    assert_eq!(wire.settings, ["9600", "even", "38400", "odd"]);
}

#[test]
fn a_uart_without_parity_setting_is_for_direct_cards() {
    let wire = Wire { no_parity: true, ..Wire::default() };
    let mut uart = HalfDuplex::new(wire, VirtualClock::new(), false);
    assert_eq!(uart.configure(&Framing::initial(4_000_000)), Ok(()));
    let inverse = Some(Convention::Inverse);
    let framing = Framing { convention: inverse, ..Framing::initial(4_000_000) };
    assert_eq!(uart.configure(&framing).unwrap_err().kind(), ErrorKind::Unsupported);
}

#[test]
fn what_is_heard_of_oneself_is_skipped_and_what_is_damaged_is_counted() {
    let echo = [Ok(1), Err(Noise), Ok(3)];
    let answer = [Ok(7), Err(Noise), Ok(9)];
    // What came before is no echo, and nobody waits for it.
    let incoming = [Ok(4), Err(Noise)].into();
    let then = echo.into_iter().chain(answer).collect();
    let wire = Wire { incoming, then, ..Wire::default() };
    let mut uart = HalfDuplex::new(wire, VirtualClock::new(), true);
    let direct = Some(Convention::Direct);
    uart.configure(&Framing { convention: direct, ..Framing::initial(4_000_000) }).unwrap();
    assert_eq!(uart.try_write(&[1, 2, 3]), Ok(3));
    assert_eq!(read(&mut uart), [7, 9]);
    assert_eq!((uart.flaws(), uart.flaws()), (1, 0));
}

#[test]
fn errors_without_end_are_the_ports() {
    let (mut uart, _) = uart(&[Err(Noise); 200], false);
    let direct = Some(Convention::Direct);
    uart.configure(&Framing { convention: direct, ..Framing::initial(4_000_000) }).unwrap();
    let errors =
        (0..200).filter(|_| matches!(uart.try_read(&mut [0; 4]), Err(nb::Error::Other(_))));
    assert_eq!(errors.count(), 200 - 63);
}

#[test]
fn extra_guard_time_is_kept_by_the_clock() {
    let (mut uart, clock) = uart(&[], false);
    let direct = Some(Convention::Direct);
    // 12 + 5 etu of 93 us.
    let framing = Framing { convention: direct, extra: 5, ..Framing::initial(4_000_000) };
    uart.configure(&framing).unwrap();
    let mut times = Vec::new();
    for at in 0..60 {
        if uart.try_write(&[at]).is_ok() {
            times.push(at);
        }
        clock.advance(Duration::from_micros(94));
    }
    assert_eq!(times, [0, 17, 34, 51]);
}

#[test]
fn the_etu_in_hertz_and_microseconds() {
    let framing = Framing::initial(3_579_545);
    assert_eq!(framing.baud(), 9_622);
    assert_eq!(framing.etu(12), Duration::from_micros(1_248));
    assert_eq!(framing.cycles(42_000), Duration::from_micros(11_736));
    let fast = Framing { f: 512, d: 32, ..framing };
    assert_eq!((fast.baud(), fast.etu(1)), (223_722, Duration::from_micros(5)));
    for (extra, block, guard) in
        [(0, false, 12), (0, true, 12), (255, false, 12), (255, true, 11), (254, true, 266)]
    {
        assert_eq!(Framing { extra, block, ..framing }.guard(), guard);
    }
    // Nothing divides by what does not exist.
    let absurd = Framing { clock: 0, f: 0, d: 0, ..framing };
    assert_eq!((absurd.baud(), absurd.etu(3)), (0, Duration::from_secs(3)));
}
