use embedded_io_async::{ErrorType as IoErrorType, Read as IoRead, Write};

use super::driver::Sdt;
use super::fault::Fault;
use super::person::Wanted;
use super::script::Read;
use super::talk::Talk;
use crate::ErrorType;
use crate::port::adapter::IoError;
use crate::port::{Call, CallError, Clocked, Timer, Told};
use crate::scan::document::card::{IdText, NewestAddress};
use crate::scan::document::{AsyncIdReader, AsyncReadsAddress, AsyncReadsBiometrics, Piece};

impl<P: IoErrorType, T> ErrorType for Clocked<Sdt<P>, T> {
    type Error = CallError<Fault, IoError<P::Error>>;
}

impl<P: IoRead + Write, T: Timer> AsyncIdReader for Clocked<Sdt<P>, T> {
    async fn card(&mut self) -> Result<(), Self::Error> {
        let (driver, timer) = self.parts();
        driver.person(Wanted::Card).run(timer).await
    }

    async fn read(&mut self, text: &mut IdText) -> Result<(), Self::Error> {
        let (driver, timer) = self.parts();
        driver.read(text).run(timer).await
    }

    async fn removal(&mut self) -> Result<(), Self::Error> {
        let (driver, timer) = self.parts();
        driver.person(Wanted::Removal).run(timer).await
    }
}

/// Hands the pieces on until the reading is over.
async fn pieces<P: IoRead + Write>(
    mut call: Call<'_, P, Talk<Read<'_>, (), Piece>>,
    timer: &mut impl Timer,
    piece: &mut dyn FnMut(&Piece),
) -> Result<(), CallError<Fault, IoError<P::Error>>> {
    // Ends: as the call does.
    while let Told::Event(next) = call.run_event(timer).await? {
        piece(&next);
    }
    Ok(())
}

impl<P: IoRead + Write, T: Timer> AsyncReadsBiometrics for Clocked<Sdt<P>, T> {
    async fn read_photo(
        &mut self,
        text: &mut IdText,
        piece: &mut dyn FnMut(&Piece),
    ) -> Result<(), Self::Error> {
        let (driver, timer) = self.parts();
        pieces(driver.read_photo(text), timer, piece).await
    }

    async fn read_fingerprints(
        &mut self,
        text: &mut IdText,
        piece: &mut dyn FnMut(&Piece),
    ) -> Result<(), Self::Error> {
        let (driver, timer) = self.parts();
        pieces(driver.read_fingerprints(text), timer, piece).await
    }
}

impl<P: IoRead + Write, T: Timer> AsyncReadsAddress for Clocked<Sdt<P>, T> {
    async fn newest_address(&mut self, address: &mut NewestAddress) -> Result<bool, Self::Error> {
        let (driver, timer) = self.parts();
        driver.newest_address(address).run(timer).await
    }
}
