//! A payment through the whole contact kernel.

mod args;
mod scene;
mod show;
mod talk;

use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use embedded_pos::civil::CivilTime;
use embedded_pos::emv::{Outcome, Payment, Store, Transaction, Verdict};

pub(crate) use args::Args;
use talk::Talk;

use crate::{Bad, Session};

/// Pays, and says what came of it, in words and by the exit code.
pub(crate) fn run(card: &crate::Args, args: &Args) -> Result<ExitCode, Bad> {
    check(card, args)?;
    let issuer = scene::issuer(args);
    let applet = scene::card(args, &issuer);
    let (reader, hand) = card.reader.open_with(card.trace, applet)?;
    let (session, _) = Session::open(reader, card.log.as_ref())?;
    let pad = scene::pad(args.pin);
    let mut talk = Talk { args, session, hand, pad, issuer, commands: 0 };

    let setting = scene::Setting::new(args);
    let (keys, applications) = (setting.keys(args), setting.applications(args));
    let terminal = setting.terminal(args, &keys, &applications);
    terminal.check().map_err(|fault| Bad::Asked(fault.to_string()))?;
    let mut arena = [0; Store::ROOM];
    let mut transaction = Transaction::new(&terminal, payment(args)?, &mut arena);
    let outcome = talk.lead(&mut transaction)?;
    show::show(&transaction, &outcome);
    // A card that is gone needs no more.
    let _ = talk.session.reader.deactivate();
    Ok(ExitCode::from(code(&outcome)))
}

/// Whether that can be asked for.
fn check(card: &crate::Args, args: &Args) -> Result<(), Bad> {
    if !card.reader.is_simulated() && !args.dry {
        return Err(Bad::Asked(
            "a real card pays nothing here: with --dry it is only asked to decline".into(),
        ));
    }
    match args.flaw {
        Some(flaw) if !flaw.fits(args.oda) => {
            Err(Bad::Asked(format!("{:?} has no flaw {flaw:?}", args.oda)))
        }
        _ => Ok(()),
    }
}

fn payment(args: &Args) -> Result<Payment, Bad> {
    /// China Standard Time.
    const EAST: u64 = 8 * 3600;
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let now = CivilTime::from_unix(seconds + EAST);
    let now = now.map_err(|fault| Bad::Asked(fault.to_string()))?;
    let mut number = [0; 4];
    talk::random(&mut number);
    Ok(Payment::yuan(args.amount, now, 1, number))
}

const fn code(outcome: &Outcome) -> u8 {
    match outcome.result {
        _ if outcome.reversal_due => 4,
        Verdict::Approved(_) => 0,
        Verdict::Declined(_) => 1,
        Verdict::Failed(_) => 3,
    }
}
