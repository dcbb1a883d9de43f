//! `-debug`: the provider runs on its own, and Terraform comes and goes.

use rustix::process::Signal;
use serde_json::Value;

use crate::host::{
    Provider,
    line::Address,
    process::{Launch, Process, exit_code},
    transport::connect,
};

#[tokio::test]
async fn both_spellings_print_what_terraform_needs_to_reattach() {
    for argument in ["-debug", "--debug"] {
        let process = Launch::by_hand().argument(argument).start();
        let reattach = reattach(&process).await;
        assert_eq!(reattach["Protocol"], "grpc");
        assert_eq!(reattach["ProtocolVersion"].to_string(), "5");
        assert_eq!(reattach["Pid"].to_string(), process.id().as_raw_nonzero().to_string());
        assert_eq!(reattach["Test"], true, "else Terraform would end it after the first phase");
    }
}

#[tokio::test]
async fn terraform_may_come_and_go() {
    let process = Launch::by_hand().argument("-debug").start();
    let address = address(&reattach(&process).await);
    for _ in 0..3 {
        // Terraform first looks whether somebody is there.
        drop(connect(&address).await.expect("the provider listens"));
        let provider = Provider::connect(&address, None).await.expect("plaintext in debug mode");
        provider.configure(serde_json::json!({ "access_token": "t" })).await.none("Configure");
    }
    assert!(!process.has_exited());
}

#[tokio::test]
async fn ctrl_c_ends_it_and_cleans_up() {
    let process = Launch::by_hand().argument("-debug").start();
    let address = address(&reattach(&process).await);
    let provider = Provider::connect(&address, None).await.expect("plaintext in debug mode");
    process.signal(Signal::INT);
    assert_eq!(exit_code(process.ended(5).await), 0, "{}", process.stderr_so_far());
    drop(provider);
    assert!(process.left_behind().is_empty(), "{:?}", process.left_behind());
}

/// The description of this provider from the line that sets the variable.
async fn reattach(process: &Process) -> Value {
    let complete =
        |text: &str| text.split_once(VARIABLE).is_some_and(|(_, rest)| rest.contains('\n'));
    let text = process.stdout_with("TF_REATTACH_PROVIDERS", complete).await;
    let (_, rest) = text.split_once(VARIABLE).expect("just found");
    let json = rest.lines().next().unwrap_or_default().trim_matches('\'');
    let providers: Value =
        serde_json::from_str(json).unwrap_or_else(|error| panic!("{error}: {json:?}"));
    let provider = &providers["registry.terraform.io/waba/whatsapp"];
    assert!(provider.is_object(), "not under the provider's full address: {json}");
    let for_open_tofu = &providers["registry.opentofu.org/waba/whatsapp"];
    assert_eq!(for_open_tofu, provider, "OpenTofu looks under its own registry: {json}");
    provider.clone()
}

fn address(reattach: &Value) -> Address {
    let part = |name: &str| reattach["Addr"][name].as_str().unwrap_or_default().to_owned();
    Address::parse(&part("Network"), &part("String")).unwrap_or_else(|error| panic!("{error}"))
}

const VARIABLE: &str = "TF_REATTACH_PROVIDERS=";
