//! The kinds of failure, one for each next step that a caller can take.
//!
//! They have a file of their own because the table of codes sorts by them, and so do errors, which
//! look themselves up in that table.

/// What kind of failure it is; each class has a different next step.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Class {
    /// The number or account is in a state that does not allow the call.
    AccountState,
    /// The token, or the app secret that goes with it, is not accepted.
    Auth,
    /// The answer is larger than any answer to this call should be.
    BodyTooLarge,
    /// The caller asked to stop before the call was done.
    Cancelled,
    /// No connection was made: nothing was sent.
    Connect,
    /// The connection broke before the answer was complete.
    ConnectionLost,
    /// The request holds something the API does not accept.
    InvalidInput,
    /// The call was not sent, because others had shown that it would fail: the API is down, or the
    /// token is refused.
    NotTried,
    /// No such object, or one the token may not see: the API does not tell these apart.
    NotFound,
    /// The API reported an error that nothing is known about.
    Other,
    /// The token is good but may not do this.
    Permission,
    /// A proxy on the way did not lead to the API: nothing was sent to it.
    Proxy,
    /// Too many calls; see [`Error::retry_after`](crate::graph::Error::retry_after).
    RateLimit,
    /// The answer was a redirect, which is never followed: it would take the token elsewhere.
    Redirect,
    /// The answer did not arrive within the time limit.
    Timeout,
    /// The server's certificate is not trusted, or no TLS connection could be agreed on.
    Tls,
    /// The service failed for a reason that passes.
    Transient,
    /// The answer is not one of this API: not JSON, cut off, or without what was asked for.
    UnreadableAnswer,
    /// The API answered that the call did not succeed, without saying why.
    Unsuccessful,
}
