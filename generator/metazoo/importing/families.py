"""Which family a name belongs to: the globs that a collection states under ``Names``.

They stand in the family files themselves, so that the next import knows where a new name goes. A
glob is matched against ``architecture.tag``; one that begins with ``!`` takes its names out again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from metazoo.index.model import ModelIndex, Value


@dataclass(frozen=True, slots=True)
class FamilyGlobs:
    """A collection and the names that belong to it.

    Attributes:
        name: The collection's name.
        file: Where it stands.
        globs: As stated under ``Names``.
    """

    name: str
    file: Path
    globs: tuple[str, ...]

    def takes(self, name: str) -> bool:
        """Whether a name matches a glob, and none of those with ``!``."""
        return any(
            fnmatchcase(name, glob) for glob in self.globs if not glob.startswith("!")
        ) and not any(fnmatchcase(name, glob[1:]) for glob in self.globs if glob.startswith("!"))


@dataclass(slots=True)
class Assignment:
    """Names by family.

    Attributes:
        members: The names of each family, by its name, in the order given.
        homeless: Names that no family takes.
        disputed: Names that several families take, and which.
    """

    members: dict[str, list[str]] = field(default_factory=dict)
    homeless: list[str] = field(default_factory=list)
    disputed: dict[str, list[str]] = field(default_factory=dict)


def families_of(index: ModelIndex) -> list[FamilyGlobs]:
    """Every collection of an index, with its globs."""
    return [
        FamilyGlobs(c.name.text, Path(c.location.file), _globs(c.extra.get("Names")))
        for c in index.collections
    ]


def assign(names: Iterable[str], families: Sequence[FamilyGlobs]) -> Assignment:
    """Sort names into families; only a name that exactly one family takes is a member."""
    found = Assignment()
    for name in names:
        takers = [family.name for family in families if family.takes(name)]
        if len(takers) == 1:
            found.members.setdefault(takers[0], []).append(name)
        elif takers:
            found.disputed[name] = takers
        else:
            found.homeless.append(name)
    return found


def _globs(names: Value[object] | None) -> tuple[str, ...]:
    if names is None:
        return ()
    items = names.value if isinstance(names.value, list) else [names]
    return tuple(item.text for item in items if isinstance(item, Value) and item.text)
