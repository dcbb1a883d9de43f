//! A bed from its making to its end: every type and every kind of attribute under Terraform.

use serde_json::json;

use crate::stage::Stage;

/// A bed with a value of every type.
const BED: &str = r#"
resource "garden_bed" "roses" {
  name   = "roses"
  plants = ["tea rose", "briar"]
  size   = [1.20, 12345678901234567890.000000000000000001]
  shifts = [{ gardener = "Ada", hours = 2 }, { gardener = "Max", hours = null }]
  signs  = { north = "Roses", south = "Please do not pick" }
  sunny  = true
  type   = "flowers"
  note   = { sown = 2026, by = ["Ada", true] }
}
"#;

#[test]
fn a_bed_with_a_value_of_every_type_is_made_as_it_was_written() {
    let stage = Stage::with(BED);
    stage.apply(&["create garden_bed.roses"]);
    assert_eq!(stage.bed("roses").as_deref(), Some("1\nloam\nbriar\ntea rose"));
    let state = stage.state_of("garden_bed.roses");
    assert_eq!(state["plants"], json!(["briar", "tea rose"]));
    assert_eq!(state["size"][1].to_string(), "12345678901234567890.000000000000000001");
    assert_eq!(state["shifts"][1], json!({ "gardener": "Max", "hours": null }));
    assert_eq!(state["signs"]["south"], "Please do not pick");
    assert_eq!((&state["sunny"], &state["type"]), (&json!(true), &json!("flowers")));
    assert_eq!(state["note"], json!({ "by": ["Ada", true], "sown": 2026 }));
    assert_eq!((&state["soil"], &state["revision"]), (&json!("loam"), &json!(1)));
    assert_eq!(state["id"], "roses");
}

#[test]
fn what_was_written_in_another_order_is_no_change_to_a_set_and_one_to_a_list() {
    let stage = Stage::with(BED);
    stage.apply(&["create garden_bed.roses"]);
    stage.configure(&BED.replace(r#"["tea rose", "briar"]"#, r#"["briar", "tea rose", "briar"]"#));
    stage.plan(&[]);
    let ada = r#"{ gardener = "Ada", hours = 2 }"#;
    let max = r#"{ gardener = "Max", hours = null }"#;
    stage.configure(&BED.replace(&format!("{ada}, {max}"), &format!("{max}, {ada}")));
    stage.apply(&["update garden_bed.roses"]);
    assert_eq!(stage.state_of("garden_bed.roses")["revision"], 2);
}

#[test]
fn a_note_may_change_its_type_and_be_nothing_of_a_type() {
    let stage = Stage::with(BED);
    stage.apply(&["create garden_bed.roses"]);
    let note = r#"{ sown = 2026, by = ["Ada", true] }"#;
    for (written, stored) in [
        (r#""a text""#, json!("a text")),
        ("true", json!(true)),
        ("[1, \"two\"]", json!([1, "two"])),
        ("toset([\"one\"])", json!(["one"])),
        ("null", json!(null)),
        ("tonumber(null)", json!(null)),
        ("tonumber(7)", json!(7)),
    ] {
        stage.configure(&BED.replace(note, written));
        let changes = stage.terraform.run(["plan", "-json", "-out=saved"]).expect_success();
        stage.terraform.run(["apply", "-json", "saved"]).expect_success();
        stage.plan(&[]);
        assert_eq!(stage.state_of("garden_bed.roses")["note"], stored, "{written}: {changes}");
    }
}

#[test]
fn a_soil_that_is_no_longer_written_gives_way_to_the_default() {
    let stage = Stage::with(&BED.replace("sunny  = true", "soil   = \"sand\""));
    stage.apply(&["create garden_bed.roses"]);
    assert_eq!(stage.state_of("garden_bed.roses")["soil"], "sand");
    stage.configure(BED);
    stage.apply(&["update garden_bed.roses"]);
    let state = stage.state_of("garden_bed.roses");
    assert_eq!((&state["soil"], &state["id"]), (&json!("loam"), &json!("roses")));
    assert_eq!(stage.bed("roses").as_deref(), Some("2\nloam\nbriar\ntea rose"));
}

#[test]
fn what_somebody_changed_is_set_right_and_what_somebody_removed_is_made_again() {
    let stage = Stage::with(BED);
    stage.apply(&["create garden_bed.roses"]);
    stage.lay("roses", "1\nclay\nnettle");
    stage.apply(&["update garden_bed.roses"]);
    assert_eq!(stage.bed("roses").as_deref(), Some("2\nloam\nbriar\ntea rose"));
    std::fs::remove_file(stage.in_garden("roses.bed")).expect("it was there");
    stage.apply(&["create garden_bed.roses"]);
}

#[test]
fn another_name_is_another_bed_and_what_is_not_wanted_goes() {
    let stage = Stage::with(BED);
    stage.apply(&["create garden_bed.roses"]);
    stage.configure(&BED.replace("name   = \"roses\"", "name   = \"thorns\""));
    let planned = stage.terraform.run(["plan", "-json"]).expect_success();
    assert_eq!(planned.changes(), ["replace garden_bed.roses"], "{planned}");
    stage.terraform.run(["apply", "-auto-approve"]).expect_success();
    assert_eq!((stage.bed("roses"), stage.bed("thorns").is_some()), (None, true));
    let planned = stage.terraform.run(["plan", "-json", "-destroy"]).expect_success();
    planned.expect_warning("Plants Are Lost");
    stage.terraform.run(["destroy", "-auto-approve"]).expect_success();
    assert_eq!(stage.bed("thorns"), None);
}

#[test]
fn a_bed_is_looked_at_and_its_sign_is_lettered_once_it_is_known() {
    let stage = Stage::with(&format!(
        r#"{BED}
data "garden_bed" "roses" {{
  name = garden_bed.roses.id
}}

output "sign" {{
  value = provider::garden::label(data.garden_bed.roses.name, data.garden_bed.roses.plants...)
}}
"#
    ));
    stage.terraform.run(["apply", "-auto-approve"]).expect_success();
    let sign = stage.terraform.run(["output", "-raw", "sign"]).expect_success();
    assert_eq!(sign.stdout, "roses: briar, tea rose");
}

#[test]
fn each_mistake_is_told_where_it_is() {
    for (configuration, title, code) in [
        (BED.replace("name   = \"roses\"", "name   = \"\""), "Invalid Name", "name   = \"\""),
        (
            "output \"x\" {\n  value = provider::garden::label(\"roses\", \"\")\n}\n".to_owned(),
            "Invalid function argument",
            "value = provider::garden::label(\"roses\", \"\")",
        ),
        (
            "data \"garden_bed\" \"x\" {\n  name = \"nowhere\"\n}\n".to_owned(),
            "Bed Not Found",
            "name = \"nowhere\"",
        ),
    ] {
        let refused = Stage::with(&configuration).terraform.run(["plan", "-json"]);
        let refused = refused.expect_failure();
        assert_eq!(refused.expect_error(title).code(), code, "{refused}");
    }
}
