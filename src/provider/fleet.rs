//! The batched refresh: one list call answers for a hundred numbers.
//!
//! Meta allows 200 management calls an hour for an account, and a refresh costs one for each
//! number. With an account configured, reads are answered from the account's list instead. It is
//! fetched once per process and shared by all reads, one page after another as they are needed.
//! What the list cannot answer is left to a call of its own.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio_util::sync::CancellationToken;

use crate::graph::{
    self, BusinessAccountId, Class, Error, PhoneNumberFields, PhoneNumberId, PhoneNumberPages,
};

/// The numbers of one account, as far as they have been listed.
#[derive(Debug)]
pub(crate) struct Fleet {
    account: BusinessAccountId,
    /// Held while a page is fetched, so that all who need it wait for the one call.
    listing: tokio::sync::Mutex<Listing>,
    /// Numbers whose PIN this process has set: what was listed before does not count. Apart from
    /// the listing, because a write must not wait for somebody else's page.
    outdated: Mutex<HashSet<PhoneNumberId>>,
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
}

#[derive(Debug, Default)]
enum Progress {
    #[default]
    NotBegun,
    Under(PhoneNumberPages),
    Ended,
    /// It failed for a reason that every other call meets as well.
    Hopeless(Error),
}

impl Fleet {
    pub(crate) fn new(account: BusinessAccountId) -> Self {
        Self { account, listing: Default::default(), outdated: Default::default() }
    }

    /// The account whose numbers are listed.
    pub(crate) fn account(&self) -> &BusinessAccountId {
        &self.account
    }

    /// Looks a number up, fetching pages until it is found.
    ///
    /// An error means that the user asked to stop, or that a call for the number alone would fail
    /// in the same way: a thousand of them against a rate limit would only make the block longer.
    pub(crate) async fn look_up(
        &self,
        client: &graph::Client,
        number: &PhoneNumberId,
        stop: &CancellationToken,
    ) -> Result<Listed, Error> {
        let mut listing = self.listing.lock().await;
        loop {
            if self.outdated().contains(number) {
                return Ok(Listed::Nothing);
            }
            if let Some(status) = listing.status.get(number) {
                return Ok(Listed::Status(*status));
            }
            match listing.fetch_page(client, &self.account, stop).await {
                Ok(true) => {}
                Ok(false) => return Ok(Listed::Nothing),
                Err(error) => return listing.fail(error),
            }
        }
    }

    /// Takes what is listed of a number for outdated: its PIN has been set, or perhaps so.
    pub(crate) fn outdate(&self, number: &PhoneNumberId) {
        self.outdated().insert(number.clone());
    }

    fn outdated(&self) -> MutexGuard<'_, HashSet<PhoneNumberId>> {
        // A set is valid at any moment, so a panic elsewhere cannot have left it half-made.
        self.outdated.lock().unwrap_or_else(PoisonError::into_inner)
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
        let pages = match &mut self.progress {
            Progress::Under(pages) => pages,
            Progress::Hopeless(error) => return Err(error.clone()),
            Progress::NotBegun | Progress::Ended => return Ok(false),
        };
        let Some(page) = pages.next_page(stop).await? else {
            self.progress = Progress::Ended;
            return Ok(false);
        };
        self.status.extend(page.into_iter().map(|number| (number.id, number.is_pin_enabled)));
        Ok(true)
    }

    /// Ends the list, unless the user ended it: then the next read goes on with the same page.
    fn fail(&mut self, error: Error) -> Result<Listed, Error> {
        if error.class() == Class::Cancelled {
            return Err(error);
        }
        if concerns_every_call(&error) {
            self.progress = Progress::Hopeless(error.clone());
            return Err(error);
        }
        self.progress = Progress::Ended;
        Ok(Listed::Failed(error))
    }
}

/// Whether a call for a single number would meet the same failure.
fn concerns_every_call(error: &Error) -> bool {
    let class_says_so = matches!(
        error.class(),
        Class::Auth | Class::Connect | Class::RateLimit | Class::Redirect | Class::Tls
    );
    class_says_so || error.is_about_app_secret() || error.is_about_version()
}
