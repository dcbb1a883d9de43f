//! Log records for the host: one JSON object in hclog's form on each line of stderr.
//!
//! The host takes the special keys on trust, and an odd type in one of them crashes Terraform. They
//! are therefore set last, as strings, whatever fields a record has. Only records of the SDK and of the
//! author's crate are written: the network and TLS libraries see secrets on their way and cannot know it.

use std::{
    ffi::OsString,
    fmt,
    io::{self, Write},
    time::SystemTime,
};

use serde_json::{Map, Value};
use tracing::{
    Event, Level, Metadata, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
    subscriber::Interest,
};
use tracing_subscriber::{
    Registry,
    filter::LevelFilter,
    layer::{Context, Layer, SubscriberExt},
    registry::LookupSpan,
};

/// Starts logging if the environment asks for it. `name` is the provider's type name, `crate_name`
/// that of the crate it is written in.
///
/// Without a level there is no subscriber at all, and a log statement costs next to nothing.
pub(super) fn install(
    name: &str,
    crate_name: &'static str,
    variable: impl Fn(&str) -> Option<OsString>,
) {
    let level = level(name, variable);
    if level == LevelFilter::OFF {
        return;
    }
    let layer = Hclog { level, crate_name, write: to_stderr };
    // A subscriber that is already there was put there on purpose.
    let _ = tracing::subscriber::set_global_default(Registry::default().with(layer));
}

/// The first of `TF_LOG_PROVIDER_<NAME>`, `TF_LOG_PROVIDER` and `TF_LOG` that is set.
///
/// A value that means nothing counts as `TRACE`, as it does for Terraform.
fn level(name: &str, variable: impl Fn(&str) -> Option<OsString>) -> LevelFilter {
    let own = format!("TF_LOG_PROVIDER_{}", name.to_uppercase().replace('-', "_"));
    let value = [own.as_str(), "TF_LOG_PROVIDER", "TF_LOG"]
        .into_iter()
        .filter_map(variable)
        .find(|value| !value.is_empty());
    let Some(value) = value else { return LevelFilter::OFF };
    match value.to_string_lossy().to_ascii_lowercase().as_str() {
        "off" => LevelFilter::OFF,
        "error" => LevelFilter::ERROR,
        "warn" => LevelFilter::WARN,
        "info" => LevelFilter::INFO,
        "debug" => LevelFilter::DEBUG,
        _ => LevelFilter::TRACE,
    }
}

fn to_stderr(line: &[u8]) {
    // The host may have gone away; that is noticed elsewhere and no reason to panic.
    let _ = io::stderr().lock().write_all(line);
}

/// Turns events into lines. `write` gets each line whole, with its newline.
struct Hclog<W> {
    level: LevelFilter,
    crate_name: &'static str,
    write: W,
}

impl<W> Hclog<W> {
    fn wants(&self, metadata: &Metadata<'_>) -> bool {
        let target = metadata.target();
        (is_within(sdk(), target) || is_within(self.crate_name, target))
            && *metadata.level() <= self.level
    }
}

impl<S, W> Layer<S> for Hclog<W>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
    W: Fn(&[u8]) + 'static,
{
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        if self.wants(metadata) { Interest::always() } else { Interest::never() }
    }

    fn enabled(&self, metadata: &Metadata<'_>, _context: Context<'_, S>) -> bool {
        self.wants(metadata)
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(self.level)
    }

    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        if let Some(span) = context.span(id) {
            span.extensions_mut().insert(fields);
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && let Some(fields) = span.extensions_mut().get_mut::<Fields>()
        {
            values.record(fields);
        }
    }

    #[expect(clippy::disallowed_methods, reason = "the clock, for the line")]
    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut fields = Fields::default();
        for span in context.event_scope(event).into_iter().flat_map(|scope| scope.from_root()) {
            if let Some(outer) = span.extensions().get::<Fields>() {
                fields.0.extend(outer.0.clone());
            }
        }
        let message = fields.of_event(event);
        (self.write)(&line(event.metadata(), message, fields.0, SystemTime::now()));
    }
}

/// What a span or an event carries, ready for JSON.
#[derive(Default)]
struct Fields(Map<String, Value>);

impl Fields {
    /// Adds the fields of `event` and takes its message out of them.
    fn of_event(&mut self, event: &Event<'_>) -> String {
        let outer = self.0.remove("message");
        event.record(self);
        let message = self.0.remove("message");
        self.0.extend(outer.map(|value| ("message".to_owned(), value)));
        match message {
            Some(Value::String(text)) => text,
            other => other.map(|value| value.to_string()).unwrap_or_default(),
        }
    }

    fn set(&mut self, field: &Field, value: impl Into<Value>) {
        self.0.insert(field.name().to_owned(), value.into());
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.set(field, shortened(format!("{value:?}"), FIELD_LIMIT));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.set(field, shortened(value.to_owned(), FIELD_LIMIT));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.set(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.set(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.set(field, value);
    }

    fn record_u128(&mut self, field: &Field, value: u128) {
        self.set(field, value);
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.set(field, value);
    }
}

/// The record as one line. The special keys come last, so that no field can take their place.
fn line(
    metadata: &Metadata<'_>,
    message: String,
    fields: Map<String, Value>,
    now: SystemTime,
) -> Vec<u8> {
    let message = shortened(message, FIELD_LIMIT);
    let whole = encode(metadata, &message, fields, now);
    if whole.len() <= LINE_LIMIT {
        return whole;
    }
    let note = Map::from_iter([("fields_dropped".to_owned(), Value::Bool(true))]);
    encode(metadata, &message, note, now)
}

fn encode(
    metadata: &Metadata<'_>,
    message: &str,
    mut record: Map<String, Value>,
    now: SystemTime,
) -> Vec<u8> {
    record.insert("@level".to_owned(), level_name(*metadata.level()).into());
    record.insert("@module".to_owned(), module(metadata.target()).into());
    record.insert("@message".to_owned(), message.into());
    match timestamp(now) {
        Some(time) => record.insert("@timestamp".to_owned(), time.into()),
        None => record.remove("@timestamp"),
    };
    let mut line = Value::Object(record).to_string().into_bytes();
    line.push(b'\n');
    line
}

fn level_name(level: Level) -> &'static str {
    match level {
        Level::TRACE => "trace",
        Level::DEBUG => "debug",
        Level::INFO => "info",
        Level::WARN => "warn",
        Level::ERROR => "error",
    }
}

fn module(target: &str) -> &'static str {
    if is_within(sdk(), target) { "sdk" } else { "provider" }
}

/// The SDK's own module, whatever crate it is in.
fn sdk() -> &'static str {
    module_path!().trim_end_matches("::plugin::logging")
}

/// Whether a target is the module or below it.
fn is_within(module: &str, target: &str) -> bool {
    let rest = target.strip_prefix(module);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

/// RFC 3339 with six digits of a second, the only form the host reads.
fn timestamp(now: SystemTime) -> Option<String> {
    use fmt::Write as _;

    let now = now.max(SystemTime::UNIX_EPOCH);
    let mut text = String::new();
    write!(text, "{}", humantime::format_rfc3339_micros(now)).ok()?;
    Some(text)
}

fn shortened(mut text: String, limit: usize) -> String {
    if text.len() > limit {
        text.truncate(text.floor_char_boundary(limit));
        text.push('…');
    }
    text
}

/// Bytes of one text. Six times as many, when every sign must be escaped, still fit into a line.
const FIELD_LIMIT: usize = 8 * 1024;
/// The host cuts lines at 64 KiB.
const LINE_LIMIT: usize = 60 * 1024;

#[cfg(test)]
mod tests {
    use std::{
        sync::{Arc, Mutex},
        time::Duration,
    };

    use super::*;

    /// What `work` logs at `level`, line by line.
    fn logged(level: LevelFilter, work: impl FnOnce()) -> Vec<Value> {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let sink = lines.clone();
        let write = move |line: &[u8]| {
            let text = std::str::from_utf8(line).expect("UTF-8");
            assert!(text.len() < 64 * 1024 && text.ends_with('\n'));
            assert_eq!(text.matches('\n').count(), 1, "one write is one line");
            sink.lock().expect("no panic").push(serde_json::from_str(text).expect("JSON"));
        };
        let subscriber =
            Registry::default().with(Hclog { level, crate_name: "somebodys_provider", write });
        tracing::subscriber::with_default(subscriber, work);
        std::mem::take(&mut *lines.lock().expect("no panic"))
    }

    #[test]
    fn a_record_has_the_special_keys_and_the_fields_of_its_spans() {
        let lines = logged(LevelFilter::TRACE, || {
            let span =
                tracing::info_span!("call", tf_rpc = "Read", tf_req_id = tracing::field::Empty);
            let _entered = span.enter();
            span.record("tf_req_id", "r-1");
            tracing::info!(attempt = 2, millis = 7_u128, ok = true, "asked\nonce");
        });
        let [record] = lines.as_slice() else { panic!("one record") };
        assert_eq!(record["@message"], "asked\nonce");
        assert_eq!(record["@level"], "info");
        assert_eq!(record["@module"], "sdk");
        assert_eq!(record["tf_rpc"], "Read");
        assert_eq!(record["tf_req_id"], "r-1");
        assert_eq!(record["attempt"], 2);
        assert_eq!(record["millis"], 7);
        assert_eq!(record["ok"], true);
    }

    #[test]
    fn no_field_can_take_the_place_of_a_special_key() {
        let lines = logged(LevelFilter::TRACE, || {
            let span = tracing::info_span!("call", message = 1, "@message" = 2);
            let _entered = span.enter();
            tracing::warn!(
                "@level" = 3,
                "@module" = true,
                "@timestamp" = 4,
                "@message" = 5,
                "the text"
            );
            tracing::error!(answer = 42);
        });
        for (record, level, message) in [(&lines[0], "warn", "the text"), (&lines[1], "error", "")]
        {
            assert_eq!(record["@message"], message);
            assert_eq!(record["@level"], level);
            assert_eq!(record["@module"], "sdk");
            assert!(record["@timestamp"].is_string());
        }
    }

    #[test]
    fn timestamps_have_six_digits_whatever_the_clock_says() {
        let at = |seconds, micros: u32| {
            timestamp(SystemTime::UNIX_EPOCH + Duration::new(seconds, micros * 1000))
        };
        assert_eq!(at(0, 0).as_deref(), Some("1970-01-01T00:00:00.000000Z"));
        assert_eq!(at(1_700_000_000, 12).as_deref(), Some("2023-11-14T22:13:20.000012Z"));
        let before = SystemTime::UNIX_EPOCH - Duration::from_secs(1);
        assert_eq!(timestamp(before).as_deref(), Some("1970-01-01T00:00:00.000000Z"));
        assert_eq!(at(400_000_000_000, 0), None);
    }

    #[test]
    fn only_the_sdk_and_the_authors_crate_are_heard_and_only_from_the_level_on() {
        let lines = logged(LevelFilter::INFO, || {
            tracing::debug!("too fine");
            tracing::error!(target: "h2::codec", "headers");
            tracing::error!(target: concat!(env!("CARGO_CRATE_NAME"), "_else"), "a neighbour");
            tracing::error!(target: "somebodys_provider_too", "another neighbour");
            tracing::info!(target: "somebodys_provider::resource", "heard");
        });
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0]["@message"], "heard");
        assert_eq!(lines[0]["@module"], "provider");
    }

    #[test]
    fn long_records_stay_below_the_limit_of_the_host() {
        let lines = logged(LevelFilter::TRACE, || {
            let long = "\u{1}é".repeat(100_000);
            tracing::info!(a = long, b = long, c = ?long, "{long}");
            tracing::info!(a = "é".repeat(100_000), "short");
        });
        assert_eq!(lines[0]["fields_dropped"], true);
        assert!(lines[0]["@message"].as_str().is_some_and(|text| text.ends_with('…')));
        assert!(lines[1]["a"].as_str().is_some_and(|text| text.len() < 9000));
    }

    #[test]
    fn the_level_comes_from_the_narrowest_variable_that_is_set() {
        let level = |variables: &[(&str, &str)]| {
            super::level("two-words", |name| {
                variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.into())
            })
        };
        assert_eq!(level(&[]), LevelFilter::OFF);
        assert_eq!(level(&[("TF_LOG", "")]), LevelFilter::OFF);
        assert_eq!(level(&[("TF_LOG", "JSON")]), LevelFilter::TRACE);
        assert_eq!(level(&[("TF_LOG", "nonsense")]), LevelFilter::TRACE);
        assert_eq!(level(&[("TF_LOG", "Trace"), ("TF_LOG_PROVIDER", "off")]), LevelFilter::OFF);
        assert_eq!(level(&[("TF_LOG", "error"), ("TF_LOG_PROVIDER", "")]), LevelFilter::ERROR);
        let own = [("TF_LOG_PROVIDER_TWO_WORDS", "debug"), ("TF_LOG_PROVIDER", "warn")];
        assert_eq!(level(&own), LevelFilter::DEBUG);
        assert_eq!(level(&[("TF_LOG_PROVIDER", "info")]), LevelFilter::INFO);
    }
}
