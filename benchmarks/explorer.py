"""How soon the explorer can be used, at 300, 2,000 and 10,000 models, inside Material for MkDocs.

Run it with ``python benchmarks/explorer.py``; it needs Chromium and Playwright. It builds one small
site, writes data of each size into it, and opens the page again and again in a fresh browser context,
with nothing in any cache. It prints medians in milliseconds since navigation began, and how long a
change of the search takes to be shown in full. The goal at 2,000 models: the table within 500 ms and
the chart within 1,100 ms, which a prototype needed.
"""

from __future__ import annotations

import functools
import http.server
import json
import math
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

SIZES = (300, 2_000, 10_000)
RUNS = 7
BEFORE = "globalThis.metazooExplorerData = "
MKDOCS = """\
site_name: Benchmark
use_directory_urls: false
theme: {name: material, font: false, features: [navigation.instant]}
plugins: [search, metazoo]
nav: [{Models: models/index.md}, {Explorer: explorer.md}]
"""
MODEL = """\
Models:
- Name: one
  Metadata: {Parameters: 1000, FLOPs: 1000, Image Size: '224'}
  Results:
  - {Dataset: ImageNet, Metrics: {Top 1 Accuracy: 70%, Top 5 Accuracy: 90%}}
"""
PROBE = """
const marks = (globalThis.explorerMarks = {});
new MutationObserver(() => {
  const place = document.querySelector(".mx-root");
  for (const part of ["table", "chart"]) {
    if (place?.dataset[part] === "ready") marks[part] ??= performance.now();
  }
}).observe(document, { subtree: true, childList: true, attributes: true });
"""
SEARCH = """async () => {
  const box = document.querySelector(".mx-search");
  const times = [];
  for (const text of ["1", "12", "12 -3", ""]) {
    const begin = performance.now();
    box.value = text;
    box.dispatchEvent(new Event("input"));
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    times.push(performance.now() - begin);
  }
  return Math.max(...times);
}"""


def made_up(script: str, count: int) -> str:
    """The explorer's data with so many models in place of the one it has."""
    data = json.loads(script.removeprefix(BEFORE).removesuffix(";\n"))
    chance = random.Random(0)  # noqa: S311
    families = [f"Family {n}" for n in range(1 + count // 15)]
    picked = [int(len(families) * chance.random() ** 2) for _ in range(count)]
    macs = [10 ** chance.uniform(7.5, 11) for _ in range(count)]
    top1 = [min(90, 78 + 5 * math.log10(m / 1e9) + chance.gauss(0, 2.5)) for m in macs]
    words: dict[str, list[str]] = {
        "family": families,
        "page": families,
        "license": ["Apache-2.0", "MIT", "CC-BY-NC-4.0", ""],
        "status": ["verified", "differs", "not measured"],
    }
    codes = {"family": picked, "page": picked}
    values = data["values"]
    for part in (data["models"], values):
        for key, old in part.items():
            if isinstance(old, dict):
                texts = words.get(key, old["words"])
                own = codes.get(key) or [chance.randrange(len(texts)) for _ in range(count)]
                part[key] = {"words": texts, "codes": own}
            else:
                part[key] = [old[0]] * count
    values["name"] = [f"network_{n}_{chance.randrange(10**6)}.a1_in1k" for n in range(count)]
    for key, scale in (("params", 6e-3), ("macs", 1), ("flops", 2), ("file", 24e-3)):
        values[key] = [round(m * scale) for m in macs]
    for key, share in (("imagenet-top-1-accuracy", 1), ("imagenet-top-5-accuracy", 1.08)):
        values[key] = [round(min(99, t * share), 3) for t in top1]
    data |= {"count": count, "x": "macs"}
    return f"{BEFORE}{json.dumps(data, separators=(',', ':'))};\n"


def build(root: Path) -> Path:
    """A site with one model."""
    (root / "docs").mkdir(parents=True)
    (root / "model_index").mkdir()
    (root / "model_index" / "index.yml").write_text(MODEL)
    (root / "mkdocs.yml").write_text(MKDOCS)
    quiet = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    subprocess.run([sys.executable, "-m", "mkdocs", "build", "-q"], cwd=root, check=True, env=quiet)
    return root / "site"


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def main() -> None:
    """Measure, with the sizes in turn so that a change of the machine's speed meets all of them."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("There is no Chromium here.")
    found: dict[int, dict[str, list[float]]] = {n: {} for n in SIZES}
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as p:
        site = build(Path(folder) / "project")
        script = site / "assets" / "metazoo" / "explorer-data.js"
        original = script.read_text("utf-8")
        handler = functools.partial(Quiet, directory=site)
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/explorer.html"
        browser = p.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        for run in range(RUNS + 1):
            for count in SIZES:
                script.write_text(made_up(original, count), "utf-8")
                context = browser.new_context(viewport={"width": 1440, "height": 1000})
                context.add_init_script(PROBE)
                page = context.new_page()
                page.goto(address)
                page.wait_for_selector(".mx-root[data-chart=ready]", timeout=60_000)
                page.wait_for_timeout(200)
                times = page.evaluate("explorerMarks")
                times["search"] = page.evaluate(SEARCH)
                context.close()
                # The first of all warms the browser and the disk.
                if run:
                    for key, value in times.items():
                        found[count].setdefault(key, []).append(value)
        browser.close()
        server.shutdown()
        sizes = {f.name: f.stat().st_size for f in script.parent.iterdir()}
    print(f"{'models':>8}  {'table':>8}  {'chart':>8}  {'search':>8}   median ms of {RUNS}")
    for count, times in found.items():
        cells = (f"{statistics.median(times[key]):8.0f}" for key in ("table", "chart", "search"))
        print(f"{count:8,}  {'  '.join(cells)}")
    parts = (f"{name} {size / 1000:.0f} kB" for name, size in sorted(sizes.items()))
    print(f"files: {', '.join(parts)}")


if __name__ == "__main__":
    main()
