"""Turns benches/results.json into benches/RESULTS.md and its picture, benches/results.svg."""

import json
from pathlib import Path

from picture import picture

HERE = Path(__file__).resolve().parent
MIB = 1024 * 1024
# Largest ratio to the floor at a thousand numbers; with an instant API but for the one that says so.
PLAN_BUDGET, APPLY_BUDGET, SLOW_PLAN_BUDGET, START_BUDGET = 1.05, 1.05, 1.5, 2.5
MEMORY_BUDGET_MIB, BINARY_BUDGET_MB, CALLS_BUDGET = 8, 7, 10

STEPS = {
    "start": "start to the handshake line",
    "connect": "connection, TLS, first answers with all schemas",
    "get_schema": "`GetSchema`",
    "configure": "`Configure`",
    "first_read": "first read: HTTP client, connection to the API in plain HTTP",
    "first_read_over_tls": "first read as users have it: over TLS, with a bundle of some 120 roots",
    "read": "one read, with its call to the API",
    "plan": "one plan without change",
    "apply": "one apply, with its call to the API",
}


def main():
    results = json.loads((HERE / "results.json").read_text())
    peers = json.loads((HERE / "peers.json").read_text())
    (HERE / "RESULTS.md").write_text(page(results, peers))
    (HERE / "results.svg").write_text(picture(results, peers))


def page(results, peers):
    at = results["circumstances"]
    values = {1: "one text", 2: "the same two values"}[at.get("floor_values", 1)]
    return f"""\
# Benchmarks

`scripts/bench` measures all of this anew and writes this page; `scripts/instructions` counts the
instructions alone. Both build the release binary first. The benchmarks never run in `cargo test`.

Recorded with Terraform {at["terraform"]} on {at["cpus"]} processors that had other work as well: the
load was {at["load_before"]} at the beginning and {at["load_after"]} at the end (over one minute and
over five). So durations mean little and ratios are what counts: each is the median over pairs of
neighbours, floor and provider by turns. The floor of `plan` and `apply` is as many `terraform_data`
resources with {values} each, which need no plugin. The API is the sandbox of
`examples/`, on the same processors. The floor of the start is the whole life of a hello-world that is
compiled as the provider is; both are files as an installation leaves them, and the provider's socket
lies in memory.

## Budgets

{budgets(results)}

[PROFILE.md](PROFILE.md) says what stands in the way where a budget is not met.

![plan and apply of 1 to 1,000 numbers as multiples of the floor, this provider and its peers](results.svg)

## `plan`, nothing to do

{durations(results["plan"])}

## `apply`, creating all numbers

{durations(results["apply"])}

## Peers

Measured on {peers["date"]}, and not again with the tables above: {peers["circumstances"]}. The
floor held the same two values.

{of_whom(peers)}

{of_peers(peers)}

From the start to the handshake line, where a static hello-world took {peers["start"]["hello_ms"]} ms: \
{starts(peers)}. Binaries: {sizes(peers)}.

## Instructions

Counted by callgrind, with all that a call causes in the process: gRPC, TLS and HTTP included. They
depend on the processor's features, and on nothing else that happens on the machine.

{instructions(results["instructions"])}
"""


def budgets(results):
    binary, memory, start = results["binary"], results["memory"], results["start"]
    megabytes = binary["bytes"] / 1e6
    peak = memory["peak_kib"] / 1024
    plan = largest(results["plan"], account=True)
    apply = largest(results["apply"], account=True)
    static = "static" if binary["static"] else "not static"
    rows = [
        ("start to handshake line", f"{START_BUDGET} × hello-world", f"{start['ratio']:.2f} ×",
         start["ratio"] <= START_BUDGET),
        ("`plan` of 1,000 unchanged numbers", f"{PLAN_BUDGET:.2f} × floor", f"{plan['ratio']:.2f} ×",
         plan["ratio"] <= PLAN_BUDGET),
        ("`apply` creating 1,000 numbers", f"{APPLY_BUDGET:.2f} × floor", f"{apply['ratio']:.2f} ×",
         apply["ratio"] <= APPLY_BUDGET),
        *slow_plan(results),
        ("API calls to refresh 1,000 numbers", f"{CALLS_BUDGET}", f"{plan['calls']}",
         plan["calls"] <= CALLS_BUDGET),
        ("peak memory at 1,000 numbers", f"{MEMORY_BUDGET_MIB} MiB", f"{peak:.1f} MiB",
         peak <= MEMORY_BUDGET_MIB),
        ("release binary", f"{BINARY_BUDGET_MB} MB, static", f"{megabytes:.2f} MB, {static}",
         megabytes <= BINARY_BUDGET_MB and static == "static"),
    ]
    return table(
        ("what", "budget", "measured", "met"),
        [(what, budget, measured, "yes" if met else "**no**") for what, budget, measured, met in rows],
    )


def slow_plan(results):
    for accounts, where in ((1, "one account"), (10, "ten accounts")):
        plan = largest(results["plan"], account=True, latency_ms=100, accounts=accounts)
        if plan is not None:
            yield (f"`plan` of 1,000 in {where}, 100 ms for each call", f"{SLOW_PLAN_BUDGET:.2f} × floor",
                   f"{plan['ratio']:.2f} ×", plan["ratio"] <= SLOW_PLAN_BUDGET)


def of_peers(peers):
    def row(m):
        cpu = f"{m['cpu_plan_s']:.2f} s" if "cpu_plan_s" in m else "< 0.01 s"
        return (f"{m['numbers']:,}", NAMES[m["who"]], f"{m['plan']:.2f}", f"{m['apply']:.2f}",
                f"{m['calls']:,}", cpu, f"{m['peak_mib']:.1f} MiB")

    head = ("numbers", "who", "plan ÷ floor", "apply ÷ floor", "API calls in a plan",
            "provider CPU in a plan", "peak memory")
    return table(head, map(row, peers["measured"]))


def of_whom(peers):
    others = [(name, peers["who"][who]) for who, name in NAMES.items() if who != "ours"]
    return "\n".join(f"- {name}: {what}" for name, what in others)


def starts(peers):
    return ", ".join(f"{name} {peers['start'][who]} ms" for who, name in NAMES.items())


def sizes(peers):
    return ", ".join(f"{name} {peers['binary_mb'][who]} MB" for who, name in NAMES.items())


def durations(measurements):
    def refresh(measurement):
        return "batched" if measurement["account"] else "one by one"

    return table(
        ("numbers", "accounts", "API latency", "refresh", "API calls", "floor", "provider", "ratio", "pairs"),
        [
            (
                f"{m['numbers']:,}",
                m.get("accounts", 1),
                f"{m['latency_ms']} ms",
                refresh(m),
                f"{m['calls']:,}",
                f"{m['floor_ms']:,.0f} ms",
                f"{m['provider_ms']:,.0f} ms",
                f"{m['ratio']:.2f}",
                m["pairs"],
            )
            for m in measurements
        ],
    )


def instructions(counts):
    return table(
        ("step", "instructions"), [(text, f"{counts[step]:,}") for step, text in STEPS.items()]
    )


def table(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def largest(measurements, account, latency_ms=0, accounts=1):
    wanted = (1000, latency_ms, account, accounts)
    found = ((m["numbers"], m["latency_ms"], m["account"], m.get("accounts", 1)) for m in measurements)
    return next((m for m, key in zip(measurements, found) if key == wanted), None)


NAMES = {"ours": "this provider", "go": "the Go peer", "restful": "restful", "restapi": "restapi"}


if __name__ == "__main__":
    main()
