//! Messages that cameras push: from a file, or to a small HTTP server.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;

use embedded_pos::scan::plate::PlateRead;
use embedded_pos::scan::plate::feed::Fault;

use super::feeds::{Vendor, end, push};

type Tell<'a> = &'a mut dyn FnMut(Result<&PlateRead, Fault>);

/// Reads one message; `-` is standard input.
pub fn file(path: &Path, vendor: Vendor, tell: Tell<'_>) -> io::Result<()> {
    let mut input: Box<dyn Read> = match path.as_os_str() == "-" {
        true => Box::new(io::stdin().lock()),
        false => Box::new(File::open(path)?),
    };
    message(&mut input, vendor, tell)
}

fn message(input: &mut dyn Read, vendor: Vendor, tell: Tell<'_>) -> io::Result<()> {
    let mut feed = vendor.feed();
    let mut room = [0; 1460];
    loop {
        match input.read(&mut room)? {
            0 => break,
            len => push(&mut *feed, room.get(..len).unwrap_or_default(), tell),
        }
    }
    end(&mut *feed, tell);
    Ok(())
}

/// Answers HTTP POSTs to this port of this machine until so many plates came.
pub fn listen(port: u16, vendor: Vendor, count: u32, tell: Tell<'_>) -> io::Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", port))?;
    eprintln!("camera: listening at {}", listener.local_addr()?);
    let mut seen = 0;
    while seen < count {
        let (stream, _) = listener.accept()?;
        let mut counting = |told: Result<&PlateRead, Fault>| {
            seen += u32::from(told.is_ok());
            tell(told);
        };
        if let Err(error) = answer(stream, vendor, &mut counting) {
            eprintln!("camera: {error}; going on");
        }
    }
    Ok(())
}

/// Takes one request with a Content-Length, or up to the end of the connection.
fn answer(mut stream: TcpStream, vendor: Vendor, tell: Tell<'_>) -> io::Result<()> {
    let mut input = BufReader::new(stream.try_clone()?);
    let mut length = u64::MAX;
    loop {
        let mut line = String::new();
        input.by_ref().take(8192).read_line(&mut line)?;
        let (name, value) = line.split_once(':').unwrap_or((line.trim_end(), ""));
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().unwrap_or(u64::MAX);
        } else if name.eq_ignore_ascii_case("expect") {
            stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
        } else if name.is_empty() {
            break;
        }
    }
    message(&mut input.take(length), vendor, tell)?;
    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
}
