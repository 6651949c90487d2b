//! ISO-DEP alone: the blocks of a command and its response, whoever carries
//! them.
#![no_std]
#![no_main]

use embedded_pos::card::contactless::iso_dep::{Heard, Limits, Next, Session, Transfer};
use embedded_pos::port::Port;
use flash::{Uart, unknown, wanted};

/// Takes as much .bss as the protocol has state.
#[used]
static mut STATE: core::mem::MaybeUninit<Session> = core::mem::MaybeUninit::uninit();

#[unsafe(no_mangle)]
extern "C" fn start() {
    flash::runtime();
    let mut session = Session::new(Limits::DEFAULT);
    session.reset(unknown() as usize, unknown() as u8, None);
    let command = [unknown() as u8; 64];
    let command = command.get(..unknown() as usize).unwrap_or_default();
    if let Ok(transfer) = Transfer::command(&mut session, command) {
        carry(&mut session, transfer);
    }
    let (presence, deselect) = (Transfer::presence(&session), Transfer::deselect(&session));
    carry(&mut session, presence);
    carry(&mut session, deselect);
    session.response().iter().for_each(|byte| wanted((*byte).into()));
}

#[inline(never)]
fn carry(session: &mut Session, mut transfer: Transfer) {
    let mut block = [0; 256];
    loop {
        let len = transfer.block(session, &mut block);
        let _ = Uart.try_write(block.get(..len).unwrap_or_default());
        let heard = match Uart.try_read(&mut block) {
            Ok(len) => Heard::Block(block.get(..len).unwrap_or_default()),
            Err(_) if unknown() == 0 => Heard::Garbled,
            Err(_) => Heard::Silence,
        };
        match transfer.heard(session, heard) {
            Next::Transmit { wait } => wanted(wait.as_micros() as u32),
            Next::Done(result) => return wanted(result.map_or_else(|fault| fault as u32, |()| 99)),
        }
    }
}
