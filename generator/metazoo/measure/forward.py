"""One real forward pass, with random weights, on real hardware."""

from __future__ import annotations

import gc
import platform
import time
from collections.abc import Callable
from typing import Any

import torch

from metazoo.inputs import Inputs
from metazoo.measure import memory
from metazoo.measure.building import build_with_values
from metazoo.measure.counter import MacCounter, UncountableError
from metazoo.measure.cuda import why_no_cuda
from metazoo.measure.feed import arguments
from metazoo.measure.measurement import ForwardRun
from metazoo.measure.outputs import all_finite, output_shape
from metazoo.measure.passes import runner
from metazoo.measure.request import Request
from metazoo.measure.sources import BuildOptions, Resolved, Source


def run_forward(
    source: Source,
    resolved: Resolved,
    options: BuildOptions,
    inputs: Inputs,
    request: Request,
) -> tuple[ForwardRun, tuple[Any, ...]]:
    """Build a model with random weights and run it twice: once to count, once against the clock.

    Args:
        source: Where the model comes from.
        resolved: What its name stands for there.
        options: How to build it.
        inputs: What it is given.
        request: Says on which device, and whether to reparameterise.

    Returns:
        How the run went, and the shape of the output.

    Raises:
        RuntimeError: The device isn't there, or the model fails on it.
    """
    from metazoo.measure.one import reparameterize

    device = torch.device(request.device)
    if device.type == "cuda":
        if problem := why_no_cuda():
            raise RuntimeError(problem)
        device = torch.device("cuda", torch.cuda.current_device())
    gc.collect()
    before = memory.used_bytes(device)
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        model = build_with_values(source, resolved, options, device)
        if request.reparameterize:
            model = reparameterize(model)
    with torch.inference_mode():
        run_once = runner(source, model, arguments(inputs, device))
        memory.forget_peak(device)
        macs = _counted(run_once)
        _wait(device)
        begin = time.perf_counter()
        output = run_once()
        _wait(device)
        seconds = time.perf_counter() - begin
        peak = memory.peak_bytes(device)
        finite = all_finite(output)
    if peak is not None and before is not None:
        peak = max(0, peak - before)
    run = ForwardRun(_device_name(device), finite, seconds, peak, macs)
    return run, output_shape(output)


def _counted(run: Callable[[], Any]) -> int | None:
    """Multiply-accumulates of a pass; None where a kernel of the device does several steps as one."""
    counter = MacCounter()
    try:
        with counter:
            run()
        return counter.tally.macs.total()
    except UncountableError:
        pass  # what the error holds of the pass is let go before the next one
    run()  # the device must be warm all the same
    return None


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def _device_name(device: torch.device) -> str:
    if device.type == "cuda":
        return str(torch.cuda.get_device_name(device))
    threads = torch.get_num_threads()
    return f"cpu ({platform.machine()}, {threads} thread{'s' * (threads > 1)})"
