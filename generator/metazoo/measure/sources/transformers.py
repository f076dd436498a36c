"""Models of transformers, by model type or from a ``config.json`` of the project.

A model type stands for its default configuration. A configuration file is data: its `model_type` and
`architectures` are looked up in transformers' own registries, its `auto_map` is ignored, and nothing is
downloaded: what would reach for the hub is refused.
"""

from __future__ import annotations

import copy
import inspect
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any
from unittest.mock import patch

import huggingface_hub
import torch
import transformers
from huggingface_hub.errors import LocalEntryNotFoundError, OfflineModeIsEnabled
from torch import nn
from torch.nn.modules.module import register_module_module_registration_hook
from transformers import PreTrainedModel, masking_utils
from transformers.models.auto import modeling_auto
from transformers.models.auto.configuration_auto import CONFIG_MAPPING, CONFIG_MAPPING_NAMES
from transformers.utils.import_utils import is_tracing

from metazoo.inputs import image_size, is_one_image
from metazoo.measure.faults import sentence
from metazoo.measure.feed import Arguments, arguments
from metazoo.measure.measurement import SourceFacts
from metazoo.measure.passes import WHOLE
from metazoo.measure.sources.protocol import BuildOptions, Resolved, UnknownModelError
from metazoo.measure.sources.quiet import quietly
from metazoo.measure.sources.suggesting import suggestion
from metazoo.measure.sources.transformers_config import read_config, refused
from metazoo.measure.sources.transformers_inputs import (
    decodes,
    inputs_of,
    method_of,
    passes_of,
)

MOST_LAYERS = 200_000
"""Layers, small ones included, that a model may have."""

_TASKS = {
    "SPEECH_SEQ_2_SEQ": "automatic-speech-recognition",
    "CTC": "automatic-speech-recognition",
    "RNNT": "automatic-speech-recognition",
    "TDT": "automatic-speech-recognition",
    "SEQ_TO_SEQ_CAUSAL_LM": "text2text-generation",
    "IMAGE_TEXT_TO_TEXT": "image-text-to-text",
    "MASKED_LM": "fill-mask",
    "CAUSAL_LM": "text-generation",
    "ZERO_SHOT_IMAGE_CLASSIFICATION": "zero-shot-image-classification",
    "ZERO_SHOT_OBJECT_DETECTION": "zero-shot-object-detection",
    "OBJECT_DETECTION": "object-detection",
    "VIDEO_CLASSIFICATION": "video-classification",
    "IMAGE_CLASSIFICATION": "image-classification",
    "AUDIO_CLASSIFICATION": "audio-classification",
    "SEMANTIC_SEGMENTATION": "image-segmentation",
    "UNIVERSAL_SEGMENTATION": "image-segmentation",
    "INSTANCE_SEGMENTATION": "image-segmentation",
    "IMAGE_SEGMENTATION": "image-segmentation",
    "MASK_GENERATION": "mask-generation",
    "DEPTH_ESTIMATION": "depth-estimation",
    "POSE_ESTIMATION": "keypoint-detection",
    "KEYPOINT_DETECTION": "keypoint-detection",
    "IMAGE_TO_IMAGE": "image-to-image",
    "TEXT_TO_SPECTROGRAM": "text-to-speech",
    "TEXT_TO_WAVEFORM": "text-to-audio",
    "TIME_SERIES_PREDICTION": "time-series-forecasting",
    "SEQUENCE_CLASSIFICATION": "text-classification",
    "TOKEN_CLASSIFICATION": "token-classification",
    "QUESTION_ANSWERING": "question-answering",
    "MULTIPLE_CHOICE": "multiple-choice",
    "NEXT_SENTENCE_PREDICTION": "text-classification",
    "VISUAL_QUESTION_ANSWERING": "visual-question-answering",
    "DOCUMENT_QUESTION_ANSWERING": "document-question-answering",
    "TABLE_QUESTION_ANSWERING": "table-question-answering",
    "AUDIO_FRAME_CLASSIFICATION": "audio-classification",
    "AUDIO_XVECTOR": "audio-classification",
    "MULTIMODAL_LM": "any-to-any",
}
"""Task by registry, in the order in which a class is looked for where a model type alone is named.

The words are the pipeline tags of the Hugging Face hub.
"""

_CLASSIFIERS = ("classification", "segmentation", "detection")


class TransformersSource:
    """The registries of transformers: `CONFIG_MAPPING` for model types, `MODEL_…_MAPPING_NAMES` for classes."""

    name = "transformers"

    def names(self) -> list[str]:
        """Every model type of which some class can be built, sorted."""
        return sorted(kind for kind in CONFIG_MAPPING_NAMES if _classes(kind))

    def resolve(self, name: str) -> Resolved:
        """Look up a model type, which stands for its default configuration.

        Raises:
            UnknownModelError: transformers has no such model type, or no class for it.
        """
        if name not in CONFIG_MAPPING_NAMES or not _classes(name):
            raise UnknownModelError(
                f"transformers {transformers.__version__} has no model type {name!r}"
                + suggestion(name, self.names())
            )
        return _resolved(name, name, next(iter(_classes(name))), _default_config(name))

    def resolve_config(self, name: str, config: str) -> Resolved:
        """As `resolve`, for the model that a ``config.json`` of the project describes.

        Raises:
            UnknownModelError: There is no such file, or transformers has nothing of what it describes.
        """
        architecture, built = _config_of(config)
        return _resolved(built.model_type, name, architecture, built)

    def build(self, resolved: Resolved, options: BuildOptions) -> nn.Module:
        """Build it on the default device.

        Raises:
            ValueError: It reaches for the hub, or has more than `MOST_LAYERS` layers.
        """
        if options.config is None:
            kind = resolved.full_name
            config = _default_config(kind)
        else:
            _, config = _config_of(options.config)
            kind = config.model_type
        cls = _class_of(kind, resolved.architecture)
        _adapt(config, options)
        with quietly(), _offline(), _limited_layers():
            # On the meta device, experts are computed as one product, for which expert gets which token
            # depends on values; elsewhere that would copy the experts once for each token.
            on_meta = torch.get_default_device().type == "meta"
            model: nn.Module = cls._from_config(
                config, experts_implementation="batched_mm" if on_meta else "eager"
            )
        if on_meta:
            _move_to_meta(model)
        return model

    def prepare(self, model: nn.Module, name: str, arguments: Arguments) -> Callable[[], Any]:
        """Compute what comes before a pass: the cache of a prompt, the output of an encoder."""
        with torch.inference_mode(), quietly(), _without_values(model):
            run = _pass(model, name, arguments)

        def run_without_values() -> Any:
            with quietly(), _without_values(model):
                return run()

        return run_without_values


def _pass(model: nn.Module, name: str, made: Arguments) -> Callable[[], Any]:
    """What runs a pass, after what comes before it has been computed."""
    if name == "decode":
        return _decoding(model, made)
    if name == "decoder":
        return _after_encoder(model, made)
    if name == "encoder":
        encoder = model.get_encoder()
        return lambda: made.call(encoder)
    if name not in (WHOLE, "prefill"):
        return lambda: made.call(getattr(model, method_of(name)))
    return lambda: made.call(_with_cache(model, used=name == "prefill"))


@contextmanager
def _without_values(model: nn.Module) -> Iterator[None]:
    """Have a model on the meta device make its masks and tables there, by their shapes, as while tracing.

    transformers otherwise looks whether a mask leaves anything out, to choose a faster kernel, and whether
    a text has padding, to warn about it.
    """
    if next(model.parameters()).is_meta:
        with (
            torch.device("meta"),
            patch.object(masking_utils, "is_tracing", _is_meta_or_traced),
            patch.object(PreTrainedModel, "warn_if_padding_and_no_attention_mask", _nothing),
        ):
            yield
    else:
        yield


def _nothing(*_: Any, **__: Any) -> None:
    """Do nothing."""


def _is_meta_or_traced(tensor: Any = None) -> bool:
    return bool(getattr(tensor, "is_meta", False)) or is_tracing(tensor)


def _with_cache(model: nn.Module, *, used: bool) -> Callable[..., Any]:
    """A model that keeps what it computed for later tokens, or doesn't, where it could."""
    parameters = inspect.signature(model.forward).parameters
    # A configuration says that none is kept, see `_adapt`; what isn't named may be passed on.
    takes = "use_cache" in parameters or (
        used and any(p.kind is p.VAR_KEYWORD for p in parameters.values())
    )
    return partial(model, use_cache=used) if takes else partial(model)


def _decoding(model: nn.Module, step: Arguments) -> Callable[[], Any]:
    """One token after a prompt, whose cache is made here."""
    token: torch.Tensor = step.named["input_ids"]
    inputs = inputs_of(type(model), model.config, "text-generation")
    output = arguments(inputs, token.device).call(_with_cache(model, used=True))
    key = next((k for k in _CACHES if output.get(k) is not None), None)
    if key is None:
        raise ValueError(f"{type(model).__name__} returns no cache of its prompt")
    parameters = inspect.signature(model.forward).parameters
    keyword = next(k for k in (key, *_CACHES) if k in parameters)

    def run() -> Any:
        # A step adds to the cache, so each gets one of its own.
        cache = {keyword: copy.deepcopy(output[key])}
        return step.call(lambda **named: model(**named, **cache, use_cache=True))

    return run


_CACHES = ("cache", "past_key_values", "cache_params", "mems", "state")
"""What the outputs of decoders call the cache."""


def _after_encoder(model: nn.Module, decoded: Arguments) -> Callable[[], Any]:
    """The decoder, given the output of the encoder, which is computed here."""
    device = decoded.named["decoder_input_ids"].device
    cls = type(model)
    task = _classes(model.config.model_type).get(cls.__name__)
    whole = arguments(inputs_of(cls, model.config, task), device)
    encoded = {n: v for n, v in whole.named.items() if not n.startswith("decoder_")}
    output = model.get_encoder()(*whole.positional, **encoded)
    run = _with_cache(model, used=False)
    return lambda: decoded.call(lambda **named: run(encoder_outputs=output, **named))


def _classes(kind: str) -> dict[str, str | None]:
    """Every class of a model type in transformers' registries, each with its task; the usual first."""
    found: dict[str, str | None] = {}
    for registry in _REGISTRIES:
        named = getattr(modeling_auto, registry).get(kind, ())
        for cls in (named,) if isinstance(named, str) else named:
            found.setdefault(cls, _TASKS.get(_short(registry)))
    return found


def _short(registry: str) -> str:
    """What a registry is for: ``CAUSAL_LM`` of ``MODEL_FOR_CAUSAL_LM_MAPPING_NAMES``."""
    return registry.removeprefix("MODEL_FOR_").removesuffix("_MAPPING_NAMES")


def _registries() -> list[str]:
    """The names of transformers' registries of classes: those of `_TASKS`, then the model itself, then others."""
    there = [
        n for n in dir(modeling_auto) if n.startswith("MODEL_") and n.endswith("_MAPPING_NAMES")
    ]
    order = [*_TASKS, "MODEL"]
    return sorted(there, key=lambda n: order.index(_short(n)) if _short(n) in order else len(order))


_REGISTRIES = _registries()


def _class_of(kind: str, architecture: str) -> Any:
    """A class of a model type.

    Raises:
        UnknownModelError: The registries don't have it.
    """
    if architecture not in _classes(kind):
        raise UnknownModelError(
            f"transformers {transformers.__version__} has no {architecture!r} of model type {kind!r}"
        )
    return getattr(transformers, architecture)


def _default_config(kind: str) -> Any:
    """The default configuration of a model type.

    Raises:
        UnknownModelError: It has none.
    """
    try:
        with quietly(), _offline():
            return CONFIG_MAPPING[kind]()
    except Exception as error:
        raise UnknownModelError(
            f"model type {kind!r} of transformers {transformers.__version__} has no default"
            f" configuration: {sentence(error)}"
        ) from error


def _config_of(path: str) -> tuple[str, Any]:
    """Class name and configuration that a file of the project describes.

    Raises:
        UnknownModelError: transformers doesn't have them, or refuses the file's values.
    """
    values = read_config(path)
    kind = values.pop("model_type", None)
    if not isinstance(kind, str) or not kind:
        raise refused(path, "has no model_type")
    if kind not in CONFIG_MAPPING_NAMES:
        raise refused(
            path,
            f"has model_type {kind[:100]!r}, which transformers {transformers.__version__} doesn't"
            f" know{suggestion(kind, CONFIG_MAPPING_NAMES)}",
        )
    named = values.get("architectures")
    known = _classes(kind)
    if named is None and known:
        named = [next(iter(known))]
    if not isinstance(named, list) or len(named) != 1 or not isinstance(named[0], str):
        raise refused(path, "must name one class in its architectures, such as ['BertModel']")
    if named[0] not in known:
        raise refused(
            path,
            f"names the architecture {named[0][:100]!r}, which is none of model type {kind!r};"
            f" known are: {', '.join(known) or 'none'}",
        )
    try:
        with quietly(), _offline():
            return named[0], CONFIG_MAPPING[kind].from_dict(values)
    except Exception as error:
        raise refused(path, f"is refused by transformers: {sentence(error)}") from error


def _resolved(kind: str, name: str, architecture: str, config: Any) -> Resolved:
    task = _classes(kind)[architecture]
    cls = _class_of(kind, architecture)
    inputs = inputs_of(cls, config, task)
    one = is_one_image(inputs)
    return Resolved(
        name,
        architecture,
        SourceFacts(
            input_size=image_size(inputs),
            num_classes=_labels(config, task),
            inputs=() if one else inputs,
            passes=passes_of(cls, inputs, is_decoder=decodes(config, task)),
            task=task or ("image-feature-extraction" if one else "feature-extraction"),
        ),
    )


def _labels(config: Any, task: str | None) -> int | None:
    if task is None or task.startswith("zero-shot") or not task.endswith(_CLASSIFIERS):
        return None
    return int(config.num_labels)


def _adapt(config: Any, options: BuildOptions) -> None:
    """Change a configuration to what a build asks for, and to keep no cache unless asked to."""
    for part in (config, config.get_text_config()):
        if hasattr(part, "use_cache"):
            part.use_cache = False
    if options.num_classes is not None:
        config.num_labels = options.num_classes
    if options.input_size is None:
        return
    channels, height, width = options.input_size
    parts = [config, *(getattr(config, n, None) for n in ("vision_config", "backbone_config"))]
    for part in parts:
        if hasattr(part, "image_size"):
            square = height == width and not isinstance(part.image_size, list | tuple | Mapping)
            part.image_size = height if square else [height, width]
        if hasattr(part, "num_channels"):
            part.num_channels = channels


def _move_to_meta(model: nn.Module) -> None:
    """Move the tensors that a model made on the CPU all the same; what is shared stays shared."""
    moved: dict[torch.Tensor, torch.Tensor] = {}
    for layer in model.modules():
        for tensors in (layer._parameters, layer._buffers):
            for name, tensor in tensors.items():
                if tensor is None or tensor.is_meta:
                    continue
                if tensor not in moved:
                    empty = tensor.detach().to("meta")
                    is_parameter = isinstance(tensor, nn.Parameter)
                    moved[tensor] = nn.Parameter(empty) if is_parameter else empty
                tensors[name] = moved[tensor]


class _RefusedError(OSError):
    """Something reached for the network while a model was built."""


@contextmanager
def _offline() -> Iterator[None]:
    """Refuse every connection of this thread, and have the hub's client not try one.

    Raises:
        ValueError: In place of any error that came of such a refusal.
    """
    here = threading.get_ident()

    def guarded(original: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            if threading.get_ident() == here:
                raise _RefusedError("nothing is downloaded")
            return original(*args, **kwargs)

        return call

    try:
        with (
            patch.object(huggingface_hub.constants, "HF_HUB_OFFLINE", True),
            patch.object(socket.socket, "connect", guarded(socket.socket.connect)),
            patch.object(socket, "getaddrinfo", guarded(socket.getaddrinfo)),
        ):
            yield
    except Exception as error:
        if not _reached_out(error):
            raise
        raise ValueError(
            "its configuration needs something of the Hugging Face hub, and nothing is downloaded:"
            f" {sentence(error, named=False)}"
        ) from error


def _reached_out(error: BaseException | None) -> bool:
    seen = 0
    while error is not None and seen < 20:
        if isinstance(error, _RefusedError | OfflineModeIsEnabled | LocalEntryNotFoundError):
            return True
        error, seen = error.__cause__ or error.__context__, seen + 1
    return False


@contextmanager
def _limited_layers() -> Iterator[None]:
    """Stop a model that never gets built.

    Raises:
        ValueError: It has more than `MOST_LAYERS` layers.
    """
    built = 0

    def count(*_: Any) -> None:
        nonlocal built
        built += 1
        if built > MOST_LAYERS:
            raise ValueError(f"its configuration asks for more than {MOST_LAYERS:,} layers")

    handle = register_module_module_registration_hook(count)
    try:
        yield
    finally:
        handle.remove()


SOURCE = TransformersSource()
