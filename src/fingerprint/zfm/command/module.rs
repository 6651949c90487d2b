use super::{Command, Secret, nothing};
use crate::fingerprint::zfm::config::{Password, Timing};
use crate::fingerprint::zfm::confirmation::Confirmation;
use crate::fingerprint::zfm::dialect::Dialects;
use crate::port::Duration;

/// Verifies the password, so that the module obeys.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct VfyPwd(pub Password);

impl Command for VfyPwd {
    const OPCODE: u8 = 0x13;
    const NAME: &'static str = "VfyPwd";
    const REPLY: usize = 0;
    const REFUSALS: &'static [Confirmation] =
        &[Confirmation::WrongPassword, Confirmation::NotVerified];
    type Parameters = Secret<4>;
    type Reply = ();

    fn parameters(&self) -> Secret<4> {
        Secret(self.0.to_bytes())
    }

    fn decode(&self, reply: &[u8]) -> Option<()> {
        nothing(reply)
    }
}

/// Changes the password. [`Zfm::set_password`] makes sure that it took.
///
/// [`Zfm::set_password`]: crate::fingerprint::zfm::Zfm::set_password
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SetPwd(pub Password);

impl Command for SetPwd {
    const OPCODE: u8 = 0x12;
    const NAME: &'static str = "SetPwd";
    const REPLY: usize = 0;
    const REFUSALS: &'static [Confirmation] = &[Confirmation::FlashFailed];
    type Parameters = Secret<4>;
    type Reply = ();

    fn parameters(&self) -> Secret<4> {
        Secret(self.0.to_bytes())
    }

    fn decode(&self, reply: &[u8]) -> Option<()> {
        nothing(reply)
    }

    fn time(&self, timing: &Timing) -> Duration {
        timing.flash
    }
}

/// Asks for a random number.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct GetRandomCode;

impl Command for GetRandomCode {
    const OPCODE: u8 = 0x14;
    const NAME: &'static str = "GetRandomCode";
    const REPLY: usize = 4;
    const REFUSALS: &'static [Confirmation] = &[];
    type Parameters = [u8; 0];
    type Reply = u32;

    fn parameters(&self) -> [u8; 0] {
        []
    }

    fn decode(&self, reply: &[u8]) -> Option<u32> {
        reply.try_into().ok().map(u32::from_be_bytes)
    }
}

/// Changes the address; the answer comes from the new one.
/// [`Zfm::set_address`] makes sure that it took.
///
/// [`Zfm::set_address`]: crate::fingerprint::zfm::Zfm::set_address
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct SetAdder(pub u32);

impl Command for SetAdder {
    const OPCODE: u8 = 0x15;
    const NAME: &'static str = "SetAdder";
    const REPLY: usize = 0;
    const REFUSALS: &'static [Confirmation] = &[Confirmation::FlashFailed];
    type Parameters = [u8; 4];
    type Reply = ();

    fn parameters(&self) -> [u8; 4] {
        self.0.to_be_bytes()
    }

    fn decode(&self, reply: &[u8]) -> Option<()> {
        nothing(reply)
    }

    fn time(&self, timing: &Timing) -> Duration {
        timing.flash
    }

    fn answered_from(&self, _address: u32) -> u32 {
        self.0
    }
}

/// Opens or closes the UART of the protocol; `false` closes it, and only a
/// restart opens it again on some modules. R503 V1.1.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ControlPort(pub bool);

impl Command for ControlPort {
    const OPCODE: u8 = 0x17;
    const NAME: &'static str = "Control";
    const DIALECTS: Dialects = Dialects::R503;
    const REPLY: usize = 0;
    const REFUSALS: &'static [Confirmation] = &[Confirmation::PortFailed];
    type Parameters = [u8; 1];
    type Reply = ();

    fn parameters(&self) -> [u8; 1] {
        [self.0.into()]
    }

    fn decode(&self, reply: &[u8]) -> Option<()> {
        nothing(reply)
    }
}

/// Asks whether the module is there; its answer has a code of its own. In
/// libraries' headers only.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Echo;

impl Command for Echo {
    const OPCODE: u8 = 0x53;
    const NAME: &'static str = "Echo";
    const DIALECTS: Dialects = Dialects::ZFM20;
    const REPLY: usize = 0;
    const GOOD: Confirmation = Confirmation::Echo;
    const REFUSALS: &'static [Confirmation] = &[];
    type Parameters = [u8; 0];
    type Reply = ();

    fn parameters(&self) -> [u8; 0] {
        []
    }

    fn decode(&self, reply: &[u8]) -> Option<()> {
        nothing(reply)
    }
}

bare! {
    /// Asks whether the sensor works.
    CheckSensor(0x36, "CheckSensor", LATER)
    takes reply, refused as [SensorFault]
}

bare! {
    /// Asks whether the module is there. Grow's; Synochip's is
    /// [`synochip::HandShake`](super::synochip::HandShake).
    HandShake(0x40, "HandShake", GROW)
    takes reply, refused as []
}

bare! {
    /// Ends what the module goes on with by itself.
    Cancel(0x30, "Cancel", LATER)
    takes reply, refused as [ExecutionFailed]
}

bare! {
    /// Puts the module to sleep. [`Zfm::sleep`] sends it.
    ///
    /// [`Zfm::sleep`]: crate::fingerprint::zfm::Zfm::sleep
    Standby(0x33, "Standby", SLEEPERS)
    takes reply, refused as [SleepFailed]
}

bare! {
    /// Starts the module anew. [`Zfm::restart`] sends it. To Synochip, 3Dh asks
    /// how good the image is.
    ///
    /// [`Zfm::restart`]: crate::fingerprint::zfm::Zfm::restart
    SoftRst(0x3D, "SoftRst", GROW)
    takes reply, refused as [ResetFailed]
}

#[cfg(test)]
mod tests {
    use super::super::vector::{assert_exact, assert_frame};
    use super::*;

    #[test]
    fn frames() {
        let password = || Password::new(0x0102_0304);
        assert_frame(&VfyPwd(Password::FACTORY), "EF01 FFFFFFFF 01 0007 13 00000000 001B");
        assert_frame(&VfyPwd(password()), "EF01 FFFFFFFF 01 0007 13 01020304 0025");
        assert_frame(&SetPwd(password()), "EF01 FFFFFFFF 01 0007 12 01020304 0024");
        assert_frame(&SetAdder(0x0102_0304), "EF01 FFFFFFFF 01 0007 15 01020304 0027");
        assert_frame(&GetRandomCode, "EF01 FFFFFFFF 01 0003 14 0018");
        assert_frame(&ControlPort(true), "EF01 FFFFFFFF 01 0004 17 01 001D");
        assert_frame(&Cancel, "EF01 FFFFFFFF 01 0003 30 0034");
        assert_frame(&Standby, "EF01 FFFFFFFF 01 0003 33 0037");
        assert_frame(&CheckSensor, "EF01 FFFFFFFF 01 0003 36 003A");
        assert_frame(&SoftRst, "EF01 FFFFFFFF 01 0003 3D 0041");
        assert_frame(&HandShake, "EF01 FFFFFFFF 01 0003 40 0044");
        assert_frame(&Echo, "EF01 FFFFFFFF 01 0003 53 0057");
    }

    #[test]
    fn answers_have_one_length() {
        assert_exact(&VfyPwd(Password::FACTORY));
        assert_exact(&SetPwd(Password::FACTORY));
        assert_exact(&SetAdder(1));
        assert_exact(&GetRandomCode);
        assert_exact(&ControlPort(true));
        assert_exact(&Cancel);
        assert_exact(&Standby);
        assert_exact(&CheckSensor);
        assert_exact(&SoftRst);
        assert_exact(&HandShake);
        assert_exact(&Echo);
    }
}
