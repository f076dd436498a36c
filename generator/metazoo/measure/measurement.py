"""What measuring one model yields. No torch here: cards and reports read it too."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from metazoo.inputs import Inputs


@dataclass(frozen=True, slots=True)
class Pass:
    """One way to call a model: the image tower of a CLIP, one step of a decoder.

    Attributes:
        name: ``image``, ``text``, ``prefill``, ``decode``.
        inputs: What it takes.
        method: The model's method that is called; None for the model itself.
    """

    name: str
    inputs: Inputs
    method: str | None = None


@dataclass(frozen=True, slots=True)
class PassCounts:
    """What one pass of a model computes, at batch 1.

    Attributes:
        inputs: What it was given.
        macs: Multiply-accumulates, as in `Measurement`.
        flops: Twice `macs`.
        activations: Output elements of the same operations.
        macs_by_kind: `macs` by kind of operation.
        uncounted: Names of operations that compute and are counted nowhere.
        output_shape: Shape of the output, or of its parts.
        outputs: Shapes of the output's parts by name, where they have names.
    """

    inputs: Inputs
    macs: int
    flops: int
    activations: int
    macs_by_kind: dict[str, int] = field(default_factory=dict)
    uncounted: tuple[str, ...] = ()
    output_shape: tuple[Any, ...] | None = None
    outputs: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """What the model's source (timm, torchvision, …) says about the name, without building anything.

    Attributes:
        input_size: Channels, height, width of the default input.
        test_input_size: The same for evaluation, where the source names another.
        crop_pct: Share of the resized picture that the centre crop keeps.
        test_crop_pct: The same for `test_input_size`.
        crop_mode: How the picture is cropped.
        interpolation: How the picture is resized.
        mean: Per channel, of inputs scaled to 0..1.
        std: Per channel, of inputs scaled to 0..1.
        num_classes: Outputs of the classifier of the pretrained weights.
        license: As the source writes it.
        weights_url: Where the pretrained weights lie, if a plain file.
        hub_id: Repository of the weights on the Hugging Face hub.
        paper_ids: Such as ``arXiv:1611.05431``.
        origin_url: Where the weights come from.
        tags: The pretrained tags that the architecture has in the source, the default first.
        inputs: What the model takes, where that is not one image of `input_size`.
        passes: Further ways to call it, each counted by itself.
        task: What the model is for, in the words of the Hugging Face hub: ``image-classification``.
    """

    input_size: tuple[int, int, int] | None = None
    test_input_size: tuple[int, int, int] | None = None
    crop_pct: float | None = None
    test_crop_pct: float | None = None
    crop_mode: str | None = None
    interpolation: str | None = None
    mean: tuple[float, ...] | None = None
    std: tuple[float, ...] | None = None
    num_classes: int | None = None
    license: str | None = None
    weights_url: str | None = None
    hub_id: str | None = None
    paper_ids: tuple[str, ...] = ()
    origin_url: str | None = None
    tags: tuple[str, ...] = ()
    inputs: Inputs = ()
    passes: tuple[Pass, ...] = ()
    task: str | None = None


@dataclass(frozen=True, slots=True)
class ForwardRun:
    """One real forward pass on real hardware.

    Attributes:
        device: What it ran on, by name: ``NVIDIA H200``, ``cpu (x86_64, 2 threads)``.
        finite: Whether every output value was a finite number.
        seconds: Wall time of the pass, after one warm-up.
        peak_bytes: Most memory that the model took, weights included: on CUDA as torch's allocator has
            it, on a CPU what the process grew by. None where the system doesn't tell.
        macs: Multiply-accumulates counted on the device; None where a kernel of the device does
            several steps as one, so that they can't be told apart.
    """

    device: str
    finite: bool
    seconds: float
    peak_bytes: int | None = None
    macs: int | None = None


@dataclass(frozen=True, slots=True)
class Measurement:
    """What was counted on one model, at batch 1, or why nothing could be.

    Attributes:
        model: The name as asked for.
        source: Where the model was built from: ``timm``.
        resolved_name: The source's own full name, ``architecture.tag``.
        architecture: The part of it that names the network.
        deprecated: Whether the source calls `model` a deprecated name.
        input_size: Channels, height, width of the image that was counted at; None without an image.
        inputs: What the model was given, where that is not one image of `input_size`.
        config: Path of the configuration that it was built from, relative to the project's root.
        output_shape: Shape of the output, batch dimension included; a list of them for several.
        outputs: The same by name, where the parts of the output have names.
        params: Sum of the elements of all parameters, each tensor counted once.
        buffers: The same for buffers.
        macs: Multiply-accumulates of convolutions, linear layers and (batched) matrix products.
        flops: Twice `macs`.
        activations: Output elements of the same operations.
        state_dict_bytes: Bytes of the tensors of the state dict, each tensor counted once.
        state_dict_tensors: Entries of the state dict.
        macs_by_kind: `macs` by kind of operation: conv, linear, matmul, attention.
        uncounted: Names of operations that compute and were counted by nobody.
        num_classes: Outputs of the classifier as asked for; None for the source's own default.
        reparameterized: Whether training branches were folded into one before counting.
        device: ``meta``, ``cpu`` or ``cuda``.
        forward: The real forward pass, where one was asked for.
        facts: What the source says of the name.
        versions: Of metazoo, torch and the source's package.
        components: Totals that other conventions add up, where they were asked for; see
            `metazoo.measure.conventions`.
        passes: What further ways to call the model compute; the other figures are those of the whole.
        depends_on_values: Operations whose output has a shape that depends on values, such as
            non-maximum suppression. What follows them was counted with random weights on a CPU.
        conventions: The count by each convention asked for.
        modules: `macs` by part of the model, where asked for; a part's name is its path.
        measured_on: The day it was measured, as in ``2026-01-31``.
        error: Why the model could not be measured, or not be run as asked; what was counted before
            stands.
        transient: Whether the error need not come again: time or memory ran out, a worker died.
        skipped: Whether the error is that the device is too small for the model.
        cause: What kind of error it is; see `metazoo.measure.faults.Cause`.
    """

    model: str
    source: str = "timm"
    resolved_name: str | None = None
    architecture: str | None = None
    deprecated: bool = False
    input_size: tuple[int, int, int] | None = None
    output_shape: tuple[Any, ...] | None = None
    params: int | None = None
    buffers: int | None = None
    macs: int | None = None
    flops: int | None = None
    activations: int | None = None
    state_dict_bytes: int | None = None
    state_dict_tensors: int | None = None
    macs_by_kind: dict[str, int] = field(default_factory=dict)
    uncounted: tuple[str, ...] = ()
    num_classes: int | None = None
    reparameterized: bool = False
    device: str = "meta"
    forward: ForwardRun | None = None
    facts: SourceFacts | None = None
    versions: dict[str, str] = field(default_factory=dict)
    components: dict[str, int] = field(default_factory=dict)
    conventions: dict[str, int] = field(default_factory=dict)
    modules: dict[str, int] = field(default_factory=dict)
    measured_on: str | None = None
    error: str | None = None
    transient: bool = False
    skipped: bool = False
    cause: str | None = None
    inputs: Inputs = ()
    config: str | None = None
    outputs: dict[str, Any] = field(default_factory=dict)
    passes: dict[str, PassCounts] = field(default_factory=dict)
    depends_on_values: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Plain values, for records and ``--format json``."""
        values = {name: getattr(self, name) for name in self.__dataclass_fields__}
        for name in ("facts", "forward"):
            if values[name] is not None:
                values[name] = asdict(values[name])
        values["inputs"] = [asdict(one) for one in self.inputs]
        values["passes"] = {name: asdict(counts) for name, counts in self.passes.items()}
        return values
