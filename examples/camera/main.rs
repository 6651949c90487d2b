//! Prints the plates that a camera reads.

#[macro_use]
#[path = "../common/mod.rs"]
mod common;
#[path = "../common/feeds.rs"]
mod feeds;
mod pushed;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use common::trace::{Protocol, traced};
use common::{AnyError, AnyPort, PortName};
use embedded_pos::nb;
use embedded_pos::port::adapter::SystemClock;
use embedded_pos::port::{CallError, Clock, Clocked, Duration, Instant};
use embedded_pos::scan::plate::feed::vzenith::{Config, Fault, Next, Profile, Vzenith};
use embedded_pos::scan::plate::{PlateCamera, PlateRead, ReadFlags, Reading};
use embedded_pos::sim::Simulated;
use embedded_pos::sim::camera::{Pass, VzenithCamera};

/// Prints the plates that a VisionZenith camera reads, as they come; or that
/// another camera pushed.
///
/// One line each: the plate, its class, colour and confidence, the type codes
/// (号牌种类) it can have and the query key (号牌号码), the event's number and
/// time. Ends with 0 after `--count` plates or `--seconds` seconds, with 2 when
/// the camera or the line fails.
#[derive(Parser)]
struct Args {
    /// `tcp:HOST:PORT` (cameras listen on 8131), a serial device or pty, or
    /// `sim` for a simulated camera on a simulated road.
    #[arg(long, default_value = "sim")]
    port: PortName,
    /// End after so many plates (3 with `--port sim`, else no end).
    #[arg(long)]
    count: Option<u32>,
    /// End after so many seconds.
    #[arg(long)]
    seconds: Option<u64>,
    /// Whose numbers for classes and colours the camera uses.
    #[arg(long, default_value = "vzenith")]
    profile: ProfileName,
    /// Make the camera look once, at the start.
    #[arg(long)]
    trigger: bool,
    /// Read a message that a camera of this vendor pushed, instead of driving
    /// one.
    #[arg(long, requires = "pushed")]
    vendor: Option<feeds::Vendor>,
    /// The message: a file, or `-` for standard input.
    #[arg(long, group = "pushed", requires = "vendor")]
    file: Option<PathBuf>,
    /// Take messages by HTTP POST at this port of this machine, up to `--count`
    /// plates (1 if not told).
    #[arg(long, group = "pushed", requires = "vendor", value_name = "PORT")]
    listen: Option<u16>,
    /// Show what crosses the line. Bench use: it shows secrets.
    #[arg(long)]
    trace: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum ProfileName {
    Vzenith,
    Qianyi,
}

type Camera = Clocked<Vzenith<AnyPort>, SystemClock, Next>;
type Failure = CallError<Fault, AnyError>;

fn main() -> ExitCode {
    let args = Args::parse();
    if let Some(vendor) = args.vendor {
        return read_pushed(&args, vendor);
    }
    let device = Simulated::new(VzenithCamera::new());
    let clock = SystemClock::new();
    let simulated = || common::erased(device.port(clock));
    let port = match args.port.open(115_200, simulated) {
        Ok(port) => port,
        Err(error) => return fail(&args, &common::open_error(error)),
    };
    let port = traced(port, args.trace, "camera", Protocol::Vzenith, clock);
    let profile = match args.profile {
        ProfileName::Vzenith => Profile::Vzenith,
        ProfileName::Qianyi => Profile::Qianyi,
    };
    let mut camera = Clocked::new(Vzenith::new(port, Config::new().profile(profile)), clock);
    let road = (args.port == PortName::Sim).then(|| Road::new(device));
    match watch(&args, &mut camera, road) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&args, &error),
    }
}

/// Ends with 2 if a message could not be read, or was wrong.
fn read_pushed(args: &Args, vendor: feeds::Vendor) -> ExitCode {
    let mut wrong = false;
    let mut tell = |told: Result<&PlateRead, _>| match told {
        Ok(read) => say!("{}", line(read)),
        Err(fault) => {
            wrong = true;
            eprintln!("camera: {fault}");
        }
    };
    let done = match (&args.file, args.listen) {
        (Some(path), _) => pushed::file(path, vendor, &mut tell),
        (None, port) => {
            pushed::listen(port.unwrap_or(0), vendor, args.count.unwrap_or(1), &mut tell)
        }
    };
    if let Err(error) = done {
        eprintln!("camera: {error}");
        return ExitCode::from(2);
    }
    if wrong { ExitCode::from(2) } else { ExitCode::SUCCESS }
}

fn fail(args: &Args, error: &impl embedded_pos::Error) -> ExitCode {
    eprintln!("{}", common::advice("camera", &args.port, error));
    ExitCode::from(2)
}

fn watch(args: &Args, camera: &mut Camera, mut road: Option<Road>) -> Result<(), Failure> {
    let (driver, clock) = camera.parts();
    let serial = driver.init().wait(clock)?;
    eprintln!("camera {serial} at {}", args.port);
    camera.subscribe()?;
    if args.trigger {
        camera.trigger()?;
    }
    let end = args.seconds.map(|seconds| camera.clock.now() + Duration::from_secs(seconds));
    let end = end.unwrap_or(Instant::FAR_FUTURE);
    let count = args.count.or(road.as_ref().map(|_| 3));
    let mut seen = 0;
    while count.is_none_or(|count| seen < count) {
        match camera.poll_plate() {
            Ok(read) => {
                seen += 1;
                say!("{}", line(&read));
            }
            Err(nb::Error::Other(CallError::Device(fault))) if is_passing(fault) => {
                eprintln!("camera at {}: {fault}; going on", args.port);
            }
            Err(nb::Error::Other(error)) => return Err(error),
            Err(nb::Error::WouldBlock) => {
                let now = camera.clock.now();
                if now >= end {
                    break;
                }
                if let Some(road) = &mut road {
                    road.drive(now);
                }
                camera.clock.idle(end);
            }
        }
    }
    camera.unsubscribe()
}

/// One reading is lost, the camera is not.
fn is_passing(fault: Fault) -> bool {
    matches!(fault, Fault::Long { .. } | Fault::Broken { .. })
}

fn line(read: &PlateRead) -> String {
    let what = match read.reading {
        Reading::NoPlate => "no plate".to_owned(),
        Reading::Unreadable(error) => format!("{} unreadable: {error}", read.text),
        Reading::Plate(plate) => {
            let codes = read.colour.map_or(plate.hpzl(), |colour| plate.hpzl_in(colour));
            let codes: Vec<_> = codes.iter().map(ToString::to_string).collect();
            let class = plate.class().name();
            format!("{plate} {class}, hpzl {} hphm {}", codes.join("/"), plate.hphm())
        }
    };
    let colour = read.colour.map_or("?".to_owned(), |colour| format!("{colour:?}").to_lowercase());
    let sure = read.confidence.map_or("?".to_owned(), |sure| match sure.of {
        0 => sure.value.to_string(),
        of => format!("{}/{of}", sure.value),
    });
    let event = read.event.map_or("?".to_owned(), |event| event.to_string());
    let time = read.time.map_or("?".to_owned(), |time| time.to_string());
    let mut notes = String::new();
    if !read.is_consistent() {
        notes += "; text and sight differ";
    }
    if !read.characters.as_slice().is_empty() {
        notes += &format!("; characters {:?}", read.characters.as_slice());
    }
    if read.flags.contains(ReadFlags::OFFLINE) {
        notes += "; from store";
    }
    format!("{what}; {colour}, sure {sure}; event {event} at {time}{notes}")
}

/// A simulated road: a vehicle every 600 ms.
struct Road {
    device: Simulated<VzenithCamera>,
    next: Instant,
    driven: usize,
}

impl Road {
    fn new(device: Simulated<VzenithCamera>) -> Self {
        Self { device, next: Instant::ZERO, driven: 0 }
    }

    fn drive(&mut self, now: Instant) {
        let vehicles = [
            Pass::new("津A12345").colour(1).class(1),
            Pass::new("津AD12345").colour(5).class(19),
            Pass::new("京A1234警").colour(3).class(5),
            Pass::new("_无_").colour(0).class(20),
        ];
        if now >= self.next {
            self.next = now + Duration::from_millis(600);
            self.device.device().pass(&vehicles[self.driven % vehicles.len()]);
            self.driven += 1;
        }
    }
}
