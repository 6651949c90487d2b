//! The models of fingerprint modules that the examples know by name.

use clap::ValueEnum;
use embedded_pos::sim::fingerprint::script::Module;
use embedded_pos::sim::fingerprint::{BmLiteModule, F5Module, Gt511Module, R503Module, SfmModule};

/// A model of fingerprint module.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum Profile {
    R503,
    #[value(name = "r503-v1.2")]
    R503V12,
    Zfm20,
    Synochip,
    Gt511c3,
    Gt521f52,
    Waveshare,
    #[value(name = "1020a")]
    Fpc1020a,
    Sfm,
    Bmlite,
}

impl Profile {
    pub fn name(self) -> String {
        self.to_possible_value().map_or(String::new(), |value| value.get_name().into())
    }

    /// The speed it is delivered with.
    pub const fn baud(self) -> u32 {
        match self {
            Self::R503 | Self::R503V12 | Self::Zfm20 | Self::Synochip => 57_600,
            Self::Gt511c3 | Self::Gt521f52 => 9_600,
            Self::Waveshare | Self::Fpc1020a => 19_200,
            Self::Sfm | Self::Bmlite => 115_200,
        }
    }

    /// How many templates it holds, where the module itself does not tell.
    pub const fn capacity(self) -> u16 {
        match self {
            Self::Gt521f52 => 3_000,
            Self::Waveshare => 500,
            Self::Fpc1020a => 200,
            Self::Bmlite => 100,
            _ => 200,
        }
    }

    /// A simulated one, as delivered.
    pub fn module(self) -> Box<dyn Module + Send> {
        match self {
            Self::R503 => Box::new(R503Module::new()),
            Self::R503V12 => Box::new(R503Module::r503_v12()),
            Self::Zfm20 => Box::new(R503Module::zfm20()),
            Self::Synochip => Box::new(R503Module::synochip()),
            Self::Gt511c3 | Self::Gt521f52 => {
                Box::new(Gt511Module::new().with_capacity(self.capacity()))
            }
            Self::Waveshare | Self::Fpc1020a => {
                Box::new(F5Module::new().with_capacity(self.capacity()))
            }
            Self::Sfm => Box::new(SfmModule::new()),
            Self::Bmlite => Box::new(BmLiteModule::new()),
        }
    }
}
