//! Beds that were there before Terraform: listed, imported, and written down.

use std::fs;

use crate::stage::Stage;

#[test]
fn a_bed_is_imported_by_its_id_and_by_its_identity() {
    for source in [r#"id = "roses""#, r#"identity = { name = "roses" }"#] {
        let stage = Stage::with(&format!(
            r#"
import {{
  to = garden_bed.roses
  {source}
}}

resource "garden_bed" "roses" {{
  name   = "roses"
  soil   = "sand"
  plants = ["briar"]
}}
"#
        ));
        stage.lay("roses", "3\nsand\nbriar");
        let applied = stage.terraform.run(["apply", "-auto-approve"]).expect_success();
        assert!(applied.stdout.contains("1 imported, 0 added, 0 changed"), "{applied}");
        stage.plan(&[]);
        assert_eq!(stage.state_of("garden_bed.roses")["revision"], 3);
    }
}

#[test]
fn a_bed_that_is_not_there_is_not_imported() {
    let stage = Stage::with("resource \"garden_bed\" \"roses\" {\n  name = \"roses\"\n}\n");
    let refused = stage.terraform.run(["import", "garden_bed.roses", "roses"]).expect_failure();
    assert!(refused.stderr.contains("non-existent remote object"), "{refused}");
}

#[test]
fn all_beds_are_listed_those_with_one_soil_too_and_are_written_down() {
    let stage = Stage::with("");
    for (name, soil) in [("beans", "loam"), ("roses", "sand"), ("thyme", "sand")] {
        stage.lay(name, &format!("1\n{soil}\n{name}"));
    }
    let query = |limit: u32, config: &str| {
        let list = "list \"garden_bed\" \"all\" {\n  provider = garden\n";
        let text = format!("{list}  limit    = {limit}\n  {config}\n}}\n");
        stage.terraform.write("beds.tfquery.hcl", &text);
        stage.terraform.run(["query"]).expect_success().stdout
    };
    let listed = query(100, "");
    for name in ["name=beans   beans, loam", "name=roses   roses, sand", "name=thyme   thyme, sand"]
    {
        assert!(listed.contains(name), "{listed}");
    }
    let sandy = query(100, "config {\n    soil = \"sand\"\n  }");
    assert!(!sandy.contains("beans") && sandy.contains("roses"), "{sandy}");
    assert!(!query(1, "").contains("roses"), "no more than were wanted");

    query(100, "include_resource = true");
    stage.terraform.run(["query", "-generate-config-out=beds.tf"]).expect_success();
    let written = fs::read_to_string(stage.terraform.folder().join("beds.tf"));
    let written = written.expect("it was written").split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(written.contains("soil = \"loam\"") && written.contains("type = null"), "{written}");
    let applied = stage.terraform.run(["apply", "-auto-approve"]).expect_success();
    assert!(applied.stdout.contains("3 imported, 0 added, 0 changed"), "{applied}");
    stage.plan(&[]);
}
