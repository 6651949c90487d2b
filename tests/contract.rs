//! The contract of an exchange, with every driver: asked at the time it named,
//! it names a later one or ends. On a line that is stuck, silent or babbles.

use embedded_pos::card::contactless::{self, Contactless};
use embedded_pos::card::reader::mfrc522::{self, Mfrc522};
use embedded_pos::card::reader::pn532::{self, Pn532};
use embedded_pos::card::reader::serial_ccid::{self, SerialCcid};
use embedded_pos::card::reader::st25r3916::{self, St25r3916};
use embedded_pos::card::t1::{Limits, Line, Timing};
use embedded_pos::card::{T1Parameters, t0};
use embedded_pos::fingerprint::bmlite::{self, BmLite};
use embedded_pos::fingerprint::f5::{self, F5};
use embedded_pos::fingerprint::gt511::{self, Gt511};
use embedded_pos::fingerprint::sfm::{self, Sfm};
use embedded_pos::fingerprint::zfm::{self, Password, Zfm};
use embedded_pos::fingerprint::{Pgm, Slot};
use embedded_pos::port::{Clock, Duration, Instant, Port, SetBaud};
use embedded_pos::printer::Item;
use embedded_pos::printer::escpos::{EscPos, Profile, Timed};
use embedded_pos::scan::document::card::{IdText, NewestAddress};
use embedded_pos::scan::document::sdt::{self, Sdt};
use embedded_pos::scan::engine::datalogic::{self, Datalogic};
use embedded_pos::scan::engine::de2120::{self, De2120};
use embedded_pos::scan::engine::gm65::{self, Gm65, Register};
use embedded_pos::scan::engine::honeywell::{self, Honeywell};
use embedded_pos::scan::engine::line::{self, Framing, LineEngine};
use embedded_pos::scan::engine::m3y::{self, M3y};
use embedded_pos::scan::engine::newland::{self, Newland};
use embedded_pos::scan::engine::ssi::{self, Ssi};
use embedded_pos::scan::plate::feed::vzenith::{self, Vzenith};
use embedded_pos::scan::{Mode, Signals, Symbologies};
use embedded_pos::sim::Unplugged;
use embedded_pos::sim::card::IdealFrontEnd;
use embedded_pos::{ErrorType, nb};

#[path = "contract/contact.rs"]
mod contact;

/// A line on which nothing comes right.
#[derive(Clone, Copy, Debug)]
enum Bad {
    /// It takes nothing.
    Stuck,
    /// It says nothing.
    Silent,
    /// It says this all the time.
    Babbling(u8),
    /// The cable is pulled.
    Failing,
}

impl ErrorType for Bad {
    type Error = Unplugged;
}

impl Port for Bad {
    fn try_read(&mut self, buf: &mut [u8]) -> nb::Result<usize, Unplugged> {
        match self {
            Self::Babbling(byte) => buf.fill(*byte),
            Self::Failing => return Err(nb::Error::Other(Unplugged)),
            Self::Stuck | Self::Silent => return Err(nb::Error::WouldBlock),
        }
        Ok(buf.len())
    }

    fn try_write(&mut self, bytes: &[u8]) -> nb::Result<usize, Unplugged> {
        match self {
            Self::Stuck => Err(nb::Error::WouldBlock),
            Self::Failing => Err(nb::Error::Other(Unplugged)),
            Self::Silent | Self::Babbling(_) => Ok(bytes.len()),
        }
    }
}

/// Goes straight to the time it is told, and insists that it is later.
#[derive(Default)]
struct Strict {
    now: Instant,
    reads: u32,
}

impl Clock for Strict {
    fn now(&mut self) -> Instant {
        self.reads += 1;
        assert!(self.reads < 5_000_000, "it does not end");
        // A turn takes time: 64 bytes take 5.6 ms at 115 200 baud, the highest
        // speed used here.
        self.now += Duration::from_micros(5_000);
        self.now
    }

    fn idle(&mut self, until: Instant) {
        assert!(until > self.now, "waits for what is past: {until:?} at {:?}", self.now);
        assert!(until < Instant::FAR_FUTURE, "waits without end");
        self.now = until;
    }
}

/// Asserts that the call fails, and within so many seconds.
macro_rules! fails {
    ($call:expr, $secs:expr, $bad:expr) => {{
        let mut clock = Strict::default();
        let failed = $call.wait(&mut clock).is_err();
        assert!(failed, "{} with {:?}", stringify!($call), $bad);
        let took = clock.now.since(Instant::ZERO);
        let most = Duration::from_secs($secs);
        assert!(took <= most, "{} with {:?} took {took:?}", stringify!($call), $bad);
    }};
}

#[test]
fn every_conversation_ends_by_the_times_it_names() {
    let bytes = [0x00, 0x02, 0x03, 0x06, 0x12, 0x15, 0x55, 0x56, 0x5A, 0x80, 0xEF, 0xF5, 0xFF];
    let babble = bytes.into_iter().map(Bad::Babbling);
    for bad in [Bad::Stuck, Bad::Silent].into_iter().chain(babble) {
        // The longest times of a payment card (EMV Book 1, 8.3.3.10: CWI 5, BWI 4).
        let card = T1Parameters { bwi: 4, cwi: 5, ..T1Parameters::default() };
        let timing = Timing::new(&card, 3_579_545, 372, 1);
        fails!(Line::new(bad, timing, Limits::DEFAULT).transmit(&[0, 0xB2, 1, 0x0C, 0]), 600, bad);
        fails!(Line::new(bad, timing, Limits::DEFAULT).agree_ifs(254), 600, bad);

        let timing = t0::Timing::new(10, 3_579_545, 372, 1);
        let line = || t0::Line::new(bad, timing, t0::Limits::DEFAULT);
        fails!(line().transmit(&[0, 0xB2, 1, 0x0C, 0]), 600, bad);
        fails!(line().transmit(&[0, 0xA4, 4, 0, 2, 0x3F, 0, 0]), 600, bad);

        let mut reader = SerialCcid::new(bad, serial_ccid::Config::DEFAULT);
        fails!(reader.look(), 600, bad);
        fails!(reader.activate(), 600, bad);
        fails!(reader.deactivate(), 600, bad);
        fails!(reader.escape(&[0x02]), 600, bad);
        fails!(reader.parameters(), 600, bad);

        let mut reader = Mfrc522::new(bad, mfrc522::Config::MFRC522);
        fails!(reader.init(), 10, bad);
        fails!(reader.activate(), 10, bad);
        let mut reader = St25r3916::new(bad, st25r3916::Config::DEFAULT);
        fails!(reader.init(), 10, bad);
        fails!(reader.activate(), 10, bad);

        let mut reader = Pn532::new(bad, pn532::Config::DEFAULT);
        fails!(reader.init(), 60, bad);
        fails!(reader.look(), 60, bad);
        fails!(reader.activate(), 60, bad);
        fails!(reader.transmit(&[0, 0xB2, 1, 0x0C, 0]), 60, bad);
        fails!(reader.deactivate(), 60, bad);
        fails!(reader.set_baud(9_600), 60, bad);

        let config = contactless::Config::ISO;
        let mut reader = Contactless::over(bad, IdealFrontEnd::new(), config);
        fails!(reader.init(), 60, bad);
        fails!(reader.activate(), 60, bad);
        fails!(reader.deactivate(), 60, bad);

        let mut sensor = Zfm::new(bad, zfm::Config::r503(Password::FACTORY));
        fails!(sensor.init(), 60, bad);
        fails!(sensor.identify(), 60, bad);
        fails!(sensor.enrol(Slot(1)), 60, bad);
        fails!(sensor.delete(Slot(1)), 60, bad);
        fails!(sensor.count(), 60, bad);

        let mut sensor = Gt511::new(bad, gt511::Config::gt511c3());
        fails!(sensor.init(), 60, bad);
        fails!(sensor.identify(), 60, bad);
        fails!(sensor.enrol(Slot(1)), 60, bad);
        fails!(sensor.delete(Slot(1)), 60, bad);
        fails!(sensor.count(), 60, bad);

        let mut sensor = F5::new(bad, f5::Config::waveshare());
        fails!(sensor.init(), 60, bad);
        fails!(sensor.identify(), 60, bad);
        fails!(sensor.enrol(Slot(1)), 60, bad);
        fails!(sensor.delete(Slot(1)), 60, bad);
        fails!(sensor.count(), 60, bad);
        fails!(sensor.sleep(), 60, bad);

        let mut sensor = Sfm::new(bad, sfm::Config::new());
        fails!(sensor.init(), 60, bad);
        fails!(sensor.identify(), 60, bad);
        fails!(sensor.enrol(Slot(1)), 60, bad);
        fails!(sensor.delete(Slot(1)), 60, bad);
        fails!(sensor.count(), 60, bad);

        let mut sensor = BmLite::new(bad, bmlite::Config::new(50));
        fails!(sensor.init(), 60, bad);
        fails!(sensor.identify(), 60, bad);
        fails!(sensor.enrol(Slot(1)), 60, bad);
        fails!(sensor.delete(Slot(1)), 60, bad);
        fails!(sensor.count(), 60, bad);
        fails!(sensor.sensor_id(), 60, bad);
        fails!(sensor.read_template(Slot(1), &mut [0; 64]), 60, bad);
        fails!(sensor.write_template(Slot(1), &[0; 64]), 60, bad);
        fails!(sensor.image(Pgm(|_: &[u8]| {})), 60, bad);
        fails!(sensor.reset(), 60, bad);
        fails!(sensor.cancel(), 60, bad);

        let mut engine = Gm65::new(bad, gm65::Config::new());
        fails!(engine.init(), 60, bad);
        fails!(engine.start(), 60, bad);
        fails!(engine.scan(Duration::from_secs(5)), 60, bad);

        for config in [sdt::Config::new(), sdt::Config::oem()] {
            let mut reader = Sdt::new(bad, config);
            fails!(reader.init(), 60, bad);
            fails!(reader.reset(), 60, bad);
            fails!(reader.sam_id(), 60, bad);
            fails!(reader.card(Duration::from_secs(5)), 60, bad);
            fails!(reader.removal(Duration::from_secs(5)), 60, bad);
            fails!(reader.read(&mut IdText::new()), 60, bad);
            fails!(reader.newest_address(&mut NewestAddress::new()), 60, bad);
            fails!(reader.set_baud(9_600), 60, bad);
        }

        let mut camera = Vzenith::new(bad, vzenith::Config::new());
        fails!(camera.init(), 60, bad);
        fails!(camera.subscribe(), 60, bad);
        if !matches!(bad, Bad::Babbling(_)) {
            // Babble is a camera that is there.
            fails!(camera.next_plate(), 60, bad);
        }

        let mut printer = EscPos::new(bad, Timed, &Profile::CLONE_58MM);
        if !matches!(bad, Bad::Babbling(0x12)) {
            fails!(printer.init(), 60, bad);
            fails!(printer.status(), 60, bad);
            fails!(printer.finish(), 60, bad);
        }
        if matches!(bad, Bad::Stuck) {
            // These are not answered.
            fails!(camera.trigger(), 60, bad);
            fails!(printer.print(&Item::Text("text\n")), 60, bad);
        }
    }
}

/// A port of any speed.
#[derive(Clone, Copy, Debug)]
struct AnySpeed(Bad);

impl ErrorType for AnySpeed {
    type Error = Unplugged;
}

impl Port for AnySpeed {
    fn try_read(&mut self, buf: &mut [u8]) -> nb::Result<usize, Unplugged> {
        self.0.try_read(buf)
    }

    fn try_write(&mut self, bytes: &[u8]) -> nb::Result<usize, Unplugged> {
        self.0.try_write(bytes)
    }

    fn baud(&mut self) -> Option<&mut dyn SetBaud<Error = Unplugged>> {
        Some(self)
    }
}

impl SetBaud for AnySpeed {
    fn set_baud(&mut self, _baud: u32) -> Result<(), Unplugged> {
        Ok(())
    }
}

/// Asserts that the call ends within so many seconds, well or not.
macro_rules! ends {
    ($call:expr, $secs:expr, $bad:expr) => {{
        let mut clock = Strict::default();
        let _ = $call.wait(&mut clock);
        let took = clock.now.since(Instant::ZERO);
        let most = Duration::from_secs($secs);
        assert!(took <= most, "{} with {:?} took {took:?}", stringify!($call), $bad);
    }};
}

/// All that every engine is asked. An engine that answers nothing, or whose
/// reply is one byte, may be content with what is no engine.
macro_rules! engine_ends {
    ($engine:expr, $bad:expr) => {{
        let mut engine = $engine;
        ends!(engine.init(), 60, $bad);
        ends!(engine.start(), 60, $bad);
        ends!(engine.scan(Duration::from_secs(5)), 6, $bad);
        ends!(engine.set_mode(Mode::Presentation), 60, $bad);
        ends!(engine.set_symbologies(Symbologies::QR), 60, $bad);
        ends!(engine.signal(Signals::AIM, true), 60, $bad);
        ends!(engine.stop(), 60, $bad);
    }};
}

#[test]
fn every_scan_engine_ends_by_the_times_it_names() {
    let bytes = [0x00, 0x02, 0x03, 0x04, 0x06, 0x0D, 0x15, 0x16, 0x21, 0x5A, 0x5D, b'A', 0xFF];
    let babble = bytes.into_iter().map(Bad::Babbling);
    for bad in [Bad::Stuck, Bad::Silent, Bad::Failing].into_iter().chain(babble) {
        let mut engine = Gm65::new(AnySpeed(bad), gm65::Config::new());
        fails!(engine.find(), 60, bad);
        fails!(engine.init(), 60, bad);
        fails!(engine.set_speed(115_200), 60, bad);
        fails!(engine.read(Register::MODE), 60, bad);
        let mut engine: Ssi<_> = Ssi::new(bad, ssi::Config::new());
        fails!(engine.init(), 60, bad);
        fails!(engine.capabilities(), 60, bad);
        fails!(engine.scan(Duration::from_secs(5)), 6, bad);

        engine_ends!(De2120::new(bad, de2120::Config::new()), bad);
        engine_ends!(De2120::new(bad, de2120::Config::new().code_ids(false)), bad);
        for make in [honeywell::Make::Honeywell, honeywell::Make::Canmax] {
            engine_ends!(Honeywell::new(bad, honeywell::Config::new(make)), bad);
        }
        let config = newland::Config::new();
        for config in [config, config.packed(0), newland::Config::nls()] {
            engine_ends!(Newland::new(bad, config), bad);
        }
        engine_ends!(Datalogic::new(bad, datalogic::Config::new()), bad);
        engine_ends!(M3y::new(bad, m3y::Config::new()), bad);
        let ending = Framing::ending(b"\r");
        let between = Framing::between(b"\x02", b"\x03");
        for framing in [ending, ending.then_silence(), between, Framing::silence()] {
            engine_ends!(LineEngine::new(bad, line::Config::new(framing)), bad);
            // Not wanted: it is listened to all the same.
            let mut engine = LineEngine::new(bad, line::Config::new(framing));
            ends!(engine.init(), 1, bad);
            ends!(engine.scan(Duration::from_secs(5)), 6, bad);
        }
    }
}
