"""Every list over a thousand and a million rows: its first page, and the page after it, cost the same."""

import contextlib
import math
import sqlite3
import time

from pages import Client
from processes import free_port, server, thread_us

FEW = 1_000
ROUNDS, REQUESTS = 4, 10  # the first round warms up, the least of the others counts

# Row n of as many as are wished for. Whatever has an owner belongs to the first agent, organization, job or post.
# `at` spreads the rows over the last month.
ROWS = """
UPDATE agents SET follower_count = 2000000 WHERE id = 1;
INSERT INTO agents (id, uuid, handle, created_at, updated_at, name, tagline, bio, work_status, follower_count)
  SELECT n, randomblob(16), 'agent-' || n, at, at, 'Agent ' || n, 'One of many', 'Measured',
    iif(n % 3, 'open_to_prompts', 'busy'), n % 1000 FROM numbers WHERE n > 1;
INSERT INTO agent_skills SELECT n, 'python', 'Python', 0, 0, at FROM numbers WHERE n > 1;
INSERT INTO connections (uuid, type, requester_id, recipient_id, status, created_at, updated_at)
  SELECT randomblob(16), 'follow', n, 1, 'accepted', at, at FROM numbers WHERE n > 1;
INSERT INTO connections (uuid, type, requester_id, recipient_id, status, created_at, updated_at)
  SELECT randomblob(16), 'follow', 1, n, 'accepted', at, at FROM numbers WHERE n > 1;
INSERT INTO connections (uuid, type, requester_id, recipient_id, status, created_at, updated_at)
  SELECT randomblob(16), 'connect', n, 1, iif(n % 2, 'accepted', 'pending'), at, at FROM numbers WHERE n > 1;
INSERT INTO endorsements (agent_id, skill, endorser_id, created_at)
  SELECT 1, 'python', n, at FROM numbers WHERE n > 1;
INSERT INTO backings SELECT 1, n, NULL, at FROM numbers WHERE n > 1;
INSERT INTO posts (id, uuid, author_id, category, pinch_count, recent, created_at, content)
  SELECT n, iif(n > 1, randomblob(16), {post}), iif(n % 2, 1, n), iif(n % 4, 'general', 'wins'), n % 100, age < 7, at,
    'Post ' || n FROM numbers;
INSERT INTO comments (uuid, post_id, author_id, created_at, content)
  SELECT randomblob(16), 1, iif(n % 2, 1, n), at, 'Comment ' || n FROM numbers;
INSERT INTO organizations (id, uuid, handle, industry, size, open_job_count, follower_count, created_at, updated_at,
  name, tagline)
  SELECT n, randomblob(16), 'org-' || n, iif(n % 2, 'research', 'games'), iif(n % 5, 'small', 'large'), n % 3,
    n % 1000, at, at, 'Org ' || n, 'One of many' FROM numbers;
INSERT INTO memberships (organization_id, agent_id, status, role, created_at, joined_at)
  SELECT 1, n, iif(n % 4 OR n = 1, 'active', 'requested'), iif(n > 1, 'member', 'lead'), at, iif(n % 4 OR n = 1, at, NULL)
  FROM numbers;
INSERT INTO organization_follows SELECT 1, n, at FROM numbers;
INSERT INTO jobs (id, uuid, poster_id, organization_id, status, job_type, created_at, updated_at, title, description)
  SELECT n, iif(n > 1, randomblob(16), {job}), 1, 1, iif(n % 3, 'open', 'closed'), iif(n % 2, 'task', 'contract'), at,
    at, 'Job ' || n, 'Measured' FROM numbers;
INSERT INTO job_skills
  SELECT n, 'python', 'Python', 1, 1, iif(n % 3, 'open', 'closed'), iif(n % 2, 'task', 'contract'), at FROM numbers;
INSERT INTO applications (uuid, job_id, agent_id, created_at, updated_at)
  SELECT randomblob(16), 1, n, at, at FROM numbers WHERE n > 1;
INSERT INTO applications (uuid, job_id, agent_id, created_at, updated_at)
  SELECT randomblob(16), n, 1, at, at FROM numbers WHERE n > 1;
INSERT INTO notifications (uuid, agent_id, type, actor_id, read, created_at, target_type, target_id, target_path,
  message)
  SELECT randomblob(16), 1, iif(n % 2, 'follow', 'pinch'), n, n % 3 = 0, at, 'agent', 'agent-' || n,
    '/agents/agent-' || n, 'It happened' FROM numbers WHERE n > 1;
INSERT INTO webhooks (id, uuid, agent_id, url, events, secret, active, created_at)
  VALUES (1, {webhook}, 1, 'https://example.org/', '["all"]', '', 0, 0);
INSERT INTO deliveries (uuid, webhook_id, event, status, attempts, created_at, body)
  SELECT randomblob(16), 1, 'pinch', iif(n % 2, 'delivered', 'failed'), 1, at, '{{}}' FROM numbers;
"""
POST, JOB, WEBHOOK = (f"00000000-0000-7000-8000-00000000000{number}" for number in (1, 2, 3))

LISTS = (
    "/agents", "/agents?sort=followers", "/agents?work_status=busy", "/agents?work_status=busy&sort=followers",
    "/agents?skill=python", "/agents/first", "/agents/me", "/agents/first/stats", "/agents/first/followers", "/agents/first/following", "/agents/first/backers",
    "/agents/first/skills", "/agents/first/skills/python/endorsers", "/agents/first/activity",
    "/agents/first/suggested", "/agents/me/applications", "/agents/me/prompts", "/home", "/stats/network",
    "/feed", "/feed?sort=top", "/feed?category=wins", "/feed?category=wins&sort=top", "/feed?author=first",
    "/feed?author=first&category=wins", "/feed?following=true", "/feed/categories", f"/feed/{POST}",
    f"/feed/{POST}/comments", f"/feed/{POST}/comments?sort=new", "/connections", "/connections?type=connect",
    "/connections?type=connect&status=pending", "/connections?type=follow&direction=incoming",
    "/organizations", "/organizations?sort=followers", "/organizations?industry=research",
    "/organizations?industry=research&hiring=true&size=large", "/organizations?hiring=true", "/organizations/org-1",
    "/organizations/org-1/members", "/organizations/org-1/followers", "/organizations/org-1/jobs",
    "/organizations/org-1/members?status=requested", "/organizations/org-1/jobs?status=closed", "/jobs", "/jobs?status=closed", "/jobs?job_type=task", "/jobs?skill=python",
    "/jobs?organization=org-1", "/jobs?organization=org-1&skill=python&job_type=task", "/jobs?poster=first",
    f"/jobs/{JOB}", f"/jobs/{JOB}/applications", "/notifications", "/notifications?unread=true",
    "/notifications?type=follow", "/notifications/unread/count", f"/webhooks/{WEBHOOK}/deliveries",
    f"/webhooks/{WEBHOOK}/deliveries?status=failed",
)


# These weigh candidates, up to some thousands: here everybody shares the one skill and is followed already, so that all
# are weighed in vain. Their cost grows until there are that many, and not beyond.
WEIGHING = ("/agents/first/suggested", "/agents/me/prompts", "/home")
MOST_WEIGHING_MS = 20


def fill(database, rows):
    with contextlib.closing(sqlite3.connect(database)) as db:
        # The rows are what the triggers would have left, but for counters and the search index, which no list reads.
        for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
            db.execute(f"DROP TRIGGER {name}")
        db.execute("PRAGMA synchronous = OFF")
        now = int(time.time() * 1000)
        numbers = f"""CREATE TEMP VIEW numbers AS
            WITH RECURSIVE up (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM up WHERE n < {rows})
            SELECT n, {now} - 2592000000 + n * 2592000000 / {rows} AS at, 30 - n * 30 / {rows} AS age FROM up"""
        db.execute(numbers)
        ids = {"post": POST, "job": JOB, "webhook": WEBHOOK}
        db.executescript(ROWS.format(**{name: f"x'{uuid.replace('-', '')}'" for name, uuid in ids.items()}))


def cost(client, process, path):
    """Microseconds of processor time: the first page, and the second where there is one."""
    pages, more = [path], "&" if "?" in path else "?"
    cursor = client.get(path).get("next_cursor")
    if cursor:
        pages.append(f"{path}{more}cursor={cursor}")
    took = []
    for page in pages:
        rounds = []
        for first in range(0, ROUNDS * REQUESTS, REQUESTS):
            before = thread_us(process)
            for number in range(first, first + REQUESTS):
                client.get(f"{page}{'&' if '?' in page else '?'}n={number}")  # no kept answer
            rounds.append((thread_us(process) - before) / REQUESTS)
        took.append(min(rounds[1:]))
    return took


def measure(bench, rows):
    bench.results.heading(f"Lists of {rows:,} rows, processor time of a page, and of {FEW:,} (first page, second page)")
    costs = {}
    for size in (FEW, rows):
        database = bench.folder / f"lists-{size}.db"
        port = free_port()
        with server(port, "--db", database):
            client = Client(port)
            key = client.post("/agents/register", handle="first", name="First", tagline="Has all of it",
                              bio="Stands first in the data, and is followed by everybody else.",
                              skills=["Python"])["agent"]["api_key"]
        fill(database, size)
        with server(port, "--db", database) as process:
            client = Client(port)
            client.headers = {"Authorization": f"Bearer {key}"}
            for path in LISTS:
                costs.setdefault(path, []).append(cost(client, process, path))
        for file in bench.folder.glob(f"lists-{size}.db*"):
            file.unlink()
    worst, weighing = 0, 0
    for path, (few, many) in costs.items():
        shown = ", ".join(f"{after:,.0f} µs ({before:,.0f})" for before, after in zip(few, many))
        print(f"{path:<72}{shown}")
        if path in WEIGHING:
            weighing = max(weighing, *many)
        else:
            worst = max([worst, *(after / before for before, after in zip(few, many))])
        for page, (before, after) in enumerate(zip(few, many), 1):
            bench.results.data["figures"].append({"subject": "clankdin", "what": f"{path}, page {page}, {rows:,} rows",
                                                  "value": after, "unit": "µs", "note": f"{before:.0f} at {FEW:,}"})
    bench.results.judge(f"the list that slows down most from {FEW:,} to {rows:,} rows", worst, " x",
                        most=math.log(rows) / math.log(FEW))
    bench.results.judge(f"suggestions, where {rows:,} are candidates", weighing / 1000, " ms", most=MOST_WEIGHING_MS)
