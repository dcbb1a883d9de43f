//! Where the host finds this process: a socket that nobody else can reach.
//!
//! Whoever reaches the socket of a configured provider may act with its credentials. So it lies in a
//! fresh folder of mode 0700, and every peer must run as the same user, with or without TLS. TCP on
//! the loopback address is the last resort, and the caller must then insist on TLS.

#[cfg(any(unix, test, fuzzing))]
use std::path::Path;
use std::{env, fmt, io, net::Ipv4Addr, path::PathBuf};

#[cfg(unix)]
use tempfile::TempDir;
#[cfg(unix)]
use tokio::net::{UnixListener, UnixStream};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpListener,
};

/// A listening socket. Dropping it removes what it left in the file system.
#[derive(Debug)]
pub(super) struct Listener {
    socket: Socket,
    address: Address,
}

impl Listener {
    /// Binds in the first of `folders` that works, otherwise on a loopback port within `ports`.
    ///
    /// # Errors
    ///
    /// Not even a port was to be had.
    pub(super) fn bind(folders: &[PathBuf], ports: PortRange) -> io::Result<Self> {
        #[cfg(unix)]
        if let Some(listener) = folders.iter().find_map(|folder| Self::unix(folder).ok()) {
            return Ok(listener);
        }
        #[cfg(not(unix))]
        let _ = folders;
        Self::tcp(ports)
    }

    /// Where the host can connect.
    pub(super) fn address(&self) -> &Address {
        &self.address
    }

    /// Whether the operating system keeps other users out.
    pub(super) fn is_private(&self) -> bool {
        !matches!(self.socket, Socket::Tcp(_))
    }

    /// The next connection that may speak to us.
    ///
    /// # Errors
    ///
    /// The operating system cannot accept at the moment, for want of descriptors for example.
    pub(super) async fn accept(&self) -> io::Result<Box<dyn Io>> {
        match &self.socket {
            #[cfg(unix)]
            Socket::Unix(listener, _) => loop {
                let (stream, _) = listener.accept().await?;
                match judge(peer(&stream), rustix::process::geteuid().as_raw()) {
                    Peer::SameUser => return Ok(Box::new(stream)),
                    Peer::OtherUser => tracing::warn!("refused a connection from another user"),
                    Peer::Unknown => tracing::debug!("dropped a connection without a peer"),
                }
            },
            Socket::Tcp(listener) => {
                let (stream, _) = listener.accept().await?;
                // It only saves time, and fails for a peer that has hung up already: whoever reads
                // will see that. An error here would say that nobody can be accepted.
                let _ = stream.set_nodelay(true);
                Ok(Box::new(stream))
            }
        }
    }

    #[cfg(unix)]
    fn unix(folder: &Path) -> io::Result<Self> {
        use std::os::unix::fs::PermissionsExt;

        let folder = std::path::absolute(folder)?;
        let folder = tempfile::Builder::new()
            .prefix("tf")
            .permissions(std::fs::Permissions::from_mode(0o700))
            .tempdir_in(folder)?;
        let path = folder.path().join("s");
        let location = announceable(&path)
            .ok_or_else(|| io::Error::from(io::ErrorKind::InvalidFilename))?
            .to_owned();
        let socket = Socket::Unix(UnixListener::bind(&path)?, folder);
        Ok(Self { socket, address: Address { network: "unix", location } })
    }

    fn tcp(ports: PortRange) -> io::Result<Self> {
        let mut failure = io::Error::from(io::ErrorKind::AddrInUse);
        for port in ports.min..=ports.max {
            match std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
                Ok(listener) => {
                    listener.set_nonblocking(true)?;
                    let location = listener.local_addr()?.to_string();
                    let socket = Socket::Tcp(TcpListener::from_std(listener)?);
                    return Ok(Self { socket, address: Address { network: "tcp", location } });
                }
                Err(error) => failure = error,
            }
        }
        Err(failure)
    }
}

/// How the host's side of a connection is named: `unix` and a path, or `tcp` and host with port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Address {
    /// `unix` or `tcp`.
    pub(super) network: &'static str,
    /// Printable, without `|`.
    pub(super) location: String,
}

/// The TCP ports to try, in order. Port 0 lets the system choose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct PortRange {
    /// The first port.
    pub(super) min: u16,
    /// The last port.
    pub(super) max: u16,
}

/// Any byte stream that can carry HTTP/2.
pub(super) trait Io: AsyncRead + AsyncWrite + fmt::Debug + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + fmt::Debug + Unpin + Send> Io for T {}

/// Folders for the socket, best first: what the host wants, the temporary folder, and `/tmp` because
/// the path of a socket must be short.
pub(super) fn folders(wanted: Option<PathBuf>) -> Vec<PathBuf> {
    wanted.into_iter().chain([env::temp_dir(), PathBuf::from("/tmp")]).collect()
}

#[derive(Debug)]
enum Socket {
    /// The folder is removed after the socket in it has been closed.
    #[cfg(unix)]
    Unix(UnixListener, #[expect(dead_code, reason = "it acts when it is dropped")] TempDir),
    Tcp(TcpListener),
}

#[cfg(unix)]
fn peer(stream: &UnixStream) -> io::Result<u32> {
    stream.peer_cred().map(|credentials| credentials.uid())
}

/// Who is at the other end.
#[cfg(unix)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Peer {
    SameUser,
    OtherUser,
    /// The system does not say: macOS, for one, forgets a peer that has hung up already.
    Unknown,
}

#[cfg(unix)]
fn judge(peer: io::Result<u32>, own: u32) -> Peer {
    match peer {
        Ok(peer) if peer == own => Peer::SameUser,
        Ok(_) => Peer::OtherUser,
        Err(_) => Peer::Unknown,
    }
}

/// The path as text, if it fits into a socket address and into a field of the handshake line.
#[cfg(any(unix, test, fuzzing))]
pub(super) fn announceable(path: &Path) -> Option<&str> {
    let text = path.to_str()?;
    let fits = text.len() < SOCKET_PATH_LIMIT;
    let breaks_the_line = text.contains(|sign: char| sign == '|' || sign.is_control());
    (fits && !breaks_the_line).then_some(text)
}

/// Bytes of a socket's path with the zero at its end.
#[cfg(any(unix, test, fuzzing))]
const SOCKET_PATH_LIMIT: usize = if cfg!(target_os = "linux") { 108 } else { 104 };

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::tf_provider::own_process;

    fn bind(folder: &Path) -> io::Result<Listener> {
        Listener::bind(&[folder.to_owned()], PortRange::default())
    }

    #[tokio::test]
    async fn the_socket_lies_in_a_private_folder_and_goes_with_the_listener() {
        let place = tempfile::tempdir().expect("a folder");
        let listener = bind(place.path()).expect("a listener");
        assert!(listener.is_private());
        let folder = folder_of(&listener);
        let mode = folder.metadata().expect("it exists").permissions().mode();
        assert_eq!(mode & 0o7777, 0o700);
        assert!(Path::new(&listener.address().location).starts_with(&folder));
        drop(listener);
        assert!(!folder.exists());
        assert_eq!(place.path().read_dir().expect("still there").count(), 0);
    }

    #[tokio::test]
    async fn the_folder_is_private_even_under_umask_000() {
        let name = "the_folder_is_private_even_under_umask_000";
        let path = format!("tf_provider::plugin::listener::tests::{name}");
        if own_process::again(&path, "umask 000").is_some() {
            return;
        }
        let place = tempfile::tempdir().expect("a folder");
        let listener = bind(place.path()).expect("a listener");
        let folder = folder_of(&listener);
        let mode = folder.metadata().expect("it exists").permissions().mode();
        let socket = folder.join("s").metadata().expect("bound").permissions().mode();
        assert_eq!((mode & 0o7777, socket & 0o777), (0o700, 0o777), "umask 000 is in force");
    }

    #[tokio::test]
    async fn a_long_or_unprintable_folder_gives_way_to_the_next() {
        let place = tempfile::tempdir().expect("a folder");
        for name in ["x".repeat(90), "a|b".to_owned(), "a\nb".to_owned()] {
            let awkward = place.path().join(name);
            std::fs::create_dir(&awkward).expect("the file system takes it");
            let folders = [awkward.clone(), PathBuf::from("/tmp")];
            let listener = Listener::bind(&folders, PortRange::default()).expect("a listener");
            assert!(listener.address().location.starts_with("/tmp/"), "{awkward:?}");
            assert_eq!(awkward.read_dir().expect("still there").count(), 0, "nothing left");
        }
    }

    #[tokio::test]
    async fn without_any_folder_a_loopback_port_in_the_range_is_taken() {
        let nowhere = PathBuf::from("/nonexistent");
        let first = Listener::bind(std::slice::from_ref(&nowhere), PortRange::default());
        let first = first.expect("the system has a port");
        assert!(!first.is_private());
        assert_eq!(first.address().network, "tcp");
        let port = first.address().location.strip_prefix("127.0.0.1:").expect("loopback");
        let port = port.parse().expect("a port");
        let taken = PortRange { min: port, max: port };
        assert!(Listener::bind(&[nowhere], taken).is_err(), "a taken range is an error");
    }

    #[test]
    fn only_the_same_user_may_connect_and_a_peer_that_hung_up_is_not_called_another() {
        assert_eq!(judge(Ok(1000), 1000), Peer::SameUser);
        assert_eq!(judge(Ok(0), 1000), Peer::OtherUser);
        assert_eq!(judge(Ok(1001), 1000), Peer::OtherUser);
        assert_eq!(judge(Err(io::ErrorKind::NotConnected.into()), 1000), Peer::Unknown);
    }

    /// Where its socket is.
    fn folder_of(listener: &Listener) -> PathBuf {
        let socket = Path::new(&listener.address().location);
        socket.parent().expect("a socket lies in a folder").to_owned()
    }
}
