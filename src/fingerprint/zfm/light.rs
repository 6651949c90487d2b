use super::driver::Zfm;
use super::script::{Enrol, Identify};
#[cfg(feature = "async")]
use crate::fingerprint::AsyncLight;
use crate::fingerprint::{Colour, Light, Pattern, Pending};
#[cfg(feature = "async")]
use crate::port::Timer;
use crate::port::{Clock, Clocked, Port};

impl<P: Port, C: Clock> Light for Clocked<Zfm<P>, C, Pending<Identify, Enrol>> {
    fn light(&mut self, pattern: Pattern, colour: Colour) -> Result<(), Self::Error> {
        let (driver, clock) = self.parts();
        driver.light(pattern, colour).wait(clock)
    }
}

#[cfg(feature = "async")]
impl<P, T: Timer> AsyncLight for Clocked<Zfm<P>, T>
where
    P: embedded_io_async::Read + embedded_io_async::Write,
{
    async fn light(&mut self, pattern: Pattern, colour: Colour) -> Result<(), Self::Error> {
        let (driver, timer) = self.parts();
        driver.light(pattern, colour).run(timer).await
    }
}
