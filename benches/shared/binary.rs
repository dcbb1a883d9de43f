//! The provider as it is released: the binary that every benchmark measures.
//!
//! Not the one that `cargo bench` builds beside the benchmark, which shares the features of the
//! test dependencies.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

/// A built provider.
#[derive(Debug)]
pub(crate) struct Binary {
    /// The executable.
    pub(crate) path: PathBuf,
    /// What makes static executables on this machine, if anything does.
    pub(crate) static_target: Option<String>,
}

impl Binary {
    /// Builds the release binary: static where the toolchain can do that. `BENCH_PROVIDER` names
    /// another one, to compare two builds.
    pub(crate) fn release() -> Self {
        let static_target = static_target();
        let path = match env::var_os("BENCH_PROVIDER") {
            Some(path) => path.into(),
            None => build(static_target.as_deref()),
        };
        Self { path, static_target }
    }

    /// Whether it runs without the system's libraries.
    pub(crate) fn is_static(&self) -> bool {
        let bytes = fs::read(&self.path).expect("the binary was just built");
        // The name of the loader, which only a dynamic executable needs, stands near its head.
        let head = &bytes[..bytes.len().min(4096)];
        !head.windows(LOADER.len()).any(|part| part == LOADER)
    }

    /// Bytes of the file.
    pub(crate) fn size(&self) -> u64 {
        fs::metadata(&self.path).expect("the binary was just built").len()
    }
}

/// The root of the repository.
pub(crate) const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// Runs a command to its successful end and gives its output.
pub(crate) fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?} failed: {complaint}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn static_target() -> Option<String> {
    let target = format!("{}-unknown-linux-musl", env::consts::ARCH);
    let sysroot = run(Command::new("rustc").args(["--print", "sysroot"]).current_dir(ROOT));
    let is_installed = Path::new(sysroot.trim()).join("lib/rustlib").join(&target).is_dir();
    is_installed.then_some(target)
}

fn build(target: Option<&str>) -> PathBuf {
    let mut command = Command::new(env!("CARGO"));
    command.current_dir(ROOT).args(["build", "--release", "--locked", "--bin", NAME]);
    if let Some(target) = target {
        command.args(["--target", target]);
    }
    run(&mut command);
    built_in(&target.map_or("release".to_owned(), |target| format!("{target}/release")))
}

fn built_in(profile: &str) -> PathBuf {
    // `cargo bench` has built this benchmark somewhere below the same target folder.
    let own = PathBuf::from(env!("CARGO_BIN_EXE_terraform-provider-whatsapp"));
    let target = own.ancestors().nth(2).expect("target/release/binary");
    target.join(profile).join(NAME)
}

const NAME: &str = "terraform-provider-whatsapp";
const LOADER: &[u8] = b"/ld-";
