//! The violation terminal as firmware: the case of `examples/terminal`, with a
//! UART to each device. The desk and the office are that example's files.
#![no_std]
#![no_main]

#[path = "../../../terminal/authority.rs"]
mod authority;
mod backend;
#[path = "../../../terminal/desk.rs"]
mod desk;
#[path = "../../../terminal/office.rs"]
mod office;
mod people;
mod records;
#[path = "../../../terminal/slip.rs"]
mod slip;
#[path = "../../../terminal/till.rs"]
mod till;

use backend::Table;
use cortex_m_rt::entry;
use desk::{Desk, Part, Stop, World, retry};
use embedded_pos::ErrorKind;
use embedded_pos::card::reader::serial_ccid::{self, SerialCcid};
use embedded_pos::fingerprint::zfm::{self, Password, Zfm};
use embedded_pos::port::adapter::IoPort;
use embedded_pos::port::{Clocked, Duration};
use embedded_pos::printer::escpos::{EscPos, Profile, Timed};
use embedded_pos::scan::code::OneTime;
use embedded_pos::scan::engine::gm65::{self, Gm65};
use embedded_pos::scan::plate::feed::vzenith::{self, Vzenith};
use embedded_pos::terminal::Settlement;
use mps2_an386::{Board, TimerClock, Uart, finish, say};
use people::{NoPad, People};
use records::Memory;

/// The speed of each device, in bits a second, by the number of its UART.
const CARD: u32 = 115_200;
const SCANNER: u32 = 9_600;
const CAMERA: u32 = 115_200;
const FINGERPRINT: u32 = 57_600;
const PRINTER: u32 = 115_200;

#[entry]
fn main() -> ! {
    let Some(board) = Board::take() else { finish(Err(ErrorKind::Busy)) };
    finish(case(board.uarts, board.clock));
}

fn started(mut uart: Uart, baud: u32) -> IoPort<Uart> {
    uart.start(baud);
    IoPort::new(uart)
}

fn case(uarts: [Uart; 5], clock: TimerClock) -> Result<(), Stop> {
    let [card, scanner, camera, fingerprint, printer] = uarts;
    let card = SerialCcid::new(started(card, CARD), serial_ccid::Config::default());
    let scanner = Gm65::new(started(scanner, SCANNER), gm65::Config::new());
    let camera = Vzenith::new(started(camera, CAMERA), vzenith::Config::new());
    let sensor = Zfm::new(started(fingerprint, FINGERPRINT), zfm::Config::r503(Password::FACTORY));
    let printer = EscPos::new(started(printer, PRINTER), Timed, &Profile::CLONE_58MM);
    let mut world = People::new(clock);
    let mut salt = [0; 16];
    salt.as_chunks_mut().0.iter_mut().for_each(|part| *part = world.unpredictable());
    let mut desk = Desk {
        card: Clocked::new(card, clock),
        scanner: Clocked::new(scanner, clock),
        camera: Clocked::new(camera, clock),
        sensor: Clocked::new(sensor, clock),
        printer: Clocked::new(printer, clock),
        pad: NoPad,
        backend: Table::new(),
        records: Memory::new(),
        codes: OneTime::new(salt, Duration::from_secs(300)),
        world,
    };
    macro_rules! ready {
        ($part:ident, $device:ident) => {
            retry(&mut desk.world, Part::$part, || {
                let (driver, clock) = desk.$device.parts();
                driver.init().wait(clock)
            })?
        };
    }
    ready!(Fingerprint, sensor);
    ready!(Printer, printer);
    ready!(Scanner, scanner);
    ready!(Card, card);
    ready!(Camera, camera);
    let roster = office::roster()?;
    let office = office::office(&roster)?;
    let outcome = desk.shift(&office)?;
    match outcome.settlement {
        Settlement::Paid(paid) => {
            say(format_args!("paid {} yuan, order {}", paid.approval.amount, paid.key));
        }
        other => say(format_args!("not paid: {other:?}")),
    }
    say(format_args!("records in the archive: {}", desk.backend.archived()));
    Ok(())
}
