//! A Terraform and a sandbox that know each other, and the collection of all that is left behind.

use std::{fs, path::PathBuf};

use crate::{
    leftovers::{files_below, unpack_saved_plan},
    sandbox::Sandbox,
    search::{Canary, Finding, search},
    terraform::{Feature, Finished, Terraform, cli},
};

/// A working folder, with a log of everything, whose provider calls a sandbox.
pub(crate) struct Stage {
    terraform: Terraform,
    /// What the commands printed, and files that later commands wrote over.
    kept: Vec<(String, Vec<u8>)>,
    commands: usize,
}

impl Stage {
    /// Calls go to the sandbox. A CLI that is too old for ephemeral values gives way to a newer one.
    pub(crate) fn new(api: &Sandbox) -> Self {
        let terraform = Terraform::new();
        let log = root(&terraform).join(LOG);
        let terraform = terraform
            .env("TF_LOG", "TRACE")
            .env("TF_LOG_PATH", log)
            .env("WHATSAPP_BASE_URL", api.base_url());
        let terraform = match cli().has(Feature::WriteOnly) {
            true => terraform,
            false => terraform.env("TERRAFORM_VERSION", "1.14"),
        };
        Self { terraform, kept: Vec::new(), commands: 0 }
    }

    /// Sets a variable for all further commands, over what may be there.
    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.terraform = self.terraform.env(name, value);
        self
    }

    /// Writes the whole configuration; where the provider comes from is added.
    pub(crate) fn configure(&self, configuration: &str) {
        self.terraform.write("main.tf", &format!("{REQUIREMENT}{configuration}"));
    }

    /// The folder with the configuration and the state.
    pub(crate) fn folder(&self) -> PathBuf {
        self.terraform.folder()
    }

    /// Runs a command, keeps what it printed, and keeps state and plan before others replace them.
    pub(crate) fn run(&mut self, arguments: &[&str]) -> Finished {
        self.commands += 1;
        let finished = self.terraform.run(arguments);
        let name = format!("command {} ({})", self.commands, arguments.join(" "));
        self.keep(format!("stdout of {name}"), finished.stdout.as_bytes());
        self.keep(format!("stderr of {name}"), finished.stderr.as_bytes());
        for file in ["terraform.tfstate", "terraform.tfstate.backup"] {
            let content = fs::read(self.folder().join(file)).unwrap_or_default();
            let known = |(place, kept): &(String, _)| place.starts_with(file) && *kept == content;
            if !self.kept.iter().any(known) {
                self.keep(format!("{file} after {name}"), &content);
            }
        }
        if arguments.contains(&"-out=saved") {
            self.keep_saved_plan(&name);
        }
        finished
    }

    /// Everything that was left behind, searched: outputs, files at every moment, both kinds of logs.
    pub(crate) fn search(&self, canaries: &[Canary]) -> Vec<Finding> {
        let mut findings = Vec::new();
        for (place, content) in &self.kept {
            findings.extend(search(canaries, place, content));
        }
        for (path, content) in files_below(&root(&self.terraform)) {
            match path.ends_with(LOG) {
                true => findings.extend(search_log(canaries, &content)),
                false => findings.extend(search(canaries, &path.display().to_string(), &content)),
            }
        }
        findings
    }

    /// What the provider logged, for a test that wants to be sure that there was something.
    pub(crate) fn log_of_the_provider(&self) -> Vec<String> {
        let log = fs::read(root(&self.terraform).join(LOG)).expect("Terraform wrote its log");
        records(&log).into_iter().filter(|record| is_of_a_provider(record)).collect()
    }

    /// What providers and Terraform left in the folder for temporary files.
    pub(crate) fn left_in_temporary_folder(&self) -> Vec<PathBuf> {
        files_below(&root(&self.terraform).join("tmp")).into_iter().map(|(path, _)| path).collect()
    }

    fn keep(&mut self, place: String, content: &[u8]) {
        self.kept.push((place, content.to_vec()));
    }

    fn keep_saved_plan(&mut self, command: &str) {
        if !self.folder().join("saved").exists() {
            return;
        }
        let unpacked = unpack_saved_plan(&self.folder());
        let parts = files_below(&unpacked);
        assert!(parts.iter().any(|(path, _)| path.ends_with("tfplan")), "{parts:?}");
        for (path, content) in parts {
            let part = path.strip_prefix(&unpacked).expect("it lies there").display();
            self.keep(format!("saved plan's {part} of {command}"), &content);
        }
        fs::remove_dir_all(unpacked).expect("it was just made");
    }
}

/// Where the provider comes from.
pub(crate) const REQUIREMENT: &str = r#"
terraform {
  required_providers {
    whatsapp = { source = "waba/whatsapp" }
  }
}
"#;

fn root(terraform: &Terraform) -> PathBuf {
    terraform.folder().parent().expect("the folder lies in one of the test's").to_owned()
}

fn search_log(canaries: &[Canary], log: &[u8]) -> Vec<Finding> {
    let of = |record: &str| match is_of_a_provider(record) {
        true => "the provider's log",
        false => "Terraform's own log",
    };
    let records = records(log);
    let found = records.iter().flat_map(|record| {
        let place = format!("{}: {record}", of(record));
        search(canaries, &place, record.as_bytes())
    });
    found.collect()
}

/// The records of a log; a line that does not begin with a time goes on with the one before.
fn records(log: &[u8]) -> Vec<String> {
    let mut records: Vec<String> = Vec::new();
    for line in String::from_utf8_lossy(log).lines() {
        match records.last_mut() {
            Some(record) if !line.starts_with("20") => {
                record.push('\n');
                record.push_str(line);
            }
            _ => records.push(line.to_owned()),
        }
    }
    records
}

/// Terraform names the executable where it passes on what that wrote to its standard error.
fn is_of_a_provider(record: &str) -> bool {
    record.contains("provider.terraform-provider-")
}

const LOG: &str = "trace.log";
