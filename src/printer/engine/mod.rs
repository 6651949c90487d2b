//! The conversations of all languages but ESC/POS: what is asked and how the
//! answers look is the language's, when and how often is not. Flow control, the
//! account of what a printer has left to do, and its profile are those of
//! ESC/POS.

mod ask;
#[cfg(feature = "async")]
mod asynch;
mod bar;
mod driver;
mod finish;
mod init;
mod language;
mod link;
mod picture;
mod print;
mod words;

pub use ask::Ask;
pub(super) use bar::{bar_dots, has_text, printable};
pub use driver::Driver;
pub use finish::Finish;
pub use init::Init;
pub(super) use language::{Heard, Language};
pub use link::Link;
pub(super) use link::Owed;
pub(super) use picture::Picture;
pub use print::Print;
pub(super) use words::{Line, Words, plain_style};
