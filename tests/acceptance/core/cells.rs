//! DESIGN.md's table "What becomes of a number", cell by cell: a module for each row, a test for each
//! column, whose name begins with the column's.

use serde_json::{Value, json};

use super::conditions::*;
use crate::{sandbox::DEFAULT_NUMBER, stage::support};

mod on {
    use super::*;

    #[test]
    fn plan_shows_nothing_unless_the_pin_changed() {
        let stage = known(Says::On);
        stage.expect_nothing_to_do();
        stage.configure(&support(DEFAULT_NUMBER, NEW));
        stage.plan(&[UPDATE]).expect_silence();
    }

    #[test]
    fn apply_sends_what_the_plan_shows() {
        let stage = known(Says::On);
        stage.apply().expect_silence();
        assert_eq!(stage.api.posts(), 0);
        stage.configure(&support(DEFAULT_NUMBER, NEW));
        stage.apply().expect_silence();
        expect_sent(&stage, NEW);
    }

    #[test]
    fn refresh_only_changes_nothing() {
        let stage = known(Says::On);
        let before = stage.state();
        refresh_only(&stage).expect_success().expect_silence();
        assert_eq!(stage.state(), before);
    }

    #[test]
    fn import_gives_a_state_without_the_pin() {
        let stage = foreign(Says::On);
        import(&stage).expect_success();
        expect_stored(&stage, &Value::Null, &json!(true));
        stage.apply();
        expect_sent(&stage, OLD);
    }

    #[test]
    fn destroy_sends_nothing_and_warns() {
        expect_forgotten(known(Says::On), &[], STAYS_ON);
    }
}

mod off {
    use super::*;

    #[test]
    fn plan_warns_and_shows_that_it_will_be_on_again_unless_it_is_to_be_left() {
        let stage = known(Says::Off);
        stage.plan(&[UPDATE]).expect_warning(OFF);
        let shown = stage.terraform.run(["show", "-json", "saved"]).expect_success().json();
        let change = &shown["resource_changes"][0]["change"];
        let [before, after] = ["before", "after"].map(|when| &change[when]["is_pin_enabled"]);
        assert_eq!((before, after), (&json!(false), &json!(true)));
        let left = known_by(&left_off(), Says::Off);
        left.plan(&[]).expect_warning(OFF);
    }

    #[test]
    fn apply_sends_the_pin_unless_it_is_to_be_left() {
        let stage = known(Says::Off);
        stage.apply();
        expect_sent(&stage, OLD);
        let left = known_by(&left_off(), Says::Off);
        left.apply();
        assert_eq!(left.api.pin(DEFAULT_NUMBER), None);
    }

    #[test]
    fn refresh_only_stores_that_it_is_off_and_warns() {
        let stage = known(Says::Off);
        expect(&refresh_only(&stage).expect_success(), OFF);
        expect_stored(&stage, &json!(OLD), &json!(false));
        assert_eq!(stage.api.posts(), 0);
    }

    #[test]
    fn import_stores_that_it_is_off_and_the_first_apply_sends_the_pin() {
        let stage = foreign(Says::Off);
        let imported = import(&stage).expect_success();
        assert!(imported.stdout.contains(OFF) || imported.stderr.contains(OFF), "{imported}");
        expect_stored(&stage, &Value::Null, &json!(false));
        stage.apply();
        expect_sent(&stage, OLD);
    }

    #[test]
    fn destroy_sends_nothing_and_warns() {
        expect_forgotten(known(Says::Off), &[], STAYS_OFF);
    }
}

mod nothing_of_it {
    use super::*;

    #[test]
    fn plan_warns_once_and_is_as_if_it_were_on() {
        let stage = known(Says::Nothing);
        stage.plan(&[]).expect_warning(SILENT);
        stage.configure(&support(DEFAULT_NUMBER, NEW));
        stage.plan(&[UPDATE]).expect_warning(SILENT);
    }

    #[test]
    fn apply_sends_what_the_plan_shows() {
        let stage = known(Says::Nothing);
        stage.apply().expect_warning(SILENT);
        assert_eq!(stage.api.posts(), 0);
        stage.configure(&support(DEFAULT_NUMBER, NEW));
        stage.apply();
        expect_sent(&stage, NEW);
    }

    #[test]
    fn refresh_only_stores_null() {
        let stage = known(Says::Nothing);
        refresh_only(&stage).expect_success().expect_warning(SILENT);
        expect_stored(&stage, &json!(OLD), &Value::Null);
    }

    #[test]
    fn import_stores_null_and_the_first_apply_sends_the_pin() {
        let stage = foreign(Says::Nothing);
        import(&stage).expect_success();
        expect_stored(&stage, &Value::Null, &Value::Null);
        stage.apply();
        expect_sent(&stage, OLD);
    }

    #[test]
    fn destroy_sends_nothing_and_warns() {
        expect_forgotten(known(Says::Nothing), &[], STAYS_ON);
    }
}

mod missing {
    use super::*;

    #[test]
    fn plan_is_an_error_that_keeps_the_object_or_a_warning() {
        let mut stage = known(Says::Missing);
        let before = stage.state();
        stage.terraform.run(["plan", "-json"]).expect_failure().expect_error(MISSING);
        stage.terraform.set_env("WHATSAPP_MISSING_NUMBER", "warn");
        stage.plan(&[]).expect_warning(MISSING);
        assert_eq!(stage.state(), before);
    }

    #[test]
    fn apply_is_not_reached_or_is_refused_by_meta() {
        let mut stage = known(Says::Missing);
        let before = stage.state();
        stage.configure(&support(DEFAULT_NUMBER, NEW));
        stage.try_to_apply().expect_failure().expect_error(MISSING);
        assert_eq!(stage.api.posts(), 0);
        stage.terraform.set_env("WHATSAPP_MISSING_NUMBER", "warn");
        stage.try_to_apply().expect_failure().expect_error(MISSING);
        assert_eq!((stage.api.posts(), stage.state()), (1, before));
    }

    #[test]
    fn refresh_only_is_the_same_error_or_warning() {
        let mut stage = known(Says::Missing);
        let before = stage.state();
        refresh_only(&stage).expect_failure().expect_error(MISSING);
        stage.terraform.set_env("WHATSAPP_MISSING_NUMBER", "warn");
        refresh_only(&stage).expect_success().expect_warning(MISSING);
        assert_eq!(stage.state(), before);
    }

    #[test]
    fn import_is_the_same_error_or_warning() {
        let mut stage = foreign(Says::Missing);
        let refused = import(&stage).expect_failure();
        assert!(refused.stderr.contains(MISSING), "{refused}");
        stage.terraform.set_env("WHATSAPP_MISSING_NUMBER", "warn");
        let imported = import(&stage).expect_success();
        assert!(imported.stdout.contains(MISSING) || imported.stderr.contains(MISSING));
        expect_stored(&stage, &Value::Null, &Value::Null);
    }

    #[test]
    fn destroy_without_a_refresh_sends_nothing_and_warns() {
        let stage = known(Says::Missing);
        stage.terraform.run(["plan", "-json", "-destroy"]).expect_failure().expect_error(MISSING);
        expect_forgotten(stage, &["-refresh=false"], STAYS_ON);
    }
}

mod unknown_outcome {
    use super::*;

    #[test]
    fn plan_shows_a_change_for_any_configuration() {
        let stage = unknown();
        for pin in [OLD, NEW] {
            stage.configure(&support(DEFAULT_NUMBER, pin));
            stage.plan(&[UPDATE]).expect_silence();
        }
    }

    #[test]
    fn apply_sends_the_pin_of_its_configuration() {
        let stage = unknown();
        stage.configure(&support(DEFAULT_NUMBER, OLD));
        stage.apply().expect_silence();
        expect_sent(&stage, OLD);
        expect_stored(&stage, &json!(OLD), &json!(true));
    }

    #[test]
    fn refresh_only_stores_what_meta_says_and_the_pin_stays_unknown() {
        let stage = unknown();
        expect_stored(&stage, &Value::Null, &Value::Null);
        refresh_only(&stage).expect_success();
        expect_stored(&stage, &Value::Null, &json!(true));
        stage.configure(&support(DEFAULT_NUMBER, OLD));
        stage.plan(&[UPDATE]);
    }

    #[test]
    fn import_is_as_for_any_number() {
        let stage = unknown();
        stage.terraform.run(["state", "rm", SUPPORT]).expect_success();
        import(&stage).expect_success();
        expect_stored(&stage, &Value::Null, &json!(true));
        stage.apply();
        expect_sent(&stage, NEW);
    }

    #[test]
    fn destroy_sends_nothing_and_warns() {
        expect_forgotten(unknown(), &[], STAYS_ON);
    }
}

#[test]
fn every_cell_of_the_table_has_its_test() {
    let design = include_str!("../../../DESIGN.md");
    let chapter = design.split("## What becomes of a number").nth(1).expect("the chapter");
    let chapter = chapter.split("\n## ").next().expect("its text");
    let mut rows = chapter.lines().filter(|line| line.starts_with('|')).map(cells);
    let columns = rows.next().expect("a head");
    let rows: Vec<_> = rows.skip(1).collect();
    assert_eq!(rows.len(), ROWS.len(), "a row has no module, or a module has no row");
    for (row, (words, module)) in rows.iter().zip(ROWS) {
        assert!(row[0].starts_with(words), "{row:?} is not the row of {module}");
        let tests = include_str!("cells.rs").split(&format!("\nmod {module} {{")).nth(1);
        let tests = tests.and_then(|text| text.split("\n}").next()).expect("the module");
        for column in &columns[1..] {
            let name = format!("    #[test]\n    fn {}_", column.replace(' ', "_"));
            assert_eq!(tests.matches(&name).count(), 1, "one test of {module}, {column}");
        }
    }
}

fn cells(line: &str) -> Vec<&str> {
    line.trim_matches('|').split('|').map(str::trim).collect()
}

/// How a row of the table begins, and the module of its tests.
const ROWS: [(&str, &str); 5] = [
    ("on", "on"),
    ("off", "off"),
    ("nothing of it", "nothing_of_it"),
    ("100/33", "missing"),
    ("a PIN of which nobody knows", "unknown_outcome"),
];
