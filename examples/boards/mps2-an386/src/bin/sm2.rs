//! How long SM2 takes to verify a signature and how much stack it needs:
//! `cargo run --release --features sm --bin sm2`. QEMU is made to count
//! instructions there.
#![no_std]
#![no_main]

use core::hint::black_box;

use cortex_m::peripheral::SYST;
use cortex_m::peripheral::syst::SystClkSource;
use cortex_m_rt::entry;
use embedded_pos::ErrorKind;
use embedded_pos::emv::oda::sm::Message;
use mps2_an386::{Memory, finish, say};

/// GM/T 0003.5-2012, the example of a signature: the signer's key.
static SIGNER: [u8; 64] = *b"\x09\xF9\xDF\x31\x1E\x54\x21\xA1\x50\xDD\x7D\x16\x1E\x4B\xC5\xC6\
    \x72\x17\x9F\xAD\x18\x33\xFC\x07\x6B\xB0\x8F\xF3\x56\xF3\x50\x20\
    \xCC\xEA\x49\x0C\xE2\x67\x75\xA5\x2D\xC6\xEA\x71\x8C\xC1\xAA\x60\
    \x0A\xED\x05\xFB\xF3\x5E\x08\x4A\x66\x32\xF6\x07\x2D\xA9\xAD\x13";
/// The signature of `message digest`.
static SIGNATURE: [u8; 64] = *b"\xF5\xA0\x3B\x06\x48\xD2\xC4\x63\x0E\xEA\xC5\x13\xE1\xBB\x81\xA1\
    \x59\x44\xDA\x38\x27\xD5\xB7\x41\x43\xAC\x7E\xAC\xEE\xE7\x20\xB3\
    \xB1\xB6\xAA\x29\xDF\x21\x2F\xD8\x76\x31\x82\xBC\x0D\x42\x1C\xA1\
    \xBB\x90\x38\xFD\x1F\x7F\x42\xD4\x84\x0B\x69\xC4\x85\xBB\xC1\xAA";

/// QEMU counts 1 ns for each instruction (`-icount shift=0`), and a tick of the
/// core's timer is 40 ns at 25 MHz.
const INSTRUCTIONS_PER_TICK: u32 = 40;
/// The timer goes round after so many ticks.
const ROUND: u32 = 0x00FF_FFFF;

#[entry]
fn main() -> ! {
    finish(cortex_m::Peripherals::take().ok_or(ErrorKind::Busy).and_then(|core| run(core.SYST)))
}

fn run(mut timer: SYST) -> Result<(), ErrorKind> {
    timer.set_clock_source(SystClkSource::Core);
    timer.set_reload(ROUND);
    timer.clear_current();
    timer.enable_counter();
    let before = Memory::now().stack;
    verify()?;
    let stack = Memory::now().stack - before;
    let start = SYST::get_current();
    verify()?;
    let ticks = start.wrapping_sub(SYST::get_current()) & ROUND;
    say(format_args!("sm2 verify: {} instructions", ticks * INSTRUCTIONS_PER_TICK));
    say(format_args!("sm2 stack: {stack} bytes"));
    Ok(())
}

#[inline(never)]
fn verify() -> Result<(), ErrorKind> {
    let mut message = Message::new(black_box(&SIGNER)).ok_or(ErrorKind::Protocol)?;
    message.add(black_box(b"message digest"));
    message.is_signed(black_box(&SIGNATURE)).then_some(()).ok_or(ErrorKind::Protocol)
}
