use mockall::mock;

use crate::printer::{Completion, Item, Paper, Printer, Status};
use crate::{ErrorKind, ErrorType};

mock! {
    /// A mock of [`Printer`]; it fails with a bare [`ErrorKind`].
    #[derive(Debug)]
    pub Printer {}

    impl ErrorType for Printer {
        type Error = ErrorKind;
    }

    impl Printer for Printer {
        fn paper(&self) -> Paper;
        fn print<'a>(&mut self, item: &Item<'a>) -> Result<(), ErrorKind>;
        fn poll_printed(&mut self) -> nb::Result<Completion, ErrorKind>;
        fn status(&mut self) -> Result<Status, ErrorKind>;
    }
}
