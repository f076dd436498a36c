"""The whole zoo: metazoo beside torch's plain FlopCounterMode, in time, memory and result.

    python benchmarks/measure_zoo.py [--jobs 2] [--every 1]

Both count every architecture of timm on the meta device in as many processes, from the start of a
process to its end. Exits with 1 where they differ on a single model. ``--every 10`` takes each tenth
architecture.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import subprocess
import sys
import threading
import time
from pathlib import Path


def main() -> int:
    """Run both, print what they took, and compare."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--every", type=int, default=1)
    options = parser.parse_args()
    command = [sys.executable, __file__]
    jobs = str(options.jobs)
    names = json.loads(subprocess.check_output([*command, "--names"], text=True))[:: options.every]  # noqa: S603

    ours, our_seconds, our_bytes = timed(
        [
            *(sys.executable, "-m", "metazoo", "measure", *names),
            *("--no-cache", "--format", "json", "--jobs", jobs),
        ]
    )
    measured = {m["model"]: m for m in json.loads(ours)}
    theirs, their_seconds, their_bytes = timed([*command, "--plain", jobs, *names])
    reference = json.loads(theirs)

    print(f"{len(names)} architectures, {options.jobs} processes")
    print(f"{'':24}{'seconds':>10}{'peak GiB':>10}")
    print(f"{'metazoo measure':24}{our_seconds:10.1f}{our_bytes / 2**30:10.2f}")
    print(f"{'plain FlopCounterMode':24}{their_seconds:10.1f}{their_bytes / 2**30:10.2f}")
    print(f"{'ratio':24}{their_seconds / our_seconds:10.1f}")
    wrong = [
        name
        for name in names
        if measured[name]["error"] or 2 * measured[name]["macs"] != reference[name]
    ]
    for name in wrong:
        print(f"differs: {name}: {measured[name]['flops']}, not {reference[name]}")
    print(f"{len(names) - len(wrong)} of {len(names)} equal to the last digit")
    return 1 if wrong else 0


def timed(command: list[str]) -> tuple[str, float, int]:
    """Run a command; its output, wall seconds, and the most memory its processes held together."""
    begun = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603
    peak = 0

    def watch() -> None:
        nonlocal peak
        while process.poll() is None:
            peak = max(peak, sum(map(proportional_bytes, family(process.pid))))
            time.sleep(0.5)

    watcher = threading.Thread(target=watch)
    watcher.start()
    output, _ = process.communicate()
    seconds = time.perf_counter() - begun
    watcher.join()
    return output, seconds, peak


def family(pid: int) -> list[int]:
    """A process and all that descend from it."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [pid, *(d for child in children for d in family(int(child)))]


def proportional_bytes(pid: int) -> int:
    """Memory of a process; what it shares with others counts in part."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(1024 * int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def plainly(names: list[str]) -> dict[str, int]:
    """What FlopCounterMode counts, with nothing done for speed."""
    import timm
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    torch.set_num_threads(1)
    counts = {}
    for name in names:
        with torch.device("meta"):
            # Without gradients asked for, 45 models fail under no_grad.
            model = timm.create_model(name).eval().requires_grad_(False)
        size = timm.models.get_pretrained_cfg(name).input_size
        picture = torch.empty((1, *size), device="meta")
        with torch.no_grad(), FlopCounterMode(display=False) as counter:
            model(picture)
        counts[name] = counter.get_total_flops()
    return counts


if __name__ == "__main__":
    if sys.argv[1:2] == ["--names"]:
        import timm

        print(json.dumps(timm.list_models()))
    elif sys.argv[1:2] == ["--plain"]:
        jobs, todo = int(sys.argv[2]), sys.argv[3:]
        with multiprocessing.Pool(jobs) as pool:
            parts = pool.map(plainly, [todo[i::jobs] for i in range(jobs)], chunksize=1)
        print(json.dumps({name: count for part in parts for name, count in part.items()}))
    else:
        sys.exit(main())
