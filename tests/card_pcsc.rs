//! PC/SC against a pcscd with a virtual reader: `tools/pcsc-virtual cargo test
//! --features pcsc --test card_pcsc` runs it.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use embedded_pos::card::reader::pcsc::{Fault, PcscReader};
use embedded_pos::card::{Atr, CardReader, Command, Response};
use embedded_pos::conformance::{CardStimulus, card};
use embedded_pos::sim::card::{Application, Echo, EmvApplet, Personalisation};
use embedded_pos::sim::issuer::Issuer;
use embedded_pos::{Error, ErrorKind, nb};

/// There is one reader.
static READER: Mutex<()> = Mutex::new(());

fn alone() -> MutexGuard<'static, ()> {
    READER.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// T=1 alone, and T=0 alone; "POS".
const T1: &[u8] = &[0x3B, 0x83, 0x01, b'P', b'O', b'S', 0xCE];
const T0: &[u8] = &[0x3B, 0x63, 0x00, 0x00, b'P', b'O', b'S'];

/// A card at vpcd, for as long as its connection stands.
struct Inserted(TcpStream);

impl Inserted {
    fn new(atr: &'static [u8], mut application: impl Application + 'static) -> Self {
        let at = std::env::var("VPCD_AT").expect("tools/pcsc-virtual runs this");
        let vpcd = TcpStream::connect(at).unwrap();
        let mut line = vpcd.try_clone().unwrap();
        std::thread::spawn(move || {
            let mut len = [0; 2];
            while line.read_exact(&mut len).is_ok() {
                let mut told = vec![0; u16::from_be_bytes(len).into()];
                line.read_exact(&mut told).unwrap();
                let answer = match told[..] {
                    [1 | 2] => {
                        application.reset();
                        continue;
                    }
                    [4] => atr.to_vec(),
                    [] | [_] => continue,
                    _ => application.process(&told),
                };
                let len = u16::try_from(answer.len()).unwrap().to_be_bytes();
                line.write_all(&[&len[..], &answer].concat()).unwrap();
            }
        });
        Self(vpcd)
    }
}

impl Drop for Inserted {
    fn drop(&mut self) {
        let _ = self.0.shutdown(Shutdown::Both);
    }
}

struct Hand(Option<Inserted>);

impl CardStimulus for Hand {
    fn insert(&mut self) {
        self.0 = Some(Inserted::new(T1, Echo));
    }

    fn remove(&mut self) {
        self.0 = None;
    }

    fn pause(&mut self) {
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn wait(mut poll: impl FnMut() -> nb::Result<(), Fault>) {
    for _ in 0..1_000 {
        match poll() {
            Err(nb::Error::WouldBlock) => std::thread::sleep(Duration::from_millis(10)),
            other => return other.unwrap(),
        }
    }
    panic!("not in ten seconds");
}

fn active(reader: &mut PcscReader) {
    wait(|| reader.poll_inserted());
    let mut atr = [0; Atr::MAX];
    let len = reader.activate(&mut atr).unwrap();
    assert_eq!(Atr::new(&atr[..len]).unwrap().historical(), b"POS");
}

#[test]
fn the_promises_of_a_reader_are_kept() {
    let _alone = alone();
    let mut reader = PcscReader::open(Some("Virtual PCD")).unwrap();
    let report = card(&mut reader, &mut Hand(None));
    assert!(report.passed(), "{report}");
}

/// What the card computes reaches us as it is.
#[test]
fn a_payment_card_says_what_it_says_elsewhere() {
    let _alone = alone();
    let applet = || EmvApplet::new(Personalisation::default(), &Issuer::default());
    let mut reader = PcscReader::open(None).unwrap();
    wait(|| reader.poll_removed());
    let _card = Inserted::new(T1, applet());
    active(&mut reader);
    let mut elsewhere = applet();
    elsewhere.reset();
    let select = Command::new(0x00, 0xA4, 0x04, 0x00).data(b"1PAY.SYS.DDF01").expect(256);
    let commands = [
        select,
        Command::new(0x00, 0xB2, 1, 0x0C).expect(256),
        Command::new(0x00, 0xB2, 2, 0x0C).expect(256),
        Command::new(0x80, 0xCA, 0x9F, 0x36).expect(256),
    ];
    for command in commands {
        let mut buf = [0; Command::MAX];
        let apdu = command.write_to(&mut buf).unwrap();
        let mut response = [0; Response::MAX];
        let len = reader.transmit(apdu, &mut response).unwrap();
        assert_eq!(response[..len], elsewhere.process(apdu), "{command:?}");
    }
    reader.deactivate().unwrap();
}

/// As a card of T=0 behind PC/SC: 61xx, GET RESPONSE, 6Cxx.
struct Raw(Vec<u8>);

impl Application for Raw {
    fn reset(&mut self) {
        self.0 = (0..200).collect();
    }

    fn process(&mut self, command: &[u8]) -> Vec<u8> {
        let ready = self.0.len().min(70);
        let mut answer = match command {
            [_, 0xA4, ..] => Vec::new(),
            [_, 0xC0, 0, 0, le] if usize::from(*le) == ready => self.0.drain(..ready).collect(),
            _ => return vec![0x6C, ready as u8],
        };
        let ready = self.0.len().min(70) as u8;
        answer.extend(if ready == 0 { [0x90, 0x00] } else { [0x61, ready] });
        answer
    }
}

#[test]
fn the_whole_response_of_a_card_of_t0_is_fetched() {
    let _alone = alone();
    let mut reader = PcscReader::open(None).unwrap();
    wait(|| reader.poll_removed());
    let _card = Inserted::new(T0, Raw(Vec::new()));
    active(&mut reader);
    let mut response = [0; Response::MAX];
    let len = reader.transmit(&[0x00, 0xA4, 0x04, 0x00, 1, 0x3F, 0x00], &mut response).unwrap();
    assert_eq!((len, &response[200..202]), (202, &[0x90, 0x00][..]));
    assert!(response[..200].iter().copied().eq(0..200));
}

#[test]
fn readers_have_names_and_another_program_is_kept_out() {
    let _alone = alone();
    assert!(PcscReader::names().unwrap().iter().any(|name| name.contains("Virtual PCD")));
    assert_eq!(PcscReader::open(Some("no such reader")).unwrap_err(), Fault::NoReader);
    let mut reader = PcscReader::open(None).unwrap();
    wait(|| reader.poll_removed());
    let inserted = Inserted::new(T1, Echo);
    active(&mut reader);
    let mut other = PcscReader::open(None).unwrap();
    assert_eq!(other.activate(&mut [0; Atr::MAX]).unwrap_err().kind(), ErrorKind::Busy);
    assert_eq!(reader.transmit(&[0; 3], &mut [0; 2]), Err(Fault::Command));
    drop(inserted);
    wait(|| reader.poll_removed());
    let gone = reader.transmit(&[0x00, 0xB2, 1, 0x0C, 0], &mut [0; 258]).unwrap_err();
    assert_eq!(gone.kind(), ErrorKind::Absent, "{gone}");
}
