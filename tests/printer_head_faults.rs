//! Boards that fail: pins, converters, clocks, and loops that poll when they
//! like. Whatever happens, the head is not harmed and everything is off after.

use std::cell::RefCell;
use std::rc::Rc;

use embedded_pos::nb;
use embedded_pos::port::{Clock, Duration, Instant};
use embedded_pos::printer::head::{
    Bus, Config, Fault, Gb2312Font, Head, HeadIo, HeadSense, IoFault, Motor, Profile, ShiftOut,
    StepperIo,
};
use embedded_pos::printer::{Item, Raster};
use embedded_pos::sim::VirtualClock;
use embedded_pos::sim::head::{Model, SimHead, SimStepper, Timed, Tone};

static PROFILE: Profile =
    Profile { motor: Motor { backlash: 0, ..Profile::LTP1245.motor }, ..Profile::LTP1245 };
const MODEL: Model = Model { play: 0, ..Model::LTP1245 };

fn random(state: &mut u64) -> u64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    *state >> 33
}

fn picture(rows: usize, seed: u64) -> Vec<u8> {
    let (mut state, mut picture) = (seed, vec![0; 48 * rows]);
    for row in picture.chunks_mut(48) {
        for _ in 0..[0, 1, 4, 10][random(&mut state) as usize % 4] {
            let (from, length) = (random(&mut state) as usize % 384, random(&mut state) % 24);
            for dot in from..(from + length as usize).min(384) {
                row[dot / 8] |= 0x80 >> (dot % 8);
            }
        }
    }
    picture
}

fn raster(rows: &[u8]) -> Item<'_> {
    Item::Raster(Raster { width: 384, rows })
}

/// What goes wrong on a board.
#[derive(Debug, Default)]
struct Script {
    /// Operations so far, and the one that fails.
    ops: usize,
    fails: Option<usize>,
    /// No strobe can be switched off.
    stuck: bool,
    /// Voltages measured so far, and what one of them is.
    measured: usize,
    glitch: Option<(usize, u16)>,
    /// A timer ends strobes.
    timed: bool,
}

#[derive(Clone)]
struct Board<P> {
    part: P,
    script: Rc<RefCell<Script>>,
}

impl<P> Board<P> {
    fn op(&self) -> Result<(), IoFault> {
        let mut script = self.script.borrow_mut();
        script.ops += 1;
        if script.fails == Some(script.ops) { Err(IoFault) } else { Ok(()) }
    }
}

impl<P: HeadIo> HeadIo for Board<P> {
    fn shift(&mut self, row: &[u8]) -> Result<(), IoFault> {
        self.op()?;
        self.part.shift(row)
    }

    fn latch(&mut self) -> Result<(), IoFault> {
        self.op()?;
        self.part.latch()
    }

    fn strobe(&mut self, mask: u8, on: bool) -> Result<(), IoFault> {
        if !on && self.script.borrow().stuck {
            return Err(IoFault);
        }
        let op = self.op();
        // Off is tried whatever fails.
        if op.is_ok() || !on { self.part.strobe(mask, on).and(op) } else { op }
    }

    fn strobe_pulse(&mut self, mask: u8, micros: u16) -> Result<bool, IoFault> {
        if !self.script.borrow().timed {
            return Ok(false);
        }
        self.op()?;
        self.part.strobe_pulse(mask, micros)
    }

    fn shares_bus(&self) -> bool {
        self.part.shares_bus()
    }
}

impl<P: StepperIo> StepperIo for Board<P> {
    fn phase(&mut self, coils: u8) -> Result<(), IoFault> {
        let op = self.op();
        if op.is_ok() || coils == 0 { self.part.phase(coils).and(op) } else { op }
    }
}

impl<P: HeadSense> HeadSense for Board<P> {
    fn thermistor_mv(&mut self) -> Result<u16, IoFault> {
        self.op()?;
        self.part.thermistor_mv()
    }

    fn vhead_mv(&mut self) -> Result<u16, IoFault> {
        self.op()?;
        let mut script = self.script.borrow_mut();
        script.measured += 1;
        match script.glitch {
            Some((at, mv)) if at == script.measured => Ok(mv),
            _ => self.part.vhead_mv(),
        }
    }

    fn paper(&mut self) -> Result<bool, IoFault> {
        self.op()?;
        self.part.paper()
    }

    fn platen(&mut self) -> Result<bool, IoFault> {
        self.op()?;
        self.part.platen()
    }
}

struct Bench<I: HeadIo, S: HeadSense> {
    sim: SimHead,
    clock: VirtualClock,
    script: Rc<RefCell<Script>>,
    head: Head<Board<I>, Board<SimStepper>, Board<S>, Gb2312Font<'static>>,
}

fn bench(config: Config, script: Script) -> Bench<impl HeadIo, impl HeadSense> {
    let clock = VirtualClock::new();
    // The current of the supply is that of the head's own limit, or less.
    let amperes = MODEL.amperes.min(f64::from(config.milliamperes) / 1e3);
    let sim = SimHead::new(Model { amperes, ..MODEL }, clock.clone());
    let (io, motor, sense, font) = sim.parts(&PROFILE);
    let script = Rc::new(RefCell::new(script));
    let (one, two, three) = (script.clone(), script.clone(), script.clone());
    let head = Head::new(
        Board { part: io, script: one },
        Board { part: motor, script: two },
        Board { part: sense, script: three },
        font,
        &PROFILE,
        config,
    );
    Bench { sim, clock, script, head }
}

fn timed() -> Script {
    Script { timed: true, ..Script::default() }
}

impl<I: HeadIo, S: HeadSense> Bench<I, S> {
    /// Polls every 20 us until it is done; `meanwhile` is told how many polls
    /// there were.
    fn run(
        &mut self,
        item: &Item<'_>,
        mut meanwhile: impl FnMut(usize, &SimHead),
    ) -> Result<(), Fault> {
        let mut job = self.head.begin(item)?;
        for polls in 0..5_000_000 {
            meanwhile(polls, &self.sim);
            match self.head.poll(&mut job, self.clock.now()) {
                Err(nb::Error::WouldBlock) => self.clock.advance(Duration::from_micros(20)),
                Err(nb::Error::Other(fault)) => return Err(fault),
                Ok(()) => return Ok(()),
            }
        }
        panic!("it does not end");
    }
}

fn tones(sim: &SimHead, rows: &[u8], said: &str) {
    let device = sim.device();
    for (y, row) in rows.chunks(48).enumerate() {
        for x in 0..384 {
            let black = row[x / 8] << (x % 8) & 0x80 != 0;
            let wanted = if black { Tone::Black } else { Tone::White };
            assert_eq!(device.tone(x, y), wanted, "{said}: {x}, {y}: {}", device.energy(x, y));
        }
    }
}

/// Every operation of a job fails once: it is told, everything is off, and the
/// next job prints.
#[test]
fn each_pin_and_converter_fails_once() {
    let rows = picture(5, 5);
    for is_timed in [true, false] {
        let script = |fails| Script { fails, timed: is_timed, ..Script::default() };
        let mut whole = bench(Config::DEFAULT, script(None));
        whole.run(&raster(&rows), |_, _| {}).unwrap();
        let all = whole.script.borrow().ops;
        for fails in (1..=all).step_by(7) {
            let mut bench = bench(Config::DEFAULT, script(Some(fails)));
            assert_eq!(bench.run(&raster(&rows), |_, _| {}), Err(Fault::Io(IoFault)), "{fails}");
            assert!(bench.sim.device().is_safe(), "{fails}");
            bench.run(&raster(&rows), |_, _| {}).unwrap();
            drop(bench.head);
            assert!(bench.sim.device().is_safe(), "{fails}");
            assert_eq!(bench.sim.device().violations(), [], "{fails}");
        }
    }
}

/// A strobe that cannot be switched off has no dot under it: the latch is
/// emptied.
#[test]
fn a_strobe_that_is_stuck_heats_nothing() {
    let rows = [0xFF; 48].repeat(2);
    let mut stuck = 0;
    for at in (300..1_200).step_by(50) {
        let mut bench = bench(Config::DEFAULT, Script::default());
        let script = bench.script.clone();
        let result = bench.run(&raster(&rows), |polls, _| script.borrow_mut().stuck = polls >= at);
        assert_eq!(result, Err(Fault::Io(IoFault)), "{at}");
        stuck += usize::from(!bench.sim.device().is_safe());
        let energies = |sim: &SimHead| -> Vec<f64> {
            let device = sim.device();
            (0..2)
                .flat_map(|y| (0..384).map(move |x| (x, y)))
                .map(|(x, y)| device.energy(x, y))
                .collect()
        };
        let before = energies(&bench.sim);
        bench.clock.advance(Duration::from_millis(50));
        bench.sim.device().is_safe();
        assert_eq!(energies(&bench.sim), before, "{at}");
        bench.script.borrow_mut().stuck = false;
    }
    assert!(stuck > 0);
}

/// A clock that goes back, or stands still, while a strobe is on that no timer
/// ends.
#[test]
fn a_clock_that_does_not_run_heats_nothing() {
    let rows = picture(9, 5);
    let mut told = 0;
    for back in [true, false] {
        for at in (300..2_000).step_by(31) {
            let mut bench = bench(Config::DEFAULT, Script::default());
            let mut job = bench.head.begin(&raster(&rows)).unwrap();
            for _ in 0..at {
                let _ = bench.head.poll(&mut job, bench.clock.now());
                bench.clock.advance(Duration::from_micros(20));
            }
            let stopped = if back { Instant::from_micros(40) } else { bench.clock.now() };
            for _ in 0..2_000 {
                bench.clock.advance(Duration::from_micros(3));
                let polled = bench.head.poll(&mut job, stopped);
                told += usize::from(polled == Err(nb::Error::Other(Fault::Clock)));
            }
            let mut device = bench.sim.device();
            device.is_safe();
            assert!(device.longest_us() <= 1_570 + 3_000, "{back} {at}: {}", device.longest_us());
            let strobes = device.strobes();
            drop(device);
            bench.clock.advance(Duration::from_secs(1));
            assert!(bench.sim.device().longest_us() < 5_000, "{strobes}");
        }
    }
    assert!(told > 60, "{told}");
}

/// A converter that errs once: the paper is as it would be.
#[test]
fn a_voltage_that_is_absurd_is_measured_again() {
    let rows = [0xFF; 48].repeat(3);
    for mv in [0, 1_000, 12_000, u16::MAX] {
        for at in 1..60 {
            let glitch = Some((at, mv));
            let mut bench = bench(Config::DEFAULT, Script { glitch, ..timed() });
            bench.run(&raster(&rows), |_, _| {}).unwrap();
            assert_eq!(bench.sim.device().violations(), []);
            tones(&bench.sim, &rows, &format!("{mv} mV at {at}"));
        }
    }
}

/// The current of a supply holds for the first row, whose voltage is not known
/// when it is divided, and when a charger is plugged in.
#[test]
fn the_current_holds_from_the_first_row() {
    let rows = [0xFF; 48].repeat(4);
    let config = Config { milliamperes: 1_500, ..Config::DEFAULT };
    for at in (0..12_000).step_by(371) {
        let mut bench = bench(config, timed());
        bench
            .run(&raster(&rows), |polls, sim| {
                sim.device().volts = if polls < at { 4.6 } else { 8.4 };
            })
            .unwrap();
        let device = bench.sim.device();
        assert_eq!(device.violations(), [], "{at}");
    }
}

/// A head that has cooled down is not said to be polled too seldom.
#[test]
fn polls_may_be_seldom_while_it_cools_down() {
    let rows = picture(9, 5);
    let mut bench = bench(Config::DEFAULT, Script::default());
    bench.sim.device().celsius = 85.0;
    let clock = bench.clock.clone();
    bench
        .run(&raster(&rows), |polls, sim| {
            if (400..3_030).contains(&polls) {
                clock.advance(Duration::from_millis(2));
            }
            if polls == 3_000 {
                sim.device().celsius = 40.0;
            }
        })
        .unwrap();
    tones(&bench.sim, &rows, "after a while");
}

/// Lines whose data others use too.
struct Shared(Timed);

impl HeadIo for Shared {
    fn shift(&mut self, row: &[u8]) -> Result<(), IoFault> {
        self.0.shift(row)
    }

    fn latch(&mut self) -> Result<(), IoFault> {
        self.0.latch()
    }

    fn strobe(&mut self, mask: u8, on: bool) -> Result<(), IoFault> {
        self.0.strobe(mask, on)
    }

    fn strobe_pulse(&mut self, mask: u8, micros: u16) -> Result<bool, IoFault> {
        self.0.strobe_pulse(mask, micros)
    }

    fn shares_bus(&self) -> bool {
        true
    }
}

/// What others send between two polls is never burnt.
#[test]
fn a_shared_bus_burns_only_rows() {
    // Groups that are shifted one by one, and the next while one is heated.
    let rows = [0xFF; 48].repeat(4);
    let config = Config { milliamperes: 1_500, ..Config::DEFAULT };
    let mut clock = VirtualClock::new();
    let sim = SimHead::new(MODEL, clock.clone());
    let (io, motor, sense, font) = sim.parts(&PROFILE);
    let mut other = Bus(sim.spi(PROFILE.lines.clock_hz));
    let mut head = Head::new(Shared(io), motor, sense, font, &PROFILE, config);
    let mut job = head.begin(&raster(&rows)).unwrap();
    while head.poll(&mut job, clock.now()) == Err(nb::Error::WouldBlock) {
        other.write(&[0xA5; 48]).unwrap();
        clock.advance(Duration::from_micros(20));
    }
    tones(&sim, &rows, "shared");
}

/// Polled whenever a loop likes, on paper that ends, with a supply and a head
/// that are never the same: nothing that the manual forbids is done, and every
/// error leaves everything off.
#[test]
fn any_polls_and_any_mishaps() {
    for seed in 0..60 {
        let mut state = seed;
        let script = if seed % 3 == 0 { Script::default() } else { timed() };
        let config = Config { history: seed % 2 == 0, ..Config::DEFAULT };
        let mut bench = bench(config, script);
        for job in 0..6 {
            let rows = picture(1 + random(&mut state) as usize % 12, state);
            let clock = bench.clock.clone();
            let result = bench.run(&raster(&rows), |_, sim| {
                let micros = match random(&mut state) % 400 {
                    0 => random(&mut state) % 3_000_000,
                    // A strobe without a timer is as long as a poll is late.
                    1..8 if seed % 3 != 0 => random(&mut state) % 30_000,
                    8..60 => random(&mut state) % 150,
                    _ => random(&mut state) % 12,
                };
                let late = seed % 3 == 0 && micros > 9_000;
                clock.advance(Duration::from_micros(if late { 9_000 } else { micros }));
                let mut device = sim.device();
                match random(&mut state) % 6_000 {
                    0 => device.set_paper(false),
                    1 => device.set_platen(false),
                    2 => device.celsius = 70.0 + random(&mut state) as f64 % 20.0,
                    3 => device.volts = 4.0 + random(&mut state) as f64 % 50.0 / 10.0,
                    4 => device.source = random(&mut state) as f64 % 20.0 / 10.0,
                    5..100 => {
                        device.set_paper(true);
                        device.set_platen(true);
                        device.celsius = 25.0;
                        (device.volts, device.source) = (7.2, 0.0);
                    }
                    _ => {}
                }
            });
            let said = format!("seed {seed}, job {job}: {result:?}");
            assert!(result.is_ok() || bench.sim.device().is_safe(), "{said}");
            assert_eq!(bench.sim.device().violations(), [], "{said}");
        }
        drop(bench.head);
        assert!(bench.sim.device().is_safe(), "seed {seed}");
    }
}
