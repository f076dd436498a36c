"""The words of an index for methods, datasets, tasks and metrics, and what the glossary says about them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from metazoo.cards.escape import one_line, slug
from metazoo.cards.family import Family
from metazoo.index.glossary import GlossaryEntry
from metazoo.metrics import Metric, Metrics

KINDS = ("Architecture", "Training Techniques", "Training Data", "Tasks", "Metrics")
"""The fields of the index whose words the glossary explains, in the order it shows them."""


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the index.

    Attributes:
        name: As the index writes it.
        anchor: Its place on the glossary's page.
        kind: The field it stands in.
        text: What it means, one or two sentences; empty where the glossary doesn't say.
        url: Its paper or page.
        families: Where it is used.
    """

    name: str
    anchor: str
    kind: str
    text: str = ""
    url: str | None = None
    families: tuple[Family, ...] = ()


def terms_of(
    families: Iterable[Family], entries: dict[str, GlossaryEntry], metrics: Metrics
) -> dict[str, tuple[Term, ...]]:
    """Every word that the families use, by kind and in alphabetical order.

    A word stands once on the page: under the first kind that has it.
    """
    uses: dict[str, dict[str, dict[str, Family]]] = {kind: defaultdict(dict) for kind in KINDS}
    spelling: dict[str, str] = {}
    kind_of: dict[str, str] = {}
    for family in families:
        for kind, words in _words(family).items():
            for word in words:
                key = word.casefold()
                spelling.setdefault(key, word)
                uses[kind_of.setdefault(key, kind)][key][family.slug] = family
    taken: set[str] = set()
    terms: dict[str, tuple[Term, ...]] = {}
    for kind in KINDS:
        found = []
        for key in sorted(uses[kind]):
            entry = entries.get(key, GlossaryEntry(""))
            known = metrics.find(spelling[key]) if kind == "Metrics" else None
            if known is not None:
                entry = _described(known, entries.get(known.name.casefold(), entry))
            place, number = slug(spelling[key]), 2
            while place in taken:
                place, number = f"{slug(spelling[key])}-{number}", number + 1
            taken.add(place)
            users = tuple(uses[kind][key].values())
            text = one_line(entry.text)
            found.append(Term(spelling[key], place, kind, text, entry.url, users))
        if found:
            terms[kind] = tuple(found)
    return terms


def _described(metric: Metric, entry: GlossaryEntry) -> GlossaryEntry:
    """What a metric is and which way is better."""
    direction = f"{metric.better.capitalize()} is better." if metric.better else ""
    text = (entry.text or metric.text).strip()
    if text and text[-1] not in ".!?":
        text += "."
    return GlossaryEntry(f"{text} {direction}".strip(), entry.url)


def _words(family: Family) -> dict[str, list[str]]:
    techniques = [t for v in family.variants for t in v.techniques]
    data = [*family.training_data, *(d for v in family.variants for d in v.training_data)]
    return {
        "Architecture": list(family.components),
        "Training Techniques": techniques,
        "Training Data": data,
        "Tasks": list(family.tasks),
        "Metrics": [metric for v in family.variants for metric in v.metrics],
    }
