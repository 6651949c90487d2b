use bitflags::bitflags;

bitflags! {
    /// What is odd about a plate that was read all the same.
    ///
    /// Sources disagree on these points, or their tables change; a person
    /// should look twice, a machine should not refuse.
    #[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
    pub struct Advice: u8 {
        /// Three or more letters in the serial; GA 36 allows two.
        const MANY_LETTERS = 1 << 0;
        /// A large new-energy plate that ends neither in D nor in F: other
        /// letters are announced, few are issued.
        const ENERGY_LETTER = 1 << 1;
        /// The province was not known to use this issuing letter when this
        /// was written.
        const UNKNOWN_ISSUER = 1 << 2;
        /// A colour stood in front, and plates of this class have another.
        const COLOUR = 1 << 3;
        /// A form of the trial of 2002, in 京, 津, 浙A and 粤B.
        const STYLE_2002 = 1 << 4;
    }
}

impl Advice {
    /// Each point as a sentence, in the order of the flags.
    pub fn sentences(self) -> impl Iterator<Item = &'static str> {
        const SENTENCES: [(Advice, &str); 5] = [
            (Advice::MANY_LETTERS, "three or more letters in the serial"),
            (Advice::ENERGY_LETTER, "a large new-energy plate that ends neither in D nor in F"),
            (Advice::UNKNOWN_ISSUER, "issuing letter not known for this province"),
            (Advice::COLOUR, "the colour in front is not one of this class"),
            (Advice::STYLE_2002, "a form of the 2002 trial"),
        ];
        SENTENCES.into_iter().filter(move |(flag, _)| self.contains(*flag)).map(|(_, text)| text)
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Advice {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "Advice({=u8:#b})", self.bits());
    }
}
