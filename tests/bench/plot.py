"""plot.py RESULTS.json FOLDER: draws the figures of a run of scripts/bench as SVG files in FOLDER.

servers.svg: requests a second of each server at each endpoint, on a logarithmic scale.
growth.svg:  the time that a request takes of the server, over the number of posts; where the run measured it.
"""

import json
import math
import pathlib
import sys
from xml.sax.saxutils import escape

from peers import ENDPOINTS, TITLES

COLORS = ("#c2410c", "#64748b", "#1d4ed8", "#15803d", "#a16207", "#be123c", "#7e22ce", "#0e7490", "#475569")
FONT = 'font-family="system-ui, sans-serif"'


class Drawing:
    def __init__(self, width, height, title):
        self.width, self.height = width, height
        self.parts = [f"<title>{escape(title)}</title>", f'<rect width="{width}" height="{height}" fill="#ffffff"/>']

    def line(self, x1, y1, x2, y2, color="#cbd5e1", width=1):
        self.parts.append(f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{color}" '
                          f'stroke-width="{width}"/>')

    def bar(self, x, y, width, height, color, hint):
        self.parts.append(f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{color}">'
                          f"<title>{escape(hint)}</title></rect>")

    def path(self, points, color):
        self.parts.append(f'<polyline fill="none" stroke="{color}" stroke-width="2" points="'
                          + " ".join(f"{x:.1f},{y:.1f}" for x, y in points) + '"/>')
        self.parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{color}"/>' for x, y in points]

    def text(self, x, y, text, anchor="start", size=12, color="#0f172a"):
        self.parts.append(f'<text x="{x:.1f}" y="{y:.1f}" {FONT} font-size="{size}" text-anchor="{anchor}" '
                          f'fill="{color}">{escape(text)}</text>')

    def save(self, file):
        head = (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height}" '
                f'width="{self.width}" height="{self.height}" role="img">')
        file.write_text(head + "\n" + "\n".join(self.parts) + "\n</svg>\n")
        print(file)


def short(number):
    return f"{number / 1000:g}k" if number >= 1000 else f"{number:g}"


class LogScale:
    """From values to pixels, over whole powers of ten."""

    def __init__(self, values, begin, end):
        self.low = math.floor(math.log10(min(values)))
        self.high = math.ceil(math.log10(max(values)))
        self.begin, self.end = begin, end

    def __call__(self, value):
        return self.begin + (math.log10(value) - self.low) / (self.high - self.low) * (self.end - self.begin)

    def ticks(self):
        return [10.0 ** power for power in range(self.low, self.high + 1)]


def draw_servers(runs, folder):
    rates = {(run["what"], run["subject"]): run["rate"] for run in runs if run["part"] == "peers" and run["rate"] > 0}
    if not rates:
        return
    servers = [name for name in TITLES if any(subject == name for _, subject in rates)]
    colors = dict(zip(TITLES, COLORS))
    bar, gap, left, top = 13, 16, 90, 20 + 20 * math.ceil(len(servers) / 3)
    height = top + sum(bar * sum((endpoint, name) in rates for name in servers) + gap for endpoint in ENDPOINTS) + 30
    drawing = Drawing(860, height, "Requests a second of each server, by endpoint")
    scale = LogScale(rates.values(), left, 780)
    for number, name in enumerate(servers):
        x, y = 20 + 280 * (number % 3), 18 + 20 * (number // 3)
        drawing.bar(x, y - 10, 12, 12, colors[name], TITLES[name])
        drawing.text(x + 18, y, TITLES[name])
    for tick in scale.ticks():
        drawing.line(scale(tick), top - 4, scale(tick), height - 26)
        drawing.text(scale(tick), height - 10, f"{short(tick)}/s", "middle", 11)
    y = top
    for endpoint in ENDPOINTS:
        present = [name for name in servers if (endpoint, name) in rates]
        drawing.text(left - 8, y + bar * len(present) / 2 + 4, endpoint, "end", 13)
        for name in present:
            rate = rates[endpoint, name]
            drawing.bar(left, y, scale(rate) - left, bar - 2, colors[name], f"{TITLES[name]}: {rate:,}/s")
            drawing.text(scale(rate) + 5, y + bar - 3, f"{rate:,}", size=10)
            y += bar
        y += gap
    drawing.save(folder / "servers.svg")


def draw_growth(runs, folder):
    lines = {}
    for run in runs:
        if run["part"] != "growth" or not run["cpu_us"]:
            continue
        what, posts = run["what"].rsplit(", ", 1)
        lines.setdefault(what, []).append((int(posts.split()[0].replace(",", "")), run["cpu_us"]))
    if not lines:
        return
    points = [point for line in lines.values() for point in line]
    drawing = Drawing(760, 420, "Processor time of a request, over the number of posts")
    across = LogScale([posts for posts, _ in points], 60, 590)
    up = LogScale([cpu for _, cpu in points], 370, 30)
    for tick in across.ticks():
        drawing.line(across(tick), 30, across(tick), 370)
        drawing.text(across(tick), 388, f"{tick:,.0f}", "middle", 11)
    for tick in up.ticks():
        drawing.line(60, up(tick), 590, up(tick))
        drawing.text(54, up(tick) + 4, f"{tick:,.0f} µs", "end", 11)
    drawing.text(325, 408, "posts", "middle")
    ends = sorted((up(line[-1][1]), what) for what, line in lines.items())
    beneath = 0
    for (what, line), color in zip(lines.items(), COLORS):
        drawing.path([(across(posts), up(cpu)) for posts, cpu in line], color)
    colors = dict(zip(lines, COLORS))
    for y, what in ends:
        beneath = max(y + 4, beneath + 14)  # labels do not cover each other
        drawing.text(600, beneath, f"{what}: {lines[what][-1][1]:,.0f} µs", color=colors[what])
    drawing.save(folder / "growth.svg")


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    runs = json.loads(pathlib.Path(sys.argv[1]).read_text())["runs"]
    folder = pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    draw_servers(runs, folder)
    draw_growth(runs, folder)


if __name__ == "__main__":
    main()
