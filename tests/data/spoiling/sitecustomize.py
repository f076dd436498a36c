"""On PYTHONPATH, this gives timm models that change what the models after them would meet."""

import importlib.util
import sys


def register():
    import torch
    from timm.models import register_model, resnet10t

    @register_model
    def spoils_the_dtype(pretrained=False, **options):
        torch.set_default_dtype(torch.float64)
        return resnet10t(**options)

    @register_model
    def spoils_linear(pretrained=False, **options):
        torch.nn.Linear.forward = lambda _self, x: x
        return resnet10t(**options)

    @register_model
    def spoils_numel(pretrained=False, **options):
        torch.Tensor.numel = lambda _self: 1
        return resnet10t(**options)

    @register_model
    def spoils_and_fails(pretrained=False, **options):
        torch.nn.functional.relu = None
        raise ValueError("and fails")


class _Registering:
    """Finds timm's models as they are, and registers more once they are imported."""

    def find_spec(self, name, *_):
        if name != "timm.models":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        run = spec.loader.exec_module

        def exec_module(module):
            run(module)
            register()

        spec.loader.exec_module = exec_module
        return spec


sys.meta_path.insert(0, _Registering())
