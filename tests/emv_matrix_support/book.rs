//! What EMV says must come of a payment: flat, from the text of the books, and
//! with no code of the library but the names of its outcomes.

use embedded_pos::emv::{Approval, Decline};
use embedded_pos::sim::card::pki::Signed;

use super::case::{Case, Ddol, Pad, Says};

/// What the card is told with the first GENERATE AC.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct First {
    pub tvr: [u8; 5],
    pub tsi: [u8; 2],
    pub cvm: [u8; 3],
    pub p1: u8,
}

/// What is left in the end.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Last {
    pub tvr: [u8; 5],
    pub tsi: [u8; 2],
    pub result: Result<Approval, Decline>,
    pub reversal: bool,
    /// What the second GENERATE AC asks for, and the results it tells.
    pub second: Option<(u8, [u8; 5])>,
    pub asked_issuer: bool,
    pub arc: [u8; 2],
}

/// What the issuer could sign and the terminal follow: the certificates up to
/// the card's key.
fn chain(case: &Case, own: Signed, needed: &[u32]) -> bool {
    let flawed =
        case.flaw.is_some_and(|(signed, _)| signed == Signed::IssuerCertificate || signed == own);
    case.knows_authority && !flawed && !lacks(case, needed)
}

/// Whether the terminal finds that one of these is missing. That a certificate
/// had no room for all of its key shows when it is opened.
fn lacks(case: &Case, needed: &[u32]) -> bool {
    let shows = |tag| case.knows_authority || !matches!(tag, 0x92 | 0x9F48);
    !case.signs || case.missing.is_some_and(|tag| needed.contains(&tag) && shows(tag))
}

const STATIC: [u32; 5] = [0x8F, 0x90, 0x92, 0x9F32, 0x93];
const CARD: [u32; 7] = [0x8F, 0x90, 0x92, 0x9F32, 0x9F46, 0x9F47, 0x9F48];

fn is_cash(case: &Case) -> bool {
    case.service == 0x01 || case.service == 0x17
}

fn has_cashback(case: &Case) -> bool {
    case.service == 0x09 || case.cashback > 0
}

fn offline_only(case: &Case) -> bool {
    case.kind % 16 == 3 || case.kind % 16 == 6
}

fn online_only(case: &Case) -> bool {
    case.kind % 16 == 1 || case.kind % 16 == 4
}

fn hits(tvr: [u8; 5], codes: [[u8; 5]; 2]) -> bool {
    (0..5).any(|at| tvr[at] & (codes[0][at] | codes[1][at]) != 0)
}

/// A date of the card as a number: Book 4, 6.7.3.
fn day(date: [u8; 3]) -> u32 {
    let two = |byte: u8| u32::from(byte / 16 * 10 + byte % 16);
    let year = if two(date[0]) < 50 { 2000 } else { 1900 } + two(date[0]);
    year * 10_000 + two(date[1]) * 100 + two(date[2])
}

/// Book 3, 10.3 to 10.7.
pub fn first(case: &Case) -> (First, bool) {
    let mut tvr = [0_u8; 5];
    let mut tsi = [0_u8; 2];
    let combined = authenticate(case, &mut tvr, &mut tsi);
    restrict(case, &mut tvr);
    let cvm = verify(case, &mut tvr, &mut tsi);
    manage(case, &mut tvr, &mut tsi);
    // Book 3, 9.2.2.
    if (case.hash[0] || case.hash[1]) && !case.tdol {
        tvr[4] |= 0x80;
    }
    let [denial, online, default] = case.iac;
    let p1 = if hits(tvr, [case.tac[0], denial.unwrap_or([0x00; 5])]) {
        0x00
    } else if offline_only(case) {
        if hits(tvr, [case.tac[2], default.unwrap_or([0xFF; 5])]) { 0x00 } else { 0x40 }
    } else if online_only(case) || hits(tvr, [case.tac[1], online.unwrap_or([0xFF; 5])]) {
        0x80
    } else {
        0x40
    };
    let signed = combined && p1 != 0x00;
    // Book 2, 6.6: an AAC is asked for without a signature.
    if combined && !signed {
        tvr[0] |= 0x80;
    }
    (First { tvr, tsi, cvm, p1: if signed { p1 | 0x10 } else { p1 } }, signed)
}

/// Book 3, 10.3. Whether combined data authentication goes on.
fn authenticate(case: &Case, tvr: &mut [u8; 5], tsi: &mut [u8; 2]) -> bool {
    let (card, terminal) = (case.profile, case.capabilities[2]);
    if card & 0x01 != 0 && terminal & 0x08 != 0 {
        if chain(case, Signed::CardCertificate, &CARD) {
            return true;
        }
        tvr[0] |= 0x04;
        if lacks(case, &CARD) {
            tvr[0] |= 0x20;
        }
    } else if card & 0x20 != 0 && terminal & 0x40 != 0 {
        let signed = case.flaw.is_none_or(|(signed, _)| signed != Signed::DynamicData);
        let listed = case.ddol != Ddol::WithoutNumber;
        if !(chain(case, Signed::CardCertificate, &CARD) && signed && listed) {
            tvr[0] |= 0x08;
        }
        if lacks(case, &CARD) {
            tvr[0] |= 0x20;
        }
    } else if card & 0x40 != 0 && terminal & 0x80 != 0 {
        tvr[0] |= 0x02;
        if !chain(case, Signed::StaticData, &STATIC) {
            tvr[0] |= 0x40;
        }
        if lacks(case, &STATIC) {
            tvr[0] |= 0x20;
        }
    } else {
        tvr[0] |= 0x80;
        return false;
    }
    tsi[0] |= 0x80;
    false
}

/// Book 3, 10.4.
fn restrict(case: &Case, tvr: &mut [u8; 5]) {
    if case.own_version.is_some_and(|own| u16::from_be_bytes(own) != case.version) {
        tvr[1] |= 0x80;
    }
    if let Some([first, second]) = case.usage {
        let teller = matches!(case.kind, 0x14..=0x16) && case.pays_cash;
        let mut allowed = if teller { first & 0x02 != 0 } else { first & 0x01 != 0 };
        if case.issuer_country.is_some() {
            let domestic = case.country == 156;
            if is_cash(case) {
                allowed &= first & if domestic { 0x80 } else { 0x40 } != 0;
            }
            if case.service == 0x00 || case.service == 0x09 {
                allowed &= first & if domestic { 0x20 | 0x08 } else { 0x10 | 0x04 } != 0;
            }
            if has_cashback(case) {
                allowed &= second & if domestic { 0x80 } else { 0x40 } != 0;
            }
        }
        if !allowed {
            tvr[1] |= 0x10;
        }
    }
    let today =
        u32::from(case.date[0]) * 10_000 + u32::from(case.date[1]) * 100 + u32::from(case.date[2]);
    if case.effective.is_some_and(|from| day(from) > today) {
        tvr[1] |= 0x20;
    }
    if day(case.expires) < today {
        tvr[1] |= 0x40;
    }
}

/// Book 3, 10.5; Book 4, 6.3.4. The CVM Results.
fn verify(case: &Case, tvr: &mut [u8; 5], tsi: &mut [u8; 2]) -> [u8; 3] {
    const PIN_METHODS: [u8; 5] = [0x01, 0x02, 0x03, 0x04, 0x05];
    if case.profile & 0x10 == 0 {
        return [0x3F, 0, 0];
    }
    let Some(list) = case.cvm_list.as_ref().filter(|list| list.len() > 8) else {
        tvr[0] |= 0x20;
        return [0x3F, 0, 0];
    };
    tsi[0] |= 0x40;
    let number = |at: usize| u64::from(u32::from_be_bytes(list[at..at + 4].try_into().unwrap()));
    let (x, y) = (number(0), number(4));
    let same_currency = case.own_currency.is_some() && case.currency == 156;
    let attended = matches!(case.kind % 16, 1..=3);
    let (cash, cashback) = (is_cash(case), has_cashback(case));
    let can = |bit: u8| case.capabilities[1] & bit == bit;
    let supports = |method: u8| match method {
        0x00 => true,
        0x01 => can(0x80),
        0x02 => can(0x40),
        0x03 => can(0x80 | 0x20),
        0x04 => can(0x10),
        0x05 => can(0x10 | 0x20),
        0x1E => can(0x20),
        0x1F => can(0x08),
        _ => false,
    };
    let mut pad = case.pad.iter().copied();
    let mut tries = case.tries;
    let mut counted = false;
    // No PIN at all, or none for the card, is asked for any more.
    let (mut no_pin, mut no_card_pin) = (false, false);
    let mut results = [0x3F, 0x00, 0x01];
    for rule in list[8..].chunks(2) {
        let [code, condition] = [rule[0], rule[1]];
        let method = code & 0x3F;
        let met = match condition {
            0x00 => true,
            0x01 => cash && !attended,
            0x02 => !cash && !cashback,
            0x03 => supports(method),
            0x04 => cash && attended,
            0x05 => cashback,
            0x06 => same_currency && case.amount < x,
            0x07 => same_currency && case.amount > x,
            0x08 => same_currency && case.amount < y,
            0x09 => same_currency && case.amount > y,
            _ => false,
        };
        if !met {
            continue;
        }
        let mut success = None;
        if !supports(method) {
            if PIN_METHODS.contains(&method) {
                tvr[2] |= 0x10;
            } else if method != 0x1E && method != 0x1F {
                tvr[2] |= 0x40;
            }
        } else {
            results = [code, condition, 0x01];
            success = match method {
                0x1E => Some(0x00),
                0x1F => Some(0x02),
                0x02 if !no_pin => match pad.next().unwrap_or(Pad::Broken) {
                    Pad::Right | Pad::Wrong => {
                        tvr[2] |= 0x04;
                        Some(0x00)
                    }
                    refused => {
                        tvr[2] |= if refused == Pad::Bypassed { 0x08 } else { 0x10 };
                        no_pin = true;
                        None
                    }
                },
                0x01 | 0x03..=0x05 if !no_pin && !no_card_pin => {
                    let enciphered = method >= 0x04;
                    let signature = method == 0x03 || method == 0x05;
                    // Book 2, 7.1: the key is the card's own, whatever method of
                    // authentication was chosen.
                    let key =
                        case.profile & 0x21 != 0 && chain(case, Signed::CardCertificate, &CARD);
                    let mut verified = None;
                    if !enciphered || key {
                        if !counted {
                            counted = true;
                            if tries == Some(0) && !case.untold.contains(&0x9F17) {
                                tvr[2] |= 0x20;
                                no_card_pin = true;
                            }
                        }
                        while !no_card_pin && !no_pin && verified.is_none() {
                            match (pad.next().unwrap_or(Pad::Broken), tries) {
                                (Pad::Bypassed, _) => {
                                    tvr[2] |= 0x08;
                                    no_pin = true;
                                }
                                (Pad::Broken, _) => {
                                    tvr[2] |= 0x10;
                                    no_pin = true;
                                }
                                // A card without a PIN does not know the command.
                                (_, None) => break,
                                (_, Some(0)) => {
                                    tvr[2] |= 0x20;
                                    no_card_pin = true;
                                }
                                (Pad::Right, Some(_)) => {
                                    tries = Some(3);
                                    verified = Some(if signature { 0x00 } else { 0x02 });
                                }
                                (Pad::Wrong, Some(left)) => {
                                    tries = Some(left - 1);
                                    if left == 1 {
                                        tvr[2] |= 0x20;
                                        no_card_pin = true;
                                    }
                                }
                            }
                        }
                    }
                    verified
                }
                _ => None,
            };
        }
        if let Some(result) = success {
            return [code, condition, result];
        }
        if code & 0x40 == 0 {
            break;
        }
    }
    tvr[2] |= 0x80;
    results
}

/// Book 3, 10.6; Book 4, 6.3.5.
fn manage(case: &Case, tvr: &mut [u8; 5], tsi: &mut [u8; 2]) {
    let listed = case.has_lists;
    if listed && case.on_exception_file {
        tvr[0] |= 0x10;
    }
    if (case.forced || listed && case.wants_online) && !offline_only(case) {
        tvr[3] |= 0x08;
    }
    if case.profile & 0x08 == 0 {
        return;
    }
    tsi[0] |= 0x08;
    let logged = if listed { case.logged } else { 0 };
    if case.amount + logged >= case.floor {
        tvr[3] |= 0x80;
    }
    if !offline_only(case) && case.amount < case.floor {
        let (selection, target) = (i128::from(case.selection), i128::from(case.target));
        let selected = if case.amount < case.threshold {
            selection <= target
        } else {
            let amount = i128::from(case.amount - case.threshold);
            let span = i128::from(case.floor - case.threshold);
            (selection - target) * span <= (i128::from(case.maximum) - target) * amount
        };
        if selected {
            tvr[3] |= 0x10;
        }
    }
    if let (Some(lower), Some(upper)) = (case.lower, case.upper) {
        let (counter, last) = (case.counter + 1, case.last_online);
        let told = !case.untold.contains(&0x9F36) && !case.untold.contains(&0x9F13);
        if !told || counter <= last {
            tvr[3] |= 0x40 | 0x20;
        } else {
            if counter - last > lower.into() {
                tvr[3] |= 0x40;
            }
            if counter - last > upper.into() {
                tvr[3] |= 0x20;
            }
        }
        if last == 0 && !case.untold.contains(&0x9F13) {
            tvr[1] |= 0x08;
        }
    }
}

/// Book 3, 10.8 to 10.11, given the Cryptogram Information Data that the card
/// answered with.
pub fn last(case: &Case, first: First, signed: bool, given: &[u8]) -> Last {
    let (mut tvr, mut tsi) = (first.tvr, first.tsi);
    let forged = case.flaw.is_some_and(|(flawed, _)| flawed == Signed::Cryptogram);
    tsi[0] |= 0x20;
    let kind = |at: usize| given.get(at).map(|cid| cid & 0xC0);
    let mut good = true;
    if signed && kind(0) != Some(0x00) {
        tsi[0] |= 0x80;
        if forged {
            tvr[0] |= 0x04;
            good = false;
        }
    }
    let ended = |tvr, tsi, result, arc: &[u8; 2]| Last {
        tvr,
        tsi,
        result,
        reversal: false,
        second: None,
        asked_issuer: false,
        arc: *arc,
    };
    match (kind(0), good) {
        (Some(0x00), _) => {
            let by = if first.p1 == 0x00 { Decline::Terminal } else { Decline::Card };
            return ended(tvr, tsi, Err(by), b"Z1");
        }
        (Some(0x40), true) => return ended(tvr, tsi, Ok(Approval::Offline), b"Y1"),
        (Some(0x40), false) => return ended(tvr, tsi, Err(Decline::Authentication), b"Z1"),
        (_, false) => {
            let last = ended(tvr, tsi, Err(Decline::Authentication), b"Z1");
            return Last { second: Some((0x00, tvr)), ..last };
        }
        _ => {}
    }
    let mut says = case.says;
    if offline_only(case) {
        says = Says::Nothing;
    }
    let (asked, arc) = match says {
        Says::Nothing => {
            let default = [case.tac[2], case.iac[2].unwrap_or([0xFF; 5])];
            let declined = online_only(case) || hits(tvr, default);
            if declined { (0x00, *b"Z3") } else { (0x40, *b"Y3") }
        }
        Says::Approved => (0x40, *b"00"),
        Says::Declined => (0x00, *b"51"),
    };
    let heard = says != Says::Nothing;
    if heard && !case.silent && case.profile & 0x04 != 0 {
        tsi[0] |= 0x10;
        if case.forged {
            tvr[4] |= 0x40;
        }
    }
    if let (true, Some(good)) = (heard, case.scripts[0]) {
        tsi[0] |= 0x04;
        if !good {
            tvr[4] |= 0x20;
        }
    }
    let p1 = if signed && asked != 0x00 { asked | 0x10 } else { asked };
    let second = Some((p1, tvr));
    let mut good = true;
    if signed && asked != 0x00 && kind(1) != Some(0x00) && forged {
        tvr[0] |= 0x04;
        good = false;
    }
    let result = match (says, kind(1)) {
        (Says::Declined, _) => Err(Decline::Issuer),
        (Says::Approved, Some(0x40)) if good => Ok(Approval::Online),
        (Says::Nothing, Some(0x40)) if good => Ok(Approval::UnableOnline),
        (_, Some(0x40)) => Err(Decline::Authentication),
        (Says::Approved, _) => Err(Decline::CardAfterIssuer),
        (Says::Nothing, _) if asked == 0x40 => Err(Decline::Card),
        (Says::Nothing, _) => Err(Decline::NotOnline),
    };
    if let (true, Some(good)) = (heard, case.scripts[1]) {
        tsi[0] |= 0x04;
        if !good {
            tvr[4] |= 0x10;
        }
    }
    let reversal = says == Says::Approved && result.is_err();
    // Book 4, annex A6.
    let arc = if says == Says::Nothing && result.is_err() { *b"Z3" } else { arc };
    Last { tvr, tsi, result, reversal, second, asked_issuer: !offline_only(case), arc }
}
