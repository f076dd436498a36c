"""What rendering the cards reports. These rules are entries only: `metazoo.cards` finds the faults."""

from __future__ import annotations

from metazoo.findings import Severity
from metazoo.rules.rule import reported_elsewhere

reported_elsewhere(
    "MZ801",
    "card-template",
    Severity.ERROR,
    "A family's card can't be rendered.",
    why="Its readers get the standard card without the words written for it.",
    bad="# {{ family.nmae }}\n",
    good="# {{ family.name }}\n",
    file="docs/models/resnet.md",
    remedy="The message names the template, its line and what is undefined or misspelt there.",
)
reported_elsewhere(
    "MZ802",
    "card-without-family",
    Severity.WARNING,
    "A card stands under `docs/models/` and no family has its name.",
    why="Most likely the family was renamed: its page now has none of these words, and this one none "
    "of its numbers.",
    remedy="Rename the card after its family, or remove it.",
)
reported_elsewhere(
    "MZ803",
    "glossary",
    Severity.ERROR,
    "An entry of the glossary is no text, or a metric in it can't be understood.",
    why="Words that the cards link to then have no explanation, and a metric has no direction or range. The "
    "rest of the glossary is used.",
    bad="ReLU: [max, zero]\n",
    good="ReLU: Lets what is positive pass and makes the rest zero.\n",
    file="model_index/glossary.yml",
    remedy="Map each word to a text, or to `Text` and `URL`. [Metrics](../guide/data.md#metrics) have keys of "
    "their own. A glossary outside the project, or a link to one, is not read.",
)
