//! From a failure of the Graph API to what a user reads: what was tried, what the API said, what it
//! means, and what to do next. All such texts are here.

use std::fmt::Write;

use crate::graph::error::TlsReason;
use crate::graph::{Class, Error};
use crate::tf_provider::Diagnostic;

/// What was tried, for the first sentence: `Setting the PIN of phone number ID 1065…`.
#[derive(Clone, Debug)]
pub(crate) struct Attempt {
    what: String,
    /// What the user should know if nobody can say whether a write was carried out.
    doubt: Option<&'static str>,
}

impl Attempt {
    /// A call that only reads.
    pub(crate) fn read(what: impl Into<String>) -> Self {
        Self { what: what.into(), doubt: None }
    }

    /// A call that writes; `doubt` explains what an unknown outcome means.
    pub(crate) fn write(what: impl Into<String>, doubt: &'static str) -> Self {
        Self { what: what.into(), doubt: Some(doubt) }
    }

    /// The diagnostic for a failure of this attempt.
    pub(crate) fn failed(&self, error: &Error) -> Diagnostic {
        Diagnostic::error(title(error), self.detail(error))
    }

    /// The same as a warning, where there is another way; `instead` says which.
    pub(crate) fn warned(&self, error: &Error, instead: &str) -> Diagnostic {
        Diagnostic::warning(title(error), format!("{}\n\n{instead}", self.detail(error)))
    }

    fn detail(&self, error: &Error) -> String {
        let mut detail = format!("{} failed", self.what);
        match error.attempts() {
            0 | 1 => detail.push('.'),
            attempts => _ = write!(detail, " after {attempts} attempts."),
        }
        if let Some(said) = said_by_graph(error) {
            _ = write!(detail, "\n\n{said}");
        }
        _ = write!(detail, "\n\n{}", advice(error));
        if let Some(doubt) = self.doubt.filter(|_| error.outcome_unknown()) {
            _ = write!(detail, "\n\n{doubt}");
        }
        detail
    }
}

/// The title: short, and without values.
fn title(error: &Error) -> &'static str {
    if error.is_about_app_secret() {
        return "App Secret Missing or Wrong";
    }
    if error.is_unknown_version() {
        return "Graph API Version Not Known";
    }
    match error.class() {
        Class::AccountState => "Phone Number or Account Not Ready",
        Class::Auth => "Access Token Not Accepted",
        Class::BodyTooLarge | Class::UnreadableAnswer => "Answer of the Graph API Not Readable",
        Class::Cancelled => "Stopped Before the Call Was Done",
        Class::Connect => "Graph API Not Reachable",
        Class::ConnectionLost => "Connection to the Graph API Lost",
        Class::InvalidInput => "Request Refused by the Graph API",
        Class::NotFound => "Phone Number Not Found or Not Visible",
        Class::Other => "Graph API Error",
        Class::Permission => "Permission Missing",
        Class::RateLimit => "Rate Limit of the Graph API Reached",
        Class::Redirect => "Redirect Refused",
        Class::Timeout => "Graph API Did Not Answer in Time",
        Class::Tls => "Graph API Not Trusted",
        Class::Transient => "Graph API Temporarily Unavailable",
        Class::Unsuccessful => "Graph API Did Not Succeed",
    }
}

/// The API's own words with everything that Meta's support asks for.
fn said_by_graph(error: &Error) -> Option<String> {
    let Some(code) = error.code() else { return Some(format!("Cause: {error}.")) };
    let mut said = format!("Graph API error {code}");
    if let Some(subcode) = error.subcode() {
        _ = write!(said, ", subcode {subcode}");
    }
    if let Some(message) = error.message() {
        _ = write!(said, ": {}", sentence(message));
    }
    for more in [error.user_title(), error.user_message(), error.details()].into_iter().flatten() {
        _ = write!(said, " {}", sentence(more));
    }
    if let Some(status) = error.http_status() {
        _ = write!(said, " (HTTP {status}");
        match error.fbtrace_id() {
            Some(trace) => _ = write!(said, ", fbtrace_id {trace})"),
            None => said.push(')'),
        }
    }
    Some(said)
}

/// What it means and what to do next.
fn advice(error: &Error) -> String {
    let meaning = error.rule().map(|rule| format!("In short, {}. ", rule.meaning()));
    format!("{}{}", meaning.unwrap_or_default(), next_step(error))
}

fn next_step(error: &Error) -> String {
    if error.is_about_app_secret() {
        return "Set the provider's argument app_secret, or the environment variable \
                WHATSAPP_APP_SECRET, to the secret of the app that issued the access token; it is \
                in the app's basic settings at developers.facebook.com."
            .to_owned();
    }
    if error.is_unknown_version() {
        return "Check the provider's argument api_version, or the environment variable \
                WHATSAPP_API_VERSION: it must name a version of the Graph API that exists, such \
                as v24.0. Check base_url too if it is set."
            .to_owned();
    }
    if let Some(step) = error.rule().and_then(|rule| step_for_code(rule.code())) {
        return step.to_owned();
    }
    match error.class() {
        Class::RateLimit => wait_and_apply(error),
        Class::Tls => trust(error),
        Class::Redirect => {
            "The provider does not follow redirects, because they would take the access token to \
             another host. Check the provider's argument base_url."
                .to_owned()
        }
        class => step_for_class(class).to_owned(),
    }
}

/// Steps that only one code needs.
fn step_for_code(code: i64) -> Option<&'static str> {
    Some(match code {
        133_005 => {
            "Apply the number's right PIN, or reset two-step verification in WhatsApp Manager \
             (Phone numbers, the number's settings, Two-step verification) and apply again. Do not \
             guess: every wrong PIN counts."
        }
        133_006 => {
            "Request a verification code for the number in WhatsApp Manager, enter it, and apply \
             again."
        }
        133_008 | 133_009 => {
            "Wait for the time that Meta names, then apply again with the right PIN. Trying \
             earlier makes the wait longer."
        }
        133_010 | 131_045 | 133_000 | 141_000 => {
            "Register the number with the Cloud API (the register call, or WhatsApp Manager), then \
             apply again."
        }
        133_015 => "Wait five minutes for the deletion to finish, then apply again.",
        133_016 => "Meta blocks the number for 72 hours. Apply again after that.",
        131_057 => "Apply again in about five minutes.",
        _ => return None,
    })
}

fn step_for_class(class: Class) -> &'static str {
    match class {
        Class::AccountState => {
            "Look at the number and the account in WhatsApp Manager (Account quality), settle what \
             it shows, and apply again."
        }
        Class::Auth => {
            "Make a new token for a system user in Meta Business Suite (Business settings, System \
             users) and set the provider's argument access_token or the environment variable \
             WHATSAPP_ACCESS_TOKEN. Temporary tokens end after a day; those of a system user can \
             last."
        }
        Class::BodyTooLarge | Class::UnreadableAnswer => {
            "What answered is perhaps not the Graph API but a proxy or a login page on the way. \
             Check the provider's argument base_url and the proxy variables of the environment \
             (HTTPS_PROXY, NO_PROXY). If the API itself is down, metastatus.com says so."
        }
        Class::Cancelled => "Apply again when you are ready to go on.",
        Class::Connect => {
            "Check that this machine reaches the host, directly or through the proxy in \
             HTTPS_PROXY, and the provider's argument base_url if it is set."
        }
        Class::ConnectionLost | Class::Timeout => {
            "Apply again. If it happens often, check the network and any proxy on the way, raise \
             the provider's argument request_timeout, and look at metastatus.com."
        }
        Class::InvalidInput => {
            "Check what Meta's message names. If it names a field that you did not write, the \
             provider and the Graph API version do not fit: check api_version, and report the \
             problem to the provider's maintainers with the fbtrace_id."
        }
        Class::NotFound => {
            "The Graph API says the same for a number that does not exist, for one that was \
             deleted, and for one that this token may not see. Check that phone_number_id is the \
             ID that WhatsApp Manager shows (not the phone number itself), and that the token's \
             system user is assigned to the number's WhatsApp Business Account. If the number is \
             gone for good, remove the resource from the configuration, or from the state with \
             terraform state rm."
        }
        Class::Permission => {
            "Give the token's system user the permissions whatsapp_business_management and \
             whatsapp_business_messaging, assign it to the WhatsApp Business Account in Business \
             settings, accept any terms that WhatsApp Manager shows, and make a new token."
        }
        Class::Transient | Class::Unsuccessful | Class::Other => {
            "Apply again in a few minutes. If it goes on, look at metastatus.com, and give Meta's \
             support the fbtrace_id."
        }
        Class::RateLimit | Class::Redirect | Class::Tls => "Apply again in a few minutes.",
    }
}

fn wait_and_apply(error: &Error) -> String {
    let when = match error.minutes_to_wait() {
        Some(1) => "Meta asks to wait for about a minute; apply again after that.".to_owned(),
        Some(minutes) => {
            format!("Meta asks to wait for about {minutes} minutes; apply again after that.")
        }
        None => "Apply again later; limits are counted over an hour.".to_owned(),
    };
    format!(
        "{when} Calling earlier makes the wait longer. Fewer calls are made with \
         business_account_id set, with -refresh=false, or with fewer runs at a time on the same \
         account."
    )
}

fn trust(error: &Error) -> String {
    match error.tls_reason() {
        Some(TlsReason::UnknownRoot) => {
            "If a company proxy stands in between, save its root certificate as a PEM file and set \
             the provider's argument ca_certificate_file, or the environment variable \
             WHATSAPP_CA_CERTIFICATE_FILE, to its path. Otherwise update the system's root \
             certificates."
                .to_owned()
        }
        Some(TlsReason::Expired) => {
            "Check this machine's clock first, then who really answers: a proxy may present an old \
             certificate. ca_certificate_file does not help against that."
                .to_owned()
        }
        _ => "Check the provider's argument base_url and any proxy on the way. If a company proxy \
              presents its own certificates, set ca_certificate_file to its root certificate."
            .to_owned(),
    }
}

/// A text of the API as a sentence of ours.
fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.ends_with(['.', '!', '?']) { text.to_owned() } else { format!("{text}.") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::examples::every_error;

    fn attempt() -> Attempt {
        Attempt::write("Setting the PIN of phone number ID 106540352242922", "Perhaps it was set.")
    }

    #[test]
    fn every_failure_says_what_was_tried_what_happened_and_what_to_do() {
        for error in every_error() {
            let diagnostic = attempt().failed(&error);
            let (title, detail) = (diagnostic.summary(), diagnostic.detail());
            assert!(title.len() < 50 && !title.contains(|c: char| c.is_ascii_digit()), "{title}");
            let paragraphs: Vec<_> = detail.split("\n\n").collect();
            assert!(paragraphs.len() >= 3, "{detail}");
            assert!(paragraphs[0].contains("106540352242922"), "{detail}");
            assert!(paragraphs.iter().all(|text| text.ends_with(['.', ')'])), "{detail}");
            assert!(paragraphs[2].split_whitespace().count() >= 6, "{detail}");
        }
    }

    #[test]
    fn every_failure_of_the_api_shows_code_and_trace() {
        for error in every_error().iter().filter(|error| error.code().is_some()) {
            let diagnostic = attempt().failed(error);
            let code = error.code().expect("filtered").to_string();
            assert!(diagnostic.detail().contains(&format!("Graph API error {code}")));
            if let Some(trace) = error.fbtrace_id() {
                assert!(diagnostic.detail().contains(trace), "{}", diagnostic.detail());
            }
        }
    }

    #[test]
    fn every_class_has_a_title_of_its_own_subject() {
        for error in every_error() {
            let title = title(&error);
            assert!(title.chars().next().is_some_and(char::is_uppercase), "{title}");
            assert!(!title.ends_with('.'), "{title}");
        }
    }

    #[test]
    fn a_doubtful_write_says_that_applying_again_is_safe_and_a_certain_one_does_not() {
        let timeout = every_error().into_iter().find(|error| error.class() == Class::Timeout);
        let timeout = timeout.expect("a time-out is among the examples");
        let doubtful = attempt().failed(&timeout.clone().with_history(5, true));
        assert!(doubtful.detail().contains("Perhaps it was set."));
        assert!(doubtful.detail().contains("failed after 5 attempts."));
        let certain = attempt().failed(&timeout.with_history(1, false));
        assert!(!certain.detail().contains("Perhaps it was set."));
    }

    #[test]
    fn a_warning_says_what_happens_instead() {
        let error = every_error().remove(0);
        let warning = Attempt::read("Listing").warned(&error, "Each is read alone.");
        assert_eq!(warning.severity(), crate::tf_provider::Severity::Warning);
        assert!(warning.detail().ends_with("Each is read alone."));
    }
}
