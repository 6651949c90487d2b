use crate::scan::document::IdReader;
use crate::scan::document::card::IdText;
use crate::{ErrorKind, ErrorType};

mockall::mock! {
    /// A mock of [`IdReader`].
    ///
    /// `read` fills the text in its closure.
    #[derive(Debug)]
    pub IdReader {}

    impl ErrorType for IdReader {
        type Error = ErrorKind;
    }

    impl IdReader for IdReader {
        fn poll_card(&mut self) -> nb::Result<(), ErrorKind>;
        fn read(&mut self, text: &mut IdText) -> Result<(), ErrorKind>;
        fn poll_removal(&mut self) -> nb::Result<(), ErrorKind>;
    }
}
