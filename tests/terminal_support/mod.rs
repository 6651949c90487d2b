//! A terminal at a simulated backend, with a scripted officer and driver.
#![allow(dead_code)]

use embedded_pos::fingerprint::trust::{Claim, Comparison, Policy, Presence, Reply, Search};
use embedded_pos::fingerprint::{Match, SensorId, Slot};
use embedded_pos::port::{Duration, Instant};
use embedded_pos::printer::Item;
use embedded_pos::scan::code::{AdmittedCode, OneTime, PaymentCode};
use embedded_pos::scan::plate::{Hpzl, Plate};
use embedded_pos::sim::backend::{Backend, VehicleFile};
use embedded_pos::sim::records::MemorySink;
use embedded_pos::terminal::papers::STANDARD;
use embedded_pos::terminal::payment::{
    ChipCard, History, Means, Method, Outcome as PaymentOutcome, Replay, Request, Secret,
    Step as PayStep, Timing, Wallet,
};
use embedded_pos::terminal::{
    Case, Choice, CivilTime, Confirmation, Date, Decided, DecisionNumber, Delivery, Driver,
    Failures, Fen, MeasureKind, Moment, Note, NumberBlock, Officer, Outcome, Paper, Penalty,
    PenaltyTable, Place, Platform, Printing, Record, RecordStore, Role, Rules, Seq, Series,
    Session, SignIn, SignInStep, Signature, Source, Standing, Step, Subject, Tender, TerminalId,
    Text, Vehicle, Violation, upload_oldest,
};

pub const PAN: &str = "6222020000000000000";
pub const TRACK2: &[u8] = &[0x57, 0x13, 0x62, 0x22, 0x02, 0x00];
pub const WECHAT_CODE: &str = "134567890123456789";
pub const ALIPAY_CODE: &str = "284567890123456789";
pub const UNIONPAY_CODE: &str = "6245678901234567890";

pub const PENALTIES: &[Penalty<'static>] = &[
    Penalty {
        behaviour: "1039",
        text: "违反规定停放车辆",
        forbidden_by: "《道路交通安全法》第五十六条第一款",
        punished_by: "《道路交通安全法》第九十三条第二款",
        points: 0,
        fine: Fen::yuan(200),
    },
    Penalty {
        behaviour: "1240",
        text: "不按规定使用灯光",
        forbidden_by: "《道路交通安全法实施条例》第五十八条",
        punished_by: "《道路交通安全法》第九十条",
        points: 1,
        fine: Fen::ZERO,
    },
    Penalty {
        behaviour: "1636",
        text: "机动车行驶超过规定时速50%",
        forbidden_by: "《道路交通安全法》第四十二条",
        punished_by: "《道路交通安全法》第九十九条",
        points: 12,
        fine: Fen::yuan(1000),
    },
];

/// Anybody may lay a finger on any sensor.
pub const POLICY: Policy =
    Policy { search: Some(Search { minimum_score: 50 }), accept_alike: true, ..Policy::STANDARD };

pub fn sensor() -> Presence {
    Presence { id: SensorId::new(b"sensor", false), interruptions: 0, stored: 4 }
}

pub fn date(year: u16, month: u8, day: u8) -> Date {
    Date::new(year, month, day).unwrap()
}

pub fn rules() -> Rules<'static> {
    Rules {
        terminal: TerminalId::new("TJ000123").unwrap(),
        authority: "天津市公安局交通管理局和平支队",
        table: PenaltyTable {
            version: 7,
            from: date(2022, 4, 1),
            until: None,
            limit: Fen::yuan(200),
            penalties: PENALTIES,
        },
        authorise: false,
        timing: Timing::PUBLISHED,
        terms: &[("bank", "中国银行")],
    }
}

pub fn roster() -> Vec<Officer<'static>> {
    let officer = |id, name, slots, role, second| {
        let id = Text::new(id).unwrap();
        Officer { id, name, slots, role, second }
    };
    vec![
        officer("010101", "李警官", &[Slot(1), Slot(2)], Role::Officer, None),
        officer("010102", "王辅警", &[Slot(3)], Role::Auxiliary, None),
        officer(
            "010103",
            "赵队长",
            &[Slot(4)],
            Role::Supervisor,
            Some(embedded_pos::terminal::Factor::Pin),
        ),
    ]
}

pub fn text<const N: usize>(text: &str) -> Text<N> {
    Text::new(text).unwrap()
}

pub fn note(text: &str) -> Note {
    Note::new(text).unwrap()
}

pub fn vehicle() -> Vehicle {
    Vehicle::new(&Plate::parse("津A12345").unwrap(), Hpzl::SMALL).unwrap()
}

pub fn subject() -> Subject {
    let driver = Driver { licence: text("120101199001010016"), name: text("张三") };
    Subject { vehicle: Some((vehicle(), Source::Camera)), driver: Some((driver, Source::Scanner)) }
}

pub fn place() -> Place {
    Place { code: text("1201010001"), text: text("南京路与滨江道交口") }
}

pub fn violation(decided: Option<Decided>) -> Violation {
    Violation {
        number: text("1201011234567890"),
        time: CivilTime::new(date(2026, 2, 1), 9, 30, 0).unwrap(),
        place: text("南京路与滨江道交口"),
        behaviour: text("1039"),
        decided,
    }
}

pub fn decided(delivered: Date) -> Decided {
    let number = DecisionNumber::new("1201011000000999").unwrap();
    Decided { number, delivered, fine: Fen::yuan(200) }
}

/// What the people do in a case.
#[derive(Clone)]
pub struct Script {
    pub choice: Plan,
    pub confirmation: Confirmation,
    /// How the driver pays, one for each time he is asked; then later.
    pub tenders: Vec<Tender>,
    pub card_agrees: bool,
    /// The payer calls a wallet payment off at the first wait.
    pub abandons: bool,
    /// How printing goes, one for each paper; then well.
    pub printing: Vec<Printing>,
    pub signature: Signature,
    pub delivery: Delivery,
}

#[derive(Clone, Copy)]
pub enum Plan {
    Penalty(&'static str),
    First,
    Measure,
    Nothing,
}

impl Script {
    pub fn paying(tenders: &[Method]) -> Self {
        Self {
            choice: Plan::Penalty("1039"),
            confirmation: Confirmation::Agreed,
            tenders: tenders.iter().map(|method| Tender::Now(*method)).collect(),
            card_agrees: true,
            abandons: false,
            printing: Vec::new(),
            signature: Signature::Signed,
            delivery: Delivery::Accepted,
        }
    }
}

pub struct World {
    pub backend: Backend,
    pub sink: MemorySink,
    pub at: Instant,
    pub today: Date,
    pub decisions: NumberBlock,
    pub measures: NumberBlock,
    pub cases: u32,
    /// The papers as they were printed.
    pub papers: Vec<(Paper, u8, String)>,
    /// What was shown to be scanned.
    pub shown: Vec<String>,
    /// The steps, in order.
    pub steps: Vec<String>,
}

impl World {
    pub fn new() -> Self {
        let mut backend = Backend::new();
        let file = VehicleFile {
            inspection: Standing::Until(date(2027, 5, 31)),
            insurance: Standing::Until(date(2026, 1, 31)),
        };
        backend.authority.register(&vehicle(), file);
        let decisions = backend.numbers(Series::Decision).unwrap();
        let measures = backend.numbers(Series::Measure).unwrap();
        Self {
            backend,
            sink: MemorySink::new(),
            at: Instant::from_micros(1_000_000),
            today: date(2026, 3, 2),
            decisions,
            measures,
            cases: 0,
            papers: Vec::new(),
            shown: Vec::new(),
            steps: Vec::new(),
        }
    }

    pub fn now(&self) -> Moment {
        let seconds = self.at.as_micros() / 1_000_000 % 86_400;
        let part = |value: u64| u8::try_from(value).unwrap();
        let (hour, minute) = (part(seconds / 3600), part(seconds / 60 % 60));
        let civil = CivilTime::new(self.today, hour, minute, part(seconds % 60)).unwrap();
        Moment { at: self.at, civil }
    }

    pub fn next_case(&mut self) -> u32 {
        self.cases += 1;
        self.cases
    }

    pub fn sign_in<'a>(&mut self, roster: &'a [Officer<'a>], slot: u16) -> Session<'a> {
        self.lay_finger(roster, slot).0
    }

    pub fn lay_finger<'a>(
        &mut self,
        roster: &'a [Officer<'a>],
        slot: u16,
    ) -> (Session<'a>, SignIn<'a>) {
        let case = self.next_case();
        let (failures, now) = (Failures::default(), self.now());
        let mut sign_in = SignIn::new(roster, POLICY, Claim::Anyone, failures, case, now);
        loop {
            let now = self.now();
            match sign_in.step(now) {
                SignInStep::Append(entry) => {
                    let kept = entry.append(&mut self.sink).unwrap();
                    sign_in.appended(&kept).unwrap();
                }
                SignInStep::Sensor => sign_in.sensor(Ok(sensor())).unwrap(),
                SignInStep::Finger(Comparison::Search) => {
                    let matched = Match { slot: Slot(slot), score: 90 };
                    sign_in.finger(Reply::Match(matched), 0, now).unwrap();
                }
                SignInStep::SecondFactor(..) => sign_in.second_factor(true, now).unwrap(),
                SignInStep::Done(session) => return (session, sign_in),
                other => panic!("{other:?}"),
            }
        }
    }

    /// A whole case; the officer is the one of slot 1.
    pub fn run(&mut self, script: &Script) -> Outcome {
        let (rules, roster) = (rules(), roster());
        let session = self.sign_in(&roster, 1);
        let case = self.next_case();
        let mut case = Case::new(&rules, session, case).unwrap();
        self.drive(&mut case, script.clone())
    }

    pub fn drive(&mut self, case: &mut Case<'_>, mut script: Script) -> Outcome {
        let mut list = [None; 8];
        script.tenders.reverse();
        script.printing.reverse();
        for _ in 0..1_000 {
            let now = self.now();
            let step = case.step(now);
            self.note_step(&step);
            match step {
                Step::Append(entry) => {
                    // A sink that fails is tried again.
                    let kept = entry.append(&mut self.sink);
                    let kept = kept.or_else(|_| entry.append(&mut self.sink)).unwrap();
                    case.appended(kept, now).unwrap();
                }
                Step::Identify => case.identified(subject(), now).unwrap(),
                Step::Query(query) => {
                    let finding = query.ask(&mut self.backend, case.subject(), &mut list);
                    case.queried(finding, now).unwrap();
                }
                Step::Choose => {
                    let first = list[0];
                    case.chosen(choice(script.choice, first.as_ref(), now), now).unwrap();
                }
                Step::Confirm => case.confirmed(script.confirmation, now).unwrap(),
                Step::Number(Series::Measure) => {
                    case.numbered(self.measures.take().unwrap(), now).unwrap();
                }
                Step::Number(_) => case.numbered(self.decisions.take().unwrap(), now).unwrap(),
                Step::Recall(terminal, number) => {
                    let history = History::read(terminal, number, &mut self.sink).unwrap();
                    case.recalled(&history, now).unwrap();
                }
                Step::Tender { .. } => {
                    let tender = script.tenders.pop().unwrap_or(Tender::Later);
                    case.tendered(tender, now).unwrap();
                }
                Step::Ask(request) => {
                    let answer = self.ask(request);
                    case.answered(answer, now).unwrap();
                }
                Step::Complete(_) => case.completed(script.card_agrees, now).unwrap(),
                Step::Wait { .. } if script.abandons => {
                    script.abandons = false;
                    case.abandon(now).unwrap();
                }
                Step::Wait { until } => {
                    assert!(until > self.at);
                    self.at = until;
                }
                Step::Print { paper, copy } => {
                    let text = page(case, paper);
                    self.papers.push((paper, copy, text));
                    let printing = script.printing.pop().unwrap_or(Printing::Proven);
                    case.printed(printing, now).unwrap();
                }
                Step::Sign => case.signed(script.signature, now).unwrap(),
                Step::Deliver => case.delivered(script.delivery, now).unwrap(),
                Step::Upload { upto } => {
                    let acked = self.upload(upto);
                    case.uploaded(acked).unwrap();
                }
                Step::Done(outcome) => return outcome,
                other => panic!("unexpected {other:?}"),
            }
            self.at += Duration::from_millis(10);
        }
        panic!("the case does not end: {:?}", self.steps);
    }

    fn note_step(&mut self, step: &Step<'_>) {
        let text = format!("{step:?}");
        let word = text.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        self.steps.push(word.to_string());
    }

    pub fn ask(&mut self, request: Request) -> embedded_pos::terminal::payment::Answer {
        let mut code = [0; 128];
        let mut scanned = admitted(match &request {
            Request::Pay(charge) => match charge.method() {
                Method::Scanned(Wallet::Alipay) => ALIPAY_CODE,
                Method::Scanned(Wallet::UnionPay) => UNIONPAY_CODE,
                _ => WECHAT_CODE,
            },
            _ => WECHAT_CODE,
        });
        let mut means = match &request {
            Request::Pay(charge) => match charge.method() {
                Method::Card => {
                    Means::Card(ChipCard::new(Secret::new(PAN.as_bytes()), Secret::new(TRACK2)))
                }
                _ => Means::Code(&mut scanned),
            },
            _ => Means::Show(&mut code),
        };
        let answer = request.ask(&mut self.backend, &mut means);
        if let embedded_pos::terminal::payment::Answer::Shown(len) = answer {
            self.shown.push(String::from_utf8(code[..len].to_vec()).unwrap());
        }
        answer
    }

    /// Sends records until the archive has `upto`, or three times in vain.
    pub fn upload(&mut self, upto: Seq) -> Option<Seq> {
        let (mut failures, mut acked) = (0, None);
        while failures < 3 && acked.is_none_or(|acked| acked < upto) {
            match upload_oldest(&mut self.sink, &mut self.backend) {
                Ok(Some(seq)) => acked = Some(seq),
                Ok(None) => break,
                Err(_) => failures += 1,
            }
        }
        acked
    }

    /// Drives the payments that have no end, as after a start.
    pub fn recover(&mut self) -> Vec<PaymentOutcome> {
        let mut replay = Replay::<4>::new();
        self.sink.replay(&mut |_, record| replay.record(record)).unwrap();
        let mut outcomes = Vec::new();
        while let Some(mut payment) = replay.take(Timing::PUBLISHED, self.now()).unwrap() {
            loop {
                let now = self.now();
                match payment.step(now) {
                    PayStep::Append(entry) => {
                        let kept = entry.append(&mut self.sink).unwrap();
                        payment.appended(&kept).unwrap();
                    }
                    PayStep::Ask(request) => {
                        let answer = self.ask(request);
                        payment.answered(answer, now).unwrap();
                    }
                    PayStep::Complete(_) => payment.completed(true, now).unwrap(),
                    PayStep::Wait { until } => self.at = until,
                    PayStep::Done => break,
                }
            }
            outcomes.push(payment.into_outcome().unwrap());
        }
        outcomes
    }

    pub fn kinds(&self) -> Vec<&'static str> {
        self.sink.records().iter().map(|record| record.event.kind()).collect()
    }

    /// Every field of every record, as text.
    pub fn records_as_text(&self) -> String {
        let mut all = String::new();
        for record in self.sink.records() {
            all += &line(record);
            all.push('\n');
        }
        all
    }
}

pub fn line(record: &Record) -> String {
    let mut line = String::new();
    record.visit(&mut |name, field| line += &format!("{name}={field} "));
    line
}

fn choice(plan: Plan, first: Option<&Violation>, now: Moment) -> Choice<'_> {
    match plan {
        Plan::Penalty(behaviour) => {
            Choice::Penalty { behaviour, time: now.civil, place: place(), violation: None }
        }
        Plan::First => Choice::about(first.expect("a violation in the list")),
        Plan::Measure => Choice::Measure {
            kind: MeasureKind::DetainLicence,
            items: text("机动车驾驶证"),
            place: place(),
            come_to: text("和平支队违法处理窗口"),
            come_by: date(2026, 3, 17),
        },
        Plan::Nothing => Choice::Nothing,
    }
}

/// The words of a paper, items in brackets.
pub fn page(case: &Case<'_>, paper: Paper) -> String {
    let mut scratch = [0; 512];
    let mut page = STANDARD.template(paper).render(case, &mut scratch);
    let mut text = String::new();
    while let Some(item) = page.next_item().unwrap() {
        match item {
            Item::Text(line) => text += line,
            Item::Columns(left, right) => text += &format!("{left} | {right}\n"),
            Item::Qr { data, .. } => {
                text += &format!("[qr {}]\n", core::str::from_utf8(data).unwrap());
            }
            Item::Barcode(code) => text += &format!("[code128 {}]\n", code.data),
            Item::Cut => text += "[cut]\n",
            _ => {}
        }
    }
    text
}

/// A code that was scanned for the first time.
pub fn admitted(code: &str) -> AdmittedCode {
    let mut guard: OneTime<1> = OneTime::new([7; 16], Duration::from_secs(60));
    guard.admit(PaymentCode::new(code.as_bytes()).unwrap(), Instant::ZERO).unwrap()
}
