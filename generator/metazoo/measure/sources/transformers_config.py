"""Read a ``config.json`` that a stranger may have written, as data: check it, and drop what reaches elsewhere."""

from __future__ import annotations

import math
import re
from typing import Any

from metazoo.files import read_bytes
from metazoo.jsonfile import DamagedError, Unusable, parse_json
from metazoo.measure.sources.protocol import UnknownModelError, project_file

LARGEST_BYTES = 4 * 2**20
"""Size up to which a configuration is read; one with the labels of ImageNet-21k has 2 MB."""
DEEPEST = 20
"""Levels of nesting; a configuration of several towers has 4."""
LARGEST_NUMBER = 2**24
"""Largest whole number; the longest context is 10,485,760 tokens."""
LARGEST_COUNT = 2**14
"""Largest number of layers, experts and the like, each of which is built."""
MOST_LABELS = 2**20
"""Largest number of labels."""

DTYPES = ("float16", "bfloat16", "float32", "float64")

_COUNTS = re.compile(r"layers?|depths?|blocks|stages|experts|towers|codebooks|quantizers")
_NO_COUNT = re.compile(r"size|dim|types|idx|index|indices|per_tok|per_layer|token|period|start|end")
_UNBOUNDED = re.compile(r"theta|seed|base")
_DROPPED = re.compile(
    r"auto_map|custom_pipelines|quantization_config|_?name_or_path|_commit_hash|transformers_version"
    r"|_?(attn|experts)_implementation\w*|use_kernels|kernel_config"
)
"""What names code, a repository or a way to compute; nothing that is counted depends on it."""
_NETWORKS = ("architecture", "backbone")
"""Keys under which a configuration may name a network of timm."""


def read_config(path: str) -> dict[str, Any]:
    """Read a configuration of the project.

    Args:
        path: Relative to the project's root, as the index has it.

    Returns:
        Its entries, without those that name code or repositories.

    Raises:
        UnknownModelError: It can't be read, or isn't a configuration that can be built safely.
    """
    file = project_file(path)
    try:
        return _checked_entries(parse_json(read_bytes(file, LARGEST_BYTES)), 1)
    except OSError as error:
        raise refused(path, f"can't be read: {error.strerror}") from error
    except DamagedError as error:
        raise refused(path, str(error)) from error


def refused(path: str, why: str) -> UnknownModelError:
    """The error for a configuration, with the reason: ``has no model_type``."""
    return UnknownModelError(f"its Config {path!r} {why}")


def _checked(key: str, value: Any, depth: int) -> Any:
    """A value as it is passed on.

    Raises:
        DamagedError: It isn't safe to build from.
    """
    if isinstance(value, dict):
        return _checked_entries(value, depth + 1)
    if isinstance(value, list):
        if depth >= DEEPEST:
            raise DamagedError(f"is nested deeper than {DEEPEST} levels")
        return [_checked(key, one, depth + 1) for one in value]
    if isinstance(value, Unusable):
        # As Python writes it; mamba2 limits its time steps so.
        if str(value) in ("Infinity", "-Infinity"):
            return math.copysign(math.inf, -1 if str(value)[0] == "-" else 1)
        raise DamagedError(f"{key} is {value}, which is no usable number")
    if isinstance(value, int) and not isinstance(value, bool):
        _check_number(key, value)
    if key in _NETWORKS and isinstance(value, str):
        _check_network(key, value)
    return value


def _checked_entries(values: Any, depth: int) -> dict[str, Any]:
    if not isinstance(values, dict):
        raise DamagedError(f"holds a {type(values).__name__}, not an object")
    if depth > DEEPEST:
        raise DamagedError(f"is nested deeper than {DEEPEST} levels")
    kept = {}
    for key, value in values.items():
        if _DROPPED.fullmatch(key):
            continue
        if key.startswith("__") and key != "__float__":
            raise DamagedError(f"has the entry {key!r}, which no configuration has")
        if key in ("dtype", "torch_dtype") and value is not None:
            _check_dtype(key, value)
        kept[key] = _checked(key, value, depth)
    return kept


def _check_number(key: str, value: int) -> None:
    is_count = bool(_COUNTS.search(key)) and not _NO_COUNT.search(key)
    most = LARGEST_COUNT if is_count else MOST_LABELS if key == "num_labels" else LARGEST_NUMBER
    if abs(value) > most and not _UNBOUNDED.search(key):
        raise DamagedError(f"{key} is {value:,}; the limit is {most:,}")


def _check_dtype(key: str, value: Any) -> None:
    if not isinstance(value, str) or value not in DTYPES:
        raise DamagedError(f"{key} is {value!r}, not one of {', '.join(DTYPES)}")


def _check_network(key: str, value: str) -> None:
    if ":" in value or "/" in value or "\\" in value:
        raise DamagedError(
            f"{key} is {value!r}, which is no name in timm's registry, and nothing is downloaded;"
            " state a backbone_config instead"
        )
