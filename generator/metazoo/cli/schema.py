"""``metazoo schema``: the strict format as a JSON Schema."""

from __future__ import annotations

import json

import typer


def schema() -> None:
    """Print a JSON Schema of the strict format, for editors and other validators."""
    from metazoo.index.schema import schema as made

    typer.echo(json.dumps(made(), indent=2, ensure_ascii=False))
