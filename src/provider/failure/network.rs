//! What a user reads when something on the way to the API fails, and not the API.

use crate::graph::{Refusal, Why};
use crate::tf_provider::Diagnostic;

/// A variable for proxies cannot be read, so that no call is made.
pub(crate) fn unreadable_proxy(refusal: &Refusal) -> Diagnostic {
    let Refusal { variable, why } = refusal;
    Diagnostic::error(
        "Proxy Setting Not Readable",
        format!(
            "The environment variable {variable} {why}. Nothing was sent, because a call must not \
             go past a proxy that was meant.\n\n{} To use no proxy, unset the variable, or name \
             the API's host in NO_PROXY.",
            repair(*why)
        ),
    )
}

fn repair(why: Why) -> &'static str {
    match why {
        Why::Blank => {
            "Write the address without blanks and line ends around and in it. Files that become \
             variables often end in a line end."
        }
        Why::Login | Why::LoginAfterHost => {
            "In a user name or password write \\ as %5C, # as %23, / as %2F, ? as %3F, % as %25, and \
             any other sign that is not a letter, a digit or one of -._~!$&'()*+,;=:@ likewise."
        }
        Why::Scheme => {
            "Write http://HOST:PORT, or https:// or socks5:// in its place, without quotes around \
             it. Other kinds of proxies, SOCKS 4 among them, are not spoken to."
        }
        Why::SocksLogin => {
            "A SOCKS proxy takes a user name of 1 to 255 bytes and a password of at most 255, and \
             both have to be UTF-8."
        }
        Why::NotText => "Write the address in plain letters.",
        _ => {
            "Write http://HOST:PORT, or http://USER:PASSWORD@HOST:PORT, without quotes around it, \
             and an IPv6 address in brackets."
        }
    }
}
