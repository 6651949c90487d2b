use std::format;
use std::string::String;
use std::vec::Vec;

/// Widths of bars and spaces, by character value: ISO/IEC 15417, table 1; the
/// last is the stop.
const CODE128: [&str; 107] = [
    "212222", "222122", "222221", "121223", "121322", "131222", "122213", "122312", "132212",
    "221213", "221312", "231212", "112232", "122132", "122231", "113222", "123122", "123221",
    "223211", "221132", "221231", "213212", "223112", "312131", "311222", "321122", "321221",
    "312212", "322112", "322211", "212123", "212321", "232121", "111323", "131123", "131321",
    "112313", "132113", "132311", "211313", "231113", "231311", "112133", "112331", "132131",
    "113123", "113321", "133121", "313121", "211331", "231131", "213113", "213311", "213131",
    "311123", "311321", "331121", "312113", "312311", "332111", "314111", "221411", "431111",
    "111224", "111422", "121124", "121421", "141122", "141221", "112214", "112412", "122114",
    "122411", "142112", "142211", "241211", "221114", "413111", "241112", "134111", "111242",
    "121142", "121241", "114212", "124112", "124211", "411212", "421112", "421211", "212141",
    "214121", "412121", "111143", "111341", "131141", "114113", "114311", "411113", "411311",
    "113141", "114131", "311141", "411131", "211412", "211214", "211232", "2331112",
];

/// The text and the character values, start and check among them, of the
/// data of `GS k 73`.
pub(super) fn values(data: &[u8]) -> Result<(String, Vec<usize>), String> {
    let mut text = String::new();
    let mut values: Vec<usize> = Vec::new();
    let mut set = None;
    let mut rest = data;
    loop {
        rest = match (rest, set) {
            ([], _) => break,
            ([b'{', new @ b'A'..=b'C', others @ ..], _) => {
                values.push(match (values.is_empty(), new) {
                    (true, new) => 103 + usize::from(new - b'A'),
                    (false, b'A') => 101,
                    (false, b'B') => 100,
                    (false, _) => 99,
                });
                set = Some(*new);
                others
            }
            ([b'{', b'1', others @ ..], Some(_)) => {
                values.push(FNC1);
                others
            }
            ([b'{', b'{', others @ ..], Some(b'B')) => {
                values.push(usize::from(b'{' - 32));
                text.push('{');
                others
            }
            ([byte @ 0..=0x5F, others @ ..], Some(b'A')) => {
                values.push(usize::from(if *byte < 32 { byte + 64 } else { byte - 32 }));
                text.push(char::from(*byte));
                others
            }
            ([byte @ 0x20..=0x7F, others @ ..], Some(b'B')) if *byte != b'{' => {
                values.push(usize::from(byte - 32));
                text.push(char::from(*byte));
                others
            }
            ([pair @ 0..=99, others @ ..], Some(b'C')) => {
                values.push(usize::from(*pair));
                text.push_str(&format!("{pair:02}"));
                others
            }
            ([byte, ..], _) => return Err(format!("CODE128: {byte:02X}h is not in the code set")),
        };
    }
    Ok((text, checked(values)))
}

/// With the check character.
fn checked(mut values: Vec<usize>) -> Vec<usize> {
    let weighted = values.iter().enumerate().map(|(index, value)| index.max(1) * value);
    let check = weighted.sum::<usize>() % 103;
    values.push(check);
    values
}

/// FNC1, in all code sets.
pub(super) const FNC1: usize = 102;

/// The widths of all bars and spaces.
pub(super) fn widths(values: &[usize]) -> impl Iterator<Item = u8> {
    let widths = values.iter().filter_map(|value| CODE128.get(*value)).flat_map(|w| w.bytes());
    widths.chain(CODE128.last().into_iter().flat_map(|stop| stop.bytes())).map(|w| w - b'0')
}

/// The values from a place on, by the set that they begin in.
type Ways = [Option<Vec<usize>>; 3];

fn begun(ways: &Ways, set: usize, value: usize) -> Option<Vec<usize>> {
    let rest = ways.get(set)?.as_ref()?;
    Some([&[value], rest.as_slice()].concat())
}

/// The fewest character values for ASCII, and FNC1 as 80h: the way through
/// the code sets A, B and C that costs the least.
pub(super) fn shortest(data: &[u8]) -> Vec<usize> {
    // What changes to a set.
    const CHANGE: [usize; 3] = [101, 100, 99];
    let (mut after, mut here): (Ways, Ways) =
        ([const { None }; 3], [const { Some(Vec::new()) }; 3]);
    for at in (0..data.len()).rev() {
        let rest = data.get(at..).unwrap_or(&[]);
        let direct = [0, 1, 2].map(|set| {
            let (value, taken) = step(rest, set)?;
            begun(if taken == 1 { &here } else { &after }, set, value)
        });
        let best = [0, 1, 2].map(|set| {
            let changed = (0..3).zip(CHANGE).filter(|(to, _)| *to != set);
            let changed = changed.filter_map(|(to, change)| begun(&direct, to, change));
            let stayed = direct.get(set).cloned().flatten();
            stayed.into_iter().chain(changed).min_by_key(Vec::len)
        });
        (after, here) = (here, best);
    }
    let whole = (0..3).filter_map(|set| begun(&here, set, 103 + set));
    checked(whole.min_by_key(Vec::len).unwrap_or_default())
}

/// The next value in a set, and how many characters it takes.
fn step(rest: &[u8], set: usize) -> Option<(usize, usize)> {
    match (set, rest) {
        (_, [0x80, ..]) => Some((FNC1, 1)),
        (0, [byte @ 0..=0x1F, ..]) => Some((usize::from(*byte) + 64, 1)),
        (0, [byte @ 0x20..=0x5F, ..]) | (1, [byte @ 0x20..=0x7F, ..]) => {
            Some((usize::from(*byte) - 32, 1))
        }
        (2, [tens @ b'0'..=b'9', units @ b'0'..=b'9', ..]) => {
            Some((usize::from(tens - b'0') * 10 + usize::from(units - b'0'), 2))
        }
        _ => None,
    }
}
