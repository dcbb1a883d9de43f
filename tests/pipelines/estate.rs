//! What a team has: a repository with the example's files, a state that its jobs share, and numbers.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::Read,
    path::Path,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use tempfile::TempDir;
use zip::ZipArchive;

use crate::{
    machine::{Machine, copy_folder},
    mirror,
    sandbox::{DEFAULT_TOKEN, Sandbox, Token},
    state_store::StateStore,
    terraform::Finished,
};

/// Everything that outlives a job.
#[derive(Debug)]
pub(crate) struct Estate {
    pub(crate) api: Sandbox,
    pub(crate) state: StateStore,
    repository: TempDir,
}

impl Estate {
    /// A repository with the files of `examples/pipelines`, those of one forge among them, and a mirror;
    /// locked as the guide says.
    pub(crate) fn new(forge: &str, username: &str) -> Self {
        let repository = TempDir::with_prefix("repository-").expect("a temporary folder");
        for folder in ["", forge] {
            for entry in fs::read_dir(Path::new(EXAMPLE).join(folder)).expect("the example exists")
            {
                let file = entry.expect("readable").path();
                let name = file.file_name().expect("entries have names");
                if file.is_file() {
                    fs::copy(&file, repository.path().join(name)).expect("files can be copied");
                }
            }
        }
        let token = "token";
        copy_folder(&Path::new(EXAMPLE).join(token), &repository.path().join(token));
        mirror::write(&repository.path().join("mirror"));
        let estate = Self {
            api: Sandbox::start(),
            state: StateStore::start(username, PASSWORD),
            repository,
        };
        estate.lock();
        estate
    }

    /// What a checkout gives.
    pub(crate) fn check_out(&self, to: &Path) {
        copy_folder(self.repository.path(), to);
    }

    /// What a fresh machine of any job has to know to reach the sandbox in place of Meta.
    pub(crate) fn sandbox(&self) -> (&'static str, &str) {
        ("WHATSAPP_BASE_URL", self.api.base_url())
    }

    /// What the environments of the forge hold, by their names.
    pub(crate) fn secrets(&self, environment: &str) -> BTreeMap<&'static str, &'static str> {
        let plan = [("WHATSAPP_ACCESS_TOKEN", DEFAULT_TOKEN), ("TF_HTTP_PASSWORD", PASSWORD)];
        let pins = [("SUPPORT_PIN", SUPPORT_PIN), ("SALES_PIN", SALES_PIN)];
        match environment {
            "plan" => plan.into(),
            "production" => plan.into_iter().chain(pins).collect(),
            _ => BTreeMap::new(),
        }
    }

    /// Somebody switches two-step verification off, long after Terraform has set the PIN: for the first
    /// minutes the provider would not believe it.
    pub(crate) fn switch_off(&self, number: &str) {
        self.api.switch_pin_off(number);
        self.state.edit(|attributes| attributes["last_set_at"] = "2026-01-01T00:00:00Z".into());
    }

    /// From now on the token ends after this time.
    pub(crate) fn let_token_end_in(&self, time: Duration) {
        let end = SystemTime::now() + time;
        let mut token = Token::new(DEFAULT_TOKEN);
        token.details.expires_at =
            end.duration_since(UNIX_EPOCH).expect("it is later than 1970").as_secs();
        self.api.set_tokens([token]);
    }

    /// Both numbers have the PINs of the environment "production".
    #[track_caller]
    pub(crate) fn expect_pins(&self) {
        assert_eq!(self.api.pin(SUPPORT).as_deref(), Some(SUPPORT_PIN));
        assert_eq!(self.api.pin(SALES).as_deref(), Some(SALES_PIN));
    }

    fn lock(&self) {
        let machine = Machine::new(TERRAFORM);
        self.check_out(&machine.work());
        let lock =
            format!("terraform providers lock -fs-mirror=mirror -platform={}", mirror::platform());
        machine.run(&lock, &BTreeMap::new()).expect_success();
        let lock = ".terraform.lock.hcl";
        fs::copy(machine.work().join(lock), self.repository.path().join(lock))
            .expect("the command has written it");
    }
}

/// Nothing of a secret is in this text.
#[track_caller]
pub(crate) fn expect_no_secret(text: &str) {
    for secret in SECRETS {
        assert!(!text.contains(secret), "{secret} is in {text}");
    }
}

/// Nothing of a secret is in what a job's last step said.
#[track_caller]
pub(crate) fn expect_said_no_secret(said: &Finished) {
    expect_no_secret(&said.stdout);
    expect_no_secret(&said.stderr);
}

/// Nothing of a secret is in this saved plan, which is a zip.
#[track_caller]
pub(crate) fn expect_no_secret_in_plan(plan: &Path) {
    let file = File::open(plan).unwrap_or_else(|error| panic!("{}: {error}", plan.display()));
    let mut zip = ZipArchive::new(file).expect("a saved plan is a zip");
    assert!(zip.len() > 2, "a plan has parts");
    for index in 0..zip.len() {
        let mut part = Vec::new();
        let mut file = zip.by_index(index).expect("it has as many parts");
        file.read_to_end(&mut part).expect("a part can be read");
        for secret in SECRETS {
            let found = memchr::memmem::find(&part, secret.as_bytes()).is_some();
            assert!(!found, "{secret} is in {:?}", file.name());
        }
    }
}

pub(crate) const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// The version that the pipelines ask for.
pub(crate) const TERRAFORM: &str = "1.15";

pub(crate) const SUPPORT: &str = "106540352242922";
pub(crate) const SALES: &str = "106540352242923";

pub(crate) const PASSWORD: &str = "state-password-7341";

const SUPPORT_PIN: &str = "483920";
const SALES_PIN: &str = "016253";
const SECRETS: [&str; 4] = [SUPPORT_PIN, SALES_PIN, DEFAULT_TOKEN, PASSWORD];

const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/pipelines");
