"""Query the system for the machine's processor, memory, load and clocks. No torch here.

What a system doesn't report is None, and shown as unknown.
"""

from __future__ import annotations

import ctypes
import os
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path

_LINUX = sys.platform == "linux"


def cpu_name() -> str:
    """Return the vendor's name of the processor."""
    if _LINUX:
        found = re.search(r"^model name\s*:\s*(.+)$", _proc("cpuinfo"), re.MULTILINE)
        if found:
            return found[1].strip()
    return platform.processor() or platform.machine()


def cores() -> int:
    """Return the number of processors that this process may use."""
    return (len(os.sched_getaffinity(0)) if _LINUX else os.cpu_count()) or 1


def memory_bytes() -> int | None:
    """Return the machine's total memory."""
    return _meminfo("MemTotal")


def available_bytes() -> int | None:
    """Return the memory available without swapping."""
    return _meminfo("MemAvailable")


def resident_bytes() -> int | None:
    """Return this process's resident memory."""
    return _status("VmRSS")


def peak_resident_bytes() -> int | None:
    """Return this process's peak resident memory since `forget_peak`."""
    return _status("VmHWM")


def forget_peak() -> None:
    """Reset the peak of `peak_resident_bytes`: proc(5), ``clear_refs``."""
    if _LINUX:
        Path("/proc/self/clear_refs").write_text("5")


def keep_freed_memory() -> bool:
    """Make glibc keep freed memory for later allocations of this process.

    By default, large blocks are returned to the system when freed, and page faults occur again on the next
    allocation: ``M_MMAP_MAX`` and ``M_TRIM_THRESHOLD`` of mallopt(3).

    Returns:
        Whether it is set; False with another C library.
    """
    if platform.libc_ver()[0] != "glibc":
        return False
    m_trim_threshold, m_mmap_max = -1, -4  # malloc.h
    mallopt = ctypes.CDLL(None).mallopt
    return bool(mallopt(m_mmap_max, 0) and mallopt(m_trim_threshold, -1))


def load() -> float | None:
    """Return the load average of the last minute."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else None


def waited_seconds(*, this_thread: bool = False) -> float:
    """Return how long the threads of this process have waited on the run queue while others ran.

    It is the second number, in nanoseconds, of ``/proc/[pid]/task/[tid]/schedstat``
    (https://docs.kernel.org/scheduler/sched-stats.html); 0 if the system doesn't report it.

    Args:
        this_thread: Return the time of the calling thread only, which is faster.
    """
    waited = 0
    if not _LINUX:
        return 0.0
    if this_thread:
        tasks = iter([Path("/proc/thread-self/schedstat")])
    else:
        tasks = Path("/proc/self/task").glob("*/schedstat")
    for task in tasks:
        try:
            waited += int(task.read_text().split()[1])
        except OSError:  # the thread has just ended
            continue
    return waited / 1e9


def cpu_clock_mhz() -> float | None:
    """Return the present clock of the fastest processor."""
    if not _LINUX:
        return None
    clocks = re.findall(r"^cpu MHz\s*:\s*([\d.]+)$", _proc("cpuinfo"), re.MULTILINE)
    return max(map(float, clocks)) if clocks else None


def operating_system() -> str:
    """Return the name and version of the system, such as ``Linux 6.1.0``."""
    return f"{platform.system()} {platform.release()}"


def gpu_driver(uuid: str) -> str | None:
    """Return the version of a CUDA device's driver.

    Args:
        uuid: ``GPU-…``, not a number: torch numbers only the devices visible to this process,
            `nvidia-smi` all.
    """
    return _nvidia_smi(uuid, "driver_version")


def gpu_clock_mhz(uuid: str) -> float | None:
    """Return the present clock of a CUDA device."""
    text = _nvidia_smi(uuid, "clocks.sm") or ""
    return float(text) if re.fullmatch(r"[\d.]+", text) else None


def gpu_throttle(uuid: str) -> str | None:
    """Return why a CUDA device is throttled at present; None if it isn't or that is unknown."""
    # The second is its name in drivers before 535.
    for field in ("clocks_event_reasons.active", "clocks_throttle_reasons.active"):
        text = _nvidia_smi(uuid, field)
        if text:
            return _throttle(text)
    return None


def _nvidia_smi(uuid: str, field: str) -> str | None:
    """Query `nvidia-smi`; None if it isn't installed or doesn't know the device or the field."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return None
    command = [program, f"--id={uuid}", f"--query-gpu={field}", "--format=csv,noheader,nounits"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=20)  # noqa: S603
    except subprocess.TimeoutExpired:
        return None
    text = done.stdout.strip()
    return text if text and not done.returncode and not text.startswith("[") else None


_REASONS = {
    0x4: "the power limit",
    0x8: "a hardware slowdown",
    0x20: "its temperature",
    0x40: "its temperature",
    0x80: "the external power brake",
}
"""Bits of nvmlClocksEventReasons that mean the device is throttled."""


def _throttle(text: str) -> str | None:
    bits = int(text, 16) if re.fullmatch(r"0x[0-9a-fA-F]+", text) else 0
    reasons = dict.fromkeys(reason for bit, reason in _REASONS.items() if bits & bit)
    return " and ".join(reasons) or None


def _proc(name: str) -> str:
    return Path("/proc", name).read_text("utf-8", errors="replace")


def _kilobytes(text: str, key: str) -> int | None:
    found = re.search(rf"^{key}:\s*(\d+) kB$", text, re.MULTILINE)
    return int(found[1]) * 1024 if found else None


def _meminfo(key: str) -> int | None:
    return _kilobytes(_proc("meminfo"), key) if _LINUX else None


def _status(key: str) -> int | None:
    return _kilobytes(_proc("self/status"), key) if _LINUX else None
