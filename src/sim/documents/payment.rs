use std::format;
use std::string::String;
use std::vec::Vec;

use crate::scan::code::Kind;
use crate::sim::Draw;

/// The numbers that wallets show: so many digits, with these two first.
const WALLETS: [(Kind, [usize; 2], &[&str]); 7] = [
    (Kind::Wechat, [18, 18], &["10", "11", "12", "13", "14", "15"]),
    (Kind::Alipay, [16, 24], &["25", "26", "27", "28", "29", "30"]),
    (Kind::UnionPayQr, [19, 19], &["62"]),
    (Kind::ECny, [19, 19], &["01"]),
    (Kind::JdPay, [18, 18], &["18"]),
    (Kind::BestPay, [18, 18], &["51"]),
    (Kind::QqWallet, [18, 18], &["91"]),
];
const DIGITS: &str = "0123456789";

/// What is wrong with a nearly valid number of a wallet.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum CodeWrong {
    /// The first two digits.
    Begin,
    /// It has so many digits.
    Length(usize),
    /// The character at this index.
    Character(usize),
}

/// The number that a wallet shows; empty for a kind that is none.
pub fn payment_code(draw: &mut Draw, kind: Kind) -> String {
    let Some((_, [least, most], begins)) = WALLETS.iter().find(|(of, ..)| *of == kind) else {
        return String::new();
    };
    let begin = draw.one_of(begins).copied().unwrap_or_default();
    let len = least + draw.below(most - least + 1);
    format!("{begin}{}", draw.text(DIGITS, len - 2))
}

/// A number that has one fault, and the fault.
pub fn wrong_payment_code(draw: &mut Draw, kind: Kind) -> (String, CodeWrong) {
    let mut text = payment_code(draw, kind);
    let wrong = match draw.below(3) {
        0 => {
            // Of no wallet and no province.
            text.replace_range(
                ..2,
                draw.one_of(&["00", "07", "72", "79"]).copied().unwrap_or("00"),
            );
            CodeWrong::Begin
        }
        1 => {
            text.truncate(5 + draw.below(6));
            CodeWrong::Length(text.len())
        }
        _ => {
            let at = draw.below(text.len());
            text.replace_range(at..=at, &draw.text("X -o", 1));
            CodeWrong::Character(at)
        }
    };
    (text, wrong)
}

/// A merchant-presented code, and what it is made of.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct MadeMpm {
    /// The code.
    pub payload: String,
    /// Its objects in order, without the CRC.
    pub objects: Vec<(u8, String)>,
    /// The amount in fen.
    pub fen: Option<u64>,
    /// Whether lengths count bytes.
    pub in_bytes: bool,
}

/// What is wrong with a nearly valid merchant-presented code.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum MpmWrong {
    /// Its CRC.
    Crc,
    /// This object is not there; 2 for the account.
    Missing(u8),
    /// This object is there twice.
    Repeated(u8),
    /// The last object is cut: its length is too long.
    Cut,
    /// The first object is not the payload format.
    NotFirst,
    /// This object has not its form.
    Form(u8),
}

const NAMES: [&str; 4] = ["TEST SHOP", "测试商户", "测试 TEST 店", "津津測試"];

/// A code as a payee shows it: of made-up acquirers and merchants.
pub fn mpm(draw: &mut Draw) -> MadeMpm {
    let (objects, fen) = mpm_objects(draw);
    let in_bytes = draw.below(4) == 0;
    let payload = mpm_payload(&objects, in_bytes);
    MadeMpm { payload, objects, fen, in_bytes }
}

/// A code that has one fault, and the fault.
pub fn wrong_mpm(draw: &mut Draw) -> (String, MpmWrong) {
    let (mut objects, _) = mpm_objects(draw);
    match draw.below(6) {
        0 => {
            let mut payload = mpm_payload(&objects, false);
            let last = if payload.ends_with('0') { "1" } else { "0" };
            payload.replace_range(payload.len() - 1.., last);
            (payload, MpmWrong::Crc)
        }
        1 => {
            let id = draw.one_of(&[15, 52, 53, 58, 59, 60]).copied().unwrap_or_default();
            objects.retain(|(other, _)| *other != id);
            (mpm_payload(&objects, false), MpmWrong::Missing(if id == 15 { 2 } else { id }))
        }
        2 => {
            let again = objects.get(1 + draw.below(objects.len() - 1)).cloned();
            let id = again.as_ref().map_or(0, |(id, _)| *id);
            objects.extend(again);
            (mpm_payload(&objects, false), MpmWrong::Repeated(id))
        }
        3 => {
            let mut payload = mpm_payload(&objects, false);
            payload.pop();
            (payload, MpmWrong::Cut)
        }
        4 => {
            objects.swap(0, 1);
            (mpm_payload(&objects, false), MpmWrong::NotFirst)
        }
        _ => {
            let (id, value) =
                draw.one_of(&[(53, "15"), (58, "cn"), (52, "93A9")]).copied().unwrap_or_default();
            let objects_of_id = objects.iter_mut().filter(|(other, _)| *other == id);
            objects_of_id.for_each(|object| object.1 = value.into());
            (mpm_payload(&objects, false), MpmWrong::Form(id))
        }
    }
}

fn mpm_objects(draw: &mut Draw) -> (Vec<(u8, String)>, Option<u64>) {
    let fen = (draw.below(3) > 0).then(|| draw.number() % 10_000_000);
    let name = draw.one_of(&NAMES).copied().unwrap_or_default();
    let merchant = draw.text("ABCDEFGHIJ0123456789", 15);
    let mut objects: Vec<(u8, String)> = [
        (15, format!("0000000000000000{merchant}")),
        (52, draw.text(DIGITS, 4)),
        (53, "156".into()),
        (58, "CN".into()),
        (59, name.into()),
        (60, "TIANJIN".into()),
    ]
    .into();
    objects.extend(fen.map(|fen| (54, format!("{}.{:02}", fen / 100, fen % 100))));
    if draw.below(2) == 0 {
        objects.push((62, format!("0116{}0703***", draw.text(DIGITS, 16))));
    }
    // In any order.
    for at in (1..objects.len()).rev() {
        objects.swap(at, draw.below(at + 1));
    }
    objects.insert(0, (0, "01".into()));
    objects.insert(1, (1, if fen.is_some() { "12" } else { "11" }.into()));
    (objects, fen)
}

fn mpm_payload(objects: &[(u8, String)], in_bytes: bool) -> String {
    let mut payload = String::new();
    for (id, value) in objects {
        let len = if in_bytes { value.len() } else { value.chars().count() };
        payload += &format!("{id:02}{len:02}{value}");
    }
    payload += "6304";
    let crc = crc(payload.as_bytes());
    payload + &format!("{crc:04X}")
}

/// CRC-16/CCITT-FALSE, bit by bit.
fn crc(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0xFFFF, |crc, byte| {
        (0..8).fold(crc ^ u16::from(*byte) << 8, |crc, _| {
            if crc & 0x8000 == 0 { crc << 1 } else { crc << 1 ^ 0x1021 }
        })
    })
}

/// A consumer-presented code, and what it is made of.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct MadeCpm {
    /// The code.
    pub text: String,
    /// Identifier and label of each application.
    pub applications: Vec<(Vec<u8>, String)>,
    /// The card number, packed.
    pub pan: Vec<u8>,
    /// The cryptogram.
    pub cryptogram: Vec<u8>,
}

/// What is wrong with a nearly valid consumer-presented code.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum CpmWrong {
    /// The character at this index is none of Base64.
    Character(usize),
    /// The last characters are not there.
    Cut,
    /// It does not begin with `CPV`.
    Format,
    /// The last object claims more bytes than there are.
    Overrun,
}

/// A code as a payer shows it; the card number begins with 9, which no scheme
/// has.
pub fn cpm(draw: &mut Draw) -> MadeCpm {
    let applications: Vec<(Vec<u8>, String)> = (0..=draw.below(2))
        .map(|_| {
            let mut aid = [0xF0, 0x00, 0x00].to_vec();
            let more = 2 + draw.below(8);
            aid.extend(random(draw, more));
            (aid, draw.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ ", 12))
        })
        .collect();
    let mut pan = random_digits(draw, 8);
    pan.iter_mut().take(1).for_each(|first| *first = 0x99);
    let cryptogram = random(draw, 8);
    let data = cpm_data(&applications, &pan, &cryptogram, b"CPV01");
    MadeCpm { text: base64(&data), applications, pan, cryptogram }
}

/// A code that has one fault, and the fault.
pub fn wrong_cpm(draw: &mut Draw) -> (String, CpmWrong) {
    let MadeCpm { mut text, applications, pan, cryptogram } = cpm(draw);
    match draw.below(4) {
        0 => {
            let at = draw.below(text.trim_end_matches('=').len());
            text.replace_range(at..=at, &draw.text("-_ *", 1));
            (text, CpmWrong::Character(at))
        }
        1 => {
            // Of four characters, one to three.
            text.truncate(text.len() - 1 - draw.below(3));
            (text, CpmWrong::Cut)
        }
        2 => {
            let data = cpm_data(&applications, &pan, &cryptogram, b"CPW01");
            (base64(&data), CpmWrong::Format)
        }
        _ => {
            let mut data = cpm_data(&applications, &pan, &cryptogram, b"CPV01");
            data.pop();
            (base64(&data), CpmWrong::Overrun)
        }
    }
}

fn cpm_data(
    applications: &[(Vec<u8>, String)],
    pan: &[u8],
    cryptogram: &[u8],
    format: &[u8],
) -> Vec<u8> {
    let mut data = object(&[0x85], format);
    for (aid, label) in applications {
        data.extend(object(
            &[0x61],
            &[object(&[0x4F], aid), object(&[0x50], label.as_bytes())].concat(),
        ));
    }
    let chip = [object(&[0x9F, 0x26], cryptogram), object(&[0x9F, 0x36], &[0x00, 0x2A])].concat();
    data.extend(object(&[0x62], &[object(&[0x5A], pan), object(&[0x64], &chip)].concat()));
    data
}

/// Contents here have fewer than 128 bytes.
fn object(tag: &[u8], value: &[u8]) -> Vec<u8> {
    let len = u8::try_from(value.len()).unwrap_or(u8::MAX);
    [tag, &[len], value].concat()
}

fn random(draw: &mut Draw, len: usize) -> Vec<u8> {
    (0..len).map(|_| draw.number().to_le_bytes()[0]).collect()
}

/// Bytes of two digits each.
fn random_digits(draw: &mut Draw, len: usize) -> Vec<u8> {
    let mut byte = || u8::try_from(draw.below(10) << 4 | draw.below(10)).unwrap_or_default();
    (0..len).map(|_| byte()).collect()
}

/// RFC 4648, section 4.
fn base64(bytes: &[u8]) -> String {
    let alphabet: Vec<char> =
        ('A'..='Z').chain('a'..='z').chain('0'..='9').chain(['+', '/']).collect();
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let bits = group.iter().fold(0, |bits, byte| bits << 8 | usize::from(*byte))
            << (24 - 8 * group.len());
        let characters = (0..4).map(|at| match at <= group.len() {
            true => alphabet.get(bits >> (18 - 6 * at) & 0x3F).copied().unwrap_or_default(),
            false => '=',
        });
        text.extend(characters);
    }
    text
}
