"""The index as plain lists, mappings, texts and numbers: what ``metazoo export`` gives away."""

from __future__ import annotations

from typing import Any

from metazoo.index.model import (
    Code,
    Collection,
    Library,
    Metadata,
    MetricValue,
    Model,
    ModelIndex,
    Paper,
    Result,
    Value,
)
from metazoo.index.plain import Plain, plain, plain_meaning, plain_values, text


def plain_index(index: ModelIndex) -> Plain:
    """The whole index, what models inherit resolved.

    Returns:
        ``{"library": {…} | None, "collections": […], "models": […]}``, and ``"extra"`` where the index
        has keys that the format doesn't know.
    """
    found: Plain = {
        "library": None if index.library is None else _library(index.library),
        "collections": [_collection(collection) for collection in index.collections],
        "models": [_model(model) for model in index.models],
    }
    return found | _extra(index.extra)


def _library(library: Library) -> Plain:
    known = {
        "name": library.name,
        "url": library.url,
        "source": library.source,
        "flops_convention": library.flops_convention,
    }
    found = {key: text(value) for key, value in known.items()}
    return found | plain_values(library.extra)


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
        "source": text(item.source),
        "readme": text(item.readme),
        "image": text(item.image),
        "file": item.location.file,
        "line": item.location.line,
    }
    if item.code is not None and (item.code.version is not None or item.code.extra):
        found["code_details"] = code(item.code)
    return found | _extra(item.extra)


def _extra(values: dict[str, Value[Any]]) -> Plain:
    return {"extra": plain_values(values)} if values else {}


def code(value: Code) -> Plain:
    """Everything that a ``Code`` mapping says, under the keys of the index."""
    known = {"URL": text(value.url), "Version": text(value.version)}
    found = {key: known_text for key, known_text in known.items() if known_text is not None}
    return found | plain_values(value.extra)


def _papers(papers: list[Paper]) -> Plain | list[Plain] | None:
    found = [_paper(paper) for paper in papers]
    return found[0] if len(found) == 1 else found or None


def _paper(paper: Paper) -> Plain:
    known = {
        "title": text(paper.title),
        "url": text(paper.url),
        "authors": [plain(author) for author in paper.authors] or None,
        "year": plain(paper.year) if paper.year else None,
        "venue": text(paper.venue),
        "arxiv": text(paper.arxiv),
    }
    found = {key: value for key, value in known.items() if value is not None}
    return found | plain_values(paper.extra)


def _result(result: Result) -> Plain:
    found: Plain = {
        "task": text(result.task),
        "dataset": text(result.dataset),
        "metrics": {metric.name: _metric(metric.value) for metric in result.metrics},
    }
    # The three above keep their types; what else is said stands beside them.
    for key, value in (("task", result.task), ("dataset", result.dataset)):
        if value is not None and value.extra:
            found[f"{key}_details"] = plain(value)
    if not metrics_are_plain(result.metrics):
        found["metric_details"] = [
            {"Name": m.name, "Value": _metric(m.value)} | plain_values(m.value.extra or {})
            for m in result.metrics
        ]
    return found | plain_values(result.extra)


def metrics_are_plain(metrics: list[MetricValue]) -> bool:
    """Whether a mapping of names to values says everything: no name twice, nothing beside a value."""
    return len({m.name for m in metrics}) == len(metrics) and not any(
        m.value.extra for m in metrics
    )


def _metric(value: Value[float]) -> Any:
    """A metric as a number, and with its unit where that is no percent sign."""
    return plain_meaning(value) if value.unit in {"", "%"} else value.text


def metadata(values: Metadata) -> Plain:
    """The values of a metadata mapping, numbers as numbers."""
    return plain_values(values.values)
