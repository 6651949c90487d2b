//! The data of the office the examples play: who may sign in, what is decided
//! by. All of it is made up.

use embedded_pos::emv::{self, Capabilities};
use embedded_pos::fingerprint::Slot;
use embedded_pos::fingerprint::trust::Policy;
use embedded_pos::terminal::payment::Timing;
use embedded_pos::terminal::{
    Date, Factor, Fault, Fen, Officer, Penalty, PenaltyTable, Role, Rules, TerminalId, Text, papers,
};

use crate::authority::AUTHORITIES;
use crate::desk::Office;
use crate::slip::SLIP;

/// The penalty table: behaviours of GA/T 408.1 with made-up versions of the
/// clauses.
const PENALTIES: &[Penalty<'static>] = &[
    Penalty {
        behaviour: "1039",
        text: "机动车违反规定停放、临时停车且驾驶人不在现场",
        forbidden_by: "《道路交通安全法》第五十六条",
        punished_by: "《道路交通安全法》第九十三条第二款",
        points: 0,
        fine: Fen::yuan(100),
    },
    Penalty {
        behaviour: "1345",
        text: "机动车违反禁止标线指示",
        forbidden_by: "《道路交通安全法》第三十八条",
        punished_by: "《道路交通安全法》第九十条",
        points: 1,
        fine: Fen::yuan(100),
    },
    Penalty {
        behaviour: "1625",
        text: "驾驶机动车违反道路交通信号灯通行",
        forbidden_by: "《道路交通安全法》第三十八条",
        punished_by: "《道路交通安全法》第九十条",
        points: 6,
        fine: Fen::yuan(200),
    },
];

/// The officers' fingers in the sensor.
const SLOTS: [&[Slot]; 2] = [&[Slot(3)], &[Slot(4)]];

/// The number of the officer who signs in.
pub const ANNA: &str = "012345";

/// The officers.
pub fn roster() -> Result<[Officer<'static>; 2], Fault> {
    Ok([
        Officer {
            id: Text::new(ANNA)?,
            name: "安娜",
            slots: SLOTS[0],
            role: Role::Officer,
            second: Some(Factor::Pin),
        },
        Officer {
            id: Text::new("012399")?,
            name: "伯恩",
            slots: SLOTS[1],
            role: Role::Supervisor,
            second: Some(Factor::Pin),
        },
    ])
}

/// What it takes to sign in.
pub const POLICY: Policy = Policy::STANDARD;

/// What the terminal can do with a card: signature, no verification, and every
/// offline data authentication.
const CHIP: Capabilities = Capabilities::IC_WITH_CONTACTS
    .union(Capabilities::SIGNATURE)
    .union(Capabilities::NO_CVM)
    .union(Capabilities::SDA)
    .union(Capabilities::DDA)
    .union(Capabilities::CDA);

/// What a PIN pad adds: PINs that the card verifies. One for the issuer would
/// have to go with the charge, which has no place for it.
#[allow(dead_code, reason = "the firmware has none")]
pub const PIN_PAD: Capabilities = Capabilities::PLAINTEXT_PIN.union(Capabilities::ENCIPHERED_PIN);

/// The office.
pub fn office<'a>(roster: &'a [Officer<'a>]) -> Result<Office<'a>, Fault> {
    Ok(Office {
        roster,
        policy: POLICY,
        rules: Rules {
            terminal: TerminalId::new("TJ000123")?,
            authority: "天津市公安局交通警察总队示例支队",
            table: PenaltyTable {
                version: 20_260_401,
                from: Date::new(2022, 4, 1)?,
                until: None,
                limit: Fen::yuan(200),
                penalties: PENALTIES,
            },
            authorise: true,
            timing: Timing::PUBLISHED,
            terms: &[],
        },
        papers: papers::Papers { slip: SLIP, ..papers::STANDARD },
        // Online only: a fine is paid when the bank has it in its books, and never
        // on the word of card and terminal alone.
        chip: emv::Terminal {
            capabilities: CHIP,
            terminal_id: *b"TJ000123",
            merchant_id: *b"898120000000001",
            authorities: AUTHORITIES,
            ..emv::Terminal::CHINA
        },
    })
}
