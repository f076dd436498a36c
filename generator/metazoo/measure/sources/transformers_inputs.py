"""What a class of transformers takes, from the signature of its ``forward`` and its configuration.

Lengths and sizes that neither says are the defaults here. A language model that also reads images or sounds
takes its text alone: how many tokens an image becomes is up to a processor, which no configuration describes.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from transformers.models.auto.modeling_auto import MODEL_FOR_MASKED_LM_MAPPING_NAMES

from metazoo.inputs import IMAGE, MASK, TOKENS, Input, Inputs
from metazoo.measure.measurement import Pass

PROMPT = 512
"""Tokens of a text, where the model has as many positions."""
AUDIO_SAMPLES = 16_000
"""Samples of a waveform: one second at 16 kHz."""
AUDIO_FRAMES = 1024
"""Frames of a spectrogram, where the configuration doesn't say."""
VIDEO_FRAMES = 16
"""Frames of a video, where the configuration doesn't say."""

_DETECTION_SIZE = (800, 1066)
"""Height and width for detectors: a COCO image of 480×640 with its shorter side at 800 pixels."""
_SIDES = {"segmentation": 512, "rt_detr": 640, "d_fine": 640, "deim": 640, "rf_detr": 560}
"""Side of an image by a part of task or model type, where the configuration has no image size."""
_SIDE = 224

_OFFSET_POSITIONS = (
    "roberta",
    "altclip",
    "camembert",
    "clap",
    "data2vec-text",
    "esm",
    "ibert",
    "layoutlmv3",
    "lilt",
    "longformer",
    "luke",
    "markuplm",
    "mpnet",
    "xmod",
)
"""Parts of model types whose positions begin after the padding token's id."""


def inputs_of(cls: type, config: Any, task: str | None) -> Inputs:
    """What a model takes as a whole.

    Args:
        cls: Its class.
        config: Its configuration.
        task: What it is for.

    Returns:
        The inputs; one image alone is passed by position. Empty where it takes something whose shape
        neither its configuration nor a default here says.
    """
    parameters = _parameters(cls)
    names = [cls.main_input_name]  # type: ignore[attr-defined]  # every model of transformers has one
    if is_dual(cls):
        names = [n for n in ("input_ids", *_CONTENT) if n in parameters]
    names += [n for n, needed in parameters.items() if needed and n not in names]
    if config.is_encoder_decoder and "decoder_input_ids" in parameters:
        names.append("decoder_input_ids")
    names += _ALSO.get(config.model_type, ())
    if task in _READING:
        names.append("input_ids")
    shapes = _Shapes(config, task)
    found = [shapes.input(name) for name in dict.fromkeys(names) if name in parameters]
    inputs = tuple(one for one in found if one is not None)
    if len(inputs) < len(found):
        return ()
    if len(inputs) == 1 and inputs[0].type == IMAGE and next(iter(parameters)) == inputs[0].name:
        return (replace(inputs[0], name=None),)
    return inputs


def decodes(config: Any, task: str | None) -> bool:
    """Whether a model writes one token after the other and keeps a cache of those before.

    A BERT has a head that does so, too, but sees the tokens after a place unless it is made a decoder.
    """
    if task != "text-generation" or config.is_encoder_decoder or config.model_type in _NO_CACHE:
        return False
    is_encoder = config.model_type in MODEL_FOR_MASKED_LM_MAPPING_NAMES
    return not is_encoder or bool(getattr(config, "is_decoder", False))


_NO_CACHE = ("bert-generation", "xlm", "xlnet")
"""Types that are registered as decoders, and by default keep no cache that a next token can be given."""


def passes_of(cls: type, inputs: Inputs, *, is_decoder: bool) -> tuple[Pass, ...]:
    """The further ways to call a model.

    Args:
        cls: Its class.
        inputs: What it takes as a whole.
        is_decoder: From `decodes`.
    """
    by_name = {one.name: one for one in inputs}
    if is_dual(cls):
        tokens = by_name.get("input_ids")
        content = next((by_name[n] for n in _CONTENT if n in by_name), None)
        found = []
        if content is not None:
            found.append(Pass(_CONTENT[str(content.name)][0], (content,)))
        if tokens is not None:
            found.append(Pass("text", (tokens,)))
        return tuple(found)
    if "decoder_input_ids" in by_name:
        encoded = tuple(one for one in inputs if not str(one.name).startswith("decoder_"))
        return (
            Pass("encoder", encoded),
            Pass("decoder", (by_name["decoder_input_ids"],)),
        )
    tokens = by_name.get("input_ids")
    if is_decoder and tokens is not None and len(inputs) == 1:
        return (
            Pass("prefill", (tokens,)),
            Pass("decode", (replace(tokens, shape=(1,)),)),
        )
    return ()


def is_dual(cls: type) -> bool:
    """Whether a class has a tower for texts and one for images or sounds, as CLIP does."""
    return hasattr(cls, "get_text_features") and any(
        hasattr(cls, method) for _, method in _CONTENT.values()
    )


def method_of(name: str) -> str:
    """The method that computes what one tower says about its input: ``get_image_features``."""
    return f"get_{name}_features"


_CONTENT: Mapping[str, tuple[str, str]] = {
    "pixel_values": ("image", "get_image_features"),
    "pixel_values_videos": ("video", "get_video_features"),
    "input_features": ("audio", "get_audio_features"),
    "input_values": ("audio", "get_audio_features"),
}
"""Inputs of a tower beside the one for texts, each with the name of its pass and the method it runs."""

_ALSO: Mapping[str, tuple[str, ...]] = {
    "sam": ("input_points",),
    "sam_hq": ("input_points",),
    "layoutlm": ("bbox",),
    "layoutlmv2": ("bbox",),
    "layoutlmv3": ("bbox",),
}
"""Inputs that a signature leaves open and that the model's own processor always gives."""

_READING = (
    "document-question-answering",
    "image-text-to-text",
    "visual-question-answering",
    "zero-shot-object-detection",
)
"""Tasks whose models take a text beside an image."""


class _Shapes:
    """Shapes of the inputs of one model.

    Args:
        config: Its configuration.
        task: What it is for.
    """

    def __init__(self, config: Any, task: str | None) -> None:
        self._config = config
        self._task = task or ""
        text = config.get_text_config()
        self._text = text if hasattr(text, "to_dict") else config
        self._vision = _part(config, "vision_config", "image_encoder_config", "backbone_config")
        self._audio = _part(config, "audio_config", "audio_encoder", "encoder_config")

    def input(self, name: str) -> Input | None:
        """The input of a name; None where its shape isn't known."""
        if name in ("input_ids", "decoder_input_ids"):
            return self._tokens(name)
        if name in ("pixel_values", "pixel_values_videos"):
            return self._pixels(name)
        if name in ("input_features", "input_values"):
            return self._sound(name)
        if name in ("attention_mask", "decoder_attention_mask"):
            return Input(name, (self._length(),), MASK)
        if name == "bbox":
            return Input(name, (self._length(), 4), TOKENS, below=1)
        if name == "input_points":
            return Input(name, (1, 1, 2), "points")
        return None

    def _tokens(self, name: str) -> Input | None:
        config = self._text
        is_target = name == "decoder_input_ids"
        if is_target:
            config = self._config.get_text_config(decoder=True) or self._config
        below = _number(config, "vocab_size", "decoder_vocab_size")
        if below is None:
            return None
        return Input(name, (self._length(is_target=is_target),), TOKENS, below=below)

    def _length(self, *, is_target: bool = False) -> int:
        """Tokens of a text: as many as the model has positions, `PROMPT` at most.

        A decoder needs one more position, for the token after the prompt.
        """
        config = self._text
        most = _number(config, "max_target_positions") if is_target else None
        most = most or _number(config, *_POSITIONS) or PROMPT
        kind = str(self._config.model_type)
        if any(part in kind for part in _OFFSET_POSITIONS):
            most -= (_number(config, "pad_token_id") or 0) + 1
        if decodes(self._config, self._task):
            most -= 1
        return max(1, min(PROMPT, most))

    def _pixels(self, name: str) -> Input:
        config = self._vision
        channels = _number(config, "num_channels", "in_channels", "in_chans") or 3
        shape = (channels, *self._image_size())
        frames = _number(config, "num_frames", "frames_per_clip")
        if frames is None and (name == "pixel_values_videos" or "video" in self._task):
            frames = VIDEO_FRAMES
        if frames is not None and ("video" in self._task or name == "pixel_values_videos"):
            return Input(name, (frames, *shape), "video", dtype=self._dtype())
        return Input(name, shape, IMAGE, dtype=self._dtype())

    def _image_size(self) -> tuple[int, int]:
        for config in (self._vision, _part(self._vision, "backbone_config"), self._config):
            size = getattr(config, "image_size", None)
            if isinstance(size, Mapping):
                size = [size.get("height"), size.get("width")]
            if isinstance(size, int):
                return size, size
            if isinstance(size, list | tuple) and len(size) == 2:
                return int(size[0]), int(size[1])
        place = f"{self._config.model_type} {self._task}"
        side = next((side for part, side in _SIDES.items() if part in place), None)
        if side is not None:
            return side, side
        return _DETECTION_SIZE if "object-detection" in place else (_SIDE, _SIDE)

    def _sound(self, name: str) -> Input | None:
        config = self._audio
        bins = _number(config, "num_mel_bins", "input_feat_per_channel")
        frames = _number(config, "max_length")
        side = _number(config, "spec_size")
        positions = _number(config, "max_source_positions")
        dtype = self._dtype()
        if name == "input_values":
            if bins is not None and frames is not None:  # a spectrogram, time first
                return Input(name, (frames, bins), "features", dtype=dtype)
            return Input(name, (AUDIO_SAMPLES,), "audio", dtype=dtype)
        if side is not None and bins is not None:  # CLAP folds a spectrogram into a square
            return Input(name, (1, side * (side // bins), bins), "features", dtype=dtype)
        if _number(config, "input_feat_per_channel") is not None and bins is not None:
            return Input(name, (AUDIO_FRAMES, bins), "features", dtype=dtype)
        if bins is not None and positions is not None:
            return Input(name, (bins, 2 * positions), "features", dtype=dtype)
        width = bins or _number(config, "feature_projection_input_dim", "input_dim")
        if width is None:
            return None
        return Input(name, (AUDIO_FRAMES, width), "features", dtype=dtype)

    def _dtype(self) -> str | None:
        """Data type of floating-point inputs: that of the weights."""
        dtype = str(self._config.dtype or "float32").rpartition(".")[2]
        return None if dtype == "float32" else dtype


_POSITIONS = (
    "max_position_embeddings",
    "n_positions",
    "n_ctx",
    "max_seq_len",
    "max_sequence_length",
    "seq_length",
    "seq_len",
)
"""How configurations call the number of positions of a text."""


def _parameters(cls: type) -> dict[str, bool]:
    """Parameters of a class's ``forward``, each with whether it must be given."""
    parameters = inspect.signature(cls.forward).parameters.values()  # type: ignore[attr-defined]
    return {
        p.name: p.default is p.empty
        for p in parameters
        if p.name != "self" and p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)
    }


def _part(config: Any, *names: str) -> Any:
    """The part of a configuration that has one of these names; all of it where it has none."""
    parts = (getattr(config, name, None) for name in names)
    return next((part for part in parts if hasattr(part, "to_dict")), config)


def _number(config: Any, *names: str) -> int | None:
    """The first of these entries that is a positive whole number."""
    for name in names:
        value = getattr(config, name, None)
        if isinstance(value, int) and not isinstance(value, bool) and value > 0:
            return value
    return None
