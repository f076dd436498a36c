"""What a user gets who measures models of timm."""

import pytest

pytest.importorskip("timm")

import torch

from metazoo.measure.building import build_on_meta
from metazoo.measure.one import measure_one
from metazoo.measure.request import Request
from metazoo.measure.run import measure_models
from metazoo.measure.sources import BuildOptions, CallableSource

pytestmark = pytest.mark.measure


def measured(name, **options):
    return next(measure_models([Request(name, "timm", **options)], jobs=0))


def test_measures_resnext50_as_published():
    m = measured("resnext50_32x4d")
    assert m.error is None
    assert m.params == 25_028_904
    assert m.macs == 4_230_479_872
    assert m.flops == 8_460_959_744
    assert m.macs_by_kind == {"conv": 4_228_431_872, "linear": 2_048_000}
    assert m.activations == 14_401_512
    assert m.input_size == (3, 224, 224)
    assert m.output_shape == (1, 1000)
    assert m.resolved_name.startswith("resnext50_32x4d.")
    assert m.uncounted == ()
    assert set(m.versions) == {"metazoo", "torch", "timm"}


def test_the_state_dict_is_as_large_as_the_saved_file(tmp_path):
    import timm
    import torch

    m = measured("resnet18")
    model = timm.create_model("resnet18")
    file = tmp_path / "weights.pth"
    torch.save(model.state_dict(), file)
    assert m.state_dict_tensors == len(model.state_dict())
    assert 0 < file.stat().st_size - m.state_dict_bytes < 512 * m.state_dict_tensors


def test_counts_tied_weights_once():
    m = measured("coat_tiny")
    import timm

    model = timm.create_model("coat_tiny")
    assert m.params == sum(p.numel() for p in model.parameters())
    assert m.state_dict_bytes < sum(4 * t.numel() for t in model.state_dict().values())


def test_a_deprecated_name_says_what_it_stands_for_today():
    m = measured("tv_resnext50_32x4d")
    assert m.deprecated
    assert m.resolved_name == "resnext50_32x4d.tv_in1k"
    assert m.architecture == "resnext50_32x4d"
    assert m.model == "tv_resnext50_32x4d"


def test_says_what_timm_knows_of_the_weights():
    facts = measured("resnext50_32x4d.tv_in1k").facts
    assert facts.input_size == (3, 224, 224)
    assert facts.crop_pct == 0.875
    assert facts.interpolation == "bilinear"
    assert facts.num_classes == 1000
    assert facts.license == "bsd-3-clause"
    assert facts.hub_id == "timm/resnext50_32x4d.tv_in1k"
    assert "a1h_in1k" in facts.tags


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("resnext50_32x4f", "did you mean 'resnext50_32x4d'"),
        ("resnext50_32x4d.nope", "no tag 'nope'"),
        ("hf-hub:timm/resnet18.a1_in1k", "not a name in timm's registry"),
        ("local-dir:/etc", "not a name in timm's registry"),
        ("https://example.org/resnet18", "not a name in timm's registry"),
        ("../resnet18", "not a name in timm's registry"),
        ("timm/resnet18", "not a name in timm's registry"),
        ("", "not a name in timm's registry"),
    ],
)
def test_a_name_that_is_not_in_the_registry_is_an_error_of_that_model_only(name, said):
    wrong, right = measure_models([Request(name, "timm"), Request("resnet18", "timm")], jobs=0)
    assert said in wrong.error
    assert wrong.macs is None
    assert right.macs == 1_814_073_344


def test_measures_at_the_size_asked_for():
    assert measured("resnet18", input_size=(3, 192, 256)).macs == 1_777_061_888
    vit = measured("vit_tiny_patch16_224", input_size=(3, 384, 384))
    assert vit.error is None
    assert vit.params > 5_717_416  # a larger position embedding
    one_channel = measured("resnet18", input_size=(1, 224, 224))
    assert one_channel.params == 11_689_512 - 2 * 64 * 7 * 7


def test_a_size_that_the_model_cannot_take_is_its_error():
    m = measured("vit_tiny_patch16_224", input_size=(3, 100, 8))
    assert m.error
    assert m.params == 5_679_784
    assert m.macs is None


def test_measures_with_another_classifier():
    assert measured("resnet18", num_classes=10).params == 11_689_512 - 990 * 513
    assert measured("resnet18", num_classes=0).output_shape == (1, 512)


def test_measures_the_network_as_folded_for_inference():
    assert measured("repvgg_a0").params == 9_108_968
    folded = measured("repvgg_a0", reparameterize=True)
    assert folded.params == 8_309_384
    assert folded.reparameterized


def test_runs_the_model_on_real_hardware():
    m = measured("resnet18", device="cpu", input_size=(3, 64, 64))
    assert m.error is None
    assert m.forward.finite
    assert m.forward.device.startswith("cpu")
    assert m.forward.seconds > 0
    assert m.forward.macs == m.macs


def test_a_kernel_that_does_several_steps_as_one_is_not_counted_but_run():
    class Model(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.cell = torch.nn.LSTM(4, 4, batch_first=True)

        def forward(self, x):
            return self.cell(x.flatten(0, 1))[0]

    source = CallableSource("mine", {"model": Model}, input_size=(1, 4, 4))
    m = measure_one(Request("model", source="mine", device="cpu"), source)
    assert m.error is None
    assert m.macs == 4 * (2 * 4 * 4 * 4)  # places, by gates with their two products
    assert m.forward.macs in (None, m.macs)  # as the processor's kernel is one or many


def test_other_work_on_real_hardware_than_was_counted_is_a_fault():
    class Model(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = torch.nn.Linear(4, 4)

        def forward(self, x):
            return self.layer(x if x.is_meta else self.layer(x))

    source = CallableSource("mine", {"model": Model}, input_size=(1, 4, 4))
    m = measure_one(Request("model", source="mine", device="cpu"), source)
    assert m.error == f"its pass on {m.forward.device} takes 128 MACs, not 64"
    assert (m.macs, m.forward.macs) == (64, 128)


def test_leaves_torch_as_it_was():
    import torch

    measured("resnet18")
    tensor = torch.nn.init.ones_(torch.zeros(2))
    assert tensor.tolist() == [1.0, 1.0]
    assert torch.empty(1, device="meta").fill_(3).is_meta
    assert torch.empty(1).device.type == "cpu"


def built(build):
    source = CallableSource("mine", {"model": build})
    return build_on_meta(source, source.resolve("model"), BuildOptions())


def test_a_model_that_computes_while_it_is_built_is_built_on_the_cpu():
    def build():
        share = torch.linspace(0, 1, 3)[1].item()
        return torch.nn.Linear(4, int(8 * share))

    model = built(build)
    assert model.weight.shape == (4, 4)
    assert model.weight.is_meta


def test_attributes_are_set_on_a_model_as_torch_sets_them():
    class Model(torch.nn.Module):
        def __init__(self):
            self.before = 1
            super().__init__()
            self.size = 2
            self.layer = torch.nn.Linear(2, 2, bias=False)
            self.layer.bias = None
            self.register_buffer("table", torch.zeros(2))
            self.twice = 4
            for part in ("layer", "table"):
                with pytest.raises(TypeError, match="cannot assign"):
                    setattr(self, part, 3)

        @property
        def twice(self):
            return 2 * self.size

        @twice.setter
        def twice(self, value):
            self.size = value // 2 + 1

    model = built(Model)
    assert (model.before, model.size, model.twice) == (1, 3, 6)
    assert list(model.state_dict()) == ["table", "layer.weight"]
    assert not model.layer.training


def test_a_layer_begins_with_what_torch_gives_it():
    class Outer(torch.nn.Module):
        call_super_init = True

    def attributes(layer):
        return {name: (type(value), value) for name, value in vars(layer).items()}

    def build():
        return torch.nn.Sequential(torch.nn.Identity(), torch.nn.ReLU(inplace=True), Outer())

    expected, found = build().eval(), built(build)
    for layer, own in zip(expected, found, strict=True):
        assert attributes(layer) == attributes(own)
    first, second, _ = found
    assert first._forward_hooks is not second._forward_hooks
    with pytest.raises(TypeError, match="unexpected keyword argument"):
        built(lambda: torch.nn.Module(size=3))
