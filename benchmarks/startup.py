"""What `metazoo --help` costs, beside the bare interpreter, in one run.

Run it with ``python benchmarks/startup.py``. It prints the median wall time of both and their ratio.
The goal: help within 0.2 s.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

RUNS = 15
COMMANDS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "metazoo --help": [sys.executable, "-m", "metazoo", "--help"],
    "metazoo --version": [sys.executable, "-m", "metazoo", "--version"],
}


def seconds(command: list[str]) -> float:
    """Wall time of one run."""
    begin = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
    return time.perf_counter() - begin


def main() -> None:
    """Run the commands in turn, so that a change of the machine's speed meets all of them."""
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(RUNS):
        for name, command in COMMANDS.items():
            times[name].append(seconds(command))
    base = statistics.median(times["python -c pass"])
    for name, measured in times.items():
        median = statistics.median(measured)
        print(f"{name:20} {median * 1000:6.1f} ms  {median / base:5.2f} ×")


if __name__ == "__main__":
    main()
