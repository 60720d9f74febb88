"""Measures the release build, with the limit beside every figure, and other servers too. Started by scripts/bench."""

import argparse
import contextlib
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
from functools import partial
from urllib.parse import quote

import growth
import instructions
import lists
import pages
import peers
from processes import (Run, fetch, free_port, idle_connections, memory_mib, nginx_command, running, server,
                       server_command, start_wrk, stock, tool, wrk)
from results import Results

CLIENTS = (1, 16, 64)
MOST = CLIENTS[-1]
WRITERS = 16
IDLE = 10_000
CLIENTS_AT_ONCE = 1_000_000
AGENTS = 10_000
STARTS = 15
WARM_UP_S = 1
STOCK = "stock cpp-httplib"
NGINX = "nginx"
CONSTANT = "GET /"
SILENT = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
PARTS = ("limits", "idle", "writes", "pages", "peers", "starts")


def median(runs):
    """The one with the median rate."""
    return sorted(runs, key=lambda run: run.rate)[len(runs) // 2]


def in_turn(rounds, subjects):
    """What each of `subjects`, functions by name, gave in so many rounds. They take turns, so that the machine's better
    and worse moments are everybody's."""
    given = {name: [] for name in subjects}
    for _ in range(rounds):
        for name, run in subjects.items():
            given[name].append(run())
    return given


class Bench:
    def __init__(self, options, folder):
        self.seconds = options.seconds
        self.rounds = options.rounds
        self.posts = options.posts
        self.peers_folder = options.peers
        self.peers = peers.find(options.peers)
        self.folder = folder
        self.results = Results(folder)
        self.pinch_round = 0

    def prepare(self):
        """Our own database and what is asked of it: the peers' data where there are any, our own otherwise."""
        self.database, self.keys = self.folder / "bench.db", self.folder / "bench.keys"
        if self.peers:
            data = self.peers_folder / "data"
            tool("adopt", self.database, data / "ndjson", self.keys)
            self.words = {name: data / f"{name}.txt" for name in ("handles", "terms", "prefixes")}
        else:
            tool("load", self.database, AGENTS, self.posts, self.keys, self.folder / "bench.ids")
            self.words = self.make_words()
        database, self.ids = self.folder / "limit.db", self.folder / "limit.ids"
        self.pinch_keys = self.folder / "limit.keys"
        tool("load", database, AGENTS, 10_000, self.pinch_keys, self.ids)
        self.limit_database = database

    def make_words(self):
        names = {"handles": [f"bench-{number}" for number in range(1, 1001)],
                 "terms": "python rust research planning sql writing review testing".split(),
                 "prefixes": "py ru res pla sq wri rev te ben".split()}
        for name, words in names.items():
            (self.folder / f"{name}.txt").write_text("".join(word + "\n" for word in words))
        return {name: self.folder / f"{name}.txt" for name in names}

    def workload(self, endpoint, path, keys=None):
        if endpoint == "post":
            return ["post", keys]
        words = {"profile": "handles", "search": "terms", "suggest": "prefixes"}.get(endpoint)
        return ["get", path, *([self.words[words]] if words else [])]

    def measure(self, port, clients, workload, process=None):
        """The round with the median rate."""
        return median([wrk(port, clients, self.seconds, workload, process) for _ in range(self.rounds)])

    def medians(self, subjects):
        return {name: median(runs) for name, runs in in_turn(self.rounds, subjects).items()}

    # The parts of the table, in their order.

    def limits(self, port, process):
        """Reads of ours beside constants."""
        body = fetch(port)
        (self.folder / "body").write_bytes(body)
        subjects = {}  # name: port, process, workload, what it is compared with
        with contextlib.ExitStack() as stack:
            at = free_port()
            subjects[STOCK] = (at, stack.enter_context(stock(at, self.folder / "body")), ["get", "/"], None)
            if shutil.which("nginx"):
                at = free_port()
                command = nginx_command(at, self.folder / "constant", {"= /constant": body})
                subjects[NGINX] = (at, stack.enter_context(running(command, at, "/constant")), ["get", "/constant"],
                                   None)
            subjects[CONSTANT] = (port, process, ["get", "/"], STOCK)
            subjects["GET /agents/HANDLE"] = (port, process, self.workload("profile", "/agents/%s"), CONSTANT)
            subjects["GET /feed"] = (port, process, ["get", "/feed"], CONSTANT)

            self.results.columns(f"Reads ({AGENTS:,} agents, {self.posts:,} posts; constant answers of {len(body)} "
                                 "bytes)")
            for clients in CLIENTS:
                result = self.medians({
                    name: partial(wrk, at, clients, self.seconds, workload, owner)
                    for name, (at, owner, workload, _) in subjects.items()})
                for name, (_, _, _, limit) in subjects.items():
                    note = f"{result[name].rate / result[limit].rate:.2f} x {limit}" if limit else ""
                    ours = name not in (STOCK, NGINX)
                    self.results.run("limits", "clankdin" if ours else name, name if ours else CONSTANT, clients,
                                     result[name], note)

        for name, limit, least in ((CONSTANT, STOCK, 1.5), (CONSTANT, NGINX, 1.0),
                                   ("GET /agents/HANDLE", CONSTANT, 0.55), ("GET /feed", CONSTANT, 0.35)):
            if limit in result:
                self.results.judge(f"{name} against {limit}", result[name].rate / result[limit].rate, " x", least=least)

    def limiter(self):
        self.results.heading(f"The rate limiter, with {CLIENTS_AT_ONCE:,} clients")
        fresh, known, size = map(int, tool("limiter", CLIENTS_AT_ONCE).split())
        self.results.figure("clankdin", "rate limiter, a client's first request", fresh, "ns")
        self.results.figure("clankdin", "rate limiter, a known client's", known, "ns")
        self.results.figure("clankdin", f"rate limiter, {CLIENTS_AT_ONCE:,} clients", size / 2**20, "MiB")
        self.results.judge("rate limiter, a request", max(fresh, known) / 1000, " µs", most=1)
        self.results.judge(f"rate limiter, memory for {CLIENTS_AT_ONCE:,} clients", size / 2**20, " MiB", most=100)

    def durable_limits(self):
        self.results.heading("What this disk makes durable")
        syncs = float(tool("fdatasync", self.folder, self.seconds))
        self.one_by_one = float(tool("insert", self.limit_database, self.seconds))
        self.results.figure("this disk", "fdatasync of 4 KiB, one after another", syncs, "/s")
        self.results.figure("SQLite", "posts with one commit each", self.one_by_one, "/s",
                            f"{self.one_by_one / syncs:.2f} x fdatasync")

    def writes(self, port, process):
        self.results.columns("Durable writes")
        for name in ("POST /feed", "POST /feed/ID/pinch"):
            for clients in CLIENTS:
                self.pinch_round += 1
                if name == "POST /feed":
                    run = self.measure(port, clients, ["post", self.pinch_keys], process)
                else:  # each round of pinches needs pairs of its own, so there is one round here
                    workload = ["pinch", self.pinch_keys, self.ids, self.pinch_round]
                    run = wrk(port, clients, self.seconds, workload, process)
                self.results.run("writes", "clankdin", name, clients, run,
                                 f"{run.rate / self.one_by_one:.2f} x one commit each")
                if name == "POST /feed" and clients == MOST:
                    self.results.judge("POST /feed against one commit each", run.rate / self.one_by_one, " x", least=3)
        self.reads_beside_writes(port)

    def reads_beside_writes(self, port):
        self.results.columns(f"GET /feed while {WRITERS} clients write")
        read = partial(wrk, port, WRITERS, self.seconds, ["get", "/feed"])
        written = []

        def read_beside():
            writers = start_wrk(port, WRITERS, self.seconds + 1, ["post", self.pinch_keys])
            run = read()
            written.append(Run(writers.communicate()[0]))
            return run

        result = self.medians({"GET /feed, nobody writes": read, "GET /feed": read_beside})
        for name, run in [*result.items(), ("POST /feed beside it", median(written))]:
            self.results.run("mixed", "clankdin", name, WRITERS, run)
        alone, beside = result.values()
        self.results.judge("p99 of GET /feed with writers against without", beside.p99_ms / alone.p99_ms, " x", most=3)

    def idle(self, port, process):
        self.results.columns(f"{IDLE:,} idle connections")
        read = partial(wrk, port, MOST, self.seconds, ["get", "/"], process)

        def read_beside():
            with idle_connections(port, IDLE):
                return read()

        result = self.medians({"GET /, none idle": read, f"GET /, {IDLE:,} idle": read_beside})
        for name, run in result.items():
            self.results.run("idle", "clankdin", name, MOST, run)
        before, beside = result.values()
        self.results.judge(f"throughput lost to {IDLE:,} idle connections", 100 * (1 - beside.rate / before.rate), " %",
                           most=10)

    # The servers that a user could run instead.

    def with_peers(self, port, process):
        """Each endpoint of all servers in turn, at the most clients."""
        first = {name: quote(path.read_text().split("\n")[0]) for name, path in self.words.items()}
        answers = {place: fetch(port, path.replace("%s", first[words])) for place, path, words in (
            ("~ ^/agents/", "/agents/%s", "handles"), ("= /feed", "/feed", "terms"),
            ("= /search", "/search?q=%s&type=agents", "terms"),
            ("= /search/suggest", "/search/suggest?q=%s", "prefixes"))}
        ours = peers.Peer("clankdin", "")
        with contextlib.ExitStack() as stack:
            servers = [(ours, port, process, self.keys)]
            if shutil.which("nginx"):
                at = free_port()
                command = nginx_command(at, self.folder / "answers", answers)
                servers.append((peers.Peer("nginx", "", paths={"post": None}), at,
                                stack.enter_context(running(command, at, "/feed")), None))
            tokens = self.folder / "tokens"
            tokens.write_text("".join(line.split()[1] + "\n" for line in
                                      (self.peers_folder / "data" / "tokens.txt").read_text().splitlines()))
            for peer in self.peers:
                at = free_port()
                command = peer.command(self.peers_folder, self.folder, at)
                owner = stack.enter_context(running(command, at, peer.paths["feed"], **SILENT))
                servers.append((peer, at, owner, tokens))
            for endpoint in peers.ENDPOINTS:
                self.compare(endpoint, servers)

    def compare(self, endpoint, servers):
        self.results.columns(f"{endpoint}, {MOST} clients")
        taking_part = [server for server in servers if server[0].paths[endpoint] is not None]
        runs = {}
        for peer, port, process, keys in taking_part:
            workload = self.workload(endpoint, peer.paths[endpoint], keys)
            wrk(port, MOST, WARM_UP_S, workload)
            runs[peer.name] = partial(wrk, port, MOST, self.seconds, workload, process)
            if peer.name == "clankdin" and endpoint != "post":
                # What this costs when nothing was kept from an earlier request.
                fresh = workload + ([""] if len(workload) == 2 else []) + ["fresh"]
                runs["fresh"] = partial(wrk, port, MOST, self.seconds, fresh, process)
        result = self.medians(runs)
        computed = result.pop("fresh", None)
        for peer, *_ in taking_part:
            run = result[peer.name]
            others = peer.name != "clankdin" and run.rate > 0
            note = f"ClankdIn: {result['clankdin'].rate / run.rate:.2f} x" if others else ""
            if not peer.durable and endpoint == "post":
                note += ", not durable"
            self.results.run("peers", peer.name, endpoint, MOST, run, note)
            if peer.name == "clankdin" and computed:
                self.results.run("fresh", "clankdin", f"{endpoint}, each computed", MOST, computed)
        self.judge_comparison(endpoint, result)

    def judge_comparison(self, endpoint, result):
        ours = result["clankdin"].rate
        durable = {peer.name for peer in self.peers if peer.durable}
        others = [run.rate for name, run in result.items() if name in durable or
                  (endpoint != "post" and name not in ("clankdin", "nginx"))]
        for names, least in {
            "profile": ((("h2o",), 1.0), (("nginx",), 0.6)),
            "feed": ((("h2o",), 1.5),),
            "search": ((None, 5),),
            "suggest": ((None, 1.5),),
            "post": ((None, 5),),
        }[endpoint]:
            if names is None and others:
                best = "the best durable alternative" if endpoint == "post" else "the best alternative"
                self.results.judge(f"{endpoint} against {best}", ours / max(others), " x", least=least)
            elif names and names[0] in result:
                self.results.judge(f"{endpoint} against {names[0]}", ours / result[names[0]].rate, " x", least=least)
        for name, least in (("node", 4), ("fastapi", 15)):
            if name in result:
                self.results.judge(f"{endpoint} against {name}", ours / result[name].rate, " x", least=least)

    # Start and memory.

    def starts(self):
        self.results.heading("Start to the first answer, and memory (PSS)")
        number = iter(range(10**6))
        data, memory, new, other = "with this data", "in memory", "a fresh file", "one file"
        commands = {
            ("clankdin", data): lambda at: server_command(at, "--db", self.database),
            ("clankdin", memory): lambda at: server_command(at, "--memory"),
            ("clankdin", new): lambda at: server_command(at, "--db", self.folder / f"fresh-{next(number)}.db"),
        }
        if shutil.which("nginx"):
            commands[NGINX, other] = lambda at: nginx_command(at, self.folder / f"start-{next(number)}",
                                                              {"= /feed": b"{}"})
        took = self.time_starts(STARTS, commands)
        for what, most in ((memory, 15), (new, 30)):
            self.results.judge(f"first answer after start, {what}", took["clankdin", what], " ms", most=most)
        if (NGINX, other) in took:
            self.results.judge("start-up against nginx", took["clankdin", data] / took[NGINX, other], " x", most=1)
        for peer in self.peers:
            self.time_starts(1 if peer.slow else STARTS,
                             {(peer.name, data): partial(peer.command, self.peers_folder, self.folder)},
                             peer.paths["feed"])
        self.memory()

    def time_starts(self, count, commands, path="/feed"):
        """`commands`: of the subject and what it starts with, a function that gives the command for a port."""
        def start(command):
            port = free_port()
            words = [str(word) for word in command(port)]
            return float(tool("start", port, path, *words).splitlines()[-1])

        took = {}
        for subject, times in in_turn(count, {name: partial(start, of) for name, of in commands.items()}).items():
            took[subject] = statistics.median(times)
            self.results.figure(subject[0], f"first answer after start, {subject[1]}", took[subject], "ms",
                                f"median of {count}")
        return took

    def memory(self):
        port = free_port()
        with server(port, "--db", self.folder / "memory.db") as process:
            idle = memory_mib(process)
            with idle_connections(port, IDLE):
                crowded = memory_mib(process)
        for what, value, most in (("memory, idle", idle, 12), (f"memory, {IDLE:,} idle connections", crowded, 40)):
            self.results.figure("clankdin", what, value, "MiB")
            self.results.judge(what, value, " MiB", most=most)
        for peer in self.peers:
            port = free_port()
            command = peer.command(self.peers_folder, self.folder, port)
            with running(command, port, peer.paths["feed"], **SILENT) as process:
                self.results.figure(peer.name, "memory, idle", memory_mib(process), "MiB")

    def all(self, parts):
        self.prepare()
        port = free_port()
        with server(port, "--db", self.database) as process:
            if "limits" in parts:
                self.limits(port, process)
            if "idle" in parts:
                self.idle(port, process)
            if "peers" in parts and self.peers:
                self.with_peers(port, process)
        if "limits" in parts:
            self.limiter()
        if "writes" in parts:
            self.durable_limits()  # before the server has the file
            port = free_port()
            with server(port, "--db", self.limit_database) as process:
                self.writes(port, process)
        if "pages" in parts:
            pages.measure(self)
        if "starts" in parts:
            self.starts()


def main():
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("--seconds", type=int, default=2, help="length of one run (2)")
    parser.add_argument("--rounds", type=int, default=1, help="runs of each figure, of which the median counts (1)")
    parser.add_argument("--posts", type=int, default=100_000, help="posts in the database, without peers (100000)")
    parser.add_argument("--only", choices=PARTS, action="append", help="this part; may be given again (all)")
    parser.add_argument("--growth", action="store_true", help="the same figures at 1,000 to 1,000,000 posts too")
    parser.add_argument("--lists", type=int, metavar="ROWS",
                        help="what a page of each list costs when it has that many rows (about 5 KB of disk a row)")
    parser.add_argument("--instructions", action="store_true", help="count the instructions of requests (valgrind)")
    parser.add_argument("--peers", type=pathlib.Path,
                        help="other servers to compare with; tests/bench/peers.py says what this folder has to hold")
    parser.add_argument("--folder", type=pathlib.Path, help="where the databases are made: the disk to measure (/tmp)")
    parser.add_argument("--out", type=pathlib.Path, help="keep the figures here (JSON, for tests/bench/plot.py)")
    parser.add_argument("--strict", action="store_true", help="exit with 1 if something is not reached")
    options = parser.parse_args()
    if min(options.seconds, options.rounds, options.posts) < 1:
        parser.error("--seconds, --rounds and --posts take numbers from 1")
    if options.lists is not None and options.lists <= lists.FEW:
        parser.error(f"--lists takes a number above {lists.FEW}, the number it compares with")
    if options.peers and not peers.find(options.peers):
        parser.error(f"--peers: none of them is in {options.peers}")
    with tempfile.TemporaryDirectory(prefix="clankdin-bench-", dir=options.folder) as folder:
        bench = Bench(options, pathlib.Path(folder))
        bench.all(options.only or PARTS)
        if options.growth:
            growth.measure(bench)
        if options.lists:
            lists.measure(bench, options.lists)
        if options.instructions:
            instructions.measure(bench)
        bench.results.close(options.out)
    sys.exit(1 if options.strict and bench.results.missed else 0)


if __name__ == "__main__":
    main()
