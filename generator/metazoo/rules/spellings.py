# ruff: noqa: D103 (each rule is documented by its catalogue entry)
"""Whether a name is spelled the same everywhere."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator

from metazoo.findings import Fix, Location, Severity
from metazoo.rules.rule import Problem, rule
from metazoo.rules.scope import Scope

_FOLD = re.compile(r"[^0-9a-z+#.]|(?<![0-9])\.|\.(?![0-9])")
"""What two spellings may differ in: everything but letters, digits and decimal points."""


@rule(
    "MZ406",
    "several-spellings",
    Severity.WARNING,
    "A dataset, metric, task or method is spelled in several ways.",
    why="Filters, tables and charts treat `CIFAR100` and `CIFAR-100` as two datasets.",
    bad="""\
Models:
- {Name: a, Metadata: {Training Data: CIFAR-100}}
- {Name: b, Metadata: {Training Data: CIFAR-100}}
- {Name: c, Metadata: {Training Data: CIFAR100}}
""",
    good="""\
Models:
- {Name: a, Metadata: {Training Data: CIFAR-100}}
- {Name: b, Metadata: {Training Data: CIFAR-100}}
- {Name: c, Metadata: {Training Data: CIFAR-100}}
""",
    remedy="`--fix` writes the most frequent spelling, or the first one if there is a tie.",
    fixable=True,
)
def several_spellings(scope: Scope) -> Iterator[Problem]:
    counts = _spellings(scope)
    preferred = {what: _preferred(texts) for what, texts in counts.items()}
    if not any(preferred.values()):
        return
    for what, value, place, model in _uses(scope):
        better = preferred[what].get(value)
        if better is not None and better != value:
            yield Problem(
                f"the {what} “{value}” is spelled “{better}” elsewhere",
                place,
                model,
                f"Write “{better}” everywhere.",
                (Fix(place, value, better),),
            )


_VOCABULARIES = {
    "Architecture": "method",
    "Training Techniques": "technique",
    "Training Data": "dataset",
    "Tasks": "task",
}


def _spellings(scope: Scope) -> dict[str, Counter[str]]:
    """Count how often each text is used, by vocabulary."""
    texts: dict[str, list[str]] = {what: [] for what in (*_VOCABULARIES.values(), "metric")}
    for owner in scope.owners:
        values = owner.metadata.values
        for key, what in _VOCABULARIES.items():
            value = values.get(key)
            if value is not None and value.value:
                texts[what].extend([item.text for item in value.value])
        for result in owner.results:
            if result.task is not None and result.task.value:
                texts["task"].append(result.task.text)
            if result.dataset is not None and result.dataset.value:
                texts["dataset"].append(result.dataset.text)
            texts["metric"].extend([metric.name for metric in result.metrics])
    return {what: Counter(found) for what, found in texts.items()}


def _preferred(counts: Counter[str]) -> dict[str, str]:
    """Map each text that has other spellings to the most frequent one."""
    spellings: dict[str, list[str]] = defaultdict(list)
    for text in counts:
        spellings[_FOLD.sub("", text.lower())].append(text)
    return {
        text: max(same, key=lambda t: counts[t])
        for folded, same in spellings.items()
        if len(same) > 1 and folded
        for text in same
    }


def _uses(scope: Scope) -> Iterator[tuple[str, str, Location, str | None]]:
    """Every use of a vocabulary: its name, the text, the location and the model."""
    for owner in scope.owners:
        model = owner.name
        for key, what in _VOCABULARIES.items():
            value = owner.metadata.values.get(key)
            if value is not None and value.value:
                for item in value.value:
                    yield what, item.text, item.location, model
        for result in owner.results:
            if result.task is not None and result.task.value:
                yield "task", result.task.text, result.task.location, model
            if result.dataset is not None and result.dataset.value:
                yield "dataset", result.dataset.text, result.dataset.location, model
            for metric in result.metrics:
                # The name of a metric is a key, unless it is the value of Name.
                if metric.value.key == metric.name:
                    place = metric.value.key_location or metric.value.location
                    yield "metric", metric.name, place, model
