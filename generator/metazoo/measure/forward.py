"""One real forward pass, with random weights, on real hardware."""

from __future__ import annotations

import gc
import platform
import time
from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from metazoo.measure import memory
from metazoo.measure.counter import MacCounter, UncountableError
from metazoo.measure.measurement import ForwardRun
from metazoo.measure.request import Request

SEED = 0
"""Weights and picture are random, but the same in every run."""


def run_forward(
    build: Callable[[], nn.Module], size: tuple[int, int, int], request: Request
) -> tuple[ForwardRun, tuple[Any, ...]]:
    """Build a model with random weights and run it twice: once to count, once against the clock.

    Args:
        build: Builds it on torch's default device.
        size: Channels, height, width of the picture.
        request: Says on which device, and whether to reparameterise.

    Returns:
        How the run went, and the shape of the output.

    Raises:
        RuntimeError: The device isn't there, or the model fails on it.
    """
    from metazoo.measure.one import output_shape, reparameterize

    if request.device == "cuda" and not torch.cuda.is_available():
        raise RuntimeError("there is no CUDA device that torch can use")
    device = torch.device(request.device)
    gc.collect()
    before = memory.used_bytes(device)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(SEED)
        model = build().eval()
        if request.reparameterize:
            model = reparameterize(model)
        picture = torch.randn((1, *size)).to(device)
    model = model.to(device)
    with torch.inference_mode():
        memory.forget_peak(device)
        macs = _counted(model, picture)
        _wait(device)
        begin = time.perf_counter()
        output = model(picture)
        _wait(device)
        seconds = time.perf_counter() - begin
        peak = memory.peak_bytes(device)
        finite = all_finite(output)
    if peak is not None and before is not None:
        peak = max(0, peak - before)
    run = ForwardRun(_device_name(device), finite, seconds, peak, macs)
    return run, output_shape(output)


def _counted(model: nn.Module, picture: torch.Tensor) -> int | None:
    """Multiply-accumulates of a pass; None where a kernel of the device does several steps as one."""
    counter = MacCounter()
    try:
        with counter:
            model(picture)
    except UncountableError:
        model(picture)  # the device must be warm all the same
        return None
    return counter.tally.macs.total()


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def all_finite(output: Any) -> bool:
    """Whether every value of a model's output, in however many tensors, is a finite number."""
    if isinstance(output, torch.Tensor):
        return bool(torch.isfinite(output).all())
    parts = output.values() if isinstance(output, dict) else output
    return all(all_finite(part) for part in parts)


def _device_name(device: torch.device) -> str:
    if device.type == "cuda":
        return str(torch.cuda.get_device_name(device))
    threads = torch.get_num_threads()
    return f"cpu ({platform.machine()}, {threads} thread{'s' * (threads > 1)})"
