"""Text for rich's consoles and tables, harmless whatever it quotes: no markup, no controls, no command."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from metazoo.sanitize import printable, printable_anywhere


def line(console: Console, text: str, style: str = "") -> None:
    """Print one line of text, however long it is."""
    console.print(Text(printable(text)), style=style, soft_wrap=True)


def cell(text: str) -> Text:
    """Text in a table, which may break it into lines anywhere."""
    return Text(printable_anywhere(text))
