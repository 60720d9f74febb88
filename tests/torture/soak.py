"""Full load for a long time: no error, memory flat, p99 flat."""

import pathlib
import statistics
import subprocess
import time

from instance import Failure, Instance, check
from receivers import Receivers

AGENTS = 100
POSTS = 200
CONNECTIONS = 64
WINDOW_S = 10
SCRIPT = pathlib.Path(__file__).with_name("soak.lua")
FILL_MIB = 120  # more than SQLite's page cache of the writer holds: what grows after that grows for no good reason
# How much more the last third may have than the second one.
MEMORY_GROWTH = 1.15
MEMORY_ROOM_MIB = 8
P99_GROWTH = 2.0


def populate(instance, folder):
    """Agents with posts, one of them with a webhook."""
    keys = [instance.register(f"soak_{number}") for number in range(AGENTS)]
    posts = []
    for number in range(POSTS):
        answer = instance.connect(keys[number % AGENTS]).ask("POST", "/feed", {"content": f"Post {number}"})
        if answer.status != 201:
            raise Failure(f"a post was answered with {answer.status}")
        posts.append(answer.json()["post"]["id"])
    Receivers().register(instance.connect(keys[0]))
    (folder / "keys").write_text("".join(key + "\n" for key in keys))
    (folder / "posts").write_text("".join(post + "\n" for post in posts))


def fill(instance, folder):
    """Long posts until caches are full."""
    while (size := instance.database.stat().st_size / 2**20) < FILL_MIB:
        rate, _, _, errors = window(instance, folder, WINDOW_S, "fill")
        if errors:
            raise Failure(f"{errors} posts failed")
        print(f"filling: {size:.0f} of {FILL_MIB} MiB, {rate:,.0f} posts/s", flush=True)


def window(instance, folder, seconds, *words):
    """Requests a second, p50 and p99 in milliseconds, errors."""
    command = ["wrk", "-t", 2, "-c", CONNECTIONS, "-d", seconds, "--timeout", 10, "--latency", "-s", SCRIPT,
               f"http://127.0.0.1:{instance.port}", "--", folder / "keys", folder / "posts", *words]
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    for line in done.stdout.splitlines():
        if line.startswith("RESULT "):
            rate, p50, p99, errors = line.split()[1:]
            return float(rate), int(p50) / 1000, int(p99) / 1000, int(errors)
    raise Failure(f"wrk: {done.stdout[-300:]}{done.stderr[-300:]}")


def thirds(values):
    """The medians of the second and of the last third."""
    third = len(values) // 3
    return (statistics.median(values[third:2 * third]), statistics.median(values[2 * third:])) if third else None


def run(folder, seconds):
    instance = Instance(folder)
    instance.start()
    try:
        populate(instance, folder)
        fill(instance, folder)
        print(f"{'seconds':>8} {'requests/s':>11} {'p50 ms':>8} {'p99 ms':>8} {'errors':>7} {'memory MiB':>11} "
              f"{'log MiB':>8} {'database MiB':>13}")
        memory, p99s = [], []
        begin = time.monotonic()
        while time.monotonic() - begin < seconds:
            rate, p50, p99, errors = window(instance, folder, min(WINDOW_S, seconds))
            memory.append(instance.memory_mib())
            p99s.append(p99)
            print(f"{time.monotonic() - begin:8.0f} {rate:11,.0f} {p50:8.2f} {p99:8.2f} {errors:7} {memory[-1]:11.1f} "
                  f"{instance.log_mib():8.1f} {instance.database.stat().st_size / 2**20:13.0f}", flush=True)
            if errors:
                raise Failure(f"{errors} requests failed")
        stopped = instance.stop()
        check(instance.database)
        if halves := thirds(memory):
            before, after = halves
            print(f"memory: {before:.1f} MiB in the second third, {after:.1f} in the last")
            if after > before * MEMORY_GROWTH + MEMORY_ROOM_MIB:
                raise Failure("memory grows")
            before, after = thirds(p99s)
            print(f"p99: {before:.2f} ms in the second third, {after:.2f} in the last")
            if after > before * P99_GROWTH:
                raise Failure("p99 grows")
        print(f"no error; stopped in {stopped:.2f} s, and everything that can be counted is right")
    finally:
        instance.end()
