//! Plate Recognizer: JSON, in a form with the picture.
#![no_std]
#![no_main]

use embedded_pos::scan::plate::feed::plate_recognizer::PlateRecognizer;

flash::feed!(PlateRecognizer<[u8; 512]>, PlateRecognizer::new([0; 512]));
