"""Fuzz reading, checking, reporting and mending, guided by coverage.

Whatever bytes an index has, `metazoo check` must end within two seconds, in bounded memory and
without an exception. Inputs are random bytes, real index files changed line by line, and YAML put
together from the format's own words. Needs atheris (``pip install atheris``); everything else is
libFuzzer's:

    python benchmarks/check_fuzz.py -runs=1000000 -timeout=2 -rss_limit_mb=2048 SEEDS_FOLDER

The folder of seeds is filled from the tests' corpus when it is empty.
"""

from __future__ import annotations

import random
import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["metazoo"]):
    from metazoo.findings import Location
    from metazoo.index import fields
    from metazoo.index.patch import patches
    from metazoo.index.reader import read_index
    from metazoo.report import data, text
    from metazoo.rules import check

CORPUS = Path(__file__).parents[1] / "tests" / "corpus"
ENDINGS = (".yml", ".json", ".md")
LARGEST = 2500

WORDS = [
    *(
        f.name
        for table in (fields.METADATA, fields.MODEL, fields.INDEX, fields.PAPER)
        for f in table
    ),
    *(
        "25.03M",
        "79.3%",
        "'224'",
        "3x224x224",
        "1e999",
        "-1",
        ".nan",
        "0x10",
        "~",
        "null",
        "9" * 50,
    ),
    *(
        "https://x.org/a-5c106cde.pth",
        "javascript:x",
        "../x.yml",
        "*.yml",
        "**",
        "[",
        "]",
        "{",
        "}",
    ),
    *(
        "&a",
        "*a",
        "<<:",
        "!!python/name:x",
        "|",
        ">-",
        "---",
        "...",
        "? ",
        ": ",
        "- ",
        "#",
        "@",
        "`",
    ),
    *(
        "<!--",
        "-->",
        "```",
        "Type: model-index",
        "\u202e",
        "\ufeff",
        "\u2028",
        "\x85",
        "é",
        "Ã©",
        "\t",
    ),
]


def one_input(raw: bytes) -> None:
    """Read, check, report and mend one input; the first byte chooses the type of the file."""
    if not raw:
        return
    path = FOLDER / f"index{ENDINGS[raw[0] % len(ENDINGS)]}"
    path.write_bytes(raw[1:])
    index = read_index([path], root=FOLDER)
    findings = check(index)
    for finding in findings:
        if not isinstance(finding.location, Location) or not finding.location.file:
            raise AssertionError(finding)
    list(text.lines(findings, colour=True))
    data.as_sarif(findings)
    data.as_junit(findings, [])
    data.as_github(findings)
    patches(findings)


def mutate(raw: bytes, largest: int, seed: int) -> bytes:
    """Change an input: half the time as bytes, half the time as lines and words."""
    rng = random.Random(seed)  # noqa: S311
    if rng.random() < 0.5 or len(raw) < 2:
        return atheris.Mutate(raw, largest)
    lines = raw[1:].decode("utf-8", "surrogateescape").split("\n")
    for _ in range(rng.randint(1, 3)):
        at = rng.randrange(len(lines))
        line = lines[at]
        choice = rng.randrange(7)
        if choice == 0:
            lines.insert(at, rng.choice(lines))
        elif choice == 1 and len(lines) > 1:
            del lines[at]
        elif choice == 2:
            lines[at] = " " * rng.randint(0, 6) + line.lstrip()
        elif choice == 3:
            lines[at] = f"{line[: line.find(':') + 1]} {rng.choice(WORDS)}"
        elif choice == 4:
            lines.insert(at, f"{' ' * rng.randint(0, 6)}{rng.choice(WORDS)}: {rng.choice(WORDS)}")
        elif choice == 5:
            cut = rng.randint(0, len(line))
            lines[at] = line[:cut] + rng.choice(WORDS) + line[cut:]
        else:
            other = rng.randrange(len(lines))
            lines[at], lines[other] = lines[other], lines[at]
    return (raw[:1] + "\n".join(lines).encode("utf-8", "surrogateescape"))[:largest]


def fill(folder: Path) -> None:
    """Put the small files of the corpus, and single real models, into an empty folder of seeds."""
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        return
    for path in CORPUS.rglob("*.*"):
        if path.suffix in ENDINGS:
            kind = bytes([ENDINGS.index(path.suffix)])
            raw = path.read_bytes()
            (folder / f"{path.parent.name}-{path.name}").write_bytes(kind + raw[: LARGEST - 1])
            (folder / f"{path.parent.name}-{path.name}-head").write_bytes(kind + raw[:1500])


if __name__ == "__main__":
    seeds = [Path(argument) for argument in sys.argv[1:] if not argument.startswith("-")]
    for seeds_folder in seeds[:1]:
        fill(seeds_folder)
    with tempfile.TemporaryDirectory() as name:
        FOLDER = Path(name)
        atheris.Setup([*sys.argv, f"-max_len={LARGEST}"], one_input, custom_mutator=mutate)
        atheris.Fuzz()
