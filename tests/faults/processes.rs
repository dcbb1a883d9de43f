//! The processes of one run of Terraform, found by the folder they work in.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

/// Who is to be found.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Who {
    Provider,
    Terraform,
}

/// Sends the signal to all processes of that kind; there must be one.
pub(crate) fn signal(folder: &Path, who: Who, signal: Signal) {
    let found = find(folder, who);
    assert!(!found.is_empty(), "no {who:?} runs in {}", folder.display());
    for id in found {
        // It may end at this very moment, which is as good.
        let _ = kill_process(id, signal);
    }
}

/// Returns when neither Terraform nor a provider is left.
pub(crate) fn wait_for_all_to_end(folder: &Path) {
    eventually("all processes to end", || {
        [Who::Provider, Who::Terraform].into_iter().all(|who| find(folder, who).is_empty())
    });
}

/// Returns when it is so; the test fails if that takes too long.
pub(crate) fn eventually(what: &str, is_so: impl Fn() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < deadline, "waited too long for {what}");
        thread::sleep(Duration::from_millis(5));
    }
}

fn find(folder: &Path, who: Who) -> Vec<Pid> {
    let processes = fs::read_dir("/proc").expect("Linux shows its processes");
    let ids = processes.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    ids.filter(|id: &i32| is_in(*id, folder) && kind(*id) == Some(who))
        .filter_map(Pid::from_raw)
        .collect()
}

fn is_in(id: i32, folder: &Path) -> bool {
    fs::read_link(format!("/proc/{id}/cwd")).is_ok_and(|found| found == folder)
}

/// `None` if it has ended meanwhile.
fn kind(id: i32) -> Option<Who> {
    let program = fs::read_link(format!("/proc/{id}/exe")).ok()?;
    let name = program.file_name()?.to_str()?;
    Some(if name.starts_with(env!("CARGO_PKG_NAME")) { Who::Provider } else { Who::Terraform })
}

pub(crate) const PATIENCE: Duration = Duration::from_secs(30);
