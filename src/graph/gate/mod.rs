//! The gate that every call of a client passes before it is sent.
//!
//! Meta makes a block longer for callers who go on calling. So when a call is throttled, all calls
//! that the same limit concerns wait for the same moment, and when it comes they do not all run at
//! once. Which calls that are, [`limit`] says; each limit has a [`lane`] of its own, so that an
//! account that waits holds up no other.
//!
//! A call that nobody knows the account of is a stranger. If only one account is known, the safe
//! guess is that it belongs there: it waits with that account's calls, because a call that is
//! refused makes the block longer. If several are known, it is more likely to belong to one that
//! does not wait. It may go on, and its answer says where it belongs; but once a stranger has met a
//! limit, strangers go one at a time until one gets through.

mod lane;
mod limit;
mod rules;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::graph::error::Error;
use crate::graph::ids::BusinessAccountId;

pub(crate) use crate::graph::gate::lane::{Lane, Permit};
pub(crate) use crate::graph::gate::limit::Limit;
pub(crate) use crate::graph::gate::rules::Admission;

/// One gate for each client.
#[derive(Debug)]
pub(crate) struct Gate {
    all: Arc<Lane>,
    strangers: Arc<Lane>,
    /// A lane for each account that has been throttled.
    accounts: Mutex<BTreeMap<BusinessAccountId, Arc<Lane>>>,
    max_retries: u32,
}

/// Who waits in a lane.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Whose {
    /// The calls to one account and what belongs to it.
    Account(BusinessAccountId),
    /// All calls of the client.
    All,
    /// Calls of which nobody knows the account.
    Strangers,
}

/// Whose budget a call is charged to, as far as is known.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Charged {
    /// That of an account.
    Account(BusinessAccountId),
    /// That of the app or token alone.
    App,
    /// That of the only account that is known, if one is; else nobody knows.
    Stranger { only_one_known: bool },
}

impl fmt::Display for Whose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account(account) => write!(f, "business account ID {account}"),
            Self::All => f.write_str("all calls"),
            Self::Strangers => f.write_str("numbers of which nobody knows the account"),
        }
    }
}

impl Gate {
    /// For calls that are sent again so often.
    pub(crate) fn new(max_retries: u32) -> Self {
        let all = Lane::new(Whose::All, max_retries);
        // Each stranger that meets a limit turns out to belong elsewhere, and says nothing of the
        // next: they are never given up.
        let strangers = Lane::new(Whose::Strangers, u32::MAX);
        Self { all, strangers, accounts: Mutex::default(), max_retries }
    }

    /// The lanes that a call has to pass, in this order.
    pub(crate) fn lanes(&self, charged: &Charged) -> Vec<Arc<Lane>> {
        let mut lanes: Vec<_> = match charged {
            Charged::Account(account) => {
                self.accounts().get(account).cloned().into_iter().collect()
            }
            Charged::App => Vec::new(),
            Charged::Stranger { only_one_known: true } => {
                self.accounts().values().cloned().collect()
            }
            Charged::Stranger { only_one_known: false } => vec![Arc::clone(&self.strangers)],
        };
        lanes.push(Arc::clone(&self.all));
        lanes
    }

    /// Whether these permits are still worth what they were: a lane may have closed, or come to
    /// be, while the call waited in the next one.
    pub(crate) fn is_open_for(&self, charged: &Charged, permits: &[Permit]) -> bool {
        let lanes = self.lanes(charged);
        lanes.iter().all(|lane| permits.iter().any(|permit| permit.is_for(lane)))
            && permits.iter().all(Permit::is_current)
    }

    /// The call was not throttled.
    pub(crate) fn went_through(&self, permits: Vec<Permit>) {
        permits.into_iter().for_each(|mut permit| permit.went_through());
    }

    /// The call met a limit: whomever it concerns gets through no sooner than `wait` from now, or
    /// than the time that was named for his account.
    pub(crate) fn was_throttled(
        &self,
        mut permits: Vec<Permit>,
        limit: &Limit,
        wait: Duration,
        now: Instant,
        because: &Error,
    ) {
        let Limit::Accounts(named) = limit else {
            return self.close(&permits, &self.all, now + wait, because);
        };
        for (account, own) in named {
            let lane = {
                let new = || Lane::new(Whose::Account(account.clone()), self.max_retries);
                Arc::clone(self.accounts().entry(account.clone()).or_insert_with(new))
            };
            let wait = own.unwrap_or(wait);
            self.close(&permits, &lane, now + wait, because);
        }
        if permits.iter().any(|permit| permit.is_for(&self.strangers)) {
            // From now on the call is no stranger. The others have to find out one after another.
            self.close(&permits, &self.strangers, now, because);
        }
        let common = permits.iter_mut().filter(|permit| permit.is_for(&self.all));
        common.for_each(Permit::went_through);
    }

    fn close(&self, permits: &[Permit], lane: &Arc<Lane>, until: Instant, because: &Error) {
        match permits.iter().find(|permit| permit.is_for(lane)) {
            Some(permit) => permit.was_throttled(until, because),
            None => lane.close(until, because),
        }
    }

    fn accounts(&self) -> MutexGuard<'_, BTreeMap<BusinessAccountId, Arc<Lane>>> {
        // A map is valid at any moment, so a panic elsewhere cannot have left it half-made.
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
