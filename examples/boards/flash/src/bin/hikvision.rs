//! Hikvision ISAPI: XML, JSON, forms.
#![no_std]
#![no_main]

use embedded_pos::scan::plate::feed::hikvision::Hikvision;

flash::feed!(Hikvision<[u8; 4096], [u8; 1024]>, Hikvision::new([0; 4096], [0; 1024]));
