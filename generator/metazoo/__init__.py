"""metazoo: keeps the facts of a model zoo true, and publishes them."""

__version__ = "0.1.0"
