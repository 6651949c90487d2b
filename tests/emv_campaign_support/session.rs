//! The payments that things go wrong in.

use embedded_pos::emv::{ActionCodes, Amount, Assessment, Terminal, Tvr};
use embedded_pos::sim::card::pki::{Key, Pki, Size};
use embedded_pos::sim::card::{
    Application as _, Authentication, CardApplication, EmvApplet, Layout, Personalisation, Risk,
};
use embedded_pos::sim::issuer::{Issuer, Script, ScriptCommand};

use crate::emv_support::{Entry, trusting};

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Says {
    Approved,
    Declined,
    Nothing,
}

/// A payment that goes well, but for what the issuer says.
pub struct Session {
    pub name: &'static str,
    pub terminal: Terminal<'static>,
    /// A card whose records are made.
    pub card: EmvApplet,
    pub issuer: fn() -> Issuer,
    pub says: Says,
    pub pins: &'static [Entry],
    pub assessment: Assessment,
    /// Commands in the issuer's scripts.
    pub script_commands: usize,
    /// Whether data authentication decides.
    pub is_authenticated: bool,
}

/// Not authenticated offline, in any way: declined.
pub const NOT_AUTHENTIC: Tvr = Tvr::from_bytes([0xEC, 0, 0, 0, 0]);
const EVERY: Tvr = Tvr::from_bytes([0xFF; 5]);
const OFFLINE: ActionCodes = ActionCodes { denial: NOT_AUTHENTIC, ..ActionCodes::NONE };
const ONLINE: ActionCodes = ActionCodes { online: EVERY, ..OFFLINE };
const RIGHT: Entry = Entry::Digits("1234");
const WRONG: Entry = Entry::Digits("9876");

fn pki() -> Pki {
    let key = Key::new(Size::Bits1024);
    Pki { authority: key, issuer: key, card: key, ..Pki::default() }
}

fn application(by: Authentication, cvm: [u8; 2]) -> CardApplication {
    CardApplication::new(1, "UnionPay Debit", 1)
        .authenticated(by, pki())
        .with(0x8E, &[&[0; 8][..], &cvm].concat())
        .with(0x9F0D, &[0; 5])
        .with(0x9F0E, &[0; 5])
        .with(0x9F0F, &[0; 5])
}

/// One that asks its issuer about everything.
fn asking(by: Authentication, cvm: [u8; 2]) -> CardApplication {
    CardApplication {
        risk: Risk { online_above: Some(0), ..Risk::default() },
        ..application(by, cvm)
    }
}

/// A card of which the records are made: else they would be signed anew in each
/// payment.
fn card(personal: Personalisation) -> EmvApplet {
    let mut card = EmvApplet::new(personal, &Issuer::default());
    card.process(b"\x00\xA4\x04\x00\x08\xA0\x00\x00\x03\x33\x01\x01\x01\x00");
    card.process(b"\x80\xA8\x00\x00\x0A\x83\x08\x01\x56\x00\x00\x00\x02\x00\x00\x00");
    let record = card.process(b"\x00\xB2\x01\x14\x00");
    assert!(record.ends_with(&[0x90, 0x00]), "{record:02X?}");
    card.reset();
    card
}

fn session(name: &'static str, application: CardApplication, codes: ActionCodes) -> Session {
    Session {
        name,
        terminal: trusting(&pki(), codes),
        card: card(Personalisation::of(application).with_pin("1234")),
        issuer: Issuer::default,
        says: Says::Approved,
        pins: &[],
        assessment: Assessment::default(),
        script_commands: 0,
        is_authenticated: true,
    }
}

fn with_scripts() -> Issuer {
    let mut issuer = Issuer::default();
    let put = |value| ScriptCommand::PutData(0x9F14, vec![value]);
    issuer.send(Script::before([put(1), put(2)]));
    issuer.send(Script::after([put(3), put(4)]));
    issuer
}

fn declining() -> Issuer {
    let mut issuer = Issuer::default();
    issuer.answer(*b"51");
    issuer
}

use Authentication::{Combined, Dynamic, Static};

const NO_CVM: [u8; 2] = [0x1F, 0x00];

/// Decided offline.
pub fn offline() -> Vec<Session> {
    let velocity = application(Dynamic, [0x01, 0x00]).with(0x9F14, &[9]).with(0x9F23, &[9]);
    let counting = Personalisation {
        counter: 5,
        last_online: 4,
        ..Personalisation::of(velocity).with_pin("1234")
    };
    vec![
        session("SDA, no CVM", application(Static, NO_CVM), OFFLINE),
        Session {
            pins: &[WRONG, RIGHT],
            card: card(counting),
            ..session("DDA, PIN in the clear, counters", application(Dynamic, NO_CVM), OFFLINE)
        },
        Session {
            pins: &[RIGHT],
            ..session("CDA, PIN enciphered", application(Combined, [0x04, 0x00]), OFFLINE)
        },
        session(
            "CDA, declined by the card",
            CardApplication {
                risk: Risk { decline_above: Some(0), ..Risk::default() },
                ..application(Combined, [0x1E, 0x00])
            },
            OFFLINE,
        ),
    ]
}

/// Decided by the issuer.
pub fn online() -> Vec<Session> {
    let unauthenticated = CardApplication::new(1, "UnionPay Debit", 1);
    let own_key = Pki { pin: Some(Key::new(Size::Bits1024)), ..pki() };
    let mutual = CardApplication { mutual: true, ..asking(Dynamic, [0x02, 0x00]) };
    let two = Personalisation {
        directory: false,
        applications: vec![
            CardApplication { layout: Layout::Values, ..application(Static, NO_CVM) },
            CardApplication::new(2, "UnionPay Credit", 2),
        ],
        ..Personalisation::default()
    };
    let both = trusting(&pki(), ONLINE);
    let [own] = both.applications else { panic!("one application") };
    let credit =
        embedded_pos::emv::Application { aid: embedded_pos::emv::aid::UNIONPAY_CREDIT, ..*own };
    let applications = Box::leak(Box::new([*own, credit]));
    vec![
        Session {
            is_authenticated: false,
            ..session("no ODA", unauthenticated, ActionCodes { online: EVERY, ..ActionCodes::NONE })
        },
        Session {
            issuer: with_scripts,
            script_commands: 4,
            ..session("SDA, EXTERNAL AUTHENTICATE, scripts", asking(Static, NO_CVM), ONLINE)
        },
        Session {
            pins: &[RIGHT],
            terminal: Terminal { assessment: true, ..trusting(&pki(), ONLINE) },
            assessment: Assessment {
                logged: Amount::from_minor(99_999).unwrap(),
                ..Assessment::default()
            },
            ..session(
                "DDA, online PIN, lists, issuer proved in the second AC",
                mutual.without_external_authenticate(),
                ONLINE,
            )
        },
        Session {
            pins: &[WRONG, RIGHT],
            issuer: with_scripts,
            script_commands: 4,
            ..session(
                "CDA, PIN enciphered with a key of its own, scripts",
                CardApplication { mutual: true, ..asking(Combined, [0x05, 0x00]) }
                    .authenticated(Combined, own_key),
                ONLINE,
            )
        },
        Session {
            card: card(two),
            terminal: Terminal { applications, ..both },
            ..session("SDA, two applications, no directory", application(Static, NO_CVM), ONLINE)
        },
        Session {
            issuer: declining,
            says: Says::Declined,
            ..session("CDA, declined", asking(Combined, NO_CVM), OFFLINE)
        },
    ]
}

/// The issuer cannot be reached.
pub fn unreached() -> Vec<Session> {
    let says = Says::Nothing;
    vec![
        Session { says, ..session("CDA, approved (Y3)", asking(Combined, NO_CVM), ONLINE) },
        Session {
            says,
            ..session(
                "SDA, declined (Z3)",
                asking(Static, NO_CVM),
                ActionCodes { default: EVERY, ..ONLINE },
            )
        },
        Session {
            says,
            terminal: Terminal { kind: 0x23, ..trusting(&pki(), OFFLINE) },
            ..session("DDA, offline only, approved (Y3)", asking(Dynamic, NO_CVM), OFFLINE)
        },
    ]
}

/// All of them.
pub fn all() -> Vec<Session> {
    offline().into_iter().chain(online()).chain(unreached()).collect()
}
