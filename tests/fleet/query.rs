//! `terraform query`, from the list to the adopted numbers, on each version that has it.

use std::{fs, path::Path};

use crate::{
    lane::{self, OTHER_ACCOUNT, WITH_QUERY},
    sandbox::DEFAULT_TOKEN,
    terraform::Terraform,
};

#[test]
fn existing_numbers_are_found_generated_finished_and_adopted() {
    for version in WITH_QUERY {
        let api = lane::two_accounts().start();
        let terraform = lane::terraform(version, &api)
            .env("TF_VAR_business_account_id", OTHER_ACCOUNT)
            .env("TF_VAR_pin", "016253");
        lane::copy(Path::new("examples/guides/adopt-by-query"), &terraform);

        let listed = terraform.run(["query"]).expect_success().stdout;
        assert!(listed.contains("phone_number_id=206540352242922   +49 30 901820"), "{listed}");
        assert!(!listed.contains("PINs Must Be Added"), "nothing was generated: {listed}");

        let generated = terraform.run(["query", "-json", "-generate-config-out=adopted.tf"]);
        let warnings = generated.expect_success().diagnostics();
        let [warning] = &warnings[..] else { panic!("one warning, not {warnings:?}") };
        assert_eq!((warning.summary.as_str(), version), ("PINs Must Be Added", version));
        assert_refused_until_finished(&terraform);

        finish(&terraform);
        assert_eq!(api.posts(), 0, "nothing so far has set a PIN");
        terraform.run(["apply", "-auto-approve"]).expect_success();
        assert_eq!(api.posts(), 2);
        assert!(api.pins().values().all(|pin| pin == "016253"), "{:?}", api.pins());
        terraform.run(["plan", "-detailed-exitcode"]).expect_success();
    }
}

#[test]
fn a_token_that_may_not_see_the_account_is_explained_by_a_query() {
    for version in WITH_QUERY {
        let api = lane::two_accounts().start();
        let terraform = lane::terraform(version, &api)
            .env("WHATSAPP_ACCESS_TOKEN", "other-token")
            .env("TF_VAR_business_account_id", "102290129340398")
            .env("TF_VAR_pin", "016253");
        lane::copy(Path::new("examples/guides/adopt-by-query"), &terraform);
        let refused = terraform.run(["query", "-json"]).expect_failure().diagnostics();
        let [error] = &refused[..] else { panic!("one error, not {refused:?}") };
        assert_eq!(error.summary, "Business Account Not Found or Not Visible");
        assert!(error.detail.contains("system user"), "{}", error.detail);
        assert!(!error.detail.contains(DEFAULT_TOKEN));
    }
}

/// The refusal names each resource that lacks a PIN, and says why it does.
fn assert_refused_until_finished(terraform: &Terraform) {
    let refused = terraform.run(["validate", "-json"]).expect_failure();
    let errors = refused.diagnostics();
    assert_eq!(errors.len(), 2, "{refused}");
    for error in &errors {
        assert_eq!(error.summary, "PIN Missing");
        assert!(error.detail.contains("Meta shows none"), "{}", error.detail);
        assert!(error.code().starts_with("resource "), "not the line with a PIN: {error:?}");
    }
    for resource in ["adopted_0", "adopted_1"] {
        assert!(refused.stdout.contains(resource), "{refused}");
    }
}

/// What the example says: declare the PIN's variable, and write it and its version into each resource.
fn finish(terraform: &Terraform) {
    let generated = fs::read_to_string(terraform.folder().join("adopted.tf"));
    let finished = generated
        .expect("the query has written it")
        .replace("  pin             = null # sensitive\n", "")
        .replace("pin_wo          = null # sensitive", "pin_wo          = var.pin")
        .replace("pin_wo_version  = null", "pin_wo_version  = 1");
    terraform.write("adopted.tf", &finished);
    let variable = "variable \"pin\" {\n  type      = string\n  ephemeral = true\n}\n";
    terraform.write("pin.tf", variable);
}
