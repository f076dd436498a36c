"""Fuzz everything that reads what a stranger may send, guided by coverage.

Whatever bytes an index, a glossary, records, benchmarks, explanations, waivers or a configuration have:
reading them, and making of them what commands print and pages show, ends within two seconds, in bounded
memory, and with nothing but findings or a `MetazooError`. Inputs are random bytes, real files changed
line by line, and text put together from each format's own words. Goal: a million executions without a
fault. Needs atheris (``pip install atheris``):

    python benchmarks/fuzz.py --runs 1000000              # all targets, an equal share each
    python benchmarks/fuzz.py --runs 20000 glossary       # one

Each target is a process of its own. A fault is counted once for each place that raises it, its first
input is kept, and the others go on; the exit code is 1 where there is any. What was learned stays in
``.cache/fuzz`` for the next run; delete the folder to begin with the seeds again.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
CORPUS = ROOT / "tests" / "corpus"
LARGEST = 2500
SECONDS = 2
MEGABYTES = 2048
MOST_RESTARTS = 20
"""How often a target is started again that an input has ended."""
DEEP = 300
"""Levels of the nesting that a mutation puts in; enough to show a reader that has no limit."""

YAML_WORDS = [
    *[
        "25.03M",
        "79.3%",
        "'224'",
        "3x224x224",
        "1e999",
        "-1",
        ".nan",
        "-.inf",
        "0x10",
        "~",
        "null",
        "0o9",
        "1:30:30",
        "2026-13-45",
    ],
    *[
        "https://x.org/a-5c106cde.pth",
        "javascript:x",
        "../x.yml",
        "*.yml",
        "**",
        "[",
        "]",
        "{",
        "}",
        "&a",
        "*a",
        "<<:",
        "|",
        ">-",
        "---",
    ],
    *[
        "...",
        "#",
        "@",
        "`",
        "<!--",
        "-->",
        "```",
        "\u202e",
        "\ufeff",
        "é",
        "Ã©",
        "\\ud800",
        "'\\ud800'",
        "!!python/name:x",
    ],
    *("!!int abc", "!!float x", "!!timestamp a", "!!binary '*'", "!!set {a}", "!!bool x"),
    *("2026-01-02 03:04:05 +99:99", "<<: *a", "? ", ": ", "- ", "Type: model-index", "\t", "\x85"),
    *("\u2028", '"\\ud800"', '"\\e[31m"', '"\\n::error::x"', "9" * 50, "9" * 400, "9" * 5000),
    *("[" * DEEP, "{a: " * DEEP, "- " * DEEP),
]
JSON_WORDS = [
    *[
        "NaN",
        "Infinity",
        "-Infinity",
        "1e999",
        "-1e999",
        "1e-320",
        "-0.0",
        "0",
        "-1",
        "true",
        "null",
        "[]",
        "{}",
        ",",
        ":",
        "[",
        "]",
        "{",
        "}",
        '"',
        "\\",
    ],
    *('""', '"\\ud800"', '"\\n::error::x"', '"\\u001b[31m"', "[3, 0, 0]", "[3, 9e9, 1]"),
    *('"format": 2', '"models": {}', '"rows": {}', '"error": "x"', '"skipped": true'),
    *("9" * 30, "9" * 400, "9" * 5000, "[" * DEEP, '{"a":' * DEEP, '"device": "cpu"'),
]
TOML_WORDS = [
    *[
        "inf",
        "nan",
        "0x_",
        "1979-05-27T07:32:00-08:00",
        "true",
        "[[",
        "]]",
        "=",
        ".",
        ",",
        "#",
        "\\",
        "select",
        "ignore",
        "index",
    ],
    *["records", "waivers", "[tool]", "[tool.metazoo]", "[severity]", "[sources]"],
    *('""', "''", '"\\u0000"', '"\\ud800"', '"\\n::error::x"', '["error"]', '{a = "error"}'),
    *('"error"', '"a:b"', "tool = 1", "9" * 400, "9" * 5000),
    *("[" * DEEP, "{a=" * DEEP, "a." * DEEP),
]


class Target:
    """Something that reads: how to run it on bytes, what to begin with, which words it knows."""

    def __init__(self, run: Callable[[bytes], None], seeds: list[bytes], words: list[str]) -> None:
        self.run = run
        self.seeds = seeds
        self.words = words


def targets(folder: Path) -> dict[str, Callable[[], Target]]:
    """The targets by name; each imports what it needs, so that only that is instrumented.

    Args:
        folder: For the files that are read; in memory if possible.
    """
    return {
        "index": lambda: _index(folder),
        "glossary": lambda: _glossary(folder),
        "waivers": lambda: _waivers(folder),
        "records": lambda: _records(folder),
        "explanations": lambda: _explanations(folder),
        "benchmarks": lambda: _benchmarks(folder),
        "configuration": lambda: _configuration(folder),
    }


ENDINGS = (".yml", ".json", ".md")


def _index(folder: Path) -> Target:
    from metazoo.export.canonical import as_model_index
    from metazoo.export.plain import plain_index
    from metazoo.export.table import as_csv
    from metazoo.findings import Location
    from metazoo.index import fields
    from metazoo.index.patch import patches
    from metazoo.index.reader import read_index
    from metazoo.report import data, text
    from metazoo.rules import check

    def run(raw: bytes) -> None:
        """Read, check, report, mend and export; the first byte chooses the type of the file."""
        if not raw:
            return
        path = folder / f"index{ENDINGS[raw[0] % len(ENDINGS)]}"
        path.write_bytes(raw[1:])
        index = read_index([path], root=folder)
        findings = check(index)
        for finding in findings:
            if not isinstance(finding.location, Location) or not finding.location.file:
                raise AssertionError(finding)
        list(text.lines(findings, colour=True))
        data.as_sarif(findings)
        data.as_junit(findings, [])
        data.as_github(findings)
        patches(findings)
        json.dumps(plain_index(index))
        as_csv(index)
        as_model_index(index)

    seeds = []
    for path in sorted(CORPUS.rglob("*.*")):
        if path.suffix in ENDINGS:
            kind = bytes([ENDINGS.index(path.suffix)])
            raw = path.read_bytes()
            seeds += [kind + raw[: LARGEST - 1], kind + raw[:1500]]
    tables = (fields.METADATA, fields.MODEL, fields.INDEX, fields.PAPER)
    return Target(run, seeds, [*(f.name for table in tables for f in table), *YAML_WORDS])


def _hostile(*names: str) -> list[bytes]:
    """What the hostile projects have in files of these names, if it isn't larger than an input."""
    sys.path.insert(0, str(ROOT))
    from tests.hostile.corpus import PROJECTS

    found = []
    for project in PROJECTS:
        for name, content in project.files.items():
            if str(name).endswith(names) and isinstance(content, str | bytes):
                raw = content if isinstance(content, bytes) else content.encode("utf-8", "replace")
                found.append(raw[:LARGEST])
    return found


def _zoo_index(folder: Path) -> Any:
    """The index of the hostile projects' base, read."""
    import shutil

    from metazoo.index.reader import read_index

    base = ROOT / "tests" / "hostile" / "base" / "model_index"
    shutil.copytree(base, folder / "model_index")
    return read_index([folder / "model_index" / "index.yml"], root=folder)


def _base(name: str) -> bytes:
    return (ROOT / "tests" / "hostile" / "base" / "model_index" / name).read_bytes()


def _glossary(folder: Path) -> Target:
    from metazoo.cards.zoo import zoo_of
    from metazoo.export.data import data_pages
    from metazoo.index.glossary import read_glossary
    from metazoo.report import text
    from metazoo.verify.compare import verify_index

    index = _zoo_index(folder)
    verifications = verify_index(index, lambda _: None)
    file = folder / "glossary.yml"

    def run(raw: bytes) -> None:
        file.write_bytes(raw)
        glossary = read_glossary(file, folder)
        list(text.lines(glossary.findings, colour=False))
        index.metrics = glossary.metrics
        if glossary.entries or glossary.metrics.own:
            data_pages(zoo_of(index, verifications, glossary.entries))

    own = (ROOT / "model_index" / "glossary.yml").read_bytes()
    seeds = [_base("glossary.yml"), own[:LARGEST], own[-LARGEST:], *_hostile("glossary.yml")]
    return Target(run, seeds, [*YAML_WORDS, "Text: a", "URL: http://x.org", "Convolution: a"])


def _waivers(folder: Path) -> Target:
    from metazoo.findings import Finding, Location
    from metazoo.report import text
    from metazoo.rules import waivers

    file = folder / "waivers.yml"
    found = [
        Finding("MZ407", "x", Location("a.yml", 1, 1), model="resnet18"),
        Finding("MZ101", "x", Location("a.yml", 1, 1)),
    ]

    def run(raw: bytes) -> None:
        file.write_bytes(raw)
        accepted, findings = waivers.read(file)
        findings += waivers.apply(found, accepted, ran=frozenset({"MZ407", "MZ101"}))
        list(text.lines(findings, colour=False))

    own = (ROOT / "model_index" / "waivers.yml").read_bytes()[:LARGEST]
    words = ["Rule: MZ407", "Models: '*'", "Reason: x", "Expires: 2099-01-01", "Waivers:", "MZ"]
    return Target(run, [own, *_hostile("waivers.yml")], [*YAML_WORDS, *words])


def _records(folder: Path) -> Target:
    import io

    from rich.console import Console

    from metazoo.cards.explorer import explorer_data
    from metazoo.cards.zoo import zoo_of
    from metazoo.export import listing
    from metazoo.export.data import data_pages
    from metazoo.measure.records import read_file, read_records, update_file
    from metazoo.report import text
    from metazoo.report.verification import print_verification, verification_as_json
    from metazoo.verify.run import request_of, verify

    index = _zoo_index(folder)
    records = folder / "model_index" / "measured"
    file = records / "resnet.json"

    def run(raw: bytes) -> None:
        file.write_bytes(raw)
        outcome = verify(index, measure=None, records=records, whole=True)
        list(text.lines(outcome.findings, colour=False))
        json.dumps(verification_as_json(outcome), allow_nan=False)
        print_verification(outcome, Console(file=io.StringIO(), width=200))
        zoo = zoo_of(index, outcome.models, {})
        data_pages(zoo)
        explorer_data(zoo)
        known = read_records(records)
        rows = [listing.Listed(m, known.find(request_of(m, index))) for m in index.models]
        columns = [listing.column(name, index) for name in ("name", "macs", "activations", "bytes")]
        for form in (listing.as_text, listing.as_csv, listing.as_json):
            form(listing.sorted_by(rows, ["macs"], index), columns)
        again = folder / "again.json"
        update_file(again, lambda _: read_file(file))
        again.unlink(missing_ok=True)

    seeds = [_base("measured/resnet.json"), *_hostile("resnet.json", "other.json", "x.json")]
    from metazoo.measure.measurement import Measurement, SourceFacts

    names = [*Measurement.__dataclass_fields__, *SourceFacts.__dataclass_fields__]
    return Target(run, seeds, [*JSON_WORDS, *(f'"{name}"' for name in names)])


def _explanations(folder: Path) -> Target:
    from metazoo.explain.explanations import (
        FILE,
        add_explanations,
        current,
        read_explanations,
        update_explanations,
    )
    from metazoo.verify.compare import verify_index

    index = _zoo_index(folder)
    records = folder / "model_index" / "measured"
    file = records / FILE

    def run(raw: bytes) -> None:
        file.write_bytes(raw)
        verifications = verify_index(index, lambda _: None)
        add_explanations(verifications, read_explanations(records))
        update_explanations(records, lambda found: current(verifications, found))

    line = b'{"model": "resnet10t.c3_in1k", "field": "FLOPs", "declared": 5, "measured": 6, "text": "a"}\n'
    return Target(run, [line, line * 3, *_hostile("explanations.jsonl")], JSON_WORDS)


def _benchmarks(folder: Path) -> Target:
    from dataclasses import replace

    from metazoo.bench.files import merged, read_file
    from metazoo.cards.explorer import explorer_data
    from metazoo.cards.hardware import hardware_columns
    from metazoo.cards.speed import speeds_of
    from metazoo.cards.zoo import zoo_of
    from metazoo.export.data import data_pages
    from metazoo.verify.compare import verify_index

    index = _zoo_index(folder)
    zoo = zoo_of(index, verify_index(index, lambda _: None), {})
    file = folder / "some-cpu.json"

    def run(raw: bytes) -> None:
        file.write_bytes(raw)
        read = read_file(file)
        merged(read, read)
        hardware_columns([read])
        for family in zoo.families:
            speeds_of(family.variants, [read])
        timed = replace(zoo, benchmarks=(read,))
        data_pages(timed)
        explorer_data(timed)

    from metazoo.bench.record import BenchRow, Hardware, Run, Timing

    kinds = (Hardware, BenchRow, Run, Timing)
    names = [name for kind in kinds for name in kind.__dataclass_fields__]
    seeds = [
        _base("benchmarks/some-cpu.json"),
        *_hostile("some-cpu.json"),
        *(
            p.read_bytes()[:LARGEST]
            for p in sorted((ROOT / "tests/cards/zoo/benchmarks").iterdir())
        ),
    ]
    return Target(run, seeds, [*JSON_WORDS, *(f'"{name}"' for name in names)])


def _configuration(folder: Path) -> Target:
    from metazoo import config
    from metazoo.rules import RuleSettings, checked

    def run(raw: bytes) -> None:
        """Read settings; the first byte chooses the file that they stand in."""
        name = "metazoo.toml" if raw[:1] < b"\x80" else "pyproject.toml"
        for other in ("metazoo.toml", "pyproject.toml"):
            (folder / other).unlink(missing_ok=True)
        (folder / name).write_bytes(raw[1:])
        found = config.load(folder)
        checked(RuleSettings(found.select, found.ignore, found.severity))

    own = (
        b'index = "a.yml"\nrecords = "b"\nwaivers = "c.yml"\nselect = ["MZ1"]\nignore = ["MZ505"]\n'
        b'[severity]\nlinks = "info"\n[sources]\nmine = "a.b:c"\n'
    )
    seeds = [b"\x00" + own, b"\xff[tool.metazoo]\n" + own.replace(b"\n[", b"\n[tool.metazoo.")]
    seeds += [bytes([0]) + raw for raw in _hostile("metazoo.toml")]
    seeds += [bytes([255]) + raw for raw in _hostile("pyproject.toml")]
    return Target(run, seeds, TOML_WORDS)


def mutate(raw: bytes, largest: int, seed: int, words: list[str], by_bytes: Any) -> bytes:
    """Change an input: half the time as bytes, half the time as lines and words."""
    rng = random.Random(seed)  # noqa: S311
    if rng.random() < 0.5 or len(raw) < 2:
        return bytes(by_bytes(raw, largest))
    lines = raw[1:].decode("utf-8", "surrogateescape").split("\n")
    for _ in range(rng.randint(1, 3)):
        at = rng.randrange(len(lines))
        line = lines[at]
        choice = rng.randrange(8)
        if choice == 0:
            lines.insert(at, rng.choice(lines))
        elif choice == 1 and len(lines) > 1:
            del lines[at]
        elif choice == 2:
            lines[at] = " " * rng.randint(0, 6) + line.lstrip()
        elif choice == 3:
            # The value of a key, with the comma that JSON wants after it.
            comma = "," if line.rstrip().endswith(",") else ""
            end = max(line.find(":"), line.find("=")) + 1
            lines[at] = f"{line[:end]} {rng.choice(words)}{comma}"
        elif choice == 4:
            lines.insert(at, f"{' ' * rng.randint(0, 6)}{rng.choice(words)}: {rng.choice(words)}")
        elif choice == 5:
            cut = rng.randint(0, len(line))
            lines[at] = line[:cut] + rng.choice(words) + line[cut:]
        elif choice == 6 and (numbers := [i for i, c in enumerate(line) if c.isdigit()]):
            cut = rng.choice(numbers)
            lines[at] = line[:cut] + rng.choice(words) + line[cut + 1 :]
        else:
            other = rng.randrange(len(lines))
            lines[at], lines[other] = lines[other], lines[at]
    return (raw[:1] + "\n".join(lines).encode("utf-8", "surrogateescape"))[:largest]


def fuzz(name: str, runs: int, result: Path, learned: Path) -> None:
    """Fuzz one target in this process, and write how far it is into `result`; never returns.

    Args:
        name: Of the target.
        runs: How many executions.
        result: A JSON file: executions, seconds, faults.
        learned: Folder of the inputs that reached something new, to which more are added.
    """
    import atheris

    memory = Path("/dev/shm")  # noqa: S108 - a folder of our own is made there
    place = Path(tempfile.mkdtemp(dir=memory if memory.is_dir() else None, prefix="metazoo-fuzz-"))
    with atheris.instrument_imports(include=["metazoo", "tomllib"]):
        target = targets(place)[name]()
    from metazoo.errors import MetazooError

    if not learned.exists():
        learned.mkdir(parents=True)
        for number, seed in enumerate(target.seeds):
            (learned / f"seed-{number:03}").write_bytes(seed)
    faults: dict[str, dict[str, Any]] = {}
    done, slowest, begun = 0, 0.0, time.monotonic()

    def note() -> None:
        state = {
            "executions": done,
            "seconds": time.monotonic() - begun,
            "slowest": slowest,
            "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            "faults": faults,
        }
        part = result.with_suffix(".part")
        part.write_text(json.dumps(state), "utf-8")
        part.replace(result)

    def fault(key: str, says: str, raw: bytes) -> None:
        if key not in faults:
            kept = result.with_name(f"{name}-{len(faults)}.input")
            kept.write_bytes(raw)
            faults[key] = {"count": 0, "input": str(kept), "says": says}
            note()
        faults[key]["count"] += 1

    def one_input(raw: bytes) -> None:
        nonlocal done, slowest
        start = time.process_time()
        try:
            target.run(raw)
        except MetazooError:
            pass
        except Exception as error:  # noqa: BLE001 - which exceptions there are is the question
            fault(_where(error), str(error)[:200], raw)
        took = time.process_time() - start
        slowest = max(slowest, took)
        if took > SECONDS:
            fault("slow", f"took {took:.1f} s", raw)
        done += 1
        if done % 500 == 0 or done == runs:
            note()

    def mutated(raw: bytes, largest: int, seed: int) -> bytes:
        return mutate(raw, largest, seed, target.words, atheris.Mutate)

    note()
    options = [
        *(f"-runs={runs}", f"-timeout={10 * SECONDS}", f"-rss_limit_mb={MEGABYTES}"),
        *(
            f"-max_len={3 * LARGEST}",
            "-len_control=0",
            f"-artifact_prefix={result.with_name(name)}-",
            "-verbosity=0",
        ),
    ]
    atheris.Setup([sys.argv[0], *options, str(learned)], one_input, custom_mutator=mutated)
    atheris.Fuzz()


def _where(error: BaseException) -> str:
    """The kind of an exception and the place in metazoo that raised it."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if "/metazoo/" in f.filename]
    if not frames:
        return type(error).__name__
    last = frames[-1]
    return f"{type(error).__name__} at {last.filename.partition('/generator/')[2]}:{last.lineno}"


def main() -> int:
    """Fuzz each target in a process of its own, and print what came of it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("targets", nargs="*", help="all by default")
    parser.add_argument("--runs", type=int, default=1_000_000, help="executions in all")
    parser.add_argument("--out", type=Path, default=ROOT / ".cache" / "fuzz", help="results")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    known = list(targets(Path()))
    chosen = arguments.targets or known
    if unknown := set(chosen) - set(known):
        parser.error(f"there is no target {min(unknown)}; there are {', '.join(known)}")
    out: Path = arguments.out
    out.mkdir(parents=True, exist_ok=True)
    if arguments.one:
        fuzz(chosen[0], arguments.runs, out / f"{chosen[0]}.json", out / "learned" / chosen[0])
    executions, faulty = 0, 0
    for name in chosen:
        done, faults = _in_a_process(name, -(-arguments.runs // len(chosen)), out)
        executions += done
        faulty += faults
    print(f"{executions:,} executions, {faulty} faults")
    return bool(faulty)


def _in_a_process(name: str, runs: int, out: Path) -> tuple[int, int]:
    """Fuzz a target until it has had its executions, also where one of them ends the process."""
    result = out / f"{name}.json"
    done, restarts = 0, 0
    ended: list[str] = []
    seconds, slowest, megabytes = 0.0, 0.0, 0.0
    faults: dict[str, dict[str, Any]] = {}
    while done < runs and restarts < MOST_RESTARTS:
        result.unlink(missing_ok=True)
        command = [sys.executable, __file__, "--one", "--runs", str(runs - done), "--out", str(out)]
        log = (out / f"{name}.log").open("w")
        with log:
            code = subprocess.run(  # noqa: S603
                [*command, name], stdout=log, stderr=subprocess.STDOUT, check=False
            ).returncode
        if not result.exists():
            print(f"{name}: didn't start; {out / f'{name}.log'} says why")
            return done, 1
        state = json.loads(result.read_text("utf-8"))
        done += state["executions"]
        seconds += state["seconds"]
        slowest, megabytes = (
            max(slowest, state["slowest"]),
            max(megabytes, state["megabytes"]),
        )
        for key, fault in state["faults"].items():
            faults.setdefault(key, fault | {"count": 0})["count"] += fault["count"]
        if code != 0:
            restarts += 1
            said = (out / f"{name}.log").read_text("utf-8", "replace")
            lines = [line for line in said.splitlines() if "ERROR: libFuzzer" in line]
            written = re.findall(r"Test unit written to (.+)", said)
            artifact = written[-1] if written else ""
            ended.append(f"{lines[-1] if lines else f'exit code {code}'}: {artifact or 'no input'}")
            # An input that ends the process would end it again.
            for stuck in (out / "learned" / name).iterdir():
                if artifact and stuck.read_bytes() == Path(artifact).read_bytes():
                    stuck.unlink()
    rate = done / seconds if seconds else 0
    print(
        f"{name}: {done:,} executions, {rate:,.0f}/s, at most {slowest:.2f} s and"
        f" {megabytes:,.0f} MB each, {len(faults)} exceptions, {len(ended)} ended the process",
        flush=True,
    )
    for key, fault in sorted(faults.items()):
        print(f"  {fault['count']} times {key}: {fault['says']} ({fault['input']})")
    for what in ended:
        print(f"  {what}")
    return done, len(faults) + len(ended)


if __name__ == "__main__":
    sys.exit(main())
