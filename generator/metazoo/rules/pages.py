"""The documentation pages of the rules, generated from the catalogue.

Run ``python -m metazoo.rules.pages docs/rules`` after changing a rule; a test compares the pages.
"""

from __future__ import annotations

import sys
from pathlib import Path

from metazoo.rules import CATALOGUE, GROUPS, Rule

_LANGUAGES = {
    ".yml": "yaml",
    ".yaml": "yaml",
    ".json": "json",
    ".md": "markdown",
    ".mdx": "markdown",
}
_GROUP_TITLES = {
    "reading": "Reading: can the files be read?",
    "structure": "Structure: is everything present and in the right place?",
    "values": "Values: is each value possible on its own?",
    "consistency": "Consistency: do the values contradict each other?",
    "links": "Links: can links and paths be followed?",
    "verification": "Verification: does the index agree with the measurements?",
    "waivers": "Waivers: are the waivers valid and still needed?",
    "cards": "Cards: can the pages be rendered?",
}
_INTRODUCTION = (
    "Every rule has a code, a severity and a page. `metazoo rules` prints this list, and "
    "`metazoo rule CODE` prints the page of a rule. [Checking an index](../guide/checking.md) explains how "
    "to select rules and how to accept a finding."
)
_IGNORING = (
    "For single models, [waive the finding](../guide/checking.md#waivers) with a reason and a date. For the "
    'whole project, add the rule to the configuration: `ignore = ["{name}"]`.'
)


def page(rule: Rule) -> str:
    """The Markdown page of one rule."""
    fixes = "can fix some of its findings" if rule.fixable else "does not fix it"
    parts = [
        f"# {rule.code}: {rule.name}",
        rule.summary,
        f"Severity: **{rule.severity}**. Group: {rule.group}. `--fix` {fixes}.",
        "## Why this is bad",
        rule.why,
    ]
    if rule.bad:
        language = _LANGUAGES.get(Path(rule.file).suffix, "text")
        parts += [
            "## Example",
            _block(language, rule.bad),
            "Better:",
            _block(language, rule.good),
        ]
    if rule.remedy:
        parts += ["## How to fix it", rule.remedy]
    parts += [
        "## How to ignore it",
        _IGNORING.format(name=rule.name),
    ]
    return "\n\n".join(parts) + "\n"


def _block(language: str, text: str) -> str:
    shown = "".join(c if c.isprintable() or c == "\n" else f"<U+{ord(c):04X}>" for c in text)
    fence = "````" if "```" in shown else "```"
    return f"{fence}{language}\n{shown.rstrip()}\n{fence}"


def overview() -> str:
    """The page that lists all rules."""
    parts = [
        "# Rules",
        _INTRODUCTION,
    ]
    for group in dict.fromkeys(GROUPS.values()):
        rows = [
            f"| [{r.code}]({r.code}.md) | {r.name} | {r.severity} | {'yes' if r.fixable else ''} |"
            f" {r.summary.replace('|', chr(92) + '|')} |"
            for r in CATALOGUE.values()
            if r.group == group
        ]
        if rows:
            head = "| Code | Name | Severity | `--fix` | What it finds |\n|---|---|---|---|---|"
            parts += [
                f"## {_GROUP_TITLES.get(group, group.capitalize())}",
                "\n".join([head, *rows]),
            ]
    return "\n\n".join(parts) + "\n"


def pages() -> dict[str, str]:
    """All pages by file name."""
    return {"index.md": overview()} | {f"{r.code}.md": page(r) for r in CATALOGUE.values()}


def write(folder: Path) -> None:
    """Write all pages, and delete those of removed rules."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = pages()
    for old in folder.glob("*.md"):
        if old.name not in wanted:
            old.unlink()
    for name, text in wanted.items():
        (folder / name).write_text(text, "utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
