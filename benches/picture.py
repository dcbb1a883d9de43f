"""Draws benches/results.svg: what plan and apply take, as multiples of what Terraform needs without a
plugin. Each panel is a verb; both axes go in equal steps from a value to its multiple."""

from html import escape
from math import log10

WIDTH, HEIGHT = 900, 560
LEFT, GAP, RIGHT, TOP, BOTTOM = 78, 84, 24, 64, 360
TICKS = (1, 2, 5, 10, 20)
LOWEST, HIGHEST = 0.8, 20
SIZES = (1, 10, 100, 1000)
TITLE = "What plan and apply take, as multiples of the floor"
DESCRIPTION = """\
The floor is as many terraform_data resources, which need no plugin: one times the floor is the line at
the bottom. Blue is this provider, with an instant API and with 100 milliseconds for each call; grey are
peers with an instant API."""
# Latency, batched, name, colour, dashes.
OURS = [
    (0, True, "this provider, instant API, lists", "#1f5fa8", ""),
    (0, False, "this provider, instant API, one by one", "#63a0d4", ""),
    (100, True, "this provider, 100 ms for each call, lists", "#1f5fa8", "7 4"),
    (100, False, "this provider, 100 ms for each call, one by one", "#63a0d4", "7 4"),
]
PEERS = [
    ("go", "the same resource in Go", "#6b6b6b", ""),
    ("restapi", "restapi", "#8a8a8a", "2 3"),
    ("restful", "restful", "#8a8a8a", "8 3 2 3"),
]


def picture(results, peers):
    width = (WIDTH - LEFT - GAP - RIGHT) / 2
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="title description" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12" fill="#222">',
        f'<title id="title">{escape(TITLE)}</title>',
        f'<desc id="description">{escape(DESCRIPTION)}</desc>',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        text(WIDTH / 2, 22, TITLE, size=15),
    ]
    for index, verb in enumerate(("plan", "apply")):
        left = LEFT + index * (width + GAP)
        parts += panel(verb, results[verb], peers["measured"], left, width)
    parts += legend(peers["date"])
    return "\n".join([*parts, "</svg>", ""])


def panel(verb, measurements, peers, left, width):
    def place(numbers, ratio):
        return left + width * log10(numbers) / log10(SIZES[-1]), height_of(ratio)

    yield from axes(verb, left, width)
    for who, _, colour, dash in PEERS:
        points = [(m["numbers"], m[verb]) for m in peers if m["who"] == who]
        yield from curve([place(*point) for point in points], colour, dash)
    for latency, account, _, colour, dash in OURS:
        # Creating numbers reads nothing: an apply knows one line for each latency.
        chosen = [
            (m["numbers"], m["ratio"]) for m in measurements
            if (m["latency_ms"], m["account"], m.get("accounts", 1)) == (latency, account, 1)
        ]
        yield from curve([place(*point) for point in chosen], colour, dash)


def axes(verb, left, width):
    yield text(left + width / 2, TOP - 14, f"terraform {verb}", size=14)
    for tick in TICKS:
        y = height_of(tick)
        yield line(left, y, left + width, y, "#222" if tick == 1 else "#ddd")
        yield text(left - 8, y + 4, f"{tick} ×", anchor="end")
    yield text(left + width - 4, height_of(1) + 15, "the floor: no plugin at all", anchor="end", size=11)
    for size in SIZES:
        x = left + width * log10(size) / log10(SIZES[-1])
        yield line(x, BOTTOM, x, BOTTOM + 5, "#222")
        yield text(x, BOTTOM + 20, f"{size:,}")
    yield text(left + width / 2, BOTTOM + 38, "phone numbers in the configuration")
    x, y = left - 50, (TOP + BOTTOM) / 2
    yield (f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="middle" '
           f'transform="rotate(-90 {x:.1f} {y:.1f})">duration ÷ floor</text>')


def height_of(ratio):
    return BOTTOM - (BOTTOM - TOP) * log10(ratio / LOWEST) / log10(HIGHEST / LOWEST)


def curve(points, colour, dash):
    if not points:
        return
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    yield (f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2" '
           f'stroke-dasharray="{dash}"/>')
    for x, y in points:
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>'


def legend(date):
    ours = [(name, colour, dash) for _, _, name, colour, dash in OURS]
    peers = [(f"{name}, instant API ({date})", colour, dash) for _, name, colour, dash in PEERS]
    for column, entries in enumerate((ours, peers)):
        left = LEFT + column * WIDTH / 2
        for row, (name, colour, dash) in enumerate(entries):
            y = BOTTOM + 72 + 24 * row
            yield line(left, y, left + 40, y, colour, dash, thick=2)
            yield text(left + 50, y + 4, name, anchor="start")


def line(x1, y1, x2, y2, colour, dash="", thick=1):
    return (f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" '
            f'stroke-width="{thick}" stroke-dasharray="{dash}"/>')


def text(x, y, words, anchor="middle", size=12):
    return (f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}">'
            f"{escape(words)}</text>")
