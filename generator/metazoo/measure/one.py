"""Measure one model, in this process."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

import torch
from torch import nn

from metazoo.inputs import Inputs, image_size, is_one_image
from metazoo.measure.building import build_on_meta, build_with_values
from metazoo.measure.components import ComponentCounter
from metazoo.measure.counter import MacCounter
from metazoo.measure.faults import Cause, needs_values, sentence, text_of
from metazoo.measure.forward import run_forward
from metazoo.measure.measurement import Measurement, Pass, PassCounts
from metazoo.measure.outputs import OutputError
from metazoo.measure.passes import (
    ValueCounter,
    counted,
    counts_of,
    inputs_of,
    made_on,
    passes_of,
    runner,
)
from metazoo.measure.per_module import macs_by_module
from metazoo.measure.request import Request
from metazoo.measure.sources import (
    BuildOptions,
    ConfiguredSource,
    Resolved,
    Source,
    UnknownModelError,
)
from metazoo.measure.tensors import Contents, contents
from metazoo.measure.versions import config_version, installed_versions

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
        inputs=request.inputs,
        config=request.config,
        device=request.device,
        versions=installed_versions(request.source) | config_version(request.config),
        measured_on=datetime.datetime.now(datetime.UTC).date().isoformat(),
    )
    # A model is a stranger's code: it may raise anything at all, and costs this measurement only. An
    # interrupt is the user's where this is no worker, and a worker's parent knows what to make of it.
    try:
        resolved = _resolved(request, source)
    except KeyboardInterrupt:
        raise
    except UnknownModelError as error:
        return replace(measurement, error=text_of(error), cause=Cause.UNKNOWN)
    except BaseException as error:  # noqa: BLE001
        return replace(measurement, error=sentence(error), cause=Cause.OTHER)
    inputs = inputs_of(request, resolved.facts)
    measurement = replace(
        measurement,
        resolved_name=resolved.full_name,
        architecture=resolved.architecture,
        deprecated=resolved.deprecated,
        input_size=image_size(inputs),
        inputs=() if is_one_image(inputs) else inputs,
        facts=resolved.facts,
    )
    if not inputs:
        return replace(
            measurement,
            error="neither its source nor the index says what it takes; give an input size, or state"
            " its Inputs",
            cause=Cause.OTHER,
        )
    options = BuildOptions(request.input_size, request.num_classes, request.inputs, request.config)
    try:
        model = _build_on_meta(request, source, resolved, options)
        measurement = _with_contents(measurement, contents(model))
        measurement = _counted(
            measurement, request, source, model, resolved, options, inputs, gibibytes
        )
        del model
        if request.device == "meta":
            return measurement
        run, shape = run_forward(source, resolved, options, inputs, request)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001
        if not _is_out_of_memory(error):
            return replace(measurement, **_fault(error))
        why = "ran out of memory"
        if measurement.macs is not None:
            why = (
                f"too large to run on {request.device}: its weights alone need"
                f" {measurement.state_dict_bytes:,} bytes"
            )
            if request.device == "cuda" and not isinstance(error, torch.OutOfMemoryError):
                why += f"; what ran out is not the device's memory: {sentence(error)}"
            elif request.device == "cpu" and gibibytes is not None:
                why += f", and a model may take {gibibytes:g} GiB here"
        ran = measurement.macs is not None
        return replace(measurement, error=why, transient=True, skipped=ran, cause=Cause.MEMORY)
    measurement = replace(measurement, forward=run)
    if measurement.depends_on_values:
        problem = None if run.finite else f"its output on {run.device} is not finite"
    elif shape != measurement.output_shape:
        problem = f"its output on {run.device} has shape {shape}, not {measurement.output_shape}"
    elif run.macs not in (None, measurement.macs):
        problem = f"its pass on {run.device} takes {run.macs:,} MACs, not {measurement.macs:,}"
    elif not run.finite:
        problem = f"its output on {run.device} is not finite"
    else:
        problem = None
    if problem is None:
        return measurement
    return replace(measurement, error=problem, cause=Cause.OTHER)


def _resolved(request: Request, source: Source) -> Resolved:
    """What a request's name stands for.

    Raises:
        UnknownModelError: The source has no such model, or can't build one from this configuration.
    """
    if request.config is None:
        return source.resolve(request.model)
    if not isinstance(source, ConfiguredSource):
        raise UnknownModelError(f"source {source.name!r} builds nothing from a Config")
    return source.resolve_config(request.model, request.config)


def _is_out_of_memory(error: BaseException) -> bool:
    return isinstance(error, MemoryError | torch.OutOfMemoryError) or bool(
        _NO_MEMORY.search(text_of(error))
    )


def _fault(error: BaseException) -> dict[str, Any]:
    """What is said of an error that is not for want of memory."""
    if isinstance(error, TooLargeError):
        return {"error": str(error), "cause": Cause.MEMORY, "transient": True, "skipped": True}
    said = sentence(error)
    if needs_values(error):
        why = "it asks for the values of tensors, which have only shapes while it is counted"
        return {"error": f"{why}: {said}", "cause": Cause.VALUES}
    if isinstance(error, OutputError):
        return {"error": text_of(error), "cause": Cause.OUTPUT}
    # A fault of CUDA may be the machine's, and is not put on record as the model's.
    return {"error": said, "cause": Cause.OTHER, "transient": "CUDA error" in said}


def _with_contents(measurement: Measurement, held: Contents) -> Measurement:
    return replace(
        measurement,
        params=held.params,
        buffers=held.buffers,
        state_dict_bytes=held.state_dict_bytes,
        state_dict_tensors=held.state_dict_tensors,
    )


def _counted(
    measurement: Measurement,
    request: Request,
    source: Source,
    model: nn.Module,
    resolved: Resolved,
    options: BuildOptions,
    inputs: Inputs,
    gibibytes: float | None,
) -> Measurement:
    """What the passes of a model on the meta device say about it.

    Where one looks at values, which tensors there don't have, all are run on the CPU instead.
    """
    further = passes_of(request, resolved.facts)
    try:
        return _count(measurement, request, source, model, inputs, further)
    except RuntimeError as error:
        if not needs_values(error) or request.reparameterize:
            raise
        size = measurement.state_dict_bytes or 0
        if gibibytes is not None and size > gibibytes * 2**30:
            raise TooLargeError(
                f"it looks at values, so it must run on the CPU to be counted, where its weights need"
                f" {size:,} bytes; a model may take {gibibytes:g} GiB here"
            ) from error
    return _count_with_values(measurement, source, resolved, options, inputs, further)


class TooLargeError(Exception):
    """A model needs more memory to be counted than it may take."""


def _count(
    measurement: Measurement,
    request: Request,
    source: Source,
    model: nn.Module,
    inputs: Inputs,
    further: tuple[Pass, ...],
) -> Measurement:
    run = runner(source, model, made_on(inputs, "meta"))
    counter = ComponentCounter() if request.components else MacCounter()
    around: list[AbstractContextManager[Any]] = []
    if isinstance(counter, ComponentCounter):
        around.append(counter.watching(model))
    modules: dict[str, int] = {}
    if request.per_module:
        around.append(macs_by_module(model, counter, modules))
    found = counted(run, counter, *around)
    passes = {
        one.name: counts_of(
            one.inputs,
            counted(runner(source, model, made_on(one.inputs, "meta"), one), MacCounter()),
        )
        for one in further
    }
    measurement = _with(measurement, counts_of(inputs, found), passes)
    return replace(measurement, components=dict(found.components), modules=_positive(modules))


def _count_with_values(
    measurement: Measurement,
    source: Source,
    resolved: Resolved,
    options: BuildOptions,
    inputs: Inputs,
    further: tuple[Pass, ...],
) -> Measurement:
    with torch.random.fork_rng(devices=[]):
        model = build_with_values(source, resolved, options, torch.device("cpu"))
        counter = ValueCounter()
        found = counted(runner(source, model, made_on(inputs, "cpu")), counter)
        looked = set(counter.looked)
        passes = {}
        for one in further:
            counter = ValueCounter()
            run = runner(source, model, made_on(one.inputs, "cpu"), one)
            passes[one.name] = counts_of(one.inputs, counted(run, counter))
            looked |= counter.looked
    measurement = _with(measurement, counts_of(inputs, found), passes)
    return replace(measurement, depends_on_values=tuple(sorted(looked)))


def _with(
    measurement: Measurement, whole: PassCounts, passes: Mapping[str, PassCounts]
) -> Measurement:
    return replace(
        measurement,
        output_shape=whole.output_shape,
        outputs=whole.outputs,
        macs=whole.macs,
        flops=whole.flops,
        activations=whole.activations,
        macs_by_kind=whole.macs_by_kind,
        uncounted=whole.uncounted,
        passes=dict(passes),
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
