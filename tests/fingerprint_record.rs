//! Finger minutiae records: samples of others, records made here byte by byte,
//! records cut, bent and made up, and what our builder makes.

use embedded_pos::fingerprint::record::{
    Angle, AngleUnit, BuildError, Builder, Capture, CaptureTime, Certification, Counting, Edition,
    Finding, Head, Image, Impression, LandmarkKind, Malformed, Minutia, MinutiaKind, Minutiae,
    NewView, Note, Part, Position, Quality, Record, What,
};
use embedded_pos::{Error, ErrorKind};
use proptest::prelude::*;

const EDITIONS: [Edition; 5] = [
    Edition::Iso2005,
    Edition::Iso2011,
    Edition::Ansi2004,
    Edition::Ansi2009,
    Edition::Ansi2009Am1,
];

fn bytes(hex: &str) -> Vec<u8> {
    let digits: String = hex.chars().filter(|c| !c.is_whitespace()).collect();
    (0..digits.len())
        .step_by(2)
        .map(|i| u8::from_str_radix(&digits[i..i + 2], 16).unwrap())
        .collect()
}

/// Name, edition and bytes.
fn samples() -> Vec<(&'static str, &'static str, Vec<u8>)> {
    include_str!("vectors/fmr/records.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| {
            let fields: Vec<&str> = line.split(" | ").collect();
            (fields[0], fields[1], bytes(fields[2]))
        })
        .collect()
}

fn notes(record: &Record<'_>) -> Vec<Note> {
    let mut notes = Vec::new();
    record.check(&mut |note| notes.push(note));
    notes
}

fn findings(bytes: &[u8]) -> Vec<Finding> {
    notes(&Record::new(bytes).unwrap()).into_iter().map(|note| note.finding).collect()
}

/// A record, byte by byte, with none of the crate's code.
#[derive(Clone)]
struct Made {
    edition: Edition,
    width: u16,
    position: u8,
    number: u8,
    impression: u8,
    quality: u8,
    minutiae: Vec<[u8; 6]>,
    extensions: Vec<u8>,
}

fn made(edition: Edition) -> Made {
    // Types 1, 2 and 0; the angles are a quarter, a half and none.
    let (quarter, half) = match edition {
        Edition::Iso2005 | Edition::Iso2011 => (64, 128),
        _ => (45, 90),
    };
    let minutiae = vec![
        [0x40, 0x64, 0x00, 0x0E, quarter, 90],
        [0x80, 0x37, 0x01, 0x02, half, 80],
        [0x00, 0xC0, 0x00, 0x00, 0, 0],
    ];
    let extensions = bytes("0001 000B 01 010203 020304  0144 0005 97");
    Made {
        edition,
        width: 300,
        position: 7,
        number: 0,
        impression: 8,
        quality: 77,
        minutiae,
        extensions,
    }
}

impl Made {
    fn bytes(&self) -> Vec<u8> {
        let image = [&self.width.to_be_bytes()[..], &bytes("0190 00C5 00C4")].concat();
        let mut body = vec![u8::try_from(self.minutiae.len()).unwrap()];
        body.extend(self.minutiae.concat());
        body.extend(u16::try_from(self.extensions.len()).unwrap().to_be_bytes());
        body.extend(&self.extensions);
        let (position, number, impression, quality) =
            (self.position, self.number, self.impression, self.quality);
        let first = [position, number << 4 | impression, quality];
        let (mut record, length_at, length) = match self.edition {
            Edition::Iso2005 => {
                let head = bytes("464D5200 20323000 00000000 80B5");
                ([&head, &image[..], &[1, 0], &first, &body].concat(), 8, 4)
            }
            Edition::Ansi2004 => {
                let head = bytes("464D5200 20323000 0000 0042 0011 80B5");
                ([&head, &image[..], &[1, 0], &first, &body].concat(), 8, 2)
            }
            Edition::Ansi2009 | Edition::Ansi2009Am1 => {
                let mut head = bytes("464D5200 30333000 00000000 0042 0011 80 00B5 01 00");
                head[6] = if self.edition == Edition::Ansi2009 { b'0' } else { b'5' };
                let view = [position, number, impression, quality, 0, 6, 0, 0x37];
                ([&head[..], &view, &image, &body].concat(), 8, 4)
            }
            Edition::Iso2011 => {
                let mut view = bytes("00000000 07D5 0C 0F 11 23 14 0102 03 ABCD 00B5 01");
                view.extend([quality, 0, 6, 0, 0x37]);
                view.extend(bytes("01 00FF 02"));
                view.extend([position, number, 0x00, 0xC5, 0x00, 0xC4, impression]);
                view.extend([&image[..4], &[0x61], &body].concat());
                let length = u32::try_from(view.len()).unwrap().to_be_bytes();
                view[..4].copy_from_slice(&length);
                ([&bytes("464D5200 30333000 00000000 0001 01"), &view[..]].concat(), 8, 4)
            }
        };
        let all = u32::try_from(record.len()).unwrap().to_be_bytes();
        record[length_at..length_at + length].copy_from_slice(&all[4 - length..]);
        record
    }
}

#[test]
fn samples_of_others_are_read_as_their_editions() {
    for (name, edition, bytes) in samples() {
        let record = Record::new(&bytes).unwrap();
        assert_eq!(record.edition().name(), edition, "{name}");
        let image = Image { width: 512, height: 512, x_resolution: 197, y_resolution: 197 };
        assert_eq!(record.image(), Some(image));
        let views: Vec<_> = record.views().collect();
        let fingers: Vec<_> = views.iter().map(|view| view.position()).collect();
        assert_eq!(fingers, [Position::LeftIndex, Position::RightIndex], "{name}");
        let minutiae: Vec<_> = views.iter().map(|view| view.minutiae().len()).collect();
        assert_eq!(minutiae, [27, 22], "{name}");
        let qualities: Vec<_> =
            views.iter().map(|view| view.qualities().next().unwrap().score).collect();
        assert_eq!(qualities, [90, 70], "{name}");
        let first = views[0].minutiae().next().unwrap();
        assert_eq!((first.kind, first.x, first.y), (MinutiaKind::Ending, 100, 14), "{name}");
        // The same direction in either unit; the sample of ANSI 2004 has ISO's.
        let degrees = if name == "fpio-ansi-2004" { 160 } else { 112 };
        assert!(first.angle.degrees().abs_diff(degrees) < 2, "{name}");
        assert_eq!(first.quality, Some(90), "{name}");
    }
}

/// What each sample is odd in, and where.
#[test]
fn ambiguities_in_samples_are_reported() {
    let note = |finding, offset| Note { finding, offset };
    let length = |declared, used| note(Finding::Length { declared, used }, 8);
    let expected: [(&str, Vec<Note>); 7] = [
        ("nist-iso-2005", vec![length(340, 341)]),
        ("nist-ansi-2004", vec![]),
        ("fpio-iso-2005", vec![note(Finding::DataOnly, 330)]),
        ("fpio-iso-2011", vec![note(Finding::Number { found: 1, due: 0 }, 216)]),
        (
            "fpio-ansi-2004",
            vec![
                note(Finding::Version, 4),
                length(340, 342),
                note(Finding::Angle, 322),
                note(Finding::Angle, 328),
                note(Finding::Misfit(1), 336),
            ],
        ),
        ("fpio-ansi-2009", vec![length(363, 364)]),
        ("fpio-ansi-2009-am1", vec![]),
    ];
    for ((name, _, bytes), (expected_name, expected)) in samples().into_iter().zip(expected) {
        assert_eq!(name, expected_name);
        assert_eq!(notes(&Record::new(&bytes).unwrap()), expected, "{name}");
    }
}

#[test]
fn a_made_record_has_every_field() {
    for edition in EDITIONS {
        let made = made(edition);
        let bytes = made.bytes();
        let record = Record::new(&bytes).unwrap();
        assert_eq!(record.edition(), edition);
        assert_eq!(notes(&record), [], "{edition}");
        let view = record.views().next().unwrap();
        assert_eq!(view.position(), Position::LeftIndex);
        assert_eq!((view.number(), view.impression()), (0, Impression::Swipe));
        let image = Image { width: 300, height: 400, x_resolution: 197, y_resolution: 196 };
        assert_eq!((view.image(), record.image()), (image, Some(image)));
        let first = matches!(edition, Edition::Iso2005 | Edition::Ansi2004);
        let (vendor, algorithm) = if first { (0, 0) } else { (6, 0x37) };
        assert!(view.qualities().eq([Quality { score: 77, vendor, algorithm }]));
        let minutiae: Vec<_> = view.minutiae().collect();
        let places: Vec<_> = minutiae.iter().map(|it| (it.kind, it.x, it.y)).collect();
        let kinds = [MinutiaKind::Ending, MinutiaKind::Bifurcation, MinutiaKind::Other];
        assert_eq!(places, [(kinds[0], 100, 14), (kinds[1], 55, 258), (kinds[2], 192, 0)]);
        let degrees: Vec<_> = minutiae.iter().map(|it| it.angle.degrees()).collect();
        assert_eq!(degrees, [90, 180, 0]);
        let qualities: Vec<_> = minutiae.iter().map(|it| it.quality).collect();
        assert_eq!(qualities, [Some(90), Some(80), Some(0)]);
        let kinds: Vec<_> = view.extensions().map(|it| (it.kind, it.data.len())).collect();
        assert_eq!(kinds, [(1, 7), (0x144, 1)]);
    }
}

#[test]
fn headers_have_what_their_edition_has() {
    let head = |edition| Record::new(&made(edition).bytes()).unwrap().head();
    let ansi =
        Head { owner: 0x42, product: 0x11, compliance: 8, device: 0xB5, views: 1, reserved: 0 };
    assert_eq!(head(Edition::Iso2005), Head { owner: 0, product: 0, ..ansi });
    assert_eq!(head(Edition::Ansi2004), ansi);
    assert_eq!(head(Edition::Ansi2009), Head { compliance: 0x80, ..ansi });
    assert_eq!(head(Edition::Iso2011), Head { compliance: 1, views: 1, ..Head::default() });
    let bytes = made(Edition::Iso2011).bytes();
    let view = Record::new(&bytes).unwrap().views().next().unwrap();
    let time = CaptureTime {
        year: 2005,
        month: 12,
        day: 15,
        hour: 17,
        minute: 35,
        second: 20,
        millisecond: 0x102,
    };
    let capture = Capture { time, technology: 3, vendor: 0xABCD, device: 0xB5, ending: 1 };
    assert_eq!(view.capture(), Some(capture));
    assert!(view.certifications().eq([Certification { authority: 0xFF, scheme: 2 }]));
}

#[test]
fn minutiae_without_quality_are_read() {
    let mut bytes = made(Edition::Iso2011).bytes();
    let form = bytes.iter().position(|byte| *byte == 0x61).unwrap();
    for end in (0..3).rev() {
        bytes.remove(form + 2 + 6 * end + 5);
    }
    bytes[form] = 0x51;
    bytes[18] -= 3;
    bytes[11] -= 3;
    let record = Record::new(&bytes).unwrap();
    assert_eq!(notes(&record), []);
    let view = record.views().next().unwrap();
    assert!(view.minutiae().all(|minutia| minutia.quality.is_none()));
    bytes[form] = 0x41;
    let error = Record::as_edition(&bytes, Edition::Iso2011).unwrap_err();
    assert_eq!(error, Malformed { what: What::MinutiaSize(4), offset: form });
}

#[test]
fn ridge_counts_and_landmarks() {
    let mut made = made(Edition::Ansi2004);
    // Cores with angles, deltas without: in ANSI the counts say it.
    made.extensions = bytes("0002 000F 41 0064 0032 1E 01 0010 0020");
    let bytes_of = made.bytes();
    let landmarks = |bytes: &[u8]| -> Vec<_> {
        let view = Record::new(bytes).unwrap().views().next().unwrap();
        let extension = view.extensions().next().unwrap();
        assert!(extension.ridge_counts().is_none());
        let points = extension.landmarks().unwrap();
        points.map(|it| (it.kind, it.x, it.y, it.angles.to_vec())).collect()
    };
    let (core, delta) = (LandmarkKind::Core, LandmarkKind::Delta);
    assert_eq!(landmarks(&bytes_of), [(core, 100, 50, vec![30]), (delta, 16, 32, vec![])]);
    assert_eq!(findings(&bytes_of), []);
    // In ISO each point does.
    let mut made = self::made(Edition::Iso2011);
    made.extensions = bytes("0002 0016 02 0064 0032 4065 0033 1E 01 4010 0020 010203");
    let bytes_of = made.bytes();
    let expected =
        [(core, 100, 50, vec![]), (core, 101, 51, vec![30]), (delta, 16, 32, vec![1, 2, 3])];
    assert_eq!(landmarks(&bytes_of), expected);
    assert_eq!(findings(&bytes_of), []);
    made.extensions = bytes("0001 0008 02 010203");
    let bytes_of = made.bytes();
    let view = Record::new(&bytes_of).unwrap().views().next().unwrap();
    let counts = view.extensions().next().unwrap().ridge_counts().unwrap();
    assert_eq!(counts.method(), 2);
    let counts: Vec<_> = counts.map(|it| (it.from, it.to, it.ridges)).collect();
    assert_eq!(counts, [(1, 2, 3)]);
}

#[test]
fn extension_lengths_that_can_be_read_otherwise() {
    let counting = |hex: &str| {
        let made = Made { extensions: bytes(hex), ..made(Edition::Iso2005) };
        let bytes = made.bytes();
        let view = Record::new(&bytes).unwrap().views().next().unwrap();
        let extensions = view.extensions();
        (extensions.counting(), extensions.count(), findings(&bytes))
    };
    assert_eq!(counting(""), (Counting::WithHeader, 0, vec![]));
    assert_eq!(counting("0144 0006 AABB"), (Counting::WithHeader, 1, vec![]));
    assert_eq!(counting("0144 0002 AABB"), (Counting::DataOnly, 1, vec![Finding::DataOnly]));
    let both = "0144 0004 0144 0008 0144 0000";
    assert_eq!(counting(both), (Counting::Either, 2, vec![Finding::EitherWay]));
    let both = "0144 0004 0145 0004 0146 0004 0147 0004";
    assert_eq!(counting(both), (Counting::Either, 4, vec![Finding::EitherWay]));
    assert_eq!(counting("0144 0003 AABB"), (Counting::Neither, 0, vec![Finding::Lengths]));
    assert_eq!(counting("0144"), (Counting::Neither, 0, vec![Finding::Lengths]));
}

#[test]
fn each_oddity_is_noted_and_the_record_read() {
    let odd = |edition, change: &dyn Fn(&mut Made)| {
        let mut made = made(edition);
        change(&mut made);
        findings(&made.bytes())
    };
    let iso = |change: &dyn Fn(&mut Made)| odd(Edition::Iso2005, change);
    let ansi = |change: &dyn Fn(&mut Made)| odd(Edition::Ansi2009, change);
    assert_eq!(iso(&|made| made.position = 11), [Finding::Position(11)]);
    assert_eq!(iso(&|made| made.number = 3), [Finding::Number { found: 3, due: 0 }]);
    assert_eq!(iso(&|made| made.quality = 254), [Finding::Quality(254)]);
    assert_eq!(ansi(&|made| made.quality = 254), []);
    assert_eq!(ansi(&|made| made.quality = 101), [Finding::Quality(101)]);
    assert_eq!(iso(&|made| made.width = 192), [Finding::Outside]);
    assert_eq!(iso(&|made| made.width = 0).first(), Some(&Finding::NoImage));
    assert_eq!(iso(&|made| made.minutiae[2][0] = 0xC0), [Finding::Kind]);
    assert_eq!(iso(&|made| made.minutiae[2][2] = 0x80), [Finding::Reserved]);
    assert_eq!(iso(&|made| made.minutiae[2][5] = 101), [Finding::Quality(101)]);
    assert_eq!(iso(&|made| made.minutiae[2][4] = 255), []);
    assert_eq!(ansi(&|made| made.minutiae[2][4] = 179), []);
    assert_eq!(ansi(&|made| made.minutiae[2][4] = 180), [Finding::Angle]);
    let kind = |kind: u8| move |made: &mut Made| made.extensions = vec![0, kind, 0, 4];
    assert_eq!(iso(&kind(3)), []);
    assert_eq!(ansi(&kind(3)), [Finding::ExtensionKind(3)]);
    assert_eq!(iso(&kind(1)), [Finding::Misfit(1)]);
    assert_eq!(iso(&kind(0)), [Finding::ExtensionKind(0)]);

    let bent = |edition, at: usize, byte: u8| {
        let mut bytes = made(edition).bytes();
        bytes[at] = byte;
        findings(&bytes)
    };
    assert_eq!(bent(Edition::Iso2005, 12, 0x90), [Finding::Reserved]);
    assert_eq!(bent(Edition::Iso2005, 23, 1), [Finding::Reserved]);
    assert_eq!(bent(Edition::Iso2005, 19, 98), [Finding::Resolution(98)]);
    assert_eq!(bent(Edition::Ansi2004, 21, 98), []);
    assert_eq!(bent(Edition::Ansi2004, 11, 0), [Finding::NoOwner]);
    let mut long = made(Edition::Iso2005).bytes();
    let end = long.len();
    long.extend([0; 3]);
    let record = Record::new(&long).unwrap();
    assert_eq!(notes(&record), [Note { finding: Finding::Trailing(3), offset: end }]);
}

#[test]
fn a_view_longer_than_its_data() {
    let mut bytes = made(Edition::Iso2011).bytes();
    let end = bytes.len();
    bytes.extend([0; 2]);
    bytes[11] += 2;
    bytes[18] += 2;
    let record = Record::new(&bytes).unwrap();
    assert_eq!(notes(&record), [Note { finding: Finding::Spare(2), offset: end }]);
    // Shorter: the rest is not the view's, so it is read as nothing.
    bytes[18] -= 4;
    assert!(Record::new(&bytes).is_err());
}

#[test]
fn of_two_editions_the_one_is_taken_whose_lengths_hold() {
    // Without its owner it is an ISO record of no views, but for its length.
    let mut ansi = made(Edition::Ansi2009).bytes();
    ansi[13] = 0;
    assert!(Record::as_edition(&ansi, Edition::Iso2011).is_ok());
    assert_eq!(Record::new(&ansi).unwrap().edition(), Edition::Ansi2009);
    assert_eq!(findings(&ansi), [Finding::NoOwner]);
    // Captured in the year 256 of a finger 20, it has a length for extended
    // data where ANSI has one, which then takes in the rest.
    let both = bytes(
        "464D5200 30333000 0000003C 0001 00  0000002D 0100 01 02 03 04 05 0006 07 0008 0009
         01 50 000A 0000 14 00 00C5 00C5 00 00C0 00C0 60 01 4010 0020 40 50 0000",
    );
    let record = Record::new(&both).unwrap();
    assert_eq!(record.edition(), Edition::Iso2011);
    let also = Finding::Also(Edition::Ansi2009);
    assert_eq!(notes(&record), [Note { finding: also, offset: 4 }]);
    let record = Record::as_edition(&both, Edition::Ansi2009).unwrap();
    assert_eq!(record.views().map(|view| view.minutiae().len()).collect::<Vec<_>>(), [0]);
}

#[test]
fn what_is_no_record() {
    let error = |hex: &str| Record::new(&bytes(hex)).unwrap_err();
    let ends = |offset| Malformed { what: What::Ends(Part::Header), offset };
    assert_eq!(error("464952"), Malformed { what: What::Magic, offset: 0 });
    assert_eq!(error(""), ends(0));
    assert_eq!(error("464D5200 2032"), ends(6));
    let version = What::Version([0x20, 0x33, 0x30, 0]);
    assert_eq!(error("464D5200 20333000 00"), Malformed { what: version, offset: 4 });
    let too_long = What::Length(0x155);
    let mut nist = samples().swap_remove(1).2;
    nist.truncate(340);
    let length = Malformed { what: What::Length(0x157), offset: 8 };
    assert_eq!(Record::as_edition(&nist, Edition::Ansi2004).unwrap_err(), length);
    assert_eq!(length.kind(), ErrorKind::Protocol);
    assert_eq!(length.to_string(), "a length of 343 bytes cannot be, at byte 8");
    let mut nist = samples().swap_remove(0).2;
    nist[11] += 2;
    let error = Record::as_edition(&nist, Edition::Iso2005).unwrap_err();
    assert_eq!(error, Malformed { what: What::Length(0x156), offset: 8 });
    assert_ne!(error.what, too_long);
}

#[test]
fn a_record_cut_anywhere_is_none() {
    let made = EDITIONS.map(|edition| made(edition).bytes());
    let samples = samples().into_iter().map(|(_, _, bytes)| bytes);
    for bytes in samples.chain(made) {
        for end in 0..bytes.len() {
            let error = Record::new(&bytes[..end]).unwrap_err();
            assert!(error.offset <= end, "{error} of {end}");
        }
    }
}

#[test]
fn a_flipped_bit_is_no_panic_and_stays_in_bounds() {
    for edition in EDITIONS {
        let bytes = made(edition).bytes();
        for bit in 0..bytes.len() * 8 {
            let mut bent = bytes.clone();
            bent[bit / 8] ^= 1 << (bit % 8);
            exhaust(&bent);
        }
    }
}

/// Reads all there is.
fn exhaust(bytes: &[u8]) {
    for edition in EDITIONS {
        let Ok(record) = Record::as_edition(bytes, edition) else { continue };
        assert_eq!(record.views().len(), record.views().count());
        for view in record.views() {
            assert_eq!(view.minutiae().len(), view.minutiae().count());
            for extension in view.extensions() {
                extension.ridge_counts().map(Iterator::count);
                extension.landmarks().map(Iterator::count);
            }
        }
        record.check(&mut |note| assert!(note.offset <= bytes.len(), "{note}"));
    }
    match Record::new(bytes) {
        Ok(record) => assert!(notes(&record).first().copied() == record.first_note()),
        Err(error) => assert!(error.offset <= bytes.len(), "{error}"),
    }
}

fn view(quality: Quality) -> NewView {
    NewView {
        position: Position::RightThumb,
        number: 0,
        impression: Impression::LivePlain,
        quality,
        image: Image { width: 300, height: 400, x_resolution: 197, y_resolution: 197 },
        capture: Capture::UNKNOWN,
    }
}

const GOOD: Quality = Quality { score: 60, vendor: 0, algorithm: 0 };

fn head(edition: Edition) -> Head {
    match edition {
        Edition::Iso2005 | Edition::Iso2011 => Head::default(),
        _ => Head { owner: 0x42, ..Head::default() },
    }
}

fn minutia(x: u16, y: u16, raw: u8, unit: AngleUnit) -> Minutia {
    Minutia { kind: MinutiaKind::Ending, x, y, angle: Angle { raw, unit }, quality: Some(50) }
}

/// A built record of one view.
fn built(edition: Edition, minutiae: &[Minutia]) -> Result<Vec<u8>, BuildError> {
    let mut out = [0xEE; 4096];
    let mut builder = Builder::new(edition, head(edition), &mut out)?;
    builder.view(&view(GOOD))?;
    minutiae.iter().try_for_each(|minutia| builder.minutia(minutia))?;
    let length = builder.finish()?;
    Ok(out[..length].to_vec())
}

#[test]
fn made_records_are_built_again_to_the_byte() {
    for edition in EDITIONS {
        let mut original = made(edition).bytes();
        if edition == Edition::Iso2011 {
            // Certifications cannot be built.
            original[14] = 0;
            original.drain(40..44);
            original[11] -= 4;
            original[18] -= 4;
        }
        let record = Record::new(&original).unwrap();
        let mut out = vec![0xEE; original.len()];
        let mut builder = Builder::new(edition, record.head(), &mut out).unwrap();
        let view = record.views().next().unwrap();
        let new = NewView {
            position: view.position(),
            number: view.number(),
            impression: view.impression(),
            quality: view.qualities().next().unwrap(),
            image: view.image(),
            capture: view.capture().unwrap_or(Capture::UNKNOWN),
        };
        builder.view(&new).unwrap();
        view.minutiae().for_each(|minutia| builder.minutia(&minutia).unwrap());
        view.extensions().for_each(|it| builder.extension(it.kind, it.data).unwrap());
        assert_eq!(builder.finish(), Ok(original.len()), "{edition}");
        assert_eq!(out, original, "{edition}");
        for short in 0..original.len() {
            let mut out = vec![0; short];
            let Ok(mut builder) = Builder::new(edition, record.head(), &mut out) else { continue };
            let done = builder.view(&new).and_then(|()| {
                view.minutiae().try_for_each(|minutia| builder.minutia(&minutia))?;
                view.extensions().try_for_each(|it| builder.extension(it.kind, it.data))?;
                builder.finish()
            });
            assert_eq!(done, Err(BuildError::Full));
        }
    }
}

#[test]
fn a_builder_refuses_what_a_strict_reader_would() {
    let ansi = |x, y, raw| built(Edition::Ansi2009, &[minutia(x, y, raw, AngleUnit::TwoDegrees)]);
    assert!(ansi(299, 399, 179).is_ok());
    let outside = BuildError::Odd(Note { finding: Finding::Outside, offset: 40 - 2 });
    assert_eq!(ansi(300, 0, 0), Err(outside));
    assert_eq!(ansi(0x4000, 0, 0), Err(BuildError::Range));
    assert!(matches!(ansi(0, 0, 180), Err(BuildError::Odd(_))));
    assert_eq!(outside.kind(), ErrorKind::Argument);

    let mut out = [0; 256];
    let mut builder = Builder::new(Edition::Iso2005, Head::default(), &mut out).unwrap();
    let point = minutia(1, 1, 0, AngleUnit::Turn256);
    assert_eq!(builder.minutia(&point), Err(BuildError::Order));
    assert_eq!(builder.extension(0x144, &[]), Err(BuildError::Order));
    builder.view(&view(GOOD)).unwrap();
    builder.extension(0x144, &[]).unwrap();
    assert_eq!(builder.minutia(&point), Err(BuildError::Order));
    let other = Image { width: 1, ..view(GOOD).image };
    assert_eq!(builder.view(&NewView { image: other, ..view(GOOD) }), Err(BuildError::Image));

    let none = Builder::new(Edition::Iso2011, Head::default(), &mut out).unwrap().finish();
    assert!(matches!(none, Err(BuildError::Odd(Note { finding: Finding::Views(0), .. }))));
    let many = vec![point; 256];
    assert_eq!(built(Edition::Iso2005, &many), Err(BuildError::TooMany));
    assert!(built(Edition::Iso2005, &many[..255]).is_ok());
}

#[test]
fn angles_are_converted() {
    let angle = |raw, unit| Angle { raw, unit };
    assert_eq!(angle(64, AngleUnit::Turn256).to(AngleUnit::TwoDegrees).raw, 45);
    assert_eq!(angle(45, AngleUnit::TwoDegrees).to(AngleUnit::Turn64).raw, 16);
    assert_eq!(angle(255, AngleUnit::Turn256).to(AngleUnit::Turn64).raw, 0);
    assert_eq!(angle(1, AngleUnit::Turn256).degrees(), 1);
    assert_eq!(angle(255, AngleUnit::Turn256).degrees(), 359);
    assert_eq!(angle(63, AngleUnit::Turn64).degrees(), 354);
    // An ISO record as an ANSI one.
    let bytes = built(Edition::Ansi2004, &[minutia(1, 2, 128, AngleUnit::Turn256)]).unwrap();
    let view = Record::new(&bytes).unwrap().views().next().unwrap();
    assert!(view.minutiae().eq([minutia(1, 2, 90, AngleUnit::TwoDegrees)]));
}

#[test]
fn card_formats() {
    let point = minutia(200, 100, 16, AngleUnit::Turn64);
    assert_eq!(point.to_card_compact(), Ok([200, 100, 0x50]));
    assert_eq!(point.to_card_normal(), Ok([0x40, 200, 0, 100, 64]));
    let compact = bytes("C864 50 0001 BF AA");
    let read: Vec<_> = Minutiae::card_compact(&compact).collect();
    assert!(read[0] == Minutia { quality: None, ..point });
    assert_eq!((read.len(), read[1].kind, read[1].angle.raw), (2, MinutiaKind::Bifurcation, 63));
    let normal = bytes("40C8 0064 40");
    let read: Vec<_> = Minutiae::card_normal(&normal).collect();
    assert_eq!((read.len(), read[0].x, read[0].angle.degrees()), (1, 200, 90));
    assert_eq!(minutia(256, 0, 0, AngleUnit::Turn64).to_card_compact(), Err(BuildError::Range));
}

#[test]
fn codes_survive() {
    for code in 0..=255 {
        assert_eq!(Position::from(code).code(), code);
        assert_eq!(Impression::from(code).code(), code);
    }
    assert_eq!(Position::from(10), Position::LeftLittle);
    assert_eq!(Impression::from(9), Impression::Other(9));
}

#[test]
fn debug_shows_nothing_of_the_finger() {
    let bytes = made(Edition::Iso2011).bytes();
    let record = Record::new(&bytes).unwrap();
    let view = record.views().next().unwrap();
    let shown = format!(
        "{record:?} {view:?} {:?} {:?} {:?} {:?} {:?}",
        record.views(),
        view.minutiae(),
        view.minutiae().next(),
        view.extensions(),
        view.extensions().next().and_then(|it| it.ridge_counts()?.next()),
    );
    let expected = "Record { edition: Iso2011, views: 1, bytes: 92, .. } View { minutiae: 3, .. } \
        Views { len: 1, .. } Minutiae { len: 3, .. } Some(Minutia(..)) \
        Extensions { bytes: 16, .. } Some(RidgeCount(..))";
    assert_eq!(shown, expected);
}

proptest! {
    #[test]
    fn any_bytes_are_no_panic(
        version in 0usize..4,
        mut bytes in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        exhaust(&bytes);
        if bytes.len() >= 12 {
            let versions = [b" 20\0", b"020\0", b"030\0", b"035\0"];
            bytes[..4].copy_from_slice(b"FMR\0");
            bytes[4..8].copy_from_slice(versions[version]);
            bytes[8..11].fill(0);
            exhaust(&bytes);
        }
    }

    #[test]
    fn what_is_built_is_read(
        edition in prop::sample::select(&EDITIONS[..]),
        points in prop::collection::vec((0u16..300, 0u16..400, 0u8..180, 0u8..=100), 0..255),
    ) {
        let unit = edition.angle_unit();
        let minutiae: Vec<_> = points
            .iter()
            .map(|(x, y, raw, quality)| Minutia { quality: Some(*quality), ..minutia(*x, *y, *raw, unit) })
            .collect();
        let bytes = built(edition, &minutiae).unwrap();
        let record = Record::new(&bytes).unwrap();
        prop_assert_eq!(record.edition(), edition);
        let view = record.views().next().unwrap();
        prop_assert!(view.minutiae().eq(minutiae));
        prop_assert!(view.qualities().next().unwrap().score == 60);
    }
}
