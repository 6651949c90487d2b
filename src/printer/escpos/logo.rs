use super::command;
use super::encoder::Out;
use super::profile::{Logos, Profile};
use super::refusal::Refusal;
use super::work::Work;
use crate::printer::Logo;

/// # Errors
/// A logo that the printer cannot have.
pub(super) fn check(logo: Logo, profile: &Profile) -> Result<Logo, Refusal> {
    match (profile.logos, logo) {
        (Logos::Keys { .. }, Logo::Key(key)) if key.iter().all(|c| matches!(c, 0x20..=0x7E)) => {
            Ok(logo)
        }
        (Logos::Numbers { .. }, Logo::Number(1..)) => Ok(logo),
        (Logos::Keys { .. }, Logo::Key(_)) | (Logos::Numbers { .. }, Logo::Number(0)) => {
            Err(Refusal::LogoKey)
        }
        _ => Err(Refusal::NoLogo),
    }
}

pub(super) fn print(logo: Logo, profile: &Profile, out: &mut Out<'_>) -> bool {
    let (Logos::Keys { rows } | Logos::Numbers { rows }) = profile.logos else { return true };
    let fits = match logo {
        Logo::Key(key) => out.put(&command::print_logo(key)),
        Logo::Number(n) => out.put(&command::print_nv(n)),
    };
    fits && out.working(Work::printing(rows.into()))
}
