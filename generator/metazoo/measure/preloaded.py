"""Everything a worker needs, imported once by the server that workers are forked from.

What an interrupt means, the parent decides; and standard output is the command's own: a model that
prints does so on standard error. Both hold from here on for the server and for all workers.
"""

import importlib.util
import os
import signal
import sys
from types import TracebackType

from metazoo.collecting import without_collecting

signal.signal(signal.SIGINT, signal.SIG_IGN)
os.dup2(2, 1)


def _unless_left_alone(
    kind: type[BaseException], error: BaseException, traceback: TracebackType | None
) -> None:
    # A command that is interrupted while its first worker starts takes what they share with it.
    if not isinstance(error, FileNotFoundError | ConnectionError | EOFError):
        sys.__excepthook__(kind, error, traceback)


sys.excepthook = _unless_left_alone

with without_collecting():  # a quarter of the time that importing takes
    import metazoo.measure.one

    if importlib.util.find_spec("timm"):
        import metazoo.measure.sources.timm  # noqa: F401
