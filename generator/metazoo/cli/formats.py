"""The formats that commands print in, and which commands accept which."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, Any

import typer


class Format(StrEnum):
    """How to print what a command found."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"
    SARIF = "sarif"
    JUNIT = "junit"
    GITHUB = "github"


def _option(*formats: Format) -> Any:
    """The option `--format` of a command that can print in these formats."""
    return typer.Option(
        "--format",
        help="How to print.",
        metavar=f"<{'|'.join(formats)}>",
        parser=_one_of(formats),
    )


def _one_of(formats: tuple[Format, ...]) -> Callable[[str], Format]:
    def parse(text: str) -> Format:
        for known in formats:
            if text == known:
                return known
        raise typer.BadParameter(
            f"{text!r} is not one of {', '.join(map(repr, map(str, formats)))}."
        )

    return parse


FormatOption = Annotated[Format, _option(Format.TEXT, Format.JSON)]
"""Of most commands."""
ListFormatOption = Annotated[Format, _option(Format.TEXT, Format.JSON, Format.CSV)]
"""Of `metazoo list`."""
FindingsFormatOption = Annotated[
    Format, _option(Format.TEXT, Format.JSON, Format.SARIF, Format.JUNIT, Format.GITHUB)
]
"""Of `metazoo check`."""
