"""How fast `metazoo check` is, beside the bare load of the reference reader.

Whole processes on the same files, by turns in one run: start, read, check with every rule, and print
on one side; start and ``modelindex.load`` on the other. The files are the index that timm had in 2021
(272 models), copied under other names up to the size that is asked for.

    pip install model-index
    python benchmarks/check.py 272 1826 5168 10064
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

REAL = Path(__file__).parents[1] / "tests" / "corpus" / "good" / "timm-2021"
ROUNDS = 3
_NAMES = re.compile(r"^(- Name: |  In Collection: |    ID: )(.*)$", re.MULTILINE)


@dataclass
class Run:
    """One process: wall time, processor time, and the most memory it held."""

    wall: float
    processor: float
    peak_mib: float


def copies(folder: Path, models: int) -> int:
    """Fill a folder with at least that many models, whole families; how many there are."""
    (folder / "f").mkdir()
    written = copy = 0
    while written < models:
        for path in sorted(REAL.glob("*.yml")):
            text = path.read_text("utf-8")
            if copy:
                text = _NAMES.sub(rf"\g<1>\g<2>_copy{copy}", text)
            (folder / "f" / f"{path.stem}-{copy}.yml").write_text(text, "utf-8")
            written += text.count("  In Collection: ")
            if written >= models:
                break
        copy += 1
    (folder / "model-index.yml").write_text("Import:\n- f/*.yml\n", "utf-8")
    return written


def run(command: list[str], folder: Path) -> Run:
    """Run a command to its end; its exit code doesn't matter, findings are expected."""
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL)  # noqa: S603
    _, _, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def best(runs: list[Run]) -> Run:
    """The run that was least disturbed."""
    return min(runs, key=lambda r: r.wall)


def main(sizes: list[int]) -> None:
    """Print a line for each size."""
    ours = [sys.executable, "-m", "metazoo", "check", "model-index.yml"]
    theirs = [sys.executable, "-c", "import modelindex; modelindex.load('model-index.yml')"]
    print(f"{'models':>7}  {'metazoo check':>30}  {'model-index, load only':>30}  times faster")
    for size in sizes:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            models = copies(folder, size)
            mine, reference = [], []
            for _ in range(ROUNDS if models < 50_000 else 1):
                mine.append(run(ours, folder))
                reference.append(run(theirs, folder))
        a, b = best(mine), best(reference)
        shown = [f"{r.wall:6.2f} s {r.processor:6.2f} CPU-s {r.peak_mib:6.0f} MiB" for r in (a, b)]
        print(
            f"{models:7}  {shown[0]:>30}  {shown[1]:>30}"
            f"  {b.wall / a.wall:.1f} (CPU {b.processor / a.processor:.1f})",
            flush=True,
        )


if __name__ == "__main__":
    main([int(argument) for argument in sys.argv[1:]] or [272, 1826, 5168, 10_064])
