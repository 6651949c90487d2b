//! Text: the bytes that a Chinese printer is sent, and what it cannot print.

use embedded_pos::printer::text::{Charset, Token, Tokens};
use serde_json::{Value, json};

use super::{Args, Bad, hex};

/// Encodes a line in GBK, or with `--expect` in gb2312 or gb18030. Control
/// characters are never sent.
pub fn line(line: &str, args: &Args) -> Result<Value, Bad> {
    let charset = match args.expect.as_deref() {
        None | Some("gbk") => Charset::GBK,
        Some("gb2312") => Charset::GB2312,
        Some("gb18030") => Charset::GB18030_FOUR,
        Some(other) => {
            return Err(Bad { error: format!("`{other}`: gb2312, gbk or gb18030"), offset: 0 });
        }
    };
    let (mut bytes, mut unmapped) = (Vec::new(), Vec::new());
    for (at, character) in line.char_indices() {
        let text = &line[at..at + character.len_utf8()];
        match Tokens::new(text, charset).next() {
            Some(Ok(Token::Plain(plain))) => bytes.extend(plain.bytes()),
            Some(Ok(Token::Hanzi(hanzi))) => bytes.extend(hanzi.bytes()),
            Some(Err(_)) => unmapped.push(text),
            _ => {}
        }
    }
    Ok(json!({ "bytes": hex(&bytes), "unmapped": unmapped }))
}
