//! The violation terminal.
