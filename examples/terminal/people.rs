//! The people: the officer, the driver, and what they do, as the command line
//! has it. On simulated devices they act; on others they are asked to.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use embedded_pos::port::{Clock, Instant};
use embedded_pos::scan::plate::Plate;
use embedded_pos::terminal::payment::Wallet;
use embedded_pos::terminal::{
    Choice, CivilTime, Confirmation, Delivery, Factor, Fault, Fen, Moment, Note, OfficerId, Paper,
    Place, Printing, Signature, Tender, Text, Violation,
};

use crate::args::{Args, Bank, Pay};
use crate::clock::AnyClock;
use crate::common::{png, stage};
use crate::desk::{Act, Part, World};
use crate::office;
use crate::payer::Payer;
use crate::rig::Hands;

/// The people at the desk.
pub struct People {
    pub clock: AnyClock,
    pub hands: Hands,
    start: u64,
    /// The second it was last, and how that reads.
    second: Option<(u64, CivilTime)>,
    plate: Option<Plate>,
    pay: Pay,
    payer: Payer,
    /// How often the payer was asked to leave the card in, since it was put in.
    left: u8,
    /// How often the person still tries to pay.
    tries: u8,
    sign: Signature,
    take: Delivery,
    place: Place,
    dir: Option<PathBuf>,
    /// What the simulated printer printed, with its words.
    pub papers: Vec<(Paper, Printing, String)>,
    /// What was survived, by part.
    pub survived: BTreeMap<&'static str, u32>,
}

impl People {
    pub fn new(
        args: &Args,
        clock: AnyClock,
        hands: Hands,
        dir: Option<&Path>,
    ) -> Result<Self, String> {
        let plate = match &args.plate {
            None => None,
            Some(text) => {
                Some(Plate::parse(text).map_err(|error| format!("--plate {text}: {error}"))?)
            }
        };
        let note = |text| Note::new(text).map_err(|fault: Fault| fault.to_string());
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        Ok(Self {
            clock,
            hands,
            start: now.map_or(0, |since| since.as_secs()),
            second: None,
            plate,
            pay: args.pay,
            payer: args.card.payer,
            left: 0,
            tries: if args.bank == Bank::Declines || !args.card.payer.pays() { 1 } else { 3 },
            sign: match args.refuse_signature {
                false => Signature::Signed,
                true => Signature::Refused(note("当事人拒绝签名")?),
            },
            take: match args.refuse_papers {
                false => Delivery::Accepted,
                true => Delivery::Refused(note("当事人拒绝接收")?),
            },
            place: Place {
                code: text("120101000001")?, text: text("和平区南京路与营口道交口")?
            },
            dir: dir.map(Into::into),
            papers: Vec::new(),
            survived: BTreeMap::new(),
        })
    }

    /// Whether the plate comes from the camera.
    pub fn wants_camera(&self) -> bool {
        self.plate.is_none()
    }

    fn civil(&mut self) -> CivilTime {
        /// China Standard Time.
        const EAST: u64 = 8 * 3600;
        let seconds = self.start + EAST + self.clock.now().as_micros() / 1_000_000;
        if let Some((_, civil)) = self.second.filter(|(second, _)| *second == seconds) {
            return civil;
        }
        let civil = CivilTime::from_unix(seconds);
        let civil = civil.unwrap_or_else(|fault| unreachable!("the clock shows no time: {fault}"));
        self.second = Some((seconds, civil));
        civil
    }

    fn hold_up(&self, code: &str) {
        if let Some(scanner) = &self.hands.scanner {
            scanner.device().present(code.as_bytes(), stage::symbology(code));
        }
    }
}

/// Where the picture of a paper goes.
pub fn picture(dir: &Path, paper: Paper) -> PathBuf {
    dir.join(format!("{}.png", paper.name()))
}

fn text<const N: usize>(text: &str) -> Result<Text<N>, String> {
    Text::new(text).map_err(|fault| fault.to_string())
}

impl World for People {
    fn now(&mut self) -> Moment {
        Moment { at: self.clock.now(), civil: self.civil() }
    }

    fn idle(&mut self, until: Instant) {
        self.clock.sleep(until);
    }

    fn tell(&mut self, part: Part, line: fmt::Arguments<'_>) {
        let now = self.clock.now().as_micros() / 1_000;
        let (s, ms, part) = (now / 1_000, now % 1_000, part.name());
        // The case goes on when nobody reads along.
        let _ = writeln!(io::stdout(), "{s:3}.{ms:03} s  {part:11}  {line}");
    }

    fn survived(&mut self, part: Part, error: &dyn fmt::Display) {
        *self.survived.entry(part.name()).or_default() += 1;
        self.tell(part, format_args!("! {error}; again"));
    }

    fn ask(&mut self, act: Act) {
        let Hands { sensor, scanner, reader, camera, printer, .. } = &self.hands;
        let acted = match act {
            Act::LayFinger => sensor.as_ref().map(|s| s.device().place(stage::FINGERS[0].1)),
            Act::PassCamera => {
                camera.as_ref().map(|camera| camera.device().pass(&stage::pass(stage::PLATE)))
            }
            Act::ShowLicence => scanner.as_ref().map(|_| self.hold_up(stage::LICENCE)),
            Act::ShowPayment(wallet) => scanner.as_ref().map(|_| {
                self.hold_up(match wallet {
                    Wallet::WeChat => stage::WECHAT,
                    Wallet::Alipay => stage::ALIPAY,
                    _ => stage::UNIONPAY,
                });
            }),
            Act::InsertCard => reader.as_ref().map(|reader| {
                self.left = 0;
                reader.device().insert(self.payer.card());
            }),
            Act::LeaveCard => reader.as_ref().map(|reader| {
                self.left += 1;
                if matches!((self.payer, self.left), (Payer::PulledEarly, 1) | (Payer::Pulled, 2)) {
                    drop(reader.device().remove());
                }
            }),
            Act::TakeCard => reader.as_ref().map(|reader| drop(reader.device().remove())),
            Act::LoadPaper => printer.as_ref().map(|printer| printer.device().load_paper()),
            Act::PayShown => Some(()),
            Act::Done => {
                sensor.iter().for_each(|sensor| sensor.device().lift());
                scanner.iter().for_each(|scanner| scanner.device().withdraw());
                return;
            }
        };
        if acted.is_none() {
            self.tell(Part::Terminal, format_args!("please: {act:?}"));
        }
    }

    fn officer(&mut self) -> OfficerId {
        Text::new(office::ANNA).unwrap_or_default()
    }

    fn second_factor(&mut self, factor: Factor) -> bool {
        self.tell(Part::Terminal, format_args!("{factor:?} entered"));
        true
    }

    fn typed_plate(&mut self) -> Option<Plate> {
        self.plate
    }

    fn choose<'v>(&mut self, violations: &'v [Option<Violation>]) -> Choice<'v> {
        match violations.iter().flatten().next() {
            Some(violation) => Choice::about(violation),
            None => Choice::Penalty {
                behaviour: "1345",
                time: self.civil(),
                place: self.place,
                violation: None,
            },
        }
    }

    fn confirm(&mut self) -> Confirmation {
        self.tell(Part::Terminal, format_args!("the driver was told, and agrees"));
        Confirmation::Agreed
    }

    fn tender(&mut self, due: Fen) -> Tender {
        let tender = match self.tries.checked_sub(1) {
            Some(left) => {
                self.tries = left;
                Tender::Now(self.pay.method())
            }
            None => Tender::Later,
        };
        self.tell(Part::Terminal, format_args!("{due} yuan due: {tender:?}"));
        tender
    }

    fn show(&mut self, code: &[u8]) {
        let code = String::from_utf8_lossy(code).into_owned();
        self.tell(Part::Terminal, format_args!("scan to pay: {code}"));
    }

    fn sign(&mut self) -> Signature {
        match self.sign {
            Signature::Refused(note) => {
                self.tell(Part::Terminal, format_args!("noted: {}", note.as_str()));
            }
            _ => self.tell(Part::Terminal, format_args!("the driver signs")),
        }
        self.sign
    }

    fn deliver(&mut self) -> Delivery {
        match self.take {
            Delivery::Refused(note) => {
                self.tell(Part::Terminal, format_args!("noted: {}", note.as_str()));
            }
            _ => self.tell(Part::Terminal, format_args!("the driver takes the papers")),
        }
        self.take
    }

    fn printed(&mut self, paper: Paper, printing: Printing) {
        let Some(printer) = &self.hands.printer else { return };
        let mut printer = printer.device();
        self.papers.push((paper, printing, printer.text()));
        if let (Some(dir), false) = (&self.dir, matches!(printing, Printing::Failed(_))) {
            let file = picture(dir, paper);
            let kept = fs::create_dir_all(dir)
                .and_then(|()| png::paper(&file, printer.bitmap()))
                .and_then(|()| fs::write(file.with_extension("txt"), printer.text()));
            if let Err(error) = kept {
                eprintln!("{}: {error}", file.display());
            }
        }
        printer.tear();
    }

    fn unpredictable(&mut self) -> [u8; 4] {
        use std::hash::{BuildHasher, RandomState};
        // Seeded by the operating system, anew in every process.
        let random = RandomState::new().hash_one(self.start).to_le_bytes();
        [random[0], random[1], random[2], random[3]]
    }
}
