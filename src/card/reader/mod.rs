//! The readers.
//!
//! | model | line | level | protocols |
//! | --- | --- | --- | --- |
//! | [`SerialCcid`](serial_ccid::SerialCcid) | UART, 115 200 baud, 8N2 | TPDU | T=1 |
//! | [`Pn532`](pn532::Pn532) | UART, SPI, I2C | APDU | ISO/IEC 14443 type A and B |

pub mod pn532;
pub mod serial_ccid;
