"""The index as plain lists, mappings, texts and numbers: what ``metazoo export`` gives away."""

from __future__ import annotations

from typing import Any

from metazoo.index.model import (
    Collection,
    Library,
    Metadata,
    Model,
    ModelIndex,
    Paper,
    Result,
    Value,
)

Plain = dict[str, Any]


def plain_index(index: ModelIndex) -> Plain:
    """The whole index, what models inherit resolved.

    Returns:
        ``{"library": {…} | None, "collections": […], "models": […]}``.
    """
    return {
        "library": None if index.library is None else _library(index.library),
        "collections": [_collection(collection) for collection in index.collections],
        "models": [_model(model) for model in index.models],
    }


def _library(library: Library) -> Plain:
    known = {
        "name": library.name,
        "url": library.url,
        "source": library.source,
        "flops_convention": library.flops_convention,
    }
    found = {key: text(value) for key, value in known.items()}
    return found | {key: plain(value) for key, value in library.extra.items()}


def _collection(collection: Collection) -> Plain:
    return {
        "name": collection.name.value,
        "metadata": metadata(collection.metadata),
        "results": [_result(result) for result in collection.results],
        **_common(collection),
    }


def _model(model: Model) -> Plain:
    names = [name.text for name in model.collections]
    return {
        "name": model.name.value,
        "collection": names[0] if len(names) == 1 else names or None,
        "metadata": metadata(model.metadata),
        "results": [_result(result) for result in model.results],
        **_common(model),
    }


def _common(item: Model | Collection) -> Plain:
    found: Plain = {
        "paper": _papers(item.papers),
        "code": text(item.code.url) if item.code else None,
        "weights": text(item.weights),
        "config": text(item.config),
        "readme": text(item.readme),
        "image": text(item.image),
        "file": item.location.file,
        "line": item.location.line,
    }
    if item.extra:
        found["extra"] = {key: plain(value) for key, value in item.extra.items()}
    return found


def _papers(papers: list[Paper]) -> Plain | list[Plain] | None:
    found = [_paper(paper) for paper in papers]
    return found[0] if len(found) == 1 else found or None


def _paper(paper: Paper) -> Plain:
    known = {
        "title": text(paper.title),
        "url": text(paper.url),
        "authors": [author.text for author in paper.authors] or None,
        "year": paper.year.value if paper.year else None,
        "venue": text(paper.venue),
        "arxiv": text(paper.arxiv),
    }
    found = {key: value for key, value in known.items() if value is not None}
    return found | {key: plain(value) for key, value in paper.extra.items()}


def _result(result: Result) -> Plain:
    found: Plain = {
        "task": text(result.task),
        "dataset": text(result.dataset),
        "metrics": {metric.name: _metric(metric.value) for metric in result.metrics},
    }
    return found | {key: plain(value) for key, value in result.extra.items()}


def _metric(value: Value[float]) -> Any:
    """A metric as a number, and with its unit where that is no percent sign."""
    return plain(value) if value.unit in {"", "%"} else value.text


def metadata(values: Metadata) -> Plain:
    """The values of a metadata mapping, numbers as numbers."""
    return {key: plain(value) for key, value in values.values.items()}


def text(value: Value[str] | None) -> str | None:
    """The text of a value, or None."""
    return None if value is None or value.value is None else value.text


def plain(value: Value[Any]) -> Any:
    """What a value means, without its place; as written where it could not be understood."""
    meaning = value.value
    if meaning is None:
        return value.text or None
    if isinstance(meaning, tuple):
        return image_size(meaning)
    if isinstance(meaning, list):
        return [plain(item) for item in meaning]
    if isinstance(meaning, dict):
        return {key: plain(item) for key, item in meaning.items()}
    return meaning


def image_size(size: tuple[int, int, int]) -> int | str:
    """``224`` for a square picture of three channels, else ``256x192`` or ``1x28x28``."""
    channels, height, width = size
    if channels != 3:
        return f"{channels}x{height}x{width}"
    return height if height == width else f"{height}x{width}"
