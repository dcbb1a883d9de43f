//! Reads the file of further root certificates.

use std::fs;
use std::io::Read;
use std::path::Path;

/// The file's content. Only a regular file of reasonable size is read: anything else could hang or
/// fill the memory.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, String> {
    let metadata = fs::metadata(path).map_err(|error| format!("cannot be read: {error}"))?;
    if !metadata.is_file() {
        return Err("is not the path of a file".to_owned());
    }
    let mut content = Vec::new();
    let file = fs::File::open(path).map_err(|error| format!("cannot be read: {error}"))?;
    file.take(LARGEST + 1)
        .read_to_end(&mut content)
        .map_err(|error| format!("cannot be read: {error}"))?;
    match content.len() as u64 {
        size if size > LARGEST => Err("names a file larger than 4 MiB".to_owned()),
        _ => Ok(content),
    }
}

/// The bundles of operating systems have about 250 KiB.
const LARGEST: u64 = 4 * 1024 * 1024;
