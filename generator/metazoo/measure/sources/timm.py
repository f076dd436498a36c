"""Models of timm (PyTorch Image Models), by their names in its registry."""

from __future__ import annotations

import inspect
import re
from typing import Any

import timm
from timm import models as timm_models
from timm.models import PretrainedCfg
from torch import nn

from metazoo.measure.measurement import SourceFacts
from metazoo.measure.sources.protocol import BuildOptions, Resolved, UnknownModelError
from metazoo.measure.sources.quiet import quietly
from metazoo.measure.sources.suggesting import suggestion

_REPOSITORY = "https://github.com/huggingface/pytorch-image-models"
_NAME = re.compile(r"[A-Za-z0-9_]+(\.[A-Za-z0-9_\-]+)*")
_PLACE = re.compile(r"[/\\:@~]|\A\s*(\.|\Z)")
"""What paths, URLs and hub repositories have, and slips of a name don't."""


class TimmSource:
    """timm's registry. ``hf-hub:``, ``local-dir:``, URLs and paths are not in it, and refused."""

    name = "timm"

    def names(self) -> list[str]:
        """Every architecture of the installed timm, sorted naturally."""
        return list(timm.list_models())

    def pretrained_names(self) -> list[str]:
        """Every ``architecture.tag`` that the installed timm has weights of, sorted naturally."""
        return list(timm.list_pretrained())

    def former_names(self) -> dict[str, str]:
        """Names that timm has replaced, and by which; a name it removed leads to an empty one."""
        return {old: new or "" for old, new in timm_models.get_deprecated_models().items()}

    def code_url(self, architecture: str) -> str:
        """Where the function that builds an architecture stands, in the installed release."""
        function = inspect.unwrap(timm_models.model_entrypoint(architecture))
        file = function.__module__.replace(".", "/")
        line = inspect.getsourcelines(function)[1]
        return f"{_REPOSITORY}/blob/v{timm.__version__}/{file}.py#L{line}"

    def resolve(self, name: str) -> Resolved:
        """Look up ``architecture`` or ``architecture.tag``; a deprecated name leads to its successor.

        Raises:
            UnknownModelError: timm has no such architecture or tag, or has removed it.
        """
        if _PLACE.search(name):
            raise UnknownModelError(
                f"{name!r} is not a name in timm's registry; paths, URLs and hub repositories are"
                " not looked up"
            )
        if not _NAME.fullmatch(name):
            raise UnknownModelError(self._unknown(name))
        deprecated = timm_models.get_deprecated_models()
        current = deprecated.get(name, name)
        if not current:
            raise UnknownModelError(f"timm {timm.__version__} has removed {name!r}")
        architecture, _, tag = current.partition(".")
        if architecture in deprecated or not timm.is_model(architecture):
            raise UnknownModelError(self._unknown(name))
        cfgs = timm_models.get_arch_pretrained_cfgs(architecture)
        tags = [full.partition(".")[2] for full in cfgs]
        if tag and tag not in tags:
            known = ", ".join(t for t in tags if t) or "none"
            raise UnknownModelError(
                f"timm {timm.__version__} has no tag {tag!r} of {architecture!r}; known are: {known}"
            )
        cfg = timm_models.get_pretrained_cfg(current)
        if cfg is None:
            return Resolved(architecture, architecture, SourceFacts(), name in deprecated)
        tag = tag or cfg.tag or ""
        full_name = f"{architecture}.{tag}" if tag else architecture
        tags = sorted(filter(None, tags), key=lambda t: t != tag if current == architecture else 0)
        return Resolved(full_name, architecture, _facts(cfg, tuple(tags)), name in deprecated)

    def build(self, resolved: Resolved, options: BuildOptions) -> nn.Module:
        """Build it on the default device, told of its size, channels and classes where not its own."""
        return _create(resolved, options)

    def build_on(self, device: str, resolved: Resolved, options: BuildOptions) -> nn.Module:
        """As `build`, on a device."""
        return _create(resolved, options, device=device)

    def _unknown(self, name: str) -> str:
        known = [*self.names(), *timm_models.get_deprecated_models()]
        return f"timm {timm.__version__} has no model {name!r}{suggestion(name, known)}"


def _create(resolved: Resolved, options: BuildOptions, **arguments: Any) -> nn.Module:
    own = resolved.facts.input_size
    if options.input_size and own and options.input_size != own:
        channels, *size = options.input_size
        if channels != own[0]:
            arguments["in_chans"] = channels
        cfg = timm_models.get_pretrained_cfg(resolved.full_name)
        if tuple(size) != own[1:] and cfg is not None and cfg.fixed_input_size:
            arguments["img_size"] = tuple(size)
    if options.num_classes is not None:
        arguments["num_classes"] = options.num_classes
    with quietly():
        model: nn.Module = timm.create_model(resolved.full_name, pretrained=False, **arguments)
    return model


def _facts(cfg: PretrainedCfg, tags: tuple[str, ...]) -> SourceFacts:
    papers = cfg.paper_ids or ()
    hub_id = cfg.hf_hub_id or None
    return SourceFacts(
        input_size=cfg.input_size,
        test_input_size=cfg.test_input_size,
        crop_pct=cfg.crop_pct,
        test_crop_pct=cfg.test_crop_pct,
        crop_mode=cfg.crop_mode,
        interpolation=cfg.interpolation,
        mean=cfg.mean,
        std=cfg.std,
        num_classes=cfg.num_classes,
        license=cfg.license,
        weights_url=cfg.url if isinstance(cfg.url, str) and cfg.url else None,
        hub_id=hub_id,
        paper_ids=(papers,) if isinstance(papers, str) else tuple(papers),
        origin_url=cfg.origin_url,
        tags=tags,
    )


SOURCE = TimmSource()
