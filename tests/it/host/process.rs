//! The provider as a child process: started with the environment that Terraform gives it, its
//! output collected, killed at the latest when the test ends.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    io::Read,
    os::unix::process::ExitStatusExt,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    thread,
};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use tokio::sync::watch;

use super::{certificate::ClientIdentity, within};

/// How a provider is started. Nothing is inherited from the test's environment but the PATH.
pub(crate) struct Launch {
    program: Vec<OsString>,
    environment: BTreeMap<OsString, OsString>,
    temp: TempDir,
    identity: ClientIdentity,
}

impl Launch {
    /// As a person does who types the program's name.
    pub(crate) fn by_hand() -> Self {
        let temp = tempfile::tempdir().expect("a temporary folder");
        let mut environment = BTreeMap::new();
        environment.insert("TMPDIR".into(), temp.path().into());
        environment.extend(std::env::var_os("PATH").map(|path| ("PATH".into(), path)));
        let program = vec![env!("CARGO_BIN_EXE_terraform-provider-whatsapp").into()];
        Self { program, environment, temp, identity: ClientIdentity::generate() }
    }

    /// As Terraform does.
    pub(crate) fn as_terraform() -> Self {
        let launch = Self::by_hand();
        let certificate = launch.identity.pem();
        launch
            .env("TF_PLUGIN_MAGIC_COOKIE", MAGIC_COOKIE)
            .env("PLUGIN_PROTOCOL_VERSIONS", protocol_versions())
            .env("PLUGIN_MIN_PORT", "10000")
            .env("PLUGIN_MAX_PORT", "25000")
            .env("PLUGIN_CLIENT_CERT", certificate)
    }

    pub(crate) fn env(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.environment.insert(name.into(), value.into());
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.environment.remove(&OsString::from(name));
        self
    }

    pub(crate) fn argument(mut self, argument: &str) -> Self {
        self.program.push(argument.into());
        self
    }

    /// Starts the program through `sh`, which first runs `prelude`.
    pub(crate) fn after(mut self, prelude: &str) -> Self {
        let script = format!("{prelude}; exec \"$0\" \"$@\"");
        self.program.splice(0..0, ["sh".into(), "-c".into(), script.into()]);
        self
    }

    /// Starts `program` with the provider's path and arguments behind its own.
    pub(crate) fn under(mut self, program: &[&str]) -> Self {
        self.program.splice(0..0, program.iter().map(OsString::from));
        self
    }

    pub(crate) fn start(self) -> Process {
        let mut command = Command::new(&self.program[0]);
        command.args(&self.program[1..]).env_clear().envs(&self.environment);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the provider's binary starts");
        Process {
            id: Pid::from_child(&child),
            stdout: collect(child.stdout.take().expect("stdout is piped")),
            stderr: collect(child.stderr.take().expect("stderr is piped")),
            exit: observe_exit(child),
            temp: self.temp,
            identity: self.identity,
        }
    }
}

/// A running provider. Dropping it kills it.
pub(crate) struct Process {
    id: Pid,
    stdout: watch::Receiver<Output>,
    stderr: watch::Receiver<Output>,
    exit: watch::Receiver<Option<ExitStatus>>,
    temp: TempDir,
    identity: ClientIdentity,
}

impl Process {
    pub(crate) fn id(&self) -> Pid {
        self.id
    }

    pub(crate) fn identity(&self) -> &ClientIdentity {
        &self.identity
    }

    pub(crate) fn temp(&self) -> &Path {
        self.temp.path()
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(self.id, signal).expect("the provider can be signalled");
    }

    pub(crate) fn has_exited(&self) -> bool {
        self.exit.borrow().is_some()
    }

    /// The first line of stdout, without its end.
    pub(crate) async fn first_line(&self) -> String {
        let text = self.stdout_with("line on stdout", |text| text.contains('\n')).await;
        text.lines().next().unwrap_or_default().to_owned()
    }

    /// The standard output up to now, once it satisfies the condition.
    pub(crate) async fn stdout_with(&self, what: &str, found: impl Fn(&str) -> bool) -> String {
        let mut stdout = self.stdout.clone();
        let done = |output: &Output| output.ended || found(&output.text());
        let text = within(START_LIMIT, what, async {
            stdout.wait_for(done).await.expect("the reader reports the end").text()
        })
        .await;
        assert!(found(&text), "no {what} in {text:?}; stderr: {:?}", self.stderr_so_far());
        text
    }

    /// Everything written to stdout until it was closed.
    pub(crate) async fn stdout(&self) -> Output {
        all_of("stdout", &self.stdout).await
    }

    /// Everything written to stderr until it was closed.
    pub(crate) async fn stderr(&self) -> Output {
        all_of("stderr", &self.stderr).await
    }

    /// What stands on stderr so far.
    pub(crate) fn stderr_so_far(&self) -> String {
        self.stderr.borrow().text()
    }

    pub(crate) async fn exited(&self) -> ExitStatus {
        let mut exit = self.exit.clone();
        let status = exit.wait_for(Option::is_some).await.expect("the waiting thread reports");
        status.expect("just waited for")
    }

    /// Exit and the end of both pipes: only then is a plugin gone for Terraform.
    pub(crate) async fn ended(&self, seconds: u64) -> ExitStatus {
        within(seconds, "the process and its pipes to end", async {
            let status = self.exited().await;
            self.stdout().await;
            self.stderr().await;
            status
        })
        .await
    }

    /// What is left in the folder where the provider makes its socket.
    pub(crate) fn left_behind(&self) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.temp()).expect("the folder is readable");
        entries.map(|entry| entry.expect("a folder entry").path()).collect()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if !self.has_exited() {
            // It may end at this very moment, which is as good.
            let _ = kill_process(self.id, Signal::KILL);
        }
    }
}

/// What a stream has given so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Output {
    bytes: Vec<u8>,
    ended: bool,
}

impl Output {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }
}

/// Exit status as a shell shows it.
pub(crate) fn exit_code(status: ExitStatus) -> i32 {
    status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or_default())
}

async fn all_of(name: &str, stream: &watch::Receiver<Output>) -> Output {
    let mut stream = stream.clone();
    within(START_LIMIT, &format!("the end of {name}"), async {
        stream.wait_for(|output| output.ended).await.expect("the reader reports the end").clone()
    })
    .await
}

fn collect(mut stream: impl Read + Send + 'static) -> watch::Receiver<Output> {
    let (sender, receiver) = watch::channel(Output::default());
    thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(length @ 1..) = stream.read(&mut buffer) {
            sender.send_modify(|output| output.bytes.extend_from_slice(&buffer[..length]));
        }
        sender.send_modify(|output| output.ended = true);
    });
    receiver
}

fn observe_exit(mut child: Child) -> watch::Receiver<Option<ExitStatus>> {
    let (sender, receiver) = watch::channel(None);
    thread::spawn(move || {
        let status = child.wait().expect("a child can be waited for");
        sender.send_replace(Some(status));
    });
    receiver
}

/// Terraform lists its versions in no fixed order.
fn protocol_versions() -> &'static str {
    match std::process::id() % 2 {
        0 => "5,6",
        _ => "6,5",
    }
}

pub(crate) const MAGIC_COOKIE: &str =
    "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";

/// Seconds; Terraform waits a minute, a test need not.
const START_LIMIT: u64 = 20;
