//! What is in the simulated card, what the terminal has, and who else takes part.

use embedded_pos::ErrorKind;
use embedded_pos::emv::oda::{Authorities, Capk, Revoked};
use embedded_pos::emv::{
    ActionCodes, Amount, Application, Capabilities, Limits, Terminal, Tvr, aid,
};
use embedded_pos::sim::card::pki::{AuthorityKey, Flaw as Defect, Pki, Signed};
use embedded_pos::sim::card::{
    Authentication, CardApplication, EmvApplet, Misbehaviour, Personalisation, Risk,
};
use embedded_pos::sim::issuer::{Issuer as Bank, Script, ScriptCommand};
use embedded_pos::sim::pin_pad::SimPinPad;

use super::args::{Args, Card, Cvm, Entry, Flaw, Issuer, Oda, Scripts};
use crate::common::stage::{self, PIN};
use crate::info::KNOWN;

/// Registered Application Provider Identifier of UnionPay.
const RID: [u8; 5] = [0xA0, 0x00, 0x00, 0x03, 0x33];
/// Not the PIN of the card.
const WRONG: &str = "4321";
/// The key of the PIN pad, which the issuer's host has too.
const PAD_KEY: [u8; 16] = *b"a key of the pad";

/// The issuer, as the options have it.
pub(super) fn issuer(args: &Args) -> Bank {
    let mut issuer = stage::issuer();
    match args.issuer {
        Issuer::Approves | Issuer::Unreachable => {}
        Issuer::Declines => issuer.answer(*b"51"),
        Issuer::Forged => issuer.forge(),
        Issuer::Silent => issuer.keep_silent(),
    }
    // The card's own limits of payments in a row.
    let put = |tag| ScriptCommand::PutData(tag, [9].into());
    if let Some(scripts) = args.scripts {
        issuer.send(Script::before([put(0x9F58)]));
        issuer.send(Script::after([put(0x9F59)]));
        if scripts == Scripts::Failing {
            issuer.spoil_scripts();
        }
    }
    issuer
}

/// The card that this issuer gave out.
pub(super) fn card(args: &Args, issuer: &Bank) -> EmvApplet {
    let mut personal = Personalisation::of(application(args)).with_pin(PIN);
    if let (Entry::Blocked, Some(pin)) = (args.pin, &mut personal.pin) {
        pin.tries = 0;
    }
    let mut card = EmvApplet::new(personal, issuer);
    if args.card == Card::Forged {
        card.misbehave(Misbehaviour::FalseCryptogram);
    }
    if let Some((signed, defect)) = args.flaw.and_then(defect) {
        card.misbehave(Misbehaviour::Flawed(signed, defect));
    }
    match args.card {
        Card::Declines => card.misbehave(Misbehaviour::First(0x00)),
        Card::Refuses => card.misbehave(Misbehaviour::Second(0x00)),
        _ => {}
    }
    card
}

fn application(args: &Args) -> CardApplication {
    let mut application = stage::bare_application().with(0x8E, &stage::cvm_list(rules(args.cvm)));
    let by = match args.oda {
        Oda::None => None,
        Oda::Sda => Some(Authentication::Static),
        Oda::Dda => Some(Authentication::Dynamic),
        Oda::Cda => Some(Authentication::Combined),
    };
    if let Some(by) = by {
        application = application.authenticated(by, Pki::default());
    }
    if args.flaw == Some(Flaw::Missing) {
        application = application.with(0x90, &[]);
    }
    match args.card {
        Card::Asks => CardApplication {
            risk: Risk { online_above: Some(0), ..Risk::default() },
            ..application
        },
        Card::Mutual => CardApplication { mutual: true, ..application },
        Card::Expired => application.with(0x5F24, &[0x20, 0x12, 0x31]),
        Card::NotYet => application.with(0x5F25, &[0x49, 0x01, 0x01]),
        Card::Blocked => CardApplication { blocked: true, ..application },
        _ => application,
    }
}

/// The rules of the CVM list (EMV Book 3, annex C3).
const fn rules(cvm: Cvm) -> &'static [[u8; 2]] {
    match cvm {
        Cvm::None => &[[0x1F, 0x00]],
        Cvm::Signature => &[[0x1E, 0x00]],
        Cvm::Pin => &[[0x01, 0x00]],
        Cvm::EncipheredPin => &[[0x04, 0x00]],
        Cvm::PinOrSignature => &[[0x44, 0x03], [0x41, 0x03], [0x1E, 0x03]],
        Cvm::OnlinePin => &[[0x02, 0x00]],
    }
}

/// What is wrong in which signature.
const fn defect(flaw: Flaw) -> Option<(Signed, Defect)> {
    match flaw {
        Flaw::Authority | Flaw::Revoked | Flaw::Missing => None,
        Flaw::IssuerExpired => Some((Signed::IssuerCertificate, Defect::Expired)),
        Flaw::Issuer => Some((Signed::IssuerCertificate, Defect::Hash)),
        Flaw::Static => Some((Signed::StaticData, Defect::Stale)),
        Flaw::Card => Some((Signed::CardCertificate, Defect::Hash)),
        Flaw::Dynamic => Some((Signed::DynamicData, Defect::Stale)),
        Flaw::Cryptogram => Some((Signed::Cryptogram, Defect::DataHash)),
    }
}

/// The PIN pad, and what people do at it.
pub(super) fn pad(entry: Entry) -> SimPinPad {
    let mut pad = SimPinPad::new();
    pad.load_tdes(PAD_KEY);
    match entry {
        Entry::Right | Entry::Blocked => pad.types(PIN),
        Entry::WrongThenRight => {
            pad.types(WRONG);
            pad.types(PIN);
        }
        Entry::Wrong => (0..3).for_each(|_| pad.types(WRONG)),
        Entry::Bypassed => pad.bypasses(),
        Entry::Cancelled => pad.cancels(),
        Entry::Left => pad.leaves(),
        Entry::Broken => pad.breaks(Some(ErrorKind::Hardware)),
    }
    pad
}

/// What the terminal is made of that has to outlive it.
pub(super) struct Setting {
    key: AuthorityKey,
    revoked: [Revoked; 1],
    codes: ActionCodes,
    limits: Limits,
}

impl Setting {
    pub(super) fn new(args: &Args) -> Self {
        let pki = Pki::default();
        let key = pki.authority_key(RID);
        let revoked = [Revoked { rid: RID, index: key.index, serial: pki.serial }];
        let acquirer = Application::UNIONPAY.codes;
        let codes = ActionCodes {
            denial: args.tac_denial.unwrap_or(acquirer.denial),
            online: args.tac_online.unwrap_or(acquirer.online),
            default: args.tac_default.unwrap_or(acquirer.default),
        };
        // Every payment below the floor limit is as likely to be selected.
        let below = args.floor.minor().saturating_sub(1);
        let limits = Limits {
            floor: args.floor,
            threshold: Amount::from_minor(below).unwrap_or(Amount::ZERO),
            target_percent: args.select,
            maximum_percent: args.select,
        };
        Self { key, revoked, codes, limits }
    }

    /// The keys of authorities.
    pub(super) fn keys(&self, args: &Args) -> Vec<Capk<'_>> {
        let key = &self.key;
        let known = args.flaw != Some(Flaw::Authority);
        let key = Capk {
            checksum: Some(key.checksum),
            ..Capk::new(key.rid, key.index, &key.modulus, &key.exponent)
        };
        known.then_some(key).into_iter().collect()
    }

    /// The applications: UnionPay's, or for `--dry` all that are known here.
    pub(super) fn applications(&self, args: &Args) -> Vec<Application<'static>> {
        if args.dry {
            let every = Tvr::from_bytes([0xFF; 5]);
            let codes = ActionCodes { denial: every, ..ActionCodes::NONE };
            let known = KNOWN.into_iter();
            return known
                .map(|(aid, _)| Application { aid, partial: true, codes, ..Application::UNIONPAY })
                .collect();
        }
        let own = Application { codes: self.codes, limits: self.limits, ..Application::UNIONPAY };
        [aid::UNIONPAY_DEBIT, aid::UNIONPAY_CREDIT].map(|aid| Application { aid, ..own }).into()
    }

    /// The terminal: attended, and it can decide offline. For `--dry`, one that
    /// cannot, without data authentication, so that there is a bit to deny for,
    /// and without PINs.
    pub(super) fn terminal<'a>(
        &'a self,
        args: &Args,
        keys: &'a [Capk<'a>],
        applications: &'a [Application<'a>],
    ) -> Terminal<'a> {
        let capabilities = if args.dry { [0x20, 0x08, 0x00] } else { [0xE0, 0xF8, 0xC8] };
        let revoked: &[_] = if args.flaw == Some(Flaw::Revoked) { &self.revoked } else { &[] };
        Terminal {
            kind: if args.dry { 0x21 } else { 0x22 },
            capabilities: Capabilities::from_bytes(capabilities),
            terminal_id: *b"TJ000123",
            merchant_id: *b"898120000000001",
            merchant_name: "EXAMPLE",
            applications,
            authorities: Authorities { keys, revoked },
            assessment: true,
            ..Terminal::CHINA
        }
    }
}
