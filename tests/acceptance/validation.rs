//! Bad input is refused by `terraform validate`, which has neither a token nor a network here. Each
//! diagnostic points at the line that is at fault and says what to write.
//!
//! One run of Terraform shows the diagnostics of many blocks, so a test is a table of blocks.

use std::fmt::Write;

use crate::{
    stage::REQUIREMENT,
    terraform::{Diagnostic, Feature, Finished, Terraform, cli},
};

#[test]
fn a_phone_number_id_must_be_an_id() {
    let id = |value: &str, says: &[&'static str]| Case {
        body: format!("phone_number_id = {value}\npin = \"058213\""),
        title: "Invalid Phone Number ID",
        line: format!("phone_number_id = {value}"),
        says: says.to_vec(),
    };
    let write = "Write the ID that WhatsApp Manager shows beside the number, digits only";
    expect_refusals(&[
        id(r#""+1 555-010-0001""#, &["looks like a phone number", "an ID of its own", write]),
        id(r#""(555) 010.0001""#, &["looks like a phone number", write]),
        id(r#""support""#, &["something other than the digits 0 to 9", write]),
        id(r#""106540352242922/phone_numbers""#, &["something other than the digits", write]),
        id(r#""１０６５４０""#, &["something other than the digits 0 to 9", write]),
        id(r#""""#, &["is empty", write]),
        id(r#""  ""#, &["is empty", write]),
        id("1e99", &["more than 32 digits", write]),
        id("true", &["something other than the digits 0 to 9", write]),
    ]);
}

#[test]
fn a_pin_must_be_six_digits_and_the_message_knows_about_lost_zeros() {
    let pin = |value: &str, says: &[&'static str]| Case {
        body: format!("phone_number_id = \"1\"\npin = {value}"),
        title: "Invalid PIN",
        line: String::new(),
        says: says.to_vec(),
    };
    let pin_wo = |value: &str, says: &[&'static str]| Case {
        body: format!("phone_number_id = \"1\"\npin_wo = {value}\npin_wo_version = 1"),
        title: "Invalid PIN",
        line: String::new(),
        says: says.to_vec(),
    };
    let write = "Write exactly six digits as a string in quotes";
    let zero = "a number without quotes loses that zero";
    expect_refusals(&[
        pin("012345", &["has fewer than six digits", write, zero]),
        pin("000123", &["has fewer than six digits", write, zero]),
        pin(r#""12345""#, &["has fewer than six digits", write, zero]),
        pin(r#""1234567""#, &["has more than six digits", write]),
        pin(r#""12345a""#, &["something other than digits", write]),
        pin(r#""12 456""#, &["something other than digits", write]),
        pin(r#""１２３４５６""#, &["something other than digits", write]),
        pin(r#"" 123456""#, &["blanks or line ends around it", write]),
        pin(r#""123456\n""#, &["blanks or line ends around it", write]),
        pin(r#""""#, &["is empty", write]),
        pin("-12345", &["something other than digits", write]),
        pin_wo(
            "012345",
            &["The PIN in pin_wo of phone number ID 1 ", "has fewer than six digits", write, zero],
        ),
        pin_wo(r#""1234567""#, &["has more than six digits", write]),
        pin_wo(r#""""#, &["is empty", write]),
    ]);
}

#[test]
fn pin_and_pin_wo_exclude_each_other_and_the_version_belongs_to_pin_wo() {
    let case = |attributes: &str, title, line: &str, says: &[&'static str]| Case {
        body: format!("phone_number_id = \"1\"\n{attributes}"),
        title,
        line: line.to_owned(),
        says: says.to_vec(),
    };
    let version = |value: &str| Case {
        body: format!("phone_number_id = \"1\"\npin_wo = \"058213\"\npin_wo_version = {value}"),
        title: "Invalid PIN Version",
        line: format!("pin_wo_version = {value}"),
        says: vec!["Write a text of 1 to 256 characters"],
    };
    expect_refusals(&[
        case("", "PIN Missing", "", &["exactly one of pin_wo", "1.11"]),
        case("pin = null", "PIN Missing", "", &["exactly one of pin_wo", "it is null"]),
        case(
            "pin = \"058213\"\npin_wo = \"058213\"\npin_wo_version = 1",
            "Two PINs",
            "",
            &["Remove one of them", "of phone number ID 1 are set"],
        ),
        case(
            "pin_wo = \"058213\"",
            "PIN Version Missing",
            "",
            &["pin_wo_version", "Begin with \"1\""],
        ),
        case(
            "pin = \"058213\"\npin_wo_version = 1",
            "PIN Version Without pin_wo",
            "pin_wo_version = 1",
            &["Remove pin_wo_version"],
        ),
        version(r#""""#),
        version(&format!("\"{}\"", "a".repeat(257))),
        case(
            "pin_wo = \"058213\"\npin_wo_version = \"058213\"",
            "PIN Used as Its Version",
            "",
            &["is the PIN itself", "of phone number ID 1"],
        ),
    ]);
}

#[test]
fn what_the_provider_computes_cannot_be_set() {
    let computed = |line: &str| Case {
        body: format!("phone_number_id = \"1\"\npin = \"058213\"\n{line}"),
        title: "Read-Only Attribute",
        line: line.to_owned(),
        says: vec!["Remove"],
    };
    expect_refusals(&[
        computed("id = \"1\""),
        computed("last_set_at = \"2026-01-01T00:00:00Z\""),
        computed("last_set_at = timestamp()"),
        computed("is_pin_enabled = true"),
    ]);
}

#[test]
fn what_a_data_source_finds_cannot_be_set() {
    let configuration = "data \"whatsapp_phone_number\" \"found\" {\nphone_number_id = \"1\"\n\
                         verified_name = \"Support\"\n}";
    let refused = validate(configuration).expect_failure();
    let error = refused.expect_error("Read-Only Attribute");
    assert_eq!(error.code(), "verified_name = \"Support\"");
}

#[test]
fn a_trivially_guessable_pin_is_a_warning() {
    let pins = ["123456", "543210", "777777", "890123"];
    let mut configuration = String::new();
    for (index, pin) in pins.iter().enumerate() {
        resource(&mut configuration, index, &format!("phone_number_id = 1\npin = \"{pin}\""));
    }
    let validated = validate(&configuration).expect_success();
    validated.expect_warning("PIN Easy to Guess");
    for (index, pin) in pins.iter().enumerate() {
        let warning = only_one_about(&validated, &address(index));
        assert!(warning.code().starts_with("resource "), "not the line with the PIN: {warning:?}");
        assert!(!warning.detail.contains(pin), "{warning:?}");
    }
}

#[test]
fn what_is_not_known_yet_passes() {
    let pin_wo = if cli().has(Feature::WriteOnly) {
        "pin_wo = terraform_data.later.output\npin_wo_version = terraform_data.later.output"
    } else {
        "pin = terraform_data.later.output"
    };
    let mut configuration = "resource \"terraform_data\" \"later\" {\n  input = 1\n}\n".to_owned();
    for name in ["access_token", "app_secret", "api_version", "base_url"].into_iter().chain([
        "request_timeout",
        "max_retries",
        "ca_certificate_file",
    ]) {
        provider(&mut configuration, name, &format!("{name} = terraform_data.later.output"));
    }
    let later = "business_account_ids = [terraform_data.later.output]";
    provider(&mut configuration, "business_account_ids", later);
    resource(&mut configuration, 0, &format!("phone_number_id = var.unknown\n{pin_wo}"));
    resource(&mut configuration, 1, "phone_number_id = var.unknown\npin = var.unknown");
    configuration.push_str("variable \"unknown\" {}\n");
    validate(&configuration).expect_success().expect_silence();
}

#[test]
fn each_provider_argument_says_what_to_write() {
    let case = |line: &str, says: &[&'static str]| Case {
        body: line.to_owned(),
        title: "Invalid Provider Configuration",
        line: line.to_owned(),
        says: says.to_vec(),
    };
    let url = "Write a URL such as https://graph.facebook.com";
    let version = "such as v24.0";
    let duration = "Write a duration such as 30s or 1m30s";
    let retries = "a whole number from 0 to 100";
    let token = "Give the token alone";
    // Terraform would print the line, and the value in it.
    let secret = |line: &str, says| Case { line: String::new(), ..case(line, says) };
    let cases = [
        case(r#"base_url = "http://graph.example""#, &["base_url", "plain http", url]),
        case(r#"base_url = "http://127.0.0.1.evil.example""#, &["plain http", url]),
        secret(r#"base_url = "https://me:secret@graph.example""#, &["user name or password", url]),
        secret(r#"base_url = "http://localhost@evil.example""#, &[url]),
        secret(r#"base_url = "https://graph.example/?a=b""#, &["argument base_url", "query", url]),
        case(r#"base_url = "https://graph.facebook.com/v24.0""#, &["set the argument api_version"]),
        secret(r#"app_id = "a1b2c3""#, &["argument app_id", "digits only"]),
        secret(r#"api_version = "EAAGm0PX4ZCps""#, &["api_version", version]),
        secret(r#"business_account_ids = ["EAAGm0PX4ZCps"]"#, &["digits only"]),
        case(r#"base_url = "ftp://graph.example""#, &["https://", url]),
        case(r#"base_url = "graph.facebook.com""#, &["not a complete URL", url]),
        case(r#"base_url = """#, &["not a complete URL", url]),
        case(r#"api_version = "24""#, &["api_version", version]),
        case(r#"api_version = "V24.0""#, &[version]),
        case(r#"api_version = "v24.0/../v1.0""#, &[version]),
        case(r#"request_timeout = "soon""#, &["request_timeout", "is not a duration", duration]),
        case(r#"request_timeout = 30"#, &["is not a duration", duration]),
        case(r#"request_timeout = "0s""#, &["is zero", duration]),
        case(r#"request_timeout = "1h""#, &["longer than 10m", duration]),
        case(r#"missing_number = "ignore""#, &["neither error nor warn", "Write error, or warn"]),
        case("max_retries = -1", &["max_retries", retries]),
        case("max_retries = 1.5", &[retries]),
        case("max_retries = 101", &[retries]),
        case(
            r#"business_account_ids = ["mine"]"#,
            &["business_account_ids", "in place 1", "digits"],
        ),
        case(r#"business_account_ids = ["1", "+1 555"]"#, &["a text in place", "digits only"]),
        case(r#"business_account_ids = [""]"#, &["no ID", "digits only"]),
        secret(r#"access_token = "Bearer EAAG""#, &["starts with \"Bearer \"", token]),
        secret(r#"access_token = "EA AG""#, &["blanks or line ends", token]),
        secret(r#"access_token = """#, &["is empty", token]),
        secret(r#"app_secret = """#, &["app_secret", "is empty", "Give the secret alone"]),
    ];
    let mut configuration = String::new();
    for (index, case) in cases.iter().enumerate() {
        provider(&mut configuration, &format!("p{index}"), &case.body);
    }
    let refused = validate(&configuration).expect_failure();
    assert_eq!(refused.diagnostics().len(), cases.len(), "{refused}");
    for (index, case) in cases.iter().enumerate() {
        case.expect(&only_one_about(&refused, &provider_address(index)));
    }
    let said: String = refused.diagnostics().into_iter().map(|refusal| refusal.detail).collect();
    for value in ["EAAG", "EA AG", "me:secret", "evil", "mine", "+1 555"] {
        assert!(!said.contains(value), "{value} is shown by us: {said}");
    }
}

#[test]
fn a_missing_certificate_file_is_found_where_it_is_needed_and_not_by_validate() {
    let cases = [("/none.pem", "cannot be read"), ("/", "not name a regular file")];
    let mut configuration = REQUIREMENT.to_owned();
    for (index, (path, _)) in cases.iter().enumerate() {
        let line = format!("ca_certificate_file = \"{path}\"");
        provider(&mut configuration, &format!("p{index}"), &line);
    }
    let terraform = Terraform::new();
    terraform.write("main.tf", &configuration);
    terraform.run(["validate", "-json"]).expect_success().expect_silence();
    let refused = terraform.run(["plan", "-json"]).expect_failure();
    for (index, (path, says)) in cases.iter().enumerate() {
        let refusal = only_one_about(&refused, &provider_address(index));
        assert_eq!(refusal.summary, "Invalid Provider Configuration");
        assert_eq!(refusal.code(), format!("ca_certificate_file = \"{path}\""));
        assert!(refusal.detail.contains(says), "{refusal:?}");
        assert!(refusal.detail.contains("path of a PEM file"), "{refusal:?}");
    }
}

#[test]
fn a_bad_value_in_the_environment_names_the_variable() {
    let variables = [
        ("WHATSAPP_ACCESS_TOKEN", "Bearer EAAG"),
        ("WHATSAPP_API_VERSION", "latest"),
        ("WHATSAPP_APP_SECRET", "two words"),
        ("WHATSAPP_BASE_URL", "http://graph.example"),
        ("WHATSAPP_BUSINESS_ACCOUNT_IDS", "mine"),
        ("WHATSAPP_CA_CERTIFICATE_FILE", "/none.pem"),
        ("WHATSAPP_MAX_RETRIES", "many"),
        ("WHATSAPP_MISSING_NUMBER", "ignore"),
        ("WHATSAPP_REQUEST_TIMEOUT", "soon"),
    ];
    let mut terraform = Terraform::new();
    for (name, value) in variables {
        terraform.set_env(name, value);
    }
    // Without a block Terraform would add an error of its own.
    let mut configuration = format!("{REQUIREMENT}provider \"whatsapp\" {{}}\n");
    resource(&mut configuration, 0, "phone_number_id = \"1\"\npin = \"058213\"");
    terraform.write("main.tf", &configuration);
    let refused = terraform.run(["plan", "-json"]).expect_failure();
    let said = refused.diagnostics();
    assert_eq!(said.len(), variables.len(), "{refused}");
    for (name, value) in variables {
        let about = |refusal: &&Diagnostic| refusal.detail.contains(name);
        let refusal = said.iter().find(about).unwrap_or_else(|| panic!("{name}: {refused}"));
        assert_eq!(refusal.summary, "Invalid Provider Configuration");
        assert!(!refusal.detail.contains(value), "{refusal:?}");
    }
}

/// A block, and the one diagnostic that it must get.
struct Case {
    body: String,
    title: &'static str,
    /// What the diagnostic points at; empty when there is no such line but the block's own.
    line: String,
    says: Vec<&'static str>,
}

impl Case {
    #[track_caller]
    fn expect(&self, diagnostic: &Diagnostic) {
        let body = &self.body;
        assert!(diagnostic.is_error(), "{body}: {diagnostic:?}");
        assert_eq!(diagnostic.summary, self.title, "{body}: {diagnostic:?}");
        match self.line.as_str() {
            "" => {
                let head = diagnostic.code();
                let is_head = head.starts_with("resource ") || head.starts_with("provider ");
                assert!(is_head, "{body}: {diagnostic:?}");
            }
            line => assert_eq!(diagnostic.code(), line, "{body}: {diagnostic:?}"),
        }
        for text in &self.says {
            assert!(diagnostic.detail.contains(text), "{body}: {text:?} is not in {diagnostic:?}");
        }
    }
}

/// Each case becomes a resource, which must get its diagnostic and no other.
#[track_caller]
fn expect_refusals(cases: &[Case]) {
    let mut configuration = String::new();
    for (index, case) in cases.iter().enumerate() {
        resource(&mut configuration, index, &case.body);
    }
    let refused = validate(&configuration).expect_failure();
    for (index, case) in cases.iter().enumerate() {
        case.expect(&only_one_about(&refused, &address(index)));
    }
}

/// A CLI without write-only arguments must get one more error where `pin_wo` has a value, and gets it
/// here.
#[track_caller]
fn only_one_about(refused: &Finished, address: &str) -> Diagnostic {
    let too_old = |refusal: &Diagnostic| {
        !cli().has(Feature::WriteOnly) && refusal.summary == "Write-Only Attribute Not Supported"
    };
    let all = refused.diagnostics().into_iter();
    let about = all.filter(|refusal| refusal.address == address && !too_old(refusal));
    match about.collect::<Vec<_>>().as_slice() {
        [refusal] => refusal.clone(),
        others => panic!("{address}: expected one diagnostic, got {others:#?}"),
    }
}

/// Nothing listens at the discard port, and there is no token.
fn validate(configuration: &str) -> Finished {
    let terraform = Terraform::new().env("WHATSAPP_BASE_URL", "https://127.0.0.1:9");
    terraform.write("main.tf", &format!("{REQUIREMENT}{configuration}"));
    terraform.run(["validate", "-json"])
}

fn resource(configuration: &mut String, index: usize, body: &str) {
    let head = format!("resource \"whatsapp_two_step_verification\" \"r{index}\"");
    writeln!(configuration, "{head} {{\n{body}\n}}").expect("a String can grow");
}

/// A provider block with a resource that uses it, without which Terraform would not look at it.
fn provider(configuration: &mut String, alias: &str, body: &str) {
    let block = format!("provider \"whatsapp\" {{\nalias = \"{alias}\"\n{body}\n}}");
    let user = format!(
        "resource \"whatsapp_two_step_verification\" \"{alias}\" {{\nprovider = \
         whatsapp.{alias}\nphone_number_id = \"1\"\npin = \"058213\"\n}}"
    );
    writeln!(configuration, "{block}\n{user}").expect("a String can grow");
}

fn address(index: usize) -> String {
    format!("whatsapp_two_step_verification.r{index}")
}

fn provider_address(index: usize) -> String {
    format!("provider[\"{}/waba/whatsapp\"].p{index}", cli().product.registry())
}
