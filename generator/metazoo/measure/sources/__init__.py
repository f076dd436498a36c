"""Where models come from: a registry that knows names, and can build what they stand for."""

from metazoo.measure.sources.protocol import BuildOptions, Resolved, Source, UnknownModelError

__all__ = ["BuildOptions", "Resolved", "Source", "UnknownModelError", "load_source"]


def load_source(name: str) -> Source:
    """The source of that name, ready to use.

    Raises:
        UsageError: There is none.
        MissingExtraError: The package it builds from is not installed.
    """
    from metazoo.errors import MissingExtraError, UsageError

    if name != "timm":
        raise UsageError(f"there is no source {name!r}; known are: timm")
    try:
        from metazoo.measure.sources.timm import TimmSource
    except ModuleNotFoundError as error:
        package = (error.name or "timm").partition(".")[0]
        raise MissingExtraError("Measuring a model", package, "verify") from error
    return TimmSource()
