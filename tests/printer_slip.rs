//! The slip of docs/performance.md: 150 mm of Chinese, sent as a picture.
//!
//! `cargo test --test printer_slip -- --nocapture` prints the table.

use embedded_pos::printer::escpos::{Encoder, Profile, RasterForm};
use embedded_pos::printer::{Item, Raster};
use embedded_pos::sim::printer::{Bitmap, EscPosPrinter, Model};

/// 40 lines; names and numbers are made up.
const LINES: [&str; 40] = [
    "      交通违法处理凭证",
    "--------------------------------",
    "编号    1200000000000001",
    "日期    2026-03-01 08:15",
    "被处罚人    张三",
    "证件号码    120000199001010000",
    "准驾车型    C1",
    "号牌号码    津A00000",
    "号牌种类    小型汽车",
    "",
    "违法时间    2026-02-28 17:40",
    "违法地点    示例路样本道交口",
    "违法行为    违反禁止标线指示",
    "违法代码    1345",
    "--------------------------------",
    "以上行为违反道路交通安全法第三",
    "十八条，依据第九十条决定处以：",
    "",
    "罚款              200.00 元",
    "合计              200.00 元",
    "记分                   1 分",
    "--------------------------------",
    "不服本决定，可在收到之日起六十",
    "日内申请行政复议，或六个月内提",
    "起诉讼。",
    "",
    "缴款方式    银行卡",
    "卡号        ************0000",
    "凭证号      000001",
    "授权码      000000",
    "",
    "处罚机关    示例支队样本大队",
    "交通警察    李四",
    "警号        000000",
    "",
    "当事人签名：",
    "",
    "",
    "谢谢合作",
    "",
];

/// As the simulated printer prints it with its own font.
fn slip() -> Bitmap {
    let mut encoder = Encoder::new(&Profile::CLONE_58MM);
    let mut bytes = Encoder::PROLOGUE.to_vec();
    for line in LINES {
        let mut out = [0; 256];
        let slice = encoder.encode(&Item::Text(&format!("{line}\n")), &mut out).unwrap();
        bytes.extend(&out[..slice.len]);
    }
    EscPosPrinter::decoded(Model::CLONE_58MM, &bytes).bitmap().clone()
}

fn encoded(profile: &'static Profile, raster: Raster<'_>) -> usize {
    let mut out = vec![0; 200_000];
    let item = Item::Raster(raster);
    let length = Encoder::new(profile).encode(&item, &mut out).unwrap().len;
    let paper = EscPosPrinter::decoded(Model::CLONE_58MM, &out[..length]);
    assert_eq!(paper.bitmap().rows(), raster.rows, "every dot, and no other");
    length
}

/// Bands of 24 rows without their right margins, blank ones fed: for comparison.
fn simply(slip: &Bitmap) -> usize {
    let used = |row: &[u8]| row.iter().rposition(|byte| *byte != 0).map_or(0, |at| at + 1);
    let bands = slip.rows().chunks(48 * 24).map(|band| {
        match band.chunks(48).map(used).max().unwrap_or(0) {
            0 => 3,
            width => 8 + band.len() / 48 * width,
        }
    });
    bands.sum()
}

#[test]
fn a_slip_as_a_picture_takes_less_than_22_kilobytes() {
    let slip = slip();
    let raster = Raster { width: 384, rows: slip.rows() };
    assert_eq!((slip.width(), slip.height()), (384, 1_200));
    println!("24 rows at a time, cropped: {}", simply(&slip));
    static GRAPHICS: Profile = Profile { raster: RasterForm::Graphics, ..Profile::CLONE_58MM };
    static DC2: Profile = Profile { raster: RasterForm::Dc2, ..Profile::CLONE_58MM };
    static COLUMNS: Profile = Profile { raster: RasterForm::Columns24, ..Profile::CLONE_58MM };
    let rows = encoded(&Profile::CLONE_58MM, raster);
    println!(
        "rows {rows}, graphics {}, DC2 {}, ESC * {}",
        encoded(&GRAPHICS, raster),
        encoded(&DC2, raster),
        encoded(&COLUMNS, raster)
    );
    assert!(rows <= 22_000, "{rows}");
    for baud in [9_600, 19_200, 38_400, 115_200, 230_400, 460_800] {
        // 8N1: ten bits a byte; 150 mm of paper.
        let speed = |bytes: usize| 150.0 * f64::from(baud) / (10.0 * bytes as f64);
        println!("| {baud} | {:.1} | {:.1} |", speed(raster.rows.len() + 40), speed(rows));
    }
}
