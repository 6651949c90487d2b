use super::{Event, Script};
use crate::fingerprint::zfm::command::{Command, GetAlgVer, GetChipSn, ReadProdInfo, ReadSysPara};
use crate::fingerprint::zfm::dialect::Dialect;
use crate::fingerprint::zfm::fault::Fault;
use crate::fingerprint::zfm::link::Link;
use crate::fingerprint::zfm::session::Session;
use crate::port::Told;

/// What an R503 of the manual V1.2.2 says that it is.
const SYSTEM_V12: u16 = 0x0000;

/// Finds out which dialect the module speaks, by what reads only in every one.
///
/// 3Ch without parameters is the label to Grow's, and a command that lacks its
/// parameters to Synochip's; 39h is the version of the matching to Grow's only;
/// 34h is the number of the chip to Synochip's only. Who knows none of them is
/// a ZFM-20, whose commands all have. Never asked is what starts, erases or
/// enrols anything in some dialect: 0Dh, 31h, 3Dh.
#[derive(Clone, Copy, Debug)]
pub struct Probe {
    state: State,
    /// The question was not answered: that may have been the line.
    silent: bool,
}

#[derive(Clone, Copy, Debug)]
enum State {
    Label,
    Version,
    System,
    Chip,
    Sealed(Dialect),
}

impl Probe {
    pub(in crate::fingerprint::zfm) const fn new() -> Self {
        Self { state: State::Label, silent: false }
    }

    fn advance(&mut self, session: &mut Session<'_>) -> nb::Result<Dialect, Fault> {
        loop {
            self.state = match self.state {
                State::Label => match self.knows(session, &ReadProdInfo)? {
                    true => State::System,
                    false => State::Version,
                },
                State::Version => match self.knows(session, &GetAlgVer)? {
                    true => State::System,
                    false => State::Chip,
                },
                State::System => State::Sealed(match session.demand(&ReadSysPara)?.system {
                    SYSTEM_V12 => Dialect::R503V12,
                    _ => Dialect::R503,
                }),
                State::Chip => State::Sealed(match self.knows(session, &GetChipSn)? {
                    true => Dialect::Synochip,
                    false => Dialect::Zfm20,
                }),
                State::Sealed(dialect) => {
                    session.seal::<ReadSysPara>()?;
                    session.link().config_mut().dialect = dialect;
                    return Ok(dialect);
                }
            };
        }
    }

    /// Whether the module answers as one that has the command. It has not if it
    /// says nothing twice, with a session opened in between.
    fn knows<C: Command>(
        &mut self,
        session: &mut Session<'_>,
        command: &C,
    ) -> nb::Result<bool, Fault> {
        loop {
            let known = match session.probe(command) {
                Err(nb::Error::Other(Fault::Timeout(opcode))) if opcode == C::OPCODE => {
                    if !core::mem::replace(&mut self.silent, true) {
                        continue;
                    }
                    false
                }
                known => known?,
            };
            self.silent = false;
            return Ok(known);
        }
    }
}

impl Script for Probe {
    type Link = Link;
    type Output = Dialect;

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<Dialect, Event>, Fault> {
        session.persist_from(self, Self::advance, |it| *it = Self::new())
    }
}
