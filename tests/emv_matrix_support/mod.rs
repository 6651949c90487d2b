pub mod book;
pub mod case;
