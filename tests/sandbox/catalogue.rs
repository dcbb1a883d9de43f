//! The one table of what the sandbox can be asked for: it has everything, everything in it works, and
//! `--help` and examples/README.md show it.

use std::collections::BTreeSet;
use std::fs;

use serde::de::DeserializeOwned;

use crate::caller::{client, send};
use crate::options::{Options, help};
use crate::sandbox::catalogue::{
    ALL, ARGUMENTS, CALLS, Entry, FAULTS, NUMBER_SWITCHES, RULE, TOKEN_SWITCHES,
};
use crate::sandbox::{
    DEFAULT_NUMBER, DEFAULT_TOKEN, Fault, NumberSwitch, Rule, Sandbox, TokenSwitch,
};

#[test]
fn help_and_the_index_of_the_examples_show_all_of_it() {
    let (help, readme) = (help(), read("examples/README.md"));
    let mut rows = Vec::new();
    for (heading, entries) in ALL {
        assert!(readme.contains(&format!("\n### {heading}\n")), "{heading}");
        for Entry { name, example, does } in entries {
            assert!(help.contains(name) && help.contains(example), "--help has no {name}");
            let example = if example.is_empty() { String::new() } else { format!("`{example}`") };
            rows.push(format!("| `{name}` | {example} | {does} |"));
        }
    }
    let shown: Vec<_> = readme.lines().filter(|line| line.starts_with("| `")).collect();
    assert!(shown == rows, "examples/README.md has to have these rows:\n{}", rows.join("\n"));
}

#[test]
fn every_fault_and_every_switch_is_in_the_table_and_no_other() {
    assert_eq!(names(&FAULTS), known::<Fault>("\"unheard_of\""));
    assert_eq!(names(&RULE), known::<Rule>("{\"unheard_of\":1}"));
    assert_eq!(names(&NUMBER_SWITCHES), known::<NumberSwitch>("{\"unheard_of\":1}"));
    assert_eq!(names(&TOKEN_SWITCHES), known::<TokenSwitch>("{\"unheard_of\":1}"));
}

#[test]
fn every_example_is_understood() {
    FAULTS.iter().for_each(|entry| drop(parsed::<Fault>(entry)));
    RULE.iter().for_each(|entry| drop(parsed::<Rule>(entry)));
    NUMBER_SWITCHES.iter().for_each(|entry| drop(parsed::<NumberSwitch>(entry)));
    TOKEN_SWITCHES.iter().for_each(|entry| drop(parsed::<TokenSwitch>(entry)));
    for entry in ARGUMENTS {
        // So many accounts as the others need.
        let more = if entry.name == "--shared" { " --accounts 2" } else { "" };
        let line = format!("{}{more}", entry.example.replace('\'', ""));
        let parsed = Options::parse(line.split(' ').map(str::to_owned));
        assert!(parsed.is_ok(), "{line}: {parsed:?}");
    }
}

#[test]
fn every_argument_that_is_read_is_in_the_table() {
    let source = read("examples/sandbox/options.rs");
    let arms = source.lines().map(str::trim).filter(|line| line.contains("=> "));
    let read = arms.filter_map(|arm| arm.strip_prefix("\"--")?.split('"').next());
    let read: BTreeSet<_> = read.map(|name| format!("--{name}")).collect();
    assert_eq!(names(&ARGUMENTS), read);
}

#[tokio::test]
async fn every_call_of_the_back_door_is_in_the_table_and_answers() {
    let api = Sandbox::start();
    for Entry { name, example, .. } in CALLS {
        let (method, path) = name.split_once(' ').expect("a method and a path");
        let path = path.replace("{id}", DEFAULT_NUMBER).replace("{token}", DEFAULT_TOKEN);
        let method = method.parse().expect("a method");
        let call = client().request(method, format!("{}{path}", api.base_url())).body(example);
        assert!((200..300).contains(&send(call).await.status), "{name}");
    }
    let source = read("examples/sandbox/api/admin.rs");
    let routes = source.split(".route(\"").skip(1);
    for route in routes {
        let (path, methods) = route.split_once('"').expect("a path ends");
        let methods = methods.split('\n').next().expect("a line");
        for (word, method) in [("get(", "GET"), ("post(", "POST"), ("delete(", "DELETE")] {
            let expected = methods.contains(word);
            let listed = CALLS.iter().any(|entry| entry.name == format!("{method} {path}"));
            assert_eq!(listed, expected, "{method} {path}");
        }
    }
}

#[test]
fn a_port_in_use_is_an_error_and_no_panic() {
    let first = Sandbox::start();
    let port = first.base_url().rsplit(':').next().and_then(|port| port.parse().ok());
    let second = Sandbox::builder().port(port.expect("an address ends with its port")).try_start();
    let problem = second.expect_err("two cannot listen on one port");
    assert_eq!(problem.kind(), std::io::ErrorKind::AddrInUse);
}

#[test]
fn what_cannot_be_seeded_is_refused_in_one_line() {
    for line in [
        "--port",
        "--port many",
        "--accounts 0",
        "--fresh --numbers 2",
        "--shared 1",
        "--accounts 2 --shared 4",
        "--fault nonsense",
        "--unheard-of",
    ] {
        let refused = Options::parse(line.split(' ').map(str::to_owned));
        let problem = refused.expect_err(line);
        assert!(problem.ends_with('.') && !problem.contains('\n'), "{problem}");
    }
}

fn names(entries: &[Entry]) -> BTreeSet<String> {
    let names: BTreeSet<_> = entries.iter().map(|entry| entry.name.to_owned()).collect();
    assert_eq!(names.len(), entries.len(), "no name twice");
    names
}

/// All names that a type can be read from: whoever is refused is told them.
fn known<T: DeserializeOwned>(unheard_of: &str) -> BTreeSet<String> {
    let refusal = serde_json::from_str::<T>(unheard_of).err().expect("nobody knows it").to_string();
    let (_, expected) = refusal.split_once("expected one of ").expect("the names are told");
    expected.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

fn parsed<T: DeserializeOwned>(entry: &Entry) -> T {
    assert!(entry.example.contains(entry.name), "{entry:?}");
    serde_json::from_str(entry.example).unwrap_or_else(|error| panic!("{entry:?}: {error}"))
}

fn read(file: &str) -> String {
    let path = format!("{}/{file}", env!("CARGO_MANIFEST_DIR"));
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}
