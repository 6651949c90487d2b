//! A receipt of some 2 KB in Chinese: a title, lines of hanzi and digits, a QR
//! code, a cut; to ESC/POS in GB 18030.

use std::hint::black_box;

use embedded_pos::printer::escpos::{Encoder, Profile};
use embedded_pos::printer::{Align, Item, QrLevel, Style};
use escpos::driver::Driver;
use escpos::utils::{
    Encoder as PeerEncoder, JustifyMode, Protocol, QRCodeCorrectionLevel, QRCodeModel, QRCodeOption,
};

use crate::came;

/// The title.
pub const TITLE: &str = "罚款收据\n";
/// The lines, printed [`TIMES`] times.
pub const LINES: [&str; 6] = [
    "时间  2026-03-01 08:15  地点  南京路18号\n",
    "号牌  津A12345  号牌种类  小型汽车\n",
    "行为  不按规定停放机动车  代码  10391\n",
    "记分      0 分    罚款      200.00 元\n",
    "滞纳金    0.00 元  合计      200.00 元\n",
    "----------------------------------------\n",
];
/// How often the lines are printed.
pub const TIMES: usize = 8;
/// What the QR code says.
pub const CODE: &str = "https://example.com/r/20260301081500010391";

/// `embedded_pos::printer::escpos`.
pub fn ours() -> u64 {
    came(|port| ours_to(port))
}

/// The crate `escpos`.
pub fn escpos() -> u64 {
    came(|port| escpos_to(port))
}

/// Ours, piece by piece, through a buffer of 256 bytes.
pub fn ours_to(port: impl Fn(&[u8])) {
    let mut encoder = Encoder::new(&Profile::EPSON_80MM);
    let mut buffer = [0; 256];
    let mut print = |item: Item<'_>| {
        let mut job = encoder.begin(&black_box(item)).expect("it can be printed");
        while !job.is_done() {
            let slice = encoder.fill(&mut job, &mut buffer);
            port(black_box(&buffer[..slice.len]));
        }
    };
    port(&Encoder::PROLOGUE);
    print(Item::Align(Align::Center));
    print(Item::Style(Style::TITLE));
    print(Item::Text(TITLE));
    print(Item::Align(Align::Left));
    print(Item::Style(Style::NORMAL));
    for _ in 0..TIMES {
        LINES.into_iter().for_each(|line| print(Item::Text(line)));
    }
    print(Item::Align(Align::Center));
    print(Item::Qr { data: CODE.as_bytes(), module: 6, level: QrLevel::M });
    print(Item::Cut);
}

/// The peer's, which collects all of it and writes it at the end.
pub fn escpos_to(port: impl Fn(&[u8])) {
    print_with_peer(port).expect("it can be printed");
}

fn print_with_peer(port: impl Fn(&[u8])) -> escpos::errors::Result<()> {
    let protocol = Protocol::new(PeerEncoder::new(encoding_rs::GB18030));
    let mut printer = escpos::printer::Printer::new(Wire(port), protocol, None);
    printer.init()?.custom(b"\x1C&")?;
    printer.justify(JustifyMode::CENTER)?.bold(true)?.size(2, 2)?.write(black_box(TITLE))?;
    printer.justify(JustifyMode::LEFT)?.bold(false)?.size(1, 1)?;
    for _ in 0..TIMES {
        for line in LINES {
            printer.write(black_box(line))?;
        }
    }
    let code = QRCodeOption::new(QRCodeModel::Model2, 6, QRCodeCorrectionLevel::M);
    printer.justify(JustifyMode::CENTER)?.qrcode_option(black_box(CODE), code)?;
    printer.print_cut()?;
    Ok(())
}

struct Wire<F>(F);

impl<F: Fn(&[u8])> Driver for Wire<F> {
    fn name(&self) -> String {
        String::new()
    }

    fn write(&self, data: &[u8]) -> escpos::errors::Result<()> {
        (self.0)(data);
        Ok(())
    }

    fn read(&self, _buf: &mut [u8]) -> escpos::errors::Result<usize> {
        Ok(0)
    }

    fn flush(&self) -> escpos::errors::Result<()> {
        Ok(())
    }
}
