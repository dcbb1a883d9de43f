//! From a failure of the Graph API to what a user reads: what was tried, what the API said, what it
//! means, and what to do next. All such texts are here.

use std::error::Error as _;
use std::fmt::Write;

use crate::graph::error::TlsReason;
use crate::graph::{Class, Error};
use crate::tf_provider::Diagnostic;

/// What was tried, for the first sentence: `Setting the PIN of phone number ID 1065…`.
#[derive(Clone, Debug)]
pub(crate) struct Attempt {
    what: String,
    on: Subject,
}

/// What a call was about.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Subject {
    Account,
    Number,
    /// A write, after which the user must know whether the PIN is set.
    Pin,
}

impl Attempt {
    /// Lists what belongs to a business account.
    pub(crate) fn list(what: impl Into<String>) -> Self {
        Self { what: what.into(), on: Subject::Account }
    }

    /// Reads a phone number.
    pub(crate) fn read(what: impl Into<String>) -> Self {
        Self { what: what.into(), on: Subject::Number }
    }

    /// Sets the PIN of a phone number.
    pub(crate) fn write(what: impl Into<String>) -> Self {
        Self { what: what.into(), on: Subject::Pin }
    }

    /// The diagnostic for a failure of this attempt.
    pub(crate) fn failed(&self, error: &Error) -> Diagnostic {
        Diagnostic::error(title(error, self.on), self.detail(error))
    }

    /// The same as a warning, where there is another way; `instead` says which.
    pub(crate) fn warned(&self, error: &Error, instead: &str) -> Diagnostic {
        Diagnostic::warning(title(error, self.on), format!("{}\n\n{instead}", self.detail(error)))
    }

    fn detail(&self, error: &Error) -> String {
        let stopped = error.class() == Class::Cancelled;
        let mut detail =
            format!("{} {}", self.what, if stopped { "was stopped" } else { "failed" });
        match error.attempts() {
            0 | 1 => detail.push('.'),
            attempts => _ = write!(detail, " after {attempts} attempts."),
        }
        if self.on == Subject::Pin {
            _ = write!(detail, " {}", state_of_pin(error));
        }
        if let Some(cause) = cause(error) {
            _ = write!(detail, "\n\n{cause}");
        }
        _ = write!(detail, "\n\n{}", advice(error, self.on));
        detail
    }
}

/// Whether the number, and not the token, the network or the API, has to be looked at.
pub(crate) fn is_about_number(error: &Error) -> bool {
    let class = error.class();
    let refused = matches!(class, Class::AccountState | Class::InvalidInput | Class::NotFound);
    refused && !error.is_about_pin() && !error.is_unknown_version()
}

/// What a user has to know first: whether the number has the new PIN.
fn state_of_pin(error: &Error) -> &'static str {
    match error.class() {
        _ if error.outcome_unknown() => {
            "The PIN may or may not have been set: it was sent, and no definite answer came back. \
             Applying again is safe, because it sends the same PIN to the same number."
        }
        Class::RateLimit if error.attempts() == 0 => {
            "The PIN was not set: it was not even sent, because another call had just met the \
             limit."
        }
        Class::Connect | Class::Tls => "The PIN was not set: it was not even sent.",
        _ if error.attempts() == 0 => "The PIN was not set: it was not even sent.",
        _ => "The PIN was not set.",
    }
}

/// The title: short, and without values.
fn title(error: &Error, on: Subject) -> &'static str {
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
        Class::Cancelled => "Stopped on Request",
        Class::Connect => "Graph API Not Reachable",
        Class::ConnectionLost => "Connection to the Graph API Lost",
        Class::InvalidInput => "Request Refused by the Graph API",
        Class::NotFound if on == Subject::Account => "Business Account Not Found or Not Visible",
        Class::NotFound => "Phone Number Not Found or Not Visible",
        Class::Other => "Graph API Error",
        Class::Permission => "Permission Missing",
        Class::RateLimit => "Rate Limit of the Graph API Reached",
        Class::Redirect => "Redirect Refused",
        Class::Timeout => "Graph API Did Not Answer in Time",
        Class::Tls => "Graph API Not Trusted",
        Class::Transient => "Graph API Temporarily Unavailable",
        Class::Unsuccessful => "Request Refused Without a Reason",
    }
}

/// What happened. Nothing has to be said of a stop but the failure it came after.
fn cause(error: &Error) -> Option<String> {
    if error.class() != Class::Cancelled {
        return Some(said_by_graph(error));
    }
    error.source().map(|before| format!("The last attempt had failed: {before}."))
}

/// The API's own words with everything that Meta's support asks for.
fn said_by_graph(error: &Error) -> String {
    let Some(code) = error.code() else { return format!("Cause: {error}.") };
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
    said
}

/// What it means and what to do next.
fn advice(error: &Error, on: Subject) -> String {
    let meaning = error.rule().map(|rule| format!("In short, {}. ", rule.meaning()));
    let step = next_step(error, on);
    let foreign = if is_foreign(error) { FOREIGN } else { "" };
    format!("{}{step}{foreign}", meaning.unwrap_or_default())
}

/// Whether somebody else on the way may have refused, although the status speaks of the request.
fn is_foreign(error: &Error) -> bool {
    let classes = [Class::Auth, Class::NotFound, Class::Other, Class::Permission];
    error.code().is_none() && error.message().is_none() && classes.contains(&error.class())
}

fn next_step(error: &Error, on: Subject) -> String {
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
    if error.is_about_pin() {
        return "Write exactly six digits, in quotes.".to_owned();
    }
    match error.class() {
        Class::RateLimit => wait(error, on),
        Class::Tls => trust(error),
        Class::NotFound if on == Subject::Account => {
            "The Graph API says the same for an account that does not exist and for one that this \
             token may not see. Check that business_account_id is the ID of the WhatsApp Business \
             Account that WhatsApp Manager shows (not that of the business portfolio or the app), \
             and that the token's system user is assigned to that account with the permission \
             whatsapp_business_management."
                .to_owned()
        }
        Class::InvalidInput if error.message().is_none() => {
            "Meta gave no reason. Check the ID above, the provider's arguments api_version and \
             base_url, and any proxy on the way."
                .to_owned()
        }
        Class::Transient | Class::Unsuccessful | Class::Other => later(error),
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
        133_000 => {
            "Deregister the number once more (the deregister call), register it, and apply again."
        }
        133_010 | 131_045 | 141_000 => {
            "Register the number with the Cloud API (the register call, or WhatsApp Manager), then \
             apply again."
        }
        133_015 => "Wait five minutes for the deletion to finish, then try again.",
        133_016 => "Meta blocks the number for 72 hours. Try again after that.",
        131_057 => "Try again in about five minutes.",
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
        Class::Cancelled => "Run Terraform again when you are ready to go on.",
        Class::Connect => {
            "Check that this machine reaches the host, directly or through the proxy in \
             HTTPS_PROXY, and the provider's argument base_url if it is set."
        }
        Class::ConnectionLost => {
            "Try again. If it happens often, check the network and any proxy on the way, and look \
             at metastatus.com."
        }
        Class::Timeout => {
            "Try again. If it happens often, check the network and any proxy on the way, and look \
             at metastatus.com. Each attempt ends after the provider's argument request_timeout \
             (30s if it is not set); max_retries (4 if it is not set) says how many follow the \
             first."
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
        // These depend on more than the class.
        Class::Other
        | Class::RateLimit
        | Class::Redirect
        | Class::Tls
        | Class::Transient
        | Class::Unsuccessful => "Try again in a few minutes.",
    }
}

fn later(error: &Error) -> String {
    let support = match error.fbtrace_id() {
        Some(_) => ", and give Meta's support the fbtrace_id",
        None => "",
    };
    format!("Try again in a few minutes. If it goes on, look at metastatus.com{support}.")
}

fn wait(error: &Error, on: Subject) -> String {
    let when = match error.minutes_to_wait() {
        Some(1) => "Meta asks to wait for about a minute. Try again after that.".to_owned(),
        Some(minutes) => {
            format!("Meta asks to wait for about {minutes} minutes. Try again after that.")
        }
        None => "Try again later: limits are counted over an hour.".to_owned(),
    };
    // Lists are what business_account_id brings: there the advice has been taken.
    let batches = if on == Subject::Account { "" } else { " business_account_id set, with" };
    format!(
        "{when} Calling earlier makes the wait longer. Fewer calls are made with{batches} \
         -refresh=false, or with fewer runs at a time on the same account."
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

const FOREIGN: &str = " The answer carries no error of the Graph API: perhaps a proxy on the way gave \
                       it, or base_url names another server.";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::examples::every_error;

    fn attempt() -> Attempt {
        Attempt::write("Setting the PIN of phone number ID 106540352242922")
    }

    #[test]
    fn every_failure_says_what_was_tried_what_happened_and_what_to_do() {
        for error in every_error() {
            let diagnostic = attempt().failed(&error);
            let (title, detail) = (diagnostic.summary(), diagnostic.detail());
            assert!(title.len() < 50 && !title.contains(|c: char| c.is_ascii_digit()), "{title}");
            let paragraphs: Vec<_> = detail.split("\n\n").collect();
            let stopped = error.class() == Class::Cancelled;
            assert_eq!(paragraphs.len(), if stopped { 2 } else { 3 }, "{detail}");
            assert!(paragraphs[0].contains("106540352242922"), "{detail}");
            assert!(paragraphs.iter().all(|text| text.ends_with(['.', ')'])), "{detail}");
            let advice = paragraphs.last().expect("three, or two");
            assert!(advice.split_whitespace().count() >= 6, "{detail}");
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
            for on in [Subject::Account, Subject::Number, Subject::Pin] {
                let title = title(&error, on);
                assert!(title.chars().next().is_some_and(char::is_uppercase), "{title}");
                assert!(!title.ends_with('.'), "{title}");
            }
        }
    }

    #[test]
    fn a_write_says_first_whether_the_pin_is_set_and_a_read_says_nothing_of_it() {
        for error in every_error() {
            let state = |attempts, unknown| {
                let error = error.clone().with_history(attempts, unknown);
                let detail = attempt().failed(&error).detail().to_owned();
                detail.split("\n\n").next().unwrap_or_default().to_owned()
            };
            assert!(state(5, true).contains("may or may not have been set"));
            assert!(state(5, true).contains("Applying again is safe"));
            assert!(state(5, false).contains("The PIN was not set"));
            assert!(state(0, false).contains("not even sent"));
            let read = Attempt::read("Reading phone number ID 1").failed(&error);
            let first = read.detail().split("\n\n").next().unwrap_or_default();
            assert!(!first.contains("PIN"), "{first}");
        }
    }

    #[test]
    fn nothing_is_advised_that_cannot_be_done() {
        for error in every_error() {
            let listing = Attempt::list("Listing the numbers of account ID 1").failed(&error);
            assert!(!listing.detail().contains("state rm"), "{}", listing.detail());
            let detail = attempt().failed(&error).detail().to_owned();
            let trace = error.fbtrace_id().is_some() || error.message().is_some();
            assert!(trace || !detail.contains("fbtrace_id"), "{detail}");
            let message = error.message().is_some();
            assert!(message || !detail.contains("Meta's message"), "{detail}");
        }
    }

    #[test]
    fn a_stop_names_the_failure_that_it_came_after() {
        let find = |class| every_error().into_iter().find(|error| error.class() == class);
        let stop = find(Class::Cancelled).expect("among the examples").with_history(1, false);
        let detail = attempt().failed(&stop).detail().to_owned();
        assert!(detail.contains("was stopped. The PIN was not set.\n\nRun Terraform"), "{detail}");
        let stop = stop.after(find(Class::Timeout)).with_history(2, true);
        let detail = attempt().failed(&stop).detail().to_owned();
        assert!(detail.contains("was stopped after 2 attempts. The PIN may"), "{detail}");
        assert!(detail.contains("The last attempt had failed: no complete answer"), "{detail}");
    }

    #[test]
    fn the_number_is_pointed_at_only_where_it_may_be_at_fault() {
        for error in every_error() {
            let about = is_about_number(&error);
            let others = [Class::Auth, Class::Cancelled, Class::RateLimit, Class::Timeout];
            assert!(!about || !others.contains(&error.class()));
            assert!(about || error.class() != Class::NotFound);
        }
    }

    #[test]
    fn a_warning_says_what_happens_instead() {
        let error = every_error().remove(0);
        let warning = Attempt::read("Listing").warned(&error, "Each is read alone.");
        assert_eq!(warning.severity(), crate::tf_provider::Severity::Warning);
        assert!(warning.detail().ends_with("Each is read alone."));
    }
}
