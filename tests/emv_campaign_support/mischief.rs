//! What goes wrong with a command or its answer.

use embedded_pos::sim::Draw;

#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Mischief {
    /// The card is taken out before the command.
    Removed,
    /// The card acts, and its answer is lost.
    Lost,
    /// The answer ends after so many bytes.
    Cut(usize),
    /// The data lack their last byte.
    Short,
    /// This byte stands behind the data.
    Long(u8),
    /// This status word alone.
    Status(u16),
    /// This status word in place of the card's, behind its data.
    Under(u16),
    /// The first length is another: these bytes.
    Length(&'static [u8]),
    /// The byte at this place has these bits inverted.
    Flipped(usize, u8),
    /// Bytes drawn from this seed.
    Random(u64),
    /// The same, in a template of this tag and with a good status word.
    Likely(u8, u64),
    /// The answer to the command before.
    Stale,
}

impl Mischief {
    /// What the terminal gets.
    pub fn alter(&self, genuine: &[u8], stale: &[u8]) -> Option<Vec<u8>> {
        let (data, status) = genuine.split_at(genuine.len().saturating_sub(2));
        Some(match *self {
            Self::Removed | Self::Lost => return None,
            Self::Cut(end) => genuine[..end.min(genuine.len())].to_vec(),
            Self::Short => [&data[..data.len().saturating_sub(1)], status].concat(),
            Self::Long(byte) => [data, &[byte], status].concat(),
            Self::Status(word) => word.to_be_bytes().to_vec(),
            Self::Under(word) => [data, &word.to_be_bytes()].concat(),
            Self::Length(bytes) => match data {
                [tag, _, rest @ ..] => [&[*tag], bytes, rest, status].concat(),
                _ => genuine.to_vec(),
            },
            Self::Flipped(at, mask) => {
                let mut answer = genuine.to_vec();
                answer.get_mut(at).into_iter().for_each(|byte| *byte ^= mask);
                answer
            }
            Self::Random(seed) => random(seed, 258),
            Self::Likely(tag, seed) => {
                let content = random(seed, 120);
                [&[tag, content.len() as u8], &content[..], &[0x90, 0x00]].concat()
            }
            Self::Stale => stale.to_vec(),
        })
    }

    /// All of it that there is for one answer; of its bytes, so many are
    /// inverted in part.
    pub fn all(genuine: &[u8], flips: usize, draw: &mut Draw) -> Vec<Self> {
        let mut all = vec![
            Self::Removed,
            Self::Lost,
            Self::Cut(0),
            Self::Cut(1),
            Self::Cut(genuine.len() / 2),
            Self::Cut(genuine.len().saturating_sub(1)),
            Self::Short,
            Self::Long(0x00),
            Self::Long(0xFF),
            Self::Under(0x6283),
            Self::Under(0x6300),
            Self::Stale,
        ];
        let statuses = [
            0x9000, 0x6283, 0x6300, 0x63C0, 0x63C2, 0x6985, 0x6983, 0x6A81, 0x6A83, 0x6A88, 0x6D00,
            0x6F00, 0x6100, 0x611A, 0x6C00, 0x6C1A,
        ];
        all.extend(statuses.map(Self::Status));
        let lengths: [&[u8]; 6] =
            [&[0x00], &[0x01], &[0x7F], &[0x80], &[0x84, 0xFF, 0xFF, 0xFF, 0xFF], &[0x82, 0x00]];
        all.extend(lengths.map(Self::Length));
        all.extend((0..2).map(|_| Self::Random(draw.number())));
        all.extend([0x70, 0x77, 0x80, 0x6F].map(|tag| Self::Likely(tag, draw.number())));
        // Each byte in turn if they are few, and else as many as are asked for.
        let step = genuine.len().div_ceil(flips).max(1);
        let first = draw.below(step);
        let places = (first..genuine.len()).step_by(step);
        all.extend(places.map(|at| Self::Flipped(at, 1 << draw.below(8))));
        all
    }

    /// One of all that.
    pub fn one(draw: &mut Draw) -> Self {
        match draw.below(10) {
            0 => Self::Lost,
            1 => Self::Cut(draw.below(80)),
            2 => Self::Short,
            3 => Self::Long(draw.number() as u8),
            4 => Self::Status(*draw.one_of(&[0x9000, 0x6283, 0x63C1, 0x6985, 0x6A88]).unwrap()),
            5 => Self::Likely(*draw.one_of(&[0x70, 0x77, 0x80]).unwrap(), draw.number()),
            6 => Self::Stale,
            _ => Self::Flipped(draw.below(90), 1 << draw.below(8)),
        }
    }
}

fn random(seed: u64, most: usize) -> Vec<u8> {
    let mut draw = Draw::new(seed);
    let length = draw.below(most + 1);
    (0..length).map(|_| draw.number() as u8).collect()
}
