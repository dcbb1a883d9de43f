//! The tests beside the examples run under both tools.

use std::{fs, path::Path};

/// OpenTofu up to 1.12 says of such an assertion that there is no variable of that name.
#[test]
fn no_assertion_compares_an_earlier_run_with_something_else() {
    let mut seen = 0;
    for guide in fs::read_dir("examples/guides").expect("there are guides") {
        for (line, file) in conditions(&guide.expect("a readable folder").path()) {
            let names = |what: &str| line.contains(what);
            let others = ["output.", "data.", "whatsapp_"].into_iter().any(names);
            assert!(!(names("run.") && others), "{file}: {line}");
            seen += 1;
        }
    }
    assert!(seen > 5, "only {seen} assertions were found");
}

/// The conditions of a guide's tests, each with the file that it stands in.
fn conditions(guide: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for file in fs::read_dir(guide).expect("a readable folder") {
        let path = file.expect("a readable folder").path();
        if path.to_string_lossy().ends_with(".tftest.hcl") {
            let text = fs::read_to_string(&path).expect("an example is a text");
            let lines = text.lines().filter(|line| line.trim_start().starts_with("condition"));
            found.extend(lines.map(|line| (line.to_owned(), path.display().to_string())));
        }
    }
    found
}
