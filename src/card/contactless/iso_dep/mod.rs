//! ISO-DEP, the block protocol of contactless cards (ISO/IEC 14443-4).
//!
//! A [`Transfer`] is the reader's side of it, block by block, without bytes on a
//! wire and without time. Whatever moves whole frames, their CRC off, can carry
//! it:
//!
//! ```
//! use embedded_pos::card::contactless::iso_dep::{Heard, Limits, Next, Session, Transfer};
//!
//! let mut session = Session::new(Limits::DEFAULT);
//! let mut transfer = Transfer::command(&mut session, &[0x00, 0xB0, 0x00, 0x00, 0x02])?;
//! let mut block = [0; 256];
//! let n = transfer.block(&mut session, &mut block);
//! assert_eq!(block[..n], [0x02, 0x00, 0xB0, 0x00, 0x00, 0x02]);
//!
//! // The card asks for a frame waiting time more, is granted it, and answers.
//! let next = transfer.heard(&mut session, Heard::Block(&[0xF2, 0x01]));
//! assert!(matches!(next, Next::Transmit { .. }));
//! let n = transfer.block(&mut session, &mut block);
//! assert_eq!(block[..n], [0xF2, 0x01]);
//! let next = transfer.heard(&mut session, Heard::Block(&[0x02, 0xCA, 0xFE, 0x90, 0x00]));
//! assert_eq!(next, Next::Done(Ok(())));
//! assert_eq!(session.response(), [0xCA, 0xFE, 0x90, 0x00]);
//! # Ok::<(), embedded_pos::card::contactless::iso_dep::Fault>(())
//! ```

mod block;
mod fault;
mod session;
mod transfer;

pub use block::{Block, BlockError, Pcb};
pub use fault::Fault;
pub use session::{Limits, Session, WrongBlock};
pub use transfer::{Heard, Next, Transfer};
