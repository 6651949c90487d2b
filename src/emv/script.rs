//! Issuer scripts (EMV Book 3, 10.10; Book 4, annex A5).

use core::fmt;

use heapless::Vec;

use super::tlv::{Full, Malformed, Objects, Tag};
use crate::ErrorKind;
use crate::card::StatusWord;

/// An issuer script: commands that the issuer sends to the card, in template
/// `71` before the second GENERATE AC or in `72` behind it (EMV Book 3,
/// 10.10).
///
/// ```
/// use embedded_pos::emv::Script;
///
/// // The content of template 72: identifier 00000001, one PUT DATA.
/// let script = Script::new(&[
///     0x9F, 0x18, 0x04, 0x00, 0x00, 0x00, 0x01, //
///     0x86, 0x06, 0x04, 0xDA, 0x9F, 0x58, 0x01, 0x05,
/// ]);
/// assert_eq!(script.check(), Ok(()));
/// assert_eq!(script.identifier(), [0, 0, 0, 1]);
/// assert_eq!(script.commands().count(), 1);
/// ```
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct Script<'a>(&'a [u8]);

/// A script that cannot be performed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum ScriptFault {
    /// It is no TLV.
    Malformed(Malformed),
    /// The identifier, `9F18`, has not four bytes, or stands there again.
    Identifier {
        /// Where.
        offset: usize,
    },
    /// What stands in `86` is no command: it has not 4 to 261 bytes.
    Command {
        /// Where.
        offset: usize,
    },
}

impl fmt::Display for ScriptFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(malformed) => malformed.fmt(f),
            Self::Identifier { offset } => {
                write!(f, "at byte {offset}: 9F18 must have four bytes and stand there once")
            }
            Self::Command { offset } => write!(f, "at byte {offset}: 86 holds no command"),
        }
    }
}

impl core::error::Error for ScriptFault {}

impl crate::Error for ScriptFault {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Protocol
    }
}

impl<'a> Script<'a> {
    /// How many bytes all scripts of one response may have together, with
    /// their templates' tags and lengths (EMV Book 3, 10.10).
    pub const ROOM: usize = 128;

    /// The script with this content: the value of `71` or `72`.
    #[must_use]
    pub const fn new(content: &'a [u8]) -> Self {
        Self(content)
    }

    /// Whether it can be performed. One that cannot is not begun: half a
    /// script may leave a card worse than none.
    ///
    /// # Errors
    /// It cannot: where, and why.
    pub fn check(self) -> Result<(), ScriptFault> {
        let mut identified = false;
        for object in Objects::new(self.0) {
            let object = object.map_err(ScriptFault::Malformed)?;
            let offset = object.offset;
            match (object.tag, object.value.len()) {
                (Tag::SCRIPT_ID, 4) if !identified => identified = true,
                (Tag::SCRIPT_ID, _) => return Err(ScriptFault::Identifier { offset }),
                (Tag::SCRIPT_COMMAND, 4..=261) => {}
                (Tag::SCRIPT_COMMAND, _) => return Err(ScriptFault::Command { offset }),
                // What else there is, is for nobody.
                _ => {}
            }
        }
        Ok(())
    }

    /// Issuer Script Identifier, `9F18`; zeros where there is none (EMV Book
    /// 4, annex A5).
    #[must_use]
    pub fn identifier(self) -> [u8; 4] {
        let found = Objects::new(self.0).find(Tag::SCRIPT_ID).ok().flatten();
        found.and_then(|object| object.value.try_into().ok()).unwrap_or_default()
    }

    /// The commands, `86`, in the order in which the card gets them. They are
    /// the issuer's: send them as they are.
    pub fn commands(self) -> impl Iterator<Item = &'a [u8]> {
        let objects = Objects::new(self.0).map_while(Result::ok);
        objects.filter(|object| object.tag == Tag::SCRIPT_COMMAND).map(|object| object.value)
    }

    /// Whether the script goes on behind a command that was answered like
    /// this: it does after success and after a warning (`90xx`, `62xx`,
    /// `63xx`), and ends after anything else (EMV Book 3, 10.10).
    #[must_use]
    pub const fn goes_on(status: StatusWord) -> bool {
        matches!(status.0 >> 8, 0x90 | 0x62 | 0x63)
    }
}

/// Shows no commands: a PIN may stand in them, enciphered as it is.
impl fmt::Debug for Script<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Script({} bytes)", self.0.len())
    }
}

/// Issuer Script Results, `9F5B`: five bytes for each script, for the issuer
/// (EMV Book 4, annex A5).
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct ScriptResults(Vec<u8, { ScriptResults::ROOM }>);

/// What became of a script.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum ScriptOutcome {
    /// It was not performed: it could not be parsed, or the card was gone.
    NotPerformed,
    /// It failed at this command, counted from 1.
    Failed(usize),
    /// The card took all of its commands.
    Successful,
}

impl ScriptResults {
    const ROOM: usize = 5 * Self::SCRIPTS;
    /// Of how many scripts the results are kept: a command has at least four
    /// bytes, so more with one in them do not fit [`Script::ROOM`].
    pub const SCRIPTS: usize = Script::ROOM / (2 + 2 + 4);

    /// Of no script.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds those of one script.
    ///
    /// # Errors
    /// There are those of [`SCRIPTS`](Self::SCRIPTS) already.
    pub fn push(&mut self, identifier: [u8; 4], outcome: ScriptOutcome) -> Result<(), Full> {
        let result = match outcome {
            ScriptOutcome::NotPerformed => 0x00,
            ScriptOutcome::Failed(command) => {
                0x10 | u8::try_from(command.min(0x0F)).unwrap_or(0x0F)
            }
            ScriptOutcome::Successful => 0x20,
        };
        let [a, b, c, d] = identifier;
        self.0
            .extend_from_slice(&[result, a, b, c, d])
            .map_err(|_| Full { tag: Tag::SCRIPT_RESULTS })
    }

    /// The value of `9F5B`.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}
