"""Models of OpenMMLab: of mmpretrain by their names, of its other packages by their `Config`.

A configuration is Python code, so only those that an installed package ships are read. Nothing is ever
downloaded: a model that loads weights while it is built is refused, and says which.
"""

from __future__ import annotations

import importlib
import inspect
import os
import re
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, NoReturn
from unittest.mock import patch

import torch
from mmengine.config import Config
from mmengine.registry import MODELS, DefaultScope
from mmengine.runner.checkpoint import CheckpointLoader
from torch import nn

from metazoo.measure.faults import sentence
from metazoo.measure.measurement import SourceFacts
from metazoo.measure.sources.openmmlab_metafiles import (
    MAIN,
    Entry,
    by_config,
    by_name,
    names,
    version,
)
from metazoo.measure.sources.openmmlab_pipeline import preprocessing
from metazoo.measure.sources.protocol import BuildOptions, Resolved
from metazoo.measure.sources.quiet import quietly

with quietly():  # it warns of operations that mmcv-lite hasn't
    importlib.import_module(f"{MAIN}.models")

_TASKS = {
    "image classification": "image-classification",
    "multi-label classification": "image-classification",
    "image retrieval": "image-feature-extraction",
    "image caption": "image-to-text",
    "visual question answering": "visual-question-answering",
    "object detection": "object-detection",
    "instance segmentation": "image-segmentation",
    "semantic segmentation": "image-segmentation",
    "panoptic segmentation": "image-segmentation",
    "depth estimation": "depth-estimation",
}
"""Tasks of metafiles in the words of the Hugging Face hub, which has none for the others."""

_ARXIV = re.compile(r"arxiv\.org/(?:abs|pdf)/(\d{4}\.\d{4,5})")

_WEIGHTS = ("init_cfg", "pretrained")
"""Keys of a configuration under which weights to load are named."""


class OpenMMLabSource:
    """The metafiles of mmpretrain and, where a `Config` is given, of every installed OpenMMLab package."""

    name = "openmmlab"

    def names(self) -> list[str]:
        """Every model of mmpretrain's metafiles, sorted."""
        return names()

    def resolve(self, name: str) -> Resolved:
        """Look up a model of mmpretrain.

        Raises:
            UnknownModelError: mmpretrain has no such model.
            ValueError: Its configuration can't be read.
        """
        return _resolved(by_name(name))

    def resolve_config(self, name: str, config: str) -> Resolved:
        """Look up the model of an installed package whose metafile names this configuration.

        Raises:
            UnknownModelError: No installed package has it.
            ValueError: It can't be read.
        """
        entry = by_config(name, config)
        # Several models may share a network, each with weights of its own.
        return _resolved(entry, with_weights=entry.name == name.lower())

    def build(self, resolved: Resolved, options: BuildOptions) -> nn.Module:
        """Build it on the default device.

        Raises:
            DownloadError: It loads weights while it is built.
            ImportError: It needs packages that aren't installed.
            ValueError: It can't be built as the options say.
        """
        name = resolved.full_name
        entry = by_name(name) if options.config is None else by_config(name, options.config)
        settings = _settings(entry.root, entry.config, entry.package)
        network = _without_weights(settings.model)
        network.setdefault("data_preprocessor", settings.get("data_preprocessor"))
        scope = DefaultScope.overwrite_default_scope(settings.get("default_scope", entry.package))
        with quietly(), scope, _nothing_loaded(), _rates_with_values():
            _import_models(entry.package)
            _fit(network, resolved.facts, options)
            model = _built(network)
        if network["type"] == "SparK":
            model.register_forward_pre_hook(_ask_for_mask)
        # What is made from an array of numpy's is on the CPU, whatever torch's default device.
        return model.to(torch.get_default_device())

    def fold(self, model: nn.Module) -> nn.Module:
        """Switch each part that can to what is deployed; such a part does so for those within it."""
        waiting = [model]
        while waiting:
            for part in waiting.pop().children():
                if callable(switch := getattr(part, "switch_to_deploy", None)):
                    switch()
                else:
                    waiting.append(part)
        return model


class DownloadError(RuntimeError):
    """A model asks for weights, or for the network, while it is built."""


@lru_cache(maxsize=8)
def _settings(root: Path, config: str, package: str) -> Config:
    """The configuration of a model.

    Raises:
        ValueError: It can't be read.
    """
    try:
        with quietly():
            return Config.fromfile(str(root / config))
    except Exception as error:  # it is code, and may raise anything
        raise ValueError(
            f"its configuration {config} of {package} {version(package)} can't be read:"
            f" {sentence(error)}"
        ) from error


def _resolved(entry: Entry, *, with_weights: bool = True) -> Resolved:
    settings = _settings(entry.root, entry.config, entry.package)
    images = preprocessing(settings)
    model = entry.model
    head = settings.model.get("head") or {}
    facts = SourceFacts(
        input_size=images.input_size,
        crop_pct=images.crop_pct,
        crop_mode=images.crop_mode,
        interpolation=images.interpolation,
        mean=images.mean,
        std=images.std,
        num_classes=head.get("num_classes"),
        weights_url=model.weights.text if with_weights and model.weights else None,
        paper_ids=tuple(
            f"arXiv:{found[1]}"
            for paper in model.papers
            if paper.url is not None and (found := _ARXIV.search(paper.url.text))
        ),
        task=_task(entry, head),
    )
    return Resolved(entry.name, entry.name, facts)


def _task(entry: Entry, head: Mapping[str, Any]) -> str | None:
    """What a model is for; one of mmpretrain without results has been pretrained only."""
    if entry.model.results:
        task = entry.model.results[0].task
        return _TASKS.get(task.text.lower()) if task else None
    if entry.package != MAIN:
        return None
    return "image-classification" if "num_classes" in head else "image-feature-extraction"


def _without_weights(settings: Any) -> Any:
    """A copy of a part of a configuration that names no weights to load."""
    if isinstance(settings, dict):
        return type(settings)(
            {k: _without_weights(v) for k, v in settings.items() if k not in _WEIGHTS}
        )
    if isinstance(settings, list | tuple):
        return type(settings)(map(_without_weights, settings))
    return settings


def _fit(network: Any, facts: SourceFacts, options: BuildOptions) -> None:
    """Change a network's configuration to what is asked for.

    Raises:
        ValueError: It can't be done.
    """
    if options.num_classes is not None:
        if "num_classes" not in (network.get("head") or {}):
            raise ValueError("it has no classifier whose classes could be changed")
        if options.num_classes:
            network.head.num_classes = options.num_classes
        else:
            network.head = None
    if options.input_size is None or options.input_size == facts.input_size:
        return
    channels, *size = options.input_size
    backbone: Any = network.get("backbone") or {}
    known = _parameters(backbone.get("type"))
    if channels != (facts.input_size or (3,))[0]:
        if "in_channels" not in known:
            raise ValueError(f"it can't be built for images of {channels} channels")
        backbone.in_channels = channels
    if "img_size" in known:
        backbone.img_size = tuple(size)


def _parameters(kind: Any) -> set[str]:
    """Names of all that a class of the registry, or one that it inherits from, is built with."""
    if isinstance(kind, str):
        with MODELS.switch_scope_and_registry(None) as registry:
            kind = registry.get(kind)
    if not isinstance(kind, type):
        return set()
    return {
        name
        for base in kind.__mro__
        if "__init__" in vars(base)
        for name in inspect.signature(vars(base)["__init__"]).parameters
    }


def _import_models(package: str) -> None:
    """Import a package's models, which registers them.

    Raises:
        ImportError: It needs packages that aren't installed, or other versions.
    """
    try:
        importlib.import_module(f"{package}.models")
    except (AssertionError, ImportError) as error:  # they assert that versions fit
        why = f"{package} {version(package)} can't be imported: {error}"
        if getattr(error, "name", None) == "mmcv._ext":
            why += "; it needs mmcv with its compiled operations in place of mmcv-lite: pip install mmcv"
        raise ImportError(why) from error


def _built(network: Any) -> nn.Module:
    try:
        model: nn.Module = MODELS.build(network)
    except ImportError as error:
        # mmpretrain 1.2 says so of another model than the one that is built.
        if "multi-modal" not in str(error):
            raise
        raise ImportError(
            f"{network['type']} needs further packages: pip install 'mmpretrain[multimodal]'"
        ) from error
    return model


def _ask_for_mask(_model: nn.Module, _images: Any) -> NoReturn:
    raise ValueError(
        "its backbone computes on the patches that a mask leaves, and mmpretrain makes that mask in training"
        " only"
    )


@contextmanager
def _nothing_loaded() -> Iterator[None]:
    """Refuse to load weights, from a file or the network, and to ask the network for anything else."""
    offline = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}
    with (
        patch.dict(os.environ, offline),
        patch.object(CheckpointLoader, "load_checkpoint", _refuse_weights),
        patch.object(torch.hub, "load_state_dict_from_url", _refuse_weights),
        patch.object(socket, "getaddrinfo", _refuse_host),
    ):
        yield


def _refuse_weights(source: str, *_args: Any, **_kwargs: Any) -> NoReturn:
    raise DownloadError(f"it loads {source} while it is built, and no weights are loaded here")


def _refuse_host(host: Any, *_args: Any, **_kwargs: Any) -> NoReturn:
    raise DownloadError(f"it connects to {host} while it is built, and nothing is downloaded")


@contextmanager
def _rates_with_values() -> Iterator[None]:
    """Let a network that is built on the meta device read the dropout rates of its layers.

    Most compute them as ``[x.item() for x in torch.linspace(…)]``.
    """
    with patch.object(torch, "linspace", partial(torch.linspace, device="cpu")):
        yield


SOURCE = OpenMMLabSource()
