"""Rules for what `metazoo.cards` reports while rendering; only their catalogue entries are here."""

from __future__ import annotations

from metazoo.findings import Severity
from metazoo.rules.rule import reported_elsewhere

reported_elsewhere(
    "MZ801",
    "card-template",
    Severity.ERROR,
    "The card of a family can't be rendered.",
    why="Readers get the standard card without the text written for this family.",
    bad="# {{ family.nmae }}\n",
    good="# {{ family.name }}\n",
    file="docs/models/resnet.md",
    remedy="The message names the template, the line and the undefined or misspelled name.",
)
reported_elsewhere(
    "MZ802",
    "card-without-family",
    Severity.WARNING,
    "A card under `docs/models/` has the name of no family.",
    why="Most likely the family was renamed: its page lacks this text, and this page lacks its "
    "numbers.",
    remedy="Give the card the name of its family, or delete it.",
)
reported_elsewhere(
    "MZ803",
    "glossary",
    Severity.ERROR,
    "An entry of the glossary is not text, or describes a metric that can't be read.",
    why="Terms that the cards link to have no explanation, or a metric has no direction or range. The "
    "rest of the glossary is used.",
    bad="ReLU: [max, zero]\n",
    good="ReLU: Keeps positive values and sets all others to zero.\n",
    file="model_index/glossary.yml",
    remedy="Map each term to a text, or to `Text` and `URL`. [Metrics](../guide/data.md#metrics) have "
    "additional keys. A glossary outside the project is not read, not even through a symbolic link.",
)
