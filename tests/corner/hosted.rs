//! The garden under this project's own host, which holds every answer to Terraform's rules as it
//! counts them; and what the SDK itself finds wrong with it.

use std::fs;

use serde_json::{Value, json};
use tempfile::TempDir;
use terraform_provider_whatsapp::tf_provider::problems;

use crate::garden::Garden;
use crate::host::Host;
use crate::host::process::Launch;
use crate::terraform::built;

const BED: &str = "garden_bed";

#[test]
fn the_sdk_finds_no_fault_with_the_garden() {
    assert_eq!(problems(&Garden), [""; 0]);
}

#[tokio::test]
async fn a_bed_lives_by_the_rules_from_its_making_to_its_end() {
    let (host, folder) = started().await;
    let garden = &host.provider;
    let planned = garden.plan_create(BED, bed()).await;
    let made = garden.apply(&planned).await.stored();
    assert_eq!(made.identity, Some(json!({ "name": "roses" })));
    assert_eq!(made.value["size"], json!([1, 2.5]));
    assert!(garden.plan_update(BED, &made, bed()).await.is_empty());

    let mut other = bed();
    other["note"] = json!(["another", "type"]);
    other["soil"] = json!("sand");
    let changed = garden.apply(&garden.plan_update(BED, &made, other).await).await.stored();
    assert_eq!((&changed.value["soil"], &changed.value["revision"]), (&json!("sand"), &json!(2)));
    let back = garden.apply(&garden.plan_update(BED, &changed, bed()).await).await.stored();
    assert_eq!(back.value["soil"], "loam");

    let mut renamed = bed();
    renamed["name"] = json!("thorns");
    let planned = garden.plan_update(BED, &back, renamed).await;
    assert_eq!(planned.requires_replace, ["name"]);

    let gone = garden.apply(&garden.plan_destroy(BED, &back).await).await;
    assert!(gone.object.is_none() && !folder.path().join("roses.bed").exists());
    host.end().await;
}

#[tokio::test]
async fn a_bed_is_found_imported_raised_and_moved_by_the_rules() {
    let (host, folder) = started().await;
    let garden = &host.provider;
    fs::write(folder.path().join("roses.bed"), "4\nsand\nbriar").expect("writable");
    let (listed, diagnostics) = garden.list(BED, json!({ "soil": "sand" }), true, 10).await;
    diagnostics.none("ListResource");
    let [found] = &listed[..] else { panic!("one bed, not {listed:?}") };
    assert_eq!(found.identity, json!({ "name": "roses" }));

    let imported = garden.import(BED, "roses").await.stored();
    let read = garden.read(BED, &imported).await.stored();
    assert_eq!(Some(&read.value), found.object.as_ref());

    let former = r#"{ "title": "roses", "plant": "briar" }"#;
    let (raised, diagnostics) = garden.upgrade(BED, 0, former).await;
    diagnostics.none("UpgradeResourceState");
    assert_eq!((&raised["name"], &raised["plants"]), (&json!("roses"), &json!(["briar"])));
    let own = "registry.terraform.io/acme/garden";
    let moved = garden.moved(own, BED, former, BED).await.stored();
    assert_eq!((&moved.value, moved.identity), (&raised, read.identity));
    let stranger = garden.moved("example.com/acme/garden", BED, former, BED).await;
    assert!(stranger.diagnostics.has_errors() && stranger.object.is_none());

    let (view, _) = garden.read_data(BED, json!({ "name": "roses" })).await;
    assert_eq!((&view["soil"], &view["plants"]), (&json!("sand"), &json!(["briar"])));
    let key = json!({ "bed": "roses", "seconds": 60 });
    assert_eq!(garden.open_and_close("garden_key", key).await["key"], "jagged-4711");
    host.end().await;
}

/// A bed with a value of every type, and a key that must not come back.
fn bed() -> Value {
    json!({
        "name": "roses",
        "plants": ["briar", "tea rose"],
        "size": [1, 2.5],
        "shifts": [{ "gardener": "Ada", "hours": null }],
        "signs": { "north": "Roses" },
        "sunny": true,
        "type": "flowers",
        "note": { "sown": 2026, "by": ["Ada", true] },
        "key_wo": "jagged-4711",
    })
}

/// The garden's program, started by the host and configured, and its folder.
async fn started() -> (Host, TempDir) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    // A launch ends with the path of this project's own provider; the shell runs another in its place.
    let launch = Launch::as_terraform().env("GARDEN", built("garden")).under(&[
        "sh",
        "-c",
        "exec \"$GARDEN\"",
    ]);
    let host = Host::launch(launch).await;
    let config = json!({ "folder": folder.path().display().to_string() });
    host.provider.configure(config).await.none("Configure");
    (host, folder)
}
