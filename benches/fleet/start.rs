//! From the start of the provider to its handshake line, beside a whole life of hello-world.

use std::{
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
    let folder = tempfile::tempdir().expect("a temporary folder");
    let hello = build_hello(&folder, provider.static_target.as_deref());
    let certificate = ClientIdentity::generate().pem();
    let pair = |_| (life(&hello), start(&provider.path, &folder, &certificate));
    // The first pair warms the caches of the file system.
    pair(0);
    let pairs: Vec<_> = (0..pairs).map(pair).collect();
    Comparison::of(&pairs)
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
