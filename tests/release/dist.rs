//! Where the files of a release lie, and what is in its zips.

use std::{
    env,
    fs::{self, File},
    io::Read,
    path::{self, Path, PathBuf},
};

use zip::ZipArchive;

pub(crate) const NAME: &str = "terraform-provider-whatsapp";
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");
pub(crate) const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// What a Linux machine builds for; a release may have more.
pub(crate) const PLATFORMS: [&str; 3] = ["linux_amd64", "linux_arm64", "windows_amd64"];

pub(crate) fn folder() -> PathBuf {
    let given = env::var_os("RELEASE_ASSETS").map(PathBuf::from);
    let folder = given.unwrap_or_else(|| target().join("dist"));
    let folder = path::absolute(folder).expect("there is a working directory");
    assert!(folder.is_dir(), "{} is missing: run scripts/release", folder.display());
    folder
}

/// Cargo's folder, wherever `CARGO_TARGET_DIR` has put it.
pub(crate) fn target() -> &'static Path {
    let tmp = Path::new(env!("CARGO_TARGET_TMPDIR"));
    tmp.parent().expect("cargo's folder for tests lies in its target folder")
}

/// A file of this release, by the end of its name.
pub(crate) fn asset(rest: &str) -> PathBuf {
    folder().join(format!("{NAME}_{VERSION}_{rest}"))
}

pub(crate) fn read(rest: &str) -> Vec<u8> {
    let path = asset(rest);
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The platforms that there is a zip for.
pub(crate) fn platforms() -> Vec<String> {
    let mut platforms = Vec::new();
    for entry in fs::read_dir(folder()).expect("the folder is readable") {
        let name = entry.expect("the folder is readable").file_name();
        let name = name.into_string().expect("names are ASCII");
        if let Some(platform) = name.strip_suffix(".zip") {
            let prefix = format!("{NAME}_{VERSION}_");
            let platform = platform.strip_prefix(&prefix);
            platforms.push(platform.expect("there are zips of this version only").to_owned());
        }
    }
    platforms.sort();
    platforms
}

/// A file in a zip.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) mode: Option<u32>,
    pub(crate) content: Vec<u8>,
}

pub(crate) fn unzip(platform: &str) -> Vec<Entry> {
    let file = File::open(asset(&format!("{platform}.zip"))).expect("the zip is there");
    let mut archive = ZipArchive::new(file).expect("it is a zip");
    let entries = (0..archive.len()).map(|index| {
        let mut file = archive.by_index(index).expect("the index is in range");
        let mut content = Vec::new();
        file.read_to_end(&mut content).expect("what was packed can be unpacked");
        let name = file.name().expect("names are ASCII").into_owned();
        Entry { name, mode: file.unix_mode(), content }
    });
    entries.collect()
}

/// The executable in a zip.
pub(crate) fn binary(platform: &str) -> Entry {
    let mut entries = unzip(platform);
    let is_binary = |entry: &Entry| entry.name.starts_with(NAME);
    let at = entries.iter().position(is_binary).expect("a zip holds an executable");
    entries.swap_remove(at)
}
