//! Whether a message may point at the line of a value: Terraform prints that line, and whoever took the
//! wrong argument for a token would find it in a log.

use crate::tf_provider::Diagnostic;

/// The message, at this ID unless a token or an app secret stands in its place. The message names the
/// argument in words.
pub(crate) fn at_id(told: Diagnostic, argument: &'static str, id: &str) -> Diagnostic {
    if has_secret_word(id) { told } else { told.at(argument) }
}

/// Whether a text is an address with a login or a query, or holds a word like a token or an app secret.
pub(crate) fn may_hold_secret(text: &str) -> bool {
    text.contains(['@', '?', '#']) || has_secret_word(text)
}

fn has_secret_word(text: &str) -> bool {
    let is_secret = |word: &str| {
        let is_long = word.len() >= SHORTEST && word.contains(|c: char| c.is_ascii_alphabetic());
        is_long || word.starts_with(TOKEN)
    };
    text.split(|c: char| !c.is_ascii_alphanumeric()).any(is_secret)
}

/// App secrets have 32 letters and digits, tokens far more.
const SHORTEST: usize = 20;

/// What every token of the Graph API begins with.
const TOKEN: &str = "EAA";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logins_queries_tokens_and_app_secrets_are_told_from_mistakes() {
        for text in [
            "https://user:hunter2@graph.example",
            "https://graph.example/?access_token=hunter2",
            "https://graph.example/#hunter2",
            "https://graph.example/EAAGm0PX4ZCpsBA/",
            "a1b2c3d4e5f60718293a4b5c6d7e8f90",
            "EAAGm0",
        ] {
            assert!(may_hold_secret(text), "{text}");
        }
        for text in [
            "",
            "http://127.0.0.1.evil.example:8080/meta",
            "graph.facebook.com",
            "v24",
            "+1 555-010-0001",
            "106540352242922/phone_numbers",
            "10654035224292210654035224292210654035",
            "/etc/company/root.pem",
        ] {
            assert!(!may_hold_secret(text), "{text}");
        }
    }
}
