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

PATIENCE_S = 15


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def fetch(port, path="/"):
    return urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5).read()


@contextlib.contextmanager
def running(command, port, **options):
    """A process that listens on `port` by the time the block begins; ended when it ends."""
    process = subprocess.Popen([str(word) for word in command], **options)
    try:
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                fetch(port)
                break
            except (urllib.error.URLError, ConnectionError):
                if process.poll() is not None or time.monotonic() > deadline:
                    sys.exit(f"{command[0]} does not answer on port {port}")
            time.sleep(0.02)
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def server_command(port, *options):
    words = [SERVER, "serve", "--port", port, "--rate-limits", "off", "--log-level", "error", *options]
    return [str(word) for word in words]


def server(port, *options):
    return running(server_command(port, *options), port, stdout=subprocess.DEVNULL)


def stock(port, body_file):
    """cpp-httplib as it comes, with 64 threads and a constant answer."""
    return running([TOOL, "stock", port, 64, body_file], port)


def nginx(port, folder, body):
    """nginx with one file of the same bytes, a worker for each processor, no log."""
    www = folder / "www"
    www.mkdir(mode=0o755)
    (www / "index.html").write_bytes(body)
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
          keepalive_requests 1000000000;
          sendfile on;
          open_file_cache max=10;
          client_body_temp_path {folder}/body;
          proxy_temp_path {folder}/proxy;
          fastcgi_temp_path {folder}/fastcgi;
          uwsgi_temp_path {folder}/uwsgi;
          scgi_temp_path {folder}/scgi;
          server {{ listen 127.0.0.1:{port}; root {www}; }}
        }}
        """)
    return running(["nginx", "-p", folder, "-c", configuration], port, stderr=subprocess.DEVNULL)


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


def memory_mib(process):
    """Resident memory."""
    for line in pathlib.Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("no VmRSS")


class Run:
    """What one run of wrk measured."""

    def __init__(self, output):
        results = [line.split()[1:] for line in output.splitlines() if line.startswith("RESULT ")]
        if not results:
            sys.exit(f"wrk printed no result:\n{output}")
        rate, p50_us, p99_us, errors = results[0]
        self.rate = float(rate)
        self.p50_ms = int(p50_us) / 1000
        self.p99_ms = int(p99_us) / 1000
        self.errors = int(errors)


def start_wrk(port, path, clients, seconds, workload=()):
    words = ["wrk", "--threads", min(2, clients), "--connections", clients, "--duration", f"{seconds}s",
             "--script", WRK_SCRIPT, f"http://127.0.0.1:{port}{path}", "--", *workload]
    return subprocess.Popen([str(word) for word in words], stdout=subprocess.PIPE, text=True)


def wrk(port, path, clients, seconds, workload=()):
    return Run(start_wrk(port, path, clients, seconds, workload).communicate()[0])
