//! The board: five UARTs, a clock, a transcript.
//!
//! An Arm MPS2 with the Cortex-M4 of application note AN386, on which QEMU's
//! machine `mps2-an386` is modelled. `cargo run` starts it there.
#![no_std]

mod clock;
mod memory;
mod registers;
mod uart;

pub use clock::TimerClock;
pub use memory::Memory;
pub use uart::{Overrun, Uart};

use core::fmt;

/// Core and peripherals run at 25 MHz (AN386, clocks).
const PERIPHERAL_HZ: u32 = 25_000_000;

/// What the board has.
#[derive(Debug)]
pub struct Board {
    /// The UARTs, in the order of their numbers.
    pub uarts: [Uart; 5],
    /// The time since the start.
    pub clock: TimerClock,
}

impl Board {
    /// Starts the clock and gives the board away, once.
    ///
    /// Interrupts are masked from here on: they only end waits.
    #[must_use]
    pub fn take() -> Option<Self> {
        let core = cortex_m::Peripherals::take()?;
        cortex_m::interrupt::disable();
        uart::wake_on_bytes();
        Some(Self { uarts: Uart::all(), clock: TimerClock::start(core.SYST) })
    }
}

/// Writes one line to the transcript: the debugger's console, which under QEMU
/// is the terminal.
pub fn say(line: fmt::Arguments<'_>) {
    semihosting::println!("{line}");
}

/// Ends the run with the result and what memory it took. Under QEMU, the exit
/// status is 1 after a failure.
pub fn finish(result: Result<(), impl fmt::Display>) -> ! {
    say(format_args!("{}", Memory::now()));
    match result {
        Ok(()) => semihosting::process::exit(0),
        Err(error) => {
            say(format_args!("failed: {error}"));
            semihosting::process::exit(1)
        }
    }
}
