//! A file of templates: `EPFT1`, the model, and of each template its slot,
//! size, bytes and a CRC-32 over these.
//!
//! The CRC finds damage, not a forger; nothing is encrypted.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

use crc::{CRC_32_ISO_HDLC, Crc};
use embedded_pos::fingerprint::Slot;

const MAGIC: &[u8] = b"EPFT1\n";
const CHECK: Crc<u32> = Crc::<u32>::new(&CRC_32_ISO_HDLC);

/// The templates of a module.
pub struct Backup {
    pub model: String,
    pub templates: Vec<(Slot, Vec<u8>)>,
}

impl Backup {
    /// Writes a new file that only its owner can read.
    pub fn save(&self, path: &Path) -> io::Result<()> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path)?;
        file.write_all(&self.encode())?;
        file.sync_all()
    }

    pub fn load(path: &Path) -> io::Result<Self> {
        Self::decode(&fs::read(path)?).map_err(io::Error::other)
    }

    fn encode(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend(self.model.as_bytes());
        bytes.push(b'\n');
        for (slot, template) in &self.templates {
            let mut entry = slot.0.to_be_bytes().to_vec();
            entry.extend(u32::try_from(template.len()).unwrap_or(u32::MAX).to_be_bytes());
            entry.extend(template);
            entry.extend(CHECK.checksum(&entry).to_be_bytes());
            bytes.extend(entry);
        }
        // What was cut off behind a whole entry would not be missed.
        let count = u32::try_from(self.templates.len()).unwrap_or(u32::MAX);
        bytes.extend(b"END\n");
        bytes.extend(count.to_be_bytes());
        bytes
    }

    fn decode(bytes: &[u8]) -> Result<Self, String> {
        let rest = bytes.strip_prefix(MAGIC).ok_or("it is no file of templates")?;
        let end = rest.iter().position(|byte| *byte == b'\n').ok_or("it ends in the model")?;
        let (model, mut rest) = rest.split_at(end);
        rest = rest.get(1..).unwrap_or_default();
        let model = String::from_utf8_lossy(model).into_owned();
        let mut templates = Vec::new();
        while !(rest.len() == 8 && rest.starts_with(b"END\n")) {
            let number = templates.len() + 1;
            let (entry, more) = entry(rest).ok_or(format!("template {number} is damaged"))?;
            templates.push(entry);
            rest = more;
        }
        let count = u32::try_from(templates.len()).unwrap_or(u32::MAX);
        if rest.get(4..) != Some(count.to_be_bytes().as_slice()) {
            return Err(format!("it does not hold {count} templates, as it says"));
        }
        Ok(Self { model, templates })
    }
}

type Entry = (Slot, Vec<u8>);

fn entry(bytes: &[u8]) -> Option<(Entry, &[u8])> {
    let (head, rest) = bytes.split_first_chunk::<6>()?;
    let [a, b, size @ ..] = *head;
    let size = usize::try_from(u32::from_be_bytes(size)).ok()?;
    let (template, rest) = rest.split_at_checked(size)?;
    let (check, rest) = rest.split_first_chunk::<4>()?;
    let right = CHECK.checksum(bytes.get(..6 + size)?) == u32::from_be_bytes(*check);
    let slot = Slot(u16::from_be_bytes([a, b]));
    right.then(|| ((slot, template.to_vec()), rest))
}
