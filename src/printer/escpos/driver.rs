use super::ask::Ask;
use super::device::Setting;
use super::fault::Fault;
use super::finish::Finish;
use super::flow::Flow;
use super::identify::{Identify, Question};
use super::init::Init;
use super::job::Job;
use super::keep::KeepLogo;
use super::link::Link;
use super::logo::AskLogos;
use super::part::Printable;
use super::print::Print;
use super::profile::Profile;
use super::recover::{Listen, Recover, Recovery};
use super::wake::Wake;
use crate::ErrorType;
use crate::port::{Call, CallError, Channel, Clock, Clocked, Duration, Port};
use crate::printer::text::GlyphSource;
use crate::printer::{Completion, Item, Logo, Paper, Printer, Raster, Status};

/// A printer that speaks ESC/POS.
#[derive(Debug)]
pub struct EscPos<P, F> {
    channel: Channel<P>,
    link: Link<F>,
}

impl<P, F> EscPos<P, F> {
    /// A driver for the printer behind `port`. No I/O.
    pub const fn new(port: P, flow: F, profile: &'static Profile) -> Self {
        Self { channel: Channel::new(port), link: Link::new(flow, profile) }
    }

    /// The same, with what draws the characters that the printer lacks.
    #[must_use]
    pub fn drawn_by(mut self, source: &'static dyn GlyphSource) -> Self {
        self.link.draw_by(source);
        self
    }

    /// Gives the port and the flow control back.
    pub fn release(self) -> (P, F) {
        (self.channel.release(), self.link.release())
    }

    /// The printer's profile.
    #[must_use]
    pub fn profile(&self) -> &'static Profile {
        self.link.profile()
    }
}

impl<P, F: Flow> EscPos<P, F> {
    /// Sets the printer to a known state (`ESC @`, `FS &`) and asks how it is.
    ///
    /// Call it first, and after the printer was switched off or has stopped.
    /// A printer that is out of paper is initialised all the same; the
    /// [`Status`] says so, and is empty for a printer that cannot say. Call it
    /// again when the paper is in.
    ///
    /// One that is ready and has a [`Barrier`](super::Proof::Barrier) is asked
    /// for an answer, so that those it owes from before, even to a controller
    /// that has restarted since, do not pass for later ones. That takes a
    /// third of a second; [`Timing::proof`](super::Timing::proof) if it does
    /// not answer.
    ///
    /// # Faults
    /// [`Silent`](super::Fault::Silent) or [`Garbled`](super::Fault::Garbled):
    /// nothing that speaks ESC/POS is there, or not at this speed.
    pub fn init(&mut self) -> Call<'_, P, Init<F>> {
        self.channel.call(&mut self.link, Init::new())
    }

    /// Prints an [`Item`], or one kind of it by itself: a `&str`, a
    /// [`Style`](crate::printer::Style), an [`Align`](crate::printer::Align), a
    /// [`Qr`](super::Qr), [`Feed`](super::Feed), [`Cut`](super::Cut). A program
    /// that prints no `Item` links only the kinds that it prints.
    ///
    /// The item is checked as a whole; when it is refused, no byte of it is
    /// sent. When the call is dropped, the next one first sends what ends the
    /// command that was begun.
    ///
    /// # Faults
    /// [`Refused`](super::Fault::Refused), or why the printer takes no more
    /// bytes.
    pub fn print<'a, I: Printable<'a>>(&mut self, item: I) -> Call<'_, P, Print<F, I::Job>> {
        self.link.forget_item();
        let print = Print::new(self.link.encoder.begin(item).map_err(Fault::Refused));
        self.channel.call(&mut self.link, print)
    }

    /// Prints what is left of the item that [`print`](Self::print) failed at,
    /// when the printer prints again: the same item, with no other call but
    /// [`status`](Self::status) in between.
    ///
    /// # Faults
    /// [`Lost`](super::Fault::Lost): bytes that were sent before may be lost,
    /// or it is not known how far the item came. Else as `print`.
    pub fn resume<'a, I: Printable<'a>>(&mut self, item: I) -> Call<'_, P, Print<F, I::Job>> {
        let rest = if self.link.is_doubtful() { None } else { self.link.rest_of(item) };
        self.channel.call(&mut self.link, Print::rest(rest.ok_or(Fault::Lost)))
    }

    /// Finds out whether all that was sent is printed; ends the line first.
    ///
    /// # Faults
    /// [`Stopped`](super::Fault::Stopped) with the reason; or the printer does
    /// not answer. How much is on the paper is not known then.
    pub fn finish(&mut self) -> Call<'_, P, Finish<F>> {
        self.channel.call(&mut self.link, Finish::new())
    }

    /// Makes the printer keep a picture, to be printed as
    /// [`Item::Logo`](crate::printer::Item::Logo) from then on, also after it
    /// was switched off; the picture that had the key is replaced.
    ///
    /// This wears the printer's flash: for when a terminal is set up, not for
    /// each receipt. Manuals allow some ten times a day. A printer that keeps
    /// logos by number can be given number 1 only; all others are deleted, and
    /// it starts anew. When this call is dropped, call [`init`](Self::init), and
    /// once more [`Timing::keep`](super::Timing::keep) later.
    ///
    /// [`Proven`](Completion::Proven) when it lists the key afterwards.
    ///
    /// # Faults
    /// [`Refused`](super::Fault::Refused): it keeps no such logo, or none of
    /// this size (2 304 rows). [`NotKept`](super::Fault::NotKept): it had no
    /// room.
    pub fn keep_logo<'a>(
        &'a mut self,
        logo: Logo,
        raster: Raster<'a>,
    ) -> Call<'a, P, KeepLogo<'a, F>> {
        let keep = KeepLogo::keep(logo, raster, self.link.profile());
        self.channel.call(&mut self.link, keep)
    }

    /// Deletes a logo that has a key. Wears the flash as
    /// [`keep_logo`](Self::keep_logo) does.
    ///
    /// # Faults
    /// As `keep_logo`.
    pub fn delete_logo(&mut self, logo: Logo) -> Call<'_, P, KeepLogo<'_, F>> {
        let delete = KeepLogo::delete(logo, self.link.profile());
        self.channel.call(&mut self.link, delete)
    }

    /// Deletes all logos that have keys. Wears the flash as
    /// [`keep_logo`](Self::keep_logo) does.
    ///
    /// # Faults
    /// As `keep_logo`.
    pub fn delete_logos(&mut self) -> Call<'_, P, KeepLogo<'_, F>> {
        let delete = KeepLogo::delete_all(self.link.profile());
        self.channel.call(&mut self.link, delete)
    }

    /// Lists the keys of the logos that the printer keeps, as many as there is
    /// room for; says how many there are.
    ///
    /// # Faults
    /// [`Refused`](super::Fault::Refused): it has no keys;
    /// [`Silent`](super::Fault::Silent).
    pub fn logo_keys<'a>(&'a mut self, keys: &'a mut [[u8; 2]]) -> Call<'a, P, AskLogos<'a, F>> {
        let ask = AskLogos::keys(self.link.profile(), keys);
        self.channel.call(&mut self.link, ask)
    }

    /// How many bytes there are for logos with keys.
    ///
    /// # Faults
    /// As [`logo_keys`](Self::logo_keys).
    pub fn logo_capacity(&mut self) -> Call<'_, P, AskLogos<'_, F>> {
        let ask = AskLogos::capacity(self.link.profile());
        self.channel.call(&mut self.link, ask)
    }

    /// How many of them are free.
    ///
    /// # Faults
    /// As [`logo_keys`](Self::logo_keys).
    pub fn logo_room(&mut self) -> Call<'_, P, AskLogos<'_, F>> {
        let ask = AskLogos::room(self.link.profile());
        self.channel.call(&mut self.link, ask)
    }

    /// Sets how the mechanism works, behind all that was sent.
    ///
    /// # Faults
    /// [`Refused`](super::Fault::Refused) when the printer does not have it or
    /// it is out of range; else as [`print`](Self::print).
    pub fn set(&mut self, setting: Setting) -> Call<'_, P, Print<F, Job<'static>>> {
        self.link.forget_item();
        let bytes = setting.bytes(self.link.profile());
        let print = Print::new(bytes.map(Job::device).map_err(Fault::Refused));
        self.channel.call(&mut self.link, print)
    }

    /// Wakes a printer that [sleeps](Setting::Sleep); it does not sleep again
    /// until it is told to.
    ///
    /// # Faults
    /// [`Refused`](super::Fault::Refused) when it has no sleep.
    pub fn wake(&mut self) -> Call<'_, P, Wake<F>> {
        self.channel.call(&mut self.link, Wake::new())
    }

    /// Asks the printer who it is, or what it has done. It answers when it has
    /// come so far.
    ///
    /// # Faults
    /// [`Refused`](super::Fault::Refused) when its profile says that it does
    /// not answer; [`Silent`](super::Fault::Silent).
    pub fn identify(&mut self, question: Question) -> Call<'_, P, Identify<F>> {
        self.channel.call(&mut self.link, Identify::new(question))
    }

    /// Tells the printer to recover from an error, or to drop what it has; and
    /// asks how it is then. After a drop, what was sent is not proven by any
    /// later answer.
    ///
    /// # Faults
    /// [`Refused`](super::Fault::Refused) when it cannot; else as
    /// [`status`](Self::status).
    pub fn recover(&mut self, recovery: Recovery) -> Call<'_, P, Recover<F>> {
        self.channel.call(&mut self.link, Recover::new(recovery))
    }

    /// Listens for so long, at most, for a change that the printer tells by
    /// itself ([`Profile::automatic`]); `None` when there was none. Other
    /// calls tell it as an event.
    pub fn listen(&mut self, length: Duration) -> Call<'_, P, Listen<F>> {
        self.channel.call(&mut self.link, Listen::new(length))
    }

    /// How long the printer takes, in per cent of the times in its profile, by
    /// what was measured.
    #[must_use]
    pub const fn pace(&self) -> u16 {
        self.link.load.pace()
    }

    /// Asks the printer how it is. It answers while it prints, too.
    ///
    /// # Faults
    /// [`Silent`](super::Fault::Silent), [`Garbled`](super::Fault::Garbled),
    /// or [`NoStatus`](super::Fault::NoStatus).
    pub fn status(&mut self) -> Call<'_, P, Ask<F>> {
        self.channel.call(&mut self.link, Ask::new())
    }
}

impl<P: ErrorType, F, C> ErrorType for Clocked<EscPos<P, F>, C, Finish<F>> {
    type Error = CallError<Fault, P::Error>;
}

impl<P: Port, F: Flow, C: Clock> Printer for Clocked<EscPos<P, F>, C, Finish<F>> {
    fn paper(&self) -> Paper {
        self.driver().profile().paper
    }

    fn print(&mut self, item: &Item<'_>) -> Result<(), Self::Error> {
        let (driver, clock) = self.parts();
        driver.print(item).wait(clock)
    }

    fn poll_printed(&mut self) -> nb::Result<Completion, Self::Error> {
        self.poll_with(
            |_| Finish::new(),
            |driver, finish, now| driver.channel.poll(finish, &mut driver.link, now),
        )
    }

    fn status(&mut self) -> Result<Status, Self::Error> {
        let (driver, clock) = self.parts();
        driver.status().wait(clock)
    }

    fn resume(&mut self, item: &Item<'_>) -> Result<bool, Self::Error> {
        let (driver, clock) = self.parts();
        match driver.resume(item).wait(clock) {
            Err(CallError::Device(Fault::Lost)) => Ok(false),
            resumed => resumed.map(|()| true),
        }
    }
}
