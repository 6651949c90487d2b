use crate::scan::plate::{PlateCamera, PlateRead};
use crate::{ErrorKind, ErrorType};

mockall::mock! {
    /// A mock of [`PlateCamera`].
    #[derive(Debug)]
    pub PlateCamera {}

    impl ErrorType for PlateCamera {
        type Error = ErrorKind;
    }

    impl PlateCamera for PlateCamera {
        fn subscribe(&mut self) -> Result<(), ErrorKind>;
        fn unsubscribe(&mut self) -> Result<(), ErrorKind>;
        fn trigger(&mut self) -> Result<(), ErrorKind>;
        fn poll_plate(&mut self) -> nb::Result<PlateRead, ErrorKind>;
    }
}
