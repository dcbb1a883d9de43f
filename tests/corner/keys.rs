//! What is stored nowhere: a write-only attribute, and an ephemeral resource with its lease.

use std::fs;

use crate::stage::Stage;

const SECRET: &str = "jagged-4711";

#[test]
fn a_key_that_was_lent_is_cut_and_stored_nowhere() {
    let bed = |version: u32| {
        format!(
            r#"
ephemeral "garden_key" "roses" {{
  bed     = "roses"
  seconds = 3600
}}

resource "garden_bed" "roses" {{
  name           = "roses"
  key_wo         = ephemeral.garden_key.roses.key
  key_wo_version = {version}
}}
"#
        )
    };
    let stage = Stage::with(&bed(1));
    stage.apply(&["create garden_bed.roses"]);
    let cut = "cut a key with 11 notches".to_owned();
    let cuts = || stage.diary().iter().filter(|line| **line == cut).count();
    assert_eq!(cuts(), 1);
    stage.configure(&bed(2));
    stage.apply(&["update garden_bed.roses"]);
    assert_eq!(cuts(), 2);
    for file in ["terraform.tfstate", "saved"] {
        let bytes = fs::read(stage.terraform.folder().join(file)).expect("it was written");
        assert!(!bytes.windows(SECRET.len()).any(|part| part == SECRET.as_bytes()), "{file}");
    }
    let diary = stage.diary();
    let lent = diary.iter().filter(|line| *line == "lent the key to roses").count();
    let back = diary.iter().filter(|line| *line == "got the key to roses back").count();
    assert!(lent > 0 && lent == back, "{diary:?}");
}

#[test]
fn a_lease_that_ends_during_a_run_is_renewed_before_it_does() {
    let stage = Stage::new();
    let renewed = "lent the key to roses for good";
    let diary = stage.in_garden("diary");
    // The run lasts until the key has been renewed.
    stage.configure(&format!(
        r#"
ephemeral "garden_key" "roses" {{
  bed     = "roses"
  seconds = 1
}}

resource "terraform_data" "work" {{
  provisioner "local-exec" {{
    environment = {{ DIARY = {diary:?}, KEY = ephemeral.garden_key.roses.key }}
    command     = "until grep -q '{renewed}' $DIARY; do sleep 0.1; done"
  }}
}}
"#
    ));
    stage.terraform.run(["apply", "-auto-approve"]).expect_success();
    let diary = stage.diary();
    assert!(diary.iter().any(|line| line == renewed), "{diary:?}");
    assert_eq!(diary.last().map(String::as_str), Some("got the key to roses back"), "{diary:?}");
}

#[test]
fn a_key_to_what_is_not_known_yet_is_not_lent_in_the_plan() {
    let stage = Stage::with(
        r#"
resource "garden_bed" "roses" {
  name = "roses"
}

ephemeral "garden_key" "roses" {
  bed     = "bed ${garden_bed.roses.revision}"
  seconds = 3600
}
"#,
    );
    stage.plan(&["create garden_bed.roses"]);
    assert_eq!(stage.diary(), [""; 0]);
    stage.terraform.run(["apply", "saved"]).expect_success();
    assert_eq!(stage.diary(), ["lent the key to bed 1", "got the key to bed 1 back"]);
}
