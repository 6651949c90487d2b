use mockall::mock;

use crate::fingerprint::{
    Colour, Enrolment, FingerprintSensor, Library, Light, Match, Pattern, Slot,
};
use crate::{ErrorKind, ErrorType, nb};

mock! {
    /// A [`FingerprintSensor`] with a [`Light`] that does as it is told.
    #[derive(Debug)]
    pub FingerprintSensor {}

    impl ErrorType for FingerprintSensor {
        type Error = ErrorKind;
    }

    impl FingerprintSensor for FingerprintSensor {
        fn library(&mut self) -> Result<Library, ErrorKind>;
        fn poll_identify(&mut self) -> nb::Result<Option<Match>, ErrorKind>;
        fn poll_verify(&mut self, slot: Slot) -> nb::Result<Option<Match>, ErrorKind>;
        fn poll_enrol(&mut self, slot: Slot) -> nb::Result<Enrolment, ErrorKind>;
        fn delete(&mut self, slot: Slot) -> Result<(), ErrorKind>;
    }

    impl Light for FingerprintSensor {
        fn light(&mut self, pattern: Pattern, colour: Colour) -> Result<(), ErrorKind>;
    }
}
