//! The budgets of the provider, measured: start-up, plan, apply, API calls, memory, binary.
//!
//! `cargo bench --bench fleet` builds the release binary, runs real Terraform with it against the
//! sandbox, and records the numbers in `benches/results.json`. `-- --quick` runs everything once,
//! with few numbers, and records nothing; `-- start` measures that section alone (`binary`, `start`, `memory`, `fleets`).
//! Each duration stands beside the floor's, measured by turns in the same run, because only their
//! ratio means anything on a machine that does other things too.
#![cfg_attr(not(target_os = "linux"), allow(unused, reason = "it measures on Linux only"))]

#[path = "../../tests/it/host/certificate.rs"]
#[allow(dead_code, unused_imports, reason = "tests need more of it")]
mod certificate;
#[path = "../../examples/sandbox/api/mod.rs"]
mod sandbox;
#[path = "../shared/mod.rs"]
mod shared;

mod memory;
mod scenario;
mod start;
mod terraform;

use std::{fs, thread};

use serde_json::json;

use scenario::{Circumstances, Measurement, Scenario};
use shared::binary::Binary;
use shared::results::record;

fn main() {
    let Some(arguments) = shared::arguments() else {
        println!("The benchmark runs under `cargo bench` only.");
        return;
    };
    let provider = Binary::release();
    if arguments.iter().any(|argument| argument == "--quick") {
        return try_out(&provider);
    }
    let named: Vec<_> = arguments.iter().filter(|name| !name.starts_with("--")).collect();
    let wanted = |section: &str| named.is_empty() || named.iter().any(|name| *name == section);
    if wanted("binary") {
        record("binary", json!({ "bytes": provider.size(), "static": provider.is_static() }));
    }
    if wanted("start") {
        record("start", start::compare(&provider, 200));
    }
    if wanted("memory") {
        record("memory", memory(&provider, LARGEST));
    }
    if wanted("fleets") {
        fleets(&provider);
    }
}

/// Everything once, with few numbers, and nothing is recorded: such figures mean nothing.
fn try_out(provider: &Binary) {
    println!("start: {:?}", start::compare(provider, 3));
    println!("peak memory: {}", memory(provider, FEW));
    for (numbers, accounts, latency_ms, _, _) in RUNS {
        let numbers = numbers.min(FEW);
        let circumstances = Circumstances { numbers, latency_ms, accounts, account: true };
        let scenario = Scenario::new(provider, circumstances);
        shown("apply", scenario.applies(1));
        shown("plan", scenario.plans(1));
    }
}

/// Peak memory over one apply and one plan.
fn memory(provider: &Binary, numbers: u64) -> serde_json::Value {
    let circumstances = Circumstances { numbers, latency_ms: 0, accounts: 1, account: true };
    let scenario = Scenario::new(provider, circumstances);
    let peak = memory::peak_kib(&provider.path, || scenario.run_once());
    json!({ "numbers": numbers, "peak_kib": peak })
}

/// All sizes, latencies and ways to refresh: what `plan` and `apply` take.
fn fleets(provider: &Binary) {
    let load_before = load();
    let (mut plans, mut applies) = (Vec::new(), Vec::new());
    for (numbers, accounts, latency_ms, apply_pairs, plan_pairs) in RUNS {
        let circumstances = Circumstances { numbers, latency_ms, accounts, account: true };
        let mut scenario = Scenario::new(provider, circumstances);
        applies.push(shown("apply", scenario.applies(apply_pairs)));
        plans.push(shown("plan", scenario.plans(plan_pairs)));
        if accounts > 1 {
            continue;
        }
        scenario.refresh_one_by_one();
        plans.push(shown("plan", scenario.plans(plan_pairs)));
    }
    record("plan", plans);
    record("apply", applies);
    record(
        "circumstances",
        json!({
            "terraform": terraform::version(),
            "floor_values": 2,
            "cpus": thread::available_parallelism().map_or(0, usize::from),
            "load_before": load_before,
            "load_after": load(),
        }),
    );
}

fn shown(verb: &str, measurement: Measurement) -> Measurement {
    let Measurement { circumstances: at, times, calls } = &measurement;
    println!(
        "{verb:5} {:5} numbers, {:2} accounts, {:3} ms, batched {:5}: {:8.0} ms, floor {:8.0} ms, ratio {:6.3}, \
         {calls} calls",
        at.numbers,
        at.accounts,
        at.latency_ms,
        at.account,
        times.provider_ms,
        times.floor_ms,
        times.ratio,
    );
    measurement
}

/// The load of the last minute, and of the last five.
fn load() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').take(2).collect::<Vec<_>>().join(" ")
}

const LARGEST: u64 = 1000;
const FEW: u64 = 50;

/// Numbers, accounts, latency in milliseconds, pairs of applies, pairs of plans. Terraform writes the
/// whole state again and again during an apply, so that a large one takes long with any provider.
const RUNS: [(u64, u64, u64, usize, usize); 10] = [
    (1, 1, 0, 5, 9),
    (10, 1, 0, 5, 9),
    (100, 1, 0, 5, 9),
    (LARGEST, 1, 0, 2, 5),
    (LARGEST, 10, 0, 1, 5),
    (1, 1, 100, 3, 5),
    (10, 1, 100, 3, 5),
    (100, 1, 100, 3, 3),
    (LARGEST, 1, 100, 1, 5),
    (LARGEST, 10, 100, 1, 5),
];
