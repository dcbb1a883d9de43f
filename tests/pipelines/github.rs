//! The workflows for GitHub Actions.

use std::{cell::RefCell, collections::BTreeMap, fs, path::Path};

use serde::Deserialize;
use tempfile::TempDir;

use crate::{
    estate::{
        DAY, Estate, SALES, SUPPORT, TERRAFORM, expect_no_secret, expect_no_secret_in_plan,
        expect_said_no_secret,
    },
    machine::Machine,
    sandbox::{DEFAULT_TOKEN, Token},
    terraform::Finished,
};

#[test]
fn a_pull_request_shows_a_plan_and_main_applies_it_on_other_machines() {
    let forge = Forge::new();
    let pins = Workflow::read("pins.yml");

    let planned = forge.run(&pins, "plan");
    expect_said_no_secret(&planned.last);
    let comment = forge.run(&pins, "comment").machine.text("said.md");
    assert!(comment.contains("Plan: 2 to add"), "{comment}");
    expect_no_secret(&comment);
    assert_eq!(forge.estate.api.posts(), 0, "nothing is sent for a pull request");

    let planned = forge.run(&pins, "plan");
    expect_no_secret_in_plan(&planned.machine.work().join("plan.bin"));
    let applied = forge.run(&pins, "apply");
    expect_said_no_secret(&applied.last);
    forge.estate.expect_pins();

    let planned = forge.run(&pins, "plan").machine.text("plan.txt");
    assert!(planned.contains("No changes"), "the placeholder is no PIN: {planned}");
}

#[test]
fn a_drift_job_is_quiet_until_a_number_is_off_and_then_names_it() {
    let forge = Forge::new();
    let pins = Workflow::read("pins.yml");
    let drift = Workflow::read("drift.yml");
    forge.run(&pins, "plan");
    forge.run(&pins, "apply");

    let looked = forge.run(&drift, "drift");
    assert!(looked.machine.text(SUMMARY).contains("is on for all numbers"), "{}", looked.last);
    looked.last.expect_exit_code(0);

    forge.estate.switch_off(SALES);
    forge.estate.api.forget_events();
    let looked = forge.run(&drift, "drift");
    let summary = looked.machine.text(SUMMARY);
    assert!(summary.contains(SALES) && !summary.contains(SUPPORT), "{summary}");
    assert_eq!(forge.estate.api.posts(), 0, "looking changes nothing");
    looked.last.expect_exit_code(2);

    forge.estate.api.set_tokens([]);
    let looked = forge.run(&drift, "drift");
    assert_eq!(looked.machine.text(SUMMARY), "", "nothing is known");
    looked.last.expect_exit_code(1);
}

#[test]
fn a_token_job_is_quiet_until_the_token_is_about_to_end() {
    let forge = Forge::new();
    let token = Workflow::read("token.yml");
    forge.run(&token, "token").last.expect_success();
    forge.estate.let_token_end_in(15 * DAY);
    forge.run(&token, "token").last.expect_success();

    forge.estate.let_token_end_in(13 * DAY);
    let asked = forge.run(&token, "token").last.expect_exit_code(1);
    assert!(asked.stderr.contains("The access token ends within 336h"), "{asked}");
    expect_said_no_secret(&asked);

    forge.estate.api.set_tokens([Token::new(DEFAULT_TOKEN).expired()]);
    expect_said_no_secret(&forge.run(&token, "token").last.expect_exit_code(1));
}

#[test]
fn only_the_job_that_applies_is_given_pins() {
    for file in ["pins.yml", "drift.yml", "token.yml"] {
        for (name, job) in Workflow::read(file).jobs {
            let asks = format!("{job:?}").contains("_PIN }}");
            assert_eq!(asks, name == "apply", "{file}: {name}");
            assert_eq!(job.environment.as_deref() == Some("production"), asks, "{file}: {name}");
        }
    }
}

/// GitHub, as far as these workflows see it.
struct Forge {
    estate: Estate,
    artifacts: RefCell<BTreeMap<String, TempDir>>,
}

/// A job that has ended; its machine is still there to be looked at.
struct Ended {
    machine: Machine,
    last: Finished,
}

impl Forge {
    fn new() -> Self {
        Self { estate: Estate::new("github", USERNAME), artifacts: RefCell::default() }
    }

    /// Runs the steps of a job on a fresh machine. All but the last have to succeed.
    fn run(&self, workflow: &Workflow, job: &str) -> Ended {
        let job = &workflow.jobs[job];
        let mut machine = Machine::new(TERRAFORM);
        let (name, value) = self.estate.sandbox();
        machine.set(name, value);
        machine.set("GITHUB_STEP_SUMMARY", SUMMARY);
        for (name, value) in workflow.env.iter().chain(&job.env) {
            machine.set(name, self.expand(value, job));
        }
        let mut last: Option<Finished> = None;
        for step in &job.steps {
            if let Some(before) = last.take_if(|_| step.run.is_some()) {
                before.expect_success();
            }
            match (&step.uses, &step.run) {
                (Some(action), None) => self.act(action, step, &machine),
                (None, Some(script)) => {
                    let env = step.env.iter();
                    let env = env.map(|(name, value)| (name.clone(), self.expand(value, job)));
                    last = Some(machine.run(script, &env.collect()));
                }
                _ => panic!("a step either uses or runs something: {step:?}"),
            }
        }
        Ended { machine, last: last.expect("a job runs something") }
    }

    /// What the actions do, of those that these workflows use.
    fn act(&self, action: &str, step: &Step, machine: &Machine) {
        let (action, commit) = action.split_once('@').expect("an action is pinned");
        assert!(commit.len() == 40, "{action} is pinned to a tag, which can move");
        let mut artifacts = self.artifacts.borrow_mut();
        match action {
            "actions/checkout" => self.estate.check_out(&machine.work()),
            "hashicorp/setup-terraform" => {
                assert_eq!(step.with("terraform_version"), TERRAFORM);
                assert_eq!(step.with("terraform_wrapper"), "false", "it would hide exit codes");
            }
            "actions/upload-artifact" => {
                let kept = TempDir::with_prefix("artifact-").expect("a temporary folder");
                for file in step.with("path").split_whitespace() {
                    copy(file, &machine.work(), kept.path());
                }
                artifacts.insert(step.with("name"), kept);
            }
            "actions/download-artifact" => {
                let kept = &artifacts[&step.with("name")];
                for entry in fs::read_dir(kept.path()).expect("it was uploaded") {
                    let file = entry.expect("readable").file_name();
                    copy(&file.to_string_lossy(), kept.path(), &machine.work());
                }
            }
            other => panic!("what does {other} do?"),
        }
    }

    /// Puts values in place of `${{ ... }}`. What is not there for the job is an error, where the forge
    /// would give an empty text.
    fn expand(&self, text: &str, job: &Job) -> String {
        let Some((before, rest)) = text.split_once("${{") else { return text.to_owned() };
        let (name, after) = rest.split_once("}}").expect("an expression ends");
        let value = self.value(name.trim(), job);
        format!("{before}{value}{}", self.expand(after, job))
    }

    fn value(&self, name: &str, job: &Job) -> String {
        let state = &self.estate.state.address;
        match name {
            "vars.TF_HTTP_ADDRESS" => state.clone(),
            "vars.TF_HTTP_LOCK_ADDRESS" => format!("{state}/lock"),
            "vars.TF_HTTP_USERNAME" => USERNAME.to_owned(),
            "github.token" => "token-of-the-run".to_owned(),
            "github.repository" => "team/pins".to_owned(),
            "github.event.pull_request.number" => "7".to_owned(),
            secret => {
                let secret = secret.strip_prefix("secrets.").expect("nothing else is known");
                let secrets = self.estate.secrets(job.environment.as_deref().unwrap_or_default());
                let value = secrets.get(secret);
                value.unwrap_or_else(|| panic!("{secret} is not there for this job")).to_string()
            }
        }
    }
}

#[derive(Debug, Deserialize)]
struct Workflow {
    #[serde(default)]
    env: BTreeMap<String, String>,
    jobs: BTreeMap<String, Job>,
}

#[derive(Debug, Deserialize)]
struct Job {
    environment: Option<String>,
    #[serde(default)]
    env: BTreeMap<String, String>,
    steps: Vec<Step>,
}

#[derive(Debug, Deserialize)]
struct Step {
    uses: Option<String>,
    run: Option<String>,
    #[serde(default)]
    with: BTreeMap<String, yaml_serde::Value>,
    #[serde(default)]
    env: BTreeMap<String, String>,
}

impl Workflow {
    fn read(file: &str) -> Self {
        let text = fs::read_to_string(Path::new(FOLDER).join(file)).expect("the file exists");
        yaml_serde::from_str(&text).unwrap_or_else(|error| panic!("{file}: {error}"))
    }
}

impl Step {
    fn with(&self, name: &str) -> String {
        match &self.with[name] {
            yaml_serde::Value::String(text) => text.clone(),
            yaml_serde::Value::Bool(value) => value.to_string(),
            other => panic!("{name} is {other:?}"),
        }
    }
}

fn copy(file: &str, from: &Path, to: &Path) {
    fs::copy(from.join(file), to.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
}

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/pipelines/github");

/// With the state's password, what the backend asks for.
const USERNAME: &str = "terraform";

/// Where a step says what the page of the run shows.
const SUMMARY: &str = "summary.md";
