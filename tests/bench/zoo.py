"""A source of small models that behave and misbehave, for the processes that measure."""

import os
import time

import torch
from torch import nn

from metazoo.measure.measurement import SourceFacts
from metazoo.measure.sources import BuildOptions, Resolved, UnknownModelError


class Small(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, stride=2)
        self.head = nn.Linear(8, 10)

    def forward(self, images):
        return self.head(self.conv(images).mean((2, 3)))


class OnlyOnMeta(Small):
    """Counted without fault, since there is nothing to go wrong on meta."""

    def forward(self, images):
        output = super().forward(images)
        return output if output.is_meta else self.misbehave(output)


class Infinite(OnlyOnMeta):
    def misbehave(self, output):
        return output / 0


class OtherShape(OnlyOnMeta):
    def misbehave(self, output):
        return output[:, :5]


class Dying(OnlyOnMeta):
    def misbehave(self, _):
        os._exit(3)


class Raising(OnlyOnMeta):
    def misbehave(self, _):
        raise ValueError("it only works on Sundays")


class Hanging(OnlyOnMeta):
    def misbehave(self, _):
        time.sleep(60)


class AloneOrFew(Small):
    """Works on few images at a time."""

    def forward(self, images):
        if len(images) > 4:
            raise RuntimeError("too many images")
        return super().forward(images)


class Huge(Small):
    """More weights than any machine has memory for; its other layers are small."""

    def __init__(self):
        super().__init__()
        if torch.empty(()).is_meta:
            self.table = nn.Parameter(torch.empty(2**45))


MODELS = {
    kind.__name__.lower(): kind
    for kind in (Small, Infinite, OtherShape, Dying, Raising, Hanging, AloneOrFew, Huge)
}


class Zoo:
    name = "zoo"

    def names(self):
        return sorted(MODELS)

    def resolve(self, name):
        if name not in MODELS:
            raise UnknownModelError(f"there is no {name}")
        return Resolved(name, name, SourceFacts(input_size=(3, 32, 32)))

    def build(self, resolved: Resolved, _: BuildOptions):
        return MODELS[resolved.architecture]()


def load(name):
    return Zoo()
