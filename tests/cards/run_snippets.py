"""Runs the Python of cards, in order, with nothing to download: for `test_snippets`.

Weights all have one value, the image is drawn here, and a socket is an error. Models of `LARGE` parameters
or more are fine-tuned on the meta device: all code runs, but nothing is computed. torch is loaded once;
each card then runs in a fork of its own. Prints a JSON object per card.
"""

import contextlib
import io
import json
import os
import re
import socket
import sys
import textwrap
import traceback
import urllib.request
import warnings
from pathlib import Path

import timm
import timm.models._builder
import torch
from PIL import Image

LARGE = 5_000_000
"""Parameters from which fine-tuning takes most of the time that all snippets need."""


def no_network(*_arguments, **_options):
    raise AssertionError("a snippet went to the network")


def no_weights(*_arguments, **_options):
    """The weights stay as they are."""


def one_value(tensor, *_arguments, **_options):
    """Fill a tensor; random numbers would take a fifth of all the time."""
    return tensor.fill_(0.01)


def local_picture(url, filename):
    assert url.startswith("https://")
    Image.effect_noise((320, 240), 80).convert("RGB").save(filename)
    return filename, None


def run(card: Path) -> dict:
    """Run one card's snippets; what they print, how many there are, and what went wrong."""
    # Those in tabs are indented.
    fence = re.compile(r"^( *)```python\n(.*?)^\1```$", re.DOTALL | re.MULTILINE)
    blocks = [textwrap.dedent(block) for _, block in fence.findall(card.read_text("utf-8"))]
    names = {"__name__": "__main__"}
    printed, error = io.StringIO(), ""
    with contextlib.redirect_stdout(printed):
        for number, block in enumerate(blocks):
            try:
                with device_of(block, names):
                    exec(compile(block, f"snippet {number}", "exec"), names)  # noqa: S102 - our own
            except Exception:  # noqa: BLE001 - reported with the card's name
                error = traceback.format_exc()
                break
    return {"card": card.stem, "blocks": len(blocks), "printed": printed.getvalue(), "error": error}


def device_of(block: str, names: dict) -> contextlib.AbstractContextManager:
    """The device to run a block on; moves the batch there."""
    if "optimizer" not in block or sum(p.numel() for p in names["model"].parameters()) < LARGE:
        return contextlib.nullcontext()
    names["batch"] = names["batch"].to("meta")
    return torch.device("meta")


def main() -> None:
    warnings.filterwarnings("error", category=DeprecationWarning, module="__main__")
    socket.socket.connect = no_network
    urllib.request.urlretrieve = local_picture
    timm.models._builder.load_pretrained = no_weights
    torch.Tensor.normal_ = torch.Tensor.uniform_ = torch.Tensor.erfinv_ = one_value
    torch.set_num_threads(1)
    for card in map(Path, sys.argv[1:]):
        child = os.fork()
        if child == 0:
            print(json.dumps(run(card)), flush=True)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if status:
            print(json.dumps({"card": card.stem, "error": f"its process ended with {status}"}))


main()
