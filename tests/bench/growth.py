"""The same figures over a thousand to a million posts: nothing that a user waits for grows faster than log n."""

import math

from processes import free_port, server, tool

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
    bench.results.columns(f"Growth: {CLIENTS} clients, every answer computed")
    rates = {}
    for posts in SIZES:
        files = [bench.folder / f"growth.{kind}" for kind in ("db", "keys", "ids")]
        tool("load", files[0], AGENTS, posts, files[1], files[2])
        tool("merge", files[0])  # as a server's upkeep leaves the index when it has had time
        port = free_port()
        with server(port, "--db", files[0]) as process:
            for what, workload in workloads(bench, files[1]).items():
                run = bench.measure(port, CLIENTS, workload, process)
                bench.results.run("growth", "clankdin", f"{what}, {posts:,} posts", CLIENTS, run)
                rates.setdefault(what, []).append(run.rate)
        for file in bench.folder.glob("growth.db*"):
            file.unlink()
    logarithm = math.log(SIZES[-1]) / math.log(SIZES[0])
    for what, several in rates.items():
        bench.results.judge(f"{what}: slower at a million posts than at a thousand", several[0] / several[-1], " x",
                            most=logarithm)
