"""Build a model and count what it computes.

Only `metazoo.measure.measurement` and `metazoo.measure.records` may be imported by the parts that
don't measure: they import neither torch nor timm.
"""
