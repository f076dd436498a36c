"""How many of the FLOPs that timm published in 2021 come out to the last digit, and which do not.

    python benchmarks/explain_2021.py tests/corpus/good/timm-2021

`metazoo explain` looks for the way in which each of them was counted. Goal: the four ResNeXt and the
Res2NeXt that metazoo began with are explained; it exits with 1 if one is not. The first run measures
about two thousand sizes of the models, in a minute or two; a second finds them in the cache.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

SEEDS = (
    "resnext101_32x8d",
    "resnext50_32x4d",
    "resnext50d_32x4d",
    "tv_resnext50_32x4d",
    "res2next50",
)

SOURCE = Path(__file__).parents[1] / "tests" / "data" / "timm.yml"
"""Names the source that the index of 2021 does not name."""


def explained(folder: str) -> list[dict[str, Any]]:
    """What `metazoo explain` says of each number; exits where it can't say anything."""
    command = [sys.executable, "-m", "metazoo", "explain", folder, str(SOURCE)]
    command += ["--field", "FLOPs", "--format", "json"]
    process = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)  # noqa: S603
    if process.returncode not in (0, 1):
        sys.exit(process.returncode)
    questions: list[dict[str, Any]] = json.loads(process.stdout)
    return questions


def best(question: dict[str, Any]) -> dict[str, Any] | None:
    """The hypothesis that gives the declared number to the last digit, if there is one."""
    found: list[dict[str, Any]] = question["hypotheses"]
    return found[0] if found and found[0]["exact"] else None


def main(folder: str) -> int:
    """Print how many are explained by what, and the rest; 1 where a seed is not explained."""
    questions = explained(folder)
    right = {q["model"]: found for q in questions if (found := best(q))}
    print(f"{len(right)} of {len(questions)} FLOPs come out to the last digit")
    for convention, count in Counter(found["convention"] for found in right.values()).most_common():
        print(f"{count:5}  {convention}")
    for question in questions:
        if question["model"] not in right:
            nearest = question["hypotheses"][:1]
            near = f"; nearest is {nearest[0]['text']}" if nearest else ""
            print(f"not: {question['model']} is declared as {question['declared']}{near}")
    lacking = [name for name in SEEDS if name not in right]
    for name in lacking:
        print(f"{name} must be explained, and is not", file=sys.stderr)
    return 1 if lacking else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
