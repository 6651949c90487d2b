//! A receipt of forty lines in ASCII, an EAN13, a QR code, a cut: what all
//! encoders of ESC/POS have.

use std::hint::black_box;

use embedded_pos::printer::escpos::{Encoder, Profile};
use embedded_pos::printer::symbol::Barcode;
use embedded_pos::printer::{Item, QrLevel};
use escpos::driver::Driver;
use escpos::printer::Printer;
use escpos::utils::{
    BarcodeFont, BarcodeHeight, BarcodeOption, BarcodePosition, BarcodeWidth, Protocol,
    QRCodeCorrectionLevel, QRCodeModel, QRCodeOption,
};
use papermint::{BarcodeData, BarcodeSystem, QrCorrectionLevel, QrData};
use thermoprint::{PrintWidth, ReceiptBuilder};

use crate::came;

/// The lines, printed [`TIMES`] times.
pub const LINES: [&str; 8] = [
    "------------------------------------------\n",
    "Receipt 20260301-0815          Terminal 18\n",
    "2026-03-01 08:15:00      4 Nanjing Rd, TJN\n",
    "Parking, zone 3, 2 h                 20.00\n",
    "Road toll, entry 7, exit 12          35.50\n",
    "Towing, car up to 3.5 t             200.00\n",
    "Late fee 0.5 % a day, 3 days          3.83\n",
    "Total CNY                           259.33\n",
];
/// How often the lines are printed.
pub const TIMES: usize = 5;
/// What the bar code says, without its check digit.
pub const NUMBER: &str = "690123456789";
/// Its check digit.
pub const CHECK: char = '2';
/// What the QR code says.
pub const CODE: &str = "https://example.com/r/20260301081500010391";

/// Of the bar code, in dots.
const HEIGHT: u8 = 102;
/// Of the QR code, in dots.
const MODULE: u8 = 6;

/// `embedded_pos::printer::escpos`.
pub fn ours() -> u64 {
    came(ours_to)
}

/// The crate `escpos`.
pub fn escpos() -> u64 {
    came(escpos_to)
}

/// The crate `papermint`.
pub fn papermint() -> u64 {
    came(papermint_to)
}

/// The crate `thermoprint`.
pub fn thermoprint() -> u64 {
    came(thermoprint_to)
}

/// The same, item by item through a buffer of 256 bytes, as a driver sends it.
pub fn ours_in_slices() -> u64 {
    came(ours_in_slices_to)
}

/// Ours, all of it into one array.
pub fn ours_to(port: &dyn Fn(&[u8])) {
    let mut encoder = Encoder::new(&Profile::EPSON_80MM);
    let mut paper = [0; 2048];
    let mut len = Encoder::PROLOGUE.len();
    paper[..len].copy_from_slice(&Encoder::PROLOGUE);
    items(|item| {
        let slice = encoder.encode(item, &mut paper[len..]).expect("it can be printed");
        len += slice.len;
    });
    port(&paper[..len]);
}

/// The same in slices.
pub fn ours_in_slices_to(port: &dyn Fn(&[u8])) {
    let mut encoder = Encoder::new(&Profile::EPSON_80MM);
    let mut buffer = [0; 256];
    port(&Encoder::PROLOGUE);
    items(|item| {
        let mut job = encoder.begin(item).expect("it can be printed");
        while !job.is_done() {
            let slice = encoder.fill(&mut job, &mut buffer);
            port(&buffer[..slice.len]);
        }
    });
}

fn items(mut print: impl FnMut(&Item<'_>)) {
    for _ in 0..TIMES {
        LINES.into_iter().for_each(|line| print(&black_box(Item::Text(line))));
    }
    let number = Barcode { module: Some(2), ..Barcode::ean13(NUMBER, HEIGHT) };
    print(&black_box(Item::Barcode(number)));
    print(&black_box(Item::Qr { data: CODE.as_bytes(), module: MODULE, level: QrLevel::M }));
    print(&black_box(Item::Cut));
}

/// `escpos`, which collects all of it and writes it at the end.
pub fn escpos_to(port: &dyn Fn(&[u8])) {
    print_with_escpos(port).expect("it can be printed");
}

fn print_with_escpos(port: &dyn Fn(&[u8])) -> escpos::errors::Result<()> {
    let mut printer = Printer::new(Wire(port), Protocol::default(), None);
    printer.init()?;
    for _ in 0..TIMES {
        for line in LINES {
            printer.write(black_box(line))?;
        }
    }
    let bars = BarcodeOption::new(
        BarcodeWidth::S,
        BarcodeHeight::S,
        BarcodeFont::A,
        BarcodePosition::Below,
    );
    let code = QRCodeOption::new(QRCodeModel::Model2, MODULE, QRCodeCorrectionLevel::M);
    printer.ean13_option(black_box(NUMBER), bars)?.qrcode_option(black_box(CODE), code)?;
    printer.print_cut()?;
    Ok(())
}

/// `papermint`, by way of its list of commands.
pub fn papermint_to(port: &dyn Fn(&[u8])) {
    let mut receipt = papermint::Receipt::new(papermint::PaperWidth::Mm80).init();
    for _ in 0..TIMES {
        for line in LINES {
            receipt = receipt.text(black_box(line));
        }
    }
    let receipt = receipt
        .barcode(BarcodeData {
            system: BarcodeSystem::Ean13,
            data: black_box(NUMBER).into(),
            height: HEIGHT,
            width: 2,
        })
        .qr_code(QrData {
            data: black_box(CODE).into(),
            model: 2,
            cell_size: MODULE,
            correction: QrCorrectionLevel::M,
        })
        .cut_partial();
    let bytes = papermint::Encoder::escpos().encode(receipt.commands());
    port(&bytes.expect("it can be printed"));
}

/// `thermoprint`, into one vector.
pub fn thermoprint_to(port: &dyn Fn(&[u8])) {
    let mut receipt = ReceiptBuilder::new(PrintWidth::Mm80).init();
    for _ in 0..TIMES {
        for line in LINES {
            receipt = receipt.text(black_box(line));
        }
    }
    let receipt = receipt.barcode_ean13(black_box(NUMBER)).qr_code(black_box(CODE), MODULE);
    port(&receipt.cut().build());
}

struct Wire<'a>(&'a dyn Fn(&[u8]));

impl Driver for Wire<'_> {
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
