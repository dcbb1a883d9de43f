//! The numbers of accounts with all their details: listed once, however many look-ups there are.
//!
//! A configuration may look up a thousand numbers as people write them, and each look-up needs the
//! whole list of the account. They share one, until a PIN is set: what is looked up after that, as
//! by a `check` block at the end of an apply, sees what was set.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::OnceCell;
use tokio_util::sync::CancellationToken;

use crate::graph::{self, BusinessAccountId, Class, Error, PhoneNumber, PhoneNumberFields};

/// What has been listed so far, by account.
#[derive(Debug, Default)]
pub(crate) struct Directory {
    lists: Mutex<HashMap<BusinessAccountId, Arc<List>>>,
}

/// A failure is shared like a list, so that a thousand look-ups do not fail a thousand times.
type List = OnceCell<Result<Arc<[PhoneNumber]>, Error>>;

impl Directory {
    /// All numbers of an account, in the order of the API.
    pub(crate) async fn numbers(
        &self,
        client: &graph::Client,
        account: &BusinessAccountId,
        stop: &CancellationToken,
    ) -> Result<Arc<[PhoneNumber]>, Error> {
        let list = Arc::clone(self.lists().entry(account.clone()).or_default());
        let fetch = async || match every_page(client, account, stop).await {
            Err(error) if error.class() == Class::Cancelled => Err(error),
            outcome => Ok(outcome),
        };
        list.get_or_try_init(fetch).await?.clone()
    }

    /// Forgets what is listed: it is older than what this process has set.
    pub(crate) fn outdate(&self) {
        self.lists().clear();
    }

    fn lists(&self) -> MutexGuard<'_, HashMap<BusinessAccountId, Arc<List>>> {
        // A map is valid at any moment, so a panic elsewhere cannot have left it half-made.
        self.lists.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn every_page(
    client: &graph::Client,
    account: &BusinessAccountId,
    stop: &CancellationToken,
) -> Result<Arc<[PhoneNumber]>, Error> {
    let mut pages = client.phone_numbers(account.clone(), PhoneNumberFields::Details);
    let mut numbers = Vec::new();
    while let Some(page) = pages.next_page(stop).await? {
        numbers.extend(page);
    }
    Ok(numbers.into())
}
