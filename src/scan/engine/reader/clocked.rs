use super::driver::Reader;
use super::fault::Fault;
use super::language::{Job, Language};
use super::wait::Await;
use crate::port::{CallError, Clock, Clocked, Port};
use crate::scan::{Indicators, Mode, Modes, Scan, Scanner, Signals, Symbologies};
use crate::{Error, ErrorType};

/// A reader joined with its clock.
type Joined<P, L, C, const N: usize> = Clocked<Reader<P, L, N>, C, Await<L, N>>;

impl<P: ErrorType, L: Language, C, const N: usize> ErrorType for Joined<P, L, C, N> {
    type Error = CallError<Fault<L::Fault>, P::Error>;
}

impl<P: Port, L: Language, C: Clock, const N: usize> Joined<P, L, C, N>
where
    P::Error: Error,
{
    fn job(&mut self, job: Job) -> Result<(), CallError<Fault<L::Fault>, P::Error>> {
        let (driver, clock) = self.parts();
        driver.job(job).wait(clock)
    }
}

impl<P: Port, L: Language, C: Clock, const N: usize> Scanner for Joined<P, L, C, N>
where
    P::Error: Error,
{
    fn start(&mut self) -> Result<(), Self::Error> {
        self.job(Job::Start)
    }

    fn stop(&mut self) -> Result<(), Self::Error> {
        self.job(Job::Stop)
    }

    fn poll_scan(&mut self, buf: &mut [u8]) -> nb::Result<Scan, Self::Error> {
        let scan = self.poll_with(
            |_| Await::new(None),
            |driver, wait, now| {
                let (channel, link) = driver.parts();
                channel.poll(wait, link, now)
            },
        )?;
        Ok(self.driver_mut().hand_over(buf).unwrap_or(scan))
    }
}

impl<P: Port, L: Language, C: Clock, const N: usize> Modes for Joined<P, L, C, N>
where
    P::Error: Error,
{
    fn has_mode(&self, mode: Mode) -> bool {
        self.driver().language().abilities().modes.contains(&mode)
    }

    fn set_mode(&mut self, mode: Mode) -> Result<(), Self::Error> {
        self.job(Job::Mode(mode))
    }

    fn symbologies(&self) -> Symbologies {
        self.driver().language().abilities().symbologies
    }

    fn set_symbologies(&mut self, on: Symbologies) -> Result<(), Self::Error> {
        self.job(Job::Symbologies(on))
    }
}

impl<P: Port, L: Language, C: Clock, const N: usize> Indicators for Joined<P, L, C, N>
where
    P::Error: Error,
{
    fn signals(&self) -> Signals {
        self.driver().language().abilities().signals
    }

    fn signal(&mut self, signals: Signals, on: bool) -> Result<(), Self::Error> {
        self.job(Job::Signal(signals, on))
    }
}
