"""What bench.py starts: the server, what it is compared with, and the clients. Everything on the loopback interface."""

import contextlib
import os
import pathlib
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"
TOOL = BUILD / "clankdin_bench"
SERVER = BUILD / "clankdin"
WRK_SCRIPT = ROOT / "tests" / "bench" / "wrk.lua"

PATIENCE_S = 20
TICK_US = 1_000_000 // os.sysconf("SC_CLK_TCK")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def fetch(port, path="/"):
    return urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5).read()


@contextlib.contextmanager
def running(command, port, path="/", **options):
    """A process that answers `path` on `port` by the time the block begins; it and its children end with the block."""
    process = subprocess.Popen([str(word) for word in command], start_new_session=True, **options)
    try:
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                fetch(port, path)
                break
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                if process.poll() is not None or time.monotonic() > deadline:
                    sys.exit(f"{command[0]} does not answer on port {port}")
            time.sleep(0.02)
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            pass
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # whatever it left behind
        process.wait()


def server_command(port, *options):
    words = [SERVER, "serve", "--port", port, "--rate-limits", "off", "--log-level", "error", *options]
    return [str(word) for word in words]


def server(port, *options):
    return running(server_command(port, *options), port, stdout=subprocess.DEVNULL)


def stock(port, body_file):
    """cpp-httplib as it comes, with 64 threads and a constant answer."""
    return running([TOOL, "stock", port, 64, body_file], port)


def nginx_command(port, folder, files):
    """nginx with a file for each location, a worker for each processor, no log. `files` maps locations to bytes."""
    folder.mkdir(mode=0o755)
    locations = ""
    for number, (location, body) in enumerate(files.items()):
        (folder / f"{number}.json").write_bytes(body)
        locations += f"location {location} {{ alias {folder}/{number}.json; }}\n"
    configuration = folder / "nginx.conf"
    configuration.write_text(f"""
        {"user root;" if os.getuid() == 0 else ""}
        worker_processes {os.cpu_count()};
        pid {folder}/nginx.pid;
        error_log stderr crit;
        daemon off;
        events {{ worker_connections 4096; }}
        http {{
          access_log off;
          default_type application/json;
          keepalive_requests 1000000000;
          sendfile on;
          tcp_nopush on;
          open_file_cache max=100;
          client_body_temp_path {folder}/body;
          proxy_temp_path {folder}/proxy;
          fastcgi_temp_path {folder}/fastcgi;
          uwsgi_temp_path {folder}/uwsgi;
          scgi_temp_path {folder}/scgi;
          server {{ listen 127.0.0.1:{port} reuseport; {locations} }}
        }}
        """)
    return ["nginx", "-p", str(folder), "-c", str(configuration)]


@contextlib.contextmanager
def idle_connections(port, count):
    """So many open connections on which one request was answered and nothing more happens."""
    process = subprocess.Popen([TOOL, "idle", str(port), str(count)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        if process.stdout.readline() != b"ready\n":
            sys.exit(f"{count} connections could not be opened (ulimit -n?)")
        yield
    finally:
        process.stdin.close()
        process.wait()


def tool(command, *arguments):
    """The output of one of clankdin_bench's commands."""
    words = [str(word) for word in (TOOL, command, *arguments)]
    return subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True).stdout


def tree(root):
    """The process `root` and everything below it: process ids, each with the fields of its /proc/PID/stat."""
    known = {}
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            known[int(folder.name)] = (folder / "stat").read_text().rsplit(")", 1)[1].split()
    found = {root: known[root]} if root in known else {}
    grown = True
    while grown:
        children = {pid: fields for pid, fields in known.items() if int(fields[1]) in found and pid not in found}
        found |= children
        grown = bool(children)
    return found


def cpu_us(process):
    """Processor time of a process and everything below it, children that have ended included."""
    return sum(sum(map(int, fields[11:15])) for fields in tree(process.pid).values()) * TICK_US


def thread_us(process):
    """Processor time of a process's threads, to the nanosecond: for what takes less than a tick. Without children."""
    threads = pathlib.Path(f"/proc/{process.pid}/task").iterdir()
    return sum(int((thread / "schedstat").read_text().split()[0]) for thread in threads) / 1000


def memory_mib(process):
    """PSS: what is shared with other processes counts by its share."""
    total = 0
    for pid in tree(process.pid):
        for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1])
    return total / 1024


class Run:
    """What one run of wrk measured."""

    def __init__(self, output):
        results = [line.split()[1:] for line in output.splitlines() if line.startswith("RESULT ")]
        if not results:
            sys.exit(f"wrk printed no result:\n{output}")
        requests, rate, p50_us, p99_us, errors, size = results[0]
        self.requests = int(requests)
        self.rate = float(rate)
        self.p50_ms = int(p50_us) / 1000
        self.p99_ms = int(p99_us) / 1000
        self.errors = int(errors)
        self.bytes = int(size)
        self.cpu_us = None  # of the server, a request


def start_wrk(port, clients, seconds, workload):
    words = ["wrk", "--threads", min(2, clients), "--connections", clients, "--duration", f"{seconds}s", "--timeout",
             "5s", "--script", WRK_SCRIPT, f"http://127.0.0.1:{port}/", "--", *workload]
    return subprocess.Popen([str(word) for word in words], stdout=subprocess.PIPE, text=True)


def wrk(port, clients, seconds, workload, process=None):
    """`workload`: the words for wrk.lua. With `process`, its processor time is measured too."""
    before = cpu_us(process) if process else 0
    run = Run(start_wrk(port, clients, seconds, workload).communicate()[0])
    if process and run.requests:
        run.cpu_us = (cpu_us(process) - before) / run.requests
    return run
