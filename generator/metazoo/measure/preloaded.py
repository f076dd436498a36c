"""Everything a worker needs, imported once by the server that workers are forked from."""

import importlib.util

from metazoo.garbage import gc_pause

with gc_pause():  # a quarter of the time that importing takes
    import metazoo.measure.one

    if importlib.util.find_spec("timm"):
        import metazoo.measure.sources.timm  # noqa: F401
