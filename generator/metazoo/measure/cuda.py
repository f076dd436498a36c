"""Whether CUDA can be used here. Needs torch."""

from __future__ import annotations

import torch


def why_no_cuda() -> str | None:
    """Why torch can use no CUDA device, as a sentence; None where it can."""
    if torch.cuda.is_available():
        return None
    said = "there is no CUDA device that torch can use"
    try:
        torch.cuda.init()
    except (RuntimeError, AssertionError) as error:  # torch without CUDA asserts that it has it
        return f"{said}: {' '.join(str(error).split())}"
    return said
