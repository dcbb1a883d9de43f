//! What a failure means and what to do next.

use crate::graph::{Class, Error};
use crate::provider::failure::{By, Subject, by_action, network};

/// What it means and what to do next.
pub(super) fn advice(error: &Error, on: Subject, by: By) -> String {
    let meaning = error.rule().map(|rule| format!("In short, {}. ", rule.meaning()));
    let step = next_step(error, on, by);
    let foreign = if is_foreign(error) { FOREIGN } else { "" };
    format!("{}{step}{foreign}", meaning.unwrap_or_default())
}

/// Whether somebody else on the way may have refused, although the status speaks of the request.
fn is_foreign(error: &Error) -> bool {
    let classes = [Class::Auth, Class::NotFound, Class::Other, Class::Permission];
    error.code().is_none() && error.message().is_none() && classes.contains(&error.class())
}

pub(super) fn next_step(error: &Error, on: Subject, by: By) -> String {
    if error.is_about_app_secret() {
        return "Set the provider's argument app_secret, or the environment variable \
                WHATSAPP_APP_SECRET, to the secret of the app that issued the access token; it is \
                in the app's basic settings at developers.facebook.com."
            .to_owned();
    }
    if error.is_account_for_number() {
        return "phone_number_id is the ID of a WhatsApp Business Account. Write the ID of one of \
                the account's phone numbers: WhatsApp Manager shows it beside the number, and the \
                data source whatsapp_phone_numbers lists all of them."
            .to_owned();
    }
    if error.is_about_version() {
        return "Check the provider's argument api_version, or the environment variable \
                WHATSAPP_API_VERSION: it must name a version of the Graph API that exists and is \
                still served, such as v24.0; raise it if it is an old one. Check base_url too if it \
                is set."
            .to_owned();
    }
    let of_action = |step: by_action::Step| (by == By::Action).then(|| step(error, on)).flatten();
    let by_code = || error.rule().and_then(|rule| step_for_code(rule.code()));
    let step = of_action(by_action::step_for_code).or_else(by_code);
    if let Some(step) = step.or_else(|| of_action(by_action::step_for_class)) {
        return step.to_owned();
    }
    if error.is_about_pin() {
        return "Write exactly six digits, in quotes.".to_owned();
    }
    match error.class() {
        Class::RateLimit => wait(error, on),
        Class::Connect | Class::Proxy | Class::Tls => network::step(error),
        Class::NotFound if on == Subject::Account => {
            "The Graph API says the same for an account that does not exist and for one that this \
             token may not see. Check that it is the ID of the WhatsApp Business \
             Account that WhatsApp Manager shows (not that of the business portfolio or the app), \
             and that the token's system user is assigned to that account with the permission \
             whatsapp_business_management."
                .to_owned()
        }
        Class::NotFound if matches!(on, Subject::Tolerated | Subject::Written(_)) => {
            format!("{NOT_VISIBLE} {GONE}")
        }
        Class::NotFound => format!("{NOT_VISIBLE} {GONE} {TOLERATED}"),
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
            "This comes from registering a number with another PIN than it has. Nobody needs to \
             know the old PIN to set a new one: apply the PIN that you want (with pin_wo, change \
             pin_wo_version too), then register with it. Do not guess: every wrong PIN counts."
        }
        133_006 => {
            "Request a verification code for the number in WhatsApp Manager, enter it, register the \
             number (the action whatsapp_register_phone_number does that), and apply again."
        }
        136_024 | 136_025 => {
            "Look up the number's code_verification_status (the data source whatsapp_phone_number \
             has it). Unless it is VERIFIED, request a new code and enter that."
        }
        133_008 | 133_009 => {
            "Wait for the time that Meta names, then apply again with the right PIN. Trying \
             earlier makes the wait longer."
        }
        133_000 => {
            "Deregister the number once more (the deregister call), register it, and apply again."
        }
        133_010 | 131_045 | 141_000 => {
            "Register the number, which is done by API only: by the action \
             whatsapp_register_phone_number, or without actions by a POST to the ID with /register. \
             Then apply again."
        }
        133_015 => "Wait five minutes for the deletion to finish, then try again.",
        133_016 => "Meta blocks the number for 72 hours. Try again after that.",
        131_057 | 2_494_100 => "Try again in about five minutes.",
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
             Check the provider's argument base_url and the environment (WHATSAPP_BASE_URL, \
             HTTPS_PROXY, NO_PROXY). If the API itself is down, metastatus.com says so."
        }
        Class::Cancelled => "Start the run again when you are ready to go on.",
        Class::NotTried => "Settle what the other failure says, then start the run again.",
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
        Class::Permission => {
            "Give the token's system user the permissions whatsapp_business_management and \
             whatsapp_business_messaging, assign it to the WhatsApp Business Account in Business \
             settings, accept any terms that WhatsApp Manager shows, and make a new token."
        }
        // These depend on more than the class.
        Class::Connect
        | Class::NotFound
        | Class::Other
        | Class::Proxy
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
    let when = asked_to_wait(error).unwrap_or_else(|| "Try again in a few minutes.".into());
    format!("{when} If it goes on, look at metastatus.com{support}.")
}

/// What the API has asked for; a wait that is our own is not called its wish.
fn asked_to_wait(error: &Error) -> Option<String> {
    let time = span(error.minutes_to_wait()?);
    Some(format!("Meta asks to wait for about {time}. Try again after that."))
}

/// In the unit that people would use, rounded up.
fn span(minutes: u64) -> String {
    match minutes {
        1 => "a minute".to_owned(),
        2..=120 => format!("{minutes} minutes"),
        121..=2_880 => format!("{} hours", minutes.div_ceil(60)),
        _ => format!("{} days", minutes.div_ceil(60 * 24)),
    }
}

fn wait(error: &Error, on: Subject) -> String {
    let when = asked_to_wait(error);
    let when = when.unwrap_or_else(|| "Try again later: limits are counted over an hour.".into());
    // Lists are what business_account_ids brings: there the advice has been taken.
    let batches = if on == Subject::Account { "" } else { " business_account_ids set, with" };
    format!(
        "{when} Calling earlier makes the wait longer. Fewer calls are made with{batches} \
         -refresh=false, or with fewer runs at a time on the same account."
    )
}

/// What to look at where the API does not show a number.
pub(super) const NOT_VISIBLE: &str = "The Graph API says the same for a number that does not exist, for one that was deleted, and for \
     one that this token may not see. Check that phone_number_id is the ID that WhatsApp Manager \
     shows (not the phone number itself), and that the token's system user is assigned to the \
     number's WhatsApp Business Account.";

/// What to do about one that is declared.
const GONE: &str = "If the number is gone for good, remove its resource from the configuration.";

/// What lets a refresh go on. A PIN cannot be set on a number that is not there, so it helps no write.
const TOLERATED: &str = "So that a refresh goes on without a number, set the provider's argument missing_number, or the \
     environment variable WHATSAPP_MISSING_NUMBER, to \"warn\".";

const FOREIGN: &str = " The answer carries no error of the Graph API: perhaps a proxy on the way gave \
                       it, or base_url names another server.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_told_in_the_unit_that_people_would_use() {
        let cases = [
            (1, "a minute"),
            (2, "2 minutes"),
            (120, "120 minutes"),
            (121, "3 hours"),
            (2_880, "48 hours"),
            (2_881, "3 days"),
            (43_200, "30 days"),
        ];
        for (minutes, told) in cases {
            assert_eq!(span(minutes), told);
        }
    }
}
