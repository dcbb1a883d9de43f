//! 250 numbers while the Graph API, or the way to it, is down: the run ends early, and says of each
//! number that was not tried that it was not.

use std::io::Read;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::sandbox::{Fault, GraphError, Rule};
use crate::terraform::Finished;
use crate::worlds::{Limits, World, Worlds};

/// Three calls with all their attempts, and one for each of Terraform's ten slots.
const MOST_CALLS: usize = 3 * (1 + LIMITS.max_retries as usize) + 10;
const LIMITS: Limits = Limits { request_timeout: "500ms", max_retries: 4 };
const NUMBERS: u64 = 250;

fn outages() -> [(&'static str, Fault); 4] {
    [
        ("hangs", Fault::Hang),
        ("answers 503", Fault::Error(GraphError::new(503, 2, "Down").transient(true))),
        ("cuts the line", Fault::Close),
        ("answers garbage", Fault::Html(200)),
    ]
}

/// What a run of Terraform cost and said.
struct Cost {
    calls: usize,
    lines: usize,
    took: Duration,
    not_tried: usize,
    said: String,
}

fn cost(worlds: &Worlds, arguments: &[&str], calls: impl Fn() -> usize) -> Cost {
    let begun = Instant::now();
    let Finished { stdout, stderr, .. } = worlds.terraform.run(arguments).expect_failure();
    let said = format!("{stdout}{stderr}");
    let not_tried = said.matches(" was not tried (").count();
    let (lines, took) = (said.lines().count(), begun.elapsed());
    Cost { calls: calls(), lines, took, not_tried, said }
}

impl Cost {
    /// Prints the row of the table, and holds it to what every outage has to keep.
    fn expect_early_end(&self, name: &str, most_calls: usize) {
        let Self { calls, lines, took, not_tried, said } = self;
        println!("{name}: {calls} calls, {lines} lines, {not_tried} not tried, {took:.1?}");
        assert!(*calls <= most_calls, "{name}: {calls} calls\n{said}");
        let tried = NUMBERS as usize - not_tried;
        assert!(tried <= most_calls, "{name}: {tried} numbers were tried\n{said}");
        assert!(*took < Duration::from_secs(60), "{name}: {took:?}");
        let total = format!("({not_tried} so far)");
        assert!(said.contains(&total), "{name}: the last line says how many\n{said}");
    }
}

#[test]
fn a_refresh_in_an_outage_tries_a_few_numbers_and_says_that_the_others_were_not_tried() {
    for (name, fault) in outages() {
        let world = World::new(name, NUMBERS, NUMBERS).already_done().inject(fault);
        let worlds = Worlds::of(world);
        worlds.limit(LIMITS);
        let plan = cost(&worlds, &["plan"], || worlds.api().calls());
        plan.expect_early_end(&format!("plan, the API {name}"), MOST_CALLS);
        worlds.clear_faults();
        worlds.expect_nothing_to_do();
    }
}

#[test]
fn an_apply_in_an_outage_sends_a_few_pins_and_the_next_one_sends_the_others() {
    for (name, fault) in outages() {
        let worlds = Worlds::of(World::new(name, NUMBERS, 0).inject(Rule::new(fault).on_posts()));
        worlds.limit(LIMITS);
        let apply = cost(&worlds, &["apply", "-auto-approve"], || worlds.api().calls());
        apply.expect_early_end(&format!("apply, the API {name}"), MOST_CALLS);
        worlds.converge_somehow();
    }
}

#[test]
fn a_refresh_by_lists_in_an_outage_ends_as_early() {
    for (name, fault) in outages() {
        let world = World::new(name, NUMBERS, NUMBERS).already_done().with_lists().inject(fault);
        let worlds = Worlds::of(world);
        worlds.limit(LIMITS);
        let plan = cost(&worlds, &["plan"], || worlds.api().calls());
        plan.expect_early_end(&format!("plan by lists, the API {name}"), MOST_CALLS);
    }
}

#[test]
fn an_expired_token_costs_no_more_calls_than_are_on_their_way_at_once() {
    for (lists, most_calls) in [(false, 10), (true, 1)] {
        let world = World::new("expired", NUMBERS, NUMBERS).already_done();
        let world = if lists { world.with_lists() } else { world };
        let worlds = Worlds::of(world.inject(Fault::Error(GraphError::token_expired())));
        let plan = cost(&worlds, &["plan"], || worlds.api().calls());
        plan.expect_early_end("plan, the token has expired", most_calls);
        assert_eq!(plan.said.matches("Make a new token").count(), 1, "explained once");
    }
    let worlds = Worlds::of(
        World::new("expired", NUMBERS, 0).inject(Fault::Error(GraphError::token_expired())),
    );
    let one_by_one = ["apply", "-auto-approve", "-parallelism=1"];
    let apply = cost(&worlds, &one_by_one, || worlds.api().calls());
    apply.expect_early_end("apply one by one, the token has expired", 1);
}

#[test]
fn a_proxy_that_is_down_is_asked_a_few_times_and_not_for_every_number() {
    let proxy = Broken::start();
    let mut worlds = Worlds::of(World::new("proxy", NUMBERS, NUMBERS).already_done());
    let configuration = std::fs::read_to_string(worlds.terraform.folder().join("main.tf"));
    let configuration = configuration.expect("it was written");
    let elsewhere = configuration.replace(worlds.api().base_url(), "https://graph.invalid");
    worlds.terraform.write("main.tf", &elsewhere);
    worlds.terraform.set_env("HTTPS_PROXY", &proxy.address);
    worlds.limit(LIMITS);
    let plan = cost(&worlds, &["plan"], || proxy.asked.load(Ordering::SeqCst));
    // What a proxy says is asked for once more, so that it can be told.
    plan.expect_early_end("plan, the proxy is down", 2 * MOST_CALLS);
    assert_eq!(worlds.api().calls(), 0);
}

#[test]
fn numbers_that_fail_for_their_own_reasons_keep_nobody_from_being_tried() {
    let refused = Fault::Error(GraphError::unsupported("post", "1"));
    let worlds = Worlds::of(World::new("refused", 40, 0).inject(Rule::new(refused).times(20)));
    let run = worlds.apply_under_faults(LIMITS);
    assert_eq!((run.done.len(), worlds.api().posts()), (20, 40), "{run}");
    assert!(!run.said().contains("not tried"), "{run}");
    worlds.converge_after(&run);
}

/// A proxy that takes every connection and closes it.
struct Broken {
    address: String,
    asked: Arc<AtomicUsize>,
}

impl Broken {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        let asked = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&asked);
        // It ends with the process of the tests.
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                count.fetch_add(1, Ordering::SeqCst);
                let mut stream = stream;
                _ = stream.set_read_timeout(Some(Duration::from_secs(5)));
                _ = stream.read(&mut [0; 1024]);
            }
        });
        Self { address, asked }
    }
}
