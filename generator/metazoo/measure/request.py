"""What is asked of a measurement. No torch here."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from metazoo import config
from metazoo.errors import UsageError
from metazoo.files import inside, real
from metazoo.inputs import Inputs


@dataclass(frozen=True, slots=True)
class Request:
    """One model to measure, and how.

    Attributes:
        model: The name as its source knows it: an architecture, with a tag or without.
        source: Which source builds it: ``timm``.
        input_size: Channels, height, width of its images; None for the source's own default.
        inputs: What it takes; empty for what the source says, at `input_size` where that is given.
        config: Path of a configuration that says what to build, relative to the project's root; None
            where the name says it.
        device: ``meta`` counts only; ``cpu`` and ``cuda`` also run the model once on that hardware.
        num_classes: Outputs of the classifier; None for the source's own default, 0 for none.
        reparameterize: Whether to fold training branches into one, as for inference.
        components: Whether to note what other conventions count, too.
        per_module: Whether to say which part of the model computes how much.
    """

    model: str
    source: str = "timm"
    input_size: tuple[int, int, int] | None = None
    device: str = "meta"
    num_classes: int | None = None
    reparameterize: bool = False
    components: bool = False
    per_module: bool = False
    inputs: Inputs = ()
    config: str | None = None


def config_in_project(written: str, folders: Iterable[Path]) -> str:
    """Find a configuration file as `Request.config` names it.

    Args:
        written: A path, or a name that only the source knows.
        folders: What the path may be relative to; the first that has the file counts.

    Returns:
        The path relative to the project's root if it is a file of the project, else as written.
    """
    root = config.current().root
    for folder in folders:
        file = folder / written
        if inside(file, root) and file.is_file():
            return Path(os.path.relpath(real(file), real(root))).as_posix()
    return written


def parse_input_size(text: str) -> tuple[int, int, int]:
    """Read ``224``, ``256x192`` or ``3x224x224`` as channels, height, width.

    Raises:
        UsageError: It is none of these.
    """
    numbers = [int(n) for n in re.split(r"[x×]", text)] if _SIZE.fullmatch(text) else []
    if not numbers or 0 in numbers:
        raise UsageError(f"{text!r} is not an input size; write 224, 256x192 or 3x224x224")
    if len(numbers) == 1:
        numbers *= 2
    channels, height, width = numbers if len(numbers) == 3 else (3, *numbers)
    return channels, height, width


_SIZE = re.compile(r"\d{1,5}([x×]\d{1,5}){0,2}")
