"""Keep the working directory out of Python's search for modules.

metazoo runs in checkouts that a stranger may have sent. `python -m`, `python -c` and an empty entry in
``PYTHONPATH`` all let Python look for modules in the working directory first, so a `torch.py` there
would run instead of torch. What is imported here, the interpreter has loaded by itself.
"""

import os
import sys


def without_working_directory(paths: list[str]) -> list[str]:
    """The entries of a module search path that may be searched.

    What stands after the standard library was installed there, by an editable install for example, and
    is kept. So is the folder that metazoo itself was imported from.

    Args:
        paths: Entries such as those of `sys.path`.
    """
    library = os.path.dirname(os.__file__)  # noqa: PTH120  # pathlib is not loaded yet
    begin = paths.index(library) if library in paths else len(paths)
    return [
        path
        for number, path in enumerate(paths)
        if path and (number >= begin or not _is_working_directory(path))
    ]


def environment(variables: dict[str, str]) -> dict[str, str]:
    """Variables under which another Python searches the working directory just as little."""
    safe = {**variables, "PYTHONSAFEPATH": "1"}
    if "PYTHONPATH" in safe:
        paths = without_working_directory(safe["PYTHONPATH"].split(os.pathsep))
        safe["PYTHONPATH"] = os.pathsep.join(paths)
    return safe


def leave_working_directory() -> None:
    """Search the working directory for no more modules: neither here nor in processes started later."""
    sys.path[:] = without_working_directory(sys.path)
    os.environ.update(environment(dict(os.environ)))


def _is_working_directory(path: str) -> bool:
    try:
        return os.path.samefile(path, os.curdir) and not os.path.samefile(path, _OWN)  # noqa: PTH121
    except OSError:  # it isn't there, or the working directory is gone
        return False


_OWN = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120
