//! Debug mode: how a Terraform or OpenTofu that did not start this process finds it.

use serde_json::{Value, json};

use crate::tf_provider::plugin::Plugin;
use crate::tf_provider::plugin::handshake::PROTOCOL;
use crate::tf_provider::plugin::listener::Address;

/// What a person needs to attach either of them to process `pid`: a sentence and a shell assignment.
///
/// `Test` tells Terraform that the process is not its own to kill.
pub(super) fn instructions(info: &Plugin, address: &Address, pid: u32) -> String {
    let process = json!({
        "Protocol": "grpc",
        "ProtocolVersion": PROTOCOL,
        "Pid": pid,
        "Test": true,
        "Addr": { "Network": address.network, "String": address.location },
    });
    let under = info.addresses().into_iter().map(|address| (address, process.clone()));
    let providers = Value::Object(under.collect());
    format!(
        "The provider is running. Terraform or OpenTofu attaches to it where this variable is set:

\tTF_REATTACH_PROVIDERS={}

It serves until Ctrl-C. Only your own user can connect.
",
        single_quoted(&providers.to_string())
    )
}

/// One word for a POSIX shell.
fn single_quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

// A POSIX shell is no part of Windows, where `--debug` serves nobody anyway.
#[cfg(all(test, unix))]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn a_shell_reads_back_what_was_announced() {
        let address = Address { network: "unix", location: "/tmp/it's here/s".to_owned() };
        let text = instructions(&Plugin::sample(), &address, 4711);
        let assignment = text.lines().find(|line| line.contains('=')).expect("an assignment");
        let script = format!("{}; printf %s \"$TF_REATTACH_PROVIDERS\"", assignment.trim());
        let output = Command::new("sh").args(["-c", &script]).output().expect("sh runs");
        let read: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let provider = &read["registry.example.com/acme/sample"];
        assert_eq!(provider["Protocol"], "grpc");
        assert_eq!(provider["ProtocolVersion"], 5);
        assert_eq!(provider["Pid"], 4711);
        assert_eq!(provider["Test"], true);
        assert_eq!(provider["Addr"]["Network"], "unix");
        assert_eq!(provider["Addr"]["String"], "/tmp/it's here/s");
    }
}
