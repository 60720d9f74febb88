"""Instructions that a request takes of the server, counted by callgrind: the same whatever else the machine does."""

import http.client
import pathlib
import re
import shutil
import subprocess
import sys
import time
from urllib.parse import quote

from processes import SERVER, free_port, server_command

FEW, MANY = 50, 250
PATIENCE_S = 60


def ask(port, path, count, fresh):
    """One after another over one connection. `fresh`: no two are alike, so that each answer is computed."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    for number in range(count):
        connection.request("GET", path + (f"{'&' if '?' in path else '?'}n={number}" if fresh else ""))
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            sys.exit(f"GET {path} was answered with {answer.status}")


def whole_run(bench, path, count, fresh):
    port = free_port()
    ready, log = bench.folder / "ready", bench.folder / "callgrind.log"
    ready.unlink(missing_ok=True)
    options = ("--db", bench.database, "--workers", 1, "--ready-file", ready)
    command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", f"--log-file={log}",
               *server_command(port, *options)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + PATIENCE_S
        while not ready.exists() or not ready.read_text():
            if process.poll() is not None or time.monotonic() > deadline:
                process.kill()
                sys.exit(f"{SERVER} does not start under valgrind")
            time.sleep(0.1)
        ask(port, path, count, fresh)
        process.terminate()
    return int(re.search(r"Collected : (\d+)", pathlib.Path(log).read_text()).group(1))


def measure(bench):
    if not shutil.which("valgrind"):
        sys.exit("--instructions needs valgrind")
    first = {name: quote(path.read_text().split("\n")[0]) for name, path in bench.words.items()}
    paths = {"GET /": "/", "profile": f"/agents/{first['handles']}", "feed": "/feed",
             "search": f"/search?q={first['terms']}&type=agents", "suggest": f"/search/suggest?q={first['prefixes']}"}
    bench.results.heading("Instructions of a request (callgrind)")
    for name, path in paths.items():
        for fresh in (True, False):
            few, many = (whole_run(bench, path, count, fresh) for count in (FEW, MANY))
            bench.results.figure("clankdin", f"{name}, {'computed' if fresh else 'kept'}", (many - few) / (MANY - FEW),
                                 "instructions")
