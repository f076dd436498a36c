"""The Vega library for the explorer's chart, taken from the `vl-convert-python` wheel.

The wheel carries Vega and puts together what of it is asked for, without a network. It weighs as much
as a small network's weights, so it comes with the extra ``charts``; without it the explorer shows the
chart that the page brings as a picture, and says so.
"""

from __future__ import annotations

import importlib.util
import logging
from importlib.metadata import version
from pathlib import Path

from metazoo.errors import MetazooError, UsageError
from metazoo.files import cache_folder, put
from metazoo.sanitize import printable

log = logging.getLogger(__name__)

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


def script_name() -> str:
    """The name of the script's file, which tells its versions."""
    return f"vega-{version('vl-convert-python')}-{_FORM}.js"


def vega_script() -> Path | str:
    """Make a script that sets ``globalThis.metazooVega`` and no other name.

    Putting it together takes seconds, so it is kept in the cache folder.

    Returns:
        The file, or the text itself where the cache folder can't be used, which is logged.

    Raises:
        MetazooError: The wheel holds other versions than those it is asked for.
    """
    try:
        file = cache_folder() / script_name()
        if file.is_file():
            return file
    except (UsageError, OSError) as error:
        return _uncached(str(error))
    text = _bundled()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        put(file, text.encode("utf-8"))
    except OSError as error:
        return _uncached(f"{file}: {error.strerror}", text)
    return file


def _uncached(why: str, text: str | None = None) -> str:
    log.info(
        "The explorer's chart library is put together for this build only, since the cache can't be used: %s",
        printable(why),
    )
    return _bundled() if text is None else text


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
    notice = (Path(__file__).with_name("vega-license.txt")).read_text("utf-8")
    return f"/*! Vega {vega}\n\n{notice}*/\n(() => {{\n{script}\n}})();\n"
