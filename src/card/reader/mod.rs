//! The readers.
//!
//! | model | line | what it is handed | protocols |
//! | --- | --- | --- | --- |
//! | [`SerialCcid`](serial_ccid::SerialCcid) | UART, 115 200 baud, 8N2 | blocks and TPDUs, short or extended APDUs | T=0, T=1 |
//! | [`Pn532`](pn532::Pn532) | UART, SPI or I2C | short APDUs | ISO/IEC 14443-4, type A and B |
//! | `pcsc::PcscReader`, feature `pcsc` | any reader of a desk computer | APDUs | the service's affair |

#[cfg(feature = "pcsc")]
pub mod pcsc;
pub mod pn532;
pub mod serial_ccid;
