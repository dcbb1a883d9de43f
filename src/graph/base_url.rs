//! Where calls go: the API's address and version, checked before a token is sent there.

use std::{fmt, str::FromStr};

use url::{Host, Url};

use crate::graph::way_out::{self, Refusal, Surroundings, Way};

/// The address of the API: `https`, or plain `http` to this machine only.
///
/// A path is kept as a prefix, for gateways that serve the API below one; anything else (user
/// names, passwords, query, fragment) is refused.
#[derive(Clone, Eq, PartialEq)]
pub struct BaseUrl(Url);

impl BaseUrl {
    /// The host without port, as it is named in certificates and messages.
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    /// The port that calls go to.
    pub(crate) fn port(&self) -> u16 {
        self.0.port_or_known_default().unwrap_or_default()
    }

    /// Which way calls take. Plain http never leaves this machine, so it goes through no proxy.
    pub(crate) fn way(&self, surroundings: &Surroundings) -> Result<Way, Refusal> {
        match (self.0.host(), self.0.port_or_known_default()) {
            (Some(host), Some(port)) if self.0.scheme() == "https" => {
                way_out::way(surroundings, &host, port)
            }
            _ => Ok(Way::Direct),
        }
    }

    /// The address with the path's segments appended.
    pub(crate) fn join<'a>(&self, segments: impl IntoIterator<Item = &'a str>) -> Url {
        let mut url = self.0.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        url
    }
}

impl Default for BaseUrl {
    fn default() -> Self {
        DEFAULT.parse().expect("the default address is a good one")
    }
}

impl FromStr for BaseUrl {
    type Err = ParseBaseUrlError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let url = Url::parse(text.trim()).map_err(|_| ParseBaseUrlError::NotAUrl)?;
        let host = url.host().ok_or(ParseBaseUrlError::NotAUrl)?;
        match url.scheme() {
            "https" => {}
            "http" if is_loopback(&host) => {}
            "http" => return Err(ParseBaseUrlError::PlainHttp),
            _ => return Err(ParseBaseUrlError::Scheme),
        }
        // An empty user name leaves no trace in the parsed form, only its sign does.
        if authority(text).contains('@') {
            return Err(ParseBaseUrlError::Credentials);
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(ParseBaseUrlError::Query);
        }
        if ends_in_version(&url) {
            return Err(ParseBaseUrlError::Version);
        }
        Ok(Self(url))
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

impl fmt::Debug for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BaseUrl({self})")
    }
}

/// Why a text is not an address that calls may go to. The text is not repeated: it may hold a
/// password.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseBaseUrlError {
    /// A user name or password in front of the host, or something made to look like one.
    #[error("contains a user name or password")]
    Credentials,
    /// Not a complete URL with a host.
    #[error("is not a complete URL, such as {DEFAULT}")]
    NotAUrl,
    /// Plain `http` to another machine, where anybody on the way could read the token.
    #[error("is plain http, which is allowed to 127.0.0.1, ::1 and localhost only")]
    PlainHttp,
    /// A query (`?`) or a fragment (`#`).
    #[error("contains a query or a fragment")]
    Query,
    /// Neither `https` nor `http`.
    #[error("does not start with https://")]
    Scheme,
    /// A version at its end, as Meta's documentation writes it: each call would have two.
    #[error("ends in a version of the Graph API, which every call adds by itself")]
    Version,
}

/// A version of the Graph API: `v24.0`.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct ApiVersion {
    major: u16,
    minor: u16,
}

impl ApiVersion {
    pub(crate) const fn new(major: u16, minor: u16) -> Self {
        Self { major, minor }
    }
}

/// The version that the client was written for.
impl Default for ApiVersion {
    fn default() -> Self {
        Self::new(24, 0)
    }
}

impl FromStr for ApiVersion {
    type Err = ParseApiVersionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let numbers = text.strip_prefix('v').and_then(|rest| rest.split_once('.'));
        let (major, minor) = numbers.ok_or(ParseApiVersionError)?;
        Ok(Self { major: version_number(major)?, minor: version_number(minor)? })
    }
}

impl fmt::Display for ApiVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "v{}.{}", self.major, self.minor)
    }
}

/// The text is not a version such as `v24.0`.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("is not a version such as v24.0")]
pub struct ParseApiVersionError;

fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

fn authority(text: &str) -> &str {
    let rest = text.split_once(':').map_or(text, |(_, rest)| rest);
    let rest = rest.trim_start_matches(['/', '\\']);
    rest.split(['/', '\\', '?', '#']).next().unwrap_or_default()
}

fn ends_in_version(url: &Url) -> bool {
    let mut segments = url.path_segments().into_iter().flatten();
    let last = segments.rfind(|segment| !segment.is_empty());
    last.is_some_and(|last| last.to_ascii_lowercase().parse::<ApiVersion>().is_ok())
}

fn version_number(text: &str) -> Result<u16, ParseApiVersionError> {
    let canonical = text == "0" || !text.starts_with('0');
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse().ok().filter(|_| canonical && digits);
    number.ok_or(ParseApiVersionError)
}

const DEFAULT: &str = "https://graph.facebook.com";

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> ParseBaseUrlError {
        text.parse::<BaseUrl>().expect_err("refused")
    }

    #[test]
    fn https_and_plain_http_to_this_machine_are_good() {
        for text in [
            "https://graph.facebook.com",
            "https://gateway.example/meta/",
            "https://gateway.example/v2",
            "https://gateway.example/v1.0/meta",
            "HTTPS://Graph.Facebook.Com:443",
            "http://127.0.0.1:8080",
            "http://127.9.9.9",
            "http://[::1]:8080",
            "http://localhost:1",
            " https://graph.facebook.com\n",
        ] {
            assert!(text.parse::<BaseUrl>().is_ok(), "{text}");
        }
    }

    #[test]
    fn plain_http_to_another_machine_is_refused_however_it_is_dressed() {
        for text in [
            "http://graph.facebook.com",
            "http://127.0.0.1.evil.example",
            "http://localhost.evil.example",
            "http://localhost@evil.example",
            "http://127.0.0.1:80@evil.example",
            "http://[::2]",
            "http://[::ffff:127.0.0.1]",
            "http://0.0.0.0",
            "http://10.0.0.1",
            "http://localhost.",
        ] {
            assert_eq!(refusal(text), ParseBaseUrlError::PlainHttp, "{text}");
        }
    }

    #[test]
    fn credentials_queries_and_other_schemes_are_refused() {
        for text in [
            "https://user:secret@graph.facebook.com",
            "https://@graph.facebook.com",
            "https://evil@graph.facebook.com/",
            "http://evil@localhost",
        ] {
            assert_eq!(refusal(text), ParseBaseUrlError::Credentials, "{text}");
        }
        for text in ["https://graph.facebook.com?x=1", "https://a.example/b?", "https://a.example#"]
        {
            assert_eq!(refusal(text), ParseBaseUrlError::Query, "{text}");
        }
        for text in ["https://graph.facebook.com/v24.0", "https://a.example/meta/V24.0/"] {
            assert_eq!(refusal(text), ParseBaseUrlError::Version, "{text}");
        }
        assert_eq!(refusal("ftp://graph.facebook.com"), ParseBaseUrlError::Scheme);
        for text in ["", "graph.facebook.com", "https://", "/v24.0", "file:///etc/passwd"] {
            assert_eq!(refusal(text), ParseBaseUrlError::NotAUrl, "{text}");
        }
    }

    #[test]
    fn calls_to_this_machine_take_the_direct_way() {
        let surroundings =
            Surroundings::read(|name| (name == "HTTPS_PROXY").then(|| "http://p.example".into()));
        let is_direct = |text: &str| {
            let url = text.parse::<BaseUrl>().expect("good");
            matches!(url.way(&surroundings), Ok(Way::Direct))
        };
        assert!(is_direct("http://127.0.0.1:1") && is_direct("https://localhost"));
        assert!(!is_direct("https://127.0.0.1.evil.example"));
    }

    #[test]
    fn a_path_prefix_is_kept_with_and_without_its_last_slash() {
        for base in ["https://a.example/meta", "https://a.example/meta/"] {
            let url = base.parse::<BaseUrl>().expect("good").join(["v24.0", "1"]);
            assert_eq!(url.as_str(), "https://a.example/meta/v24.0/1");
        }
        let url = BaseUrl::default().join(["v24.0", "1"]);
        assert_eq!(url.as_str(), "https://graph.facebook.com/v24.0/1");
    }

    #[test]
    fn versions_are_a_v_and_two_numbers() {
        assert_eq!("v24.0".parse::<ApiVersion>().expect("good").to_string(), "v24.0");
        for text in
            ["24.0", "v24", "v24.", "v.0", "V24.0", "v24.0.1", "v024.0", "v+4.0", "v24.0 ", ""]
        {
            assert_eq!(text.parse::<ApiVersion>(), Err(ParseApiVersionError), "{text}");
        }
    }
}
