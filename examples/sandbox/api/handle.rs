//! The handle of a running sandbox: look behind the API, and break it.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use super::admin;
use super::builder::Builder;
use super::events::Event;
use super::rules::{Rule, RuleId};
use super::server::Server;
use super::shared::Shared;
use super::state::{PhoneNumber, Token, World};
use super::tls::Identity;

/// A sandbox that runs in a thread of its own, for tests that block and for those that do not.
///
/// Dropping it ends the server and all its connections at once. If the sandbox itself panicked
/// while it answered, the drop panics too, so that the test fails for the right reason.
#[derive(Debug)]
pub struct Sandbox {
    shared: Arc<Shared>,
    server: Server,
    ca_pem: Option<String>,
}

impl Sandbox {
    /// Starts with the default seed: one token, one account, three numbers without a PIN.
    pub fn start() -> Self {
        Self::builder().start()
    }

    /// Starts with a seed of your own.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// The ID of a number that [`Builder::numbers`] seeded, counted from 0.
    pub fn number_id(index: u64) -> String {
        (200_000_000_000_001 + index).to_string()
    }

    pub(super) fn run(world: World, listener: TcpListener, identity: Option<Identity>) -> Self {
        let address = listener.local_addr().expect("a bound listener has an address");
        let scheme = if identity.is_some() { "https" } else { "http" };
        let shared = Shared::new(world, format!("{scheme}://{address}"));
        let (tls, ca_pem) = identity.map(|identity| (identity.server, identity.ca_pem)).unzip();
        let server = Server::spawn(listener, tls, admin::router(shared.clone()));
        Self { shared, server, ca_pem }
    }

    /// `http://127.0.0.1:{port}`, or https; without a slash at the end.
    pub fn base_url(&self) -> &str {
        &self.shared.base_url
    }

    /// The private CA's certificate, if the server speaks https.
    pub fn ca_pem(&self) -> Option<&str> {
        self.ca_pem.as_deref()
    }

    /// The PIN in force at `number`.
    pub fn pin(&self, number: &str) -> Option<String> {
        self.shared.lock().world.numbers.get(number)?.pin.clone()
    }

    /// The PINs in force, by phone number ID.
    pub fn pins(&self) -> BTreeMap<String, String> {
        let inner = self.shared.lock();
        let numbers = inner.world.numbers.values();
        numbers.filter_map(|number| Some((number.id.clone(), number.pin.clone()?))).collect()
    }

    /// The flag as Graph shows it now; false if there is no such number.
    pub fn is_pin_enabled(&self, number: &str) -> bool {
        let inner = self.shared.lock();
        inner.world.numbers.get(number).is_some_and(|known| known.is_pin_enabled(Instant::now()))
    }

    /// Switches two-step verification off, as somebody can in WhatsApp Manager.
    ///
    /// # Panics
    ///
    /// If there is no such number.
    pub fn switch_pin_off(&self, number: &str) {
        self.edit_number(number, PhoneNumber::switch_pin_off);
    }

    /// Changes a number behind the caller's back.
    ///
    /// # Panics
    ///
    /// If there is no such number.
    pub fn edit_number(&self, number: &str, edit: impl FnOnce(&mut PhoneNumber)) {
        let mut inner = self.shared.lock();
        edit(inner.world.numbers.get_mut(number).expect("the test names a seeded number"));
    }

    /// Puts the clock forward by which registrations are counted.
    pub fn put_clock_forward(&self, by: Duration) {
        self.shared.lock().world.ahead += by;
    }

    /// How many calls to register arrived.
    pub fn registrations(&self) -> usize {
        self.count(|event| event.is_post() && event.path.ends_with("/register"))
    }

    /// Adds a number to an account.
    pub fn add_number(&self, account: &str, number: PhoneNumber) {
        self.shared.lock().world.add_number(account, number);
    }

    /// Deletes a number.
    pub fn remove_number(&self, number: &str) {
        self.shared.lock().world.numbers.remove(number);
    }

    /// Replaces all tokens.
    pub fn set_tokens(&self, tokens: impl IntoIterator<Item = Token>) {
        self.shared.lock().world.tokens = tokens.into_iter().collect();
    }

    /// Puts a fault, or a rule that says when it strikes, behind those already in force.
    pub fn inject(&self, rule: impl Into<Rule>) -> RuleId {
        self.shared.lock().rules.inject(rule.into())
    }

    /// Takes one rule back.
    pub fn clear_fault(&self, id: RuleId) {
        self.shared.lock().rules.remove(id);
    }

    /// Takes all rules back; callers that were told to wait need not wait any longer.
    pub fn clear_faults(&self) {
        self.shared.lock().clear_faults();
    }

    /// Puts the seed back and forgets faults and events.
    pub fn reset(&self) {
        self.shared.reset();
    }

    /// All Graph calls so far, in the order of their arrival.
    pub fn events(&self) -> Vec<Event> {
        self.shared.lock().journal.events.clone()
    }

    /// Forgets the calls so far, to count those of the next step alone.
    pub fn forget_events(&self) {
        self.shared.lock().journal.events.clear();
    }

    /// How many calls arrived.
    pub fn calls(&self) -> usize {
        self.count(|_| true)
    }

    /// How many POSTs arrived.
    pub fn posts(&self) -> usize {
        self.count(Event::is_post)
    }

    /// How many calls satisfy `which`.
    pub fn count(&self, which: impl Fn(&Event) -> bool) -> usize {
        self.shared.lock().journal.events.iter().filter(|event| which(event)).count()
    }

    /// How many calls arrived although an answer had told the caller to stay away. Within
    /// [`CROSSING`](super::CROSSING) after that answer nobody is blamed: a test needs a longer wait.
    pub fn calls_while_told_to_wait(&self) -> usize {
        self.count(|event| event.while_told_to_wait)
    }

    /// Those of them that are POSTs.
    pub fn posts_while_told_to_wait(&self) -> usize {
        self.count(|event| event.while_told_to_wait && event.is_post())
    }

    /// The largest number of calls that were under way at once.
    pub fn most_in_flight(&self) -> usize {
        let inner = self.shared.lock();
        inner.journal.events.iter().map(|event| event.in_flight + 1).max().unwrap_or(0)
    }

    /// Blocks the thread until the events satisfy `done`; false if they do not within `patience`.
    /// An async test calls it where blocking is allowed, such as in `tokio::task::spawn_blocking`.
    /// `done` runs under the sandbox's lock: it must look at the events alone, not ask this handle.
    pub fn wait_for(&self, patience: Duration, done: impl Fn(&[Event]) -> bool) -> bool {
        self.shared.wait_for(patience, done)
    }

    /// Every call from now on, as soon as its outcome is known.
    pub fn follow(&self) -> mpsc::Receiver<Event> {
        self.shared.lock().journal.follow()
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.server.stop();
        let panics = std::mem::take(&mut self.shared.lock().panics);
        if !panics.is_empty() && !std::thread::panicking() {
            panic!("the sandbox panicked while it answered: {panics:?}");
        }
    }
}
