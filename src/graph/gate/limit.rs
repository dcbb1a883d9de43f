//! Whose limit a throttled call has met.

use std::time::Duration;

use crate::graph::error::Error;
use crate::graph::ids::BusinessAccountId;

/// Who has to wait.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Limit {
    /// The calls of these accounts, each for the time that the API has named for it, if it has.
    Accounts(Vec<(BusinessAccountId, Option<Duration>)>),
    /// Every call: the app or the token is limited, or nobody knows who is.
    All,
}

impl Limit {
    /// The limit of a failed call to something in the account `home`; `usage` is what the answer's
    /// header says of accounts.
    ///
    /// If neither tells the account, everybody waits. Who waits without need loses time; who calls
    /// without leave makes the block longer, and there is no telling whose.
    pub(crate) fn of(
        failure: &Error,
        usage: Vec<(BusinessAccountId, Option<Duration>)>,
        home: Option<BusinessAccountId>,
    ) -> Self {
        if !failure.is_limit_of_account() {
            return Self::All;
        }
        let (mut limited, others): (Vec<_>, Vec<_>) =
            usage.into_iter().partition(|(_, wait)| wait.is_some());
        match (&others[..], home) {
            ([only], _) if limited.is_empty() => limited.push(only.clone()),
            (_, Some(home)) if limited.iter().all(|(account, _)| *account != home) => {
                limited.push((home, None));
            }
            _ => {}
        }
        if limited.is_empty() { Self::All } else { Self::Accounts(limited) }
    }

    /// Whether whoever is charged to this account has to wait.
    pub(crate) fn concerns(&self, account: Option<&BusinessAccountId>) -> bool {
        match self {
            Self::Accounts(accounts) => {
                accounts.iter().any(|(limited, _)| Some(limited) == account)
            }
            Self::All => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::graph::answer::Answer;
    use crate::graph::scrub::Scrub;

    fn refused(code: i64) -> Error {
        let body = json!({ "error": { "code": code } }).to_string().into_bytes();
        let answer = Answer { status: 400, body, redirect_host: None };
        Error::new(answer.read(&Scrub::default()).expect_err("an error"))
    }

    fn account(text: &str) -> BusinessAccountId {
        text.parse().expect("an ID")
    }

    #[test]
    fn the_header_names_the_account_before_what_is_known_of_the_number_does() {
        let minute = Some(Duration::from_secs(60));
        let (a, b) = (account("1"), account("2"));
        let only =
            |account: &BusinessAccountId, wait| Limit::Accounts(vec![(account.clone(), wait)]);
        for (usage, home, expected) in [
            (vec![(a.clone(), minute)], Some(a.clone()), only(&a, minute)),
            (vec![(a.clone(), None)], Some(b.clone()), only(&a, None)),
            (vec![(a.clone(), None), (b.clone(), minute)], None, only(&b, minute)),
            (
                vec![(a.clone(), None), (b.clone(), minute)],
                Some(a.clone()),
                Limit::Accounts(vec![(b.clone(), minute), (a.clone(), None)]),
            ),
            (vec![(a.clone(), None), (b.clone(), None)], Some(b.clone()), only(&b, None)),
            (vec![], Some(b.clone()), only(&b, None)),
            (vec![], None, Limit::All),
            (vec![(a.clone(), None), (b.clone(), None)], None, Limit::All),
        ] {
            let said = format!("{usage:?} {home:?}");
            assert_eq!(Limit::of(&refused(80_007), usage, home), expected, "{said}");
        }
    }

    #[test]
    fn a_limit_of_app_or_token_concerns_every_call() {
        for code in [4, 17, 32, 341, 613, 130_429] {
            let usage = vec![(account("1"), Some(Duration::from_secs(60)))];
            let limit = Limit::of(&refused(code), usage, Some(account("1")));
            assert_eq!(limit, Limit::All, "{code}");
        }
        for code in [80_000, 80_006, 80_007, 80_008, 80_009, 80_014] {
            let limit = Limit::of(&refused(code), Vec::new(), Some(account("1")));
            assert_ne!(limit, Limit::All, "{code}");
        }
    }
}
