# ruff: noqa: D103 (what a rule says of itself stands in the catalogue)
"""Whether each value, by itself, can be true."""

from __future__ import annotations

import re
from collections.abc import Iterator

from metazoo.facts import ACTIVATIONS, FILE_SIZE, FLOPS, MACS, PARAMETERS
from metazoo.findings import Fix, Severity
from metazoo.index.fields import Field, Kind
from metazoo.index.model import Metric
from metazoo.index.nodes import NULLS
from metazoo.metrics import Metric as KnownMetric
from metazoo.rules.rule import Problem, rule
from metazoo.rules.scope import Scope

_ERROR, _WARNING, _INFO = Severity.ERROR, Severity.WARNING, Severity.INFO

_EXAMPLES = {
    Kind.COUNT: "Write a number such as 25028904, 25.03M or 5.47e9.",
    Kind.BYTES: "Write bytes such as 100435887, or 96 MB.",
    Kind.NUMBER: "Write one number without a unit, such as 90 or 0.1.",
    Kind.IMAGE_SIZE: "Write 224, 256x192 (height by width) or 3x224x224.",
}


def _metrics(scope: Scope) -> Iterator[tuple[Metric, str | None]]:
    for owner in scope.owners:
        for result in owner.results:
            for metric in result.metrics:
                yield metric, owner.name


@rule(
    "MZ301",
    "not-a-number",
    _ERROR,
    "A value that should be a number is not one.",
    why="It can't be compared, sorted, plotted or verified.",
    bad="Models:\n- Name: resnet18\n  Metadata:\n    Epochs: ninety\n",
    good="Models:\n- Name: resnet18\n  Metadata:\n    Epochs: 90\n",
)
def not_a_number(scope: Scope) -> Iterator[Problem]:
    for owner, field, value in scope.numbers:
        # `null` says that the number is unknown.
        if value.value is None and value.text.strip() and value.text not in NULLS:
            what = "an image size" if field.kind is Kind.IMAGE_SIZE else "a number"
            yield Problem(
                f"{field.name} is “{_short(value.text)}”, which is not {what}",
                value.location,
                owner.name,
                _EXAMPLES[field.kind],
            )
    for metric, model in _metrics(scope):
        text = metric.value.text
        if metric.value.value is None and text.strip() and text not in NULLS:
            yield Problem(
                f"the metric {metric.name} is “{_short(metric.value.text)}”, which is not a number",
                metric.value.location,
                model,
                "Write one number such as 79.3%, 79.3 or 9 ms.",
            )


def _short(text: str) -> str:
    """A text short enough to stand in a message."""
    text = " ".join(text.split())
    return text if len(text) <= 60 else text[:57] + "…"


@rule(
    "MZ302",
    "out-of-range",
    _ERROR,
    "A number lies outside what the field, or the metric, can be.",
    why="No model can have it: a negative rate, a momentum above 1, a latency below zero.",
    bad="Models:\n- Name: resnet18\n  Metadata:\n    Momentum: 9.0\n",
    good="Models:\n- Name: resnet18\n  Metadata:\n    Momentum: 0.9\n",
)
def out_of_range(scope: Scope) -> Iterator[Problem]:
    for owner, field, value in scope.numbers:
        number = value.value
        if number is None:
            continue
        if field.kind is Kind.IMAGE_SIZE:
            inside = all(1 <= side <= 100_000 for side in number)
        else:
            number = number / 100 if value.unit == "%" and field.maximum == 1 else number
            low, high = field.minimum, field.maximum
            inside = (
                low is None or number > low or (number == low and not field.above_minimum)
            ) and (high is None or number <= high)
        if not inside:
            yield Problem(
                f"{field.name} is {value.text}, but it must be {_range(field)}",
                value.location,
                owner.name,
                f"If {value.text}% is meant, write {number / 100:g}."
                if field.maximum == 1 and not value.unit and 1 < number <= 100
                else "Correct the value.",
            )
    for metric, model in _metrics(scope):
        known, figure = _known(scope, metric)
        if known is None or figure is None or known.unit == "%" or known.allows(figure):
            continue
        yield Problem(
            f"{metric.name} is {metric.value.text}, but it must be {_bounds(known)}",
            metric.value.location,
            model,
            f"If {metric.value.text}% is meant, write that."
            if known.high == 1 and not metric.value.unit and 1 < figure <= 100
            else "Correct the value.",
        )


def _known(scope: Scope, metric: Metric) -> tuple[KnownMetric | None, float | None]:
    """What is known of a metric, and its value in the unit that its range is in."""
    known = scope.index.metrics.find(metric.name)
    number = metric.value.value
    if known is None or number is None:
        return known, None
    figure = scope.index.metrics.figure(metric.name, number, metric.value.unit)
    return known, figure.value if figure else None


def _bounds(metric: KnownMetric) -> str:
    unit = f" {metric.unit}" if metric.unit else ""
    if metric.low is None:
        return f"at most {metric.high:g}{unit}"
    if metric.high is None:
        return f"at least {metric.low:g}{unit}"
    return f"from {metric.low:g} to {metric.high:g}{unit}"


def _range(field: Field) -> str:
    if field.kind is Kind.IMAGE_SIZE:
        return "from 1 to 100000 pixels"
    low, high = f"{field.minimum:,g}", f"{field.maximum:,.9g}"
    if field.above_minimum:
        return f"above {low} and at most {high}"
    return f"from {low} to {high}"


@rule(
    "MZ303",
    "not-whole",
    _ERROR,
    "A count has a fraction.",
    why="There are no half parameters, layers or epochs; the unit is probably missing.",
    bad="Models:\n- Name: resnet18\n  Metadata:\n    Parameters: 11.69\n",
    good="Models:\n- Name: resnet18\n  Metadata:\n    Parameters: 11.69M\n",
)
def not_whole(scope: Scope) -> Iterator[Problem]:
    for owner, field, value in scope.numbers:
        number = value.value
        if field.whole and isinstance(number, float) and not number.is_integer():
            unit = field.kind in {Kind.COUNT, Kind.BYTES}
            yield Problem(
                f"{field.name} is {value.text}, but it counts whole things",
                value.location,
                owner.name,
                "Write the unit too, such as M or G." if unit else "Write a whole number.",
            )


_SMALLEST = {
    FLOPS.key: (100_000, "operations"),
    MACS.key: (100_000, "operations"),
    PARAMETERS.key: (1_000, "parameters"),
    ACTIVATIONS.key: (1_000, "activations"),
    FILE_SIZE.key: (2_000, "bytes"),
}


@rule(
    "MZ304",
    "wrong-magnitude",
    _WARNING,
    "A count is so small that a unit must be missing.",
    why="`Parameters: 25` reads as twenty-five parameters, where 25 million were meant. Every "
    "comparison with it is off by a million.",
    bad="Models:\n- Name: resnet50\n  Metadata:\n    Parameters: 25\n",
    good="Models:\n- Name: resnet50\n  Metadata:\n    Parameters: 25M\n",
)
def wrong_magnitude(scope: Scope) -> Iterator[Problem]:
    for owner, field, value in scope.numbers:
        smallest = _SMALLEST.get(field.name)
        if smallest is None or not value.value or value.unit:
            continue
        least, what = smallest
        whole = not isinstance(value.value, float) or value.value.is_integer()
        if 0 < value.value < least and whole:
            yield Problem(
                f"{field.name} is {value.text}: so few {what} make no network",
                value.location,
                owner.name,
                "Write the unit too (K, M, G), or all digits.",
            )


@rule(
    "MZ305",
    "number-with-unit",
    _INFO,
    "A count is written with a prefix, a unit or separators.",
    why="metazoo reads it, but other readers of the format see a text there, not a number.",
    bad="Models:\n- Name: resnet18\n  Metadata:\n    FLOPs: 3.63 GFLOPs\n",
    good="Models:\n- Name: resnet18\n  Metadata:\n    FLOPs: 3630000000\n",
    fixable=True,
)
def number_with_unit(scope: Scope) -> Iterator[Problem]:
    for owner, field, value in scope.numbers:
        number = value.value
        if not isinstance(number, int) or (not value.unit and value.text.isdigit()):
            continue
        if number > 0 and field.kind in {Kind.COUNT, Kind.BYTES}:
            yield Problem(
                f"{field.name} is written as “{value.text}”, which other readers take for text",
                value.location,
                owner.name,
                f"Write {number}.",
                (Fix(value.location, value.text, str(number)),),
            )


@rule(
    "MZ306",
    "impossible-percentage",
    _ERROR,
    "A metric in per cent lies outside its range: an accuracy below 0 or above 100.",
    why="No model is right more often than always. Usually the decimal point slipped.",
    remedy="Ranges differ: a word error rate may exceed 100 %, a correlation may be negative. The "
    "glossary can say [the range of a metric](../guide/data.md#metrics).",
    bad="Models:\n- Name: a\n  Results:\n    Dataset: ImageNet\n    Metrics:\n      Top 1 Accuracy: 793%\n",
    good="Models:\n- Name: a\n  Results:\n    Dataset: ImageNet\n    Metrics:\n      Top 1 Accuracy: 79.3%\n",
)
def impossible_percentage(scope: Scope) -> Iterator[Problem]:
    for metric, model in _metrics(scope):
        known, figure = _known(scope, metric)
        if known is None or figure is None or known.unit != "%" or known.allows(figure):
            continue
        low = 0 if known.low is None else known.low
        lies = f"lies from {low:g} to {known.high:g}" if known.high else f"is at least {low:g}"
        yield Problem(
            f"{metric.name} is {metric.value.text}, but a percentage {lies}",
            metric.value.location,
            model,
            "Correct the value.",
        )


def _is_accuracy(scope: Scope, metric: Metric) -> bool:
    known = scope.index.metrics.find(metric.name)
    return known is not None and known.unit == "%" and "accuracy" in known.name.lower()


@rule(
    "MZ307",
    "fraction-for-percentage",
    _WARNING,
    "An accuracy is written as a fraction of 1.",
    why="Percentages go from 0 to 100 here: 0.793 reads as less than one per cent.",
    bad="Models:\n- Name: a\n  Results:\n    Dataset: ImageNet\n    Metrics:\n      Top 1 Accuracy: 0.793\n",
    good="Models:\n- Name: a\n  Results:\n    Dataset: ImageNet\n    Metrics:\n      Top 1 Accuracy: 79.3%\n",
)
def fraction_for_percentage(scope: Scope) -> Iterator[Problem]:
    for metric, model in _metrics(scope):
        number = metric.value.value
        if number is None or not 0 < number < 1 or metric.value.unit:
            continue
        if _is_accuracy(scope, metric):
            yield Problem(
                f"{metric.name} is {metric.value.text}, less than one per cent",
                metric.value.location,
                model,
                f"If {number * 100:.6g}% is meant, write that.",
            )


_MOJIBAKE = re.compile(
    "\ufffd|[\u00c2\u00c3\u00d0\u00d1][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u2018-\u2022\u20ac]"
    "|\u00e2\u20ac|\u00ef\u00bb\u00bf"
)


@rule(
    "MZ308",
    "mojibake",
    _WARNING,
    "A text was decoded wrongly somewhere: `Ã©` for `é`, `â€“` for a dash.",
    why="It looks broken wherever it is shown, and nobody finds it by searching.",
    bad="Collections:\n- Name: A\n  Paper:\n    Title: Le rÃ©seau\nModels:\n- Name: a\n  In Collection: A\n",
    good="Collections:\n- Name: A\n  Paper:\n    Title: Le réseau\nModels:\n- Name: a\n  In Collection: A\n",
    fixable=True,
)
def mojibake(scope: Scope) -> Iterator[Problem]:
    broken = {t for t in scope.distinct_texts if not t.isascii() and _MOJIBAKE.search(t)}
    for value, model in scope.texts() if broken else ():
        text = value.text
        if text not in broken:
            continue
        mended = _undone(text)
        yield Problem(
            f"“{_short(text)}” was decoded wrongly",
            value.location,
            model,
            f"Write “{_short(mended)}”." if mended else "Write the characters that were meant.",
            (Fix(value.location, text, mended),) if mended else (),
        )


def _undone(text: str) -> str | None:
    """The text that was taken for Windows-1252 when it was UTF-8; None where that isn't so."""
    try:
        mended = text.encode("cp1252").decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return None
    return mended if mended.isprintable() else None


@rule(
    "MZ309",
    "unknown-license",
    _WARNING,
    "A licence is not written as an SPDX name.",
    why="Programs that filter by licence know only those names, and “BSD” or “CC” alone says too "
    "little: there are several.",
    bad="Models:\n- Name: resnet18\n  Metadata:\n    License: Apache 2\n",
    good="Models:\n- Name: resnet18\n  Metadata:\n    License: Apache-2.0\n",
    remedy="The names stand at <https://spdx.org/licenses/>. One that isn't there is written "
    "`LicenseRef-` and a name of your own.",
    fixable=True,
)
def unknown_license(scope: Scope) -> Iterator[Problem]:
    for owner in scope.owners:
        value = owner.metadata.get("License")
        if value is None or not isinstance(value.value, str):
            continue
        name, certain = _spdx(value.text)
        # SPDX names are compared without regard to case, and the hub writes them in lower case.
        if name is not None and name.lower() == value.text.lower():
            continue
        hint = f"Write {name}." if name else "Look the name up at spdx.org/licenses."
        yield Problem(
            f"“{_short(value.text)}” is not an SPDX name",
            value.location,
            owner.name,
            hint,
            (Fix(value.location, value.text, name),) if name and certain else (),
        )


_LICENSES_BY_HABIT = {
    "apache2": "Apache-2.0",
    "apachelicense": "Apache-2.0",
    "apachelicense20": "Apache-2.0",
    "apachelicenseversion20": "Apache-2.0",
    "mitlicense": "MIT",
    "themitlicense": "MIT",
    "bsd3": "BSD-3-Clause",
    "bsd3clauselicense": "BSD-3-Clause",
    "bsd2": "BSD-2-Clause",
    "ccbync": "CC-BY-NC-4.0",
    "ccby": "CC-BY-4.0",
    "gplv3": "GPL-3.0-only",
}


def _spdx(text: str) -> tuple[str | None, bool]:
    """The SPDX name or expression meant, and whether there is no doubt about it."""
    from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

    try:
        return str(canonicalize_license_expression(text)), True
    except InvalidLicenseExpression:
        pass
    word = re.sub(r"[^a-z0-9]", "", text.lower())
    if word in _LICENSES_BY_HABIT:
        return _LICENSES_BY_HABIT[word], word.startswith(("apache", "mit"))
    try:
        dashed = "-".join(text.split())
        return str(canonicalize_license_expression(dashed)), True
    except InvalidLicenseExpression:
        return None, False


_INTERPOLATIONS = {
    "nearest",
    "nearest-exact",
    "bilinear",
    "bicubic",
    "lanczos",
    "box",
    "hamming",
    "area",
    "random",
}


@rule(
    "MZ310",
    "unknown-interpolation",
    _WARNING,
    "An interpolation is none that picture libraries have.",
    why="Accuracy falls by up to a point when pictures are resized otherwise than meant.",
    bad="Models:\n- Name: resnet18\n  Metadata:\n    Interpolation: bi-cubic\n",
    good="Models:\n- Name: resnet18\n  Metadata:\n    Interpolation: bicubic\n",
    fixable=True,
)
def unknown_interpolation(scope: Scope) -> Iterator[Problem]:
    for owner in scope.owners:
        value = owner.metadata.get("Interpolation")
        if value is None or not isinstance(value.value, str) or value.text in _INTERPOLATIONS:
            continue
        word = re.sub(r"[^a-z]", "", value.text.lower())
        meant = next((i for i in sorted(_INTERPOLATIONS) if i.replace("-", "") == word), None)
        yield Problem(
            f"the interpolation “{_short(value.text)}” is unknown",
            value.location,
            owner.name,
            f"Write {meant}." if meant else f"Known are {', '.join(sorted(_INTERPOLATIONS))}.",
            (Fix(value.location, value.text, meant),) if meant else (),
        )


_PLACEHOLDER = re.compile(
    r"\s*(?:todo|tbd|tba|fixme|xxx+|\?+|n/?a|none|unknown|<[^<>]*>|placeholder)\s*:?\s*",
    re.IGNORECASE,
)


@rule(
    "MZ311",
    "placeholder",
    _WARNING,
    "A value is a placeholder, such as TODO, TBD or N/A.",
    why="It looks like a fact on the page and in the data, but says nothing.",
    bad="Models:\n- Name: resnet18\n  Metadata:\n    Training Resources: TBD\n",
    good="Models:\n- Name: resnet18\n  Metadata:\n    Training Resources: 8x V100 GPUs\n",
)
def placeholder(scope: Scope) -> Iterator[Problem]:
    empty = {t for t in scope.distinct_texts if len(t) < 40 and _PLACEHOLDER.fullmatch(t)}
    for value, model in scope.texts() if empty else ():
        if value.text in empty and isinstance(value.value, str):
            yield Problem(
                f"“{value.text}” is a placeholder",
                value.location,
                model,
                "Write what is known, or delete the key.",
            )


@rule(
    "MZ312",
    "metric-unit",
    _ERROR,
    "A metric is written with a unit that it can't have.",
    why="Either the number or the name of the metric is wrong, and the value can't be compared with "
    "others.",
    bad="Models:\n- Name: a\n  Results:\n    Dataset: COCO\n    Metrics:\n      Latency: 9 dB\n",
    good="Models:\n- Name: a\n  Results:\n    Dataset: COCO\n    Metrics:\n      Latency: 9 ms\n",
    remedy="A unit that metazoo doesn't know is kept as written. The glossary can say [the unit of a "
    "metric](../guide/data.md#metrics).",
)
def metric_unit(scope: Scope) -> Iterator[Problem]:
    for metric, model in _metrics(scope):
        unit = metric.value.unit
        known = scope.index.metrics.contradicts(metric.name, unit) if unit else None
        if known is not None:
            has = f"is measured in {known.unit}" if known.unit else "has no unit"
            yield Problem(
                f"{metric.name} is {metric.value.text}, but it {has}",
                metric.value.location,
                model,
                "Correct the unit or the name of the metric.",
            )
