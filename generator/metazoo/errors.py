"""Every exception a user can meet, in one place.

A fault in the user's *data* is not an exception but a `metazoo.findings.Finding`: it must not stop
the rest of the run. What stands here ends a command: it was used wrongly, or cannot go on.
"""

from pathlib import Path

NEEDS_POSIX = (
    "metazoo needs Linux or macOS: it locks files and forks workers in ways that Windows does not"
    " support. On Windows, run it in the Windows Subsystem for Linux (WSL)"
)


class MetazooError(Exception):
    """A command can't go on. `str()` says what, why and what to do; nobody needs a traceback."""


class UsageError(MetazooError):
    """The command was used wrongly: a path that isn't there, an option that doesn't fit."""


class ConfigError(MetazooError):
    """The project's configuration can't be read or says something impossible."""


class SourceError(ConfigError):
    """A source of models can't be imported; the message names it and the place that raised."""


class MissingExtraError(MetazooError):
    """The command needs an optional part of metazoo that isn't installed.

    Args:
        task: What was asked for, as the subject of a sentence: ``"Measuring a model"``.
        package: The package that could not be imported.
        extra: The extra that brings it.
        install: The command that installs it, where no extra does alone.
    """

    def __init__(self, task: str, package: str, extra: str = "", install: str = "") -> None:
        command = install or f"pip install 'metazoo[{extra}]'"
        super().__init__(
            f"{task} needs {package}, which is not installed. Install it with: {command}"
        )


class RecordError(MetazooError):
    """A file of records or benchmarks can't be read or written, or is not what metazoo wrote.

    Args:
        file: The file.
        why: What is wrong with it, a sentence without its subject and its full stop.
        remedy: What to do about it, a sentence without its full stop.
        line: Line and column, where the file could be read so far.
    """

    def __init__(
        self, file: Path, why: str, remedy: str, line: tuple[int, int] | None = None
    ) -> None:
        place = ":".join(map(str, (file, *(line or ()))))
        super().__init__(f"{place}: {why}. {remedy}")
        self.file = file
        self.why = why
        self.remedy = remedy
        self.line = line or (0, 0)


class TemplateError(MetazooError):
    """A card or an include can't be rendered; the message names the template and its line."""
