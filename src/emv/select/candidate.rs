use core::fmt;

use heapless::Vec;

use crate::emv::template::{Fci, within};
use crate::emv::tlv::{Object, Objects, Tag};

/// A name, with its length in one byte: there are many of them.
type Text = Vec<u8, 16, u8>;

/// An application that card and terminal both have.
#[derive(Clone, Eq, PartialEq)]
pub struct Candidate {
    name: Text,
    label: Text,
    preferred: Text,
    code_table: u8,
    indicator: u8,
    application: u16,
}

impl Candidate {
    /// An application as it describes itself in answer to SELECT.
    pub(super) fn from_fci(fci: &Fci<'_>, application: usize) -> Option<Self> {
        Self::new(fci.name.value, fci.proprietary.clone(), None, application)
    }

    /// An application as the directory describes it (EMV Book 1, 12.2.3);
    /// `None` where the entry is none.
    pub(super) fn from_directory(
        entry: Object<'_>,
        code_table: Option<u8>,
        application: impl FnOnce(&[u8]) -> Option<usize>,
    ) -> Option<Self> {
        let level = within(entry);
        let name = level.clone().find(Tag::ADF_NAME).ok()??.value;
        Self::new(name, level, code_table, application(name)?)
    }

    fn new(
        name: &[u8],
        level: Objects<'_>,
        code_table: Option<u8>,
        application: usize,
    ) -> Option<Self> {
        let text =
            |tag| level.clone().find(tag).ok().flatten().map_or(&[][..], |found| found.value);
        let own_table = text(Tag::CODE_TABLE).first().copied();
        Some(Self {
            name: Vec::from_slice(name).ok()?,
            label: cut(text(Tag::LABEL)),
            preferred: cut(text(Tag::PREFERRED_NAME)),
            code_table: own_table.or(code_table).unwrap_or_default(),
            indicator: text(Tag::PRIORITY).first().copied().unwrap_or_default(),
            application: u16::try_from(application).ok()?,
        })
    }

    /// Its name on the card: the application identifier, perhaps with more
    /// behind it.
    #[must_use]
    pub fn name(&self) -> &[u8] {
        &self.name
    }

    /// Application Label, `50`: letters, digits and spaces, in ASCII. For
    /// people only: it says nothing about what the application is.
    #[must_use]
    pub fn label(&self) -> &[u8] {
        &self.label
    }

    /// Application Preferred Name, `9F12`, and the part of ISO/IEC 8859 it is
    /// written in, if the card says both. To be shown in place of the label
    /// where the terminal has that character set.
    #[must_use]
    pub fn preferred_name(&self) -> Option<(&[u8], u8)> {
        let known = !self.preferred.is_empty() && self.code_table != 0;
        known.then_some((&self.preferred, self.code_table))
    }

    /// Its place in the order of the card, 1 the first; `None` without.
    #[must_use]
    pub fn priority(&self) -> Option<u8> {
        Some(self.indicator & 0x0F).filter(|&priority| priority != 0)
    }

    /// Whether it may not be used without asking the cardholder.
    #[must_use]
    pub const fn needs_confirmation(&self) -> bool {
        self.indicator & 0x80 != 0
    }

    /// Which of the terminal's applications it is.
    #[must_use]
    pub const fn application(&self) -> usize {
        self.application as usize
    }

    /// Those without a priority come last.
    pub(super) fn rank(&self) -> u8 {
        self.priority().unwrap_or(u8::MAX)
    }
}

/// Shows the label, or the name in hex where there is no label to show.
impl fmt::Display for Candidate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let printable = self.label.iter().all(|byte| (0x20..0x7F).contains(byte));
        match core::str::from_utf8(&self.label) {
            Ok(label) if printable && !label.is_empty() => f.write_str(label),
            _ => self.name.iter().try_for_each(|byte| write!(f, "{byte:02X}")),
        }
    }
}

impl fmt::Debug for Candidate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Candidate({self}, {:02X})", self.indicator)
    }
}

fn cut(text: &[u8]) -> Text {
    Vec::from_slice(text.get(..16).unwrap_or(text)).unwrap_or_default()
}
