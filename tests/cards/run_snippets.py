"""Runs the Python of a card, in order, with nothing to download: for `test_snippets`.

Weights stay as they were initialised, the picture is drawn here, and a socket is an error.
"""

import re
import socket
import sys
import urllib.request
from pathlib import Path

import timm.models._builder
import torch
from PIL import Image


def no_network(*_arguments, **_options):
    raise AssertionError("a snippet went to the network")


def no_weights(*_arguments, **_options):
    """The weights stay as they are."""


def local_picture(url, filename):
    assert url.startswith("https://")
    Image.effect_noise((320, 240), 80).convert("RGB").save(filename)
    return filename, None


socket.socket.connect = no_network
urllib.request.urlretrieve = local_picture
timm.models._builder.load_pretrained = no_weights
torch.manual_seed(0)
torch.set_num_threads(2)

card = Path(sys.argv[1]).read_text("utf-8")
blocks = re.findall(r"^```python\n(.*?)^```$", card, re.DOTALL | re.MULTILINE)
names = {"__name__": "__main__"}
for number, block in enumerate(blocks):
    exec(compile(block, f"snippet {number}", "exec"), names)  # noqa: S102 - our own snippets
print(f"ran {len(blocks)} snippets")
