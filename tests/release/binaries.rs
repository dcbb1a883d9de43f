//! The executables: for which machine, with which libraries, and what they give away.

use std::{collections::BTreeSet, env, fs, os::unix::fs::PermissionsExt, process::Command};

use memchr::memmem;
use object::{
    Architecture, BinaryFormat, File, Object,
    elf::{DT_NEEDED, FileHeader64, PT_INTERP},
    endian::{Endianness, LittleEndian},
    read::{
        elf::{Dyn, FileHeader, ProgramHeader},
        pe::PeFile64,
    },
};
use tempfile::TempDir;

use crate::dist::{Entry, NAME, ROOT, VERSION, binary, platforms};

#[test]
fn every_executable_is_for_its_platform() {
    for platform in platforms() {
        let (system, architecture) =
            platform.split_once('_').expect("a platform is system_architecture");
        let format = match system {
            "linux" => BinaryFormat::Elf,
            "windows" => BinaryFormat::Pe,
            "darwin" => BinaryFormat::MachO,
            other => panic!("no release is made for {other}"),
        };
        let architecture = match architecture {
            "amd64" => Architecture::X86_64,
            "arm64" => Architecture::Aarch64,
            other => panic!("no release is made for {other}"),
        };
        let binary = binary(&platform);
        let file = File::parse(&*binary.content).expect("it is an executable");
        assert_eq!((file.format(), file.architecture()), (format, architecture), "{platform}");
    }
}

/// A binary that needs a C library dies in the official Terraform image with "no such file or
/// directory", which names the loader and not the provider.
#[test]
fn on_linux_they_need_no_library_and_no_loader() {
    for platform in platforms().iter().filter(|platform| platform.starts_with("linux")) {
        assert!(is_static(&binary(platform).content), "{platform}");
    }
}

#[test]
fn what_is_linked_dynamically_is_recognised() {
    let own = env::current_exe().expect("a process knows its program");
    assert!(!is_static(&fs::read(own).expect("the program is readable")));
}

#[test]
fn on_windows_they_need_the_systems_own_libraries_only() {
    const SYSTEM: [&str; 10] = [
        "advapi32.dll",
        "bcrypt.dll",
        "bcryptprimitives.dll",
        "crypt32.dll",
        "kernel32.dll",
        "ntdll.dll",
        "shell32.dll",
        "userenv.dll",
        "ws2_32.dll",
        "secur32.dll",
    ];
    let binary = binary("windows_amd64");
    let file = File::parse(&*binary.content).expect("it is an executable");
    let imports = file.imports().expect("the imports are readable");
    let libraries: BTreeSet<_> = imports
        .map(|import| import.expect("an import is readable").library().to_ascii_lowercase())
        .map(|library| String::from_utf8(library).expect("names are ASCII"))
        .collect();
    let is_known =
        |name: &String| SYSTEM.contains(&name.as_str()) || name.starts_with("api-ms-win-");
    assert!(!libraries.is_empty() && libraries.iter().all(is_known), "{libraries:?}");
}

/// The linker writes a time into them; the day of the build would make each build another file.
#[test]
fn on_windows_they_carry_the_time_of_the_commit() {
    let content = binary("windows_amd64").content;
    let file = PeFile64::parse(&*content).expect("it is an executable for Windows");
    let time = file.nt_headers().file_header.time_date_stamp.get(LittleEndian);
    assert_eq!(time.to_string(), commit_time());
}

#[test]
fn the_one_for_this_machine_says_its_version() {
    let this = match env::consts::ARCH {
        "x86_64" => "linux_amd64",
        "aarch64" => "linux_arm64",
        other => panic!("no release is made for {other}"),
    };
    let Entry { name, content, .. } = binary(this);
    let folder = TempDir::new().expect("a temporary folder can be made");
    let program = folder.path().join(name);
    fs::write(&program, content).expect("the folder is writable");
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("the file is ours");

    // Nothing around it: no environment, no library path.
    let answer = Command::new(&program).arg("--version").env_clear().output().expect("it starts");
    let expected = format!("{NAME} {VERSION} (Terraform plugin protocol 5, go-plugin 1)\n");
    assert_eq!(String::from_utf8_lossy(&answer.stdout), expected);
}

/// Somewhat above what was measured; the one for Intel's Macs is the largest.
#[test]
fn they_are_small() {
    for platform in platforms() {
        let limit = match platform.as_str() {
            "darwin_amd64" => 7_700_000,
            "darwin_arm64" => 6_700_000,
            "windows_amd64" => 6_500_000,
            _ => 7_000_000,
        };
        let size = binary(&platform).content.len();
        assert!(size <= limit, "{platform}: {size} bytes");
    }
}

#[test]
fn they_tell_nothing_about_the_machine_they_were_built_on() {
    let home = env::var("HOME").expect("a person has a home");
    // Those for macOS come from another machine, where the same places have other names.
    let places = [ROOT, &format!("{home}/"), "/home/", "/Users/", "/registry/src/", "/toolchains/"];
    for platform in platforms() {
        let content = binary(&platform).content;
        for place in places {
            assert!(memmem::find(&content, place.as_bytes()).is_none(), "{platform}: {place}");
        }
    }
}

/// Seconds since 1970, as `scripts/release` finds them.
fn commit_time() -> String {
    env::var("SOURCE_DATE_EPOCH").unwrap_or_else(|_| {
        let mut git = Command::new("git");
        git.args(["log", "-1", "--format=%ct"]).current_dir(ROOT);
        let said = git.output().expect("git is installed").stdout;
        String::from_utf8_lossy(&said).trim().to_owned()
    })
}

pub(crate) fn is_static(elf: &[u8]) -> bool {
    let header = FileHeader64::<Endianness>::parse(elf).expect("it is an ELF file");
    let endian = header.endian().expect("it has a byte order");
    let segments = header.program_headers(endian, elf).expect("it has segments");
    let has_loader = segments.iter().any(|segment| segment.p_type(endian) == PT_INTERP);
    let needs_library = segments.iter().any(|segment| {
        let entries = segment.dynamic(endian, elf).expect("the segment is readable");
        entries.unwrap_or_default().iter().any(|entry| entry.d_tag(endian) == DT_NEEDED)
    });
    !has_loader && !needs_library
}
