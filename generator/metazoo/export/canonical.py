"""The index as one YAML file in the strict form, which reads back equal.

Nothing is resolved here: what models inherit is written once, with their collection.
"""

from __future__ import annotations

from typing import Any

import yaml

from metazoo.export.plain import code, metrics_are_plain
from metazoo.index.model import (
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
from metazoo.index.plain import plain, plain_meaning, plain_values, text
from metazoo.sanitize import needs_quotes, printable_yaml


def as_model_index(index: ModelIndex) -> str:
    """The YAML of a whole index."""
    content: dict[str, Any] = {"Type": "model-index"}
    if index.library is not None:
        content["Library"] = _library(index.library)
    if index.collections:
        content["Collections"] = [_item(collection) for collection in index.collections]
    content["Models"] = [_item(model) for model in index.models]
    content |= plain_values(index.extra)
    written = yaml.dump(
        content,
        Dumper=_Dumper,
        sort_keys=False,
        allow_unicode=True,
        default_flow_style=False,
        width=_WHOLE_LINES,
    )
    return printable_yaml(written)


_WHOLE_LINES = 2**31 - 1
"""No text is broken into lines: one of them could begin with a command to whoever reads a log."""


class _Dumper(yaml.CSafeDumper):
    """Without anchors: a text that occurs twice is written twice."""

    def ignore_aliases(self, _data: Any) -> bool:
        return True


def _text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar(
        "tag:yaml.org,2002:str", text, '"' if needs_quotes(text) else None
    )


_Dumper.add_representer(str, _text)


def _item(item: Model | Collection) -> dict[str, Any]:
    found: dict[str, Any] = {"Name": item.name.value}
    if isinstance(item, Model):
        names = [plain(name) for name in item.collections]
        if names:
            found["In Collection"] = names[0] if len(names) == 1 else names
        values = _metadata(item.written)
    else:
        values = _metadata(item.metadata)
    if values:
        found["Metadata"] = values
    papers = [] if _inherits(item, "papers") else item.papers
    if papers:
        written = [_paper(paper) for paper in papers]
        found["Paper"] = written[0] if len(written) == 1 else written
    if item.code is not None and not _inherits(item, "code"):
        written_code = code(item.code)
        found["Code"] = written_code["URL"] if written_code.keys() == {"URL"} else written_code
    for key in ("Weights", "Config", "Source", "README", "Image"):
        value = _own(getattr(item, key.lower()))
        if value is not None:
            found[key] = value
    results = [] if _inherits(item, "results") else item.results
    if results:
        found["Results"] = [_result(result) for result in results]
    # Of Weights, Code and others that are a list, the whole list stands there.
    return found | plain_values(item.extra)


def _metadata(values: Metadata) -> dict[str, Any]:
    return {
        key: value.text if value.unit == "%" else plain(value)
        for key, value in values.values.items()
    }


def _own(value: Value[str] | None) -> str | None:
    return None if value is None or value.inherited else text(value)


def _inherits(item: Model | Collection, what: str) -> bool:
    return isinstance(item, Model) and what in item.inherits


def _library(library: Library) -> dict[str, Any]:
    known = {
        "Name": library.name,
        "URL": library.url,
        "Source": library.source,
        "FLOPs Convention": library.flops_convention,
    }
    found: dict[str, Any] = {
        key: value for key, v in known.items() if (value := text(v)) is not None
    }
    return found | plain_values(library.extra)


def _paper(paper: Paper) -> dict[str, Any]:
    found: dict[str, Any] = {
        "Title": text(paper.title),
        "URL": text(paper.url),
        "Authors": [plain(author) for author in paper.authors] or None,
        "Year": plain(paper.year) if paper.year else None,
        "Venue": text(paper.venue),
        "arXiv": text(paper.arxiv),
    }
    found = {key: value for key, value in found.items() if value is not None}
    return found | plain_values(paper.extra)


def _result(result: Result) -> dict[str, Any]:
    named = (("Task", result.task), ("Dataset", result.dataset))
    found: dict[str, Any] = {key: plain(value) for key, value in named if value is not None}
    found["Metrics"] = _metrics(result.metrics)
    return found | plain_values(result.extra)


def _metrics(metrics: list[MetricValue]) -> Any:
    if metrics_are_plain(metrics):
        return {metric.name: _metric(metric.value) for metric in metrics}
    return [
        {"Name": m.name, "Value": _metric(m.value)} | plain_values(m.value.extra or {})
        for m in metrics
    ]


def _metric(value: Value[float]) -> Any:
    return value.text if value.unit else plain_meaning(value)
