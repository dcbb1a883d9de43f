//! Seeds a sandbox before it starts.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::time::Duration;

use super::handle::Sandbox;
use super::state::{PhoneNumber, Token, World};
use super::tls::Identity;
use super::{DEFAULT_ACCOUNT, DEFAULT_NUMBER, DEFAULT_TOKEN};

/// Collects accounts, numbers and tokens. Whatever is left out comes from the default seed.
#[derive(Debug, Default)]
pub struct Builder {
    world: World,
    account: Option<String>,
    port: u16,
}

impl Builder {
    /// Adds a token that sees every account; without any, [`DEFAULT_TOKEN`] is known.
    pub fn token(self, value: impl Into<String>) -> Self {
        self.with_token(Token::new(value))
    }

    /// Adds a token.
    pub fn with_token(mut self, token: Token) -> Self {
        self.world.tokens.push(token);
        self
    }

    /// Adds an account. The numbers that follow belong to it; without any, to [`DEFAULT_ACCOUNT`].
    pub fn account(mut self, id: impl Into<String>) -> Self {
        let id = id.into();
        self.world.accounts.insert(id.clone(), format!("Account {id}"));
        self.account = Some(id);
        self
    }

    /// Adds a registered number without a PIN.
    pub fn number(self, id: impl Into<String>, display_phone_number: impl Into<String>) -> Self {
        self.with_number(PhoneNumber::new(id, display_phone_number))
    }

    /// Adds a number.
    pub fn with_number(mut self, number: PhoneNumber) -> Self {
        if self.account.is_none() {
            self = self.account(DEFAULT_ACCOUNT);
        }
        let account = self.account.clone().unwrap_or_default();
        self.world.add_number(&account, number);
        self
    }

    /// Adds `count` numbers with the IDs [`Sandbox::number_id`] of 0, 1, 2 and so on.
    pub fn numbers(self, count: u64) -> Self {
        self.numbers_with(count, |number| number)
    }

    /// Like [`Builder::numbers`], each changed by `seed`, say by giving it a PIN.
    pub fn numbers_with(self, count: u64, seed: impl Fn(PhoneNumber) -> PhoneNumber) -> Self {
        self.numbers_from(0, count, seed)
    }

    /// Like [`Builder::numbers_with`], counted from `first`: for the numbers of a further account.
    pub fn numbers_from(
        mut self,
        first: u64,
        count: u64,
        seed: impl Fn(PhoneNumber) -> PhoneNumber,
    ) -> Self {
        for index in first..first + count {
            let display = format!("+1 555-{:03}-{:04}", 100 + index / 10_000, index % 10_000);
            self = self.with_number(seed(PhoneNumber::new(Sandbox::number_id(index), display)));
        }
        self
    }

    /// `is_pin_enabled` follows a POST only after `lag`, as dashboards do.
    pub fn flag_lag(mut self, lag: Duration) -> Self {
        self.world.flag_lag = lag;
        self
    }

    /// Listens on this port of 127.0.0.1; without it, on one that the system chooses.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Starts a server over plain http.
    ///
    /// # Panics
    ///
    /// If the port is taken.
    pub fn start(self) -> Sandbox {
        self.start_with(None)
    }

    /// Starts a server over plain http, unless the port is taken.
    pub fn try_start(self) -> io::Result<Sandbox> {
        self.try_start_with(None)
    }

    /// Starts a server over https whose certificate a fresh private CA signed.
    ///
    /// # Panics
    ///
    /// If the port is taken.
    pub fn start_tls(self) -> Sandbox {
        self.start_with(Some(Identity::generate()))
    }

    fn start_with(self, identity: Option<Identity>) -> Sandbox {
        let port = self.port;
        self.try_start_with(identity)
            .unwrap_or_else(|error| panic!("the sandbox cannot listen on port {port}: {error}"))
    }

    fn try_start_with(mut self, identity: Option<Identity>) -> io::Result<Sandbox> {
        if self.world.numbers.is_empty() && self.account.is_none() {
            self = self.default_numbers();
        }
        if self.world.tokens.is_empty() {
            self = self.token(DEFAULT_TOKEN);
        }
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, self.port));
        let listener = TcpListener::bind(address)?;
        Ok(Sandbox::run(self.world, listener, identity))
    }

    fn default_numbers(self) -> Self {
        self.number(DEFAULT_NUMBER, "+1 555-010-0001")
            .number("106540352242923", "+1 555-010-0002")
            .number("106540352242924", "+1 555-010-0003")
    }
}
