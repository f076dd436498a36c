"""A device to run models on: its clock, its memory, and its peak rates. Needs torch."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial

import torch

from metazoo import machine
from metazoo.bench.record import BenchSettings, Hardware
from metazoo.measure.cuda import why_no_cuda
from metazoo.measure.versions import installed_versions

DTYPES = {"fp32": torch.float32, "fp16": torch.float16, "bf16": torch.bfloat16}


@dataclass(frozen=True, slots=True)
class Device:
    """Where and in which precision models run.

    Attributes:
        torch_device: As torch names it.
        dtype: Of weights and images.
        compute_dtype: Of the matrix products: another than `dtype` under automatic mixed precision.
    """

    torch_device: torch.device
    dtype: torch.dtype
    compute_dtype: torch.dtype

    @classmethod
    def of(cls, settings: BenchSettings) -> Device:
        """The device that the settings ask for.

        Raises:
            RuntimeError: It isn't there.
        """
        device = torch.device(settings.device)
        if device.type == "cuda":
            if problem := why_no_cuda():
                raise RuntimeError(problem)
            device = torch.device("cuda", torch.cuda.current_device())
        if settings.precision == "amp":
            lower = torch.float16 if device.type == "cuda" else torch.bfloat16
            return cls(device, torch.float32, lower)
        dtype = DTYPES[settings.precision]
        return cls(device, dtype, dtype)

    @property
    def is_cuda(self) -> bool:
        """Whether it is a CUDA device; a CPU otherwise."""
        return str(self.torch_device.type) == "cuda"

    @property
    def uuid(self) -> str:
        """The identifier of a CUDA device, as its vendor's tools write it."""
        return f"GPU-{torch.cuda.get_device_properties(self.torch_device).uuid}"

    def casting(self) -> AbstractContextManager[object]:
        """Automatic mixed precision, where it was asked for."""
        if self.dtype == self.compute_dtype:
            return nullcontext()
        casting: AbstractContextManager[object] = torch.autocast(
            self.torch_device.type, self.compute_dtype
        )
        return casting

    def seconds(self, call: Callable[[], object]) -> float:
        """Time one call: by events on the device itself where it has them."""
        if self.is_cuda:
            begin, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
            torch.cuda.synchronize(self.torch_device)
            begin.record()
            call()
            end.record()
            torch.cuda.synchronize(self.torch_device)
            return float(begin.elapsed_time(end)) / 1e3
        start = time.perf_counter()
        call()
        return time.perf_counter() - start

    def free_bytes(self) -> int | None:
        """Memory that is free."""
        if self.is_cuda:
            torch.cuda.empty_cache()
            return int(torch.cuda.mem_get_info(self.torch_device)[0])
        return machine.available_bytes()

    def clock_mhz(self, work: Callable[[], object]) -> tuple[float | None, str | None]:
        """The clock while it works, and why it is held back where it is.

        Args:
            work: What it does meanwhile: a device without work says that it has none.
        """
        if not self.is_cuda:
            return machine.cpu_clock_mhz(), None
        with ThreadPoolExecutor(1) as thread:
            clock = thread.submit(machine.gpu_clock_mhz, self.uuid)
            throttle = thread.submit(machine.gpu_throttle, self.uuid)
            while not throttle.done():
                self.seconds(work)
        return clock.result(), throttle.result()


_SMALL = (640, 2**22, 64, 384)
"""On a CPU: side of the matrices, elements to copy, rows and width of the network."""


class ReferenceWork:
    """Work of fixed size: arithmetic, moving memory, and a small network of many steps.

    It is timed before and after each model. A machine that is slower or busier for a while is slower
    at both; a model that has become slower is slower in units of this. The three parts take about the
    same time, for what disturbs a machine disturbs each of them to another degree: a neighbour on the
    same core the arithmetic, one that fills the caches the memory, and threads that are kept from
    meeting each other, or whose weights come from afar, the network. Change what it does, and change the
    name of it, `metazoo.bench.record.REFERENCE`.
    """

    def __init__(self, device: Device) -> None:
        side, elements, rows, width = (4096, 2**26, 2048, 1024) if device.is_cuda else _SMALL
        options = {"device": device.torch_device, "dtype": device.compute_dtype}
        self._left = torch.ones((side, side), **options)
        self._right = torch.ones((side, side), **options)
        self._source = torch.ones(elements, device=device.torch_device)
        self._target = torch.empty_like(self._source)
        self._rows = torch.ones((rows, width), **options)
        # The weights leave the values at about 1, whatever the depth.
        self._network = [
            (
                torch.full((width, 4 * width), 1 / width, **options),
                torch.full((4 * width, width), 1 / (4 * width), **options),
            )
            for _ in range(4)
        ]

    def __call__(self) -> None:
        """Do it once."""
        torch.mm(self._left, self._right)
        self._target.copy_(self._source)
        values = self._rows
        for up, down in self._network:
            values = torch.relu(values + torch.nn.functional.gelu(values @ up) @ down) / 2


def describe(settings: BenchSettings, source: str) -> Hardware:
    """Describe a device, and measure what it reaches at this precision.

    Raises:
        RuntimeError: It isn't there.
    """
    device = Device.of(settings)
    versions = dict(installed_versions(source))
    if device.is_cuda:
        properties = torch.cuda.get_device_properties(device.torch_device)
        name, memory = str(properties.name), int(properties.total_memory)
        driver = machine.gpu_driver(device.uuid)
        versions["cuda"] = str(torch.version.cuda)
        threads, host = None, machine.cpu_name()
    else:
        name, memory = machine.cpu_name(), machine.memory_bytes() or 0
        driver = machine.operating_system()
        threads, host = torch.get_num_threads(), None
    return Hardware(
        name=name,
        kind=settings.device,
        driver=driver,
        threads=threads,
        host=host,
        cores=machine.cores(),
        memory_bytes=memory or None,
        versions=dict(sorted(versions.items())),
        matrix_rate=matrix_rate(device),
        bandwidth=bandwidth(device),
    )


def matrix_rate(device: Device) -> float:
    """FLOP/s of the fastest square matrix product of a few sizes: ``2·n³`` over its time."""
    sides = (4096, 8192) if device.is_cuda else (1024, 1536)
    best = 0.0
    for side in sides:
        options = {"device": device.torch_device, "dtype": device.compute_dtype}
        left, right = torch.randn((side, side), **options), torch.randn((side, side), **options)
        seconds = _fastest(device, partial(torch.mm, left, right))
        best = max(best, 2 * side**3 / seconds)
    return best


def bandwidth(device: Device) -> float:
    """Bytes/s read and written by copying a tensor that no cache holds."""
    elements = 2**28 if device.is_cuda else 2**26
    source = torch.ones(elements, device=device.torch_device)
    target = torch.empty_like(source)
    return 2 * 4 * elements / _fastest(device, lambda: target.copy_(source))


def _fastest(device: Device, call: Callable[[], object]) -> float:
    """The fastest of several calls: what the device can do, not what it was kept from doing."""
    call()
    end = time.perf_counter() + 0.4
    times = [device.seconds(call) for _ in range(3)]
    while time.perf_counter() < end:
        times.append(device.seconds(call))
    return min(times)
