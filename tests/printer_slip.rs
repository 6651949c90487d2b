//! The slip of docs/performance.md: 150 mm of Chinese, sent as a picture.
//!
//! `cargo test --test printer_slip -- --nocapture` prints the table.

use embedded_pos::port::{Clock, Clocked};
use embedded_pos::printer::escpos::{Encoder, EscPos, Profile, RasterForm, Unpaced};
use embedded_pos::printer::{Item, Printer, Raster};
use embedded_pos::sim::printer::{Bitmap, EscPosPrinter, Model};
use embedded_pos::sim::{Simulated, VirtualClock};

/// 40 lines; names and numbers are made up.
const LINES: [&str; 40] = [
    "    道路交通安全违法行为",
    "        处理凭证",
    "--------------------------------",
    "编号    1200000000000001",
    "日期    2026-03-01 08:15",
    "被处罚人    张三",
    "证件号码    120000199001010000",
    "驾驶证档案编号 120000000000",
    "准驾车型    C1",
    "号牌号码    津A00000",
    "号牌种类    小型汽车",
    "",
    "违法时间    2026-02-28 17:40",
    "违法地点    示例路与样本道交口",
    "违法行为    机动车违反禁止标线",
    "指示  代码 1345",
    "--------------------------------",
    "上述行为违反了《中华人民共和国",
    "道路交通安全法》第三十八条，依",
    "据该法第九十条，决定处以：",
    "",
    "罚款              200.00 元",
    "记分                   1 分",
    "滞纳金              0.00 元",
    "合计              200.00 元",
    "--------------------------------",
    "被处罚人如不服本决定，可以在收",
    "到本凭证之日起六十日内申请行政",
    "复议，或者在六个月内提起诉讼。",
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
    "被处罚人签名：",
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

/// Millimetres a second when the line is what limits, by the simulated clock.
fn speed(baud: u32, raster: Raster<'_>) -> f64 {
    let mut clock = VirtualClock::new();
    let sim = Simulated::new(EscPosPrinter::new(Model::CLONE_58MM.instant()));
    let driver = EscPos::new(sim.port(clock.clone()).paced(baud), Unpaced, &Profile::CLONE_58MM);
    let mut printer = Clocked::new(driver, clock.clone());
    let start = clock.now();
    printer.print(&Item::Raster(raster)).unwrap();
    let taken = clock.now().since(start).as_micros() as f64 / 1e6;
    assert_eq!(sim.device().bitmap().rows(), raster.rows);
    150.0 / taken
}

#[test]
fn a_slip_as_a_picture_takes_less_than_22_kilobytes() {
    let slip = slip();
    let raster = Raster { width: 384, rows: slip.rows() };
    assert_eq!((slip.width(), slip.height()), (384, 1_200));
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
        println!("| {baud} | {:.1} |", speed(baud, raster));
    }
}
