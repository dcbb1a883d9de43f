//! Tests of what belongs to a whole process: umask, limits, panic hook, exit status.

use std::{env, process::Command};

/// Runs the test at `path` (from the crate's root) again in a process of its own, started by a shell
/// after `setup`, and returns what that wrote to stderr. Inside that process it returns `None`.
///
/// # Panics
///
/// If the test fails there.
pub(super) fn again(path: &str, setup: &str) -> Option<String> {
    if env::var_os(INSIDE).is_some() {
        return None;
    }
    let output = Command::new("sh")
        .args(["-c", &format!("{setup}; exec \"$0\" \"$@\"")])
        .arg(env::current_exe().expect("the test's own executable"))
        .args([path, "--exact", "--nocapture", "--test-threads=1"])
        .env(INSIDE, "1")
        .output()
        .expect("sh runs");
    let (out, err) = (output.stdout, String::from_utf8_lossy(&output.stderr).into_owned());
    let out = String::from_utf8_lossy(&out);
    assert!(output.status.success() && out.contains("1 passed"), "{out}{err}");
    Some(err)
}

const INSIDE: &str = "PLUGIN_TEST_IN_OWN_PROCESS";
