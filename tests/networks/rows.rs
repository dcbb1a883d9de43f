//! The rows, each an environment. `PROXY` stands for host and port of the test's proxy.

use crate::sandbox::PROXIED_HOST;
use crate::stage::Stage;

type Environment = &'static [(&'static str, &'static str)];

/// Terraform and the provider ask the proxy for the same, with the same login, and get there.
const THROUGH: [Environment; 11] = [
    &[("HTTPS_PROXY", "http://PROXY")],
    &[("https_proxy", "PROXY")],
    &[("HTTPS_PROXY", ""), ("https_proxy", "HTTP://PROXY/pac?x=1")],
    &[("HTTPS_PROXY", "http://PROXY"), ("https_proxy", "http://127.0.0.1:1")],
    &[("HTTPS_PROXY", "tcp://PROXY")],
    &[("HTTPS_PROXY", "http://us%40er:p@s:s%23@PROXY")],
    &[("HTTPS_PROXY", "http://@PROXY")],
    &[("HTTPS_PROXY", "socks5://PROXY")],
    &[("HTTPS_PROXY", "socks5h://PROXY")],
    &[("HTTPS_PROXY", "http://PROXY"), ("REQUEST_METHOD", "GET"), ("NO_PROXY", "*HOST")],
    &[("HTTPS_PROXY", "http://PROXY"), ("NO_PROXY", ".HOST,HOST:1,\"HOST\" ,10.0.0.0/8")],
];

/// Neither asks the proxy; and since only the proxy knows the host, neither gets there.
const PAST: [Environment; 6] = [
    &[("ALL_PROXY", "http://PROXY"), ("HTTP_PROXY", "http://PROXY")],
    &[("HTTPS_PROXY", "http://PROXY"), ("NO_PROXY", " a.example , HOST:PORT ")],
    &[("HTTPS_PROXY", "http://PROXY"), ("NO_PROXY", ""), ("no_proxy", "*.com,HOST")],
    &[("HTTPS_PROXY", "http://PROXY"), ("NO_PROXY", "a.example,*")],
    &[("HTTPS_PROXY", "http://127.0.0.1:1")],
    &[("HTTPS_PROXY", "socks5://127.0.0.1:1")],
];

/// The provider refuses, where Terraform goes on without a proxy or dials what nobody meant.
const REFUSED: [Environment; 6] = [
    &[("HTTPS_PROXY", " http://PROXY")],
    &[("HTTPS_PROXY", "http://PROXY ")],
    &[("HTTPS_PROXY", "\"http://PROXY\"")],
    &[("HTTPS_PROXY", "http://user:p#ss@PROXY")],
    &[("https_proxy", "http://CORP\\user:hunter2@PROXY")],
    &[("HTTPS_PROXY", "http://user:p%ss@PROXY")],
];

fn filled(row: Environment, stage: &Stage) -> Vec<(&'static str, String)> {
    let proxy = format!("127.0.0.1:{}", stage.proxy.port);
    let fill = |text: &str| {
        let text = text.replace("PROXY", &proxy).replace("HOST", PROXIED_HOST);
        text.replace("PORT", &stage.port().to_string())
    };
    row.iter().map(|(name, value)| (*name, fill(value))).collect()
}

#[test]
fn where_terraform_goes_through_a_proxy_the_provider_does_with_the_same_request() {
    let stage = Stage::new(true);
    for row in THROUGH {
        let environment = filled(row, &stage);
        let (terraform, provider) = (stage.terraform(&environment), stage.provider(&environment));
        assert!(!terraform.asked.is_empty(), "{row:?}: {}", terraform.finished);
        assert_eq!(provider.asked.first(), terraform.asked.first(), "{row:?}");
        provider.finished.expect_success();
    }
}

#[test]
fn where_terraform_goes_past_a_proxy_the_provider_does() {
    let stage = Stage::new(true);
    for row in PAST {
        let environment = filled(row, &stage);
        let (terraform, provider) = (stage.terraform(&environment), stage.provider(&environment));
        assert_eq!((terraform.asked, provider.asked), (vec![], vec![]), "{row:?}");
        terraform.finished.expect_failure();
        provider.finished.expect_failure();
    }
}

#[test]
fn where_terraform_does_not_do_what_was_meant_the_provider_refuses_and_names_the_variable() {
    let stage = Stage::new(true);
    for row in REFUSED {
        let environment = filled(row, &stage);
        let (terraform, provider) = (stage.terraform(&environment), stage.provider(&environment));
        assert_eq!((terraform.asked, provider.asked), (vec![], vec![]), "{row:?}");
        terraform.finished.expect_failure();
        let error = provider.finished.expect_error("Proxy Setting Not Readable");
        assert!(error.detail.contains(row[0].0), "{}", error.detail);
        assert!(!provider.finished.stdout.contains("hunter2"), "{}", provider.finished);
    }
}

#[test]
fn a_refused_login_is_repeated_by_terraform_and_sent_once_by_the_provider() {
    let stage = Stage::new(false);
    let environment = filled(&[("HTTPS_PROXY", "http://user:hunter2@PROXY")], &stage);
    let (terraform, provider) = (stage.terraform(&environment), stage.provider(&environment));
    let logins = |asked: &[String]| asked.iter().filter(|asked| asked.contains(' ')).count();
    assert_eq!((logins(&terraform.asked), logins(&provider.asked)), (2, 1));
    let error = provider.finished.expect_error("Proxy Refused the Login");
    let proxy = format!("127.0.0.1:{}", stage.proxy.port);
    assert!(error.detail.contains(&proxy) && error.detail.contains("HTTPS_PROXY"));
    assert!(error.detail.contains("Where on the way: proxy."), "{}", error.detail);
    assert!(!provider.finished.stdout.contains("hunter2"), "{}", provider.finished);
}
