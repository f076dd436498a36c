"""One model as templates see it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from metazoo.cards.escape import anchor, one_line, unused
from metazoo.cards.facts import Fact, facts_of
from metazoo.cards.papers import CitedPaper, cited_paper, unique_papers
from metazoo.cards.scores import ResultRow, Score, table_score
from metazoo.cards.settings import (
    SettingRow,
    image_size,
    other_settings,
    preprocessing,
    recipe,
    texts,
)
from metazoo.findings import Finding
from metazoo.index.model import Metadata, Model, Paper, Value
from metazoo.measure.measurement import Measurement
from metazoo.verify.verdicts import ModelVerification, Verdict

_IMAGENET_CLASSES = {1000, 11221, 11821, 21841, 21842, 21843}
"""Sizes of classifiers whose classes `timm.data.infer_imagenet_subset` can name."""
_SPDX = {
    "apache-2.0": "Apache-2.0",
    "bsd-3-clause": "BSD-3-Clause",
    "cc-by-4.0": "CC-BY-4.0",
    "cc-by-nc-4.0": "CC-BY-NC-4.0",
    "cc-by-nc-sa-4.0": "CC-BY-NC-SA-4.0",
    "mit": "MIT",
}
"""Licenses as timm writes them, and their SPDX names."""


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
        techniques: Optimizer, regularization, augmentation by name.
        training_data: Datasets of the weights.
        preprocessing: How an image becomes an input.
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
    recipe: tuple[SettingRow, ...] = ()
    techniques: tuple[str, ...] = ()
    training_data: tuple[str, ...] = ()
    preprocessing: tuple[SettingRow, ...] = ()
    license: str = ""
    license_origin: str = ""
    former_names: tuple[str, ...] = ()
    resolved_name: str = ""
    deprecated: bool = False
    weights: str | None = None
    findings: tuple[Finding, ...] = ()
    error: str = ""
    measurement: Measurement | None = None
    papers: tuple[CitedPaper, ...] = ()
    other: tuple[SettingRow, ...] = ()
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


def variant_of(
    verification: ModelVerification,
    scores: tuple[Score, ...],
    dataset: str,
    metric: str,
    family_papers: list[Paper],
    taken: set[str],
) -> Variant:
    """Put together what pages show of one model.

    Args:
        verification: The model and what is known about it.
        scores: Of all its results.
        dataset: Of the figure in the family's table.
        metric: Likewise.
        family_papers: Papers that the variant need not repeat.
        taken: Anchors of the page that other variants have; the variant's is added.
    """
    model, measurement = verification.model, verification.measurement
    metadata = model.metadata
    name = one_line(model.name.text) or "unnamed"
    size, size_origin = image_size(metadata, measurement)
    facts = measurement.facts if measurement else None
    declared_license = metadata.text("License")
    source_license = facts.license if facts and facts.license != "unknown" else None
    resolved = measurement.resolved_name if measurement else None
    return Variant(
        name=name,
        anchor=unused(anchor(name), taken),
        facts=facts_of(verification),
        image_size=size,
        image_size_origin=size_origin,
        score=table_score(scores, dataset, metric, size),
        scores=scores,
        recipe=recipe(metadata),
        techniques=texts(metadata, "Training Techniques"),
        training_data=texts(metadata, "Training Data"),
        preprocessing=preprocessing(metadata, measurement),
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
        papers=tuple(cited_paper(p) for p in unique_papers(model.papers, besides=family_papers)),
        other=other_settings(metadata),
    )


def _num_classes(metadata: Metadata, measurement: Measurement | None) -> int | None:
    declared = metadata.number("Num Classes")
    if declared is not None:
        return int(declared)
    return measurement.facts.num_classes if measurement and measurement.facts else None


def _former_names(model: Model) -> tuple[str, ...]:
    value = model.extra.get("Former Names")
    if value is None:
        return ()
    items = value.value if isinstance(value.value, list) else [value]
    return tuple(one_line(item.text) for item in items if isinstance(item, Value) and item.text)
