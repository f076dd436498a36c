"""What a model holds is what torch's own walks over it find."""

import pytest

torch = pytest.importorskip("torch")
timm = pytest.importorskip("timm")

from torch import nn

from metazoo.measure.tensors import contents


class Plain(nn.Module):
    """Parameters and buffers of every kind; one layer in two places, one weight under two names."""

    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm2d(3)
        self.first = nn.Linear(4, 5)
        self.again = self.first
        self.tied = nn.Linear(4, 5, bias=False)
        self.tied.weight = self.first.weight
        self.nothing = None
        self.register_parameter("absent", None)
        self.register_buffer("kept", torch.zeros(7, dtype=torch.int64))
        self.register_buffer("unkept", torch.zeros(11), persistent=False)
        self.register_buffer("empty", None)


class WithExtraState(Plain):
    def get_extra_state(self):
        return torch.zeros(13)


class SavedItsOwnWay(Plain):
    def _save_to_state_dict(self, destination, prefix, keep_vars):
        super()._save_to_state_dict(destination, prefix, keep_vars)
        destination[prefix + "more"] = torch.zeros(17)


class SavedInPart(Plain):
    def state_dict(self, *arguments, **named):
        state = super().state_dict(*arguments, **named)
        return {name: value for name, value in state.items() if "norm" not in name}


def hooked():
    def drop_the_bias(_layer, state, prefix, _metadata):
        del state[prefix + "bias"]

    model = Plain()
    model.first.register_state_dict_post_hook(drop_the_bias)
    return model


def weight_normed():
    return nn.Sequential(nn.utils.parametrizations.weight_norm(nn.Linear(3, 4)), Plain())


@pytest.mark.parametrize(
    "build",
    [
        Plain,
        WithExtraState,
        SavedItsOwnWay,
        SavedInPart,
        lambda: nn.Sequential(Plain(), SavedInPart()),
        hooked,
        weight_normed,
        lambda: timm.create_model("coat_tiny"),
        lambda: timm.create_model("beit_base_patch16_224"),
        lambda: timm.create_model("test_efficientnet"),
    ],
)
def test_a_model_holds_what_torch_finds_in_it(build):
    with torch.device("meta"):
        model = build()
    held, state = contents(model), model.state_dict(keep_vars=True)
    tensors = {id(t): t for t in state.values()}.values()
    assert held.params == sum(p.numel() for p in model.parameters())
    assert held.buffers == sum(b.numel() for b in model.buffers())
    assert held.state_dict_tensors == len(state)
    assert held.state_dict_bytes == sum(t.numel() * t.element_size() for t in tensors)


@pytest.mark.parametrize(("build", "walks"), [(Plain, True), (SavedInPart, False), (hooked, False)])
def test_a_model_that_is_saved_as_usual_is_not_saved(build, walks, monkeypatch):
    def saved(*_args, **_named):
        raise AssertionError("saved")

    model = build()
    monkeypatch.setattr(nn.Module, "state_dict", saved)
    if walks:
        assert contents(model).params == 20 + 5 + 6
    else:
        with pytest.raises(AssertionError, match="saved"):
            contents(model)
