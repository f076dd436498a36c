"""timm's tables of benchmarks, as rows beside our own.

A table has a row for each model and image size. There are two orders of columns, and batches are
written as ``1024`` or ``1024.0``, numbers as ``1,013.01`` or ``1013.01``. What it was measured on and
how stands in the file's name only: ``benchmark-infer-amp-nhwc-pt240-cu124-rtx4090.csv`` is inference
in automatic mixed precision with channels last, with torch 2.4.0 and CUDA 12.4 on an RTX 4090; a
last ``-dynamo`` says that models were compiled. The day and timm's version stand nowhere.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from metazoo.bench.record import Benchmarks, BenchRow, BenchSettings, Hardware, Run, Timing
from metazoo.errors import UsageError

_NAME = re.compile(
    r"benchmark-infer-(?P<precision>[a-z0-9_]+)-(?P<layout>nchw|nhwc)"
    r"-pt(?P<torch>\d{3,4})(?:-cu(?P<cuda>\d{3}))?-(?P<device>.+?)(?P<dynamo>-dynamo)?"
)
_COLUMNS = (
    "model",
    "infer_samples_per_sec",
    "infer_step_time",
    "infer_batch_size",
    "infer_img_size",
)


@dataclass(frozen=True, slots=True)
class Named:
    """What the name of a table says.

    Attributes:
        precision: ``fp32``, ``amp``, ``amp_bf16``, …: as timm writes it.
        channels_last: Whether ``nhwc``.
        compile: Whether ``dynamo``.
        device: The last part: ``rtx4090``, ``cpu-i9_10940x``.
        versions: Of torch and CUDA.
    """

    precision: str
    channels_last: bool
    compile: bool
    device: str
    versions: dict[str, str]

    @property
    def kind(self) -> str:
        """``cpu`` or ``cuda``."""
        return "cpu" if self.device.startswith("cpu") else "cuda"


def read_name(path: Path) -> Named:
    """What the name of a table says.

    Raises:
        UsageError: It is not named as timm names tables of inference.
    """
    found = _NAME.fullmatch(path.stem)
    if found is None:
        raise UsageError(
            f"{path}: its name doesn't tell how it was measured; timm names tables of inference"
            " benchmark-infer-PRECISION-nchw|nhwc-ptVERSION[-cuVERSION]-DEVICE[-dynamo].csv"
        )
    versions = {"torch": _dotted(found["torch"])}
    if found["cuda"]:
        versions["cuda"] = f"{found['cuda'][:2]}.{found['cuda'][2:]}"
    return Named(
        precision=found["precision"],
        channels_last=found["layout"] == "nhwc",
        compile=found["dynamo"] is not None,
        device=found["device"],
        versions=dict(sorted(versions.items())),
    )


def _dotted(digits: str) -> str:
    """``240`` is 2.4.0; ``1121`` 1.12.1; ``112``, of the time before 2.0, is 1.12."""
    if digits.startswith("1"):
        return f"1.{digits[1:3]}" + (f".{digits[3:]}" if digits[3:] else "")
    return f"{digits[0]}.{digits[1:-1]}.{digits[-1]}"


def read_benchmark_csv(path: Path, hardware: str) -> Benchmarks:
    """Read a table of timm's.

    Args:
        path: The file, under the name that timm gave it.
        hardware: What the device is called: ``NVIDIA GeForce RTX 4090``.

    Returns:
        One run and its rows; a throughput each, for latencies and memory were not measured.

    Raises:
        UsageError: The name says nothing, a column is missing, or a value is no number.
    """
    if not re.search("[a-zA-Z0-9]", hardware):
        raise UsageError(f"--hardware is {hardware!r}; name the device")
    named = read_name(path)
    run = Run(
        id=path.name,
        hardware=Hardware(name=hardware, kind=named.kind, versions=named.versions),
        origin=path.name,
    )
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream)
            missing = [name for name in _COLUMNS if name not in (reader.fieldnames or ())]
            if missing:
                raise UsageError(f"{path}:1: has no column {', '.join(missing)}")
            rows = tuple(_row(f"{path}:{reader.line_num}", cells, named, run) for cells in reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"{path}: can't be read as CSV: {error}") from error
    if not rows:
        raise UsageError(f"{path}: has no rows")
    twice = Counter((row.model, row.input_size, row.settings) for row in rows)
    for (model, size, _), times in twice.items():
        if times > 1:
            raise UsageError(
                f"{path}: has {times} rows of {model!r} at {size[1] if size else '?'} pixels; keep one"
            )
    return Benchmarks(hardware, {run.id: run}, rows)


def _row(where: str, cells: Mapping[str, str | None], named: Named, run: Run) -> BenchRow:
    rate = _number(where, "infer_samples_per_sec", cells)
    batch = _whole(where, "infer_batch_size", cells)
    size = _whole(where, "infer_img_size", cells)
    step = _number(where, "infer_step_time", cells)
    # Milliseconds of a whole batch. It and the rate are averaged in different ways, so they part by
    # a little; by much, they would be something else than is thought here.
    if not 0.5 < rate * step / 1e3 / batch < 2:
        raise UsageError(
            f"{where}: {rate:g} images/s don't match batches of {batch} in {step:g} ms each"
        )
    name = (cells["model"] or "").strip()
    if not name:
        raise UsageError(f"{where}: the model column is empty")
    return BenchRow(
        model=name,
        run=run.id,
        architecture=name.partition(".")[0],
        input_size=(3, size, size),
        settings=BenchSettings(
            device=named.kind,
            precision=named.precision,
            channels_last=named.channels_last,
            compile=named.compile,
            batch_size=batch,
        ),
        throughput=Timing(batch=batch, seconds=batch / rate),
    )


def _number(where: str, column: str, cells: Mapping[str, str | None]) -> float:
    text = (cells[column] or "").strip()
    if not re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d*)?|\d+(\.\d*)?([eE][+-]?\d+)?", text):
        raise UsageError(f"{where}: {column} is {text!r}, not a number")
    number = float(text.replace(",", ""))
    if number == 0:
        raise UsageError(f"{where}: {column} is {text!r}; it must be above 0")
    return number


def _whole(where: str, column: str, cells: Mapping[str, str | None]) -> int:
    number = _number(where, column, cells)
    if number != int(number):
        raise UsageError(f"{where}: {column} is {cells[column]!r}, not a whole number")
    return int(number)
