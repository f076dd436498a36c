"""What a Ray cluster costs: the whole zoo measured on one of this machine alone, beside local workers.

    python benchmarks/measure_ray.py [--every 1]

Both are whole processes with no cache, by turns, with as many workers; the cluster is started and
stopped within the time. Exits with 1 where the two say anything different of a model. ``--every 10``
takes each tenth architecture.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time

ROUNDS = 2


def main() -> int:
    """Run both, print what they took, and compare what they say."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--every", type=int, default=1)
    every = parser.parse_args().every
    listing = "import json, timm; print(json.dumps(timm.list_models()))"
    names = json.loads(subprocess.check_output([sys.executable, "-c", listing]))[::every]  # noqa: S603
    here: list[float] = []
    there: list[float] = []
    for _ in range(ROUNDS):
        seconds, local = measured(names)
        here.append(seconds)
        seconds, remote = measured(names, "--ray", "local")
        there.append(seconds)
    print(f"{len(names)} architectures, {os.cpu_count()} processors")
    print(f"{'local workers':16}{min(here):8.1f} s")
    print(f"{'--ray local':16}{min(there):8.1f} s")
    print(f"{'ratio':16}{min(there) / min(here):8.2f}")
    wrong = [name for name in names if local[name] != remote[name]]
    for name in wrong:
        print(f"differs: {name}")
    print(f"{len(names) - len(wrong)} of {len(names)} are the same")
    return 1 if wrong else 0


def measured(names: list[str], *options: str) -> tuple[float, dict[str, object]]:
    """Seconds that one run takes, and what it says of each model."""
    command = [sys.executable, "-m", "metazoo", "measure", *names, "--no-cache", "--format", "json"]
    begun = time.perf_counter()
    output = subprocess.check_output([*command, *options])  # noqa: S603
    seconds = time.perf_counter() - begun
    return seconds, {entry["model"]: entry for entry in json.loads(output)}


if __name__ == "__main__":
    sys.exit(main())
