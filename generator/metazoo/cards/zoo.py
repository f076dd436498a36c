"""The whole zoo as templates see it: its families, its totals, what was wrong with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from metazoo.bench.record import Benchmarks
from metazoo.cards.escape import one_line, slug, unused
from metazoo.cards.family import Family, Recipe, family_of
from metazoo.cards.glossary import Term, terms_of
from metazoo.cards.hardware import HardwareColumn, hardware_columns
from metazoo.cards.scores import ResultRow
from metazoo.cards.settings import RECIPE
from metazoo.cards.speed import Speeds, speeds_of
from metazoo.cards.variant import Variant
from metazoo.findings import Finding, Severity
from metazoo.index.glossary import GlossaryEntry
from metazoo.index.model import ModelIndex
from metazoo.metrics import STANDARD, Metrics
from metazoo.verify.verdicts import ModelVerification


@dataclass(frozen=True, slots=True)
class Dataset:
    """Every result on one dataset.

    Attributes:
        name: The dataset.
        metrics: That any result on it has.
        rows: The best first by `ranked_by`, else in the order of the index.
        ranked_by: Its first metric of which it is known which way is better; may be empty.
    """

    name: str
    metrics: tuple[str, ...]
    rows: tuple[tuple[Family, Variant, ResultRow], ...]
    ranked_by: str = ""


@dataclass(frozen=True, eq=False)  # no slots: what is counted over the whole zoo is kept
class Zoo:
    """Every family of an index.

    Attributes:
        name: As its Library says; ``Model zoo`` where it says nothing.
        headline: One line about it; may be empty.
        url: Where it lives; None where it isn't said.
        convention: What FLOPs means in its index: ``macs``, ``flops`` or empty.
        families: In the index's order.
        faults: Errors of reading, which may have kept whole families out.
        terms: The words of the index by kind, with what they mean.
        benchmarks: How fast its models are, one for each hardware.
        metrics: What is known of metrics, its own ones included.
    """

    name: str
    headline: str
    url: str | None
    convention: str
    families: tuple[Family, ...]
    faults: tuple[Finding, ...] = ()
    terms: dict[str, tuple[Term, ...]] = field(default_factory=dict)
    benchmarks: tuple[Benchmarks, ...] = ()
    metrics: Metrics = STANDARD

    @cached_property
    def variants(self) -> tuple[Variant, ...]:
        """Every model of every family."""
        return tuple(v for f in self.families for v in f.variants)

    @cached_property
    def verdicts(self) -> Counter[str]:
        """How many facts of all models have each verdict."""
        total: Counter[str] = Counter()
        for family in self.families:
            total += family.verdicts
        return total

    @cached_property
    def known(self) -> dict[str, int]:
        """How many models have an accuracy, a license, a paper and a recipe."""
        pairs = [(f, v) for f in self.families for v in f.variants]
        return {
            "accuracy": sum(bool(v.scores) for _, v in pairs),
            "licence": sum(bool(v.license) for _, v in pairs),
            "paper": sum(bool(f.papers or v.papers) for f, v in pairs),
            "recipe": sum(bool(v.recipe) for _, v in pairs),
        }

    @cached_property
    def verified(self) -> int:
        """How many models were measured and have no fact that differs."""
        return sum(f.verified for f in self.families)

    @cached_property
    def versions(self) -> tuple[str, ...]:
        """Everything that measured it, each with its version."""
        return tuple(dict.fromkeys(v for f in self.families for v in f.versions))

    def anchor_of(self, word: str) -> str:
        """Where the glossary explains a word."""
        return self._anchors[word.casefold()]

    @cached_property
    def _anchors(self) -> dict[str, str]:
        terms = [term for terms in self.terms.values() for term in terms]
        return {term.name.casefold(): term.anchor for term in reversed(terms)}

    @cached_property
    def throughputs(self) -> tuple[HardwareColumn, ...]:
        """The explorer's columns of throughput that it shows at once, one for each hardware."""
        return tuple(c for c in hardware_columns(self.benchmarks) if c.main)

    def speeds_of(self, family: Family) -> Speeds:
        """What benchmarks say of a family's variants."""
        return speeds_of(family.variants, self.benchmarks)

    def related_to(self, family: Family) -> tuple[tuple[Family, str], ...]:
        """Families with the same paper, or with building blocks that few others have."""
        papers = {p.arxiv or p.title for p in family.papers}
        rare = {
            term.name.casefold()
            for term in self.terms.get("Architecture", ())
            if 1 < len(term.families) <= max(2, len(self.families) // 8)
        }
        own = {c.casefold() for c in family.components} & rare
        found = []
        for other in self.families:
            if other.slug == family.slug:
                continue
            shared = [p.title for p in other.papers if (p.arxiv or p.title) in papers]
            blocks = [c for c in other.components if c.casefold() in own]
            if shared:
                found.append((other, f"the same paper, {shared[0]}"))
            elif blocks:
                found.append((other, f"also built from {', '.join(blocks[:3])}"))
        return tuple(found[:8])

    @cached_property
    def recipes(self) -> tuple[tuple[Family, Recipe], ...]:
        """Every recipe with its family."""
        return tuple((f, r) for f in self.families for r in f.recipes)

    @cached_property
    def recipe_settings(self) -> tuple[str, ...]:
        """The settings that any recipe has, in the order of a recipe."""
        used = {name for _, recipe in self.recipes for name in recipe.settings}
        return tuple(name for name in RECIPE if name in used)

    @cached_property
    def datasets(self) -> tuple[Dataset, ...]:
        """Every dataset with results, the one with the most first."""
        rows: dict[str, list[tuple[Family, Variant, ResultRow]]] = {}
        for family in self.families:
            for variant in family.variants:
                for row in variant.results:
                    rows.setdefault(row.dataset or "Unnamed", []).append((family, variant, row))
        return tuple(
            _dataset(name, found, self.metrics)
            for name, found in sorted(rows.items(), key=lambda item: -len(item[1]))
        )

    def verdicts_on(self, key: str) -> Counter[str]:
        """How many models have each verdict on one fact."""
        return Counter(v.facts[key].verdict for v in self.variants if v.facts[key].verdict)

    @cached_property
    def findings_of_models(self) -> tuple[tuple[Family, Variant, Finding], ...]:
        """What verification found, with the model and its family."""
        return tuple(
            (f, v, finding) for f in self.families for v in f.variants for finding in v.findings
        )


def _dataset(name: str, rows: list[tuple[Family, Variant, ResultRow]], known: Metrics) -> Dataset:
    metrics = tuple(dict.fromkeys(metric for *_, row in rows for metric in row.figures))
    ranked_by = next((metric for metric in metrics if known.better(metric)), "")
    better = known.better(ranked_by)
    if better is None:
        return Dataset(name, metrics, tuple(rows))
    scores = {
        (variant.name, s.image_size): s
        for _, variant, _ in rows
        for s in reversed(variant.scores)
        if (s.dataset or "Unnamed") == name and s.metric == ranked_by and s.value is not None
    }
    units = Counter(s.unit for s in scores.values()).most_common(1)
    unit, order = units[0][0] if units else "", better.order

    def best_first(row: tuple[Family, Variant, ResultRow]) -> float:
        score = scores.get((row[1].name, row[2].image_size))
        if score is None or score.value is None or score.unit != unit:
            return float("inf")
        return order(score.value)

    return Dataset(name, metrics, tuple(sorted(rows, key=best_first)), ranked_by)


def zoo_of(
    index: ModelIndex,
    verifications: Sequence[ModelVerification],
    glossary: dict[str, GlossaryEntry] | None = None,
    checked: Sequence[Finding] = (),
) -> Zoo:
    """Sort the models into families.

    A model belongs to the first collection it names, defined or not; one that names none is a
    family of its own.

    Args:
        index: The index as read.
        verifications: One a model, in the index's order.
        glossary: What words mean, of `metazoo.index.glossary.read_glossary`.
        checked: What the rules found; a family has the errors of its models.
    """
    groups: dict[tuple[str, str], list[ModelVerification]] = {
        ("collection", c.name.text): [] for c in index.collections
    }
    for verification in verifications:
        model = verification.model
        if model.collections:
            key = ("collection", model.collections[0].text)
        else:
            key = ("model", model.name.text)
        groups.setdefault(key, []).append(verification)
    library = index.library
    headline = library.extra.get("Headline") if library else None
    wrong: dict[str | None, list[Finding]] = {}
    # What could not be read is on every card of its file anyway.
    read = {(f.code, f.location, f.message) for f in index.findings}
    for finding in checked:
        said = (finding.code, finding.location, finding.message) in read
        if finding.severity is Severity.ERROR and not said:
            wrong.setdefault(finding.model, []).append(finding)
    slugs: set[str] = {"index"}
    families = []
    for (kind, name), members in groups.items():
        if not members:
            continue
        collection = index.collection(name) if kind == "collection" else None
        files = {v.model.location.file for v in members}
        if collection:
            files.add(collection.location.file)
        faults = [f for f in index.findings if f.location.file in files]
        names = dict.fromkeys(v.model.name.text for v in members)
        own = [
            f for model in (*names, None) for f in wrong.get(model, ()) if f.location.file in files
        ]
        family = family_of(
            one_line(name) or "Unnamed",
            unused(slug(name), slugs),
            collection,
            members,
            faults,
            index.metrics,
        )
        families.append(replace(family, faults=tuple(own)))
    named = library.name.text if library and library.name else ""
    return Zoo(
        name=one_line(named) or "Model zoo",
        headline=one_line(headline.text) if headline else "",
        url=library.url.text if library and library.url else None,
        convention=library.flops_convention.text.strip().lower()
        if library and library.flops_convention
        else "",
        families=tuple(families),
        faults=tuple(f for f in index.findings if f.severity is Severity.ERROR),
        terms=terms_of(families, glossary or {}, index.metrics),
        metrics=index.metrics,
    )
