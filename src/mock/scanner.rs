use mockall::mock;

use crate::scan::{Scan, Scanner};
use crate::{ErrorKind, ErrorType};

mock! {
    /// A mock of [`Scanner`](crate::scan::Scanner).
    ///
    /// `poll_scan` fills the buffer in its closure and returns the length.
    #[derive(Debug)]
    pub Scanner {}

    impl ErrorType for Scanner {
        type Error = ErrorKind;
    }

    impl Scanner for Scanner {
        fn start(&mut self) -> Result<(), ErrorKind>;
        fn stop(&mut self) -> Result<(), ErrorKind>;
        fn poll_scan(&mut self, buf: &mut [u8]) -> nb::Result<Scan, ErrorKind>;
    }
}
