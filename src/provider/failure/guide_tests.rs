//! The troubleshooting guide says what the provider says: its table is made from the same texts.

use std::fs;

use super::*;
use crate::graph::examples::of_rule;
use crate::graph::{Rule, rules};

#[test]
fn the_troubleshooting_guide_explains_every_code_in_the_providers_own_words() {
    let guide = fs::read_to_string("docs/guides/troubleshooting.md").expect("the guide exists");
    let table: Vec<_> = guide.lines().filter(|line| is_row(line)).collect();
    let expected: Vec<_> = rows();
    let expected: Vec<_> = expected.iter().map(String::as_str).collect();
    assert!(table == expected, "the table in the guide has to be:\n{}", expected.join("\n"));
}

/// One row for each code, or for several in a row that get the same advice.
fn rows() -> Vec<String> {
    let mut rows: Vec<String> = Vec::new();
    for rule in rules() {
        let row = row(rule);
        if !rows.contains(&row) {
            rows.push(row);
        }
    }
    rows
}

fn row(rule: &'static Rule) -> String {
    let error = of_rule(rule);
    let codes = match (rule.codes(), rule.subcode()) {
        (codes, _) if codes.start() != codes.end() => {
            format!("{} to {}", codes.start(), codes.end())
        }
        (codes, Some(subcode)) => format!("{}, subcode {subcode}", codes.start()),
        (codes, None) => codes.start().to_string(),
    };
    let title = title(&error, Subject::Written("PIN"));
    let step = advice::next_step(&error, Subject::Written("PIN"));
    format!("| {codes} | {title} | {} | {step} |", rule.meaning())
}

fn is_row(line: &str) -> bool {
    line.strip_prefix("| ").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}
