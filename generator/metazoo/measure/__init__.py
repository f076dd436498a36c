"""Build a model and count what it computes.

`metazoo.measure.run.measure_models` measures. What it asks and answers (`request`, `measurement`) and what
was measured before (`records`, `cache`) need neither torch nor timm.
"""
