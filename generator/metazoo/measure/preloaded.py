"""Everything a worker needs, imported once by the server that workers are forked from."""

import importlib.util

import metazoo.measure.one

if importlib.util.find_spec("timm"):
    import metazoo.measure.sources.timm  # noqa: F401
