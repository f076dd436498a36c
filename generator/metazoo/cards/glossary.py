"""The zoo's own words for methods, datasets and tasks, from ``glossary.yml`` beside the index."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import yaml

from metazoo.cards.escape import one_line, slug
from metazoo.cards.family import Family
from metazoo.findings import Finding, Location

FILE = "glossary.yml"
KINDS = ("Architecture", "Training Techniques", "Training Data", "Tasks")
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


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the glossary's file."""

    text: str
    url: str | None = None


def read_glossary(file: Path) -> tuple[dict[str, Entry], list[Finding]]:
    """Read a glossary; without the file it is empty.

    The file maps each word to its explanation, or to ``Text`` and ``URL``.

    Returns:
        The entries under their words in lower case, and what is wrong with the file.
    """
    if not file.is_file():
        return {}, []
    try:
        content = yaml.load(file.read_text("utf-8"), Loader=_LOADER)  # noqa: S506 - a safe loader
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        place = Location(str(file), mark.line + 1, mark.column + 1) if mark else Location(str(file))
        why = getattr(error, "problem", None) or str(error)
        return {}, [_fault(f"the glossary can't be read: {why}", place)]
    if content is None:
        return {}, []
    if not isinstance(content, dict):
        return {}, [
            _fault("the glossary must map words to what they mean", Location(str(file), 1, 1))
        ]
    entries: dict[str, Entry] = {}
    findings = []
    for word, meaning in content.items():
        text = meaning.get("Text") if isinstance(meaning, dict) else meaning
        url = meaning.get("URL") if isinstance(meaning, dict) else None
        if not isinstance(text, str) or not (url is None or isinstance(url, str)):
            message = f"the glossary's entry {word!r} must be a text, or Text and URL"
            findings.append(_fault(message, Location(str(file))))
            continue
        entries[str(word).casefold()] = Entry(one_line(text), url)
    return entries, findings


_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _fault(message: str, location: Location) -> Finding:
    return Finding("MZ803", message, location, hint="Mend the file; the rest of the site is made")


def terms_of(families: Iterable[Family], entries: dict[str, Entry]) -> dict[str, tuple[Term, ...]]:
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
            entry = entries.get(key, Entry(""))
            place, number = slug(spelling[key]), 2
            while place in taken:
                place, number = f"{slug(spelling[key])}-{number}", number + 1
            taken.add(place)
            users = tuple(uses[kind][key].values())
            found.append(Term(spelling[key], place, kind, entry.text, entry.url, users))
        if found:
            terms[kind] = tuple(found)
    return terms


def _words(family: Family) -> dict[str, list[str]]:
    techniques = [t for v in family.variants for t in v.techniques]
    data = [*family.training_data, *(d for v in family.variants for d in v.training_data)]
    return {
        "Architecture": list(family.components),
        "Training Techniques": techniques,
        "Training Data": data,
        "Tasks": list(family.tasks),
    }
