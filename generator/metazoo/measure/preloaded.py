"""Everything a worker needs, imported once by the server that workers are forked from."""

import importlib.util

from metazoo.collecting import without_collecting

with without_collecting():  # a quarter of the time that importing takes
    import metazoo.measure.one

    if importlib.util.find_spec("timm"):
        import metazoo.measure.sources.timm  # noqa: F401
