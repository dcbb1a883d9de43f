//! What is left in memory of a secret once its owner is gone, read as a core dump would show it.
//!
//! A PIN is too short to look for: the allocator writes its own marks over so few bytes.

use std::fs::File;
use std::os::unix::fs::FileExt;

use url::Host;

use crate::graph::scrub::Scrub;
use crate::graph::token::{AccessToken, AppSecret};
use crate::graph::way_out::{self, Surroundings, Way};

/// Where a text lies: its address, and what is to be found there while it lives.
struct Place {
    address: usize,
    content: Vec<u8>,
}

impl Place {
    /// The allocator writes its own marks over the first bytes of what it gets back, so only the
    /// rest can tell.
    fn of(bytes: &[u8]) -> Self {
        let (_, rest) = bytes.split_at(ALLOCATORS_OWN);
        Self { address: rest.as_ptr().addr(), content: rest.to_vec() }
    }

    fn is_intact(&self) -> bool {
        let mut found = vec![0; self.content.len()];
        let memory = File::open("/proc/self/mem").expect("a process may read itself");
        let read = memory.read_exact_at(&mut found, self.address as u64);
        // What has been given back to the system is gone as well.
        read.is_ok() && found == self.content
    }
}

fn assert_cleared<T>(what: &str, owner: T, place: Place) {
    assert!(place.is_intact(), "{what} is not where it is looked for");
    drop(owner);
    assert!(!place.is_intact(), "{what} outlives its owner");
}

#[test]
fn a_plain_text_would_be_found() {
    // Another test may have reused its memory at once, but not every time.
    let found = (0..100).any(|_| {
        let text = CANARY.to_owned();
        let place = Place::of(text.as_bytes());
        drop(text);
        place.is_intact()
    });
    assert!(found, "this way of looking finds nothing");
}

#[test]
fn tokens_secrets_and_proofs_are_cleared() {
    let token = AccessToken::parse(CANARY).expect("a token");
    let secret = AppSecret::parse(CANARY).expect("a secret");
    let proof = secret.proof(&token);
    let place = Place::of(proof.expose().as_bytes());
    assert_cleared("the proof", proof, place);
    let place = Place::of(token.expose().as_bytes());
    assert_cleared("the token", token, place);
    let place = Place::of(secret.expose().as_bytes());
    assert_cleared("the app secret", secret, place);
}

#[test]
fn the_header_is_cleared_with_its_last_copy() {
    let header = AccessToken::parse(CANARY).expect("a token").authorization();
    let copy = header.clone();
    let place = Place::of(copy.as_bytes());
    drop(header);
    assert_cleared("the Authorization header", copy, place);
}

#[test]
fn the_login_of_a_proxy_is_cleared_as_the_token_is() {
    let value = format!("http://user:{}@p.example", CANARY.replace(['"', '\\', '%'], "-"));
    let surroundings =
        Surroundings::read(|name| (name == "HTTPS_PROXY").then(|| value.clone().into()));
    let way = way_out::way(&surroundings, &Host::Domain("api.example"), 443).expect("a way");
    let Way::Through(proxy) = way else { panic!("through the proxy") };
    let login = proxy.login.expect("a login");
    let header = login.header();
    let place = Place::of(header.as_bytes());
    assert_cleared("the Proxy-Authorization header", header, place);
    let place = Place::of(&login.password);
    assert_cleared("the proxy's password", login, place);
}

#[test]
fn what_is_scrubbed_from_messages_is_cleared() {
    let mut scrub = Scrub::default();
    scrub.add(CANARY);
    let places: Vec<_> = scrub.forms().map(|form| Place::of(form.as_bytes())).collect();
    assert_eq!(places.len(), 3);
    assert!(places.iter().all(Place::is_intact));
    drop(scrub);
    assert!(!places.iter().any(Place::is_intact));
}

const ALLOCATORS_OWN: usize = 24;
const CANARY: &str = "EAAGcanary\"of\\the%memory-0123456789-abcdefghijklmnopqrstuvwxyz";
