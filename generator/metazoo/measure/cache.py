"""What this machine has measured before, so that nothing is measured twice. No torch here.

A database under the user's cache folder, one row a measurement, written as soon as it is there:
whoever is killed in the middle finds the rest again. Its key is everything that a measurement
depends on: the request, the versions of torch and of the source's package, and metazoo's own code.
Failures are not kept, nor what was run on real hardware, nor a project's own models.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from metazoo.errors import UsageError
from metazoo.files import cache_folder
from metazoo.jsonfile import DamagedError, from_plain, to_plain
from metazoo.measure.measurement import Measurement
from metazoo.measure.request import Request
from metazoo.measure.sources.built_in import is_released
from metazoo.measure.versions import config_version, installed_versions


class Cache:
    """Measurements kept on this machine.

    Args:
        path: The database's file; made where it isn't there.
        on_unusable: Told why the file can't be used, once; from then on the cache is empty and keeps
            nothing.

    Raises:
        UsageError: The file can't be used, here or later, and there is nobody to tell.
    """

    def __init__(
        self, path: Path | None = None, *, on_unusable: Callable[[str], None] | None = None
    ) -> None:
        self._path = path
        self._on_unusable = on_unusable
        self._database: sqlite3.Connection | None = None
        try:
            self._path = path or cache_folder() / "measurements.sqlite"
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._database = sqlite3.connect(self._path, isolation_level=None, timeout=30)
            self._database.executescript(
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
                "CREATE TABLE IF NOT EXISTS kept (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;"
            )
        except (OSError, sqlite3.Error, UsageError) as error:
            self._give_up(error)

    def measurement(self, request: Request) -> Measurement | None:
        """What was measured for a request with the versions installed now, or None."""
        found = self._get(_key(request))
        if found is None:
            return None
        try:
            return from_plain(Measurement, json.loads(found))
        except (DamagedError, ValueError, RecursionError) as error:
            self._give_up(error)
            return None

    def keep(self, request: Request, measurement: Measurement) -> None:
        """Keep a measurement, where it is of the kind that is kept."""
        if is_released(request.source) and measurement.error is None and request.device == "meta":
            self._put(_key(request), json.dumps(to_plain(measurement)))

    def names(self, source: str) -> list[str] | None:
        """The architectures of a source, where they were asked for before."""
        found = self._get(_names_key(source))
        try:
            return list(json.loads(found)) if found else None
        except (ValueError, TypeError, RecursionError) as error:
            self._give_up(error)
            return None

    def keep_names(self, source: str, names: Sequence[str]) -> None:
        """Keep the architectures of a released source."""
        if is_released(source):
            self._put(_names_key(source), json.dumps(names))

    def _get(self, key: str) -> str | None:
        row = self._execute("SELECT value FROM kept WHERE key = ?", [key])
        return str(row[0]) if row else None

    def _put(self, key: str, value: str) -> None:
        self._execute("INSERT OR REPLACE INTO kept VALUES (?, ?)", [key, value])

    def _execute(self, statement: str, values: list[str]) -> Any:
        """The first row that a statement yields, if it yields one."""
        if self._database is None:
            return None
        try:
            return self._database.execute(statement, values).fetchone()
        except sqlite3.Error as error:
            self._give_up(error)
            return None

    def _give_up(self, error: Exception) -> None:
        if self._database is not None:
            self._database.close()
            self._database = None
        what = f"{self._path}: {error}" if self._path else str(error)
        message = (
            f"the cache of measurements can't be used: {what}. Delete the file if it is there, or let"
            " METAZOO_CACHE name a folder that can be written to"
        )
        if self._on_unusable is None:
            raise UsageError(message) from error
        self._on_unusable(message)


def _key(request: Request) -> str:
    versions = installed_versions(request.source) | config_version(request.config)
    return json.dumps([asdict(request), versions, _own_code()])


def _names_key(source: str) -> str:
    return json.dumps(["names", source, installed_versions(source), _own_code()])


@cache
def _own_code() -> str:
    """A digest of the code that measures: a change of it makes all measurements old."""
    digest = hashlib.sha256()
    for file in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()
