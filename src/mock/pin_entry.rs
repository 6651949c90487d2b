use mockall::mock;

use crate::emv::cvm::{Entered, Pin, PinBlock, PinEntry, PinRequest};
use crate::{ErrorKind, ErrorType, nb};

mock! {
    /// A [`PinEntry`] that does as it is told. `poll_offline` pushes the digits
    /// in its closure.
    #[derive(Debug)]
    pub PinEntry {}

    impl ErrorType for PinEntry {
        type Error = ErrorKind;
    }

    impl PinEntry for PinEntry {
        fn poll_offline<'t>(
            &mut self,
            request: &PinRequest<'t>,
            pin: &mut Pin,
        ) -> nb::Result<Entered, ErrorKind>;
        fn poll_online<'t>(
            &mut self,
            request: &PinRequest<'t>,
        ) -> nb::Result<Entered<PinBlock>, ErrorKind>;
        fn cancel(&mut self) -> Result<(), ErrorKind>;
    }
}
