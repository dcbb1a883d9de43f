//! Everything that the sandbox can be asked for, in one table: `--help` prints it, examples/README.md
//! shows it, and the tests try every line of it and look for what it lacks.

/// One thing to ask for.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// What it is called: an argument, a call of the back door, a key or a fault.
    pub name: &'static str,
    /// How it is written: words of a command line, or JSON.
    pub example: &'static str,
    /// What happens then.
    pub does: &'static str,
}

const fn entry(name: &'static str, example: &'static str, does: &'static str) -> Entry {
    Entry { name, example, does }
}

/// The command line.
pub const ARGUMENTS: [Entry; 7] = [
    entry("--port", "--port 8080", "listens on this port; else on one that the system chooses"),
    entry("--numbers", "--numbers 100", "seeds so many numbers in each account, instead of three"),
    entry("--accounts", "--accounts 2", "seeds so many accounts, instead of one"),
    entry("--shared", "--shared 1", "lets the next account list so many numbers of each one too"),
    entry("--fresh", "--fresh", "seeds one number that is verified and waits to be registered"),
    entry("--fault", r#"--fault '{"fault":"hang"}'"#, "begins with this fault; may be repeated"),
    entry("--help", "--help", "shows this text"),
];

/// The back door: paths below the sandbox's address, for curl.
pub const CALLS: [Entry; 9] = [
    entry("GET /_sandbox/state", "", "accounts, numbers, tokens, clock and faults as they stand"),
    entry("GET /_sandbox/events", "", "every call so far, without secrets"),
    entry(
        "POST /_sandbox/numbers/{id}",
        r#"{"code_verification_status":"EXPIRED"}"#,
        "changes a number",
    ),
    entry(
        "POST /_sandbox/numbers/{id}/pin-off",
        "",
        "switches two-step verification off, as somebody can",
    ),
    entry("POST /_sandbox/tokens/{token}", r#"{"expired":true}"#, "changes an access token"),
    entry(
        "POST /_sandbox/clock",
        r#"{"forward_hours":72}"#,
        "puts forward the clock of registrations and tokens",
    ),
    entry("POST /_sandbox/faults", r#"{"fault":"close","method":"POST"}"#, "puts a fault in force"),
    entry("DELETE /_sandbox/faults", "", "takes all faults back"),
    entry("POST /_sandbox/reset", "", "puts the seed back, and forgets faults and calls"),
];

/// What can be changed of a number.
pub const NUMBER_SWITCHES: [Entry; 7] = [
    entry("status", r#"{"status":"DISCONNECTED"}"#, "`CONNECTED`, `PENDING` and others"),
    entry(
        "platform_type",
        r#"{"platform_type":"ON_PREMISE"}"#,
        "`CLOUD_API`, `NOT_APPLICABLE` and others",
    ),
    entry(
        "code_verification_status",
        r#"{"code_verification_status":"NOT_VERIFIED"}"#,
        "`VERIFIED` or not: a registration is refused",
    ),
    entry(
        "name_status",
        r#"{"name_status":"EXPIRED"}"#,
        "`EXPIRED` and `NONE`: a registration is refused",
    ),
    entry(
        "is_on_biz_app",
        r#"{"is_on_biz_app":true}"#,
        "lives on the WhatsApp Business app: a registration is refused",
    ),
    entry("slow_to_connect", r#"{"slow_to_connect":true}"#, "is registered, and stays `PENDING`"),
    entry(
        "registered",
        r#"{"registered":false}"#,
        "a number that is not registered refuses a PIN, unless it is fresh",
    ),
];

/// What can be changed of an access token.
pub const TOKEN_SWITCHES: [Entry; 5] = [
    entry("expired", r#"{"expired":true}"#, "is refused with 190/463, and described as not valid"),
    entry(
        "expires_at",
        r#"{"expires_at":1793000000}"#,
        "ends then, in seconds since 1970, by the sandbox's clock; 0 is never",
    ),
    entry(
        "may_ask_about_itself",
        r#"{"may_ask_about_itself":false}"#,
        "cannot be inspected by itself, only by its app",
    ),
    entry("scopes", r#"{"scopes":["whatsapp_business_management"]}"#, "its permissions"),
    entry("accounts", r#"{"accounts":["102290129340398"]}"#, "sees these accounts alone"),
];

/// What a fault may be written with, to say which calls it strikes.
pub const RULE: [Entry; 6] = [
    entry("fault", r#"{"fault":"hang"}"#, "what goes wrong: see the faults"),
    entry("method", r#"{"fault":"hang","method":"POST"}"#, "calls of this method alone"),
    entry(
        "object",
        r#"{"fault":"hang","object":"106540352242922"}"#,
        "calls that name this number or account",
    ),
    entry(
        "edge",
        r#"{"fault":"hang","edge":"register"}"#,
        "calls to this edge; `\"\"` is the number itself",
    ),
    entry("skip", r#"{"fault":"hang","skip":2}"#, "lets so many pass first"),
    entry("times", r#"{"fault":"hang","times":2}"#, "strikes so many times"),
];

/// The faults. A call is carried out unless the line says *instead*.
pub const FAULTS: [Entry; 31] = [
    entry("delay", r#"{"delay":100}"#, "waits so many milliseconds before the call is carried out"),
    entry(
        "served_version",
        r#"{"served_version":"v25.0"}"#,
        "names another version in `Facebook-Api-Version`",
    ),
    entry(
        "error",
        r#"{"error":{"status":503,"code":2,"headers":[["Retry-After","5"]]}}"#,
        "an error instead; `message`, `error_subcode`, `is_transient`, `user_texts`, `data` and `echo` go with it",
    ),
    entry(
        "throttle",
        r#"{"throttle":{"calls":3,"lasts":60000,"retry_after":"seconds","minutes":1}}"#,
        "a rate limit instead, for each account by itself, once it has made its calls; `code` and `status` go with it",
    ),
    entry(
        "ok_with_error",
        r#"{"ok_with_error":{"status":200,"code":2}}"#,
        "an error with HTTP 200 instead",
    ),
    entry("success_false", r#""success_false""#, "`{\"success\":false}` instead"),
    entry("html", r#"{"html":502}"#, "a proxy's page with this status instead"),
    entry(
        "redirect",
        r#"{"redirect":{"status":307,"to":"http://127.0.0.1:9/"}}"#,
        "a redirect instead",
    ),
    entry("close", r#""close""#, "the connection ends instead"),
    entry("hang", r#""hang""#, "nothing instead, for ever"),
    entry("lost", r#"{"lost":"close"}"#, "the answer is lost: `close`, `hang`, `html` or `error`"),
    entry(
        "delay_answer",
        r#"{"delay_answer":3000}"#,
        "the answer comes so many milliseconds later",
    ),
    entry("close_mid_body", r#""close_mid_body""#, "the connection ends in the middle of the body"),
    entry("drip", r#"{"drip":100}"#, "one byte of the body in so many milliseconds"),
    entry("garbage", r#""garbage""#, "the body is no text"),
    entry("empty_body", r#""empty_body""#, "there is no body"),
    entry("cut_json", r#""cut_json""#, "the body stops in the middle"),
    entry("wrong_content_type", r#""wrong_content_type""#, "the JSON is called `text/html`"),
    entry("oversized_body", r#""oversized_body""#, "the body is larger than 1 MiB"),
    entry("deep_nesting", r#""deep_nesting""#, "a further field is nested ten thousand deep"),
    entry("byte_order_mark", r#""byte_order_mark""#, "a byte order mark stands before the JSON"),
    entry("gzip", r#""gzip""#, "the body is compressed, asked or not"),
    entry("numbers_for_strings", r#""numbers_for_strings""#, "texts of digits come as numbers"),
    entry("success_as_text", r#""success_as_text""#, "`{\"success\":\"true\"}`"),
    entry("without_pin_flag", r#""without_pin_flag""#, "`is_pin_enabled` is left out"),
    entry("extra_field", r#""extra_field""#, "a field that nobody asked for"),
    entry(
        "repeated_cursor",
        r#""repeated_cursor""#,
        "lists: the next page is the same, again and again",
    ),
    entry(
        "empty_page_with_next",
        r#""empty_page_with_next""#,
        "lists: an empty page with a next one",
    ),
    entry("short_pages", r#"{"short_pages":3}"#, "lists: at most so many numbers on a page"),
    entry(
        "fail_on_page",
        r#"{"fail_on_page":{"page":2,"error":{"status":500,"code":2}}}"#,
        "lists: an error instead of this page",
    ),
    entry(
        "vanish_after_page",
        r#"{"vanish_after_page":{"page":1,"number":"106540352242923"}}"#,
        "lists: the number is deleted after this page",
    ),
];

/// All of it, by heading.
pub const ALL: [(&str, &[Entry]); 6] = [
    ("Arguments", &ARGUMENTS),
    ("Calls, for curl", &CALLS),
    ("What can be changed of a number", &NUMBER_SWITCHES),
    ("What can be changed of a token", &TOKEN_SWITCHES),
    ("Which calls a fault strikes", &RULE),
    ("Faults", &FAULTS),
];
