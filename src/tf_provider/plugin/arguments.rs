//! What a person can ask of the executable. Terraform itself passes no arguments.

use std::ffi::OsString;

use crate::tf_provider::plugin::Plugin;
use crate::tf_provider::plugin::handshake::{CORE_VERSION, PROTOCOL};

/// What this start of the process is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Command {
    /// Started by Terraform, or by hand without arguments.
    Serve,
    /// Run until interrupted, for a Terraform that attaches to this process.
    Debug,
    /// Print name, version and protocol.
    Version,
    /// Print how to use the executable.
    Help,
}

impl Command {
    /// Reads the arguments that follow the program's name.
    ///
    /// # Errors
    ///
    /// The first argument that means nothing here.
    pub(super) fn parse(
        arguments: impl IntoIterator<Item = OsString>,
    ) -> Result<Self, UnknownArgument> {
        let mut command = Self::Serve;
        for (position, argument) in arguments.into_iter().enumerate() {
            command = match argument.to_str() {
                Some("-debug" | "--debug") if position == 0 => Self::Debug,
                Some("-version" | "--version") if position == 0 => Self::Version,
                Some("-help" | "--help" | "-h") if position == 0 => Self::Help,
                _ => return Err(UnknownArgument(argument)),
            };
        }
        Ok(command)
    }
}

/// An argument that the executable does not know, or one too many.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("unexpected argument {0:?}; --help lists what is possible")]
pub(super) struct UnknownArgument(OsString);

/// The answer to `--version`: name, version, protocol.
pub(super) fn version(info: &Plugin) -> String {
    format!(
        "terraform-provider-{} {} (Terraform plugin protocol {PROTOCOL}, go-plugin {CORE_VERSION})\n",
        info.name, info.version
    )
}

/// The answer to `--help`.
pub(super) fn help(info: &Plugin) -> String {
    format!(
        "{version}
Terraform and OpenTofu start this program by themselves. Name it in a configuration:

  terraform {{
    required_providers {{
      {name} = {{ source = \"{source}\" }}
    }}
  }}

Options for people:

  --version    print name, version and protocol
  --help       print this text
  --debug      keep running, and print the variable with which Terraform or OpenTofu attaches to it
",
        version = version(info),
        name = info.name,
        source = info.source(),
    )
}

/// What somebody reads who starts the executable like a usual program.
pub(super) fn not_for_people(info: &Plugin) -> String {
    format!(
        "This program is a plugin: Terraform or OpenTofu starts it, it does nothing on its own.

Name the provider {source} in a configuration and run `terraform plan` or `tofu plan`. To try a build
of your own, set dev_overrides in the CLI configuration file to the folder of this program, or start it
with --debug to attach Terraform or OpenTofu to a running process.
",
        source = info.source(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &[&str]) -> Result<Command, UnknownArgument> {
        Command::parse(arguments.iter().map(OsString::from))
    }

    #[test]
    fn options_are_taken_with_one_dash_and_with_two() {
        assert_eq!(parse(&[]), Ok(Command::Serve));
        for (command, spellings) in [
            (Command::Debug, vec!["-debug", "--debug"]),
            (Command::Version, vec!["-version", "--version"]),
            (Command::Help, vec!["-help", "--help", "-h"]),
        ] {
            for spelling in spellings {
                assert_eq!(parse(&[spelling]), Ok(command), "{spelling}");
            }
        }
    }

    #[test]
    fn an_unknown_argument_is_named_in_the_error() {
        for arguments in [vec!["serve"], vec!["--debug", "--help"], vec!["--Debug"], vec![""]] {
            let error = parse(&arguments).expect_err("none of these is complete and known");
            let last = arguments.last().expect("every case has an argument");
            assert!(error.to_string().contains(&format!("{last:?}")), "{error}");
        }
    }

    #[test]
    fn the_texts_speak_of_the_provider_they_belong_to() {
        let info = Plugin::sample();
        let version = version(&info);
        let expected =
            "terraform-provider-sample 1.2.3 (Terraform plugin protocol 5, go-plugin 1)\n";
        assert_eq!(version, expected);
        assert!(help(&info).contains("registry.example.com/acme/sample"));
        assert!(not_for_people(&info).contains("registry.example.com/acme/sample"));
    }
}
