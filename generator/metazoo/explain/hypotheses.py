"""Hypotheses on a declared number that differs, and how many digits make one an explanation."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from dataclasses import field as with_default
from math import gcd
from typing import Any

from metazoo.facts import FILE_SIZE, FLOPS, MACS
from metazoo.index.model import Model, Value
from metazoo.measure.measurement import Measurement
from metazoo.measure.request import Request
from metazoo.verify.tolerance import agrees, last_digit

OPERATIONS = (FLOPS.key, MACS.key)
"""The facts that depend on a counting convention."""

NEAR = 0.02
"""A hypothesis that is off by more than this share of the declared number is dropped."""

RARE = 0.01
"""A match explains a number only if its probability by chance is lower than this."""

USUAL_CONTAINER = (50, 400)
"""Bytes of overhead of a checkpoint file for each tensor: least and most.

Verification tolerates more, to avoid false alarms; here, a wide range would match by chance.
"""

KEPT = 5
"""Hypotheses kept for one number."""

_CUT_OFF = re.compile(r"\d+999")
_BINARY = {"k": 1.024, "m": 1.024**2, "g": 1.024**3, "t": 1.024**4}


@dataclass(frozen=True, slots=True)
class Network:
    """A network other than the one measured to verify a model.

    Attributes:
        request: How it is built.
        words: What it is, as in ``the file of …``.
        assumptions: How many assumptions lead to it.
    """

    request: Request
    words: str
    assumptions: int = 1


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One way in which a declared number may have come about.

    Attributes:
        value: What this way of counting gives.
        text: The hypothesis as a clause: ``thop 0.0.31 counts it at 224×285``.
        convention: The convention's name, for operations.
        input_size: Channels, height, width, for operations.
        factor: What the count is multiplied by.
        assumptions: How many assumptions it needs; of two that fit, the one with fewer is likelier.
        network: The network it is about, if not the one that was measured.
        unit: What to multiply the declared number by: more than 1 where it is read in
            binary units (``97.8 MB`` as 97.8 MiB).
        container: For a file: least and most bytes of overhead.
        spacing: If it was picked from a series of values: the distance between them.
        fits: Whether it gives the declared number, to the precision of its digits.
        exact: Whether it fits, and with enough digits that this is not by chance.
    """

    value: int
    text: str
    convention: str | None = None
    input_size: tuple[int, int, int] | None = None
    factor: float = 1.0
    assumptions: int = 0
    network: Network | None = None
    unit: float = 1.0
    container: tuple[int, int] | None = None
    spacing: int | None = None
    fits: bool = False
    exact: bool = False

    def as_json(self) -> dict[str, Any]:
        """Plain values for ``--format json``."""
        return {
            "value": self.value,
            "exact": self.exact,
            "convention": self.convention,
            "input_size": self.input_size,
            "factor": self.factor,
            "text": self.text,
        }


@dataclass(slots=True)
class Question:
    """A declared number that differs, and the hypotheses on it so far.

    Attributes:
        model: The model as the index has it.
        field: Canonical key: ``FLOPs``, ``MACs``, ``Parameters`` or ``File Size``.
        declared: The value in the index.
        measured: What was measured instead, in the field's unit.
        request: What was measured to verify it.
        measurement: What that yielded.
        hypotheses: Best first, no two of the same value.
    """

    model: Model
    field: str
    declared: Value[Any]
    measured: int
    request: Request
    measurement: Measurement
    hypotheses: list[Hypothesis] = with_default(default_factory=list)
    _tried: dict[tuple[int, float], list[Hypothesis]] = with_default(default_factory=dict)
    _like: dict[tuple[int, float], int] = with_default(default_factory=dict)

    @property
    def number(self) -> float:
        """The declared number, in its base unit."""
        return float(self.declared.value or 0)

    @property
    def rounding(self) -> float:
        """The value of one unit in its last digit."""
        number, text = self.number, self.declared.text
        if _CUT_OFF.fullmatch(text.strip()):  # as in `agrees`
            number, text = number + 1, str(int(number) + 1)
        return float(last_digit(number, text))

    @property
    def binary(self) -> float:
        """The factor by which a binary reading of its unit is larger: 1.048576 for ``97.8 MB``."""
        unit = self.declared.unit.strip().lower()
        return 1.0 if "i" in unit else _BINARY.get(unit[:1], 1.0)

    @property
    def explained(self) -> bool:
        """Whether a hypothesis gives the declared number, other than by chance."""
        return bool(self.hypotheses) and self.hypotheses[0].exact

    def add(self, hypotheses: Iterable[Hypothesis]) -> None:
        """Add hypotheses and keep the best ones."""
        if self.number <= 0:
            return
        for found in hypotheses:
            key = (found.value, found.unit)
            if 0.5 <= found.value / found.unit / self.number <= 2:
                least = min(found.assumptions, self._like.get(key, found.assumptions))
                self._like[key] = least
            if self._distance(found) > NEAR * self.number:
                continue
            equal = self._tried.get(key)
            if not equal or _likelihood(found) < _likelihood(equal[0]):
                self._tried[key] = [replace(found, fits=self._fits(found))]
            elif _likelihood(found) == _likelihood(equal[0]):
                equal.append(replace(found, fits=equal[0].fits))
        self._rank()

    @property
    def conventions(self) -> list[str]:
        """The conventions that give the declared number by the best hypothesis, in order."""
        if not self.explained:
            return []
        best = self.hypotheses[0]
        equal = self._tried[best.value, best.unit]
        return list(dict.fromkeys(h.convention for h in equal if h.convention))

    def prefer(self, convention: str) -> None:
        """Among equally likely ways to the same value, keep the one by this convention."""
        for equal in self._tried.values():
            equal.sort(key=lambda h: h.convention != convention)
        self._rank()

    def _rank(self) -> None:
        judged = [self._judged(equal[0]) for equal in self._tried.values()]
        self.hypotheses = sorted(judged, key=self._order)[:KEPT]

    def chance(self, hypothesis: Hypothesis) -> float:
        """Estimate how likely a random number with as many digits would match as this one does.

        The estimate is the share of numbers that fit (their rounding and, for a file, the range of its
        overhead) times the density of the values tried: those between half and twice the number, plus
        those within `NEAR`, where a search may have crowded them. Only values that need as few
        assumptions as this one count. Two digits therefore say almost nothing, three or four are enough
        for a single hypothesis, and a search over hundreds of sizes needs about seven.
        """
        low, high = hypothesis.container or (0, 0)
        width = self.rounding * hypothesis.unit + (high - low)
        if hypothesis.spacing is not None:
            return width / hypothesis.spacing
        most = hypothesis.assumptions
        tried = sum(assumptions <= most for assumptions in self._like.values())
        near = sum(equal[0].assumptions <= most for equal in self._tried.values())
        share = width / (self.number * hypothesis.unit)
        return share * (tried / 1.5 + (near - 1) / (2 * NEAR))

    def _judged(self, hypothesis: Hypothesis) -> Hypothesis:
        if not hypothesis.fits:
            return hypothesis
        if self.chance(hypothesis) < RARE:
            return replace(hypothesis, exact=True)
        return replace(hypothesis, text=f"consistent with {hypothesis.text}")

    def _fits(self, hypothesis: Hypothesis) -> bool:
        if hypothesis.container is None:
            return agrees(self.number, self.declared.text, hypothesis.value)
        low, high = (hypothesis.value + more for more in hypothesis.container)
        number, rounding = (hypothesis.unit * n for n in (self.number, self.rounding / 2))
        return low - rounding <= number <= high + rounding

    def _distance(self, hypothesis: Hypothesis) -> float:
        return abs(hypothesis.value / hypothesis.unit - self.number)

    def _order(self, hypothesis: Hypothesis) -> tuple[float, ...]:
        if hypothesis.fits:
            return (not hypothesis.exact, *_likelihood(hypothesis))
        return (2, self._distance(hypothesis))

    def as_json(self) -> dict[str, Any]:
        """Plain values for ``--format json``."""
        return {
            "model": self.model.name.text,
            "field": self.field,
            "declared": self.declared.value,
            "hypotheses": [h.as_json() for h in self.hypotheses],
        }


def _likelihood(hypothesis: Hypothesis) -> tuple[int, int]:
    """Sort key: fewer assumptions first, then the roundest of the squares with the same count."""
    size = hypothesis.input_size
    return hypothesis.assumptions, -gcd(size[1], 32) if size and size[1] == size[2] else 0


def sizes_of(question: Question, found: Measurement, network: Network | None) -> list[Hypothesis]:
    """Make hypotheses on a question from the parameters or the file of a network.

    Args:
        question: On Parameters or a File Size.
        found: The measurement of the network.
        network: The network; None for the one that the model's name stands for.
    """
    if question.field == "Parameters":
        return _parameters(found, network)
    return _files(question, found, network) if question.field == FILE_SIZE.key else []


def _parameters(found: Measurement, network: Network | None) -> list[Hypothesis]:
    if not found.params:
        return []
    if network:
        text = f"the parameters of {network.words}"
        return [Hypothesis(found.params, text, assumptions=network.assumptions, network=network)]
    both = found.params + (found.buffers or 0)
    return [
        Hypothesis(both, "parameters and buffers together", assumptions=1),
        Hypothesis(4 * found.params, "the bytes of the parameters", assumptions=1),
    ]


_FILES = (
    (1.0, "", 0),
    (0.5, " in half precision", 1),
    (2.0, " and one moment of an optimizer", 1),
    (3.0, " and both moments of Adam", 1),
)


def _files(question: Question, found: Measurement, network: Network | None) -> list[Hypothesis]:
    if not found.state_dict_bytes:
        return []
    tensors = found.state_dict_tensors or 1
    container = (USUAL_CONTAINER[0] * tensors, USUAL_CONTAINER[1] * tensors)
    of = network.words if network else "the state dict"
    assumed = network.assumptions if network else 0
    readings = [(1.0, "", 0)]
    if question.binary != 1:
        unit = question.declared.unit.strip()
        readings.append((question.binary, f", in {unit[0].upper()}iB instead of {unit}", 1))
    ways = [(file, reading) for file in _FILES for reading in readings]
    if network is None:
        del ways[0]  # that is what differs
    elif network.assumptions > 2:
        del ways[1:]  # among so many networks, one would match each of these ways
    return [
        Hypothesis(
            round(factor * found.state_dict_bytes),
            f"the file of {of}{kind}{words}",
            assumptions=assumed + more + yet_more,
            network=network,
            unit=unit,
            container=container,
        )
        for (factor, kind, more), (unit, words, yet_more) in ways
    ]
