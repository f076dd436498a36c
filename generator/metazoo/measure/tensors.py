"""The tensors of a model: how many elements, and how many bytes in a file. Needs torch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import torch
from torch import nn


@dataclass(frozen=True, slots=True)
class Contents:
    """What a model holds.

    Attributes:
        params: Elements of all parameters, each tensor counted once.
        buffers: The same for buffers, those that aren't saved included.
        state_dict_bytes: Bytes of the tensors of the state dict, each tensor counted once.
        state_dict_tensors: Entries of the state dict.
    """

    params: int
    buffers: int
    state_dict_bytes: int
    state_dict_tensors: int


def contents(model: nn.Module) -> Contents:
    """Count a model's tensors: as ``parameters()``, ``buffers()`` and ``state_dict()`` have them.

    Making a state dict takes as long as a fifth of building a model. So its entries are found by one
    walk over the modules, unless one of them has its own way to be saved.
    """
    parameters: dict[int, torch.Tensor] = {}
    buffers: dict[int, torch.Tensor] = {}
    saved: list[torch.Tensor] = []
    as_usual = True
    for module in _modules(model):
        as_usual = as_usual and _is_saved_as_usual(module)
        for tensor in module._parameters.values():
            if tensor is not None:
                parameters[id(tensor)] = tensor
                saved.append(tensor)
        unsaved = module._non_persistent_buffers_set
        for name, tensor in module._buffers.items():
            if tensor is not None:
                buffers[id(tensor)] = tensor
                if name not in unsaved:
                    saved.append(tensor)
    if not as_usual:
        entries = model.state_dict(keep_vars=True).values()
        saved = [entry for entry in entries if isinstance(entry, torch.Tensor)]
    distinct = {id(tensor): tensor for tensor in saved}.values()
    return Contents(
        _elements(parameters.values()),
        _elements(buffers.values()),
        sum(tensor.numel() * tensor.element_size() for tensor in distinct),
        len(saved),
    )


def _modules(module: nn.Module) -> Iterator[nn.Module]:
    """A module and all below it; one that stands in several places as often."""
    stack = [module]
    while stack:
        one = stack.pop()
        yield one
        stack += [child for child in one._modules.values() if child is not None]


def _is_saved_as_usual(module: nn.Module) -> bool:
    kind = type(module)
    return (
        kind._save_to_state_dict is nn.Module._save_to_state_dict
        and kind.state_dict is nn.Module.state_dict
        and kind.get_extra_state is nn.Module.get_extra_state
        and not module._state_dict_hooks
        and not module._state_dict_pre_hooks
    )


def _elements(tensors: Iterable[torch.Tensor]) -> int:
    return sum(tensor.numel() for tensor in tensors)
