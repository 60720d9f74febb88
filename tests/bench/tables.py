"""tables.py RESULTS.json: prints the figures of a run of scripts/bench as the Markdown tables of docs/performance.md."""

import json
import pathlib
import sys

from peers import ENDPOINTS, TITLES

SERVERS = [name for name in TITLES if name != "clankdin"]


def table(head, rows):
    print("| " + " | ".join(head) + " |")
    print("| --- |" + " ---: |" * (len(head) - 1))
    for row in rows:
        print("| " + " | ".join(row) + " |")
    print()


def servers(data):
    """Requests a second, and in brackets the processor time of one request in µs."""
    runs = {(run["subject"], run["what"]): run for run in data["runs"] if run["part"] == "peers"}
    fresh = {run["what"].split(",")[0]: run for run in data["runs"] if run["part"] == "fresh"}

    def cell(run):
        if not run or not run["rate"]:
            return "–"
        return f"{run['rate']:,}" + (f" ({run['cpu_us']:,.0f})" if run["cpu_us"] else "")

    rows = [[TITLES["clankdin"]] + [cell(runs.get(("clankdin", what))) for what in ENDPOINTS]]
    if fresh:
        rows.append(["… each answer computed"] + [cell(fresh.get(what)) for what in ENDPOINTS])
    rows += [[TITLES[name]] + [cell(runs.get((name, what))) for what in ENDPOINTS]
             for name in SERVERS if any(subject == name for subject, _ in runs)]
    if runs:
        table(["64 clients", *ENDPOINTS], rows)


def starts_and_memory(data):
    figures = {}
    for figure in data["figures"]:
        if figure["unit"] in ("instructions", "µs"):
            continue
        figures.setdefault(figure["subject"], []).append(
            f"{figure['what']}: {figure['value']:,.{0 if figure['value'] >= 100 else 1}f} {figure['unit']}")
    table(["", "measured"], [[TITLES.get(subject, subject), "; ".join(several)]
                             for subject, several in figures.items()])


def ours(data):
    for part, title in (("limits", "reads"), ("writes", "durable writes"), ("mixed", "reads beside writes"),
                        ("idle", "idle connections")):
        rows = [[run["what"] + ("" if run["subject"] == "clankdin" else f", {run['subject']}"), str(run["clients"]),
                 f"{run['rate']:,}", f"{run['p50_ms']:.2f}", f"{run['p99_ms']:.2f}",
                 f"{run['cpu_us']:.0f}" if run["cpu_us"] else ""]
                for run in data["runs"] if run["part"] == part]
        if rows:
            table([title, "clients", "requests/s", "p50 ms", "p99 ms", "CPU µs"], rows)


def instructions(data):
    rows = {}
    for figure in data["figures"]:
        if figure["unit"] == "instructions":
            what, kind = figure["what"].rsplit(", ", 1)
            rows.setdefault(what, {})[kind] = f"{figure['value']:,.0f}"
    if rows:
        table(["instructions of a request", "computed", "kept"],
              [[what, row["computed"], row["kept"]] for what, row in rows.items()])


def pages_and_lists(data):
    rows = [[figure["what"], f"{figure['value']:,.0f}"] for figure in data["figures"] if figure["unit"] == "µs"]
    if rows:
        table(["a page", "CPU µs"], rows)


def growth(data):
    lines, sizes = {}, []
    for run in data["runs"]:
        if run["part"] != "growth":
            continue
        what, size = run["what"].rsplit(", ", 1)
        if size not in sizes:
            sizes.append(size)
        lines.setdefault(what, {})[size] = f"{run['rate']:,} ({run['p99_ms']:.1f})"
    if lines:
        table(["requests/s (p99 ms)", *sizes], [[what, *(by_size.get(size, "–") for size in sizes)]
                                              for what, by_size in lines.items()])


def targets(data):
    rows = []
    for target in data["targets"]:
        bound = f"≥ {target['least']:g}" if target["most"] is None else f"≤ {target['most']:g}"
        rows.append([target["name"], f"{target['value']:g}{target['unit']}", bound + target["unit"],
                     "yes" if target["reached"] else "**no**"])
    table(["to be reached", "measured", "bound", "reached"], rows)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    data = json.loads(pathlib.Path(sys.argv[1]).read_text())
    print(", ".join(f"{name.replace('_', ' ')}: {value}" for name, value in data["machine"].items() if value) + "\n")
    for part in (servers, ours, pages_and_lists, instructions, growth, starts_and_memory, targets):
        part(data)


if __name__ == "__main__":
    main()
