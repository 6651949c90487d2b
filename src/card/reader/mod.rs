//! The readers.
//!
//! | model | line | level | protocols |
//! | --- | --- | --- | --- |
//! | [`SerialCcid`](serial_ccid::SerialCcid) | UART, 115 200 baud, 8N2 | TPDU | T=1 |

pub mod pn532;
pub mod serial_ccid;
