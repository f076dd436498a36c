"""The facts about a model that are measured: the one table of what each is called and where it comes from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MeasuredFact:
    """A fact that is measured.

    Attributes:
        key: Its canonical key in the index.
        attribute: The attribute of `metazoo.measure.measurement.Measurement` that holds it.
        name: What the API calls it.
        column: What the explorer's data and addresses call it.
        label: The header of its column.
        unit: The unit that tables show it in.
        size: What one of these units is: 1e6 for millions.
        noun: What is counted.
        title: What it means, in a few words.
        difference: Code of the rule for a declared value that differs; empty where no rule compares it.
    """

    key: str
    attribute: str
    name: str
    column: str
    label: str
    unit: str
    size: float
    noun: str
    title: str
    difference: str = ""


PARAMETERS = MeasuredFact(
    "Parameters",
    "params",
    "parameters",
    "params",
    "Params",
    "M",
    1e6,
    "parameters",
    "Parameters of the network",
    "MZ602",
)
MACS = MeasuredFact(
    "MACs",
    "macs",
    "macs",
    "macs",
    "MACs",
    "G",
    1e9,
    "multiply-accumulates",
    "Multiply-accumulates for one image",
    "MZ601",
)
FLOPS = MeasuredFact(
    "FLOPs",
    "flops",
    "flops",
    "flops",
    "FLOPs",
    "G",
    1e9,
    "floating-point operations",
    "Floating-point operations for one image, two for each multiply-accumulate",
    "MZ601",
)
ACTIVATIONS = MeasuredFact(
    "Activations",
    "activations",
    "activations",
    "activations",
    "Activations",
    "M",
    1e6,
    "activations",
    "Output elements of convolutions, linear layers and products",
)
FILE_SIZE = MeasuredFact(
    "File Size",
    "state_dict_bytes",
    "file_size",
    "file",
    "File",
    "MB",
    1e6,
    "bytes",
    "Size of the weights",
    "MZ603",
)

FACTS = (PARAMETERS, MACS, FLOPS, ACTIVATIONS, FILE_SIZE)
"""In the order in which tables show them."""
