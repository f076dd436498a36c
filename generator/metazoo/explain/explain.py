"""Find out how a declared number that differs from the measured one came about.

Published numbers were made by other counters, with images of other sizes, from networks without their
classifier. `explain` tries these and reports which of them gives the declared number to the last digit;
if none does, it reports the nearest. A match with too few digits to rule out chance (see
`Question.chance`) is called consistent and explains nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import sqrt

from metazoo.explain.explanations import Explanation
from metazoo.explain.hypotheses import (
    OPERATIONS,
    RARE,
    Hypothesis,
    Network,
    Question,
    sizes_of,
)
from metazoo.explain.networks import (
    Measure,
    NetworkCatalog,
    Say,
    explain_by_builds,
    explain_by_other_networks,
)
from metazoo.facts import FILE_SIZE, PARAMETERS
from metazoo.index.model import ModelIndex
from metazoo.measure.conventions import CONVENTIONS, Components
from metazoo.measure.measurement import Measurement
from metazoo.measure.records import Records
from metazoo.measure.request import Request
from metazoo.verify.compare import verify_index
from metazoo.verify.run import request_of
from metazoo.verify.sourceless import without_source
from metazoo.verify.verdicts import ModelVerification, Verdict

FIELDS = (*OPERATIONS, PARAMETERS.key, FILE_SIZE.key)
"""The facts that can be explained, under their canonical keys."""

IMAGES = {
    (1546, 1213): "the dog image of the PyTorch Hub examples",
    (500, 375): "the most common size of ImageNet images",
}
"""Width and height of images that counting scripts resized but did not crop."""


@dataclass(frozen=True, slots=True)
class Differences:
    """The differences in an index.

    Attributes:
        questions: The declared numbers that differ, for each model where a requested one does; the
            others help to identify the network.
        unanswered: What can't be compared, each as a sentence with its location: models that could not
            be measured, declared values that are not numbers.
    """

    questions: list[Question]
    unanswered: list[str]


def differences(index: ModelIndex, measure: Measure, fields: Sequence[str]) -> Differences:
    """Measure the models of an index and collect the declared numbers that differ.

    Args:
        index: The index as read.
        measure: Measures what it is asked.
        fields: Canonical keys of the facts to look at.
    """
    requests = {
        id(model): request
        for model in index.models
        if (request := request_of(model, index)) is not None
    }
    known = Records(measure(list(dict.fromkeys(requests.values()))))
    verifications = verify_index(
        index, lambda model: known.find(requests[id(model)]) if id(model) in requests else None
    )
    questions = _questions(verifications, index)
    asked = {id(q.model) for q in questions if q.field in fields}
    unanswered = [
        sentence
        for v in verifications
        if id(v.model) in requests
        for sentence in _unanswered(v, fields)
    ]
    sourceless = without_source(index, index.models)
    if sourceless is not None:
        unanswered.insert(0, f"{sourceless.location}: {sourceless.message}. {sourceless.hint}")
    return Differences([q for q in questions if id(q.model) in asked], unanswered)


def _unanswered(verification: ModelVerification, fields: Sequence[str]) -> Iterator[str]:
    name, measurement = verification.model.name, verification.measurement
    if measurement is None or measurement.error:
        why = measurement.error if measurement else "it was not measured"
        yield f"{name.location}: {name.text}: could not be measured: {why}"
        return
    for verdict in verification.fields:
        declared = verdict.declared
        if verdict.field in fields and declared and not isinstance(declared.value, int | float):
            yield (
                f"{declared.location}: {name.text}: {verdict.field} can't be compared:"
                f" {verdict.reason}"
            )


def explain_differences(
    verifications: Sequence[ModelVerification],
    index: ModelIndex,
    measure: Measure,
    catalog: NetworkCatalog,
    say: Say = lambda _text: None,
) -> list[Explanation]:
    """Explain the differences that have no explanation yet, where something gives the exact number.

    Args:
        verifications: The result of verifying, with the explanations on record.
        index: The index that was verified.
        measure: Measures what it is asked.
        catalog: Where other networks are looked up.
        say: Reports what was searched.
    """
    questions = _questions(verifications, index)
    if questions:
        explain(questions, measure, catalog, say)
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
            request,
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
        and (request := request_of(v.model, index)) is not None
    ]


def explain(
    questions: list[Question],
    measure: Measure,
    catalog: NetworkCatalog,
    say: Say = lambda _text: None,
) -> None:
    """Search for hypotheses on each question and add them to it.

    Args:
        questions: Numbers that differ. Their models are measured again at other sizes.
        measure: Measures what it is asked.
        catalog: Where other networks are looked up.
        say: Reports what was searched.
    """
    sizes = [q for q in questions if q.field not in OPERATIONS]
    for question in sizes:
        question.add(_hypotheses(question, question.measurement))
    explain_by_builds(_unexplained(sizes), measure, _hypotheses)
    explain_by_other_networks(_unexplained(sizes), measure, catalog, say)
    _apply_networks_found(questions, measure)
    operations = [q for q in questions if q.field in OPERATIONS]
    _explain_operations(operations, measure)
    explain_by_builds(_unexplained(operations), measure, _hypotheses)
    best = _commonest(convention for q in operations for convention in q.conventions)
    if best:
        for question in operations:
            question.prefer(best)


def _commonest(conventions: Iterable[str]) -> str:
    """Return the most frequent convention, the first in `CONVENTIONS` on a tie; empty if there is none."""
    times = Counter(conventions)
    return max((name for name in CONVENTIONS if times[name]), key=times.__getitem__, default="")


def _unexplained(questions: list[Question]) -> list[Question]:
    return [q for q in questions if not q.explained]


def summary(questions: list[Question], fields: Sequence[str] = FIELDS) -> list[str]:
    """Summarize how many numbers are explained, which convention explains most, and what is left.

    Only the best hypothesis on each number counts, which is the one printed with it.

    Args:
        questions: The numbers that differ, after `explain`.
        fields: The facts that were looked at.
    """
    if not questions:
        return [f"No declared {_in_words(fields, 'or')} differ."]
    return [
        _summary_of([q for q in questions if q.field in group])
        for group in (OPERATIONS, (PARAMETERS.key,), (FILE_SIZE.key,))
        if any(q.field in group for q in questions)
    ]


def _summary_of(questions: list[Question]) -> str:
    fields = dict.fromkeys(q.field for q in questions)
    explained = [q for q in questions if q.explained]
    said = (
        f"{len(explained)} of {len(questions)} declared {_in_words(fields, 'and')} that differ are"
        " explained to the last digit"
    )
    ways = [q.hypotheses[0].convention or "" for q in explained]
    best = _commonest(ways)
    if not best:
        return f"{said}."
    rest = [
        f"{q.model.name.text} ({q.hypotheses[0].convention if q.explained else 'unexplained'})"
        for q in questions
        if not q.explained or q.hypotheses[0].convention != best
    ]
    said += f"; the convention {best} alone explains {ways.count(best)}."
    return f"{said} The rest: {', '.join(rest)}." if rest else said


def _in_words(names: Iterable[str], last: str) -> str:
    *first, final = names
    return f"{', '.join(first)} {last} {final}" if first else final


def _apply_networks_found(questions: list[Question], measure: Measure) -> None:
    """Try the network that explains one number of a model on its other numbers.

    Networks that are only consistent with a number are tried as well, because exact operations can
    confirm them.
    """
    for field in (PARAMETERS.key, FILE_SIZE.key):
        networks: dict[int, dict[Network, None]] = defaultdict(dict)
        for question in questions:
            if question.field != field:
                continue
            for h in question.hypotheses:
                if h.network and h.fits and h.exact == question.explained:
                    network = replace(h.network, assumptions=0) if h.exact else h.network
                    networks[id(question.model)][network] = None
        for question in _unexplained(questions):
            sizes = _likely_sizes(question) if question.field in OPERATIONS else [None]
            for network in networks[id(question.model)]:
                asked = [
                    replace(network.request, input_size=size, components=True) for size in sizes
                ]
                for measurement in measure(asked):
                    question.add(_hypotheses(question, measurement, network))


def _hypotheses(
    question: Question, measurement: Measurement, network: Network | None = None
) -> Iterable[Hypothesis]:
    """Make all hypotheses on a question from the measurement of a network."""
    if question.field in OPERATIONS:
        return _counts(question, measurement, network)
    return sizes_of(question, measurement, network)


def _explain_operations(questions: list[Question], measure: Measure) -> None:
    tried: dict[int, set[tuple[int, int, int]]] = defaultdict(set)
    learned: Counter[tuple[int, int]] = Counter()
    for stage in ("likely", "learned", "by ratio"):
        asked: dict[Request, list[Question]] = defaultdict(list)
        for question in questions:
            if question.explained:
                continue
            if stage == "likely":
                sizes = _likely_sizes(question)
            elif stage == "learned":
                sizes = [(3, *size) for size, _count in learned.most_common(3)]
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
                question.add(_hypotheses(question, measurement))
        for question in questions:
            if question.explained:
                explaining = question.hypotheses[0].input_size
                if explaining is not None:
                    learned[explaining[1:]] += 1


def _own_size(question: Question) -> tuple[int, int, int]:
    return question.measurement.input_size or (3, 224, 224)


def _likely_sizes(question: Question) -> list[tuple[int, int, int]]:
    """Return the model's own sizes, square and as images that were resized but not cropped."""
    facts = question.measurement.facts
    own = _own_size(question)
    sizes = [own]
    if facts is not None:
        sizes += [size for size in (facts.input_size, facts.test_input_size) if size]
    wide = [
        (size[0], size[1], size[1] * width // height)
        for width, height in IMAGES
        for size in dict.fromkeys(sizes)
    ]
    return list(dict.fromkeys([*sizes, *wide]))


def _sizes_by_ratio(question: Question) -> list[tuple[int, int, int]]:
    """Estimate from the ratio of declared to measured at which sizes the number was counted.

    Operations grow with the number of pixels, so the ratio gives the number of pixels.
    """
    channels, height, width = _own_size(question)
    macs = question.measurement.macs
    # With this few digits, a match would mean nothing.
    if not macs or question.number <= 0 or question.rounding / question.number >= RARE:
        return []
    sizes = []
    for factor in _FACTORS:
        ratio = question.number / macs / factor
        if not 0.2 < ratio < 5:
            continue
        side = round(height * sqrt(ratio))
        # Odd sizes are rounded up at every halving, so the true side may be well below.
        below = side // 14
        sizes += [(channels, s, s) for s in range(side - below, side + 4) if s > 0]
        longer = round(width * ratio)
        slack = max(2, round(0.015 * longer))
        sizes += [(channels, height, w) for w in range(longer - slack, longer + slack + 1) if w > 0]
    return sizes


_FACTORS = {1.0: "", 2.0: "twice ", 0.5: "half of "}


def _counts(
    question: Question, measurement: Measurement, network: Network | None = None
) -> Iterator[Hypothesis]:
    """Make a hypothesis for each convention's count of one pass, with and without parts that tools miss."""
    if measurement.error or not measurement.input_size:
        return
    size = measurement.input_size
    place = _size_in_words(size, _own_size(question))
    of = f", of {network.words}" if network else ""
    other_classifier = network is not None and network.request.num_classes is not None
    for convention in CONVENTIONS.values():
        for value, parts, assumptions in _variants(convention.name, measurement.components):
            if other_classifier and "classifier" in parts:
                continue  # without it, how many classes it has makes no difference
            for factor, words in _FACTORS.items():
                yield Hypothesis(
                    round(factor * value),
                    f"{words}what {convention.name} counts at {place}{parts}{of}",
                    convention=convention.name,
                    input_size=size,
                    factor=factor,
                    network=network,
                    assumptions=assumptions
                    + (network.assumptions if network else 0)
                    + (size != _own_size(question))
                    + (2 if factor != 1 else 0)
                    + (0 if convention.name == "torch" else 1),
                )


def _variants(convention: str, components: Components) -> Iterator[tuple[int, str, int]]:
    """Yield the count by a convention, then with parts added or left out: value, words, assumptions."""
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
    for (w, h), whose in IMAGES.items():
        if width == height * w // h:
            return f"{words} ({whose}, {w}×{h}, resized but not cropped)"
    return words
