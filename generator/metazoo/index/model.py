"""The model index as typed objects: what a zoo says of its models, and where it says it.

Everything after the reader works on these. A `Value` keeps three things together that other tools
tear apart: what a value means, how it was written, and the file, line and column where it stands.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar

from metazoo.findings import Finding, Location
from metazoo.inputs import Inputs
from metazoo.metrics import STANDARD, Metrics

T = TypeVar("T")


@dataclass(slots=True)
class Value(Generic[T]):
    """One value of the index. Not to be changed; only for speed it isn't frozen.

    Attributes:
        value: What it means; None where the text could not be understood as its kind.
        text: As written, without quotes. Of a list or mapping, the empty string.
        location: Where the value begins.
        unit: The unit as written (``%``, ``GFLOPs``), or the empty string.
        key: The key as written, or the empty string for a list's item.
        key_location: Where the key begins; `location` for a list's item.
        inherited: Whether a model took this from its collection.
        extra: Of a text that is written as a mapping with a name (``Dataset: {Name: …, Split: …}``),
            and of a metric that is one, what else the mapping says; None where there is nothing.
    """

    value: T | None
    text: str
    location: Location
    unit: str = ""
    key: str = ""
    key_location: Location | None = None
    inherited: bool = False
    extra: dict[str, Value[Any]] | None = None


@dataclass(slots=True)
class StatedInputs(Value[Inputs]):
    """The value of ``Inputs``.

    Attributes:
        written: Its items as written, each a mapping of values under canonical keys; also where their
            values could not be understood.
        misshapen: Whether a part of it has the wrong shape, so that nothing is kept of it.
    """

    written: tuple[Value[Any], ...] = ()
    misshapen: bool = False


@dataclass(frozen=True, slots=True)
class Metadata:
    """A ``Metadata`` mapping: values under canonical keys, in the order written.

    Known keys (see `metazoo.index.fields`) stand under their canonical spelling, unknown ones as
    written; none is dropped. Values of known keys are of the field's kind: int or float for counts
    and rates, a list of `Value[str]` for lists, str for text.
    """

    values: dict[str, Value[Any]] = field(default_factory=dict)

    def __iter__(self) -> Iterator[str]:
        return iter(self.values)

    def __contains__(self, key: str) -> bool:
        return key in self.values

    def get(self, key: str) -> Value[Any] | None:
        """The value under a canonical key, or None."""
        return self.values.get(key)

    def number(self, key: str) -> int | float | None:
        """The number under a canonical key; None where it is missing or not a number."""
        found = self.values.get(key)
        value = found.value if found else None
        return value if isinstance(value, (int, float)) else None

    def texts(self, key: str) -> list[str]:
        """The items of a list field as text; empty where it is missing."""
        found = self.values.get(key)
        if found is None or not isinstance(found.value, list):
            return []
        return [i.text for i in found.value if isinstance(i, Value) and i.value is not None]

    def text(self, key: str) -> str | None:
        """The text of a scalar field as written, or None."""
        found = self.values.get(key)
        return found.text if found and found.text else None


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper that describes a model or a collection, as structured fields."""

    location: Location
    title: Value[str] | None = None
    url: Value[str] | None = None
    authors: list[Value[str]] = field(default_factory=list)
    year: Value[int] | None = None
    venue: Value[str] | None = None
    arxiv: Value[str] | None = None
    extra: dict[str, Value[Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Code:
    """Where the code of a model stands."""

    location: Location
    url: Value[str] | None = None
    version: Value[str] | None = None
    extra: dict[str, Value[Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MetricValue:
    """One figure of a result: ``Top 1 Accuracy: 79.3%``. Percentages are 0 to 100.

    The number is in the unit that is written with it; `metazoo.metrics.Metrics.figure` converts it.
    """

    name: str
    value: Value[float]


@dataclass(frozen=True, slots=True)
class Result:
    """What a model reached on one dataset."""

    location: Location
    task: Value[str] | None = None
    dataset: Value[str] | None = None
    metrics: list[MetricValue] = field(default_factory=list)
    extra: dict[str, Value[Any]] = field(default_factory=dict)


@dataclass(slots=True)
class Collection:
    """A family of models that share a paper, components and a recipe."""

    name: Value[str]
    location: Location
    metadata: Metadata = field(default_factory=Metadata)
    results: list[Result] = field(default_factory=list)
    papers: list[Paper] = field(default_factory=list)
    code: Code | None = None
    weights: Value[str] | None = None
    config: Value[str] | None = None
    source: Value[str] | None = None
    readme: Value[str] | None = None
    image: Value[str] | None = None
    extra: dict[str, Value[Any]] = field(default_factory=dict)


@dataclass(slots=True)
class Model:
    """One model of the zoo.

    Attributes:
        name: As written. A model without one gets the empty string as its `Value.value`.
        location: Where its mapping begins.
        collections: The names under ``In Collection``; almost always one.
        written: The metadata written with the model itself.
        metadata: `written`, and what its collection adds to it.
        results: What it reached; its own, or else its collection's.
        papers: Its own, or else its collection's.
        inherits: Which of `results`, `papers` and `code` are its collection's.
        extra: Keys that the format doesn't know. Where Weights, Code, Config, README or Image is a
            list, the whole of it stands here too.
    """

    name: Value[str]
    location: Location
    collections: list[Value[str]] = field(default_factory=list)
    written: Metadata = field(default_factory=Metadata)
    metadata: Metadata = field(default_factory=Metadata)
    results: list[Result] = field(default_factory=list)
    papers: list[Paper] = field(default_factory=list)
    code: Code | None = None
    weights: Value[str] | None = None
    config: Value[str] | None = None
    source: Value[str] | None = None
    readme: Value[str] | None = None
    image: Value[str] | None = None
    extra: dict[str, Value[Any]] = field(default_factory=dict)
    inherits: frozenset[str] = frozenset()

    @property
    def inputs(self) -> StatedInputs | None:
        """What it takes, stated by itself or its collection; None where neither says it."""
        found = self.metadata.get("Inputs")
        return found if isinstance(found, StatedInputs) else None


@dataclass(slots=True)
class Library:
    """The zoo itself, and the conventions its numbers follow."""

    location: Location
    name: Value[str] | None = None
    url: Value[str] | None = None
    source: Value[str] | None = None
    flops_convention: Value[str] | None = None
    extra: dict[str, Value[Any]] = field(default_factory=dict)


@dataclass(slots=True)
class ModelIndex:
    """A whole index: everything that was read, from one file or many.

    Attributes:
        files: Every file that took part, in the order read. Watch these to reload.
        findings: What was wrong while reading; the rest was read all the same.
        skipped: Files that the caller named among others, and that hold no index.
        extra: Keys at the top that the format doesn't know.
        imports: For each file, by its name in findings, the files it imports or takes parts from.
        root: The folder that no path may leave, and that paths may be relative to, besides the folder
            of the file they are in.
        bases: Folders of the files that were named to be read: paths may be relative to these too, as
            OpenMMLab writes them.
        metrics: What is known of its metrics, those that the zoo adds in its glossary included.
    """

    library: Library | None = None
    collections: list[Collection] = field(default_factory=list)
    models: list[Model] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    skipped: list[Path] = field(default_factory=list)
    extra: dict[str, Value[Any]] = field(default_factory=dict)
    imports: dict[str, list[str]] = field(default_factory=dict)
    root: Path = field(default_factory=Path)
    bases: list[Path] = field(default_factory=list)
    metrics: Metrics = STANDARD

    def source_of(self, model: Model) -> Value[str] | None:
        """The name of the source that builds a model: its own, its collection's, or the library's."""
        library = self.library.source if self.library else None
        return next((s for s in (model.source, library) if s is not None and s.value), None)

    def collection(self, name: str) -> Collection | None:
        """The collection of that name; the first, where there are several."""
        return next((c for c in self.collections if c.name.value == name), None)
