//! Bar codes and 2D codes: the rules, the bytes, and what stands on paper,
//! read back by a reader of its own.

mod barcode_reader;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use embedded_pos::ErrorKind;
use embedded_pos::printer::escpos::{
    BarcodeCommands, Encoder, EscPos, Profile, QrCommand, RasterForm, Refusal, Unpaced,
};
use embedded_pos::printer::symbol::{
    Aztec, Barcode, Composite, DataMatrix, Drawing, DrawnQr, MaxiCode, MicroQr, Pdf417,
    Pdf417Level, QrRows, Shape, Size, StackedDataBar, Stacking, Symbol, SymbolFault, Symbology,
    Symbols, TextPosition,
};
use embedded_pos::printer::{Align, Item, Layout, QrLevel};
use embedded_pos::sim::printer::{Bitmap, EscPosPrinter, Event, Model};
use proptest::prelude::*;

static DRAWN: Profile =
    Profile { symbols: Symbols::empty(), qr_source: Some(&DrawnQr), ..Profile::EPSON_80MM };
static GRAPHICS: Profile = Profile { raster: RasterForm::Graphics, ..DRAWN };
static DC2: Profile = Profile { raster: RasterForm::Dc2, band: 16, ..DRAWN };
static FORM_A: Profile = Profile {
    symbols: Symbols::FORM_A,
    barcodes: BarcodeCommands::CLONE.difference(BarcodeCommands::FORM_B),
    ..Profile::EPSON_80MM
};

fn try_encode(profile: &'static Profile, item: &Item<'_>) -> Result<Vec<u8>, Refusal> {
    let mut encoder = Encoder::new(profile);
    let mut bytes = Vec::new();
    let mut job = encoder.begin(item)?;
    while !job.is_done() {
        let mut out = [0; Encoder::SLICE];
        let slice = encoder.fill(&mut job, &mut out);
        assert!(slice.len > 0 || job.is_done(), "{item:?} stands still");
        bytes.extend(&out[..slice.len]);
    }
    assert!(!bytes.windows(2).any(|pair| matches!(pair, [0x10, 0x04 | 0x05 | 0x14])));
    Ok(bytes)
}

fn encode(profile: &'static Profile, item: &Item<'_>) -> Vec<u8> {
    try_encode(profile, item).unwrap_or_else(|refusal| panic!("{item:?}: {refusal}"))
}

fn decoded(bytes: &[u8]) -> EscPosPrinter {
    let printer = EscPosPrinter::decoded(Model::EPSON_80MM, bytes);
    assert!(printer.incomplete().is_empty(), "{:02X?}", printer.incomplete());
    for event in printer.events() {
        let wrong = matches!(event, Event::Unknown(_) | Event::Ignored(_) | Event::Drawer);
        assert!(!wrong, "{event:02X?}");
    }
    printer
}

fn row(bitmap: &Bitmap, y: usize) -> Vec<bool> {
    (0..bitmap.width()).map(|x| bitmap.dot(x, y)).collect()
}

/// The one code's dots, each row of bars being the same.
fn bars(printer: &EscPosPrinter, height: usize) -> Vec<bool> {
    let bars = row(printer.bitmap(), 0);
    (1..height).for_each(|y| assert_eq!(row(printer.bitmap(), y), bars, "row {y}"));
    bars
}

fn read(symbology: Symbology, widths: &[usize], module: usize) -> Option<String> {
    use barcode_reader as reader;
    match symbology {
        Symbology::UpcA | Symbology::UpcE | Symbology::Ean13 | Symbology::Ean8 => {
            reader::retail(widths, module)
        }
        Symbology::Code39 => reader::code39(widths, module),
        Symbology::Itf => reader::itf(widths, module),
        Symbology::Code128 | Symbology::Gs1_128 | Symbology::Code128Auto => {
            reader::code128(widths, module)
        }
        _ => None,
    }
}

/// Made by the printer, and drawn: the same dots, as wide as was said, and
/// they say what they should.
fn both_ways(code: Barcode<'_>, says: Option<&str>) {
    let fit = code.fit(576).unwrap_or_else(|fault| panic!("{code:?}: {fault}"));
    let code = code.with_text(TextPosition::None);
    let height = usize::from(code.height);
    let native = bars(&decoded(&encode(&Profile::EPSON_80MM, &Item::Barcode(code))), height);
    let drawn = bars(&decoded(&encode(&DRAWN, &Item::Barcode(code))), height);
    let widths = barcode_reader::widths(&drawn);
    assert_eq!(widths.iter().sum::<usize>(), usize::from(fit.dots), "{code:?}");
    let choice = matches!(code.symbology, Symbology::Gs1_128 | Symbology::Code128Auto);
    if choice {
        // The printer chooses the code sets: at best, as narrow.
        let native = barcode_reader::widths(&native);
        assert!(native.iter().sum::<usize>() <= usize::from(fit.dots), "{code:?}");
        let read = read(code.symbology, &native, fit.module.into());
        assert_eq!(read.as_deref(), says, "{code:?}");
    } else {
        assert_eq!(native, drawn, "{code:?}");
    }
    if let Some(says) = says {
        let read = read(code.symbology, &widths, fit.module.into());
        assert_eq!(read.as_deref(), Some(says), "{code:?}");
    }
}

#[test]
fn standard_examples_are_read_back() {
    // GS1 General Specifications, GS1 check digit examples, ISO/IEC 15420.
    both_ways(Barcode::ean13("400638133393", 40), Some("4006381333931"));
    both_ways(Barcode::ean13("4006381333931", 40), Some("4006381333931"));
    for first in 0..10 {
        let number = format!("{first}12345678901");
        let check =
            (0..10).find(|check| Barcode::ean13(&format!("{number}{check}"), 9).fit(576).is_ok());
        both_ways(Barcode::ean13(&number, 9), Some(&format!("{number}{}", check.unwrap())));
    }
    both_ways(Barcode::ean8("9638507", 40), Some("96385074"));
    both_ways(Barcode::upc_a("03600029145", 40), Some("0036000291452"));
    both_ways(Barcode::upc_a("036000291452", 40), Some("0036000291452"));
    // All ways to shorten a UPC-A, and all check digits.
    for (short, long) in [
        ("425261", "04210000526"),
        ("123450", "01200000345"),
        ("123452", "01220000345"),
        ("123453", "01230000045"),
        ("123454", "01234000005"),
        ("123457", "01234500007"),
        ("012340", "00100000234"),
        ("000000", "00000000000"),
    ] {
        let fit = Barcode::upc_e(short, 40).fit(576).unwrap();
        let check = char::from(fit.check.unwrap());
        let full = format!("0{short}{check}");
        both_ways(Barcode::upc_e(short, 40), Some(&full));
        both_ways(Barcode::upc_e(&full, 40), Some(&full));
        both_ways(Barcode::upc_e(&full[..7], 40), Some(&full));
        both_ways(Barcode::upc_e(long, 40), Some(&full));
        both_ways(Barcode::upc_e(&format!("{long}{check}"), 40), Some(&full));
    }
    both_ways(Barcode::code39("CODE 39", 40), Some("CODE 39"));
    for part in ["0123456789", "ABCDEFGHIJ", "KLMNOPQRST", "UVWXYZ-. ", "$/+%"] {
        both_ways(Barcode::code39(part, 30), Some(part));
    }
    both_ways(Barcode::itf("15400141288763", 40), Some("15400141288763"));
    both_ways(Barcode::codabar("A40156B", 40), None);
    both_ways(Barcode::codabar("C0123456789-$:/.+D", 40), None);
    both_ways(Barcode::code93("CODE 93", 40), None);
    both_ways(Barcode::code93("\0\x1B!:;@[`{\x7F", 40), None);
    both_ways(Barcode::code128("Wikipedia", 40), Some("Wikipedia"));
    both_ways(Barcode::code128("\x03a\x04b", 40), Some("\x03a\x04b"));
    both_ways(Barcode::code128_auto("{A}1234567", 40), Some("{A}1234567"));
    let gs1 = Barcode::gs1_128("(01)09521234543213(10)AB*1(17)290331", 40);
    both_ways(gs1, Some("\x1D010952123454321310AB*1\x1D17290331"));
}

/// The forms of `GS k`, byte by byte.
#[test]
fn bar_codes_are_the_bytes_of_the_manual() {
    let bytes = |profile, code: Barcode<'static>| encode(profile, &Item::Barcode(code));
    let epson = &Profile::EPSON_80MM;
    let clone = &Profile::CLONE_58MM;
    let ean = Barcode::ean13("400638133393", 60);
    assert_eq!(bytes(clone, ean), b"\x1Dh\x3C\x1Dw\x03\x1DH\x02\x1Dk\x43\x0C400638133393");
    assert_eq!(bytes(epson, ean), b"\x1Dh\x3C\x1Dw\x03\x1DH\x02\x1Df\x00\x1Dk\x43\x0C400638133393");
    assert_eq!(bytes(&FORM_A, ean), b"\x1Dh\x3C\x1Dw\x03\x1DH\x02\x1Dk\x02400638133393\0");
    let small = Barcode { small_text: true, ..ean.with_text(TextPosition::Both) };
    assert_eq!(&bytes(epson, small)[6..12], b"\x1DH\x03\x1Df\x01");
    for (code, number, data) in [
        (Barcode::upc_a("03600029145", 60), 0x41, "03600029145"),
        (Barcode::upc_e("425261", 60), 0x42, "042100005264"),
        (Barcode::ean8("9638507", 60), 0x44, "9638507"),
        (Barcode::code39("AB-1", 60), 0x45, "AB-1"),
        (Barcode::itf("1234", 60), 0x46, "1234"),
        (Barcode::codabar("A1B", 60), 0x47, "A1B"),
        (Barcode::code93("ab", 60), 0x48, "ab"),
        (Barcode::code128("a{1", 60), 0x49, "{Ba{{1"),
        (Barcode::code128("ab\x01", 60), 0x49, "{Bab{A\x01"),
        (Barcode::gs1_128("(10)A*(21)B", 60), 0x4A, "(10)A{*{1(21)B"),
        (Barcode::gs1_128("(01)09521234543213(21)B", 60), 0x4A, "(01)09521234543213(21)B"),
        (Barcode::databar("0950110153001", 60), 0x4B, "0950110153001"),
        (Barcode::databar_truncated("09501101530010", 60), 0x4C, "0950110153001"),
        (Barcode::databar_limited("0950110153001", 60), 0x4D, "0950110153001"),
        (Barcode::databar_expanded("(01)09501101530010(10)A", 60), 0x4E, "(01)09501101530010(10)A"),
        (Barcode::code128_auto("a{1", 60), 0x4F, "a{1"),
    ] {
        let sent = bytes(epson, code);
        let header = [0x1D, b'k', number, data.len() as u8];
        assert_eq!(sent[12..16], header, "{code:?}");
        assert_eq!(String::from_utf8_lossy(&sent[16..]), data, "{code:?}");
    }
    // Without GS1-128 of its own: FNC1 first, in code set C.
    let as_128 = bytes(clone, Barcode::gs1_128("(00)123456789012345675", 60));
    assert_eq!(as_128[9..], *b"\x1Dk\x49\x0E{C{1\x00\x0C\x22\x38\x4E\x5A\x0C\x22\x38\x4B");
}

#[test]
fn data_are_refused_by_the_place() {
    use SymbolFault::{CheckDigit, Empty, Gtin, Identifier, Length, Odd, TooLong, TooWide};
    let at = |at| SymbolFault::Character { at };
    for (code, fault) in [
        (Barcode::ean13("4006381333932", 60), CheckDigit { at: 12, expected: 1 }),
        (Barcode::ean13("40063813339", 60), Length { got: 11 }),
        (Barcode::ean13("40063813339311", 60), Length { got: 14 }),
        (Barcode::ean13("40063813339a", 60), at(11)),
        (Barcode::ean8("96385075", 60), CheckDigit { at: 7, expected: 4 }),
        (Barcode::ean8("963850", 60), Length { got: 6 }),
        (Barcode::upc_a("036000291453", 60), CheckDigit { at: 11, expected: 2 }),
        (Barcode::upc_e("04252615", 60), CheckDigit { at: 7, expected: 4 }),
        (Barcode::upc_e("14252614", 60), Gtin),
        (Barcode::upc_e("12345678901", 60), Gtin),
        (Barcode::upc_e("121313", 60), Gtin),
        (Barcode::upc_e("12345", 60), Length { got: 5 }),
        (Barcode::upc_e("12345a", 60), at(5)),
        (Barcode::upc_e("0123456789012", 60), Length { got: 13 }),
        (Barcode::code39("abc", 60), at(0)),
        (Barcode::code39("A*B", 60), at(1)),
        (Barcode::itf("123", 60), Odd),
        (Barcode::itf("12a4", 60), at(2)),
        (Barcode::codabar("1234", 60), at(0)),
        (Barcode::codabar("A1234", 60), at(4)),
        (Barcode::codabar("A12E4B", 60), at(3)),
        (Barcode::codabar("A", 60), at(0)),
        (Barcode::code93("é", 60), at(0)),
        (Barcode::code128("aé", 60), at(1)),
        (Barcode::code128("", 60), Empty),
        (Barcode::code128("a", 0), Empty),
        (Barcode::code128("a", 9).with_module(1), SymbolFault::Option),
        (Barcode::code128("a", 9).with_module(7), SymbolFault::Option),
        (Barcode::code128("123456789012345678901234567890a", 9), TooWide { dots: 2 * 222 }),
        (Barcode::gs1_128("0109521234543213", 60), Identifier { at: 0 }),
        (Barcode::gs1_128("(01)09521234543214", 60), Identifier { at: 0 }),
        (Barcode::gs1_128("(01)0952123454321", 60), Identifier { at: 0 }),
        (Barcode::gs1_128("(10)A(17)29033", 60), Identifier { at: 5 }),
        (Barcode::gs1_128("(17)291331", 60), Identifier { at: 0 }),
        (Barcode::gs1_128("(17)291232", 60), Identifier { at: 0 }),
        (Barcode::gs1_128("(3103)12345", 60), Identifier { at: 0 }),
        (Barcode::gs1_128("(30)123456789", 60), Identifier { at: 0 }),
        (Barcode::gs1_128("(10)", 60), Identifier { at: 0 }),
        (Barcode::gs1_128("(10)A(1)2", 60), Identifier { at: 5 }),
        (Barcode::gs1_128("(10)A(17290331", 60), Identifier { at: 5 }),
        (Barcode::gs1_128("(10)ABCDEFGHIJKLMNOPQRSTU", 60), Identifier { at: 0 }),
        (Barcode::gs1_128("(10)A)B", 60), Identifier { at: 0 }),
        (Barcode::gs1_128("(10)A#", 60), at(5)),
        (Barcode::databar("0950110153002", 60).with_module(6), TooWide { dots: 576 }),
        (Barcode::databar("09501101530011", 60), CheckDigit { at: 13, expected: 0 }),
        (Barcode::databar("095011015300", 60), Length { got: 12 }),
        (Barcode::databar_limited("2950110153001", 60), Gtin),
        (Barcode::databar_expanded("(10)A*", 60), at(5)),
    ] {
        assert_eq!(code.fit(384).unwrap_err(), fault, "{code:?}");
        let refused = try_encode(&Profile::CLONE_58MM, &Item::Barcode(code)).unwrap_err();
        assert_eq!(refused, Refusal::Symbol(fault), "{code:?}");
    }
    let long = "(91)".to_string() + &"1".repeat(90);
    assert_eq!(Barcode::gs1_128(&long, 9).fit(9_999).unwrap_err(), Length { got: 92 });
    assert_eq!(Barcode::itf(&"12".repeat(41), 9).fit(9_999).unwrap_err(), TooLong);
    // A printer without DataBar, and one without the small font.
    for code in [
        Barcode::databar("0950110153001", 60),
        Barcode { small_text: true, ..Barcode::ean8("9638507", 60) },
    ] {
        let refused = try_encode(&Profile::CLONE_58MM, &Item::Barcode(code)).unwrap_err();
        assert_eq!(refused, Refusal::NoSymbol);
        assert_eq!(embedded_pos::Error::kind(&refused), ErrorKind::Unsupported);
    }
}

/// In every form of pictures that goes by rows, the same dots.
#[test]
fn codes_are_drawn_in_the_form_that_the_printer_has() {
    static COLUMNS: Profile = Profile { raster: RasterForm::Columns24, ..DRAWN };
    for item in [
        Item::Barcode(Barcode::code39("A1", 40).with_text(TextPosition::None)),
        Item::Qr { data: b"https://example.com", module: 4, level: QrLevel::M },
        // Bytes of a row, and rows of a band, that are a real-time command in
        // the header of DC2 *.
        Item::Qr { data: b"1", module: 1, level: QrLevel::L },
        Item::Barcode(Barcode::ean8("9638507", 20).with_text(TextPosition::None)),
    ] {
        let rows = decoded(&encode(&DRAWN, &item));
        for profile in [&GRAPHICS, &DC2] {
            let other = decoded(&encode(profile, &item));
            assert_eq!(other.bitmap(), rows.bitmap(), "{item:?}");
        }
        assert_eq!(try_encode(&COLUMNS, &item), Err(Refusal::NoSymbol));
    }
}

/// In a narrower area, a code that does not stand in it is refused.
#[test]
fn the_area_is_what_a_code_has_to_stand_in() {
    let mut encoder = Encoder::new(&Profile::EPSON_80MM);
    let code = Item::Barcode(Barcode::ean13("400638133393", 40));
    assert!(encoder.begin(&code).is_ok());
    let mut out = [0; 64];
    encoder.encode(&Item::Layout(Layout::Area { left: 0, width: 150 }), &mut out).unwrap();
    let refused = encoder.begin(&code).unwrap_err();
    assert_eq!(refused, Refusal::Symbol(SymbolFault::TooWide { dots: 190 }));
}

/// What a control character makes in code set A is not always harmless.
#[test]
fn real_time_commands_are_refused_or_avoided() {
    let code = Item::Barcode(Barcode::code128("\x10\x04\x01", 60));
    let refused = try_encode(&Profile::CLONE_58MM, &code).unwrap_err();
    assert_eq!(refused, Refusal::Symbol(SymbolFault::RealTime));
    for digits in ["1604", "16041605", "1616041620", "001604a", "12345616201605"] {
        both_ways(Barcode::code128(digits, 30), Some(digits));
    }
    let symbol = Symbol::Aztec(Aztec::new(b"\x10\x14\x01"));
    let refused = try_encode(&Profile::EPSON_80MM, &Item::Symbol(symbol)).unwrap_err();
    assert_eq!(refused, Refusal::Symbol(SymbolFault::RealTime));
    // QR modules of one dot are drawn with a dot more where it must be.
    let data: Vec<u8> = (0..200_u8).collect();
    encode(&DRAWN, &Item::Qr { data: &data, module: 1, level: QrLevel::L });
}

#[test]
fn text_stands_where_it_is_asked_for() {
    for (position, lines) in [
        (TextPosition::None, &[][..]),
        (TextPosition::Above, &["         4006381333931\n"]),
        (TextPosition::Below, &["         4006381333931\n"]),
        (TextPosition::Both, &["         4006381333931\n"; 2]),
    ] {
        let code = Barcode::ean13("400638133393", 50).with_module(4).with_text(position);
        let printer = decoded(&encode(&DRAWN, &Item::Barcode(code)));
        assert_eq!(printer.text(), lines.concat());
        let first = matches!(printer.events().first(), Some(Event::Text { .. }));
        assert_eq!(first, position.above(), "{position:?}");
        let mut encoder = Encoder::new(&DRAWN);
        let mut out = [0; 8_192];
        let mut len = encoder.encode(&Item::Align(Align::Center), &mut out).unwrap().len;
        len += encoder.encode(&Item::Barcode(code), &mut out[len..]).unwrap().len;
        let centred = decoded(&out[..len]).text();
        assert_eq!(centred, lines.concat().replace(' ', ""));
    }
    let code = Barcode::ean13("400638133393", 50);
    let printer = decoded(&encode(&Profile::EPSON_80MM, &Item::Barcode(code)));
    assert!(printer.events().iter().any(|event| matches!(event,
        Event::Barcode { kind: "ean13", text, module: 3, height: 50 } if text == "4006381333931")));
}

fn any_code() -> impl Strategy<Value = (Symbology, String)> {
    use Symbology::{Code39, Code93, Code128, Code128Auto, Ean8, Ean13, Itf, UpcA, UpcE};
    prop_oneof![
        "[0-9]{12}".prop_map(|data| (Ean13, data)),
        "[0-9]{7}".prop_map(|data| (Ean8, data)),
        "[0-9]{11}".prop_map(|data| (UpcA, data)),
        "[0-9]{6}".prop_map(|data| (UpcE, data)),
        "[A-Z0-9 $%+./-]{1,10}".prop_map(|data| (Code39, data)),
        "([0-9]{2}){1,15}".prop_map(|data| (Itf, data)),
        "[\\x00-\\x7F]{1,9}".prop_map(|data| (Code93, data)),
        "[\\x00-\\x7F]{1,18}".prop_map(|data| (Code128, data)),
        "[0-9]{1,30}".prop_map(|data| (Code128, data)),
        "([0-9]{1,9}[a-z{]?){1,3}".prop_map(|data| (Code128, data)),
        "(16|04|05|20|1|a){1,14}".prop_map(|data| (Code128, data)),
        "[\\x00-\\x7F]{1,14}".prop_map(|data| (Code128Auto, data)),
        "[A-D][0-9$+./:-]{0,16}[A-D]".prop_map(|data| (Symbology::Codabar, data)),
    ]
}

proptest! {
    /// What is taken is on paper what it was, made or drawn.
    #[test]
    fn what_is_taken_is_read_back((symbology, data) in any_code(), module in 2_u8..4) {
        let code = Barcode::new(symbology, &data, 8).with_module(module);
        let taken = code.fit(576);
        prop_assume!(taken.is_ok());
        let harmless = try_encode(&Profile::EPSON_80MM, &Item::Barcode(code));
        if harmless == Err(Refusal::Symbol(SymbolFault::RealTime)) {
            return Ok(());
        }
        let check = taken.ok().and_then(|fit| fit.check).map(char::from);
        let says = match symbology {
            Symbology::UpcA | Symbology::UpcE => Some(format!("0{data}{}", check.unwrap())),
            Symbology::Ean13 | Symbology::Ean8 => Some(format!("{data}{}", check.unwrap())),
            Symbology::Codabar | Symbology::Code93 => None,
            _ => Some(data.clone()),
        };
        both_ways(code, says.as_deref());
    }

    /// No data make a panic or a stray byte.
    #[test]
    fn any_data_are_printed_or_refused(
        data in "\\PC{0,90}|[ -~]{0,90}|[0-9()]{0,40}",
        number in 0_usize..15,
        height in 0_u8..4,
    ) {
        let all = [
            Symbology::UpcA, Symbology::UpcE, Symbology::Ean13, Symbology::Ean8,
            Symbology::Code39, Symbology::Itf, Symbology::Codabar, Symbology::Code93,
            Symbology::Code128, Symbology::Gs1_128, Symbology::DataBar,
            Symbology::DataBarTruncated, Symbology::DataBarLimited,
            Symbology::DataBarExpanded, Symbology::Code128Auto,
        ];
        let item = Item::Barcode(Barcode::new(all[number], &data, height));
        let epson = &Profile::EPSON_80MM;
        for profile in [epson, &Profile::CLONE_58MM, &FORM_A, &DRAWN, &GRAPHICS, &DC2] {
            if let Ok(bytes) = try_encode(profile, &item) {
                let printer = decoded(&bytes);
                let refused = |event: &Event| matches!(event, Event::NotPrinted(_));
                prop_assert!(!printer.events().iter().any(refused), "{:?}", printer.events());
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    /// The dots of a drawn QR code are those of the encoder for hosts.
    #[test]
    fn drawn_qr_codes_are_those_of_another_encoder(
        data in proptest::collection::vec(any::<u8>(), 1..80),
        digits in "[0-9]{1,90}",
        module in 1_u8..7,
        number in 0_usize..4,
    ) {
        use qrcodegen::{QrCode, QrCodeEcc, QrSegment, Version};
        let (level, theirs) = [
            (QrLevel::L, QrCodeEcc::Low), (QrLevel::M, QrCodeEcc::Medium),
            (QrLevel::Q, QrCodeEcc::Quartile), (QrLevel::H, QrCodeEcc::High),
        ][number];
        for data in [&data[..], digits.as_bytes()] {
            let Ok(rows) = QrRows::new(&DrawnQr, data, level, module, 576) else { continue };
            let segments = match std::str::from_utf8(data) {
                Ok(text) => QrSegment::make_segments(text),
                Err(_) => vec![QrSegment::make_bytes(data)],
            };
            let (min, max) = (Version::MIN, Version::MAX);
            let code =
                QrCode::encode_segments_advanced(&segments, theirs, min, max, None, false).unwrap();
            let mut drawing = Drawing::Qr(rows);
            prop_assert_eq!(i32::from(drawing.width()), code.size() * i32::from(module));
            for y in 0..drawing.height() {
                let bytes: Vec<u8> = drawing.row(y).collect();
                for x in 0..drawing.width() {
                    let dot = bytes[usize::from(x / 8)] << (x % 8) & 0x80 != 0;
                    let at = |dots: u16| i32::from(dots / u16::from(module));
                    prop_assert_eq!(dot, code.get_module(at(x), at(y)), "{} {}", x, y);
                }
            }
        }
    }
}

#[test]
fn a_qr_code_is_made_or_drawn_by_the_profile() {
    static ESC_Z: Profile = Profile { qr: QrCommand::EscZ, ..Profile::CLONE_58MM };
    static CASHINO: Profile = Profile { qr: QrCommand::GsK97, ..Profile::CLONE_58MM };
    static ESC_Z_OR_DRAWN: Profile = Profile { qr_source: Some(&DrawnQr), ..ESC_Z };
    let qr = |data, module| Item::Qr { data, module, level: QrLevel::M };
    let (short, long) = ([b'a'; 89], [b'a'; 90]);
    assert_eq!(encode(&ESC_Z, &qr(b"abc", 3)), b"\x1BZ\x00\x01\x03\x03\x00abc");
    assert_eq!(encode(&CASHINO, &qr(b"abc", 3)), b"\x1Dk\x61\x00\x02\x03\x00abc");
    for profile in [&ESC_Z, &CASHINO] {
        decoded(&encode(profile, &qr(&short, 3)));
        let refused = try_encode(profile, &qr(&long, 3)).unwrap_err();
        assert_eq!(refused, Refusal::Symbol(SymbolFault::TooLong));
    }
    let refused = try_encode(&ESC_Z, &qr(b"abc", 9)).unwrap_err();
    assert_eq!(refused, Refusal::Symbol(SymbolFault::Option));
    let drawn = decoded(&encode(&ESC_Z_OR_DRAWN, &qr(&long, 4)));
    assert!(matches!(drawn.events().first(), Some(Event::Image { width: 168, .. })));
    // As the printer draws it.
    let native = decoded(&encode(&Profile::EPSON_80MM, &qr(b"https://example.com", 5)));
    let drawn = decoded(&encode(&DRAWN, &qr(b"https://example.com", 5)));
    assert_eq!(native.bitmap(), drawn.bitmap());
    // Version 10 takes 213 bytes.
    assert!(try_encode(&DRAWN, &qr(&[b'a'; 213], 6)).is_ok());
    let larger = try_encode(&DRAWN, &qr(&[b'a'; 214], 6)).unwrap_err();
    assert_eq!(larger, Refusal::Symbol(SymbolFault::TooLong));
    let none = try_encode(&Profile::BASIC_58MM, &qr(b"abc", 3)).unwrap_err();
    assert_eq!(none, Refusal::NoSymbol);
}

/// `GS ( k`, function by function, with the lengths of the manual.
#[test]
fn symbols_are_the_bytes_of_the_manual() {
    let bytes = |symbol| encode(&Profile::EPSON_80MM, &Item::Symbol(symbol));
    let functions = |parts: &[&[u8]]| -> Vec<u8> {
        let header =
            |part: &&[u8]| [b"\x1D(k", &(part.len() as u16).to_le_bytes()[..], part].concat();
        parts.iter().flat_map(header).collect()
    };
    let level = Pdf417Level::Level(5);
    let pdf417 = Pdf417 { columns: 6, rows: 0, level, truncated: true, ..Pdf417::new(b"PDF") };
    assert_eq!(
        bytes(Symbol::Pdf417(pdf417)),
        functions(&[
            b"0A\x06",
            b"0B\x00",
            b"0C\x02",
            b"0D\x03",
            b"0E\x30\x35",
            b"0F\x01",
            b"0P0PDF",
            b"0Q0",
        ])
    );
    assert_eq!(bytes(Symbol::Pdf417(Pdf417::new(b"PDF")))[32..41], *b"\x1D(k\x04\x000E\x31\x0A");
    assert_eq!(
        bytes(Symbol::MicroQr(MicroQr::new(b"12345"))),
        functions(&[b"1A\x33\x00", b"1C\x04", b"1E0", b"1P012345", b"1Q0"])
    );
    assert_eq!(
        bytes(Symbol::MaxiCode(MaxiCode::new(b"MAXI"))),
        functions(&[b"2A4", b"2P0MAXI", b"2Q0"])
    );
    let stacked = StackedDataBar::new("09501101530010", Stacking::Omnidirectional);
    assert_eq!(
        bytes(Symbol::DataBar(stacked)),
        functions(&[b"3C\x02", b"3P0I0950110153001", b"3Q0"])
    );
    let expanded = StackedDataBar::new("(10)A(21)B", Stacking::Expanded);
    assert_eq!(
        bytes(Symbol::DataBar(expanded)),
        functions(&[b"3C\x02", b"3G\x40\x02", b"3P0L(10)A{1(21)B", b"3Q0"])
    );
    let composite = Composite::new(Barcode::ean13("4006381333931", 60), "(10)ABC");
    assert_eq!(
        bytes(Symbol::Composite(composite)),
        functions(&[b"4C\x03", b"4H1", b"4P00B400638133393", b"4P01A(10)ABC", b"4Q0"])
    );
    let upc_e = Barcode::upc_e("425261", 60).with_text(TextPosition::None);
    assert_eq!(
        bytes(Symbol::Composite(Composite::new(upc_e, "x"))),
        functions(&[b"4C\x03", b"4H0", b"4P00E04210000526", b"4P01Ax", b"4Q0"])
    );
    let aztec = Aztec { compact: true, layers: 2, ..Aztec::new(b"AZTEC") };
    assert_eq!(
        bytes(Symbol::Aztec(aztec)),
        functions(&[b"5B\x31\x02", b"5C\x04", b"5E\x17", b"5P0AZTEC", b"5Q0"])
    );
    let shape = Shape::Rectangle { rows: 8, columns: 0 };
    assert_eq!(
        bytes(Symbol::DataMatrix(DataMatrix { shape, ..DataMatrix::new(b"DM") })),
        functions(&[b"6B\x31\x08\x00", b"6C\x04", b"6P0DM", b"6Q0"])
    );
}

#[test]
fn symbols_arrive_whole() {
    let long: Vec<u8> = (0..400).map(|i| (i % 93) as u8 + 33).collect();
    let component = String::from_utf8(long[..300].to_vec()).unwrap();
    let linear = Barcode::gs1_128("(01)09521234543213", 60);
    for (symbol, kind, data, of) in [
        (Symbol::Pdf417(Pdf417::new(&long)), "pdf417", &long[..], &b""[..]),
        (Symbol::Aztec(Aztec::new(&long)), "aztec", &long, b""),
        (Symbol::DataMatrix(DataMatrix::new(&long)), "data-matrix", &long, b""),
        (Symbol::MaxiCode(MaxiCode::new(&long[..93])), "maxicode", &long[..93], b""),
        (Symbol::MicroQr(MicroQr::new(b"MICRO")), "micro-qr", b"MICRO", b""),
        (
            Symbol::Composite(Composite { large: true, ..Composite::new(linear, &component) }),
            "composite",
            component.as_bytes(),
            b"(01)09521234543213",
        ),
        (
            Symbol::DataBar(StackedDataBar::new("(10)A(21)B", Stacking::Expanded)),
            "databar-expanded-stacked",
            b"(10)A{1(21)B",
            b"",
        ),
    ] {
        let printer = decoded(&encode(&Profile::EPSON_80MM, &Item::Symbol(symbol)));
        let [Event::Symbol { kind: seen, data: said, linear }] = printer.events() else {
            panic!("{symbol:?}: {:?}", printer.events());
        };
        assert_eq!((*seen, &said[..], &linear[..]), (kind, data, of));
        let refused = try_encode(&Profile::CLONE_58MM, &Item::Symbol(symbol));
        assert!(refused.is_err(), "{symbol:?}");
    }
    let micro = Item::Symbol(Symbol::MicroQr(MicroQr::new(b"1")));
    assert_eq!(try_encode(&Profile::CLONE_58MM, &micro), Err(Refusal::NoSymbol));
}

#[test]
fn options_and_sizes_at_their_edges() {
    use SymbolFault::{Empty, Option, TooLong, TooWide};
    let size = |symbol: Symbol<'_>| symbol.size(384);
    let pdf = Pdf417::new(b"abcdef");
    for wrong in [
        Pdf417 { columns: 31, ..pdf },
        Pdf417 { rows: 2, ..pdf },
        Pdf417 { rows: 91, ..pdf },
        Pdf417 { module: 0, ..pdf },
        Pdf417 { module: 9, ..pdf },
        Pdf417 { row_height: 1, ..pdf },
        Pdf417 { row_height: 9, ..pdf },
        Pdf417 { level: Pdf417Level::Level(9), ..pdf },
        Pdf417 { level: Pdf417Level::Tenths(0), ..pdf },
        Pdf417 { level: Pdf417Level::Tenths(41), ..pdf },
    ] {
        assert_eq!(size(Symbol::Pdf417(wrong)), Err(Option), "{wrong:?}");
    }
    let wide = Symbol::Pdf417(Pdf417 { columns: 10, ..pdf });
    assert_eq!(size(wide), Err(TooWide { dots: 2 * (69 + 170) }));
    let small = Symbol::Pdf417(Pdf417 { columns: 1, rows: 3, ..pdf });
    assert_eq!(size(small), Err(TooLong));
    assert_eq!(size(Symbol::Pdf417(Pdf417::new(b""))), Err(Empty));
    assert_eq!(size(Symbol::Pdf417(Pdf417::new(&[0; 900]))), Err(TooLong));
    let square =
        |shape, data| size(Symbol::DataMatrix(DataMatrix { shape, ..DataMatrix::new(data) }));
    assert_eq!(square(Shape::Square(0), b"123456"), Ok(Size { dots: 40, rows: 40 }));
    assert_eq!(square(Shape::Square(10), b"123456"), Ok(Size { dots: 40, rows: 40 }));
    assert_eq!(square(Shape::Square(10), b"1234567"), Err(TooLong));
    assert_eq!(square(Shape::Square(11), b"1"), Err(Option));
    let flat = |rows, columns| Shape::Rectangle { rows, columns };
    assert_eq!(square(flat(8, 0), b"abcdef"), Ok(Size { dots: 128, rows: 32 }));
    assert_eq!(square(flat(8, 18), b"abcdef"), Err(TooLong));
    assert_eq!(square(flat(8, 36), b"abcdef"), Err(Option));
    assert_eq!(square(flat(9, 0), b"abcdef"), Err(Option));
    let aztec = Aztec::new(b"1");
    assert_eq!(size(Symbol::Aztec(aztec)), Ok(Size { dots: 124, rows: 124 }), "four layers");
    for wrong in [
        Aztec { layers: 3, ..aztec },
        Aztec { layers: 33, ..aztec },
        Aztec { compact: true, layers: 5, ..aztec },
        Aztec { level: 4, ..aztec },
        Aztec { level: 96, ..aztec },
        Aztec { module: 1, ..aztec },
        Aztec { module: 17, ..aztec },
    ] {
        assert_eq!(size(Symbol::Aztec(wrong)), Err(Option), "{wrong:?}");
    }
    let compact = Aztec { compact: true, ..Aztec::new(&[b'a'; 80]) };
    assert_eq!(size(Symbol::Aztec(compact)), Err(TooLong));
    let micro = |data, level| size(Symbol::MicroQr(MicroQr { level, ..MicroQr::new(data) }));
    assert_eq!(micro(&[b'1'; 35][..], QrLevel::L), Ok(Size { dots: 68, rows: 68 }));
    assert_eq!(micro(&[b'1'; 36], QrLevel::L), Err(TooLong));
    assert_eq!(micro(&[b'a'; 10], QrLevel::Q), Err(TooLong));
    assert_eq!(micro(b"1", QrLevel::H), Err(Option));
    let maxi = |data, mode| size(Symbol::MaxiCode(MaxiCode { data, mode }));
    assert!(maxi(&[b'1'; 138][..], 4).is_ok());
    assert_eq!(maxi(&[b'1'; 139], 4), Err(TooLong));
    assert_eq!(maxi(&[b'A'; 94], 4), Err(TooLong));
    assert_eq!(maxi(b"A", 1), Err(Option));
    assert_eq!(maxi(b"A", 7), Err(Option));
    let stacked = |module| {
        let bar =
            StackedDataBar { module, ..StackedDataBar::new("0950110153001", Stacking::Stacked) };
        size(Symbol::DataBar(bar))
    };
    assert_eq!(stacked(2), Ok(Size { dots: 100, rows: 26 }));
    assert_eq!(stacked(8), Err(TooWide { dots: 400 }));
    assert_eq!(stacked(1), Err(Option));
    let over_39 = Composite::new(Barcode::code39("A", 60), "(10)A");
    assert_eq!(size(Symbol::Composite(over_39)), Err(Option));
    let large = Composite { large: true, ..Composite::new(Barcode::ean8("9638507", 60), "(10)A") };
    assert_eq!(size(Symbol::Composite(large)), Err(Option));
}

/// A port that takes so many bytes and then no more; what it took.
#[derive(Clone, Debug, Default)]
struct Until {
    left: Rc<Cell<usize>>,
    taken: Rc<RefCell<Vec<u8>>>,
}

impl embedded_pos::ErrorType for Until {
    type Error = core::convert::Infallible;
}

impl embedded_pos::port::Port for Until {
    fn try_read(&mut self, _: &mut [u8]) -> nb::Result<usize, Self::Error> {
        Err(nb::Error::WouldBlock)
    }

    fn try_write(&mut self, bytes: &[u8]) -> nb::Result<usize, Self::Error> {
        let n = bytes.len().min(self.left.get());
        if n == 0 {
            return Err(nb::Error::WouldBlock);
        }
        self.left.set(self.left.get() - n);
        self.taken.borrow_mut().extend(&bytes[..n]);
        Ok(n)
    }
}

/// Dropped at every byte of every form, the next item is whole, and no half
/// of a code is printed.
#[test]
fn a_call_dropped_at_every_byte_leaves_the_printer_in_step() {
    static ESC_Z: Profile = Profile { qr: QrCommand::EscZ, ..Profile::EPSON_80MM };
    let (code, qr) = (
        Item::Barcode(Barcode::ean8("9638507", 9)),
        Item::Qr { data: b"https://example.com/1", module: 2, level: QrLevel::L },
    );
    let composite = Composite::new(Barcode::upc_e("425261", 60), "(10)ABC(21)1");
    for (profile, item) in [
        (&Profile::EPSON_80MM, code),
        (&Profile::EPSON_80MM, Item::Barcode(Barcode::code128("00000000000000000000", 9))),
        (&FORM_A, code),
        (&DRAWN, code),
        (&Profile::EPSON_80MM, qr),
        (&ESC_Z, qr),
        (&DRAWN, qr),
        (&GRAPHICS, code),
        (&DC2, qr),
        (&Profile::EPSON_80MM, Item::Symbol(Symbol::Pdf417(Pdf417::new(&[b'a'; 150])))),
        (&Profile::EPSON_80MM, Item::Symbol(Symbol::Composite(composite))),
    ] {
        let whole = encode(profile, &item);
        let printed = codes(&decoded(&whole));
        for dropped in 0..=whole.len() {
            let port = Until::default();
            port.left.set(dropped);
            let mut driver = EscPos::new(port.clone(), Unpaced, profile);
            let now = embedded_pos::port::Instant::ZERO;
            let mut call = driver.print(&item);
            while call.poll(now) == Err(nb::Error::WouldBlock) && port.left.get() > 0 {}
            drop(call);
            port.left.set(usize::MAX);
            let mut call = driver.print(&Item::Text("ok\n"));
            while call.poll(now) == Err(nb::Error::WouldBlock) {}
            let printer = decoded(&port.taken.borrow());
            assert!(printer.text().ends_with("ok\n"), "{item:?} at {dropped}");
            let codes = codes(&printer);
            assert!(codes.is_empty() || codes == printed, "{item:?} at {dropped}: {codes:?}");
        }
    }
}

/// The codes that the printer made.
fn codes(printer: &EscPosPrinter) -> Vec<Event> {
    let made = |event: &&Event| {
        matches!(event, Event::Barcode { .. } | Event::Qr { .. } | Event::Symbol { .. })
    };
    printer.events().iter().filter(made).cloned().collect()
}
