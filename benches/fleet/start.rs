//! From the start of the provider to its handshake line, beside a whole life of hello-world.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Instant,
};

use tempfile::TempDir;

use crate::certificate::ClientIdentity;
use crate::shared::binary::{Binary, ROOT, run};
use crate::shared::results::Comparison;

/// Measures both by turns.
pub(crate) fn compare(provider: &Binary, pairs: usize) -> Comparison {
    let (programs, sockets) = (tempfile::tempdir().expect("a temporary folder"), in_memory());
    let built = build_hello(&programs, provider.static_target.as_deref());
    let hello = installed(&built, &programs, "hello");
    let provider = installed(&provider.path, &programs, "provider");
    let certificate = ClientIdentity::generate().pem();
    let pair = |_| (life(&hello), start(&provider, &sockets, &certificate));
    // The first pair warms the caches of the file system.
    pair(0);
    let pairs: Vec<_> = (0..pairs).map(pair).collect();
    Comparison::of(&pairs)
}

/// A folder for the provider's socket. On a disk, what was deleted before would be measured with the
/// provider, up to a third of a millisecond: ext4, for one, passes over each inode that was freed within
/// the last minute.
fn in_memory() -> TempDir {
    let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir());
    folder.expect("a temporary folder")
}

/// A program as an installation leaves it: written in one go. A linker writes here and there, and the
/// system maps such a file in smaller pieces, which takes the provider a tenth of a millisecond more.
fn installed(program: &Path, folder: &TempDir, name: &str) -> PathBuf {
    let installed = folder.path().join(name).with_extension("installed");
    fs::copy(program, &installed).expect("a program can be copied");
    installed
}

/// Compiled as the provider is; static in any case.
fn build_hello(folder: &TempDir, target: Option<&str>) -> PathBuf {
    let program = folder.path().join("hello");
    let mut rustc = Command::new("rustc");
    rustc.args(["-O", "-C", "target-feature=+crt-static", "-C", "strip=symbols"]);
    if let Some(target) = target {
        rustc.args(["--target", target]);
    }
    run(rustc.arg("-o").arg(&program).arg(format!("{ROOT}/benches/fleet/hello.rs")));
    program
}

/// Milliseconds from start to end.
fn life(program: &Path) -> f64 {
    let begun = Instant::now();
    run(&mut Command::new(program));
    milliseconds(begun)
}

/// Milliseconds from start to the handshake line.
fn start(program: &Path, folder: &TempDir, certificate: &str) -> f64 {
    let mut command = Command::new(program);
    command.env_clear().envs([
        ("TF_PLUGIN_MAGIC_COOKIE", MAGIC_COOKIE),
        ("PLUGIN_PROTOCOL_VERSIONS", "5,6"),
        ("PLUGIN_CLIENT_CERT", certificate),
    ]);
    command.env("TMPDIR", folder.path()).stdin(Stdio::null()).stdout(Stdio::piped());
    // A pipe, as Terraform's.
    command.stderr(Stdio::piped());
    let begun = Instant::now();
    let mut child = command.spawn().expect("the provider starts");
    let mut line = String::new();
    let mut stdout = BufReader::new(child.stdout.take().expect("stdout is piped"));
    stdout.read_line(&mut line).expect("stdout is readable");
    let taken = milliseconds(begun);
    assert!(line.starts_with("1|5|unix|"), "no handshake line: {line:?}");
    child.kill().expect("it waits for its host");
    child.wait().expect("it was killed");
    taken
}

pub(crate) fn milliseconds(begun: Instant) -> f64 {
    begun.elapsed().as_secs_f64() * 1000.0
}

const MAGIC_COOKIE: &str = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";
