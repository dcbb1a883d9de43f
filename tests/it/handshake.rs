//! The first contact: environment in, one line out; and the words for people who start it by hand.

use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use crate::host::{
    Host,
    certificate::{ClientIdentity, pem},
    line::Address,
    process::{Launch, MAGIC_COOKIE, exit_code},
};

#[tokio::test]
async fn stdout_carries_one_line_and_nothing_else() {
    let host = Host::start().await;
    assert!(host.line.certificate.is_some(), "TLS was asked for");
    assert_eq!(host.line.multiplexing, None, "older hosts glue it to the certificate");
    let process = host.end().await;
    assert_eq!(process.stdout().await.text().lines().count(), 1);
}

#[tokio::test]
async fn the_socket_lies_in_a_private_folder_below_tmpdir() {
    let host = Host::start().await;
    let folder = host.socket_folder();
    assert_eq!(folder.parent(), Some(host.process.temp()));
    assert_private(&folder);
    host.end().await;
}

#[tokio::test]
async fn an_open_umask_does_not_open_the_folder() {
    let host = Host::launch(Launch::as_terraform().after("umask 000")).await;
    assert_private(&host.socket_folder());
    host.end().await;
}

#[tokio::test]
async fn every_list_of_versions_is_answered_with_five() {
    for versions in ["5,6", "6,5", "5", "4,5", "6", "", "x,5", " 5 "] {
        let launch = Launch::as_terraform().env("PLUGIN_PROTOCOL_VERSIONS", versions);
        let line = launch.start().first_line().await;
        assert!(line.starts_with("1|5|"), "{versions:?} is answered with {line:?}");
    }
    let line =
        Launch::as_terraform().without("PLUGIN_PROTOCOL_VERSIONS").start().first_line().await;
    assert!(line.starts_with("1|5|"), "no list is answered with {line:?}");
}

#[tokio::test]
async fn without_a_client_certificate_the_connection_is_plaintext() {
    let host = Host::launch(Launch::as_terraform().without("PLUGIN_CLIENT_CERT")).await;
    assert!(host.line.certificate.is_none());
    host.end().await;
}

#[tokio::test]
async fn a_client_certificate_that_cannot_be_used_ends_the_start() {
    let good = ClientIdentity::generate().pem();
    let cut = good.lines().take(5).collect::<Vec<_>>().join("\n");
    for certificate in [
        "rubbish".to_owned(),
        cut,
        good.replace("CERTIFICATE", "PRIVATE KEY"),
        pem("CERTIFICATE", b"these bytes are no certificate"),
        "-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n".to_owned(),
    ] {
        let process = Launch::as_terraform().env("PLUGIN_CLIENT_CERT", &certificate).start();
        let status = process.ended(10).await;
        assert_ne!(exit_code(status), 0, "accepted: {certificate}");
        assert_eq!(process.stdout().await.text(), "", "a handshake in spite of {certificate}");
        let stderr = process.stderr().await.text();
        assert!(stderr.contains("PLUGIN_CLIENT_CERT"), "the cause is not named: {stderr:?}");
    }
}

#[tokio::test]
async fn a_seventh_field_appears_only_on_request() {
    let host = Host::launch(Launch::as_terraform().env("PLUGIN_MULTIPLEX_GRPC", "true")).await;
    assert_eq!(host.line.multiplexing, Some(false), "one connection per broker is what we serve");
    host.end().await;
}

#[tokio::test]
async fn a_temporary_folder_with_a_very_long_name_is_no_obstacle() {
    let outer = tempfile::tempdir().expect("a temporary folder");
    let long = outer.path().join("d".repeat(120)).join("e".repeat(120));
    fs::create_dir_all(&long).expect("long names are allowed");
    let host = Host::launch(Launch::as_terraform().env("TMPDIR", &long)).await;
    if let Address::Unix(path) = &host.line.address {
        assert_private(path.parent().expect("a socket lies in a folder"));
    }
    host.end().await;
    assert_eq!(fs::read_dir(&long).expect("still there").count(), 0, "something is left behind");
}

#[tokio::test]
async fn an_unusable_temporary_folder_is_no_obstacle() {
    for folder in ["/nowhere/at/all", "/dev/null"] {
        let host = Host::launch(Launch::as_terraform().env("TMPDIR", folder)).await;
        if let Address::Unix(path) = &host.line.address {
            assert_private(path.parent().expect("a socket lies in a folder"));
        }
        host.end().await;
    }
}

#[tokio::test]
async fn started_by_hand_it_explains_itself_on_stderr() {
    for launch in [
        Launch::by_hand(),
        Launch::as_terraform().without("TF_PLUGIN_MAGIC_COOKIE"),
        Launch::as_terraform().env("TF_PLUGIN_MAGIC_COOKIE", MAGIC_COOKIE.to_uppercase()),
        Launch::as_terraform().env("TF_PLUGIN_MAGIC_COOKIE", ""),
    ] {
        let process = launch.start();
        assert_eq!(exit_code(process.ended(10).await), 1);
        assert_eq!(process.stdout().await.text(), "");
        let stderr = process.stderr().await.text();
        assert!(stderr.contains("Terraform"), "no explanation: {stderr:?}");
    }
}

#[tokio::test]
async fn version_and_help_need_no_terraform() {
    for argument in ["--version", "-version"] {
        let text = said_on_stdout(argument).await;
        assert!(text.contains(env!("CARGO_PKG_VERSION")), "{argument}: {text:?}");
    }
    for argument in ["--help", "-help", "-h"] {
        let text = said_on_stdout(argument).await;
        assert!(text.contains("-debug") && text.contains("-version"), "{argument}: {text:?}");
    }
}

#[tokio::test]
async fn an_unknown_argument_is_named() {
    for launch in [Launch::by_hand(), Launch::as_terraform()] {
        let process = launch.argument("--frobnicate").start();
        assert_ne!(exit_code(process.ended(10).await), 0);
        assert_eq!(process.stdout().await.text(), "");
        let stderr = process.stderr().await.text();
        assert!(stderr.contains("--frobnicate"), "the argument is not named: {stderr:?}");
    }
}

async fn said_on_stdout(argument: &str) -> String {
    let process = Launch::by_hand().argument(argument).start();
    assert_eq!(exit_code(process.ended(10).await), 0, "{argument}");
    assert_eq!(process.stderr().await.text(), "", "{argument}");
    process.stdout().await.text()
}

fn assert_private(folder: &Path) {
    let mode = fs::metadata(folder).expect("the socket's folder exists").permissions().mode();
    assert_eq!(mode & 0o777, 0o700, "{} has mode {mode:o}", folder.display());
}
