"""The tortures. Each is a function that returns what it saw as a line for the table, and raises Failure at a loss."""

import contextlib
import datetime
import random
import resource
import sqlite3
import subprocess
import time

import corruption
from instance import Failure, Instance, check
from ledger import Ledger
from load import HUB, Load
from receivers import Receivers

ROOM_MIB = 24  # that a load may leave behind: the pages that the writer keeps, 16 MiB at most, and some for the allocator


class Stage:
    """A server, its clients, its receivers, and what they know."""

    def __init__(self, folder, *options, clients=8):
        self.folder = folder
        self.instance = Instance(folder, *options)
        self.ledger = Ledger()
        self.instance.start()
        self.load = Load(self.instance, self.ledger, clients)
        self.receivers = Receivers()
        self.receivers.register(self.instance.connect(self.load.hub_key))

    def prove(self):
        """Of the files as they are now, whether a server runs or was killed: nothing acknowledged is missing, and all
        that can be counted is right."""
        copy = self.instance.copy(self.folder)
        there = self.ledger.compare(copy)
        self.load.settle()
        check(copy)
        return there

    def prove_served(self):
        """The same of a database that is served: the server is stopped in between."""
        self.instance.stop()
        there = self.prove()
        self.instance.start()
        return there

    def wait_for_deliveries(self, patience_s=60):
        """Until the healthy receiver has everything."""
        hub = self.instance.connect(self.load.hub_key)
        path = f"/webhooks/{self.receivers.webhook}/deliveries?status=pending&limit=1"
        deadline = time.monotonic() + patience_s
        while hub.ask("GET", path).json()["deliveries"]:
            if time.monotonic() > deadline:
                raise Failure("deliveries to a healthy receiver are still pending")
            time.sleep(0.05)

    def prove_deliveries(self, there):
        """Each comment on the hub's posts was delivered at least once, under one id; none that does not exist."""
        expected = {fact[2] for fact in there if fact[0] == "comment" and fact[1] in self.load.hub_posts}
        delivered = set(self.receivers.messages)
        if missing := expected - delivered:
            raise Failure(f"{len(missing)} comments were never delivered, {missing.pop()} for one")
        if invented := delivered - expected:
            raise Failure(f"{len(invented)} comments were delivered that do not exist, {invented.pop()} for one")
        for comment, ids in self.receivers.messages.items():
            if len(ids) != 1:
                raise Failure(f"comment {comment} was delivered under {len(ids)} ids")
        return len(expected)

    def prove_memory(self, before_mib, room_mib=ROOM_MIB, patience_s=20):
        """Back to what it was."""
        deadline = time.monotonic() + patience_s
        while (now := self.instance.memory_mib()) > before_mib + room_mib:
            if time.monotonic() > deadline:
                raise Failure(f"memory was {before_mib:.0f} MiB and is {now:.0f} MiB")
            time.sleep(0.2)
        return now


@contextlib.contextmanager
def stage(folder, *options, **more):
    folder.mkdir()
    made = Stage(folder, *options, **more)
    try:
        yield made
    finally:
        made.instance.end()


def kill(folder, rounds):
    chance = random.Random()
    with stage(folder) as on:
        before = on.instance.memory_mib()
        for _ in range(rounds):
            on.load.start()
            time.sleep(chance.uniform(0.02, 0.7))
            on.instance.kill()
            on.load.stop()
            there = on.prove()
            on.instance.start()
        on.wait_for_deliveries()
        memory = on.prove_memory(before)
        there = on.prove_served()
        delivered = on.prove_deliveries(there)
        return f"{on.ledger.acknowledged:,} writes, {delivered:,} deliveries, {memory:.0f} MiB"


def terminate(folder, rounds=8):
    chance = random.Random()
    slowest = 0
    with stage(folder) as on:
        for _ in range(rounds):
            on.load.start()
            time.sleep(chance.uniform(0.1, 0.6))
            slowest = max(slowest, on.instance.stop())
            on.load.stop()
            on.prove()
            on.instance.start()
        on.wait_for_deliveries()
        on.prove_deliveries(on.prove_served())
        if slowest > 5:
            raise Failure(f"SIGTERM took {slowest:.1f} s")
        return f"{on.ledger.acknowledged:,} writes, slowest stop {slowest * 1000:.0f} ms"


@contextlib.contextmanager
def small_disk(folder, mib):
    """A disk of that size, as what has to be given to Instance.start; where none may be mounted, files that cannot grow
    beyond it. Yields how the server is started, what this is called, and what makes room for its process."""
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={mib}m", "none", folder], capture_output=True).returncode:
        limit = mib * 2**20 // 4

        def bound():
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))

        def unbound(process):
            resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

        # Python ignores SIGXFSZ, and so does what it starts then: writing fails instead.
        yield {"preexec_fn": bound, "restore_signals": False}, f"files of {limit // 2**20} MiB", unbound
        return

    def grow(_):
        subprocess.run(["mount", "-o", f"remount,size={mib * 8}m", folder], check=True)

    try:
        yield {}, f"a disk of {mib} MiB", grow
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def full_disk(folder, mib=12):
    folder.mkdir()
    with small_disk(folder / "small", mib) as (how, what, make_room):
        instance = Instance(folder / "small")
        try:
            instance.start(**how)
            ledger = Ledger()
            load = Load(instance, ledger)
            load.may_be_unavailable = True
            deadline = time.monotonic() + 60
            load.start()
            while load.unavailable < 50 and not load.fault and time.monotonic() < deadline:
                time.sleep(0.05)
            if load.fault:
                raise load.fault
            if load.unavailable == 0:
                raise Failure(f"{what} was never full")
            reading = instance.connect().ask("GET", "/feed").status
            if reading != 200:
                raise Failure(f"with a full disk GET /feed was answered with {reading}")
            refused = load.unavailable
            make_room(instance.process)
            acknowledged = ledger.acknowledged
            deadline = time.monotonic() + 20
            while ledger.acknowledged < acknowledged + 200:
                if time.monotonic() > deadline:
                    raise Failure("with room again, nothing was written")
                time.sleep(0.05)
            load.stop()
            instance.stop()
            copy = instance.copy(folder)
            ledger.compare(copy)
            check(copy)
            return f"{ledger.acknowledged:,} writes, {refused:,} refused with 503 ({what})"
        finally:
            instance.end()


def clock_jumps(folder, jumps=20):
    chance = random.Random()
    with stage(folder, "--test-api") as on:
        before = on.instance.memory_mib()
        control = on.instance.connect()
        on.load.start()
        for _ in range(jumps):
            away = datetime.timedelta(seconds=chance.choice((-1, 1)) * 10 ** chance.uniform(0, 8))
            time_there = (datetime.datetime.now(datetime.timezone.utc) + away).isoformat()
            answer = control.ask("PUT", "/_test/clock", {"now": time_there, "frozen": chance.random() < 0.2})
            if not answer.ok:
                raise Failure(f"setting the clock to {time_there} was answered with {answer.status}: "
                              f"{answer.body[:200]}")
            time.sleep(0.2)
        on.load.stop()
        if not control.ask("PUT", "/_test/clock", {"now": None, "frozen": False}).ok:
            raise Failure("the clock could not be set back")
        on.wait_for_deliveries()
        memory = on.prove_memory(before)
        delivered = on.prove_deliveries(on.prove_served())
        return f"{on.ledger.acknowledged:,} writes, {delivered:,} deliveries, {memory:.0f} MiB"


def long_reader(folder, seconds=6):
    """Another program that keeps a read transaction open: the log cannot be emptied while it does."""
    with stage(folder, "--shared-vfs") as on:
        on.load.run_for(1)
        reader = sqlite3.connect(f"file:{on.instance.database}?mode=ro", uri=True, isolation_level=None)
        reader.execute("BEGIN")
        count = reader.execute("SELECT count(*) FROM posts").fetchone()
        on.load.run_for(seconds)
        grown = on.instance.log_mib()
        if reader.execute("SELECT count(*) FROM posts").fetchone() != count:
            raise Failure("a reader saw what was written after it had begun")
        reader.execute("COMMIT")
        reader.close()
        on.load.run_for(3)
        left = on.instance.log_mib()
        if left > max(grown / 2, 16):
            raise Failure(f"the log had {grown:.0f} MiB under the reader and has {left:.0f} MiB without")
        on.wait_for_deliveries()
        on.prove_deliveries(on.prove_served())
        return f"{on.ledger.acknowledged:,} writes, log {grown:.1f} MiB under the reader, {left:.1f} MiB after it"


def crowd(folder, idle=10_000, active=256, seconds=5):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    idle = min(idle, hard - 2000)
    with stage(folder, clients=active) as on:
        on.load.run_for(1)
        before, threads = on.instance.memory_mib(), on.instance.threads()
        connections = []
        for _ in range(idle):
            connections.append(on.instance.connect())
            if connections[-1].ask("GET", "/health").status != 200:
                raise Failure(f"idle connection {len(connections)} was refused")
        held = on.instance.memory_mib()
        begin = on.load.answers
        on.load.run_for(seconds)
        rate = (on.load.answers - begin) / seconds
        more = on.instance.threads() - threads
        if more > 70:  # senders of webhooks are counted, too
            raise Failure(f"{idle:,} connections came with {more} threads")
        for connection in connections[:: max(1, idle // 200)]:
            if connection.ask("GET", "/health").status != 200:
                raise Failure("an idle connection was forgotten")
        for connection in connections:
            connection.close()
        on.wait_for_deliveries()
        memory = on.prove_memory(before)
        on.prove_deliveries(on.prove_served())
        return (f"{idle:,} idle and {active} active, {rate:,.0f} requests/s, {before:.0f} MiB, "
                f"{held:.0f} with them, {memory:.0f} after")


def corrupted(folder, count=6000):
    with stage(folder, clients=4) as on:
        on.load.run_for(1)
        before = on.instance.memory_mib()
        on.load.start()
        answers = corruption.send(on.instance, on.load, count)
        on.load.stop()
        if not on.instance.healthy():
            raise Failure("after corrupted requests the server is not healthy")
        on.wait_for_deliveries()
        memory = on.prove_memory(before)
        on.instance.stop()
        check(on.instance.copy(on.folder))
        told = ", ".join(f"{number:,} {name}" for name, number in sorted(answers.items()))
        return f"{told}, {memory:.0f} MiB"
