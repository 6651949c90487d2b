//! A whole contact payment: selection, data authentication with RSA, cardholder
//! verification with all kinds of PIN, risk management, action analysis, online,
//! scripts.
#![no_std]
#![no_main]

use core::hint::black_box;

use embedded_pos::civil::{CivilTime, Date};
use embedded_pos::emv::cvm::{Pin, PinBlock};
use embedded_pos::emv::oda::{Authorities, Capk};
use embedded_pos::emv::{
    Amount, Assessment, Capabilities, FIELD_55, OnlineResponse, Payment, Step, Store, Terminal,
    Transaction,
};
use flash::{shown, unknown, wanted};

/// Not known to the compiler: it is asked for through `black_box`.
static TERMINAL: Terminal<'_> = Terminal {
    kind: 0x22,
    capabilities: Capabilities::from_bytes([0xE0, 0xF8, 0xC8]),
    authorities: Authorities {
        keys: &[Capk::new([0xA0, 0x00, 0x00, 0x03, 0x33], 0x01, &[0xC1; 248], &[0x03])],
        revoked: &[],
    },
    assessment: true,
    ..Terminal::CHINA
};

/// Takes as much .bss as a payment has state, and its memory beside it.
#[used]
static mut STATE: core::mem::MaybeUninit<(Transaction<'_>, [u8; Store::ROOM])> =
    core::mem::MaybeUninit::uninit();

#[unsafe(no_mangle)]
extern "C" fn start() {
    flash::runtime();
    let mut memory = [0; Store::ROOM];
    let mut buf = [0; 256];
    let Some(amount) = Amount::from_minor(unknown().into()) else { return };
    let Ok(date) = Date::new(unknown() as u16, unknown() as u8, unknown() as u8) else { return };
    let Ok(time) = CivilTime::new(date, unknown() as u8, 0, 0) else { return };
    let payment = Payment::yuan(amount, time, unknown(), unknown().to_be_bytes());
    let mut transaction = Transaction::new(black_box(&TERMINAL), payment, &mut memory);
    loop {
        match transaction.step() {
            Step::Transmit(command) => {
                shown(command);
                flash::fill(&mut buf);
                transaction.response(buf.get(..unknown() as usize).unwrap_or_default());
            }
            Step::Verify(_) => transaction.response(&unknown().to_be_bytes()),
            Step::Choose(_) => transaction.choose(unknown() as usize),
            Step::EnterPin(request) if request.is_online() => {
                transaction.online_pin(PinBlock::from_iso0([unknown() as u8; 8]));
            }
            Step::EnterPin(_) => {
                let mut pin = Pin::new();
                let typed = pin.push(unknown() as u8);
                if typed.is_err() || transaction.pin(&pin, flash::fill).is_err() {
                    transaction.pin_bypassed();
                }
            }
            Step::Assess(_) => transaction.assessed(&Assessment::default()),
            Step::GoOnline(request) => {
                wanted(request.field_55(FIELD_55, &mut buf).is_ok().into());
                shown(&buf);
                flash::fill(&mut buf);
                let mut response = OnlineResponse::approved(*b"00");
                wanted(response.field_55(&buf).is_ok().into());
                match unknown() {
                    0 => transaction.unable_to_go_online(),
                    1 => transaction.card_removed(),
                    _ => transaction.online(&response),
                }
            }
            Step::Done(outcome) => {
                wanted(outcome.reversal_due.into());
                wanted(outcome.is_approved().into());
                break;
            }
        }
    }
    wanted(transaction.tvr().bits() as u32);
}
