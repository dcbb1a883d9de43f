//! What the API sees of who calls: tokens of the form `name/1.2.3`, and nothing else. Meta's own
//! description of its API asks for a pattern that refuses comments such as `(+https://…)`.

use secrecy::{ExposeSecret, SecretString};

use crate::provider::{NAME, VERSION};

/// `Terraform/1.15.5 terraform-provider-whatsapp/0.1.0`, then what the user wants appended.
///
/// The version is what the client says of itself, which may be any text. One that names another
/// client, such as `1.0.0+pulumi-terraform-bridge`, gives that a token of its own.
pub(super) fn user_agent(terraform_version: &str, appended: Option<&SecretString>) -> String {
    let mut tokens = Vec::new();
    let (version, other) = terraform_version.split_once('+').unwrap_or((terraform_version, ""));
    let number = number(version);
    let other = name(if number.is_none() { version } else { other });
    if let Some(number) = &number {
        tokens.push(format!("Terraform/{number}"));
    }
    if other.contains(|c: char| c.is_ascii_alphabetic()) {
        let number = number.as_deref().unwrap_or(UNKNOWN);
        tokens.push(format!("{other}/{number}"));
    }
    tokens.push(format!("terraform-provider-{NAME}/{VERSION}"));
    let appended = appended.map(|text| text.expose_secret()).unwrap_or_default();
    tokens.extend(appended.split_whitespace().filter_map(token));
    tokens.join(" ")
}

/// A token that somebody else wrote, if it is one.
fn token(text: &str) -> Option<String> {
    let (start, version) = text.split_once('/')?;
    let fits = !start.is_empty() && name(start) == start;
    Some(format!("{start}/{}", number(version).filter(|_| fits)?))
}

/// The three numbers at the start of a version; what is missing is 0.
fn number(version: &str) -> Option<String> {
    let core = version.trim().split('-').next().unwrap_or_default();
    let mut parts: Vec<_> = core.split('.').collect();
    let is_number = |part: &&str| {
        (1..=9).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    if parts.len() > 3 || !parts.iter().all(is_number) {
        return None;
    }
    parts.resize(3, "0");
    Some(parts.join("."))
}

/// The signs that a token may have.
fn name(text: &str) -> String {
    let is_sign = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    text.chars().filter(is_sign).take(LONGEST_NAME).collect()
}

const UNKNOWN: &str = "0.0.0";
const LONGEST_NAME: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_the_client_says_of_itself_there_are_tokens_only() {
        let cases = [
            ("1.15.5", "Terraform/1.15.5 "),
            ("1.11.4\n", "Terraform/1.11.4 "),
            ("1.17.0-dev", "Terraform/1.17.0 "),
            ("1.12", "Terraform/1.12.0 "),
            ("1.0.0+pulumi-terraform-bridge", "Terraform/1.0.0 pulumi-terraform-bridge/1.0.0 "),
            ("pulumi-terraform-bridge", "pulumi-terraform-bridge/0.0.0 "),
            ("1.2.3.4", ""),
            ("", ""),
            ("é\u{1b}(+https://x)", ""),
        ];
        for (version, start) in cases {
            let own = format!("terraform-provider-{NAME}/{VERSION}");
            assert_eq!(user_agent(version, None), format!("{start}{own}"), "{version:?}");
        }
    }

    #[test]
    fn what_is_appended_is_taken_only_as_tokens() {
        let appended = SecretString::from("team-a/1.2 (x) team\r\nX-Evil: 1/é ci_job/7.0.1-rc1");
        let text = user_agent("1.11.4", Some(&appended));
        assert!(text.ends_with(&format!("/{VERSION} team-a/1.2.0 ci_job/7.0.1")), "{text}");
    }
}
