"""Compare the declared preprocessing settings of a model with those of its source.

Images of another size, crop or mean give another accuracy than the declared one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from metazoo.findings import Finding
from metazoo.index.model import Model, Value
from metazoo.index.nodes import NULLS
from metazoo.index.quantities import Quantity, image_size, number
from metazoo.measure.measurement import Measurement, SourceFacts
from metazoo.rules import finding
from metazoo.spelling import folded
from metazoo.verify.verdicts import FieldVerdict, Verdict, why_not_measured

_CLOSE = 5e-4
"""Shares that differ by at most this are equal: 1 / 1.04 is written 0.9615 and 0.962."""


class Setting(NamedTuple):
    """A setting that an index and a source may both state.

    Attributes:
        key: As the index names it; read in any spelling.
        right: What the source states: several values if it has one for training and one for tests;
            None for what it doesn't state.
        fits: Whether a declared value equals one of the source.
        shown: A value of the source in words.
        always: Whether it also gets a verdict if the index doesn't declare it.
    """

    key: str
    right: Callable[[SourceFacts], list[Any]]
    fits: Callable[[Value[Any], Any], bool]
    shown: Callable[[Any], str]
    always: bool = False


def setting_verdicts(
    model: Model, measurement: Measurement | None, *, has_source: bool = True
) -> list[FieldVerdict]:
    """Return the verdicts on the settings that a model's source also states.

    Args:
        model: The model as the index has it.
        measurement: What was measured under its name; None where nothing was.
        has_source: Whether a source is named for the model.

    Returns:
        One verdict each for Image Size, Crop Pct and Interpolation, and for every other setting
        that is declared, with `actual` in the place of a measured number.
    """
    written = {folded(key): model.metadata.get(key) for key in model.metadata}
    found = []
    for setting in SETTINGS:
        declared = written.get(folded(setting.key))
        if declared is not None and declared.value in (None, "") and declared.text in NULLS:
            declared = None
        if declared is not None or setting.always:
            reason = why_not_measured(measurement, has_source=has_source)
            found.append(_verdict(setting, declared, measurement, reason))
    return found


def _verdict(
    setting: Setting, declared: Value[Any] | None, measurement: Measurement | None, reason: str
) -> FieldVerdict:
    key = setting.key
    if reason or measurement is None:
        return FieldVerdict(key, Verdict.NOT_MEASURED, declared, reason=reason)
    facts = measurement.facts or SourceFacts()
    right = [value for value in setting.right(facts) if value is not None]
    actual = " or ".join(dict.fromkeys(map(setting.shown, right)))
    if declared is None:
        return FieldVerdict(key, Verdict.UNDECLARED, actual=actual)
    if not right:
        reason = f"{measurement.source} doesn't state it"
        return FieldVerdict(key, Verdict.NOT_MEASURED, declared, reason=reason)
    fits = any(setting.fits(declared, value) for value in right)
    verdict = Verdict.VERIFIED if fits else Verdict.DIFFERS
    return FieldVerdict(key, verdict, declared, actual=actual)


def setting_findings(
    model: Model, measurement: Measurement, verdicts: list[FieldVerdict]
) -> Iterator[Finding]:
    """Report the settings that differ from the source's."""
    source, name = measurement.source, measurement.resolved_name
    for verdict in verdicts:
        declared, actual = verdict.declared, verdict.actual
        if verdict.verdict is not Verdict.DIFFERS or declared is None:
            continue
        truth = f"{source} evaluates {name} with {actual}"
        if verdict.field == "Num Classes":
            truth = f"in {source} the weights of {name} have {actual}"
        yield finding(
            "MZ608",
            f"{verdict.field} is declared as {as_written(declared)}; {truth}",
            declared.location,
            model=model.name.text,
            hint=f"Write {actual}, or name the intended weights",
        )


def as_written(value: Value[Any]) -> str:
    """Return the text of a value; for a list, its items as in one line of YAML."""
    if isinstance(value.value, dict):
        return "a mapping"
    if not isinstance(value.value, list):
        return value.text
    return f"[{', '.join(_texts(value))}]"


def _texts(value: Value[Any]) -> list[str]:
    """Return the items of a list, whether it is a YAML list or a text such as ``(1, 2)``."""
    if isinstance(value.value, list):
        return [item.text for item in value.value if isinstance(item, Value)]
    return [text for text in re.split(r"[,;\s]+", value.text.strip(" ()[]")) if text]


def _is_size(declared: Value[Any], right: tuple[int, int, int]) -> bool:
    size = declared.value
    if not isinstance(size, tuple):
        size = image_size(declared.text or "x".join(_texts(declared)))
    return bool(size == right)


def _is_share(declared: Value[Any], right: float) -> bool:
    """Whether a text is this share: 0.875, 87.5% and 87.5 are the same."""
    found = number(declared.text)
    if found is None:
        return False
    readings = [found.value / 100] if found.unit else [found.value, found.value / 100]
    return any(abs(reading - right) <= _CLOSE for reading in readings)


def _is_word(declared: Value[Any], right: str) -> bool:
    return _word(declared.text) == _word(right)


def _word(text: str) -> str:
    """Normalize ``BICUBIC``, ``bi-cubic`` and ``InterpolationMode.BICUBIC`` to the same word."""
    return folded(text.rpartition(".")[2]).replace("centre", "center").removesuffix("crop")


def _is_vector(declared: Value[Any], right: Sequence[float]) -> bool:
    """Whether these are the source's numbers, one per channel, or one for all equal channels.

    They may be written as shares, in percent, or as pixel values from 0 to 255.
    """
    texts = _texts(declared)
    numbers = [found for text in texts if (found := number(text)) is not None]
    if not numbers or len(numbers) != len(texts) or len(numbers) not in (1, len(right)):
        return False
    pixels = any(found.value > 1 and not found.unit for found in numbers)
    channels = list(zip(numbers, texts, strict=True))
    if len(channels) == 1:
        channels *= len(right)
    return all(
        _is_channel(found, text, 255 if pixels else 1, wanted)
        for (found, text), wanted in zip(channels, right, strict=True)
    )


def _is_channel(found: Quantity, text: str, scale: int, right: float) -> bool:
    """Whether a number is the source's, to the precision of its digits; one decimal is too few."""
    scale = 100 if found.unit else scale
    decimals = len(text.rstrip("% ").partition(".")[2])
    rounding = 0.5 * 10**-decimals if decimals >= (2 if scale == 1 else 0) else 0
    return abs(found.value / scale - right) <= max(rounding / scale, _CLOSE) + 1e-9


def _is_count(declared: Value[Any], right: int) -> bool:
    return bool(declared.value == right)


def _size(size: tuple[int, int, int]) -> str:
    return "×".join(map(str, size[1:] if size[0] == 3 else size))


def _share(share: float) -> str:
    return f"{share:g}"


def _vector(values: Sequence[float]) -> str:
    return f"[{', '.join(map(str, values))}]"


SETTINGS = (
    Setting(
        "Image Size", lambda f: [f.input_size, f.test_input_size], _is_size, _size, always=True
    ),
    Setting("Test Image Size", lambda f: [f.test_input_size or f.input_size], _is_size, _size),
    Setting("Crop Pct", lambda f: [f.crop_pct, f.test_crop_pct], _is_share, _share, always=True),
    Setting("Test Crop Pct", lambda f: [f.test_crop_pct or f.crop_pct], _is_share, _share),
    Setting("Crop Mode", lambda f: [f.crop_mode], _is_word, str),
    Setting("Interpolation", lambda f: [f.interpolation], _is_word, str, always=True),
    Setting("Mean", lambda f: [f.mean], _is_vector, _vector),
    Setting("Std", lambda f: [f.std], _is_vector, _vector),
    Setting("Num Classes", lambda f: [f.num_classes], _is_count, str),
)
"""What is compared with the source's configuration, in the order of the verdicts."""
