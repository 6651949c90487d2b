//! Bar codes and 2D codes: the rules, the bytes, and what stands on paper,
//! read back by a decoder of its own.
