"""The whole zoo as templates see it: its families, its totals, what was wrong with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from metazoo.cards.escape import one_line, slug
from metazoo.cards.family import Family, Variant, family_of
from metazoo.findings import Finding, Severity
from metazoo.index.model import ModelIndex
from metazoo.verify.verdicts import ModelVerification


@dataclass(frozen=True, slots=True)
class Zoo:
    """Every family of an index.

    Attributes:
        name: As its Library says; ``Model zoo`` where it says nothing.
        headline: One line about it; may be empty.
        url: Where it lives; None where it isn't said.
        convention: What FLOPs means in its index: ``macs``, ``flops`` or empty.
        families: In the index's order.
        faults: Errors of reading, which may have kept whole families out.
    """

    name: str
    headline: str
    url: str | None
    convention: str
    families: tuple[Family, ...]
    faults: tuple[Finding, ...] = ()

    @property
    def variants(self) -> tuple[Variant, ...]:
        """Every model of every family."""
        return tuple(v for f in self.families for v in f.variants)

    @property
    def verdicts(self) -> Counter[str]:
        """How many facts of all models have each verdict."""
        total: Counter[str] = Counter()
        for family in self.families:
            total += family.verdicts
        return total

    @property
    def verified(self) -> int:
        """How many models were measured and have no fact that differs."""
        return sum(f.verified for f in self.families)

    @property
    def versions(self) -> tuple[str, ...]:
        """Everything that measured it, each with its version."""
        return tuple(dict.fromkeys(v for f in self.families for v in f.versions))

    def verdicts_on(self, key: str) -> Counter[str]:
        """How many models have each verdict on one fact."""
        return Counter(v.facts[key].verdict for v in self.variants if v.facts[key].verdict)

    @property
    def findings_of_models(self) -> tuple[tuple[Family, Variant, Finding], ...]:
        """What verification found, with the model and its family."""
        return tuple(
            (f, v, finding) for f in self.families for v in f.variants for finding in v.findings
        )


def zoo_of(index: ModelIndex, verifications: Sequence[ModelVerification]) -> Zoo:
    """Sort the models into families.

    A model belongs to the first collection it names, defined or not; one that names none is a
    family of its own.

    Args:
        index: The index as read.
        verifications: One a model, in the index's order.
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
        families.append(
            family_of(
                one_line(name) or "Unnamed", _unique(slug(name), slugs), collection, members, faults
            )
        )
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
    )


def _unique(wanted: str, taken: set[str]) -> str:
    unique, number = wanted, 2
    while unique in taken:
        unique, number = f"{wanted}-{number}", number + 1
    taken.add(unique)
    return unique
