//! The command line.

use std::str::FromStr;

use clap::{Parser, ValueEnum};
use embedded_pos::terminal::payment::{Method, Wallet};

use crate::common::PortName;
use crate::payer::Payer;

/// Leads one traffic violation from the officer's sign-in to the archive, on
/// simulated or real devices.
///
/// An officer signs in by fingerprint and PIN; a camera reads the plate, a
/// scanner the licence; violations, inspection and insurance are looked up; a
/// penalty is issued, the fine is paid, papers are printed, signed and handed
/// over, and every record reaches the archive. Leaves the papers, as pictures
/// and as text, and the records in target/terminal/.
#[derive(Debug, Parser)]
pub struct Args {
    /// Type this plate instead of waiting for the camera.
    #[arg(long)]
    pub plate: Option<String>,
    /// How the fine is paid: by card; by a code that the payer shows; or by a
    /// code that the terminal shows.
    #[arg(long, value_enum, default_value_t = Pay::Card)]
    pub pay: Pay,
    /// What the bank does.
    #[arg(long, value_enum, default_value_t = Bank::Approves)]
    pub bank: Bank,
    /// The person refuses to sign; the officer notes it.
    #[arg(long)]
    pub refuse_signature: bool,
    /// The person refuses to take the papers; that counts as service.
    #[arg(long)]
    pub refuse_papers: bool,
    /// Show what crosses the lines. Bench use: it shows card data and codes.
    #[arg(long)]
    pub trace: bool,
    /// Break every conversation in ways its protocol can detect, by this seed.
    #[arg(long, value_name = "SEED")]
    pub faults: Option<u64>,
    /// The fingerprint sensor (R503): sim, PATH[@BAUD] or tcp:HOST:PORT.
    #[arg(long, value_name = "PORT", default_value = "sim")]
    pub fingerprint: PortName,
    /// The printer (ESC/POS, 58 mm).
    #[arg(long, value_name = "PORT", default_value = "sim")]
    pub printer: PortName,
    /// The scan engine (GM65-S).
    #[arg(long, value_name = "PORT", default_value = "sim")]
    pub scanner: PortName,
    /// The card reader (serial CCID); or, in a simulated one, what the card does:
    /// approves, declines, refuses (after the bank approved), pulled (then),
    /// pulled-early, expired, forged, offline, wrong-pin, blocked-pin, no-pin,
    /// cancels (at the PIN pad), signature.
    #[arg(long, value_name = "PORT|CARD", default_value = "sim")]
    pub card: CardAt,
    /// The plate camera (Vzenith TCP protocol).
    #[arg(long, value_name = "PORT", default_value = "sim")]
    pub camera: PortName,
}

impl Args {
    /// Whether all devices are in this process: time can then be virtual.
    pub fn is_all_simulated(&self) -> bool {
        [&self.fingerprint, &self.printer, &self.scanner, &self.card.port, &self.camera]
            .into_iter()
            .all(|port| *port == PortName::Sim)
    }
}

/// Where the card reader is, and what a card in a simulated one does.
#[derive(Clone, Debug)]
pub struct CardAt {
    pub port: PortName,
    pub payer: Payer,
}

impl FromStr for CardAt {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match Payer::from_str(text, false) {
            Ok(payer) => Ok(Self { port: PortName::Sim, payer }),
            Err(_) => Ok(Self { port: text.parse()?, payer: Payer::Approves }),
        }
    }
}

/// How the fine is paid.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
#[allow(clippy::enum_variant_names)] // the wallet's name ends so
pub enum Pay {
    Card,
    #[value(name = "wechat")]
    WeChat,
    Alipay,
    #[value(name = "unionpay")]
    UnionPay,
    Show,
}

impl Pay {
    pub fn method(self) -> Method {
        match self {
            Self::Card => Method::Card,
            Self::WeChat => Method::Scanned(Wallet::WeChat),
            Self::Alipay => Method::Scanned(Wallet::Alipay),
            Self::UnionPay => Method::Scanned(Wallet::UnionPay),
            Self::Show => Method::Shown(Wallet::UnionPay),
        }
    }
}

/// What the bank does.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum Bank {
    /// Approves.
    Approves,
    /// Declines: the fine is then paid later, elsewhere.
    Declines,
    /// Charges, and its answer is lost.
    Unheard,
    /// Cannot be reached.
    Unreachable,
}
