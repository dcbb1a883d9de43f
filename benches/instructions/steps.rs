//! The steps that are counted, and the order in which Terraform takes them.

use std::fs;
use std::process::Command;

use serde::Serialize;
use serde_json::{Value, json};
use tokio::runtime::Builder;

use crate::callgrind::Callgrind;
use crate::host::Provider;
use crate::host::certificate::pem;
use crate::host::line::HandshakeLine;
use crate::host::process::Process;
use crate::host::proto::tfplugin5::get_provider_schema;
use crate::sandbox::{DEFAULT_TOKEN, Sandbox};
use crate::shared::binary::{Binary, run};
use crate::shared::results::{median, record};

/// Counts, prints and records.
pub(crate) fn count() {
    run(Command::new("valgrind").arg("--version"));
    let binary = Binary::release();
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("the system grants a runtime");
    let start = median((0..STARTS).map(|_| runtime.block_on(start_up(&binary)) as f64)) as u64;
    let counts = Counts {
        start,
        first_read_over_tls: runtime.block_on(first_read_over_tls(&binary)),
        ..runtime.block_on(session(&binary))
    };
    println!("{}", serde_json::to_string_pretty(&counts).expect("numbers only"));
    record("instructions", counts);
}

/// Instructions of each step.
#[derive(Debug, Default, Serialize)]
struct Counts {
    /// From the start to the handshake line: the median of several, since keys differ.
    start: u64,
    /// The TLS handshake, HTTP/2, and the first answers, with all schemas.
    connect: u64,
    /// `GetSchema`, once connected.
    get_schema: u64,
    /// `Configure`.
    configure: u64,
    /// The first `ReadResource`, which makes the HTTP client and connects to the API over plain HTTP.
    first_read: u64,
    /// The same over TLS, as users make it: it also finds the root that the API is trusted by.
    first_read_over_tls: u64,
    /// `ReadResource`, with one call to the API.
    read: u64,
    /// `PlanResourceChange` of an object that does not change.
    plan: u64,
    /// `ApplyResourceChange` of a new object, with one call to the API.
    apply: u64,
}

async fn start_up(binary: &Binary) -> u64 {
    let mut callgrind = Callgrind::new();
    let process = callgrind.launch(binary).start();
    process.first_line().await;
    callgrind.look(&process)
}

/// Everything after the start, in the order in which Terraform would ask for it.
async fn session(binary: &Binary) -> Counts {
    let api = Sandbox::builder().numbers(CALLS).start();
    let mut callgrind = Callgrind::new();
    let process = callgrind.launch(binary).start();
    let line = process.first_line().await;
    let mut counts = Counts { start: callgrind.look(&process), ..Counts::default() };

    let provider = connect(&process, &line).await;
    counts.connect = callgrind.look(&process);
    for _ in 0..CALLS {
        provider.client().get_schema(get_provider_schema::Request {}).await.expect("an answer");
    }
    counts.get_schema = callgrind.look(&process) / CALLS;

    let config = json!({ "access_token": DEFAULT_TOKEN, "base_url": api.base_url() });
    provider.configure(config).await.none("Configure");
    counts.configure = callgrind.look(&process);

    let imported = provider.import(RESOURCE, &Sandbox::number_id(0)).await.stored();
    callgrind.look(&process);
    provider.read(RESOURCE, &imported).await;
    counts.first_read = callgrind.look(&process);

    life(&mut callgrind, &process, &provider, counts).await
}

/// A number for each call of a kind, each kind in a run of its own as in Terraform.
async fn life(
    callgrind: &mut Callgrind,
    process: &Process,
    provider: &Provider,
    mut counts: Counts,
) -> Counts {
    let mut planned = Vec::new();
    for index in 0..CALLS {
        planned.push(provider.plan_in_run(RESOURCE, None, number(index)).await);
    }
    provider.next_run().await;
    callgrind.look(process);
    let mut stored = Vec::new();
    for plan in &planned {
        stored.push(provider.apply_in_run(plan).await.stored());
    }
    counts.apply = callgrind.look(process) / CALLS;
    for stored in &stored {
        provider.read(RESOURCE, stored).await.diagnostics.none("ReadResource");
    }
    counts.read = callgrind.look(process) / CALLS;
    provider.next_run().await;
    callgrind.look(process);
    for (index, stored) in (0..CALLS).zip(&stored) {
        assert!(provider.plan_in_run(RESOURCE, Some(stored), number(index)).await.is_empty());
    }
    counts.plan = callgrind.look(process) / CALLS;
    counts
}

/// The system's roots are a bundle of the usual size, with the API's root in its middle.
async fn first_read_over_tls(binary: &Binary) -> u64 {
    let api = Sandbox::builder().numbers(CALLS).start_tls();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let bundle = folder.path().join("roots.pem");
    fs::write(&bundle, bundle_around(api.ca_pem().expect("it speaks TLS"))).expect("writable");
    let mut callgrind = Callgrind::new();
    let process = callgrind.launch(binary).env("SSL_CERT_FILE", bundle).start();
    let provider = connect(&process, &process.first_line().await).await;
    let config = json!({ "access_token": DEFAULT_TOKEN, "base_url": api.base_url() });
    provider.configure(config).await.none("Configure");
    let imported = provider.import(RESOURCE, &Sandbox::number_id(0)).await.stored();
    callgrind.look(&process);
    provider.read(RESOURCE, &imported).await.stored();
    callgrind.look(&process)
}

/// Mozilla's roots, of which the bundles of most systems consist, and one more.
fn bundle_around(root: &str) -> String {
    let public = webpki_root_certs::TLS_SERVER_ROOT_CERTS;
    let mut bundle: Vec<_> = public.iter().map(|root| pem("CERTIFICATE", root)).collect();
    bundle.insert(bundle.len() / 2, root.to_owned());
    bundle.concat()
}

async fn connect(process: &Process, line: &str) -> Provider {
    let line = HandshakeLine::parse(line).expect("a handshake line");
    let server = line.certificate.as_ref().expect("it speaks TLS");
    let trust = Some((server, Some(process.identity())));
    Provider::connect(&line.address, trust).await.expect("a connection")
}

fn number(index: u64) -> Value {
    json!({ "phone_number_id": Sandbox::number_id(index), "pin": "271828" })
}

const RESOURCE: &str = "whatsapp_two_step_verification";
/// Processes whose start is counted.
const STARTS: usize = 9;
/// Calls of one kind.
const CALLS: u64 = 50;
