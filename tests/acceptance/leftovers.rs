//! What a run left behind: its files, and the content of its saved plan.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use crate::terraform::Running;

/// Every file below a folder, with its content. A socket has none; its name counts all the same.
pub(crate) fn files_below(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let entries = fs::read_dir(folder).expect("the folder can be read");
    let paths = entries.map(|entry| entry.expect("the folder can be read").path());
    paths
        .flat_map(|path| match (path.is_dir(), path.is_file()) {
            (true, _) => files_below(&path),
            (_, true) => {
                let content = fs::read(&path).expect("the file can be read");
                vec![(path, content)]
            }
            (false, false) => vec![(path, Vec::new())],
        })
        .collect()
}

/// Unpacks the plan that was saved as `saved`, and gives the folder: a plan is a zip file, whose
/// content cannot be searched as it is.
pub(crate) fn unpack_saved_plan(folder: &Path) -> PathBuf {
    let mut unzip = Command::new("python3");
    unzip.args(["-m", "zipfile", "-e", "saved", "unpacked"]).current_dir(folder);
    Running::start(unzip.stderr(Stdio::piped()), UNZIP_LIMIT).finish().expect_success();
    folder.join("unpacked")
}

const UNZIP_LIMIT: Duration = Duration::from_secs(60);
