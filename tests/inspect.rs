//! `inspect`: the program's own files, kind by kind.

#[path = "../examples/inspect/main.rs"]
mod inspect;

#[path = "inspect/aamva.rs"]
mod aamva;
#[path = "inspect/apdu.rs"]
mod apdu;
#[path = "inspect/atr.rs"]
mod atr;
#[path = "inspect/bmlite.rs"]
mod bmlite;
#[path = "inspect/camera.rs"]
mod camera;
#[path = "inspect/card.rs"]
mod card;
#[path = "inspect/ccid.rs"]
mod ccid;
#[path = "inspect/cvm_list.rs"]
mod cvm_list;
#[path = "inspect/elements.rs"]
mod elements;
#[path = "inspect/emv.rs"]
mod emv;
#[path = "inspect/escpos.rs"]
mod escpos;
#[path = "inspect/f5.rs"]
mod f5;
#[path = "inspect/fmr.rs"]
mod fmr;
#[path = "inspect/gbk.rs"]
mod gbk;
#[path = "inspect/gt511.rs"]
mod gt511;
#[path = "inspect/iso_dep.rs"]
mod iso_dep;
#[path = "inspect/languages.rs"]
mod languages;
#[path = "inspect/menu.rs"]
mod menu;
#[path = "inspect/mrz.rs"]
mod mrz;
#[path = "inspect/oda.rs"]
mod oda;
#[path = "inspect/peers.rs"]
mod peers;
#[path = "inspect/plate.rs"]
mod plate;
#[path = "inspect/pn532.rs"]
mod pn532;
#[path = "inspect/printer_status.rs"]
mod printer_status;
#[path = "inspect/resident_id.rs"]
mod resident_id;
#[path = "inspect/scan.rs"]
mod scan;
#[path = "inspect/sdt.rs"]
mod sdt;
#[path = "inspect/sfm.rs"]
mod sfm;
#[path = "inspect/ssi.rs"]
mod ssi;
#[path = "inspect/tlv.rs"]
mod tlv;
#[path = "inspect/transaction.rs"]
mod transaction;
#[path = "inspect/vin.rs"]
mod vin;
#[path = "inspect/zfm.rs"]
mod zfm;
