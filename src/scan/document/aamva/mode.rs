use super::version::bit;

/// What stands between elements. LF and CR always do.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) enum Mode {
    /// Nothing else.
    Lines,
    /// Other control characters.
    Controls,
    /// `|`.
    Pipes,
    /// Spaces, which values have too.
    Spaces,
    /// Nothing at all.
    Bare,
}

impl Mode {
    /// What most elements have before them.
    pub(super) fn of(bytes: &[u8], body: usize) -> Self {
        let mut counts = [0_usize; 5];
        // The first element stands behind the type.
        let body = bytes.get(body + 2..).unwrap_or_default();
        for four in body.windows(4) {
            let [before, id @ ..] = four else { continue };
            if bit(id).is_some() {
                let count = match before {
                    b'\n' | b'\r' => 0,
                    0..b' ' => 1,
                    b'|' => 2,
                    b' ' => 3,
                    _ => 4,
                };
                counts.iter_mut().skip(count).take(1).for_each(|count| *count += 1);
            }
        }
        let [lines, controls, pipes, spaces, bare] = counts;
        match lines.max(controls).max(pipes).max(spaces).max(bare) {
            // A valid payload has more; one without its LF can have no more.
            most if lines > 1 || most == lines => Self::Lines,
            most if most == controls => Self::Controls,
            most if most == pipes => Self::Pipes,
            most if most == spaces => Self::Spaces,
            _ => Self::Bare,
        }
    }

    /// Whether this byte is a separator wherever it stands.
    pub(super) fn separates(self, byte: u8) -> bool {
        match byte {
            b'\n' | b'\r' => true,
            0..b' ' => self == Self::Controls,
            b'|' => self == Self::Pipes,
            _ => false,
        }
    }
}
