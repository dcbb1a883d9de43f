//! A proxy for `CONNECT`, and one for SOCKS 5 on the same port: who comes says which.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// Leads everywhere to one port of this machine, or refuses. It ends with the test's process.
pub(crate) struct Proxy {
    pub(crate) port: u16,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    /// Leads to `port`; answers 407 to everybody if there is none.
    pub(crate) fn to(port: Option<u16>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let own_port = listener.local_addr().expect("it is bound").port();
        let seen = Arc::<Mutex<Vec<String>>>::default();
        let memory = seen.clone();
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let memory = memory.clone();
                // A client that hangs up ends its own tunnel only.
                thread::spawn(move || lead(client, port, &memory));
            }
        });
        Self { port: own_port, seen }
    }

    /// What was asked since the last look: target, and the login if there was one.
    pub(crate) fn take_seen(&self) -> Vec<String> {
        std::mem::take(&mut *self.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn lead(mut client: TcpStream, port: Option<u16>, seen: &Mutex<Vec<String>>) -> io::Result<()> {
    client.set_read_timeout(Some(PATIENCE))?;
    let mut first = [0];
    client.read_exact(&mut first)?;
    let (asked, agreed) = match first[0] {
        5 => socks(&mut client)?,
        _ => (connect(&mut client)?, b"HTTP/1.1 200 OK\r\n\r\n".to_vec()),
    };
    seen.lock().unwrap_or_else(PoisonError::into_inner).push(asked);
    let Some(port) = port else {
        return client.write_all(b"HTTP/1.1 407 Login wanted here\r\nContent-Length: 0\r\n\r\n");
    };
    let mut server = TcpStream::connect(("127.0.0.1", port))?;
    client.write_all(&agreed)?;
    let (mut answers, mut back) = (server.try_clone()?, client.try_clone()?);
    thread::spawn(move || {
        let copied = io::copy(&mut answers, &mut back);
        back.shutdown(Shutdown::Both).and(copied)
    });
    io::copy(&mut client, &mut server)?;
    server.shutdown(Shutdown::Both)
}

/// The target and the login of a head whose first letter has been read.
fn connect(client: &mut TcpStream) -> io::Result<String> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && client.read(&mut byte)? == 1 {
        head.extend_from_slice(&byte);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let target = head.split_whitespace().nth(1).unwrap_or_default().to_owned();
    let login = head.lines().find_map(|line| {
        line.to_ascii_lowercase().starts_with("proxy-authorization:").then(|| line.to_owned())
    });
    let login = login.and_then(|line| line.split_whitespace().last().map(str::to_owned));
    Ok(format!("{target} {}", login.unwrap_or_default()).trim().to_owned())
}

/// The target of a SOCKS client without login, whose first byte has been read.
fn socks(client: &mut TcpStream) -> io::Result<(String, Vec<u8>)> {
    let mut count = [0];
    client.read_exact(&mut count)?;
    client.read_exact(&mut vec![0; count[0].into()])?;
    client.write_all(&[5, 0])?;
    let mut head = [0; 5];
    client.read_exact(&mut head)?;
    let mut rest = vec![0; usize::from(head[4]) + 2];
    client.read_exact(&mut rest)?;
    let (host, port) = rest.split_at(usize::from(head[4]));
    let port = u16::from_be_bytes([port[0], port[1]]);
    let host = String::from_utf8_lossy(host);
    Ok((format!("{host}:{port}"), vec![5, 0, 0, 1, 0, 0, 0, 0, 0, 0]))
}

const PATIENCE: Duration = Duration::from_secs(60);
