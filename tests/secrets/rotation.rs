//! A PIN follows its secret store: each recipe among the guides, beside a stand-in for the store's own
//! provider, through a first apply and three rotations.

use std::fs;

use crate::sandbox::{DEFAULT_NUMBER, DEFAULT_TOKEN, Sandbox};
use crate::search::Canary;
use crate::stage::Stage;
use crate::stand_ins::StandIn;

#[test]
fn a_pin_follows_its_secret_in_aws_secrets_manager() {
    Recipe {
        folder: "rotation-with-aws-secrets-manager",
        provider: "aws",
        versions: [
            "0b7c36c1-6d2e-4d57-9d3e-5f4bb9c5f101",
            "f3a1d2be-2f0a-4e0f-8a57-1d9f5a60c202",
            "5c0e7a44-97a5-4f6e-b1a6-c3f2ddc3e303",
            "e9d4b8f0-1b3c-4a2d-8c7e-7a6b5c4d3404",
            "2d6f8a10-3c5e-4b7d-9f1a-8b7c6d5e4505",
        ],
        seen_as: str::to_owned,
        asks_by_itself: true,
    }
    .is_walked();
}

#[test]
fn a_pin_follows_its_secret_in_vault() {
    Recipe {
        folder: "rotation-with-vault",
        provider: "vault",
        versions: ["1", "2", "3", "4", "5"],
        seen_as: str::to_owned,
        asks_by_itself: false,
    }
    .is_walked();
}

#[test]
fn a_pin_follows_its_secret_in_azure_key_vault() {
    Recipe {
        folder: "rotation-with-azure-key-vault",
        provider: "azurerm",
        versions: [
            "4387e9f3d6e14c459867679a90fd0f01",
            "c1b7a0d25e9f4b3a8d6c2f1e0a9b8c02",
            "7f6e5d4c3b2a19080716253443526103",
            "0a1b2c3d4e5f60718293a4b5c6d7e804",
            "9e8d7c6b5a493827160504f3e2d1c005",
        ],
        seen_as: str::to_owned,
        asks_by_itself: false,
    }
    .is_walked();
}

#[test]
fn a_pin_follows_its_secret_in_google_secret_manager() {
    Recipe {
        folder: "rotation-with-google-secret-manager",
        provider: "google",
        versions: ["1", "2", "3", "4", "5"],
        seen_as: |id| format!("projects/123456789012/secrets/{SECRET}/versions/{id}"),
        asks_by_itself: true,
    }
    .is_walked();
}

struct Recipe {
    folder: &'static str,
    provider: &'static str,
    /// What the store calls its versions, one after the other.
    versions: [&'static str; 5],
    /// What `pin_wo_version` is with such a version.
    seen_as: fn(&str) -> String,
    /// Whether the recipe asks for the version, or whoever runs it.
    asks_by_itself: bool,
}

impl Recipe {
    fn is_walked(&self) {
        let api = Sandbox::start();
        let store = StandIn::of_a_store(self.provider);
        let mut stage = self.stage(&api, &store);
        for (posts, (version, pin)) in self.versions.into_iter().zip(PINS).enumerate().take(4) {
            store.keep(SECRET, version, pin);
            stage = self.told(stage, version);
            self.assert_planned(&mut stage, version);
            assert_eq!(api.posts(), posts, "a plan sends nothing");
            if posts == 3 {
                // The plan's version is applied, though the store has a newer one meanwhile.
                store.keep(SECRET, self.versions[4], PINS[4]);
            }
            stage.run(&["apply", "saved"]).expect_success();
            assert_eq!(api.pin(DEFAULT_NUMBER).as_deref(), Some(pin), "version {version}");
            if posts < 3 {
                stage.run(&["plan", "-detailed-exitcode"]).expect_success();
            }
        }
        stage = self.told(stage, self.versions[4]);
        self.assert_planned(&mut stage, self.versions[4]);
        stage.run(&["show", "-json"]).expect_success();
        let canaries = PINS.map(|pin| Canary::new("PIN", pin));
        let found: Vec<_> = stage.search(&canaries).iter().map(ToString::to_string).collect();
        assert!(found.is_empty(), "left behind:\n{}", found.join("\n"));
    }

    fn stage(&self, api: &Sandbox, store: &StandIn) -> Stage {
        let stage = store
            .beside(Stage::new(api))
            .env("WHATSAPP_ACCESS_TOKEN", DEFAULT_TOKEN)
            .env("TF_VAR_phone_number_id", DEFAULT_NUMBER)
            .env("TF_VAR_secret", SECRET)
            .env("TF_VAR_key_vault_id", VAULT);
        let file = format!("examples/guides/{}/main.tf", self.folder);
        let recipe = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{file}: {error}"));
        fs::write(stage.folder().join("main.tf"), recipe).expect("the folder is writable");
        stage
    }

    /// What a pipeline does before it plans, where the recipe says so.
    fn told(&self, stage: Stage, version: &str) -> Stage {
        if self.asks_by_itself { stage } else { stage.env("TF_VAR_secret_version", version) }
    }

    #[track_caller]
    fn assert_planned(&self, stage: &mut Stage, version: &str) {
        stage.run(&["plan", "-out=saved", "-detailed-exitcode"]).expect_exit_code(2);
        let shown = stage.run(&["show", "saved"]).expect_success();
        let line = shown.stdout.lines().find(|line| line.contains("pin_wo_version"));
        let new = format!("\"{}\"", (self.seen_as)(version));
        assert!(line.is_some_and(|line| line.trim_end().ends_with(&new)), "{new}: {shown}");
    }
}

const SECRET: &str = "support-pin";

const VAULT: &str = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/pins\
                     /providers/Microsoft.KeyVault/vaults/pins";

const PINS: [&str; 5] = ["073915", "092746", "058163", "064827", "081394"];
