//! An imitation Graph API on this machine: point the provider at it and watch what it sends.

mod api;
mod options;

use std::io::{self, Write};
use std::process::ExitCode;

use api::{DEFAULT_TOKEN, Sandbox};
use options::Options;

fn main() -> ExitCode {
    let options = match Options::parse(std::env::args().skip(1)) {
        Ok(Some(options)) => options,
        Ok(None) => {
            show(&options::help());
            return ExitCode::SUCCESS;
        }
        Err(problem) => {
            eprintln!("{problem}");
            return ExitCode::from(2);
        }
    };
    match options.seed().try_start() {
        Ok(sandbox) => serve(&sandbox, options),
        Err(error) => {
            eprintln!("The sandbox cannot listen on port {}: {error}.", options.port);
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

/// Prints one line per call until the process is interrupted.
fn serve(sandbox: &Sandbox, options: Options) {
    let welcome =
        welcome(sandbox.base_url(), &options.first_number(), &options.accounts().join(","));
    for fault in options.faults {
        sandbox.inject(fault);
    }
    let calls = sandbox.follow();
    if show(&welcome) {
        calls.into_iter().take_while(|event| show(&event.to_string())).for_each(drop);
    }
}

/// False: whoever read this has gone before us, as `head` does.
fn show(text: &str) -> bool {
    writeln!(io::stdout(), "{text}").is_ok()
}

fn welcome(url: &str, number: &str, accounts: &str) -> String {
    format!(
        r#"An imitation of Meta's Graph API listens on {url}

Point the provider at it:

  export WHATSAPP_BASE_URL={url}
  export WHATSAPP_ACCESS_TOKEN={DEFAULT_TOKEN}
  export WHATSAPP_BUSINESS_ACCOUNT_IDS={accounts}   # optional: refreshes in batches

and give it something to do:

  resource "whatsapp_two_step_verification" "example" {{
    phone_number_id = "{number}"
    pin_wo          = "483920"
    pin_wo_version  = "1"
  }}

Look behind the API, and break it; --help and examples/README.md have all there is:

  curl {url}/_sandbox/state
  curl -X POST {url}/_sandbox/numbers/{number}/pin-off
  curl -X POST {url}/_sandbox/faults -d '{{"fault":"close","method":"POST","times":2}}'
  curl -X DELETE {url}/_sandbox/faults
  curl -X POST {url}/_sandbox/reset

Each call is shown below. Ctrl-C ends the sandbox.
"#
    )
}
