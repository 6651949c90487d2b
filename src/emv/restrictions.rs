//! Processing restrictions (EMV Book 3, 10.4).

use super::amount::{bcd, date_bcd};
use super::tlv::Tag;
use super::{Application, Findings, Payment, Rule, Store, Terminal, UsageControl};

/// Whether the application of the card is one of today, of this version, and
/// for this use (EMV Book 3, 10.4): notes what it is not.
///
/// What the card leaves out restricts nothing: without a version (`9F08`),
/// usage control (`9F07`) or effective date (`5F25`) nothing is compared, and
/// without the issuer's country (`5F28`) only the kind of terminal is. A date
/// that is none has passed, or has not come: nobody can say that it allows.
pub fn restrictions(
    store: &Store<'_>,
    terminal: &Terminal<'_>,
    application: &Application<'_>,
    payment: &Payment,
    findings: &mut Findings,
) {
    let version = store.get(Tag::APPLICATION_VERSION);
    if version.is_some_and(|version| version != application.version.to_be_bytes()) {
        findings.note(Rule::VersionsDiffer);
    }
    usage(store, terminal, payment, findings);
    dates(store, payment, findings);
}

/// EMV Book 3, 10.4.2.
fn usage(store: &Store<'_>, terminal: &Terminal<'_>, payment: &Payment, findings: &mut Findings) {
    let Some(control) = store.get(Tag::USAGE_CONTROL) else { return };
    let control = usage_control(control);
    let (place, refused) = match terminal.is_atm() {
        true => (UsageControl::AT_ATM, Rule::NotAtAtm),
        false => (UsageControl::AT_OTHERS, Rule::NotAtOthers),
    };
    if !control.contains(place) {
        findings.note(refused);
    }
    let Some(country) = store.get(Tag::COUNTRY_ISSUER) else { return };
    let services = match country == bcd::<2>(terminal.country.into()) {
        true => DOMESTIC,
        false => INTERNATIONAL,
    };
    let [cash, purchase, cashback] = services;
    let services = [
        (payment.is_cash(), cash, Rule::CashNotAllowed),
        (payment.is_purchase(), purchase, Rule::PurchaseNotAllowed),
        (payment.has_cashback(), cashback, Rule::CashbackNotAllowed),
    ];
    for (asked, any_of, refused) in services {
        if asked && !control.intersects(any_of) {
            findings.note(refused);
        }
    }
}

/// Cash, goods or services, cashback.
const DOMESTIC: [UsageControl; 3] = [
    UsageControl::DOMESTIC_CASH,
    UsageControl::DOMESTIC_GOODS.union(UsageControl::DOMESTIC_SERVICES),
    UsageControl::DOMESTIC_CASHBACK,
];

/// The same.
const INTERNATIONAL: [UsageControl; 3] = [
    UsageControl::INTERNATIONAL_CASH,
    UsageControl::INTERNATIONAL_GOODS.union(UsageControl::INTERNATIONAL_SERVICES),
    UsageControl::INTERNATIONAL_CASHBACK,
];

/// What is cut off allows nothing.
fn usage_control(value: &[u8]) -> UsageControl {
    let mut bytes = [0; 2];
    for (byte, &given) in bytes.iter_mut().zip(value) {
        *byte = given;
    }
    UsageControl::from_bits_retain(u16::from_be_bytes(bytes))
}

/// EMV Book 3, 10.4.3.
fn dates(store: &Store<'_>, payment: &Payment, findings: &mut Findings) {
    let date = payment.time.date();
    let [_, month, day] = date_bcd(date);
    let [century, year] = bcd(date.year().into());
    let today = [century, year, month, day];
    if let Some(from) = store.get(Tag::EFFECTIVE_DATE)
        && card_date(from).is_none_or(|from| today < from)
    {
        findings.note(Rule::NotYetEffective);
    }
    if let Some(to) = store.get(Tag::EXPIRATION_DATE)
        && card_date(to).is_none_or(|to| today > to)
    {
        findings.note(Rule::Expired);
    }
}

/// A date of the card as YYYYMMDD in coded digits: years `00` to `49` are 2000
/// to 2049, `50` to `99` are 1950 to 1999 (EMV Book 4, 6.7.3). `None` if it is
/// no date.
fn card_date(value: &[u8]) -> Option<[u8; 4]> {
    let &[year, month, day] = <&[u8; 3]>::try_from(value).ok()?;
    let is_coded = |byte: u8| byte >> 4 < 10 && byte & 0x0F < 10;
    let exists = (0x01..=0x12).contains(&month) && (0x01..=0x31).contains(&day);
    let century = if year < 0x50 { 0x20 } else { 0x19 };
    ([year, month, day].into_iter().all(is_coded) && exists).then_some([century, year, month, day])
}
