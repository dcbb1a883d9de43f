//! Linux on arm64, imitated by QEMU.

use crate::{
    binary::Binary,
    story::{play, stage_with},
};

#[test]
fn it_says_its_version() {
    binary().expect_version();
}

#[tokio::test]
async fn it_shakes_hands_and_tells_its_schemas() {
    binary().expect_handshake("unix").await;
}

/// Terraform itself is that of this machine.
#[test]
fn a_number_lives_its_life_under_terraform() {
    let binary = binary();
    play(&stage_with(&binary.scripted()));
}

fn binary() -> Binary {
    Binary::new("linux_arm64", &["qemu-aarch64-static"])
}
