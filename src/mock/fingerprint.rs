use std::vec::Vec;

use mockall::mock;

use crate::fingerprint::{
    Alarm, Alarms, Capabilities, Colour, Enrolment, FingerprintSensor, Geometry, Identified,
    ImageSink, Imaging, Library, Light, Match, Pattern, SensorId, Slot, TemplateTransfer,
};
use crate::{ErrorKind, ErrorType, nb};

mock! {
    /// A [`FingerprintSensor`] with all that one can have, that does as it is
    /// told.
    #[derive(Debug)]
    pub FingerprintSensor {}

    impl ErrorType for FingerprintSensor {
        type Error = ErrorKind;
    }

    impl FingerprintSensor for FingerprintSensor {
        fn capabilities(&self) -> Capabilities;
        fn library(&mut self) -> Result<Library, ErrorKind>;
        fn poll_identify(&mut self) -> nb::Result<Option<Match>, ErrorKind>;
        fn poll_verify(&mut self, slot: Slot) -> nb::Result<Option<Match>, ErrorKind>;
        fn poll_enrol(&mut self, slot: Slot) -> nb::Result<Enrolment, ErrorKind>;
        fn delete(&mut self, slot: Slot) -> Result<(), ErrorKind>;
    }

    impl Alarms for FingerprintSensor {
        fn alarm(error: &ErrorKind) -> Option<Alarm>;
    }

    impl Identified for FingerprintSensor {
        fn sensor_id(&mut self) -> Result<SensorId, ErrorKind>;
        fn interruptions(&self) -> u32;
    }

    impl Imaging for FingerprintSensor {
        fn image(&mut self, sink: &mut dyn ImageSink) -> Result<Geometry, ErrorKind>;
    }

    impl TemplateTransfer for FingerprintSensor {
        fn template_size(&mut self) -> Result<usize, ErrorKind>;
        fn read_template(&mut self, slot: Slot, buffer: &mut [u8]) -> Result<usize, ErrorKind>;
        fn write_template(&mut self, slot: Slot, template: &[u8]) -> Result<(), ErrorKind>;
    }

    impl Light for FingerprintSensor {
        fn light(&mut self, pattern: Pattern, colour: Colour) -> Result<(), ErrorKind>;
    }
}
