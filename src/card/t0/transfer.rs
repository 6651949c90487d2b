use super::{Fault, Mapping, Session};

/// What to do next.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Next {
    /// Send the TPDU ([`Transfer::header`], [`Transfer::data`]).
    Transmit,
    /// It is over.
    Done(Result<(), Fault>),
}

/// INS of GET RESPONSE (ISO/IEC 7816-4:2013, 11.7.1).
const GET_RESPONSE: u8 = 0xC0;

/// INS of ENVELOPE (11.7.2).
const ENVELOPE: u8 = 0xC2;

/// The host's side of T=0, TPDU by TPDU: no bytes, no time
/// (ISO/IEC 7816-3:2006, 12.2).
///
/// One transfer carries one command and its response. Whatever moves whole
/// TPDUs can carry it: a byte line ([`Link`](super::Link)), a reader whose
/// command carries one.
///
/// ```
/// use embedded_pos::card::t0::{Limits, Next, Session, Transfer};
///
/// let mut session = Session::new(Limits::DEFAULT);
/// let select = [0x00, 0xA4, 0x04, 0x00, 0x02, 0x3F, 0x00, 0x00];
/// let mut transfer = Transfer::command(&mut session, &select)?;
/// assert_eq!(transfer.header(), [0x00, 0xA4, 0x04, 0x00, 0x02]);
/// assert_eq!(transfer.data(&session), [0x3F, 0x00]);
///
/// assert_eq!(transfer.heard(&mut session, &[0x61, 0x03]), Next::Transmit);
/// assert_eq!(transfer.header(), [0x00, 0xC0, 0x00, 0x00, 0x03]);
///
/// let done = transfer.heard(&mut session, &[0x6F, 0x01, 0x00, 0x90, 0x00]);
/// assert_eq!(done, Next::Done(Ok(())));
/// assert_eq!(session.response(), [0x6F, 0x01, 0x00, 0x90, 0x00]);
/// # Ok::<(), embedded_pos::card::t0::Fault>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Transfer {
    header: [u8; 5],
    /// Where in the command the data of the TPDU begins, and how many bytes it
    /// has.
    at: usize,
    data: u8,
    /// The command goes in parts: each TPDU is an ENVELOPE, until the last.
    enveloped: bool,
    /// How many bytes the caller takes at most; 0 for none.
    expected: u32,
    /// The status word of the command, while the data is fetched.
    status: Option<[u8; 2]>,
    /// The TPDU is a GET RESPONSE.
    fetching: bool,
    follow_ups: u16,
}

impl Transfer {
    /// A transfer of a command APDU that is kept, of 255 bytes of data at most,
    /// that expects 256 at most. The first step is to transmit.
    ///
    /// # Errors
    /// [`Fault::Command`], [`Fault::Unsettled`].
    pub fn command(session: &mut Session, command: &[u8]) -> Result<Self, Fault> {
        Self::start(session, command, false)
    }

    /// The same; one that is lent is handed to [`data_of`](Self::data_of) each
    /// time, and what came is [handed on](Session::hand_on) after each TPDU.
    pub(in crate::card) fn start(
        session: &mut Session,
        command: &[u8],
        lent: bool,
    ) -> Result<Self, Fault> {
        session.pair.forget_response();
        if session.unsettled {
            // What comes next can be the response to the command before.
            return Err(Fault::Unsettled);
        }
        let mut transfer = Self::mapped(command).ok_or(Fault::Command)?;
        if !lent && transfer.expected > 256 || !session.pair.begin(command, lent) {
            return Err(Fault::Command);
        }
        transfer.follow_ups += u16::from(session.limits.follow_ups);
        if transfer.enveloped {
            transfer.cut(session);
        }
        session.unsettled = true;
        Ok(transfer)
    }

    /// The first TPDU of a command. Up to 255 bytes of data go as in a short
    /// command, whatever they were coded as (ISO/IEC 7816-3:2006, 12.2.6 and
    /// 12.2.7).
    fn mapped(command: &[u8]) -> Option<Self> {
        let ([cla, ins, p1, p2], body) = command.split_first_chunk()?;
        let (data, expected, at) = lengths(body)?;
        let le = if data == 0 { expected.min(256) } else { 0 };
        let header = match (data, ins) {
            (_, 0x60..=0x6F | 0x90..=0x9F) => return None,
            (256.., _) => [class_of_get_response(*cla), ENVELOPE, 0, 0, 0],
            // One of the two is 0.
            _ => [*cla, *ins, *p1, *p2, data.to_le_bytes()[0] | le.to_le_bytes()[0]],
        };
        Some(Self {
            header,
            at: if data > 255 { 0 } else { at.into() },
            data: data.to_le_bytes()[0],
            enveloped: data > 255,
            expected,
            status: None,
            fetching: false,
            follow_ups: (expected.saturating_sub(1) >> 8).to_le_bytes()[0].into(),
        })
    }

    /// The header of the TPDU: CLA, INS, P1, P2, P3.
    #[must_use]
    pub const fn header(&self) -> [u8; 5] {
        self.header
    }

    /// What is sent after the header, when the card asks for it.
    #[must_use]
    pub fn data<'a>(&self, session: &'a Session) -> &'a [u8] {
        self.data_of(session.pair.command())
    }

    /// The same of a command that is lent.
    pub(in crate::card) fn data_of<'a>(&self, command: &'a [u8]) -> &'a [u8] {
        command.get(self.at..self.at + usize::from(self.brings())).unwrap_or_default()
    }

    /// How much that is.
    pub(super) const fn brings(&self) -> u8 {
        if self.fetching { 0 } else { self.data }
    }

    /// How many bytes the card may send before the status word, at most.
    #[must_use]
    pub const fn expects(&self) -> u16 {
        let [.., p3] = self.header;
        match (self.fetching || self.data == 0 && self.expected > 0, p3) {
            (false, _) => 0,
            (true, 0) => 256,
            (true, n) => n as u16,
        }
    }

    /// Writes the TPDU to the front of `out`, as a reader takes it, which sees
    /// to the procedure bytes itself; returns its length, 260 at most, or 0 if
    /// there is no room.
    #[must_use]
    pub fn tpdu(&self, session: &Session, out: &mut [u8]) -> usize {
        self.tpdu_of(session.pair.command(), out)
    }

    /// The same of a command that is lent.
    pub(in crate::card) fn tpdu_of(&self, command: &[u8], out: &mut [u8]) -> usize {
        let data = self.data_of(command);
        let len = self.header.len() + data.len();
        let Some((header, rest)) = out.get_mut(..len).and_then(<[u8]>::split_first_chunk_mut)
        else {
            return 0;
        };
        *header = self.header;
        rest.copy_from_slice(data);
        len
    }

    /// What to do after the response to the TPDU: data and status word.
    pub fn heard(&mut self, session: &mut Session, response: &[u8]) -> Next {
        let Some((data, status)) = response.split_last_chunk() else {
            return self.give_up(session, Fault::Garbled);
        };
        if data.len() > self.expects().into() {
            return self.give_up(session, Fault::Garbled);
        }
        self.take(session, data);
        self.status(session, *status)
    }

    /// Takes in data of the response, as far as the caller wants it: a card
    /// that was asked again because of 6Cxx can send more.
    pub(super) fn take(&self, session: &mut Session, data: &[u8]) {
        let left = usize::try_from(self.left(session)).unwrap_or(usize::MAX);
        session.pair.append(data.get(..left).unwrap_or(data));
    }

    /// The status word came.
    pub(super) fn status(&mut self, session: &mut Session, status: [u8; 2]) -> Next {
        let behind = self.at + usize::from(self.data);
        if self.enveloped && !self.fetching && behind < session.pair.command_len() {
            return self.goes_on(session, status, behind);
        }
        let case4 = self.data > 0 && self.expected > 0 && !self.fetching;
        let answers = self.fetching || self.data == 0 && self.expected > 0;
        match (status, session.limits.mapping) {
            ([0x61, more], _) if case4 || answers => self.fetch(session, status, more),
            ([0x6C, exact], _) if answers => self.send(session, exact),
            ([0x90, 0x00], Mapping::Iso) | ([0x62 | 0x63, _], Mapping::Emv) if case4 => {
                self.warned(session, status)
            }
            ([0x90, 0x00], _) => self.done(session, status),
            ([0x90..=0x9F, _], Mapping::Emv) if case4 => self.warned(session, status),
            _ => self.done(session, status),
        }
    }

    /// The status word of a part came, and there is another (12.2.7).
    fn goes_on(&mut self, session: &mut Session, status: [u8; 2], behind: usize) -> Next {
        match (status, self.at) {
            ([0x90, 0x00], _) => {
                self.at = behind;
                self.cut(session);
                Next::Transmit
            }
            ([0x6D | 0x6E, 0x00], 0) => {
                session.finish(true);
                Next::Done(Err(Fault::Extended))
            }
            _ => self.done(session, status),
        }
    }

    /// The next part of the command, 255 bytes or less. The last is shorter than
    /// that and has all of Le, so that no card can take another for it.
    fn cut(&mut self, session: &Session) {
        let part = match session.pair.command_len().saturating_sub(self.at) {
            rest @ ..255 => rest,
            rest => (rest - 3).min(255),
        };
        let [part, ..] = part.to_le_bytes();
        let [.., p3] = &mut self.header;
        (self.data, *p3) = (part, part);
    }

    /// Gives up what cannot go on, because what carries the TPDUs fails.
    pub fn abandon(self, session: &mut Session) {
        session.finish(false);
    }

    /// How many bytes the caller still takes.
    fn left(&self, session: &Session) -> u32 {
        let came = u32::try_from(session.came()).unwrap_or(u32::MAX);
        self.expected.saturating_sub(came)
    }

    /// There may be data in spite of this status word, or because of it; it
    /// stands in the end.
    fn warned(&mut self, session: &mut Session, status: [u8; 2]) -> Next {
        self.status = Some(status);
        let all = u8::try_from(self.expected).unwrap_or(0);
        let p3 = if status == [0x90, 0x00] { all } else { 0 };
        self.get_response(session, p3)
    }

    fn fetch(&mut self, session: &mut Session, status: [u8; 2], more: u8) -> Next {
        let more = if more == 0 { 256 } else { more.into() };
        match self.left(session).min(more) {
            0 => self.done(session, status),
            // 256 is 00.
            n => self.get_response(session, n.to_le_bytes()[0]),
        }
    }

    fn get_response(&mut self, session: &mut Session, p3: u8) -> Next {
        if !self.fetching {
            self.fetching = true;
            let [cla, ..] = self.header;
            self.header = [class_of_get_response(cla), GET_RESPONSE, 0, 0, p3];
        }
        self.send(session, p3)
    }

    /// The TPDU once more, or the next, with this P3.
    fn send(&mut self, session: &mut Session, p3: u8) -> Next {
        let [.., last] = &mut self.header;
        *last = p3;
        match self.follow_ups.checked_sub(1) {
            Some(left) => {
                self.follow_ups = left;
                Next::Transmit
            }
            None => self.give_up(session, Fault::KeepsAsking),
        }
    }

    fn done(&self, session: &mut Session, status: [u8; 2]) -> Next {
        // That of a GET RESPONSE says nothing of the command.
        session.pair.append(&self.status.unwrap_or(status));
        session.finish(true);
        Next::Done(Ok(()))
    }

    pub(super) fn give_up(&self, session: &mut Session, fault: Fault) -> Next {
        session.finish(false);
        Next::Done(Err(fault))
    }
}

/// How much data a command has behind its header, how much it expects, and where
/// the data begins (12.1.3).
fn lengths(body: &[u8]) -> Option<(u16, u32, u8)> {
    let most = |le: u16, most: u32| if le == 0 { most } else { le.into() };
    let (lc, at, rest) = match body {
        [] => return Some((0, 0, 5)),
        [le] => return Some((0, most((*le).into(), 256), 5)),
        [0, high, low, rest @ ..] => (u16::from_be_bytes([*high, *low]), 7, rest),
        [lc, rest @ ..] => (u16::from(*lc), 5, rest),
    };
    if at == 7 && rest.is_empty() {
        return Some((0, most(lc, 65_536), at));
    }
    let expected = match (rest.get(lc.into()..)?, at) {
        ([], _) => 0,
        ([le], 5) => most((*le).into(), 256),
        ([high, low], 7) => most(u16::from_be_bytes([*high, *low]), 65_536),
        _ => return None,
    };
    (lc > 0).then_some((lc, expected, at))
}

/// GET RESPONSE and ENVELOPE go to the logical channel of the command, without secure
/// messaging or chaining; to the basic one in plain interindustry class after a
/// proprietary command, as EMV has it (Book 1, 9.3.1.3); but the class A0 of
/// SIM cards stays (ETSI TS 151 011, 9.2).
const fn class_of_get_response(cla: u8) -> u8 {
    match cla {
        0x00..=0x1F => cla & 0x03,
        0x40..=0x7F => cla & 0x4F,
        0xA0 => 0xA0,
        _ => 0x00,
    }
}
