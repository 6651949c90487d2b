//! 臻识 by MQTT: JSON, the plate in Base64.
#![no_std]
#![no_main]

use embedded_pos::scan::plate::feed::vzenith::{Profile, Push};

flash::feed!(Push<[u8; 768]>, Push::mqtt(Profile::Vzenith, [0; 768]));
