"""A recipe as a command for timm's training script, where the index says enough.

Only what the index declares becomes an option. Without a learning rate, epochs, an optimizer and a
schedule a command would be guessing, and there is none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

OPTIMIZERS = {
    "adamw": "adamw",
    "adam": "adam",
    "lamb": "lamb",
    "nesterov accelerated gradient": "sgd",
    "rmsprop": "rmsproptf",
    "sgd with momentum": "momentum",
}
"""Words of the index, and timm's names. What timm calls ``sgd`` is Nesterov's form; the plain one is
``momentum``."""

_PLAIN_NUMBER = re.compile(r"\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_]+")


def train_options(settings: Mapping[str, str], techniques: Sequence[str]) -> dict[str, str] | None:
    """Options of timm's ``train.py`` for a recipe; None where the index doesn't say enough.

    Args:
        settings: Training settings by their canonical names, as written.
        techniques: Optimizer and other techniques by name.
    """
    words = {t.casefold() for t in techniques}
    optimizer = _optimizer(settings.get("Optimizer", ""), words)
    epochs, rate = settings.get("Epochs", ""), settings.get("LR", "")
    schedule = _schedule(settings, words)
    numbers = [epochs, rate, *(schedule or {}).values()]
    if optimizer is None or schedule is None or not all(map(_is_setting, numbers)):
        return None
    options = {"epochs": epochs, "opt": optimizer, "lr": rate, **schedule}
    for key, option in (
        ("Momentum", "momentum"),
        ("Weight Decay", "weight-decay"),
        ("Label Smoothing", "smoothing"),
    ):
        value = settings.get(key, "")
        if _PLAIN_NUMBER.fullmatch(value):
            options[option] = value
    # timm warms up over five epochs unless told otherwise.
    warmup = settings.get("Warmup Epochs", "0")
    options["warmup-epochs"] = warmup if _PLAIN_NUMBER.fullmatch(warmup) else "0"
    batch = settings.get("Minibatch Size") or settings.get("Batch Size", "")
    batch = batch.replace(",", "")
    if _PLAIN_NUMBER.fullmatch(batch):
        options["batch-size"] = batch
    return options


def train_command(model: str, settings: Mapping[str, str], techniques: Sequence[str]) -> str:
    """The command for a model, one option a line; empty where the index doesn't say enough.

    Args:
        model: A name of timm; only its architecture is trained.
        settings: As in `train_options`.
        techniques: As in `train_options`.
    """
    options = train_options(settings, techniques)
    architecture = model.split(".")[0]
    if options is None or not _PLAIN_NAME.fullmatch(architecture):
        return ""
    lines = [f"python train.py /data/imagenet --model {architecture}"]
    lines += [f"  --{name} {value}" for name, value in options.items()]
    return " \\\n".join(lines)


def _is_setting(text: str) -> bool:
    return bool(_PLAIN_NUMBER.fullmatch(text)) or text in {"cosine", "step"}


def _optimizer(named: str, words: set[str]) -> str | None:
    if named:
        return OPTIMIZERS.get(named.casefold())
    found = {OPTIMIZERS[word] for word in words if word in OPTIMIZERS}
    if found == {"sgd", "momentum"}:
        return "sgd"
    return found.pop() if len(found) == 1 else None


def _schedule(settings: Mapping[str, str], words: set[str]) -> dict[str, str] | None:
    size, factor = settings.get("LR Step Size", ""), settings.get("LR Gamma", "")
    if size and factor:
        return {"sched": "step", "decay-epochs": size, "decay-rate": factor}
    return {"sched": "cosine"} if "cosine annealing" in words else None
