"""On PYTHONPATH, this makes an interpreter behave as if torch and timm weren't installed."""

import importlib.metadata
import sys

MISSING = ("torch", "timm", "torchvision")


class _NotInstalled:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in MISSING:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


sys.meta_path.insert(0, _NotInstalled())
_version = importlib.metadata.version


def version(package):
    if package in MISSING:
        raise importlib.metadata.PackageNotFoundError(package)
    return _version(package)


importlib.metadata.version = version
