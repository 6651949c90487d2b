//! The desk of this example: its drivers, its hosts, and what the hosts know.

use embedded_pos::card::reader::serial_ccid::{self, SerialCcid};
use embedded_pos::fingerprint::zfm::{self, Password, Zfm};
use embedded_pos::port::{Clocked, Duration};
use embedded_pos::printer::escpos::{self, EscPos, Profile, Timed};
use embedded_pos::scan::code::OneTime;
use embedded_pos::scan::engine::gm65::{self, Gm65};
use embedded_pos::scan::plate::feed::vzenith::{self, Vzenith};
use embedded_pos::scan::plate::{Hpzl, Plate};
use embedded_pos::sim::backend::{Backend, NetFault, Payer, VehicleFile};
use embedded_pos::sim::pin_pad::SimPinPad;
use embedded_pos::sim::records::MemorySink;
use embedded_pos::terminal::{CivilTime, Date, Fault, Outcome, Standing, Text, Vehicle, Violation};

use crate::args::{Args, Bank};
use crate::clock::AnyClock;
use crate::common::{AnyPort, stage};
use crate::desk::{self, Desk, Part, Stop, World};
use crate::office;
use crate::people::People;
use crate::rig::Ports;

/// A desk with the drivers of this example.
pub type Ours = Desk<
    Clocked<SerialCcid<AnyPort>, AnyClock, serial_ccid::Talk<serial_ccid::Look>>,
    Clocked<Gm65<AnyPort>, AnyClock, gm65::Await>,
    Clocked<Vzenith<AnyPort>, AnyClock, vzenith::Next>,
    Clocked<Zfm<AnyPort>, AnyClock, zfm::Pending>,
    Clocked<EscPos<AnyPort, Timed>, AnyClock, escpos::Finish<Timed>>,
    SimPinPad,
    Backend,
    MemorySink,
    People,
>;

/// Joins the drivers with their ports, and nothing talks yet.
pub fn desk(args: &Args, ports: Ports, clock: AnyClock, mut world: People) -> Result<Ours, Fault> {
    let mut salt = [0; 16];
    salt.as_chunks_mut().0.iter_mut().for_each(|part| *part = world.unpredictable());
    Ok(Desk {
        card: Clocked::new(
            SerialCcid::new(ports.card, serial_ccid::Config::default()),
            clock.clone(),
        ),
        scanner: Clocked::new(Gm65::new(ports.scanner, gm65::Config::new()), clock.clone()),
        camera: Clocked::new(Vzenith::new(ports.camera, vzenith::Config::new()), clock.clone()),
        sensor: Clocked::new(
            Zfm::new(ports.sensor, zfm::Config::r503(Password::FACTORY)),
            clock.clone(),
        ),
        printer: Clocked::new(EscPos::new(ports.printer, Timed, &Profile::CLONE_58MM), clock),
        pad: args.card.payer.pad(),
        backend: backend(args)?,
        records: MemorySink::new(),
        codes: OneTime::new(salt, Duration::from_secs(300)),
        world,
    })
}

/// Readies the devices, signs an officer in and leads a case.
pub fn lead(desk: &mut Ours) -> Result<Outcome, Stop> {
    let Desk { card, scanner, camera, sensor, printer, world, .. } = desk;
    /// Every driver is initialised in the same way; they share no trait for it.
    macro_rules! ready {
        ($part:ident, $device:ident) => {
            desk::retry(world, Part::$part, || {
                let (driver, clock) = $device.parts();
                driver.init().wait(clock)
            })?
        };
    }
    ready!(Fingerprint, sensor);
    ready!(Printer, printer);
    ready!(Scanner, scanner);
    ready!(Card, card);
    if world.wants_camera() {
        ready!(Camera, camera);
    }
    let roster = office::roster()?;
    let mut office = office::office(&roster)?;
    office.chip.capabilities |= office::PIN_PAD;
    desk.shift(&office)
}

/// The hosts: what they know of the vehicle, and what the bank does.
fn backend(args: &Args) -> Result<Backend, Fault> {
    let mut backend = Backend::new();
    let plate = Plate::parse(stage::PLATE).map_err(|_| Fault::Malformed)?;
    let vehicle = Vehicle::new(&plate, Hpzl::SMALL)?;
    let file = VehicleFile {
        inspection: Standing::Until(Date::new(2027, 5, 31)?),
        insurance: Standing::Until(Date::new(2027, 3, 14)?),
    };
    backend.authority.register(&vehicle, file);
    backend.authority.accuse(&vehicle, violation()?);
    backend.bank.ask_issuer(stage::issuer());
    match args.bank {
        Bank::Approves => {}
        Bank::Declines => backend.bank.expect(Payer::Refused("51")),
        Bank::Unheard => backend.bank.inject(NetFault::AnswerLost),
        Bank::Unreachable => (0..200).for_each(|_| backend.bank.inject(NetFault::RequestLost)),
    }
    if let Some(seed) = args.faults {
        backend.bank.seed(seed);
        backend.authority.seed(seed);
    }
    Ok(backend)
}

/// What a camera saw last week.
fn violation() -> Result<Violation, Fault> {
    Ok(Violation {
        number: Text::new("1201011900000001")?,
        time: CivilTime::new(Date::new(2026, 11, 18)?, 8, 41, 0)?,
        place: Text::new("和平区南京路与营口道交口")?,
        behaviour: Text::new("1625")?,
        decided: None,
    })
}
