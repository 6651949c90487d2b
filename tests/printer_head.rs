//! The driver of bare mechanisms against a simulated one.

use embedded_pos::port::{Clock, Clocked, Duration};
use embedded_pos::printer::head::{Config, Fault, Font, Gb2312Font, Head, HeadSense, Profile};
use embedded_pos::printer::{Completion, Item, Printer, Raster, Status, Style};
use embedded_pos::sim::VirtualClock;
use embedded_pos::sim::head::{FONT, Model, SimHead, SimIo, SimStepper, Timed, Tone};
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

fn clock() -> VirtualClock {
    VirtualClock::in_steps(Duration::from_micros(20))
}

#[test]
fn one() {
    for (model, profile) in MECHANISMS {
        let clock = clock();
        let sim = SimHead::new(model, clock.clone());
        let (io, motor, sense, font) = sim.parts(profile);
        let head = Head::new(io, motor, sense, font, profile, Config::DEFAULT);
        let mut printer = Clocked::new(head, clock.clone());
        let rows = picture(100, 1);
        printer.print(&raster(&rows)).unwrap();
        let device = sim.device();
        println!(
            "{} {:?}",
            profile.name,
            &device.violations()[..device.violations().len().min(10)]
        );
        println!(
            "{:?} strobes {} longest {} height {} time {:?}",
            printer.driver().counts(),
            device.strobes(),
            device.longest_us(),
            device.bitmap().height(),
            clock.clone().now()
        );
        let bitmap = device.bitmap();
        let (mut lo, mut hi, mut wrong) = (9.0_f64, 0.0_f64, 0);
        for y in 0..100 {
            for x in 0..384 {
                let black = rows[y * 48 + x / 8] << (x % 8) & 0x80 != 0;
                if black != bitmap.dot(x, y + 12) {
                    wrong += 1;
                }
                if black {
                    lo = lo.min(device.energy(x, y + 12));
                    hi = hi.max(device.energy(x, y + 12));
                }
            }
        }
        println!("wrong {wrong} lo {lo} hi {hi}");
    }
}
