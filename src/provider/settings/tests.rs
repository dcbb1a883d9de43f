//! What counts, what is refused, and in which words.

use super::*;

fn known<T: Into<String>>(text: T) -> Field<String> {
    Field::Known(text.into())
}

fn secret(text: &str) -> Field<SecretString> {
    Field::Known(SecretString::from(text))
}

fn read_with(arguments: &Arguments, variables: &[(&str, &str)]) -> Result<Settings, Diagnostics> {
    let lookup = |name: &str| {
        let found = variables.iter().find(|(variable, _)| *variable == name);
        found.map(|(_, value)| OsString::from(value))
    };
    read(arguments, &Environment::new(lookup), "1.11.4")
}

/// The text of the only problem; it must point at the argument.
fn problem(diagnostics: &Diagnostics, argument: &str) -> String {
    let all: Vec<_> = diagnostics.iter().collect();
    assert_eq!(all.len(), 1, "{all:?}");
    assert_eq!(all[0].path().to_string(), argument);
    all[0].detail().to_owned()
}

#[test]
fn nothing_has_to_be_configured() {
    let settings = read_with(&Arguments::default(), &[]).expect("nothing is needed");
    assert!(settings.access_token.known().is_none());
    assert_eq!(settings.max_retries, Setting::Absent);
}

#[test]
fn configuration_wins_over_environment_argument_by_argument() {
    let arguments = Arguments {
        api_version: known("v25.0"),
        max_retries: Field::Known(Number::from(7_u64)),
        ..Arguments::default()
    };
    let variables = [
        ("WHATSAPP_API_VERSION", "v23.0"),
        ("WHATSAPP_MAX_RETRIES", "9"),
        ("WHATSAPP_REQUEST_TIMEOUT", "1m30s"),
    ];
    let settings = read_with(&arguments, &variables).expect("all is good");
    assert_eq!(settings.api_version, Setting::Known("v25.0".parse().expect("a version")));
    assert_eq!(settings.max_retries, Setting::Known(7));
    assert_eq!(settings.request_timeout, Setting::Known(Duration::from_secs(90)));
}

#[test]
fn unknown_does_not_fall_back_to_the_environment() {
    let arguments = Arguments { access_token: Field::Unknown, ..Arguments::default() };
    let variables = [("WHATSAPP_ACCESS_TOKEN", "another")];
    let settings = read_with(&arguments, &variables).expect("unknown is good");
    assert!(matches!(settings.access_token, Setting::Unknown));
}

#[test]
fn an_empty_variable_counts_as_not_set_and_an_empty_argument_is_an_error() {
    let settings = read_with(&Arguments::default(), &[("WHATSAPP_ACCESS_TOKEN", "")]);
    assert!(settings.is_ok_and(|settings| settings.access_token.known().is_none()));
    let arguments = Arguments { access_token: secret(" "), ..Arguments::default() };
    let problems = read_with(&arguments, &[]).expect_err("empty");
    assert!(problem(&problems, "access_token").contains("is empty"));
}

#[test]
fn a_token_is_taken_without_the_blanks_around_it_and_refused_with_a_prefix() {
    let variables = [("WHATSAPP_ACCESS_TOKEN", " EAAG\n")];
    assert!(read_with(&Arguments::default(), &variables).is_ok());
    let variables = [("WHATSAPP_ACCESS_TOKEN", "Bearer EAAG-secret")];
    let problems = read_with(&Arguments::default(), &variables).expect_err("a prefix");
    let text = problem(&problems, "access_token");
    assert!(text.contains("WHATSAPP_ACCESS_TOKEN") && text.contains("Bearer"), "{text}");
    assert!(!text.contains("EAAG-secret"), "{text}");
}

#[test]
fn blanks_and_line_ends_around_a_variable_are_dropped() {
    let variables = [
        ("WHATSAPP_API_VERSION", "v23.0\r"),
        ("WHATSAPP_BUSINESS_ACCOUNT_IDS", "102290129340399, 102290129340398\n"),
        ("WHATSAPP_MAX_RETRIES", " 9 "),
    ];
    let settings = read_with(&Arguments::default(), &variables).expect("all is good");
    assert_eq!(settings.api_version, Setting::Known("v23.0".parse().expect("a version")));
    assert_eq!(settings.max_retries, Setting::Known(9));
    let accounts = settings.business_account_ids.known().expect("two accounts");
    assert_eq!(accounts[0].as_str(), "102290129340398");
    assert_eq!(accounts.len(), 2);
}

#[test]
fn each_bad_argument_is_named_and_explained() {
    let of = Arguments::default;
    let text = |value: &str| known(value);
    let cases = [
        ("api_version", Arguments { api_version: text("24"), ..of() }, "v24.0"),
        ("base_url", Arguments { base_url: text("http://example.com"), ..of() }, "loopback"),
        (
            "business_account_ids",
            Arguments { business_account_ids: accounts(&["1", "+1 5"]), ..of() },
            "that looks like a phone number",
        ),
        (
            "business_account_ids",
            Arguments { business_account_ids: accounts(&[""]), ..of() },
            "no ID",
        ),
        ("ca_certificate_file", Arguments { ca_certificate_file: text("/none"), ..of() }, "PEM"),
        ("request_timeout", Arguments { request_timeout: text("30"), ..of() }, "30s"),
        ("request_timeout", Arguments { request_timeout: text("0s"), ..of() }, "zero"),
        ("request_timeout", Arguments { request_timeout: text("1h"), ..of() }, "10m"),
    ];
    for (argument, arguments, hint) in cases {
        let shown = problem(&read_with(&arguments, &[]).expect_err("a mistake"), argument);
        assert!(shown.contains(hint), "{shown}");
    }
    for number in ["-1", "1.5", "101", "1e30"] {
        let number = Number::parse(number).expect("a number");
        let arguments = Arguments { max_retries: Field::Known(number), ..of() };
        assert!(problem(&validate(&arguments), "max_retries").contains("0 to 100"));
    }
}

#[test]
fn accounts_that_are_empty_or_doubled_in_the_variable_are_named() {
    for (text, hint) in [("1,", "no ID in place 2"), ("1,1", "1 twice"), ("x", "a text in place 1")]
    {
        let read = read_with(&Arguments::default(), &[("WHATSAPP_BUSINESS_ACCOUNT_IDS", text)]);
        let shown = problem(&read.expect_err("a mistake"), "business_account_ids");
        assert!(shown.contains("WHATSAPP_BUSINESS_ACCOUNT_IDS") && shown.contains(hint), "{shown}");
    }
}

#[test]
fn accounts_that_are_not_known_yet_are_waited_for() {
    let unknown = AccountIds(vec![known("1"), Field::Unknown]);
    let arguments =
        Arguments { business_account_ids: Field::Known(unknown), ..Arguments::default() };
    let settings = read_with(&arguments, &[("WHATSAPP_BUSINESS_ACCOUNT_IDS", "2")]);
    let settings = settings.expect("nothing is wrong");
    assert_eq!(settings.business_account_ids, Setting::Unknown);
}

fn accounts(ids: &[&str]) -> Field<AccountIds> {
    Field::Known(AccountIds(ids.iter().map(|id| known(*id)).collect()))
}

#[test]
fn all_problems_are_found_at_once() {
    let arguments = Arguments {
        api_version: known("latest"),
        base_url: known("ftp://example.com"),
        ..Arguments::default()
    };
    let problems = read_with(&arguments, &[("WHATSAPP_MAX_RETRIES", "many")]);
    assert_eq!(problems.expect_err("three mistakes").iter().count(), 3);
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_not_text_is_an_error_that_names_it() {
    use std::os::unix::ffi::OsStringExt;
    let environment = Environment::new(|name| {
        (name == "WHATSAPP_ACCESS_TOKEN").then(|| OsString::from_vec(vec![0xff, 0xfe]))
    });
    let problems = read(&Arguments::default(), &environment, "").expect_err("not UTF-8");
    assert!(problem(&problems, "access_token").contains("not valid UTF-8"));
}

#[test]
fn a_path_that_is_none_is_told_how_to_write_it() {
    for (value, hint) in
        [("~/root.pem", "pathexpand"), ("-----BEGIN CERTIFICATE-----\nMIIB", "leave out file(")]
    {
        let arguments = Arguments { ca_certificate_file: known(value), ..Arguments::default() };
        for problems in [validate(&arguments), read_with(&arguments, &[]).expect_err("no path")] {
            let shown = problem(&problems, "ca_certificate_file");
            assert!(shown.contains(hint) && !shown.contains("MIIB"), "{shown}");
        }
    }
}

#[test]
fn a_value_that_may_hold_a_secret_is_named_in_words_and_not_pointed_at() {
    let of = Arguments::default;
    let text = |value: &str| known(value);
    for arguments in [
        Arguments { base_url: text("https://user:hunter2@graph.example"), ..of() },
        Arguments { base_url: text("https://graph.example?access_token=hunter2"), ..of() },
        Arguments { app_id: text("hunter2"), ..of() },
        Arguments { api_version: text("EAAGhunter2"), ..of() },
        Arguments { business_account_ids: accounts(&["1", "EAAGhunter2"]), ..of() },
    ] {
        let shown = problem(&validate(&arguments), "");
        assert!(shown.starts_with("The argument ") && !shown.contains("hunter2"), "{shown}");
    }
}

#[test]
fn a_version_in_the_address_is_sent_to_its_own_argument() {
    let url = "https://graph.facebook.com/v24.0/";
    let arguments = Arguments { base_url: known(url), ..Arguments::default() };
    assert!(problem(&validate(&arguments), "base_url").contains("set the argument api_version"));
}

#[test]
fn a_mark_that_nobody_sees_is_explained_wherever_it_stands() {
    for (variable, value, argument) in [
        ("WHATSAPP_BASE_URL", "\u{feff}https://graph.facebook.com", "base_url"),
        ("WHATSAPP_API_VERSION", "\u{feff}v24.0", "api_version"),
        ("WHATSAPP_MAX_RETRIES", "\u{feff}4", "max_retries"),
        ("WHATSAPP_BUSINESS_ACCOUNT_IDS", "1,\u{200b}2", "business_account_ids"),
        ("WHATSAPP_REQUEST_TIMEOUT", "30s\u{200b}", "request_timeout"),
        ("WHATSAPP_APP_ID", "\u{feff}1", "app_id"),
    ] {
        let refused = read_with(&Arguments::default(), &[(variable, value)]);
        let shown = problem(&refused.expect_err("a mark"), argument);
        assert!(shown.contains("cannot be seen"), "{shown}");
    }
    let pasted = Arguments { api_version: known("v24.0\u{200b}"), ..Arguments::default() };
    assert!(problem(&validate(&pasted), "api_version").contains("cannot be seen"));
}
