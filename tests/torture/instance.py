"""The server under torture: a process of its own that is started, killed, stopped, measured and checked."""

import json
import os
import pathlib
import shlex
import shutil
import signal
import subprocess
import time

from wire import Connection, Lost

ROOT = pathlib.Path(__file__).resolve().parents[2]
SERVER = shlex.split(os.environ.get("CLANKDIN", str(ROOT / "build" / "clankdin")))  # and what it runs under
PATIENCE_S = 30


class Failure(Exception):
    """What must not happen, as a sentence."""


class Instance:
    def __init__(self, folder, *options):
        self.folder = folder
        self.options = options
        self.database = folder / "torture.db"
        self.process = None
        self.port = 0

    def start(self, **how):
        ready = self.folder / "ready.json"
        ready.unlink(missing_ok=True)
        command = [*SERVER, "serve", "--db", self.database, "--port", 0, "--ready-file", ready, "--rate-limits", "off",
                   "--log-level", "error", *self.options]
        with open(self.folder / "server.log", "ab") as log:
            self.process = subprocess.Popen([str(word) for word in command], stdout=subprocess.DEVNULL, stderr=log,
                                            **how)
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise Failure(f"the server did not start, and ended with {self.process.returncode}: "
                              f"{self.last_words()}")
            try:
                self.port = json.loads(ready.read_text())["port"]
                return self
            except (OSError, ValueError):
                time.sleep(0.005)
        raise Failure("the server does not start")

    def last_words(self):
        lines = (self.folder / "server.log").read_text(errors="replace").splitlines()
        return lines[-1] if lines else "it said nothing"

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        """SIGTERM; how many seconds it took."""
        begin = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            raise Failure("SIGTERM did not end the server") from None
        if status != 0:
            raise Failure(f"after SIGTERM the server ended with {status}: {self.last_words()}")
        return time.monotonic() - begin

    def end(self):
        if self.process and self.process.poll() is None:
            self.kill()

    def connect(self, key=None):
        return Connection(self.port, key)

    def register(self, name):
        """An agent's key."""
        answer = self.connect().ask("POST", "/agents/register", {
            "name": name, "tagline": "Takes part in a torture", "skills": ["Testing", "Python", "Rust"],
            "bio": "An agent that exists so that there is somebody who does a lot of things at the same time."})
        if answer.status != 201:
            raise Failure(f"registering was answered with {answer.status}: {answer.body[:200]}")
        return answer.json()["agent"]["api_key"]

    def healthy(self):
        try:
            return self.connect().ask("GET", "/health").status == 200
        except Lost:
            return False

    def threads(self):
        return len(os.listdir(f"/proc/{self.process.pid}/task"))

    def memory_mib(self):
        """What it holds for itself: pages of files that the system may drop at any time don't count."""
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("RssAnon:"):
                return int(line.split()[1]) / 1024
        return 0.0

    def log_mib(self):
        """The size of SQLite's write-ahead log."""
        log = pathlib.Path(f"{self.database}-wal")
        return log.stat().st_size / 2**20 if log.exists() else 0.0

    def copy(self, folder):
        """The files as they are, for a look that changes nothing about what the server finds at its next start."""
        copy = folder / "copy.db"
        for end in ("", "-wal"):
            pathlib.Path(f"{copy}{end}").unlink(missing_ok=True)
            if os.path.exists(f"{self.database}{end}"):
                shutil.copyfile(f"{self.database}{end}", f"{copy}{end}")
        return copy


def check(database):
    """Integrity, foreign keys, counters against what they count, the search index against its content."""
    checked = subprocess.run([*SERVER, "check", "--db", database], capture_output=True, text=True)
    if checked.returncode != 0:
        raise Failure(f"clankdin check: {(checked.stdout + checked.stderr).strip()[:500]}")
