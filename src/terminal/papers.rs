//! Wording for the four papers, to start from.
//!
//! The forms are the customer's (GA/T texts are not public, and each place has
//! its own layout): copy these constants and change them. What a template can
//! print is listed at [`Case`](super::Case); a form that names what the caller
//! knows, such as the bank that takes the fine, adds it to
//! [`Rules::terms`](super::Rules::terms).

use super::{Line, Paper, Template};
use crate::printer::symbol::Barcode;
use crate::printer::{Align, QrLevel, Style};

/// The templates of a terminal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Papers<'a> {
    /// 简易程序处罚决定书.
    pub decision: Template<'a>,
    /// 行政强制措施凭证.
    pub measure: Template<'a>,
    /// 签购单.
    pub slip: Template<'a>,
    /// 罚款票据.
    pub receipt: Template<'a>,
}

impl<'a> Papers<'a> {
    /// The template of a paper.
    #[must_use]
    pub const fn template(&self, paper: Paper) -> &Template<'a> {
        match paper {
            Paper::Decision => &self.decision,
            Paper::Measure => &self.measure,
            Paper::Slip => &self.slip,
            Paper::Receipt => &self.receipt,
        }
    }
}

/// All four.
pub const STANDARD: Papers<'static> =
    Papers { decision: DECISION, measure: MEASURE, slip: SLIP, receipt: RECEIPT };

const TITLE: Line<'static> = Line::Style(Style { width: 1, ..Style::TITLE });
const BOLD: Line<'static> = Line::Style(Style::BOLD);
const NORMAL: Line<'static> = Line::Style(Style::NORMAL);
const CENTER: Line<'static> = Line::Align(Align::Center);
const LEFT: Line<'static> = Line::Align(Align::Left);
const REPRINT: Line<'static> = Line::When("reprint", &Line::Text("重打印 第{copy}份"));

/// 公安交通管理简易程序处罚决定书.
pub const DECISION: Template<'static> = Template(&[
    CENTER,
    TITLE,
    Line::Text("{authority}"),
    Line::Text("公安交通管理简易程序处罚决定书"),
    NORMAL,
    REPRINT,
    LEFT,
    Line::Text("编号：{number}"),
    Line::Rule,
    Line::When("name", &Line::Text("被处罚人：{name}")),
    Line::When("licence", &Line::Text("驾驶证号：{licence}")),
    Line::When("plate", &Line::Columns("号牌号码：{plate}", "种类：{hpzl}")),
    Line::Rule,
    Line::Text(
        "被处罚人于{time}，在{place}实施{behaviour_text}（代码{behaviour}）的违法行为，违反了{forbidden_by}。",
    ),
    Line::Text("根据{punished_by}，决定给予以下处罚："),
    BOLD,
    Line::When("warning", &Line::Text("警告")),
    Line::When("unpaid", &Line::Columns("罚款", "{fine}元")),
    Line::When("unresolved", &Line::Columns("罚款", "{fine}元")),
    Line::When("amount", &Line::Columns("罚款", "{fine}元")),
    Line::Columns("记分", "{points}分"),
    NORMAL,
    Line::When("contested", &Line::Text("当事人陈述申辩：{contested}")),
    Line::When("amount", &Line::Text("罚款已当场以{method}缴纳。")),
    Line::When(
        "unresolved",
        &Line::Text("付款结果尚未确认，请勿重复缴纳，确认后另行通知。订单号：{unresolved}"),
    ),
    Line::When(
        "unpaid",
        &Line::Text(
            "罚款自收到本决定书之日起15日内缴纳。逾期不缴纳的，每日按罚款数额的3%加处罚款，加处罚款总额不超过罚款数额。",
        ),
    ),
    Line::Text(
        "如不服本决定，可以自收到本决定书之日起60日内申请行政复议，或者6个月内提起行政诉讼。",
    ),
    Line::Rule,
    Line::Columns("处罚地点：", "{place}"),
    Line::Columns("交通警察：{officer_name}", "警号：{officer}"),
    Line::Columns("日期：", "{issued}"),
    Line::Feed(1),
    Line::Text("被处罚人签名："),
    Line::Feed(2),
    CENTER,
    Line::When("unpaid", &Line::Qr { data: "{number}", module: 6, level: QrLevel::M }),
    Line::Barcode(Barcode::code128("{number}", 60)),
    LEFT,
    Line::Cut,
]);

/// 公安交通管理行政强制措施凭证.
pub const MEASURE: Template<'static> = Template(&[
    CENTER,
    TITLE,
    Line::Text("{authority}"),
    Line::Text("公安交通管理行政强制措施凭证"),
    NORMAL,
    REPRINT,
    LEFT,
    Line::Text("编号：{number}"),
    Line::Rule,
    Line::When("name", &Line::Text("当事人：{name}")),
    Line::When("licence", &Line::Text("驾驶证号：{licence}")),
    Line::When("plate", &Line::Columns("号牌号码：{plate}", "种类：{hpzl}")),
    Line::Rule,
    Line::Text("当事人于{time}在{place}，依法对其采取以下行政强制措施："),
    BOLD,
    Line::Text("{measure}"),
    NORMAL,
    Line::When("items", &Line::Text("扣留、收缴物品：{items}")),
    Line::When("contested", &Line::Text("当事人陈述申辩：{contested}")),
    Line::Text("请当事人于{come_by}前，持本凭证到{come_to}接受处理。"),
    Line::Text("如不服本决定，可以自收到本凭证之日起60日内申请行政复议，或者6个月内提起行政诉讼。"),
    Line::Rule,
    Line::Columns("交通警察：{officer_name}", "警号：{officer}"),
    Line::Columns("日期：", "{issued}"),
    Line::Feed(1),
    Line::Text("当事人签名："),
    Line::Feed(2),
    CENTER,
    Line::Barcode(Barcode::code128("{number}", 60)),
    LEFT,
    Line::Cut,
]);

/// 签购单: the bank's slip.
pub const SLIP: Template<'static> = Template(&[
    CENTER,
    TITLE,
    Line::Text("签购单"),
    NORMAL,
    REPRINT,
    LEFT,
    Line::Text("商户名称：{authority}"),
    Line::Columns("终端编号：{terminal}", "操作员：{officer}"),
    Line::Rule,
    Line::Columns("支付方式：", "{method}"),
    Line::When("pan", &Line::Columns("卡号：", "{pan}")),
    Line::Columns("批次号：{batch}", "凭证号：{trace}"),
    Line::When("authorisation", &Line::Columns("授权码：", "{authorisation}")),
    Line::Columns("参考号：", "{reference}"),
    Line::Text("订单号：{order}"),
    Line::Columns("日期时间：", "{paid_at}"),
    BOLD,
    Line::Columns("金额：", "RMB {amount}"),
    NORMAL,
    Line::Rule,
    Line::When("pan", &Line::Text("持卡人签名：")),
    Line::When("pan", &Line::Feed(2)),
    Line::Text("本人确认以上交易，同意将其记入本卡账户。"),
    Line::Cut,
]);

/// 罚款票据: the receipt for the fine.
pub const RECEIPT: Template<'static> = Template(&[
    CENTER,
    TITLE,
    Line::Text("罚款票据"),
    NORMAL,
    REPRINT,
    LEFT,
    Line::Text("执收单位：{authority}"),
    Line::Text("决定书编号：{number}"),
    Line::When("name", &Line::Text("缴款人：{name}")),
    Line::When("plate", &Line::Text("号牌号码：{plate}")),
    Line::Rule,
    Line::Columns("罚款", "{fine}元"),
    Line::When("late_fee", &Line::Columns("加处罚款", "{late_fee}元")),
    BOLD,
    Line::Columns("合计", "{amount}元"),
    Line::Text("大写：{amount_capital}"),
    NORMAL,
    Line::Rule,
    Line::Columns("支付方式：", "{method}"),
    Line::Text("订单号：{order}"),
    Line::Columns("日期：", "{paid_at}"),
    Line::Columns("经办人：{officer_name}", "警号：{officer}"),
    CENTER,
    Line::Qr { data: "{order}", module: 6, level: QrLevel::M },
    LEFT,
    Line::Cut,
]);
