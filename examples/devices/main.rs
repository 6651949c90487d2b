//! Serves the simulated devices to other programs and to boards, on TCP ports
//! or pseudo-terminals, each with a person beside it who does what a terminal
//! asks for.

#[path = "../common/mod.rs"]
mod common;

mod attended;
mod printer;
#[cfg(unix)]
mod pty;
mod scripted;

use std::fmt::Display;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::mpsc;
use std::time::Duration;
use std::{io, thread};

use attended::{Attended, Motorist, Nobody, Payer, Person, Shower, Tapper};
use clap::{Parser, ValueEnum};
use common::printer::{Kind as PrinterKind, Language};
use common::profile::Profile;
use common::stage;
use embedded_pos::port::Port;
use embedded_pos::port::adapter::{StreamPort, SystemClock};
use embedded_pos::sim::printer::{CpclPrinter, EscPosPrinter, StarPrinter};
use embedded_pos::sim::{Device, Simulated};
use scripted::Played;

/// Serves simulated devices: a serial CCID reader with an EMV card, a GM65-S
/// scanner, a plate camera, an R503 fingerprint sensor, a printer.
///
/// Each comes with a person: a card that is put in and taken back, codes that
/// are shown when the scanner looks, a vehicle that drives past, a finger that
/// taps the sensor.
///
/// `devices fingerprint --profile r503 --pty PATH` serves one fingerprint
/// module, as delivered, with nobody beside it: what people do with it, and what
/// goes wrong, is said by `--script` and on standard input, a command a line:
/// `STORE 3 anna`, `TAP anna 3`, `PLACE anna wet`, `LIFT`, `ERASE 3`, `POWER`,
/// `SILENCE`, `BABBLE 55`, `FAULT late cmd=04 ms=1500`, `WAIT 2 s`, `AFTER 200 ms
/// LIFT`, `STOP`. The page of `sim::fingerprint::script` has them all.
#[derive(Parser)]
struct Args {
    /// Which devices; all of them if none is named.
    devices: Vec<Kind>,
    /// Serve on TCP, from this port on: card, scanner, camera, fingerprint,
    /// printer are at port + 0 to port + 4; one that is named alone, at the port
    /// itself. Loopback addresses only.
    #[arg(
        long,
        visible_alias = "tcp",
        value_name = "127.0.0.1:PORT",
        default_value = "127.0.0.1:7816"
    )]
    listen: SocketAddr,
    /// Serve on pseudo-terminals instead, linked as DIR/card, DIR/scanner ...
    /// With `--profile`, linked as PATH itself.
    #[arg(long, value_name = "DIR|PATH")]
    pty: Option<PathBuf>,
    /// The model of the fingerprint module, of which nothing else is served.
    #[arg(long, value_enum, value_name = "MODEL")]
    profile: Option<Profile>,
    /// What happens with it, and when.
    #[arg(long, value_name = "FILE", requires = "profile")]
    script: Option<PathBuf>,
    /// The codes that are shown, in turn.
    #[arg(long, value_name = "TEXT", default_values = [stage::LICENCE, stage::WECHAT])]
    show: Vec<String>,
    /// The plate that drives past.
    #[arg(long, default_value = stage::PLATE)]
    plate: String,
    /// The finger that taps: anna and bert are in the sensor's library.
    #[arg(long, default_value = stage::FINGERS[0].1)]
    finger: String,
    /// The printer's language.
    #[arg(long, value_enum, default_value_t = Language::Escpos)]
    language: Language,
    /// The kind of printer.
    #[arg(long, value_enum, default_value_t = PrinterKind::Clone58)]
    kind: PrinterKind,
    /// When a client has left the printer and all is printed, write its paper
    /// here; in a directory, the paper of each client as 1.png, 2.png ...
    #[arg(long, value_name = "DIR|FILE")]
    png: Option<PathBuf>,
    /// Stop when every device had a client and all have left.
    #[arg(long)]
    once: bool,
    /// Stop after so many seconds.
    #[arg(long, default_value_t = 3600)]
    seconds: u64,
}

impl Args {
    fn kinds(&self) -> io::Result<Vec<Kind>> {
        match (self.profile, self.devices.as_slice()) {
            (None, []) => Ok(Kind::ALL.to_vec()),
            (None, some) => Ok(some.to_vec()),
            (Some(_), [] | [Kind::Fingerprint]) => Ok(vec![Kind::Fingerprint]),
            (Some(_), _) => Err(io::Error::other("`--profile` is for one fingerprint module")),
        }
    }
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Kind {
    Card,
    Scanner,
    Camera,
    Fingerprint,
    Printer,
}

impl Kind {
    const ALL: [Self; 5] =
        [Self::Card, Self::Scanner, Self::Camera, Self::Fingerprint, Self::Printer];

    fn name(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::Scanner => "scanner",
            Self::Camera => "camera",
            Self::Fingerprint => "fingerprint",
            Self::Printer => "printer",
        }
    }
}

/// One place where clients come, one at a time.
enum Place {
    Tcp(TcpListener),
    #[cfg(unix)]
    Pty(pty::Pty),
}

fn main() -> ExitCode {
    match serve(Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("devices: {error}");
            ExitCode::from(2)
        }
    }
}

fn serve(args: Args) -> io::Result<()> {
    if !args.listen.ip().is_loopback() {
        return Err(io::Error::other("only loopback addresses are served"));
    }
    let kinds = args.kinds()?;
    let (left, leaving) = mpsc::channel::<bool>();
    for kind in &kinds {
        let place = place(*kind, &args)?;
        let left = left.clone();
        let name = kind.name();
        let mut run = device(*kind, &args)?;
        thread::spawn(move || {
            let result = run(place);
            if let Err(error) = &result {
                eprintln!("{name}: {error}");
            }
            left.send(result.is_ok()).ok();
        });
    }
    println!("ready");
    let start = std::time::Instant::now();
    let mut failed = false;
    for _ in &kinds {
        let rest = Duration::from_secs(args.seconds).saturating_sub(start.elapsed());
        match leaving.recv_timeout(rest) {
            Ok(well) => failed |= !well,
            Err(_) => break,
        }
    }
    if failed { Err(io::Error::other("a device could not be served")) } else { Ok(()) }
}

fn place(kind: Kind, args: &Args) -> io::Result<Place> {
    if let Some(dir) = &args.pty {
        let one = args.profile.is_some();
        return pty_place(kind, &if one { dir.clone() } else { dir.join(kind.name()) });
    }
    let alone = args.profile.is_some() || args.devices.len() == 1;
    let offset = Kind::ALL.iter().position(|one| *one == kind && !alone).unwrap_or(0);
    let port = args.listen.port().checked_add(u16::try_from(offset).unwrap_or(0));
    let port = port.ok_or_else(|| io::Error::other("there is no port that high"))?;
    let at = SocketAddr::new(args.listen.ip(), port);
    let listener = TcpListener::bind(at).map_err(|error| named(&at, &error))?;
    eprintln!("{} at tcp:{}", kind.name(), listener.local_addr()?);
    Ok(Place::Tcp(listener))
}

/// The error, and which place it is about.
fn named(place: &dyn Display, error: &io::Error) -> io::Error {
    io::Error::other(format!("{place}: {error}"))
}

#[cfg(unix)]
fn pty_place(kind: Kind, link: &std::path::Path) -> io::Result<Place> {
    let pty = pty::open()?;
    let dir = link.parent().unwrap_or(link);
    let linked = std::fs::create_dir_all(dir).and_then(|()| {
        // Of an earlier run. What is no link is somebody's file: the next line fails.
        if link.is_symlink() {
            std::fs::remove_file(link)?;
        }
        std::os::unix::fs::symlink(&pty.path, link)
    });
    linked.map_err(|error| named(&link.display(), &error))?;
    eprintln!("{} at {}", kind.name(), link.display());
    Ok(Place::Pty(pty))
}

#[cfg(not(unix))]
fn pty_place(_kind: Kind, _link: &std::path::Path) -> io::Result<Place> {
    Err(io::Error::other("there are no pseudo-terminals here"))
}

type Run = Box<dyn FnMut(Place) -> io::Result<()> + Send>;

/// What serves a device of this kind.
fn device(kind: Kind, args: &Args) -> io::Result<Run> {
    let once = args.once;
    if let Some(profile) = args.profile {
        let played = Played::new(profile, args.script.as_deref())?;
        return Ok(running(played, Nobody, once, |_, _| Ok(())));
    }
    Ok(match kind {
        Kind::Card => running(stage::reader(), Payer::default(), once, |_, _| Ok(())),
        Kind::Scanner => {
            running(stage::scanner(), Shower::new(args.show.clone()), once, |_, _| Ok(()))
        }
        Kind::Camera => {
            let person = Motorist { plate: args.plate.clone(), next: None };
            running(stage::camera(), person, once, |_, _| Ok(()))
        }
        Kind::Fingerprint => {
            let person = Tapper { finger: args.finger.clone() };
            running(stage::sensor(), person, once, |_, _| Ok(()))
        }
        Kind::Printer => {
            let mut model = args.kind.model(args.language);
            if args.pty.is_none() {
                // Its network interface holds the host up.
                model.buffer = usize::MAX;
            }
            match args.language {
                Language::Escpos => printer::serve(EscPosPrinter::new(model), args),
                Language::Star => printer::serve(StarPrinter::new(model), args),
                Language::Cpcl => printer::serve(CpclPrinter::new(model), args),
            }
        }
    })
}

fn running<D, P>(
    device: D,
    person: P,
    once: bool,
    mut after: impl FnMut(&mut D, &mut SystemClock) -> io::Result<()> + Send + 'static,
) -> Run
where
    D: Device + Send + 'static,
    P: Person<D> + 'static,
{
    let device = Simulated::new(Attended { device, person });
    let mut clock = SystemClock::new();
    Box::new(move |place| {
        match place {
            Place::Tcp(listener) => loop {
                let mut port = StreamPort::tcp(listener.accept()?.0)?;
                play(&device, &mut port, &mut clock)?;
                after(&mut device.device().device, &mut clock)?;
                if once {
                    return Ok(());
                }
            },
            // Clients of a pseudo-terminal come and go unnoticed.
            #[cfg(unix)]
            Place::Pty(mut pty) => play(&device, &mut pty.port, &mut clock),
        }
    })
}

fn play<D: Device, P: Port>(
    device: &Simulated<D>,
    port: &mut P,
    clock: &mut SystemClock,
) -> io::Result<()> {
    let served = device.serve(port, clock);
    served.map_err(|error| io::Error::other(error.to_string()))
}
