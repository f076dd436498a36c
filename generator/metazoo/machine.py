"""What the system tells of the machine: its name, its memory, its load, its clocks. No torch here.

What a system doesn't tell is None, and shown as unknown.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path

_LINUX = sys.platform == "linux"


def cpu_name() -> str:
    """The processor's name as its maker gives it."""
    if _LINUX:
        found = re.search(r"^model name\s*:\s*(.+)$", _proc("cpuinfo"), re.MULTILINE)
        if found:
            return found[1].strip()
    return platform.processor() or platform.machine()


def cores() -> int:
    """Processors that this process may use."""
    return (len(os.sched_getaffinity(0)) if _LINUX else os.cpu_count()) or 1


def memory_bytes() -> int | None:
    """Memory of the machine."""
    return _meminfo("MemTotal")


def available_bytes() -> int | None:
    """Memory that can still be had without swapping."""
    return _meminfo("MemAvailable")


def resident_bytes() -> int | None:
    """Memory of this process now."""
    return _status("VmRSS")


def peak_resident_bytes() -> int | None:
    """Most memory that this process had since `forget_peak`."""
    return _status("VmHWM")


def forget_peak() -> None:
    """Let `peak_resident_bytes` begin anew: proc(5), ``clear_refs``."""
    if _LINUX:
        Path("/proc/self/clear_refs").write_text("5")


def load() -> float | None:
    """Processes that ran or wanted to, on average over the last minute."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else None


def waited_seconds() -> float:
    """How long this process has been ready to run, in all its threads, while others ran instead.

    From ``/proc/[pid]/task/[tid]/schedstat``, whose second number counts nanoseconds on the run queue
    (https://docs.kernel.org/scheduler/sched-stats.html); 0 where the system doesn't tell.
    """
    waited = 0
    for task in Path("/proc/self/task").glob("*/schedstat") if _LINUX else ():
        try:
            waited += int(task.read_text().split()[1])
        except OSError:  # the thread has just ended
            continue
    return waited / 1e9


def cpu_clock_mhz() -> float | None:
    """The fastest processor's clock at this moment."""
    if not _LINUX:
        return None
    clocks = re.findall(r"^cpu MHz\s*:\s*([\d.]+)$", _proc("cpuinfo"), re.MULTILINE)
    return max(map(float, clocks)) if clocks else None


def operating_system() -> str:
    """Such as ``Linux 6.1.0``."""
    return f"{platform.system()} {platform.release()}"


def gpu_state(uuid: str) -> tuple[float | None, str | None, str | None]:
    """Clock of a CUDA device in MHz, why it is held back, and its driver's version.

    As `nvidia-smi` tells; three times None where that isn't installed or doesn't know the device.

    Args:
        uuid: ``GPU-…``. A number would not do: torch counts only the devices that this process may
            see, `nvidia-smi` all.
    """
    program = shutil.which("nvidia-smi")
    if program is None:
        return None, None, None
    asked = "clocks.sm,clocks_throttle_reasons.active,driver_version"
    done = subprocess.run(  # noqa: S603
        [program, f"--id={uuid}", f"--query-gpu={asked}", "--format=csv,noheader,nounits"],
        capture_output=True,
        text=True,
        check=False,
    )
    parts = [part.strip() for part in done.stdout.strip().split(",")]
    if done.returncode or len(parts) != 3:
        return None, None, None
    clock = float(parts[0]) if re.fullmatch(r"[\d.]+", parts[0]) else None
    return clock, _throttle(parts[1]), parts[2]


_REASONS = {
    0x4: "the power limit",
    0x8: "a hardware slowdown",
    0x20: "its temperature",
    0x40: "its temperature",
    0x80: "the external power brake",
}
"""Bits of nvmlClocksEventReasons that mean it would run faster if it could."""


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
