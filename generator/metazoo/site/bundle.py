"""Join the explorer's modules into one classic script, which also runs from a folder.

Browsers load no modules from ``file://``. The sources stay modules, each with its imports said; here
their ``import`` and ``export`` words are taken out and they are put in order inside one function.
Names must be unique over all modules, which `bundle` checks.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

SOURCES = Path(__file__).with_name("explorer")

_IMPORT = re.compile(r'^import \{[^}]*\} from "\./([\w-]+\.js)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|const|class)\b)", re.MULTILINE)
_TOP_NAME = re.compile(r"^(?:export )?(?:function|const|let|class) (\w+)", re.MULTILINE)


def bundle(entry: str = "main.js", *, sources: Path = SOURCES, vega: str | None = None) -> str:
    """The modules that `entry` needs, and it, as a script that sets ``window.metazooExplorer``.

    Args:
        entry: The module that exports ``start``.
        sources: The folder of the modules.
        vega: The file beside the script that brings Vega; None where the site has none.

    Raises:
        ValueError: Two modules use the same name at their top, or a module imports in a form that
            isn't understood here.
    """
    order: list[str] = []
    _visit(entry, sources, order)
    names: dict[str, str] = {}
    parts = []
    for name in order:
        text = (sources / name).read_text("utf-8")
        for top in _TOP_NAME.findall(text):
            if top in names:
                raise ValueError(f"{name} and {names[top]} both define {top}")
            names[top] = name
        text = _EXPORT.sub("", _IMPORT.sub("", text))
        if re.search(r"^(import|export)\b", text, re.MULTILINE):
            raise ValueError(f"{name} has an import or export that can't be bundled")
        parts.append(text.strip())
    body = "\n\n".join(parts)
    known = f"window.metazooExplorer = {{ start, vega: {json.dumps(vega)} }};"
    return f'(() => {{\n"use strict";\n\n{body}\n\n{known}\n}})();\n'


def _visit(name: str, sources: Path, order: list[str]) -> None:
    for needed in _IMPORT.findall((sources / name).read_text("utf-8")):
        if needed not in order:
            _visit(needed, sources, order)
    if name not in order:
        order.append(name)
