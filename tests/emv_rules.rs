//! The decisions of a transaction: restrictions, risk management, action
//! analysis, scripts. Against public vectors and against oracles written from
//! the text of EMV.

use embedded_pos::card::StatusWord;
use embedded_pos::civil::{CivilTime, Date};
use embedded_pos::emv::rules::{
    Action, Velocity, first_action, floor_and_selection, restrictions, unable_online, velocity,
    velocity_is_due,
};
use embedded_pos::emv::{
    ActionCodes, Amount, Application, Assessment, Findings, Limits, Payment, Rule, Script,
    ScriptFault, ScriptOutcome, ScriptResults, Store, Tag, Terminal, Tsi, Tvr,
};
use proptest::prelude::*;
use serde_json::Value;

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<u32> = hex.chars().map(|digit| digit.to_digit(16).unwrap()).collect();
    digits.chunks(2).map(|pair| u8::try_from(pair[0] * 16 + pair[1]).unwrap()).collect()
}

fn amount(minor: u64) -> Amount {
    Amount::from_minor(minor).unwrap()
}

fn payment(minor: u64) -> Payment {
    let date = Date::new(2025, 5, 11).unwrap();
    Payment::yuan(amount(minor), CivilTime::new(date, 12, 0, 0).unwrap(), 1, [1, 2, 3, 4])
}

fn number(value: &[u8]) -> u64 {
    value.iter().fold(0, |number, &byte| number << 8 | u64::from(byte))
}

/// Two coded digits.
fn pair(byte: u8) -> u8 {
    byte / 16 * 10 + byte % 16
}

/// A case of a file in `tests/vectors/emv_rules`.
struct Case {
    name: String,
    fields: Value,
}

impl Case {
    fn all(lines: &str) -> Vec<Self> {
        let case = |line| {
            let fields: Value = serde_json::from_str(line).unwrap();
            Self { name: fields["name"].as_str().unwrap().into(), fields }
        };
        lines.lines().map(case).collect()
    }

    fn element(&self, list: &str, tag: &str) -> Option<Vec<u8>> {
        self.fields["elements"][list][tag].as_str().map(bytes)
    }

    /// Puts the card's elements into a store.
    fn card(&self, store: &mut Store<'_>) {
        for (tag, value) in self.fields["elements"]["icc"].as_object().unwrap() {
            let tag = Tag(u32::from_str_radix(tag, 16).unwrap());
            store.set(tag, &bytes(value.as_str().unwrap())).unwrap();
        }
    }

    fn expected(&self, field: &str) -> Vec<u8> {
        bytes(self.fields[field].as_str().unwrap())
    }
}

#[test]
fn public_vectors_of_processing_restrictions() {
    let cases = Case::all(include_str!("vectors/emv_rules/restrictions.jsonl"));
    assert_eq!(cases.len(), 9);
    for case in cases {
        let config = |tag| case.element("config", tag).unwrap();
        let application = Application {
            version: u16::try_from(number(&config("9F09"))).unwrap(),
            ..Application::UNIONPAY
        };
        let country = config("9F1A");
        let terminal = Terminal {
            kind: config("9F35")[0],
            additional_capabilities: config("9F40").try_into().unwrap(),
            country: u16::from(pair(country[0])) * 100 + u16::from(pair(country[1])),
            ..Terminal::CHINA
        };
        let date = case.element("params", "9A").unwrap();
        let date = Date::new(2000 + u16::from(pair(date[0])), pair(date[1]), pair(date[2]));
        let payment = Payment {
            kind: case.element("params", "9C").unwrap()[0],
            time: CivilTime::new(date.unwrap(), 0, 0, 0).unwrap(),
            ..payment(100)
        };
        let mut memory = [0; 256];
        let mut store = Store::new(&mut memory);
        case.card(&mut store);
        let mut findings = Findings::new();
        restrictions(&store, &terminal, &application, &payment, &mut findings);
        assert_eq!(findings.tvr().to_bytes()[..], case.expected("tvr"), "{}", case.name);
        assert_eq!(findings.tsi(), Tsi::empty());
    }
}

/// The counter in an answer to GET DATA.
fn counter(answer: &Value) -> Option<u16> {
    let answer = bytes(answer.as_str().unwrap());
    let value = answer.strip_suffix(&[0x90, 0x00])?;
    u16::try_from(number(&value[3..])).ok()
}

#[test]
fn public_vectors_of_terminal_risk_management() {
    let cases = Case::all(include_str!("vectors/emv_rules/risk.jsonl"));
    assert_eq!(cases.len(), 11);
    for case in cases {
        let floor = amount(number(&case.element("config", "9F1B").unwrap()));
        let limits = Limits { floor, target_percent: 0, maximum_percent: 0, ..Limits::ONLINE };
        let application = Application { limits, ..Application::UNIONPAY };
        let payment = payment(number(&case.element("params", "81").unwrap()));
        let pan = case.element("icc", "5A").unwrap_or_default();
        let mut log = case.fields["log"].as_array().into_iter().flatten();
        let same = |entry: &&Value| bytes(entry["pan"].as_str().unwrap()).starts_with(&pan);
        let logged = log.rfind(same).map_or(0, |entry| entry["amount"].as_u64().unwrap());
        let assessment = Assessment { logged: amount(logged), ..Assessment::default() };

        let mut memory = [0; 256];
        let mut store = Store::new(&mut memory);
        store.set(Tag::AIP, &[0x08, 0x00]).unwrap();
        case.card(&mut store);
        let mut findings = Findings::new();
        let terminal = Terminal { kind: 0x22, ..Terminal::CHINA };
        floor_and_selection(&store, &terminal, &application, &payment, &assessment, &mut findings);
        let asked = case.fields.get("get_data");
        assert_eq!(velocity_is_due(&store), asked.is_some(), "{}", case.name);
        if let Some(asked) = asked {
            let (atc, last_online) = (counter(&asked["9F36"]), counter(&asked["9F13"]));
            velocity(&store, Velocity { atc, last_online }, &mut findings);
        }
        assert_eq!(findings.tvr().to_bytes()[..], case.expected("tvr"), "{}", case.name);
        assert_eq!(findings.tsi().bits().to_be_bytes()[..], case.expected("tsi"), "{}", case.name);
    }
}

/// What the card says, and what is done with it where; for the oracle as it is.
#[derive(Clone, Debug)]
struct Use {
    control: Option<[u8; 2]>,
    country: Option<u16>,
    version: Option<u16>,
    from: Option<[u8; 3]>,
    to: Option<[u8; 3]>,
    at: u16,
    terminal: u8,
    services: u8,
    kind: u8,
    cashback: u64,
    today: (u16, u8, u8),
}

/// A day of the card as its two digits of the year, month and day.
fn card_day() -> impl Strategy<Value = [u8; 3]> {
    let near = (23_u8..28, 4_u8..7, 9_u8..13);
    let far = (0_u8..100, 1_u8..13, 1_u8..29);
    prop_oneof![3 => near, 1 => far].prop_map(|(year, month, day)| [year, month, day])
}

fn uses() -> impl Strategy<Value = Use> {
    let card = (
        proptest::option::of(any::<[u8; 2]>()),
        proptest::option::of(prop_oneof![Just(156), Just(840)]),
        proptest::option::of(0x30_u16..0x32),
        proptest::option::of(card_day()),
        proptest::option::of(card_day()),
    );
    let terminal = (
        prop_oneof![Just(156), Just(840)],
        prop_oneof![Just(0x14), Just(0x15), Just(0x16), Just(0x22), Just(0x24), Just(0x36)],
        any::<u8>(),
        prop_oneof![Just(0x00), Just(0x01), Just(0x09), Just(0x17), Just(0x20)],
        prop_oneof![Just(0), 1..100_u64],
        (2023_u16..2028, 4_u8..7, 9_u8..13),
    );
    (card, terminal).prop_map(|(card, terminal)| {
        let (control, country, version, from, to) = card;
        let (at, terminal, services, kind, cashback, today) = terminal;
        Use { control, country, version, from, to, at, terminal, services, kind, cashback, today }
    })
}

/// EMV Book 3, 10.4, sentence by sentence: byte 2 of the TVR.
fn restricted(of: &Use) -> u8 {
    let mut byte = 0;
    if of.version.is_some_and(|version| version != 0x30) {
        byte |= 0x80;
    }
    let year =
        |digits: u8| if digits < 50 { 2000 + u16::from(digits) } else { 1900 + u16::from(digits) };
    if of.to.is_some_and(|[y, m, d]| of.today > (year(y), m, d)) {
        byte |= 0x40;
    }
    if of.from.is_some_and(|[y, m, d]| of.today < (year(y), m, d)) {
        byte |= 0x20;
    }
    let Some([first, second]) = of.control else { return byte };
    let atm = [0x14, 0x15, 0x16].contains(&of.terminal) && of.services & 0x80 != 0;
    let mut allowed = if atm { first & 0x02 != 0 } else { first & 0x01 != 0 };
    if let Some(country) = of.country {
        let home = country == of.at;
        match of.kind {
            0x01 | 0x17 => allowed &= first & if home { 0x80 } else { 0x40 } != 0,
            0x00 | 0x09 => allowed &= first & if home { 0x28 } else { 0x14 } != 0,
            _ => {}
        }
        if of.kind == 0x09 || of.cashback > 0 {
            allowed &= second & if home { 0x80 } else { 0x40 } != 0;
        }
    }
    if allowed { byte } else { byte | 0x10 }
}

fn coded(number: u16) -> [u8; 2] {
    let pair = |pair: u16| u8::try_from(pair / 10 * 16 + pair % 10).unwrap();
    [pair(number / 100), pair(number % 100)]
}

fn coded_day(day: [u8; 3]) -> [u8; 3] {
    day.map(|part| coded(part.into())[1])
}

proptest! {
    #[test]
    fn restrictions_are_those_of_the_book(of in uses()) {
        let mut memory = [0; 256];
        let mut store = Store::new(&mut memory);
        let mut put = |tag, value: Option<Vec<u8>>| {
            if let Some(value) = value {
                store.set(tag, &value).unwrap();
            }
        };
        put(Tag::USAGE_CONTROL, of.control.map(Vec::from));
        put(Tag::COUNTRY_ISSUER, of.country.map(|country| coded(country).into()));
        put(Tag::APPLICATION_VERSION, of.version.map(|version| version.to_be_bytes().into()));
        put(Tag::EFFECTIVE_DATE, of.from.map(|day| coded_day(day).into()));
        put(Tag::EXPIRATION_DATE, of.to.map(|day| coded_day(day).into()));
        let terminal = Terminal {
            country: of.at,
            kind: of.terminal,
            additional_capabilities: [of.services, 0, 0, 0, 0],
            ..Terminal::CHINA
        };
        let (year, month, day) = of.today;
        let time = CivilTime::new(Date::new(year, month, day).unwrap(), 23, 59, 59).unwrap();
        let paid = Payment { kind: of.kind, cashback: amount(of.cashback), time, ..payment(100) };
        let mut findings = Findings::new();
        restrictions(&store, &terminal, &Application::UNIONPAY, &paid, &mut findings);
        prop_assert_eq!(findings.tvr().to_bytes(), [0, restricted(&of), 0, 0, 0]);
        // Each bit has its reason, and no reason is without its bit.
        let bits = findings.rules().fold(Tvr::empty(), |bits, rule| bits | rule.tvr());
        prop_assert_eq!(bits, findings.tvr());
        prop_assert!(findings.rules().all(|rule| !rule.tvr().is_empty()));
    }

    /// EMV Book 3, 10.6.2, as a fraction: the target percentage of an amount
    /// is `number / of`.
    #[test]
    fn selection_is_by_the_formula_without_rounding(
        floor in 1..1_000_000_000_000_u64,
        part in 0.0..1.0_f64,
        place in 0.0..1.2_f64,
        percents in (0_u8..100, 0_u8..100),
        drawn in 1_u8..100,
    ) {
        let scaled = |of: u64, by: f64| (of as f64 * by) as u64;
        let threshold = scaled(floor, part).min(floor - 1);
        let paid = scaled(floor, place).min(999_999_999_999);
        let (target, most) = (percents.0.min(percents.1), percents.0.max(percents.1));
        let limits = Limits {
            floor: amount(floor),
            threshold: amount(threshold),
            target_percent: target,
            maximum_percent: most,
        };
        let (number, of) = if paid < threshold {
            (u128::from(target), 1)
        } else {
            let of = u128::from(floor - threshold);
            let rise = u128::from(most - target) * u128::from(paid.saturating_sub(threshold));
            (rise + u128::from(target) * of, of)
        };
        let expected = paid < floor && u128::from(drawn) * of <= number;

        let findings = assessed(0x22, limits, paid, drawn);
        prop_assert_eq!(findings.tvr().contains(Tvr::RANDOMLY_SELECTED), expected);
        prop_assert_eq!(findings.has(Rule::RandomlySelected), expected && paid < threshold);
        prop_assert_eq!(findings.has(Rule::BiasedSelected), expected && paid >= threshold);
        prop_assert_eq!(findings.has(Rule::FloorLimit), paid >= floor);
        // Who cannot go online selects nothing.
        prop_assert!(!assessed(0x23, limits, paid, drawn).tvr().contains(Tvr::RANDOMLY_SELECTED));
    }

    /// EMV Book 3, 10.6.3.
    #[test]
    fn velocity_is_that_of_the_book(
        limits in (proptest::option::of(0_u8..6), proptest::option::of(0_u8..6)),
        atc in proptest::option::of(prop_oneof![0_u16..12, any::<u16>()]),
        last_online in proptest::option::of(prop_oneof![0_u16..12, any::<u16>()]),
    ) {
        let mut memory = [0; 64];
        let mut store = Store::new(&mut memory);
        store.set(Tag::AIP, &[0x58, 0x00]).unwrap();
        if let Some(lower) = limits.0 {
            store.set(Tag::LOWER_LIMIT, &[lower]).unwrap();
        }
        if let Some(upper) = limits.1 {
            store.set(Tag::UPPER_LIMIT, &[upper]).unwrap();
        }
        let mut expected = Tvr::empty();
        if let (Some(lower), Some(upper)) = limits {
            match (atc, last_online) {
                (Some(atc), Some(last)) if atc > last => {
                    let offline = i32::from(atc) - i32::from(last);
                    expected.set(Tvr::LOWER_OFFLINE_LIMIT, offline > lower.into());
                    expected.set(Tvr::UPPER_OFFLINE_LIMIT, offline > upper.into());
                }
                _ => expected |= Tvr::LOWER_OFFLINE_LIMIT | Tvr::UPPER_OFFLINE_LIMIT,
            }
            expected.set(Tvr::NEW_CARD, last_online == Some(0));
        }
        let mut findings = Findings::new();
        velocity(&store, Velocity { atc, last_online }, &mut findings);
        prop_assert_eq!(findings.tvr(), expected);
        prop_assert_eq!(velocity_is_due(&store), limits.0.is_some() && limits.1.is_some());
    }

    /// EMV Book 3, 10.7: bit by bit.
    #[test]
    fn actions_are_those_of_the_book(
        kind in prop_oneof![0x11_u8..0x17, 0x21_u8..0x27, 0x34_u8..0x37],
        tvr in sparse(),
        acquirer in (sparse(), sparse(), sparse()),
        card in (maybe(), maybe(), maybe()),
    ) {
        let mut memory = [0; 64];
        let mut store = Store::new(&mut memory);
        for (tag, code) in [
            (Tag::IAC_DENIAL, card.0), (Tag::IAC_ONLINE, card.1), (Tag::IAC_DEFAULT, card.2),
        ] {
            if let Some(code) = code {
                store.set(tag, &code).unwrap();
            }
        }
        let set = |one: [u8; 5], other: [u8; 5]| (0..40).any(|bit| {
            let has = |bytes: [u8; 5]| bytes[bit / 8] & 0x80 >> (bit % 8) != 0;
            has(tvr) && (has(one) || has(other))
        });
        let denied = set(acquirer.0, card.0.unwrap_or([0x00; 5]));
        let online = set(acquirer.1, card.1.unwrap_or([0xFF; 5]));
        let default = set(acquirer.2, card.2.unwrap_or([0xFF; 5]));
        let without = if default { Action::Decline } else { Action::Approve };
        let first = match (denied, kind & 0x0F) {
            (true, _) => Action::Decline,
            (false, 1 | 4) => Action::GoOnline,
            (false, 3 | 6) => without,
            (false, _) => if online { Action::GoOnline } else { Action::Approve },
        };
        let unable = if [1, 4].contains(&(kind & 0x0F)) { Action::Decline } else { without };

        let codes = ActionCodes {
            denial: Tvr::from_bytes(acquirer.0),
            online: Tvr::from_bytes(acquirer.1),
            default: Tvr::from_bytes(acquirer.2),
        };
        let application = Application { codes, ..Application::UNIONPAY };
        let terminal = Terminal { kind, ..Terminal::CHINA };
        let tvr = Tvr::from_bytes(tvr);
        prop_assert_eq!(first_action(&store, &terminal, &application, tvr).0, first);
        prop_assert_eq!(unable_online(&store, &terminal, &application, tvr).0, unable);
    }

    #[test]
    fn no_bytes_trip_a_script(content in proptest::collection::vec(any::<u8>(), 0..140)) {
        let script = Script::new(&content);
        let (count, _) = (script.commands().count(), script.identifier());
        prop_assert!(count <= content.len() / 2);
        if script.check().is_ok() {
            prop_assert!(script.commands().all(|command| (4..=261).contains(&command.len())));
        }
    }
}

fn assessed(kind: u8, limits: Limits, minor: u64, drawn: u8) -> Findings {
    let mut memory = [0; 32];
    let mut store = Store::new(&mut memory);
    store.set(Tag::AIP, &[0x08, 0x00]).unwrap();
    let terminal = Terminal { kind, ..Terminal::CHINA };
    let application = Application { limits, ..Application::UNIONPAY };
    let paid = Payment { selection: drawn, ..payment(minor) };
    let mut findings = Findings::new();
    let nothing = Assessment::default();
    floor_and_selection(&store, &terminal, &application, &paid, &nothing, &mut findings);
    findings
}

/// Five bytes of which few bits are set.
fn sparse() -> impl Strategy<Value = [u8; 5]> {
    proptest::collection::vec(0_usize..40, 0..4).prop_map(|bits| {
        let mut bytes = [0; 5];
        for bit in bits {
            bytes[bit / 8] |= 0x80 >> (bit % 8);
        }
        bytes
    })
}

fn maybe() -> impl Strategy<Value = Option<[u8; 5]>> {
    proptest::option::of(sparse())
}

/// Of an amount half way between threshold and floor limit, as many of the 99
/// numbers select it as its target percentage says.
#[test]
fn the_target_percentage_is_how_many_are_selected() {
    let limits = Limits {
        floor: amount(50_000),
        threshold: amount(10_000),
        target_percent: 10,
        maximum_percent: 60,
    };
    let selected =
        |minor| (1..=99).filter(move |&n| !assessed(0x22, limits, minor, n).tvr().is_empty());
    for (minor, percent) in
        [(0, 10), (9_999, 10), (10_000, 10), (30_000, 35), (49_999, 59), (50_000, 99)]
    {
        assert_eq!(selected(minor).count(), percent, "{minor}");
    }
}

/// A date that is none neither allows nor lasts.
#[test]
fn dates_that_are_none_restrict() {
    for day in [
        &b"\x25\x13\x01"[..],
        b"\x25\x00\x01",
        b"\x25\x05\x32",
        b"\x25\x05\x00",
        b"\x2A\x05\x10",
        b"\x25\x05\x1A",
        b"\x25\x05",
        b"\x20\x25\x05\x10",
        b"",
    ] {
        let mut memory = [0; 64];
        let mut store = Store::new(&mut memory);
        store.set(Tag::EFFECTIVE_DATE, day).unwrap();
        store.set(Tag::EXPIRATION_DATE, day).unwrap();
        let mut findings = Findings::new();
        let (terminal, application) = (Terminal::CHINA, Application::UNIONPAY);
        restrictions(&store, &terminal, &application, &payment(1), &mut findings);
        assert_eq!(findings.tvr(), Tvr::EXPIRED | Tvr::NOT_YET_EFFECTIVE, "{day:02X?}");
    }
}

/// Two digits of a year: 49 is 2049, 50 is 1950 (EMV Book 4, 6.7.3).
#[test]
fn the_century_turns_at_fifty() {
    for (year, tvr) in [(0x49, Tvr::empty()), (0x50, Tvr::EXPIRED), (0x99, Tvr::EXPIRED)] {
        let mut memory = [0; 64];
        let mut store = Store::new(&mut memory);
        store.set(Tag::EXPIRATION_DATE, &[year, 0x12, 0x31]).unwrap();
        let mut findings = Findings::new();
        let (terminal, application) = (Terminal::CHINA, Application::UNIONPAY);
        restrictions(&store, &terminal, &application, &payment(1), &mut findings);
        assert_eq!(findings.tvr(), tvr, "{year:02X}");
    }
}

/// Usage control that is cut off allows nothing of what is missing.
#[test]
fn usage_control_cut_off_allows_nothing() {
    let mut memory = [0; 64];
    let mut store = Store::new(&mut memory);
    store.set(Tag::USAGE_CONTROL, &[0xFF]).unwrap();
    store.set(Tag::COUNTRY_ISSUER, &[0x01, 0x56]).unwrap();
    let with = |cashback| Payment { cashback: amount(cashback), ..payment(100) };
    let (terminal, application) = (Terminal::CHINA, Application::UNIONPAY);
    let mut findings = Findings::new();
    restrictions(&store, &terminal, &application, &with(0), &mut findings);
    assert_eq!(findings, Findings::new());
    restrictions(&store, &terminal, &application, &with(1), &mut findings);
    assert!(findings.has(Rule::CashbackNotAllowed));
}

/// Exception file and forced online hold whatever the card's profile says
/// (EMV Book 4, 6.3.5).
#[test]
fn the_exception_file_and_the_merchant_are_asked_in_any_case() {
    let mut memory = [0; 32];
    let mut store = Store::new(&mut memory);
    let noted = |store: &Store<'_>, kind, forced| {
        let mut findings = Findings::new();
        let assessment =
            Assessment { on_exception_file: true, force_online: forced, ..Assessment::default() };
        let terminal = Terminal { kind, ..Terminal::CHINA };
        let paid = Payment { forced_online: !forced, ..payment(5) };
        let application = Application::UNIONPAY;
        floor_and_selection(store, &terminal, &application, &paid, &assessment, &mut findings);
        findings
    };
    let both = Tvr::EXCEPTION_FILE | Tvr::FORCED_ONLINE;
    for forced in [true, false] {
        assert_eq!(noted(&store, 0x22, forced).tvr(), both);
        assert_eq!(noted(&store, 0x22, forced).tsi(), Tsi::empty());
        assert_eq!(noted(&store, 0x23, forced).tvr(), Tvr::EXCEPTION_FILE);
    }
    store.set(Tag::AIP, &[0x08, 0x00]).unwrap();
    assert_eq!(noted(&store, 0x22, true).tvr(), both | Tvr::FLOOR_LIMIT);
    assert_eq!(noted(&store, 0x22, true).tsi(), Tsi::TERMINAL_RISK_MANAGEMENT);
}

/// A card without action codes: the defaults that others get wrong (EMV Book
/// 3, 10.7).
#[test]
fn a_card_without_action_codes_goes_online_for_any_bit() {
    let mut memory = [0; 32];
    let store = Store::new(&mut memory);
    let application = Application { codes: ActionCodes::NONE, ..Application::UNIONPAY };
    let terminal = |kind| Terminal { kind, ..Terminal::CHINA };
    for bit in 0..40 {
        let tvr = Tvr::from_bits_retain(1 << bit);
        let first = first_action(&store, &terminal(0x22), &application, tvr);
        assert_eq!(first, (Action::GoOnline, Rule::OnlineCodes));
        let unable = unable_online(&store, &terminal(0x22), &application, tvr);
        assert_eq!(unable, (Action::Decline, Rule::DefaultCodes));
        assert_eq!(first_action(&store, &terminal(0x23), &application, tvr), unable);
    }
    let nothing = first_action(&store, &terminal(0x25), &application, Tvr::empty());
    assert_eq!(nothing, (Action::Approve, Rule::NoActionCode));
    let online = first_action(&store, &terminal(0x21), &application, Tvr::empty());
    assert_eq!(online, (Action::GoOnline, Rule::OnlineOnly));
    let unable = unable_online(&store, &terminal(0x24), &application, Tvr::empty());
    assert_eq!(unable, (Action::Decline, Rule::OnlineOnly));
}

/// Codes of a length that they cannot have are none.
#[test]
fn action_codes_of_another_length_count_as_absent() {
    let mut memory = [0; 96];
    let mut store = Store::new(&mut memory);
    for tag in [Tag::IAC_DENIAL, Tag::IAC_ONLINE, Tag::IAC_DEFAULT] {
        store.set(tag, &[0x00; 4]).unwrap();
    }
    let application = Application { codes: ActionCodes::NONE, ..Application::UNIONPAY };
    let terminal = Terminal { kind: 0x22, ..Terminal::CHINA };
    let first = first_action(&store, &terminal, &application, Tvr::NEW_CARD);
    assert_eq!(first, (Action::GoOnline, Rule::OnlineCodes));
}

#[test]
fn findings_come_in_the_order_of_a_transaction() {
    let mut findings = Findings::new();
    for &rule in Rule::ALL.iter().rev() {
        findings.note(rule);
        findings.note(rule);
    }
    assert!(findings.rules().eq(Rule::ALL.iter().copied()));
    assert_eq!(Findings::new().rules().next(), None);
    for &rule in Rule::ALL {
        let mut one = Findings::new();
        one.note(rule);
        assert_eq!((one.tvr(), one.tsi()), (rule.tvr(), rule.tsi()));
        assert!(one.rules().eq([rule]) && one.has(rule));
        assert!(rule.clause().starts_with("Book ") && !rule.to_string().is_empty());
    }
}

#[test]
fn scripts_are_taken_apart() {
    let content =
        bytes("9F1804000000A1 8606 04DA9F580105 DF0100 8604 841E0000".replace(' ', "").as_str());
    let script = Script::new(&content);
    assert_eq!((script.check(), script.identifier()), (Ok(()), [0, 0, 0, 0xA1]));
    let commands: Vec<&[u8]> = script.commands().collect();
    assert_eq!(commands, [&b"\x04\xDA\x9F\x58\x01\x05"[..], b"\x84\x1E\x00\x00"]);
    assert_eq!(format!("{script:?}"), "Script(24 bytes)");
    // Without an identifier it has that of zeros.
    assert_eq!(Script::new(b"\x86\x04\x84\x1E\x00\x00").identifier(), [0; 4]);
    for (hex, fault) in [
        ("9F1803000001", ScriptFault::Identifier { offset: 0 }),
        ("9F1804000000019F180400000001", ScriptFault::Identifier { offset: 7 }),
        ("9F1804000000018603841E00", ScriptFault::Command { offset: 7 }),
    ] {
        assert_eq!(Script::new(&bytes(hex)).check(), Err(fault), "{hex}");
    }
    let cut = bytes("9F1804000000018606841E0000");
    let Err(ScriptFault::Malformed(malformed)) = Script::new(&cut).check() else { panic!() };
    assert_eq!(malformed.to_string(), "at byte 8: 86 claims 6 bytes where 4 are left");
    // What it is called is known all the same.
    assert_eq!(Script::new(&cut).identifier(), [0, 0, 0, 1]);
    let long = [&[0x86, 0x82, 0x01, 0x06][..], &[0; 262]].concat();
    assert_eq!(Script::new(&long).check(), Err(ScriptFault::Command { offset: 0 }));
}

/// EMV Book 3, 10.10.
#[test]
fn a_script_goes_on_after_a_warning() {
    for status in [0x9000, 0x6200, 0x6283, 0x6300, 0x63C2] {
        assert!(Script::goes_on(StatusWord(status)), "{status:04X}");
    }
    for status in [0x6400, 0x6581, 0x6700, 0x6985, 0x6A81, 0x6D00, 0x6100, 0x9100, 0x0000] {
        assert!(!Script::goes_on(StatusWord(status)), "{status:04X}");
    }
}

/// EMV Book 4, annex A5.
#[test]
fn results_of_scripts() {
    let mut results = ScriptResults::new();
    let id = [0xAA, 0xBB, 0xCC, 0xDD];
    for outcome in [
        ScriptOutcome::Successful,
        ScriptOutcome::Failed(1),
        ScriptOutcome::Failed(14),
        ScriptOutcome::Failed(15),
        ScriptOutcome::Failed(usize::MAX),
        ScriptOutcome::NotPerformed,
    ] {
        results.push(id, outcome).unwrap();
    }
    let first: Vec<u8> = results.as_bytes().iter().copied().step_by(5).collect();
    assert_eq!(first, [0x20, 0x11, 0x1E, 0x1F, 0x1F, 0x00]);
    assert!(results.as_bytes().chunks(5).all(|result| result[1..] == id));
    for _ in 6..ScriptResults::SCRIPTS {
        results.push([0; 4], ScriptOutcome::Successful).unwrap();
    }
    assert_eq!(
        results.push([0; 4], ScriptOutcome::Failed(1)).unwrap_err().tag,
        Tag::SCRIPT_RESULTS
    );
    assert_eq!(results.as_bytes().len(), 80);
}
