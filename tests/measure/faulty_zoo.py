"""A project's own models, some of which misbehave."""

import dataclasses
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import torch
from torch import nn

from metazoo.measure.sources import CallableSource


class Hangs(nn.Module):
    def forward(self, _x):
        while True:
            time.sleep(1)


class AllocatesWithoutEnd(nn.Module):
    def forward(self, _x):
        held = []
        while True:
            held.append(torch.ones(2**24, device="cpu"))


class EndsTheProcess(nn.Module):
    def forward(self, _x):
        os._exit(7)


class KillsTheProcess(nn.Module):
    def forward(self, _x):
        os.kill(os.getpid(), 9)


class NotANumber(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 2)

    def forward(self, _x):
        return self.fc(_x.mean((2, 3))) * float("nan")


class Prints(nn.Module):
    def forward(self, x):
        print("hello from a model", flush=True)
        return x.mean((2, 3))


class LeavesPython(nn.Module):
    def forward(self, _x):
        raise SystemExit(4)


class InterruptsItself(nn.Module):
    def forward(self, _x):
        raise KeyboardInterrupt


class Raises(nn.Module):
    def forward(self, _x):
        raise ValueError("no such luck")


def note(*pids):
    """Let a test know the processes that were there."""
    with Path(os.environ["NOTED"]).open("a") as file:
        file.write("".join(f"{pid}\n" for pid in pids))


class IgnoresSignals(nn.Module):
    def forward(self, _x):
        for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
            signal.signal(number, signal.SIG_IGN)
        note(os.getpid())
        while True:
            time.sleep(1)


class StartsProcesses(nn.Module):
    def forward(self, x):
        sleep = ["sleep", "600"]
        children = [
            subprocess.Popen(sleep),
            subprocess.Popen(sleep, start_new_session=True),
            subprocess.Popen(
                ["sh", "-c", "sleep 600 & echo $! >> $NOTED; setsid sleep 600 & wait"]
            ),
        ]
        note(os.getpid(), *(child.pid for child in children))
        return x.mean((2, 3))


class DeletesTemporaryFiles(nn.Module):
    def forward(self, x):
        shutil.rmtree(tempfile.gettempdir())
        return x.mean((2, 3))


class UnreadableError(Exception):
    def __str__(self):
        raise ValueError("not even that")


class NotAnException(BaseException):
    pass


class RaisesUnreadably(nn.Module):
    def forward(self, _x):
        raise UnreadableError


class RaisesNoException(nn.Module):
    def forward(self, _x):
        raise NotAnException("of its own kind")


class AsksForValues(nn.Module):
    def forward(self, x):
        return x * x.mean().item()


class SelectsBoxes(nn.Module):
    def forward(self, x):
        return x[x > 0.5]


@dataclasses.dataclass
class Detections:
    boxes: torch.Tensor
    scores: torch.Tensor
    masks: torch.Tensor | None = None


class Pair(NamedTuple):
    left: torch.Tensor
    right: torch.Tensor


class ReturnsADataClass(nn.Module):
    def forward(self, x):
        return Detections(x.mean((2, 3)), x.mean((1, 2, 3)))


class ReturnsANamedTuple(nn.Module):
    def forward(self, x):
        return Pair(x, x.mean((2, 3)))


class ReturnsText(nn.Module):
    def forward(self, _x):
        return "a cat"


def sets_the_default_dtype():
    torch.set_default_dtype(torch.float64)
    return small()


def patches_linear():
    nn.Linear.forward = lambda _self, x: x
    return small()


def patches_numel():
    torch.Tensor.numel = lambda _self: 1
    return small()


def small(num_classes=10):
    return nn.Sequential(
        nn.Conv2d(3, 8, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, num_classes)
    )


source = CallableSource(
    "faulty",
    {
        "allocates_without_end": AllocatesWithoutEnd,
        "asks_for_values": AsksForValues,
        "deletes_temporary_files": DeletesTemporaryFiles,
        "ends_the_process": EndsTheProcess,
        "hangs": Hangs,
        "ignores_signals": IgnoresSignals,
        "interrupts_itself": InterruptsItself,
        "kills_the_process": KillsTheProcess,
        "leaves_python": LeavesPython,
        "not_a_number": NotANumber,
        "patches_linear": patches_linear,
        "patches_numel": patches_numel,
        "prints": Prints,
        "raises": Raises,
        "raises_no_exception": RaisesNoException,
        "raises_unreadably": RaisesUnreadably,
        "returns_a_data_class": ReturnsADataClass,
        "returns_a_named_tuple": ReturnsANamedTuple,
        "returns_text": ReturnsText,
        "selects_boxes": SelectsBoxes,
        "sets_the_default_dtype": sets_the_default_dtype,
        "small": small,
        "starts_processes": StartsProcesses,
    },
    input_size=(3, 8, 8),
)
