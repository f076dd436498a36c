"""On PYTHONPATH, this makes an interpreter behave as if torch and timm weren't installed."""

import sys

MISSING = ("torch", "timm", "torchvision")


class _Without:
    """A finder of modules and distributions that doesn't find the missing ones."""

    def __init__(self, finder):
        self.finder = finder

    def __getattr__(self, name):
        return getattr(self.finder, name)

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in MISSING:
            return None
        return self.finder.find_spec(name, path, target)

    def find_distributions(self, context):
        if context.name in MISSING:
            return []
        return self.finder.find_distributions(context)


sys.meta_path[:] = [
    _Without(finder) if hasattr(finder, "find_distributions") else finder
    for finder in sys.meta_path
]
