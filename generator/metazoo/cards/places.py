"""Say where something stands so that it reads the same on every machine."""

from __future__ import annotations

from pathlib import Path

from metazoo.findings import Location


def place(location: Location, root: Path) -> str:
    """A location with its file relative to the project's root: ``families/a.yml:3:5``.

    Args:
        location: Its file is absolute, or relative to the working directory.
        root: The project's folder. Files outside it keep their name only.
    """
    file = Path.cwd() / location.file
    name = file.relative_to(root).as_posix() if file.is_relative_to(root) else file.name
    return f"{name}:{location.line}:{location.column}" if location.line else name


def without_root(text: str, root: Path) -> str:
    """A message with the paths in it relative to the project's root."""
    return text.replace(f"{root}/", "")
