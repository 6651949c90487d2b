//! Terminal risk management (EMV Book 3, 10.6; Book 4, 6.3.5).

use super::tlv::Tag;
use super::{Aip, Amount, Application, Findings, Limits, Payment, Rule, Store, Terminal};

/// What the terminal knows of the card from elsewhere: its exception file, its
/// log of payments, and whoever attends to it.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Assessment {
    /// Whether the card number is on the exception file (EMV Book 4, 6.3.5).
    pub on_exception_file: bool,
    /// The amount of the most recent payment with this card number in the log
    /// of those approved, so that one that was split to stay below the floor
    /// limit is found (EMV Book 3, 10.6.1). A terminal may add up more of them.
    pub logged: Amount,
    /// Whether whoever attends to the terminal wants the payment to go online,
    /// having seen card and cardholder (EMV Book 4, 6.3.5).
    pub force_online: bool,
}

/// What GET DATA brought of the card's counters; `None` where it did not.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Velocity {
    /// Application Transaction Counter, `9F36`.
    pub atc: Option<u16>,
    /// Last Online ATC Register, `9F13`.
    pub last_online: Option<u16>,
}

/// Exception file and forced online, whatever the card says (EMV Book 4,
/// 6.3.5); floor limit and random selection if the card wants terminal risk
/// management (EMV Book 3, 10.6.1 and 10.6.2): notes what was found, and that
/// it was performed.
///
/// A terminal that cannot go online selects nothing at random, and its
/// merchant cannot force it to.
pub fn floor_and_selection(
    store: &Store<'_>,
    terminal: &Terminal<'_>,
    application: &Application<'_>,
    payment: &Payment,
    assessment: &Assessment,
    findings: &mut Findings,
) {
    if assessment.on_exception_file {
        findings.note(Rule::OnExceptionFile);
    }
    let can_go_online = !terminal.is_offline_only();
    if can_go_online && (assessment.force_online || payment.forced_online) {
        findings.note(Rule::ForcedOnline);
    }
    if !is_due(store) {
        return;
    }
    findings.note(Rule::RiskManagementPerformed);
    let limits = &application.limits;
    if payment.amount.minor() + assessment.logged.minor() >= limits.floor.minor() {
        findings.note(Rule::FloorLimit);
    }
    if let Some(rule) = selected(limits, payment)
        && can_go_online
    {
        findings.note(rule);
    }
}

/// Whether the card wants terminal risk management (`82`, byte 1, bit 4).
fn is_due(store: &Store<'_>) -> bool {
    let profile = store.get(Tag::AIP).and_then(|value| value.try_into().ok());
    let profile = Aip::from_bits_retain(profile.map_or(0, u16::from_be_bytes));
    profile.contains(Aip::RISK_MANAGEMENT)
}

/// Random transaction selection (EMV Book 3, 10.6.2): whether the number that
/// was drawn selects a payment of this amount.
fn selected(limits: &Limits, payment: &Payment) -> Option<Rule> {
    let amount = payment.amount.minor();
    let (floor, threshold) = (limits.floor.minor(), limits.threshold.minor());
    let (target, drawn) = (u64::from(limits.target_percent), u64::from(payment.selection));
    if amount >= floor {
        return None;
    }
    if amount < threshold {
        return (drawn <= target).then_some(Rule::RandomlySelected);
    }
    // The target rises from the threshold to the floor limit in proportion to
    // the amount. Both sides of `drawn <= target + rise * (amount - threshold)
    // / (floor - threshold)` are multiplied, so that nothing is rounded; no
    // factor is above 255 or 10 to the 12.
    let rise = u64::from(limits.maximum_percent).saturating_sub(target);
    let above_target = drawn.saturating_sub(target) * (floor - threshold);
    (above_target <= rise * (amount - threshold)).then_some(Rule::BiasedSelected)
}

/// Whether velocity checking is due: the card wants terminal risk management
/// and has both limits, `9F14` and `9F23` (EMV Book 3, 10.6.3). Then ask it
/// for `9F36` and `9F13` by GET DATA.
#[must_use]
pub fn velocity_is_due(store: &Store<'_>) -> bool {
    is_due(store) && limits(store).is_some()
}

/// Velocity checking (EMV Book 3, 10.6.3), if it is [due](velocity_is_due):
/// notes which limits of payments offline in a row are exceeded, and a new
/// card.
///
/// Both count as exceeded if the card does not tell its counters, or tells a
/// transaction counter that is not above that of the last time online.
pub fn velocity(store: &Store<'_>, seen: Velocity, findings: &mut Findings) {
    let Some((lower, upper)) = limits(store).filter(|_| is_due(store)) else { return };
    let counters = seen.atc.zip(seen.last_online);
    let offline = counters.and_then(|(atc, last)| atc.checked_sub(last)).filter(|&count| count > 0);
    let Some(offline) = offline else {
        findings.note(Rule::LowerLimitUnknown);
        findings.note(Rule::UpperLimitUnknown);
        return new_card(seen, findings);
    };
    if offline > lower.into() {
        findings.note(Rule::LowerLimitExceeded);
    }
    if offline > upper.into() {
        findings.note(Rule::UpperLimitExceeded);
    }
    new_card(seen, findings);
}

fn new_card(seen: Velocity, findings: &mut Findings) {
    if seen.last_online == Some(0) {
        findings.note(Rule::NewCard);
    }
}

/// The Lower and the Upper Consecutive Offline Limit.
fn limits(store: &Store<'_>) -> Option<(u8, u8)> {
    let limit = |tag| match store.get(tag) {
        Some(&[limit]) => Some(limit),
        _ => None,
    };
    limit(Tag::LOWER_LIMIT).zip(limit(Tag::UPPER_LIMIT))
}
