//! Writes the registry's pages from the provider's own schema and from `examples/`:
//! `cargo run --example docs`. A test fails when the pages in `docs/` are not these.

mod pages;

use std::fs;
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    match write(root) {
        Ok(count) => {
            println!("wrote {count} pages to docs/");
            ExitCode::SUCCESS
        }
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}

fn write(root: &Path) -> Result<usize, String> {
    let pages = pages::all(root)?;
    for (path, text) in &pages {
        let path = root.join(path);
        let folder = path.parent().ok_or("a page lies in a folder")?;
        fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(pages.len())
}
