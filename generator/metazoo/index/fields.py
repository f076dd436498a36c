"""Every key the index knows: its spelling, what it holds, and what it means.

One table, from which the reader takes kinds, the rules take ranges and near misses, and the JSON
Schema and the documentation take their words.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from metazoo.facts import FILE_SIZE
from metazoo.inputs import DTYPES
from metazoo.spelling import folded


class Kind(Enum):
    """What a field holds, once read."""

    TEXT = "text"
    """`str`, one line or many."""
    LINK = "link"
    """`str`: an address, or a path to a file."""
    LIST = "list"
    """A list of `Value[str]`; a single text counts as a list of one."""
    COUNT = "count"
    """`int` or `float`; prefixes are powers of 1000 (``25.03M``, ``5.47 GFLOPs``)."""
    BYTES = "bytes"
    """`int` or `float`; ``MB`` is 10^6, ``MiB`` 2^20."""
    NUMBER = "number"
    """`int` or `float` without a unit."""
    IMAGE_SIZE = "image size"
    """A tuple of three `int`: channels, height, width."""
    INPUTS = "inputs"
    """`metazoo.inputs.Inputs`: everything that a model takes."""
    ANY = "any"
    """Whatever was written."""


@dataclass(frozen=True, slots=True)
class Field:
    """One key of the index.

    Attributes:
        name: The canonical spelling.
        kind: What it holds.
        description: One sentence for documentation and editors.
        minimum: Smallest sensible value, for numbers.
        maximum: Largest sensible value, for numbers.
        whole: Whether only whole numbers make sense.
        above_minimum: Whether `minimum` itself is already out of range.
        aliases: Other names in use for the same thing.
    """

    name: str
    kind: Kind
    description: str
    minimum: float | None = None
    maximum: float | None = None
    whole: bool = False
    above_minimum: bool = False
    aliases: tuple[str, ...] = ()


def _count(name: str, description: str, *aliases: str) -> Field:
    return Field(
        name, Kind.COUNT, description, 0, 1e18, whole=True, above_minimum=True, aliases=aliases
    )


def _whole(name: str, description: str, maximum: float, *aliases: str) -> Field:
    return Field(
        name,
        Kind.NUMBER,
        description,
        0,
        maximum,
        whole=True,
        above_minimum=True,
        aliases=aliases,
    )


def _rate(name: str, description: str, maximum: float = 1, *aliases: str) -> Field:
    return Field(name, Kind.NUMBER, description, 0, maximum, aliases=aliases)


METADATA: tuple[Field, ...] = (
    _count("FLOPs", "Floating-point operations of one forward pass at batch 1."),
    _count("MACs", "Multiply-accumulates of one forward pass at batch 1.", "MAdds"),
    _count("Parameters", "Elements of all parameters, each tensor counted once.", "Params"),
    _count("Activations", "Output elements of convolutions, linear layers and matrix products."),
    Field(
        FILE_SIZE.key,
        Kind.BYTES,
        "Bytes of the weights file.",
        0,
        1e15,
        whole=True,
        above_minimum=True,
    ),
    Field("Architecture", Kind.LIST, "Methods and building blocks of the network."),
    Field(
        "Tasks", Kind.LIST, "What the model does, such as Image Classification.", aliases=("Task",)
    ),
    Field("Training Data", Kind.LIST, "Datasets the weights were trained on."),
    Field("Training Techniques", Kind.LIST, "Optimizer and regularization used in training."),
    Field("Training Resources", Kind.TEXT, "Hardware the model was trained on."),
    Field("Training Time", Kind.TEXT, "How long the training took, with its unit."),
    _whole("Training Steps", "Optimizer steps of the whole training.", 1e9),
    Field("ID", Kind.TEXT, "The name under which the source builds the model."),
    _whole("Layers", "Depth of the network in layers.", 10_000),
    Field(
        "LR",
        Kind.NUMBER,
        "Learning rate at its highest.",
        0,
        100,
        above_minimum=True,
        aliases=("Learning Rate",),
    ),
    _rate("LR Gamma", "Factor by which the learning rate drops at each step.", 1),
    _whole("LR Step Size", "Epochs between two drops of the learning rate.", 1e6),
    _rate("Momentum", "Momentum of the optimizer."),
    _rate("Weight Decay", "Weight decay of the optimizer."),
    Field("Optimizer", Kind.TEXT, "Name of the optimizer.", aliases=("Optimiser",)),
    _whole("Epochs", "Passes over the training data.", 1e6),
    _whole("Batch Size", "Images per step, over all devices.", 1e7),
    _whole("Minibatch Size", "Images per step and device.", 1e7),
    Field(
        "Crop Pct",
        Kind.NUMBER,
        "Share of the resized image that the center crop keeps, above 0 and up to 1.",
        0,
        1,
        above_minimum=True,
    ),
    Field(
        "Image Size",
        Kind.IMAGE_SIZE,
        "Input in pixels: 224, 256x192 (height by width) or 3x224x224.",
        1,
        100_000,
        whole=True,
        aliases=("Input Size",),
    ),
    Field("Inputs", Kind.INPUTS, "What the model takes, where that is not one image."),
    Field("Interpolation", Kind.TEXT, "How images are resized: bilinear, bicubic, nearest, …"),
    _rate("Dropout", "Probability that a unit is dropped."),
    _rate("RMSProp Decay", "Decay of RMSProp's moving average."),
    _rate("Label Smoothing", "Share of the target that is spread over all classes."),
    _rate("BatchNorm Momentum", "Decay of batch normalization's moving average."),
    _rate("Stochastic Depth Survival", "Probability that a layer is kept."),
    Field(
        "Warmup Steps", Kind.NUMBER, "Steps in which the learning rate rises.", 0, 1e9, whole=True
    ),
    Field("Warmup Epochs", Kind.NUMBER, "Epochs in which the learning rate rises.", 0, 1e6),
    _whole("Num Classes", "Outputs of the classifier.", 1e7, "Classes"),
    Field(
        "License", Kind.TEXT, "SPDX identifier of the license of the weights.", aliases=("Licence",)
    ),
    Field(
        "Training Memory (GB)",
        Kind.NUMBER,
        "Memory a device needs in training.",
        0,
        1e5,
        aliases=("Memory (GB)",),
    ),
    Field("Release Date", Kind.TEXT, "When the weights were released.", aliases=("Released",)),
)

MODEL: tuple[Field, ...] = (
    Field("Name", Kind.TEXT, "The model's name, unique in the index."),
    Field(
        "In Collection", Kind.LIST, "The collection the model belongs to.", aliases=("Collection",)
    ),
    Field("Metadata", Kind.ANY, "What the model is and how it was trained."),
    Field("Results", Kind.ANY, "What the model achieved, one entry per dataset."),
    Field("Paper", Kind.ANY, "The paper that describes it: an address, or Title and URL."),
    Field("Code", Kind.ANY, "Where its code is: an address, or URL and Version."),
    Field("Weights", Kind.LINK, "Where the weights are."),
    Field("Config", Kind.LINK, "The training configuration; some sources build the model from it."),
    Field("Source", Kind.TEXT, "What builds it, where that is not the Source of the Library."),
    Field("README", Kind.LINK, "The page that describes it."),
    Field("Image", Kind.LINK, "An image that illustrates it."),
    Field("Type", Kind.TEXT, "`model-index`, where a file or comment says what it is."),
)

COLLECTION: tuple[Field, ...] = (
    *(f for f in MODEL if f.name != "In Collection"),
    Field("Names", Kind.LIST, "Globs of the names an import puts here; those with ! it does not."),
)

INDEX: tuple[Field, ...] = (
    Field("Models", Kind.ANY, "The models, or paths to files with them.", aliases=("Model",)),
    Field(
        "Collections",
        Kind.ANY,
        "The families of models, or paths to files with them.",
        aliases=("Collection",),
    ),
    Field("Import", Kind.ANY, "Paths and globs of further index files.", aliases=("Imports",)),
    Field("Library", Kind.ANY, "The zoo itself."),
    Field("Type", Kind.TEXT, "`model-index`."),
)

LIBRARY: tuple[Field, ...] = (
    Field("Name", Kind.TEXT, "The zoo's name."),
    Field("URL", Kind.LINK, "Where it is hosted.", aliases=("Repository", "Website")),
    Field("Source", Kind.TEXT, "What builds the models: `timm`."),
    Field("FLOPs Convention", Kind.TEXT, "What FLOPs means here: `macs` or `flops`."),
    Field("Headline", Kind.TEXT, "One line about it."),
    Field("Docs", Kind.LINK, "Its documentation."),
    Field("README", Kind.LINK, "The page that describes it."),
    Field("Image", Kind.LINK, "An image that illustrates it."),
)

PAPER: tuple[Field, ...] = (
    Field("Title", Kind.TEXT, "The paper's title."),
    Field("URL", Kind.LINK, "Where it can be read."),
    Field("Authors", Kind.LIST, "Who wrote it.", aliases=("Author",)),
    Field("Year", Kind.NUMBER, "When it appeared.", 1900, 2200, whole=True),
    Field("Venue", Kind.TEXT, "Where it appeared.", aliases=("Journal", "Conference")),
    Field("arXiv", Kind.TEXT, "Its arXiv number.", aliases=("arXiv ID",)),
)

CODE: tuple[Field, ...] = (
    Field("URL", Kind.LINK, "Where the code is."),
    Field("Version", Kind.TEXT, "The release or revision that has it."),
)

RESULT: tuple[Field, ...] = (
    Field("Task", Kind.TEXT, "The task that was tested."),
    Field("Dataset", Kind.TEXT, "The dataset that was used."),
    Field("Metrics", Kind.ANY, "Names and values; percentages from 0 to 100."),
)

INPUT: tuple[Field, ...] = (
    Field("Name", Kind.TEXT, "The keyword it is passed by; by position if there is none."),
    Field("Shape", Kind.ANY, "Size of each axis of one sample, without the batch axis."),
    Field(
        "Type",
        Kind.TEXT,
        f"What it is: {', '.join(f'`{kind}`' for kind in DTYPES)}; by default `features`.",
    ),
    _whole("Below", "For tokens: the size of the vocabulary; every id is below it.", 2**63 - 1),
    Field(
        "DType",
        Kind.TEXT,
        "Data type of its elements; by default `int64` for tokens and masks, else `float32`.",
    ),
    Field(
        "Batch",
        Kind.TEXT,
        "How a batch is passed: as the first `axis`, as a `list` of tensors, or `none`.",
    ),
    Field("Parts", Kind.ANY, "The inputs of a group, in place of Shape and Type."),
)


class Names(dict[str, str]):
    """From a key as written to its canonical spelling; an unknown key is its own."""

    def __init__(self, fields: tuple[Field, ...]) -> None:
        super().__init__({field.name: field.name for field in fields})
        self.fields = {field.name: field for field in fields}
        self._folded = {
            folded(name): field.name for field in fields for name in (*field.aliases, field.name)
        }

    def __missing__(self, key: str) -> str:
        # Kept for next time, so that a large index folds each spelling once; a hostile one can't
        # grow this far beyond its own size.
        name = self[key] = self._folded.get(folded(key), key)
        return name


def field_of(name: str) -> Field | None:
    """The metadata field of that canonical name, or None."""
    return _METADATA.get(name)


_METADATA = {field.name: field for field in METADATA}
