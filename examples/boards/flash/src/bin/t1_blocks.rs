//! T=1 block by block, for a reader that carries them, and S(IFS).
#![no_std]
#![no_main]

use embedded_pos::card::T1Parameters;
use embedded_pos::card::t1::{Block, Edc, Heard, Limits, Next, Session, Transfer};
use flash::{unknown, wanted};

/// Takes as much .bss as the protocol has state.
#[used]
static mut STATE: core::mem::MaybeUninit<Session> = core::mem::MaybeUninit::uninit();

#[unsafe(no_mangle)]
extern "C" fn start() {
    flash::runtime();
    let edc = if unknown() == 0 { Edc::Lrc } else { Edc::Crc };
    let t1 = T1Parameters { ifsc: unknown() as u8, bwi: 4, cwi: 5, edc };
    let mut session = Session::new(Limits::DEFAULT);
    session.reset(&t1);
    let mut command = [0; 261];
    flash::fill(&mut command);
    let command = command.get(..unknown() as usize).unwrap_or_default();
    let transfer = match unknown() {
        0 => Transfer::ifs(&mut session, 254),
        _ => Transfer::command(&mut session, command),
    };
    let Ok(mut transfer) = transfer else { return };
    let mut block = [0; Block::MAX];
    loop {
        wanted(transfer.block(&session, &mut block) as u32);
        flash::shown(&block);
        let mut answer = [0; Block::MAX];
        flash::fill(&mut answer);
        let answer = answer.get(..unknown() as usize).unwrap_or_default();
        let heard = match unknown() {
            0 => Heard::Silence,
            1 => Heard::Garbled,
            _ => Heard::Block(answer),
        };
        match transfer.heard(&mut session, heard) {
            Next::Transmit { waits } => wanted(waits.into()),
            Next::Done(result) => {
                wanted(result.is_ok().into());
                break;
            }
        }
    }
    flash::shown(session.response());
}
