//! Windows on x86-64, imitated by Wine. Terraform is that for Windows as well.

use std::{
    env, fs,
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};

use crate::{
    binary::{Binary, write_script},
    dist::{NAME, target},
    sandbox::{DEFAULT_NUMBER, Event, Fault, Rule},
    stage::{Stage, support},
    story::{play, stage_with},
};

#[test]
fn it_says_its_version() {
    binary().expect_version();
}

#[test]
fn whoever_starts_it_by_hand_reads_what_it_is_and_gets_an_exit_code() {
    let binary = binary();
    let by_hand = binary.run(&[]).expect_exit_code(1);
    assert!(by_hand.stderr.contains("Terraform or OpenTofu starts it"), "{by_hand}");
    let misspelt = binary.run(&["--nonsense"]).expect_exit_code(2);
    assert!(misspelt.stderr.contains("--nonsense"), "{misspelt}");
}

/// A socket that only one user can reach is not to be had, so it listens on TCP and proves itself.
#[tokio::test]
async fn it_shakes_hands_and_tells_its_schemas() {
    binary().expect_handshake("tcp").await;
}

#[test]
fn a_number_lives_its_life_under_terraform() {
    let binary = binary();
    play(&stage(&binary));
}

/// On Windows nothing tells of a dead parent but the end of its connection.
#[test]
fn a_provider_whose_terraform_was_killed_ends_soon() {
    let binary = binary();
    let mut stage = stage(&binary);
    stage.terraform.set_env("WHATSAPP_REQUEST_TIMEOUT", "2s");
    stage.configure(&support(DEFAULT_NUMBER, "048213"));
    stage.plan(&["create whatsapp_two_step_verification.support"]);
    stage.api.inject(Rule::new(Fault::Hang).on_posts());
    let apply = stage.terraform.start(["apply", "saved"]);
    assert!(stage.api.wait_for(PATIENCE, |events| events.iter().any(Event::is_post)));

    let folder = stage.terraform.folder();
    kill(&folder, "terraform.exe");
    let killed = Instant::now();
    while !running(&folder, NAME).is_empty() {
        assert!(killed.elapsed() < PATIENCE, "the provider has outlived its Terraform");
        thread::sleep(Duration::from_millis(50));
    }
    drop(apply.finish());
    println!("The provider has ended {:?} after its Terraform.", killed.elapsed());
}

fn binary() -> Binary {
    Binary::new("windows_amd64", &imitation().each_ref().map(String::as_str))
}

fn stage(binary: &Binary) -> Stage {
    let mut stage = stage_with(&binary.unpacked());
    let script = stage.terraform.folder().join("terraform.sh");
    let terraform = target().join("emulated/terraform.exe");
    write_script(&script, &imitation().each_ref().map(String::as_str), &terraform);
    // The version is a stronger wish than the program.
    stage.terraform.set_env("TERRAFORM_VERSION", "");
    stage.terraform.set_env("TERRAFORM_BIN", &script.display().to_string());
    stage
}

/// Wine, where it keeps its imitation of a disk and its own files, and without its complaints.
fn imitation() -> [String; 5] {
    let disk = env::var("WINEPREFIX").expect("scripts/emulated starts these tests, and names it");
    let places = ["WINEPREFIX", "TMPDIR"].map(|name| format!("{name}={disk}"));
    let [disk, temporary] = places;
    ["env".to_owned(), disk, temporary, "WINEDEBUG=-all".to_owned(), "wine".to_owned()]
}

fn kill(folder: &Path, name: &str) {
    let found = running(folder, name);
    assert_eq!(found.len(), 1, "{name}");
    kill_process(found[0], Signal::KILL).expect("it runs");
}

/// The processes of a program that work in this folder.
fn running(folder: &Path, name: &str) -> Vec<Pid> {
    let processes = fs::read_dir("/proc").expect("Linux shows its processes");
    let ids = processes.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    let is_it = |id: &i32| {
        let place = PathBuf::from(format!("/proc/{id}"));
        let command = fs::read(place.join("cmdline")).unwrap_or_default();
        let program = command.split(|byte| *byte == 0).next().unwrap_or_default();
        fs::read_link(place.join("cwd")).is_ok_and(|found| found == folder)
            && String::from_utf8_lossy(program).contains(name)
    };
    ids.filter(is_it).filter_map(Pid::from_raw).collect()
}

/// Ten seconds without a connection and two for the attempt that is under way, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);
