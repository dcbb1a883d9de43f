//! Counts the instructions of a running provider with valgrind's callgrind.

use std::{fs, path::PathBuf, process::Command};

use tempfile::TempDir;

use crate::host::process::{Launch, Process};
use crate::shared::binary::{Binary, run};

/// Callgrind around one process.
#[derive(Debug)]
pub(crate) struct Callgrind {
    folder: TempDir,
    looks: usize,
}

impl Callgrind {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a temporary folder"), looks: 0 }
    }

    /// How to start `provider` under callgrind, and otherwise as Terraform would.
    pub(crate) fn launch(&self, provider: &Binary) -> Launch {
        // A launch ends with the path of the binary that was built beside the benchmark; the shell
        // runs the released one in its place.
        let script = "exec valgrind --quiet --tool=callgrind --vgdb-prefix=\"$PIPES\" \
                      --callgrind-out-file=\"$COUNTS\" \"$RELEASED\"";
        Launch::as_terraform()
            .env("PIPES", self.pipes())
            .env("COUNTS", self.counts())
            .env("RELEASED", provider.path.clone())
            .under(&["sh", "-c", script])
    }

    /// Instructions since the start, or since the last look.
    pub(crate) fn look(&mut self, process: &Process) -> u64 {
        self.looks += 1;
        let prefix = format!("--vgdb-prefix={}", self.pipes().display());
        let pid = format!("--pid={}", process.id().as_raw_nonzero());
        run(Command::new("vgdb").args([&prefix, &pid, "dump"]));
        let dump = format!("{}.{}", self.counts().display(), self.looks);
        let text = fs::read_to_string(&dump).unwrap_or_else(|error| panic!("{dump}: {error}"));
        let total = text.lines().find_map(|line| line.strip_prefix("totals: "));
        total.and_then(|total| total.trim().parse().ok()).expect("a dump states its total")
    }

    fn pipes(&self) -> PathBuf {
        self.folder.path().join("vgdb")
    }

    fn counts(&self) -> PathBuf {
        self.folder.path().join("counts")
    }
}
