//! The templates that responses are made of.

use super::Fault;
use super::command::Instruction;
use super::tlv::{Object, Objects, Tag};

/// The one object of a response: it must have one of these tags.
pub(crate) fn only<'a>(
    command: Instruction,
    data: &'a [u8],
    first: Tag,
    other: Option<Tag>,
) -> Result<Object<'a>, Fault> {
    let mut objects = Objects::new(data);
    let object = objects.next().ok_or(Fault::Missing(command, first))?;
    let object = object.map_err(|malformed| Fault::Malformed(command, malformed))?;
    if object.tag != first && Some(object.tag) != other {
        return Err(Fault::Expected { command, tag: first, offset: object.offset });
    }
    match objects.next() {
        None => Ok(object),
        Some(Ok(more)) => Err(Fault::Trailing(command, more.offset)),
        Some(Err(malformed)) => Err(Fault::Malformed(command, malformed)),
    }
}

/// The objects in a constructed one.
pub(crate) fn within(object: Object<'_>) -> Objects<'_> {
    object.children().unwrap_or(Objects::new(&[]))
}

/// An object that must be on this level.
pub(crate) fn need<'a>(
    command: Instruction,
    level: Objects<'a>,
    tag: Tag,
) -> Result<Object<'a>, Fault> {
    let found = level.find(tag).map_err(|malformed| Fault::Malformed(command, malformed))?;
    found.ok_or(Fault::Missing(command, tag))
}

/// File Control Information: what SELECT answers (EMV Book 1, 11.3.4).
#[derive(Clone, Debug)]
pub(crate) struct Fci<'a> {
    /// The name of what was selected, 5 to 16 bytes.
    pub(crate) name: Object<'a>,
    /// What it says of itself. All of it is well-formed.
    pub(crate) proprietary: Objects<'a>,
}

impl<'a> Fci<'a> {
    pub(crate) fn parse(data: &'a [u8]) -> Result<Self, Fault> {
        let command = Instruction::Select;
        let fci = within(only(command, data, Tag::FCI, None)?);
        let name = need(command, fci.clone(), Tag::DF_NAME)?;
        if !(5..=16).contains(&name.value.len()) {
            return Err(value(command, name));
        }
        let proprietary = within(need(command, fci, Tag::FCI_PROPRIETARY)?);
        for object in proprietary.clone() {
            object.map_err(|malformed| Fault::Malformed(command, malformed))?;
        }
        Ok(Self { name, proprietary })
    }
}

/// This object has a value that it cannot have.
pub(crate) fn value(command: Instruction, object: Object<'_>) -> Fault {
    Fault::Value { command, tag: object.tag, offset: object.value_offset() }
}
