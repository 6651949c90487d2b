//! The conversations of all languages but ESC/POS: what is asked and how the
//! answers look is the language's, when and how often is not. The sending of
//! an item is the same for ESC/POS too.

mod ask;
#[cfg(feature = "async")]
mod asynch;
mod bar;
mod driver;
mod finish;
mod init;
mod language;
mod picture;
mod words;

pub use ask::Ask;
pub(super) use bar::{bar_dots, has_text, printable};
pub use driver::Driver;
pub use finish::Finish;
pub use init::Init;
pub(super) use language::{Heard, Language, Spoken};
pub(super) use picture::Picture;
pub(super) use words::{Line, Words, plain_style};
