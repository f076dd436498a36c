"""The memory that models take on a device: torch's allocator says it on CUDA, the system on a CPU.

Both `metazoo.measure.forward` and `metazoo.bench` ask here. Needs torch.
"""

from __future__ import annotations

import torch

from metazoo import machine


def used_bytes(device: torch.device) -> int | None:
    """Memory in use now: by torch's allocator on CUDA, by this process on a CPU."""
    if device.type == "cuda":
        return int(torch.cuda.memory_allocated(device))
    return machine.resident_bytes()


def forget_peak(device: torch.device) -> None:
    """Let `peak_bytes` begin anew."""
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)
    else:
        machine.forget_peak()


def peak_bytes(device: torch.device) -> int | None:
    """Most memory in use since `forget_peak`."""
    if device.type == "cuda":
        return int(torch.cuda.max_memory_allocated(device))
    return machine.peak_resident_bytes()


def keep_freed(device: torch.device) -> bool:
    """Keep what a pass frees for the next one, as torch's allocator does on CUDA.

    Returns:
        Whether it is kept: on a CPU that is for the system's C library to say.
    """
    return device.type == "cuda" or machine.keep_freed_memory()
