//! What can be said in the `Config` of several engines, in the same words.

/// How codes are told apart, and what comes before them.
macro_rules! framing {
    ($framing:literal, $identifier:literal) => {
        #[doc = $framing]
        #[must_use]
        pub const fn framing(mut self, framing: Framing) -> Self {
            self.framing = framing;
            self
        }

        #[doc = $identifier]
        #[must_use]
        pub const fn identifier(mut self, identifier: Identifier) -> Self {
            self.identifier = identifier;
            self
        }
    };
}

/// In which encoding text comes, where the driver cannot set it.
macro_rules! encoding {
    () => {
        /// The encoding that the engine is set to: said with each code, and
        /// nothing is converted.
        #[must_use]
        pub const fn encoding(mut self, encoding: Encoding) -> Self {
            self.encoding = encoding;
            self
        }
    };
}

/// For how long a code is not told again.
macro_rules! repeat {
    () => {
        /// A code that is seen again less than `length` after it was last seen is
        /// not told again; zero tells all.
        #[must_use]
        pub const fn repeat(mut self, length: Duration) -> Self {
            self.repeat = length;
            self
        }
    };
}

pub(super) use {encoding, framing, repeat};
