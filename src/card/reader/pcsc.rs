//! Any reader of a desk computer, through PC/SC (pcscd, WinSCard, macOS).
//!
//! Feature `pcsc`, which needs the library of PC/SC to link: `libpcsclite-dev`
//! on Debian. It is for tools, tests and terminals on a PC; `std` does not
//! imply it.
//!
//! ```no_run
//! use embedded_pos::card::reader::pcsc::PcscReader;
//! use embedded_pos::card::{Atr, CardReader};
//! use embedded_pos::nb;
//!
//! let mut reader = PcscReader::open(None)?; // the first there is
//! nb::block!(reader.poll_inserted())?;
//! let mut atr = [0; Atr::MAX];
//! let len = reader.activate(&mut atr)?;
//! println!("{}: {:02X?}", reader.name(), &atr[..len]);
//! # Ok::<(), embedded_pos::card::reader::pcsc::Fault>(())
//! ```
//!
//! # What PC/SC does, and what is done here
//!
//! The service gives power and agrees on protocol and speed. The card is taken
//! for this program alone; another that has it is kind
//! [`Busy`](crate::ErrorKind::Busy). Of T=0, PC/SC shows TPDUs: GET RESPONSE
//! and the right length after 6Cxx are seen to here, with
//! [`transmit_whole`]. How long a card may take is
//! the service's affair.
//!
//! **Twice.** Over T=1, who speaks the protocol decides what becomes of a
//! command when the blocks had to be resynchronised. libccid, with a reader that
//! is handed blocks, sends it again (`proto-t1.c`, rule 6.3), and so may the
//! firmware of a reader that is handed APDUs; nothing of it is told. A card can
//! then have carried it out twice: a second GENERATE AC is refused by it, a
//! wrong PIN costs two tries. A terminal that must know takes a driver of this
//! crate that speaks T=1 itself, with
//! [`AfterResynch::Report`](crate::card::t1::AfterResynch::Report).

use std::ffi::CString;
use std::fmt;
use std::string::String;
use std::time::Duration;
use std::vec::Vec;

use pcsc::{Card, Context, Disposition, Protocols, ReaderState, Scope, ShareMode, State};

use crate::card::{Atr, CardReader, Command, transmit_whole};
use crate::{Error, ErrorKind, ErrorType};

/// What a reader behind PC/SC fails with.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Fault {
    /// What the service, or the system's library, says.
    Service(pcsc::Error),
    /// There is no reader of that name.
    NoReader,
    /// The card is not active.
    Inactive,
    /// The command is no APDU. Nothing was sent.
    Command,
    /// The caller's buffer is too short for the ATR.
    Buffer {
        /// How long it would have to be.
        needed: usize,
    },
}

impl From<pcsc::Error> for Fault {
    fn from(error: pcsc::Error) -> Self {
        Self::Service(error)
    }
}

impl Error for Fault {
    fn kind(&self) -> ErrorKind {
        use pcsc::Error as Said;
        match self {
            Self::NoReader => ErrorKind::Line,
            Self::Inactive => ErrorKind::Absent,
            Self::Command | Self::Buffer { .. } => ErrorKind::Argument,
            Self::Service(said) => match said {
                Said::NoSmartcard | Said::RemovedCard | Said::UnpoweredCard | Said::ResetCard => {
                    ErrorKind::Absent
                }
                Said::Timeout | Said::UnresponsiveCard => ErrorKind::Timeout,
                Said::InsufficientBuffer | Said::InvalidParameter => ErrorKind::Argument,
                Said::SharingViolation | Said::NotReady | Said::ServerTooBusy => ErrorKind::Busy,
                Said::UnsupportedCard | Said::ProtoMismatch | Said::CardUnsupported => {
                    ErrorKind::Unsupported
                }
                Said::InvalidAtr => ErrorKind::Protocol,
                Said::NoAccess | Said::Cancelled | Said::SecurityViolation => ErrorKind::Refused,
                Said::CommError
                | Said::CommDataLost
                | Said::NotTransacted
                | Said::NoService
                | Said::ServiceStopped
                | Said::Shutdown
                | Said::UnknownReader
                | Said::ReaderUnavailable
                | Said::NoReadersAvailable => ErrorKind::Line,
                _ => ErrorKind::Other,
            },
        }
    }
}

impl std::error::Error for Fault {}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Service(error) => write!(f, "PC/SC: {error}"),
            Self::NoReader => f.write_str("PC/SC knows no such reader"),
            Self::Inactive => f.write_str("the card is not activated"),
            Self::Command => f.write_str("the command is no APDU"),
            Self::Buffer { needed } => write!(f, "the buffer is too short: {needed} bytes"),
        }
    }
}

/// How often pcscd looks at a reader that does not tell of movements is some
/// half a second.
const REMOVAL: Duration = Duration::from_secs(1);

/// A reader behind PC/SC.
pub struct PcscReader {
    context: Context,
    name: CString,
    /// The connection to the card that is active.
    card: Option<Card>,
}

impl PcscReader {
    /// The names of the readers there are.
    ///
    /// # Errors
    /// The service is not there, or fails.
    pub fn names() -> Result<Vec<String>, Fault> {
        let names = readers(&Context::establish(Scope::User)?)?;
        Ok(names.iter().map(|name| name.to_string_lossy().into_owned()).collect())
    }

    /// Finds the first reader whose name contains `name`, or the first there
    /// is. Leaves the card alone.
    ///
    /// # Errors
    /// The service is not there, or [`Fault::NoReader`].
    pub fn open(name: Option<&str>) -> Result<Self, Fault> {
        let context = Context::establish(Scope::User)?;
        let wanted = name.unwrap_or_default();
        let mut names = readers(&context)?.into_iter();
        let name = names.find(|name| name.to_string_lossy().contains(wanted));
        Ok(Self { context, name: name.ok_or(Fault::NoReader)?, card: None })
    }

    /// What PC/SC calls it.
    #[must_use]
    pub fn name(&self) -> String {
        self.name.to_string_lossy().into_owned()
    }

    /// Whether a card is there, without waiting.
    fn is_present(&self) -> Result<bool, Fault> {
        let mut states = [ReaderState::new(self.name.clone(), State::UNAWARE)];
        self.context.get_status_change(Duration::ZERO, &mut states)?;
        let [state] = states;
        match state.event_state() {
            state if state.intersects(State::UNKNOWN | State::UNAVAILABLE) => Err(Fault::NoReader),
            state => Ok(state.contains(State::PRESENT)),
        }
    }

    /// Whether the card was taken out, of which the service learns a little
    /// later than a command that goes wrong by it.
    fn is_removed(&self) -> Result<bool, Fault> {
        let mut states = [ReaderState::new(self.name.clone(), State::UNAWARE)];
        self.context.get_status_change(Duration::ZERO, &mut states)?;
        states.iter_mut().for_each(ReaderState::sync_current_state);
        if states.iter().all(|state| state.current_state().contains(State::PRESENT)) {
            match self.context.get_status_change(REMOVAL, &mut states) {
                Err(pcsc::Error::Timeout) => return Ok(false),
                other => other?,
            }
        }
        Ok(!states.iter().all(|state| state.event_state().contains(State::PRESENT)))
    }

    fn power_on(&mut self) -> Result<Vec<u8>, Fault> {
        let card = match self.card.take() {
            Some(mut card) => {
                let cold = Disposition::UnpowerCard;
                card.reconnect(ShareMode::Exclusive, Protocols::ANY, cold)?;
                card
            }
            None => self.context.connect(&self.name, ShareMode::Exclusive, Protocols::ANY)?,
        };
        let atr = card.status2_owned()?.atr().to_vec();
        self.card = Some(card);
        Ok(atr)
    }
}

impl fmt::Debug for PcscReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PcscReader").field("name", &self.name).finish_non_exhaustive()
    }
}

fn readers(context: &Context) -> Result<Vec<CString>, Fault> {
    match context.list_readers_owned() {
        Err(pcsc::Error::NoReadersAvailable) => Ok(Vec::new()),
        names => Ok(names?),
    }
}

/// A card as PC/SC shows it.
struct Connected<'a>(&'a Card);

impl ErrorType for Connected<'_> {
    type Error = Fault;
}

impl CardReader for Connected<'_> {
    fn poll_inserted(&mut self) -> nb::Result<(), Fault> {
        Ok(())
    }

    fn poll_removed(&mut self) -> nb::Result<(), Fault> {
        Err(nb::Error::WouldBlock)
    }

    fn activate(&mut self, _: &mut [u8]) -> Result<usize, Fault> {
        Ok(0)
    }

    fn transmit(&mut self, command: &[u8], response: &mut [u8]) -> Result<usize, Fault> {
        Ok(self.0.transmit(command, response)?.len())
    }

    fn deactivate(&mut self) -> Result<(), Fault> {
        Ok(())
    }
}

impl ErrorType for PcscReader {
    type Error = Fault;
}

impl CardReader for PcscReader {
    fn poll_inserted(&mut self) -> nb::Result<(), Fault> {
        if self.is_present()? { Ok(()) } else { Err(nb::Error::WouldBlock) }
    }

    fn poll_removed(&mut self) -> nb::Result<(), Fault> {
        if self.is_present()? { Err(nb::Error::WouldBlock) } else { Ok(()) }
    }

    fn activate(&mut self, atr: &mut [u8]) -> Result<usize, Fault> {
        let answer = self.power_on()?;
        Atr::new(&answer).map_err(|_| Fault::Service(pcsc::Error::InvalidAtr))?;
        let short = Fault::Buffer { needed: answer.len() };
        atr.get_mut(..answer.len()).ok_or(short)?.copy_from_slice(&answer);
        Ok(answer.len())
    }

    fn transmit(&mut self, command: &[u8], response: &mut [u8]) -> Result<usize, Fault> {
        let card = self.card.as_ref().ok_or(Fault::Inactive)?;
        if Command::parse(command).is_err() {
            return Err(Fault::Command);
        }
        let fault = match transmit_whole(&mut Connected(card), command, response) {
            Err(fault) if fault.kind() == ErrorKind::Line && self.is_removed()? => {
                Fault::Service(pcsc::Error::RemovedCard)
            }
            Err(fault) => fault,
            Ok(len) => return Ok(len),
        };
        if fault.kind() == ErrorKind::Absent {
            self.card = None;
        }
        Err(fault)
    }

    fn deactivate(&mut self) -> Result<(), Fault> {
        let Some(card) = self.card.take() else { return Ok(()) };
        match card.disconnect(Disposition::UnpowerCard) {
            Err((_, error)) => {
                let fault = Fault::Service(error);
                // What is not there has no power.
                if fault.kind() == ErrorKind::Absent { Ok(()) } else { Err(fault) }
            }
            Ok(()) => Ok(()),
        }
    }
}
