//! How calls and the process end: on Terraform's word, on a signal, and when Terraform is no more.

use std::{fs, sync::Arc};

use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use serde_json::{Value, json};
use tokio::runtime;

use crate::{
    graph_stub::GraphStub,
    host::{
        Host, Provider,
        calls::Stored,
        eventually,
        line::HandshakeLine,
        process::{Launch, Process, exit_code},
        within,
    },
};

#[tokio::test]
async fn stop_ends_a_call_that_only_waits_and_later_calls_work() {
    let (graph, host) = against_a_closed_gate().await;
    let stored = imported(&host).await;
    let read = within(5, "the stopped read", host.provider.read(RESOURCE, &stored));
    let stop = async {
        graph.received(1).await;
        host.provider.stop().await;
    };
    let (answer, ()) = tokio::join!(read, stop);
    assert!(answer.diagnostics.has_errors(), "a stopped refresh knows nothing: {answer:?}");
    graph.open_gate();
    host.provider.read(RESOURCE, &stored).await.stored();
    host.end().await;
}

#[tokio::test]
async fn a_pin_on_its_way_is_not_torn_off_by_stop() {
    let (graph, host) = against_a_closed_gate().await;
    let plan = host.provider.plan_create(RESOURCE, config()).await;
    let stop = async {
        graph.received(1).await;
        host.provider.stop().await;
        graph.open_gate();
    };
    let (answer, ()) = tokio::join!(host.provider.apply(&plan), stop);
    assert_eq!(answer.stored().value["id"], NUMBER, "the PIN was set, so the state must know");
    assert_eq!(graph.requests().len(), 1);
    host.end().await;
}

#[tokio::test]
async fn stop_may_come_twice_and_with_nothing_to_do() {
    let (graph, host) = against_a_closed_gate().await;
    graph.open_gate();
    host.provider.stop().await;
    host.provider.stop().await;
    let plan = host.provider.plan_create(RESOURCE, config()).await;
    host.provider.apply(&plan).await.stored();
    host.end().await;
}

#[tokio::test]
async fn shutdown_does_not_wait_for_a_call_that_never_ends() {
    let (graph, host) = against_a_closed_gate().await;
    let plan = host.provider.plan_create(RESOURCE, config()).await;
    let request = host.provider.apply_request(&plan);
    let mut client = host.provider.client();
    // Terraform has turned away by then, so whatever comes of the call is nobody's.
    let call = tokio::spawn(async move { drop(client.apply_resource_change(request).await) });
    graph.received(1).await;
    host.end().await;
    within(2, "the end of the call", call).await.expect("the call is not cancelled");
}

#[tokio::test]
async fn ctrl_c_is_terraforms_business() {
    let (graph, host) = against_a_closed_gate().await;
    let stored = imported(&host).await;
    let interrupt = async {
        graph.received(1).await;
        host.process.signal(Signal::INT);
        // Answers after the signal show that the process has lived through it.
        for _ in 0..20 {
            host.provider.prepare(json!({})).await.none("PrepareProviderConfig");
        }
        let connection = host.connect_as(Some(host.process.identity())).await;
        drop(connection.expect("a provider that still accepts connections"));
        graph.open_gate();
    };
    let (answer, ()) = tokio::join!(host.provider.read(RESOURCE, &stored), interrupt);
    let read = answer.stored().value;
    assert_eq!(read["is_pin_enabled"], true, "the call in flight is not cancelled");
    host.end().await;
}

#[tokio::test]
async fn sigterm_ends_an_idle_provider_in_order() {
    let host = Host::start().await;
    let folder = host.socket_folder();
    let (_, process) = host.end_by(Signal::TERM).await;
    assert!(!folder.exists(), "{} is left behind", folder.display());
    assert!(process.left_behind().is_empty());
}

#[tokio::test]
async fn sigterm_ends_a_call_that_only_waits() {
    let (graph, host) = against_a_closed_gate().await;
    let stored = imported(&host).await;
    let terminate = async {
        graph.received(1).await;
        host.process.signal(Signal::TERM);
    };
    let (answer, ()) = tokio::join!(host.provider.read(RESOURCE, &stored), terminate);
    assert!(answer.diagnostics.has_errors(), "a stopped refresh knows nothing: {answer:?}");
    host.process.ended(5).await;
    assert!(host.process.left_behind().is_empty(), "{:?}", host.process.left_behind());
}

#[tokio::test]
async fn sigterm_waits_for_a_pin_on_its_way() {
    let (graph, host) = against_a_closed_gate().await;
    let plan = host.provider.plan_create(RESOURCE, config()).await;
    let terminate = async {
        graph.received(1).await;
        host.process.signal(Signal::TERM);
        graph.open_gate();
    };
    let (answer, ()) = tokio::join!(host.provider.apply(&plan), terminate);
    assert_eq!(answer.stored().value["id"], NUMBER, "the PIN was set, so the state must know");
    host.process.ended(5).await;
    assert!(host.process.left_behind().is_empty(), "{:?}", host.process.left_behind());
}

#[tokio::test]
async fn the_death_of_terraform_leaves_no_orphan() {
    let parent = Launch::as_terraform().under(&["python3", "-c", PARENT]).start();
    let text = parent.stdout_with("two lines", |text| text.lines().count() >= 2).await;
    let [line, id] = text.lines().collect::<Vec<_>>()[..] else { panic!("{text:?}") };
    let orphan = Orphan(id.parse().ok().and_then(Pid::from_raw).expect("a process id"));
    let line = HandshakeLine::parse(line).unwrap_or_else(|error| panic!("{error}"));
    let trust = line.certificate.as_ref().map(|server| (server, Some(parent.identity())));
    let connection = Provider::connect(&line.address, trust).await.expect("a connection");
    assert!(orphan.is_running());
    parent.signal(Signal::KILL);
    drop(connection);
    eventually(5, "the orphan to end", || !orphan.is_running()).await;
    assert!(parent.left_behind().is_empty(), "{:?}", parent.left_behind());
}

#[tokio::test]
async fn a_terraform_that_dies_before_it_connects_leaves_no_orphan() {
    let parent = Launch::as_terraform().under(&["python3", "-c", PARENT]).start();
    let text = parent.stdout_with("two lines", |text| text.lines().count() >= 2).await;
    let id = text.lines().nth(1).and_then(|id| id.parse().ok());
    let orphan = Orphan(id.and_then(Pid::from_raw).expect("a process id"));
    parent.signal(Signal::KILL);
    eventually(5, "the orphan to end", || !orphan.is_running()).await;
    assert!(parent.left_behind().is_empty(), "{:?}", parent.left_behind());
}

/// Where the pipes tell nothing, as on Windows, the connection does: our end of them stays open here.
#[tokio::test]
async fn a_terraform_whose_connection_is_gone_has_no_more_pins_sent_for_it() {
    let graph = Arc::new(GraphStub::start().await);
    graph.refuse(json!({ "message": "Service temporarily unavailable", "code": 2 }));
    let terraform = tokio::task::spawn_blocking({
        let graph = Arc::clone(&graph);
        move || until_its_second_attempt(&graph)
    });
    let process = within(60, "a second attempt", terraform).await.expect("no panic");
    assert_eq!(exit_code(process.ended(30).await), 0, "{}", process.stderr_so_far());
    assert!(process.left_behind().is_empty(), "{:?}", process.left_behind());
}

/// A host that lets a PIN be sent again and again. With its runtime its connection is gone.
fn until_its_second_attempt(graph: &GraphStub) -> Process {
    let terraform = runtime::Builder::new_current_thread().enable_all().build();
    terraform.expect("a runtime").block_on(async {
        let host = Host::start().await;
        let (token, url) = ("EAAtest", graph.url());
        let endless = json!({ "access_token": token, "base_url": url, "max_retries": 100 });
        host.provider.configure(endless).await.none("Configure");
        let plan = host.provider.plan_create(RESOURCE, config()).await;
        let request = host.provider.apply_request(&plan);
        let mut client = host.provider.client();
        tokio::spawn(async move { drop(client.apply_resource_change(request).await) });
        graph.received(2).await;
        host.process
    })
}

/// A provider that is not our child.
struct Orphan(Pid);

impl Orphan {
    /// A zombie, which somebody else has to reap, does not count.
    fn is_running(&self) -> bool {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.0.as_raw_nonzero()));
        let zombie = stat.is_ok_and(|stat| stat.contains(") Z "));
        test_kill_process(self.0).is_ok() && !zombie
    }
}

impl Drop for Orphan {
    fn drop(&mut self) {
        if self.is_running() {
            // It may end at this very moment, which is as good.
            let _ = kill_process(self.0, Signal::KILL);
        }
    }
}

async fn against_a_closed_gate() -> (GraphStub, Host) {
    let graph = GraphStub::with_closed_gate().await;
    let host = Host::start().await;
    let config = json!({ "access_token": "EAAtest", "base_url": graph.url() });
    host.provider.configure(config).await.none("Configure");
    (graph, host)
}

async fn imported(host: &Host) -> Stored {
    let answer = within(5, "an import, which asks nobody", host.provider.import(RESOURCE, NUMBER));
    answer.await.stored()
}

fn config() -> Value {
    json!({ "phone_number_id": NUMBER, "pin": "271828" })
}

const RESOURCE: &str = "whatsapp_two_step_verification";
const NUMBER: &str = "106540352242922";

/// Starts the provider with pipes of its own, tells its line and its process ID, and waits.
const PARENT: &str = "
import signal, subprocess, sys
child = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
print(child.stdout.readline().decode().strip())
print(child.pid, flush=True)
signal.pause()
";
