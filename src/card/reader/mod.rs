//! The readers.
//!
//! | model | line | what it is handed | protocols |
//! | --- | --- | --- | --- |
//! | [`SerialCcid`](serial_ccid::SerialCcid) | UART, 115 200 baud, 8N2 | blocks and TPDUs, short or extended APDUs | T=0, T=1 |
//! | `pcsc::PcscReader`, feature `pcsc` | any reader of a desk computer | APDUs | the service's affair |

#[cfg(feature = "pcsc")]
pub mod pcsc;
pub mod serial_ccid;
