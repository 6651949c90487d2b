//! How long the contact kernel takes for a payment that the issuer approves, with
//! and without DDA, and how much memory it needs: `cargo run --release --bin
//! payment`. The answers of the card stand in flash, so what is counted is the
//! kernel alone; QEMU is made to count instructions there.
#![no_std]
#![no_main]

use core::hint::black_box;
use core::mem::size_of;

use cortex_m::peripheral::SYST;
use cortex_m::peripheral::syst::SystClkSource;
use cortex_m_rt::entry;
use embedded_pos::ErrorKind;
use embedded_pos::civil::{CivilTime, Date};
use embedded_pos::emv::oda::{Authorities, Capk};
use embedded_pos::emv::{
    Amount, Application, Capabilities, FIELD_55, OnlineResponse, Payment, Rule, Step, Store,
    Terminal, Transaction,
};
use mps2_an386::{Memory, finish, say};

/// Command and answer a line, as `tests/vectors/emv/ORIGIN` says.
static SESSION: &str = include_str!("../../../../../tests/vectors/emv/session.txt");

/// The key of its authority, of 1408 bits.
static MODULUS: [u8; 176] = hex(
    b"BF08CA64EA24B2644772CA60DAE61A68DE449A1F43503A1025103BDE7487FF2D60E23AF37400BBB6A8075C79EB38D775\
      ED5F251E15268128CA152DC5F33E017F14AE11FA2E07298F559387F4F47997DB09AEE867712E56545825C4B12A197C8A\
      BE68E7E24A20B8717453733D0BF12F3CF8AA89CB9BD07A2468B6132410C1E62FD1DFEC2C5D7C35B5475C520783E01E54\
      9F4C44DECBC2A0587763851738E4CAF22EB0E8747DBF828C2207FECE8460030F",
);

static TERMINAL: Terminal<'_> = Terminal {
    kind: 0x22,
    capabilities: Capabilities::from_bytes([0x20, 0x08, 0x00]),
    applications: &[
        Application::UNIONPAY,
        Application { aid: b"\xAF\xFF\xFF\xFF\xFF\x12\x34", ..Application::UNIONPAY },
    ],
    authorities: Authorities {
        keys: &[Capk::new([0xAF, 0xFF, 0xFF, 0xFF, 0xFF], 0x92, &MODULUS, &[3])],
        revoked: &[],
    },
    ..Terminal::CHINA
};

/// Issuer Authentication Data, as the card takes them.
static FIELD_55_OF_THE_ISSUER: [u8; 10] =
    [0x91, 0x08, 0x12, 0x34, 0x56, 0x78, 0x12, 0x34, 0x56, 0x78];

/// QEMU counts 1 ns for each instruction (`-icount shift=0`), and a tick of the
/// core's timer is 40 ns at 25 MHz.
const INSTRUCTIONS_PER_TICK: u32 = 40;
/// The timer goes round after so many ticks.
const ROUND: u32 = 0x00FF_FFFF;
/// Payments of each kind, so that a tick less or more does not matter.
const TIMES: u32 = 16;

#[entry]
fn main() -> ! {
    finish(cortex_m::Peripherals::take().ok_or(ErrorKind::Busy).and_then(|core| run(core.SYST)))
}

fn run(mut timer: SYST) -> Result<(), ErrorKind> {
    timer.set_clock_source(SystClkSource::Core);
    timer.set_reload(ROUND);
    timer.clear_current();
    timer.enable_counter();
    let (plain, signs) = (TERMINAL, Terminal { capabilities: SIGNS, ..TERMINAL });
    let mut memory = [0; Store::ROOM];
    let mut answer = [0; 258];
    black_box((&memory, &answer));
    memory.fill(PAINT);
    let before = Memory::now().stack;
    pay(&signs, &mut memory, &mut answer)?;
    let stack = Memory::now().stack - before;
    let data = memory.iter().rposition(|&byte| byte != PAINT).map_or(0, |last| last + 1);
    for (name, terminal) in [("plain", &plain), ("DDA", &signs)] {
        let mut ticks = 0;
        for _ in 0..TIMES {
            ticks += pay(terminal, &mut memory, &mut answer)?;
        }
        let instructions = ticks * INSTRUCTIONS_PER_TICK / TIMES;
        say(format_args!("payment {name}: {instructions} instructions"));
    }
    let state = size_of::<Transaction<'_>>();
    say(format_args!("payment data: {data} bytes"));
    say(format_args!("payment state: {state} bytes"));
    say(format_args!("payment stack: {} bytes", stack - state));
    Ok(())
}

/// No PIN and no signature; DDA.
const SIGNS: Capabilities = Capabilities::from_bytes([0x20, 0x08, 0xC8]);

/// What the memory of the store is painted with, to see how much of it is used.
const PAINT: u8 = 0xA5;

/// Pays; returns how many ticks the kernel took.
#[inline(never)]
fn pay(terminal: &Terminal<'_>, memory: &mut [u8], answer: &mut [u8]) -> Result<u32, ErrorKind> {
    let date = Date::new(2017, 11, 30).map_err(|_| ErrorKind::Argument)?;
    let time = CivilTime::new(date, 10, 15, 30).map_err(|_| ErrorKind::Argument)?;
    let amount = Amount::from_minor(20_000).ok_or(ErrorKind::Argument)?;
    let payment = Payment::yuan(amount, time, 42, [0x01, 0x23, 0x45, 0x67]);
    let mut ticks = 0;
    let mut lines = SESSION.lines();
    let mut start = SYST::get_current();
    // Dropped, and so wiped, at the end of the block.
    let right = {
        let mut transaction = Transaction::new(black_box(terminal), payment, memory);
        loop {
            match transaction.step() {
                Step::Transmit(command) => {
                    ticks += start.wrapping_sub(SYST::get_current()) & ROUND;
                    let count = answered(&mut lines, command, answer).ok_or(ErrorKind::Protocol)?;
                    start = SYST::get_current();
                    transaction.response(answer.get(..count).unwrap_or_default());
                }
                Step::GoOnline(request) => {
                    let mut field = [0; 255];
                    black_box(request.field_55(FIELD_55, &mut field))
                        .map_err(|_| ErrorKind::Argument)?;
                    let mut response = OnlineResponse::approved(*b"00");
                    response.field_55(&FIELD_55_OF_THE_ISSUER).map_err(|_| ErrorKind::Protocol)?;
                    transaction.online(&response);
                }
                Step::Done(outcome) if outcome.is_approved() => break,
                _ => return Err(ErrorKind::Protocol),
            }
        }
        let authenticated = transaction.findings().has(Rule::OfflineAuthenticationPerformed);
        authenticated != transaction.findings().has(Rule::NoCommonMethod)
    };
    ticks += start.wrapping_sub(SYST::get_current()) & ROUND;
    right.then_some(ticks).ok_or(ErrorKind::Protocol)
}

/// Writes the card's answer to this command to the front of `answer`. Commands
/// that it is not asked are passed over; data are not compared.
fn answered(lines: &mut core::str::Lines<'_>, command: &[u8], answer: &mut [u8]) -> Option<usize> {
    let digits = lines.find_map(|line| {
        let (asked, given) = line.split_once(' ')?;
        let header = asked.as_bytes().as_chunks::<2>().0.iter().take(4);
        header.copied().map(byte).eq(command.iter().take(4).copied()).then_some(given)
    })?;
    let pairs = digits.as_bytes().as_chunks::<2>().0;
    for (place, &pair) in answer.iter_mut().zip(pairs) {
        *place = byte(pair);
    }
    Some(pairs.len())
}

const fn byte([high, low]: [u8; 2]) -> u8 {
    digit(high) << 4 | digit(low)
}

const fn digit(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        _ => digit - b'A' + 10,
    }
}

const fn hex<const N: usize>(digits: &[u8]) -> [u8; N] {
    let mut bytes = [0; N];
    let mut place = 0;
    while place < N {
        bytes[place] = byte([digits[2 * place], digits[2 * place + 1]]);
        place += 1;
    }
    bytes
}
