use std::fmt;
use std::string::String;

/// Why a text is no script: where, and what.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ScriptError {
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
    /// What is wrong there.
    pub reason: Reason,
}

/// What is wrong with a line.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Reason {
    /// There is no such command.
    UnknownCommand(String),
    /// The line ends too early: this should follow.
    Missing(&'static str),
    /// This should stand there, and something else does.
    Invalid(&'static str, String),
    /// The command ends before this.
    Unexpected(String),
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownCommand(word) => write!(f, "there is no command `{word}`"),
            Self::Missing(what) => write!(f, "{what} is missing"),
            Self::Invalid(what, word) => write!(f, "`{word}` is not {what}"),
            Self::Unexpected(word) => write!(f, "`{word}` does not belong to the command"),
        }
    }
}

impl fmt::Display for ScriptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {}", self.line, self.column, self.reason)
    }
}

impl std::error::Error for ScriptError {}
