//! An imitation Graph API on this machine: point the provider at it and watch what it sends.

mod api;

use std::io::{self, Write};
use std::process::ExitCode;

use api::{DEFAULT_ACCOUNT, DEFAULT_NUMBER, DEFAULT_TOKEN, PhoneNumber, Sandbox};

fn main() -> ExitCode {
    match Options::parse(std::env::args().skip(1)) {
        Ok(Some(options)) => serve(&options),
        Ok(None) => println!("{HELP}"),
        Err(problem) => {
            eprintln!("{problem}\n\n{HELP}");
            return ExitCode::from(2);
        }
    }
    ExitCode::SUCCESS
}

#[derive(Debug, Default)]
struct Options {
    port: u16,
    numbers: Option<u64>,
    fresh: bool,
}

impl Options {
    /// `None`: help is wanted.
    fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Option<Self>, String> {
        let mut options = Self::default();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--help" | "-h" => return Ok(None),
                "--port" => options.port = value(&argument, arguments.next())?,
                "--fresh" => options.fresh = true,
                "--numbers" => options.numbers = Some(value(&argument, arguments.next())?),
                other => return Err(format!("Unknown argument {other}.")),
            }
        }
        Ok(Some(options))
    }
}

fn value<T: std::str::FromStr>(flag: &str, text: Option<String>) -> Result<T, String> {
    let text = text.ok_or_else(|| format!("{flag} needs a number."))?;
    text.parse().map_err(|_| format!("{flag} needs a number, not {text}."))
}

/// Prints one line per call until the process is interrupted.
fn serve(options: &Options) {
    let builder = Sandbox::builder().port(options.port);
    let (sandbox, number) = match options.numbers {
        Some(count) => {
            (builder.account(DEFAULT_ACCOUNT).numbers(count).start(), Sandbox::number_id(0))
        }
        None if options.fresh => {
            let number = PhoneNumber::new(DEFAULT_NUMBER, "+1 555-010-0001").fresh();
            (builder.with_number(number).start(), DEFAULT_NUMBER.to_owned())
        }
        None => (builder.start(), DEFAULT_NUMBER.to_owned()),
    };
    let calls = sandbox.follow();
    println!("{}", welcome(sandbox.base_url(), &number));
    for event in calls {
        // Whoever reads this may go before we do, as `head` does.
        if writeln!(io::stdout(), "{event}").is_err() {
            return;
        }
    }
}

fn welcome(url: &str, number: &str) -> String {
    format!(
        r#"An imitation of Meta's Graph API listens on {url}

Point the provider at it:

  export WHATSAPP_BASE_URL={url}
  export WHATSAPP_ACCESS_TOKEN={DEFAULT_TOKEN}
  export WHATSAPP_BUSINESS_ACCOUNT_IDS={DEFAULT_ACCOUNT}   # optional: refreshes in batches

and give it something to do:

  resource "whatsapp_two_step_verification" "example" {{
    phone_number_id = "{number}"
    pin             = "483920"
  }}

Look behind the API, and break it:

  curl {url}/_sandbox/state
  curl {url}/_sandbox/events
  curl -X POST {url}/_sandbox/numbers/{number}/pin-off
  curl -X POST {url}/_sandbox/faults -d '{{"fault":"close","method":"POST","times":2}}'
  curl -X POST {url}/_sandbox/faults -d '{{"fault":{{"error":{{"status":503,"code":2}}}}}}'
  curl -X DELETE {url}/_sandbox/faults
  curl -X POST {url}/_sandbox/reset

Each call is shown below. Ctrl-C ends the sandbox.
"#
    )
}

const HELP: &str = "\
Serves an imitation of Meta's Graph API on 127.0.0.1.

Usage: cargo run --example sandbox -- [--port PORT] [--numbers COUNT | --fresh]

  --port PORT      listen on this port; by default the system chooses a free one
  --numbers COUNT  seed so many phone numbers; by default there are three
  --fresh          seed one number that is verified and waits to be registered
  --help           show this text";
