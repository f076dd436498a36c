# ruff: noqa: D103 (each rule is documented by its catalogue entry)
"""Whether each value is possible on its own."""

from __future__ import annotations

import re
from collections.abc import Iterator

from metazoo.facts import ACTIVATIONS, FILE_SIZE, FLOPS, MACS, PARAMETERS
from metazoo.findings import Fix, Severity
from metazoo.index.fields import Field, Kind
from metazoo.index.model import MetricValue
from metazoo.index.nodes import NULLS
from metazoo.metrics import Metric
from metazoo.rules.rule import Problem, reported_elsewhere, rule
from metazoo.rules.scope import Scope

_ERROR, _WARNING, _INFO = Severity.ERROR, Severity.WARNING, Severity.INFO

_EXAMPLES = {
    Kind.COUNT: "Write a number such as 25028904, 25.03M or 5.47e9.",
    Kind.BYTES: "Write bytes such as 100435887, or 96 MB.",
    Kind.NUMBER: "Write one number without a unit, such as 90 or 0.1.",
    Kind.IMAGE_SIZE: "Write 224, 256x192 (height by width) or 3x224x224.",
}


def _metrics(scope: Scope) -> Iterator[tuple[MetricValue, str | None]]:
    for owner in scope.owners:
        for result in owner.results:
            for metric in result.metrics:
                yield metric, owner.name


@rule(
    "MZ301",
    "not-a-number",
    _ERROR,
    "A value that should be a number is not one.",
    why="The value can't be compared, sorted, plotted or verified.",
    bad="Models:\n- Name: resnet18\n  Metadata:\n    Epochs: ninety\n",
    good="Models:\n- Name: resnet18\n  Metadata:\n    Epochs: 90\n",
)
def not_a_number(scope: Scope) -> Iterator[Problem]:
    for owner, field, value in scope.numbers:
        # `null` means that the number is unknown.
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
    """Shorten a text for a message."""
    text = " ".join(text.split())
    return text if len(text) <= 60 else text[:57] + "…"


@rule(
    "MZ302",
    "out-of-range",
    _ERROR,
    "A number is outside the valid range of its field or metric.",
    why="The value is impossible: a negative learning rate, a momentum above 1, a latency below zero.",
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


def _known(scope: Scope, metric: MetricValue) -> tuple[Metric | None, float | None]:
    """The known metric, and the value converted to the unit of its range."""
    known = scope.index.metrics.find(metric.name)
    number = metric.value.value
    if known is None or number is None:
        return known, None
    figure = scope.index.metrics.figure(metric.name, number, metric.value.unit)
    return known, figure.value if figure else None


def _bounds(metric: Metric) -> str:
    unit = metric.unit if metric.unit in {"", "%"} else f" {metric.unit}"
    if metric.low is None:
        return f"at most {metric.high:g}{unit}"
    if metric.high is None:
        return f"at least {metric.low:g}{unit}"
    return f"from {metric.low:g} to {metric.high:g}{unit}"


def _range(field: Field) -> str:
    if field.kind is Kind.IMAGE_SIZE:
        return "from 1 to 100,000 pixels"
    low, high = f"{field.minimum:,g}", f"{field.maximum:,.9g}"
    if field.above_minimum:
        return f"above {low} and at most {high}"
    return f"from {low} to {high}"


@rule(
    "MZ303",
    "not-whole",
    _ERROR,
    "A count has a fraction.",
    why="There is no half parameter, layer or epoch. A unit such as M is probably missing.",
    bad="Models:\n- Name: resnet18\n  Metadata:\n    Parameters: 11.69\n",
    good="Models:\n- Name: resnet18\n  Metadata:\n    Parameters: 11.69M\n",
)
def not_whole(scope: Scope) -> Iterator[Problem]:
    for owner, field, value in scope.numbers:
        number = value.value
        if field.whole and isinstance(number, float) and not number.is_integer():
            unit = field.kind in {Kind.COUNT, Kind.BYTES}
            yield Problem(
                f"{field.name} is {value.text}, but it must be a whole number",
                value.location,
                owner.name,
                "Add the unit, such as M or G." if unit else "Write a whole number.",
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
    "A count is so small that its unit must be missing.",
    why="`Parameters: 25` means twenty-five parameters, not 25 million. Every comparison with it is "
    "off by a factor of a million.",
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
                f"{field.name} is {value.text}, too few {what} for a network",
                value.location,
                owner.name,
                "Add the unit (K, M, G), or write all digits.",
            )


@rule(
    "MZ305",
    "number-with-unit",
    _INFO,
    "A count is written with a unit, a prefix or separators.",
    why="metazoo can read it, but other tools read it as text, not as a number.",
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
                f"{field.name} is written as “{value.text}”, which other tools read as text",
                value.location,
                owner.name,
                f"Write {number}.",
                (Fix(value.location, value.text, str(number)),),
            )


@rule(
    "MZ306",
    "impossible-percentage",
    _ERROR,
    "A percentage is out of range, such as an accuracy below 0 or above 100.",
    why="The value is impossible. Usually the decimal point is in the wrong place.",
    remedy="Ranges differ: a word error rate may exceed 100 %, and a correlation may be negative. You can "
    "set [the range of a metric](../guide/data.md#metrics) in the glossary.",
    bad="Models:\n- Name: a\n  Results:\n    Dataset: ImageNet\n    Metrics:\n      Top 1 Accuracy: 793%\n",
    good="Models:\n- Name: a\n  Results:\n    Dataset: ImageNet\n    Metrics:\n      Top 1 Accuracy: 79.3%\n",
)
def impossible_percentage(scope: Scope) -> Iterator[Problem]:
    for metric, model in _metrics(scope):
        known, figure = _known(scope, metric)
        if known is None or figure is None or known.unit != "%" or known.allows(figure):
            continue
        yield Problem(
            f"{metric.name} is {metric.value.text}, but it must be {_bounds(known)}",
            metric.value.location,
            model,
            "Correct the value.",
        )


def _is_accuracy(scope: Scope, metric: MetricValue) -> bool:
    known = scope.index.metrics.find(metric.name)
    return known is not None and known.unit == "%" and "accuracy" in known.name.lower()


@rule(
    "MZ307",
    "fraction-for-percentage",
    _WARNING,
    "An accuracy is written as a fraction of 1.",
    why="Percentages range from 0 to 100 here, so 0.793 means less than one percent.",
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
                f"{metric.name} is {metric.value.text}, less than one percent",
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
    "A text was decoded with the wrong encoding: `Ã©` instead of `é`, `â€“` instead of a dash.",
    why="The text looks broken wherever it is shown, and a search does not find it.",
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
            f"“{_short(text)}” was decoded with the wrong encoding",
            value.location,
            model,
            f"Write “{_short(mended)}”." if mended else "Write the intended characters.",
            (Fix(value.location, text, mended),) if mended else (),
        )


def _undone(text: str) -> str | None:
    """Restore UTF-8 text that was decoded as Windows-1252; None if it was not."""
    try:
        mended = text.encode("cp1252").decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return None
    return mended if mended.isprintable() else None


@rule(
    "MZ309",
    "unknown-license",
    _WARNING,
    "A license is not an SPDX identifier.",
    why="Tools that filter by license expect SPDX identifiers, and “BSD” or “CC” alone is ambiguous: "
    "there are several of each.",
    bad="Models:\n- Name: resnet18\n  Metadata:\n    License: Apache 2\n",
    good="Models:\n- Name: resnet18\n  Metadata:\n    License: Apache-2.0\n",
    remedy="<https://spdx.org/licenses/> lists all identifiers. For a license that is not listed, write "
    "`LicenseRef-` and a name of your own.",
    fixable=True,
)
def unknown_license(scope: Scope) -> Iterator[Problem]:
    for owner in scope.owners:
        value = owner.metadata.get("License")
        if value is None or not isinstance(value.value, str):
            continue
        name, certain = _spdx(value.text)
        # SPDX identifiers are not case-sensitive, and the Hugging Face hub writes them in lower case.
        if name is not None and name.lower() == value.text.lower():
            continue
        hint = f"Write {name}." if name else "Look up the identifier at https://spdx.org/licenses/."
        yield Problem(
            f"“{_short(value.text)}” is not an SPDX identifier",
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
    """The intended SPDX identifier or expression, and whether it is certain."""
    from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

    try:
        return str(canonicalize_license_expression(text)), True
    except InvalidLicenseExpression:
        pass
    word = re.sub(r"[^a-z0-9]", "", text.lower())
    if word in _LICENSES_BY_HABIT:
        name = _LICENSES_BY_HABIT[word]
        return name, name in {"Apache-2.0", "MIT"}
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
    "An interpolation method is unknown to image libraries.",
    why="Accuracy drops by up to a point if images are resized with another method than intended.",
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
            f"unknown interpolation “{_short(value.text)}”",
            value.location,
            owner.name,
            f"Write {meant}." if meant else f"Use one of {', '.join(sorted(_INTERPOLATIONS))}.",
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
    why="It looks like a fact on the page and in the data, but has no content.",
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
    "A metric has a unit that does not fit it.",
    why="Either the unit or the name of the metric is wrong, and the value can't be compared with "
    "other results.",
    bad="Models:\n- Name: a\n  Results:\n    Dataset: COCO\n    Metrics:\n      Latency: 9 dB\n",
    good="Models:\n- Name: a\n  Results:\n    Dataset: COCO\n    Metrics:\n      Latency: 9 ms\n",
    remedy="Units that metazoo doesn't know are kept as written. You can set [the unit of a "
    "metric](../guide/data.md#metrics) in the glossary.",
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


reported_elsewhere(
    "MZ313",
    "impossible-input",
    _ERROR,
    "An input of a model has an impossible shape or bound, or an unknown type.",
    why="No tensor can be made for it, so the model is neither counted nor run.",
    bad="""\
Models:
- Name: small-net
  Metadata:
    Inputs: [{Shape: [3, -1, 224], Type: imgae}]
""",
    good="""\
Models:
- Name: small-net
  Metadata:
    Inputs: [{Shape: [3, 224, 224], Type: image}]
""",
    remedy="A `Shape` lists the sizes of the axes of one sample, without the batch. The "
    "[format](../guide/index-format.md#inputs) lists the types, data types and ways to pass a batch.",
)
