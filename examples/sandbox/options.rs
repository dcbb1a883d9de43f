//! The command line of the sandbox: what it may say, and the seed that it asks for.

use crate::api::catalogue::{ALL, Entry};
use crate::api::{Builder, DEFAULT_ACCOUNT, DEFAULT_NUMBER, PhoneNumber, Rule, Sandbox};

/// What was asked for.
#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) port: u16,
    accounts: u64,
    numbers: Option<u64>,
    shared: u64,
    fresh: bool,
    pub(crate) faults: Vec<Rule>,
}

impl Options {
    /// `None`: help is wanted.
    pub(crate) fn parse(
        mut arguments: impl Iterator<Item = String>,
    ) -> Result<Option<Self>, String> {
        let mut options = Self {
            port: 0,
            accounts: 1,
            numbers: None,
            shared: 0,
            fresh: false,
            faults: Vec::new(),
        };
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--help" | "-h" => return Ok(None),
                "--port" => options.port = number(&argument, arguments.next())?,
                "--accounts" => options.accounts = number(&argument, arguments.next())?,
                "--numbers" => options.numbers = Some(number(&argument, arguments.next())?),
                "--shared" => options.shared = number(&argument, arguments.next())?,
                "--fresh" => options.fresh = true,
                "--fault" => options.faults.push(fault(arguments.next())?),
                other => return Err(format!("Unknown argument {other}. Try --help.")),
            }
        }
        options.check().map(Some)
    }

    fn check(self) -> Result<Self, String> {
        let count = self.numbers.unwrap_or(NUMBERS);
        if !(1..=MOST).contains(&self.accounts) || count > MOST {
            return Err(format!("--accounts is from 1 to {MOST}, and --numbers up to {MOST}."));
        }
        if self.fresh && (self.accounts > 1 || self.numbers.is_some() || self.shared > 0) {
            return Err("--fresh seeds one number of its own: leave out the other seeds.".into());
        }
        if self.shared > 0 && (self.accounts < 2 || self.shared > count) {
            return Err("--shared needs two --accounts, and as many --numbers in each.".into());
        }
        Ok(self)
    }

    /// The accounts that there are to configure.
    pub(crate) fn accounts(&self) -> Vec<String> {
        let first: u64 = DEFAULT_ACCOUNT.parse().expect("account IDs are digits");
        (0..self.accounts).map(|index| (first + index).to_string()).collect()
    }

    /// A number to begin with.
    pub(crate) fn first_number(&self) -> String {
        let is_default = self.fresh || (self.accounts == 1 && self.numbers.is_none());
        if is_default { DEFAULT_NUMBER.to_owned() } else { Sandbox::number_id(0) }
    }

    /// What the sandbox begins with.
    pub(crate) fn seed(&self) -> Builder {
        let builder = Sandbox::builder().port(self.port);
        if self.fresh {
            let number = PhoneNumber::new(DEFAULT_NUMBER, "+1 555-010-0001").fresh();
            return builder.with_number(number);
        }
        if self.accounts == 1 && self.numbers.is_none() {
            return builder;
        }
        let count = self.numbers.unwrap_or(NUMBERS);
        let accounts = self.accounts();
        accounts.iter().zip(0..).fold(builder, |builder, (account, index)| {
            let next = &accounts[(index + 1) % accounts.len()];
            let first = count * u64::try_from(index).expect("there are few accounts");
            builder
                .account(account)
                .numbers_from(first, self.shared, |number| number.shared_with(next))
                .numbers_from(first + self.shared, count - self.shared, |number| number)
        })
    }
}

/// Everything that there is, as `--help` shows it.
pub(crate) fn help() -> String {
    let mut text = HEAD.to_owned();
    for (heading, entries) in ALL {
        text += &format!("\n\n{heading}:\n");
        for Entry { name, example, does } in entries {
            let example = if example.is_empty() { name } else { example };
            text += &format!("\n  {name}: {}\n      {example}", does.replace('`', ""));
        }
    }
    text
}

fn number<T: std::str::FromStr>(flag: &str, text: Option<String>) -> Result<T, String> {
    let text = text.ok_or_else(|| format!("{flag} needs a number."))?;
    text.parse().map_err(|_| format!("{flag} needs a number, not {text}."))
}

fn fault(text: Option<String>) -> Result<Rule, String> {
    let text = text.ok_or("--fault needs a fault in JSON.")?;
    serde_json::from_str(&text).map_err(|error| format!("--fault {text}: {error}."))
}

const HEAD: &str = "\
Serves an imitation of Meta's Graph API on 127.0.0.1.

Usage: cargo run --example sandbox -- [ARGUMENTS]

Its calls are sent by curl: curl -X POST ADDRESS/_sandbox/clock -d JSON";

/// In each account, unless somebody says how many.
const NUMBERS: u64 = 3;
const MOST: u64 = 100_000;
