//! Hanzi, into the two bytes each that a printer is sent.

use std::hint::black_box;

use embedded_pos::printer::text::{Charset, Token, Tokens};

use crate::digest;

/// An offence and streets, and what names are made of: a third is of the second
/// level of GB 2312.
pub const TEXT: &str = "机动车违反禁止标线指示罚款二百元整当事人王骞昱祺琪晗茜菁莘蕾\
    南京路解放大街滨江道和平区河西区东丽区嵩崤岷嶂巍峥嵘炜煜熠怡悦恺惟愫憬瀚湛淼溥渤潞";

/// `embedded_pos::printer::text`, by the table of GBK.
pub fn ours() -> u64 {
    encoded(Charset::GBK)
}

/// By the table of GB 2312, which is half as large.
pub fn ours_gb2312() -> u64 {
    encoded(Charset::GB2312)
}

/// The crate `encoding_rs`, as it is without features.
pub fn encoding_rs() -> u64 {
    let mut encoder = encoding_rs::GBK.new_encoder();
    let mut out = [0; 512];
    let (.., n) = encoder.encode_from_utf8_without_replacement(black_box(TEXT), &mut out, true);
    out[..n].iter().fold(0, |sum, byte| digest(sum, u64::from(*byte)))
}

fn encoded(charset: Charset) -> u64 {
    let tokens = Tokens::new(black_box(TEXT), charset).flatten();
    tokens.fold(0, |sum, token| match token {
        Token::Hanzi(hanzi) => {
            hanzi.bytes().iter().fold(sum, |sum, byte| digest(sum, (*byte).into()))
        }
        _ => sum,
    })
}
