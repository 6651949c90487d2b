//! The readers.
//!
//! | model | line | level | protocols |
//! | --- | --- | --- | --- |
//! | [`SerialCcid`](serial_ccid::SerialCcid) | UART, 115 200 baud, 8N2 | TPDU | T=1 |

mod i2c;
pub mod mfrc522;
pub mod serial_ccid;
pub mod st25r3916;
mod transaction;

pub use i2c::{I2cError, I2cPort};
