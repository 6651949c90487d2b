use super::language::{Job, Language, Script};
use super::link::Link;
use super::talk::Talk;
use super::wait::Await;
use crate::port::{Call, Channel, Duration};
use crate::scan::{Mode, Scan, Signals, Symbologies};

/// What doing a [`Job`] returns.
pub type Done<'a, P, L, const N: usize> = Held<'a, P, <L as Language>::Script, L, N>;

/// What holding a script returns.
pub type Held<'a, P, S, L, const N: usize> = Call<'a, P, Talk<S, L, N>>;

/// The driver of a scan engine that speaks `L`, on the port `P`, for codes of
/// up to `N` bytes. Each engine's page has its name and its constructor.
#[derive(Debug)]
pub struct Reader<P, L: Language, const N: usize = 512> {
    channel: Channel<P>,
    link: Link<L, N>,
}

impl<P, L: Language, const N: usize> Reader<P, L, N> {
    /// A driver over `port`. No I/O.
    pub const fn speaking(port: P, language: L) -> Self {
        Self { channel: Channel::new(port), link: Link::new(language) }
    }

    /// Gives the port back.
    pub fn release(self) -> P {
        self.channel.release()
    }

    /// What the engine speaks, and what is known of it.
    pub const fn language(&self) -> &L {
        &self.link.language
    }

    /// The same, for the engine's own methods.
    pub(in crate::scan::engine) const fn language_mut(&mut self) -> &mut L {
        &mut self.link.language
    }

    /// How many codes came while another was waiting to be asked for, and are
    /// lost.
    pub const fn missed(&self) -> u32 {
        self.link.code.missed
    }

    /// Finds out what the engine is and makes it safe to use.
    pub fn init(&mut self) -> Done<'_, P, L, N> {
        self.job(Job::Init)
    }

    /// Makes the engine look for a code.
    pub fn start(&mut self) -> Done<'_, P, L, N> {
        self.job(Job::Start)
    }

    /// Makes the engine stop looking.
    pub fn stop(&mut self) -> Done<'_, P, L, N> {
        self.job(Job::Stop)
    }

    /// Sets when the engine looks.
    pub fn set_mode(&mut self, mode: Mode) -> Done<'_, P, L, N> {
        self.job(Job::Mode(mode))
    }

    /// Has it read these families of codes, and of those that can be switched
    /// no others.
    pub fn set_symbologies(&mut self, on: Symbologies) -> Done<'_, P, L, N> {
        self.job(Job::Symbologies(on))
    }

    /// Switches signals.
    pub fn signal(&mut self, signals: Signals, on: bool) -> Done<'_, P, L, N> {
        self.job(Job::Signal(signals, on))
    }

    /// Does what every engine can be asked to; the call fails with
    /// [`Unsupported`](super::Fault::Unsupported) if this one cannot.
    pub fn job(&mut self, job: Job) -> Done<'_, P, L, N> {
        let script = self.link.language.script(job);
        self.channel.call(&mut self.link, Talk::new(script))
    }

    /// Holds a script of the engine's own, or of yours.
    pub fn hold<S: Script<L>>(&mut self, script: S) -> Held<'_, P, S, L, N> {
        self.channel.call(&mut self.link, Talk::new(Some(script)))
    }

    /// Waits for a code for so long. What has come of one by then is not lost
    /// for the next call. The code is then the [`payload`](Self::payload), until
    /// another comes or is waited for.
    pub fn scan(&mut self, within: Duration) -> Call<'_, P, Await<L, N>> {
        if self.link.code.told {
            self.forget();
        }
        self.channel.call(&mut self.link, Await::new(Some(within)))
    }

    /// The code that waits, and what is known of it. It may be a secret.
    pub fn payload(&self) -> Option<(Scan, &[u8])> {
        Some((self.link.scan()?, self.link.code.payload()))
    }

    /// Overwrites the code that waits, so that another can come.
    pub fn forget(&mut self) {
        self.link.code.forget();
    }

    /// Copies as much of the code that waits as fits to the front of `buf`, and
    /// forgets it.
    pub(super) fn hand_over(&mut self, buf: &mut [u8]) -> Option<Scan> {
        let (mut scan, payload) = self.payload()?;
        buf.iter_mut().zip(payload).for_each(|(to, from)| *to = *from);
        if buf.len() < scan.len {
            (scan.len, scan.truncated) = (buf.len(), true);
        }
        self.forget();
        Some(scan)
    }

    /// What a face needs.
    pub(super) const fn parts(&mut self) -> (&mut Channel<P>, &mut Link<L, N>) {
        (&mut self.channel, &mut self.link)
    }
}
