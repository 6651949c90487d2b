//! The driver of bare mechanisms against a simulated one.

use embedded_pos::conformance::{self, PrinterStimulus};
use embedded_pos::port::{Clock, Clocked, Duration};
use embedded_pos::printer::escpos::{self, Encoder};
use embedded_pos::printer::head::{
    Config, Fault, Font, Gb2312Font, Head, HeadIo, HeadSense, IoFault, Job, Motor, Profile, Refusal,
};
use embedded_pos::printer::symbol::{Barcode, DrawnQr, Symbols, TextPosition};
use embedded_pos::printer::text::{Charset, Dots, GlyphSource, Unprintable};
use embedded_pos::printer::{
    Align, Column, Emphasis, Item, Logo, Printer, QrLevel, Raster, Status, Style, Table,
};
use embedded_pos::sim::VirtualClock;
use embedded_pos::sim::head::{Mechanism, Model, SimHead, SimIo, SimStepper, Timed, Tone};
use embedded_pos::sim::printer::{self as escpos_sim, EscPosPrinter};
use embedded_pos::{Error, ErrorKind, nb};

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
    assert!(with < 1.2, "{with}");
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
    assert!((0.093..0.1).contains(&share) && (470..490).contains(&blank), "{share} {blank}");
    assert_eq!(strobes, least, "as few as can be");
    assert!(strobes <= 1_060, "{strobes}");
    assert_eq!(6 * black.len(), 7_200);
}

/// Blank paper goes as fast as the motor can, text as fast as it is heated.
#[test]
fn speeds_that_are_reached() {
    let speeds = [(78.0, 53.0), (78.0, 58.0), (58.5, 55.0), (34.0, 33.0)];
    for ((model, profile), (blank, text)) in MECHANISMS.into_iter().zip(speeds) {
        let mut bench = bench(model, profile, Config::DEFAULT, true);
        bench.sim.device().volts = f64::from(profile.millivolts.end) / 1e3 - 0.1;
        let mut speed = |item: &Item<'_>, rows: f64| {
            let start = bench.clock.now();
            bench.print(item).unwrap();
            rows / 8.0 / (bench.clock.now().since(start).as_micros() as f64 / 1e6)
        };
        speed(&Item::Feed(10), 300.0);
        let fed = speed(&Item::Feed(60), 1_800.0);
        let printed = speed(&Item::Text(SLIP), 1_200.0);
        println!("{}: {fed:.1} mm/s blank, {printed:.1} mm/s the slip", profile.name);
        assert!(fed > blank && printed > text, "{}: {fed} {printed}", profile.name);
        bench.no_violations();
    }
}

/// No time is spent on the play of the gears.
const SHORT: Profile =
    Profile { motor: Motor { backlash: 0, ..Profile::LTP1245.motor }, ..Profile::LTP1245 };
static SHORT_PROFILE: Profile = SHORT;
const NO_PLAY: Model = Model { play: 0, ..Model::LTP1245 };

/// Something goes wrong at a poll: what is done, and what must come of it.
type Mishap = (&'static str, fn(&mut Mechanism), fn(Fault) -> bool);

const MISHAPS: [Mishap; 5] = [
    ("paper out", |device| device.set_paper(false), |fault| fault.kind() == ErrorKind::Absent),
    ("platen open", |device| device.set_platen(false), |fault| fault.kind() == ErrorKind::Absent),
    (
        "thermistor off",
        |device| device.celsius = 400.0,
        |fault| matches!(fault, Fault::Thermistor(_)),
    ),
    ("no supply", |device| device.volts = 2.0, |fault| matches!(fault, Fault::Voltage(2_000))),
    ("overvoltage", |device| device.volts = 9.5, |fault| matches!(fault, Fault::Voltage(9_500))),
];

/// At every poll of a job that has heavy, light and blank rows: the fault is
/// told, all is off, nothing was burnt that must not be; and what is put right
/// again prints again.
#[test]
fn mishaps_at_every_poll() {
    let rows = picture(9, 5);
    let mut length = 0;
    for timer in [true, false] {
        bench(NO_PLAY, &SHORT_PROFILE, Config::DEFAULT, timer)
            .run(&raster(&rows), |polls, _| length = polls)
            .unwrap();
        for (name, happen, expected) in MISHAPS {
            for at in (0..length).step_by(29) {
                let mut bench = bench(NO_PLAY, &SHORT_PROFILE, Config::DEFAULT, timer);
                let result = bench.run(&raster(&rows), |polls, sim| {
                    if polls == at {
                        happen(&mut sim.device());
                    }
                });
                let ends = at + 400 > length;
                match result {
                    Err(fault) => {
                        assert!(expected(fault), "{name} at {at}: {fault}");
                        assert!(bench.sim.device().is_safe(), "{name} at {at}");
                    }
                    Ok(()) => assert!(ends, "{name} at {at} of {length} was not noticed"),
                }
                bench.no_violations();
                assert!(!bench.head.status().unwrap().is_ready(), "{name}");
                {
                    let mut device = bench.sim.device();
                    device.set_paper(true);
                    device.set_platen(true);
                    (device.celsius, device.volts) = (25.0, 7.2);
                }
                assert!(bench.head.status().unwrap().is_ready());
                bench.print(&raster(&rows)).unwrap();
                bench.no_violations();
            }
        }
    }
}

/// Dropped, stopped or released at every poll, everything is off.
#[test]
fn every_exit_leaves_everything_off() {
    let rows = picture(9, 5);
    for timer in [true, false] {
        for polls in (0..1_200).step_by(6) {
            let Bench { sim, clock, mut head } =
                bench(NO_PLAY, &SHORT_PROFILE, Config::DEFAULT, timer);
            let mut job = head.begin(&raster(&rows)).unwrap();
            for _ in 0..polls {
                let _ = head.poll(&mut job, clock.clone().now());
                clock.advance(Duration::from_micros(20));
            }
            match polls % 18 {
                0 => drop(head),
                6 => assert!(head.release().is_some()),
                _ => {
                    head.stop().unwrap();
                    assert!(sim.device().is_safe(), "{polls}");
                    // And it prints anew.
                    let mut job = head.begin(&raster(&rows)).unwrap();
                    while head.poll(&mut job, clock.clone().now()).is_err() {
                        clock.advance(Duration::from_micros(20));
                    }
                    drop(head);
                }
            }
            assert!(sim.device().is_safe(), "{polls}");
            assert_eq!(sim.device().violations(), [], "{polls}");
        }
    }
}

/// With a timer no poll is too late: dots are as dark as ever.
#[test]
fn late_polls_with_a_timer() {
    let rows = picture(30, 9);
    let mut bench = bench(Model::FTP_628, &Profile::FTP_628, Config::DEFAULT, true);
    let clock = bench.clock.clone();
    let mut random = 1_u64;
    bench
        .run(&raster(&rows), |_, _| {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            clock.advance(Duration::from_micros((random >> 33) % 6_000));
        })
        .unwrap();
    bench.no_violations();
    let (least, mean, most) = compare(&bench.sim, &rows, LEADER);
    assert!(least > 0.75 && most < 1.31, "{least} {mean} {most}");
    let longest = bench.sim.device().longest_us();
    assert!(longest < 1_500, "{longest}");
}

/// Without one, a strobe is as much longer as a single poll is late, which is
/// told if it is more than 200 us; and polls that are late as a rule heat
/// nothing at all.
#[test]
fn late_polls_without_a_timer() {
    let rows = picture(8, 9);
    let mut overruns = 0;
    for at in (3_300..5_500).step_by(23) {
        for late in [150, 1_000, 5_000] {
            let mut bench = bench(Model::LTP1245, &Profile::LTP1245, Config::DEFAULT, false);
            let clock = bench.clock.clone();
            let result = bench.run(&raster(&rows), |polls, _| {
                if polls == at {
                    clock.advance(Duration::from_micros(late));
                }
            });
            let longest = bench.sim.device().longest_us();
            assert!(longest <= 1_570 + late, "{longest}");
            match result {
                Ok(()) => assert!(longest <= 1_570 + 200, "{at} {late}: {longest} untold"),
                Err(Fault::Overrun(over)) => {
                    assert!(over > 200 && u64::from(over) <= late + 20, "{over} of {late}");
                    assert!(bench.sim.device().is_safe());
                    overruns += 1;
                }
                Err(fault) => panic!("{fault}"),
            }
        }
    }
    assert!(overruns > 20, "{overruns}");
    let mut bench = bench(Model::LTP1245, &Profile::LTP1245, Config::DEFAULT, false);
    let clock = bench.clock.clone();
    let result = bench.run(&raster(&rows), |_, _| clock.advance(Duration::from_millis(1)));
    assert_eq!(result, Err(Fault::Slow));
    assert_eq!(bench.sim.device().strobes(), 0);
}

/// At 80 C it stops, cools down to 60 C, and goes on where it was; it does not
/// wait for ever.
#[test]
fn an_overheated_head_waits() {
    let rows = picture(30, 2);
    for at in (10..2_600).step_by(131) {
        let mut bench = bench(NO_PLAY, &SHORT_PROFILE, Config::DEFAULT, true);
        let mut polls_hot = 0;
        bench
            .run(&raster(&rows), |polls, sim| {
                let mut device = sim.device();
                match polls {
                    polls if polls == at => device.celsius = 85.0,
                    polls if polls == at + 5_000 => device.celsius = 62.0,
                    polls if polls == at + 10_000 => device.celsius = 58.0,
                    _ => {}
                }
                if polls == at + 9_999 {
                    polls_hot = device.strobes();
                }
                if polls == at + 1_000 {
                    assert!(device.is_safe(), "the motor is let go of, too");
                }
            })
            .unwrap();
        bench.no_violations();
        compare(&bench.sim, &rows, 0);
        assert!(bench.sim.device().strobes() > polls_hot, "at {at}");
    }
    let mut bench = bench(NO_PLAY, &SHORT_PROFILE, Config::DEFAULT, true);
    bench.sim.device().celsius = 90.0;
    let fault = bench.print(&raster(&rows)).unwrap_err();
    assert_eq!(fault.kind(), ErrorKind::Busy, "{fault}");
    let seconds = bench.clock.now().as_micros() / 1_000_000;
    assert!((60..62).contains(&seconds));
    assert!(bench.head.status().unwrap().contains(Status::OVERHEATED));
}

/// A switch that bounces, or a hole in the paper, interrupts and does no harm.
#[test]
fn bouncing_switches_are_waited_for() {
    let rows = picture(30, 4);
    for timer in [true, false] {
        for at in (0..2_600).step_by(97) {
            let mut bench = bench(NO_PLAY, &SHORT_PROFILE, Config::DEFAULT, timer);
            bench
                .run(&raster(&rows), |polls, sim| {
                    let since = polls.wrapping_sub(at);
                    sim.device().set_platen(since > 600 || since % 50 < 25);
                })
                .unwrap();
            bench.no_violations();
            compare(&bench.sim, &rows, 0);
        }
    }
}

/// A battery that breaks down under 64 dots gets fewer to bear, and prints the
/// same; it is given up only when it breaks down under the fewest.
#[test]
fn a_weak_battery_gets_fewer_dots() {
    let rows = [0xFF; 48].repeat(3);
    let print = |volts, source| {
        let mut bench = bench(NO_PLAY, &SHORT_PROFILE, Config::DEFAULT, true);
        (bench.sim.device().volts, bench.sim.device().source) = (volts, source);
        let result = bench.print(&raster(&rows));
        bench.no_violations();
        if result.is_ok() {
            compare(&bench.sim, &rows, 0);
        }
        assert!(result.is_ok() || bench.sim.device().is_safe());
        (result, bench.head.dots_at_once(), bench.sim.device().strobes())
    };
    let (result, dots, strobes) = print(5.0, 0.0);
    assert_eq!((result, dots), (Ok(()), 64));
    let (result, fewer, more) = print(5.0, 1.0);
    assert_eq!((result, fewer), (Ok(()), 32));
    assert!(more > strobes, "{more} {strobes}");
    let (result, dots, _) = print(4.3, 2.0);
    assert!(matches!(result, Err(Fault::Voltage(_))), "{result:?}");
    assert_eq!(dots, 16);
}

/// It may become weak at any time: what was on just then is faint, no more.
#[test]
fn a_battery_that_becomes_weak_gets_fewer_dots() {
    let rows = [0xFF; 48].repeat(6);
    for at in (0..3_200).step_by(67) {
        let mut bench = bench(NO_PLAY, &SHORT_PROFILE, Config::DEFAULT, true);
        bench.sim.device().volts = 5.0;
        let weaken = |polls, sim: &SimHead| {
            if polls == at {
                sim.device().source = 1.0;
            }
        };
        bench.run(&raster(&rows), weaken).unwrap_or_else(|fault| panic!("{at}: {fault}"));
        bench.no_violations();
        let device = bench.sim.device();
        let faint = |y| (0..384).filter(|x| device.energy(*x, y) < 0.75).count();
        let sum: usize = (0..6).map(faint).sum();
        assert!(sum <= 64, "{sum} faint dots, weak at {at}");
        let dots = bench.head.dots_at_once();
        assert!(dots == 32 || at > 2_900, "{dots} at {at}");
    }
}

/// A supply of 1.5 A.
#[test]
fn a_small_supply_is_never_overdrawn() {
    let rows = picture(30, 4);
    let config = Config { milliamperes: 1_500, ..Config::DEFAULT };
    let model = Model { amperes: 1.5, ..NO_PLAY };
    let mut bench = bench(model, &SHORT_PROFILE, config, true);
    bench.sim.device().volts = 8.4;
    bench.print(&raster(&rows)).unwrap();
    bench.no_violations();
    compare(&bench.sim, &rows, 0);
}

/// The same text through the ESC/POS driver and its simulated printer, which
/// has the same font and a decoder of its own.
#[test]
fn text_is_as_the_other_printer_prints_it() {
    let items = [
        Item::Text("津A12345 罚款收据，"),
        Item::Text("a text that is longer than a line, and is wrapped\n"),
        Item::Align(Align::Center),
        Item::Text("中间 middle\n"),
        Item::Align(Align::Right),
        Item::Text("右 right\n"),
        Item::Align(Align::Left),
        Item::Rule,
        Item::Columns("罚款", "200.00"),
        Item::Columns("nineteen characters", "fourteen chars"),
        Item::Feed(2),
        Item::Raster(Raster { width: 20, rows: &[0xAA; 24] }),
        Item::Text("end"),
        Item::Cut,
    ];
    let mut encoder = Encoder::new(&escpos::Profile::CLONE_58MM);
    let mut bytes = Encoder::PROLOGUE.to_vec();
    let mut bench = bench(NO_PLAY, &SHORT_PROFILE, Config::DEFAULT, true);
    for item in &items {
        let mut out = [0; 4_096];
        let slice = encoder.encode(item, &mut out).unwrap();
        bytes.extend(&out[..slice.len]);
        bench.print(item).unwrap();
    }
    let other = EscPosPrinter::decoded(escpos_sim::Model::CLONE_58MM, &bytes);
    compare(&bench.sim, other.bitmap().rows(), 0);
}

#[test]
fn styles() {
    let mut bench = bench(NO_PLAY, &SHORT_PROFILE, Config::DEFAULT, true);
    let emphasis = Emphasis::INVERSE;
    for item in [
        Item::Style(Style::TITLE),
        Item::Text("罚"),
        Item::Style(Style { emphasis, ..Style::NORMAL }),
        Item::Text("款 "),
        Item::Style(Style { emphasis: Emphasis::UNDERLINE, ..Style::NORMAL }),
        Item::Text("x\n"),
    ] {
        bench.print(&item).unwrap();
    }
    let paper = bench.sim.device().bitmap();
    assert_eq!(paper.height(), 48 + 6);
    // Each dot of the title is four.
    for (x, y) in (0..24).flat_map(|x| (0..24).map(move |y| (x, y))) {
        let square = [(0, 0), (1, 0), (0, 1), (1, 1)].map(|(i, j)| paper.dot(2 * x + i, 2 * y + j));
        assert!(square.iter().all(|dot| *dot == square[0]), "{x}, {y}");
    }
    // Small characters stand on the same line; a space on black is black.
    assert!((0..24).all(|y| (48..84).all(|x| !paper.dot(x, y))));
    assert!((24..48).all(|y| (72..84).all(|x| paper.dot(x, y))));
    assert!((46..48).all(|y| (84..96).all(|x| paper.dot(x, y))));
}

#[test]
fn refusals_name_the_reason() {
    let mut bench = bench(NO_PLAY, &SHORT_PROFILE, Config::DEFAULT, true);
    let mut refused = |item: &Item<'_>| bench.head.begin(item).unwrap_err();
    let text = |item: Refusal| matches!(item, Refusal::Text(Unprintable { at: 3, .. }));
    assert!(text(refused(&Item::Text("张㐀"))));
    assert!(text(refused(&Item::Columns("a", "张丂"))), "GBK, but not in the font");
    let style = Style { width: 9, ..Style::NORMAL };
    assert_eq!(refused(&Item::Style(style)), Refusal::Style);
    let raster = |width, rows| Item::Raster(Raster { width, rows });
    assert_eq!(refused(&raster(385, &[])), Refusal::RasterWidth);
    assert_eq!(refused(&raster(0, &[])), Refusal::RasterWidth);
    assert_eq!(refused(&raster(16, &[0; 3])), Refusal::RasterRows);
    let columns = &[Column { width: 17, align: Align::Left }; 2];
    for cells in [&["a"][..], &["a", "b", "c"]] {
        assert_eq!(refused(&Item::Table(Table { columns, cells })), Refusal::TableTooWide);
    }
    let qr = Item::Qr { data: b"x", module: 4, level: QrLevel::M };
    let turned = Style { emphasis: Emphasis::ROTATED, ..Style::NORMAL };
    for item in [qr, Item::Style(turned), Item::Logo(Logo::Number(1))] {
        assert_eq!(refused(&item), Refusal::Unsupported, "{item:?}");
        assert_eq!(refused(&item).kind(), ErrorKind::Unsupported);
    }
    assert!(matches!(refused(&Item::Barcode(Barcode::itf("123x", 40))), Refusal::Symbol(_)));
}

/// A name that no code of two bytes has, drawn by the font's source.
#[test]
fn rare_characters_are_drawn() {
    struct Names;
    impl GlyphSource for Names {
        fn dots(&self, character: char) -> Option<Dots> {
            (character == '㐀').then_some([[0xAA, 0x55, 0xF0]; 24])
        }
    }
    struct WithNames(Gb2312Font<'static>);
    impl Font for WithNames {
        fn charset(&self) -> Charset {
            self.0.charset()
        }
        fn narrow(&self, byte: u8, row: u8) -> u16 {
            self.0.narrow(byte, row)
        }
        fn wide(&self, code: [u8; 2], row: u8) -> Option<u32> {
            self.0.wide(code, row)
        }
        fn glyphs(&self) -> Option<&'static dyn GlyphSource> {
            Some(&Names)
        }
    }
    let clock = VirtualClock::in_steps(Duration::from_micros(20));
    let sim = SimHead::new(NO_PLAY, clock.clone());
    let (io, motor, sense, font) = sim.parts(&SHORT_PROFILE);
    let font = WithNames(font);
    let head = Head::new(io, motor, sense, font, &SHORT_PROFILE, Config::DEFAULT);
    let mut printer = Clocked::new(head, clock);
    printer.print(&Item::Text("张㐀\n")).unwrap();
    assert!(printer.print(&Item::Text("𠮷\n")).is_err());
    let paper = sim.device().bitmap();
    let drawn = (0..24).all(|y| paper.rows()[48 * y + 3..][..3] == [0xAA, 0x55, 0xF0]);
    assert!(drawn);
}

/// Codes as the ESC/POS driver draws them, whose dots a reader has read.
#[test]
fn codes_are_as_the_other_driver_draws_them() {
    let code = Barcode::code128("ABC-123", 40);
    // At the left: `GS v 0` centres whole bytes.
    let items = [
        Item::Barcode(code),
        Item::Barcode(Barcode::ean13("690123456789", 60)),
        Item::Barcode(code.with_text(TextPosition::Above)),
        Item::Qr { data: b"https://example.com", module: 4, level: QrLevel::M },
    ];
    static DRAWS: escpos::Profile = escpos::Profile {
        symbols: Symbols::empty(),
        qr_source: Some(&DrawnQr),
        ..escpos::Profile::CLONE_58MM
    };
    let mut encoder = Encoder::new(&DRAWS);
    let mut bytes = Encoder::PROLOGUE.to_vec();
    let config = Config { qr: Some(&DrawnQr), ..Config::DEFAULT };
    let mut bench = bench(NO_PLAY, &SHORT_PROFILE, config, true);
    for item in &items {
        let mut out = [0; 16_384];
        let slice = encoder.encode(item, &mut out).unwrap();
        bytes.extend(&out[..slice.len]);
        bench.print(item).unwrap();
    }
    let other = EscPosPrinter::decoded(escpos_sim::Model::CLONE_58MM, &bytes);
    compare(&bench.sim, other.bitmap().rows(), 0);
}

/// A person at a mechanism.
struct Person(SimHead, VirtualClock);

impl PrinterStimulus for Person {
    fn wait(&mut self) {
        self.1.advance(Duration::from_millis(1));
    }

    fn remove_paper(&mut self) {
        self.0.device().set_paper(false);
    }

    fn load_paper(&mut self) {
        self.0.device().work_platen();
        self.0.device().set_paper(true);
    }

    fn printed_text(&mut self) -> Option<String> {
        None
    }
}

#[test]
fn it_keeps_what_the_trait_promises() {
    for timer in [true, false] {
        let Bench { sim, clock, head } =
            bench(Model::SS205, &Profile::SS205, Config::DEFAULT, timer);
        let mut printer = Clocked::new(head, clock.clone());
        let report = conformance::printer(&mut printer, &mut Person(sim.clone(), clock));
        assert!(report.passed(), "{report}");
        assert!(sim.device().is_safe());
        assert_eq!(sim.device().violations(), []);
    }
}
