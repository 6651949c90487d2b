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
        apart: 0,
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

/// A device that never stops talking, and says nothing that is asked for.
struct Babbler;

impl ErrorType for Babbler {
    type Error = Infallible;
}

impl Port for Babbler {
    fn try_read(&mut self, buf: &mut [u8]) -> nb::Result<usize, Infallible> {
        buf.fill(0);
        Ok(buf.len())
    }

    fn try_write(&mut self, bytes: &[u8]) -> nb::Result<usize, Infallible> {
        Ok(bytes.len())
    }
}

/// The same for the async face; nothing it does ever waits.
struct AsyncBabbler;

impl embedded_io::ErrorType for AsyncBabbler {
    type Error = Infallible;
}

impl embedded_io_async::Read for AsyncBabbler {
    async fn read(&mut self, buf: &mut [u8]) -> Result<usize, Infallible> {
        Babbler.try_read(buf).map_err(|_| unreachable!())
    }
}

impl embedded_io_async::Write for AsyncBabbler {
    async fn write(&mut self, buf: &[u8]) -> Result<usize, Infallible> {
        Ok(buf.len())
    }

    async fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

/// Polls no more often than this, so that a test that hangs fails.
fn polled<T>(most: usize, future: impl Future<Output = T>) -> T {
    let mut future = core::pin::pin!(future);
    let mut context = core::task::Context::from_waker(core::task::Waker::noop());
    for _ in 0..most {
        if let core::task::Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
    panic!("the future does not end");
}

/// Reads the clock no more often than this, for the same reason.
struct Impatient<C>(C, u32);

impl<C: Clock> Clock for Impatient<C> {
    fn now(&mut self) -> Instant {
        self.1 = self.1.checked_sub(1).expect("the conversation does not end");
        self.0.now()
    }

    fn idle(&mut self, until: Instant) {
        self.0.idle(until);
    }
}

impl embedded_pos::port::Timer for Impatient<VirtualClock> {
    fn now(&mut self) -> Instant {
        Clock::now(self)
    }

    async fn sleep_until(&mut self, until: Instant) {
        embedded_pos::port::Timer::sleep_until(&mut self.0, until).await;
    }
}

struct NoDelay;

impl embedded_hal::delay::DelayNs for NoDelay {
    fn delay_ns(&mut self, _ns: u32) {}
}

#[test]
fn a_babbling_device_holds_no_face() {
    const MOST: u32 = 200_000;
    let mut driver = Driver::new(Babbler);
    let timeout = CallError::Device(ErrorKind::Timeout);
    let mut clock = Impatient(DelayClock::new(NoDelay), MOST);
    assert_eq!(driver.ask(1).wait(&mut clock), Err(timeout));

    let mut clock = Impatient(VirtualClock::new(), MOST);
    let mut call = driver.ask(1);
    assert_eq!(call.poll(clock.now()), Err(nb::Error::WouldBlock), "it returns");
    assert_eq!(driver.ask(1).wait(&mut clock), Err(timeout));

    let mut driver = Driver::new(AsyncBabbler);
    let result = polled(100_000, driver.ask(1).run(&mut clock));
    assert_eq!(result, Err(CallError::Device(ErrorKind::Timeout)));
}

/// A buffered async stream: nothing leaves before it is flushed. Its writes
/// take `room` bytes, then none; its reads wait.
#[derive(Default)]
struct Buffered {
    buffer: Vec<u8>,
    sent: Vec<u8>,
    room: usize,
}

impl embedded_io::ErrorType for Buffered {
    type Error = Infallible;
}

impl embedded_io_async::Read for Buffered {
    async fn read(&mut self, _buf: &mut [u8]) -> Result<usize, Infallible> {
        core::future::pending().await
    }
}

impl embedded_io_async::Write for Buffered {
    async fn write(&mut self, buf: &[u8]) -> Result<usize, Infallible> {
        let n = buf.len().min(self.room);
        self.room -= n;
        self.buffer.extend_from_slice(&buf[..n]);
        Ok(n)
    }

    async fn flush(&mut self) -> Result<(), Infallible> {
        self.sent.append(&mut self.buffer);
        Ok(())
    }
}

/// Sends three bytes; then tells, pauses, or is done.
#[derive(Debug)]
struct Shout {
    left: &'static [u8],
    end: Instant,
    then: Vec<Step<(), ErrorKind, ()>>,
}

impl Shout {
    fn then(steps: &[Step<(), ErrorKind, ()>]) -> Self {
        let then = steps.iter().rev().copied().collect();
        Self { left: &[1, 2, 3], end: Instant::from_micros(50_000), then }
    }
}

impl Exchange for Shout {
    type Link = ();
    type Output = ();
    type Fault = ErrorKind;
    type Event = ();

    fn step(&mut self, (): &mut (), now: Instant) -> StepOf<Self> {
        match self {
            Self { left: [], then, .. } => then.pop().unwrap(),
            Self { end, .. } if now >= *end => Step::Done(Err(ErrorKind::Timeout)),
            Self { end, .. } => Step::Send { until: *end },
        }
    }

    fn outgoing<'a>(&'a self, (): &'a ()) -> &'a [u8] {
        self.left
    }

    fn sent(&mut self, (): &mut (), n: usize, _now: Instant) {
        assert!(n > 0, "nothing went out");
        self.left = &self.left[n..];
    }

    fn received(&mut self, (): &mut (), bytes: &[u8], _now: Instant) -> usize {
        bytes.len()
    }
}

#[test]
fn what_was_written_is_flushed_before_anything_else() {
    let until = Instant::from_micros(20_000);
    let done = Step::Done(Ok(()));
    for then in [
        &[done][..],
        &[Step::Pause { until }, done],
        &[Step::Event(()), done],
        &[Step::Receive { until }, done],
    ] {
        let mut clock = VirtualClock::new();
        let mut channel = Channel::new(Buffered { room: 3, ..Buffered::default() });
        let mut link = ();
        let mut call = channel.call(&mut link, Shout::then(then));
        polled(10_000, call.run_event(&mut clock)).unwrap();
        assert_eq!(channel.release().sent, [1, 2, 3], "{then:?}");
    }
}

#[test]
fn a_full_async_port_is_waited_for_and_costs_the_time_out() {
    let mut clock = Impatient(VirtualClock::new(), 10_000);
    let mut channel = Channel::new(Buffered { room: 2, ..Buffered::default() });
    let done = Shout::then(&[Step::Done(Ok(()))]);
    let result = polled(10_000, channel.call(&mut (), done).run(&mut clock));
    assert_eq!(result, Err(CallError::Device(ErrorKind::Timeout)));
    assert_eq!(Clock::now(&mut clock), Instant::from_micros(50_000));
}

#[test]
fn what_a_host_gave_up_does_not_come_in_place_of_what_it_says_next() {
    let mut clock = VirtualClock::new();
    let device = Simulated::new(Echo::default());
    let plan = FaultPlan {
        seed: 1,
        inbound: Faults::empty(),
        outbound: Faults::DELAY,
        one_in: 1,
        apart: 0,
        at_most: 1,
        delay: Duration::from_millis(20),
    };
    let mut port = FaultInjector::new(device.port(clock.clone()), clock.clone(), plan);
    assert_eq!(port.try_write(&[0xAA]), Err(nb::Error::WouldBlock), "the line stands still");
    clock.advance(Duration::from_millis(20));
    assert_eq!(port.try_write(&[0x55]), Ok(1));
    assert_eq!(device.device().0, [0x55]);
    assert_eq!(port.try_read(&mut [0; 4]), Ok(1));
    clock.idle(Instant::ZERO);
}

#[test]
fn an_error_behind_bytes_is_told_after_them() {
    use embedded_hal_nb::serial::ErrorKind::Overrun;
    let plan = FaultPlan {
        seed: 1,
        inbound: Faults::empty(),
        outbound: Faults::empty(),
        one_in: 1,
        apart: 0,
        at_most: 0,
        delay: Duration::ZERO,
    };
    let uart = || NbPort::new(OneByte(vec![Ok(1), Ok(2), Err(Overrun), Ok(3)], None));
    type NbError = embedded_pos::port::adapter::NbError<embedded_hal_nb::serial::ErrorKind>;
    let told = |port: &mut dyn Port<Error = NbError>| {
        let mut buf = [0; 8];
        assert_eq!(port.try_read(&mut buf), Ok(2));
        let Err(nb::Error::Other(error)) = port.try_read(&mut buf) else { panic!("not told") };
        assert_eq!(error.kind(), ErrorKind::Line);
        assert_eq!(port.try_read(&mut buf), Ok(1));
        assert_eq!(buf[0], 3);
    };
    told(&mut uart());
    told(&mut FaultInjector::new(uart(), VirtualClock::new(), plan));
}

#[test]
fn a_conversation_that_changes_the_speed_can_be_recorded() {
    let mut clock = VirtualClock::new();
    let device = Simulated::new(Answerer::default());
    let mut speed = 0;
    let port = WithBaud::new(device.port(clock.clone()), |_: &mut _, baud| {
        speed = baud;
        Ok(())
    });
    let mut buf = [0; 200];
    let mut driver = Driver::new(Recorder::new(port, clock.clone(), &mut buf));
    assert_eq!(driver.channel.call(&mut (), Faster(false)).wait(&mut clock), Ok(()));
    assert_eq!(driver.ask(3).wait(&mut clock), Ok(3));
    let recorder = driver.channel.release();
    // [3, 3] is part of the answer; a recording may hold secrets.
    assert!(!format!("{recorder:?}").contains("3, 3"));
    let (_, recording) = recorder.release();
    assert_eq!(speed, 115_200);

    let mut driver = Driver::new(Replayer::new(clock.clone(), recording));
    assert!(!format!("{:?}", driver.channel).contains("3, 3"));
    assert_eq!(driver.channel.call(&mut (), Faster(false)).wait(&mut clock), Ok(()));
    assert_eq!(driver.ask(3).wait(&mut clock), Ok(3));
}

#[test]
fn what_is_done_with_the_driver_abandons_a_pending_poll() {
    let clock = VirtualClock::new();
    let device = Simulated::new(Answerer::default());
    let driver = Driver::new(device.port(clock.clone()));
    let mut joined = Clocked::new(driver, clock.clone());
    let mut started = 0;
    for _ in 0..2 {
        let pending = joined.poll_with(
            |_| {
                started += 1;
                Ask::new(6)
            },
            |driver, ask, now| driver.channel.poll(ask, &mut driver.link, now),
        );
        assert_eq!(pending, Err(nb::Error::WouldBlock));
        joined.driver_mut().ask(1).wait(&mut clock.clone()).unwrap();
    }
    assert_eq!(started, 2);
}

#[test]
fn faults_are_kept_apart() {
    let plan = FaultPlan {
        seed: 3,
        inbound: Faults::FLIP,
        outbound: Faults::empty(),
        one_in: 2,
        apart: 20,
        at_most: 9,
        delay: Duration::ZERO,
    };
    let (read, injected) = one_way(plan, &[0; 400]);
    let flipped: Vec<usize> = (0..400).filter(|at| read[*at] != 0).collect();
    assert_eq!((flipped.len(), injected), (9, 9));
    assert!(flipped.windows(2).all(|pair| pair[1] - pair[0] > 20), "{flipped:?}");
}
