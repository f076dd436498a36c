"""One round of one model, in this process. Needs torch."""

from __future__ import annotations

import gc
import math
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import NamedTuple

import torch
from torch import nn

from metazoo import machine
from metazoo.bench.device import Device, Reference
from metazoo.bench.spread import quantile
from metazoo.bench.task import Round, Sample, Scouting, Task
from metazoo.inputs import Inputs
from metazoo.measure import memory
from metazoo.measure.building import build_with_values
from metazoo.measure.faults import sentence
from metazoo.measure.feed import arguments
from metazoo.measure.one import measure_one
from metazoo.measure.outputs import all_finite, output_shape
from metazoo.measure.passes import inputs_of, runner
from metazoo.measure.sources import BuildOptions, Source

BLOCK = 0.06
"""Seconds of passes between two looks at the reference work."""
WARM_UP = 0.15
"""Seconds of passes after the first one and before any is timed, and two of them at least."""
GAIN = 1.03
"""A larger batch must bring so much more throughput to be better."""
LOST = 0.02
"""Share of a pass that other processes may take from it before it counts as interrupted."""
RESERVE = 0.9
"""Share of the free memory that a larger batch may need by estimate."""


class TooLargeError(Exception):
    """The device has not the memory that the model needs."""


def scout(task: Task, source: Source) -> Scouting:
    """Count a model on meta, check that it works on the device, and look for its best batch.

    That takes a process of its own, for trying large batches leaves traces in its memory.

    Args:
        task: What to look at.
        source: The source that the task's request names.

    Returns:
        What was found; whatever goes wrong with the model is its `error`.
    """
    # A model is a stranger's code: it may raise anything at all, and costs only itself.
    try:
        return _scouted(task, source)
    except TooLargeError as error:
        return Scouting(error=str(error), skipped=True)
    except (MemoryError, torch.OutOfMemoryError) as error:
        why = sentence(error, named=False)
        return Scouting(error=f"ran out of memory at batch 1: {why}", skipped=True)
    except (Exception, SystemExit) as error:  # noqa: BLE001
        return Scouting(error=sentence(error))


def measure_round(task: Task, source: Source) -> Round | str:
    """Time a model in one round; a sentence instead where it fails.

    Args:
        task: What to measure, its batch known.
        source: The source that the task's request names.
    """
    try:
        return _measured(task, source)
    except (Exception, SystemExit) as error:  # noqa: BLE001
        return sentence(error)


def _scouted(task: Task, source: Source) -> Scouting:
    device = Device.of(task.settings)
    counted = measure_one(replace(task.request, device="meta"), source)
    if counted.error:
        return Scouting(error=counted.error, counted=counted)
    _make_sure_it_fits(counted.state_dict_bytes or 0, device)
    bench, _ = _ready(task, source, device)
    memory.keep_freed(device.torch_device)
    compiled = bench.compiled()
    note = compiled.check(counted.output_shape)
    found = Scouting(
        counted=counted,
        batch=task.batch or 1,
        note=note,
        compiling_seconds=compiled.compiling_seconds,
    )
    if task.batch is not None:
        return found
    # Not with the compiled one: it would be compiled anew for every batch.
    batch, stop = bench.best_batch()
    return replace(found, batch=batch, stop=stop)


def _measured(task: Task, source: Source) -> Round:
    device = Device.of(task.settings)
    bench, before = _ready(task, source, device)
    # Only now: what building needed for a while has gone back.
    kept = memory.keep_freed(device.torch_device)
    bench = bench.compiled()
    latency = bench.sample(1, before)
    throughput = latency if task.batch in (1, None) else bench.sample(task.batch or 1, before)
    clock, throttle = device.clock_mhz(bench.passing(task.batch or 1))
    return Round(
        latency=latency,
        throughput=throughput,
        reference_seconds=statistics.median(bench.reference_seconds),
        load=machine.load(),
        clock_mhz=clock,
        throttle=throttle,
        compiling_seconds=bench.compiling_seconds,
        memory_kept=kept,
    )


def _ready(task: Task, source: Source, device: Device) -> tuple[Bench, int]:
    """A model on its device, and the bytes that were in use before it was built."""
    reference = Reference(device)
    _warm_up(reference, device)
    # What the imports brought stays: looking through it for garbage would take longer than the model.
    gc.freeze()
    before = memory.used_bytes(device.torch_device) or 0
    resolved = source.resolve(task.request.model)
    inputs = inputs_of(task.request, resolved.facts)
    if not inputs:
        raise ValueError("its source doesn't say what it takes; give an input size")
    if device.is_cuda:
        torch.backends.cudnn.benchmark = True  # the first pass tries which way is the fastest
    options = BuildOptions(task.request.input_size, task.request.num_classes, task.request.inputs)
    model = build_with_values(source, resolved, options, device.torch_device)
    model = prepared(model, task, device)
    gc.collect()
    return Bench(source, model, inputs, task, device, reference), before


def prepared(model: nn.Module, task: Task, device: Device) -> nn.Module:
    """A model in its precision and layout."""
    model = model.to(device.dtype)
    return model.to(memory_format=torch.channels_last) if task.settings.channels_last else model


def _channels_last(tensor: torch.Tensor) -> torch.Tensor:
    """An image with its channels last in memory; what is no image as it is."""
    return tensor.to(memory_format=torch.channels_last) if tensor.dim() == 4 else tensor


class Pass(NamedTuple):
    """One timed call, and whether the system interrupted it for other processes."""

    seconds: float
    interrupted: bool


def undisturbed(passes: Sequence[Pass]) -> float:
    """Median time of the passes that weren't interrupted; of all where each was."""
    whole = [one.seconds for one in passes if not one.interrupted]
    return statistics.median(whole or [one.seconds for one in passes])


class Bench:
    """A model at work, and the reference work beside it.

    Args:
        source: Where the model comes from.
        model: Ready to be called.
        inputs: What it takes.
        task: Says how long, and in which layout.
        device: Where.
        reference: Work to time around the model's.
    """

    def __init__(
        self,
        source: Source,
        model: nn.Module,
        inputs: Inputs,
        task: Task,
        device: Device,
        reference: Callable[[], object],
    ) -> None:
        self.source = source
        self.model = model
        self.inputs = inputs
        self.task = task
        self.device = device
        self.reference = reference
        self.reference_seconds: list[float] = []
        self.compiling_seconds = 0.0

    def compiled(self) -> Bench:
        """The same with its model compiled, where the task asks for that.

        Each batch is compiled by itself: what serves every batch is slower for each.
        """
        if not self.task.settings.compile:
            return self
        model: nn.Module = torch.compile(self.model, dynamic=False)
        return Bench(self.source, model, self.inputs, self.task, self.device, self.reference)

    def passing(self, batch: int) -> Callable[[], object]:
        """A forward pass on random inputs as a call without arguments."""
        layout = _channels_last if self.task.settings.channels_last else None
        with torch.inference_mode(), self.device.casting():
            made = arguments(
                self.inputs,
                self.device.torch_device,
                batch=batch,
                dtype=self.device.dtype,
                change=layout,
            )
            run = runner(self.source, self.model, made)

        def forward() -> object:
            with torch.inference_mode(), self.device.casting():
                return run()

        return forward

    def check(self, expected: object) -> str | None:
        """One pass must give finite values of the shape that was counted on meta.

        Returns:
            A note where values are not finite in fp16, whose range is small: that doesn't change how
            fast a model is.

        Raises:
            ValueError: It doesn't.
        """
        begin = time.perf_counter()
        output = self.passing(1)()
        if self.task.settings.compile:
            self.compiling_seconds += time.perf_counter() - begin
        shape = output_shape(output)
        if shape != expected:
            raise ValueError(f"its output has shape {shape}, not {expected} as on meta")
        if all_finite(output):
            return None
        said = f"its output in {self.task.settings.precision} with random weights is not finite"
        if self.device.compute_dtype == torch.float16:
            return said
        raise ValueError(said)

    def sample(self, batch: int, before: int = 0) -> Sample:
        """Time passes for a while, in blocks with the reference work between them.

        Args:
            batch: Pictures in a pass.
            before: Bytes in use before the model was built.
        """
        forward = self.passing(batch)
        first = _warm_up(forward, self.device)
        if self.task.settings.compile:
            self.compiling_seconds += first
        # Of a warm pass: the first one may take memory to compile, or to try ways to compute.
        memory.forget_peak(self.device.torch_device)
        self.device.seconds(forward)
        peak = memory.peak_bytes(self.device.torch_device)
        passes: list[Pass] = []
        relative: list[float] = []
        around = self._reference()
        end = time.perf_counter() + self.task.seconds
        while len(relative) < 3 or time.perf_counter() < end:
            block = self._block(forward)
            previous, around = around, self._reference()
            relative.append(undisturbed(block) * 2 / (previous + around))
            passes += block
        seconds = [one.seconds for one in passes]
        return Sample(
            batch,
            statistics.median(seconds),
            quantile(seconds, 0.95),
            statistics.median(relative),
            len(passes),
            sum(one.interrupted for one in passes),
            None if peak is None else max(0, peak - before),
        )

    def best_batch(self) -> tuple[int, str]:
        """Double the batch until that brings no more, and say why it was not doubled again.

        A single batch that brings no more may be chance or an unlucky size; two in a row end it.
        """
        end = time.perf_counter() + self.task.search_seconds
        before = memory.used_bytes(self.device.torch_device)
        taken, relative = self._quick(1)
        batch, best, best_rate, failures = 1, 1, 1 / relative, 0
        while failures < 2:
            # Timing this batch takes some five passes, and timing it again in each round as many.
            if taken * 2 * 5 > end - time.perf_counter():
                return best, f"the budget leaves no time to try batch {batch * 2}"
            batch *= 2
            try:
                lacking = self._lacking(batch, before)
                if lacking is not None:
                    return best, lacking
                taken, relative = self._quick(batch)
            except (MemoryError, torch.OutOfMemoryError):
                return best, f"memory ran out at batch {batch}"
            except (Exception, SystemExit) as error:  # noqa: BLE001  # smaller ones worked
                return best, f"batch {batch} failed: {sentence(error, named=False)}"
            rate = batch / relative
            if rate > best_rate * GAIN:
                best, best_rate, failures = batch, rate, 0
            else:
                failures += 1
        return best, f"batches of {best * 2} and {best * 4} bring less than {GAIN - 1:.0%} more"

    def _quick(self, batch: int) -> tuple[float, float]:
        """Seconds of a pass, and relative to the reference, from a few passes."""
        forward = self.passing(batch)
        forward()
        around = self._reference()
        seconds = undisturbed(self._block(forward, least=2))
        around = (around + self._reference()) / 2
        return seconds, seconds / around

    def _lacking(self, batch: int, before: int | None) -> str | None:
        """Why a batch will not fit into memory; None if it will. Memory grows with the batch.

        Args:
            batch: To be tried next; half of it works.
            before: Bytes in use before any pass.
        """
        memory.forget_peak(self.device.torch_device)
        self.passing(batch // 2)()
        peak, free = memory.peak_bytes(self.device.torch_device), self.device.free_bytes()
        used = memory.used_bytes(self.device.torch_device)
        if before is None or peak is None or free is None or used is None:
            return None
        # What smaller batches took may still be in use: on a CPU it is kept.
        needed = before + 2 * max(0, peak - before) - used
        if needed <= free * RESERVE:
            return None
        return f"batch {batch} would need {needed:,} more bytes, {free:,} are free"

    def _block(self, forward: Callable[[], object], least: int = 1) -> list[Pass]:
        first = self._timed(forward)
        if first.seconds >= BLOCK:
            return [first, *(self._timed(forward) for _ in range(least - 1))]
        # The reference work has driven the model out of the caches, and the first pass brought it
        # back: that one doesn't count.
        count = max(least, math.ceil(BLOCK / max(first.seconds, 1e-5)))
        return [self._timed(forward) for _ in range(min(count, 400))]

    def _reference(self) -> float:
        seconds = undisturbed([self._timed(self.reference) for _ in range(3)])
        self.reference_seconds.append(seconds)
        return seconds

    def _timed(self, call: Callable[[], object]) -> Pass:
        # On CUDA only this thread gives work to the device; the driver's own wait most of the time.
        waited = partial(machine.waited_seconds, this_thread=self.device.is_cuda)
        before = waited()
        seconds = self.device.seconds(call)
        return Pass(seconds, waited() - before > LOST * seconds)


def _warm_up(call: Callable[[], object], device: Device) -> float:
    """Call until it is as fast as it will be; the seconds that the first call took."""
    begin = time.perf_counter()
    device.seconds(call)
    first = time.perf_counter() - begin
    spent, done = 0.0, 0
    while spent < WARM_UP or (done < 2 and spent < 1):
        spent += device.seconds(call)
        done += 1
    return first


def _make_sure_it_fits(weights: int, device: Device) -> None:
    free = device.free_bytes()
    needed = weights * torch.empty((), dtype=device.dtype).element_size() // 4
    if free is not None and needed > free:
        raise TooLargeError(
            f"too large for the device: its weights alone need {needed:,} bytes, {free:,} are free"
        )
