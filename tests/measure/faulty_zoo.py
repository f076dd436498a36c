"""A project's own models, some of which misbehave."""

import os
import time

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


def small(num_classes=10):
    return nn.Sequential(
        nn.Conv2d(3, 8, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, num_classes)
    )


source = CallableSource(
    "faulty",
    {
        "allocates_without_end": AllocatesWithoutEnd,
        "ends_the_process": EndsTheProcess,
        "hangs": Hangs,
        "interrupts_itself": InterruptsItself,
        "kills_the_process": KillsTheProcess,
        "leaves_python": LeavesPython,
        "not_a_number": NotANumber,
        "prints": Prints,
        "raises": Raises,
        "small": small,
    },
    input_size=(3, 8, 8),
)
