"""Find the network that a declared number belongs to, where it is not the one the name stands for."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from metazoo.explain.hypotheses import (
    RARE,
    Hypothesis,
    Network,
    Question,
    sizes_of,
)
from metazoo.measure.cache import Cache
from metazoo.measure.measurement import Measurement
from metazoo.measure.records import read_records
from metazoo.measure.request import Request
from metazoo.measure.versions import installed_versions

Measure = Callable[[list[Request]], Iterator[Measurement]]
"""Measures what it is asked, and yields each measurement as soon as it is done."""
Say = Callable[[str], None]
"""Reports a line of progress."""

USUAL_CLASSES = (10, 100, 365, 1000, 1001, 11221, 11821, 21841, 21843)
"""Class counts of CIFAR, Places, ImageNet with and without a background class, and its larger editions."""

MOST_CLASSES = 50_000
"""Numbers of classes above this are not considered."""

_ALIKE = 25
"""Architectures with similar names that are measured when looking for these exact sizes."""


@dataclass(frozen=True, slots=True)
class NetworkCatalog:
    """The networks of each source, to look up what a declared number may belong to.

    Attributes:
        names: The architectures of a source.
        known: Measurements of a source that are already there.
    """

    names: Callable[[str], list[str]]
    known: Callable[[str], Iterable[Measurement]] = lambda _source: ()


def catalog_on_record(
    names: Callable[[str], list[str]], records: Path | None, cache: Cache | None, say: Say
) -> NetworkCatalog:
    """Make a catalog of a folder of records and of the cache on this machine.

    Args:
        names: The architectures of a source.
        records: The folder; None for none.
        cache: What this machine has measured; None for none.
        say: Reports records that can't be read.
    """
    return NetworkCatalog(names, partial(_known, names, records, cache, say))


def _known(
    names: Callable[[str], list[str]],
    records: Path | None,
    cache: Cache | None,
    say: Say,
    source: str,
) -> Iterator[Measurement]:
    """Measurements of a source's networks as it builds them by default, with the installed versions."""
    if records is not None:
        versions = installed_versions(source)
        for m in read_records(records, lambda error: say(str(error))):
            same = all(m.versions.get(name) == version for name, version in versions.items())
            if m.source == source and same and m.num_classes is None and not m.reparameterized:
                yield m
    if cache is not None:
        for name in names(source):
            if (found := cache.measurement(Request(name, source))) is not None:
                yield found


def explain_by_builds(
    questions: list[Question],
    measure: Measure,
    hypotheses: Callable[[Question, Measurement, Network | None], Iterable[Hypothesis]],
) -> None:
    """Try other builds of the same architecture.

    They are: without the classifier, with other numbers of classes, reparameterized for inference, and
    with the other tags that the source has for it.

    Args:
        questions: The numbers to explain; hypotheses are added to them.
        measure: Measures what it is asked.
        hypotheses: Makes hypotheses on a question from the measurement of a network.
    """
    asking: dict[Request, list[Question]] = defaultdict(list)
    for question in questions:
        asking[question.request].append(question)
    builds = {request: _builds(request, those[0]) for request, those in asking.items()}
    singles = {_with_classes(request, 1): request for request in asking}
    for single, m in _measured(singles, measure):
        request = singles[single]
        classes = {k for question in asking[request] for k in _solved_classes(question, m)}
        builds[request] += [_network(request, k) for k in sorted(classes - set(USUAL_CLASSES))]
    networks = {
        network.request: (request, network)
        for request, those in builds.items()
        for network in those
    }
    for built, m in _measured(networks, measure):
        request, network = networks[built]
        for question in asking[request]:
            solved = built.num_classes not in (None, 0, *USUAL_CLASSES)
            spacing = _parameters_per_class(question.measurement, m) if solved else None
            found = hypotheses(question, m, network)
            question.add(replace(h, spacing=spacing) for h in found)


def _measured(
    requests: Iterable[Request], measure: Measure
) -> Iterator[tuple[Request, Measurement]]:
    """Yield each request with its measurement, except those that failed."""
    asked = {_identity(r): r for r in requests}
    for m in measure(list(asked.values())):
        key = (m.source, m.model, m.input_size, m.num_classes, m.reparameterized)
        if m.error is None:
            yield asked[key] if key in asked else asked[(*key[:2], None, *key[3:])], m


def _identity(r: Request) -> tuple[object, ...]:
    return r.source, r.model, r.input_size, r.num_classes, r.reparameterize


def _with_classes(request: Request, classes: int) -> Request:
    return replace(request, num_classes=classes, components=True)


def _network(request: Request, classes: int) -> Network:
    words = f"the network with {classes:,} classes"
    return Network(_with_classes(request, classes), words, assumptions=2)


def _builds(request: Request, question: Question) -> list[Network]:
    own = question.measurement
    tags = own.facts.tags if own.facts else ()
    named = {f"{own.architecture}.{tag}" for tag in tags} - {own.model, own.resolved_name}
    return [
        Network(_with_classes(request, 0), "the network without its classifier"),
        *(_network(request, k) for k in USUAL_CLASSES if k != classes_of(own)),
        Network(
            replace(request, reparameterize=True, components=True), "the network reparameterized"
        ),
        *(
            Network(replace(request, model=name, input_size=None, components=True), name)
            for name in sorted(named)
        ),
    ]


def classes_of(measurement: Measurement) -> int | None:
    """Return the number of classes, or None if the output is not one row of logits."""
    shape = measurement.output_shape
    if shape is None or len(shape) != 2 or not isinstance(shape[1], int):
        return None
    return shape[1]


def _parameters_per_class(own: Measurement, other: Measurement) -> int | None:
    """Return the parameters that each class takes, from builds with two numbers of classes."""
    one, many = classes_of(other), classes_of(own)
    if not one or not many or one == many or own.params is None or other.params is None:
        return None
    each, rest = divmod(own.params - other.params, many - one)
    return each if rest == 0 and each > 0 else None


def _solved_classes(question: Question, single: Measurement) -> Iterator[int]:
    """Solve for the number of classes that gives exactly the declared parameters.

    Any number of parameters is within one class's parameters of some number of classes, so only
    numbers that are much more precise than that are used.
    """
    each = _parameters_per_class(question.measurement, single)
    if question.field != "Parameters" or each is None or single.params is None:
        return
    if question.rounding / each >= RARE:
        return
    more, rest = divmod(int(question.number) - single.params, each)
    if rest == 0 and 0 < more < MOST_CLASSES:
        yield 1 + more


def explain_by_other_networks(
    questions: list[Question], measure: Measure, catalog: NetworkCatalog, say: Say
) -> None:
    """Look for another architecture of the source with these parameters or this file size.

    All networks already measured are searched; of the others, those with similar names are measured.

    Args:
        questions: On Parameters and File Size; hypotheses are added to them.
        measure: Measures what it is asked.
        catalog: The networks to search.
        say: Reports what was searched.
    """
    by_source: dict[str, list[Question]] = defaultdict(list)
    for question in questions:
        by_source[question.request.source].append(question)
    for source, those in by_source.items():
        names = catalog.names(source)
        known = [m for m in catalog.known(source) if m.error is None]
        seen = {m.architecture for m in known}
        alike = {id(q): _alike(q, names) for q in those}
        unseen = dict.fromkeys(n for like in alike.values() for n in like if n not in seen)
        measured = [m for m in measure([Request(n, source) for n in unseen]) if m.error is None]
        networks = _named([*known, *measured])
        for question in those:
            # A network with a dissimilar name takes one more assumption.
            near = set(alike[id(question)])
            question.add(
                found
                for m, name in networks
                for found in sizes_of(
                    question,
                    m,
                    Network(Request(name, source), name, 3 if m.architecture in near else 4),
                )
            )
        looked = len((seen | {m.architecture for m in measured}) & set(names))
        say(
            f"Searched {looked:,} of the {len(names):,} architectures of {source} for networks with these"
            " parameters or file sizes: those measured before and those with similar names."
        )


def _alike(question: Question, names: list[str]) -> list[str]:
    stem = question.model.name.text.partition(".")[0]
    found = difflib.get_close_matches(stem, names, n=_ALIKE, cutoff=0.6)
    return [name for name in found if name != question.measurement.architecture]


def _named(measurements: list[Measurement]) -> list[tuple[Measurement, str]]:
    """Return each with its name, which has a tag only where tags of the architecture differ in size."""
    sizes: dict[str, set[int | None]] = defaultdict(set)
    for m in measurements:
        sizes[m.architecture or m.model].add(m.params)
    named = []
    for m in sorted(measurements, key=lambda m: (m.model.count("."), m.model)):
        architecture = m.architecture or m.model
        named.append((m, architecture if len(sizes[architecture]) == 1 else m.model))
    return named
