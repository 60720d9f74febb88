"""Whether anything is lost when a server is killed, starved, flooded and lied to. Started by scripts/torture."""

import argparse
import functools
import pathlib
import sys
import tempfile
import time

import rounds
import soak
import tour
from instance import Failure

NAME_WIDTH = 34


def parse():
    parser = argparse.ArgumentParser(
        prog="scripts/torture", description="Kills, starves and floods the release build, and checks after each round "
        "that nothing acknowledged is missing, that counters equal counts, that foreign keys, integrity and the search "
        "index hold, and that memory is back. Ends with status 1 at the first loss.")
    parser.add_argument("--rounds", type=int, default=100, help="kills with SIGKILL (default: 100)")
    parser.add_argument("--only", metavar="NAME", help="one torture: " + ", ".join(tortures(0)))
    parser.add_argument("--tour", action="store_true", help="one way through everything instead, then SIGTERM")
    parser.add_argument("--soak", type=int, metavar="SECONDS", help="full load for so long instead, with samples")
    options = parser.parse_args()
    if options.only and options.only not in tortures(0):
        parser.error(f"--only takes one of {', '.join(tortures(0))}")
    return options


def tortures(count):
    return {
        "kill": (f"kill -9 under load, {count} times", functools.partial(rounds.kill, rounds=count)),
        "terminate": ("SIGTERM under load", rounds.terminate),
        "disk": ("full disk", rounds.full_disk),
        "clock": ("clock jumps", rounds.clock_jumps),
        "reader": ("a reader that starves checkpoints", rounds.long_reader),
        "crowd": ("a crowd of connections", rounds.crowd),
        "corrupted": ("corrupted requests", rounds.corrupted),
    }


def main():
    options = parse()
    with tempfile.TemporaryDirectory(prefix="torture-") as folder:
        folder = pathlib.Path(folder)
        try:
            if options.soak:
                soak.run(folder, options.soak)
                return 0
            if options.tour:
                tour.run(folder)
                return 0
            for name, (title, torture) in tortures(options.rounds).items():
                if options.only not in (None, name):
                    continue
                print(f"{title:{NAME_WIDTH}} ", end="", flush=True)
                begin = time.monotonic()
                seen = torture(folder / name)
                print(f"{time.monotonic() - begin:5.0f} s  {seen}", flush=True)
        except Failure as failure:
            print(f"LOST: {failure}", flush=True)
            return 1
    print("nothing was lost")
    return 0


if __name__ == "__main__":
    sys.exit(main())
