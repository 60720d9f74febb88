"""The same figures over a thousand to a million posts: nothing that a user waits for grows faster than log n."""

import contextlib
import math
from functools import partial

from processes import free_port, server, tool, wrk

SIZES = (1_000, 10_000, 100_000, 1_000_000)
AGENTS = 10_000
CLIENTS = 16


def workloads(bench, keys):
    """Every answer is computed: what is kept from an earlier request would hide what a size costs."""
    words = bench.make_words()
    return {
        "profile": ["get", "/agents/%s", words["handles"], "fresh"],
        "feed": ["get", "/feed", "", "fresh"],
        "top of the week": ["get", "/feed?sort=top", "", "fresh"],
        "a category": ["get", "/feed?category=wins", "", "fresh"],
        "search posts": ["get", "/search?type=posts&q=%s", words["terms"], "fresh"],
        "suggest": ["get", "/search/suggest?q=%s", words["prefixes"], "fresh"],
        "post": ["post", keys],
    }


def measure(bench):
    """All sizes at once, so that each workload runs against them in turn."""
    bench.results.columns(f"Growth: {CLIENTS} clients, every answer computed")
    rates = {}
    with contextlib.ExitStack() as stack:
        servers = {posts: start(bench, posts, stack) for posts in SIZES}
        for what in workloads(bench, ""):
            result = bench.medians({
                posts: partial(wrk, port, CLIENTS, bench.seconds, workloads(bench, keys)[what], process)
                for posts, (port, process, keys) in servers.items()})
            for posts, run in result.items():
                bench.results.run("growth", "clankdin", f"{what}, {posts:,} posts", CLIENTS, run)
            rates[what] = [run.rate for run in result.values()]
    logarithm = math.log(SIZES[-1]) / math.log(SIZES[0])
    for what, several in rates.items():
        bench.results.judge(f"{what}: slower at a million posts than at a thousand", several[0] / several[-1], " x",
                            most=logarithm)


def start(bench, posts, stack):
    """A server with so many posts: its port, its process, and the file of its agents' keys."""
    database, keys, ids = (bench.folder / f"growth-{posts}.{kind}" for kind in ("db", "keys", "ids"))
    tool("load", database, AGENTS, posts, keys, ids)
    tool("merge", database)  # as a server's upkeep leaves the index when it has had time
    port = free_port()
    return port, stack.enter_context(server(port, "--db", database)), keys
