use core::fmt;

use super::{Tsi, Tvr};

/// What stands behind a rule.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Mark {
    Tvr(Tvr),
    Tsi(Tsi),
    /// It explains a decision and sets no bit.
    Nothing,
}

macro_rules! rules {
    ($($(#[$docs:meta])* $name:ident: $mark:expr, $clause:literal, $text:literal;)*) => {
        /// A rule of EMV that found something. Each sets one bit of the
        /// [`Tvr`] or of the [`Tsi`], or explains a decision; no bit is set in
        /// any other way. `Display` says what was found.
        #[non_exhaustive]
        #[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
        #[cfg_attr(feature = "defmt", derive(defmt::Format))]
        #[repr(u8)]
        pub enum Rule {
            $(
                #[doc = concat!($text, " (EMV ", $clause, ").")]
                $name,
            )*
        }

        impl Rule {
            /// All of them, in the order in which a transaction comes by them.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            const fn mark(self) -> Mark {
                match self {
                    $(Self::$name => $mark,)*
                }
            }

            /// Where it stands in EMV: the book and the clause.
            #[must_use]
            pub const fn clause(self) -> &'static str {
                match self {
                    $(Self::$name => $clause,)*
                }
            }

            const fn text(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }
        }
    };
}

const fn tvr(bit: Tvr) -> Mark {
    Mark::Tvr(bit)
}

const fn tsi(bit: Tsi) -> Mark {
    Mark::Tsi(bit)
}

const NOTHING: Mark = Mark::Nothing;

rules! {
    NoCommonMethod: tvr(Tvr::NO_OFFLINE_AUTHENTICATION), "Book 3, 10.3", "card and terminal have no method of offline data authentication in common";
    OfflineAuthenticationPerformed: tsi(Tsi::OFFLINE_AUTHENTICATION), "Book 3, 10.3", "offline data authentication was performed";
    SdaSelected: tvr(Tvr::SDA_SELECTED), "Book 3, 10.3", "static data authentication was selected";
    SdaFailed: tvr(Tvr::SDA_FAILED), "Book 2, 5.4", "static data authentication failed";
    DdaFailed: tvr(Tvr::DDA_FAILED), "Book 2, 6.5", "dynamic data authentication failed";
    CdaFailed: tvr(Tvr::CDA_FAILED), "Book 2, 6.6", "combined data authentication failed";
    IccDataMissing: tvr(Tvr::ICC_DATA_MISSING), "Book 3, 7.2", "data that the method of authentication needs are missing";
    CvmListMissing: tvr(Tvr::ICC_DATA_MISSING), "Book 3, 7.2", "the card supports cardholder verification and has no CVM list";

    VersionsDiffer: tvr(Tvr::VERSIONS_DIFFER), "Book 3, 10.4.1", "card and terminal have different versions of the application";
    NotAtAtm: tvr(Tvr::SERVICE_NOT_ALLOWED), "Book 3, 10.4.2", "the card may not be used at a teller machine";
    NotAtOthers: tvr(Tvr::SERVICE_NOT_ALLOWED), "Book 3, 10.4.2", "the card may be used at teller machines only";
    CashNotAllowed: tvr(Tvr::SERVICE_NOT_ALLOWED), "Book 3, 10.4.2", "the card may not be used for cash in this country";
    PurchaseNotAllowed: tvr(Tvr::SERVICE_NOT_ALLOWED), "Book 3, 10.4.2", "the card may not be used for goods or services in this country";
    CashbackNotAllowed: tvr(Tvr::SERVICE_NOT_ALLOWED), "Book 3, 10.4.2", "the card may not be used for cashback in this country";
    NotYetEffective: tvr(Tvr::NOT_YET_EFFECTIVE), "Book 3, 10.4.3", "the application is not yet effective";
    Expired: tvr(Tvr::EXPIRED), "Book 3, 10.4.3", "the application has expired";

    NoVerificationSupported: NOTHING, "Book 3, 10.5", "the card does not support cardholder verification";
    NoCvmRules: tvr(Tvr::ICC_DATA_MISSING), "Book 3, 10.5", "the CVM list of the card has no rule, and counts as missing";
    VerificationPerformed: tsi(Tsi::CARDHOLDER_VERIFICATION), "Book 3, 10.5", "cardholder verification was performed";
    UnrecognisedMethod: tvr(Tvr::UNRECOGNISED_METHOD), "Book 3, 10.5", "the CVM list has a method that is not known";
    NoConditionSatisfied: tvr(Tvr::VERIFICATION_FAILED), "Book 3, 10.5", "no rule of the CVM list applied";
    VerificationFailed: tvr(Tvr::VERIFICATION_FAILED), "Book 3, 10.5", "cardholder verification was not successful";
    VerificationForbidden: tvr(Tvr::VERIFICATION_FAILED), "Book 3, 10.5", "the CVM list says to fail cardholder verification";
    PinTryLimit: tvr(Tvr::PIN_TRY_LIMIT), "Book 3, 10.5.1", "no PIN tries are left";
    PinPadAbsent: tvr(Tvr::PIN_PAD_ABSENT), "Book 3, 10.5", "a PIN was wanted, and there is no PIN pad or it does not work";
    PinNotEntered: tvr(Tvr::PIN_NOT_ENTERED), "Book 3, 10.5", "a PIN was wanted, and was not entered";
    OnlinePinEntered: tvr(Tvr::ONLINE_PIN), "Book 3, 10.5.2", "a PIN was entered, for the issuer to verify";

    RiskManagementPerformed: tsi(Tsi::TERMINAL_RISK_MANAGEMENT), "Book 3, 10.6", "terminal risk management was performed";
    OnExceptionFile: tvr(Tvr::EXCEPTION_FILE), "Book 4, 6.3.5", "the card is on the exception file";
    ForcedOnline: tvr(Tvr::FORCED_ONLINE), "Book 4, 6.3.5", "the merchant wants the transaction to go online";
    FloorLimit: tvr(Tvr::FLOOR_LIMIT), "Book 3, 10.6.1", "the amount, with what the log has for this card, is at or above the floor limit";
    RandomlySelected: tvr(Tvr::RANDOMLY_SELECTED), "Book 3, 10.6.2", "selected at random to go online, below the threshold";
    BiasedSelected: tvr(Tvr::RANDOMLY_SELECTED), "Book 3, 10.6.2", "selected at random to go online, biased by its amount";
    LowerLimitExceeded: tvr(Tvr::LOWER_OFFLINE_LIMIT), "Book 3, 10.6.3", "more payments offline in a row than the lower limit";
    UpperLimitExceeded: tvr(Tvr::UPPER_OFFLINE_LIMIT), "Book 3, 10.6.3", "more payments offline in a row than the upper limit";
    LowerLimitUnknown: tvr(Tvr::LOWER_OFFLINE_LIMIT), "Book 3, 10.6.3", "the card does not tell its counters, so the lower limit counts as exceeded";
    UpperLimitUnknown: tvr(Tvr::UPPER_OFFLINE_LIMIT), "Book 3, 10.6.3", "the card does not tell its counters, so the upper limit counts as exceeded";
    NewCard: tvr(Tvr::NEW_CARD), "Book 3, 10.6.3", "the card was never used online";

    DenialCodes: NOTHING, "Book 3, 10.7", "a bit that was set is one of the action codes for denial";
    OnlineCodes: NOTHING, "Book 3, 10.7", "a bit that was set is one of the action codes for going online";
    DefaultCodes: NOTHING, "Book 3, 10.7", "a bit that was set is one of the default action codes, and the issuer cannot be asked";
    NoActionCode: NOTHING, "Book 3, 10.7", "no bit that was set is one of the action codes";
    OnlineOnly: NOTHING, "Book 4, 6.3.6", "the terminal is online only";

    NothingToSign: tvr(Tvr::NO_OFFLINE_AUTHENTICATION), "Book 2, 6.6", "the card is asked for an AAC, which combined data authentication does not sign";
    DefaultTdol: tvr(Tvr::DEFAULT_TDOL), "Book 3, 9.2.2", "the TC hash was made over the terminal's default TDOL";
    CardRiskManagementPerformed: tsi(Tsi::CARD_RISK_MANAGEMENT), "Book 3, 10.8", "card risk management was performed";
    IssuerAuthenticationPerformed: tsi(Tsi::ISSUER_AUTHENTICATION), "Book 3, 10.9", "the card was asked to authenticate the issuer";
    IssuerAuthenticationFailed: tvr(Tvr::ISSUER_AUTHENTICATION_FAILED), "Book 3, 10.9", "the card did not authenticate the issuer";
    ScriptProcessed: tsi(Tsi::SCRIPT_PROCESSING), "Book 3, 10.10", "issuer scripts were processed";
    ScriptFailedBefore: tvr(Tvr::SCRIPT_FAILED_BEFORE), "Book 3, 10.10", "an issuer script failed before the last GENERATE AC";
    ScriptFailedAfter: tvr(Tvr::SCRIPT_FAILED_AFTER), "Book 3, 10.10", "an issuer script failed after the last GENERATE AC";
}

impl Rule {
    /// The bit of the Terminal Verification Results that it sets; empty where
    /// it sets none.
    #[must_use]
    pub const fn tvr(self) -> Tvr {
        match self.mark() {
            Mark::Tvr(bit) => bit,
            _ => Tvr::empty(),
        }
    }

    /// The bit of the Transaction Status Information that it sets; empty where
    /// it sets none.
    #[must_use]
    pub const fn tsi(self) -> Tsi {
        match self.mark() {
            Mark::Tsi(bit) => bit,
            _ => Tsi::empty(),
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

/// The rules of EMV that found something in a transaction: what its
/// [`Tvr`] and [`Tsi`] are made of, and why.
#[derive(Clone, Copy, Default, Eq, PartialEq)]
pub struct Findings(u64);

impl Findings {
    /// Nothing was found yet.
    #[must_use]
    pub const fn new() -> Self {
        Self(0)
    }

    /// This rule found something.
    // Many callers, and a shift of 64 bits is a dozen instructions for some.
    #[inline(never)]
    pub const fn note(&mut self, rule: Rule) {
        self.0 |= 1 << rule as u8;
    }

    /// Whether this rule found something.
    #[must_use]
    pub const fn has(self, rule: Rule) -> bool {
        self.0 & 1 << rule as u8 != 0
    }

    /// The rules that found something, in the order in which a transaction
    /// comes by them.
    pub fn rules(self) -> impl Iterator<Item = Rule> {
        let mut left = self.0;
        core::iter::from_fn(move || {
            let next = usize::try_from(left.trailing_zeros()).ok()?;
            left &= left.wrapping_sub(1);
            // Behind the last rule noted it is 64, and so many there are not.
            Rule::ALL.get(next).copied()
        })
    }

    /// The Terminal Verification Results.
    #[must_use]
    pub fn tvr(self) -> Tvr {
        self.rules().fold(Tvr::empty(), |bits, rule| bits | rule.tvr())
    }

    /// The Transaction Status Information.
    #[must_use]
    pub fn tsi(self) -> Tsi {
        self.rules().fold(Tsi::empty(), |bits, rule| bits | rule.tsi())
    }
}

impl fmt::Debug for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.rules()).finish()
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Findings {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "Findings({=u64:#x})", self.0);
    }
}

// Each has a bit of a `u64`, and none is left for `rules` to take for one.
const _: () = assert!(Rule::ALL.len() <= 64);
