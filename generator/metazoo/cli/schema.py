"""``metazoo schema``: the strict format as a JSON Schema."""

from __future__ import annotations

import typer

from metazoo.sanitize import json_text


def schema() -> None:
    """Print a JSON Schema of the strict format, for editors and other validators."""
    from metazoo.index.schema import schema as made

    typer.echo(json_text(made()))
