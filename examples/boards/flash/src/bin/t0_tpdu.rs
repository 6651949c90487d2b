//! T=0 TPDU by TPDU, for a reader that carries them.
#![no_std]
#![no_main]

use embedded_pos::card::t0::{Limits, Next, Session, Transfer};
use flash::{unknown, wanted};

/// Takes as much .bss as the protocol has state.
#[used]
static mut STATE: core::mem::MaybeUninit<Session> = core::mem::MaybeUninit::uninit();

#[unsafe(no_mangle)]
extern "C" fn start() {
    flash::runtime();
    let mut session = Session::new(Limits::DEFAULT);
    let mut command = [0; 261];
    flash::fill(&mut command);
    let command = command.get(..unknown() as usize).unwrap_or_default();
    let Ok(mut transfer) = Transfer::command(&mut session, command) else { return };
    let mut tpdu = [0; 260];
    loop {
        wanted(transfer.tpdu(&session, &mut tpdu) as u32);
        flash::shown(&tpdu);
        let mut answer = [0; 258];
        flash::fill(&mut answer);
        let answer = answer.get(..unknown() as usize).unwrap_or_default();
        if let Next::Done(result) = transfer.heard(&mut session, answer) {
            wanted(result.is_ok().into());
            break;
        }
    }
    flash::shown(session.response());
}
