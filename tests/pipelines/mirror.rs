//! The folder `mirror/` that a repository carries while the provider is in no registry.

use std::{
    env::consts::{ARCH, OS},
    fs::{self, File},
    io::{self, Write},
    path::Path,
};

use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

/// Writes the zip of the provider that Cargo has just built, for this platform.
pub(crate) fn write(mirror: &Path) {
    let folder = mirror.join("registry.terraform.io/waba/whatsapp");
    fs::create_dir_all(&folder).expect("the folder is writable");
    let zip = format!("terraform-provider-whatsapp_{VERSION}_{}.zip", platform());
    let mut zip = ZipWriter::new(File::create(folder.join(zip)).expect("the folder is writable"));
    // A debug build is large: what is not compressed is packed and checked sooner.
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .unix_permissions(0o755);
    zip.start_file(format!("terraform-provider-whatsapp_v{VERSION}"), options).expect("a new file");
    let mut binary = File::open(env!("CARGO_BIN_EXE_terraform-provider-whatsapp"))
        .expect("Cargo has built the provider");
    io::copy(&mut binary, &mut zip).expect("the zip is writable");
    zip.finish().and_then(|mut file| Ok(file.flush()?)).expect("the zip is writable");
}

/// This machine, as Terraform names it.
pub(crate) fn platform() -> String {
    let os = if OS == "macos" { "darwin" } else { OS };
    let arch = match ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    };
    format!("{os}_{arch}")
}

const VERSION: &str = env!("CARGO_PKG_VERSION");
