//! The fee for paying late (加处罚款).

use super::Fen;

/// Days in which a fine is paid without a fee, counted from the day after the
/// decision was delivered (道路交通安全法 article 108).
pub const FREE_DAYS: u32 = 15;
/// Per cent of the fine for each day after that (article 109).
pub const PERCENT_A_DAY: u64 = 3;

/// The fee for paying a fine `days` days after its decision was delivered:
/// 3 % of the fine for each day from day 16, never more than the fine itself
/// (行政处罚法 article 72). In whole fen, rounded down.
///
/// ```
/// use embedded_pos::terminal::{Fen, fee};
///
/// assert_eq!(fee::late_fee(Fen::yuan(200), 15), Fen::ZERO);
/// assert_eq!(fee::late_fee(Fen::yuan(200), 16), Fen::yuan(6));
/// assert_eq!(fee::late_fee(Fen::yuan(200), 400), Fen::yuan(200));
/// ```
#[must_use]
pub const fn late_fee(fine: Fen, days: u32) -> Fen {
    let late = days.saturating_sub(FREE_DAYS) as u128;
    // Widening: no product of u64, u32 and 3 overflows u128.
    let fee = fine.0 as u128 * PERCENT_A_DAY as u128 * late / 100;
    if fee > fine.0 as u128 {
        return fine;
    }
    #[allow(clippy::cast_possible_truncation)] // not above the fine, which is a u64
    Fen(fee as u64)
}
