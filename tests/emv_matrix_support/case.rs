//! One payment, drawn by lot: what the terminal, the payment, the card, its
//! holder and its issuer are like.

use embedded_pos::civil::{CivilTime, Date};
use embedded_pos::emv::oda::{Authorities, Capk};
use embedded_pos::emv::{
    ActionCodes, Amount, Application, Assessment, Capabilities, Currency, Limits, Payment,
    Terminal, Tvr,
};
use embedded_pos::sim::Draw;
use embedded_pos::sim::card::pki::{AuthorityKey, Flaw, Key, Pki, Signed, Size};
use embedded_pos::sim::card::{CardApplication, CardPin, Layout, Personalisation, Risk};

/// What happens at the PIN pad.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Pad {
    Right,
    Wrong,
    Bypassed,
    Broken,
}

/// What comes of the issuer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Says {
    Approved,
    Declined,
    Nothing,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Ddol {
    Own,
    Absent,
    WithoutNumber,
}

#[derive(Clone, Debug)]
pub struct Case {
    // Terminal.
    pub kind: u8,
    pub capabilities: [u8; 3],
    pub pays_cash: bool,
    pub country: u16,
    pub version: u16,
    pub floor: u64,
    pub threshold: u64,
    pub target: u8,
    pub maximum: u8,
    /// Denial, online, default.
    pub tac: [[u8; 5]; 3],
    pub has_lists: bool,
    pub knows_authority: bool,
    // Payment.
    pub amount: u64,
    pub cashback: u64,
    pub currency: u16,
    pub service: u8,
    /// Year, month, day.
    pub date: [u16; 3],
    pub selection: u8,
    pub forced: bool,
    // The terminal's lists.
    pub on_exception_file: bool,
    pub logged: u64,
    pub wants_online: bool,
    // Card.
    pub profile: u8,
    pub signs: bool,
    pub layout: Layout,
    pub cvm_list: Option<Vec<u8>>,
    pub own_currency: Option<[u8; 2]>,
    pub usage: Option<[u8; 2]>,
    pub issuer_country: Option<[u8; 2]>,
    pub expires: [u8; 3],
    pub effective: Option<[u8; 3]>,
    pub own_version: Option<[u8; 2]>,
    pub lower: Option<u8>,
    pub upper: Option<u8>,
    pub counter: u16,
    pub last_online: u16,
    /// Denial, online, default.
    pub iac: [Option<[u8; 5]>; 3],
    /// Whether CDOL1 and CDOL2 ask for the TC hash.
    pub hash: [bool; 2],
    pub tdol: bool,
    pub ddol: Ddol,
    pub flaw: Option<(Signed, Flaw)>,
    pub missing: Option<u32>,
    pub tries: Option<u8>,
    pub risk: Risk,
    pub mutual: bool,
    /// Elements that it does not tell by GET DATA.
    pub untold: Vec<u16>,
    // Cardholder.
    pub pad: Vec<Pad>,
    // Issuer.
    pub says: Says,
    pub forged: bool,
    pub silent: bool,
    /// Scripts 71 and 72, and whether the card can carry them out.
    pub scripts: [Option<bool>; 2],
}

/// The elements in both lists of the card, apart from those in front.
const TOLD: &[u8] = b"\x9F\x02\x06\x9F\x03\x06\x9F\x1A\x02\x95\x05\x5F\x2A\x02\x9A\x03\x9C\x01\x9F\x37\x04\x9B\x02\x9F\x34\x03";
/// Where `95`, `9B` and `9F34` stand in what is told, and their lengths.
pub const TVR_AT: (usize, usize) = (14, 5);
pub const TSI_AT: (usize, usize) = (29, 2);
pub const CVM_AT: (usize, usize) = (31, 3);
pub const PIN: &str = "1234";
pub const AUTHORITY: [u8; 5] = [0xA0, 0x00, 0x00, 0x03, 0x33];

/// The shortest keys: here it is not their length that counts.
pub fn pki() -> Pki {
    let key = Key::new(Size::Bits1024);
    Pki { authority: key, issuer: key, card: key, ..Pki::default() }
}

struct Lots(Draw);

impl Lots {
    fn of<T: Copy>(&mut self, from: &[T]) -> T {
        *self.0.one_of(from).unwrap()
    }

    /// True once in so many times.
    fn once_in(&mut self, times: usize) -> bool {
        self.0.below(times) == 0
    }

    fn often<T>(&mut self, value: T) -> Option<T> {
        (!self.once_in(4)).then_some(value)
    }

    fn byte(&mut self) -> u8 {
        self.0.number().to_be_bytes()[0]
    }

    fn five(&mut self) -> [u8; 5] {
        let mut dense = || *self.0.number().to_be_bytes().first_chunk::<5>().unwrap();
        let (a, b, c) = (dense(), dense(), dense());
        match self.0.below(12) {
            0..8 => [0; 5],
            8 => [0xFF; 5],
            9 => a,
            _ => core::array::from_fn(|at| a[at] & b[at] & c[at]),
        }
    }

    fn cvm_list(&mut self) -> Vec<u8> {
        let amounts = [self.of(&[0_u32, 999, 1_000, 5_000]), self.of(&[0_u32, 1_001, 9_000])];
        let mut list = amounts.map(u32::to_be_bytes).concat();
        let count = self.of(&[0, 1, 1, 2, 3, 4, 6]);
        for _ in 0..count {
            let method = self.of(&[0, 1, 1, 2, 2, 3, 4, 4, 5, 0x1E, 0x1F, 0x06, 0x20, 0x3F]);
            let condition = self.of(&[0, 0, 0, 1, 2, 3, 3, 4, 5, 6, 7, 8, 9, 0x0A, 0x80]);
            list.extend([method | self.of(&[0x00, 0x40, 0x40]), condition]);
        }
        list
    }

    fn flaw(&mut self) -> (Signed, Flaw) {
        let signed = self.of(&[
            Signed::IssuerCertificate,
            Signed::StaticData,
            Signed::CardCertificate,
            Signed::DynamicData,
            Signed::Cryptogram,
        ]);
        let flaws = [
            Flaw::Header,
            Flaw::Trailer,
            Flaw::Format,
            Flaw::Hash,
            Flaw::HashAlgorithm,
            Flaw::Short,
            Flaw::Long,
            Flaw::Stale,
            Flaw::Subject,
            Flaw::Expired,
            Flaw::KeyAlgorithm,
            Flaw::Information,
            Flaw::DataHash,
        ];
        let fitting: Vec<_> = flaws.into_iter().filter(|flaw| flaw.fits(signed)).collect();
        (signed, self.of(&fitting))
    }
}

impl Case {
    pub fn draw(seed: u64) -> Self {
        let mut lots = Lots(Draw::new(seed));
        let threshold = lots.of(&[0, 500, 1_000]);
        let target = lots.of(&[0, 0, 20, 50]);
        let way = lots.of(&[0x00, 0x40, 0x20, 0x21, 0x21, 0x60, 0x61]);
        let broken = lots.0.below(6);
        let missing = lots.of(&[0x8F, 0x90, 0x92, 0x93, 0x9F32, 0x9F46, 0x9F47, 0x9F48]);
        let flaw = lots.flaw();
        let counter = lots.of(&[0, 1, 5, 9]);
        let days = [[0x25, 0x02, 0x28], [0x25, 0x03, 0x01], [0x25, 0x03, 0x02], [0x49, 0x12, 0x31]];
        let past = [[0x25, 0x02, 0x28], [0x25, 0x03, 0x01], [0x25, 0x03, 0x02], [0x99, 0x01, 0x01]];
        Self {
            kind: lots.of(&[0x21, 0x22, 0x22, 0x22, 0x23, 0x25, 0x26, 0x14, 0x15, 0x16, 0x34]),
            capabilities: [
                0xE0,
                lots.of(&[0xF8, 0xF8, 0x00]) | lots.byte() & 0xF8,
                lots.of(&[0xC8, 0xC8, 0xC0, 0x80, 0x48, 0x00]),
            ],
            pays_cash: lots.once_in(2),
            country: lots.of(&[156, 156, 840]),
            version: lots.of(&[0x0030, 0x0030, 0x0031]),
            floor: lots.of(&[0, 1_000, 2_000, 100_000, 100_000]),
            threshold,
            target,
            maximum: target + lots.of(&[0, 10, 49]),
            tac: core::array::from_fn(|_| lots.five()),
            has_lists: lots.once_in(2),
            knows_authority: !lots.once_in(10),
            amount: lots.of(&[0, 999, 1_000, 1_001, 1_500, 5_000, 9_001, 99_999, 100_000]),
            cashback: lots.of(&[0, 0, 0, 500]),
            currency: lots.of(&[156, 156, 840]),
            service: lots.of(&[0x00, 0x00, 0x00, 0x01, 0x09, 0x17, 0x20]),
            date: lots.of(&[[2025, 3, 1], [2025, 3, 1], [2025, 3, 2], [2024, 12, 31]]),
            selection: lots.of(&[0, 1, 20, 35, 50, 60, 99]),
            forced: lots.once_in(8),
            on_exception_file: lots.once_in(6),
            logged: lots.of(&[0, 0, 0, 1_000, 99_001]),
            wants_online: lots.once_in(8),
            profile: way
                | lots.of(&[0x10, 0x10, 0x10, 0x00])
                | lots.of(&[0x08, 0x08, 0x00])
                | lots.of(&[0x04, 0x00]),
            signs: !lots.once_in(12),
            layout: lots.of(&[Layout::Values, Layout::Elements]),
            cvm_list: lots.often(()).map(|()| lots.cvm_list()),
            own_currency: lots.often([0x01, 0x56]),
            usage: {
                let usage = [lots.byte(), lots.byte()];
                let usage = lots.of(&[[0xFF, 0xC0], [0xFD, 0xC0], [0xFE, 0xC0], usage, usage]);
                lots.often(usage)
            },
            issuer_country: lots.often([0x01, 0x56]),
            expires: lots.of(&days),
            effective: lots.often(()).map(|()| lots.of(&past)),
            own_version: lots.often(()).map(|()| lots.of(&[[0x00, 0x30], [0x00, 0x31]])),
            lower: lots.often(()).map(|()| lots.of(&[0, 1, 4, 10])),
            upper: lots.often(()).map(|()| lots.of(&[0, 2, 5, 20])),
            counter,
            last_online: lots.of(&[0, counter / 2, counter + 1, counter + 2]),
            iac: core::array::from_fn(|_| lots.often(()).map(|()| lots.five())),
            hash: [lots.once_in(6), lots.once_in(6)],
            tdol: lots.once_in(2),
            ddol: lots.of(&[Ddol::Own, Ddol::Own, Ddol::Absent, Ddol::WithoutNumber]),
            flaw: (broken == 0 || broken == 1).then_some(flaw),
            missing: (broken == 2).then_some(missing),
            tries: lots.often(()).map(|()| lots.of(&[0, 1, 2, 3])),
            risk: Risk {
                online_above: lots.of(&[None, None, Some(1_000)]),
                decline_above: lots.of(&[None, None, None, None, Some(9_000)]),
                decline_after: lots.of(&[None, None, Some(0)]),
                ..Risk::default()
            },
            mutual: lots.once_in(3),
            untold: lots.of(&[&[][..], &[], &[], &[0x9F17], &[0x9F36], &[0x9F13]]).to_vec(),
            pad: {
                let all =
                    [Pad::Right, Pad::Right, Pad::Wrong, Pad::Wrong, Pad::Bypassed, Pad::Broken];
                (0..8).map(|_| lots.of(&all)).collect()
            },
            says: lots.of(&[Says::Approved, Says::Approved, Says::Declined, Says::Nothing]),
            forged: lots.once_in(5),
            silent: lots.once_in(6),
            scripts: core::array::from_fn(|_| lots.of(&[None, None, Some(true), Some(false)])),
        }
    }

    pub fn payment(&self) -> Payment {
        let [year, month, day] = self.date;
        let date = Date::new(year, month as u8, day as u8).unwrap();
        let time = CivilTime::new(date, 10, 15, 30).unwrap();
        let amount = Amount::from_minor(self.amount).unwrap();
        Payment {
            cashback: Amount::from_minor(self.cashback).unwrap(),
            currency: Currency { code: self.currency, exponent: 2 },
            kind: self.service,
            selection: self.selection,
            forced_online: self.forced,
            ..Payment::yuan(amount, time, 42, [0xB8, 0x1C, 0xCF, 0x08])
        }
    }

    pub fn application(&self) -> Application<'static> {
        let [denial, online, default] = self.tac.map(Tvr::from_bytes);
        Application {
            version: self.version,
            limits: Limits {
                floor: Amount::from_minor(self.floor).unwrap(),
                threshold: Amount::from_minor(self.threshold).unwrap(),
                target_percent: self.target,
                maximum_percent: self.maximum,
            },
            codes: ActionCodes { denial, online, default },
            ..Application::UNIONPAY
        }
    }

    pub fn terminal<'a>(
        &self,
        applications: &'a [Application<'a>],
        keys: &'a [Capk<'a>],
    ) -> Terminal<'a> {
        let services = if self.pays_cash { 0xE0 } else { 0x60 };
        Terminal {
            kind: self.kind,
            country: self.country,
            capabilities: Capabilities::from_bytes(self.capabilities),
            additional_capabilities: [services, 0x00, 0xA0, 0xF0, 0x01],
            applications,
            authorities: Authorities {
                keys: if self.knows_authority { keys } else { &[] },
                revoked: &[],
            },
            assessment: self.has_lists,
            ..Terminal::CHINA
        }
    }

    pub fn assessment(&self) -> Assessment {
        Assessment {
            on_exception_file: self.on_exception_file,
            logged: Amount::from_minor(self.logged).unwrap(),
            force_online: self.wants_online,
        }
    }

    pub fn card(&self) -> Personalisation {
        let ask = |front: &[u8], hash: bool, behind: &[u8]| {
            [TOLD, front, if hash { &[0x98, 0x14] } else { &[] }, behind].concat()
        };
        // Without EXTERNAL AUTHENTICATE, the proof comes with the second list.
        let proof: &[u8] = if self.profile & 0x04 == 0 { &[0x91, 0x0A] } else { &[] };
        let mut application = CardApplication {
            profile: [self.profile, 0x00],
            cdol1: ask(&[0x8A, 0x02], self.hash[0], &[]),
            cdol2: ask(&[0x8A, 0x02], self.hash[1], proof),
            layout: self.layout,
            authentication: self.signs.then(pki),
            risk: self.risk,
            mutual: self.mutual,
            ..CardApplication::new(1, "UnionPay Debit", 1)
        };
        let none: &[u8] = &[];
        let [denial, online, default] = &self.iac;
        let one = |value: &Option<u8>| value.map(|byte| vec![byte]).unwrap_or_default();
        for (tag, value) in [
            (0x8E, self.cvm_list.as_deref().unwrap_or(none)),
            (0x9F42, self.own_currency.as_ref().map_or(none, |value| value)),
            (0x9F07, self.usage.as_ref().map_or(none, |value| value)),
            (0x5F28, self.issuer_country.as_ref().map_or(none, |value| value)),
            (0x5F24, &self.expires),
            (0x5F25, self.effective.as_ref().map_or(none, |value| value)),
            (0x9F08, self.own_version.as_ref().map_or(none, |value| value)),
            (0x9F14, &one(&self.lower)),
            (0x9F23, &one(&self.upper)),
            (0x9F0E, denial.as_ref().map_or(none, |value| value)),
            (0x9F0F, online.as_ref().map_or(none, |value| value)),
            (0x9F0D, default.as_ref().map_or(none, |value| value)),
            (0x97, if self.tdol { &[0x9F, 0x02, 0x06] } else { none }),
        ] {
            application = application.with(tag, value);
        }
        match self.ddol {
            Ddol::Own => {}
            Ddol::Absent => application = application.with(0x9F49, &[]),
            Ddol::WithoutNumber => application = application.with(0x9F49, &[0x9A, 0x03]),
        }
        if let Some(tag) = self.missing {
            application = application.with(tag, &[]);
        }
        let pin = self.tries.map(|tries| CardPin { digits: PIN.into(), limit: 3, tries });
        Personalisation {
            pin,
            counter: self.counter,
            last_online: self.last_online,
            ..Personalisation::of(application)
        }
    }
}

pub fn authority() -> AuthorityKey {
    pki().authority_key(AUTHORITY)
}
