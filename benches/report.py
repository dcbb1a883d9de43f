"""Turns benches/results.json into benches/RESULTS.md and its picture, benches/results.svg."""

import json
from pathlib import Path

HERE = Path(__file__).resolve().parent
MIB = 1024 * 1024
# Largest ratio to the floor at a thousand numbers with an instant API.
PLAN_BUDGET, APPLY_BUDGET, START_BUDGET = 1.15, 1.10, 3
MEMORY_BUDGET_MIB, BINARY_BUDGET_MB, CALLS_BUDGET = 16, 7, 10

STEPS = {
    "start": "start to the handshake line",
    "connect": "connection, TLS, first answers with all schemas",
    "get_schema": "`GetSchema`",
    "configure": "`Configure`",
    "first_read": "first read: HTTP client, connection to the API in plain HTTP",
    "first_read_over_tls": "first read as users have it: over TLS, with a bundle of some 140 roots",
    "read": "one read, with its call to the API",
    "plan": "one plan without change",
    "apply": "one apply, with its call to the API",
}


def main():
    results = json.loads((HERE / "results.json").read_text())
    (HERE / "RESULTS.md").write_text(page(results))
    (HERE / "results.svg").write_text(picture(results))


def page(results):
    at = results["circumstances"]
    return f"""\
# Benchmarks

`scripts/bench` measures all of this anew and writes this page; `scripts/instructions` counts the
instructions alone. Both build the release binary first. The benchmarks never run in `cargo test`.

Recorded with Terraform {at["terraform"]} on {at["cpus"]} processors that had other work as well: the load was
{at["load_before"]} at the beginning and {at["load_after"]} at the end (over one minute and over five). So durations
mean little and ratios are what counts: each is the median over pairs of neighbours, floor and
provider by turns. The floor of `plan` and `apply` is as many `terraform_data` resources with one
text each, which need no plugin. The API is the sandbox of `examples/`, on the same processors.

## Budgets

{budgets(results)}

[PROFILE.md](PROFILE.md) says what stands in the way where a budget is not met.

![plan and apply, as ratios to the floor](results.svg)

## `plan`, nothing to do

{durations(results["plan"])}

## `apply`, creating all numbers

{durations(results["apply"])}

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


def durations(measurements):
    def refresh(measurement):
        return "batched" if measurement["account"] else "one by one"

    return table(
        ("numbers", "API latency", "refresh", "API calls", "floor", "provider", "ratio", "pairs"),
        [
            (
                f"{m['numbers']:,}",
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


def largest(measurements, account):
    return next(
        m for m in measurements
        if m["numbers"] == 1000 and m["latency_ms"] == 0 and m["account"] == account
    )


# The picture: a panel for each verb, a line for each way to refresh, ratios over numbers.
WIDTH, HEIGHT, MARGIN, GAP = 860, 360, 56, 70
TOP, BOTTOM = 56, 300
LINES = [
    (0, True, "instant API, batched", "#1f77b4", ""),
    (0, False, "instant API, one by one", "#d95f02", ""),
    (100, True, "100 ms, batched", "#1f77b4", "6 4"),
    (100, False, "100 ms, one by one", "#d95f02", "6 4"),
]


def picture(results):
    panels = [("plan", PLAN_BUDGET), ("apply", APPLY_BUDGET)]
    width = (WIDTH - 2 * MARGIN - GAP) / 2
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        'font-family="sans-serif" font-size="12" fill="#222">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
    ]
    for index, (verb, budget) in enumerate(panels):
        left = MARGIN + index * (width + GAP)
        parts += panel(results[verb], f"terraform {verb}", budget, left, width)
    parts += legend()
    return "\n".join([*parts, "</svg>", ""])


def panel(measurements, title, budget, left, width):
    top_ratio = nice_top(max(m["ratio"] for m in measurements))
    sizes = sorted({m["numbers"] for m in measurements})

    def x(numbers):
        return left + width * sizes.index(numbers) / (len(sizes) - 1)

    def y(ratio):
        return BOTTOM - (BOTTOM - TOP) * ratio / top_ratio

    yield text(left + width / 2, 28, title, size=15)
    for step in range(top_ratio + 1):
        if top_ratio > 8 and step % 2:
            continue
        yield line(left, y(step), left + width, y(step), "#ddd")
        yield text(left - 8, y(step) + 4, f"{step} ×", anchor="end")
    for size in sizes:
        yield text(x(size), BOTTOM + 18, f"{size:,}")
    yield line(left, y(1), left + width, y(1), "#666")
    yield line(left, y(budget), left + width, y(budget), "#2ca02c", "2 3")
    for latency, account, _, colour, dash in LINES:
        # Creating numbers reads nothing: an apply knows one line for each latency.
        chosen = [m for m in measurements if (m["latency_ms"], m["account"]) == (latency, account)]
        if not chosen:
            continue
        points = " ".join(f"{x(m['numbers']):.1f},{y(m['ratio']):.1f}" for m in chosen)
        yield (f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2" '
               f'stroke-dasharray="{dash}"/>')
        for m in chosen:
            yield (f'<circle cx="{x(m["numbers"]):.1f}" cy="{y(m["ratio"]):.1f}" r="3" '
                   f'fill="{colour}"/>')


def legend():
    entries = [(name, colour, dash) for _, _, name, colour, dash in LINES]
    entries.append(("budget at 1,000", "#2ca02c", "2 3"))
    for index, (name, colour, dash) in enumerate(entries):
        left = 14 + index * 168
        yield line(left, 342, left + 24, 342, colour, dash, thick=2)
        yield text(left + 30, 346, name, anchor="start", size=11)


def nice_top(ratio):
    return max(2, int(ratio) + 1)


def line(x1, y1, x2, y2, colour, dash="", thick=1):
    return (f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" '
            f'stroke-width="{thick}" stroke-dasharray="{dash}"/>')


def text(x, y, words, anchor="middle", size=12):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}">{words}</text>'


if __name__ == "__main__":
    main()
