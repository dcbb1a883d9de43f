//! A limit that does not lift: what a run costs until it is given up, and what goes on.

use std::time::Duration;

use crate::graph::whole_runs::{Does, Ran, run, run_knowing};

const NUMBERS: usize = 250;
/// All attempts of one call, and one of another that makes sure.
const MOST_CALLS_OF_TWO: usize = 5 + 1;

fn is_even(number: &str) -> bool {
    number.ends_with(['0', '2', '4', '6', '8'])
}

fn of_two_accounts(number: &str) -> Option<&'static str> {
    Some(if is_even(number) { "900" } else { "901" })
}

/// What a run that was given up has cost, and that each number is told what became of it.
fn expect_early_end(ran: &Ran, at_once: usize, name: &str) {
    let name = format!("{name}, {at_once} at once: {} calls, {:?}", ran.calls, ran.took);
    assert!(ran.took < Duration::from_secs(100), "{name}");
    assert!(ran.calls < MOST_CALLS_OF_TWO + at_once, "{name}");
    assert_eq!(ran.ends.len(), NUMBERS, "{name}");
    assert_eq!(ran.not_tried(), NUMBERS - ran.tried(), "{name}");
}

#[test]
fn a_limit_without_a_time_ends_a_run_after_the_waits_of_one_call_and_one_more() {
    for code in [4, 613, 80_007] {
        for at_once in [1, 2, 10, 64] {
            let ran = run(NUMBERS, at_once, None, |_, _| Does::Limits(code));
            expect_early_end(&ran, at_once, &format!("code {code}"));
            assert!(ran.ends.iter().all(Result::is_err));
        }
    }
}

#[test]
fn a_limit_of_one_account_ends_the_calls_of_that_account_alone() {
    for at_once in [1, 10, 64] {
        let ran = run_knowing(NUMBERS, at_once, None, of_two_accounts, |number, _| {
            if is_even(number) { Does::Throttles("900", 0) } else { Does::Answers }
        });
        let done = ran.ends.iter().filter(|end| end.is_ok()).count();
        assert_eq!(done, NUMBERS / 2, "{at_once} at once: all of the other account");
        let in_vain = ran.calls - done;
        assert!(in_vain < MOST_CALLS_OF_TWO + at_once, "{at_once} at once: {in_vain}");
        assert!(ran.took < Duration::from_secs(120), "{at_once} at once: {:?}", ran.took);
    }
}

#[test]
fn answers_of_an_outage_between_those_of_a_limit_keep_no_run_going() {
    for at_once in [1, 10] {
        let ran = run(NUMBERS, at_once, None, |_, calls| match calls % 2 {
            0 => Does::Is500,
            _ => Does::Limits(4),
        });
        let name = format!("{at_once} at once: {} calls, {:?}", ran.calls, ran.took);
        assert!(ran.calls <= 3 * 5 + at_once && ran.took < Duration::from_secs(4 * 60), "{name}");
    }
}

#[test]
fn a_limit_that_lifts_before_all_have_waited_in_vain_costs_nobody_his_turn() {
    for at_once in [1, 10, 64] {
        let lifts_after = at_once + 3;
        let ran = run(NUMBERS, at_once, None, |_, calls| match calls <= lifts_after {
            true => Does::Limits(4),
            false => Does::Answers,
        });
        assert_eq!(ran.ends.iter().filter(|end| end.is_err()).count(), 0, "{at_once} at once");
    }
}

#[test]
fn a_number_that_has_a_limit_of_its_own_ends_no_run() {
    for at_once in [1, 10] {
        let ran = run(NUMBERS, at_once, None, |number, _| match number {
            "10003" => Does::Limits(613),
            _ => Does::Answers,
        });
        let failed = ran.ends.iter().filter(|end| end.is_err()).count();
        assert_eq!((failed, ran.not_tried()), (1, 0), "{at_once} at once");
    }
}

#[test]
fn a_stop_ends_calls_that_wait_for_a_limit_at_once() {
    let stop_after = Duration::from_secs(20);
    let ran = run(NUMBERS, 10, Some(stop_after), |_, _| Does::Limits(4));
    assert_eq!((ran.took, ran.ends.len()), (stop_after, NUMBERS));
}
