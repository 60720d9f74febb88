"""Measures the release build and prints one table, with the limit beside every figure. Started by scripts/bench."""

import argparse
import contextlib
import pathlib
import shutil
import statistics
import sys
import tempfile

from processes import (Run, fetch, free_port, idle_connections, memory_mib, nginx, server, server_command, start_wrk,
                       stock, tool, wrk)

CLIENTS = (1, 16, 64)
MOST = CLIENTS[-1]
WRITERS = 16
IDLE = 10_000
AGENTS = 10_000
STARTS = 7
STOCK = "stock cpp-httplib, 64 threads"
NGINX = "nginx, a file"
CONSTANT = "GET /"


def median(runs):
    """The one with the median rate."""
    return sorted(runs, key=lambda run: run.rate)[len(runs) // 2]


class Table:
    """Rows are printed as they come; what is to be reached, at the end."""

    def __init__(self):
        self.verdicts = []
        self.missed = 0

    def heading(self, title):
        print(f"\n{title}")

    def columns(self, title):
        self.heading(title)
        print(f"{'':<34}{'clients':>8}{'requests/s':>12}{'p50 ms':>9}{'p99 ms':>9}   of its limit")

    def run(self, name, clients, run, limit=""):
        trouble = f"   {run.errors} ERRORS" if run.errors else ""
        print(f"{name:<34}{clients:>8}{run.rate:>12,.0f}{run.p50_ms:>9.2f}{run.p99_ms:>9.2f}   {limit}{trouble}",
              flush=True)

    def figure(self, name, value, note=""):
        print(f"{name:<42}{value:>12}{'':>18}   {note}", flush=True)

    def judge(self, name, value, unit="", least=None, most=None):
        reached = value >= least if most is None else value <= most
        self.missed += not reached
        bound = f"at least {least:g}" if most is None else f"at most {most:g}"
        self.verdicts.append(f"{'ok' if reached else 'MISSED':<8}{name:<66}{value:>8.2f}{unit}   ({bound}{unit})")

    def close(self):
        print("\nWhat is to be reached on two cores")
        print("\n".join(self.verdicts))


class Bench:
    def __init__(self, options, folder):
        self.seconds = options.seconds
        self.rounds = options.rounds
        self.posts = options.posts
        self.scale = options.scale
        self.folder = folder
        self.table = Table()
        self.pinch_round = 0

    def load(self, name, posts):
        files = [self.folder / f"{name}.{kind}" for kind in ("db", "keys", "ids")]
        tool("load", files[0], AGENTS, posts, files[1], files[2])
        return files

    def measure(self, port, path, clients, workload=()):
        """The round with the median rate."""
        return median([wrk(port, path, clients, self.seconds, workload) for _ in range(self.rounds)])

    # The parts of the table, in their order.

    def reads(self, port, body, stack):
        """Everything that is compared runs in turn, so that what else the machine does falls on all alike."""
        subjects = {}  # name: port, path, workload, what it is compared with
        subjects[STOCK] = (free_port(), "/", (), None)
        (self.folder / "body").write_bytes(body)
        stack.enter_context(stock(subjects[STOCK][0], self.folder / "body"))
        if shutil.which("nginx"):
            subjects[NGINX] = (free_port(), "/", (), None)
            stack.enter_context(nginx(subjects[NGINX][0], self.folder, body))
        subjects[CONSTANT] = (port, "/", (), STOCK)
        subjects["GET /agents/HANDLE"] = (port, "/", self.workload("agent"), CONSTANT)
        subjects["GET /feed"] = (port, "/feed", (), CONSTANT)

        self.table.columns(f"Reads ({AGENTS:,} agents, {self.posts:,} posts; constant answers of {len(body)} bytes)")
        for clients in CLIENTS:
            runs = {name: [] for name in subjects}
            for _ in range(self.rounds):
                for name, (at, path, workload, _) in subjects.items():
                    runs[name].append(wrk(at, path, clients, self.seconds, workload))
            result = {name: median(several) for name, several in runs.items()}
            for name, (_, _, _, limit) in subjects.items():
                note = f"{result[name].rate / result[limit].rate:.2f} x {limit}" if limit else ""
                self.table.run(name, clients, result[name], note)

        for name, limit, least in ((CONSTANT, STOCK, 1.5), (CONSTANT, NGINX, 1.0),
                                   ("GET /agents/HANDLE", CONSTANT, 0.55), ("GET /feed", CONSTANT, 0.35)):
            if limit in result:
                self.table.judge(f"{name} against {limit}", result[name].rate / result[limit].rate, " x", least=least)

    def workload(self, name):
        return (name, self.keys, self.ids, self.pinch_round)

    def durable_limits(self):
        self.table.heading("What this disk makes durable")
        syncs = float(tool("fdatasync", self.folder, self.seconds))
        files = self.load("limit", 1000)
        self.one_by_one = float(tool("insert", files[0], self.seconds))
        self.table.figure("fdatasync of 4 KiB, one after another", f"{syncs:,.0f}/s")
        self.table.figure("posts with one commit each", f"{self.one_by_one:,.0f}/s",
                          f"{self.one_by_one / syncs:.2f} x fdatasync")

    def writes(self, port):
        self.table.columns("Durable writes")
        for name, workload in (("POST /feed", "post"), ("POST /feed/ID/pinch", "pinch")):
            for clients in CLIENTS:
                self.pinch_round += 1
                # Each round of pinches needs pairs of its own, so there is one round here.
                run = wrk(port, "/", clients, self.seconds, self.workload(workload))
                self.table.run(name, clients, run, f"{run.rate / self.one_by_one:.2f} x one commit each")
                if workload == "post" and clients == MOST:
                    self.table.judge("POST /feed against one commit each", run.rate / self.one_by_one, " x", least=3)

    def reads_beside_writes(self, port):
        self.table.columns(f"GET /feed while {WRITERS} clients write")
        alone = self.measure(port, "/feed", WRITERS)
        self.table.run("GET /feed, nobody writes", WRITERS, alone)
        writers = start_wrk(port, "/", WRITERS, self.seconds + 1, self.workload("post"))
        beside = wrk(port, "/feed", WRITERS, self.seconds)
        written = Run(writers.communicate()[0])
        self.table.run("GET /feed", WRITERS, beside)
        self.table.run("POST /feed beside it", WRITERS, written)
        self.table.judge("p99 of GET /feed with writers against without", beside.p99_ms / alone.p99_ms, " x", most=3)

    def idle(self, port):
        self.table.columns(f"{IDLE:,} idle connections")
        before = self.measure(port, "/", MOST)
        self.table.run("GET /, none idle", MOST, before)
        with idle_connections(port, IDLE):
            beside = self.measure(port, "/", MOST)
        self.table.run(f"GET /, {IDLE:,} idle", MOST, beside)
        self.table.judge(f"throughput lost to {IDLE:,} idle connections", 100 * (1 - beside.rate / before.rate), " %",
                         most=10)

    def starts(self):
        self.table.heading("Start and memory")
        for name, options, most in (("--memory", ["--memory"], 15), ("a fresh file", None, 30)):
            times = []
            for number in range(STARTS):
                port = free_port()
                command = server_command(port, *(options or ["--db", self.folder / f"fresh-{number}.db"]))
                times.append(float(tool("start", port, *command).splitlines()[-1]))
            time = statistics.median(times)
            self.table.figure(f"first answer after start, {name}", f"{time:.1f} ms", f"median of {STARTS}")
            self.table.judge(f"first answer after start, {name}", time, " ms", most=most)

        port = free_port()
        with server(port, "--db", self.folder / "memory.db") as process:
            idle = memory_mib(process)
            with idle_connections(port, IDLE):
                crowded = memory_mib(process)
        for name, value, most in (("memory, idle", idle, 12), (f"memory, {IDLE:,} idle connections", crowded, 40)):
            self.table.figure(name, f"{value:.1f} MiB")
            self.table.judge(name, value, " MiB", most=most)

    def growth(self):
        few, many = 1000, 1_000_000
        self.table.columns(f"GET /feed over {few:,} and {many:,} posts")
        rates = []
        for posts in (few, many):
            database = self.load(f"posts-{posts}", posts)[0]
            port = free_port()
            with server(port, "--db", database):
                run = self.measure(port, "/feed", MOST)
            self.table.run(f"GET /feed, {posts:,} posts", MOST, run)
            rates.append(run.rate)
        self.table.judge("GET /feed over a million posts against a thousand", rates[1] / rates[0], " x", least=0.9)

    def all(self):
        database, self.keys, self.ids = self.load("bench", self.posts)
        port = free_port()
        with server(port, "--db", database):
            with contextlib.ExitStack() as stack:
                self.reads(port, fetch(port), stack)
            self.idle(port)
            self.durable_limits()
            self.writes(port)
            self.reads_beside_writes(port)
        self.starts()
        if self.scale:
            self.growth()
        self.table.close()


def main():
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("--seconds", type=int, default=3, help="length of one run (3)")
    parser.add_argument("--rounds", type=int, default=1, help="runs of each read, of which the median counts (1)")
    parser.add_argument("--posts", type=int, default=100_000, help="posts in the database (100000)")
    parser.add_argument("--scale", action="store_true", help="compare 1,000 with 1,000,000 posts too")
    parser.add_argument("--folder", type=pathlib.Path, help="where the databases are made: the disk to measure (/tmp)")
    parser.add_argument("--strict", action="store_true", help="exit with 1 if something is not reached")
    options = parser.parse_args()
    if min(options.seconds, options.rounds, options.posts) < 1:
        parser.error("--seconds, --rounds and --posts take numbers from 1")
    with tempfile.TemporaryDirectory(prefix="clankdin-bench-", dir=options.folder) as folder:
        bench = Bench(options, pathlib.Path(folder))
        bench.all()
    sys.exit(1 if options.strict and bench.table.missed else 0)


if __name__ == "__main__":
    main()
