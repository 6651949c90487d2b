//! A pseudo-terminal whose other end other programs open like a serial device.

use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::path::PathBuf;

use embedded_pos::port::adapter::StreamPort;
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::pty::openpty;
use nix::sys::termios::{SetArg, cfmakeraw, tcgetattr, tcsetattr};
use nix::unistd::ttyname;

/// Our end, the path of the other, and what keeps the path alive while nobody
/// has it open.
pub struct Pty {
    pub port: StreamPort<File>,
    pub path: PathBuf,
    _slave: OwnedFd,
}

/// Opens a pair, raw: every byte passes as it is.
pub fn open() -> io::Result<Pty> {
    let pair = openpty(None, None)?;
    let mut settings = tcgetattr(&pair.slave)?;
    cfmakeraw(&mut settings);
    tcsetattr(&pair.slave, SetArg::TCSANOW, &settings)?;
    let path = ttyname(&pair.slave)?;
    fcntl(&pair.master, FcntlArg::F_SETFL(OFlag::O_NONBLOCK))?;
    Ok(Pty { port: StreamPort::new(File::from(pair.master)), path, _slave: pair.slave })
}
