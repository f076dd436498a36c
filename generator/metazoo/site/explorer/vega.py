"""The Vega library for the explorer's chart, taken from the `vl-convert-python` wheel.

The wheel carries Vega and puts together what of it is asked for, without a network. It weighs as much
as a small network's weights, so it comes with the extra ``charts``; without it the explorer shows the
chart that the page brings as a picture, and says so.
"""

from __future__ import annotations

import importlib.util
import os
from importlib.metadata import version
from pathlib import Path

from metazoo.errors import MetazooError

_INTERPRETER = "2.0.0"
"""The version of vega-interpreter within the wheels that pyproject.toml allows."""
_WANTED = """\
import {{ parse, View }} from "/npm/vega@{vega}/+esm";
import {{ expressionInterpreter }} from "/npm/vega-interpreter@{interpreter}/+esm";
globalThis.metazooVega = {{ parse, View, expressionInterpreter }};
"""
_FORM = "1"
"""To be changed with `_WANTED`: files made before are then made anew."""


def available() -> bool:
    """Whether the wheel is installed."""
    return importlib.util.find_spec("vl_convert") is not None


def vega_script() -> Path:
    """A script that sets ``globalThis.metazooVega`` and no other name.

    Putting it together takes seconds, so it is kept in the user's cache folder.

    Raises:
        MetazooError: The wheel holds other versions than those it is asked for, or the folder can't
            be written to.
    """
    own = os.environ.get("METAZOO_CACHE")
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    file = (
        Path(own) if own else Path(base) / "metazoo"
    ) / f"vega-{version('vl-convert-python')}-{_FORM}.js"
    if not file.is_file():
        text = _bundled()
        # Two builds may make it at once: each writes its own, and the last one stays.
        part = file.with_suffix(f".{os.getpid()}")
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            part.write_text(text, "utf-8")
            part.replace(file)
        except OSError as error:
            raise MetazooError(
                f"{file} can't be written: {error.strerror}; METAZOO_CACHE names another folder"
            ) from error
    return file


def _bundled() -> str:
    import vl_convert

    vega = vl_convert.get_vega_version()
    wanted = _WANTED.format(vega=vega, interpreter=_INTERPRETER)
    try:
        script = vl_convert.javascript_bundle(wanted)
    except BaseException as error:
        # A version it lacks makes the wheel panic, which Python sees as no Exception.
        if isinstance(error, KeyboardInterrupt | SystemExit):
            raise
        raise MetazooError(
            f"vl-convert-python {version('vl-convert-python')} can't give Vega {vega} with its"
            " interpreter; install the version that constraints.txt names"
        ) from error
    notice = (Path(__file__).with_name("vega-licence.txt")).read_text("utf-8")
    return f"/*! Vega {vega}\n\n{notice}*/\n(() => {{\n{script}\n}})();\n"
