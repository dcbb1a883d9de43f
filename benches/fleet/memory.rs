//! Watches how much memory the provider's processes take at most.

use std::{
    fs,
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};

/// Peak resident memory, in KiB, of any process of `program` while `work` runs.
pub(crate) fn peak_kib(program: &Path, work: impl FnOnce()) -> u64 {
    let program = fs::canonicalize(program).expect("the binary was just built");
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let watcher = scope.spawn(|| {
            let mut peak = 0;
            while !done.load(Ordering::Relaxed) {
                peak = peak.max(highest_now(&program));
                thread::sleep(INTERVAL);
            }
            peak
        });
        work();
        done.store(true, Ordering::Relaxed);
        watcher.join().expect("the watcher only reads")
    })
}

/// The kernel keeps the high-water mark, so that no peak between two looks is missed.
fn highest_now(program: &Path) -> u64 {
    let processes = fs::read_dir("/proc").expect("Linux has /proc").flatten();
    let ours = processes
        .map(|entry| entry.path())
        .filter(|process| fs::read_link(process.join("exe")).is_ok_and(|exe| exe == program));
    // A process may end at any moment.
    ours.filter_map(|process| high_water(&fs::read_to_string(process.join("status")).ok()?))
        .max()
        .unwrap_or(0)
}

fn high_water(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}

const INTERVAL: Duration = Duration::from_millis(5);
