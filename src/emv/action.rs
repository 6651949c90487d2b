//! Terminal action analysis (EMV Book 3, 10.7; Book 4, 6.3.6).

use super::tlv::Tag;
use super::{Application, Rule, Store, Terminal, Tvr};

/// What the terminal asks of the card.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Action {
    /// To approve offline: a TC.
    Approve,
    /// To let the issuer decide: an ARQC.
    GoOnline,
    /// To decline offline: an AAC.
    Decline,
}

/// What is asked of the card in the first GENERATE AC, and by which rule.
///
/// For each bit of the [`Tvr`] that is set, the codes of the acquirer
/// ([`ActionCodes`](super::ActionCodes)) and of the card say whether it
/// matters, first for denial, then for going online. A card without codes for
/// denial (`9F0E`) denies nothing; one without codes for online (`9F0F`) or
/// default (`9F0D`) counts as having all bits, and an acquirer's code that is
/// left out is empty.
///
/// - A terminal that is online only goes online with whatever is not denied.
/// - One that is offline only decides by the default codes.
///
/// What becomes of the card's answer is not decided here: if combined data
/// authentication fails on its cryptogram, a TC is declined, and after an ARQC
/// an AAC is asked for, whatever the codes say (EMV Book 2, 6.6.2). Keys that
/// could not be recovered before are a bit of the `Tvr` like others.
#[must_use]
pub fn first_action(
    store: &Store<'_>,
    terminal: &Terminal<'_>,
    application: &Application<'_>,
    tvr: Tvr,
) -> (Action, Rule) {
    let codes = &application.codes;
    if tvr.intersects(codes.denial | issuer_code(store, Tag::IAC_DENIAL, Tvr::empty())) {
        return (Action::Decline, Rule::DenialCodes);
    }
    if terminal.is_offline_only() {
        return default_action(store, application, tvr);
    }
    if terminal.is_online_only() {
        return (Action::GoOnline, Rule::OnlineOnly);
    }
    match tvr.intersects(codes.online | issuer_code(store, Tag::IAC_ONLINE, ALL)) {
        true => (Action::GoOnline, Rule::OnlineCodes),
        false => (Action::Approve, Rule::NoActionCode),
    }
}

/// What is asked of the card in the second GENERATE AC if the issuer could not
/// be asked, and by which rule: the default codes decide, and a terminal that
/// is online only declines.
///
/// The Authorisation Response Code that goes with it is `Y3` or `Z3` (EMV Book
/// 4, annex A6).
#[must_use]
pub fn unable_online(
    store: &Store<'_>,
    terminal: &Terminal<'_>,
    application: &Application<'_>,
    tvr: Tvr,
) -> (Action, Rule) {
    match terminal.is_online_only() {
        true => (Action::Decline, Rule::OnlineOnly),
        false => default_action(store, application, tvr),
    }
}

fn default_action(store: &Store<'_>, application: &Application<'_>, tvr: Tvr) -> (Action, Rule) {
    let codes = application.codes.default | issuer_code(store, Tag::IAC_DEFAULT, ALL);
    match tvr.intersects(codes) {
        true => (Action::Decline, Rule::DefaultCodes),
        false => (Action::Approve, Rule::NoActionCode),
    }
}

/// The five bytes.
const ALL: Tvr = Tvr::from_bytes([0xFF; 5]);

/// An action code of the card; one of another length is none.
fn issuer_code(store: &Store<'_>, tag: Tag, absent: Tvr) -> Tvr {
    let code = store.get(tag).and_then(|value| value.try_into().ok());
    code.map_or(absent, Tvr::from_bytes)
}
