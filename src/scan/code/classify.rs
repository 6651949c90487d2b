use super::carrier::{Carrier, carrier};
use super::{Expect, Kind, emv, number, text};

/// One reading of a code.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Candidate {
    /// What it would be.
    pub kind: Kind,
    /// What speaks for it, as a sentence for a person.
    pub reason: &'static str,
    /// Whether something other than length and beginning was verified: a
    /// check digit, a CRC, a structure.
    pub checked: bool,
    /// What the symbology says about it.
    pub carrier: Carrier,
}

impl Candidate {
    pub(super) const fn of_form(kind: Kind, reason: &'static str) -> Self {
        Self { kind, reason, checked: false, carrier: Carrier::Unsaid }
    }

    pub(super) const fn verified(kind: Kind, reason: &'static str) -> Self {
        Self { kind, reason, checked: true, carrier: Carrier::Unsaid }
    }
}

/// How many readings are tried.
const READINGS: usize = 22;

/// All readings of a code.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Candidates {
    found: [Option<Candidate>; READINGS],
    unknown: Candidate,
    expect: Expect,
}

impl Candidates {
    /// Every reading that stands, at least one: the expected kinds first, in
    /// either part in the order of [`Kind`]. [`Kind::Unknown`] stands alone.
    pub fn iter(&self) -> impl Iterator<Item = Candidate> {
        let of = |fits| self.standing().filter(move |found| found.kind.fits(self.expect) == fits);
        let none = self.standing().next().is_none().then_some(self.unknown);
        of(true).chain(of(false)).chain(none)
    }

    /// The readings that are of what was expected.
    pub fn expected(&self) -> impl Iterator<Item = Candidate> {
        self.iter().filter(|candidate| candidate.kind.fits(self.expect))
    }

    /// The readings that the bytes allow and the symbology speaks against.
    pub fn ruled_out(&self) -> impl Iterator<Item = Candidate> {
        self.found.into_iter().flatten().filter(|found| found.carrier == Carrier::Against)
    }

    /// The reading of one kind, if it stands.
    #[must_use]
    pub fn get(&self, kind: Kind) -> Option<Candidate> {
        self.iter().find(|candidate| candidate.kind == kind)
    }

    /// Whether there is more than one.
    #[must_use]
    pub fn is_ambiguous(&self) -> bool {
        self.iter().nth(1).is_some()
    }

    fn standing(&self) -> impl Iterator<Item = Candidate> {
        self.found.into_iter().flatten().filter(|found| found.carrier != Carrier::Against)
    }
}

/// Every reading of a scanned code. Nothing is trimmed or converted: the
/// payload is taken as it is in the code.
///
/// `symbology` is the AIM identifier as in
/// [`Scan::symbology`](crate::scan::Scan::symbology), `Q1` for a QR code, or
/// `None` if the engine does not say it.
#[must_use]
pub fn classify(payload: &[u8], symbology: Option<[u8; 2]>, expect: Expect) -> Candidates {
    let mut found: [Option<Candidate>; READINGS] = [
        number::wechat(payload),
        number::alipay(payload),
        number::unionpay(payload),
        number::e_cny(payload),
        number::jd_pay(payload),
        number::bestpay(payload),
        number::qq_wallet(payload),
        emv::consumer(payload),
        number::resident_id(payload),
        number::licence_core(payload, expect),
        number::archive_number(payload),
        text::vin(payload, expect),
        text::plate(payload),
        text::mrz(payload),
        text::aamva(payload),
        text::mdoc(payload),
        number::pan(payload),
        emv::merchant(payload),
        number::ean_13(payload),
        text::url(payload),
        text::payee_link(payload),
        text::aim_prefixed(payload),
    ];
    for candidate in found.iter_mut().flatten() {
        candidate.carrier = carrier(candidate.kind, symbology);
    }
    let is_ruled_out = found.iter().any(Option::is_some);
    Candidates { found, unknown: unknown(payload, is_ruled_out), expect }
}

/// What is said if no reading stands.
fn unknown(payload: &[u8], is_ruled_out: bool) -> Candidate {
    let reason = match payload {
        [] => "empty",
        _ if is_ruled_out => "its form is known, but does not come in this symbology",
        _ if number::is_wrong_resident_id(payload) => {
            "like resident-id, but its check character does not agree"
        }
        _ if emv::looks_like_merchant(payload) => "begins like emv-mpm, but its CRC does not agree",
        _ => "of no form that is known",
    };
    Candidate::of_form(Kind::Unknown, reason)
}
