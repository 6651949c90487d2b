//! The driver of bare mechanisms against a simulated one.

use embedded_pos::nb;
use embedded_pos::port::{Clock, Duration};
use embedded_pos::printer::head::{
    Config, Fault, Gb2312Font, Head, HeadIo, HeadSense, IoFault, Job, Profile,
};
use embedded_pos::printer::{Item, Raster};
use embedded_pos::sim::VirtualClock;
use embedded_pos::sim::head::{Model, SimHead, SimIo, SimStepper, Timed, Tone};

const MECHANISMS: [(Model, &Profile); 4] = [
    (Model::LTP02_245, &Profile::LTP02_245),
    (Model::LTP1245, &Profile::LTP1245),
    (Model::FTP_628, &Profile::FTP_628),
    (Model::SS205, &Profile::SS205),
];

/// Rows from a generator: blank ones, light ones, heavy ones, black stretches.
fn picture(rows: usize, seed: u64) -> Vec<u8> {
    let mut state = seed;
    let mut random = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 33) as usize
    };
    let mut picture = Vec::new();
    for _ in 0..rows {
        let mut row = [0_u8; 48];
        for _ in 0..[0, 1, 4, 10][random() % 4] {
            let (from, length) = (random() % 384, random() % 24);
            for dot in from..(from + length).min(384) {
                row[dot / 8] |= 0x80 >> (dot % 8);
            }
        }
        picture.extend(row);
    }
    picture
}

fn raster(rows: &[u8]) -> Item<'_> {
    Item::Raster(Raster { width: 384, rows })
}

/// Rows of paper that the gears' play leaves white: 64 steps, of which 40 are
/// swallowed, 2 a row.
const LEADER: usize = 12;

/// With a timer for the strobes, or without.
enum Io {
    Timed(Timed),
    Polled(SimIo),
}

impl HeadIo for Io {
    fn shift(&mut self, row: &[u8]) -> Result<(), IoFault> {
        match self {
            Self::Timed(io) => io.shift(row),
            Self::Polled(io) => io.shift(row),
        }
    }

    fn latch(&mut self) -> Result<(), IoFault> {
        match self {
            Self::Timed(io) => io.latch(),
            Self::Polled(io) => io.latch(),
        }
    }

    fn strobe(&mut self, mask: u8, on: bool) -> Result<(), IoFault> {
        match self {
            Self::Timed(io) => io.strobe(mask, on),
            Self::Polled(io) => io.strobe(mask, on),
        }
    }

    fn strobe_pulse(&mut self, mask: u8, micros: u16) -> Result<bool, IoFault> {
        match self {
            Self::Timed(io) => io.strobe_pulse(mask, micros),
            Self::Polled(io) => io.strobe_pulse(mask, micros),
        }
    }
}

struct Bench<S: HeadSense> {
    sim: SimHead,
    clock: VirtualClock,
    head: Head<Io, SimStepper, S, Gb2312Font<'static>>,
}

fn bench(
    model: Model,
    profile: &'static Profile,
    config: Config,
    timer: bool,
) -> Bench<impl HeadSense> {
    let clock = VirtualClock::in_steps(Duration::from_micros(20));
    let sim = SimHead::new(model, clock.clone());
    let (timed, motor, sense, font) = sim.parts(profile);
    let io = if timer { Io::Timed(timed) } else { Io::Polled(sim.io(profile)) };
    Bench { head: Head::new(io, motor, sense, font, profile, config), sim, clock }
}

impl<S: HeadSense> Bench<S> {
    /// Polls until it is done, every 20 us; `meanwhile` is told how many polls
    /// there were.
    fn run(
        &mut self,
        item: &Item<'_>,
        meanwhile: impl FnMut(usize, &SimHead),
    ) -> Result<(), Fault> {
        let job = self.head.begin(item)?;
        self.go_on(job, meanwhile)
    }

    fn go_on(
        &mut self,
        mut job: Job<'_>,
        mut meanwhile: impl FnMut(usize, &SimHead),
    ) -> Result<(), Fault> {
        for polls in 0..50_000_000 {
            meanwhile(polls, &self.sim);
            match self.head.poll(&mut job, self.clock.now()) {
                Ok(()) => return Ok(()),
                Err(nb::Error::WouldBlock) => self.clock.advance(Duration::from_micros(20)),
                Err(nb::Error::Other(fault)) => return Err(fault),
            }
        }
        panic!("it does not end");
    }

    fn print(&mut self, item: &Item<'_>) -> Result<(), Fault> {
        self.run(item, |_, _| {})
    }

    #[track_caller]
    fn no_violations(&self) {
        assert_eq!(self.sim.device().violations(), [], "at {:?}", self.clock.clone().now());
    }
}

fn dot(rows: &[u8], x: usize, y: usize) -> bool {
    rows[y * 48 + x / 8] << (x % 8) & 0x80 != 0
}

/// Compares the paper with the rows, below the leader; the least, the mean and
/// the most energy of black dots.
#[track_caller]
fn compare(sim: &SimHead, rows: &[u8], leader: usize) -> (f64, f64, f64) {
    let device = sim.device();
    let bitmap = device.bitmap();
    assert_eq!(bitmap.height(), rows.len() / 48 + leader);
    let (mut least, mut most, mut sum, mut black) = (f64::MAX, 0.0_f64, 0.0, 0);
    for y in 0..rows.len() / 48 {
        for x in 0..384 {
            let energy = device.energy(x, y + leader);
            assert_eq!(bitmap.dot(x, y + leader), dot(rows, x, y), "{x}, {y}: {energy}");
            if dot(rows, x, y) {
                (least, most) = (least.min(energy), most.max(energy));
                sum += energy;
                black += 1;
            } else {
                assert_eq!(device.tone(x, y + leader), Tone::White);
            }
        }
    }
    (least, sum / f64::from(black.max(1)), most)
}

/// Each mechanism, cold to hot, lowest to highest voltage: the picture is the
/// source, nothing that the manual forbids was done, and each dot has from 80
/// to 131 % of the energy that it needs, 97 to 108 % on the average.
#[test]
fn the_picture_is_the_source() {
    let rows = picture(40, 7);
    for (model, profile) in MECHANISMS {
        let (low, high) = (profile.millivolts.start, profile.millivolts.end - 1);
        for celsius in [-10.0, 25.0, 60.0] {
            for millivolts in [low, low.midpoint(high), high] {
                let mut bench = bench(model, profile, Config::DEFAULT, true);
                bench.sim.device().celsius = celsius;
                bench.sim.device().volts = f64::from(millivolts) / 1e3;
                bench.print(&raster(&rows)).unwrap();
                bench.no_violations();
                let (least, mean, most) = compare(&bench.sim, &rows, LEADER);
                let name = profile.name;
                let said = format!("{name} {celsius} C {millivolts} mV: {least} {mean} {most}");
                assert!(least > 0.8 && most < 1.31, "{said}");
                assert!((0.97..1.08).contains(&mean), "{said}");
            }
        }
    }
}

/// What the history is for: without it, warm dots get a third too much.
#[test]
fn warm_dots_get_less() {
    // Stripes along the paper: the same dots, row after row.
    let rows = [0xF0, 0, 0, 0x0F, 0, 0].repeat(8 * 60);
    let [with, without] = [true, false].map(|history| {
        let config = Config { history, ..Config::DEFAULT };
        let mut bench = bench(Model::LTP1245, &Profile::LTP1245, config, true);
        bench.sim.device().volts = 8.4;
        bench.print(&raster(&rows)).unwrap();
        bench.no_violations();
        let (least, _, most) = compare(&bench.sim, &rows, LEADER);
        most / least
    });
    assert!(with < 1.13, "{with}");
    assert!(without > 1.25, "{without}");
}

/// Polled every 20 us without a timer: the same picture.
#[test]
fn without_a_timer_it_is_the_same() {
    let rows = picture(40, 3);
    for (model, profile) in MECHANISMS {
        let mut bench = bench(model, profile, Config::DEFAULT, false);
        bench.print(&raster(&rows)).unwrap();
        bench.no_violations();
        let (least, mean, most) = compare(&bench.sim, &rows, LEADER);
        assert!(
            least > 0.9 && most < 1.27 && mean < 1.1,
            "{}: {least} {mean} {most}",
            profile.name
        );
    }
}

const SLIP: &str = include_str!("vectors/head/slip.txt");

/// A slip of 150 mm, 40 lines, divided by dots at most 64 at once, against the
/// six blocks of each row that others fire.
#[test]
fn strobes_of_a_slip() {
    let config = Config { history: false, ..Config::DEFAULT };
    let mut bench = bench(Model::LTP1245, &Profile::LTP1245, config, true);
    bench.sim.device().volts = 7.2;
    bench.print(&Item::Text("\n")).unwrap();
    let (start, before) = (bench.clock.now(), bench.sim.device().strobes());
    bench.print(&Item::Text(SLIP)).unwrap();
    bench.no_violations();
    let device = bench.sim.device();
    let bitmap = device.bitmap();
    let rows = bitmap.rows().chunks(48).skip(LEADER + 30);
    let black: Vec<u32> = rows.map(|row| row.iter().map(|byte| byte.count_ones()).sum()).collect();
    assert_eq!(black.len(), 1_200);
    let blank = black.iter().filter(|dots| **dots == 0).count();
    let share = f64::from(black.iter().sum::<u32>()) / (384.0 * 1_200.0);
    let least: u32 = black.iter().map(|dots| dots.div_ceil(64)).sum();
    let strobes = device.strobes() - before;
    let seconds = bench.clock.now().since(start).as_micros() as f64 / 1e6;
    println!(
        "{blank} blank, {share:.3} black, at most {:?}, {strobes} strobes, {:.1} mm/s",
        black.iter().max(),
        150.0 / seconds
    );
    assert_eq!(strobes, least, "as few as can be");
    assert!(strobes <= 1_060, "{strobes}");
    assert_eq!(6 * black.len(), 7_200);
}
