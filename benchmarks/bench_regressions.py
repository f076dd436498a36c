"""Does `metazoo bench --compare` see a model that became slower by a fifth, and only that?

Run it with ``python benchmarks/bench_regressions.py [REPEATS [SECONDS [MODEL...]]]``. It benchmarks
a few models once, with three times the seconds, then again and again: each model as it was, and once
more made slower by 20 %. It prints how many of the slower ones were caught, how many of the unchanged
ones were blamed, and how many times agree within the intervals that were stated.

The goal: all caught, none blamed, ten times out of ten; nine of ten agree.
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from typing import Any

from metazoo.bench.compare import Change, Comparison, Report, compare
from metazoo.bench.record import Benchmarks, BenchSettings
from metazoo.bench.session import Load, Plan, bench_models
from metazoo.measure.request import Request
from metazoo.measure.sources import BuildOptions, Resolved, Source, load_source

MODELS = ["resnet10t", "levit_128s", "vit_tiny_patch16_224"]
PREFIX = "slower_"
SLOWER = 0.2
OLDER = 3
"""Times as long for the older one: it is compared with again and again."""


class Doubled:
    """A source that knows each model under two names, and may slow one of them down."""

    def __init__(self, source: Source, *, slow: bool) -> None:
        self.name, self.source, self.slow = source.name, source, slow

    def names(self) -> list[str]:
        """The names of the source; the others can be told from them."""
        return self.source.names()

    def resolve(self, name: str) -> Resolved:
        """The same under both names; but the name is remembered."""
        self.slowed = self.slow and name.startswith(PREFIX)
        return self.source.resolve(name.removeprefix(PREFIX))

    def build(self, resolved: Resolved, options: BuildOptions) -> Any:
        """Build it, and slow it down if that was asked."""
        model = self.source.build(resolved, options)
        return slowed(model) if self.slowed else model


def slowed(model: Any) -> Any:
    """The same model, but each pass takes a fifth longer on the CPU."""

    def linger(_module: Any, _inputs: Any) -> None:
        model.began = time.perf_counter()

    def linger_on(_module: Any, _inputs: Any, _output: Any) -> None:
        now = time.perf_counter()
        end = now + SLOWER * (now - model.began)
        while time.perf_counter() < end:
            pass

    model.register_forward_pre_hook(linger)
    model.register_forward_hook(linger_on)
    return model


def as_it_was(name: str) -> Source:
    """The source with every model as it is."""
    return Doubled(load_source(name), slow=False)


def slower(name: str) -> Source:
    """The source with the models of the second name slowed down."""
    return Doubled(load_source(name), slow=True)


def run(load: Load, models: list[str], seconds: float, old: Benchmarks | None = None) -> Benchmarks:
    """Benchmark models under both names; what can't be told from `old` gets more rounds."""

    def undecided(known: Benchmarks) -> set[str]:
        comparisons = one_at_a_time(old, known)[1] if old else []
        return {c.model for c in comparisons if not c.settled}

    rows = old.rows if old else ()
    return bench_models(
        [Request(prefix + name, "timm") for name in models for prefix in ("", PREFIX)],
        BenchSettings(),
        plan=Plan(seconds),
        batches={row.model: row.throughput.batch for row in rows if row.throughput},
        load=load,
        undecided=undecided,
    )


def one_at_a_time(old: Benchmarks, new: Benchmarks) -> tuple[Report, list[Comparison]]:
    """Compare the unchanged models, and then each slower one among the unchanged."""
    unchanged = tuple(row for row in new.rows if not row.model.startswith(PREFIX))
    report = compare(old, replace(new, rows=unchanged))
    comparisons = list(report.comparisons)
    for row in new.rows:
        if row.model.startswith(PREFIX):
            among = compare(old, replace(new, rows=(*unchanged, row)))
            comparisons += [c for c in among.comparisons if c.model == row.model]
    return report, comparisons


def main() -> None:
    """Compare as often as asked, and count."""
    repeats = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 30.0
    models = sys.argv[3:] or MODELS
    old = run(as_it_was, models, OLDER * seconds)
    caught = slow = blamed = same = unclear = agree = stated = 0
    for number in range(1, repeats + 1):
        report, comparisons = one_at_a_time(old, run(slower, models, seconds, old))
        for c in comparisons:
            if c.figure not in ("latency", "throughput"):
                continue
            unclear += c.change is Change.UNCLEAR
            if c.model.startswith(PREFIX):
                slow += 1
                caught += c.change is Change.WORSE
            else:
                same += 1
                blamed += c.change is Change.WORSE
                stated += c.agree is not None
                agree += bool(c.agree)
            print(
                f"{number:3} {c.model:28} {c.figure:10} {c.factor:6.3f} ± {c.noise:5.3f}"
                f" {c.change:8} {'agree' if c.agree else ''}",
                flush=True,
            )
        print(f"    the machine itself: {report.machine or 1:.3f}", flush=True)
    print(f"caught {caught} of {slow} slower figures, blamed {blamed} of {same} unchanged ones")
    print(f"{unclear} were too noisy to tell; {agree} of {stated} unchanged times agree as stated")


if __name__ == "__main__":
    main()
