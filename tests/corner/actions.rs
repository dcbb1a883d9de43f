//! The action: triggered by a change and invoked by name, refused in time, and failed.

use crate::stage::Stage;
use crate::terraform::Finished;

const INVOKE: &str = "-invoke=action.garden_water.roses";

/// A bed that is watered when it was made or changed.
fn watered(bed: &str, litres: &str) -> String {
    format!(
        r#"
resource "garden_bed" "roses" {{
  name   = "roses"
  plants = ["briar"]

  lifecycle {{
    action_trigger {{
      events  = [after_create, after_update]
      actions = [action.garden_water.roses]
    }}
  }}
}}

action "garden_water" "roses" {{
  config {{
    bed    = {bed}
    litres = {litres}
  }}
}}
"#
    )
}

#[test]
fn a_new_bed_is_watered_once_and_again_when_somebody_says_so() {
    let stage = Stage::with(&watered("garden_bed.roses.id", "5"));
    let applied = stage.apply(&["create garden_bed.roses"]);
    assert!(applied.stdout.contains("Carrying 5 litres to roses"), "{applied}");
    assert_eq!(stage.diary(), ["watered roses with 5 litres"]);

    let invoked = stage.terraform.run(["apply", "-auto-approve", INVOKE]).expect_success();
    assert!(invoked.stdout.contains("Carrying 5 litres to roses"), "{invoked}");
    assert_eq!(stage.diary().len(), 2);

    stage.configure(&watered("garden_bed.roses.id", "null").replace("briar", "tea rose"));
    stage.apply(&["update garden_bed.roses"]);
    assert_eq!(stage.diary().last().map(String::as_str), Some("watered roses with 10 litres"));
}

#[test]
fn what_can_be_refused_before_anything_changes_is() {
    for (litres, title) in [("0", "No Water"), ("1000", "Too Much Water")] {
        let stage = Stage::with(&watered("garden_bed.roses.id", litres));
        let refused = stage.terraform.run(["plan", "-json"]).expect_failure();
        assert!(refused.stdout.contains(title), "{refused}");
        assert_eq!((stage.bed("roses"), stage.diary().len()), (None, 0));
    }
}

#[test]
fn a_failure_leaves_the_bed_and_says_how_to_go_on() {
    let stage = Stage::with(&watered("\"lilies\"", "5"));
    let failed = stage.terraform.run(["apply", "-auto-approve"]).expect_failure();
    assert!(flat(&failed).contains("There is no bed lilies"), "{failed}");
    assert!(flat(&failed).contains("terraform apply -invoke"), "{failed}");
    assert!(stage.bed("roses").is_some());
    stage.plan(&[]);
    stage.lay("lilies", "1\nloam\n");
    stage.terraform.run(["apply", "-auto-approve", INVOKE]).expect_success();
    assert_eq!(stage.diary(), ["watered lilies with 5 litres"]);
}

/// What was said, without the frame and the lines of a terminal.
fn flat(finished: &Finished) -> String {
    let text = format!("{}{}", finished.stdout, finished.stderr).replace(['│', '\n'], " ");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
