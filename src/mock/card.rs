use mockall::mock;

use crate::card::CardReader;
use crate::{ErrorKind, ErrorType, nb};

mock! {
    /// A [`CardReader`] that does as it is told.
    #[derive(Debug)]
    pub CardReader {}

    impl ErrorType for CardReader {
        type Error = ErrorKind;
    }

    impl CardReader for CardReader {
        fn poll_inserted(&mut self) -> nb::Result<(), ErrorKind>;
        fn poll_removed(&mut self) -> nb::Result<(), ErrorKind>;
        fn activate(&mut self, atr: &mut [u8]) -> Result<usize, ErrorKind>;
        fn transmit(&mut self, command: &[u8], response: &mut [u8]) -> Result<usize, ErrorKind>;
        fn deactivate(&mut self) -> Result<(), ErrorKind>;
    }
}
