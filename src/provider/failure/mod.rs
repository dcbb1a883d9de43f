//! From a failure of the Graph API to what a user reads: what was tried, what the API said, what it
//! means, and what to do next. All such texts are in this folder.

mod advice;
mod by_action;
mod explained;
mod network;
mod said;

use std::error::Error as _;
use std::fmt::{self, Write};

use crate::graph::{BusinessAccountId, Class, Error, PhoneNumberId};
use crate::provider::run::Run;
use crate::tf_provider::Diagnostic;

pub(crate) use explained::Explained;
pub(crate) use network::unreadable_proxy;
pub(crate) use said::said_by_graph;

/// What was tried, for the first sentence: `Setting the PIN of phone number ID 1065…`.
#[derive(Clone, Debug)]
pub(crate) struct Attempt {
    doing: &'static str,
    object: Object,
    on: Subject,
    by: By,
    /// What follows from it if nobody knows whether a write was carried out.
    if_unknown: Option<&'static str>,
    /// The number that a list was needed for.
    whose: Option<PhoneNumberId>,
}

/// What it was tried on; its `Display` names it within a sentence.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Object {
    /// A WhatsApp Business Account.
    Account(BusinessAccountId),
    /// A phone number.
    Number(PhoneNumberId),
    /// The configured access token.
    Token,
}

/// What a call was about.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Subject {
    Account,
    Number,
    /// A registration of a number: sent once, and a wrong one too many blocks the number.
    Registered,
    /// A number that may be missing: the provider is set to go on without it.
    Tolerated,
    /// A write to a number, after which the user must know whether this is set.
    Written(&'static str),
}

/// Who asked for it, and so who can ask again.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
enum By {
    /// An action: no apply repeats it.
    Action,
    /// What is declared: the next apply, or the next look.
    Configuration,
}

impl Attempt {
    /// Lists what belongs to a business account; `doing` is such as `Listing the numbers of`.
    pub(crate) fn list(doing: &'static str, account: &BusinessAccountId) -> Self {
        Self {
            doing,
            object: Object::Account(account.clone()),
            on: Subject::Account,
            by: By::Configuration,
            if_unknown: None,
            whose: None,
        }
    }

    /// Asks about the access token itself; `doing` is such as `Inspecting`.
    pub(crate) fn token(doing: &'static str) -> Self {
        Self {
            doing,
            object: Object::Token,
            on: Subject::Number,
            by: By::Configuration,
            if_unknown: None,
            whose: None,
        }
    }

    /// Reads a phone number; `doing` is such as `Reading`.
    pub(crate) fn read(doing: &'static str, number: &PhoneNumberId) -> Self {
        Self {
            doing,
            object: Object::Number(number.clone()),
            on: Subject::Number,
            by: By::Configuration,
            if_unknown: None,
            whose: None,
        }
    }

    /// Registers a phone number, which only an action does.
    pub(crate) fn register(number: &PhoneNumberId) -> Self {
        Self { on: Subject::Registered, ..Self::read("Registering", number) }.by_action()
    }

    /// Sets something of a phone number; `value` is the word for it, such as `PIN`.
    pub(crate) fn write(doing: &'static str, number: &PhoneNumberId, value: &'static str) -> Self {
        Self { on: Subject::Written(value), ..Self::read(doing, number) }
    }

    /// Says that an action asked for it, which nobody repeats.
    #[must_use]
    pub(crate) fn by_action(mut self) -> Self {
        self.by = By::Action;
        self
    }

    /// Adds what the user has to know if nobody knows whether a write was carried out: sentences.
    #[must_use]
    pub(crate) fn if_unknown(mut self, consequence: &'static str) -> Self {
        self.if_unknown = Some(consequence);
        self
    }

    /// Names the number that a list was needed for.
    #[must_use]
    pub(crate) fn on_behalf_of(mut self, number: &PhoneNumberId) -> Self {
        self.whose = Some(number.clone());
        self
    }

    /// The diagnostic for a failure of this attempt. The first of its kind in a run explains it;
    /// of every further one, a line says like which it failed.
    pub(crate) fn failed(&self, error: &Error, run: &Run) -> Diagnostic {
        if let Some(cause) = error.not_tried_because() {
            return self.not_tried(cause, run);
        }
        if self.whose.is_some() && error.class() != Class::Cancelled {
            return self.not_listed(error, run);
        }
        let before = run.explained(|all| all.before(error, self));
        let detail = before.map_or_else(|| self.detail(error), |first| self.again(error, &first));
        Diagnostic::error(title(error, self.on), detail)
    }

    /// The same as a warning, where there is another way; `instead` says which.
    pub(crate) fn warned(&self, error: &Error, instead: &str) -> Diagnostic {
        Diagnostic::warning(title(error, self.on), format!("{}\n\n{instead}", self.detail(error)))
    }

    /// A failure that is none, as a warning; `instead` says what happens. Each explains itself: of
    /// warnings with one title Terraform shows the one that is first in the files, and counts the
    /// others, so a line that points to another would hide what it points to.
    pub(crate) fn tolerated(&self, error: &Error, instead: &str) -> Diagnostic {
        Self { on: Subject::Tolerated, ..self.clone() }.warned(error, instead)
    }

    /// Nothing was sent, because of the failure of another call: one line that points to it. Who
    /// reads the last of these lines knows how many there are.
    fn not_tried(&self, cause: &Error, run: &Run) -> Diagnostic {
        let object = self.whose.clone().map_or_else(|| self.object.clone(), Object::Number);
        let so_far = run.one_more_not_tried();
        match run.explained(|all| all.before(cause, self)) {
            Some(first) => Diagnostic::error(NOT_TRIED, not_tried(&object, &first, so_far)),
            None => Diagnostic::error(
                title(cause, self.on),
                format!(
                    "{} was not tried ({so_far} so far), because another call had failed.\n\n{}\n\n{}",
                    capitalized(object.to_string()),
                    said_by_graph(cause),
                    advice::advice(cause, self.on, self.by)
                ),
            ),
        }
    }

    /// A list that a number was needed from has failed in a way in which every call would.
    fn not_listed(&self, error: &Error, run: &Run) -> Diagnostic {
        let number = self.whose.clone().map_or_else(|| self.object.clone(), Object::Number);
        match run.explained(|all| all.before(error, self)) {
            Some(first) => {
                let so_far = run.one_more_not_tried();
                Diagnostic::error(NOT_TRIED, not_tried(&number, &first, so_far))
            }
            None => Diagnostic::error(title(error, self.on), self.detail(error)),
        }
    }

    /// One line for what has been explained with another object.
    fn again(&self, error: &Error, first: &Object) -> String {
        let whose = self.whose.clone().map(Object::Number);
        let object = whose.as_ref().unwrap_or(&self.object);
        let mut line = match (object, first) {
            _ if object == first => {
                format!("{object} failed once more, in the same way: see the other message.")
            }
            (Object::Number(_), Object::Number(first)) => {
                format!("{object} failed like ID {first}: see there.")
            }
            _ => format!("{object} failed like {first}: see there."),
        };
        if let Subject::Written(value) = self.on {
            _ = write!(line, " The {value} {}", short_state(error));
        }
        capitalized(line)
    }

    fn detail(&self, error: &Error) -> String {
        let stopped = error.class() == Class::Cancelled;
        let end = if stopped { "was stopped" } else { "failed" };
        let mut detail = format!("{} {} {end}", self.doing, self.object);
        match error.attempts() {
            0 | 1 => detail.push('.'),
            attempts => _ = write!(detail, " after {attempts} attempts."),
        }
        if let Subject::Written(value) = self.on {
            _ = write!(detail, " The {value} {}", state_of(value, error, self.by));
            if let Some(consequence) = self.if_unknown.filter(|_| error.outcome_unknown()) {
                _ = write!(detail, " {consequence}");
            }
        }
        if let Some(cause) = cause(error) {
            _ = write!(detail, "\n\n{cause}");
        }
        detail.push_str("\n\n");
        if let (Class::NotFound, Object::Number(number)) = (error.class(), &self.object)
            && number.looks_dialled()
        {
            detail.push_str(DIALLED);
        }
        detail.push_str(&advice::advice(error, self.on, self.by));
        detail
    }
}

/// Said of an ID that nobody knows and that looks like something else.
const DIALLED: &str = "The ID in this call looks like a number that people dial: IDs have 15 digits \
                       or more, and none begins with 0. ";

/// Short, because there may be a thousand of them: Terraform folds lines at 78 letters.
fn not_tried(object: &Object, first: &Object, so_far: usize) -> String {
    let object = match object {
        Object::Number(number) => format!("ID {number}"),
        other => capitalized(other.to_string()),
    };
    match first {
        Object::Number(first) => {
            format!("{object} was not tried ({so_far} so far): see ID {first}.")
        }
        first => format!("{object} was not tried ({so_far} so far): see {first}."),
    }
}

const NOT_TRIED: &str = "Not Tried";

/// Whether the ID of the number is at fault, as far as can be told, so that its line is worth showing.
pub(crate) fn is_about_number(error: &Error) -> bool {
    error.class() == Class::NotFound || error.is_account_for_number()
}

/// What a user has to know first: whether the number has the new value.
fn state_of(value: &str, error: &Error, by: By) -> String {
    let repeating = match by {
        By::Action => "Running the action again",
        By::Configuration => "Applying again",
    };
    let never_sent = error.attempts() == 0
        || matches!(error.class(), Class::Connect | Class::Proxy | Class::Tls);
    match error.class() {
        _ if error.outcome_unknown() => {
            let why = match error.was_refused_after_loss() {
                true => "an earlier attempt got no definite answer, and the last one was refused",
                false => "it was sent, and no definite answer came back",
            };
            format!(
                "may or may not have been set: {why}. {repeating} is safe, because it sends the \
                 same {value} to the same number."
            )
        }
        Class::RateLimit if never_sent => {
            "was not set: it was not even sent, because another call had just met the limit."
                .to_owned()
        }
        _ if never_sent => "was not set: it was not even sent.".to_owned(),
        _ => "was not set.".to_owned(),
    }
}

/// The same in a few words.
fn short_state(error: &Error) -> &'static str {
    if error.outcome_unknown() { "may or may not have been set." } else { "was not set." }
}

/// The title: short, and without values.
fn title(error: &Error, on: Subject) -> &'static str {
    if error.is_about_app_secret() {
        return "App Secret Missing or Wrong";
    }
    if error.is_about_version() {
        return "Graph API Version Not Usable";
    }
    if error.is_account_for_number() {
        return "Account ID in the Place of a Phone Number ID";
    }
    match error.class() {
        Class::AccountState => "Phone Number or Account Not Ready",
        Class::Auth => "Access Token Not Accepted",
        Class::BodyTooLarge | Class::UnreadableAnswer => "Answer of the Graph API Not Readable",
        Class::Cancelled => "Stopped on Request",
        Class::Connect => "Graph API Not Reachable",
        Class::ConnectionLost => "Connection to the Graph API Lost",
        Class::InvalidInput => "Request Refused by the Graph API",
        Class::NotTried => NOT_TRIED,
        Class::NotFound if on == Subject::Account => "Business Account Not Found or Not Visible",
        Class::NotFound => "Phone Number Not Found or Not Visible",
        Class::Other => "Graph API Error",
        Class::Permission => "Permission Missing",
        Class::Proxy => network::proxy_title(error),
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

fn capitalized(text: String) -> String {
    let mut rest = text.chars();
    let first = rest.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(rest).collect()
}

impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account(account) => write!(f, "business account ID {account}"),
            Self::Number(number) => write!(f, "phone number ID {number}"),
            Self::Token => f.write_str("the access token"),
        }
    }
}

#[cfg(test)]
mod guide_tests;
#[cfg(test)]
mod tests;
