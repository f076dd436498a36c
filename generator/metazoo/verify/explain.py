"""Where does a declared number come from, if not from what was measured?

Published numbers were made by other counters, on pictures of other sizes, of networks without their
classifier. `explain` tries these out, and says under which of them the declared number comes out to
the last digit; where none does, it gives the nearest.
"""

from __future__ import annotations

import difflib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as with_default
from math import sqrt
from typing import Any

from metazoo.index.model import Model, ModelIndex, Value
from metazoo.measure.conventions import CONVENTIONS, Components
from metazoo.measure.measurement import Measurement
from metazoo.measure.records import Records
from metazoo.measure.request import Request
from metazoo.verify.compare import verify_index
from metazoo.verify.explanations import Explanation
from metazoo.verify.run import request_of
from metazoo.verify.tolerance import agrees
from metazoo.verify.verdicts import ModelVerification, Verdict

Measure = Callable[[list[Request]], Iterator[Measurement]]

PICTURES = {
    (1546, 1213): "the dog of PyTorch's hub examples",
    (500, 375): "the commonest size of ImageNet's pictures",
}
"""Width and height of pictures that counting scripts fed to models, resized but not cropped."""

NEAR = 0.02
"""A hypothesis further off than this share of the declared number explains nothing."""

USUAL_CONTAINER = (50, 400)
"""Bytes that a checkpoint file has beyond its tensors, for each of them: fewest and most.

The tolerance of verification is wider, since it must not cry wolf; an explanation must not be taken
for one by chance.
"""

KEPT = 5
"""Hypotheses given for one number."""


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One way in which a declared number may have come about.

    Attributes:
        value: What this way of counting gives.
        exact: Whether that is the declared number, as far as its digits say.
        text: The hypothesis as a clause: ``thop 0.0.31 counts it at 224×285``.
        convention: The convention's name, for operations.
        input_size: Channels, height, width, for operations.
        factor: What the count was multiplied with.
        assumptions: How much had to be assumed; of two that fit, the one with less is likelier.
    """

    value: int
    exact: bool
    text: str
    convention: str | None = None
    input_size: tuple[int, int, int] | None = None
    factor: float = 1.0
    assumptions: int = 0

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
    """A declared number that differs, and what was found on it so far.

    Attributes:
        model: The model as the index has it.
        field: Canonical key: ``FLOPs``, ``Parameters`` or ``File Size``.
        declared: The value in the index.
        measured: What was measured instead, in the field's unit.
        request: What was measured to verify it.
        measurement: What that yielded.
        hypotheses: Best first.
    """

    model: Model
    field: str
    declared: Value[Any]
    measured: int
    request: Request
    measurement: Measurement
    hypotheses: list[Hypothesis] = with_default(default_factory=list)

    @property
    def number(self) -> float:
        """The declared number, in its base unit."""
        return float(self.declared.value or 0)

    @property
    def explained(self) -> bool:
        """Whether a hypothesis gives the declared number to the last digit."""
        return bool(self.hypotheses) and self.hypotheses[0].exact

    def add(self, hypotheses: Iterable[Hypothesis]) -> None:
        """Weigh more hypotheses, and keep the best."""
        declared = self.number
        found = {h.text: h for h in (*self.hypotheses, *hypotheses)}
        self.hypotheses = sorted(
            (h for h in found.values() if abs(h.value - declared) <= NEAR * declared),
            key=lambda h: (not h.exact, h.assumptions if h.exact else 0, abs(h.value - declared)),
        )[:KEPT]

    def hypothesis(
        self, value: float, text: str, *, tensors: int = 0, **details: Any
    ) -> Hypothesis:
        """A hypothesis on this number; whether it fits is found out here.

        Args:
            value: What the hypothesis gives.
            text: The hypothesis in words.
            tensors: Of a file: how many tensors lie in it. A file is a little larger than them.
            details: The other attributes of a hypothesis.
        """
        whole = round(value)
        if tensors:
            low, high = (bytes_ * tensors for bytes_ in USUAL_CONTAINER)
            exact = low <= self.number - whole <= high
        else:
            exact = agrees(self.number, self.declared.text, whole)
        return Hypothesis(whole, exact, text, **details)

    def as_json(self) -> dict[str, Any]:
        """Plain values for ``--format json``."""
        return {
            "model": self.model.name.text,
            "field": self.field,
            "declared": self.declared.value,
            "hypotheses": [h.as_json() for h in self.hypotheses],
        }


def questions_of(index: ModelIndex, measure: Measure, fields: Sequence[str]) -> list[Question]:
    """Measure the models of an index, and gather every declared number that differs.

    Args:
        index: The index as read.
        measure: Measures what it is asked.
        fields: Canonical keys of the facts to look at.
    """
    requests = {id(model): request_of(model, index) for model in index.models}
    known = Records(measure(list(dict.fromkeys(requests.values()))))
    verifications = verify_index(index, lambda model: known.find(requests[id(model)]))
    return [q for q in _questions(verifications, index) if q.field in fields]


def explain_differences(
    verifications: Sequence[ModelVerification],
    index: ModelIndex,
    measure: Measure,
    names: Callable[[], list[str]],
) -> list[Explanation]:
    """Explain what differs and is not explained yet, as far as something gives the exact number.

    Args:
        verifications: What verifying came to, with the explanations that are on record.
        index: The index that was verified.
        measure: Measures what it is asked.
        names: The architectures of the source.
    """
    questions = _questions(verifications, index)
    if questions:
        explain(questions, measure, names)
    return [
        Explanation(
            question.model.name.text,
            question.field,
            int(question.number) if question.number.is_integer() else question.number,
            question.measured,
            f"it is {question.hypotheses[0].text}",
        )
        for question in questions
        if question.explained
    ]


def _questions(verifications: Iterable[ModelVerification], index: ModelIndex) -> list[Question]:
    return [
        Question(
            v.model,
            verdict.field,
            verdict.declared,
            verdict.measured,
            request_of(v.model, index),
            v.measurement,
        )
        for v in verifications
        for verdict in v.fields
        if verdict.verdict is Verdict.DIFFERS
        and not verdict.reason
        and verdict.declared is not None
        and isinstance(verdict.declared.value, int | float)
        and verdict.measured is not None
        and v.measurement is not None
    ]


def explain(questions: list[Question], measure: Measure, names: Callable[[], list[str]]) -> None:
    """Look for hypotheses on every question; they are added to it.

    Args:
        questions: Numbers that differ. Their models are measured again, at other sizes.
        measure: Measures what it is asked.
        names: The architectures of the source, among which another network may be found.
    """
    operations = [q for q in questions if q.field == "FLOPs"]
    _explain_operations(operations, measure)
    others = [q for q in questions if q.field != "FLOPs"]
    _explain_sizes(others)
    unexplained = [q for q in questions if not q.explained]
    _look_for_other_networks(unexplained, measure, names)


def summary(questions: list[Question]) -> str:
    """Say which single convention explains most of the operations declared, and of how many."""
    operations = [q for q in questions if q.field == "FLOPs"]
    if not operations:
        return "No declared FLOPs differ."
    ways: Counter[str] = Counter()
    for question in operations:
        ways.update({h.convention for h in question.hypotheses if h.exact and h.convention})
    if not ways:
        return f"No convention explains any of the {len(operations)} declared FLOPs exactly."
    name, count = ways.most_common(1)[0]
    explained = sum(q.explained for q in operations)
    return (
        f"Of {len(operations)} declared FLOPs that differ, {explained} are explained to the last"
        f" digit; the convention {name} alone explains {count}."
    )


def _explain_operations(questions: list[Question], measure: Measure) -> None:
    tried: dict[int, set[tuple[int, int, int]]] = defaultdict(set)
    learnt: Counter[tuple[int, int]] = Counter()
    for stage in ("likely", "learnt", "by ratio"):
        asked: dict[Request, list[Question]] = defaultdict(list)
        for question in questions:
            if question.explained:
                continue
            if stage == "likely":
                sizes = _likely_sizes(question)
            elif stage == "learnt":
                sizes = [(3, *size) for size, _count in learnt.most_common(3)]
            else:
                sizes = _sizes_by_ratio(question)
            for size in sizes:
                if size not in tried[id(question)]:
                    tried[id(question)].add(size)
                    request = replace(question.request, input_size=size, components=True)
                    asked[request].append(question)
        waiting = {(r.source, r.model, r.input_size): those for r, those in asked.items()}
        for measurement in measure(list(asked)):
            for question in waiting[measurement.source, measurement.model, measurement.input_size]:
                question.add(_counts(question, measurement))
        for question in questions:
            if question.explained:
                explaining = question.hypotheses[0].input_size
                if explaining is not None:
                    learnt[explaining[1:]] += 1


def _own_size(question: Question) -> tuple[int, int, int]:
    return question.measurement.input_size or (3, 224, 224)


def _likely_sizes(question: Question) -> list[tuple[int, int, int]]:
    """The model's own sizes, square and as pictures that were resized but not cropped."""
    facts = question.measurement.facts
    own = _own_size(question)
    sizes = [own]
    if facts is not None:
        sizes += [size for size in (facts.input_size, facts.test_input_size) if size]
    wide = [
        (size[0], size[1], size[1] * width // height)
        for width, height in PICTURES
        for size in dict.fromkeys(sizes)
    ]
    return list(dict.fromkeys([*sizes, *wide]))


def _sizes_by_ratio(question: Question) -> list[tuple[int, int, int]]:
    """Sizes at which the count would be about what is declared, from their ratio.

    Operations grow with the number of pixels; so the ratio says how many there were.
    """
    channels, height, width = _own_size(question)
    macs = question.measurement.macs
    if not macs:
        return []
    sizes = []
    for factor in (1, 2):
        ratio = question.number / macs / factor
        if not 0.2 < ratio < 5:
            continue
        side = round(height * sqrt(ratio))
        # Odd sizes are rounded up at every halving, so the true side may be well below.
        below = side // 14
        sizes += [(channels, s, s) for s in range(side - below, side + 4) if s > 0]
        longer = round(width * ratio)
        slack = max(2, round(0.015 * longer))
        sizes += [(channels, height, w) for w in range(longer - slack, longer + slack + 1)]
    return sizes


_FACTORS = {1.0: "", 2.0: "twice ", 0.5: "half of "}


def _counts(question: Question, measurement: Measurement) -> Iterator[Hypothesis]:
    """Every convention's count of one pass, with and without parts that tools miss."""
    if measurement.error or not measurement.input_size:
        return
    size = measurement.input_size
    place = _size_in_words(size, _own_size(question))
    for convention in CONVENTIONS.values():
        for value, parts, assumptions in _variants(convention.name, measurement.components):
            for factor, words in _FACTORS.items():
                yield question.hypothesis(
                    factor * value,
                    f"{words}what {convention.name} counts at {place}{parts}",
                    convention=convention.name,
                    input_size=size,
                    factor=factor,
                    assumptions=assumptions
                    + (size != _own_size(question))
                    + (2 if factor != 1 else 0)
                    + (0 if convention.name == "torch" else 1),
                )


def _variants(convention: str, components: Components) -> Iterator[tuple[int, str, int]]:
    """The count by a convention, and with parts added or left out: value, words, assumptions."""
    base = CONVENTIONS[convention].count(components)
    classifier = components.get("layer.classifier", 0)
    choices = [(0, "", 0)]
    if classifier:
        choices.append((-classifier, "without the classifier", 1))
    if convention.startswith("thop"):
        linear = components.get("layer.linear", 0)
        if linear not in (0, classifier):
            choices.append((-linear, "without any linear layer", 1))
        norms = (2 if convention == "thop-2020" else 4) * components.get("subclass.batch_norm", 0)
        convs = components.get("subclass.conv", 0)
        leaky = 0
        if convention == "thop-2020":
            convs += components.get("subclass.conv_bias", 0)
            leaky = components.get("layer.leaky_relu", 0)
        more = [(norms, "batch norms of classes made from torch's")] if norms else []
        more += [(convs, "convolutions of classes made from torch's")] if convs else []
        more += [(norms + convs, "layers of classes made from torch's")] if norms and convs else []
        more += [(-leaky, "leaky ReLUs fused into norms")] if leaky else []
        choices += [
            (less + extra, f"{words}{', ' if words else ''}with {what}", count + 1)
            for extra, what in more
            for less, words, count in tuple(choices)
        ]
    for difference, words, count in choices:
        yield base + difference, f", {words}" if words else "", count


def _size_in_words(size: tuple[int, int, int], own: tuple[int, int, int]) -> str:
    _channels, height, width = size
    words = f"{height}×{width}"
    if size == own:
        return words
    for (w, h), whose in PICTURES.items():
        if width == height * w // h:
            return f"{words} (a picture of {w}×{h}, {whose}, resized and not cropped)"
    return words


def _explain_sizes(questions: list[Question]) -> None:
    for question in questions:
        m = question.measurement
        if question.field == "File Size" and m.state_dict_bytes:
            question.add(
                question.hypothesis(
                    factor * m.state_dict_bytes,
                    text,
                    tensors=m.state_dict_tensors or 1,
                    assumptions=1,
                )
                for factor, text in (
                    (0.5, "the file of the state dict in half precision"),
                    (2, "the file of the state dict and one moment of an optimizer"),
                    (3, "the file of the state dict and both moments of Adam"),
                )
            )
        elif question.field == "Parameters" and m.params:
            question.add(
                question.hypothesis(value, text, assumptions=1)
                for value, text in (
                    (m.params + (m.buffers or 0), "parameters and buffers together"),
                    (4 * m.params, "the bytes of the parameters"),
                )
            )


def _look_for_other_networks(
    questions: list[Question], measure: Measure, names: Callable[[], list[str]]
) -> None:
    """Look among architectures of like names for one that has just these sizes."""
    wanted: dict[str, list[Question]] = defaultdict(list)
    for question in questions:
        if question.field == "FLOPs":
            continue
        stem = question.model.name.text.partition(".")[0]
        for name in difflib.get_close_matches(stem, names(), n=25, cutoff=0.6):
            if name != question.measurement.architecture:
                wanted[name].append(question)
        if question.field == "Parameters":
            _try_other_builds(question, measure)
    sources = {q.request.source for q in questions}
    networks: dict[str, str] = {}
    for m in measure([Request(name, source) for source in sources for name in wanted]):
        for question in wanted[m.model]:
            if question.field == "Parameters" and m.params:
                found = question.hypothesis(m.params, f"the parameters of {m.model}", assumptions=2)
                if found.exact:
                    networks[question.model.name.text] = m.model
            else:
                found = question.hypothesis(
                    m.state_dict_bytes or 0,
                    f"the file of {m.model}",
                    tensors=m.state_dict_tensors or 1,
                    assumptions=2,
                )
            question.add([found])
    _count_other_networks([q for q in questions if q.field == "FLOPs"], networks, measure)


def _count_other_networks(
    questions: list[Question], networks: dict[str, str], measure: Measure
) -> None:
    """Where the parameters are those of another network, its operations may be declared, too."""
    for question in questions:
        network = networks.get(question.model.name.text)
        if network is None:
            continue
        requests = [
            replace(question.request, model=network, input_size=size, components=True)
            for size in _likely_sizes(question)
        ]
        for measurement in measure(requests):
            question.add(
                replace(h, text=f"{h.text}, of {network}", assumptions=h.assumptions + 1)
                for h in _counts(question, measurement)
            )


def _try_other_builds(question: Question, measure: Measure) -> None:
    """The network without its classifier, with that of ImageNet-22k, or folded for inference."""
    builds = {
        replace(question.request, num_classes=0): "the network without its classifier",
        replace(question.request, num_classes=21841): "the network with 21,841 classes",
        replace(question.request, num_classes=21843): "the network with 21,843 classes",
    }
    words = {r.num_classes: text for r, text in builds.items()}
    for measurement in measure(list(builds)):
        if measurement.params:
            text = words[measurement.num_classes]
            question.add([question.hypothesis(measurement.params, text, assumptions=1)])
