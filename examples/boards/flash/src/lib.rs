//! One driver a program, and nothing else. `measure` builds each of `bin/` and
//! says by how much it is larger than `empty`.
//!
//! The port and the clock are registers that do not exist: nothing here is
//! meant to run. They are volatile, so the compiler cannot know what a driver
//! would hear, and leaves nothing out.
#![no_std]

use core::convert::Infallible;
use core::ffi::c_void;
use core::ptr;
#[cfg(feature = "faces")]
use core::task::{Context, Poll, Waker};

pub mod chip;

use embedded_pos::port::{Clock, Instant, Port};
use embedded_pos::printer::escpos::{Encoder, Printable, Profile, Qr};
use embedded_pos::printer::{Item, Printer, QrLevel, Style};
use embedded_pos::scan::plate::feed::Feed;
use embedded_pos::{ErrorType, nb};

const DATA: *mut u8 = ptr::without_provenance_mut(0x4000_0000);
const STATUS: *const u32 = ptr::without_provenance(0x4000_0004);
const MICROS: *const u64 = ptr::without_provenance(0x4000_0008);
const RESULT: *mut u32 = ptr::without_provenance_mut(0x4000_0010);

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {}
}

unsafe extern "C" {
    fn __aeabi_memcpy(to: *mut c_void, from: *const c_void, n: usize);
    fn __aeabi_memcpy4(to: *mut c_void, from: *const c_void, n: usize);
    fn __aeabi_memmove(to: *mut c_void, from: *const c_void, n: usize);
    fn __aeabi_memclr(to: *mut c_void, n: usize);
    fn __aeabi_memclr4(to: *mut c_void, n: usize);
    fn __aeabi_memset(to: *mut c_void, n: usize, byte: i32);
    fn memcmp(a: *const c_void, b: *const c_void, n: usize) -> i32;
}

/// Copies and compares, with the compiler's own functions for that: all
/// firmware has them, so they are no driver's. 2 KB.
pub fn runtime() {
    let (to, n) = (RESULT.cast(), unknown() as usize);
    // SAFETY: never run.
    unsafe {
        __aeabi_memcpy(to, to, n);
        __aeabi_memcpy4(to, to, n);
        __aeabi_memmove(to, to, n);
        __aeabi_memclr(to, n);
        __aeabi_memclr4(to, n);
        __aeabi_memset(to, n, 1);
        wanted(memcmp(to, to, n) as u32);
        let bytes = core::slice::from_raw_parts_mut(to.cast(), n);
        fill(bytes);
        shown(bytes);
    }
}

/// A line of text in a style and a QR code, by the encoder alone: what the
/// profile's charset costs is the difference between profiles.
pub fn text(profile: &'static Profile) {
    let mut encoder = Encoder::new(profile);
    let text = [unknown() as u8; 16];
    let text = core::str::from_utf8(&text).unwrap_or_default();
    let mut out = [0; Encoder::SLICE];
    encoded(&mut encoder, Style::TITLE, &mut out);
    encoded(&mut encoder, text, &mut out);
    encoded(&mut encoder, Qr { data: text.as_bytes(), module: 4, level: QrLevel::M }, &mut out);
}

fn encoded<'a>(encoder: &mut Encoder, item: impl Printable<'a>, out: &mut [u8]) {
    let Ok(mut job) = encoder.begin(item) else { return };
    loop {
        let slice = encoder.fill(&mut job, out);
        if slice.len == 0 {
            return;
        }
        out.iter().take(slice.len).for_each(|byte| wanted((*byte).into()));
    }
}

/// A paper through the trait that all printers have.
pub fn paper(printer: &mut impl Printer) {
    let text = [unknown() as u8; 16];
    let text = core::str::from_utf8(&text).unwrap_or_default();
    let qr = Item::Qr { data: text.as_bytes(), module: 4, level: QrLevel::M };
    for item in [Item::Style(Style::TITLE), Item::Text(text), qr] {
        wanted(printer.print(&item).is_ok().into());
    }
    wanted(printer.status().map_or(0, |status| status.bits().into()));
    wanted(nb::block!(printer.poll_printed()).is_ok().into());
}

/// A program that prints a [`paper`] with this driver.
#[macro_export]
macro_rules! printer {
    ($type:ty, $new:expr $(, |$driver:ident| $init:expr)?) => {
        /// Takes as much .bss as the driver has state.
        #[used]
        static mut STATE: core::mem::MaybeUninit<$type> = core::mem::MaybeUninit::uninit();

        #[unsafe(no_mangle)]
        extern "C" fn start() {
            $crate::runtime();
            #[allow(unused_mut)]
            let mut driver = $new;
            $(
                let $driver = &mut driver;
                $crate::wanted($init.wait(&mut Timer).is_ok().into());
            )?
            $crate::paper(&mut embedded_pos::port::Clocked::<_, _, _>::new(driver, Timer));
        }
    };
}

/// A program that scans a code through the trait that all scanners have.
#[macro_export]
macro_rules! scanner {
    ($type:ty, $driver:expr) => {
        /// Takes as much .bss as the driver has state.
        #[used]
        static mut STATE: core::mem::MaybeUninit<$type> = core::mem::MaybeUninit::uninit();

        #[unsafe(no_mangle)]
        extern "C" fn start() {
            use embedded_pos::nb;
            use embedded_pos::port::Clocked;
            use embedded_pos::scan::Scanner;
            use $crate::{Timer, wanted};

            $crate::runtime();
            let mut driver: $type = $driver;
            wanted(driver.init().wait(&mut Timer).is_ok().into());
            let mut scanner = Clocked::<_, _, _>::new(driver, Timer);
            wanted(scanner.start().is_ok().into());
            let mut code = [0; 64];
            wanted(nb::block!(scanner.poll_scan(&mut code)).map_or(0, |scan| scan.len as u32));
            code.iter().for_each(|byte| wanted((*byte).into()));
            wanted(scanner.stop().is_ok().into());
        }
    };
}

/// A program that reads what a camera pushes with this feed.
#[macro_export]
macro_rules! feed {
    ($type:ty, $new:expr) => {
        /// Takes as much .bss as the feed has state, its room included.
        #[used]
        static mut STATE: core::mem::MaybeUninit<$type> = core::mem::MaybeUninit::uninit();

        #[unsafe(no_mangle)]
        extern "C" fn start() {
            $crate::runtime();
            $crate::pushed(&mut $new);
        }
    };
}

/// What comes of the bytes of a line.
pub fn pushed(feed: &mut impl Feed) {
    let mut bytes = [0; 16];
    while let Ok(len) = Uart.try_read(&mut bytes) {
        let mut rest = bytes.get(..len).unwrap_or_default();
        loop {
            let (used, event) = feed.push(rest);
            rest = rest.get(used..).unwrap_or_default();
            if core::hint::black_box(&event).is_none() {
                break;
            }
        }
    }
    wanted(core::hint::black_box(&feed.end()).is_some().into());
}

fn register(address: *const u32) -> u32 {
    // SAFETY: never run.
    unsafe { address.read_volatile() }
}

/// A result that somebody wants.
#[inline(never)]
pub fn wanted(result: u32) {
    // SAFETY: never run.
    unsafe { RESULT.write_volatile(result) }
}

/// A number that the compiler does not know.
#[inline(never)]
#[must_use]
pub fn unknown() -> u32 {
    register(STATUS)
}

/// Bytes that the compiler does not know.
#[inline(never)]
pub fn fill(bytes: &mut [u8]) {
    bytes.iter_mut().for_each(|byte| *byte = unknown() as u8);
}

/// Bytes that are not left out.
#[inline(never)]
pub fn shown(bytes: &[u8]) {
    bytes.iter().for_each(|byte| wanted((*byte).into()));
}

/// A UART without a buffer.
#[derive(Debug)]
pub struct Uart;

impl ErrorType for Uart {
    type Error = Infallible;
}

impl Port for Uart {
    #[inline(never)]
    fn try_read(&mut self, buf: &mut [u8]) -> nb::Result<usize, Infallible> {
        match buf.first_mut() {
            Some(byte) if register(STATUS) & 1 != 0 => {
                // SAFETY: never run.
                *byte = unsafe { DATA.read_volatile() };
                Ok(1)
            }
            _ => Err(nb::Error::WouldBlock),
        }
    }

    #[inline(never)]
    fn try_write(&mut self, bytes: &[u8]) -> nb::Result<usize, Infallible> {
        match bytes.first() {
            Some(byte) if register(STATUS) & 2 != 0 => {
                // SAFETY: never run.
                unsafe { DATA.write_volatile(*byte) };
                Ok(1)
            }
            _ => Err(nb::Error::WouldBlock),
        }
    }
}

#[cfg(feature = "faces")]
impl embedded_io_async::ErrorType for Uart {
    type Error = Infallible;
}

#[cfg(feature = "faces")]
impl embedded_io_async::Read for Uart {
    async fn read(&mut self, buf: &mut [u8]) -> Result<usize, Infallible> {
        ready(|| self.try_read(buf)).await
    }
}

#[cfg(feature = "faces")]
impl embedded_io_async::Write for Uart {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        ready(|| self.try_write(bytes)).await
    }

    async fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

#[cfg(feature = "faces")]
async fn ready<T, E>(mut poll: impl FnMut() -> nb::Result<T, E>) -> Result<T, E> {
    core::future::poll_fn(|_| match poll() {
        Ok(done) => Poll::Ready(Ok(done)),
        Err(nb::Error::Other(error)) => Poll::Ready(Err(error)),
        Err(nb::Error::WouldBlock) => Poll::Pending,
    })
    .await
}

/// Polls a future to its end.
#[cfg(feature = "faces")]
pub fn run<T>(future: impl Future<Output = T>) -> T {
    let mut future = core::pin::pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
}

/// A timer that counts microseconds.
#[derive(Clone, Copy, Debug)]
pub struct Timer;

impl Clock for Timer {
    #[inline(never)]
    fn now(&mut self) -> Instant {
        // SAFETY: never run.
        Instant::from_micros(unsafe { MICROS.read_volatile() })
    }
}

#[cfg(feature = "faces")]
impl embedded_pos::port::Timer for Timer {
    fn now(&mut self) -> Instant {
        Clock::now(self)
    }

    async fn sleep_until(&mut self, until: Instant) {
        let sleep = || if Clock::now(self) < until { Err(nb::Error::WouldBlock) } else { Ok(()) };
        let _: Result<(), Infallible> = ready(sleep).await;
    }
}

/// A program that does with this driver what every driver of its class does.
#[macro_export]
macro_rules! program {
    ($type:ty, $driver:expr) => {
        /// Takes as much .bss as the driver has state.
        #[used]
        static mut STATE: core::mem::MaybeUninit<$type> = core::mem::MaybeUninit::uninit();

        #[unsafe(no_mangle)]
        extern "C" fn start() {
            use embedded_pos::fingerprint::{Match, Slot};
            use $crate::{Timer, wanted};

            fn hit<E>(found: Result<Option<Match>, E>) {
                wanted(found.ok().flatten().map_or(0, |hit| hit.slot.0.into()));
            }
            $crate::runtime();
            let (mut sensor, slot) = ($driver, Slot($crate::unknown() as u16));
            hit(sensor.identify().wait(&mut Timer));
            hit(sensor.verify(slot).wait(&mut Timer));
            wanted(sensor.enrol(slot).wait(&mut Timer).is_ok().into());
            wanted(sensor.delete(slot).wait(&mut Timer).is_ok().into());
            wanted(sensor.count().wait(&mut Timer).map_or(0, |library| library.stored.into()));
            #[cfg(feature = "faces")]
            {
                use embedded_pos::fingerprint::{AsyncFingerprintSensor, FingerprintSensor};
                use embedded_pos::nb;
                use embedded_pos::port::Clocked;
                let mut sensor = Clocked::new(sensor, Timer);
                hit(nb::block!(FingerprintSensor::poll_identify(&mut sensor)));
                hit(nb::block!(FingerprintSensor::poll_verify(&mut sensor, slot)));
                wanted(nb::block!(FingerprintSensor::poll_enrol(&mut sensor, slot)).is_ok().into());
                wanted(FingerprintSensor::delete(&mut sensor, slot).is_ok().into());
                let library = FingerprintSensor::library(&mut sensor);
                wanted(library.map_or(0, |library| library.stored.into()));

                let mut sensor = Clocked::<_, _>::new(sensor.release().0, Timer);
                $crate::run(async {
                    hit(AsyncFingerprintSensor::identify(&mut sensor).await);
                    hit(AsyncFingerprintSensor::verify(&mut sensor, slot).await);
                    let told = |step| wanted(core::mem::size_of_val(&step) as u32);
                    let enrolled = AsyncFingerprintSensor::enrol(&mut sensor, slot, told).await;
                    wanted(enrolled.is_ok().into());
                    wanted(AsyncFingerprintSensor::delete(&mut sensor, slot).await.is_ok().into());
                    let library = AsyncFingerprintSensor::library(&mut sensor).await;
                    wanted(library.map_or(0, |library| library.stored.into()));
                });
            }
        }
    };
}
