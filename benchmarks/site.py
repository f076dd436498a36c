"""What metazoo adds to MkDocs: time and size of a build, and how soon an edit is served.

For each number of families, in one run and whole processes by turns: the site built with the plugin,
and the same pages, written by `metazoo render`, built by MkDocs without it. Then `mkdocs serve
--dirty` is started, one accuracy is edited in the YAML of one family, and the time is taken until its
card is served with it: from saving, and of the build alone as MkDocs prints it.

The families are those of this repository's zoo, copied under other names as often as needed.

    python benchmarks/site.py 100 500

The goals: at most 1.15 times MkDocs; an edit built in less than a second.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
INDEX = ROOT / "model_index"
ROUNDS = 2
_NAMES = re.compile(r"^(- Name: |  In Collection: |    ID: )(.*)$", re.MULTILINE)
_MODELS = re.compile(r'^(      "model": ")(.*)(",?)$', re.MULTILINE)
_BUILT = re.compile(r"Documentation built in ([0-9.]+) seconds")

SITE = """\
site_name: Benchmark
use_directory_urls: false
theme: {{name: material, font: false, features: [navigation.indexes, navigation.prune]}}
plugins: {plugins}
markdown_extensions:
- admonition
- attr_list
- md_in_html
- pymdownx.superfences
- pymdownx.tabbed: {{alternate_style: true}}
- tables
- toc: {{permalink: true}}
"""


@dataclass
class Cost:
    """One process: wall and processor seconds, and the most memory it held."""

    wall: float
    processor: float
    peak_mib: float


def main(counts: list[int]) -> None:
    """Print a block for each number of families."""
    for count in counts:
        with tempfile.TemporaryDirectory() as name:
            measure(Path(name), count)


def measure(folder: Path, count: int) -> None:
    """Build both sites, serve one, and print what that took."""
    ours, theirs = folder / "ours", folder / "theirs"
    models = zoo(ours, count)
    (ours / "docs").mkdir()
    shutil.copytree(ROOT / "docs" / "models", ours / "docs" / "models")
    names = {path.stem for path in (ours / "docs" / "models").glob("*.md")}
    known = {path.stem for path in (ours / "model_index" / "families").glob("*.yml")}
    for orphan in names - known:
        (ours / "docs" / "models" / f"{orphan}.md").unlink()
    (ours / "docs" / "index.md").write_text("# Home\n")
    (ours / "mkdocs.yml").write_text(SITE.format(plugins="[search, metazoo]"))
    theirs.mkdir()
    run([sys.executable, "-m", "metazoo", "render", "--out", theirs / "docs"], ours)
    (theirs / "mkdocs.yml").write_text(SITE.format(plugins="[search]"))
    (theirs / "docs" / "index.md").write_text("# Home\n")

    costs: dict[str, list[Cost]] = {"ours": [], "theirs": []}
    for _ in range(ROUNDS):
        for place in (ours, theirs):
            shutil.rmtree(place / "site", ignore_errors=True)
            shutil.rmtree(place / ".cache", ignore_errors=True)
            costs[place.name].append(run([sys.executable, "-m", "mkdocs", "build", "-q"], place))
    a, b = (min(costs[name], key=lambda cost: cost.wall) for name in ("ours", "theirs"))
    print(f"{count} families, {models} models")
    for label, cost, place in (("with metazoo", a, ours), ("MkDocs alone", b, theirs)):
        size = sum(f.stat().st_size for f in (place / "site").rglob("*") if f.is_file())
        print(
            f"  {label:14}{cost.wall:7.1f} s {cost.processor:7.1f} CPU-s"
            f" {cost.peak_mib:6.0f} MiB {size / 2**20:7.1f} MiB of site"
        )
    print(f"  {'ratio':14}{a.wall / b.wall:9.2f} {a.processor / b.processor:9.2f}")
    saved, built = reload(ours)
    print(
        f"  an edit is served after {saved:.2f} s, of which {built:.2f} s are the build", flush=True
    )


def zoo(folder: Path, count: int) -> int:
    """Fill a project with families; how many models they have."""
    families, records = folder / "model_index" / "families", folder / "model_index" / "measured"
    families.mkdir(parents=True)
    records.mkdir()
    shutil.copy(INDEX / "glossary.yml", families.parent)
    shutil.copytree(INDEX / "benchmarks", families.parent / "benchmarks")
    files = sorted((INDEX / "families").glob("*.yml"))
    models = 0
    for number in range(count):
        file = files[number % len(files)]
        copy = number // len(files)
        text = file.read_text("utf-8")
        measured = (INDEX / "measured" / f"{file.stem}.json").read_text("utf-8")
        if copy:
            text = _NAMES.sub(rf"\g<1>\g<2>_copy{copy}", text)
            measured = _MODELS.sub(rf"\g<1>\g<2>_copy{copy}\g<3>", measured)
        name = f"{file.stem}-copy{copy}" if copy else file.stem
        (families / f"{name}.yml").write_text(text, "utf-8")
        (records / f"{name}.json").write_text(measured, "utf-8")
        models += text.count("\n  In Collection: ")
    index = (INDEX / "index.yml").read_text("utf-8")
    (families.parent / "index.yml").write_text(index, "utf-8")
    return models


def run(command: list[str | Path], folder: Path) -> Cost:
    """Run a command to its end."""
    start = time.perf_counter()
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    process = subprocess.Popen(command, cwd=folder, env=environment)  # noqa: S603
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    if status:
        raise SystemExit(f"{command} failed in {folder}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def reload(project: Path) -> tuple[float, float]:
    """Seconds from saving an edit until it is served, and those of the build."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    file, accuracy = next(
        (path, found[1])
        for path in sorted((project / "model_index" / "families").glob("*.yml"))
        if (found := re.search(r"Top 1 Accuracy: '?([0-9.]+)", path.read_text("utf-8")))
    )
    card = f"http://127.0.0.1:{port}/models/{file.stem}.html"
    log = project / "serve.log"
    with log.open("w") as output:
        server = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "mkdocs", "serve", "--dirty", "-a", f"127.0.0.1:{port}"],
            cwd=project,
            stdout=output,
            stderr=output,
        )
    try:
        wait(server, card, accuracy)
        time.sleep(3)
        text = file.read_text("utf-8")
        file.write_text(text.replace(accuracy, "98.76", 1), "utf-8")
        start = time.perf_counter()
        wait(server, card, "98.76")
        seconds = time.perf_counter() - start
        return seconds, float(_BUILT.findall(log.read_text())[-1])
    finally:
        server.terminate()
        server.wait(30)


def wait(server: subprocess.Popen[bytes], address: str, text: str) -> None:
    """Wait until a page is served that holds a text."""
    end = time.monotonic() + 600
    while time.monotonic() < end and server.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=60) as answer:  # noqa: S310
                if text in answer.read().decode():
                    return
        except (urllib.error.URLError, ConnectionError):
            pass
        time.sleep(0.02)
    raise SystemExit(f"{address} never held {text!r}")


if __name__ == "__main__":
    main([int(argument) for argument in sys.argv[1:]] or [100, 500])
