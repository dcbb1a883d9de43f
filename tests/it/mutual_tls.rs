//! Only the Terraform that started the provider gets in, and strangers cannot block its way.

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::host::{
    Host, Provider,
    certificate::ClientIdentity,
    process::Launch,
    transport::{Socket, connect},
    within,
};

#[tokio::test]
async fn a_stranger_without_a_certificate_is_refused() {
    let host = Host::start().await;
    assert_refused(host.connect_as(None).await);
    assert_still_open_to_terraform(host).await;
}

#[tokio::test]
async fn a_stranger_with_a_certificate_of_the_same_kind_is_refused() {
    let host = Host::start().await;
    assert_refused(host.connect_as(Some(&ClientIdentity::generate())).await);
    assert_still_open_to_terraform(host).await;
}

#[tokio::test]
async fn a_copy_of_the_right_certificate_without_its_key_is_refused() {
    let host = Host::start().await;
    let copy = host.process.identity().without_the_key();
    assert_refused(host.connect_as(Some(&copy)).await);
    assert_still_open_to_terraform(host).await;
}

#[tokio::test]
async fn a_plaintext_client_is_refused() {
    let host = Host::start().await;
    assert_refused(Provider::connect(&host.line.address, None).await);
    assert_still_open_to_terraform(host).await;
}

#[tokio::test]
async fn clients_that_hang_up_at_once_do_no_harm() {
    let host = Host::start().await;
    for _ in 0..20 {
        drop(connect(&host.line.address).await.expect("the provider listens"));
    }
    assert_still_open_to_terraform(host).await;
}

#[tokio::test]
async fn hundreds_of_unfinished_handshakes_do_not_starve_terraform() {
    assert_not_starved(Host::start().await).await;
}

#[tokio::test]
async fn nor_do_they_where_descriptors_are_scarce() {
    assert_not_starved(Host::launch(Launch::as_terraform().after("ulimit -n 64")).await).await;
}

#[tokio::test]
async fn a_handshake_that_never_ends_is_cut_off() {
    let host = Host::start().await;
    let mut socket = connect(&host.line.address).await.expect("the provider listens");
    let mut answer = Vec::new();
    // An error of the socket is as good an end as a closed one.
    let _ = within(30, "the end of the connection", socket.read_to_end(&mut answer)).await;
    host.end().await;
}

fn assert_refused(connection: Result<Provider, tonic::Status>) {
    if let Ok(provider) = connection {
        panic!("a stranger has read the schemas: {:?}", provider.schemas);
    }
}

async fn assert_not_starved(host: Host) {
    let mut idle: Vec<Box<dyn Socket>> = Vec::new();
    for _ in 0..300 {
        // A full queue may turn strangers away; that is fine as well.
        let stranger = connect(&host.line.address);
        let Ok(mut socket) = within(5, "a stranger's connection", stranger).await else { continue };
        let _ = socket.write_all(START_OF_A_CLIENT_HELLO).await;
        idle.push(socket);
    }
    let answer = host.provider.prepare(serde_json::json!({}));
    within(5, "an answer to Terraform", answer).await.none("PrepareProviderConfig");
    // Each stranger may stay for ten seconds: whoever gets in earlier has not waited for them.
    assert_let_in(&host, 8).await;
    host.end().await;
}

async fn assert_still_open_to_terraform(host: Host) {
    assert_let_in(&host, 20).await;
    host.end().await;
}

async fn assert_let_in(host: &Host, seconds: u64) {
    let again = host.connect_as(Some(host.process.identity()));
    let again = within(seconds, "a second connection", again).await;
    drop(again.unwrap_or_else(|status| panic!("Terraform is refused: {status:?}")));
}

/// A TLS record that announces more than ever comes.
const START_OF_A_CLIENT_HELLO: &[u8] = &[0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00];
