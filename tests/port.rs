//! The port seam: faces, adapters, middleware, with a small protocol of the
//! test's own.

use core::convert::Infallible;

use embedded_pos::port::adapter::{IoPort, NbPort, StreamPort, SystemClock, WithBaud};
use embedded_pos::port::middleware::{
    Direction, FaultInjector, FaultPlan, Faults, RecordError, Recorder, ReplayError, Replayer,
    Trace, Tracer,
};
use embedded_pos::port::{
    Call, CallError, Channel, Clock, Clocked, DelayClock, Duration, Exchange, Instant, Line, Port,
    Step, StepOf, Told,
};
use embedded_pos::sim::{Device, Fault, Outbox, Simulated, Unplugged, VirtualClock, block_on};
use embedded_pos::{Error, ErrorKind, ErrorType};
use proptest::prelude::*;

const TIMEOUT: Duration = Duration::from_millis(50);

/// Asks `[n]`; the answer is `[A5, n, n, .. (n times)]`. Tells when it begins.
#[derive(Debug)]
struct Ask {
    n: u8,
    sent: bool,
    told: bool,
    seen: Option<u8>,
    begun: bool,
    deadline: Option<Instant>,
}

impl Ask {
    fn new(n: u8) -> Self {
        Self { n, sent: false, told: false, seen: None, begun: false, deadline: None }
    }
}

impl Exchange for Ask {
    type Link = Vec<u8>;
    type Output = u8;
    type Fault = ErrorKind;
    type Event = &'static str;

    fn step(&mut self, _link: &mut Vec<u8>, now: Instant) -> StepOf<Self> {
        let until = *self.deadline.get_or_insert(now + TIMEOUT);
        if !self.sent && now < until {
            return Step::Send { until };
        }
        if self.seen == Some(self.n) {
            return Step::Done(Ok(self.n));
        }
        if self.begun && !self.told {
            self.told = true;
            return Step::Event("begun");
        }
        if now >= until { Step::Done(Err(ErrorKind::Timeout)) } else { Step::Receive { until } }
    }

    fn outgoing<'a>(&'a self, _link: &'a Vec<u8>) -> &'a [u8] {
        core::slice::from_ref(&self.n)
    }

    fn sent(&mut self, _link: &mut Vec<u8>, n: usize, _now: Instant) {
        self.sent = n == 1;
    }

    fn received(&mut self, link: &mut Vec<u8>, bytes: &[u8], _now: Instant) -> usize {
        for (i, byte) in bytes.iter().enumerate() {
            if self.seen == Some(self.n) {
                return i;
            }
            link.push(*byte);
            match (self.begun, *byte) {
                (false, 0xA5) => (self.begun, self.seen) = (true, Some(0)),
                (true, byte) if byte == self.n => self.seen = self.seen.map(|seen| seen + 1),
                _ => {}
            }
        }
        bytes.len()
    }
}

#[derive(Debug, Default)]
struct Answerer {
    outbox: Outbox,
    heard: Vec<u8>,
}

impl Device for Answerer {
    fn receive(&mut self, bytes: &[u8], now: Instant) {
        for n in bytes {
            self.heard.push(*n);
            let mut reply = vec![0xA5];
            reply.resize(1 + usize::from(*n), *n);
            self.outbox.push(now, Duration::from_millis(1), reply);
        }
    }

    fn transmit(&mut self, now: Instant) -> Vec<u8> {
        self.outbox.take(now)
    }
}

struct Driver<P> {
    channel: Channel<P>,
    link: Vec<u8>,
}

impl<P> Driver<P> {
    fn new(port: P) -> Self {
        Self { channel: Channel::new(port), link: Vec::new() }
    }

    fn ask(&mut self, n: u8) -> Call<'_, P, Ask> {
        self.channel.call(&mut self.link, Ask::new(n))
    }
}

#[test]
fn the_three_faces_have_the_same_conversation() {
    for chunk in [1, 2, 3, 64] {
        let clock = VirtualClock::new();
        let device = Simulated::new(Answerer::default());
        let mut driver = Driver::new(device.port(clock.clone()).chunked(chunk));

        assert_eq!(driver.ask(3).wait(&mut clock.clone()), Ok(3));

        let mut call = driver.ask(4);
        let polled = loop {
            match call.poll(Clock::now(&mut clock.clone())) {
                Err(nb::Error::WouldBlock) => clock.advance(Duration::from_micros(100)),
                other => break other,
            }
        };
        assert_eq!(polled, Ok(4));

        assert_eq!(block_on(driver.ask(5).run(&mut clock.clone())), Ok(5));
        let mut heard = vec![0xA5, 3, 3, 3, 0xA5, 4, 4, 4, 4, 0xA5];
        heard.extend([5; 5]);
        assert_eq!(driver.link, heard);
    }
}

#[test]
fn each_face_returns_to_its_caller_on_an_event() {
    let mut clock = VirtualClock::new();
    let device = Simulated::new(Answerer::default());
    let mut driver = Driver::new(device.port(clock.clone()).chunked(1));
    let mut call = driver.ask(2);
    assert_eq!(call.next(&mut clock), Ok(Told::Event("begun")));
    assert_eq!(call.next(&mut clock), Ok(Told::Done(2)));
    let mut call = driver.ask(2);
    assert_eq!(block_on(call.run_event(&mut clock)), Ok(Told::Event("begun")));
    assert_eq!(block_on(call.run_event(&mut clock)), Ok(Told::Done(2)));
}

#[test]
fn what_a_conversation_leaves_is_kept_for_the_next() {
    let mut clock = VirtualClock::new();
    let device = Simulated::new(Answerer::default());
    let mut driver = Driver::new(device.port(clock.clone()));
    device.device().outbox.inject(Fault::Repeated);
    assert_eq!(driver.ask(2).wait(&mut clock), Ok(2));
    // The second copy is still there, and satisfies the same question.
    device.device().outbox.inject(Fault::Silence);
    assert_eq!(driver.ask(2).wait(&mut clock), Ok(2));
    assert_eq!(driver.link, [0xA5, 2, 2, 0xA5, 2, 2]);
}

#[test]
fn a_silent_device_costs_the_time_out_and_no_more() {
    let mut clock = VirtualClock::new();
    let device = Simulated::new(Answerer::default());
    let mut driver = Driver::new(device.port(clock.clone()));
    for face in 0..2 {
        device.device().outbox.inject(Fault::Silence);
        let before = Clock::now(&mut clock);
        let result = match face {
            0 => driver.ask(9).wait(&mut clock),
            _ => match block_on(driver.ask(9).run(&mut clock)) {
                Err(CallError::Device(kind)) => Err(CallError::Device(kind)),
                other => panic!("{other:?}"),
            },
        };
        assert_eq!(result, Err(CallError::Device(ErrorKind::Timeout)));
        let took = Clock::now(&mut clock).since(before);
        assert!(took >= TIMEOUT && took <= TIMEOUT + VirtualClock::STEP, "{took:?}");
    }
}

#[test]
fn a_pulled_cable_is_the_ports_error() {
    let mut clock = VirtualClock::new();
    let device = Simulated::new(Answerer::default());
    let mut driver = Driver::new(device.port(clock.clone()));
    device.unplug();
    let error = driver.ask(1).wait(&mut clock).unwrap_err();
    assert_eq!(error, CallError::Port(Unplugged));
    assert_eq!(error.kind(), ErrorKind::Line);
    assert_eq!(error.to_string(), "port: the cable is pulled");
    device.plug();
    assert_eq!(driver.ask(1).wait(&mut clock), Ok(1));
}

#[test]
fn a_dropped_call_leaves_a_driver_that_works() {
    // Dropped after every number of polls, in both polled faces.
    for polls in 0..40 {
        let mut clock = VirtualClock::new();
        let device = Simulated::new(Answerer::default());
        let mut driver = Driver::new(device.port(clock.clone()).chunked(1));
        let mut call = driver.ask(7);
        for _ in 0..polls {
            if call.poll(Clock::now(&mut clock)).is_ok() {
                break;
            }
            clock.advance(Duration::from_micros(100));
        }
        assert_eq!(driver.ask(2).wait(&mut clock), Ok(2), "after {polls} polls");

        let mut future = Box::pin(driver.ask(7).run(&mut clock));
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        for _ in 0..polls {
            if future.as_mut().poll(&mut context).is_ready() {
                break;
            }
        }
        drop(future);
        assert_eq!(driver.ask(2).wait(&mut clock), Ok(2), "after {polls} polls of a future");
    }
}

#[test]
fn a_pending_poll_goes_on_where_it_was() {
    let clock = VirtualClock::new();
    let device = Simulated::new(Answerer::default());
    let driver = Driver::new(device.port(clock.clone()));
    let mut joined = Clocked::new(driver, clock.clone());
    let mut polls = 0;
    let answer = loop {
        polls += 1;
        match joined.poll_with(
            |_| Ask::new(6),
            |driver, ask, now| driver.channel.poll(ask, &mut driver.link, now),
        ) {
            Err(nb::Error::WouldBlock) => clock.advance(Duration::from_micros(100)),
            other => break other,
        }
    };
    assert_eq!(answer, Ok(6));
    assert!(polls > 5, "it had to wait");
    assert_eq!(device.device().heard, [6], "asked once, however often polled");
}

/// A conversation that only wants another speed.
struct Faster(bool);

impl Exchange for Faster {
    type Link = ();
    type Output = ();
    type Fault = ErrorKind;
    type Event = Infallible;

    fn step(&mut self, (): &mut (), _now: Instant) -> StepOf<Self> {
        if core::mem::replace(&mut self.0, true) {
            Step::Done(Ok(()))
        } else {
            Step::Set(Line::Baud(115_200))
        }
    }

    fn outgoing<'a>(&'a self, (): &'a ()) -> &'a [u8] {
        &[]
    }

    fn sent(&mut self, (): &mut (), _n: usize, _now: Instant) {}

    fn received(&mut self, (): &mut (), _bytes: &[u8], _now: Instant) -> usize {
        0
    }
}

#[test]
fn the_speed_is_changed_where_the_port_can() {
    let mut clock = VirtualClock::new();
    let device = Simulated::new(Answerer::default());
    let mut plain = Channel::new(device.port(clock.clone()));
    let refused = plain.call(&mut (), Faster(false)).wait(&mut clock);
    assert_eq!(refused, Err(CallError::Line(Line::Baud(115_200))));

    let mut speeds = Vec::new();
    let port = WithBaud::new(device.port(clock.clone()), |_: &mut _, baud| {
        speeds.push(baud);
        Ok(())
    });
    let mut channel = Channel::new(Tracer::new(port, Log::default()));
    assert_eq!(channel.call(&mut (), Faster(false)).wait(&mut clock), Ok(()));
    let (_, log) = channel.release().release();
    assert_eq!(log.0, ["= 115200"]);
    assert_eq!(speeds, [115_200]);
}

#[derive(Debug, Default)]
struct Log(Vec<String>);

impl Trace for Log {
    fn bytes(&mut self, direction: Direction, bytes: &[u8]) {
        self.0.push(format!("{direction:?} {bytes:02X?}"));
    }

    fn speed(&mut self, baud: u32) {
        self.0.push(format!("= {baud}"));
    }
}

#[test]
fn a_recording_replays_and_notices_a_changed_host() {
    let mut clock = VirtualClock::new();
    let device = Simulated::new(Answerer::default());
    let mut buf = [0; 200];
    let mut driver =
        Driver::new(Recorder::new(device.port(clock.clone()), clock.clone(), &mut buf));
    assert_eq!(driver.ask(3).wait(&mut clock), Ok(3));
    assert_eq!(driver.ask(2).wait(&mut clock), Ok(2));
    let (_, recording) = driver.channel.release().release();

    let mut clock = VirtualClock::new();
    let mut replayed = Driver::new(Replayer::new(clock.clone(), recording));
    assert_eq!(replayed.ask(3).wait(&mut clock), Ok(3));
    let error = replayed.ask(1).wait(&mut clock).unwrap_err();
    assert_eq!(
        error,
        CallError::Port(ReplayError::Differs { position: 1, recorded: Some(2), written: 1 })
    );
    assert_eq!(replayed.ask(2).wait(&mut clock), Ok(2));
    assert!(replayed.channel.port_mut().is_over());
    let over = replayed.ask(2).wait(&mut clock).unwrap_err();
    assert_eq!(over, CallError::Port(ReplayError::Over));
}

#[test]
fn a_full_recording_lets_nothing_pass_unrecorded() {
    let mut clock = VirtualClock::new();
    let device = Simulated::new(Answerer::default());
    let mut buf = [0; 8];
    let mut driver =
        Driver::new(Recorder::new(device.port(clock.clone()), clock.clone(), &mut buf));
    let error = driver.ask(3).wait(&mut clock).unwrap_err();
    assert_eq!(error, CallError::Port(RecordError::Full));
    assert_eq!(driver.channel.port_mut().recording().len(), 6);
}

proptest! {
    #[test]
    fn replaying_any_bytes_does_not_panic(recording: Vec<u8>, written: Vec<u8>) {
        let clock = VirtualClock::new();
        let mut replayer = Replayer::new(clock.clone(), &recording);
        let mut buf = [0; 16];
        for byte in written {
            let _ = replayer.try_write(&[byte]);
            let _ = replayer.try_read(&mut buf);
            clock.advance(Duration::from_secs(5000));
        }
    }

    #[test]
    fn faults_that_lose_nothing_change_nothing(seed: u64, bytes: Vec<u8>) {
        let faults = Faults::DELAY | Faults::SPLIT;
        let (read, injected) = through(seed, faults, &bytes);
        prop_assert_eq!(&read, &bytes);
        prop_assert!(injected <= 5);
    }

    #[test]
    fn each_fault_does_what_it_says(seed: u64, bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let (dropped, n) = through(seed, Faults::DROP, &bytes);
        prop_assert_eq!(dropped.len() + n as usize, bytes.len());
        let (doubled, n) = through(seed, Faults::DUPLICATE, &bytes);
        prop_assert_eq!(doubled.len(), bytes.len() + n as usize);
        let (inserted, n) = through(seed, Faults::INSERT, &bytes);
        prop_assert_eq!(inserted.len(), bytes.len() + n as usize);
        let (flipped, n) = through(seed, Faults::FLIP, &bytes);
        let bits: u32 = flipped.iter().zip(&bytes).map(|(a, b)| (a ^ b).count_ones()).sum();
        prop_assert_eq!(bits, n);
        let (cut, n) = through(seed, Faults::CUT, &bytes);
        prop_assert!(bytes.starts_with(&cut));
        prop_assert!(n <= 1 && (n == 1 || cut == bytes));
    }
}

/// Sends `bytes` through a fault injector in both directions: out to a device
/// that sends them back over a whole line, and in from one.
fn through(seed: u64, faults: Faults, bytes: &[u8]) -> (Vec<u8>, u32) {
    let inbound = FaultPlan {
        seed,
        inbound: faults,
        outbound: Faults::empty(),
        one_in: 10,
        at_most: 5,
        delay: Duration::from_millis(2),
    };
    let a = one_way(inbound, bytes);
    let b = one_way(FaultPlan { inbound: Faults::empty(), outbound: faults, ..inbound }, bytes);
    // Both directions keep the same books.
    assert_eq!(a.1, b.1);
    a
}

fn one_way(plan: FaultPlan, bytes: &[u8]) -> (Vec<u8>, u32) {
    let mut clock = VirtualClock::new();
    let device = Simulated::new(Echo::default());
    let mut port = FaultInjector::new(device.port(clock.clone()), clock.clone(), plan);
    let mut rest = bytes;
    let mut read = Vec::new();
    let mut buf = [0; 7];
    for _ in 0..2_000 {
        if let Ok(n) = port.try_write(rest) {
            rest = &rest[n..];
        }
        if let Ok(n) = port.try_read(&mut buf) {
            read.extend_from_slice(&buf[..n]);
        }
        clock.idle(Instant::FAR_FUTURE);
    }
    (read, port.injected())
}

#[derive(Debug, Default)]
struct Echo(Vec<u8>);

impl Device for Echo {
    fn receive(&mut self, bytes: &[u8], _now: Instant) {
        self.0.extend_from_slice(bytes);
    }

    fn transmit(&mut self, _now: Instant) -> Vec<u8> {
        std::mem::take(&mut self.0)
    }
}

/// An embedded-io stream whose writes take `room` bytes, then none, as some
/// HALs do against the contract.
struct Cramped {
    input: Vec<u8>,
    output: Vec<u8>,
    room: usize,
}

impl embedded_io::ErrorType for Cramped {
    type Error = embedded_io::ErrorKind;
}

impl embedded_io::Read for Cramped {
    fn read(&mut self, buf: &mut [u8]) -> Result<usize, Self::Error> {
        let n = buf.len().min(self.input.len());
        buf[..n].copy_from_slice(&self.input[..n]);
        self.input.drain(..n);
        Ok(n)
    }
}

impl embedded_io::ReadReady for Cramped {
    fn read_ready(&mut self) -> Result<bool, Self::Error> {
        Ok(!self.input.is_empty())
    }
}

impl embedded_io::Write for Cramped {
    fn write(&mut self, buf: &[u8]) -> Result<usize, Self::Error> {
        let n = buf.len().min(self.room);
        self.room -= n;
        self.output.extend_from_slice(&buf[..n]);
        Ok(n)
    }

    fn flush(&mut self) -> Result<(), Self::Error> {
        Ok(())
    }
}

#[test]
fn an_embedded_io_stream_is_a_port() {
    let mut port = IoPort::with_burst(Cramped { input: vec![1, 2, 3], output: vec![], room: 3 }, 2);
    assert_eq!(port.try_write(&[7, 8, 9, 10]), Ok(2));
    assert_eq!(port.try_write(&[9, 10]), Ok(1));
    assert_eq!(port.try_write(&[10]), Err(nb::Error::WouldBlock), "Ok(0) is no write, no panic");
    let mut buf = [0; 2];
    assert_eq!(port.try_read(&mut buf), Ok(2));
    assert_eq!(port.try_read(&mut buf), Ok(1));
    assert_eq!(port.try_read(&mut buf), Err(nb::Error::WouldBlock));
    assert_eq!(port.release().output, [7, 8, 9]);
}

/// A UART with one byte of room each way, and an error in between.
struct OneByte(Vec<Result<u8, embedded_hal_nb::serial::ErrorKind>>, Option<u8>);

impl embedded_hal_nb::serial::ErrorType for OneByte {
    type Error = embedded_hal_nb::serial::ErrorKind;
}

impl embedded_hal_nb::serial::Read for OneByte {
    fn read(&mut self) -> nb::Result<u8, Self::Error> {
        if self.0.is_empty() {
            return Err(nb::Error::WouldBlock);
        }
        Ok(self.0.remove(0)?)
    }
}

impl embedded_hal_nb::serial::Write for OneByte {
    fn write(&mut self, word: u8) -> nb::Result<(), Self::Error> {
        if self.1.is_some() {
            return Err(nb::Error::WouldBlock);
        }
        self.1 = Some(word);
        Ok(())
    }

    fn flush(&mut self) -> nb::Result<(), Self::Error> {
        Ok(())
    }
}

#[test]
fn an_embedded_hal_nb_serial_is_a_port() {
    use embedded_hal_nb::serial::ErrorKind::{Other, Overrun};
    let mut port = NbPort::new(OneByte(vec![Err(Overrun), Ok(1), Ok(2), Err(Other)], None));
    let mut buf = [0; 8];
    let Err(nb::Error::Other(error)) = port.try_read(&mut buf) else { panic!() };
    assert_eq!((error.kind(), error.to_string().as_str()), (ErrorKind::Line, "Overrun"));
    assert_eq!(port.try_read(&mut buf), Ok(2));
    assert_eq!(port.try_write(&[5, 6]), Ok(1));
    assert_eq!(port.try_write(&[6]), Err(nb::Error::WouldBlock));
    assert_eq!(port.release().1, Some(5));
}

#[test]
fn a_socket_is_a_port_and_its_end_is_said() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let device = Simulated::new(Answerer::default());
    let served = device.clone();
    let server = std::thread::spawn(move || {
        let mut port = StreamPort::tcp(listener.accept().unwrap().0).unwrap();
        served.serve(&mut port, &mut SystemClock::new()).unwrap();
    });
    let mut clock = SystemClock::new();
    let mut driver = Driver::new(StreamPort::connect(address).unwrap());
    assert_eq!(driver.ask(5).wait(&mut clock).unwrap(), 5);
    drop(driver);
    server.join().unwrap();

    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let mut port = StreamPort::connect(listener.local_addr().unwrap()).unwrap();
    drop(listener.accept().unwrap());
    let error = loop {
        match port.try_read(&mut [0; 4]) {
            Err(nb::Error::Other(error)) => break error,
            _ => clock.idle(Instant::FAR_FUTURE),
        }
    };
    assert_eq!(error.kind(), ErrorKind::Line);
}

#[test]
fn a_counting_clock_keeps_deadlines() {
    struct Nop(u64);
    impl embedded_hal::delay::DelayNs for Nop {
        fn delay_ns(&mut self, ns: u32) {
            self.0 += u64::from(ns);
        }
    }
    let device = Simulated::new(Answerer::default());
    let mut driver = Driver::new(device.port(VirtualClock::new()));
    let mut clock = DelayClock::new(Nop(0));
    let result = driver.ask(200).wait(&mut clock);
    assert_eq!(result, Err(CallError::Device(ErrorKind::Timeout)), "its own clock stands still");
    assert_eq!(clock.release().0, TIMEOUT.as_micros() * 1_000);
}

#[test]
fn times_saturate() {
    let end = Instant::FAR_FUTURE;
    assert_eq!(end + Duration::from_secs(u64::MAX), end);
    assert_eq!(Instant::ZERO.since(end), Duration::ZERO);
    assert_eq!(Duration::of_bytes(12, 10, 115_200), Duration::from_micros(1_042));
    assert_eq!(Duration::of_bytes(1, 10, 0), Duration::from_secs(10));
}

fn assert_error_type<T: ErrorType<Error = Unplugged>>() {}

#[test]
fn a_borrowed_port_is_a_port() {
    type Borrowed<'a> = &'a mut embedded_pos::sim::SimPort<Answerer, VirtualClock>;
    assert_error_type::<Borrowed<'_>>();
}
