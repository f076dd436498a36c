"""Read a project's settings, such as where its index and its records are.

They are in ``metazoo.toml``, or under ``[tool.metazoo]`` in ``pyproject.toml``; `metazoo.toml` takes
precedence. Without either, a folder ``model_index`` marks the project's root.
"""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from metazoo.errors import ConfigError
from metazoo.files import inside, read_text, real
from metazoo.findings import Severity
from metazoo.jsonfile import shown


@dataclass(frozen=True, slots=True)
class Config:
    """Settings of a project; every path is absolute once loaded.

    Attributes:
        root: Folder of the project; other paths are relative to it.
        index: The index's root file.
        records: Folder of the measurement records, one JSON file a family.
        waivers: File of the waivers.
        select: Rules to report, by code, group or name; all if empty.
        ignore: Rules to leave out.
        severity: Severities that differ from the default, by rule.
        sources: Additional sources of models, as ``module:object``, by name.
        file: The file the settings were read from, if any.
    """

    root: Path
    index: Path = Path("model_index/index.yml")
    records: Path = Path("model_index/measured")
    waivers: Path = Path("model_index/waivers.yml")
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: Mapping[str, Severity] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    file: Path | None = None


_project: Path | None = None

_NOT_SETTINGS = {"root", "file"}
_LONGEST_PATH, _LONGEST_NAME = 4095, 255
"""In bytes, the limits of Linux."""
_LARGEST_BYTES = 2**20


def load(start: Path | None = None) -> Config:
    """Find and read the settings of the project that contains `start`.

    Args:
        start: A folder, or a file in it; the working directory by default.

    Returns:
        The settings, or the defaults with `start` as root if no project is found.

    Raises:
        ConfigError: The file is not TOML, has an unknown setting or one of the wrong type, or a path leads
            out of the project, directly or through a link.
    """
    start = (start or Path.cwd()).resolve()
    if start.is_file():
        start = start.parent
    for folder in (start, *start.parents):
        for name in ("metazoo.toml", "pyproject.toml"):
            file = folder / name
            settings = _read(file) if os.path.lexists(file) else None
            if settings is not None:
                return _config(folder, settings, file)
        if (folder / "model_index" / "index.yml").is_file():
            return _config(folder, {}, None)
    return _config(start, {}, None)


def with_paths(config: Config, index: str | None, records: str | None) -> Config:
    """Replace the index or the records folder of the settings.

    Args:
        config: The settings.
        index: Path of the index's root file, relative to the root; None to keep it.
        records: Path of the records folder, relative to the root; None to keep it.

    Raises:
        ConfigError: A path leads out of the project.
    """

    def chosen(key: str, path: str | None, present: Path) -> Path:
        return present if path is None else _path({key: path}, key, config.root, config.file)

    return replace(
        config,
        index=chosen("index", index, config.index),
        records=chosen("records", records, config.records),
    )


def current_root() -> Path | None:
    """Return the root of the project that this process works on, if it was set."""
    return _project


def current() -> Config:
    """Read the settings of the project that this process works on, by default the working directory's.

    Raises:
        ConfigError: As `load`.
    """
    return load(current_root())


def work_on(root: Path) -> None:
    """Set the root of the project whose settings and sources this process uses."""
    global _project
    _project = root


def _read(file: Path) -> dict[str, Any] | None:
    """Read the settings in a file; None if it is a pyproject.toml without settings for metazoo."""
    try:
        content = tomllib.loads(read_text(file, _LARGEST_BYTES))
    except OSError as error:
        raise ConfigError(f"{file}: can't be read: {error.strerror}") from error
    except ValueError as error:  # of TOML, of UTF-8, of a number with thousands of digits
        raise ConfigError(f"{file}: can't be read as TOML: {error}") from error
    except RecursionError as error:
        raise ConfigError(f"{file}: can't be read as TOML: it is nested too deep") from error
    if file.name == "metazoo.toml":
        return content
    tools = content.get("tool", {})
    if not isinstance(tools, dict):
        raise ConfigError(f"{file}: [tool] must be a table, not {shown(tools)}")
    settings = tools.get("metazoo")
    if settings is not None and not isinstance(settings, dict):
        raise ConfigError(f"{file}: [tool.metazoo] must be a table, not {shown(settings)}")
    return settings


def _config(root: Path, settings: dict[str, Any], file: Path | None) -> Config:
    known = [f.name for f in fields(Config) if f.name not in _NOT_SETTINGS]
    for key in settings:
        if key not in known:
            close = difflib.get_close_matches(key, known, n=1)
            advice = f"did you mean {close[0]!r}?" if close else f"known are: {', '.join(known)}"
            raise ConfigError(f"{file}: there is no setting {shown(key)}; {advice}")
    paths = {key: _path(settings, key, root, file) for key in ("index", "records", "waivers")}
    if paths["index"].is_dir():
        raise ConfigError(
            f"{file or root}: setting 'index' must name the root file of the index, and"
            f" {shown(str(paths['index'].relative_to(root)))} is a folder"
        )
    benchmarks = paths["index"].parent / "benchmarks"
    if not inside(benchmarks, root):
        raise ConfigError(_outside(str(benchmarks), benchmarks, root))
    return Config(
        root=root,
        file=file,
        select=_names(settings, "select", file),
        ignore=_names(settings, "ignore", file),
        severity=_severities(settings, file),
        sources=_sources(settings, file),
        **paths,
    )


def _path(settings: dict[str, Any], key: str, root: Path, file: Path | None) -> Path:
    value = settings.get(key, str(getattr(Config(root), key)))
    if not isinstance(value, str) or "\0" in value:
        raise ConfigError(f"{file}: setting {key!r} must be a path as text, not {shown(value)}")
    path = root / value
    longest = max(len(os.fsencode(part)) for part in path.parts)
    if len(os.fsencode(path)) > _LONGEST_PATH or longest > _LONGEST_NAME:
        raise ConfigError(f"{file}: setting {key!r} is longer than a path can be: {shown(value)}")
    if not inside(path, root):
        where = f"{file}: setting {key!r}" if key in settings else f"{path}: the place of {key!r}"
        raise ConfigError(_outside(where, path, root))
    return path


def _outside(what: str, path: Path, root: Path) -> str:
    return (
        f"{what} leads to {real(path)}, outside the project's root {root}. metazoo reads and writes only inside"
        " the root, links included: move the file or folder there, or move the configuration to a folder"
        " above both"
    )


def _names(settings: dict[str, Any], key: str, file: Path | None) -> tuple[str, ...]:
    names = settings.get(key, [])
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ConfigError(f"{file}: setting {key!r} must be a list of rules, not {shown(names)}")
    return tuple(names)


def _severities(settings: dict[str, Any], file: Path | None) -> dict[str, Severity]:
    table = settings.get("severity", {})
    if not isinstance(table, dict):
        raise ConfigError(
            f"{file}: setting 'severity' must be a table of rules, not {shown(table)}"
        )
    known = ", ".join(Severity)
    for rule, severity in table.items():
        if not isinstance(severity, str) or severity not in set(Severity):
            raise ConfigError(
                f"{file}: severity of {shown(rule)} must be one of {known}, not {shown(severity)}"
            )
    return {rule: Severity(severity) for rule, severity in table.items()}


def _sources(settings: dict[str, Any], file: Path | None) -> dict[str, str]:
    table = settings.get("sources", {})
    if not isinstance(table, dict):
        raise ConfigError(f"{file}: setting 'sources' must be a table, not {shown(table)}")
    for name, where in table.items():
        if not isinstance(where, str) or not re.fullmatch(r"\w+(\.\w+)*:\w+", where):
            raise ConfigError(
                f"{file}: source {shown(name)} must be 'module:object' as text, not {shown(where)}"
            )
    return dict(table)
