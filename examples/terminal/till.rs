//! Payment by card: leads the contact kernel through reader, PIN pad and
//! acquirer.

use embedded_pos::ErrorKind;
use embedded_pos::card::CardReader;
use embedded_pos::emv::cvm::{Entered, Pin, PinEntry, PinRequest};
use embedded_pos::emv::{self, OnlineResponse, Store, Transaction};
use embedded_pos::terminal::payment::{
    Answer, Charge, ChipCard, Means, OrderState, Request, Secret,
};
use embedded_pos::terminal::{Backend, Case, Fault, Fen, RecordStore, Step};

use crate::desk::{Act, Desk, Office, Part, Said, Stop, World, erase, keep, patiently, retry};
use crate::slip::Chip;

impl<C, S, K, F, P, N, B, R, W> Desk<C, S, K, F, P, N, B, R, W>
where
    C: CardReader,
    N: PinEntry,
    B: Backend,
    R: RecordStore,
    W: World,
{
    /// Takes a payment by card. Returns what the slip has of its chip, if it paid.
    pub fn by_card(
        &mut self,
        office: &Office<'_>,
        case: &mut Case<'_>,
        number: u32,
        charge: Charge,
    ) -> Result<Option<Chip>, Stop> {
        if !self.insert_card()? {
            case.answered(Answer::NotSent(charge), self.world.now())?;
            return Ok(None);
        }
        let amount = emv::Amount::from_minor(charge.amount().0).ok_or(Fault::TooLong)?;
        let time = self.world.now().civil;
        // Another for every card, as case numbers are.
        let sequence = number.saturating_mul(100).saturating_add(charge.key().attempt().into());
        let payment = emv::Payment::yuan(amount, time, sequence, self.world.unpredictable());
        let mut arena = [0; Store::ROOM];
        let mut chip = Transaction::new(&office.chip, payment, &mut arena);
        let key = charge.key();
        let answer = self.authorise(&mut chip, charge);
        let mut issuer = [0; 256];
        let len = self.backend.chip_response(key, &mut issuer);
        let issuer = issuer.get(..len).unwrap_or_default();
        self.world.tell(Part::Backend, format_args!("{}", Said(&answer)));
        let approved = matches!(
            &answer,
            Answer::Reply(reply) if matches!(reply.state, OrderState::Paid(_))
        );
        // A payment that ended before has nothing to hear.
        let waits = matches!(chip.step(), emv::Step::GoOnline(_));
        match &answer {
            _ if approved || !waits => {}
            Answer::Reply(_) => chip.online(&response(OnlineResponse::declined(*b"05"), issuer)),
            _ => chip.unable_to_go_online(),
        }
        if !approved && waits {
            self.run(&mut chip);
        }
        case.answered(answer, self.world.now())?;
        if approved {
            self.world.ask(Act::LeaveCard);
            self.complete(case, &mut chip, issuer)?;
        }
        self.explain(&chip);
        self.take_card_back();
        let paid = matches!(chip.step(), emv::Step::Done(outcome) if outcome.is_approved());
        Ok(paid.then(|| Chip::of(&chip)))
    }

    /// Tells why the chip was asked for what it was.
    fn explain(&mut self, chip: &Transaction<'_>) {
        let [a, b, c, d, e] = chip.tvr().to_bytes();
        self.world.tell(
            Part::Card,
            format_args!("TVR {a:02X}{b:02X}{c:02X}{d:02X}{e:02X}, TSI {:04X}", chip.tsi().bits()),
        );
        for rule in chip.why().filter(|rule| !rule.tvr().is_empty()) {
            self.world.tell(Part::Card, format_args!("{rule} ({})", rule.clause()));
        }
    }

    /// Waits for a card and resets it; `false` if nobody puts one in.
    fn insert_card(&mut self) -> Result<bool, Stop> {
        let Self { world, card, .. } = self;
        world.ask(Act::InsertCard);
        if patiently(world, Part::Card, || card.poll_inserted())?.is_none() {
            return Ok(false);
        }
        let mut atr = [0; 33];
        let len = retry(world, Part::Card, || card.activate(&mut atr))?;
        world.tell(Part::Card, format_args!("a card with an ATR of {len} bytes"));
        world.ask(Act::LeaveCard);
        Ok(true)
    }

    /// Where the money is is known and kept by now: a reader that fails here
    /// ends no case.
    fn take_card_back(&mut self) {
        let Self { world, card, .. } = self;
        let off = retry(world, Part::Card, || card.deactivate());
        world.ask(Act::TakeCard);
        let out = patiently(world, Part::Card, || card.poll_removed()).map(|_| ());
        if let Err(stop) = off.and(out) {
            world.survived(Part::Card, &stop);
        }
    }

    /// Has the card ask for an authorisation, and the acquirer give it.
    fn authorise(&mut self, chip: &mut Transaction<'_>, charge: Charge) -> Answer {
        self.run(chip);
        let mut field_55 = [0; 256];
        let emv::Step::GoOnline(online) = chip.step() else { return Answer::NotSent(charge) };
        let len = online.field_55(emv::FIELD_55, &mut field_55);
        let (Ok(len), Some(pan)) = (len, online.pan()) else { return Answer::NotSent(charge) };
        let card = ChipCard {
            pan: Secret::new(pan.expose().as_bytes()),
            sequence: online.pan_sequence(),
            expiry: online.expiration_date(),
            data: Secret::new(field_55.get(..len).unwrap_or_default()),
        };
        let answer = Request::Pay(charge).ask(&mut self.backend, &mut Means::Card(card));
        erase(&mut field_55);
        answer
    }

    /// The host approved: the card has the last word. What it says is kept
    /// before anybody is asked for anything.
    fn complete(
        &mut self,
        case: &mut Case<'_>,
        chip: &mut Transaction<'_>,
        issuer: &[u8],
    ) -> Result<(), Stop> {
        loop {
            let now = self.world.now();
            match case.step(now) {
                Step::Append(entry) => {
                    let kept = keep(&mut self.world, &mut self.records, entry)?;
                    case.appended(kept, now)?;
                }
                Step::Complete(_) => {
                    chip.online(&response(OnlineResponse::approved(*b"00"), issuer));
                    self.run(chip);
                    let agreed = matches!(
                        chip.step(),
                        emv::Step::Done(outcome) if outcome.is_approved()
                    );
                    case.completed(agreed, self.world.now())?;
                }
                // The end is kept, or the approval was not good enough.
                _ => return Ok(()),
            }
        }
    }

    /// Runs the card until the issuer is to be asked, or to the end.
    fn run(&mut self, chip: &mut Transaction<'_>) {
        let mut answer = [0; 258];
        loop {
            let sent = match chip.step() {
                emv::Step::Transmit(command) => self.card.transmit(command, &mut answer),
                emv::Step::Verify(command) => command.transmit(&mut self.card, &mut answer),
                emv::Step::EnterPin(request) => {
                    let mut pin = Pin::new();
                    let entered = self.enter(&request, &mut pin);
                    self.entered(chip, &pin, entered);
                    continue;
                }
                emv::Step::Choose(_) => {
                    chip.choose(0);
                    continue;
                }
                emv::Step::Assess(_) => {
                    // This terminal has no lists of cards.
                    chip.assessed(&emv::Assessment::default());
                    continue;
                }
                emv::Step::GoOnline(_) => break,
                emv::Step::Done(outcome) => {
                    self.world.tell(Part::Card, format_args!("{outcome}"));
                    break;
                }
            };
            match sent {
                Ok(len) => chip.response(answer.get(..len).unwrap_or_default()),
                Err(error) => {
                    // Whether the card acted is not known: it is gone.
                    self.world.survived(Part::Card, &error);
                    chip.card_removed();
                }
            }
        }
        erase(&mut answer);
    }

    /// Has a PIN entered for the card. Nobody at the pad for too long ends the
    /// payment; a pad that fails does not.
    fn enter(&mut self, request: &PinRequest<'_>, pin: &mut Pin) -> Result<Entered, Stop> {
        let Self { world, pad, .. } = self;
        if request.is_online() {
            // A charge has no place for one, and no office's terminal claims it.
            return Err(Stop::new(Part::PinPad, &ErrorKind::Unsupported));
        }
        let yuan = Fen(request.amount.minor());
        let again = if request.again { ", incorrect PIN" } else { "" };
        match request.tries {
            Some(tries) => world
                .tell(Part::PinPad, format_args!("PIN for {yuan} yuan, {tries} tries left{again}")),
            None => world.tell(Part::PinPad, format_args!("PIN for {yuan} yuan{again}")),
        }
        let entered = patiently(world, Part::PinPad, || pad.poll_offline(request, pin))?;
        if entered.is_none() {
            retry(world, Part::PinPad, || pad.cancel())?;
        }
        Ok(entered.unwrap_or(Entered::TimedOut))
    }

    /// What came of it.
    fn entered(&mut self, chip: &mut Transaction<'_>, pin: &Pin, entered: Result<Entered, Stop>) {
        let world = &mut self.world;
        match entered {
            Ok(Entered::Given(())) => {
                world.tell(Part::PinPad, format_args!("entered"));
                let random = |bytes: &mut [u8]| {
                    let drawn = core::iter::repeat_with(|| world.unpredictable()).flatten();
                    bytes.iter_mut().zip(drawn).for_each(|(byte, drawn)| *byte = drawn);
                };
                if let Err(fault) = chip.pin(pin, random) {
                    world.survived(Part::PinPad, &fault);
                }
            }
            Ok(Entered::Bypassed) => {
                world.tell(Part::PinPad, format_args!("bypassed"));
                chip.pin_bypassed();
            }
            Ok(Entered::Cancelled | Entered::TimedOut) => {
                world.tell(Part::PinPad, format_args!("no PIN: the payment is ended"));
                chip.cancel();
            }
            Err(stop) => {
                world.survived(Part::PinPad, &stop);
                chip.pin_pad_failed();
            }
        }
    }
}

fn response<'r>(mut response: OnlineResponse<'r>, issuer: &'r [u8]) -> OnlineResponse<'r> {
    // What cannot be used is as good as absent: the card then decides.
    let _ = response.field_55(issuer);
    response
}
