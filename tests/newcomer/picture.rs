//! The README's picture shows what the quickstart prints today. `scripts/picture` draws it.

use std::fs;

use tempfile::TempDir;

use crate::quickstart::{quickstart, run};

#[test]
fn the_picture_shows_what_the_quickstart_prints() {
    let picture = picture();
    let mut shown = words(texts(&picture));
    assert_eq!(shown.remove(0).join(" "), format!("$ {COMMAND}"));

    let folder = TempDir::with_prefix("quickstart-").expect("a temporary folder can be made");
    // The version that the picture was drawn with: Terraform's own words differ between versions.
    let told = run(quickstart(folder.path()).env("TERRAFORM_VERSION", "1.15")).expect_success();
    // Word by word: a terminal breaks the lines of a warning elsewhere than a file.
    let printed = words(told.stdout.lines().map(str::to_owned)).concat();
    let mut rest = printed.as_slice();
    let pieces = shown.split(|line| *line == [LEFT_OUT]).filter(|piece| !piece.is_empty());
    for piece in pieces {
        let piece = piece.concat();
        let found = rest.windows(piece.len()).position(|words| words == piece);
        let found = found.unwrap_or_else(|| panic!("{piece:#?}\nis not printed: {REDRAW}\n{told}"));
        rest = &rest[found + piece.len()..];
    }
}

#[test]
fn the_readme_has_the_picture_and_the_command_in_it() {
    let readme = fs::read_to_string(format!("{ROOT}/README.md")).expect("there is a README.md");
    assert!(readme.contains(&format!("\n{COMMAND}\n")), "{COMMAND} is not in README.md");
    assert!(readme.contains("](assets/quickstart.svg)"), "the picture is not in README.md");
}

#[test]
fn the_picture_is_small_says_what_it_shows_and_fetches_nothing() {
    let picture = picture();
    assert!(picture.len() < 60_000, "{} bytes", picture.len());
    for told in ["<title id=", "<desc id=", "role=\"img\""] {
        assert!(picture.contains(told), "{told} is missing");
    }
    // The name of the format looks like an address, and is none.
    let rest = picture.replacen("http://www.w3.org/2000/svg", "", 1);
    for outside in ["://", "href", "url(", "@import", "<script", "<image"] {
        assert!(!rest.contains(outside), "{outside}");
    }
}

fn picture() -> String {
    fs::read_to_string(format!("{ROOT}/assets/quickstart.svg")).expect(REDRAW)
}

/// The lines of text, without the marks for how they look.
fn texts(picture: &str) -> impl Iterator<Item = String> {
    let elements = picture.split("<text ").skip(1);
    elements.map(|element| {
        let (element, _) = element.split_once("</text>").expect("each text ends");
        let parts = element.split('>').skip(1).filter_map(|part| part.split('<').next());
        let text = parts.collect::<String>();
        text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    })
}

/// Each line as words, without what no two runs share: times, and the bar that Terraform draws
/// beside a warning only where there are colours. Empty lines are left out.
fn words(lines: impl Iterator<Item = String>) -> Vec<Vec<String>> {
    let of_line = |line: String| {
        let words = line.split_whitespace().filter(|word| !["╷", "│", "╵"].contains(word));
        words.map(|word| if is_time(word) { "(time)" } else { word }.to_owned()).collect()
    };
    lines.map(of_line).filter(|words: &Vec<_>| !words.is_empty()).collect()
}

/// As in the API's log: `0.280s`.
fn is_time(word: &str) -> bool {
    word.strip_suffix('s').is_some_and(|seconds| {
        seconds.contains('.') && seconds.chars().all(|c| c == '.' || c.is_ascii_digit())
    })
}

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

const COMMAND: &str = "cargo run --example quickstart";

/// Where the picture leaves something out.
const LEFT_OUT: &str = "⋯";

const REDRAW: &str = "scripts/picture draws the picture anew";
