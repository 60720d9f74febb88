"""What a run measured: printed as it comes, judged at the end, and kept as one JSON file that plot.py reads."""

import json
import os
import pathlib
import platform
import re
import subprocess
import sys
import time


def first_match(path, pattern):
    found = re.search(pattern, pathlib.Path(path).read_text(), re.MULTILINE)
    return found.group(1).strip() if found else "unknown"


def version_of(*command):
    try:
        run = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return None
    return (run.stdout or run.stderr).strip().splitlines()[0]


def machine(folder):
    """What the figures hold for."""
    disk = subprocess.run(["stat", "--file-system", "--format", "%T", folder], capture_output=True, text=True,
                          check=False).stdout.strip()
    return {
        "processor": first_match("/proc/cpuinfo", r"^model name\s*: (.*)$"),
        "processors": os.cpu_count(),
        "memory_gib": round(int(first_match("/proc/meminfo", r"^MemTotal:\s*(\d+)")) / 1024 / 1024),
        "kernel": platform.release(),
        "system": first_match("/etc/os-release", r'^PRETTY_NAME="?([^"\n]*)'),
        "file_system": disk,
        "compiler": version_of("c++", "--version"),
        "nginx": version_of("nginx", "-v"),
        "node": version_of("node", "--version"),
        "date": time.strftime("%Y-%m-%d"),
    }


class Results:
    def __init__(self, folder):
        self.data = {"machine": machine(folder), "runs": [], "figures": [], "targets": []}

    def heading(self, title):
        print(f"\n{title}")

    def columns(self, title):
        self.heading(title)
        print(f"{'':<42}{'clients':>8}{'requests/s':>12}{'p50 ms':>9}{'p99 ms':>9}{'CPU µs':>8}{'bytes':>8}   "
              "of its limit")

    def run(self, part, subject, what, clients, run, limit=""):
        """`part`: which table; `subject`: which server; `what`: which request."""
        trouble = f"   {run.errors} ERRORS" if run.errors else ""
        cpu = f"{run.cpu_us:.0f}" if run.cpu_us else ""
        name = what if subject == "clankdin" and part != "peers" else f"{what}, {subject}"
        print(f"{name:<42}{clients:>8}{run.rate:>12,.0f}{run.p50_ms:>9.2f}{run.p99_ms:>9.2f}{cpu:>8}{run.bytes:>8,}   "
              f"{limit}{trouble}", flush=True)
        self.data["runs"].append({
            "part": part, "subject": subject, "what": what, "clients": clients, "rate": round(run.rate),
            "p50_ms": run.p50_ms, "p99_ms": run.p99_ms, "errors": run.errors, "bytes": run.bytes,
            "cpu_us": run.cpu_us and round(run.cpu_us, 1)})

    def figure(self, subject, what, value, unit, note=""):
        digits = 0 if value >= 100 else 1
        print(f"{what + ', ' + subject:<50}{value:>12,.{digits}f} {unit:<8}   {note}", flush=True)
        self.data["figures"].append({"subject": subject, "what": what, "value": round(value, 2), "unit": unit})

    def judge(self, name, value, unit="", least=None, most=None):
        reached = value >= least if most is None else value <= most
        self.data["targets"].append({"name": name, "value": round(value, 2), "unit": unit, "least": least, "most": most,
                                     "reached": reached})

    @property
    def missed(self):
        return sum(not target["reached"] for target in self.data["targets"])

    def close(self, file):
        print("\nWhat is to be reached")
        for target in self.data["targets"]:
            least, most = target["least"], target["most"]
            bound = f"at least {least:g}" if most is None else f"at most {most:g}"
            print(f"{'ok' if target['reached'] else 'MISSED':<8}{target['name']:<66}{target['value']:>8.2f}"
                  f"{target['unit']}   ({bound}{target['unit']})")
        if file:
            file.write_text(json.dumps(self.data, indent=1, ensure_ascii=False) + "\n")
            print(f"\nThe figures are in {file}", file=sys.stderr)
