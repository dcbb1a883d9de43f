//! The troubleshooting guide says what the provider says: it has an entry for each title, and what
//! stands there of codes is made from the same texts.

use std::collections::BTreeMap;
use std::fs;

use super::*;
use crate::graph::examples::{every_error, of_rule};
use crate::graph::{Rule, rules};

#[test]
fn the_troubleshooting_guide_explains_every_code_in_the_providers_own_words() {
    let guide = guide();
    for made in [index(), sections(), after_an_action()] {
        assert!(guide.contains(&made), "the guide has to say:\n\n{made}");
    }
}

/// So that a title, as the end of an address, leads to its entry.
#[test]
fn the_troubleshooting_guide_has_an_entry_for_every_title() {
    let (guide, networks) = (guide(), page("networks"));
    for error in every_error() {
        for on in [Subject::Account, Subject::Number, Subject::Registered, SETTING] {
            let title = title(&error, on);
            let is_of_a_proxy = error.class() == Class::Proxy;
            let (page, entry) = if is_of_a_proxy {
                (&networks, format!("\n| {title} | "))
            } else {
                (&guide, format!("\n### {title}\n"))
            };
            assert_eq!(page.matches(&entry).count(), 1, "one entry is needed: {entry}");
        }
    }
}

#[test]
fn the_troubleshooting_guide_says_nothing_many_times() {
    let guide = guide();
    let lines = guide.lines().filter(|line| !line.starts_with('|'));
    let sentences = lines.flat_map(|line| line.split(". ")).map(str::trim);
    for sentence in sentences.filter(|sentence| sentence.len() > 40) {
        assert!(guide.matches(sentence).count() <= 2, "said many times: {sentence}");
    }
}

/// What is to be done, each with the codes that ask for it.
#[derive(Default)]
struct Steps(Vec<(String, Vec<String>)>);

impl Steps {
    fn add(&mut self, step: String, rule: &'static Rule) {
        let row = format!("| {} | {} |", codes(rule), rule.meaning());
        let rows = match self.0.iter().position(|(known, _)| *known == step) {
            Some(at) => &mut self.0[at].1,
            None => {
                self.0.push((step, Vec::new()));
                &mut self.0.last_mut().expect("one was pushed").1
            }
        };
        if !rows.contains(&row) {
            rows.push(row);
        }
    }
}

impl fmt::Display for Steps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (step, rows) in &self.0 {
            writeln!(f, "{step}\n\n| code | meaning |\n| --- | --- |\n{}\n", rows.join("\n"))?;
        }
        Ok(())
    }
}

/// The entries of all titles that a code leads to.
fn entries() -> BTreeMap<&'static str, Steps> {
    let mut entries: BTreeMap<_, Steps> = BTreeMap::new();
    for rule in rules() {
        let error = of_rule(rule);
        let step = fullest_step(&error);
        entries.entry(title(&error, SETTING)).or_default().add(step, rule);
    }
    entries
}

/// A read may say more than a write does, and the guide is for both.
fn fullest_step(error: &Error) -> String {
    let after = |on| advice::next_step(error, on, By::Configuration);
    let (read, written) = (after(Subject::Number), after(SETTING));
    if read.starts_with(&written) { read } else { written }
}

fn sections() -> String {
    entries().iter().map(|(title, steps)| format!("### {title}\n\n{steps}")).collect()
}

/// From a code to the titles that it may come under.
fn index() -> String {
    let mut codes_of: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for rule in rules() {
        let codes = codes_of.entry(title(&of_rule(rule), SETTING)).or_default();
        let code = span(rule);
        if !codes.contains(&code) {
            codes.push(code);
        }
    }
    let row = |(title, codes): (&&str, &Vec<String>)| {
        let anchor = title.to_lowercase().replace(' ', "-");
        format!("| [{title}](#{anchor}) | {} |", codes.join(", "))
    };
    let rows: Vec<_> = codes_of.iter().map(row).collect();
    format!("| entry | codes |\n| --- | --- |\n{}\n", rows.join("\n"))
}

/// Where a registration asks for another step than an apply.
fn after_an_action() -> String {
    let mut steps = Steps::default();
    for rule in rules() {
        let error = of_rule(rule);
        let step = advice::next_step(&error, Subject::Registered, By::Action);
        if step != advice::next_step(&error, SETTING, By::Configuration) {
            steps.add(step, rule);
        }
    }
    steps.to_string().trim_end().to_owned()
}

fn codes(rule: &'static Rule) -> String {
    match rule.subcode() {
        Some(subcode) => format!("{}, subcode {subcode}", span(rule)),
        None => span(rule),
    }
}

fn span(rule: &'static Rule) -> String {
    let codes = rule.codes();
    if codes.start() == codes.end() {
        codes.start().to_string()
    } else {
        format!("{} to {}", codes.start(), codes.end())
    }
}

fn guide() -> String {
    page("troubleshooting")
}

fn page(name: &str) -> String {
    fs::read_to_string(format!("docs/guides/{name}.md")).expect("the guide exists")
}

const SETTING: Subject = Subject::Written("PIN");
