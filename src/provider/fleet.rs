//! The batched refresh: one list call answers for a hundred numbers.
//!
//! Meta allows 200 management calls an hour for an account, and a refresh costs one for each
//! number. With an account configured, reads are answered from the account's list instead. It is
//! fetched once per process and shared by all reads, one page after another as they are needed.
//! What the list cannot answer is left to a call of its own.

use std::collections::{HashMap, HashSet};

use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

use crate::graph::{
    self, BusinessAccountId, Class, Error, PhoneNumberFields, PhoneNumberId, PhoneNumberPages,
};

/// The numbers of one account, as far as they have been listed.
#[derive(Debug)]
pub(crate) struct Fleet {
    account: BusinessAccountId,
    listing: Mutex<Listing>,
}

/// What the list says about a number.
#[derive(Debug)]
pub(crate) enum Listed {
    /// Whether it has a PIN, where the API says so.
    Status(Option<bool>),
    /// Nothing: it is not in the list, or the list is older than the number's PIN.
    Nothing,
    /// Nothing, because the list failed. Said once; later reads get [`Listed::Nothing`].
    Failed(Error),
}

#[derive(Debug, Default)]
struct Listing {
    progress: Progress,
    status: HashMap<PhoneNumberId, Option<bool>>,
    /// Numbers whose PIN this process has set: what was listed before does not count.
    stale: HashSet<PhoneNumberId>,
}

#[derive(Debug, Default)]
enum Progress {
    #[default]
    NotBegun,
    Under(PhoneNumberPages),
    Ended,
}

impl Fleet {
    pub(crate) fn new(account: BusinessAccountId) -> Self {
        Self { account, listing: Mutex::default() }
    }

    /// The account whose numbers are listed.
    pub(crate) fn account(&self) -> &BusinessAccountId {
        &self.account
    }

    /// Looks a number up, fetching pages until it is found. An error means that the user asked to
    /// stop.
    pub(crate) async fn look_up(
        &self,
        client: &graph::Client,
        number: &PhoneNumberId,
        stop: &CancellationToken,
    ) -> Result<Listed, Error> {
        let mut listing = self.listing.lock().await;
        loop {
            if listing.stale.contains(number) {
                return Ok(Listed::Nothing);
            }
            if let Some(status) = listing.status.get(number) {
                return Ok(Listed::Status(*status));
            }
            match listing.fetch_page(client, &self.account, stop).await {
                Ok(true) => {}
                Ok(false) => return Ok(Listed::Nothing),
                Err(error) if error.class() == Class::Cancelled => return Err(error),
                Err(error) => {
                    listing.progress = Progress::Ended;
                    return Ok(Listed::Failed(error));
                }
            }
        }
    }

    /// Takes what is listed of a number for outdated: its PIN has been set.
    pub(crate) async fn outdated(&self, number: &PhoneNumberId) {
        self.listing.lock().await.stale.insert(number.clone());
    }
}

impl Listing {
    /// Fetches the next page; false if there is none.
    async fn fetch_page(
        &mut self,
        client: &graph::Client,
        account: &BusinessAccountId,
        stop: &CancellationToken,
    ) -> Result<bool, Error> {
        if matches!(self.progress, Progress::NotBegun) {
            let pages = client.phone_numbers(account.clone(), PhoneNumberFields::PinStatus);
            self.progress = Progress::Under(pages);
        }
        let Progress::Under(pages) = &mut self.progress else { return Ok(false) };
        let Some(page) = pages.next_page(stop).await? else {
            self.progress = Progress::Ended;
            return Ok(false);
        };
        self.status.extend(page.into_iter().map(|number| (number.id, number.is_pin_enabled)));
        Ok(true)
    }
}
