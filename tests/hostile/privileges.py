"""Make a process subject to permissions, also where the tests run as root."""

from __future__ import annotations

import ctypes
import os
from typing import Any

_DAC_OVERRIDE, _DAC_READ_SEARCH, _FOWNER = 1, 2, 3
_PR_SET_KEEPCAPS, _PR_CAPBSET_DROP = 8, 24
_VERSION = 0x20080522


def bind(uid: Any) -> None:
    """Give up the right to write where permissions forbid it; become another user, where one is given."""
    if os.geteuid() != 0:
        return
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_CAPBSET_DROP, _DAC_OVERRIDE, 0, 0, 0)
    if uid:
        libc.prctl(_PR_SET_KEEPCAPS, 1, 0, 0, 0)
        os.setgroups([])
        os.setgid(int(uid))
        os.setuid(int(uid))
    # Reading stays allowed, so that Python finds its own files wherever they lie.
    bits = 1 << _DAC_READ_SEARCH
    header = (ctypes.c_uint32 * 2)(_VERSION, 0)
    data = (ctypes.c_uint32 * 6)(bits, bits, bits, 0, 0, 0)
    if libc.capset(header, data) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    # What is started from here has the right to read, too.
    libc.prctl(47, 2, _DAC_READ_SEARCH, 0, 0)
