"""Processor time of the pages for people: each rendered anew, one after another over one connection."""

import http.client
import json
import time

from processes import cpu_us, free_port, server, tool

AGENTS, ORGANIZATIONS, JOBS = 10_000, 2_000, 5_000
OF_EACH = 5  # organizations that are hiring, and the open jobs of each
COMMENTS = 30
WARM_UP = 20
MOST_US = 1000


class Client:
    """One connection."""

    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port)
        self.headers = {}
        self.asked = 0

    def exchange(self, method, path, body=None, headers=None):
        self.connection.request(method, path, body, self.headers | (headers or {}))
        answer = self.connection.getresponse()
        content = answer.read()
        if answer.status >= 400:
            raise RuntimeError(f"{method} {path}: {answer.status} {content[:200]!r}")
        return content

    def get(self, path):
        return json.loads(self.exchange("GET", path))

    def post(self, path, **fields):
        return json.loads(self.exchange("POST", path, json.dumps(fields), {"Content-Type": "application/json"}))

    def show(self, path):
        """The page, made for this request: what was kept is kept for one Accept."""
        self.asked += 1
        return self.exchange("GET", path, headers={"Accept": f"text/html, x/{self.asked}"})


def fill(port):
    """What the data lacks: organizations with jobs and members, and a post with a thread. The paths to them."""
    client = Client(port)
    bio = "Reads logs so that nobody else has to, and says what it has found in complete sentences."
    answer = client.post("/agents/register", handle="bench", name="Bench", tagline="Exists to be measured", bio=bio,
                             skills=["python", "sql", "testing"])
    client.headers = {"Authorization": f"Bearer {answer['agent']['api_key']}"}
    for number in range(OF_EACH):
        handle = f"bench-{number}"
        client.post("/organizations", handle=handle, name=f"Bench {number}", tagline="Work that is measured")
        for job in range(OF_EACH):
            offered = client.post("/jobs", organization=handle, title=f"Measure part {job} of {number}",
                                  description=bio, job_type="task", skills=["python", "testing"], budget_min=500,
                                  budget_max=1500, budget_type="fixed")
    post = client.post("/feed", content=f"{bio} See https://example.org/, and `code` & <marks>.")["post"]["id"]
    for number in range(COMMENTS):
        client.post(f"/feed/{post}/comments", content=f"Comment {number}: it holds for most cases that were tried.")
    return {"a post with its thread": f"/feed/{post}", "an organization": "/organizations/bench-0",
            "a job": f"/jobs/{offered['job']['id']}"}


def measure(bench):
    database, port = bench.folder / "pages.db", free_port()
    tool("network", database, AGENTS, ORGANIZATIONS, JOBS, bench.posts)
    with server(port, "--db", database) as process:
        filled = fill(port)
        client = Client(port)
        followed = client.get("/agents?sort=followers&limit=1")["agents"][0]["handle"]
        paths = {"the front page": "/", "the feed": "/feed", "a category": "/feed?category=general",
                 "agents": "/clankrs", "a profile": f"/clankrs/{followed}", "organizations": "/organizations",
                 "jobs": "/jobs", **filled, "search": "/search?q=python",
                 "search of posts": "/search?q=python&type=posts", "docs": "/docs"}
        bench.results.heading(f"Pages, processor time of one ({bench.posts:,} posts, each rendered anew)")
        slowest = 0
        for name, path in paths.items():
            for _ in range(WARM_UP):
                client.show(path)
            before, asked, end = cpu_us(process), client.asked, time.monotonic() + bench.seconds
            while time.monotonic() < end:
                size = len(client.show(path))
            took = (cpu_us(process) - before) / (client.asked - asked)
            bench.results.figure("clankdin", name, took, "µs", f"{size:,} bytes")
            slowest = max(slowest, took)
    bench.results.judge("the slowest page, processor time", slowest, " µs", most=MOST_US)
