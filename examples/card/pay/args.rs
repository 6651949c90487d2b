//! The command line of `pay`.

use clap::ValueEnum;
use embedded_pos::emv::{Amount, Tvr};

/// Pays with the card in the reader, and says what was done at each step and
/// why.
///
/// In a simulated reader is a simulated card that signs, verifies its PIN and
/// makes cryptograms for real, and behind the terminal its issuer, which
/// verifies them. The options say what is in the card and what happens; what
/// comes of it is up to the kernel.
///
/// A real card pays nothing here: it needs `--dry`, which has it decline. That
/// takes neither a PIN nor keys of its authorities, and no issuer is asked. Its
/// transaction counter moves on by one.
///
/// Exit code 0: approved. 1: declined. 3: it came to no decision. 4: a reversal
/// is due, as the issuer approved and the payment failed after that. 2: the
/// reader failed, or what was asked for cannot be.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// How much, in yuan: 12.50.
    #[arg(value_name = "YUAN", value_parser = yuan)]
    pub(super) amount: Amount,
    /// Only have the card decline (AAC): the terminal denies whatever it finds.
    #[arg(long)]
    pub(super) dry: bool,

    /// What the card does.
    #[arg(long, value_enum, default_value_t = Card::Agrees, help_heading = "Card")]
    pub(super) card: Card,
    /// How its data are authenticated offline.
    #[arg(long, value_enum, default_value_t = Oda::Cda, help_heading = "Card")]
    pub(super) oda: Oda,
    /// What is wrong with that.
    #[arg(long, value_enum, help_heading = "Card")]
    pub(super) flaw: Option<Flaw>,
    /// How it wants its cardholder verified.
    #[arg(long, value_enum, default_value_t = Cvm::PinOrSignature, help_heading = "Card")]
    pub(super) cvm: Cvm,
    /// The card is pulled out before its Nth command, from 1.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..), help_heading = "Card")]
    pub(super) pull: Option<u32>,

    /// What happens at the PIN pad, if a PIN is asked for.
    #[arg(long, value_enum, default_value_t = Entry::Right, help_heading = "Terminal")]
    pub(super) pin: Entry,
    /// Its floor limit: from there on, a payment is to go online.
    #[arg(long, value_name = "YUAN", value_parser = yuan, default_value = "0", help_heading = "Terminal")]
    pub(super) floor: Amount,
    /// Of payments below that, so many in a hundred go online, chosen at random.
    #[arg(long, value_name = "PERCENT", default_value_t = 0, value_parser = clap::value_parser!(u8).range(0..=99), help_heading = "Terminal")]
    pub(super) select: u8,
    /// Whoever attends to it wants the payment to go online.
    #[arg(long, help_heading = "Terminal")]
    pub(super) force_online: bool,
    /// The card is on its exception file.
    #[arg(long, help_heading = "Terminal")]
    pub(super) exception_file: bool,
    /// Terminal Action Code for denial, five bytes in hexadecimal.
    #[arg(long, value_name = "HEX", value_parser = tvr, help_heading = "Terminal")]
    pub(super) tac_denial: Option<Tvr>,
    /// Terminal Action Code for going online.
    #[arg(long, value_name = "HEX", value_parser = tvr, help_heading = "Terminal")]
    pub(super) tac_online: Option<Tvr>,
    /// Terminal Action Code for the case that the issuer cannot be asked.
    #[arg(long, value_name = "HEX", value_parser = tvr, help_heading = "Terminal")]
    pub(super) tac_default: Option<Tvr>,

    /// What the issuer does.
    #[arg(long, value_enum, default_value_t = Issuer::Approves, help_heading = "Issuer")]
    pub(super) issuer: Issuer,
    /// It sends a script before the second GENERATE AC and one after it.
    #[arg(long, value_enum, help_heading = "Issuer")]
    pub(super) scripts: Option<Scripts>,
}

const EXAMPLES: &str = "\
Examples:
  pay 12.50                                     online, approved, with a PIN
  pay 12.50 --floor 100                         offline, approved (Y1)
  pay 12.50 --card expired                      declined by the terminal (Z1)
  pay 12.50 --card declines                     declined by the card
  pay 12.50 --issuer declines                   declined by the issuer
  pay 12.50 --card refuses                      declined by the card after that; reversal
  pay 12.50 --issuer unreachable                declined, not online (Z3)
  pay 12.50 --issuer unreachable --floor 100 --select 99
                                                approved, not online (Y3)
  pay 12.50 --oda dda --flaw dynamic            a signature that is wrong
  pay 12.50 --pin wrong-then-right              two PINs
  pay 12.50 --cvm online-pin --pin wrong        declined by the issuer (55)
  pay 12.50 --issuer forged --card mutual       issuer authentication fails; reversal
  pay 12.50 --scripts failing                   9F5B and two bits of the TVR
  pay 12.50 --pull 19                           the card is gone; reversal";

/// What the card does.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum Card {
    /// What it is asked for.
    Agrees,
    /// Asks its issuer where the terminal would approve.
    Asks,
    /// Declines.
    Declines,
    /// Declines after its issuer approved.
    Refuses,
    /// Declines unless its issuer proved to be that.
    Mutual,
    /// Has expired.
    Expired,
    /// Is not yet effective.
    NotYet,
    /// Its application is blocked.
    Blocked,
    /// Its cryptograms are not made with its key.
    Forged,
}

/// How the card's data are authenticated offline.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum Oda {
    /// In no way.
    None,
    /// Static data authentication.
    Sda,
    /// Dynamic data authentication.
    Dda,
    /// Combined with each cryptogram.
    Cda,
}

/// What is wrong with the authentication.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum Flaw {
    /// The terminal does not have the authority's key.
    Authority,
    /// The issuer's certificate was called back.
    Revoked,
    /// The issuer's certificate has expired.
    IssuerExpired,
    /// The issuer's certificate was tampered with.
    Issuer,
    /// SDA: the signed data were.
    Static,
    /// DDA, CDA: the card's certificate was.
    Card,
    /// DDA: the card's signature is wrong.
    Dynamic,
    /// CDA: the signature of the cryptogram is wrong.
    Cryptogram,
    /// The issuer's certificate is missing.
    Missing,
}

impl Flaw {
    /// Whether that method gets to see it.
    pub(super) fn fits(self, oda: Oda) -> bool {
        match self {
            Self::Static => oda == Oda::Sda,
            Self::Card => matches!(oda, Oda::Dda | Oda::Cda),
            Self::Dynamic => oda == Oda::Dda,
            Self::Cryptogram => oda == Oda::Cda,
            _ => oda != Oda::None,
        }
    }
}

/// How the cardholder is verified.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum Cvm {
    /// Not at all.
    None,
    /// By signature.
    Signature,
    /// By a PIN in the clear to the card.
    Pin,
    /// By an enciphered PIN to the card.
    EncipheredPin,
    /// By a PIN to the card, enciphered where that can be; else by signature.
    PinOrSignature,
    /// By a PIN to the issuer.
    OnlinePin,
}

/// What happens at the PIN pad.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum Entry {
    /// The right PIN is entered.
    Right,
    /// A wrong one, then the right one.
    WrongThenRight,
    /// Wrong ones, as often as one is asked for.
    Wrong,
    /// The right one, but the card has no tries left.
    Blocked,
    /// The cardholder does not want to, and the merchant lets it go.
    Bypassed,
    /// The red key is pressed.
    Cancelled,
    /// Nobody presses a key.
    Left,
    /// The pad does not work.
    Broken,
}

/// What the issuer does.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum Issuer {
    /// Approves what is genuine.
    Approves,
    /// Declines: insufficient funds (51).
    Declines,
    /// Cannot be reached.
    Unreachable,
    /// Somebody else approves in its place.
    Forged,
    /// Approves without proving to be the issuer.
    Silent,
}

/// How its scripts fare.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum Scripts {
    /// The card carries them out.
    Ok,
    /// Their MACs are wrong.
    Failing,
}

fn yuan(text: &str) -> Result<Amount, String> {
    let (whole, fen) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || fen.len() > 2 || !digits(whole) || !digits(fen) {
        return Err("yuan and fen are wanted: 12.50".into());
    }
    let minor = format!("{whole}{fen:0<2}").parse().ok().and_then(Amount::from_minor);
    minor.ok_or("an amount has twelve digits at most".into())
}

fn tvr(text: &str) -> Result<Tvr, String> {
    let bytes = crate::hex(text)?.0.try_into();
    bytes.map(Tvr::from_bytes).map_err(|_| "five bytes are wanted".into())
}
