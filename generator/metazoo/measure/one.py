"""Measure one model, in this process."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import torch
from torch import nn

from metazoo.measure.building import build_on_meta
from metazoo.measure.components import ComponentCounter
from metazoo.measure.counter import MacCounter
from metazoo.measure.faults import Cause, needs_values, sentence, text_of
from metazoo.measure.forward import run_forward
from metazoo.measure.measurement import Measurement
from metazoo.measure.outputs import OutputError, output_shape
from metazoo.measure.per_module import macs_by_module
from metazoo.measure.request import Request
from metazoo.measure.sources import BuildOptions, Resolved, Source, UnknownModelError
from metazoo.measure.tensors import contents
from metazoo.measure.versions import installed_versions

_NO_MEMORY = re.compile(
    r"not enough memory|[Cc]an(?:'t|not) allocate memory|out of memory|_ALLOC_FAILED"
)
"""How torch, the system, CUDA and its libraries say that memory ran out."""


def measure_one(request: Request, source: Source, gibibytes: float | None = None) -> Measurement:
    """Build a model and count what it computes; whatever goes wrong is the measurement's `error`.

    Args:
        request: What to measure.
        source: The source that `request` names.
        gibibytes: Of memory that this process lets a model take, where it is limited; to be named where
            that is not enough.
    """
    measurement = Measurement(
        model=request.model,
        source=request.source,
        input_size=request.input_size,
        num_classes=request.num_classes,
        reparameterized=request.reparameterize,
        device=request.device,
        versions=installed_versions(request.source),
        measured_on=datetime.datetime.now(datetime.UTC).date().isoformat(),
    )
    # A model is a stranger's code: it may raise anything at all, and costs this measurement only. An
    # interrupt is the user's where this is no worker, and a worker's parent knows what to make of it.
    try:
        resolved = source.resolve(request.model)
    except KeyboardInterrupt:
        raise
    except UnknownModelError as error:
        return replace(measurement, error=text_of(error), cause=Cause.UNKNOWN)
    except BaseException as error:  # noqa: BLE001
        return replace(measurement, error=sentence(error), cause=Cause.OTHER)
    measurement = replace(
        measurement,
        resolved_name=resolved.full_name,
        architecture=resolved.architecture,
        deprecated=resolved.deprecated,
        input_size=request.input_size or resolved.facts.input_size,
        facts=resolved.facts,
    )
    size = measurement.input_size
    if size is None:
        return replace(
            measurement, error="its source names no input size; give one", cause=Cause.OTHER
        )
    options = BuildOptions(request.input_size, request.num_classes)
    try:
        measurement = _counted(measurement, request, source, resolved, options, size)
        if request.device == "meta":
            return measurement
        run, shape = run_forward(source, resolved, options, size, request)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001
        if not _is_out_of_memory(error):
            return replace(measurement, **_fault(error))
        why = "ran out of memory"
        if measurement.state_dict_bytes is not None:
            why = (
                f"too large to run on {request.device}: its weights alone need"
                f" {measurement.state_dict_bytes:,} bytes"
            )
            if request.device == "cuda" and not isinstance(error, torch.OutOfMemoryError):
                why += f"; what ran out is not the device's memory: {sentence(error)}"
            elif request.device == "cpu" and gibibytes is not None:
                why += f", and a model may take {gibibytes:g} GiB here"
        counted = measurement.state_dict_bytes is not None
        return replace(measurement, error=why, transient=True, skipped=counted, cause=Cause.MEMORY)
    measurement = replace(measurement, forward=run)
    if shape != measurement.output_shape:
        problem = f"its output on {run.device} has shape {shape}, not {measurement.output_shape}"
    elif run.macs not in (None, measurement.macs):
        problem = f"its pass on {run.device} takes {run.macs:,} MACs, not {measurement.macs:,}"
    elif not run.finite:
        problem = f"its output on {run.device} is not finite"
    else:
        return measurement
    return replace(measurement, error=problem, cause=Cause.OTHER)


def _is_out_of_memory(error: BaseException) -> bool:
    return isinstance(error, MemoryError | torch.OutOfMemoryError) or bool(
        _NO_MEMORY.search(text_of(error))
    )


def _fault(error: BaseException) -> dict[str, Any]:
    """What is said of an error that is not for want of memory."""
    said = sentence(error)
    if needs_values(error):
        why = "it asks for the values of tensors, which have only shapes while it is counted"
        return {"error": f"{why}: {said}", "cause": Cause.VALUES}
    if isinstance(error, OutputError):
        return {"error": text_of(error), "cause": Cause.OUTPUT}
    # A fault of CUDA may be the machine's, and is not put on record as the model's.
    return {"error": said, "cause": Cause.OTHER, "transient": "CUDA error" in said}


def _counted(
    measurement: Measurement,
    request: Request,
    source: Source,
    resolved: Resolved,
    options: BuildOptions,
    size: tuple[int, int, int],
) -> Measurement:
    """What one pass on the meta device says of a model."""
    model = _build_on_meta(request, source, resolved, options)
    picture = torch.empty((1, *size), device="meta")
    counter = ComponentCounter() if request.components else MacCounter()
    with torch.inference_mode(), ExitStack() as stack:
        if isinstance(counter, ComponentCounter):
            stack.enter_context(counter.watching(model))
        modules = stack.enter_context(macs_by_module(model, counter)) if request.per_module else {}
        stack.enter_context(counter)
        output = model(picture)
    tally = counter.tally
    macs = sum(tally.macs.values())
    held = contents(model)
    return replace(
        measurement,
        output_shape=output_shape(output),
        params=held.params,
        buffers=held.buffers,
        macs=macs,
        flops=2 * macs,
        activations=tally.activations,
        state_dict_bytes=held.state_dict_bytes,
        state_dict_tensors=held.state_dict_tensors,
        macs_by_kind=dict(sorted(tally.macs.items())),
        uncounted=tuple(sorted(tally.uncounted)),
        components=_positive(counter.components) if isinstance(counter, ComponentCounter) else {},
        modules=_positive(modules),
    )


def _build_on_meta(
    request: Request, source: Source, resolved: Resolved, options: BuildOptions
) -> nn.Module:
    if not request.reparameterize:
        return build_on_meta(source, resolved, options)
    # Folding branches computes with their weights, so there must be some.
    model = reparameterize(source.build(resolved, options).eval())
    return model.to("meta")


def reparameterize(model: nn.Module) -> nn.Module:
    """Fold the training branches of a model into one, where its parts know how to."""
    from timm.utils.model import reparameterize_model

    folded: nn.Module = reparameterize_model(model)
    return folded


def _positive(counts: Mapping[str, int]) -> dict[str, int]:
    return {name: count for name, count in counts.items() if count}
