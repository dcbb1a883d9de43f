//! The troubleshooting guide says what the provider says: its table is made from the same texts.

use std::fs;

use super::*;
use crate::graph::examples::of_rule;
use crate::graph::{Rule, rules};

#[test]
fn the_troubleshooting_guide_explains_every_code_in_the_providers_own_words() {
    let guide = fs::read_to_string("docs/guides/troubleshooting.md").expect("the guide exists");
    let table: Vec<_> = guide.lines().filter(|line| is_row(line)).collect();
    let expected: Vec<_> = rows(row).into_iter().chain(rows(row_of_action)).collect();
    let expected: Vec<_> = expected.iter().map(String::as_str).collect();
    assert!(table == expected, "the table in the guide has to be:\n{}", expected.join("\n"));
}

/// One row for each code, or for several in a row that get the same advice.
fn rows(row: impl Fn(&'static Rule) -> Option<String>) -> Vec<String> {
    let mut rows: Vec<String> = Vec::new();
    for row in rules().filter_map(row) {
        if !rows.contains(&row) {
            rows.push(row);
        }
    }
    rows
}

fn row(rule: &'static Rule) -> Option<String> {
    let error = of_rule(rule);
    let title = title(&error, SETTING);
    let step = advice::next_step(&error, SETTING, By::Configuration);
    Some(format!("| {} | {title} | {} | {step} |", codes(rule), rule.meaning()))
}

/// A row where the registration asks for another step than an apply.
fn row_of_action(rule: &'static Rule) -> Option<String> {
    let error = of_rule(rule);
    let step = advice::next_step(&error, Subject::Registered, By::Action);
    let differs = step != advice::next_step(&error, SETTING, By::Configuration);
    differs.then(|| format!("| {} | {} | {step} |", codes(rule), rule.meaning()))
}

fn codes(rule: &'static Rule) -> String {
    match (rule.codes(), rule.subcode()) {
        (codes, _) if codes.start() != codes.end() => {
            format!("{} to {}", codes.start(), codes.end())
        }
        (codes, Some(subcode)) => format!("{}, subcode {subcode}", codes.start()),
        (codes, None) => codes.start().to_string(),
    }
}

fn is_row(line: &str) -> bool {
    line.strip_prefix("| ").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

const SETTING: Subject = Subject::Written("PIN");
