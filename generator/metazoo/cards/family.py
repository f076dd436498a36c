"""What a card's template sees of a family: plain facts, already decided, nothing to compute.

The classes here hold text as it is; a template's output is escaped when it is written.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from metazoo.cards.bibtex import bibtex
from metazoo.cards.numbers import short_range
from metazoo.cards.papers import CitedPaper, cited_paper, unique_papers
from metazoo.cards.scores import main_figure, scores_of
from metazoo.cards.settings import texts
from metazoo.cards.training import train_command
from metazoo.cards.variant import Variant, variant_of
from metazoo.facts import PARAMETERS
from metazoo.findings import Finding
from metazoo.index.model import Collection
from metazoo.metrics import STANDARD, Better, Metrics
from metazoo.verify.verdicts import ModelVerification, Verdict


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
    papers: tuple[CitedPaper, ...] = ()
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
        """The licenses of its weights, the commonest first."""
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
    scores = [[s for r in m.results for s in scores_of(r, metrics)] for m in models]
    dataset, metric, unit = main_figure(scores)
    own_papers = collection.papers if collection else []
    papers = unique_papers([*own_papers, *(p for m in models for p in m.papers)])
    taken: set[str] = set()
    variants = tuple(
        variant_of(v, tuple(own), dataset, metric, own_papers, taken)
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
        components=texts(shared, "Architecture") or texts(first.metadata, "Architecture"),
        tasks=texts(shared, "Tasks") or texts(first.metadata, "Tasks"),
        training_data=texts(shared, "Training Data"),
        papers=tuple(cited_paper(p) for p in papers),
        bibtex=bibtex(papers),
        code=code.url.text if code and code.url else None,
        metric=metric,
        dataset=dataset,
        unit=unit,
        better=metrics.better(metric),
        source=location.file,
        findings=tuple(findings),
    )
