//! Whatever goes wrong, at whatever command: no payment without the card's
//! certificate, no approval of the issuer that is forgotten, and an end.

mod emv_campaign_support;
mod emv_support;

use embedded_pos::emv::{
    ActionCodes, Approval, Decline, FIELD_55, Fault, Outcome, Rule, Store, Tag, Transaction, Tvr,
    Verdict,
};
use embedded_pos::sim::Draw;
use embedded_pos::sim::card::{Authentication, CardApplication, Personalisation};
use emv_campaign_support::mischief::Mischief;
use emv_campaign_support::session::{self, NOT_AUTHENTIC, Says, Session};
use emv_campaign_support::{Instead, Report, play};
use emv_support::{World, arena, payment, trusting};

/// Of the bytes of an answer, at least so many are inverted in part, or all.
const FLIPS: usize = 40;

/// What holds for any payment, whatever happened to it.
fn hold(session: &Session, report: &Report, how: &dyn Fn() -> String) {
    let Report { outcome, exchanges, told, .. } = report;
    let approved = outcome.is_approved();
    // It ends within the bound that is stated, and says how.
    let most = Transaction::most_commands(&session.terminal) + session.script_commands;
    assert!(exchanges.len() <= most, "{}", how());
    assert!(!outcome.to_string().is_empty());
    // Nothing is sent to a card that is gone.
    let gone = exchanges.iter().position(|exchange| exchange.delivered.is_none());
    assert!(gone.is_none_or(|at| at + 1 == exchanges.len()), "{}", how());

    // The payment is asked for once, and again only after an ARQC; the issuer is
    // asked once.
    let cryptograms: Vec<_> = exchanges.iter().filter(|one| one.is_cryptogram()).collect();
    assert!(cryptograms.len() <= 2, "{}", how());
    if let [first, _] = cryptograms[..] {
        assert_eq!(first.kind(), Some(0x80), "{}", how());
    }
    assert!(report.asked_issuer <= 1, "{}", how());
    if report.asked_issuer == 1 {
        assert_eq!(cryptograms[0].kind(), Some(0x80), "{}", how());
    }

    // A reversal is due exactly when the issuer approved and it came to nothing.
    assert_eq!(outcome.reversal_due, *told == Some(true) && !approved, "{}", how());
    // What the card certified and the terminal heard is not thrown away.
    let last = cryptograms.last();
    let certified = last.is_some_and(|last| last.is_genuine() && last.kind() == Some(0x40));
    if *told == Some(true) && certified {
        let signed = last.is_some_and(|last| last.command[2] & 0x10 != 0);
        let whole = cryptograms[0].is_genuine();
        assert!(approved || signed && !whole, "{}: {outcome:?}", how());
    }

    // Approved is what the card gave a certificate for, signed if it was to be.
    if approved {
        let last = last.unwrap();
        assert_eq!((last.kind(), last.command[2] & 0xC0), (Some(0x40), 0x40), "{}", how());
        assert!(last.command[2] & 0x10 == 0 || last.is_genuine(), "{}", how());
        assert_ne!(*told, Some(false), "{}", how());
    }
    let by = match outcome.result {
        Verdict::Approved(by) => by,
        _ => return,
    };
    assert_eq!(by == Approval::Online, *told == Some(true), "{}", how());
    assert_eq!(by == Approval::Offline, cryptograms.len() == 1, "{}", how());
    // And whose data are authentic, where that decides.
    if session.is_authenticated {
        assert!(!report.tvr.intersects(NOT_AUTHENTIC), "{}: {:?}", how(), report.tvr);
        for exchange in exchanges {
            let genuine = match exchange.command[..] {
                // Of the records, the locator names some that are not.
                [0x80, 0xA8, ..] => exchange.has_genuine_profile(),
                [0x00, 0xB2, _, 0x14, ..] | [0x00, 0x88, ..] => exchange.is_genuine(),
                _ => continue,
            };
            assert!(genuine, "{}: {:02X?}", how(), exchange.command);
        }
    }
}

/// How the payment goes when nothing goes wrong.
fn honest(session: &Session) -> Report {
    let report = play(session, &[], Instead::Nothing);
    hold(session, &report, &|| session.name.to_owned());
    assert!(report.exchanges.iter().all(|one| one.is_genuine() && one.genuine.len() >= 2));
    report
}

/// How the payments of a campaign ended.
#[derive(Debug, Default)]
struct Tally {
    runs: usize,
    approved: usize,
    declined: usize,
    failed: usize,
    reversals: usize,
}

impl Tally {
    fn add(&mut self, outcome: Outcome) {
        self.runs += 1;
        self.reversals += usize::from(outcome.reversal_due);
        *match outcome.result {
            Verdict::Approved(_) => &mut self.approved,
            Verdict::Declined(_) => &mut self.declined,
            Verdict::Failed(_) => &mut self.failed,
        } += 1;
    }
}

/// Everything, at each command.
fn campaign(sessions: Vec<Session>) -> Tally {
    let mut tally = Tally::default();
    for session in sessions {
        let whole = honest(&session);
        let mut draw = Draw::new(7);
        for (at, exchange) in whole.exchanges.iter().enumerate() {
            for how in Mischief::all(&exchange.genuine, FLIPS, &mut draw) {
                let mischief = [(at, how)];
                let report = play(&session, &mischief, Instead::Nothing);
                hold(&session, &report, &|| format!("{}: {mischief:?}", session.name));
                assert!(report.exchanges.len() > at);
                assert_eq!(report.exchanges[..at], whole.exchanges[..at], "{}", session.name);
                tally.add(report.outcome);
            }
        }
    }
    tally
}

#[test]
fn sessions_are_what_they_are_called() {
    let results: Vec<_> = session::all()
        .iter()
        .map(|session| {
            let report = honest(session);
            assert!(report.exchanges.len() > 8, "{}", session.name);
            (session.name, report.outcome.result, report.outcome.reversal_due)
        })
        .collect();
    let approved = |by| Verdict::Approved(by);
    let offline = approved(Approval::Offline);
    let online = approved(Approval::Online);
    let unable = approved(Approval::UnableOnline);
    let declined = |by| Verdict::Declined(by);
    let wanted = [
        offline,
        offline,
        offline,
        declined(Decline::Card),
        online,
        online,
        online,
        online,
        online,
        declined(Decline::Issuer),
        unable,
        declined(Decline::NotOnline),
        unable,
    ];
    for ((name, result, reversal), wanted) in results.iter().zip(wanted) {
        assert_eq!((*result, *reversal), (wanted, false), "{name}");
    }
    assert_eq!(results.len(), wanted.len());
}

#[test]
fn whatever_goes_wrong_offline() {
    let Tally { runs, approved, declined, failed, reversals } = campaign(session::offline());
    assert!(runs > 3_000 && approved > 300 && declined > 500 && failed > 1_500);
    assert_eq!(reversals, 0);
}

#[test]
fn whatever_goes_wrong_online() {
    let Tally { runs, approved, declined, failed, reversals } = campaign(session::online());
    assert!(runs > 5_000 && approved > 300 && declined > 500 && failed > 2_000);
    assert!(reversals > 300);
}

#[test]
fn whatever_goes_wrong_while_the_issuer_is_out_of_reach() {
    let Tally { runs, approved, declined, failed, reversals } = campaign(session::unreached());
    assert!(runs > 2_000 && approved > 100 && declined > 500 && failed > 1_000);
    assert_eq!(reversals, 0);
}

#[test]
fn much_goes_wrong_at_once() {
    let sessions = session::all();
    let mut draw = Draw::new(11);
    for run in 0..4_000 {
        let session = draw.one_of(&sessions).unwrap();
        let mischief: Vec<_> =
            (0..=draw.below(3)).map(|_| (draw.below(24), Mischief::one(&mut draw))).collect();
        let report = play(session, &mischief, Instead::Nothing);
        hold(session, &report, &|| format!("{run}, {}: {mischief:?}", session.name));
    }
}

#[test]
fn what_is_out_of_turn_changes_nothing() {
    for session in session::all() {
        let (whole, disturbed) = (honest(&session), play(&session, &[], Instead::OutOfTurn));
        assert_eq!(disturbed.outcome, whole.outcome, "{}", session.name);
        assert_eq!(disturbed.exchanges, whole.exchanges, "{}", session.name);
        assert_eq!(disturbed.told, whole.told, "{}", session.name);
    }
}

#[test]
fn a_card_that_is_taken_out_while_somebody_is_asked_pays_nothing() {
    let mut asked = 0;
    for session in session::all() {
        let whole = honest(&session);
        for at in 0..whole.questions {
            let report = play(&session, &[], Instead::Removes(at));
            hold(&session, &report, &|| format!("{}: question {at}", session.name));
            assert!(!report.outcome.is_approved(), "{}: {at}", session.name);
            // Nothing more is sent to it.
            let sent = report.exchanges.len();
            assert!(sent < whole.exchanges.len(), "{}: {at}", session.name);
            // Only the issuer is still heard, and what it says is kept in mind.
            let heard = report.asked_issuer == 1;
            let wanted = match (heard, session.says) {
                (true, Says::Declined) => Verdict::Declined(Decline::Issuer),
                _ => Verdict::Failed(Fault::Removed),
            };
            assert_eq!(report.outcome.result, wanted, "{}: {at}", session.name);
            let reversal = heard && session.says == Says::Approved;
            assert_eq!(report.outcome.reversal_due, reversal, "{}: {at}", session.name);
            asked += 1;
        }
    }
    assert!(asked >= 15, "{asked}");
}

#[test]
fn whoever_is_asked_can_cancel_and_the_issuer_cannot() {
    for session in session::all() {
        let whole = honest(&session);
        for at in 0..whole.questions {
            let report = play(&session, &[], Instead::Cancels(at));
            let cancelled = report.outcome.result == Verdict::Failed(Fault::Cancelled);
            // Once the issuer is asked, there is no way back.
            let is_last = at + 1 == whole.questions && whole.asked_issuer == 1;
            assert_eq!(cancelled, !is_last, "{}: {at}", session.name);
            assert!(cancelled || report.outcome == whole.outcome, "{}: {at}", session.name);
        }
    }
}

#[test]
fn an_aac_is_asked_for_as_not_authenticated_where_a_signature_was_to_come() {
    // What is found of the floor limit is denied.
    let codes = ActionCodes { denial: Tvr::SERVICE_NOT_ALLOWED, ..ActionCodes::NONE };
    let application = CardApplication::new(1, "UnionPay Debit", 1)
        .authenticated(Authentication::Combined, session_pki())
        .with(0x9F07, &[0x00, 0x00]);
    let mut world = World::new(Personalisation::of(application));
    let mut arena = arena();
    let terminal = trusting(&session_pki(), codes);
    let mut transaction = Transaction::new(&terminal, payment(), &mut arena);
    let outcome = world.play(&mut transaction);
    assert_eq!(outcome.result, Verdict::Declined(Decline::Terminal));
    assert!(transaction.findings().has(Rule::NothingToSign));
    assert!(transaction.tvr().contains(Tvr::NO_OFFLINE_AUTHENTICATION));
    assert!(!transaction.tvr().contains(Tvr::CDA_FAILED));
    // The card was told.
    let commands = world.card.commands();
    let sent = commands.iter().rfind(|command| command[1] == 0xAE).unwrap();
    assert_eq!((sent[2], sent[19] & 0x80), (0x00, 0x80));
}

#[test]
fn a_card_does_not_say_how_scripts_went_that_nobody_sent() {
    let application = CardApplication::new(1, "UnionPay Debit", 1)
        .with(0x9F5B, &[0x20, 0, 0, 0, 1])
        .with(0x95, &[0; 5]);
    let mut world = World::new(Personalisation::of(application));
    let mut memory = vec![0; Store::ROOM];
    let terminal = embedded_pos::emv::Terminal::CHINA;
    let mut transaction = Transaction::new(&terminal, payment(), &mut memory);
    assert!(world.play(&mut transaction).is_approved());
    assert_eq!(transaction.data(Tag::SCRIPT_RESULTS), None);
    assert_ne!(transaction.data(Tag::TVR), Some(&[0; 5][..]));
    let mut field = [0; 255];
    let length = transaction.field_55(&[FIELD_55, &[Tag::SCRIPT_RESULTS]].concat(), &mut field);
    assert!(!field[..length.unwrap()].windows(2).any(|tag| tag == [0x9F, 0x5B]));
}

fn session_pki() -> embedded_pos::sim::card::pki::Pki {
    embedded_pos::sim::card::pki::Pki::default()
}
