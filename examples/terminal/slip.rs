//! The bank's slip of a card payment: what the chip adds to it.

use core::fmt::Write as _;

use embedded_pos::emv::{Tag, Transaction};
use embedded_pos::printer::{Align, Style};
use embedded_pos::terminal::{Case, Field, Fields, Line, Template};

/// What a chip said of the payment it made, in the digits of the slip.
#[derive(Clone, Debug)]
pub struct Chip {
    aid: heapless::String<32>,
    label: heapless::String<16>,
    certificate: heapless::String<16>,
    counter: heapless::String<4>,
    results: heapless::String<10>,
    status: heapless::String<4>,
    verification: heapless::String<6>,
    needs_signature: bool,
}

impl Chip {
    /// That of a payment that is over.
    pub fn of(transaction: &Transaction<'_>) -> Self {
        let label = transaction.data(Tag::LABEL).and_then(|label| core::str::from_utf8(label).ok());
        Self {
            aid: digits(transaction, Tag::DF_NAME),
            label: label.and_then(|label| label.try_into().ok()).unwrap_or_default(),
            certificate: digits(transaction, Tag::AC),
            counter: digits(transaction, Tag::ATC),
            results: digits(transaction, Tag::TVR),
            status: digits(transaction, Tag::TSI),
            verification: digits(transaction, Tag::CVM_RESULTS),
            needs_signature: transaction.needs_signature(),
        }
    }
}

/// An element in hexadecimal; nothing where it is not there.
fn digits<const N: usize>(transaction: &Transaction<'_>, tag: Tag) -> heapless::String<N> {
    let mut text = heapless::String::new();
    for byte in transaction.data(tag).unwrap_or_default() {
        // What a payment is made of has the length that there is room for.
        let _ = write!(text, "{byte:02X}");
    }
    text
}

/// The fields of a case, and of the chip with which it was paid: `aid label tc
/// atc tvr tsi cvm`, and `signature` where the cardholder is to sign. Of a
/// payment of before a restart no record has them; the slip is then to be
/// signed.
pub struct WithChip<'a> {
    pub case: &'a Case<'a>,
    pub chip: Option<&'a Chip>,
}

impl Fields for WithChip<'_> {
    fn field(&self, name: &str) -> Option<Field<'_>> {
        // One that paid nothing is not on it.
        let by_card = !matches!(self.case.field("pan"), None | Some(Field::Empty));
        let chip = self.chip.filter(|_| by_card);
        let of = |text: fn(&Chip) -> &str| chip.map(text).unwrap_or_default().into();
        Some(match name {
            "aid" => of(|chip| &chip.aid),
            "label" => of(|chip| &chip.label),
            "tc" => of(|chip| &chip.certificate),
            "atc" => of(|chip| &chip.counter),
            "tvr" => of(|chip| &chip.results),
            "tsi" => of(|chip| &chip.status),
            "cvm" => of(|chip| &chip.verification),
            "signature" if by_card && chip.is_none_or(|chip| chip.needs_signature) => {
                Field::Flag(true)
            }
            "no_signature" if chip.is_some_and(|chip| !chip.needs_signature) => Field::Flag(true),
            "signature" | "no_signature" => Field::Empty,
            _ => return self.case.field(name),
        })
    }
}

const BOLD: Line<'static> = Line::Style(Style::BOLD);
const NORMAL: Line<'static> = Line::Style(Style::NORMAL);

/// 签购单: as the standard one, with what the acquirer wants of a chip, and a
/// line to sign on only where a signature was asked for (EMV Book 4, 6.3.4.4).
pub const SLIP: Template<'static> = Template(&[
    Line::Align(Align::Center),
    Line::Style(Style { width: 1, ..Style::TITLE }),
    Line::Text("签购单"),
    NORMAL,
    Line::When("reprint", &Line::Text("重打印 第{copy}份")),
    Line::Align(Align::Left),
    Line::Text("商户名称：{authority}"),
    Line::Columns("终端编号：{terminal}", "操作员：{officer}"),
    Line::Rule,
    Line::Columns("支付方式：", "{method}"),
    Line::When("pan", &Line::Columns("卡号：", "{pan}")),
    Line::When("label", &Line::Columns("应用标签：", "{label}")),
    Line::When("aid", &Line::Columns("AID:", "{aid}")),
    Line::Columns("批次号：{batch}", "凭证号：{trace}"),
    Line::When("authorisation", &Line::Columns("授权码：", "{authorisation}")),
    Line::Columns("参考号：", "{reference}"),
    Line::Text("订单号：{order}"),
    Line::Columns("日期时间：", "{paid_at}"),
    BOLD,
    Line::Columns("金额：", "RMB {amount}"),
    NORMAL,
    Line::Rule,
    Line::When("tc", &Line::Columns("TC:", "{tc}")),
    Line::When("atc", &Line::Columns("ATC: {atc}", "TVR: {tvr}")),
    Line::When("tsi", &Line::Columns("TSI: {tsi}", "CVM: {cvm}")),
    Line::When("signature", &Line::Text("持卡人签名：")),
    Line::When("signature", &Line::Feed(2)),
    Line::When("no_signature", &Line::Text("无需签名")),
    Line::Text("本人确认以上交易，同意将其记入本卡账户。"),
    Line::Cut,
]);
