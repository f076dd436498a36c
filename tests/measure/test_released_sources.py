"""Sources of released packages, beside torch's own counter."""

import importlib.metadata
import tomllib
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from metazoo.errors import MissingExtraError
from metazoo.measure.building import build_with_values
from metazoo.measure.feed import arguments
from metazoo.measure.one import measure_one
from metazoo.measure.passes import inputs_of
from metazoo.measure.request import Request
from metazoo.measure.sources import (
    BUILT_IN,
    BuildOptions,
    UnknownModelError,
    load_source,
    require_installed,
)

pytestmark = pytest.mark.measure

MODELS = [
    ("torchvision", "lraspp_mobilenet_v3_large"),
    ("torchvision", "r3d_18"),
    ("open_clip", "RN50"),
    ("open_clip", "ViT-B-32"),
    ("segmentation_models_pytorch", "unet-resnet18"),
    ("segmentation_models_pytorch", "fpn-mobilenet_v2"),
    ("ultralytics", "yolov8n-cls"),
]


def source_of(name):
    for module, _ in BUILT_IN[name].packages:
        pytest.importorskip(module)
    return load_source(name)


@pytest.mark.parametrize(("name", "model"), MODELS)
def test_counts_equal_those_of_torch(name, model, monkeypatch):
    source = source_of(name)
    m = measure_one(Request(model, name), source)
    assert m.error is None
    resolved = source.resolve(model)
    built = build_with_values(source, resolved, BuildOptions(), torch.device("cpu"))
    assert m.params == sum(p.numel() for p in built.parameters())
    made = arguments(inputs_of(Request(model, name), resolved.facts), "cpu")
    # torch's counter knows none of the CPU's fused attention, only what it is made of.
    monkeypatch.setattr(torch.backends.mha, "_is_fastpath_enabled", False)
    with torch.no_grad(), sdpa_kernel(SDPBackend.MATH), FlopCounterMode(display=False) as counter:
        made.call(built)
    assert m.flops == counter.get_total_flops()


@pytest.mark.parametrize("name", list(dict.fromkeys(name for name, _ in MODELS)))
def test_a_name_that_is_unknown_is_refused_with_what_may_be_meant(name):
    source = source_of(name)
    known = dict(MODELS)[name]
    with pytest.raises(UnknownModelError, match="has no"):
        source.resolve("no-such-model")
    for place in ("../secret", "hf-hub:a/b", "https://a.b/c", "/etc/passwd", ""):
        with pytest.raises(UnknownModelError):
            source.resolve(place)
    assert known in source.names()


def test_the_towers_of_a_clip_add_up_to_the_whole():
    source = source_of("open_clip")
    m = measure_one(Request("ViT-B-32.laion2b_s34b_b79k", "open_clip"), source)
    assert (m.resolved_name, m.architecture) == ("ViT-B-32.laion2b_s34b_b79k", "ViT-B-32")
    assert m.passes.keys() == {"image", "text"}
    assert sum(counts.macs for counts in m.passes.values()) == m.macs
    assert m.facts.task == "zero-shot-image-classification"
    assert m.facts.hub_id


def test_a_text_tower_that_is_on_the_hub_only_is_an_error_that_says_so():
    m = measure_one(Request("roberta-ViT-B-32", "open_clip"), source_of("open_clip"))
    assert "'roberta-base', is on the Hugging Face hub only" in m.error


@pytest.mark.parametrize(
    "weights",
    [
        "fcn_resnet50.COCO_WITH_VOC_LABELS_V1",
        "mc3_18.KINETICS400_V1",
        "raft_small.C_T_V1",
        "ssdlite320_mobilenet_v3_large.COCO_V1",
        pytest.param("fasterrcnn_resnet50_fpn.COCO_V1", marks=pytest.mark.heavy),
        pytest.param("retinanet_resnet50_fpn.COCO_V1", marks=pytest.mark.heavy),
    ],
)
def test_torchvision_s_other_tasks_are_counted_as_published(weights):
    source = source_of("torchvision")
    published = next(p for p in source.published() if p.name == weights)
    m = measure_one(Request(weights, "torchvision"), source)
    assert m.error is None
    assert m.params == published.params
    assert m.macs / 1e9 == pytest.approx(published.giga_macs, abs=5e-4)
    assert m.facts.task == published.task


def test_a_source_whose_package_is_missing_says_what_installs_it(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    for name, entry in BUILT_IN.items():
        with pytest.raises(MissingExtraError) as raised:
            require_installed(name)
        assert entry.install in str(raised.value)


def test_every_extra_that_a_message_names_exists():
    root = Path(__file__).parents[2]
    extras = tomllib.loads((root / "pyproject.toml").read_text())["project"][
        "optional-dependencies"
    ]
    named = {
        entry.install.partition("[")[2].partition("]")[0]
        for entry in BUILT_IN.values()
        if "[" in entry.install
    }
    assert named <= extras.keys()
    assert "ultralytics" not in importlib.metadata.requires("metazoo")
