//! Every failure is held to the same rules.

use super::*;
use crate::graph::examples::every_error;

fn number(id: &str) -> PhoneNumberId {
    id.parse().expect("an ID")
}

fn attempt() -> Attempt {
    Attempt::write("Setting the PIN of", &number("106540352242922"), "PIN")
}

fn account(id: &str) -> BusinessAccountId {
    id.parse().expect("an ID")
}

/// The diagnostic of a run in which nothing has failed before.
fn failed(attempt: &Attempt, error: &Error) -> Diagnostic {
    attempt.failed(error, &Run::default())
}

#[test]
fn every_failure_says_what_was_tried_what_happened_and_what_to_do() {
    for error in every_error() {
        let diagnostic = failed(&attempt(), &error);
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
fn a_dialled_number_in_the_place_of_an_id_is_hinted_at_when_nobody_knows_it() {
    for (id, is_odd) in
        [("15550783881", true), ("0106540352242922", true), ("106540352242922", false)]
    {
        for error in every_error() {
            let diagnostic = failed(&Attempt::read("Reading", &number(id)), &error);
            let is_hinted_at = diagnostic.detail().contains("looks like a number that people dial");
            let expected = is_odd && error.class() == Class::NotFound;
            assert_eq!(is_hinted_at, expected, "{}", diagnostic.detail());
        }
    }
}

#[test]
fn every_failure_of_the_api_shows_code_and_trace() {
    for error in every_error().iter().filter(|error| error.code().is_some()) {
        let diagnostic = failed(&attempt(), error);
        let code = error.code().expect("filtered").to_string();
        assert!(diagnostic.detail().contains(&format!("Graph API error {code}")));
        if let Some(trace) = error.fbtrace_id() {
            assert!(diagnostic.detail().contains(trace), "{}", diagnostic.detail());
        }
    }
}

#[test]
fn every_message_of_the_api_is_shown_with_or_without_a_code() {
    let messages = |error: &Error| error.message().map(str::to_owned);
    for (error, message) in every_error().iter().filter_map(|e| Some((e, messages(e)?))) {
        let diagnostic = failed(&attempt(), error);
        assert!(diagnostic.detail().contains(&message), "{}", diagnostic.detail());
    }
    let without_code = |error: &Error| error.code().is_none() && error.message().is_some();
    assert!(every_error().iter().any(without_code));
}

#[test]
fn every_class_has_a_title_of_its_own_subject() {
    for error in every_error() {
        for on in [Subject::Account, Subject::Number, Subject::Registered, Subject::Written("PIN")]
        {
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
            let detail = failed(&attempt(), &error).detail().to_owned();
            detail.split("\n\n").next().unwrap_or_default().to_owned()
        };
        assert!(state(5, true).contains("may or may not have been set"));
        assert!(state(5, true).contains("Applying again is safe"));
        assert!(state(5, false).contains("The PIN was not set"));
        assert!(state(0, false).contains("not even sent"));
        let read = failed(&Attempt::read("Reading", &number("1")), &error);
        let first = read.detail().split("\n\n").next().unwrap_or_default();
        assert!(!first.contains("PIN"), "{first}");
    }
}

#[test]
fn a_refusal_after_a_lost_attempt_is_not_called_no_answer() {
    for error in every_error() {
        let error = error.with_history(2, true);
        let detail = failed(&attempt(), &error).detail().to_owned();
        let refused = "an earlier attempt got no definite answer, and the last one was refused";
        let is_refusal = error.was_refused_after_loss();
        assert_eq!(detail.contains(refused), is_refusal, "{detail}");
        assert_eq!(detail.contains("and no definite answer came back"), !is_refusal, "{detail}");
        assert_eq!(detail.contains("133010"), error.code() == Some(133_010));
        assert!(error.code() != Some(133_010) || is_refusal, "{detail}");
    }
}

#[test]
fn after_an_action_nothing_is_left_to_an_apply() {
    let id = number("106540352242922");
    let (register, set) = (Attempt::register(&id), attempt().by_action());
    for error in every_error() {
        for (attempts, unknown) in [(0, false), (1, false), (1, true)] {
            let error = error.clone().with_history(attempts, unknown);
            for attempt in [&register, &set, &Attempt::read("Reading", &id).by_action()] {
                let detail = failed(attempt, &error).detail().to_lowercase();
                for wrong in ["apply again", "applying again", "run terraform", "missing_number"] {
                    assert!(!detail.contains(wrong), "{detail}");
                }
            }
        }
    }
}

#[test]
fn what_was_explained_for_an_apply_is_explained_anew_for_an_action() {
    let not_registered = |error: &&Error| error.code() == Some(133_010);
    let errors = every_error();
    let error = errors.iter().find(not_registered).expect("the table has it");
    let run = Run::default();
    assert!(attempt().failed(error, &run).detail().contains("apply again"));
    let second = Attempt::register(&number("2")).failed(error, &run);
    assert!(second.detail().contains("run the action again"), "{}", second.detail());
}

#[test]
fn a_write_names_what_it_sends_and_nothing_else() {
    let error = every_error().remove(0);
    let said = |attempts, unknown| {
        let error = error.clone().with_history(attempts, unknown);
        let detail =
            failed(&Attempt::write("Setting the text of", &number("1"), "about text"), &error)
                .detail()
                .to_owned();
        detail.split("\n\n").next().unwrap_or_default().to_owned()
    };
    assert!(said(1, false).ends_with("The about text was not set."), "{}", said(1, false));
    assert!(said(2, true).contains("The about text may or may not have been set"));
    assert!(said(2, true).contains("sends the same about text to the same number"));
}

#[test]
fn nothing_is_advised_that_cannot_be_done() {
    for error in every_error() {
        let listing = failed(&Attempt::list("Listing the numbers of", &account("1")), &error);
        assert!(!listing.detail().contains("state rm"), "{}", listing.detail());
        let detail = failed(&attempt(), &error).detail().to_owned();
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
    let detail = failed(&attempt(), &stop).detail().to_owned();
    assert!(detail.contains("was stopped. The PIN was not set.\n\nStart the run"), "{detail}");
    let stop = stop.after(find(Class::Timeout)).with_history(2, true);
    let detail = failed(&attempt(), &stop).detail().to_owned();
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
fn only_a_wait_that_the_api_named_is_told_as_its_wish() {
    let limit = every_error().into_iter().find(|error| error.class() == Class::RateLimit);
    let limit = limit.expect("among the examples");
    let pause = Some(std::time::Duration::from_secs(130));
    let own = failed(&attempt(), &limit.clone().with_wait(pause, false));
    assert!(!own.detail().contains("Meta asks"), "{}", own.detail());
    let named = failed(&attempt(), &limit.with_wait(pause, true));
    assert!(named.detail().contains("Meta asks to wait for about 3 minutes"), "{}", named.detail());
}

#[test]
fn a_warning_says_what_happens_instead() {
    let error = every_error().remove(0);
    let warning = Attempt::read("Reading", &number("1")).warned(&error, "Each is read alone.");
    assert_eq!(warning.severity(), crate::tf_provider::Severity::Warning);
    assert!(warning.detail().ends_with("Each is read alone."));
}

#[test]
fn the_same_failure_of_further_numbers_is_one_line_that_names_the_first() {
    for error in every_error() {
        let run = Run::default();
        let write = |id: &str| Attempt::write("Setting the PIN of", &number(id), "PIN");
        let first = write("1").failed(&error, &run);
        assert!(first.detail().contains("\n\n"), "the first is explained: {}", first.detail());
        let second = write("2").failed(&error, &run);
        let expected = "Phone number ID 2 failed like ID 1: see there. The PIN was not set.";
        assert_eq!((second.summary(), second.detail()), (first.summary(), expected));
        let lost = write("3").failed(&error.with_history(5, true), &run);
        assert!(lost.detail().ends_with("The PIN may or may not have been set."), "{lost:?}");
        assert!(!lost.detail().contains('\n'));
    }
}

#[test]
fn what_was_not_tried_is_one_line_that_counts_and_points_to_the_failure() {
    for cause in every_error() {
        let run = Run::default();
        let write = |id: &str| Attempt::write("Setting the PIN of", &number(id), "PIN");
        let not_tried = Error::stopped_by(&cause);
        write("1").failed(&cause, &run);
        for (id, so_far) in [("2", 1), ("3", 2)] {
            let diagnostic = write(id).failed(&not_tried, &run);
            let expected = format!("ID {id} was not tried ({so_far} so far): see ID 1.");
            assert_eq!((diagnostic.summary(), diagnostic.detail()), ("Not Tried", &expected[..]));
        }
        let first = write("4").failed(&not_tried, &Run::default());
        let detail = first.detail();
        assert!(
            detail.starts_with("Phone number ID 4 was not tried (1 so far), because"),
            "{detail}"
        );
        assert!(
            detail.contains(&said_by_graph(&cause)),
            "explained where nobody else has: {detail}"
        );
    }
}

#[test]
fn every_kind_of_failure_is_explained_once() {
    let run = Run::default();
    let mut titles = std::collections::HashSet::new();
    for error in every_error() {
        let explained = attempt().failed(&error, &run).detail().contains("\n\n");
        let is_new = titles.insert((title(&error, attempt().on), error.code(), error.subcode()));
        assert!(explained || !is_new, "{error:?}");
    }
}

#[test]
fn a_list_that_failed_for_another_number_is_told_by_the_number() {
    let error = every_error().remove(0);
    let run = Run::default();
    let listing =
        |id| Attempt::list("Listing the numbers of", &account("7")).on_behalf_of(&number(id));
    assert!(
        listing("1")
            .failed(&error, &run)
            .detail()
            .starts_with("Listing the numbers of business account ID 7 failed.")
    );
    let second = listing("2").failed(&error, &run);
    let expected = "ID 2 was not tried (1 so far): see business account ID 7.";
    assert_eq!((second.summary(), second.detail()), ("Not Tried", expected));
    let alone = Attempt::list("Listing the numbers of", &account("7")).failed(&error, &run);
    let expected =
        "Business account ID 7 failed once more, in the same way: see the other message.";
    assert_eq!(alone.detail(), expected);
}
