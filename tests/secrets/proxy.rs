//! A proxy that knows one way, and remembers all that it saw.

use std::{
    io::{self, Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::Duration,
};

/// Leads every CONNECT to one port of this machine, or refuses it. It ends with the test's process.
pub(crate) struct Proxy {
    port: u16,
    seen: Arc<Mutex<Seen>>,
}

/// What clients sent.
#[derive(Clone, Default)]
pub(crate) struct Seen {
    /// The head of each request, up to the empty line.
    pub(crate) heads: Vec<String>,
    /// What went through the tunnels from client to server.
    pub(crate) tunnelled: Vec<u8>,
}

impl Proxy {
    /// Leads to `port`; refuses with 407 if there is none.
    pub(crate) fn to(port: Option<u16>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let own_port = listener.local_addr().expect("it is bound").port();
        let seen = Arc::<Mutex<Seen>>::default();
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

    /// For `HTTPS_PROXY`, with a password as company proxies have it.
    pub(crate) fn url(&self, password: &str) -> String {
        format!("http://user:{password}@127.0.0.1:{}", self.port)
    }

    pub(crate) fn seen(&self) -> Seen {
        lock(&self.seen).clone()
    }
}

fn lead(mut client: TcpStream, port: Option<u16>, memory: &Mutex<Seen>) -> io::Result<()> {
    client.set_read_timeout(Some(PATIENCE))?;
    let head = read_head(&mut client)?;
    lock(memory).heads.push(head);
    let Some(port) = port else {
        let refusal = "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n";
        return client.write_all(refusal.as_bytes());
    };
    let mut server = TcpStream::connect(("127.0.0.1", port))?;
    client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")?;
    let (mut answers, mut back) = (server.try_clone()?, client.try_clone()?);
    thread::spawn(move || {
        let copied = io::copy(&mut answers, &mut back);
        back.shutdown(Shutdown::Both).and(copied)
    });
    let mut buffer = [0; 4096];
    while let Ok(length @ 1..) = client.read(&mut buffer) {
        lock(memory).tunnelled.extend_from_slice(&buffer[..length]);
        server.write_all(&buffer[..length])?;
    }
    server.shutdown(Shutdown::Both)
}

fn read_head(client: &mut TcpStream) -> io::Result<String> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && client.read(&mut byte)? == 1 {
        head.extend_from_slice(&byte);
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}

fn lock(seen: &Mutex<Seen>) -> std::sync::MutexGuard<'_, Seen> {
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}

const PATIENCE: Duration = Duration::from_secs(60);
