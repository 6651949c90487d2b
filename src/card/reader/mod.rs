//! The readers.
//!
//! | model | line | what it is handed | protocols |
//! | --- | --- | --- | --- |
//! | [`SerialCcid`](serial_ccid::SerialCcid) | UART, 115 200 baud, 8N2 | blocks and TPDUs, short or extended APDUs | T=0, T=1 |
//! | [`Pn532`](pn532::Pn532) | UART, SPI or I2C | short APDUs | ISO/IEC 14443-4, type A and B |
//! | `pcsc::PcscReader`, feature `pcsc` | any reader of a desk computer | APDUs | the service's affair |
//! | [`ContactReader`](crate::card::contact::ContactReader) over [`tda8035`] (and TDA8024, ST8024, NCN8025) | pins and a UART | characters | T=0, T=1 |
//! | the same over [`tda8026`], five slots | I2C and two UARTs | characters | T=0, T=1 |
//! | the same over [`tda8007`], two slots | 8-bit bus | characters | T=0, T=1 |
//! | [`Mfrc522`](mfrc522::Mfrc522) | SPI, I2C | frames in the air | ISO-DEP, type A; type B with some |
//! | [`St25r3916`](st25r3916::St25r3916) | SPI, I2C | frames in the air | ISO-DEP, types A and B |
//! | [`Pn532`](pn532::Pn532) | UART, SPI, I2C | APDUs | ISO-DEP, types A and B |

mod i2c;
pub mod mfrc522;
#[cfg(feature = "pcsc")]
pub mod pcsc;
pub mod pn532;
pub mod serial_ccid;
pub mod st25r3916;
pub mod tda8007;
pub mod tda8026;
pub mod tda8035;
mod transaction;

pub use i2c::{I2cError, I2cPort};
