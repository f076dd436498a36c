"""What a card's template sees of a family: plain facts, already decided, nothing to compute.

The classes here hold text as it is; a template's output is escaped when it is written.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from metazoo.cards.bibtex import arxiv_id, bibtex
from metazoo.cards.escape import anchor, one_line
from metazoo.cards.facts import Fact, facts_of
from metazoo.cards.numbers import pixels, short_range
from metazoo.cards.training import train_command
from metazoo.facts import FACTS, PARAMETERS
from metazoo.findings import Finding
from metazoo.index.model import Collection, Metadata, Model, Paper, Result, Value
from metazoo.measure.measurement import Measurement
from metazoo.metrics import STANDARD, Better, Metrics
from metazoo.verify.verdicts import ModelVerification, Verdict

_IMAGENET_CLASSES = {1000, 11221, 11821, 21841, 21842, 21843}
"""Sizes of classifiers whose classes `timm.data.infer_imagenet_subset` can name."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A paper as a page shows it."""

    title: str
    url: str | None = None
    authors: tuple[str, ...] = ()
    year: str = ""
    venue: str = ""
    arxiv: str | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """One figure on one dataset: percentages are 0 to 100.

    Attributes:
        value: The number in `unit`; None if there is none, or if its unit can't be that of the metric.
        text: As written.
        unit: The metric's; without a metric that is known, the one that is written.
        states_unit: Whether the text has a unit.
    """

    task: str
    dataset: str
    metric: str
    value: float | None
    text: str
    image_size: int | None = None
    crop_pct: str = ""
    unit: str = ""
    states_unit: bool = False


@dataclass(frozen=True, slots=True)
class ResultRow:
    """What a variant reached on one dataset at one image size: figures by metric."""

    dataset: str
    image_size: int | None
    crop_pct: str
    figures: dict[str, str]


@dataclass(frozen=True, slots=True)
class Setting:
    """One line of a recipe or of the preprocessing."""

    name: str
    value: str
    origin: str


@dataclass(frozen=True, slots=True)
class Variant:
    """One model of a family.

    Attributes:
        name: As the index names it.
        anchor: The id of its details on the page.
        facts: Its numbers under their canonical keys: Parameters, MACs, FLOPs, Activations,
            File Size.
        image_size: Input as a person writes it: ``224``, ``256×192``; empty where unknown.
        image_size_origin: ``declared``, ``measured`` or empty.
        score: The figure for the variants table; None where it has none.
        scores: Every figure on every dataset.
        recipe: Training settings with a value, as declared.
        techniques: Optimiser, regularisation, augmentation by name.
        training_data: Datasets of the weights.
        preprocessing: How a picture becomes an input.
        license: Of the weights; empty where unknown.
        license_origin: ``declared``, ``source`` or empty.
        former_names: Names that the source used to have for it.
        resolved_name: The source's own name, where it differs from `name`.
        deprecated: Whether the source calls `name` deprecated.
        weights: Where they lie.
        findings: What verification found wrong with it.
        error: Why it could not be measured; empty where it was.
        measurement: The whole record; None where nothing was measured.
        papers: Papers of its own that its family doesn't have.
        num_classes: Outputs of its classifier; 0 where it has none, None where that is unknown.
    """

    name: str
    anchor: str
    facts: dict[str, Fact]
    image_size: str = ""
    image_size_origin: str = ""
    score: Score | None = None
    scores: tuple[Score, ...] = ()
    recipe: tuple[Setting, ...] = ()
    techniques: tuple[str, ...] = ()
    training_data: tuple[str, ...] = ()
    preprocessing: tuple[Setting, ...] = ()
    license: str = ""
    license_origin: str = ""
    former_names: tuple[str, ...] = ()
    resolved_name: str = ""
    deprecated: bool = False
    weights: str | None = None
    findings: tuple[Finding, ...] = ()
    error: str = ""
    measurement: Measurement | None = None
    papers: tuple[Reference, ...] = ()
    other: tuple[Setting, ...] = ()
    num_classes: int | None = None

    @property
    def classifies(self) -> bool:
        """Whether its weights end in a classifier of ImageNet's classes, as far as is known."""
        return self.num_classes is None or self.num_classes in _IMAGENET_CLASSES

    @property
    def status(self) -> str:
        """Its worst verdict in a word: ``differs``, ``verified``, ``measured`` or ``not measured``."""
        if self.verdicts[Verdict.DIFFERS]:
            return str(Verdict.DIFFERS)
        measured = self.measurement is not None and not self.measurement.error
        # Nothing declared means nothing to verify; what was measured is then all there is.
        if self.verdicts[Verdict.VERIFIED]:
            return str(Verdict.VERIFIED)
        return "measured" if measured else str(Verdict.NOT_MEASURED)

    @property
    def metrics(self) -> tuple[str, ...]:
        """The metrics that any of its results has."""
        return tuple(dict.fromkeys(s.metric for s in self.scores))

    @property
    def results(self) -> tuple[ResultRow, ...]:
        """Its scores with all metrics of a dataset and an image size in one row."""
        rows: dict[tuple[str, int | None, str], dict[str, str]] = {}
        for s in self.scores:
            rows.setdefault((s.dataset, s.image_size, s.crop_pct), {}).setdefault(s.metric, s.text)
        return tuple(ResultRow(*key, figures) for key, figures in rows.items())

    @property
    def verdicts(self) -> Counter[str]:
        """How many of its facts have each verdict."""
        return Counter(f.verdict for f in self.facts.values() if f.verdict)


@dataclass(frozen=True, slots=True)
class Recipe:
    """How weights were trained, and which variants were trained so."""

    variants: tuple[Variant, ...]
    settings: dict[str, str]
    techniques: tuple[str, ...]
    training_data: tuple[str, ...]

    @property
    def command(self) -> str:
        """Its first variant trained so by timm's script; empty where the index says too little."""
        return train_command(self.variants[0].name, self.settings, self.techniques)


@dataclass(frozen=True, slots=True)
class Family:
    """A collection and its models, or a model that belongs to none.

    Attributes:
        name: As the index names it.
        slug: Its page is ``models/SLUG.md``.
        variants: Its models in the index's order.
        components: Methods and building blocks of the networks.
        papers: The collection's papers, then those of single variants.
        bibtex: Entries for all of them.
        code: Where the code stands.
        metric: Name of the figure in the variants table; empty where there is none.
        dataset: On which data it was reached.
        unit: Of that figure.
        better: Which way it is better; None if that is unknown.
        source: The index file to edit, as findings name it.
        findings: What was wrong while reading its file.
        faults: Errors that the rules found in its models.
    """

    name: str
    slug: str
    variants: tuple[Variant, ...]
    components: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()
    training_data: tuple[str, ...] = ()
    papers: tuple[Reference, ...] = ()
    bibtex: str = ""
    code: str | None = None
    metric: str = ""
    dataset: str = ""
    unit: str = ""
    better: Better | None = None
    source: str = ""
    findings: tuple[Finding, ...] = ()
    faults: tuple[Finding, ...] = ()

    @property
    def figure(self) -> tuple[str, str, str]:
        """Metric, dataset and unit of its figure: families with the same one can be compared."""
        return self.metric, self.dataset, self.unit

    @property
    def first(self) -> Variant:
        """The variant that the snippets name: the first that classifies, where any does."""
        return next((v for v in self.variants if v.classifies), self.variants[0])

    @property
    def unlike_first(self) -> tuple[Variant, ...]:
        """The variants that the snippets can't name, because only they or the others classify."""
        return tuple(v for v in self.variants if v.classifies != self.first.classifies)

    @property
    def measured(self) -> bool:
        """Whether any variant was measured."""
        return any(v.measurement and not v.measurement.error for v in self.variants)

    @property
    def licenses(self) -> tuple[str, ...]:
        """The licences of its weights, the commonest first."""
        counted = Counter(v.license for v in self.variants if v.license)
        return tuple(name for name, _ in counted.most_common())

    @property
    def verdicts(self) -> Counter[str]:
        """How many facts of all its variants have each verdict."""
        total: Counter[str] = Counter()
        for variant in self.variants:
            total += variant.verdicts
        return total

    @property
    def verified(self) -> int:
        """How many variants were measured and have no fact that differs."""
        return sum(v.status == Verdict.VERIFIED for v in self.variants)

    @property
    def mark(self) -> str:
        """The mark at how many variants are verified: a verdict, as at a number."""
        statuses = {v.status for v in self.variants}
        for worst in (Verdict.DIFFERS, Verdict.NOT_MEASURED):
            if worst in statuses:
                return str(worst)
        return "undeclared" if "measured" in statuses else str(Verdict.VERIFIED)

    @property
    def best(self) -> Variant | None:
        """The variant with the best figure in the table; None if nobody knows which way is better."""
        if self.better is None:
            return None
        order = self.better.order
        scored = [
            (order(value), v) for v in self.variants if (value := self.value_of(v)) is not None
        ]
        return min(scored, key=lambda pair: pair[0])[1] if scored else None

    def value_of(self, variant: Variant) -> float | None:
        """A variant's figure in the unit of the family's; None if it has none."""
        score = variant.score
        return score.value if score and score.unit == self.unit else None

    @property
    def recipes(self) -> tuple[Recipe, ...]:
        """Each recipe once, with the variants that share it; those that say nothing left out."""
        groups: dict[tuple[object, ...], list[Variant]] = {}
        for variant in self.variants:
            if variant.recipe or variant.techniques:
                key = (variant.recipe, variant.techniques, variant.training_data)
                groups.setdefault(key, []).append(variant)
        return tuple(
            Recipe(
                tuple(group),
                {s.name: s.value for s in group[0].recipe},
                group[0].techniques,
                group[0].training_data,
            )
            for group in groups.values()
        )

    def range_of(self, key: str) -> str:
        """Smallest to largest of a fact, in three digits: ``25 M – 469 M``."""
        values = [f.value for v in self.variants if (f := v.facts[key]).value is not None]
        return short_range(values, "B" if key == PARAMETERS.key else "G")

    @property
    def versions(self) -> tuple[str, ...]:
        """What measured it: ``metazoo 0.1.0``, ``timm 1.0.31``, ``torch 2.15.0``."""
        found: dict[str, None] = {}
        for variant in self.variants:
            if variant.measurement:
                for package, version in sorted(variant.measurement.versions.items()):
                    found[f"{package} {version}"] = None
        return tuple(found)


RECIPE = (
    "Epochs",
    "Training Steps",
    "Batch Size",
    "Minibatch Size",
    "Optimizer",
    "LR",
    "LR Step Size",
    "LR Gamma",
    "Warmup Epochs",
    "Warmup Steps",
    "Momentum",
    "Weight Decay",
    "RMSProp Decay",
    "Label Smoothing",
    "Dropout",
    "Stochastic Depth Survival",
    "BatchNorm Momentum",
    "Training Resources",
    "Training Time",
    "Training Memory (GB)",
)
"""Fields that say how weights were trained, in the order they are shown."""
_SHOWN_ELSEWHERE = {
    *RECIPE,
    *(fact.key for fact in FACTS),
    "Architecture",
    "Tasks",
    "Training Data",
    "Training Techniques",
    "ID",
    "Crop Pct",
    "Image Size",
    "Interpolation",
    "License",
}


_SPDX = {
    "apache-2.0": "Apache-2.0",
    "bsd-3-clause": "BSD-3-Clause",
    "cc-by-4.0": "CC-BY-4.0",
    "cc-by-nc-4.0": "CC-BY-NC-4.0",
    "cc-by-nc-sa-4.0": "CC-BY-NC-SA-4.0",
    "mit": "MIT",
}
"""Licences as timm writes them, and their SPDX names."""


def family_of(
    name: str,
    slug: str,
    collection: Collection | None,
    verifications: list[ModelVerification],
    findings: list[Finding],
    metrics: Metrics = STANDARD,
) -> Family:
    """Put together what the card of one family shows.

    Args:
        name: The family's name.
        slug: The name of its page.
        collection: Its collection, unless it is a model without one.
        verifications: Its models, in the index's order; at least one.
        findings: What was wrong while reading the file it stands in.
        metrics: What is known of metrics.
    """
    models = [v.model for v in verifications]
    scores = [[s for r in m.results for s in _scores(r, metrics)] for m in models]
    dataset, metric, unit = _main_figure(scores)
    own_papers = collection.papers if collection else []
    papers = _unique([*own_papers, *(p for m in models for p in m.papers)])
    taken: set[str] = set()
    variants = tuple(
        _variant(v, tuple(own), dataset, metric, own_papers, taken)
        for v, own in zip(verifications, scores, strict=True)
    )
    first = models[0]
    shared = collection.metadata if collection else first.metadata
    code = collection.code if collection and collection.code else first.code
    location = collection.location if collection else first.location
    return Family(
        name=name,
        slug=slug,
        variants=variants,
        components=_texts(shared, "Architecture") or _texts(first.metadata, "Architecture"),
        tasks=_texts(shared, "Tasks") or _texts(first.metadata, "Tasks"),
        training_data=_texts(shared, "Training Data"),
        papers=tuple(_reference(p) for p in papers),
        bibtex=bibtex(papers),
        code=code.url.text if code and code.url else None,
        metric=metric,
        dataset=dataset,
        unit=unit,
        better=metrics.better(metric),
        source=location.file,
        findings=tuple(findings),
    )


def _variant(
    verification: ModelVerification,
    scores: tuple[Score, ...],
    dataset: str,
    metric: str,
    family_papers: list[Paper],
    taken: set[str],
) -> Variant:
    model, measurement = verification.model, verification.measurement
    metadata = model.metadata
    name = one_line(model.name.text) or "unnamed"
    size, size_origin = _image_size(metadata, measurement)
    facts = measurement.facts if measurement else None
    declared_license = metadata.text("License")
    source_license = facts.license if facts and facts.license != "unknown" else None
    resolved = measurement.resolved_name if measurement else None
    return Variant(
        name=name,
        anchor=_unique_anchor(name, taken),
        facts=facts_of(verification),
        image_size=size,
        image_size_origin=size_origin,
        score=_table_score(scores, dataset, metric, size),
        scores=scores,
        recipe=tuple(
            Setting(key, _setting_text(value), "declared")
            for key in RECIPE
            if (value := metadata.get(key)) and value.text
        ),
        techniques=_texts(metadata, "Training Techniques"),
        training_data=_texts(metadata, "Training Data"),
        preprocessing=_preprocessing(metadata, measurement),
        license=declared_license or _SPDX.get(source_license or "", source_license or ""),
        license_origin="declared" if declared_license else "source" if source_license else "",
        former_names=_former_names(model),
        resolved_name=resolved if resolved and resolved != name else "",
        deprecated=bool(measurement and measurement.deprecated),
        weights=model.weights.text if model.weights else None,
        findings=tuple(verification.findings),
        error=(measurement.error or "") if measurement else "",
        measurement=measurement,
        num_classes=_num_classes(metadata, measurement),
        papers=tuple(
            _reference(p)
            for p in _unique([*family_papers, *model.papers])[len(_unique(family_papers)) :]
        ),
        other=tuple(
            Setting(key, _other_text(value), "declared")
            for key, value in metadata.values.items()
            if key not in _SHOWN_ELSEWHERE and _other_text(value)
        ),
    )


def _num_classes(metadata: Metadata, measurement: Measurement | None) -> int | None:
    declared = metadata.number("Num Classes")
    if declared is not None:
        return int(declared)
    return measurement.facts.num_classes if measurement and measurement.facts else None


def _texts(metadata: Metadata, key: str) -> tuple[str, ...]:
    return tuple(one_line(t) for t in metadata.texts(key))


def _setting_text(value: Value[Any]) -> str:
    number = value.value
    if isinstance(number, int) and number >= 10_000:
        return f"{number:,}"
    return value.text


def _other_text(value: Value[Any]) -> str:
    content = value.value
    if isinstance(content, list):
        return ", ".join(_other_text(v) for v in content if isinstance(v, Value))
    if isinstance(content, dict):
        return ", ".join(f"{k}: {_other_text(v)}" for k, v in content.items())
    return value.text


def _former_names(model: Model) -> tuple[str, ...]:
    value = model.extra.get("Former Names")
    if value is None:
        return ()
    items = value.value if isinstance(value.value, list) else [value]
    return tuple(one_line(item.text) for item in items if isinstance(item, Value) and item.text)


def _size_text(size: tuple[int, int, int]) -> str:
    channels, height, width = size
    sides = str(height) if height == width else f"{height}×{width}"
    return sides if channels == 3 else f"{channels}×{height}×{width}"


def _image_size(metadata: Metadata, measurement: Measurement | None) -> tuple[str, str]:
    declared = metadata.get("Image Size")
    if declared and isinstance(declared.value, tuple):
        return _size_text(declared.value), "declared"
    if measurement and measurement.input_size:
        return _size_text(measurement.input_size), "measured"
    return "", ""


def _preprocessing(metadata: Metadata, measurement: Measurement | None) -> tuple[Setting, ...]:
    facts = measurement.facts if measurement else None
    lines: list[Setting] = []
    size, origin = _image_size(metadata, measurement)
    if size:
        lines.append(Setting("Image size", f"{size} px", origin))
    for key, label, known in (
        ("Crop Pct", "Crop", facts.crop_pct if facts else None),
        ("Interpolation", "Interpolation", facts.interpolation if facts else None),
    ):
        declared = metadata.text(key)
        if declared:
            lines.append(Setting(label, declared, "declared"))
        elif known is not None:
            lines.append(Setting(label, str(known), "source"))
    if facts:
        lines += [
            Setting(label, ", ".join(f"{x:g}" for x in values), "source")
            for label, values in (("Mean", facts.mean), ("Standard deviation", facts.std))
            if values
        ]
        if facts.test_input_size and _size_text(facts.test_input_size) != size:
            lines.append(Setting("Test size", f"{_size_text(facts.test_input_size)} px", "source"))
        if facts.num_classes:
            lines.append(Setting("Classes", f"{facts.num_classes:,}", "source"))
    return tuple(lines)


def _scores(result: Result, metrics: Metrics) -> list[Score]:
    size = result.extra.get("Image Size")
    crop = result.extra.get("Crop Pct")
    found = []
    for m in result.metrics:
        number = m.value.value
        figure = None if number is None else metrics.figure(m.name, float(number), m.value.unit)
        score = Score(
            task=one_line(result.task.text) if result.task else "",
            dataset=one_line(result.dataset.text) if result.dataset else "",
            metric=one_line(m.name),
            value=figure.value if figure else None,
            text=m.value.text,
            image_size=_pixels(size),
            crop_pct=crop.text if crop else "",
            unit=figure.unit if figure else "",
            states_unit=bool(figure and m.value.unit),
        )
        found.append(score)
    return found


def _pixels(size: Value[Any] | None) -> int | None:
    if size is None:
        return None
    if isinstance(size.value, tuple):
        return int(size.value[1])
    return pixels(size.text)


def _main_figure(scores: list[list[Score]]) -> tuple[str, str, str]:
    """The dataset, metric and unit that most models of a family report, the earlier one on a tie.

    Args:
        scores: Of each model.
    """
    seen: Counter[tuple[str, str]] = Counter()
    for own in scores:
        seen.update(dict.fromkeys((s.dataset, s.metric) for s in own).keys())
    if not seen:
        return "", "", ""
    dataset, metric = seen.most_common(1)[0][0]
    units = Counter(
        s.unit
        for own in scores
        for s in own
        if (s.dataset, s.metric) == (dataset, metric) and s.value is not None
    )
    return dataset, metric, units.most_common(1)[0][0] if units else ""


def _table_score(
    scores: tuple[Score, ...], dataset: str, metric: str, image_size: str
) -> Score | None:
    fitting = [s for s in scores if (s.dataset, s.metric) == (dataset, metric)]
    at_size = [s for s in fitting if str(s.image_size) == image_size]
    return next(iter(at_size or fitting), None)


def _reference(paper: Paper) -> Reference:
    arxiv = arxiv_id(paper)
    url = paper.url.text if paper.url else f"https://arxiv.org/abs/{arxiv}" if arxiv else None
    return Reference(
        title=one_line(paper.title.text) if paper.title else url or "",
        url=url,
        authors=tuple(one_line(a.text) for a in paper.authors),
        year=paper.year.text if paper.year else "",
        venue=one_line(paper.venue.text) if paper.venue else "",
        arxiv=arxiv,
    )


def _unique(papers: list[Paper]) -> list[Paper]:
    """Each paper once, known by its arXiv number, else its title, else its address."""
    found: dict[str, Paper] = {}
    for paper in papers:
        key = arxiv_id(paper) or ""
        if not key and paper.title:
            key = paper.title.text.casefold()
        if not key and paper.url:
            key = paper.url.text
        if key:
            found.setdefault(key, paper)
    return list(found.values())


def _unique_anchor(name: str, taken: set[str]) -> str:
    wanted = anchor(name)
    unique, number = wanted, 2
    while unique in taken:
        unique, number = f"{wanted}-{number}", number + 1
    taken.add(unique)
    return unique
