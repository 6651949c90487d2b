use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use embedded_io_async::{ErrorType, Read, Write};

use super::{Device, SimPort, Unplugged, VirtualClock};
use crate::port::{Clock, Instant, Port, Timer};

/// Polls a future until it is done. Without a waker that wakes: for futures
/// over simulated ports and a [`VirtualClock`], which advance when polled.
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
}

impl Timer for VirtualClock {
    fn now(&mut self) -> Instant {
        Clock::now(self)
    }

    async fn sleep_until(&mut self, until: Instant) {
        poll_fn(|_| {
            if Clock::now(self) >= until {
                return Poll::Ready(());
            }
            self.idle(until);
            Poll::Pending
        })
        .await;
    }
}

impl embedded_io::Error for Unplugged {
    fn kind(&self) -> embedded_io::ErrorKind {
        embedded_io::ErrorKind::NotConnected
    }
}

impl<D, C> ErrorType for SimPort<D, C> {
    type Error = Unplugged;
}

impl<D: Device, C: Clock> Read for SimPort<D, C> {
    async fn read(&mut self, buf: &mut [u8]) -> Result<usize, Unplugged> {
        poll_fn(|_| ready(self.try_read(buf))).await
    }
}

impl<D: Device, C: Clock> Write for SimPort<D, C> {
    async fn write(&mut self, buf: &[u8]) -> Result<usize, Unplugged> {
        poll_fn(|_| ready(self.try_write(buf))).await
    }

    async fn flush(&mut self) -> Result<(), Unplugged> {
        Ok(())
    }
}

fn ready<T, E>(result: nb::Result<T, E>) -> Poll<Result<T, E>> {
    match result {
        Ok(value) => Poll::Ready(Ok(value)),
        Err(nb::Error::Other(error)) => Poll::Ready(Err(error)),
        Err(nb::Error::WouldBlock) => Poll::Pending,
    }
}
