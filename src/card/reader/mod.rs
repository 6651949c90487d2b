//! The readers.
//!
//! | model | line | level | protocols |
//! | --- | --- | --- | --- |
//! | [`SerialCcid`](serial_ccid::SerialCcid) | UART, 115 200 baud, 8N2 | TPDU | T=1 |
//! | [`Mfrc522`](mfrc522::Mfrc522) | SPI, I2C | bare front end | ISO-DEP, type A; type B with some |
//! | [`St25r3916`](st25r3916::St25r3916) | SPI, I2C | bare front end | ISO-DEP, types A and B |

mod i2c;
pub mod mfrc522;
pub mod serial_ccid;
pub mod st25r3916;
mod transaction;

pub use i2c::{I2cError, I2cPort};
