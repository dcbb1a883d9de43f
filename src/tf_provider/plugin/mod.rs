//! The process around a provider: everything between the start of the executable and its service.
//!
//! Terraform starts a provider as a child, talks to it in the environment and through one line on
//! stdout, and from then on over gRPC on a private socket. [`run`] does all of that, in this order:
//! [`arguments`], [`handshake`], [`listener`] and [`tls`] with its [`key`], [`accept`], and [`serve`]
//! with the [`services`] of go-plugin. A process can end in more ways than one: [`signals`], [`parent`],
//! [`presence`] and the services say what happens, and [`end`] decides. What the process has to say goes through
//! [`output`], [`logging`] and [`panic_hook`]; what others call it is in [`address`].

mod accept;
mod address;
mod arguments;
mod end;
#[cfg(any(test, fuzzing))]
pub(super) mod fuzzing;
mod handshake;
mod key;
mod listener;
mod logging;
mod output;
mod parent;
mod presence;
mod reattach;
#[cfg(test)]
#[cfg_attr(not(unix), allow(dead_code, reason = "what serves it in tests needs a unix socket"))]
mod sample;
mod serve;
mod services;
mod signals;
mod tls;

use std::{
    env, io,
    path::PathBuf,
    process::{self, ExitCode},
    time::SystemTime,
};

use tokio::runtime;

use crate::tf_provider::calls::Calls;
use crate::tf_provider::panic_hook;
use crate::tf_provider::plugin::arguments::Command;
use crate::tf_provider::plugin::end::{Ending, Event, Limits};
use crate::tf_provider::plugin::handshake::{Handshake, HandshakeError};
use crate::tf_provider::plugin::listener::{Listener, PortRange};
use crate::tf_provider::plugin::output::{complain, say};
use crate::tf_provider::plugin::serve::{ServeError, Session};
use crate::tf_provider::plugin::signals::Control;
use crate::tf_provider::plugin::tls::{ServerTls, TlsError};
use crate::tf_provider::proto::tfplugin5::provider_server::Provider;

/// Who this provider is, for people and for Terraform.
#[derive(Clone, Copy, Debug)]
pub struct Plugin {
    /// The provider's type, the last part of its address.
    name: &'static str,
    version: &'static str,
    pub(super) address: &'static str,
}

impl Plugin {
    /// The provider with this full source address, `host/namespace/type`, in a version that has no
    /// leading `v`.
    pub fn new(address: &'static str, version: &'static str) -> Self {
        let name = address.rsplit('/').next().unwrap_or_default();
        Self { name, version, address }
    }
}

/// The whole life of a provider's process, from its arguments to its exit status.
///
/// `service` is called once, inside the runtime, and only if the process is to serve; `crate_name` is
/// the author's, whose log records are written. Status 0 means that the end was asked for, 1 that
/// something failed (stderr says what), 2 an unknown argument.
pub(crate) fn run<S: Provider>(
    info: &Plugin,
    crate_name: &'static str,
    service: impl FnOnce(Calls) -> S,
) -> ExitCode {
    let outcome = match Command::parse(env::args_os().skip(1)) {
        Ok(Command::Serve) => hosted(info, crate_name, service),
        Ok(Command::Debug) => debug(info, crate_name, service),
        Ok(Command::Version) => say(&arguments::version(info)).map_err(Failure::Stdout),
        Ok(Command::Help) => say(&arguments::help(info)).map_err(Failure::Stdout),
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

/// The crate in which a type is declared.
pub(crate) fn crate_of<T>() -> &'static str {
    std::any::type_name::<T>().split("::").next().unwrap_or_default()
}

/// Started by Terraform: shake hands, then serve it alone.
#[expect(clippy::disallowed_methods, reason = "environment and clock, for all of the room")]
fn hosted<S: Provider>(
    info: &Plugin,
    crate_name: &'static str,
    service: impl FnOnce(Calls) -> S,
) -> Result<(), Failure> {
    let handshake = Handshake::read(|name| env::var_os(name))?;
    prepare(info, crate_name);
    in_runtime(async {
        let (ending, events) = Ending::new();
        signals::listen(Control::Host, ending.clone())?;
        let tls = handshake.client.clone();
        let tls = tls.map(|client| ServerTls::new(client, SystemTime::now())).transpose()?;
        let listener = listen(handshake.socket_folder.clone(), handshake.ports, tls.is_some())?;
        let certificate = tls.as_ref().map(|tls| &tls.certificate);
        say(&handshake.line(listener.address(), certificate)).map_err(Failure::Stdout)?;
        output::leave();
        // What does not stand in the line is made while the host reads it and connects.
        let watching = ending.clone();
        parent::watch(move || watching.say(Event::HostGone));
        let calls = Calls::apart();
        let service = service(calls.clone());
        let tls = tls.map(|tls| tls.config);
        let limits = if tls.is_some() { Limits::HOSTED } else { Limits::LENT };
        let session = Session { listener, tls, ending: (ending, events), limits };
        Ok(serve::serve(service, &calls, session).await?)
    })
}

/// Started by a person: wait for any Terraform of the same user, without TLS.
fn debug<S: Provider>(
    info: &Plugin,
    crate_name: &'static str,
    service: impl FnOnce(Calls) -> S,
) -> Result<(), Failure> {
    prepare(info, crate_name);
    in_runtime(async {
        let (ending, events) = Ending::new();
        signals::listen(Control::Person, ending.clone())?;
        let listener = listen(None, PortRange::default(), false)?;
        let calls = Calls::apart();
        let service = service(calls.clone());
        let instructions = reattach::instructions(info, listener.address(), process::id());
        say(&instructions).map_err(Failure::Stdout)?;
        let session =
            Session { listener, tls: None, ending: (ending, events), limits: Limits::DEBUG };
        Ok(serve::serve(service, &calls, session).await?)
    })
}

#[expect(clippy::disallowed_methods, reason = "the environment, for the log")]
fn prepare(info: &Plugin, crate_name: &'static str) {
    panic_hook::install();
    logging::install(info.name, crate_name, |name| env::var_os(name));
}

/// The thread of the sockets, of signals and of the end; calls have one of their own, see [`Calls`].
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

/// Why the process ends with status 1.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Handshake(#[from] HandshakeError),
    #[error(transparent)]
    Tls(#[from] TlsError),
    #[error("cannot listen for the tool that started the provider: {0}")]
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
