//! The pipeline for GitLab CI.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    estate::{
        DAY, Estate, PASSWORD, SALES, SUPPORT, TERRAFORM, expect_no_secret_in_plan,
        expect_said_no_secret,
    },
    machine::Machine,
    terraform::Finished,
};

#[test]
fn a_merge_request_counts_changes_and_the_default_branch_applies_them_on_another_machine() {
    let (estate, pipeline) = (Estate::new("gitlab", "gitlab-ci-token"), Pipeline::read());

    let (planned, said) = pipeline.run("plan", &estate, None);
    expect_said_no_secret(&said.expect_success());
    expect_no_secret_in_plan(&planned.work().join("plan.bin"));
    let changes: Value = serde_json::from_str(&planned.text("changes.json")).expect("JSON");
    assert_eq!(changes, json!({ "create": 2, "update": 0, "delete": 0 }));
    assert_eq!(estate.api.posts(), 0, "a plan sends nothing");

    let (_, said) = pipeline.run("apply", &estate, Some(&planned));
    expect_said_no_secret(&said.expect_success());
    estate.expect_pins();
}

#[test]
fn a_drift_job_is_quiet_until_a_number_is_off_and_then_names_it() {
    let (estate, pipeline) = (Estate::new("gitlab", "gitlab-ci-token"), Pipeline::read());
    let (planned, said) = pipeline.run("plan", &estate, None);
    said.expect_success();
    pipeline.run("apply", &estate, Some(&planned)).1.expect_success();

    let (_, said) = pipeline.run("drift", &estate, None);
    let said = said.expect_exit_code(0).stdout;
    assert!(said.contains("is on for all numbers"), "{said}");

    estate.switch_off(SALES);
    let (_, said) = pipeline.run("drift", &estate, None);
    let said = said.expect_exit_code(2).stdout;
    let (_, listed) = said.split_once("## Two-step verification is off").expect("a list");
    assert!(listed.contains(SALES) && !listed.contains(SUPPORT), "{said}");

    estate.api.set_tokens([]);
    pipeline.run("drift", &estate, None).1.expect_exit_code(1);
}

#[test]
fn a_token_job_is_quiet_until_the_token_is_about_to_end() {
    let (estate, pipeline) = (Estate::new("gitlab", "gitlab-ci-token"), Pipeline::read());
    pipeline.run("token", &estate, None).1.expect_success();
    estate.let_token_end_in(13 * DAY);
    let (_, asked) = pipeline.run("token", &estate, None);
    let asked = asked.expect_exit_code(1);
    assert!(asked.stderr.contains("The access token ends within 336h"), "{asked}");
}

#[test]
fn each_kind_of_run_has_its_jobs() {
    let pipeline = Pipeline::read();
    let runs = |source: &str, branch: &str| {
        let holds = |name: &&str| {
            pipeline.job(name).rules.iter().any(|rule| {
                rule.condition.contains(&format!("$CI_PIPELINE_SOURCE == {source:?}"))
                    && (branch == "main" || !rule.condition.contains("$CI_DEFAULT_BRANCH"))
            })
        };
        BTreeSet::from_iter(["plan", "apply", "drift", "token"].into_iter().filter(holds))
    };
    assert_eq!(runs("merge_request_event", "topic"), BTreeSet::from(["plan"]));
    assert_eq!(runs("push", "main"), BTreeSet::from(["plan", "apply"]));
    assert_eq!(runs("push", "topic"), BTreeSet::new());
    assert_eq!(runs("schedule", "main"), BTreeSet::from(["drift", "token"]));
}

/// The whole file: jobs, templates, and what holds for all of them.
struct Pipeline(BTreeMap<String, yaml_serde::Value>);

/// One job, with what it takes over from templates.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Job {
    extends: Option<String>,
    environment: Environment,
    variables: BTreeMap<String, String>,
    before_script: Vec<String>,
    script: Vec<String>,
    rules: Vec<Rule>,
}

#[derive(Clone, Debug, Default, Deserialize)]
struct Environment {
    name: String,
}

#[derive(Clone, Debug, Deserialize)]
struct Rule {
    #[serde(rename = "if")]
    condition: String,
}

impl Pipeline {
    fn read() -> Self {
        let text = fs::read_to_string(FILE).expect("the file exists");
        Self(yaml_serde::from_str(&text).expect("the file is YAML"))
    }

    fn part<T: for<'a> Deserialize<'a>>(&self, name: &str) -> T {
        let part = self.0.get(name).unwrap_or_else(|| panic!("there is no {name}"));
        yaml_serde::from_value(part.clone()).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    fn job(&self, name: &str) -> Job {
        let mut job: Job = self.part(name);
        let Some(template) = job.extends.take() else { return job };
        let mut template = self.job(&template);
        template.variables.append(&mut job.variables);
        job.variables = template.variables;
        if job.before_script.is_empty() {
            job.before_script = template.before_script;
        }
        if job.environment.name.is_empty() {
            job.environment = template.environment;
        }
        job
    }

    /// Runs a job on a fresh machine, with the plan of an earlier job's machine.
    fn run(&self, name: &str, estate: &Estate, planned: Option<&Machine>) -> (Machine, Finished) {
        let job = self.job(name);
        let mut machine = Machine::new(TERRAFORM);
        estate.check_out(&machine.work());
        if let Some(planned) = planned {
            let [from, to] = [planned, &machine].map(|machine| machine.work().join("plan.bin"));
            fs::copy(from, to).expect("the job before has made a plan");
        }
        let mut known = self.given(estate, &job.environment.name);
        let of_all: BTreeMap<String, String> = self.part("variables");
        for (name, value) in of_all.into_iter().chain(job.variables) {
            let value = expand(&value, &known);
            known.insert(name, value);
        }
        for (name, value) in known {
            machine.set(name, value);
        }
        let script = [job.before_script, job.script].concat().join("\n");
        let finished = machine.run(&script, &BTreeMap::new());
        (machine, finished)
    }

    /// What the forge sets by itself, and what the project keeps for this environment.
    fn given(&self, estate: &Estate, environment: &str) -> BTreeMap<String, String> {
        let state = &estate.state.address;
        let (host, _) = state.split_once("/state").expect("the store's address");
        let (sandbox, url) = estate.sandbox();
        let mut given = BTreeMap::from([
            ("CI_API_V4_URL".to_owned(), host.to_owned()),
            ("CI_PROJECT_ID".to_owned(), "7".to_owned()),
            ("CI_JOB_TOKEN".to_owned(), PASSWORD.to_owned()),
            (sandbox.to_owned(), url.to_owned()),
        ]);
        for (name, value) in estate.secrets(environment) {
            given.insert(name.to_owned(), value.to_owned());
        }
        given
    }
}

/// Puts values in place of `$NAME`. What is not there for the job is an error.
fn expand(text: &str, known: &BTreeMap<String, String>) -> String {
    let Some((before, rest)) = text.split_once('$') else { return text.to_owned() };
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
    let (name, after) = rest.split_at(end);
    let value = known.get(name).unwrap_or_else(|| panic!("{name} is not there for this job"));
    format!("{before}{value}{}", expand(after, known))
}

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/pipelines/gitlab/.gitlab-ci.yml");
