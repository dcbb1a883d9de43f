//! The process around a provider: everything between the start of the executable and its service.
//!
//! Terraform starts a provider as a child, talks to it in the environment and through one line on
//! stdout, and from then on over gRPC on a private socket. [`run`] does all of that, in this order:
//! [`arguments`], [`handshake`], [`listener`] and [`tls`] with its [`key`], [`accept`], and [`serve`]
//! with the [`services`] of go-plugin. A process can end in more ways than one, which is the business of
//! [`signals`], [`parent`] and [`watchdog`]; what it has to say goes through [`logging`] and
//! [`panic_hook`]; what others call it is in [`address`].

mod accept;
mod address;
mod arguments;
#[cfg(any(test, fuzzing))]
pub(super) mod fuzzing;
mod handshake;
mod key;
mod listener;
mod logging;
mod parent;
mod reattach;
#[cfg(test)]
#[cfg_attr(not(unix), allow(dead_code, reason = "what serves it in tests needs a unix socket"))]
mod sample;
mod serve;
mod services;
mod signals;
mod tls;
mod watchdog;

use std::{
    env, fs,
    io::{self, Write},
    path::PathBuf,
    process::{self, ExitCode},
    time::{Duration, SystemTime},
};

use tokio::runtime;
use tokio_util::sync::CancellationToken;

use crate::tf_provider::lifecycle::Lifecycle;
use crate::tf_provider::panic_hook;
use crate::tf_provider::plugin::arguments::Command;
use crate::tf_provider::plugin::handshake::{Handshake, HandshakeError};
use crate::tf_provider::plugin::listener::{Listener, PortRange};
use crate::tf_provider::plugin::serve::{Limits, ServeError, Session};
use crate::tf_provider::plugin::signals::{Control, EndRequests};
use crate::tf_provider::plugin::tls::{ServerTls, TlsError};
use crate::tf_provider::plugin::watchdog::Watchdog;
use crate::tf_provider::proto::tfplugin5::provider_server::Provider;

/// Who this provider is, for people and for Terraform.
#[derive(Clone, Copy, Debug)]
pub struct PluginInfo {
    /// The provider's type, the last part of its address.
    pub name: &'static str,
    /// The version of the executable, without a leading `v`.
    pub version: &'static str,
    /// The full source address: `host/namespace/type`.
    pub address: &'static str,
}

/// The whole life of a provider's process, from its arguments to its exit status.
///
/// `service` is called once, inside the runtime, and only if the process is to serve. Status 0 means
/// that the end was asked for, 1 that something failed (stderr says what), 2 an unknown argument.
pub(crate) fn run<S: Provider>(
    info: &PluginInfo,
    service: impl FnOnce(Lifecycle) -> S,
) -> ExitCode {
    let outcome = match Command::parse(env::args_os().skip(1)) {
        Ok(Command::Serve) => hosted(info, service),
        Ok(Command::Debug) => debug(info, service),
        Ok(Command::Version) => say(&arguments::version(info)),
        Ok(Command::Help) => say(&arguments::help(info)),
        Err(unknown) => {
            complain(&format!("{unknown}\n"));
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Handshake(HandshakeError::NotStartedByHost)) => {
            complain(&arguments::not_for_people(info));
            ExitCode::FAILURE
        }
        Err(failure) => {
            complain(&format!("terraform-provider-{}: {failure}\n", info.name));
            ExitCode::FAILURE
        }
    }
}

/// Started by Terraform: shake hands, then serve it alone.
fn hosted<S: Provider>(
    info: &PluginInfo,
    service: impl FnOnce(Lifecycle) -> S,
) -> Result<(), Failure> {
    let handshake = Handshake::read(|name| env::var_os(name))?;
    prepare(info);
    let lifecycle = Lifecycle::default();
    in_runtime(async {
        let requests = EndRequests::from_signals(Control::Host)?;
        let tls = handshake.client.clone();
        let tls = tls.map(|client| ServerTls::new(client, SystemTime::now())).transpose()?;
        let listener = listen(handshake.socket_folder.clone(), handshake.ports, tls.is_some())?;
        let service = service(lifecycle.clone());
        let host_gone = CancellationToken::new();
        watch_host(&host_gone, listener.folder());
        let certificate = tls.as_ref().map(|tls| &tls.certificate);
        say(&handshake.line(listener.address(), certificate))?;
        leave_stdout();
        let tls = tls.map(|tls| tls.config);
        let session = Session { listener, tls, requests, host_gone, limits: Limits::HOSTED };
        conclude(service, lifecycle, session).await
    })
}

/// Started by a person: wait for any Terraform of the same user, without TLS.
fn debug<S: Provider>(
    info: &PluginInfo,
    service: impl FnOnce(Lifecycle) -> S,
) -> Result<(), Failure> {
    prepare(info);
    let lifecycle = Lifecycle::default();
    in_runtime(async {
        let requests = EndRequests::from_signals(Control::Person)?;
        let listener = listen(None, PortRange::default(), false)?;
        let service = service(lifecycle.clone());
        say(&reattach::instructions(info, listener.address(), process::id()))?;
        let host_gone = CancellationToken::new();
        let session = Session { listener, tls: None, requests, host_gone, limits: Limits::DEBUG };
        conclude(service, lifecycle, session).await
    })
}

fn prepare(info: &PluginInfo) {
    panic_hook::install();
    logging::install(info.name, |name| env::var_os(name));
}

/// One thread is enough: the work is waiting for answers, and threads cost time at each start.
fn in_runtime(work: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    let outcome = runtime.block_on(work);
    // A thread that blocks must not hold up the end.
    runtime.shutdown_background();
    outcome
}

/// A socket that other users cannot reach; a loopback port only behind TLS.
fn listen(wanted: Option<PathBuf>, ports: PortRange, tls: bool) -> Result<Listener, Failure> {
    let listener = Listener::bind(&listener::folders(wanted), ports).map_err(Failure::Listen)?;
    if tls || listener.is_private() { Ok(listener) } else { Err(Failure::Exposed) }
}

fn watch_host(host_gone: &CancellationToken, folder: Option<PathBuf>) {
    let host_gone = host_gone.clone();
    parent::watch(move || {
        host_gone.cancel();
        let limit = Limits::HOSTED.stop + OVERRUN;
        // It ends with the process.
        std::mem::forget(Watchdog::arm(limit, move || force_exit(folder)));
    });
}

async fn conclude<S: Provider>(
    service: S,
    lifecycle: Lifecycle,
    session: Session,
) -> Result<(), Failure> {
    let folder = session.listener.folder();
    let guarded_end = async {
        lifecycle.shutdown_requested().await;
        Watchdog::arm(OVERRUN, move || force_exit(folder))
    };
    let (_watchdog, outcome) =
        tokio::join!(guarded_end, serve::serve(service, &lifecycle, session));
    Ok(outcome?)
}

/// The last resort, from a thread of its own: nothing will unwind.
fn force_exit(folder: Option<PathBuf>) {
    if let Some(folder) = folder {
        let _ = fs::remove_dir_all(folder);
    }
    process::exit(0);
}

/// Writes to stdout, which belongs to the host: a whole text at once, and nothing else ever.
fn say(text: &str) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()).map_err(Failure::Stdout)
}

fn complain(text: &str) {
    // There is no other place to say it.
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// Sends to stderr whatever a library might print later: the host would throw it away, and a long
/// line would block whoever prints it.
#[cfg(unix)]
fn leave_stdout() {
    // Stdout stays as it was if that fails, which is as good for the host.
    let _ = rustix::stdio::dup2_stdout(io::stderr());
}

#[cfg(not(unix))]
fn leave_stdout() {}

/// Why the process ends with status 1.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Handshake(#[from] HandshakeError),
    #[error(transparent)]
    Tls(#[from] TlsError),
    #[error("cannot listen for Terraform: {0}")]
    Listen(io::Error),
    #[error("without TLS every user of this machine could reach a port, and {NO_PRIVATE_SOCKET}")]
    Exposed,
    #[error("cannot write to stdout: {0}")]
    Stdout(io::Error),
    #[error("cannot start: {0}")]
    Start(#[from] io::Error),
    #[error(transparent)]
    Serve(#[from] ServeError),
}

#[cfg(unix)]
const NO_PRIVATE_SOCKET: &str = "no private socket could be made in the temporary folder or /tmp; \
    set TMPDIR to a folder with a short path, or unset TF_DISABLE_PLUGIN_TLS";
#[cfg(not(unix))]
const NO_PRIVATE_SOCKET: &str = "this system has no sockets that only one user can reach; \
    so there is no --debug here (use WSL), and TF_DISABLE_PLUGIN_TLS must not be set";

/// From the request to end to the end by force, if the end in order hangs. Terraform kills at two
/// seconds.
const OVERRUN: Duration = Duration::from_millis(1500);
