//! What can be said on the command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use embedded_pos::fingerprint::{Colour, Pattern};

use crate::common::PortName;

/// Works with a fingerprint sensor: R503, ZFM-20, Synochip's and other EF 01
/// modules, GT-511C3, GT-521F52, Waveshare and 1020A modules, Suprema SFM, FPC
/// BM-Lite.
///
/// Waits twenty seconds for a finger. Exits 0 when done, with slot and score
/// on a match; 1 on no match, or when no module was found; 2 when nobody came,
/// or the sensor, the line or the command failed.
#[derive(Debug, Parser)]
#[command(name = "fingerprint")]
pub struct Args {
    /// Where the sensor is: `sim`, PATH[@BAUD] of a serial device or
    /// pseudo-terminal, or tcp:HOST:PORT.
    #[arg(long, short, value_name = "P", default_value = "sim")]
    pub port: PortName,
    /// The sensor's model; `probe` finds it out. A simulated one is then an
    /// R503.
    #[arg(long, default_value = "r503", value_parser = model)]
    pub model: Model,
    /// The sensor's address, of an EF 01 module.
    #[arg(long, value_name = "HEX", default_value = "FFFFFFFF", value_parser = hex)]
    pub address: u32,
    /// The sensor's password, of an EF 01 module.
    #[arg(long, value_name = "HEX", default_value = "0", value_parser = hex, hide_default_value = true)]
    pub password: u32,
    /// Whose finger is on the simulated sensor. `anna` is enrolled in slot 1,
    /// `bert` in slot 2; `none` leaves it empty.
    #[arg(long, value_name = "NAME", default_value = "anna")]
    pub finger: String,
    /// Show what crosses the line. Bench use: it shows secrets.
    #[arg(long)]
    pub trace: bool,
    #[command(subcommand)]
    pub what: What,
}

/// What the program has to be told about some modules.
#[derive(Clone, Copy, Debug)]
pub struct Access {
    pub address: u32,
    pub password: u32,
}

impl Args {
    /// With the password in force, when it is to be changed.
    pub fn access(&self) -> Access {
        let password = match self.what {
            What::Password { old, .. } => old,
            _ => self.password,
        };
        Access { address: self.address, password }
    }
}

/// A model by name, or to be found out.
#[derive(Clone, Copy, Debug)]
pub enum Model {
    Probe,
    Is(crate::common::profile::Profile),
}

fn model(text: &str) -> Result<Model, String> {
    if text == "probe" {
        return Ok(Model::Probe);
    }
    let known = crate::common::profile::Profile::from_str(text, true);
    known.map(Model::Is).map_err(|_| {
        let names = crate::common::profile::Profile::value_variants().iter();
        let names: Vec<String> = names.map(|profile| profile.name()).collect();
        format!("`probe`, {} are known", names.join(", "))
    })
}

#[derive(Debug, Subcommand)]
pub enum What {
    /// Finds out which family answers, at which speed. Asks only what reads.
    Probe,
    /// Enrols a finger in a free slot.
    Enrol { slot: u16 },
    /// Searches the finger in the whole library.
    Identify,
    /// Compares the finger with one template.
    Verify { slot: u16 },
    /// Lists the slots in use.
    List,
    /// Deletes a template.
    Delete { slot: u16 },
    /// Says how many templates there are, and can be.
    Count,
    /// Says what the sensor is and can do.
    Info,
    /// Writes all templates to a new file. They are biometric data, for life,
    /// and not encrypted there.
    Backup { file: PathBuf },
    /// Writes the templates of a file into the same slots, which have to be
    /// free, of the same model.
    Restore { file: PathBuf },
    /// Takes an image of the finger, as PGM.
    Image { file: PathBuf },
    /// Sets the light.
    Led {
        #[arg(value_enum)]
        colour: Hue,
        #[arg(value_enum, default_value = "on")]
        mode: Mode,
    },
    /// Sets the speed of the line, of the module and of this end.
    Baud { baud: u32 },
    /// Changes the module's password. Write the new one down first.
    Password {
        /// The one in force.
        #[arg(value_name = "OLD-HEX", value_parser = hex)]
        old: u32,
        /// The one to be.
        #[arg(value_name = "NEW-HEX", value_parser = hex)]
        new: u32,
    },
}

/// What a light is to do.
#[derive(Clone, Copy, Debug)]
pub struct Light {
    pub colour: Hue,
    pub mode: Mode,
}

impl Light {
    /// For a light that can be on or off only, of one colour.
    pub fn switched(self) -> Option<bool> {
        match self.mode {
            Mode::On => Some(true),
            Mode::Off => Some(false),
            _ => None,
        }
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Hue {
    Red,
    Green,
    Blue,
    Yellow,
    Cyan,
    Purple,
    White,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Mode {
    On,
    Off,
    Breathe,
    Flash,
    FadeIn,
    FadeOut,
}

impl From<Hue> for Colour {
    fn from(hue: Hue) -> Self {
        match hue {
            Hue::Red => Self::Red,
            Hue::Green => Self::Green,
            Hue::Blue => Self::Blue,
            Hue::Yellow => Self::Yellow,
            Hue::Cyan => Self::Cyan,
            Hue::Purple => Self::Purple,
            Hue::White => Self::White,
        }
    }
}

impl From<Mode> for Pattern {
    fn from(mode: Mode) -> Self {
        match mode {
            Mode::On => Self::On,
            Mode::Off => Self::Off,
            Mode::Breathe => Self::Breathe,
            Mode::Flash => Self::Flash,
            Mode::FadeIn => Self::FadeIn,
            Mode::FadeOut => Self::FadeOut,
        }
    }
}

fn hex(text: &str) -> Result<u32, String> {
    u32::from_str_radix(text, 16).map_err(|_| format!("`{text}` is no 32-bit hexadecimal number"))
}
