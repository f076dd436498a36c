"""What the models of one process share, and whether one of them has changed it.

A model that sets the default dtype, or replaces a function of torch, changes what is measured after it.
Nothing can list all that a process shares; here is what models are known to change, and what counting
depends on: attributes of torch's layers and tensors, functions of torch, timm and metazoo, torch's
settings, and the process's own. Looking takes about a millisecond. Needs torch.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import warnings
from collections.abc import Mapping
from types import FunctionType, ModuleType
from typing import Any

import torch
from torch import nn
from torch.nn.modules import module as layer_module

_MODULES = (
    "builtins",
    "copy",
    "functools",
    "math",
    "torch",
    "torch._C._nn",
    "torch.functional",
    "torch.nn",
    "torch.nn.functional",
    "torch.nn.init",
    "torch.nn.modules",
    "torch.overrides",
    "timm",
    "timm.layers",
    "timm.layers.config",
    "torchvision.ops",
)
"""Modules whose functions models call, where they are imported; and all of `metazoo.measure`."""

_MODELS = ("timm.models", "torchvision.models")
"""Packages with modules that models are made of, which one model may change for another."""

_PACKAGES = (
    *("torch.nn.", "timm.layers.", "torchvision.ops.", "metazoo.measure."),
    *(f"{package}." for package in _MODELS),
)
"""Whose classes are looked at, besides tensors."""

_NOTES = frozenset(("__slotnames__", "__annotations__", "__annotations_cache__"))
"""What Python itself adds to a class when it is first asked."""

_NOTHING = object()
_DEVICES = ("cpu", "cuda")

_SIGNALS = tuple(
    s for s in signal.valid_signals() if s not in (signal.SIGKILL, signal.SIGSTOP) and s <= 31
)

_HOOKS = tuple(
    value
    for name, value in vars(layer_module).items()
    if name.startswith("_global_") and isinstance(value, dict)
)
"""What torch calls at every layer."""


class Shared:
    """What models of this process share, as it is now."""

    def __init__(self) -> None:
        self.look()

    def look(self) -> None:
        """Take what is there now for right."""
        modules = [m for name in _MODULES if (m := sys.modules.get(name)) is not None]
        modules += [m for name, m in sys.modules.items() if name.startswith(_MODELS)]
        own = [m for name, m in sys.modules.items() if name.startswith("metazoo.measure.")]
        self._modules = {m.__name__: (m, vars(m).copy()) for m in modules}
        # What metazoo's own modules hold besides code, they change themselves.
        self._own = [
            (module, name, value)
            for module in own
            for name, value in vars(module).items()
            if isinstance(value, FunctionType | type)
        ]
        classes = {
            value
            for module in (*modules, *own)
            for value in vars(module).values()
            if isinstance(value, type) and value.__module__.startswith(_PACKAGES)
        }
        classes |= {torch.Tensor, nn.Parameter}
        self._classes = {
            kind: dict(vars(kind))
            for kind in classes
            if not getattr(kind, "_is_protocol", False)  # Python notes there what it has looked up
        }
        registry = sys.modules.get("timm.models._registry")
        self._names = dict(getattr(registry, "_model_entrypoints", {}))
        self._state = _state()

    def changed(self) -> str | None:
        """What has changed since, by name; None where nothing has."""
        for what, value in _state().items():
            if value != self._state[what]:
                return what
        # Dictionaries are equal at once where they hold the same objects.
        for name, (module, before) in self._modules.items():
            now = vars(module)
            if not _equal(now, before):
                if any(
                    now.get(n, _NOTHING) is not v for n, v in before.items() if not _is_module(v)
                ):
                    return name
                self._modules[name] = module, now.copy()  # it has got names that replace nothing
        registry = sys.modules.get("timm.models._registry")
        names = getattr(registry, "_model_entrypoints", {})
        if not _equal(names, self._names):
            if any(names.get(name) is not build for name, build in self._names.items()):
                return "the names of timm's models"
            self._names = dict(names)
        for module, name, value in self._own:
            if getattr(module, name, None) is not value:
                return f"{module.__name__}.{name}"
        for kind, before in self._classes.items():
            if not _equal(vars(kind), before):
                now = dict(vars(kind))
                names = (now | before).keys() - _NOTES
                if any(now.get(n, _NOTHING) is not before.get(n, _NOTHING) for n in names):
                    return f"{kind.__module__}.{kind.__qualname__}"
                self._classes[kind] = now
        return None


def _equal(now: Mapping[str, Any], before: Mapping[str, Any]) -> bool:
    try:
        return bool(now == before)
    except Exception:  # noqa: BLE001  # another object, and one that compares with nothing
        return False


def _is_module(value: Any) -> bool:
    return isinstance(value, ModuleType)


def _state() -> dict[str, Any]:
    """Settings of torch, of Python and of the process."""
    return {
        "the default dtype": torch.get_default_dtype(),
        "the default device": torch.get_default_device(),
        "the number of threads": torch.get_num_threads(),
        "gradients": (torch.is_grad_enabled(), torch.is_inference_mode_enabled()),
        "determinism": torch.are_deterministic_algorithms_enabled(),
        "the precision of products": torch.get_float32_matmul_precision(),
        "autocast": [(torch.is_autocast_enabled(d), torch.get_autocast_dtype(d)) for d in _DEVICES],
        "modes": (torch._C._len_torch_function_stack(), torch._C._len_torch_dispatch_stack()),
        "hooks of all layers": [len(hooks) for hooks in _HOOKS],
        "kernels": (
            torch.backends.mkldnn.enabled,
            torch.backends.cuda.flash_sdp_enabled(),
            torch.backends.cuda.math_sdp_enabled(),
            torch.backends.cuda.mem_efficient_sdp_enabled(),
        ),
        "the working directory": _working_directory(),
        "the environment": dict(os.environ),
        "the umask": _umask(),
        "the recursion limit": sys.getrecursionlimit(),
        "the search path of modules": list(sys.path),
        "signal handlers": [signal.getsignal(number) for number in _SIGNALS],
        "warning filters": list(warnings.filters),
        "tracing": (sys.gettrace(), sys.getprofile()),
        "the garbage collector": gc.isenabled(),
    }


def _working_directory() -> str | None:
    try:
        return os.getcwd()  # noqa: PTH109  # a string is quicker to compare
    except FileNotFoundError:
        return None


def _umask() -> int:
    mask = os.umask(0o77)
    os.umask(mask)
    return mask
