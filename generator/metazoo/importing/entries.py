"""Update the family files of an index with what a source says about its models.

What the source knows is written anew where it changed; what people wrote stays to the byte. Models
that are gone are reported and left in place: that they go is for a person to decide.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

from metazoo.importing.editing import Draft, value
from metazoo.importing.timm import BEGINNINGS, SHARED, TimmEntry
from metazoo.index.model import Collection, Model, ModelIndex, Paper, Value
from metazoo.index.patch import Patch
from metazoo.verify.tolerance import agrees


@dataclass(slots=True)
class Imported:
    """The result of an import.

    Attributes:
        patches: The files that change.
        new: Models that were not in the index.
        changed: Keys that got another value, by model; by collection where it states them.
        renamed: Models of the index that the source has renamed.
        gone: Models of the index that the source no longer has.
    """

    patches: list[Patch] = field(default_factory=list)
    new: list[str] = field(default_factory=list)
    changed: dict[str, list[str]] = field(default_factory=dict)
    renamed: dict[str, str] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)


def missing_names(
    index: ModelIndex, known: Iterable[str], former: Mapping[str, str]
) -> tuple[dict[str, str], list[str]]:
    """The models of an index that the source no longer lists: renamed, by successor, and gone."""
    current = set(known)
    lost = [m.name.text for m in index.models if m.name.text not in current]
    renamed = {name: former[name] for name in lost if former.get(name)}
    return renamed, [name for name in lost if name not in renamed]


def import_entries(
    index: ModelIndex,
    entries: Mapping[str, Sequence[TimmEntry]],
    *,
    former: Mapping[str, str],
    code: Mapping[str, str],
    whole: bool = True,
) -> Imported:
    """Work out what changes in the family files; nothing is written.

    Args:
        index: The index as read.
        entries: What the source says, by family, in the source's order.
        former: Names that the source has replaced, and by which.
        code: Where the code of each family's first model stands, by family.
        whole: Whether `entries` has all models of its families, so that facts that all share may be
            stated with the collection.
    """
    imported = Imported()
    papers = _papers_by_number(index)
    drafts: dict[Path, Draft] = {}
    models = {model.name.text: model for model in index.models}
    for collection in index.collections:
        family = collection.name.text
        if family not in entries:
            continue
        file = Path(collection.location.file)
        draft = drafts.setdefault(file, Draft(file))
        _FamilyFile(imported, draft, collection, models, papers, former).update(
            entries[family], code.get(family), whole=whole
        )
    imported.patches = [p for p in (d.patch() for d in drafts.values()) if p.before != p.after]
    return imported


@dataclass(slots=True)
class _FamilyFile:
    """One family file in the making."""

    imported: Imported
    draft: Draft
    collection: Collection
    models: Mapping[str, Model]
    papers: Mapping[str, dict[str, Any]]
    former: Mapping[str, str]

    def update(self, entries: Sequence[TimmEntry], code: str | None, *, whole: bool) -> None:
        shared = self._share(entries) if whole else {}
        written = dict(self.draft.models())
        for entry in entries:
            if entry.name in written and entry.name in self.models:
                self._update_model(entry, self.models[entry.name], written[entry.name], shared)
        self._state(shared, code)
        self._add_new([e for e in entries if e.name not in self.models], entries, shared)

    def _share(self, entries: Sequence[TimmEntry]) -> dict[str, Any]:
        """Facts that all models have alike and nobody has stated yet."""
        own = [self.models[e.name] for e in entries if e.name in self.models]
        shared = {}
        for key in (*SHARED, "Tasks"):
            values = [entry.metadata.get(key) for entry in entries]
            if values[0] is None or any(v != values[0] for v in values):
                continue
            if key in self.collection.metadata or any(key in m.metadata for m in own):
                continue
            if key == "Tasks" and (own or values[0] != ["Image Classification"]):
                # Lists are united: a later model could not take back what all have now.
                continue
            shared[key] = values[0]
        return shared

    def _state(self, shared: Mapping[str, Any], code: str | None) -> None:
        node = self.draft.collection(self.collection.name.text)
        if node is None:
            return
        if shared:
            metadata = value(node, "Metadata")
            if metadata is None:
                self.draft.add(node, {"Metadata": dict(shared)})
            else:
                self.draft.add(metadata, dict(shared))  # type: ignore[arg-type]
            self.imported.changed[self.collection.name.text] = list(shared)
        if code is not None and self.collection.code is None:
            self.draft.add(node, {"Code": code})

    def _update_model(
        self, entry: TimmEntry, model: Model, node: Any, shared: Mapping[str, Any]
    ) -> None:
        news = {
            key: new
            for key, new in entry.metadata.items()
            if key not in BEGINNINGS
            and key not in shared
            and not _says(model.metadata.get(key), key, new, entry)
        }
        metadata = value(node, "Metadata")
        if metadata is None and news:
            self.draft.add(node, {"Metadata": news})
        elif metadata is not None:
            missing = {k: v for k, v in news.items() if k not in model.written}
            for key in news.keys() - missing.keys():
                self.draft.set(metadata, key, news[key])  # type: ignore[arg-type]
            self.draft.add(metadata, missing)  # type: ignore[arg-type]
        changed = list(news)
        if entry.weights and not _same_weights(model, entry):
            self.draft.set(node, "Weights", entry.weights)
            changed.append("Weights")
        if changed:
            self.imported.changed[entry.name] = changed

    def _add_new(
        self, new: Sequence[TimmEntry], entries: Sequence[TimmEntry], shared: Mapping[str, Any]
    ) -> None:
        present = {name for name, _ in self.draft.models()}
        anchors: dict[str, str | None] = {}
        anchor = None
        for entry in entries:
            if entry.name in present:
                anchor = entry.name
            anchors[entry.name] = anchor
        for after, group in groupby(new, key=lambda e: anchors[e.name]):
            members = list(group)
            self.draft.add_models([self._model(e, shared) for e in members], after)
            self.imported.new += [e.name for e in members]

    def _model(self, entry: TimmEntry, shared: Mapping[str, Any]) -> dict[str, Any]:
        stated = self.collection.metadata
        metadata = {
            key: new
            for key, new in entry.metadata.items()
            if key not in shared and not _says(stated.get(key), key, new, entry)
        }
        found: dict[str, Any] = {"Name": entry.name, "In Collection": self.collection.name.text}
        names = [old for old, new in self.former.items() if new == entry.name]
        if names:
            found["Former Names"] = names
        found["Metadata"] = metadata
        own = {p.arxiv.text for p in self.collection.papers if p.arxiv}
        others = [number for number in entry.papers if number not in own]
        if others:
            papers = [self.papers.get(n, f"https://arxiv.org/abs/{n}") for n in others]
            found["Paper"] = papers[0] if len(papers) == 1 else papers
        if entry.origin:
            found["Origin"] = entry.origin
        if entry.weights:
            found["Weights"] = entry.weights
        return found


def _says(declared: Value[Any] | None, key: str, new: Any, entry: TimmEntry) -> bool:
    """Whether the index already says what the source does."""
    if declared is None or declared.value is None:
        return False
    old = declared.value
    if key in ("FLOPs", "Parameters"):
        return isinstance(old, int | float) and agrees(old, declared.text, new)
    if key == "Image Size":
        return old in (entry.facts.input_size, entry.facts.test_input_size)
    if key == "Test Image Size":
        return declared.text == str(new)
    if key in ("Crop Pct", "Test Crop Pct"):
        crops = (entry.facts.crop_pct, entry.facts.test_crop_pct) if key == "Crop Pct" else (new,)
        return any(c is not None and abs(float(old) - c) < _CROP for c in crops)
    if isinstance(new, list):
        items = [item.value if isinstance(item, Value) else item for item in old]
        return [str(item) for item in items] == [str(item) for item in new]
    return str(old).casefold() == str(new).casefold()


_CROP = 5e-4


def _same_weights(model: Model, entry: TimmEntry) -> bool:
    declared = model.weights.text if model.weights else None
    return declared in (entry.weights, entry.facts.weights_url)


def _papers_by_number(index: ModelIndex) -> dict[str, dict[str, Any]]:
    """Every paper that the index describes, by its arXiv number, as a mapping to write."""
    found: dict[str, dict[str, Any]] = {}
    owners: list[Collection | Model] = [*index.collections, *index.models]
    for item in owners:
        for paper in item.papers:
            if paper.arxiv and paper.title:
                found.setdefault(paper.arxiv.text, _as_mapping(paper))
    return found


def _as_mapping(paper: Paper) -> dict[str, Any]:
    values = {
        "Title": paper.title.text if paper.title else None,
        "URL": paper.url.text if paper.url else None,
        "Authors": [author.text for author in paper.authors] or None,
        "Year": paper.year.value if paper.year else None,
        "Venue": paper.venue.text if paper.venue else None,
        "arXiv": paper.arxiv.text if paper.arxiv else None,
    }
    return {key: v for key, v in values.items() if v is not None}
