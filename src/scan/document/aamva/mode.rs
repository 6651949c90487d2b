use super::version::bit;

/// What stands between elements.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) enum Mode {
    /// Control characters.
    Lines,
    /// `|`, as well.
    Pipes,
    /// Spaces, which values have too.
    Spaces,
    /// Nothing.
    Bare,
}

/// A control character: none is in a value.
pub(super) const fn is_control(byte: u8) -> bool {
    byte < b' '
}

impl Mode {
    /// What most elements have before them.
    pub(super) fn of(bytes: &[u8], body: usize) -> Self {
        let (mut lines, mut pipes, mut spaces, mut bare) = (0_usize, 0_usize, 0_usize, 0_usize);
        // The first element stands behind the type.
        let body = bytes.get(body + 2..).unwrap_or_default();
        for four in body.windows(4) {
            let [before, id @ ..] = four else { continue };
            if bit(id).is_some() {
                match before {
                    b'|' => pipes += 1,
                    b' ' => spaces += 1,
                    control if is_control(*control) => lines += 1,
                    _ => bare += 1,
                }
            }
        }
        match lines.max(pipes).max(spaces).max(bare) {
            // A valid payload has more; one without its LF can have no more.
            most if lines > 1 || most == lines => Self::Lines,
            most if most == pipes => Self::Pipes,
            most if most == spaces => Self::Spaces,
            _ => Self::Bare,
        }
    }
}
