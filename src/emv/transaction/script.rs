//! Issuer scripts (EMV Book 3, 10.10): `71` before the second GENERATE AC, `72`
//! after it.

use super::{OnlineResponse, Stage, Transaction, Verdict};
use crate::card::Response;
use crate::emv::tlv::Tag;
use crate::emv::{Fault, Rule, Script, ScriptOutcome, ScriptResults};

/// Where a run of the scripts is.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Run {
    /// Which of the templates of one kind.
    script: u8,
    /// Which of the commands in it.
    command: usize,
}

impl Transaction<'_> {
    /// Keeps the scripts until their turn. What the answer of the issuer is not
    /// needed for is forgotten, to make room. A script for which there is none
    /// is not run, and that is told.
    pub(super) fn keep_scripts(&mut self, response: &OnlineResponse<'_>) {
        for (count, (tag, content)) in response.scripts().enumerate() {
            if count == 0 {
                self.store.remove(Tag::ISSUER_KEY);
                self.store.remove(Tag::PIN_KEY);
            }
            if count >= ScriptResults::SCRIPTS || self.store.add(tag, content).is_err() {
                self.script_ended(
                    tag,
                    Script::new(content).identifier(),
                    ScriptOutcome::NotPerformed,
                );
            }
        }
    }

    /// Runs the scripts before the second GENERATE AC, or those after it, when
    /// there is a verdict.
    pub(super) fn run_scripts(&mut self, verdict: Option<Verdict>) -> Result<(), Fault> {
        self.run_on(Run::default(), verdict)
    }

    /// Sends the command at which the run is, or goes on after the last.
    fn run_on(&mut self, mut run: Run, verdict: Option<Verdict>) -> Result<(), Fault> {
        let tag = kind(verdict);
        loop {
            let Some(content) = self.store.each(tag).nth(run.script.into()) else { break };
            let script = Script::new(content);
            let identifier = script.identifier();
            let outcome = match (script.check(), script.commands().nth(run.command)) {
                (Ok(()), Some(command)) if self.apdu.whole(command) => {
                    self.stage = Stage::Script { run, verdict };
                    return Ok(());
                }
                (Ok(()), None) => ScriptOutcome::Successful,
                _ => ScriptOutcome::NotPerformed,
            };
            self.script_ended(tag, identifier, outcome);
            run = Run { script: run.script.saturating_add(1), command: 0 };
        }
        match verdict {
            None => self.conclude(),
            Some(verdict) => self.end_with(verdict),
        }
    }

    /// The card answered a command of a script. One that failed ends its script
    /// and nothing else.
    pub(super) fn script_answered(
        &mut self,
        run: Run,
        verdict: Option<Verdict>,
        response: &[u8],
    ) -> Result<(), Fault> {
        let status = Response::new(response).map(|response| response.status());
        let Run { script, command } = run;
        if status.is_ok_and(Script::goes_on) {
            return self.run_on(Run { script, command: command + 1 }, verdict);
        }
        self.script_failed(run, kind(verdict));
        self.run_on(Run { script: script.saturating_add(1), command: 0 }, verdict)
    }

    /// The card was taken out while the scripts after the last cryptogram ran.
    /// All is decided by then.
    pub(super) fn script_torn(&mut self, run: Run, verdict: Verdict) {
        let tag = Tag::SCRIPT_2;
        self.script_failed(run, tag);
        let mut left = usize::from(run.script) + 1;
        loop {
            let Some(content) = self.store.each(tag).nth(left) else { break };
            let identifier = Script::new(content).identifier();
            self.script_ended(tag, identifier, ScriptOutcome::NotPerformed);
            left += 1;
        }
        let ended = self.end_with(verdict);
        self.settle(ended);
    }

    fn script_failed(&mut self, run: Run, tag: Tag) {
        let content = self.store.each(tag).nth(run.script.into());
        let identifier = Script::new(content.unwrap_or_default()).identifier();
        self.script_ended(tag, identifier, ScriptOutcome::Failed(run.command + 1));
    }

    /// Notes how a script went. Results for which there is no room are those of
    /// more scripts than EMV lets an issuer send; the bits stand for them.
    fn script_ended(&mut self, tag: Tag, identifier: [u8; 4], outcome: ScriptOutcome) {
        self.findings.note(Rule::ScriptProcessed);
        if outcome != ScriptOutcome::Successful {
            self.findings.note(match tag {
                Tag::SCRIPT_1 => Rule::ScriptFailedBefore,
                _ => Rule::ScriptFailedAfter,
            });
        }
        let kept = self.script_results.push(identifier, outcome);
        let _ =
            kept.and_then(|()| self.store.set(Tag::SCRIPT_RESULTS, self.script_results.as_bytes()));
    }

    fn end_with(&mut self, verdict: Verdict) -> Result<(), Fault> {
        self.write_results()?;
        self.finish(verdict);
        Ok(())
    }
}

/// The scripts of the time before, or after, there is a verdict.
const fn kind(verdict: Option<Verdict>) -> Tag {
    if verdict.is_some() { Tag::SCRIPT_2 } else { Tag::SCRIPT_1 }
}
