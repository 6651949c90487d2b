//! The violation terminal as firmware: the case of `examples/terminal`, with a
//! UART to each device.
#![no_std]
#![no_main]

use cortex_m_rt::entry;
use embedded_pos::ErrorKind;
use embedded_pos::port::adapter::IoPort;
use mps2_an386::{Board, TimerClock, Uart, finish, say};

/// The speed of each device, in bits a second, by the number of its UART.
const CARD: u32 = 115_200;
const SCANNER: u32 = 9_600;
const CAMERA: u32 = 115_200;
const FINGERPRINT: u32 = 57_600;
const PRINTER: u32 = 115_200;

/// The lines to the devices.
#[expect(dead_code, reason = "the case is to come")]
struct Ports {
    card: IoPort<Uart>,
    scanner: IoPort<Uart>,
    camera: IoPort<Uart>,
    fingerprint: IoPort<Uart>,
    printer: IoPort<Uart>,
}

#[entry]
fn main() -> ! {
    finish(Board::take().ok_or(ErrorKind::Busy).and_then(|board| {
        let [card, scanner, camera, fingerprint, printer] = board.uarts;
        let ports = Ports {
            card: started(card, CARD),
            scanner: started(scanner, SCANNER),
            camera: started(camera, CAMERA),
            fingerprint: started(fingerprint, FINGERPRINT),
            printer: started(printer, PRINTER),
        };
        case(ports, board.clock)
    }))
}

fn started(mut uart: Uart, baud: u32) -> IoPort<Uart> {
    uart.start(baud);
    IoPort::new(uart)
}

fn case(_ports: Ports, _clock: TimerClock) -> Result<(), ErrorKind> {
    say(format_args!("ports open"));
    Ok(())
}
