//! The batched refresh: one list call answers for a hundred numbers.
//!
//! Meta allows 200 management calls an hour for an account, and a refresh costs one for each
//! number. With accounts configured, reads are answered from the accounts' lists instead, which are
//! fetched side by side, once per process, and shared by all reads. [`rules`] says which page is
//! worth a call; this file fetches and wakes. What lists cannot answer is left to a call of its own.

mod rules;

use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use crate::graph::{
    self, BusinessAccountId, Error, PhoneNumber, PhoneNumberFields, PhoneNumberId, PhoneNumberPages,
};
use crate::provider::fleet::rules::{Rules, Then};

pub(crate) use crate::provider::fleet::rules::{Failure, Listed};

/// The numbers of the configured accounts, as far as they have been listed.
#[derive(Debug)]
pub(crate) struct Fleet(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    rules: Mutex<Rules>,
    /// Where each list goes on; taken out while its next page is on its way.
    pages: Mutex<Vec<Option<PhoneNumberPages>>>,
    changed: Notify,
    waiting: Mutex<Waiting>,
}

/// Who waits for pages, and what ends the fetching when the last of them is told to stop. A fetch
/// cannot hang on one read's wish: others wait for the same page.
#[derive(Debug, Default)]
struct Waiting {
    reads: usize,
    halt: CancellationToken,
}

/// What the lists have come to for one number.
#[derive(Debug)]
pub(crate) struct LookedUp {
    /// What a list says; none if the number must be read alone.
    pub(crate) listed: Option<Listed>,
    /// Lists that have failed, and of which nobody has been told.
    pub(crate) failures: Vec<Failure>,
}

impl Fleet {
    pub(crate) fn new(accounts: Vec<BusinessAccountId>) -> Self {
        let pages = accounts.iter().map(|_| None).collect();
        Self(Arc::new(Shared {
            rules: Mutex::new(Rules::new(accounts)),
            pages: Mutex::new(pages),
            changed: Notify::new(),
            waiting: Mutex::default(),
        }))
    }

    /// Looks a number up, which was last seen in the account `home`.
    ///
    /// A failure means that the user asked to stop, or that a call for the number alone would fail
    /// in the same way.
    #[expect(clippy::disallowed_methods, reason = "a moment, for more numbers to be asked for")]
    pub(crate) async fn look_up(
        &self,
        client: &graph::Client,
        number: &PhoneNumberId,
        home: Option<&BusinessAccountId>,
        stop: &CancellationToken,
    ) -> Result<LookedUp, Failure> {
        let mut patience = None;
        let waiting = self.0.join();
        loop {
            let mut changed = pin!(self.0.changed.notified());
            // From here on no change is missed, so that asking comes second.
            changed.as_mut().enable();
            let step = self.0.rules().ask(number, home);
            step.fetch.into_iter().for_each(|list| self.0.fetch(client, list));
            match step.then {
                Then::Found(listed) => return Ok(self.looked_up(Some(listed))),
                Then::Alone => return Ok(self.looked_up(None)),
                Then::Hopeless(failure) => return Err(failure),
                Then::Wait => {}
                Then::Hungry => {
                    patience.get_or_insert_with(|| Instant::now() + CROWD);
                }
            }
            let alone = async {
                match patience {
                    Some(until) => sleep_until(until).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                biased;
                () = stop.cancelled() => {
                    waiting.stopped();
                    return Err(self.stopped());
                }
                () = changed => {}
                () = alone => return Ok(self.looked_up(None)),
            }
        }
    }

    /// Takes what is listed of a number for outdated: its PIN has been set, or perhaps so.
    pub(crate) fn outdate(&self, number: &PhoneNumberId) {
        self.0.rules().outdate(number);
    }

    fn looked_up(&self, listed: Option<Listed>) -> LookedUp {
        LookedUp { listed, failures: self.0.rules().take_untold() }
    }

    fn stopped(&self) -> Failure {
        Failure { account: self.0.rules().account(0).clone(), error: Error::stopped() }
    }
}

impl Shared {
    /// Fetches the next page of a list, and those after it that are wanted by then.
    fn fetch(self: &Arc<Self>, client: &graph::Client, list: usize) {
        let (shared, client) = (Arc::clone(self), client.clone());
        let halt = self.waiting().halt.clone();
        tokio::spawn(async move {
            let mut abandoned = Abandoned { shared: &shared, list: Some(list) };
            let mut next = Some(list);
            while let Some(list) = next {
                let page = shared.next_page(&client, list, &halt).await;
                next = match page {
                    Ok(page) => shared.rules().arrived(list, page),
                    Err(error) => {
                        shared.rules().failed(list, error);
                        None
                    }
                };
                shared.changed.notify_waiters();
            }
            abandoned.list = None;
        });
    }

    async fn next_page(
        &self,
        client: &graph::Client,
        list: usize,
        halt: &CancellationToken,
    ) -> Result<Option<Vec<PhoneNumber>>, Error> {
        let pages = self.pages()[list].take();
        let mut pages = pages.unwrap_or_else(|| {
            let account = self.rules().account(list).clone();
            client.phone_numbers(account, PhoneNumberFields::PinStatus)
        });
        let page = pages.next_page(halt).await;
        self.pages()[list] = Some(pages);
        page
    }

    fn join(&self) -> Read<'_> {
        self.waiting().reads += 1;
        Read(self)
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn rules(&self) -> MutexGuard<'_, Rules> {
        // Each method leaves the rules whole, so a panic elsewhere cannot have left them half-made.
        self.rules.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn pages(&self) -> MutexGuard<'_, Vec<Option<PhoneNumberPages>>> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A read that may wait for pages.
struct Read<'a>(&'a Shared);

impl Read<'_> {
    /// The user asked to stop. The last who waits ends what is on its way.
    fn stopped(&self) {
        let mut waiting = self.0.waiting();
        if waiting.reads == 1 {
            std::mem::take(&mut waiting.halt).cancel();
        }
    }
}

impl Drop for Read<'_> {
    fn drop(&mut self) {
        self.0.waiting().reads -= 1;
    }
}

/// A fetch that panics must not keep all others waiting.
struct Abandoned<'a> {
    shared: &'a Shared,
    list: Option<usize>,
}

impl Drop for Abandoned<'_> {
    fn drop(&mut self) {
        if let Some(list) = self.list {
            self.shared.rules().abandoned(list);
            self.shared.changed.notify_waiters();
        }
    }
}

/// Terraform asks for many numbers within moments, and the first of them cannot know of the others.
/// Before one is read alone, it waits this long for more to ask, which allows more pages.
const CROWD: Duration = Duration::from_millis(50);

#[cfg(test)]
mod races;
