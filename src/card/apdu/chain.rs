use super::Command;

/// The parts of a chain of commands: see [`Command::chain`].
#[derive(Clone, Debug)]
#[must_use]
pub struct Chain<'a> {
    command: Command<'a>,
    rest: Option<&'a [u8]>,
    part: u8,
}

impl<'a> Chain<'a> {
    pub(super) const fn new(command: Command<'a>, part: u8) -> Self {
        let part = if part == 0 { 1 } else { part };
        Self { command, rest: Some(command.reveal()), part }
    }
}

impl<'a> Iterator for Chain<'a> {
    type Item = Command<'a>;

    fn next(&mut self) -> Option<Command<'a>> {
        let rest = self.rest?;
        let (data, rest) = rest.split_at_checked(self.part.into()).unwrap_or((rest, &[]));
        self.rest = (!rest.is_empty()).then_some(rest);
        Some(self.command.part(data, rest.is_empty()))
    }
}
