"""Build a model and count what it computes.

What is imported here, `metazoo.measure.measurement`, `metazoo.measure.request` and
`metazoo.measure.records` need neither torch nor timm; torch is imported when `measure_models` has
something to measure.
"""

from metazoo.measure.cache import Cache
from metazoo.measure.measurement import ForwardRun, Measurement, SourceFacts
from metazoo.measure.request import Request, parse_input_size
from metazoo.measure.run import measure_models
from metazoo.measure.workers import Limits

__all__ = [
    "Cache",
    "ForwardRun",
    "Limits",
    "Measurement",
    "Request",
    "SourceFacts",
    "measure_models",
    "parse_input_size",
]
