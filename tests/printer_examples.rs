//! The programs `print`, `inspect` and `devices`: the receipt of the example in
//! every language and on a mechanism, decoded by the simulated printers.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Output, Stdio};

use embedded_pos::sim::printer::{
    CpclPrinter, Dialect, EscPosPrinter, Event, Machine, Model, StarPrinter,
};
use serde_json::{Value, json};

/// `cargo test` builds the examples, beside the tests; `cargo test --test NAME`
/// does not: then `cargo build --examples` first.
fn program(name: &str) -> Command {
    let test = std::env::current_exe().unwrap();
    Command::new(test.parent().unwrap().with_file_name("examples").join(name))
}

fn print(arguments: &[&str]) -> String {
    let output = program("print").args(arguments).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{arguments:?}: {said}");
    said
}

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// The bytes and the picture of the receipt.
fn printed(language: &str, kind: &str) -> (Vec<u8>, Vec<Vec<u8>>) {
    let [out, png] = ["bin", "png"].map(|end| path(&format!("receipt-{kind}.{language}.{end}")));
    let [out_to, png_to] = [&out, &png].map(|path| path.to_str().unwrap());
    print(&["--language", language, "--kind", kind, "--out", out_to, "--png", png_to]);
    (std::fs::read(out).unwrap(), rows(&png))
}

/// The rows of a picture, a bit a dot, 0 is black.
fn rows(path: &Path) -> Vec<Vec<u8>> {
    let mut reader =
        png::Decoder::new(BufReader::new(File::open(path).unwrap())).read_info().unwrap();
    let mut dots = vec![0; reader.output_buffer_size().unwrap()];
    let frame = reader.next_frame(&mut dots).unwrap();
    dots.chunks(frame.line_size).map(<[u8]>::to_vec).collect()
}

/// What stands on the paper, whatever the language.
fn assert_receipt(text: &str, events: &[Event], columns: usize) {
    let gap = |left: usize, right: usize| " ".repeat(columns - left - right);
    for line in [
        "交通违法罚款收据".to_owned(),
        format!("凭证号{}1200000000000001", gap(6, 16)),
        format!("项目{}记分       金额", gap(4, 15)),
        format!("违反禁止标线{}1     100.00", gap(12, 12)),
        format!("合计{}￥195.00", gap(4, 8)),
    ] {
        assert!(text.lines().any(|one| one.trim() == line), "{line}\n{text}");
    }
    let image: usize = events
        .iter()
        .filter_map(|event| match event {
            Event::Image { width: 1..=120, height } => Some(*height),
            _ => None,
        })
        .sum();
    assert!((110..=120).contains(&image), "a logo of {image} rows");
    let code = |kind: &str, data: &str| {
        events.iter().any(
            |event| matches!(event, Event::Barcode { kind: k, text, .. } if k.starts_with(kind) && text == data),
        )
    };
    assert!(code("ean13", "6900000000014") && code("code128", "TJ2026000001"), "{events:?}");
    let qr = "https://example.com/r?no=1200000000000001".as_bytes();
    assert!(events.iter().any(|event| matches!(event, Event::Qr { data, .. } if data == qr)));
    assert!(!events.iter().any(|event| matches!(event, Event::Unknown(_))), "{events:?}");
}

fn assert_language<D: Dialect>(
    language: &str,
    models: [Model; 2],
    decoded: fn(Model, &[u8]) -> Machine<D>,
) {
    for (kind, model, columns) in [("clone58", models[0], 32), ("epson80", models[1], 48)] {
        let (bytes, _) = printed(language, kind);
        let printer = decoded(model, &bytes);
        assert_receipt(&printer.text(), printer.events(), columns);
        assert!(printer.incomplete().is_empty());
    }
}

fn is_cut(event: &Event) -> bool {
    matches!(event, Event::Cut { .. })
}

#[test]
fn escpos() {
    for (kind, model, columns) in
        [("clone58", Model::CLONE_58MM, 32), ("epson80", Model::EPSON_80MM, 48)]
    {
        let (bytes, _) = printed("escpos", kind);
        let printer = EscPosPrinter::decoded(model, &bytes);
        assert_receipt(&printer.text(), printer.events(), columns);
        assert!(printer.incomplete().is_empty());
        assert_eq!(printer.events().iter().any(is_cut), kind == "epson80", "{kind}");
    }
}

#[test]
fn star() {
    assert_language("star", [Model::STAR_58MM, Model::STAR_80MM], StarPrinter::decoded);
    let (bytes, _) = printed("star", "epson80");
    assert!(StarPrinter::decoded(Model::STAR_80MM, &bytes).events().iter().any(is_cut));
}

#[test]
fn cpcl() {
    assert_language("cpcl", [Model::BELT_58MM, Model::BELT_80MM], CpclPrinter::decoded);
}

/// Rows that stand there at least so often, one after the other.
fn bars(rows: &[Vec<u8>], least: usize) -> Vec<&[u8]> {
    let runs = rows.chunk_by(|a, b| a == b).filter(|run| run.len() >= least);
    runs.map(|run| &run[0][..]).filter(|row| row.iter().any(|byte| *byte != 0xFF)).collect()
}

/// The mechanism draws what the ESC/POS printer draws on its own.
#[test]
fn a_mechanism() {
    let (_, escpos) = printed("escpos", "clone58");
    let png = path("receipt.head.png");
    let said = print(&["--head", "ltp1245", "--png", png.to_str().unwrap()]);
    assert!(said.starts_with("printed: "), "{said}");
    let head = rows(&png);
    assert_eq!(bars(&escpos, 60).len(), 2, "EAN13 and CODE128");
    assert_eq!(bars(&head, 60), bars(&escpos, 60));
}

#[test]
fn codes_and_a_table_alone_on_a_mechanism() {
    let text = path("codes.txt");
    let alone = "[qr] https://example.com\n[table] 9 9^ *>\n| 项目 | 记分 | 金额\n! | 合计 || 1\n";
    std::fs::write(&text, alone).unwrap();
    let [out, png] = ["bin", "png"].map(|end| path(&format!("codes.{end}")));
    let [out, png, text] = [&out, &png, &text].map(|path| path.to_str().unwrap());
    let inked = || {
        let mut rows = rows(Path::new(png));
        rows.retain(|row| row.iter().any(|byte| *byte != 0xFF));
        rows
    };
    print(&["--out", out, "--png", png, text]);
    let escpos = inked();
    print(&["--head", "ltp1245", "--png", png, text]);
    assert!(inked() == escpos, "other dots");
}

#[test]
fn every_name_in_brackets() {
    let [text, out] = [path("names.txt"), path("names.bin")];
    let picture = path("grey.png");
    let mut encoder = png::Encoder::new(File::create(&picture).unwrap(), 16, 8);
    encoder.set_color(png::ColorType::Rgba);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&[0, 0, 0, 255].repeat(128)).unwrap();
    writer.finish().unwrap();
    let lines = format!(
        "[upc-a] 01234567890\n[upc-e] 123456\n[ean8] 1234567\n[code39] AB-1\n[itf] 1234\n\
         [codabar] A12B\n[code93] AB\n[gs1-128] (01)04012345678901\n[databar] 0401234567890\n\
         [pdf417] P\n[aztec] A\n[datamatrix] D\n[image] {}\n",
        picture.display()
    );
    std::fs::write(&text, lines).unwrap();
    let [text, out] = [&text, &out].map(|path| path.to_str().unwrap());
    print(&["--kind", "epson80", "--out", out, text]);
    let printer = EscPosPrinter::decoded(Model::EPSON_80MM, &std::fs::read(out).unwrap());
    let events = printer.events();
    let of = |wanted: fn(&Event) -> bool| events.iter().filter(|event| wanted(event)).count();
    assert_eq!(of(|event| matches!(event, Event::Barcode { .. })), 9, "{events:?}");
    assert_eq!(of(|event| matches!(event, Event::Symbol { .. })), 3, "{events:?}");
    assert_eq!(of(|event| matches!(event, Event::Image { width: 16, height: 8 })), 1);
}

/// A program with this on its standard input.
fn fed(name: &str, arguments: &[&str], input: &str) -> Output {
    let mut child = program(name)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn inspected(kind: &str, input: &str) -> Vec<Value> {
    let output = fed("inspect", &[kind, "--json"], input);
    let lines = String::from_utf8(output.stdout).unwrap();
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn inspect_printer_status() {
    let answers = inspected("printer-status", "1:16\nasb:10000000\nstream:1612\n1:00\n");
    let ok: Vec<_> = answers.iter().map(|answer| answer["ok"].as_bool().unwrap()).collect();
    assert_eq!(ok, [true, true, true, false], "{answers:?}");
    let first = &answers[0]["replies"][0];
    assert_eq!((&first["kind"], &first["fields"]["online"]), (&json!("dle-eot"), &json!(true)));
    let second = &answers[1]["replies"][0];
    assert_eq!((&second["kind"], &second["fields"]["paper_out"]), (&json!("asb"), &json!(false)));
    assert_eq!(answers[2]["replies"].as_array().unwrap().len(), 2);
    assert!(answers[3]["error"].as_str().unwrap().contains("fixed bits"));
    let told = fed("inspect", &["printer-status"], "1:16\n");
    assert!(String::from_utf8(told.stdout).unwrap().contains("online"));
}

#[test]
fn inspect_gbk() {
    let answers = inspected("gbk", "津A00000\n𠮷田\n");
    assert_eq!(answers[0], json!({ "ok": true, "bytes": "BDF2413030303030", "unmapped": [] }));
    assert_eq!(answers[1], json!({ "ok": true, "bytes": "CCEF", "unmapped": ["𠮷"] }));
    let told = fed("inspect", &["gbk"], "津\n");
    assert!(String::from_utf8(told.stdout).unwrap().contains("BDF2"));
}

/// A virtual printer.
struct Devices {
    child: Child,
    address: String,
    /// Open, or it fails to write there.
    _stderr: BufReader<ChildStderr>,
}

impl Devices {
    /// Serves until a client has come and gone.
    fn new(png: &Path, options: &[&str]) -> Self {
        let mut child = program("devices")
            .args(["printer", "--tcp", "127.0.0.1:0", "--once", "--seconds", "120", "--png"])
            .arg(png)
            .args(options)
            .stderr(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let mut said = String::new();
        let mut stderr = BufReader::new(child.stderr.take().unwrap());
        stderr.read_line(&mut said).unwrap();
        let address = said.trim().strip_prefix("printer at tcp:").unwrap().to_owned();
        Self { child, address, _stderr: stderr }
    }

    fn ended(mut self) {
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for Devices {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

#[test]
fn a_virtual_printer() {
    for language in ["escpos", "star", "cpcl"] {
        let (_, alone) = printed(language, "clone58");
        let png = path(&format!("virtual.{language}.png"));
        drop(std::fs::remove_file(&png));
        let devices = Devices::new(&png, &["--language", language]);
        let port = format!("tcp:{}", devices.address);
        let said = print(&["--language", language, "--port", &port]);
        assert!(said.contains("printed"), "{said}");
        devices.ended();
        assert!(rows(&png) == alone, "{language}: another picture");
    }
}

/// Each client's papers in a directory.
#[test]
fn a_virtual_printer_for_others() {
    let dir = path("papers");
    drop(std::fs::remove_dir_all(&dir));
    std::fs::create_dir_all(&dir).unwrap();
    let devices = Devices::new(&dir, &["--kind", "epson80"]);
    let bytes = std::fs::read("tests/vectors/escpos/python-escpos.bin").unwrap();
    TcpStream::connect(&devices.address).unwrap().write_all(&bytes).unwrap();
    devices.ended();
    let rows = rows(&dir.join("1.png"));
    assert_eq!(rows[0].len(), 72, "80 mm");
    assert!(rows.len() > 300, "{} rows", rows.len());
}
